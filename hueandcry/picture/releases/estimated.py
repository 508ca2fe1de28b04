"""The estimated number of a release, and the interval of the distinct one: for all, for each class and each country."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from hueandcry.picture.question import Question
from hueandcry.picture.releases.contents import Settings
from hueandcry.picture.releases.figures import Figures, ordered, rounded
from hueandcry.picture.releases.observations import Observation

if TYPE_CHECKING:
    from hueandcry.picture.freezes.reader import Frozen

FIELDS: Final = {"class": "cls", "country": "country"}


def add(frozen: Frozen, settings: Settings, made: Figures) -> None:
    """Put intervals to distinct numbers and add estimates, where the distinct number is shown. A refused estimate has a
    row without a value, and its reason stands in ``made.refused``."""
    from hueandcry.picture import estimates

    known: dict[tuple[tuple[str, str], ...], tuple[Any, Any]] = {}
    for table in settings.chosen:
        held = made.tables[table.name]
        if table.measure != "count" or table.rate:
            continue
        for at, each in enumerate(list(held)):
            key = tuple(sorted(each.key.items()))
            if each.number != "distinct" or each.measure != "count" or each.value is None or not _asked(key):
                continue
            if key not in known:
                question = _question(settings, dict(key))
                known[key] = estimates.distinct(frozen, question), estimates.estimated(frozen, question)
            ranged, estimate = known[key]
            held[at] = _ranged(each, ranged)
            if table.estimated:
                held.append(_estimated(each, estimate))
        made.tables[table.name] = ordered(held)
    made.refused = [
        {**dict(key), "reason": estimate.reason}
        for key, (_range, estimate) in sorted(known.items(), key=lambda each: each[0])
        if estimate.refused
    ]  # fmt: skip


def _asked(key: tuple[tuple[str, str], ...]) -> bool:
    return not key or (len(key) == 1 and key[0][0] in FIELDS and bool(key[0][1]))


def _question(settings: Settings, key: dict[str, str]) -> Question:
    filters: Any = {FIELDS[name]: (value,) for name, value in key.items()}
    return Question(number="distinct", time=settings.time, first=settings.first, last=settings.last, **filters)


def _ranged(each: Observation, ranged: Any) -> Observation:
    """The interval of linkage's error, moved to the value that is shown."""
    if not ranged.value or each.value is None or ranged.low is None or ranged.high is None:
        return each
    low, high = (round(each.value * bound / ranged.value) for bound in (ranged.low, ranged.high))
    return replace(each, low=float(min(low, each.value)), high=float(max(high, each.value)))


def _estimated(each: Observation, estimate: Any) -> Observation:
    if estimate.refused:
        return replace(each, number="estimated", value=None, low=None, high=None, withheld="refused")
    value, low, high = (rounded(n) for n in (estimate.estimate, estimate.low, estimate.high))
    return replace(each, number="estimated", value=value, low=low, high=high, withheld="")
