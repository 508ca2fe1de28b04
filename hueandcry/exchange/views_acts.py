"""What can be done with a report: correct, withdraw, restore, replace, handle, let others see. Only its owner may."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from hueandcry.exchange import actions_report, queries
from hueandcry.exchange.actions import SUBMITTERS, Refused
from hueandcry.exchange.forms_report import CorrectForm, GrantForm, ReasonForm, SupersedeForm
from hueandcry.exchange.handling import BadHandling
from hueandcry.exchange.models import Report
from hueandcry.exchange.views_submission import handling_form
from hueandcry.members.access import ViewerRequest, role
from hueandcry.members.viewer import viewer

ACTS = ("GET", "HEAD", "POST")


def _own(request: ViewerRequest, reference: UUID) -> tuple[Report, list[queries.Seer]]:
    """The viewer's own report and who sees it now. 404 for another's, as for one that is not there."""
    with viewer(request.viewer) as who:
        try:
            report = queries.report(who, reference)
        except Report.DoesNotExist:
            raise Http404 from None
        if report.organisation_id != who.organisation:
            raise Http404
        return report, queries.sight(who, actions_report.handling_of(report)).see


def _page(request: ViewerRequest, report: Report, seers: list[queries.Seer], form: Form, **words: Any) -> HttpResponse:
    template = words.pop("template", "exchange/act.html")
    return render(request, template, {"report": report, "seers": seers, "form": form, **words})


@role(*SUBMITTERS)
@require_http_methods(ACTS)
def correct(request: ViewerRequest, reference: UUID) -> HttpResponse:
    """Put right what a report says."""
    report, seers = _own(request, reference)
    start = {name: getattr(report, name) for name in CorrectForm.base_fields if hasattr(report, name)}
    form = CorrectForm(
        request.POST or None,
        initial=start
        | {
            "main": (report.classes or [""])[0],
            "also": report.classes[1:],
            "victim_reference": "",
        },  # a hash is no number
    )
    if request.method == "POST" and form.is_valid():
        try:
            reason = form.cleaned_data["reason"]
            actions_report.correct(by=request.viewer, report=report.pk, reason=reason, **form.changes())
        except Refused as error:
            form.add_error(None, error.reason)
        else:
            messages.success(request, _("The report is corrected. What it said before stays in its history."))
            return redirect("linkage:report", reference)
    return _page(
        request,
        report,
        seers,
        form,
        title=_("Correct the report"),
        what=_("What it says now is kept in its history, for everybody who sees the report."),
        button=_("Correct it"),
    )


@role(*SUBMITTERS)
@require_http_methods(ACTS)
def withdraw(request: ViewerRequest, reference: UUID) -> HttpResponse:
    """Say that a report no longer holds."""
    report, seers = _own(request, reference)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions_report.withdraw(by=request.viewer, report=report.pk, reason=form.cleaned_data["reason"])
        except Refused as error:
            form.add_error(None, error.reason)
        else:
            messages.success(request, _("The report is withdrawn. It stays readable, marked, and counts nowhere."))
            return redirect("linkage:report", reference)
    return _page(
        request,
        report,
        seers,
        form,
        title=_("Withdraw the report"),
        what=_(
            "It stays readable to those who see it, marked as withdrawn, and counts in no figure. You can undo this."
        ),
        button=_("Withdraw it"),
        danger=True,
    )


@role(*SUBMITTERS)
@require_http_methods(ACTS)
def restore(request: ViewerRequest, reference: UUID) -> HttpResponse:
    """Undo a withdrawal or a replacement."""
    report, seers = _own(request, reference)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions_report.restore(by=request.viewer, report=report.pk, reason=form.cleaned_data["reason"])
        except Refused as error:
            form.add_error(None, error.reason)
        else:
            messages.success(request, _("The report holds again."))
            return redirect("linkage:report", reference)
    return _page(
        request,
        report,
        seers,
        form,
        title=_("Restore the report"),
        what=_("It holds again and counts again."),
        button=_("Restore it"),
    )


@role(*SUBMITTERS)
@require_http_methods(ACTS)
def supersede(request: ViewerRequest, reference: UUID) -> HttpResponse:
    """Say which other of one's own reports takes the place of this one."""
    report, seers = _own(request, reference)
    form = SupersedeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            later, _later_seers = _own(request, form.reference())
            actions_report.supersede(
                by=request.viewer, report=report.pk, successor=later.pk, reason=form.cleaned_data["reason"]
            )
        except Http404:
            form.add_error("successor", _("None of your reports has this address."))
        except Refused as error:
            form.add_error("successor", error.reason)
        else:
            messages.success(request, _("The other report has taken its place."))
            return redirect("linkage:report", reference)
    return _page(
        request,
        report,
        seers,
        form,
        title=_("Replace the report by another"),
        what=_("It stays readable, with a link to the report that takes its place, and counts in no figure."),
        button=_("Replace it"),
    )


@role(*SUBMITTERS)
@require_http_methods(ACTS)
def handle(request: ViewerRequest, reference: UUID) -> HttpResponse:
    """Change how a report may be treated, and with it who sees it."""
    report, seers = _own(request, reference)
    form, sight = handling_form(request, actions_report.handling_of(report))
    reason = ReasonForm(request.POST or None)
    if request.method == "POST" and "preview" not in request.POST and form.is_valid() and reason.is_valid():
        try:
            actions_report.handle(
                by=request.viewer, report=report.pk, handling=form.handling(), reason=reason.cleaned_data["reason"]
            )
        except BadHandling as error:
            form.blame(error)
        except Refused as error:
            reason.add_error(None, error.reason)
        else:
            messages.success(request, _("Its handling is changed, and who sees it with it."))
            return _back(reference)
    return _page(request, report, seers, form, sight=sight, reason=reason, template="exchange/handling_change.html")


def _back(reference: UUID) -> HttpResponse:
    """To the report's handling."""
    response = redirect("linkage:report", reference)
    response["Location"] += "?part=handling"
    return response


@role(*SUBMITTERS)
@require_http_methods(ACTS)
def grant(request: ViewerRequest, reference: UUID) -> HttpResponse:
    """Let somebody else see one report."""
    report, seers = _own(request, reference)
    with viewer(request.viewer) as who:
        form = GrantForm(request.POST or None, addressees=queries.addressees(who))
        valid = request.method == "POST" and form.is_valid()
    if valid:
        try:
            actions_report.grant(
                by=request.viewer,
                report=report.pk,
                principals=form.principals(),
                reason=form.cleaned_data["reason"],
            )
        except Refused as error:
            form.add_error(None, error.reason)
        else:
            messages.success(request, _("They see the report from now on. You can take it back."))
            return _back(reference)
    return _page(
        request,
        report,
        seers,
        form,
        title=_("Let others see this report"),
        what=_(
            "You decide this for this one report, also beyond what TLP lets recipients do. They find it in their list; "
            "nobody is told by e-mail."
        ),
        button=_("Let them see it"),
    )


@role(*SUBMITTERS)
@require_POST
def take_back(request: ViewerRequest, reference: UUID) -> HttpResponse:
    """Take a grant back."""
    report, _seers = _own(request, reference)
    principal = request.POST.get("principal", "")
    try:
        actions_report.take_back(
            by=request.viewer,
            report=report.pk,
            principal=int(principal) if principal.isdecimal() and len(principal) < 19 else 0,
            reason=request.POST.get("reason", ""),
        )
    except Refused as error:
        messages.error(request, error.reason)
    else:
        messages.success(request, _("It is taken back: they see the report no more."))
    return _back(reference)
