"""Forms of programmes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hueandcry.capacity import choices
from hueandcry.exchange.money import is_currency
from hueandcry.programmes.ledger import money
from hueandcry.programmes.models import Appraisal, Component, Indicator, Overlap, Partner, Programme, Risk
from hueandcry.programmes.plan import outlines

DAY = {"type": "date"}
TEXT = {"rows": 4}


def _text(
    label: Any, help_text: Any = "", *, rows: int = 4, most: int = 8_000, required: bool = True
) -> forms.CharField:
    return forms.CharField(
        label=label, help_text=help_text, max_length=most, required=required, widget=forms.Textarea({"rows": rows})
    )


def _day(label: Any, *, required: bool = True) -> forms.DateField:
    return forms.DateField(
        label=label, required=required, widget=forms.DateInput(DAY, format="%Y-%m-%d")
    )  # as browsers want it


class BeginForm(forms.Form):
    """What a programme is for; what it could be made of is offered once that is known."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=Programme.Kind.choices)
    countries = forms.MultipleChoiceField(label=gettext_lazy("Countries"))
    aspect = forms.ChoiceField(label=gettext_lazy("Aspect of capacity"))
    currency = forms.CharField(label=gettext_lazy("Currency of its budget"), max_length=3, min_length=3, initial="EUR")
    months = forms.IntegerField(label=gettext_lazy("How many months"), min_value=3, max_value=60, initial=18)

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["countries"].choices = choices.country_choices()  # type: ignore[attr-defined]
        self.fields["countries"].widget.attrs["size"] = 8
        self.fields["aspect"].choices = [("", _("Choose")), *choices.aspect_choices()]  # type: ignore[attr-defined]

    def clean_currency(self) -> str:
        """A currency of ISO 4217, in capitals."""
        told = str(self.cleaned_data["currency"]).upper()
        if not is_currency(told):
            raise forms.ValidationError(_("Give the currency by its code of three letters, as EUR."))
        return told


class EditForm(forms.Form):
    """What the plan says."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=300)
    objective = _text(gettext_lazy("Objective"), gettext_lazy("What will be different, for whom."))
    theory = _text(
        gettext_lazy("Theory of change"), gettext_lazy("Why this brings it about, and what must be true."), rows=8
    )
    starts = _day(gettext_lazy("First day"))
    ends = _day(gettext_lazy("Last day"))

    def clean(self) -> dict[str, Any]:
        """The last day does not come before the first."""
        told = super().clean() or {}
        if told.get("starts") and told.get("ends") and told["ends"] < told["starts"]:
            self.add_error("ends", _("The last day comes before the first."))
        return told


class ComponentForm(forms.Form):
    """A part of the plan, with what it costs."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=Component.Kind.choices)
    title = forms.CharField(label=gettext_lazy("Title"), max_length=300)
    aspect = forms.ChoiceField(label=gettext_lazy("Aspect of capacity"), required=False)
    reduces = forms.FloatField(
        label=gettext_lazy("Stages of the gap that it closes"), min_value=0, max_value=4, initial=0, required=False,
        help_text=gettext_lazy("By your best estimate: 0.5 is half a stage."),
    )  # fmt: skip
    people = forms.IntegerField(
        label=gettext_lazy("People to be certified"), min_value=0, max_value=100_000, initial=0, required=False
    )
    cost = forms.CharField(label=gettext_lazy("Cost"), max_length=30)
    course = forms.ChoiceField(label=gettext_lazy("Course of the academy"), required=False)
    scheme = forms.CharField(label=gettext_lazy("Scheme of certification"), max_length=40, required=False)
    must = forms.BooleanField(label=gettext_lazy("Without it the programme makes no sense"), required=False)
    starts = _day(gettext_lazy("First day"), required=False)
    ends = _day(gettext_lazy("Last day"), required=False)

    currency = "EUR"
    courses: Sequence[tuple[str, str]] = ()

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["aspect"].choices = [("", _("none")), *choices.aspect_choices()]  # type: ignore[attr-defined]
        self.fields["course"].choices = [("", _("none")), *self.courses]  # type: ignore[attr-defined]
        self.fields["cost"].help_text = _("In %(currency)s.") % {"currency": self.currency}

    def clean_cost(self) -> int:
        """The cost in the smallest unit of the currency."""
        try:
            told = money.read(str(self.cleaned_data["cost"]), self.currency)
        except money.BadAmount:
            raise forms.ValidationError(
                _("Write an amount of %(currency)s in digits, as 12500.00.") % {"currency": self.currency}
            ) from None
        if told < 0:
            raise forms.ValidationError(_("A cost is not less than nothing."))
        return told

    def clean(self) -> dict[str, Any]:
        """Empty fields say nothing; days in order."""
        told = super().clean() or {}
        told["reduces"], told["people"] = told.get("reduces") or 0, told.get("people") or 0
        told["course"] = told.get("course") or None
        if told.get("starts") and told.get("ends") and told["ends"] < told["starts"]:
            self.add_error("ends", _("The last day comes before the first."))
        if told.get("ends") and not told.get("starts"):
            self.add_error("starts", _("Give the first day too."))
        return told


def component_form(currency: str, offered: Sequence[tuple[str, str]]) -> type[ComponentForm]:
    """The form of a component of a programme in this currency, with these courses to choose from."""
    return type("ComponentForm", (ComponentForm,), {"currency": currency, "courses": offered})


class PartnerForm(forms.Form):
    """Who takes part."""

    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=Partner.Role.choices)
    name = forms.CharField(label=gettext_lazy("Organisation"), max_length=200)


