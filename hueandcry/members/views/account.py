"""One's own account: taking up an invitation, profile, tokens, and what a membership that is not in order means."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from hueandcry.members import actions, queries, shown_once
from hueandcry.members.access import public, signed_in
from hueandcry.members.forms import JoinForm, ProfileForm, TokenForm
from hueandcry.members.models import Organisation, Person, Token
from hueandcry.members.paging import page
from hueandcry.members.viewer import ANYONE, viewer
from hueandcry.members.views import attempt, found, who
from hueandcry.web.filters import Filter, Option

TOKEN_ORDERS = {"name": "name", "made": "created_at", "expires": "expires_at"}
ENDS_SOON = timedelta(days=14)


@never_cache
@public
def invitation(request: HttpRequest, secret: str) -> HttpResponse:
    """Take up an invitation: name and password, then signed in."""
    offer = queries.invitation(secret)
    if offer is None:
        return _unlinked(render(request, "members/invitation_over.html", status=410))
    with viewer(replace(ANYONE, organisation=offer.organisation_id)):  # whose invitation it is shows to who holds it
        body = Organisation.objects.get(pk=offer.organisation_id)
    form = JoinForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _join(request, secret, form):
        messages.success(request, _("Welcome. Next, add a second factor: it keeps others out who learn your password."))
        return _unlinked(redirect("members:profile"))
    shown = {"offer": offer, "body": body, "form": form, "roles": _role_names(offer.roles)}
    return _unlinked(render(request, "members/invitation.html", shown))


def _join(request: HttpRequest, secret: str, form: JoinForm) -> bool:
    given = form.cleaned_data
    try:
        person = actions.accept_invitation(by=ANYONE, secret=secret, name=given["name"], password=given["password"])
    except ValidationError as error:
        form.add_error("password", error)
    except actions.Refused as refusal:
        form.add_error(None, refusal.reason)
    else:
        login(request, person, backend=settings.AUTHENTICATION_BACKENDS[0])
        return True
    return False


def _unlinked(response: HttpResponse) -> HttpResponse:
    """The address holds a secret: no other page learns it. Not `no-referrer`: with that a browser posts the form with
    `Origin: null`, which the check against forged forms refuses."""
    response.headers["Referrer-Policy"] = "strict-origin"
    return response


def _role_names(roles: list[str]) -> list[str]:
    labels = dict(Person.Role.choices)
    return [str(labels[role]) for role in roles]


@signed_in
def profile(request: HttpRequest) -> HttpResponse:
    """Name and language, and what one is and has."""
    by = who(request)
    with viewer(by):
        me = queries.oneself(by)
        body = queries.own_organisation(by)
        good = queries.tokens(by).filter(revoked_at=None, expires_at__gt=datetime.now(UTC)).count()
    form = ProfileForm(request.POST or None, initial={"name": me.name, "language": me.language})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        attempt(request, lambda: actions.update_profile(by=by, **given), _("Saved."))
        answer = redirect("members:profile")
        answer.set_cookie(settings.LANGUAGE_COOKIE_NAME, given["language"], samesite="Lax", secure=settings.HTTPS)
        return answer
    shown = {"me": me, "body": body, "roles": _role_names(me.roles), "form": form, "tokens": good}
    return render(request, "members/profile.html", shown | {"second_factor": is_mfa_enabled(me)})


@require_safe
@signed_in
def membership(request: HttpRequest) -> HttpResponse:
    """Where one's organisation stands, and what that means; where people land whose membership is not in order."""
    by = who(request)
    with viewer(by):
        body = queries.own_organisation(by)
    return render(request, "members/membership.html", {"body": body, "state": by.state})


@never_cache
@signed_in
def tokens(request: HttpRequest) -> HttpResponse:
    """One's own tokens; a new one is shown once."""
    by = who(request)
    form = TokenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        secret = attempt(request, lambda: actions.add_token(by=by, **given), _("The token is made."))
        if secret:
            shown_once.keep(request, "token", secret)
        return redirect("members:tokens")
    now = datetime.now(UTC)
    with viewer(by):
        mine = queries.tokens(by)
        good = mine.filter(revoked_at=None, expires_at__gt=now)
        rows = good if request.GET.get("state") == "good" else mine
        shown = page(rows, request.GET, TOKEN_ORDERS, "-made")
        total = rows.count()
    for token in shown.rows:
        token.standing = _standing(token, now)
    return render(
        request,
        "members/tokens.html",
        {
            "page": shown,
            "total": total,
            "filters": [Filter("state", _("State"), "one", [Option("good", _("good"))])],
            "form": form,
            "secret": shown_once.take(request, "token"),
            "base": request.build_absolute_uri("/").rstrip("/"),
            "may_have": bool(by.roles) and by.vetted,
        },
        status=422 if form.errors else 200,
    )


def _standing(token: Token, now: datetime) -> str:
    if token.revoked_at is not None:
        return "revoked"
    if token.expires_at <= now:
        return "expired"
    return "soon" if token.expires_at <= now + ENDS_SOON else "good"


@require_POST
@signed_in
def revoke_token(request: HttpRequest, number: int) -> HttpResponse:
    """End a token: one's own, or one of somebody in the organisation one runs."""
    by = who(request)
    with viewer(by):
        token = found(lambda: Token.objects.select_related("person").get(pk=number))
        holder = token.person
        found(lambda: queries.tokens(by, holder.pk).get(pk=number))
        body = Organisation.objects.filter(pk=holder.organisation_id or 0).first()
    attempt(
        request,
        lambda: actions.revoke_token(by=by, token=number),
        _("The token is revoked; it opens nothing any more."),
    )
    if holder.pk == by.person or body is None:
        return redirect("members:tokens")
    return redirect("members:person", body.slug, holder.pk)


@require_safe
@signed_in
def addresses(request: HttpRequest) -> HttpResponse:
    """In place of django-allauth's page: who changes the address takes over whom it was proven by."""
    messages.info(request, _("The address is the one you were invited with. For another, ask for a new invitation."))
    return redirect("members:profile")
