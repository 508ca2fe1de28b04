"""The second simulated world: who reports, each desk with habits of its own, and how noise worsens a chance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from hueandcry.world.second_crimes import COUNTRIES, KINDS, Flags, Floats, Ints

NEVER_AMOUNT: Final = (0.05, 0.08, 0.7, 0.4, 0.12)  # shares of desks whose habit it is
NEVER_AREA: Final = (0.25, 0.15, 0.95, 0.6, 0.4)


@dataclass(frozen=True, slots=True)
class Desks:
    """Who reports, with habits: flags and factors by desk."""

    kind: Ints
    country: Ints
    care: Floats  # times the odds of a slip
    no_amount: Flags
    no_sector: Flags
    no_size: Flags
    no_area: Flags
    no_day: Flags
    monthly: Flags  # gives the month only
    swaps: Floats  # chance of writing the month where the day belongs
    utc: Flags
    weekdays: Flags  # closed on Saturdays and Sundays
    vocabulary: Ints
    hidden: Floats  # share of its reports that it hides
    forwards: Flags


def worse(chance: Floats | float, noise: Floats | float) -> Floats:
    """A chance whose odds are ``noise`` times as long; what is certain stays so."""
    chance = np.asarray(chance, dtype=float)
    return np.where(chance >= 1, 1.0, chance * noise / np.maximum(1 - chance + chance * noise, 1e-12))


def desks_of(rng: np.random.Generator, count: int) -> Desks:
    """One of each kind in each country, then more."""
    all_kinds = np.repeat(np.arange(len(KINDS)), len(COUNTRIES))
    kind = np.concatenate([all_kinds, rng.choice(5, count - len(all_kinds), p=(0.5, 0.22, 0.13, 0.08, 0.07))])
    country = np.concatenate([np.tile(np.arange(len(COUNTRIES)), 5), rng.integers(0, 14, count - len(all_kinds))])
    return Desks(
        kind=kind, country=country, care=rng.lognormal(0, 0.7, count),
        no_amount=rng.random(count) < np.array(NEVER_AMOUNT)[kind], no_sector=rng.random(count) < 0.3,
        no_size=rng.random(count) < 0.4, no_area=rng.random(count) < np.array(NEVER_AREA)[kind],
        no_day=rng.random(count) < np.where(np.isin(kind, (2, 3)), 0.12, 0.01), monthly=rng.random(count) < 0.025,
        swaps=np.where(rng.random(count) < 0.12, 0.06, 0.002), utc=rng.random(count) < 0.45,
        weekdays=rng.random(count) < np.array((0.6, 0.4, 0.5, 0.95, 0.9))[kind], vocabulary=rng.integers(0, 6, count),
        hidden=np.where(rng.random(count) < 0.06, 1.0, 0.02), forwards=(kind >= 2) & (rng.random(count) < 0.35),
    )  # fmt: skip
