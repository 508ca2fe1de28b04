"""The picture of training out of the database: cells, what ends, what goes with it, evidence, and what is told once."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connections
from django.test import Client

from hueandcry.academy.certification import actions as certifying
from hueandcry.academy.due import calendar_due
from hueandcry.academy.models import Certificate, Scheme
from hueandcry.academy.picture import evidence, own, queries
from hueandcry.academy.picture.ahead import Renewals
from hueandcry.capacity.models import IndicatorEvidence
from hueandcry.members.actions import Refused
from hueandcry.members.models import Organisation
from hueandcry.members.viewer import viewer
from hueandcry.notices.models import Notice
from tests import factory
from tests.academy import scene
from tests.exchange import send

pytestmark = pytest.mark.usefixtures("database")
TODAY = scene.TODAY


_CANDIDACY = """INSERT INTO academy_candidacy (reference, scheme_id, state, person, organisation, body, reason, appeal,
attempt) VALUES (gen_random_uuid(), %s, 'certified', %s, %s, %s, 'so', '', 1) RETURNING id"""
_CERTIFICATE = """INSERT INTO academy_certificate (reference, candidacy_id, scheme_id, state, person, organisation,
body, country, since, until, index, reason, named, public, key)
VALUES (gen_random_uuid(), %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, '', false, false, '')"""


def held(
    body: Organisation, n: int, *, until: int = 400, since: int = 100, scheme: str = scene.SCHEME,
    people: list[Any] | None = None, state: str = "valid",
) -> list[Any]:  # fmt: skip
    """``n`` people of a body hold a certificate, written as the owner: certifying itself is tested elsewhere."""
    made = people or [factory.person(body) for _ in range(n)]
    row = Scheme.objects.using("owner").get(code=scheme)
    with connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE academy_certificate DISABLE TRIGGER certificate_guarded")
        for one in made:
            cursor.execute(_CANDIDACY, [row.pk, one.pk, body.pk, body.pk])
            candidacy = cursor.fetchone()[0]
            days = [scene.day(-since), scene.day(until)]
            cursor.execute(_CERTIFICATE, [candidacy, row.pk, state, one.pk, body.pk, body.pk, body.country, *days,
                                          candidacy * 7 % 50_000])  # fmt: skip
        cursor.execute("ALTER TABLE academy_certificate ENABLE TRIGGER certificate_guarded")
    return made


def test_cells_of_fewer_than_five_do_not_show() -> None:
    who = scene.scene()
    kenya = factory.organisation("Kenya Police", kind="law-enforcement", country="KE")
    ghana = factory.organisation("Ghana Police", kind="law-enforcement", country="GH")
    held(kenya, 5, until=100)
    held(ghana, 4)
    held(ghana, 3, state="withdrawn")
    with viewer(who.officer):
        rows = queries.trained()
    assert [(row.country, row.people, row.expiring) for row in rows] == [("KE", 5, 5)]
    pages = Client()
    pages.force_login(who.people["officer"])
    page = pages.get("/training/").content.decode()
    assert "KE" in page
    assert ">GH<" not in page
    told = json.loads(pages.get("/training/training.json").content)
    assert [one["country"] for one in told["people"]] == ["KE"]
    table = pages.get("/training/people.csv").content.decode().splitlines()
    assert len(table) == 2
    for part in ("called-for", "ahead", "results"):
        assert pages.get(f"/training/{part}.csv").status_code == 200
    assert pages.get("/training/names.csv").status_code == 404


def test_what_ends_and_what_is_renewed() -> None:
    who = scene.scene()
    kenya = factory.organisation("Kenya Police", kind="law-enforcement", country="KE")
    held(kenya, 6, until=400)
    held(kenya, 3, until=40)
    again = held(kenya, 5, until=-30, since=1100)
    held(kenya, 2, people=again[:2], until=1000, since=40)
    with viewer(who.officer):
        months = queries.months()[scene.SCHEME]
        renewals = queries.renewals()[scene.SCHEME]
    assert renewals == Renewals(5, 2)
    assert [months[at].unrenewed for at in (0, 2, 14, 36)] == [11, 8, None, 0]
    assert months[0].expected == 11
    assert months[2].expected == pytest.approx(8 + 3 * 2.5 / 6)


def test_units_are_compared_from_their_first_certificate_on() -> None:
    who = scene.scene()
    bodies = [factory.organisation(f"Police {n}", kind="law-enforcement", country="KE") for n in range(12)]
    for body in bodies[:5]:
        held(body, 1, since=200)
    now = datetime.now(UTC)
    for number, body in enumerate(bodies[:11]):
        person = factory.person(body)
        made = [send.form(person, f"{number} {n}") for n in range(4)]
        days = 2 if number < 5 else 8
        with connections["owner"].cursor() as cursor:
            for n, report in enumerate(made):
                # one long before anybody was certified: of no unit
                at = now - timedelta(days=300 if n == 3 else 20 + n)
                late = 90 if n == 3 else days
                cursor.execute(
                    "UPDATE exchange_report SET reported_at = %s, occurred_from = %s, kind = 'incident' WHERE id = %s",
                    [at, at - timedelta(days=late), report.pk],
                )
    with viewer(who.officer):
        (found,) = queries.results()
    assert (found.measure, found.units, found.other_units) == ("report", 5, 6)
    assert (found.certified, found.others) == (pytest.approx(2), pytest.approx(8))
    assert found.estimate == pytest.approx(0.25)
    Organisation.objects.using("owner").filter(pk=bodies[0].pk).update(state="suspended")
    with viewer(who.officer):
        assert queries.results() == []  # with four, nothing is said of anybody


def test_what_is_shown_is_told_as_evidence_once() -> None:
    who = scene.scene()
    certifying.write_scheme(
        by=who.secretary, told=certifying.Wanted("DFE-6", "Examiner, EQF 6", "DFE", 6, {"FO-02": 50, "FO-05": 50})
    )
    kenya = factory.organisation("Kenya Police", kind="law-enforcement", country="KE")
    held(kenya, 5, scheme="DFE-6")
    with viewer(who.officer):
        assert [(one.country, one.indicator) for one in evidence.untold(who.officer)] == [
            ("KE", "3.3.b-3-1"), ("KE", "4.3.a-2-2"),
        ]  # fmt: skip
    pages = Client()
    pages.force_login(who.people["officer"])
    assert pages.post("/training/ke/evidence/").status_code == 302
    told = IndicatorEvidence.objects.using("owner").order_by("indicator")
    assert [(one.country, one.indicator, one.kind) for one in told] == [
        ("KE", "3.3.b-3-1", "official-statistic"), ("KE", "4.3.a-2-2", "record"),
    ]  # fmt: skip
    assert "5 people certified for DFE-6" in told[0].source
    with pytest.raises(Refused, match="nothing of this country"):
        evidence.tell(by=who.officer, country="KE")
    pages.force_login(who.people["learner"])  # no writer
    assert pages.post("/training/ke/evidence/").status_code == 403


def test_people_for_the_inhabitants_there_are() -> None:
    who = scene.scene()
    kenya = factory.organisation("Kenya Police", kind="law-enforcement", country="KE")
    ghana = factory.organisation("Ghana Police", kind="law-enforcement", country="GH")
    held(kenya, 6)
    held(ghana, 5)
    with connections["owner"].cursor() as cursor:
        for year, value in ((2024, 1_000_000), (2025, 2_000_000)):
            cursor.execute(
                "INSERT INTO picture_denominator (kind, country, sector, size, year, value, source)"
                " VALUES ('inhabitants', 'KE', '', '', %s, %s, 'test')",
                [year, value],
            )
    with viewer(who.officer):
        assert own.certified(who.officer) == {"KE": pytest.approx(0.3)}


def test_the_calendar_tells_once() -> None:
    who = scene.scene()
    key = scene.accredited(who)
    people = held(Organisation.objects.using("owner").get(name="City Police"), 2, until=25)
    held(Organisation.objects.using("owner").get(name="City Police"), 1, people=people[:1], until=900, since=3)
    assert calendar_due() == 1  # who was certified again is not reminded
    assert calendar_due() == 0
    notice = Notice.objects.using("owner").filter(person=people[1].pk).get()
    assert scene.day(25).isoformat() in notice.title
    with connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE academy_accreditation DISABLE TRIGGER accreditation_moves")
        cursor.execute(
            "UPDATE academy_accreditation SET valid_from = current_date - 500, valid_until = current_date + 50"
            " WHERE reference = %s",
            [key],
        )
        cursor.execute("ALTER TABLE academy_accreditation ENABLE TRIGGER accreditation_moves")
        cursor.execute("UPDATE academy_visit SET day = day - 450")
    assert calendar_due() == 2  # it ends, and nobody has looked for a year
    assert calendar_due() == 0
    said = Notice.objects.using("owner").filter(person=who.people["secretary"].pk, kind="accreditation")
    assert {"An accreditation has not been looked at for a year"} < set(said.values_list("title", flat=True))


def test_places_are_found_among_those_that_the_viewer_does_not_see() -> None:
    who = scene.scene()
    kenya = factory.organisation("Kenya Police", kind="law-enforcement", country="KE")
    people = held(kenya, 3)
    taken = set(Certificate.objects.using("owner").values_list("index", flat=True))
    assert len(people) == len(taken) == 3
    with viewer(who.officer), connections["default"].cursor() as cursor:
        # of as many places as the highest that is taken, one more is free
        cursor.execute("SELECT hueandcry_free_place('certificate', %s) FROM generate_series(1, 200)", [max(taken) + 2])
        drawn = {row[0] for row in cursor.fetchall()}
    assert not drawn & taken
    assert len(drawn) > 20
