"""Series and signals in words, and why a part of a series is not told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _

from hueandcry.exchange.classification import LABELS
from hueandcry.exchange.sectors import SHORT
from hueandcry.picture.models import Signal
from hueandcry.picture.question import Question, addressed
from hueandcry.picture.trends.series import Part, Why
from hueandcry.web.countries import country_name
from hueandcry.web.numbers import grouped

REASONS: dict[tuple[Part, Why], str | Promise] = {
    ("delay", "young"): _(
        "Late reports are not made up for: reports have not been arriving for long enough, or too few of them, to know"
        " how late they come."
    ),
    ("reporters", "few"): _("Joiners and leavers are not taken out: nobody knows who reported."),
    ("reporters", "no shared reporters"): _(
        "Earlier months are not compared: hardly any reporter of then reported afterwards."
    ),
    ("season", "short"): _("Seasons are not taken out: that takes 24 months."),
    ("changes", "short"): _("No change of level is looked for: that takes 12 months."),
    ("forecast", "short"): _("Nothing is foretold: that takes 12 months."),
    ("forecast", "few"): _("Nothing is foretold: there is less than one case a month."),
}


def asks(signal: Signal) -> Question:
    """The question whose series the signal is about."""
    return addressed(signal.series)


def called(question: Question) -> str:
    """The series by name: "Fraud, Portugal"."""
    language = get_language() or "en"
    parts = [gettext(LABELS.get((cls, ""), cls)) for cls in question.cls]
    parts += [gettext(LABELS.get(_type(each), each)) for each in question.type]
    parts += [country_name(code, language) for code in question.country]
    parts += [gettext(SHORT[sector]) for sector in question.sector]
    parts += [gettext("technique %(code)s") % {"code": code} for code in question.technique]
    return ", ".join(parts) or gettext("All cybercrime")


def line(signal: Signal) -> str:
    """A signal in one sentence: "Fraud, Portugal: 1.8 times as many a month since August 2026 (1.4 to 2.3)"."""
    if signal.direction == "up":
        said = gettext("%(series)s: %(ratio)s times as many a month since %(month)s (%(low)s to %(high)s)")
    else:
        said = gettext("%(series)s: down to %(ratio)s of what it was a month, since %(month)s (%(low)s to %(high)s)")
    figures = {name: grouped(getattr(signal, name), 2) for name in ("ratio", "low", "high")}
    return said % {"series": called(asks(signal)), "month": month_name(signal.since), **figures}


def heading(signals: Sequence[Signal]) -> str:
    """What a notice of new signals is called."""
    if len(signals) == 1:
        return line(signals[0])
    return ngettext("%(n)s new signal", "%(n)s new signals", len(signals)) % {"n": len(signals)}


def by_chance(a_year: float) -> str:
    """How often chance alone shows a change so clear: "3 times a year", "once in 3 years"."""
    if a_year >= 1.5:
        return gettext("%(n)s times a year") % {"n": round(a_year)}
    years = round(1 / a_year) if a_year >= 0.001 else 1000
    if years <= 1:
        return gettext("once a year")
    form = gettext("once in %(n)s years") if a_year >= 0.001 else gettext("less than once in %(n)s years")
    return form % {"n": grouped(years)}


def month_name(month: str) -> str:
    """ "August 2026", in the reader's language."""
    year, of_year = month.split("-")
    return str(formats.date_format(date(int(year), int(of_year), 1), "F Y", use_l10n=False))


def _type(name: str) -> tuple[str, str]:
    cls, _slash, kind = name.partition("/")
    return cls, kind
