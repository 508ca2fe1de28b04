"""Crimes by their reports: held against counts in plain Python and against the codes that figures go by."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings

from hueandcry.picture.expressions import overlap, reported
from hueandcry.picture.freezes.reader import Frozen
from hueandcry.picture.question import SOURCES, Question
from tests.picture.expressions import small
from tests.picture.expressions.test_figures import QUESTIONS

TABLES = small.rows(seed=5)


@pytest.fixture(scope="module")
def freeze(tmp_path_factory: pytest.TempPathFactory) -> Frozen:
    return small.frozen(TABLES, tmp_path_factory.mktemp("reported"), "reported")


def test_crimes_by_reports_of_each_kind(freeze: Frozen) -> None:
    told = {row["crime"]: [0] * len(SOURCES) for row in TABLES["crimes"]}
    for row in TABLES["reports"]:
        told[row["crime"]][SOURCES.index(row["source"])] += 1
    assert reported.compositions(freeze, Question()) == Counter(map(tuple, told.values()))
    assert reported.sizes(freeze, Question()) == Counter(map(sum, told.values()))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(question=QUESTIONS)
def test_the_same_crimes_as_the_overlap_counts(freeze: Frozen, question: Question) -> None:
    if "none-such" in question.region:
        question = Question()
    by_bits: Counter[int] = Counter()
    for composition, count in reported.compositions(freeze, question).items():
        by_bits[sum(1 << at for at, n in enumerate(composition) if n)] += count
    assert dict(by_bits) == {int(cell.key[0]): cell.count for cell in overlap.counted(freeze, question)}
    assert sum(reported.sizes(freeze, question).values()) == sum(by_bits.values())
