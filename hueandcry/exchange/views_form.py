"""The form for somebody who has no file but a story, and the organisation's default handling."""

from __future__ import annotations

from dataclasses import replace

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from hueandcry.exchange import actions, queries
from hueandcry.exchange.actions import SUBMITTERS, Refused
from hueandcry.exchange.forms_report import TellForm, currency_of
from hueandcry.exchange.handling import BadHandling
from hueandcry.exchange.views_submission import handling_form
from hueandcry.members import actions as members
from hueandcry.members import queries as bodies
from hueandcry.members.access import ViewerRequest, role
from hueandcry.members.viewer import viewer


@role(*SUBMITTERS)
@require_http_methods(["GET", "HEAD", "POST"])
def tell(request: ViewerRequest) -> HttpResponse:
    """What happened, in plain words; handled by the organisation's default."""
    with viewer(request.viewer) as who:
        handling = queries.default_handling(who)
        sight = queries.sight(who, handling)
        own = bodies.organisations(who).filter(pk=who.organisation or 0).values_list("country", flat=True).first() or ""
    own = "" if own == "ZZ" else own
    form = TellForm(request.POST or None, initial={"country": own, "currency": currency_of(own)})
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["only_us"]:
            handling = replace(handling, tlp="RED" if handling.tlp == "RED" else "AMBER+STRICT", recipients=())
        try:
            received = actions.receive(
                by=request.viewer, raw=form.content(), filename="", claimed="form", handling=handling, at_once=True
            )
        except Refused as error:
            form.add_error(None, error.reason)
        else:
            messages.success(request, _("Thank you. Your report is in."))
            return redirect("exchange:submission", received.reference)
    return render(request, "exchange/tell.html", {"form": form, "sight": sight, "handling": handling})


@role("administrator")
@require_http_methods(["GET", "HEAD", "POST"])
def default_handling(request: ViewerRequest) -> HttpResponse:
    """How what the organisation sends is handled where nobody says otherwise."""
    form, sight = handling_form(request)
    if request.method == "POST" and "preview" not in request.POST and form.is_valid():
        try:
            chosen = form.handling()
            members.update_organisation(
                by=request.viewer, organisation=request.viewer.organisation or 0, handling=chosen.as_json()
            )
        except BadHandling as error:
            form.blame(error)
        except members.Refused as error:
            form.add_error(None, error.reason)
        else:
            messages.success(request, _("Saved. It holds for what is sent from now on; what was sent stays as it is."))
            return redirect("exchange:default-handling")
    return render(request, "exchange/default_handling.html", {"form": form, "sight": sight})
