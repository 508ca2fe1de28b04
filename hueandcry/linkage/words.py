"""How telling a shared value is, in words: a word for the weight, and the reasons behind it. No Django here."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from hueandcry.exchange.observables import TYPES

STRONG, SOME = 0.45, 0.15  # as in queries.telling: the sums there and the single values here share one scale
TELLING = 0.2  # the weight from which a value counts as a link at all; hueandcry_others and the lists use the same
UNIQUE, OFTEN = 0.8, 0.4  # weight of a type: one holder at a time; shared now and then


@dataclass(frozen=True, slots=True)
class Telling:
    """The word ("strong", "some", "weak", "none") and why."""

    word: str
    why: tuple[str, ...]


def telling(kind: str, weight: float, reports: int, warnings: Sequence[str], capped: bool) -> Telling:
    """How telling a value of this type is that so many other reports hold; ``capped``: there are more."""
    why = ["on " + _listed(warnings)] if warnings else [_of_type(kind)]  # a warning list outweighs what the type says
    if reports:
        why.append(f"in {'more than ' if capped else ''}{reports} other {'report' if reports == 1 else 'reports'}")
    if not reports:
        return Telling("none", tuple(why))
    share = weight / math.log(2 + reports)
    word = "strong" if share >= STRONG else "some" if share >= SOME else "weak"
    return Telling(word, tuple(why))


def _of_type(kind: str) -> str:
    told = TYPES[kind].telling if kind in TYPES else 0.0
    if told >= UNIQUE:
        return "one holder has such a value at a time"
    return "strangers may share it" if told >= OFTEN else "many share such values"


def _listed(warnings: Sequence[str]) -> str:
    first = ", ".join(warnings[:2])
    more = len(warnings) - 2
    return f"the warning {'list' if len(warnings) == 1 else 'lists'} {first}" + (
        f" and {more} more" if more > 0 else ""
    )
