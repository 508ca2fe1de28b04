"""Pages of the forum: the list, a thread, its export. HTTP only; posts and files are in views_post.py."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hueandcry.audit import actions as audit
from hueandcry.chain import queries as chain
from hueandcry.linkage import asked
from hueandcry.linkage.forum import actions, export_text, markup, places, queries
from hueandcry.linkage.forum.forms import PostForm, ThreadForm
from hueandcry.linkage.models import Thread
from hueandcry.linkage.rooms.forms import AddressForm
from hueandcry.members.access import member, role
from hueandcry.members.actions import Refused
from hueandcry.members.paging import Page, page, words
from hueandcry.members.viewer import Viewer, viewer
from hueandcry.members.views import found, who
from hueandcry.web.filters import Filter, Option

writer = role(*actions.ROLES)
EXPORTED = 5_000  # posts of an export
PINNED = 20


@require_safe
@member
def threads(request: HttpRequest) -> HttpResponse:
    """The threads that one sees; searched, best first."""
    by, asked = who(request), words(request.GET, "q")
    mine = set(request.GET.getlist("mine"))
    with viewer(by):
        here = places.places(by, to_write=False)
        rows = queries.threads(
            by,
            place=request.GET.get("place", ""),
            closed={"open": False, "closed": True}.get(request.GET.get("state", "")),
            unread="unread" in mine,
            following="followed" in mine,
        )
        pinned, shown = [], Page()
        if asked:
            lines = queries.search(by, asked, rows)
            total = len(lines)
        else:
            total = rows.count()
            first = not {"after", "before"} & set(request.GET)
            pinned = queries.lines(by, rows.filter(pinned=True).order_by("-last_at")[:PINNED]) if first else []
            shown = page(rows.filter(pinned=False), request.GET, {"latest": "last_at", "posts": "posts"}, "-latest")
            lines = queries.lines(by, shown.rows)
        audit.record(by=by, verb="search" if asked else "list", kind="thread", count=len(lines) + len(pinned))
    context = {"lines": pinned + lines, "page": shown, "total": total, "filters": _filters(here), "asked": asked}
    narrowed = any(request.GET.get(name) for name in ("q", "place", "state", "mine"))
    may = {"narrowed": narrowed, "may_write": by.may(*actions.ROLES), "places": here}
    return render(request, "linkage/forum/threads.html", context | may)


def _filters(here: list[places.Place]) -> list[Filter]:
    where = [Option(each.key, each.name) for each in here]
    states = [Option("open", _("open")), Option("closed", _("closed"))]
    mine = [Option("unread", _("not read yet")), Option("followed", _("followed"))]
    return [
        Filter("q", _("Words"), "text"),
        Filter("place", _("With whom"), "one", where),
        Filter("mine", _("For me"), "many", mine),
        Filter("state", _("State"), "one", states),
    ]


@writer
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Open a thread; ``?about=`` and ``?place=`` fill in what it is about and with whom."""
    by = who(request)
    with viewer(by):
        here = places.places(by)
    start = {name: request.GET.get(name, "") for name in ("about", "place", "title")}
    form = ThreadForm(request.POST or None, request.FILES or None, places=here, initial=start)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            made = actions.start(
                by=by,
                place=given["place"],
                title=given["title"],
                tlp=given["tlp"],
                about=given["about"],
                **form.content(),
            )
        except Refused as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, _("The thread is open. You follow it."))
            return redirect("linkage:thread", made)
    status = 422 if form.errors else 200
    return render(request, "linkage/forum/new.html", {"form": form, "places": here}, status=status)


