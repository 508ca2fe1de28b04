"""Forms of case rooms."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from hueandcry.exchange.forms import offer
from hueandcry.linkage.rooms.actions import DAYS, LONGEST
from hueandcry.linkage.rooms.words import CEILINGS

_AREA = forms.Textarea(attrs={"rows": 3})


class RoomForm(forms.Form):
    """What a room is for."""

    name = forms.CharField(
        label=_("Name"), max_length=150, help_text=_("Those in the room read it, and who is asked in.")
    )
    purpose = forms.CharField(label=_("Purpose"), max_length=LONGEST, widget=_AREA)
    legal_basis = forms.CharField(
        label=_("Legal basis"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("The law, agreement or order under which what is in the room is shared and used."),
    )
    ceiling = forms.ChoiceField(
        label=_("Strictest TLP that may come in"),
        choices=[(tlp, f"TLP:{tlp}") for tlp in CEILINGS],
        initial="AMBER+STRICT",
        help_text=_("Reports and files that are stricter are refused at the door."),
    )
    about = forms.CharField(
        label=_("What it works on"),
        required=False,
        max_length=2_000,
        help_text=_("The address of an operation, a crime or a report, or a value; more can be added later."),
    )


class InviteForm(forms.Form):
    """Whom to ask in."""

    organisation = forms.ChoiceField(label=_("Organisation"))
    words = forms.CharField(
        label=_("A word to them"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("They read it with the room's name, purpose and legal basis, and nothing else of it."),
    )
    days = forms.IntegerField(label=_("Days to answer"), min_value=1, max_value=90, initial=DAYS)

    def __init__(self, *args: Any, organisations: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "organisation", [(str(pk), name) for pk, name in organisations])


class NameForm(forms.Form):
    """Which colleague to name."""

    person = forms.ChoiceField(label=_("Colleague"), help_text=_("Everybody in the room sees their name."))

    def __init__(self, *args: Any, colleagues: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "person", [(str(pk), name) for pk, name in colleagues])


class AddressForm(forms.Form):
    """The address of a page, or a value."""

    about = forms.CharField(
        label=_("Address of its page, or a value"),
        max_length=2_000,
        help_text=_("Of an operation, a crime, a report, a room or a thread that you see."),
    )
