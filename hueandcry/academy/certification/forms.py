"""Forms of certification."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from hueandcry.academy.acting import DAY
from hueandcry.academy.frameworks import shipped
from hueandcry.academy.models import Question, Recognition
from hueandcry.capacity.choices import country_choices

_AREA = forms.Textarea(attrs={"rows": 4})


def levels(text: str) -> dict[str, int]:
    """Lines of ``CODE NUMBER`` as a form field holds them. Raises ValidationError with the line."""
    made = {}
    for line in text.splitlines():
        if line.strip():
            code, _space, number = line.strip().rpartition(" ")
            if not code or not number.isdigit():
                raise ValidationError(_now("“%(line)s” is no competence with a number.") % {"line": line[:60]})
            made[code.strip()] = int(number)
    return made


def roles() -> list[tuple[str, str]]:
    """The roles of our framework, by title, for a form."""
    return [(each.code, each.title) for each in shipped.law_enforcement().of_kind("role")]


class SchemeForm(forms.Form):
    """What people are certified for."""

    code = forms.SlugField(label=_("Code"), max_length=40)
    title = forms.CharField(label=_("Title"), max_length=300)
    role = forms.ChoiceField(label=_("Role of the framework"), choices=roles)
    level = forms.TypedChoiceField(label=_("EQF level"), coerce=int, choices=[(n, str(n)) for n in range(3, 9)])
    blueprint = forms.CharField(
        label=_("Blueprint: a competence and its share in percent, one a line"), widget=_AREA,
        help_text=_("EV-01 30, say; together 100."),
    )  # fmt: skip
    pass_percent = forms.IntegerField(label=_("To pass, percent of all points"), min_value=1, max_value=100, initial=60)
    least_percent = forms.IntegerField(
        label=_("and at least percent of each competence's"), min_value=0, max_value=100, initial=40
    )
    months = forms.IntegerField(label=_("Holds for months"), min_value=1, max_value=120, initial=36)
    cpd_hours = forms.IntegerField(
        label=_("Hours of continuing development until then"), min_value=0, max_value=1000, initial=60
    )

    def clean_blueprint(self) -> dict[str, int]:
        """Competence -> percent."""
        return levels(self.cleaned_data["blueprint"])


class ApplyForm(forms.Form):
    """With whom to be examined."""

    body = forms.TypedChoiceField(label=_("Who examines you"), coerce=int)

    def __init__(self, *args: Any, bodies: list[tuple[int, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["body"].choices = bodies  # type: ignore[attr-defined]


class QuestionForm(forms.Form):
    """A question of the bank."""

    scheme = forms.CharField(label=_("Scheme (its code)"), max_length=40)
    competence = forms.CharField(label=_("Competence of its blueprint"), max_length=40)
    kind = forms.ChoiceField(label=_("Kind"), choices=Question.Kind.choices)
    text = forms.CharField(label=_("Question"), max_length=20_000, widget=_AREA)
    points = forms.IntegerField(label=_("Points"), min_value=1, max_value=100)
    options = forms.CharField(label=_("Of a choice: the options, one a line, the right one first"), required=False,
                              widget=_AREA)  # fmt: skip
    guide = forms.CharField(label=_("Else: what earns how many points"), required=False, widget=_AREA)


class MarkForm(forms.Form):
    """Points for an answer."""

    item = forms.IntegerField(widget=forms.HiddenInput)
    points = forms.DecimalField(label=_("Points"), min_value=Decimal(0), max_value=Decimal(100), decimal_places=2)
    note = forms.CharField(label=_("Why"), required=False, max_length=4_000)


class DevelopForm(forms.Form):
    """Continuing development."""

    day = forms.DateField(label=_("On which day"), widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"))
    hours = forms.IntegerField(label=_("Hours"), min_value=1, max_value=200)
    what = forms.CharField(label=_("What you did"), max_length=300)
    evidence = forms.CharField(label=_("What shows it"), max_length=300)


class ShowForm(forms.Form):
    """What the holder agrees to."""

    named = forms.BooleanField(label=_("The certificate names me"), required=False)
    public = forms.BooleanField(label=_("The public register shows it"), required=False)


class RecogniseForm(forms.Form):
    """How far a country recognises another's certificates."""

    scheme = forms.CharField(label=_("Scheme (its code)"), max_length=40)
    other = forms.ChoiceField(label=_("Certificates of bodies in"), choices=country_choices)
    how = forms.ChoiceField(label=_("are recognised"), choices=Recognition.How.choices)
    missing = forms.CharField(label=_("Where partly: the competences that are missing, one a line"), required=False,
                              widget=_AREA)  # fmt: skip
    why = forms.CharField(label=_("Why"), max_length=4_000, widget=_AREA)
    until = forms.DateField(label=_("Until"), widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"))


class KeyForm(forms.Form):
    """A key is ended."""

    did = forms.CharField(widget=forms.HiddenInput)
    revoked = forms.BooleanField(label=_("Revoke it: nothing that it signed counts any more"), required=False)
    reason = forms.CharField(label=_("Why"), max_length=2_000)
