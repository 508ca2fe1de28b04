"""People of an organisation: who they are, what they may, invitations."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from hueandcry.audit import actions as audit
from hueandcry.members import actions, mail, queries, shown_once
from hueandcry.members.access import signed_in
from hueandcry.members.forms import InviteForm, RolesForm
from hueandcry.members.models import Organisation, Person
from hueandcry.members.paging import ordered, page, words
from hueandcry.members.viewer import Viewer, viewer
from hueandcry.members.views import attempt, csv_file, found, who
from hueandcry.web.filters import Filter, Option

ORDERS = {"name": "name_key", "email": "email", "since": "created_at"}
ACCOUNTS = {"open": True, "closed": False}


@require_safe
@signed_in
def people(request: HttpRequest, slug: str) -> HttpResponseBase:
    """The people of an organisation, open invitations, and the form for a new one."""
    return _people(request, slug, None)


def _people(request: HttpRequest, slug: str, form: InviteForm | None) -> HttpResponse:
    by = who(request)
    with viewer(by):
        body = _visible(request, slug)
        rows = queries.people(
            by,
            body.pk,
            words=words(request.GET, "q"),
            roles=[r for r in request.GET.getlist("role") if r in Person.Role.values],
            active=ACCOUNTS.get(request.GET.get("account", "")),
        )
        if request.GET.get("format") == "csv":
            return _export(request, body, rows)
        shown = page(rows, request.GET, ORDERS, "name")
        total, invitations = rows.count(), queries.invitations(by, body.pk)
        audit.record(by=by, verb="read", kind="person", count=len(shown.rows), detail={"organisation": body.pk})
    return render(
        request,
        "members/people.html",
        {
            "body": body,
            "page": shown,
            "total": total,
            "filters": _filters(body),
            "invitations": invitations,
            "may_run": queries.may_run(by, body.pk),
            "form": form or InviteForm(secretariat=body.secretariat),
            "link": _link(request, shown_once.take(request, "invitation")),
            "days": actions.INVITATION_DAYS,
            "gets_link": _gets_link(by),
        },
        status=200 if form is None else 422,
    )


def _visible(request: HttpRequest, slug: str) -> Organisation:
    """The organisation whose people the viewer may see; called inside the viewer."""
    by = who(request)
    body = found(lambda: queries.organisation(by, slug))
    if not queries.may_see_people(by, body.pk):
        raise PermissionDenied(_("People show to their own organisation and to the secretariat."))
    return body


def _filters(body: Organisation) -> list[Filter]:
    roles = [Option(v, str(label)) for v, label in Person.Role.choices if body.secretariat or v != "secretary"]
    accounts = [Option("open", _("open")), Option("closed", _("closed"))]
    return [
        Filter("q", _("Name or e-mail"), "text"),
        Filter("role", _("Role"), "many", roles),
        Filter("account", _("Account"), "one", accounts),
    ]


def _export(request: HttpRequest, body: Organisation, rows: Any) -> HttpResponse:
    listed = list(ordered(rows, request.GET.get("sort", ""), ORDERS, "name")[0])
    by = who(request)
    audit.record(by=by, verb="export", kind="person", count=len(listed), detail={"organisation": body.pk})
    lines = [
        (p.name, p.email, " ".join(p.roles), "open" if p.is_active else "closed", p.created_at.date().isoformat())
        for p in listed
    ]
    return csv_file(f"people-{body.slug}", ["name", "email", "roles", "account", "since"], lines)


def _link(request: HttpRequest, secret: str) -> str:
    return request.build_absolute_uri(reverse("members:invitation", args=[secret])) if secret else ""


@require_POST
@signed_in
def invite(request: HttpRequest, slug: str) -> HttpResponse:
    """Invite somebody: the link is sent by e-mail. It is shown, once, to the secretariat and where no e-mail leaves: an
    administrator who held it could take an address that is not theirs, or learn whether somebody signs in with it."""
    by = who(request)
    with viewer(by):
        body = _visible(request, slug)
    form = InviteForm(request.POST, secretariat=body.secretariat)
    if not form.is_valid():
        return _people(request, slug, form)
    given = form.cleaned_data
    done = _("%(email)s is invited.") % given
    secret = attempt(request, lambda: actions.invite(by=by, organisation=body.pk, **given), done)
    if secret:
        _send(request, body, given["email"], secret)
    return redirect("members:people", slug)


def _gets_link(by: Viewer) -> bool:
    """Whether who invites is shown the link: the secretariat, and where no e-mail leaves, everybody who invites."""
    return queries.works_in_office(by) or not mail.delivers()


def _send(request: HttpRequest, body: Organisation, address: str, secret: str) -> None:
    offer = queries.invitation(secret)
    sent = offer is not None and mail.invite(address, body.name, _link(request, secret), offer.expires_at)
    if not _gets_link(who(request)):
        if not sent:
            messages.warning(request, _("The e-mail could not be sent. Revoke the invitation and invite once more."))
        return
    if not sent:
        messages.warning(request, _("The e-mail could not be sent. Hand over the link below yourself."))
    shown_once.keep(request, "invitation", secret)


@require_POST
@signed_in
def revoke_invitation(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Take an invitation back."""
    by = who(request)
    with viewer(by):
        body = _visible(request, slug)
        known = {offer.pk for offer in queries.invitations(by, body.pk)}
    if number in known:
        attempt(request, lambda: actions.revoke_invitation(by=by, invitation=number), _("The invitation is revoked."))
    else:
        messages.error(request, _("This invitation was taken up, revoked or has run out already."))
    return redirect("members:people", slug)


@signed_in
def person(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """One person: roles, account, tokens."""
    by = who(request)
    with viewer(by):
        body = _visible(request, slug)
        one = found(lambda: queries.people(by, body.pk).get(pk=number))
        tokens = list(queries.tokens(by, one.pk).order_by("-pk"))
        if request.method != "POST":
            audit.record(by=by, verb="read", kind="person", thing=one.pk)
    form = RolesForm(request.POST or None, secretariat=body.secretariat, initial={"roles": one.roles})
    if request.method == "POST" and form.is_valid():
        roles = form.cleaned_data["roles"]
        done = _("The roles of %(name)s are set.") % {"name": one}
        attempt(request, lambda: actions.set_roles(by=by, person=one.pk, roles=roles), done)
        return redirect("members:person", slug, number)
    shown = {"body": body, "one": one, "tokens": tokens, "form": form, "may_run": queries.may_run(by, body.pk)}
    return render(request, "members/person.html", shown | {"oneself": one.pk == by.person})


@require_POST
@signed_in
def set_active(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Open or close an account."""
    by = who(request)
    with viewer(by):
        body = _visible(request, slug)
        one = found(lambda: queries.people(by, body.pk).get(pk=number))
    active = request.POST.get("active") == "yes"
    done = (
        _("The account of %(name)s is open again.")
        if active
        else _("The account of %(name)s is closed: sessions and tokens have ended.")
    )
    attempt(request, lambda: actions.set_active(by=by, person=one.pk, active=active), done % {"name": one})
    return redirect("members:person", slug, number)
