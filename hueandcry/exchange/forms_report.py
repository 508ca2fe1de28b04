"""Forms about one report: told by somebody without a file, corrected, withdrawn, replaced, opened to others."""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

import pycountry
from babel.numbers import get_territory_currencies
from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hueandcry.exchange import form as form_format
from hueandcry.exchange.classification import LABELS
from hueandcry.exchange.forms import HandlingForm, list_of, named_with, offer
from hueandcry.exchange.queries import Addressees
from hueandcry.exchange.sectors import SECTIONS
from hueandcry.web.countries import country_name


@cache
def countries() -> list[tuple[str, str]]:
    """Every country, by name, as choices."""
    named = sorted((country_name(c.alpha_2, "en"), c.alpha_2) for c in pycountry.countries)
    return [(code, name) for name, code in [*named, ("Kosovo", "XK")]]


OFTEN = ("EUR", "USD", "GBP", "AUD", "CAD", "NZD", "CHF", "CZK", "DKK", "HUF", "NOK", "PLN", "RON", "SEK", "UAH")
REGIONAL = ("XAF", "XCD", "XOF", "XPF")  # the codes under X that somebody is paid in; the others are metals and tests


@cache
def currencies() -> list[tuple[str, str]]:
    """Every currency, those often named first, as choices."""
    names = {c.alpha_3: c.name for c in pycountry.currencies if not c.alpha_3.startswith("X") or c.alpha_3 in REGIONAL}
    return [(code, f"{code} {names[code]}") for code in (*OFTEN, *sorted(set(names) - set(OFTEN)))]


def currency_of(country: str) -> str:
    """What is paid with in a country; the euro where none is known."""
    paid = get_territory_currencies(country) if country else []
    return next((code for code in paid if code in dict(currencies())), "EUR")


SIZE_WORDS = {
    "": gettext_lazy("Rather not say"),
    "person": gettext_lazy("A private person"),
    "micro": gettext_lazy("Up to 9 people work there"),
    "small": gettext_lazy("10 to 49 people"),
    "medium": gettext_lazy("50 to 249 people"),
    "large": gettext_lazy("250 people or more"),
}


