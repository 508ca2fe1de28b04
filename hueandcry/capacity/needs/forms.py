"""Forms of needs: a series, a file of numbers, an index, a run, a consultation."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from hueandcry.capacity.models import Consultation
from hueandcry.capacity.needs.actions import LARGEST, LONG, SHORT, Series
from hueandcry.capacity.needs.scales import SCALES


def _scales() -> list[tuple[str, str]]:
    return [(key, str(each.name)) for key, each in SCALES.items()]


class SeriesForm(forms.Form):
    """A series of numbers about countries."""

    code = forms.CharField(label=_("Code"), max_length=60, help_text=_("Letters and digits, as WB.LAW.2025."))
    name = forms.CharField(label=_("What it counts"), max_length=SHORT)
    scale = forms.ChoiceField(label=_("Scale"), choices=_scales)
    unit = forms.CharField(label=_("Unit"), max_length=SHORT, required=False)
    direction = forms.TypedChoiceField(
        label=_("Which way is better"), choices=[("1", _("more is better")), ("-1", _("less is better"))], coerce=int,
        widget=forms.RadioSelect,
    )  # fmt: skip
    source = forms.CharField(label=_("Source"), max_length=SHORT)
    url = forms.CharField(label=_("Address of the source"), max_length=SHORT, required=False)
    licence = forms.CharField(label=_("Licence"), max_length=SHORT, required=False)

    def told(self) -> Series:
        """What was filled in."""
        return Series(**self.cleaned_data)


class _FileForm(forms.Form):
    def clean_upload(self) -> bytes:
        """The bytes of the file."""
        upload = self.cleaned_data["upload"]
        if upload.size > LARGEST:
            raise forms.ValidationError(_("The file is larger than 8 MiB."))
        content: bytes = upload.read()
        return content


class ValuesForm(_FileForm):
    """Numbers for a series."""

    upload = forms.FileField(
        label=_("CSV with the columns country, year and value"),
        help_text=_("A country by code or name; an empty value means unknown, never nought. Beside a count, a column "
                    "inhabitants makes a rate of it."),
    )  # fmt: skip
    scale = forms.ChoiceField(
        label=_("Told on the scale"), required=False, choices=lambda: [("", _("of the series")), *_scales()]
    )


class IndexForm(_FileForm):
    """An index."""

    name = forms.CharField(label=_("Name"), max_length=SHORT)
    upload = forms.FileField(
        label=_("CSV with the columns iCode, Type, Parent and Weight"),
        help_text=_(
            "As the R package COINr lays it out. Indicators are codes of series; one Aggregate without a parent "
            "is the index. Low and High are goalposts."
        ),
    )


class RunForm(forms.Form):
    """A run: the rules that are chosen are published with it."""

    year = forms.IntegerField(label=_("As of the year"), min_value=1990, max_value=2100)
    oldest = forms.IntegerField(label=_("Numbers at most so many years old"), min_value=0, max_value=20, initial=5)
    normalise = forms.ChoiceField(
        label=_("Normalisation"), initial="minmax",
        choices=[("minmax", _("least to greatest")), ("zscore", _("standard deviations")), ("rank", _("ranks")),
                 ("goalposts", _("goalposts"))],
    )  # fmt: skip
    aggregate = forms.ChoiceField(
        label=_("Mean"), choices=[("arithmetic", _("arithmetic")), ("geometric", _("geometric"))], initial="arithmetic"
    )
    missing = forms.ChoiceField(
        label=_("What is unknown"), initial="exclude",
        choices=[("exclude", _("is left out")), ("mean", _("takes the mean"))],
    )  # fmt: skip
    top = forms.IntegerField(label=_("Most in need: the first"), min_value=1, max_value=100, initial=10)
    share = forms.FloatField(label=_("in this share of draws"), min_value=0.5, max_value=1, initial=0.9)
    draws = forms.IntegerField(label=_("Draws"), min_value=100, max_value=100_000, initial=10_000)
    seed = forms.IntegerField(label=_("Seed"), min_value=0, max_value=2**31, initial=0)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["year"].initial = datetime.now(UTC).year


class ConsultationForm(forms.Form):
    """What law enforcement says of a country's place."""

    decision = forms.ChoiceField(
        label=_("What you think of its place"), choices=Consultation.Decision.choices, widget=forms.RadioSelect
    )
    reasons = forms.CharField(label=_("Why"), max_length=LONG, widget=forms.Textarea(attrs={"rows": 3}))
