"""What was learnt: how telling each level of each comparer is. One readable table, and JSON to keep it by.

``m`` is the chance of a level among pairs that match, ``u`` among pairs that do not; it weighs ``log2(m / u)`` bits.
A pair's match weight is the prior's bits and the weights of its levels added up (Fellegi and Sunter, 1969).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from math import log2
from typing import Any

from hueandcry.linkage.matching.settings import Settings, gamma


class Stale(ValueError):
    """A stored model that does not fit the settings it is used with: learn it again."""


@dataclass(frozen=True)
class Learnt:
    """One level as it was learnt. A level that says nothing has neither m nor u, and weight 0."""

    label: str
    m: float | None
    u: float | None

    @property
    def weight(self) -> float:
        """How telling it is, in bits; above 0 it speaks for a match."""
        return 0.0 if self.m is None or self.u is None else log2(self.m / self.u)


@dataclass(frozen=True)
class Model:
    """An estimate for one version of one settings table.

    ``levels``: by comparer's name, in the order of its levels. ``frequencies``: by column, the share of records (of
    those that have a value) with each value that is more common than the rarest that counts. ``threshold``: bits from
    which on a pair is claimed, where ``Training.precision`` asks for it to be learnt; None: the settings' own.
    """

    settings: str
    version: str
    prior: float
    levels: Mapping[str, tuple[Learnt, ...]]
    frequencies: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    records: int = 0
    threshold: float | None = None

    @property
    def prior_weight(self) -> float:
        """The prior in bits: the match weight of a pair of which nothing is known."""
        return log2(self.prior / (1 - self.prior))

    def check(self, settings: Settings) -> None:
        """Raise Stale unless this was learnt for exactly these settings' name, version, comparers and levels."""
        learnt = {name: [level.label for level in levels] for name, levels in self.levels.items()}
        wanted = {comparer.name: [level.label for level in comparer.levels] for comparer in settings.comparers}
        if (self.settings, self.version) != (settings.name, settings.version) or learnt != wanted:
            mine, theirs = f"{self.settings} {self.version}", f"{settings.name} {settings.version}"
            raise Stale(f"A model of {mine} does not fit {theirs}: learn it anew.")

    def claims_from(self, settings: Settings) -> float:
        """Bits from which on a pair is claimed."""
        return settings.threshold if self.threshold is None else self.threshold

    def weight(self, comparer: str, position: int) -> float:
        """Bits of the level at this position of a comparer, before its value's rarity counts."""
        return self.levels[comparer][position].weight

    def rarity(self, comparer: str, position: int, column: str, rarest: float, value: object) -> float:
        """Bits that an agreement on ``value`` of ``column`` weighs more (or less) than on any value."""
        u = self.levels[comparer][position].u
        if u is None or value is None:
            return 0.0
        share = self.frequencies.get(column, {}).get(str(value), 0.0)
        return log2(u) - log2(max(share, rarest))

    def to_json(self) -> dict[str, Any]:
        """What ``from_json`` reads back, without loss."""
        return {
            "settings": self.settings,
            "version": self.version,
            "prior": self.prior,
            "records": self.records,
            "threshold": self.threshold,
            "levels": {
                name: [{"label": one.label, "m": one.m, "u": one.u} for one in levels]
                for name, levels in self.levels.items()
            },
            "frequencies": {column: dict(shares) for column, shares in self.frequencies.items()},
        }

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Model:
        """A stored model. Raises Stale where it is none."""
        try:
            return cls(
                settings=content["settings"],
                version=content["version"],
                prior=content["prior"],
                records=content["records"],
                threshold=content.get("threshold"),
                levels={
                    name: tuple(Learnt(one["label"], one["m"], one["u"]) for one in levels)
                    for name, levels in content["levels"].items()
                },
                frequencies=content["frequencies"],
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise Stale("This is not a stored model: learn it again.") from error

    def rows(self, settings: Settings) -> Iterator[tuple[str, str, float | None, float | None, float]]:
        """The model as one table: comparer's label, level's label, m, u, weight in bits. The prior comes first."""
        yield "any two records", "nothing known", self.prior, None, self.prior_weight
        for comparer in settings.comparers:
            for level in self.levels[comparer.name]:
                yield comparer.label, level.label, level.m, level.u, level.weight


def probability(weight: float) -> float:
    """The chance that a pair of this match weight (bits) matches: ``1 / (1 + 2 ** -weight)``."""
    return 1 / (1 + 2.0**-weight) if weight > -1000 else 0.0


def by_gamma(settings: Settings, model: Model, comparer: str) -> dict[int, Learnt]:
    """A comparer's levels by the number under which pairs carry them (-1 says nothing, 0 is the last)."""
    found = next(one for one in settings.comparers if one.name == comparer)
    return {gamma(found, position): level for position, level in enumerate(model.levels[comparer])}
