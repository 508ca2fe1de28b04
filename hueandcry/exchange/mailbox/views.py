"""The page about e-mail: whose letters are taken for the organisation, and what came."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from hueandcry.audit import actions as audit
from hueandcry.exchange.actions import SUBMITTERS, Refused
from hueandcry.exchange.mailbox import actions, queries
from hueandcry.exchange.mailbox.forms import SenderForm
from hueandcry.exchange.models import Sender, Submission
from hueandcry.members import queries as members
from hueandcry.members.access import ViewerRequest, role
from hueandcry.members.viewer import viewer


@role("administrator")
@require_http_methods(("GET", "HEAD", "POST"))
def index(request: ViewerRequest) -> HttpResponse:
    """Senders, a form for one more, and the letters that came."""
    with viewer(request.viewer) as who:
        people = [
            (p.pk, str(p))
            for p in members.people(who, who.organisation or 0, active=True)
            if set(p.roles) & set(SUBMITTERS)
        ]
    form = SenderForm(request.POST or None, people=people)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            actions.add_sender(
                by=request.viewer, address=given["address"], person=int(given["person"]),
                dkim_required=given["dkim_required"],
            )  # fmt: skip
        except Refused as error:
            form.add_error("address", error.reason)
        else:
            messages.success(request, _("Letters from this address are taken from now on."))
            return redirect("exchange:mail")
    before = request.GET.get("before", "")
    with viewer(request.viewer) as who:
        names = dict(people)
        senders = [(sender, names.get(sender.person, "")) for sender in queries.senders(who)]
        letters, more = queries.letters_page(
            who, before=int(before) if before.isdecimal() and len(before) < 19 else None
        )
        found = Submission.objects.filter(pk__in=[one.submission for one in letters if one.submission])
        references = dict(found.values_list("pk", "reference"))
        rows = [(letter, references.get(letter.submission or 0)) for letter in letters]
        audit.record(by=who, verb="list", kind="e-mail", count=len(rows))
    shown = {"form": form, "senders": senders, "letters": rows, "next": more, "first": not before}
    return render(request, "exchange/mailbox/index.html", shown)


@role("administrator")
@require_POST
def remove(request: ViewerRequest, sender: int) -> HttpResponse:
    """Take no more letters from an address."""
    try:
        actions.remove_sender(by=request.viewer, sender=sender if sender < 2**63 else 0)
    except Sender.DoesNotExist:
        raise Http404 from None
    messages.success(request, _("Letters from this address are not taken any more. What came stays."))
    return redirect("exchange:mail")
