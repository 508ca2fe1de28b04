"""Distinct and estimated numbers out of a freeze: made rows whose truth is known; what is kept, asked for and
withheld."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import connections

from hueandcry.members.viewer import ANYONE, viewer
from hueandcry.picture import estimates
from hueandcry.picture.estimates import Estimated, distinct, estimated, grouped, kept, key, read, rounded
from hueandcry.picture.freezes import actions, reader
from hueandcry.picture.freezes.reader import Frozen
from hueandcry.picture.question import SOURCES, Question
from tests import factory
from tests.picture import rows
from tests.picture.expressions import small

KINDS = ("business", "law-enforcement", "cert")
CHANCES = (0.4, 0.25, 0.2)
TRUE = 2_000
PRECISION, RECALL = (0.98, 0.96, 0.99), (0.75, 0.70, 0.80)


def made(recall: float = 1.0, seed: int = 1) -> tuple[dict[str, list[dict[str, Any]]], int]:
    """TRUE crimes, each told of by each kind with its chance, businesses sometimes twice; a report stays with the
    others with chance sqrt(recall). Rows of a freeze, and how many crimes were truly told of."""
    rng = random.Random(seed)  # noqa: S311 - a made world
    tables: dict[str, list[dict[str, Any]]] = {"crimes": [], "reports": [], "rates": [], "denominators": []}
    tables["organisations"] = [
        {"organisation": n, "kind": KINDS[n % 3], "country": "PT", "sector": "K", "joined": date(2023, 1, 1),
         "first": None, "last": None} for n in range(12)
    ]  # fmt: skip
    told = 0
    for at in range(TRUE):
        tellers = [3 * rng.randrange(4) + kind for kind, chance in enumerate(CHANCES) if rng.random() < chance]
        if 0 in {t % 3 for t in tellers} and rng.random() < 0.2:
            tellers.append(3 * rng.randrange(4))
        told += bool(tellers)
        together = [t for t in tellers if rng.random() < recall**0.5]
        for group in [together, *([t] for t in tellers if t not in together)]:
            if group:
                _put(tables, group, "fraud" if at % 40 else "malware")
    return tables, told


def _put(tables: dict[str, list[dict[str, Any]]], group: list[int], cls: str) -> None:
    crime = len(tables["crimes"]) + 1
    shared = {
        "occurred": date(2025, 1 + crime % 12, 3), "reported": date(2025, 12, 20), "arrived": date(2025, 12, 20),
        "cls": cls, "type": "", "nature": "", "countries": ["PT"], "sector": "K", "size": "", "techniques": [],
        "loss": None, "record_key": crime * 37 % 256,
    }  # fmt: skip
    bits = sum({1 << SOURCES.index(KINDS[t % 3]) for t in group})
    tables["crimes"].append(
        {
            **shared,
            "crime": crime,
            "reports": len(group),
            "organisations": sorted(set(group)),
            "sources": bits,
            "delay": 9,
        }
    )
    for teller in group:
        tables["reports"].append({
            **shared, "report": len(tables["reports"]) + 1, "crime": crime, "organisation": teller,
            "source": KINDS[teller % 3], "loss_given": None, "currency": "",
        })  # fmt: skip


def freeze(folder: Path, tables: dict[str, list[dict[str, Any]]], name: str, **error: Any) -> Frozen:
    frozen = small.frozen(tables, folder, name)
    return replace(frozen, manifest={"linkage": {"error": error or None}})


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Frozen]:
    """Linkage that was never measured, and made no error."""
    yield freeze(tmp_path_factory.mktemp("whole"), made()[0], "whole")
    reader.forget()


@pytest.fixture(scope="module")
def lossy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Frozen, int]]:
    """Linkage that loses a quarter of all links, and was measured."""
    tables, told = made(recall=RECALL[0])
    yield freeze(tmp_path_factory.mktemp("lossy"), tables, "lossy", precision=PRECISION, recall=RECALL), told
    reader.forget()


def test_all_crimes_are_estimated_and_the_limits_hold_the_truth(whole: Frozen) -> None:
    found = estimated(whole, Question())
    assert not found.refused, found.reason
    assert found.low is not None
    assert found.high is not None
    assert found.low <= TRUE <= found.high
    assert found.lists == ("businesses", "law enforcement", "CERTs")
    assert found.linkage == "unmeasured"
    assert found.one_in is not None
    assert found.one_in[0] == pytest.approx(1 / (1 - 0.6 * 0.75 * 0.8), abs=0.2)
    assert read(found.to_json()) == found


def test_links_that_were_lost_are_put_back(lossy: tuple[Frozen, int]) -> None:
    frozen, told = lossy
    ranged = distinct(frozen, Question())
    crimes = len(made(recall=RECALL[0])[0]["crimes"])
    assert crimes > 1.1 * told
    assert ranged.how == "corrected"
    assert ranged.low is not None
    assert ranged.high is not None
    assert ranged.low - 10 <= told <= ranged.high + 10
    found = estimated(frozen, Question())
    assert not found.refused, found.reason
    assert found.low is not None
    assert found.high is not None
    assert found.low <= TRUE <= found.high
    assert found.linkage == "measured"


def test_not_measured_has_no_limits(whole: Frozen) -> None:
    ranged = distinct(whole, Question(number="reported"))
    assert (ranged.how, ranged.low, ranged.high) == ("as-found", None, None)


def test_small_groups_are_withheld(whole: Frozen) -> None:
    assert distinct(whole, Question(country=("ES",))).value is None
    refused = estimated(whole, Question(country=("ES",)))
    assert (refused.code, refused.lower_bound, refused.models) == ("withheld", None, ())


def test_one_kind_of_source_and_losses_are_never_estimated(whole: Frozen) -> None:
    assert estimated(whole, Question(source=("business",))).code == "source"
    assert estimated(whole, Question(measure="loss")).code == "loss"


def test_a_class_of_fifty_is_refused_and_says_why(whole: Frozen) -> None:
    found = estimated(whole, Question(cls=("malware",)))
    assert found.refused
    assert found.code in ("few_lists", "little_overlap")
    assert found.lower_bound is None or found.lower_bound % 10 == 0


def test_kinds_that_feed_one_another_are_one_list(whole: Frozen, settings: Any) -> None:
    settings.PICTURE_FEEDS = [("business", "law-enforcement"), ("nobody", "cert")]
    found = estimated(whole, Question())
    assert found.refused
    assert found.code == "few_lists"
    assert found.lists == ("businesses and law enforcement", "CERTs")


def test_which_kinds_are_lists() -> None:
    assert grouped([100, 100, 100, 0, 0, 0], []) == ([(0,), (1,), (2,)], ())
    assert grouped([100, 100, 100, 5, 0, 0], []) == ([(0,), (1,), (2,)], (3,))
    assert grouped([100, 100, 20, 15, 0, 0], []) == ([(0,), (1,), (2, 3)], ())
    assert grouped([100, 20, 15, 100, 0, 0], [(0, 1), (1, 2)]) == ([(0, 1, 2), (3,)], ())


@pytest.mark.parametrize(("value", "shown"), [(None, None), (0, 0), (14, 10), (996, 1_000), (12_345, 12_300)])
def test_rounding(value: float | None, shown: float | None) -> None:
    assert rounded(value) == shown


def test_one_question_has_one_key_whichever_number_is_shown() -> None:
    asked = [Question(number="reported"), Question(number="distinct"), Question(number="estimated")]
    assert {key(replace(one, country=("PT",))) for one in asked} == {"number=estimated&country=PT"}


def test_what_is_kept_is_read_by_members_and_nobody_else(database: Path) -> None:
    made = rows.bodies(4)
    rows.put(made, 120)
    frozen = reader.of(actions.take())
    member = factory.as_viewer(factory.person(made[0]))
    with viewer(member):
        assert kept(member, Question()) is None
        asked = [estimates.asked_for(member, Question()) for _ in range(2)]
    assert asked == ["asked", "asked"]
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT args FROM procrastinate_jobs WHERE task_name = %s", [estimates.TASK])
        jobs = [row[0] for row in cursor.fetchall()]
    assert len(jobs) == 1
    from hueandcry.picture.tasks import estimate_question

    estimate_question(**json.loads(jobs[0]))
    with viewer(member):
        found = kept(member, Question(number="distinct"))
        assert estimates.asked_for(member, Question()) == "kept"
    assert found is not None
    assert found.code == "few_lists"
    assert "at least 3" in found.reason
    with viewer(ANYONE):
        assert kept(ANYONE, Question()) is None
        assert estimates.asked_for(ANYONE, Question()) == ""
    assert estimates.keep(frozen, Question()) == found, "once"


def test_preparing_goes_on_where_it_stopped(database: Path) -> None:
    made = rows.bodies(4)
    rows.put(made, 130)
    rows.put(made, 120, main_class="malware", victim_countries=["ES"])
    freeze = actions.take()
    heard: list[tuple[int, int]] = []
    assert not estimates.prepare(freeze, seconds=-1)
    assert estimates.prepare(freeze, told=lambda done, of: heard.append((done, of)))
    assert heard[-1][0] == heard[-1][1] >= 5
    member = factory.as_viewer(factory.person(made[0]))
    with viewer(member):
        for question in (Question(), Question(country=("ES",)), Question(cls=("malware",))):
            assert isinstance(kept(member, question), Estimated)
    assert estimates.prepare(freeze, seconds=-1), "nothing is left"
