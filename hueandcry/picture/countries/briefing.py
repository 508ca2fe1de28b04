"""The briefing of a country: two pages of paper that somebody who decides can read in five minutes. PDF/UA-1.

Everything in it comes from what the page of the country shows, past disclosure control. weasyprint draws it; nothing is
fetched while it does.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from hueandcry.linkage.analysis.dossier import missing
from hueandcry.picture.cells import Shown
from hueandcry.picture.countries.drawing import Point, trend
from hueandcry.picture.countries.gathered import Country
from hueandcry.picture.dashboard import figures, words
from hueandcry.picture.dashboard.answers import Answer
from hueandcry.picture.question import Dimension
from hueandcry.picture.reference import regions
from hueandcry.picture.trends import words as trends
from hueandcry.web.numbers import grouped

STYLE = Path(__file__).parent / "briefing.css"
TOP, MONTHS = 5, 30  # rows of a table, months drawn
LISTED = 6  # of signals and sectors, so that two pages hold it whatever there is

__all__ = ["content", "missing", "paper", "pdf"]


def content(found: Country, address: str) -> dict[str, Any]:
    """What the briefing says: words and numbers alone, in the reader's language."""
    held = found.answer
    name = words.country(found.code)
    numbers = figures.three(held)
    rising, falling = moves(found)
    return {
        "language": get_language() or "en",
        "name": name,
        "headline": headline(found, name),
        "as_of": words.as_of(held.frozen.at, held.frozen.number),
        "figures": numbers,
        "explained": explained(held),
        "sentence": figures.sentence(held),
        "trend": mark_safe(trend(points(held), (_("provisional"), _("forecast")))),  # noqa: S308  drawing.py escapes
        "trend_said": trend_said(held),
        "rising": rising,
        "falling": falling,
        "classes": top(held, "class"),
        "sectors": top(held, "sector"),
        "sources": top(held, "source"),
        "against": found.against,
        "region": _(regions.label_of(found.region)) if found.region else "",
        "unknown": unknown(found),
        "next": next_steps(found),
        "citation": words.citation(headline(found, name), held.frozen.at, held.frozen.number, address),
        "source": words.source(held.frozen.at, held.frozen.number),
        "protection": words.protection(held.question),
        "releases": found.releases[:3],
        "address": address,
    }


def headline(found: Country, name: str) -> str:
    """One sentence: how many crimes, and what share of all of them that may be."""
    held = found.answer
    known = round(held.crimes or 0)
    estimate = held.estimate()
    if (
        estimate is not None
        and estimate.estimate is not None
        and estimate.low is not None
        and estimate.high is not None
    ):
        return _(
            "%(name)s: the alliance knows of %(known)s distinct cybercrimes; about %(all)s have probably happened"
            " (%(low)s to %(high)s)"
        ) % {
            "name": name,
            "known": grouped(known),
            "all": grouped(_rounded(estimate.estimate)),
            "low": grouped(_rounded(estimate.low)),
            "high": grouped(_rounded(estimate.high)),
        }
    return _(
        "%(name)s: the alliance knows of %(known)s distinct cybercrimes; how many more happened cannot be said"
    ) % {
        "name": name,
        "known": grouped(known),
    }


def _rounded(value: float) -> int:
    """To two significant digits: more would say that more is known."""
    digits = max(0, len(str(round(value))) - 2)
    return int(round(value / 10**digits) * 10**digits)


def explained(held: Answer) -> list[str]:
    """What each of the three numbers is, a sentence each, in their order."""
    return [
        _("Crimes after matching: reports that tell of one crime count once."),
        _("What members sent. One crime may be in several reports."),
        _("Reported or not, from how much the sources overlap. Refused where they do not carry it."),
    ]


def points(held: Answer) -> list[Point]:
    """The months to be drawn."""
    if held.series is None:
        return [Point(c.key[0], c.value) for c in held.table("month") if c.key[0]][-MONTHS:]
    made = [
        Point(
            m.month,
            m.observed,
            *((m.corrected, m.low, m.high) if m.provisional else (None, None, None)),
            provisional=m.provisional,
        )
        for m in held.series.months
    ][-MONTHS:]
    last = made[-1].month if made else ""
    made += [
        Point(c.month, None, c.expected, c.low, c.high, forecast=True) for c in held.series.coming if c.month > last
    ]
    return made


