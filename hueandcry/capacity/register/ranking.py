"""In which order resources are shown, and why each stands where it does. Pure.

What stands on top is looked at, what is looked at is asked for, and what is asked for came to the top: a list ordered
by popularity keeps what is known known. Here interest is counted as in unbiased learning to rank (Joachims,
Swaminathan, Schnabel: "Unbiased Learning-to-Rank with Biased Feedback", WSDM 2017): a showing counts by the chance
that somebody looked that far down (``examined``, the sum of those propensities), so that interest is what was asked
for of what was seen. It is smoothed towards the typical, bounded, and a resource that hardly anybody has seen yet is
given the benefit of the doubt (an upper confidence bound), which shrinks with each showing.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

STEEPNESS: Final = 1.0  # of propensity: (1 / position) ** this, as in the paper's simulations
LEAST_PROPENSITY: Final = 0.05  # so that no single showing far down weighs as nothing
TYPICAL: Final = 0.15  # asked for, of what was looked at, where nothing is known
PRIOR: Final = 8.0  # examinations that the typical counts as
DOUBT: Final = 0.8  # how much the unseen is given
LEAST_LIFT, MOST_LIFT = 0.4, 4.0
YEAR: Final = 365.0
SELDOM: Final = 5.0  # examinations: fewer are "seldom shown"


@dataclass(frozen=True, slots=True)
class Query:
    """What was asked for: folded words, and facets by name (country, language, aspect, kind, cost)."""

    words: tuple[str, ...] = ()
    facets: dict[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Found:
    """One resource that fits. ``relevance`` 0 to 1; ``examined`` sum of propensities at which it was shown; ``asked``
    how often it was then opened or asked for; ``evidence`` 0 none, 1 said, 2 and more: confirmed by so many."""

    key: int
    relevance: float = 1.0
    examined: float = 0.0
    asked: int = 0
    evidence: int = 0
    confirmed_on: date | None = None
    near: bool = False  # found by words nearly the same alone
    fits: dict[str, tuple[str, ...]] = field(default_factory=dict)  # which words and facets it meets, and how


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a result is there, as data: a kind, and what it is said with."""

    kind: str
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Ranked:
    """A result with its score and its reasons, the weightiest first."""

    found: Found
    score: float
    reasons: tuple[Reason, ...]


def propensity(position: int) -> float:
    """The chance that somebody looks as far as this position (1 is the top)."""
    return max(LEAST_PROPENSITY, float((1.0 / max(position, 1)) ** STEEPNESS))


def interest(examined: float, asked: int) -> float:
    """Asked for, of what was looked at: smoothed, and with the benefit of the doubt for what few have seen.

    Falls with ``examined`` and rises with ``asked``."""
    seen = max(examined, 0.0) + PRIOR
    return (max(asked, 0) + TYPICAL * PRIOR) / seen + DOUBT / math.sqrt(seen)


def lift(examined: float, asked: int) -> float:
    """By how much interest raises or lowers a result, against one of typical interest that is well known."""
    return min(MOST_LIFT, max(LEAST_LIFT, interest(examined, asked) / TYPICAL))


def freshness(confirmed_on: date | None, day: date) -> float:
    """1 on the day it was confirmed, half after a year, half again after the next; 0.25 where nobody ever did."""
    if confirmed_on is None:
        return 0.25
    return float(0.5 ** (max((day - confirmed_on).days, 0) / YEAR))


def score(found: Found, *, day: date) -> float:
    """Relevance, raised or lowered by interest, evidence and freshness; at least 0."""
    proven = min(found.evidence, 3) / 3
    worth = 0.6 + 0.2 * proven + 0.2 * freshness(found.confirmed_on, day)
    return max(found.relevance, 0.0) * lift(found.examined, found.asked) * worth


def ranked(found: Sequence[Found], *, day: date, query: Query) -> list[Ranked]:
    """The results in the order in which they are shown; of equals the one seen less stands first."""
    scored = [Ranked(each, score(each, day=day), reasons(each, day=day, query=query)) for each in found]
    return sorted(scored, key=lambda one: (-one.score, one.found.examined, one.found.key))


def reasons(found: Found, *, day: date, query: Query) -> tuple[Reason, ...]:
    """Why a result is there and stands where it does."""
    told = []
    words = found.fits.get("words", ())
    if words:
        told.append(Reason("near" if found.near else "words", {"words": list(words)}))
    told += [Reason(name, {"values": list(found.fits[name])}) for name in query.facets if found.fits.get(name)]
    if found.examined < SELDOM:
        told.append(Reason("seldom shown", {"examined": round(found.examined, 1)}))
    elif lift(found.examined, found.asked) > 1.25:
        told.append(Reason("asked for", {"asked": found.asked, "examined": round(found.examined, 1)}))
    if found.evidence > 1:
        told.append(Reason("confirmed by", {"organisations": found.evidence}))
    elif found.evidence:
        told.append(Reason("evidence", {}))
    if found.confirmed_on is not None:
        told.append(Reason("confirmed on", {"day": found.confirmed_on.isoformat()}))
    return tuple(told)
