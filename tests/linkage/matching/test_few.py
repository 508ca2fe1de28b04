"""Few facts made ready in Python are what the engine's statement makes of them."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hueandcry.linkage.crimes import facts
from hueandcry.linkage.crimes.scoring import Scorer
from hueandcry.linkage.matching import reports
from hueandcry.linkage.matching.few import READ, ready
from hueandcry.linkage.matching.prepared import BLOCK, CROWD, prepare
from tests.linkage.matching.facts_made import fact

KEYS = ("near", "sums", "places")  # hashes there, tuples here


def _meetings(records: list[dict[str, Any]], column: str) -> dict[frozenset[int], int]:
    """How many keys each set of reports has in common."""
    held: dict[Any, set[int]] = {}
    for record in records:
        for key in record[column]:
            held.setdefault(key, set()).add(record["report"])
    found: dict[frozenset[int], int] = {}
    for group in held.values():
        found[frozenset(group)] = found.get(frozenset(group), 0) + 1
    return found


def _agree(told: list[dict[str, Any]]) -> None:
    engine = prepare(facts.table([tuple(one[c] for c in facts.COLUMNS) for one in told]), threads=1).to_pylist()
    here = ready([{name: one[name] for name in READ} for one in told])
    assert len(engine) == len(here)
    read = {*reports.SETTINGS.columns, "shared", "organisation"} - set(KEYS)
    for there, mine in zip(engine, here, strict=True):
        assert {name: mine[name] for name in read - {"worth"}} == {name: there[name] for name in read - {"worth"}}
        assert mine["worth"] == pytest.approx(there["worth"])
    for column in KEYS:
        assert _meetings(here, column) == _meetings(engine, column)


@pytest.mark.parametrize("seed", range(6))
def test_as_the_statement_says(seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311 - a seed, not a secret
    _agree([fact(rng, number) for number in range(1, 10 + 60 * seed)])


def test_crowds_and_days_of_long_ago() -> None:
    rng = random.Random(1)  # noqa: S311 - a seed, not a secret
    first = date(1999, 11, 20)
    told = [
        fact(rng, n) | {"money": [7], "occurred": first + timedelta(days=n * 97 % 90), "country": "PT", "amount": 50.0,
                        "currency": "EUR", "area": "1"}
        for n in range(1, 2 * CROWD)
    ]  # fmt: skip
    assert 2 * CROWD > BLOCK
    _agree(told)
    assert ready([]) == []


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 2**32), st.integers(1, 4))
def test_what_is_about_some_scores_them_as_if_about_all(seed: int, many: int) -> None:
    rng = random.Random(seed)  # noqa: S311 - a seed, not a secret
    told = [fact(rng, number) for number in range(1, 61)]
    asked = set(rng.sample(range(1, 61), many))
    scorer = Scorer(reports.SETTINGS, reports.starting())
    new = [one["report"] in asked for one in told]
    few, every = ready(told, about=asked), ready(told)
    assert scorer.pairs(few, among=new, least=-99) == scorer.pairs(every, among=new, least=-99)
