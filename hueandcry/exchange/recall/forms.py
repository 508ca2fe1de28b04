"""Forms of permissions, recalls and reviews."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

LONGEST = 2_000  # characters of what somebody writes


class AskForm(forms.Form):
    """What an organisation wants to do with a report, and by when it needs the answer."""

    reason = forms.CharField(
        label=gettext_lazy("What do you want to do with it?"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Who reported it reads this: say to whom it would go, and what for."),
    )
    answer_by = forms.DateField(
        label=gettext_lazy("Needed by"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )

    def clean_answer_by(self) -> date | None:
        given: date | None = self.cleaned_data["answer_by"]
        if given and given < date.today():  # noqa: DTZ011  a day of the reader's
            raise forms.ValidationError(_("This day is past."))
        return given


class AnswerForm(forms.Form):
    """The originator's answer."""

    conditions = forms.CharField(
        label=gettext_lazy("Conditions, or why not"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("They read this with the answer. Leave it empty where there is nothing to say."),
    )


class DoneForm(forms.Form):
    """What was done about a recall."""

    note = forms.CharField(
        label=gettext_lazy("What did you do?"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Who reported it reads this."),
    )


class RenewForm(forms.Form):
    """Until when a report's handling holds."""

    review_on = forms.DateField(
        label=gettext_lazy("Look at it again on"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        day = given.get("review_on")
        if day and day <= date.today():  # noqa: DTZ011  a day of the reader's
            self.add_error("review_on", _("Choose a day to come."))
        return given
