"""Forms of accreditation."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from hueandcry.academy.acting import DAY
from hueandcry.academy.models import Accreditation, Finding, Part, Visit

_AREA = forms.Textarea(attrs={"rows": 3})


class ApplyForm(forms.Form):
    """What is to be accredited, for which schemes."""

    kind = forms.ChoiceField(label=_("What is to be accredited"), choices=Accreditation.Kind.choices)
    scope = forms.MultipleChoiceField(label=_("For which schemes"))
    course = forms.ChoiceField(label=_("Which course, where it is a course"), required=False)
    examiner = forms.EmailField(label=_("E-mail address of the examiner, where it is one"), required=False)

    def __init__(self, *args: Any, schemes: list[tuple[str, str]], courses: list[tuple[str, str]], **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.fields["scope"].choices = schemes  # type: ignore[attr-defined]
        self.fields["course"].choices = [("", "–"), *courses]  # type: ignore[attr-defined]


def answers(requirements: dict[str, str]) -> type[forms.Form]:
    """A form with a field for each requirement of a standard."""
    fields = {
        code: forms.CharField(label=f"{code}. {text}", max_length=8_000, required=False, widget=_AREA)
        for code, text in requirements.items()
    }
    return type("AnswersForm", (forms.Form,), fields)


class AskForm(forms.Form):
    """Whom the office asks."""

    email = forms.EmailField(label=_("E-mail address of an assessor from another country"))
    part = forms.ChoiceField(label=_("To"), choices=Part.Kind.choices)


class DeclareForm(forms.Form):
    """Whether there is a conflict of interest."""

    no_conflict = forms.ChoiceField(
        label=_("Do you, or somebody close to you, have an interest in the applicant or the result?"),
        choices=[("yes", _("No, I have no conflict of interest")), ("no", _("Yes"))], widget=forms.RadioSelect,
    )  # fmt: skip
    conflict = forms.CharField(label=_("Which, where there is one"), required=False, max_length=4_000)


class LookForm(forms.Form):
    """What an assessor looked at."""

    how = forms.ChoiceField(label=_("How you looked"), choices=Visit.How.choices)
    day = forms.DateField(label=_("On which day"), widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"))
    notes = forms.CharField(label=_("What you saw"), max_length=8_000, widget=_AREA)


class FindForm(forms.Form):
    """A requirement that is not met."""

    requirement = forms.CharField(label=_("Requirement (its number)"), max_length=10)
    grade = forms.ChoiceField(label=_("How grave"), choices=Finding.Grade.choices)
    text = forms.CharField(label=_("What is not met"), max_length=8_000, widget=_AREA)


class AccreditForm(forms.Form):
    """The panel accredits."""

    reason = forms.CharField(label=_("Reason"), max_length=8_000, widget=_AREA)
    until = forms.DateField(label=_("Until (three years where you say nothing, five at most)"), required=False,
                            widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"))  # fmt: skip


class CorrectForm(forms.Form):
    """What was done about a finding."""

    finding = forms.IntegerField(widget=forms.HiddenInput)
    answer = forms.CharField(label=_("What was done"), max_length=8_000, widget=_AREA)


class CloseForm(forms.Form):
    """A finding is closed."""

    finding = forms.IntegerField(widget=forms.HiddenInput)