class TellForm(forms.Form):
    """The form that a shopkeeper can fill in."""

    what = forms.CharField(
        label=gettext_lazy("What happened?"),
        max_length=50_000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("In your own words, in your own language. One sentence is enough."),
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("What comes closest?"),
        choices=[(code, choice.words) for code, choice in form_format.KINDS.items()],
        widget=forms.RadioSelect,
        initial="other",
    )
    when = forms.DateField(
        label=gettext_lazy("When did it begin?"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    until = forms.DateField(
        label=gettext_lazy("When did it end?"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=gettext_lazy("Leave it empty for one day."),
    )
    country = forms.ChoiceField(label=gettext_lazy("In which country?"), required=False)
    size = forms.ChoiceField(
        label=gettext_lazy("A private person, or an organisation of which size?"),
        required=False,
        choices=list_of(SIZE_WORDS),
    )
    area = forms.CharField(
        label=gettext_lazy("Postal code there"),
        required=False,
        max_length=20,
        help_text=gettext_lazy("The report keeps its first characters only, which name a district and no house."),
    )
    reference = forms.CharField(
        label=gettext_lazy("A number that the bank or the police hold too"),
        required=False,
        max_length=100,
        help_text=gettext_lazy(
            "The payment's reference, or the number the police gave you. The report keeps a fingerprint, so that "
            "reports of the same crime find each other; nobody can read the number from it."
        ),
    )
    lost = forms.DecimalField(
        label=gettext_lazy("Money lost"),
        required=False,
        min_value=0,
        max_digits=16,
        decimal_places=2,
        help_text=gettext_lazy("Leave it empty where none was lost or it is not known yet."),
    )
    currency = forms.ChoiceField(label=gettext_lazy("Currency"), required=False, choices=currencies, initial="EUR")
    known = forms.CharField(
        label=gettext_lazy("What do you know of them?"),
        required=False,
        max_length=200_000,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        help_text=gettext_lazy(
            "Paste it as it stands: web addresses, e-mail addresses, account numbers, telephone numbers, wallets."
        ),
    )
    contact = forms.CharField(
        label=gettext_lazy("Who can be asked about it?"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("Shown with the report to those who see it."),
    )
    only_us = forms.BooleanField(
        label=gettext_lazy("Keep it in my own organisation for now."),
        required=False,
        help_text=gettext_lazy("Nobody else reads it. You can let others see it later."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "country", [("", _("Not known")), *countries()])

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        when, until = given.get("when"), given.get("until")
        today = date.today()  # noqa: DTZ011  the reader's day is good enough to catch a wrong year
        if when and when > today:
            self.add_error("when", _("This day is still to come. Look at the year and the month."))
        if when and when.year < 1990:
            self.add_error("when", _("This is too long ago: days from 1990 on are taken."))
        if when and until and until < when:
            self.add_error("until", _("It ended before it began: swap the two days."))
        return given

    def content(self) -> bytes:
        """The form as the bytes of a submission."""
        given = self.cleaned_data
        lost = given["lost"]
        return form_format.write(
            form_format.Form(
                what=given["what"].strip(),
                kind=given["kind"],
                when=given["when"].isoformat() if given["when"] else "",
                until=given["until"].isoformat() if given["until"] else "",
                country=given["country"],
                size=given["size"],
                area=given["area"].strip(),
                reference=given["reference"].strip(),
                lost=f"{lost:f}" if lost is not None else "",
                currency=given["currency"] if lost is not None else "",
                known=given["known"].strip(),
                contact=given["contact"].strip(),
            )
        )


CLASS_CHOICES = [
    (f"{cls}/{kind}" if kind else cls, label if not kind else f"{LABELS[cls, '']}: {label}")
    for (cls, kind), label in sorted(LABELS.items())
]


class ReasonForm(forms.Form):
    """Why something is done; kept in the history."""

    reason = forms.CharField(
        label=gettext_lazy("Why?"),
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Kept in the report's history, for everybody who sees the report."),
    )


class CorrectForm(ReasonForm):
    """What a report says, to be put right by its owner."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=500)
    account = forms.CharField(
        label=gettext_lazy("What happened"),
        required=False,
        max_length=4_000_000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    main = forms.ChoiceField(label=gettext_lazy("What it is, first of all"), required=False)
    also = forms.MultipleChoiceField(
        label=gettext_lazy("What it is besides"), required=False, widget=forms.SelectMultiple(attrs={"size": 6})
    )
    occurred_from = forms.DateTimeField(label=gettext_lazy("Began (UTC)"), required=False)
    occurred_to = forms.DateTimeField(label=gettext_lazy("Ended (UTC)"), required=False)
    victim_countries = forms.MultipleChoiceField(
        label=gettext_lazy("Countries of the victims"), required=False, widget=forms.SelectMultiple(attrs={"size": 6})
    )
    victim_sector = forms.ChoiceField(label=gettext_lazy("The victim's branch of business"), required=False)
    victim_size = forms.ChoiceField(
        label=gettext_lazy("The victim's size"), required=False, choices=list_of(SIZE_WORDS)
    )
    victim_area = forms.CharField(
        label=gettext_lazy("Postal code of the victim"),
        required=False,
        max_length=20,
        help_text=gettext_lazy("Its first characters are kept."),
    )
    victim_reference = forms.CharField(
        label=gettext_lazy("A number that victim, bank and police share"),
        required=False,
        max_length=100,
        help_text=gettext_lazy("Kept as a fingerprint only. Leave it empty to keep what is there."),
    )
    loss_amount = forms.DecimalField(
        label=gettext_lazy("Money lost"), required=False, min_value=0, max_digits=18, decimal_places=2
    )
    loss_currency = forms.RegexField(
        "^[A-Z]{3}$",
        label=gettext_lazy("Currency"),
        required=False,
        help_text=gettext_lazy("Three letters, such as EUR."),
    )
    field_order = (
        *("title", "account", "main", "also", "occurred_from", "occurred_to", "victim_countries", "victim_sector"),
        *("victim_size", "victim_area", "victim_reference", "loss_amount", "loss_currency", "reason"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = {
            "main": [("", _("Not said")), *CLASS_CHOICES],
            "also": CLASS_CHOICES,
            "victim_countries": countries(),
            "victim_sector": [("", _("Not known")), *((code, f"{code}. {label}") for code, label in SECTIONS.items())],
        }
        for name, choices in offered.items():
            offer(self, name, choices)

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        start, end = given.get("occurred_from"), given.get("occurred_to")
        if start and end and end < start:
            self.add_error("occurred_to", _("It ended before it began."))
        if (given.get("loss_amount") is None) != (not given.get("loss_currency")):
            self.add_error("loss_currency", _("An amount needs its currency, and a currency its amount."))
        return given

    def changes(self) -> dict[str, Any]:
        """The fields of actions_report.CORRECTABLE that were changed, as they shall be."""
        given = self.cleaned_data
        changed = {name: given[name] for name in self.changed_data if name not in ("main", "also", "reason")}
        if {"main", "also"} & set(self.changed_data):
            main = [given["main"]] if given["main"] else []
            changed["classes"] = main + [c for c in given["also"] if c not in main]
        return changed


_REFERENCE = re.compile("[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)


class SupersedeForm(ReasonForm):
    """Which other report of one's own takes the place of this one."""

    successor = forms.CharField(
        max_length=500,
        label=gettext_lazy("The report that takes its place"),
        help_text=gettext_lazy("Its address, or its reference, from its own page."),
    )
    field_order = ("successor", "reason")

    def clean_successor(self) -> str:
        found = _REFERENCE.search(self.cleaned_data["successor"])
        if found is None:
            raise forms.ValidationError(_("This is no address of a report. Copy it from the report's own page."))
        return found[0]

    def reference(self) -> UUID:
        """The reference of the report named."""
        return UUID(self.cleaned_data["successor"])


class GrantForm(ReasonForm):
    """Who else shall see one report."""

    to_circles = HandlingForm.base_fields["to_circles"]
    to_organisations = HandlingForm.base_fields["to_organisations"]
    to_addresses = HandlingForm.base_fields["to_addresses"]
    field_order = ("to_organisations", "to_circles", "to_addresses", "reason")

    def __init__(self, *args: Any, addressees: Addressees, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._found: tuple[int, ...] = ()
        for name, choices in (
            ("to_circles", [(str(p), named_with(words, n)) for p, words, n in addressees.circles]),
            ("to_organisations", [(str(p), words) for p, words in addressees.organisations]),
        ):
            offer(self, name, choices)

    clean_to_addresses = HandlingForm.clean_to_addresses

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if not self.errors and not self.principals():
            raise forms.ValidationError(_("Name somebody who shall see it."))
        return given

    def principals(self) -> list[int]:
        """The principals named."""
        given = self.cleaned_data
        named = [*given.get("to_circles", ()), *given.get("to_organisations", ())]
        return list(dict.fromkeys((*(int(p) for p in named), *self._found)))


class EraseForm(forms.Form):
    """Why a submission is erased; only a keyed hash of the words is kept."""

    reason = forms.CharField(
        label=gettext_lazy("Why is it erased?"),
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("For you to say, for nobody to read later: the record keeps only a fingerprint of it."),
    )
