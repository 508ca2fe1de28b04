"""Reports of one crime: what speaks for it and against it, the weights by hand, and what is learnt on another world."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from bench import worlds
from bench.truth_crimes import Measured, measure
from hueandcry.linkage.matching import reports
from hueandcry.linkage.matching.engine import Duck
from hueandcry.linkage.matching.evidence import evidence
from hueandcry.linkage.matching.model import Model
from hueandcry.linkage.matching.prepared import prepare
from tests.linkage.matching.test_prepared import facts, later

BANK = {"organisation": 1, "source_kind": "business", "country": "PT", "size": "person"}
POLICE = {"organisation": 2, "source_kind": "law-enforcement", "country": "PT", "size": "person"}
SUM = {"amount": 840.0, "currency": "EUR"}


def weigh(one: dict[str, Any], other: dict[str, Any], *others: dict[str, Any]) -> float:
    """Bits of the first two of these reports under the weights by hand."""
    rows = prepare(facts(one, other, *others), threads=1).to_pylist()
    return sum(step.weight for step in evidence(rows[0], rows[1], reports.SETTINGS, reports.starting()))


def compared(*rows: dict[str, Any]) -> set[tuple[int, int]]:
    """Which pairs of these reports are looked at at all."""
    ready = prepare(facts(*rows), threads=1)
    found = Duck(threads=1).pairs(ready, reports.SETTINGS, reports.starting(), least=-1000.0)
    return set(zip(found["id_l"].to_pylist(), found["id_r"].to_pylist(), strict=True))


def test_a_bank_and_the_police_tell_of_one_fraud() -> None:
    told = {"money": [11], **SUM}
    assert weigh(BANK | told, POLICE | told | {"occurred": later(1)}) > reports.SETTINGS.threshold


def test_a_mule_account_that_many_victims_paid_into_makes_no_one_crime() -> None:
    victims = [{"organisation": 3 + at, "money": [11]} for at in range(20)]
    assert weigh(BANK | {"money": [11]}, POLICE | {"money": [11]}, *victims) < reports.SETTINGS.threshold
    again = POLICE | {"money": [11], "occurred": later(5), "amount": 90.0, "currency": "EUR"}
    assert weigh(BANK | {"money": [11]} | SUM, again) < 0


def test_what_agrees_speaks_for_it_and_what_differs_against() -> None:
    one = BANK | SUM | {"money": [11], "area": "400", "sector": "K", "reference": "abc"}
    same = POLICE | SUM | {"money": [11], "area": "400", "sector": "K", "reference": "abc"}
    full = weigh(one, same)
    against = {
        "occurred": later(6), "amount": 2000.0, "area": "111", "sector": "C", "reference": "xyz", "size": "large",
        "country": "FR", "classes": ["malware"], "money": [12],
    }  # fmt: skip
    one = one | {"classes": ["fraud"]}
    for column, value in against.items():
        assert weigh(one, same | {"classes": ["fraud"]} | {column: value}) < full, column
    for column, nothing in {"amount": None, "area": "", "sector": "", "reference": "", "size": ""}.items():
        silent = weigh(one, same | {column: nothing})
        assert weigh(one, same | {column: against[column]}) < silent, column


def next_of(shared: dict[str, Any]) -> str:
    """The name of what two reports have in common."""
    return next(iter(shared))


def test_who_says_little_is_left_alone() -> None:
    sparse = {"country": "PT", "classes": ["fraud"]}
    assert compared({"organisation": 1} | sparse, {"organisation": 2} | sparse) == set()


def test_nobody_tells_a_crime_twice() -> None:
    told = {"money": [11], "reference": "abc", "area": "400", **SUM}
    assert compared(BANK | told, BANK | told) == set()
    assert compared(BANK | told, POLICE | told) == {(1, 2)}


@pytest.mark.parametrize(
    "shared",
    [{"money": [5]}, {"victims": [5]}, SUM, {"area": "400"}, {"reference": "abc"}],
    ids=lambda one: next(iter(one)),
)
def test_each_thing_in_common_brings_two_reports_together(shared: dict[str, Any]) -> None:
    assert compared(BANK | shared, POLICE | shared) == {(1, 2)}


def test_weights_by_hand_fit_the_settings_and_read_from_best_to_worst() -> None:
    model = reports.starting()
    model.check(reports.SETTINGS)
    assert Model.from_json(model.to_json()) == model
    for comparer in reports.SETTINGS.comparers:
        bits = [
            one.weight
            for one, level in zip(model.levels[comparer.name], comparer.levels, strict=True)
            if not level.null
        ]
        assert bits[0] > 0 > bits[-1], comparer.name
        if comparer.name not in ("means", "sum_tied", "sum_loose"):  # these have two scales in one list
            assert all(a >= b for a, b in pairwise(bits)), comparer.name


# -- learnt, on a world of another shape ----------------------------------------------------------------------------


@cache
def second(seed: int, noise: float = 1.0) -> worlds.Known:
    return worlds.second(seed, 6_000, noise)


@cache
def measured(seed: int, noise: float = 1.0) -> Measured:
    return measure(second(seed, noise), threads=1)


@pytest.mark.parametrize("seed", [1, 2])
def test_what_is_claimed_holds_on_a_world_nobody_tuned_on(seed: int) -> None:
    found = measured(seed)
    assert found.precision > 0.98
    assert found.recall > 0.3
    assert found.largest < 12
    assert found.threshold > reports.SETTINGS.threshold  # such reports are harder to tell apart than most


def test_more_noise_costs_recall_and_not_precision() -> None:
    noisy = measured(1, 2.0)
    assert noisy.precision > 0.97
    assert noisy.recall < measured(1).recall


def test_the_matches_learnt_are_crimes_and_not_operations() -> None:
    """Where learning drifts, "matches" become whatever makes many pairs alike: then far too many match, or sums and
    days cease to speak."""
    known = second(1)
    model = Duck(threads=1).learn(prepare(known.facts, threads=1), reports.SETTINGS)
    found = measured(1)
    assert found.prior == model.prior
    assert 0.5 < found.prior / (found.compared / found.looked_at) < 1.5  # against the truth's share of matches
    for name, best, worst in (("sum_tied", 1, -1), ("day_tied", 1, -1), ("area_tied", 1, -1)):
        bits = [one.weight for one in model.levels[name]]
        assert bits[best] > 1, name
        assert bits[worst] < 0, name


def test_a_probability_means_what_it_says() -> None:
    for said, true, pairs in measured(1).reliability:
        if pairs > 150:
            assert abs(said - true) < 0.15, (said, true, pairs)


def test_the_order_of_reports_does_not_matter_and_a_run_repeats_itself() -> None:
    table = second(2).facts.slice(0, 2_500)
    mixed = table.take(pa.array(np.random.default_rng(3).permutation(table.num_rows)))
    one, other = (Duck(threads=1).learn(prepare(each, threads=1), reports.SETTINGS) for each in (table, mixed))
    assert one == other
