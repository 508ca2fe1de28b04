"""The page on which police and CERTs say what came of a report."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from hueandcry.audit import actions as audit
from hueandcry.exchange import queries as reports
from hueandcry.exchange.models import Outcome
from hueandcry.exchange.outcomes import actions, queries
from hueandcry.members.access import role
from hueandcry.members.actions import Refused
from hueandcry.members.viewer import viewer
from hueandcry.members.views import found, who

sayer = role(*queries.ROLES)


class OutcomeForm(forms.Form):
    """What came of it."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What came of it"), choices=Outcome.Kind.choices, widget=forms.RadioSelect
    )
    words = forms.CharField(
        label=gettext_lazy("In a few words"),
        required=False,
        max_length=actions.LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("Everybody who may see the report reads this. Leave out what belongs to the case."),
    )


@sayer
@require_http_methods(["GET", "HEAD", "POST"])
def say(request: HttpRequest, reference: UUID) -> HttpResponse:
    """Say what came of a report."""
    by = who(request)
    form = OutcomeForm(request.POST or None)
    with viewer(by):
        report = found(lambda: reports.report(by, reference))
        may = queries.may_say(by)
        audit.record(by=by, verb="read", kind="report", thing=report.pk, detail={"part": "title"})
    if not may:
        raise PermissionDenied
    if request.method == "POST" and form.is_valid():
        try:
            actions.say(by=by, report=reference, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, _("Said. Who reported it is told."))
            return redirect("linkage:report", reference)
    shown = {"report": report, "form": form, "own": report.organisation_id == by.organisation}
    return render(request, "exchange/outcomes/say.html", shown, status=422 if form.errors else 200)


@sayer
@require_POST
def take_back(request: HttpRequest, reference: UUID) -> HttpResponse:
    """Take back what one's organisation said."""
    try:
        report = actions.take_back(by=who(request), outcome=reference)
    except Outcome.DoesNotExist:
        raise Http404 from None
    except Refused:
        raise PermissionDenied from None
    messages.success(request, _("Taken back."))
    return redirect("linkage:report", report)