def trend_said(held: Answer) -> str:
    """The trend in a sentence."""
    if held.series is None or not held.series.changes:
        return _("No change of level is clear enough to be told from chance.")
    change = held.series.changes[-1]
    form = (
        _("Since %(month)s the level is %(ratio)s times what it was before (%(low)s to %(high)s): it rose.")
        if change.direction == "up"
        else _("Since %(month)s the level is %(ratio)s times what it was before (%(low)s to %(high)s): it fell.")
    )
    return form % {
        "month": trends.month_name(change.since),
        "ratio": grouped(change.ratio, 2),
        "low": grouped(change.low, 2),
        "high": grouped(change.high, 2),
    }


def moves(found: Country) -> tuple[list[str], list[str]]:
    """Signals that stand for this country: rises and falls."""
    up = [trends.line(signal) for signal in found.signals if signal.direction == "up"]
    down = [trends.line(signal) for signal in found.signals if signal.direction != "up"]
    return up[:LISTED], down[:LISTED]


def top(held: Answer, dimension: Dimension) -> list[tuple[str, Shown]]:
    """The largest values of a dimension that may be shown."""
    cells = [cell for cell in held.table(dimension) if cell.key[0] and cell.value is not None]
    cells.sort(key=lambda cell: (-(cell.value or 0), cell.key))
    return [(words.said(dimension, cell.key[0]), cell) for cell in cells[:TOP]]


def unknown(found: Country) -> list[str]:
    """What is not known, said plainly."""
    held, made = found.answer, []
    estimate = held.estimate()
    if estimate is None:
        made.append(_("How much nobody reported: no estimate has been made for this country."))
    elif estimate.estimate is None:
        made.append(_("How much nobody reported: %(why)s") % {"why": estimate.reason})
    if found.silent:
        listed = ", ".join(words.sector(key) for key in found.silent[:LISTED])
        more = len(found.silent) - LISTED
        if more > 0:
            listed += " " + _("and %(n)s more") % {"n": more}
        made.append(
            _("Sectors of which too little is reported here to say anything: %(sectors)s.") % {"sectors": listed}
        )
    if not found.against:
        made.append(_("Rates: how many inhabitants and enterprises there are has not been loaded."))
    made.append(
        _("Whether more reports mean more crime, more members or better reporting, where they are not told apart.")
    )
    made.append(_("What was held back, because it could tell of single members. It may be none."))
    return made


def next_steps(found: Country) -> list[str]:
    """What can be done next, out of what the figures lack."""
    made = []
    kinds = {cell.key[0] for cell in found.answer.table("source") if cell.value is not None}
    estimate = found.answer.estimate()
    if (estimate is None or estimate.estimate is None) and len(kinds) < 3:
        made.append(
            _("Bring in more kinds of source: an estimate takes at least three that overlap, and %(n)s can be shown.")
            % {"n": len(kinds)}
        )
    if found.silent:
        made.append(_("Ask organisations of the silent sectors to join and report."))
    if any(signal.direction == "up" for signal in found.signals):
        made.append(_("Look into what is rising with those who report it: operations and reports are on the platform."))
    made.append(_("Read the figures again after the next freeze: the last months will still grow."))
    return made


def pdf(made: dict[str, Any]) -> bytes:
    """The PDF of what was gathered. Raises RuntimeError where it cannot be made here: ask ``missing`` first."""
    return paper("picture/countries/briefing.html", made)


def paper(template: str, made: dict[str, Any], *styles: Path) -> bytes:
    """A template as PDF/UA-1 in the style of the briefing, with ``styles`` after it. Raises RuntimeError."""
    if why := missing():
        raise RuntimeError(why)
    import weasyprint  # here: its libraries may be missing, and few processes need them

    page = weasyprint.HTML(string=render_to_string(template, made), url_fetcher=_nothing)
    sheets = [weasyprint.CSS(string=each.read_text("utf-8"), url_fetcher=_nothing) for each in (STYLE, *styles)]
    return bytes(page.write_pdf(stylesheets=sheets, pdf_variant="pdf/ua-1"))


def _nothing(url: str, *_args: object, **_more: object) -> Any:
    """Nothing is fetched, neither from the network nor from the disk."""
    raise ValueError("a briefing fetches nothing")
