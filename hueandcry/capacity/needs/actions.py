"""Writes of needs: series and their numbers, indexes, runs, consultations."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import orjson
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from hueandcry.audit import actions as audit
from hueandcry.capacity.columns import UNKNOWN, rows
from hueandcry.capacity.models import Consultation, NeedIndex, NeedRun, Statistic, StatisticValue
from hueandcry.capacity.needs import queries
from hueandcry.capacity.needs.scales import SCALES, Unlike, harmonised
from hueandcry.exchange.countries import alpha_2, is_code
from hueandcry.exchange.drafts import Unreadable
from hueandcry.exchange.text import clean, line
from hueandcry.members.actions import Refused
from hueandcry.members.viewer import Viewer, viewer

if TYPE_CHECKING:
    from hueandcry.capacity.index.computed import Computed

LOADERS = ("officer", "secretary")
OFFICE = ("secretary", "administrator", "officer")
CONSULTED = ("officer", "analyst", "administrator")
SHORT, LONG = 300, 4_000  # characters
LARGEST = 8 * 2**20  # bytes of a file of numbers
FIRST_YEAR = 1990
_CODE = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,59}")


@dataclass(frozen=True, slots=True)
class Series:
    """A series as somebody tells of it. ``direction`` 1: more is better, -1: less is better."""

    code: str
    name: str
    scale: str
    direction: int
    source: str
    unit: str = ""
    url: str = ""
    licence: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a load stored: new, corrected, the same as before, told as unknown; and by which rule it was brought to the
    scale of the series, where it was told on another."""

    new: int
    corrected: int
    same: int
    unknown: int
    rule: str = ""


def _require(by: Viewer) -> None:
    if not (
        by.vetted and by.person and by.organisation and (by.may("officer") or (by.secretariat and by.may(*LOADERS)))
    ):
        raise Refused(_("Officers and the secretariat load numbers."))


def _require_office(by: Viewer) -> None:
    if not (by.vetted and by.secretariat and by.person and by.may(*OFFICE)):
        raise Refused(_("The secretariat does this."))


def begin(*, by: Viewer, series: Series) -> None:
    """Begin a series. Raises Refused."""
    _require(by)
    told = {name: line(getattr(series, name), SHORT) for name in ("name", "source", "unit", "licence")}
    if not _CODE.fullmatch(series.code) or not told["name"] or len(told["source"]) < 5:
        raise Refused(_("A series has a code of letters and digits, a name, and a source that others find."))
    if series.scale not in SCALES or series.direction not in (1, -1):
        raise Refused(_("Choose its scale, and which way is better."))
    if series.url and not series.url.startswith(("https://", "http://")):
        raise Refused(_("The address of the source begins with https:// or http://."))
    with viewer(by):
        try:
            with transaction.atomic():
                made = Statistic.objects.create(
                    code=series.code, scale=series.scale, direction=series.direction, url=clean(series.url, SHORT),
                    organisation=by.organisation or 0, person=by.person or 0, **told,
                )  # fmt: skip
        except IntegrityError:
            raise Refused(_("There is a series with this code already.")) from None
        audit.record(by=by, verb="begin", kind="statistic", thing=made.pk)


def load(*, by: Viewer, code: str, raw: bytes, scale: str = "") -> Receipt:
    """Load numbers into a series from a CSV with the columns country, year and value, and inhabitants where a count
    becomes a rate; whole or not at all. ``scale``: on which they are told, if not the series' own.

    Raises Refused, which names the row; Statistic.DoesNotExist."""
    _require(by)
    with viewer(by):
        series = Statistic.objects.get(code=code)
        if series.organisation != by.organisation:
            raise Refused(_("Who began a series loads and corrects it."))
        told, unknown = _read(raw, scale or series.scale, series.scale)
        held = {(row.country, row.year): row for row in StatisticValue.objects.filter(statistic=series)}
        new = [
            StatisticValue(statistic=series, country=c, year=y, value=v)
            for (c, y), v in told.items()
            if (c, y) not in held
        ]
        changed = [held[key] for key, value in told.items() if key in held and held[key].value != value]
        for row in changed:
            row.value, row.recorded_at = told[row.country, row.year], datetime.now(UTC)
        StatisticValue.objects.bulk_create(new)
        StatisticValue.objects.bulk_update(changed, ["value", "recorded_at"])
        audit.record(by=by, verb="load", kind="statistic", thing=series.pk, count=len(new) + len(changed))
    rule = "" if scale in ("", series.scale) else f"{SCALES[scale].name} → {SCALES[series.scale].name}"
    return Receipt(len(new), len(changed), len(told) - len(new) - len(changed), unknown, rule)