class MilestoneForm(forms.Form):
    """What is done by when."""

    title = forms.CharField(label=gettext_lazy("What will be done"), max_length=300)
    due = _day(gettext_lazy("By"))


_SCALE = [(n, str(n)) for n in range(1, 6)]


class RiskForm(forms.Form):
    """What could go wrong."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=Risk.Kind.choices)
    words = _text(gettext_lazy("What could go wrong, or whom it could harm"), rows=2)
    likelihood = forms.TypedChoiceField(label=gettext_lazy("How likely, 1 to 5"), choices=_SCALE, coerce=int, initial=2)
    harm = forms.TypedChoiceField(label=gettext_lazy("How bad, 1 to 5"), choices=_SCALE, coerce=int, initial=3)
    answer = _text(gettext_lazy("What is done about it"), rows=2)


class IndicatorForm(forms.Form):
    """What the programme is judged by."""

    source = forms.ChoiceField(label=gettext_lazy("Read of"), choices=Indicator.Source.choices)
    title = forms.CharField(label=gettext_lazy("What is measured"), max_length=300)
    unit = forms.CharField(label=gettext_lazy("Unit"), max_length=60, required=False)
    country = forms.ChoiceField(label=gettext_lazy("Country"), required=False)
    aspect = forms.ChoiceField(label=gettext_lazy("Aspect (of a stage)"), required=False)
    scheme = forms.CharField(label=gettext_lazy("Scheme (of people certified)"), max_length=40, required=False)
    better = forms.TypedChoiceField(
        label=gettext_lazy("Better is"), coerce=int, choices=[(1, gettext_lazy("more")), (-1, gettext_lazy("less"))]
    )
    baseline = forms.FloatField(
        label=gettext_lazy("Where it stands"), required=False,
        help_text=gettext_lazy("Left empty it is read now, where it can be."),
    )  # fmt: skip
    baseline_day = _day(gettext_lazy("On the day"), required=False)
    target = forms.FloatField(label=gettext_lazy("Where it should stand"))
    target_day = _day(gettext_lazy("By the day"))

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["country"].choices = [("", _("none")), *choices.country_choices()]  # type: ignore[attr-defined]
        self.fields["aspect"].choices = [("", _("none")), *choices.aspect_choices()]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """What is read needs to know of what."""
        told = super().clean() or {}
        if told.get("source") != "told" and not told.get("country"):
            self.add_error("country", _("Say of which country it is read."))
        if told.get("source") == "stage" and not told.get("aspect"):
            self.add_error("aspect", _("Say of which aspect the stage is."))
        if told.get("source") == "told" and told.get("baseline") is None:
            self.add_error("baseline", _("Say where it stands: nothing here can read it."))
        return told


class AppraiseForm(forms.Form):
    """An appraisal: each question answered, and a verdict."""

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        for key, question in outlines.questions().items():
            self.fields[key] = _text(question, rows=2)
        self.fields["verdict"] = forms.ChoiceField(label=_("Verdict"), choices=Appraisal.Verdict.choices)
        self.fields["words"] = _text(_("In short"), rows=2)
        self.fields["no_conflict"] = forms.BooleanField(
            label=_("I have no conflict of interest: neither I nor my organisation gains from this programme.")
        )


class OverlapForm(forms.Form):
    """How a programme of others stands to this one."""

    verdict = forms.ChoiceField(label=gettext_lazy("It is"), choices=Overlap.Verdict.choices)
    words = _text(gettext_lazy("Why"), rows=2)


class AgreeForm(forms.Form):
    """The country agrees."""

    name = forms.CharField(label=gettext_lazy("Who agrees for the country"), max_length=200)
    words = _text(gettext_lazy("What is agreed: who takes part, which posts, what the agency gives"))


class DoneForm(forms.Form):
    """A milestone is reached."""

    day = _day(gettext_lazy("Reached on"))
    evidence = _text(gettext_lazy("What shows it"), rows=2)


class ReadingForm(forms.Form):
    """What an indicator says."""

    day = _day(gettext_lazy("On the day"))
    value = forms.FloatField(label=gettext_lazy("Value"))
    low = forms.FloatField(label=gettext_lazy("At least"), required=False)
    high = forms.FloatField(label=gettext_lazy("At most"), required=False)
    words = _text(gettext_lazy("How it is known"), rows=2)
    link = forms.URLField(label=gettext_lazy("Where it can be seen"), required=False, assume_scheme="https")

    def clean(self) -> dict[str, Any]:
        """Bounds hold the value between them."""
        told = super().clean() or {}
        value, low, high = told.get("value"), told.get("low"), told.get("high")
        if value is not None and low is not None and low > value:
            self.add_error("low", _("This is more than the value."))
        if value is not None and high is not None and high < value:
            self.add_error("high", _("This is less than the value."))
        return told


class LessonForm(forms.Form):
    """What was learnt."""

    words = _text(gettext_lazy("What you would tell whoever does it next"))


class EvaluateForm(forms.Form):
    """An evaluation: a grade for each criterion, in words too."""

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        grades = [(4, _("4 fully")), (3, _("3 largely")), (2, _("2 partly")), (1, _("1 hardly"))]
        for key, text in outlines.criteria().items():
            self.fields[key] = forms.TypedChoiceField(label=text, choices=grades, coerce=int)
        self.fields["words"] = _text(_("What you found, and how you know"))
        self.fields["advice"] = _text(_("What you advise"), required=False)
