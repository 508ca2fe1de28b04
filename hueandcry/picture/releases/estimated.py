"""The distinct number without linkage's errors, and the estimated one: for all, each class, large countries."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from hueandcry.picture import estimates
from hueandcry.picture.cells import Shown, brought_down
from hueandcry.picture.question import Question
from hueandcry.picture.releases.contents import Settings
from hueandcry.picture.releases.figures import Figures, ordered
from hueandcry.picture.releases.observations import Observation

if TYPE_CHECKING:
    from hueandcry.picture.estimates import Estimated, Ranged
    from hueandcry.picture.freezes.reader import Frozen

COUNTRIES: Final = 10  # with the most crimes: each takes a bootstrap of seconds
Key = tuple[tuple[str, str], ...]


def add(frozen: Frozen, settings: Settings, made: Figures) -> None:
    """Add estimates to the tables that hold them, where the distinct number is shown. One that is refused has a row
    without a value, and its reason stands in ``made.estimates``."""
    known: dict[Key, tuple[Ranged, Estimated]] = {}
    for table in (table for table in settings.chosen if table.estimated):
        held = made.tables[table.name]
        told = {tuple(sorted(e.key.items())): e for e in held if e.number == "reported" and e.measure == "count"}
        added: list[Observation] = []
        for each in _parts(held):
            key = tuple(sorted(each.key.items()))
            if key not in known:
                question = _question(settings, dict(key))
                known[key] = estimates.distinct(frozen, question), estimates.estimated(frozen, question)
            ranged, estimate = known[key]
            if ranged.how == "corrected":
                added.append(_corrected(each, ranged, told.get(key)))
            added.append(_estimated(each, estimate))
        made.tables[table.name] = ordered([*held, *added])
    made.estimates = [_said(dict(key), *known[key]) for key in sorted(known)]


def _parts(held: list[Observation]) -> list[Observation]:
    """The distinct numbers that are estimated: of all, of each class, of the countries with the most."""
    shown = [e for e in held if e.number == "distinct" and e.measure == "count" and e.value is not None]
    whole = [e for e in shown if not e.key]
    parts = [e for e in shown if len(e.key) == 1 and (e.value or 0) >= estimates.ENOUGH and all(e.key.values())]
    countries = sorted((e for e in parts if "country" in e.key), key=lambda e: (-(e.value or 0), e.key["country"]))
    return [*whole, *(e for e in parts if "class" in e.key), *countries[:COUNTRIES]]


def _question(settings: Settings, key: dict[str, str]) -> Question:
    whole = Question(number="distinct", time=settings.time, first=settings.first, last=settings.last)
    return whole.within(tuple(key), tuple(key.values()))  # type: ignore[arg-type]  # keys are dimensions


def _corrected(each: Observation, ranged: Ranged, told: Observation | None) -> Observation:
    """A distinct number without linkage's errors: never more than the reports of the same table, as on pages."""
    reports = None if told is None else Shown((), told.value, "", told.low or told.value, told.high or told.value)
    found = brought_down(Shown((), ranged.value, "", ranged.low, ranged.high), reports)
    return replace(each, measure="linkage", value=found.value, low=found.low, high=found.high)


def _estimated(each: Observation, found: Estimated) -> Observation:
    if found.refused:
        return replace(each, number="estimated", value=None, low=None, high=None, withheld="refused")
    return replace(each, number="estimated", value=found.estimate, low=found.low, high=found.high, withheld="")


def _said(key: dict[str, str], ranged: Ranged, found: Estimated) -> dict[str, Any]:
    """What release.json tells of one estimate."""
    return {
        "of": key,
        "distinct": ranged.how,
        "refused": found.refused,
        "reason": found.reason,
        "lists": list(found.lists),
        "left_out": list(found.left_out),
        "linkage": found.linkage,
        "lower_bound": found.lower_bound,
        "models": [dict(model) for model in found.models],
        "replicates": found.replicates,
        "seed": found.seed,
    }
