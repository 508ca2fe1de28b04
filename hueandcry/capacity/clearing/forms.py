"""Forms of the clearing house: a call, its places, an offer, what came of it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from hueandcry.capacity.choices import aspect_choices, country_choices
from hueandcry.capacity.clearing.actions import LONG, MOST_PLACES, SHORT, Asked, PlaceAsked
from hueandcry.capacity.models import Call, Place, Resource
from hueandcry.capacity.register.drafts import LEVELS
from hueandcry.capacity.register.forms import spoken

_DAY = {"type": "date"}


def _lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.strip()]


class CallForm(forms.Form):
    """What is asked for."""

    title = forms.CharField(label=_("What is asked for, in a line"), max_length=SHORT)
    country = forms.ChoiceField(label=_("For which country"), choices=lambda: [("", "–"), *country_choices()])
    about = forms.CharField(
        label=_("What they will do there"), max_length=LONG, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    aspects = forms.MultipleChoiceField(
        label=_("Aspects of capacity that it serves"), required=False,
        choices=aspect_choices,
    )  # fmt: skip
    parties = forms.CharField(
        label=_("Others concerned, one a line"), max_length=LONG, required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Companies and agencies: whoever has declared a conflict of interest with one is not sent."),
    )  # fmt: skip
    answer_by = forms.DateField(
        label=_("Offers are awaited until"), required=False, widget=forms.DateInput(attrs=_DAY, format="%Y-%m-%d")
    )
    closed = forms.BooleanField(label=_("For law enforcement alone"), required=False)

    def asked(self) -> Asked:
        """What was filled in."""
        given = self.cleaned_data
        return Asked(**(given | {"parties": _lines(given["parties"])}))

    @classmethod
    def told(cls, call: Call) -> dict[str, Any]:
        """What is stored, as the form starts with it."""
        held = {name: getattr(call, name) for name in cls.base_fields}
        return held | {"parties": "\n".join(call.parties)}


class PlaceForm(forms.Form):
    """Places that are alike."""

    times = forms.IntegerField(label=_("How many"), min_value=1, max_value=MOST_PLACES, initial=1)
    kind = forms.ChoiceField(label=_("Of what kind"), choices=Place.Kind.choices)
    skills = forms.CharField(
        label=_("Skills that they must have, one a line"), max_length=LONG, required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("As the roster names them, for example: digital forensics. A course is searched by its words."),
    )  # fmt: skip
    useful = forms.CharField(
        label=_("Skills that are welcome, one a line"), max_length=LONG, required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    languages = forms.MultipleChoiceField(label=_("Languages"), choices=spoken, required=False)
    level = forms.ChoiceField(label=_("At least at level"), choices=[(one, one) for one in LEVELS], initial="C1")
    any_language = forms.BooleanField(label=_("One of these languages is enough"), required=False)
    starts = forms.DateField(label=_("From"), widget=forms.DateInput(attrs=_DAY, format="%Y-%m-%d"))
    ends = forms.DateField(label=_("Until"), widget=forms.DateInput(attrs=_DAY, format="%Y-%m-%d"))
    from_elsewhere = forms.BooleanField(
        label=_("Nobody of the country itself"), required=False, initial=True,
        help_text=_("A trainer or assessor from elsewhere has fewer ties to those whom they judge."),
    )  # fmt: skip

    def asked(self) -> PlaceAsked:
        """What was filled in."""
        given = dict(self.cleaned_data)
        level, codes = given.pop("level"), given.pop("languages")
        return PlaceAsked(**(given | {
            "languages": dict.fromkeys(codes, level),
            "skills": _lines(given["skills"]), "useful": _lines(given["useful"]),
        }))  # fmt: skip


class OfferForm(forms.Form):
    """Offering one's own expert or course."""

    resource = forms.ChoiceField(label=_("Whom or what do you offer?"))
    note = forms.CharField(
        label=_("What who asks should know"), max_length=LONG, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    no_conflict = forms.BooleanField(
        label=_("There is no conflict of interest with who asks, the country or the others named")
    )

    def __init__(self, *args: Any, resources: list[Resource], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = self.fields["resource"]
        assert isinstance(chosen, forms.ChoiceField)  # noqa: S101 - for the type checker
        chosen.choices = [(str(each.reference), each.title) for each in resources]
