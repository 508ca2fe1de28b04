"""The indicators that come with the program: whole, apart from each other, and said so that they can be checked."""

from __future__ import annotations

import re
from collections import Counter

from hueandcry.capacity.assessment.model import model

VAGUE = re.compile(r"\b(adequate|sufficient|appropriate|some|several|effective)\b", re.IGNORECASE)


def test_the_structure_is_that_of_the_cmm() -> None:
    held = model()
    assert [d.number for d in held.dimensions] == [1, 2, 3, 4, 5]
    assert sum(len(d.factors) for d in held.dimensions) == 23
    assert all(f.id.startswith(f"{d.number}.") for d in held.dimensions for f in d.factors)
    assert all(a.id.startswith(f"{f.id}.") for d in held.dimensions for f in d.factors for a in f.aspects)


def test_every_aspect_has_two_indicators_or_more_at_each_stage() -> None:
    held = model()
    counted = Counter((i.aspect, i.stage) for i in held.indicators.values())
    few = [(a, s.number) for a in held.aspects for s in held.stages if counted[a, s.number] < 2]
    assert few == []


def test_no_indicator_stands_twice_or_leaves_open_how_much() -> None:
    said = Counter(i.says for i in model().indicators.values())
    assert [words for words, n in said.items() if n > 1] == []
    assert [i.id for i in model().indicators.values() if VAGUE.search(i.says)] == []


def test_every_indicator_is_a_sentence_that_somebody_can_check() -> None:
    for each in model().indicators.values():
        assert each.says.endswith(".") and len(each.says) > 24, each.id
        assert each.check.endswith(".") and each.evidence and 6 <= each.valid <= 60, each.id


def test_it_says_that_it_is_not_a_cmm_review() -> None:
    assert "not a CMM review" in model().notice and "CMM" in model().structure
