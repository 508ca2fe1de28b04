"""What is said of crimes and of pairs of reports: why reports are one crime, what two of them come to."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils import formats, timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from hueandcry.exchange.models import Report
from hueandcry.exchange.observables import TYPES
from hueandcry.exchange.sectors import SHORT
from hueandcry.linkage.crimes.shown import CrimeLine, CrimeReportLine, Evidence
from hueandcry.web.countries import country_name
from hueandcry.web.numbers import grouped, signed

if TYPE_CHECKING:
    from hueandcry.linkage.crimes.sharing import Shared

NAMED = 3  # kinds of value, and reasons, that are named
MOST = 1_000_000  # odds beyond which a page does not count on
SIZES = {
    "person": gettext_lazy("a private person"), "micro": gettext_lazy("fewer than 10 people"),
    "small": gettext_lazy("10 to 49 people"), "medium": gettext_lazy("50 to 249 people"),
    "large": gettext_lazy("250 people or more"),
}  # fmt: skip


def in_common(reports: Sequence[CrimeReportLine], values: Sequence[Shared]) -> dict[int, str]:
    """By report, what it has in common with another report of its crime: "IBAN, domain, the sum, the day"."""
    kinds: dict[int, list[str]] = defaultdict(list)
    for value in values:
        for report in value.reports:
            if (label := _kind(value.type)) not in kinds[report]:
                kinds[report].append(label)
    days, sums = _days(reports), _sums(reports)
    found = {}
    for one in reports:
        told = kinds[one.id][:NAMED]
        if (more := len(kinds[one.id]) - len(told)) > 0:
            told.append(ngettext("%(n)s more kind of value", "%(n)s more kinds of value", more) % {"n": more})
        told += [_("the sum")] if sums[_sum(one)] > 1 and one.loss_amount else []
        told += [_("the day")] if one.occurred_from and days[_day(one)] > 1 else []
        found[one.id] = ", ".join(told)
    return found


def why(crime: CrimeLine, values: Sequence[Shared]) -> str:
    """Why linkage takes these reports for one crime, in a sentence; "" where nothing of it shows on a page."""
    by_count: dict[int, list[str]] = defaultdict(list)
    for value in values:
        if (label := _kind(value.type)) not in by_count[value.here]:
            by_count[value.here].append(label)
    told = []
    for count in sorted(by_count, reverse=True):
        facts = {"n": grouped(count), "what": _listed(by_count[count])}
        if count == crime.size:
            told.append(_("all name the same %(what)s") % facts)
        else:
            told.append(_("%(n)s of them name the same %(what)s") % facts)
    days, sums = _days(crime.reports), _sums(crime.reports)
    if days and (most := max(days.values())) > 1:
        told.append(_("%(n)s tell of the same day") % {"n": grouped(most)})
    if sums and (most := max(sums.values())) > 1:
        told.append(_("%(n)s tell of the same sum") % {"n": grouped(most)})
    if told and not values:  # a day or a sum alone links nothing: what else did is told of two reports at a time
        told.append(_("what else ties them, such as a reference or a place, stands in the evidence of two"))
    return "; ".join(told[:NAMED])


def odds(bits: float) -> str:
    """Odds for one crime that a sum of bits stands for, in words: "about 150 to 1 for it"."""
    ratio = 2 ** min(abs(bits), 60.0)
    if ratio < 1.5:
        return _("about even")
    if ratio > MOST:
        said = _("more than %(n)s to 1") % {"n": grouped(MOST)}
    else:
        said = _("about %(n)s to 1") % {"n": grouped(_rounded(ratio))}
    return (_("%(odds)s for it") if bits > 0 else _("%(odds)s against it")) % {"odds": said}


def verdict(evidence: Evidence, *, together: bool) -> str:
    """What the evidence of a pair comes to, beside where the two reports are: in one crime or not."""
    facts = {
        "weight": signed(evidence.weight, 1), "threshold": signed(evidence.threshold, 1), "odds": odds(evidence.weight),
    }  # fmt: skip
    if evidence.weight >= evidence.threshold:
        if together:
            return (
                _("Together the findings weigh %(weight)s bits; two reports are linked from %(threshold)s on.") % facts
            )
        return (
            _("The findings weigh %(weight)s bits, enough to link (%(threshold)s). They are apart all the same: ")
            % facts
        ) + _("because of a judgement, or because one of them fits another crime better.")
    if together:
        return (
            _("By themselves the two weigh %(weight)s bits, too little to link (%(threshold)s). They are linked ")
            % facts
        ) + _("through other reports of the crime, or because of a judgement.")
    return _("Together the findings weigh %(weight)s bits; two reports are linked from %(threshold)s on.") % facts


def when(report: Report) -> str:
    """When it happened, as it says: one day, or from one to another; "" where it does not say."""
    if report.occurred_from is None:
        return ""
    first = _day_words(report.occurred_from)
    last = _day_words(report.occurred_to) if report.occurred_to else first
    return first if first == last else _("%(first)s to %(last)s") % {"first": first, "last": last}


def victim(report: Report) -> str:
    """Whom it happened to: country, postal area, branch, size; "" where none of it is told."""
    language = translation.get_language() or "en"
    told = [country_name(code, language) for code in report.victim_countries]
    if report.victim_area:
        told.append(_("postal area %(area)s") % {"area": report.victim_area})
    if report.victim_sector:
        told.append(str(SHORT.get(report.victim_sector, report.victim_sector)))
    if report.victim_size:
        told.append(str(SIZES.get(report.victim_size, report.victim_size)))
    return "; ".join(told)


def _kind(kind: str) -> str:
    return str(TYPES[kind].label) if kind in TYPES else kind


def _listed(kinds: Sequence[str]) -> str:
    named, rest = list(kinds[:NAMED]), len(kinds) - NAMED
    if rest > 0:
        named.append(ngettext("%(n)s more kind of value", "%(n)s more kinds of value", rest) % {"n": rest})
    if len(named) < 2:
        return "".join(named)
    return _("%(named)s and %(last)s") % {"named": ", ".join(named[:-1]), "last": named[-1]}


def _day(report: CrimeReportLine) -> str:
    return _day_words(report.occurred_from) if report.occurred_from else ""


def _days(reports: Iterable[CrimeReportLine]) -> Counter[str]:
    return Counter(_day(one) for one in reports if one.occurred_from)


def _sum(report: CrimeReportLine) -> tuple[object, str]:
    return report.loss_amount, report.loss_currency


def _sums(reports: Iterable[CrimeReportLine]) -> Counter[tuple[object, str]]:
    return Counter(_sum(one) for one in reports if one.loss_amount)


def _day_words(moment: datetime) -> str:
    return formats.date_format(timezone.localtime(moment), "j N Y", use_l10n=False)


def _rounded(ratio: float) -> int:
    """To two figures: what a model estimates is no more exact."""
    whole = round(ratio)
    return round(whole, 2 - len(str(whole))) if whole > 99 else whole
