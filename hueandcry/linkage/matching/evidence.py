"""Why two records match or do not: each step of the sum of bits, from the stored model and the two records alone.

No engine is loaded: pages compute this for a reader who waits. That the steps add up to what Splink says of the pair is
held by tests.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from hueandcry.linkage.matching import conditions
from hueandcry.linkage.matching.model import Model
from hueandcry.linkage.matching.settings import Comparer, Level, Settings


@dataclass(frozen=True)
class Step:
    """One step of a pair's waterfall. ``kind``: prior, comparer, or frequency (how rare the value is that they share).

    ``value_l`` and ``value_r`` hold the comparer's columns in order; ``weight`` is in bits; all steps add up to the
    match weight.
    """

    kind: str
    comparer: str
    label: str
    level: str
    value_l: tuple[Any, ...]
    value_r: tuple[Any, ...]
    weight: float


def evidence(left: Mapping[str, Any], right: Mapping[str, Any], settings: Settings, model: Model) -> list[Step]:
    """The prior, each comparer's level, each shared value's rarity. Sum: match weight.

    Raises Stale where the model is not of these settings, conditions.Unknown where a condition is not understood here,
    KeyError where a column that is compared is not there.
    """
    model.check(settings)
    steps = [Step("prior", "", "any two records", "nothing known", (), (), model.prior_weight)]
    for comparer, position in zip(settings.comparers, levels(settings)(left, right), strict=True):
        steps += _steps(comparer, position, left, right, model)
    return steps


levels = lru_cache(maxsize=8)(conditions.levels)  # written once for a settings table


def rarity(
    model: Model, comparer: Comparer, position: int, left: Mapping[str, Any], right: Mapping[str, Any]
) -> float | None:
    """Bits that the rarity of the value counts at this level; None where it does not. The commoner of the two counts,
    as in Splink."""
    level = comparer.levels[position]
    known = [one[level.term_frequency] for one in (left, right)] if level.term_frequency else []
    bits = [
        model.rarity(comparer.name, position, level.term_frequency, level.rarest, value)
        for value in known
        if value is not None
    ]
    return min(bits, default=None)


def _steps(
    comparer: Comparer, position: int, left: Mapping[str, Any], right: Mapping[str, Any], model: Model
) -> Iterator[Step]:
    level = comparer.levels[position]
    yield _step("comparer", comparer, level, comparer.columns, left, right, model.weight(comparer.name, position))
    rare = rarity(model, comparer, position, left, right)
    if rare is not None:
        yield _step("frequency", comparer, level, (level.term_frequency,), left, right, rare)


def _step(
    kind: str, comparer: Comparer, level: Level, columns: Sequence[str],
    left: Mapping[str, Any], right: Mapping[str, Any], weight: float,
) -> Step:  # fmt: skip
    value_l, value_r = (tuple(one[column] for column in columns) for one in (left, right))
    return Step(kind, comparer.name, comparer.label, level.label, value_l, value_r, weight)
