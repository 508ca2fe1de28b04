"""Forms of courses."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from hueandcry.academy.acting import DAY
from hueandcry.academy.certification.forms import levels, roles
from hueandcry.academy.courses.actions import Described, Planned
from hueandcry.academy.models import Course, Enrolment, Evaluation
from hueandcry.capacity.choices import country_choices, language_choices

_AREA = forms.Textarea(attrs={"rows": 4})
_DATE = forms.DateInput(attrs=DAY, format="%Y-%m-%d")
_LINES = _("EV-01 5, say: a competence of the framework and its EQF level, one a line.")


class CourseForm(forms.Form):
    """A course in the standard form."""

    title = forms.CharField(label=_("Title"), max_length=300)
    about = forms.CharField(label=_("For whom, and why"), required=False, max_length=20_000, widget=_AREA)
    country = forms.ChoiceField(label=_("Country of the provider"), choices=country_choices)
    languages = forms.MultipleChoiceField(label=_("Languages"), choices=language_choices)
    mode = forms.ChoiceField(label=_("How it is given"), choices=Course.Mode.choices)
    hours = forms.IntegerField(label=_("Workload in hours"), min_value=1, max_value=5_000)
    roles = forms.MultipleChoiceField(label=_("Roles it is for"), choices=roles, required=False)
    teaches = forms.CharField(label=_("Competences it teaches"), widget=_AREA, help_text=_LINES)
    requires = forms.CharField(label=_("Competences it builds on"), widget=_AREA, required=False, help_text=_LINES)
    outcomes = forms.CharField(label=_("What learners can do afterwards"), max_length=20_000, widget=_AREA)
    assessment = forms.CharField(label=_("How that is assessed"), max_length=20_000, widget=_AREA)
    marking = forms.CharField(label=_("Marking scheme"), required=False, max_length=20_000, widget=_AREA)
    trainer_material = forms.CharField(
        label=_("Material for trainers"), required=False, max_length=20_000, widget=_AREA
    )
    student_material = forms.CharField(
        label=_("Material for learners"), required=False, max_length=20_000, widget=_AREA
    )
    pilot = forms.CharField(label=_("Results of the pilot"), required=False, max_length=20_000, widget=_AREA)

    def clean_teaches(self) -> dict[str, int]:
        """Competence -> level."""
        return levels(self.cleaned_data["teaches"])

    def clean_requires(self) -> dict[str, int]:
        """Competence -> level."""
        return levels(self.cleaned_data["requires"])

    def described(self) -> Described:
        """What was filled in."""
        return Described(**self.cleaned_data)

    @classmethod
    def told(cls, course: Course) -> dict[str, Any]:
        """What is stored, as the form starts with it."""
        held = {name: getattr(course, name) for name in cls.base_fields}
        for name in ("teaches", "requires"):
            held[name] = "\n".join(f"{code} {level}" for code, level in sorted(held[name].items()))
        return held


class SessionForm(forms.Form):
    """A session."""

    starts = forms.DateField(label=_("First day"), widget=_DATE)
    ends = forms.DateField(label=_("Last day"), widget=_DATE)
    country = forms.ChoiceField(label=_("Country"), choices=country_choices)
    place = forms.CharField(label=_("Place"), required=False, max_length=300)
    language = forms.ChoiceField(label=_("Language"), choices=language_choices, initial="en")
    places = forms.IntegerField(label=_("Places"), min_value=1, max_value=1_000, initial=20)
    cost = forms.DecimalField(label=_("Cost a person"), min_value=0, max_digits=9, decimal_places=2, initial=0)
    currency = forms.RegexField(label=_("Currency"), regex=r"^[A-Z]{3}$", initial="EUR")
    trainers = forms.CharField(label=_("E-mail addresses of who teaches, one a line"), required=False, widget=_AREA)

    def planned(self) -> Planned:
        """What was filled in; the cost in cents."""
        given = dict(self.cleaned_data)
        return Planned(**(given | {"cost": int(given["cost"] * 100), "trainers": given["trainers"].split()}))


class EnrolForm(forms.Form):
    """Why somebody wants to take part."""

    reason = forms.CharField(label=_("Why you want to take part"), required=False, max_length=2_000, widget=_AREA)


class TeachForm(forms.Form):
    """Who teaches."""

    trainers = forms.CharField(label=_("E-mail addresses of who teaches, one a line"), widget=_AREA)


class AnswerForm(forms.Form):
    """An enrolment is moved on."""

    enrolment = forms.IntegerField(widget=forms.HiddenInput)
    state = forms.ChoiceField(choices=Enrolment.State.choices, widget=forms.HiddenInput)
    reason = forms.CharField(required=False, max_length=2_000, widget=forms.HiddenInput)


class EvaluateForm(forms.Form):
    """What came of it."""

    enrolment = forms.IntegerField(widget=forms.HiddenInput)
    level = forms.TypedChoiceField(label=_("About"), coerce=int, choices=Evaluation.Level.choices)
    score = forms.TypedChoiceField(
        label=_("From 1 (little) to 5 (much)"), coerce=int, choices=[(n, str(n)) for n in range(1, 6)]
    )
    text = forms.CharField(label=_("In your words"), required=False, max_length=4_000, widget=_AREA)
