"""Forms of the register: a resource in two minutes, an objection, a file, an expert."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.functional import lazystr
from django.utils.translation import gettext_lazy as _

from hueandcry.capacity.choices import aspect_choices, country_choices, language_choices
from hueandcry.capacity.models import Resource
from hueandcry.capacity.register.drafts import LEVELS, ResourceDraft
from hueandcry.capacity.register.experts import ExpertDraft
from hueandcry.capacity.register.words import CONSENTS
from hueandcry.members.models import Organisation

# Languages that somebody teaches or works in, the official ones of states first seen here; others by CSV or REST.
LANGUAGES = (
    "ar",
    "bn",
    "de",
    "el",
    "en",
    "es",
    "fa",
    "fr",
    "ha",
    "hi",
    "id",
    "it",
    "ja",
    "km",
    "ko",
    "ms",
    "my",
    "nl",
    "pl",
    "pt",
    "ro",
    "ru",
    "sw",
    "th",
    "tr",
    "uk",
    "ur",
    "vi",
    "zh",
)
_AREA = forms.Textarea(attrs={"rows": 4})


def spoken() -> list[tuple[str, str]]:
    """(code, name) of the languages that the form offers, by name."""
    return language_choices(LANGUAGES)


class ResourceForm(forms.Form):
    """A resource: three fields are enough, the rest helps to be found."""

    kind = forms.ChoiceField(label=_("What it is"), choices=[c for c in Resource.Kind.choices if c[0] != "expert"])
    title = forms.CharField(label=_("Title"), max_length=300)
    about = forms.CharField(label=_("What it does, for whom"), max_length=10_000, widget=_AREA, required=False)
    language = forms.ChoiceField(label=_("Language of title and text"), choices=spoken, initial="en")
    provider = forms.CharField(label=_("Who provides it"), max_length=300, required=False)
    url = forms.CharField(label=_("Address of its page"), max_length=2_000, required=False)
    countries = forms.MultipleChoiceField(label=_("Countries it serves"), choices=country_choices, required=False)
    everywhere = forms.BooleanField(label=_("It serves any country"), required=False)
    languages = forms.MultipleChoiceField(label=_("Languages it serves in"), choices=spoken, required=False)
    aspects = forms.MultipleChoiceField(label=_("Capacity aspects it serves"), choices=aspect_choices, required=False)
    cost = forms.ChoiceField(label=_("Cost"), choices=Resource.Cost.choices, initial="unknown")
    evidence = forms.CharField(
        label=_("Evidence"),
        max_length=2_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("What shows that it is there and works: an evaluation, an address, who took part."),
    )
    identifier = forms.CharField(
        label=_("Its own identifier"), max_length=300, required=False, help_text="IATI, DOI, ISBN"
    )
    starts = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    ends = forms.DateField(label=_("Until"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def draft(self) -> ResourceDraft:
        """What was filled in."""
        given: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in self.cleaned_data.items()
        }
        return ResourceDraft(**given)

    @classmethod
    def told(cls, resource: Resource) -> dict[str, Any]:
        """What is stored, as the form starts with it."""
        return {name: getattr(resource, name) for name in cls.base_fields}


class ObjectForm(forms.Form):
    """Why a resource should not be listed."""

    reason = forms.CharField(
        label=_("Your reason"),
        max_length=4_000,
        widget=_AREA,
        help_text=_("The alliance reads it beside the resource, and the secretariat decides."),
    )


class FileForm(forms.Form):
    """A file of resources."""

    upload = forms.FileField(
        label=_("File"), help_text=_("CSV with a title in each row, or an IATI activity file (XML); up to 64 MiB.")
    )
    kind = forms.ChoiceField(
        label=_("What rows are that do not say it"),
        required=False,
        choices=[("", lazystr("–")), *(c for c in Resource.Kind.choices if c[0] != "expert")],
    )


class ExpertForm(forms.Form):
    """An expert, with consent."""

    whose = forms.ChoiceField(
        label=_("Who is the expert?"),
        choices=[("oneself", _("I am")), ("other", _("Somebody else, who agreed"))],
        widget=forms.RadioSelect,
        initial="oneself",
    )
    name = forms.CharField(label=_("Name"), max_length=300)
    about = forms.CharField(label=_("What they do"), max_length=5_000, widget=_AREA, required=False)
    skills = forms.CharField(label=_("Skills, one a line"), max_length=4_000, widget=_AREA)
    speaks = forms.CharField(
        label=_("Languages with level, one a line"),
        max_length=1_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("As: pt native, en C1. Levels are those of the CEFR, A1 to C2, or native."),
    )
    home = forms.ChoiceField(
        label=_("Where they live"), choices=lambda: [("", "–"), *country_choices()], required=False
    )
    countries = forms.MultipleChoiceField(
        label=_("Countries they would go to"), choices=country_choices, required=False
    )
    everywhere = forms.BooleanField(label=_("They would go to any country"), required=False)
    worked_in = forms.MultipleChoiceField(
        label=_("Countries they have worked in"), choices=country_choices, required=False
    )
    nationalities = forms.MultipleChoiceField(
        label=_("Their nationalities"),
        choices=country_choices,
        required=False,
        help_text=_("Told to who matches experts to calls that want somebody from elsewhere."),
    )
    at_once = forms.IntegerField(label=_("Missions at one time"), min_value=1, max_value=20, initial=1, required=False)
    aspects = forms.MultipleChoiceField(label=_("Capacity aspects they serve"), choices=aspect_choices, required=False)
    cost = forms.ChoiceField(label=_("Cost"), choices=Resource.Cost.choices, initial="unknown")
    free_from = forms.DateField(label=_("Free from"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    free_until = forms.DateField(label=_("Free until"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    shown_to = forms.ChoiceField(
        label=_("Who may see the entry"), choices=list(CONSENTS.items()), initial="secretariat"
    )
    organisations = forms.MultipleChoiceField(label=_("Which organisations, where they are chosen"), required=False)
    consent_by = forms.CharField(label=_("Who agreed to be listed"), max_length=300, required=False)
    consent_how = forms.CharField(
        label=_("How they agreed"),
        max_length=1_000,
        required=False,
        help_text=_("For example: by letter of 3 March 2026, kept at our office. Not needed where you are the expert."),
    )

    def __init__(self, *args: Any, bodies: Sequence[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = self.fields["organisations"]
        assert isinstance(chosen, forms.MultipleChoiceField)  # noqa: S101 - for the type checker
        chosen.choices = [(str(body.pk), body.name) for body in bodies]

    def clean_speaks(self) -> tuple[tuple[str, str], ...]:
        """Lines of a code or name of a language and a level."""
        from hueandcry.capacity.register.drafts import Unfit
        from hueandcry.capacity.register.drafts import language as code_of

        found = []
        for line in self.cleaned_data["speaks"].replace(",", "\n").splitlines():
            word, _space, level = line.strip().rpartition(" ")
            level = level.upper() if level.upper() in LEVELS else level.lower()
            if not line.strip():
                continue
            if level not in LEVELS or not word:
                raise forms.ValidationError(
                    _("“%s” has no level: write, for example, pt native or en C1.") % line.strip()[:60]
                )
            try:
                found.append((code_of(word), level))
            except Unfit as error:
                raise forms.ValidationError(error.reason) from None
        return tuple(found)

    def clean(self) -> dict[str, Any]:
        """A time has both ends, or none."""
        given = super().clean() or self.cleaned_data
        if bool(given.get("free_from")) != bool(given.get("free_until")):
            self.add_error("free_until", _("A time has a first and a last day."))
        return given

    def draft(self) -> ExpertDraft:
        """What was filled in."""
        given = self.cleaned_data
        free = ((given["free_from"], given["free_until"]),) if given["free_from"] else ()
        return ExpertDraft(
            name=given["name"],
            about=given["about"],
            home=given["home"],
            skills=tuple(given["skills"].splitlines()),
            speaks=given["speaks"],
            countries=tuple(given["countries"]),
            everywhere=given["everywhere"],
            worked_in=tuple(given["worked_in"]),
            nationalities=tuple(given["nationalities"]),
            at_once=given["at_once"] or 1,
            aspects=tuple(given["aspects"]),
            cost=given["cost"],
            oneself=given["whose"] == "oneself",
            shown_to=given["shown_to"],
            organisations=tuple(int(one) for one in given["organisations"]),
            consent_by=given["consent_by"],
            consent_how=given["consent_how"],
            free=free,
        )


class ConflictForm(forms.Form):
    """A conflict of interest of an expert."""

    country = forms.ChoiceField(
        label=_("With a country"), choices=lambda: [("", "–"), *country_choices()], required=False
    )
    party = forms.CharField(label=_("With a company, an agency: its name"), max_length=200, required=False)
    why = forms.CharField(label=_("Why"), max_length=1_000, widget=forms.Textarea(attrs={"rows": 2}))
