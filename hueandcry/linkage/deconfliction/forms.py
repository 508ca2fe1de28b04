"""Forms of deconfliction: what a person fills in, turned into what actions take."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo, available_timezones

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hueandcry.exchange.hits import values
from hueandcry.linkage.deconfliction.actions import LONGEST, MOST, Wish
from hueandcry.linkage.models import Interest, OverlapSide
from hueandcry.web.clock import today

DAYS = 90  # an interest holds so long, unless its agency says otherwise
_REFERENCE = re.compile("[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
_AREAS = ("Africa", "America", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")


def zones() -> list[tuple[str, str]]:
    """Time zones by name, UTC first."""
    named = sorted(zone for zone in available_timezones() if zone.partition("/")[0] in _AREAS)
    return [("UTC", "UTC"), *((zone, zone.replace("_", " ")) for zone in named)]


class ToldForm(forms.Form):
    """What the other side may know, when action is planned, and until when it holds."""

    tells = forms.ChoiceField(
        label=gettext_lazy("What those we meet may know"),
        choices=[(value, capfirst(label)) for value, label in Interest.Tells.choices],
        widget=forms.RadioSelect,
        initial=Interest.Tells.CONTACT,
        help_text=gettext_lazy("You learn no more of them than they may know of you."),
    )
    contact = forms.CharField(
        label=gettext_lazy("Contact"),
        required=False,
        max_length=LONGEST,
        help_text=gettext_lazy("Who answers, and how: a name, a telephone number, at which hours."),
    )
    note = forms.CharField(
        label=gettext_lazy("Note"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("What they should know before they call."),
    )
    action_day = forms.DateField(
        label=gettext_lazy("Action day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("Told to nobody. Two weeks before it, every overlap becomes urgent for both sides."),
    )
    action_time = forms.TimeField(
        label=gettext_lazy("At"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    action_zone = forms.ChoiceField(label=gettext_lazy("Time zone"), initial="UTC")
    until = forms.DateField(
        label=gettext_lazy("Holds until"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("After this day it meets nothing any more. At most a year ahead."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["action_zone"].choices = zones()  # type: ignore[attr-defined]
        self.fields["until"].initial = today() + timedelta(days=DAYS)

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if given.get("tells") != Interest.Tells.MEETING and not self.errors and not given.get("contact"):
            self.add_error("contact", _("Say whom they can reach, or tell them only that somebody is there."))
        return given

    def action_at(self) -> datetime | None:
        """The moment of action, as it was said in its zone; early in the morning where no time was given."""
        given = self.cleaned_data
        if not given.get("action_day"):
            return None
        at = given.get("action_time") or time(6)
        return datetime.combine(given["action_day"], at, ZoneInfo(given["action_zone"]))

    def told(self) -> dict[str, Any]:
        """What actions.change takes."""
        given = self.cleaned_data
        at = self.action_at()
        return {
            "tells": given["tells"], "contact": given["contact"], "note": given["note"], "until": given["until"],
            "action_at": at, "action_zone": given["action_zone"] if at else "",
        }  # fmt: skip

    @staticmethod
    def start(one: Interest) -> dict[str, Any]:
        """What stands in the form of an interest that is there."""
        start = {"tells": one.tells, "contact": one.contact, "note": one.note, "until": one.until}
        if one.action_at is None:
            return start
        at = one.action_at.astimezone(ZoneInfo(one.action_zone or "UTC"))
        return start | {"action_day": at.date(), "action_time": at.time(), "action_zone": one.action_zone or "UTC"}


class InterestForm(ToldForm):
    """What an agency works on."""

    title = forms.CharField(
        label=gettext_lazy("Title"), max_length=200, help_text=gettext_lazy("For your own list. Told to nobody.")
    )
    case = forms.CharField(
        label=gettext_lazy("Case reference"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Your own. Told to nobody."),
    )
    thing = forms.CharField(
        label=gettext_lazy("Crime or operation"),
        required=False,
        max_length=500,
        help_text=gettext_lazy("Its address, from its own page. Only what you can see."),
    )
    values = forms.CharField(
        label=gettext_lazy("Values, one a line"),
        required=False,
        max_length=200_000,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "autocapitalize": "off", "class": "mono"}),
        help_text=gettext_lazy(
            "Addresses, domains, e-mail, wallets, IBANs, phone numbers, accounts of those you work on; at most 500."
        ),
    )
    field_order = (
        *("title", "thing", "values", "case", "tells", "contact", "note", "action_day", "action_time", "action_zone"),
        "until",
    )

    def __init__(self, *args: Any, region: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._region = region
        self.asked = values.Asked()

    def clean_thing(self) -> str:
        text: str = self.cleaned_data["thing"].strip()
        if text and _REFERENCE.search(text) is None:
            raise forms.ValidationError(_("This is no address of a crime or an operation. Copy it from its own page."))
        return text

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        self.asked = values.asked(values.lines(given.get("values", "")), region=self._region, most=MOST + 1)
        if self.asked.unread:
            shown = ", ".join(text for _line, text, _why in self.asked.unread[:5])
            self.add_error("values", _("These are no values: %(lines)s. Correct or remove them.") % {"lines": shown})
        return given

    def wish(self) -> Wish:
        """What actions.register takes."""
        given = self.cleaned_data
        found = _REFERENCE.search(given["thing"])
        reference = UUID(found[0]) if found else None
        is_operation = "/operations/" in given["thing"]
        return Wish(
            title=given["title"].strip(), case=given["case"].strip(), values=tuple(self.asked.values),
            crime=None if is_operation else reference, operation=reference if is_operation else None, **self.told(),
        )  # fmt: skip


class CloseForm(forms.Form):
    """How an overlap ended for one's own side."""

    outcome = forms.ChoiceField(
        label=gettext_lazy("How did it end for you?"),
        choices=[(value, capfirst(label)) for value, label in OverlapSide.Outcome.choices],
        widget=forms.RadioSelect,
    )


class MessageForm(forms.Form):
    """A message to the other side."""

    words = forms.CharField(
        label=gettext_lazy("Write to them"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy(
            "Read by the two agencies alone; they see your side, not your name, unless you write it."
        ),
    )
