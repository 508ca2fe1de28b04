"""Pages of connections: the list with their health, one with its runs, and what can be done with it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hueandcry.audit import actions as audit
from hueandcry.exchange.actions import Refused
from hueandcry.exchange.models import Remote
from hueandcry.exchange.remotes import actions, identity, queries, running, taxii
from hueandcry.exchange.remotes.actions import ROLES, Wish
from hueandcry.exchange.remotes.credentials import Unsealable
from hueandcry.exchange.remotes.forms import FORMS, ConnectionForm, TaxiiForm
from hueandcry.exchange.remotes.outward import RemoteError, Server, checked_url
from hueandcry.members import shown_once
from hueandcry.members.access import ViewerRequest, role
from hueandcry.members.paging import page
from hueandcry.members.viewer import viewer
from hueandcry.web.filters import Filter, Option

ORDERS = {"name": "name", "made": "created_at", "next": "next_at"}
LOOKS = 20.0  # seconds that a page waits for another server
FORM_ACTS = ("GET", "HEAD", "POST")


def _filters() -> list[Filter]:
    health = [Option("well", _("well")), Option("failing", _("failing")), Option("paused", _("paused"))]
    return [
        Filter("kind", _("Kind"), "many", [Option(k.value, str(k.label)) for k in Remote.Kind]),
        Filter("health", _("Health"), "one", health),
    ]


@role(*ROLES)
@require_safe
def index(request: ViewerRequest) -> HttpResponse:
    """The organisation's connections and how they are."""
    kinds = [kind for kind in request.GET.getlist("kind") if kind in Remote.Kind.values]
    health = request.GET.get("health", "")
    with viewer(request.viewer) as who:
        rows = queries.connections(who, kinds=kinds, health=health)
        total = rows.count()
        shown = page(rows, request.GET, ORDERS, "name")
        audit.record(by=who, verb="read", kind="remote", thing="list", count=len(shown.rows))
    return render(
        request,
        "exchange/remotes/connections.html",
        {
            "page": shown, "total": total, "filters": _filters(), "kinds": Remote.Kind.choices,
            "narrowed": bool(kinds or health), "own": identity.fingerprint(identity.own_node()),
        },
    )  # fmt: skip


def _one(request: ViewerRequest, reference: UUID) -> Remote:
    with viewer(request.viewer) as who:
        try:
            return queries.connection(who, reference)
        except Remote.DoesNotExist:
            raise Http404 from None


@role(*ROLES)
@require_safe
def show(request: ViewerRequest, reference: UUID) -> HttpResponse:
    """One connection with its runs."""
    remote = _one(request, reference)
    with viewer(request.viewer) as who:
        runs = page(queries.runs(who, remote), request.GET, {"id": "id"}, "-id", size=30)
        waits = queries.queue(who, remote) if remote.kind == Remote.Kind.NODE else None
        circle = dict(queries.circles(who)).get(remote.circle or 0, "")
        audit.record(by=who, verb="read", kind="remote", thing=remote.pk)
    return render(
        request,
        "exchange/remotes/connection.html",
        {
            "remote": remote, "page": runs, "queue": waits, "circle": circle, "label": remote.get_kind_display(),
            "fingerprint": identity.fingerprint(remote.node) if remote.node else "",
            "own": identity.fingerprint(identity.own_node()), "said": runs.rows[0].error if runs.rows else "",
        },
    )  # fmt: skip


@never_cache
@sensitive_post_parameters("secret")
@role(*ROLES)
@require_http_methods(FORM_ACTS)
def add(request: ViewerRequest, kind: str) -> HttpResponse:
    """Make a connection."""
    if kind not in FORMS:
        raise Http404
    return _form_page(request, kind, None)


@never_cache
@sensitive_post_parameters("secret")
@role(*ROLES)
@require_http_methods(FORM_ACTS)
def edit(request: ViewerRequest, reference: UUID) -> HttpResponse:
    """Change a connection."""
    remote = _one(request, reference)
    return _form_page(request, remote.kind, remote)


def _form_page(request: ViewerRequest, kind: str, remote: Remote | None) -> HttpResponse:
    with viewer(request.viewer) as who:
        circles = queries.circles(who)
    more: dict[str, Any] = {"circles": circles, "start": remote}
    form = FORMS[kind](request.POST or None, **more)
    if request.method == "POST" and form.is_valid():
        answer = _given(request, form, remote, more)
        if isinstance(answer, HttpResponse):
            return answer
        form = answer
    shown = {"form": form, "kind": kind, "label": dict(Remote.Kind.choices)[kind], "remote": remote, "circles": circles}
    return render(request, "exchange/remotes/connection_form.html", shown, status=422 if form.errors else 200)


