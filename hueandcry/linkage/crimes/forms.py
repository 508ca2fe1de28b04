"""What people say of pairs of reports, and on which crimes they look."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hueandcry.exchange.classification import CLASSES
from hueandcry.exchange.countries import is_code
from hueandcry.exchange.forms_report import countries
from hueandcry.exchange.sectors import SHORT
from hueandcry.linkage.asked import Query, day, one
from hueandcry.linkage.crimes.shown import ORDERS, Place, Wanted
from hueandcry.linkage.models import Judgement
from hueandcry.linkage.review.actions import LONGEST
from hueandcry.web.filters import Filter, Option

LEAST = (2, 3, 5, 10)
CURRENCIES = ("EUR", "USD", "GBP", "CHF", "PLN", "SEK", "JPY", "BRL", "INR")
_CLASSES = frozenset(one.code for one in CLASSES)


class JudgementForm(forms.Form):
    """Whether two reports tell of one crime, and why."""

    verdict = forms.ChoiceField(
        label=gettext_lazy("What they tell of"), choices=Judgement.Verdict.choices, widget=forms.RadioSelect
    )
    reason = forms.CharField(
        label=gettext_lazy("Why"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Everybody who may see both reports reads this, in other organisations as well."),
    )


def wanted(query: Query) -> Wanted:
    """Read an address. Never raises: what makes no sense narrows nothing."""
    country, cls, sector = one(query, "country"), one(query, "class"), one(query, "sector")
    least, until = one(query, "least"), _moment(one(query, "until"))
    currency, order = one(query, "currency"), one(query, "sort")
    currency = currency if currency in CURRENCIES else ""
    return Wanted(
        country=country if is_code(country) else "",
        cls=cls if cls in _CLASSES else "",
        sector=sector if sector in SHORT else "",
        least=int(least) if least in map(str, LEAST) else 1,
        several=one(query, "several") == "1",
        since=_moment(one(query, "since")),
        until=until + timedelta(days=1) if until else None,
        currency=currency,
        loss=_loss(one(query, "loss")) if currency else Decimal(0),
        disputed=one(query, "disputed") == "1",
        order=order if order in ORDERS and (order != "-loss" or currency) else ORDERS[0],
    )


def place(text: str) -> Place | None:
    """Where a page begins, as ``placed`` wrote it; None for anything else."""
    value, _tilde, number = text.partition("~")
    try:
        found = Place(Decimal(value), int(number[:19]))
    except (ValueError, InvalidOperation):
        return None
    fits = found.value.is_finite() and abs(found.value) < Decimal(10) ** 20 and len(value) < 40
    return found if fits and 0 <= found.id < 2**63 else None


def placed(found: Place | None) -> str | None:
    """A place as it stands in an address."""
    return f"{found.value}~{found.id}" if found else None


def list_filters() -> list[Filter]:
    """The filters of the list of crimes."""
    more = _("%(n)s reports or more")
    return [
        Filter("least", _("Told by"), "one", [Option(str(n), more % {"n": n}) for n in LEAST]),
        Filter("several", _("Who reported"), "one", [Option("1", _("more than one organisation"))]),
        Filter("class", _("What happened"), "one", [Option(c.code, c.label) for c in CLASSES]),
        Filter("country", _("Country of the victim"), "one", [Option(c, name) for c, name in countries()]),
        Filter("sector", _("Branch of the victim"), "one", [Option(c, name) for c, name in SHORT.items()]),
        Filter("currency", _("Loss told in"), "one", [Option(c, c) for c in CURRENCIES]),
        Filter("loss", _("Loss of at least"), "text", help=_("In the currency chosen above.")),
        Filter("disputed", _("Judgements"), "one", [Option("1", _("disputed"))]),
        Filter("since", _("Last reported since"), "date"),
        Filter("until", _("Happened until"), "date"),
    ]


def _moment(text: str) -> datetime | None:
    """The first moment of a day."""
    found = day(text)
    return datetime(found.year, found.month, found.day, tzinfo=UTC) if found else None


def _loss(text: str) -> Decimal:
    try:
        found = Decimal(text.replace(" ", "").replace(",", ""))
    except InvalidOperation:
        return Decimal(0)
    return found if found.is_finite() and 0 <= found < Decimal(10) ** 16 else Decimal(0)