@member
@require_http_methods(["GET", "HEAD", "POST"])
def thread(request: HttpRequest, reference: UUID) -> HttpResponse:
    """A thread, page by page; POST says something in it."""
    by = who(request)
    form = PostForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.post(by=by, thread=reference, **form.content())
        except Refused as refusal:
            form.add_error(None, refusal.reason)
        except Thread.DoesNotExist:
            raise Http404 from None
        else:
            return redirect("linkage:post", made)
    with viewer(by):
        one = found(lambda: queries.thread(by, reference))
        reading = queries.reading(by, one)
        posts = queries.posts(by, one, after=_key(request, "after"), before=_key(request, "before"), read=reading.post)
        if posts.rows:
            queries.mark_read(by, one, posts.rows[-1].post.pk)
        context = {
            "thread": one,
            "where": places.names(by).get(one.principal, ""),
            "posts": [(said, _html(said)) for said in posts.rows],
            "page": posts,
            "followed": reading.following,
            "known": bool(reading.post),
            "may_write": one.closed_at is None and by.may(*actions.ROLES),
            "may_keep": actions.may_keep(by, one),
            "may_withdraw": by.may(*actions.ROLES) and actions.leads(by, one),
            "by": by,
            **chain.both_ways(by, "thread", str(reference)),
        }
        audit.record(by=by, verb="read", kind="thread", thing=one.pk)
    shown = context | {"form": form, "about_form": AddressForm()}
    return render(request, "linkage/forum/thread.html", shown, status=422 if form.errors else 200)


def _html(said: queries.Said) -> str:
    return markup.to_html(said.post.text, site=settings.PUBLIC_URL)


def _key(request: HttpRequest, name: str) -> UUID | None:
    """A post's reference out of the address; one that we did not write is as if there were none."""
    return asked.reference(request.GET.get(name, ""))


def _done(request: HttpRequest, reference: UUID, act: Callable[[], object], said: str) -> HttpResponse:
    try:
        act()
    except Refused as refusal:
        messages.error(request, refusal.reason)
    except ObjectDoesNotExist as error:
        raise Http404 from error
    else:
        messages.success(request, said)
    return redirect("linkage:thread", reference)


@writer
@require_POST
def keep(request: HttpRequest, reference: UUID) -> HttpResponse:
    """Pin or unpin, close or open again."""
    by = who(request)
    acts: dict[str, tuple[Callable[[], object], str]] = {
        "pin": (lambda: actions.set_pinned(by=by, thread=reference, pinned=True), _("It stays on top.")),
        "unpin": (lambda: actions.set_pinned(by=by, thread=reference, pinned=False), _("It stays on top no more.")),
        "close": (lambda: actions.set_closed(by=by, thread=reference, closed=True), _("It is closed.")),
        "reopen": (lambda: actions.set_closed(by=by, thread=reference, closed=False), _("It is open again.")),
    }
    wanted = request.POST.get("act", "")
    if wanted not in acts:
        raise Http404
    return _done(request, reference, *acts[wanted])


@member
@require_POST
def follow(request: HttpRequest, reference: UUID) -> HttpResponse:
    """Be told of new posts, or no more."""
    by, wanted = who(request), request.POST.get("follow") == "yes"
    said = _("You are told of new posts.") if wanted else _("You are told of it no more.")
    return _done(request, reference, lambda: actions.follow(by=by, thread=reference, following=wanted), said)


@writer
@require_POST
def about(request: HttpRequest, reference: UUID) -> HttpResponse:
    """Tie the thread to one more thing."""
    by, address = who(request), request.POST.get("about", "")
    return _done(request, reference, lambda: actions.tie(by=by, thread=reference, about=address), _("Added."))


@require_safe
@member
def export(request: HttpRequest, reference: UUID) -> HttpResponse:
    """The thread as a text file, its handling on top. TLP:RED does not leave these pages."""
    by = who(request)
    with viewer(by):
        one = found(lambda: queries.thread(by, reference))
        if one.tlp == "RED":
            messages.error(request, _("TLP:RED is for those who read it here: it does not leave as a file."))
            return redirect("linkage:thread", reference)
        said = queries.all_posts(by, one, most=EXPORTED)
        where = places.names(by).get(one.principal, "")
        about_lines = _about(by, one)
        audit.record(by=by, verb="export", kind="thread", thing=one.pk, count=len(said), detail={"tlp": one.tlp})
    text = export_text.written(one, said, where=where, about=about_lines, reader=by.name, now=datetime.now(UTC))
    response = HttpResponse(text, content_type="text/markdown; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="thread-{one.reference}.md"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-store"
    return response


def _about(by: Viewer, one: Thread) -> list[str]:
    links: list[Any] = chain.links(by, "thread", str(one.reference))
    return [f"{each.words}: {each.shown.title} ({settings.PUBLIC_URL}{each.shown.url})" for each in links]
