"""A few reports scored in a millisecond, by the same settings and model as the nightly run, levels and all.

Splink takes a good part of a second to write its SQL anew for each call, and DuckDB tens of milliseconds to plan it,
whatever the number of records. Here the settings are compiled once, and the few pairs compared in Python. That all of
them give the same weights is held by a test (tests/linkage/crimes/test_scoring.py), pair by pair.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hueandcry.linkage.matching import conditions, evidence
from hueandcry.linkage.matching.model import Model
from hueandcry.linkage.matching.settings import Settings


class Scorer:
    """Scores pairs among a few records, again and again."""

    def __init__(self, settings: Settings, model: Model) -> None:
        """Raises ``model.Stale`` where the model is not of these settings, ``conditions.Unknown`` where these cannot be
        compared without an engine."""
        model.check(settings)
        self.settings, self.model = settings, model
        self._levels, self._blocked = evidence.levels(settings), conditions.blocked(settings)
        self._bits = [[level.weight for level in model.levels[comparer.name]] for comparer in settings.comparers]
        self._prior = model.prior_weight
        self._rare = [
            (at, comparer) for at, comparer in enumerate(settings.comparers)
            if any(level.term_frequency for level in comparer.levels)
        ]  # fmt: skip

    def pairs(
        self, records: Sequence[Mapping[str, Any]], *, among: Sequence[bool] | None = None, least: float
    ) -> list[tuple[int, int, float]]:
        """Pairs of at least ``least`` bits: the two ids, the lower first, and the bits. ``among``: by record whether it
        is new; pairs of which neither is are left out (None: all are looked at). As ``engine.pairs`` would score them.
        """
        key = self.settings.unique_id
        found = []
        for left, right in self._blocked(records, among):
            weight = self.weight(left, right)
            if weight >= least:
                found.append((left[key], right[key], weight))
        return found

    def weight(self, left: Mapping[str, Any], right: Mapping[str, Any]) -> float:
        """Bits of one pair."""
        at = self._levels(left, right)
        total = self._prior
        for bits, position in zip(self._bits, at, strict=True):
            total += bits[position]
        for place, comparer in self._rare:
            total += evidence.rarity(self.model, comparer, at[place], left, right) or 0.0
        return total


_kept: tuple[int, Scorer] | None = None


def scorer(number: int, settings: Settings, model: Model) -> Scorer:
    """The scorer of the model of this number; made once for each model."""
    global _kept  # one model is current at a time, and making a scorer takes longer than using it
    found = _kept
    if found is None or found[0] != number or found[1].settings is not settings:
        found = _kept = (number, Scorer(settings, model))
    return found[1]
