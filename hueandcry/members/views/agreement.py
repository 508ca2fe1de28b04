"""The alliance's agreement: its text, and accepting it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from hueandcry.members import actions, queries
from hueandcry.members import agreement as text
from hueandcry.members.access import signed_in
from hueandcry.members.viewer import viewer
from hueandcry.members.views import attempt, who


@require_safe
@signed_in
def agreement(request: HttpRequest) -> HttpResponse:
    """The agreement, and whether one's organisation accepted this version."""
    by = who(request)
    office = queries.works_in_office(by)
    with viewer(by):
        accepted = queries.agreements(by, by.organisation) if by.organisation else []
        names = queries.person_names(by, [a.accepted_by for a in accepted if a.accepted_by])
        missing = (
            queries.directory(by, states=["vetted"], without_agreement=actions.AGREEMENT).count() if office else None
        )
    now = next((each for each in accepted if each.version == actions.AGREEMENT), None)
    shown = {
        "text": text.current(),
        "accepted": now,
        "accepted_by": names.get(now.accepted_by or 0, "") if now else "",
        "earlier": [each for each in accepted if each is not now],
        "may_accept": by.organisation is not None and by.may("administrator"),
        "missing": missing,
    }
    return render(request, "members/agreement.html", shown)


@require_POST
@signed_in
def accept(request: HttpRequest) -> HttpResponse:
    """Accept the agreement for one's organisation."""
    version = request.POST.get("version", "")
    done = _("The agreement, version %(version)s, is accepted for your organisation.") % {"version": actions.AGREEMENT}
    attempt(request, lambda: actions.accept_agreement(by=who(request), version=version), done)
    return redirect("members:agreement")