def _read(raw: bytes, told: str, wanted: str) -> tuple[dict[tuple[str, int], float], int]:
    """(country, year) -> value on the scale wanted, and how many cells say that nothing is known."""
    made: dict[tuple[str, int], float] = {}
    places: dict[tuple[str, int], str] = {}
    unknown = 0
    try:
        for place, row in rows(raw, ("country", "year", "value"), largest=LARGEST, fold=True):
            country = alpha_2(row["country"])
            if not country:
                raise Unreadable(place, _("“%(word)s” is no country") % {"word": row["country"][:40]})
            year = int(row["year"]) if row["year"].isascii() and row["year"].isdigit() and len(row["year"]) == 4 else 0
            if not FIRST_YEAR <= year <= datetime.now(UTC).year:
                raise Unreadable(place, _("“%(word)s” is no year from 1990 on") % {"word": row["year"][:20]})
            if (country, year) in places:
                raise Unreadable(
                    place, _("this country and year stand in %(where)s already") % {"where": places[country, year]}
                )
            places[country, year] = place
            if row["value"].casefold() in UNKNOWN | {"-", "–"}:
                unknown += 1
                continue
            value, people = _number(row["value"], place), row.get("inhabitants", "")
            made[country, year] = harmonised(value, told, wanted, _number(people, place) if people else None)
    except Unreadable as error:
        raise Refused(f"{error.place}: {error.reason}") from error
    except Unlike as error:
        raise Refused(f"{place}: {error}") from error
    if not made:
        raise Refused(_("The file holds no number."))
    return made, unknown


def _number(text: str, place: str) -> float:
    try:
        if len(text) > 40 or "_" in text:
            raise ValueError
        return float(text)
    except ValueError:
        raise Unreadable(place, _("“%(word)s” is no number") % {"word": text[:30]}) from None


def define(*, by: Viewer, name: str, meta: bytes) -> UUID:
    """Define an index by a table as COINr lays it out (iCode, Parent, Weight, Low, High, iName); codes are those of
    series, or of the alliance's own (queries.OWN). Directions are those of the series. Gives its reference.

    Raises Refused."""
    _require_office(by)
    from hueandcry.capacity.index.definition import BadIndexError  # engines: loaded by who asks
    from hueandcry.capacity.index.table import read_meta

    title = line(name, SHORT)
    if len(title) < 3:
        raise Refused(_("An index has a name."))
    try:
        definition, denominators, _strata = read_meta(meta)
    except BadIndexError as error:
        raise Refused(str(error)) from error
    if denominators or any(each.denominator for each in definition.indicators):
        raise Refused(_("Denominators are not divided by here: load the series as rates."))
    with viewer(by):
        series = {row.code: row for row in Statistic.objects.all()}
        if unknown := [i.code for i in definition.indicators if i.code not in series and i.code not in queries.OWN]:
            raise Refused(_("There is no series “%(code)s”.") % {"code": unknown[0][:60]})
        indicators = [
            asdict(each)
            | {"direction": series[each.code].direction if each.code in series else queries.OWN[each.code].direction}
            for each in definition.indicators
        ]
        try:
            with transaction.atomic():
                made = NeedIndex.objects.create(
                    name=title, indicators=indicators, groups=[asdict(each) for each in definition.groups],
                    organisation=by.organisation or 0, person=by.person or 0,
                )  # fmt: skip
        except IntegrityError:
            raise Refused(_("There is an index of this name already.")) from None
        audit.record(by=by, verb="define", kind="need index", thing=made.pk)
    return made.reference


def retire(*, by: Viewer, index: UUID) -> None:
    """Retire an index: it is run no more; its runs stay. Raises Refused, NeedIndex.DoesNotExist."""
    _require_office(by)
    with viewer(by):
        found = NeedIndex.objects.get(reference=index, retired_at=None)
        NeedIndex.objects.filter(pk=found.pk).update(retired_at=datetime.now(UTC))
        audit.record(by=by, verb="retire", kind="need index", thing=found.pk)


