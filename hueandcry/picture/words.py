"""What the picture's page says before its charts: title, sentence, figures, and why something is not shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any

from django.utils import formats
from django.utils.translation import gettext as _

from hueandcry.exchange.regions import SUBREGIONS
from hueandcry.picture import charts
from hueandcry.picture.figures import (
    ADDRESS,
    LEAST_ORGANISATIONS,
    LEAST_REPORTS,
    ROUNDING,
    SOURCES,
    Cells,
    Change,
    Question,
    per_cent,
)
from hueandcry.web.filters import Filter, Option
from hueandcry.web.numbers import grouped, signed

YEARS = 10  # years that the filter offers


def every_code() -> list[str]:
    """Every country there is, for a filter that changes its value."""
    return [code for _region, codes in SUBREGIONS.values() for code in codes.split()]


def subject(question: Question) -> str:
    """What is asked about: "Fraud, Portugal, 2026"."""
    parts = [charts.class_label(question.cls) if question.cls else ""]
    parts.append(charts.country_label(question.country) if question.country else "")
    parts.append(charts.sector_label(question.sector) if question.sector else "")
    if question.source:
        parts.append(_("reported by %(source)s") % {"source": charts.source_label(question.source)})
    parts.append(str(question.year) if question.year else "")
    return ", ".join(part for part in parts if part) or _("Cybercrime as members report it")


def title(question: Question, cells: Cells) -> str:
    """The page's title, which says the thing."""
    if cells.total is None:
        return subject(question)
    n = cells.total.reports
    return _("%(subject)s: %(count)s reports") % {"subject": subject(question), "count": grouped(n)}


def sentence(question: Question, cells: Cells) -> str:
    """The one sentence: what most reports are about."""
    if cells.total is None:
        return ""
    whole, said = cells.total.reports, []
    top = _first(cells, "class")
    if top and not question.cls:
        said.append(_("%(name)s is the most reported (%(share)s in 100)") % _told(charts.class_label, top, whole))
    top = _first(cells, "sector")
    if top and not question.sector:
        said.append(_("%(name)s the sector most hit (%(share)s in 100)") % _told(charts.sector_label, top, whole))
    top = _first(cells, "country")
    if top and not question.country:
        said.append(_("%(name)s the country most named (%(share)s in 100)") % _told(charts.country_label, top, whole))
    return "; ".join(said) + "." if said else ""


def _first(cells: Cells, dimension: str) -> tuple[str, int] | None:
    return next(((key, n) for key, n in cells.counts(dimension).items() if key), None)


def _told(label: Any, top: tuple[str, int], whole: int) -> dict[str, Any]:
    return {"name": label(top[0]), "share": per_cent(top[1], whole)}


def figures(cells: Cells, change: Change | None, today: date) -> list[dict[str, Any]]:
    """At most four figures, as the component ``figure`` takes them."""
    total = cells.total
    if total is None:
        return []
    countries = len(cells.counts("country"))
    made: list[dict[str, Any]] = [
        {
            "label": _("Reports counted"),
            "value": total.reports,
            "low": total.reports - ROUNDING,
            "high": total.reports + ROUNDING,
            "method": f"{charts.source(today)}. {charts.counting()} {charts.rule()}",
        },
        {
            "label": _("Organisations that reported"),
            "value": _("at least %(count)s") % {"count": grouped(total.organisations)},
            "method": _(
                "Organisations with at least one report that is counted here, down to the next 3, 5, 10, 15 and so on."
            ),
        },
    ]
    if countries:
        made.append(
            {
                "label": _("Countries with a number"),
                "value": countries,
                "since": _("others have too few, or none"),
                "method": _("Countries of victims for which the number may be shown.") + " " + charts.rule(),
            }
        )
    absent = dict.fromkeys(("low", "high", "since"))
    return [absent | figure for figure in (*made, trend(change))]


