"""The stage of each aspect, computed from evidence; never typed in. Pure.

An indicator is **shown** on a day, by what was known on a day, when the newest evidence on it that counts says that it
holds. Evidence counts when it has a source, was recorded by then and not withdrawn by then, is dated on or before the
day and not expired on it, two people of two organisations other than the one that entered it accept it, and nobody's
standing review refuses it. A reviewer's newest review stands. Contrary evidence of the same day wins.

An aspect is at stage s when every indicator of the stages 1 to s is shown. Without any evidence that counts its stage
is unknown (None), which is neither start-up nor nought; with evidence that does not make up the first stage it is 0.

Nothing is forgotten: rows are only added, each with the moment at which it became known. So what was known on a past
day is computed from the same rows, and ``as_of`` gives the same bytes whenever it is asked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import orjson

from hueandcry.capacity.assessment.model import Aspect, Indicator, Model

REVIEWERS = 2  # people, of as many organisations


@dataclass(frozen=True, slots=True)
class Review:
    """One person's word on one piece of evidence."""

    organisation: int
    person: int
    accepted: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class Evidence:
    """One dated, sourced statement that an indicator holds, or not. On ``expires`` it counts no more."""

    key: str
    indicator: str
    holds: bool
    source: str
    dated: date
    expires: date
    organisation: int
    recorded_at: datetime
    withdrawn_at: datetime | None = None
    reviews: tuple[Review, ...] = ()


@dataclass(frozen=True, slots=True)
class AspectStage:
    """What is known of one aspect: its stage, the indicators that are shown and by what, those that contrary evidence
    speaks against, and the ones still missing for the next stage."""

    aspect: str
    stage: int | None
    shown: Mapping[str, str]
    against: Mapping[str, str]
    missing: tuple[str, ...]


def end_of(day: date) -> datetime:
    """The moment at which a day has been: what happened before it was known on that day."""
    return datetime.combine(day + timedelta(days=1), time(), UTC)


def standing(reviews: Iterable[Review], *, of: int, known: datetime) -> list[Review]:
    """The newest review of each person that was known, without those of the organisation ``of``."""
    newest: dict[int, Review] = {}
    for each in sorted(reviews, key=lambda r: (r.at, r.accepted, r.organisation, r.person)):
        if each.at < known and each.organisation != of:
            newest[each.person] = each
    return list(newest.values())


def counts(evidence: Evidence, *, day: date, known: datetime) -> bool:
    """Whether a piece of evidence counts on a day, by what was known at a moment."""
    if not evidence.source.strip() or evidence.recorded_at >= known:
        return False
    if evidence.withdrawn_at is not None and evidence.withdrawn_at < known:
        return False
    if not evidence.dated <= day < evidence.expires:
        return False
    said = standing(evidence.reviews, of=evidence.organisation, known=known)
    if any(not each.accepted for each in said):
        return False
    return len(said) >= REVIEWERS and len({each.organisation for each in said}) >= REVIEWERS


def _newest(held: Iterable[Evidence], *, day: date, known: datetime) -> dict[str, Evidence]:
    """For each indicator the evidence that decides: the newest that counts, contrary before favourable, then by key."""
    best: dict[str, Evidence] = {}
    for each in held:
        if not counts(each, day=day, known=known):
            continue
        before = best.get(each.indicator)
        if before is None or _rank(each) > _rank(before):
            best[each.indicator] = each
    return best


def _rank(evidence: Evidence) -> tuple[date, bool, str]:
    return evidence.dated, not evidence.holds, evidence.key


def stages(
    model: Model, held: Iterable[Evidence], *, day: date, known: datetime | None = None
) -> dict[str, AspectStage]:
    """The stage of every aspect of the model for one country's evidence, on ``day`` by what was known at ``known`` (by
    default at the end of that day). Evidence on indicators that the model has not is left aside."""
    deciding = _newest(held, day=day, known=known or end_of(day))
    return {key: _aspect(aspect, deciding) for key, aspect in model.aspects.items()}


def _aspect(aspect: Aspect, deciding: Mapping[str, Evidence]) -> AspectStage:
    found = {i.id: deciding[i.id] for i in aspect.indicators if i.id in deciding}
    shown = {key: each.key for key, each in found.items() if each.holds}
    against = {key: each.key for key, each in found.items() if not each.holds}
    stage, missing = _reached(aspect.indicators, shown)
    return AspectStage(aspect.id, stage if found else None, shown, against, missing)


def _reached(indicators: tuple[Indicator, ...], shown: Mapping[str, str]) -> tuple[int, tuple[str, ...]]:
    lacking: dict[int, list[str]] = defaultdict(list)
    for each in indicators:
        if each.id not in shown:
            lacking[each.stage].append(each.id)
    if not lacking:
        return max((each.stage for each in indicators), default=0), ()
    first = min(lacking)
    return first - 1, tuple(lacking[first])


@dataclass(frozen=True, slots=True)
class Spread:
    """Aspects of a factor or dimension by stage: never a mean, for stages are ranks. ``lowest`` of the known."""

    known: int
    of: int
    lowest: int | None
    by_stage: Mapping[int, int]


def spread(found: Iterable[AspectStage]) -> Spread:
    """How the aspects of a factor or a dimension spread over the stages."""
    listed = list(found)
    known = [each.stage for each in listed if each.stage is not None]
    counted = {stage: known.count(stage) for stage in sorted(set(known))}
    return Spread(len(known), len(listed), min(known, default=None), counted)


@dataclass(frozen=True, slots=True)
class Change:
    """One aspect's stage on two days, and the indicators that came to be shown or are shown no more."""

    aspect: str
    before: int | None
    after: int | None
    came: tuple[str, ...]
    went: tuple[str, ...]


def changes(before: Mapping[str, AspectStage], after: Mapping[str, AspectStage]) -> list[Change]:
    """What differs between two replays of one country, aspect by aspect."""
    made = []
    for key, now in after.items():
        then = before[key]
        came, went = sorted(set(now.shown) - set(then.shown)), sorted(set(then.shown) - set(now.shown))
        if came or went or now.stage != then.stage:
            made.append(Change(key, then.stage, now.stage, tuple(came), tuple(went)))
    return made


def expiring(held: Iterable[Evidence], *, day: date, days: int) -> list[Evidence]:
    """Evidence that decides today and will have expired within so many days, soonest first."""
    deciding = _newest(held, day=day, known=end_of(day)).values()
    soon = [each for each in deciding if each.expires <= day + timedelta(days=days)]
    return sorted(soon, key=lambda each: (each.expires, each.key))


def as_of(model: Model, country: str, held: Iterable[Evidence], *, day: date) -> bytes:
    """What was known of a country on a day, as canonical JSON: the same bytes whatever came later."""
    found = stages(model, held, day=day)
    told = {
        "model": model.id,
        "version": model.version,
        "country": country,
        "day": day.isoformat(),
        "aspects": {
            key: {"stage": each.stage, "shown": dict(each.shown), "against": dict(each.against),
                  "missing": list(each.missing)}
            for key, each in found.items()
        },
    }  # fmt: skip
    return orjson.dumps(told, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2)
