"""“We saw this too”: a sighting told at the page of a report."""

from __future__ import annotations

from datetime import UTC, datetime, time
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from hueandcry.exchange import queries, sightings
from hueandcry.exchange.actions import SUBMITTERS, Refused
from hueandcry.exchange.models import Report
from hueandcry.members.access import ViewerRequest, role
from hueandcry.members.viewer import Viewer, viewer

WHERE = (
    ("own", gettext_lazy("With us")),
    ("victim", gettext_lazy("At a victim")),
    ("other", gettext_lazy("Elsewhere")),
)


class SawForm(forms.Form):
    """How often, when and where it was seen."""

    count = forms.IntegerField(label=gettext_lazy("How often?"), min_value=1, max_value=999_999_999, initial=1)
    first = forms.DateField(label=gettext_lazy("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    last = forms.DateField(label=gettext_lazy("Until"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    where = forms.ChoiceField(label=gettext_lazy("Where?"), choices=WHERE, widget=forms.RadioSelect, initial="own")
    words = forms.CharField(
        label=gettext_lazy("In your own words"), required=False, max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip

    def clean(self) -> dict[str, object]:
        given: dict[str, object] = super().clean() or {}
        first, last = given.get("first"), given.get("last")
        if first and last and last < first:  # type: ignore[operator]
            self.add_error("last", _("It ended before it began: swap the two days."))
        for name in ("first", "last"):
            day = given.get(name)
            if day and (day.year < 1990 or day > datetime.now(UTC).date()):  # type: ignore[attr-defined,operator]
                self.add_error(name, _("This day is not past yet, or too long ago."))
        return given

    def details(self) -> sightings.Details:
        """What was filled in, as an action wants it."""
        given = self.cleaned_data
        first, last = given["first"], given["last"]
        return sightings.Details(
            count=given["count"], where=given["where"], words=given["words"].strip(),
            first=datetime.combine(first, time(), UTC) if first else None,
            last=datetime.combine(last, time(), UTC) if last else None,
        )  # fmt: skip


@role(*SUBMITTERS)
@require_http_methods(("GET", "HEAD", "POST"))
def saw(request: ViewerRequest, reference: UUID) -> HttpResponse:
    """Tell that one saw what a report describes."""
    report, seers = _seen(request.viewer, reference)
    form = SawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            sightings.tell_of_report(by=request.viewer, report=report.pk, details=form.details())
        except Refused as error:
            form.add_error(None, error.reason)
        else:
            messages.success(request, _("Told. Whoever reported it hears of it, and it goes wherever reports go."))
            return redirect("linkage:report", reference)
    shown = {
        "report": report, "seers": seers, "form": form, "title": _("We saw this too"), "button": _("Tell it"),
        "what": _(
            "This makes a sighting: a short report of your own that says you saw what this one describes. Its label is"
            " at least as strict as this report's, and whoever reported it is among those who see it."
        ),
    }  # fmt: skip
    return render(request, "exchange/sightings/saw.html", shown)


def _seen(by: Viewer, reference: UUID) -> tuple[Report, list[queries.Seer]]:
    with viewer(by) as who:
        try:
            report = queries.report(who, reference)
        except Report.DoesNotExist:
            raise Http404 from None
        return report, queries.sight(who, sightings.handling_for(who, report, sightings.Details())).see
