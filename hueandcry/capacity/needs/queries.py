"""Reads of needs. The caller has entered the viewer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from hueandcry.capacity.assessment import queries as assessments
from hueandcry.capacity.models import Consultation, NeedIndex, NeedRun, Statistic, StatisticValue
from hueandcry.capacity.rates import picture_rates
from hueandcry.members.models import LAW_ENFORCEMENT
from hueandcry.members.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Own:
    """A number of the alliance's own, as whoever runs an index sees it: what it is, which way is better (1: more, -1:
    less), and by country its values; unknown countries have none."""

    name: str | Promise
    direction: int
    values: Callable[[Viewer], dict[str, float]]


def _mean_stages(viewer: Viewer) -> dict[str, float]:
    stages = assessments.stages(viewer)
    told = {c: [s.stage for s in held.values() if s.stage is not None] for c, held in stages.items()}
    return {country: sum(each) / len(each) for country, each in told.items() if each}


def _rates(viewer: Viewer) -> dict[str, float]:
    rates, _freeze = picture_rates(viewer)
    return {country: rate for country, (rate, _low, _high) in rates.items()}


# By code; desks above this one add theirs when Django is ready.
OWN: dict[str, Own] = {
    "own.stage": Own(gettext_lazy("Mean stage of capacity shown by evidence (0 to 5)"), 1, _mean_stages),
    "own.picture-rate": Own(gettext_lazy("Reports of the picture per 100 000 inhabitants"), -1, _rates),
}


@dataclass(frozen=True, slots=True)
class Need:
    """What a run says of one country: rank by need (1 is greatest) with the 5th and 95th percentile of the draws, the
    share of draws in which it is among the first k, and whether that makes it most in need."""

    country: str
    rank: float | None
    low: float | None
    high: float | None
    score: float | None
    share: float | None
    most_in_need: bool
    moved: tuple[tuple[str, float], ...] = ()


def is_law_enforcement(viewer: Viewer) -> bool:
    """Whether the viewer speaks for law enforcement."""
    return LAW_ENFORCEMENT in viewer.principals


def newest(viewer: Viewer) -> NeedRun | None:
    """The newest run of an index that is not retired."""
    return NeedRun.objects.filter(index__retired_at=None).select_related("index").order_by("-pk").first()


def before(viewer: Viewer, run: NeedRun) -> NeedRun | None:
    """The run of the same index before this one."""
    return NeedRun.objects.filter(index=run.index_id, pk__lt=run.pk).order_by("-pk").first()


def needs(run: NeedRun | None) -> dict[str, Need]:
    """What a run says, by country, the greatest need first."""
    return {} if run is None else {each["code"]: _need(each) for each in run.told["units"]}


def need(viewer: Viewer, country: str) -> Need | None:
    """What the newest run says of a country."""
    return needs(newest(viewer)).get(country)


def _need(unit: Mapping[str, Any]) -> Need:
    low, high = unit["rank_interval"]
    moved = tuple((each["indicator"], each["part"]) for each in unit["moved"])
    return Need(
        unit["code"], unit["need_rank"], low, high, unit["score"], unit["share_in_top"], unit["most_in_need"], moved
    )


def consultations(viewer: Viewer, run: NeedRun) -> dict[str, list[Consultation]]:
    """What law enforcement said of this run's countries, the newest first."""
    made: dict[str, list[Consultation]] = {}
    for each in Consultation.objects.filter(run=run).order_by("-pk"):
        made.setdefault(each.country, []).append(each)
    return made


def names(viewer: Viewer) -> dict[str, str]:
    """Series by code, the alliance's own among them."""
    held = dict(Statistic.objects.values_list("code", "name"))
    return held | {code: str(one.name) for code, one in OWN.items()}


def inputs(viewer: Viewer, index: NeedIndex, *, year: int, oldest: int) -> dict[str, Any]:
    """By country and indicator the newest number not after ``year`` and at most ``oldest`` years before; None where
    nothing is known. Countries of which nothing at all is known are left out."""
    codes = [each["code"] for each in index.indicators]
    found: dict[tuple[str, str], tuple[int, float]] = {}
    rows = StatisticValue.objects.filter(statistic__code__in=codes, year__lte=year, year__gte=year - oldest)
    for code, country, told, value in rows.order_by("year").values_list("statistic__code", "country", "year", "value"):
        found[country, code] = (told, value)
    for code in codes:
        if code in OWN:
            found |= {(country, code): (year, value) for country, value in OWN[code].values(viewer).items()}
    countries = sorted({country for country, _code in found})
    return {
        "countries": countries,
        "values": [[found.get((c, code), (0, None))[1] for code in codes] for c in countries],
        "years": [[found.get((c, code), (None, 0))[0] for code in codes] for c in countries],
    }