def run(*, by: Viewer, index: UUID, year: int, oldest: int = 5, **chosen: Any) -> UUID:
    """Compute an index out of each series' newest numbers not after ``year`` and at most ``oldest`` years before it;
    ``chosen``: fields of index.computed.Choices. Gives the run's reference. Raises Refused, NeedIndex.DoesNotExist."""
    _require_office(by)
    from hueandcry.capacity.index.computed import Choices

    with viewer(by):
        found = NeedIndex.objects.get(reference=index, retired_at=None)
        choices = Choices(**chosen)
        if year != datetime.now(UTC).year and any(each["code"] in queries.OWN for each in found.indicators):
            raise Refused(_("The alliance's own numbers are those of today: run the index as of this year."))
        if choices.normalise != "rank":
            codes = [each["code"] for each in found.indicators]
            ranks = Statistic.objects.filter(code__in=codes, scale="rank").values_list("name", flat=True)
            if ranks:
                raise Refused(
                    _(
                        "“%(name)s” holds ranks, which say who is before whom and not by how much: choose ranks "
                        "for normalisation, or leave it out."
                    )
                    % {"name": ranks[0]}
                )
        inputs = queries.inputs(by, found, year=year, oldest=oldest)
        told = computed_again(found.indicators, found.groups, inputs, choices.told())
        made = NeedRun.objects.create(
            index=found, year=year, choices=choices.told(), inputs=inputs, told=told,
            digest=digest(found.indicators, found.groups, inputs, choices.told()),
            organisation=by.organisation or 0, person=by.person or 0,
        )  # fmt: skip
        audit.record(by=by, verb="run", kind="need run", thing=made.pk, count=len(inputs["countries"]))
    return made.reference


def digest(indicators: Any, groups: Any, inputs: Any, choices: Any) -> str:
    """SHA-256 over all that a run was made of."""
    whole = {"indicators": indicators, "groups": groups, "inputs": inputs, "choices": choices}
    return hashlib.sha256(orjson.dumps(whole, option=orjson.OPT_SORT_KEYS)).hexdigest()


def computed_again(
    indicators: list[dict[str, Any]],
    groups: list[dict[str, Any]],
    inputs: Mapping[str, Any],
    choices: Mapping[str, Any],
) -> dict[str, Any]:
    """What a run says, out of what it keeps: the same each time. Raises Refused where too little is known."""
    import numpy as np

    from hueandcry.capacity.index.computed import Choices, computed, told
    from hueandcry.capacity.index.definition import BadIndexError, Definition, Group, Indicator
    from hueandcry.capacity.index.table import Table

    definition = Definition(tuple(Indicator(**each) for each in indicators), tuple(Group(**each) for each in groups))
    values = np.array([[np.nan if v is None else v for v in line] for line in inputs["values"]], float)
    if len(values) < 3:
        raise Refused(_("Numbers of at least three countries are needed; there are %(n)s.") % {"n": len(values)})
    countries = tuple(inputs["countries"])
    try:
        made: Computed = computed(definition, Table(countries, countries, values, {}, ()), Choices(**choices))
        return told(made, moved=8)
    except BadIndexError as error:
        raise Refused(str(error)) from error


def consult(*, by: Viewer, run: UUID, country: str, decision: str, reasons: str) -> None:
    """Record what law enforcement says of a country's place: beside the index, never in it. Raises Refused."""
    if not (by.vetted and by.person and by.organisation and by.may(*CONSULTED) and queries.is_law_enforcement(by)):
        raise Refused(_("Law-enforcement members are consulted."))
    words = clean(reasons, LONG).strip()
    if decision not in Consultation.Decision.values or not words or not is_code(country):
        raise Refused(_("Say what you think of the country's place, and why."))
    with viewer(by):
        found = NeedRun.objects.get(reference=run)
        if country not in found.inputs["countries"]:
            raise Refused(_("The run does not hold this country."))
        made = Consultation.objects.create(run=found, country=country, decision=decision, reasons=words,
                                           organisation=by.organisation or 0, person=by.person or 0)  # fmt: skip
        audit.record(by=by, verb="consult", kind="need run", thing=found.pk, detail={"country": country, "of": made.pk})
