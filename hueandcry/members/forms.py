"""Forms of the members desk. They shape input; what may be done is decided by the actions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.utils.functional import lazy
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from hueandcry.members.models import Organisation, Person, Token
from hueandcry.members.sections import SECTIONS
from hueandcry.web.countries import by_name

# What each role is for, beside its box.
ROLE_HELP = {
    "administrator": _("administrator: people, handling, the agreement"),
    "analyst": _("analyst: reads, searches, links, reports"),
    "reporter": _("reporter: sends files and reports"),
    "reader": _("reader: reads what is shared"),
    "secretary": _("secretary: runs the alliance's office"),
    "dpo": _("data-protection officer: reads the audit record"),
    "integrator": _("integrator: connects systems with tokens"),
    "officer": _("capacity-building officer: resources, needs, calls for help, priorities"),
    "assessor": _("assessor: reviews what others say of a country's capacity, assesses who wants accreditation"),
    "trainer": _("trainer: courses, their sessions and who takes part"),
    "examiner": _("examiner: questions, marking and decisions of certification"),
    "treasurer": _("treasurer: the alliance's funds and ledger (of the secretariat)"),
    "board": _("board member: votes where the organisation has a seat"),
}
SCOPE_HELP = {
    "read": _("read: search and read reports; TAXII collections and MISP feeds"),
    "submit": _("submit: send files and sightings; correct and withdraw your own reports"),
    "export": _("export: take reports away as files; what another node of Hue & Cry needs"),
}

# What a program does with what it reads; PAP asks (Permissible Actions Protocol).
USE_HELP = {
    "passive": _("passive: compares with logs, shows to people; nobody outside can notice"),
    "active": _("active: blocks, probes, resolves or answers by itself; a criminal might notice"),
}


def country_choices() -> list[tuple[str, str]]:
    """Every country of ISO 3166-1 by its name in the reader's language."""
    return [("", "–"), *by_name(get_language() or "en")]


def role_choices(secretariat: bool) -> list[tuple[str, Any]]:
    """The roles people of an organisation can hold."""
    return [(role, ROLE_HELP[role]) for role in Person.Role.values if secretariat or role != "secretary"]


class AboutForm(forms.Form):
    """What an organisation says of itself."""

    about = forms.CharField(
        label=_("About"),
        required=False,
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("What it does, and what others can turn to it for."),
    )
    contact = forms.EmailField(
        label=_("Contact"), required=False, help_text=_("A shared mailbox rather than a person.")
    )
    sector = forms.ChoiceField(
        label=_("Sector"),
        required=False,
        choices=[("", "–"), *SECTIONS.items()],
        help_text=_("Section of NACE Rev. 2.1."),
    )


class OrganisationForm(AboutForm):
    """All of an organisation: for the secretariat."""

    name = forms.CharField(label=_("Name"), max_length=200)
    kind = forms.ChoiceField(label=_("Kind"), choices=Organisation.Kind.choices)
    country = forms.ChoiceField(label=_("Country"), choices=lazy(country_choices, list)())
    tier = forms.ChoiceField(label=_("Tier"), choices=Organisation.Tier.choices, initial="member")
    field_order = ["name", "kind", "country", "sector", "tier", "about", "contact"]


class StateForm(forms.Form):
    """A step in the life of a membership."""

    state = forms.ChoiceField(choices=Organisation.State.choices, widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("Reason"),
        max_length=1_000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("It stands in the letter; the record keeps a fingerprint of it."),
    )


class RolesForm(forms.Form):
    """The roles of a person."""

    roles = forms.MultipleChoiceField(label=_("Roles"), widget=forms.CheckboxSelectMultiple, required=False)

    def __init__(self, *args: Any, secretariat: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["roles"].choices = role_choices(secretariat)  # type: ignore[attr-defined]  # a choice field


class InviteForm(RolesForm):
    """An invitation to join an organisation."""

    email = forms.EmailField(label=_("E-mail"), help_text=_("The person signs in with this address."))
    field_order = ["email", "roles"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["roles"].required = True


class JoinForm(forms.Form):
    """Taking up an invitation."""

    name = forms.CharField(
        label=_("Your name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"}),
        help_text=_("As your colleagues know you."),
    )  # fmt: skip
    password = forms.CharField(
        label=_("Password"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 12 characters; a few words that do not belong together are good."),
    )  # fmt: skip
    again = forms.CharField(
        label=_("Password, once more"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def clean(self) -> dict[str, Any]:
        """Both passwords are the same."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if given.get("password") and given.get("again") and given["password"] != given["again"]:
            self.add_error("again", _("The two passwords are not the same. Type it once more."))
        return given


class ProfileForm(forms.Form):
    """How one is called, and in which language one reads."""

    name = forms.CharField(label=_("Name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)


class TokenForm(forms.Form):
    """A new API token."""

    name = forms.CharField(
        label=_("Name"), max_length=200, help_text=_("What will use it, and where: “SIEM in Lisbon”.")
    )
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"),
        choices=[(scope, SCOPE_HELP[scope]) for scope in Token.Scope.values],
        widget=forms.CheckboxSelectMultiple,
    )
    use = forms.ChoiceField(
        label=_("What its program does with what it reads"),
        choices=[(use, USE_HELP[use]) for use in Token.Use.values],
        widget=forms.RadioSelect,
        initial=Token.Use.PASSIVE,
        help_text=_("PAP:AMBER goes to passive programs only; PAP:RED goes to no program."),
    )
    days = forms.IntegerField(label=_("Good for how many days"), min_value=1, max_value=366, initial=90)


class CircleForm(forms.Form):
    """A new circle."""

    name = forms.CharField(label=_("Name"), max_length=200)
    purpose = forms.CharField(
        label=_("Purpose"), required=False, max_length=2_000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What its members share with each other, and why."),
    )  # fmt: skip


class CircleMembersForm(forms.Form):
    """Who is in a circle."""

    organisations = forms.MultipleChoiceField(
        label=_("Organisations"), widget=forms.CheckboxSelectMultiple, required=False
    )

    def __init__(self, *args: Any, bodies: Iterable[Organisation] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisations"].choices = [  # type: ignore[attr-defined]  # a choice field
            (str(body.pk), f"{body.name} ({body.country})") for body in bodies
        ]
