"""Forms of priority rounds."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from hueandcry.capacity.choices import aspect_choices, country_choices
from hueandcry.capacity.models import Proposal, Round
from hueandcry.capacity.priorities.actions import LONG, SHORT, Opening, Proposed
from hueandcry.capacity.priorities.phases import CHAMBERS

_AREA = forms.Textarea(attrs={"rows": 3})


def _day(label: Any, help_text: Any = "") -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, help_text=help_text)


class RoundForm(forms.Form):
    """A round as it opens."""

    title = forms.CharField(label=_("Title"), max_length=SHORT)
    question = forms.CharField(label=_("The question that is decided"), max_length=LONG, widget=_AREA)
    chambers = forms.MultipleChoiceField(
        label=_("Chambers, each with one voice"), choices=list(CHAMBERS.items()), widget=forms.CheckboxSelectMultiple,
        initial=["law-enforcement", "private-sector"],
    )  # fmt: skip
    top = forms.IntegerField(label=_("How many are adopted"), min_value=1, max_value=50, initial=5)
    ballots = forms.ChoiceField(label=_("Ballots are"), choices=Round.Ballots.choices, initial="secret")
    discuss_on = _day(_("Discussion begins"), _("Until the day before, proposals are awaited."))
    vote_on = _day(_("Voting begins"))
    close_on = _day(_("Last day of voting"))

    def opening(self) -> Opening:
        """What was filled in."""
        return Opening(**self.cleaned_data)


class DaysForm(forms.Form):
    """The days of a round, moved."""

    discuss_on = _day(_("Discussion begins"))
    vote_on = _day(_("Voting begins"))
    close_on = _day(_("Last day of voting"))


class ProposalForm(forms.Form):
    """A proposal."""

    title = forms.CharField(label=_("What should come first"), max_length=SHORT)
    why = forms.CharField(
        label=_("Why: what it does to whom, and what would be otherwise"), max_length=LONG, widget=_AREA
    )
    aspects = forms.MultipleChoiceField(
        label=_("Aspects of capacity that it needs"), required=False,
        choices=aspect_choices,
    )  # fmt: skip
    countries = forms.MultipleChoiceField(
        label=_("Countries that it is about; none: all"), required=False, choices=country_choices
    )

    def told(self) -> Proposed:
        """What was filled in."""
        return Proposed(**self.cleaned_data)


class BallotForm(forms.Form):
    """A ballot: for each proposal a rank and an opinion, ``rank-3`` and ``opinion-3``."""

    OPINIONS = (("", "–"), ("1", _("agree")), ("-1", _("disagree")), ("0", _("pass")))

    def __init__(self, *args: Any, standing: list[Proposal], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.standing = standing
        places = [("", _("not ranked")), *((str(n), str(n)) for n in range(1, len(standing) + 1))]
        for each in standing:
            self.fields[f"rank-{each.number}"] = forms.ChoiceField(label=_("Rank"), choices=places, required=False)
            self.fields[f"opinion-{each.number}"] = forms.ChoiceField(
                label=_("Your opinion"), choices=self.OPINIONS, required=False
            )

    def lines(self) -> list[tuple[Proposal, Any, Any]]:
        """Each proposal with its two fields."""
        return [(each, self[f"rank-{each.number}"], self[f"opinion-{each.number}"]) for each in self.standing]

    def given(self, name: str) -> dict[int, int]:
        """What was filled in under ``rank`` or ``opinion``, by number."""
        told = {each.number: self.cleaned_data[f"{name}-{each.number}"] for each in self.standing}
        return {number: int(value) for number, value in told.items() if value}


class ReviewForm(forms.Form):
    """What becomes of a priority on its day."""

    state = forms.ChoiceField(
        label=_("It is"), choices=[("renewed", _("renewed")), ("ended", _("ended"))], widget=forms.RadioSelect
    )
    words = forms.CharField(label=_("What came of it, and why"), max_length=LONG, widget=_AREA)
    review_on = forms.DateField(
        label=_("Reviewed again on"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
