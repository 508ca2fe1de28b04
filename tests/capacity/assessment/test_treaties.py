"""Treaties: facts that fit together, and where a country stands."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hueandcry.capacity.assessment.treaties import KINDS, Statement, matrix, provisions, treaties

AT = datetime(2026, 1, 1, tzinfo=UTC)
SIGNED = Statement(1, "MZ", "ETS-185", "", "signed", date(2010, 5, 1), "", "", "Treaty Office", AT)
DAY = date(2026, 6, 1)


def test_every_provision_is_of_a_known_kind_and_every_crosswalk_leads_somewhere() -> None:
    held = provisions()
    assert {each.kind for each in held.values()} <= set(KINDS)
    assert [(each.id, other) for each in held.values() for other in each.same_as if other not in held] == []
    assert len(held) > 80 and all(each.id.startswith(each.treaty + ":") for each in held.values())
    assert all(len(each.asks) > 30 for each in held.values())
    assert {"ETS-185", "UN-CYBERCRIME"} <= set(treaties())


def test_the_furthest_step_counts_until_it_is_denounced() -> None:
    ratified = replace(SIGNED, key=2, status="ratified", day=date(2012, 1, 1))
    left = replace(SIGNED, key=3, status="denounced", day=date(2020, 1, 1))
    said = [ratified, SIGNED, left]
    assert matrix(said, day=date(2011, 1, 1)) == {}  # nobody had told of it by then
    assert matrix(said[:2], day=DAY)["MZ", "ETS-185"].status == "ratified"
    assert matrix(said, day=DAY)["MZ", "ETS-185"].status == "denounced"
    again = replace(SIGNED, key=4, day=date(2021, 1, 1))
    assert matrix([*said, again], day=DAY)["MZ", "ETS-185"].status == "signed"


def test_the_newest_statement_on_a_provision_counts_and_two_of_one_day_are_disputed() -> None:
    law = replace(SIGNED, provision="ETS-185:2", status="in law", law="Penal Code, art. 1")
    repealed = replace(law, key=2, status="not in law", day=date(2024, 1, 1))
    assert matrix([law], day=DAY)["MZ", "ETS-185:2"].status == "in law"
    assert matrix([repealed, law], day=DAY)["MZ", "ETS-185:2"].status == "not in law"
    assert matrix([replace(repealed, day=law.day), law], day=DAY)["MZ", "ETS-185:2"].disputed


def test_what_nobody_said_is_not_there_and_replay_ignores_what_came_later() -> None:
    assert ("MZ", "UN-CYBERCRIME") not in matrix([SIGNED], day=DAY)
    later = replace(SIGNED, key=9, status="denounced", recorded_at=datetime(2026, 6, 2, tzinfo=UTC))
    gone = replace(SIGNED, withdrawn_at=datetime(2026, 6, 2, tzinfo=UTC))
    assert matrix([gone, later], day=DAY)["MZ", "ETS-185"].status == "signed"
    assert matrix([gone, later], day=DAY + timedelta(days=1))["MZ", "ETS-185"].status == "denounced"
