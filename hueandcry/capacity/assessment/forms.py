"""Forms of assessments and treaties."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from hueandcry.capacity.assessment.actions import LONG, SHORT, Told
from hueandcry.capacity.assessment.model import Indicator
from hueandcry.capacity.models import EvidenceReview

KINDS = {
    "law": _("law"),
    "policy-document": _("policy document"),
    "official-statistic": _("official statistic"),
    "audit-report": _("audit report"),
    "record": _("record of work done"),
    "survey": _("survey"),
    "public-website": _("public website"),
    "interview": _("interview"),
    "observation": _("seen on the spot"),
    "statement": _("written statement"),
}


def _day() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"})


class EvidenceForm(forms.Form):
    """One piece of evidence."""

    holds = forms.TypedChoiceField(
        label=_("What does it show?"), coerce=lambda said: said == "yes", widget=forms.RadioSelect, initial="yes",
        choices=[("yes", _("The statement is true")), ("no", _("The statement is not true"))],
    )  # fmt: skip
    kind = forms.ChoiceField(label=_("What it is"))
    source = forms.CharField(label=_("Source"), max_length=SHORT, help_text=_("So that somebody else finds it."))
    dated = forms.DateField(label=_("The day that the source speaks of"), widget=_day())
    url = forms.URLField(label=_("Address of the source"), required=False, assume_scheme="https", max_length=SHORT)
    quote = forms.CharField(
        label=_("The words that show it, and where they stand"), required=False, max_length=LONG,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    closed = forms.BooleanField(label=_("Only law enforcement, and we, may see it (TLP:AMBER)"), required=False)

    def __init__(self, *args: Any, indicator: Indicator, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(kind, KINDS.get(kind, kind)) for kind in indicator.evidence]  # type: ignore[attr-defined]
        self.indicator = indicator

    def told(self, country: str) -> Told:
        """What the action takes."""
        return Told(country=country, indicator=self.indicator.id, **self.cleaned_data)


class ReviewForm(forms.Form):
    """A reviewer's word."""

    verdict = forms.ChoiceField(
        label=_("Does it show what it says?"), widget=forms.RadioSelect,
        choices=[
            (EvidenceReview.Verdict.ACCEPTED, _("Yes, I accept it")),
            (EvidenceReview.Verdict.REFUSED, _("No, I refuse it")),
        ],
    )  # fmt: skip
    reason = forms.CharField(
        label=_("Why"), required=False, max_length=LONG, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Needed for a refusal: who told it can then mend it."),
    )  # fmt: skip


class WordsForm(forms.Form):
    """Some words: an answer, or why something is taken back."""

    text = forms.CharField(label=_("Your words"), max_length=LONG, widget=forms.Textarea(attrs={"rows": 3}))


class FileForm(forms.Form):
    """A table of evidence."""

    file = forms.FileField(
        label=_("CSV with the columns country, indicator, kind, source, dated"),
        help_text=_("Optional columns: holds (yes or no), url, quote, tlp. All rows are taken, or none."),
    )


class TreatyForm(forms.Form):
    """What a country did with a treaty or a provision."""

    status = forms.ChoiceField(label=_("What was done"))
    day = forms.DateField(label=_("Since"), widget=_day())
    law = forms.CharField(label=_("Act and article"), required=False, max_length=SHORT)
    note = forms.CharField(label=_("Reservation or declaration"), required=False, max_length=LONG)
    source = forms.CharField(label=_("Source"), max_length=SHORT)

    def __init__(self, *args: Any, statuses: list[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["status"].choices = statuses  # type: ignore[attr-defined]


class OnForm(forms.Form):
    """A day to look back from."""

    on = forms.DateField(label=_("As of"), required=False, widget=_day())

    def day(self, today: date) -> date:
        """The day asked for, at most today."""
        asked = self.cleaned_data.get("on") if self.is_valid() else None
        return min(asked, today) if asked else today
