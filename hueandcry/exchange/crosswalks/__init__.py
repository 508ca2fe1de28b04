"""Crosswalks: other people's words for a cybercrime, each line leading to our classes with a trust and a reason.

One file a source, columns ``label|classes|trust|why`` separated by ``|``. ``classes`` holds ``class:type`` codes parted
by spaces, the first the best; it is empty where the label names no crime, and ``why`` then says why. A label that ends
in ``*`` stands for everything under it that has no line of its own. Trust, from best to worst:

    exact   another name for the very same thing
    close   a term of another taxonomy whose meaning nearly coincides
    loose   wider, narrower, or tells how it was done and not what was done
    guess   a tactic, a whole branch of a taxonomy or a bare word
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum
from importlib.resources import files
from typing import NamedTuple


class Trust(IntEnum):
    """How far a line may be relied on; higher is better."""

    GUESS = 1
    LOOSE = 2
    CLOSE = 3
    EXACT = 4


class Line(NamedTuple):
    """One line of a crosswalk."""

    crosswalk: str
    label: str
    classes: tuple[tuple[str, str], ...]
    trust: Trust
    why: str


# Where two crosswalks know the same bare word, the earlier one wins.
SOURCES = ("common", "rsit", "europol", "veris", "misp", "stix", "eurepoc", "attack", "words")


def lines(source: str) -> Iterator[Line]:
    """Give the lines of one crosswalk in the order of its file. Raises ValueError for a line that is malformed."""
    text = files(__package__).joinpath(f"{source}.csv").read_text(encoding="utf-8")
    for number, row in enumerate(text.splitlines(), 1):
        if number == 1 or not row or row.startswith("#"):
            continue
        parts = row.split("|")
        if len(parts) != 4:
            raise ValueError(f"{source}.csv line {number}: 4 columns wanted, {len(parts)} found")
        label, classes, trust, why = (part.strip() for part in parts)
        targets = tuple((cls, kind) for cls, _, kind in (code.partition(":") for code in classes.split()))
        yield Line(source, label, targets, Trust[trust.upper()], why)
