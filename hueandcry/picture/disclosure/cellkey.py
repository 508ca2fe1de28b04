"""Cell-key perturbation: noise that hangs on what is in the cell: one cell, one value, however it is asked for.

Each report or crime has a key of 0 to 255, kept secret; the sum of the keys in a cell, modulo 256, is its cell key. The
noise is looked up by count and cell key in a table that anybody may read: who does not know the keys learns only how
noise is spread. Source: Fraser and Wooton, A proposed method for confidentialising tabular output (2005); the spread by
maximum entropy as in Marley and Leaver, A Method for Confidentialising User-Defined Tables (ISI 2011).
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

KEYS: Final = 256
NOISE: Final = 5  # no count is moved by more
VARIANCE: Final = 5.0  # of the noise; the table's own is told by ``variance()``
TABLE: Final = "2026-11"  # names the table; another seed is another table, and another noise in every cell
ROWS: Final = 750  # counts beyond use the rows 501 to 750 again, as the ONS table does


def spread(noise: int = NOISE, variance: float = VARIANCE) -> list[float]:
    """Chances of -noise, ..., +noise: of all with mean nought and this variance the one of greatest entropy, which is
    proportional to exp(-a v^2). Raises ValueError where no such spread is as wide."""
    values = range(-noise, noise + 1)
    if not 0 < variance < sum(v * v for v in values) / len(values):
        raise ValueError("the variance must be above nought and below that of the even spread")

    def chances(a: float) -> list[float]:
        weights = [math.exp(-a * v * v) for v in values]
        return [w / sum(weights) for w in weights]

    low, high = 0.0, 1.0
    while sum(p * v * v for p, v in zip(chances(high), values, strict=True)) > variance:
        high *= 2
    for _ in range(200):
        middle = (low + high) / 2
        wide = sum(p * v * v for p, v in zip(chances(middle), values, strict=True)) > variance
        low, high = (middle, high) if wide else (low, middle)
    return chances(high)


@lru_cache(maxsize=1)
def slots() -> tuple[int, ...]:
    """The noise of the 256 places of a row, in order: as many of v as of -v, so that the mean is nought exactly."""
    half = [round(KEYS * p) for p in spread()[NOISE + 1 :]]
    ordered = [v for v, times in enumerate(half, start=1) for _ in range(times)]
    return (*(-v for v in reversed(ordered)), *(0,) * (KEYS - 2 * len(ordered)), *ordered)


def variance() -> float:
    """Of the noise as it is looked up."""
    return sum(v * v for v in slots()) / KEYS


@lru_cache(maxsize=ROWS)
def row(count: int) -> tuple[int, ...]:
    """The noise of a count by cell key. Each count has the places in an order of its own, so that a report more or less
    draws anew."""
    order = sorted(range(KEYS), key=lambda key: hashlib.sha256(f"{TABLE}|{count}|{key}".encode()).digest())
    noise = [0] * KEYS
    for place, key in zip(slots(), order, strict=True):
        noise[key] = place
    return tuple(noise)


def perturbation(count: int, cell_key: int) -> int:
    """The noise of a cell: whole numbers from -NOISE to NOISE. Raises ValueError below a count of 1."""
    if count < 1:
        raise ValueError("nothing is counted here")
    return row(count if count <= ROWS else (count - 1) % 250 + 501)[cell_key % KEYS]


def table() -> Iterator[tuple[int, int, int]]:
    """The whole table as it is published: count, cell key, noise (pcv, ckey, pvalue)."""
    for count in range(1, ROWS + 1):
        for key, noise in enumerate(row(count)):
            yield count, key, noise