def trend(change: Change | None) -> dict[str, Any]:
    """The figure for the change of the last complete months."""
    made: dict[str, Any] = {"label": _("Change over three months"), "method": _trend_method()}
    if change is None or change.rate is None:
        return made | {"value": _("too few to say"), "since": _("a month of the six is not shown")}
    rate = change.rate
    return made | {
        "value": f"{signed(round(100 * (rate.ratio - 1)))} %",
        "since": _("%(low)s %% to %(high)s %%, %(after)s against %(before)s")
        % {
            "low": signed(round(100 * (rate.low - 1))),
            "high": signed(round(100 * (rate.high - 1))),
            "after": _span(change.after),
            "before": _span(change.before),
        },
    }


def _trend_method() -> str:
    return _(
        "Reports a day in the last three complete months, against the three months before: the ratio of two Poisson"
        " rates with its exact 95 % interval, given their sum (Przyborowski and Wilenski 1940; Clopper and Pearson"
        " 1934). Files of many reports sent at once make the true uncertainty wider. More reports can mean more crime,"
        " more members or better reporting."
    )


def _span(months: tuple[str, str]) -> str:
    first, last = (date(int(m[:4]), int(m[5:]), 1) for m in months)
    form = "M Y" if first.year != last.year else "M"
    return _("%(first)s to %(last)s") % {
        "first": formats.date_format(first, form, use_l10n=False),
        "last": formats.date_format(last, "M Y", use_l10n=False),
    }


def filters(cells: Cells, question: Question, today: date) -> list[Filter]:
    """The filters. What is not set offers what is shown, with its number; what is set offers every value instead."""
    years = [str(year) for year in range(today.year, today.year - YEARS, -1)]
    return [
        Filter("year", _("Year"), "one", _options(cells, "year", str, question.year, years)),
        Filter(
            "country", _("Country of the victim"), "one",
            _options(cells, "country", charts.country_label, question.country, every_code()),
        ),
        Filter(
            "sector", _("Sector of the victim"), "one",
            _options(cells, "sector", charts.sector_label, question.sector, charts.SECTOR_KEYS),
        ),
        Filter(
            "class", _("Class"), "one", _options(cells, "class", charts.class_label, question.cls, charts.CLASS_KEYS)
        ),
        Filter(
            "source", _("Sent by"), "one",
            _options(cells, "source", charts.source_label, question.source, list(SOURCES)),
        ),
    ]  # fmt: skip


def _options(
    cells: Cells, dimension: str, label: Callable[[str], str], chosen: str | int | None, every: Sequence[str]
) -> list[Option]:
    if chosen is not None:
        keys = dict.fromkeys([*every, str(chosen)])
        return [Option(key, label(key)) for key in _sorted(keys, label)]
    counts = cells.counts(dimension)
    return [Option(key, label(key), counts[key]) for key in _sorted((k for k in counts if k), label)]


def _sorted(keys: Iterable[str], label: Callable[[str], str]) -> list[str]:
    """By name; years newest first."""
    listed = sorted(keys, key=label)
    return listed[::-1] if label is str else listed


def strange(filters: list[Filter], passed: Iterable[tuple[str, str]]) -> list[str]:
    """A sentence for each value in the address that means nothing."""
    labels = {f.name: f.label.lower() for f in filters}
    return [
        _("There is no %(filter)s called %(value)s; it was passed over.") % {"filter": labels[name], "value": value}
        for name, value in passed
    ]


def refusals(filters: list[Filter], question: Question, whole: Cells) -> list[str]:
    """Why a question without an answer has none, a sentence each; ``whole`` is what is shown without any filter."""
    few = {"reports": LEAST_REPORTS, "organisations": LEAST_ORGANISATIONS}
    alone = [(f, value) for f in filters if (value := _value(question, f.name)) and value not in whole.counts(f.name)]
    if alone:
        return [
            _("%(value)s: there is no number, for fewer than %(reports)s reports or %(organisations)s organisations.")
            % {"value": f.said(value), **few}
            for f, value in alone
        ]
    return [
        _(
            "With what you chose, or with a part of it, fewer than %(reports)s reports or %(organisations)s"
            " organisations are left."
        )
        % few
    ]


def _value(question: Question, name: str) -> str:
    return str(getattr(question, ADDRESS[name]) or "")