def _given(
    request: ViewerRequest, form: ConnectionForm, remote: Remote | None, more: dict[str, Any]
) -> HttpResponse | ConnectionForm:
    """Save what was given; for a TAXII server first look what it offers, unless the address is of one collection."""
    wish = _with_kept_secret(request, form.wish())
    try:
        if isinstance(form, TaxiiForm):
            form, wish = _chosen(request, form, wish, remote, more)
            if form.errors or ("collection" in form.fields and not form.cleaned_data.get("collection")):
                return form
        reference = remote.reference if remote else None
        if remote is None:
            reference = actions.add(by=request.viewer, wish=wish)
        else:
            actions.change(by=request.viewer, remote=remote.pk, wish=wish)
    except (Refused, RemoteError, Unsealable) as error:
        form.add_error(None, str(error))
        return form
    messages.success(request, _("Saved. It runs within a few seconds."))
    return redirect("exchange:connection", reference)


def _with_kept_secret(request: ViewerRequest, wish: Wish) -> Wish:
    """The secret typed on the page before, where one had to be typed there to see what the server offers. It waits
    with the address it was typed for, so that it goes to no other."""
    kept = shown_once.take(request, "connection")
    url, _newline, secret = kept.partition("\n")
    if wish.secret is None and secret and url == wish.url:
        return replace(wish, secret=secret)
    return wish


def _chosen(
    request: ViewerRequest, form: TaxiiForm, wish: Wish, remote: Remote | None, more: dict[str, Any]
) -> tuple[TaxiiForm, Wish]:
    """The collection at the address or chosen from what the server offers; else the form with the offer in it."""
    checked_url(wish.url)
    if remote is not None and remote.url == wish.url:
        return form, wish
    offered = taxii.collections(_server(wish, remote))
    if len(offered) == 1 and offered[0].url.rstrip("/") == wish.url.rstrip("/"):
        return form, replace(wish, url=offered[0].url)
    choosing = TaxiiForm(request.POST, offered=offered, **more)
    chosen = request.POST.get("collection", "")
    if chosen and choosing.is_valid():
        return choosing, replace(wish, url=choosing.cleaned_data["collection"])
    if wish.secret:
        shown_once.keep(request, "connection", f"{wish.url}\n{wish.secret}")
    choosing.is_valid()
    choosing.errors.clear()
    messages.info(request, _("The server answers. Choose the collection."))
    return choosing, wish


def _server(wish: Wish, remote: Remote | None) -> Server:
    if wish.secret is None and remote is not None and remote.url == wish.url:
        kept = running.server_of(remote)
        return Server(wish.url, kept.login, kept.secret, seconds=LOOKS)
    return Server(wish.url, wish.login, wish.secret or "", seconds=LOOKS)


@role(*ROLES)
@require_POST
def run(request: ViewerRequest, reference: UUID) -> HttpResponse:
    """Run it with the worker's next round."""
    remote = _one(request, reference)
    try:
        actions.run_soon(by=request.viewer, remote=remote.pk)
    except Refused as error:
        messages.error(request, error.reason)
    else:
        messages.success(request, _("It runs within a few seconds. Load this page again to see what came."))
    return redirect("exchange:connection", reference)


@role(*ROLES)
@require_POST
def pause(request: ViewerRequest, reference: UUID) -> HttpResponse:
    """Stop it for a while, or let it go on."""
    remote = _one(request, reference)
    try:
        actions.pause(by=request.viewer, remote=remote.pk, paused=not remote.paused)
    except Refused as error:
        messages.error(request, error.reason)
    return redirect("exchange:connection", reference)


@role(*ROLES)
@require_http_methods(FORM_ACTS)
def delete(request: ViewerRequest, reference: UUID) -> HttpResponse:
    """Delete it after asking; what came stays."""
    remote = _one(request, reference)
    if request.method == "POST":
        try:
            actions.remove(by=request.viewer, remote=remote.pk)
        except Refused as error:
            messages.error(request, error.reason)
            return redirect("exchange:connection", reference)
        messages.success(request, _("The connection is deleted. What came through it stays."))
        return redirect("exchange:connections")
    return render(request, "exchange/remotes/connection_delete.html", {"remote": remote})
