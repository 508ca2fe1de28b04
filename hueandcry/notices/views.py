"""Pages of notices: the list, how one wants to be told, the feed, and the way out of letters without signing in."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hueandcry.audit import actions as audit
from hueandcry.members import shown_once
from hueandcry.members.access import member, public
from hueandcry.members.paging import page
from hueandcry.members.viewer import identify, viewer
from hueandcry.members.views import found, who
from hueandcry.notices import actions, feeds, letters, naming, queries
from hueandcry.notices.actions_webhook import ROLES as WEBHOOK_ROLES
from hueandcry.notices.forms import PreferenceForm
from hueandcry.notices.kinds import KINDS
from hueandcry.notices.models import Preference
from hueandcry.web.filters import Filter, Option


@never_cache
@member
@require_safe
def notices(request: HttpRequest) -> HttpResponse:
    """What one was told, the unread first where nothing else is asked."""
    by = who(request)
    kind = request.GET.get("kind", "") if request.GET.get("kind") in KINDS else ""
    state = request.GET.get("state", "")
    narrowed = bool(kind or state in ("unread", "all"))
    with viewer(by):
        unread = queries.notices(by, unread=True).count()
        only_unread = state == "unread" or (state != "all" and unread > 0 and not kind)
        shown = page(queries.notices(by, kind=kind, unread=only_unread), request.GET, {"at": "pk"}, "-at")
        audit.record(by=by, verb="list", kind="notice", count=len(shown.rows))
    for row in shown.rows:
        row.called = KINDS.get(row.kind, row.kind)
    context = {
        "page": shown,
        "unread": unread,
        "only_unread": only_unread,
        "filters": [
            Filter("state", _("State"), "one", [Option("unread", _("unread")), Option("all", _("all"))]),
            Filter("kind", _("About"), "one", [Option(key, str(said)) for key, said in KINDS.items()]),
        ],
        "narrowed": narrowed,
    }
    return render(request, "notices/notices.html", context)


@never_cache
@member
@require_safe
def notice(request: HttpRequest, reference: UUID) -> HttpResponse:
    """Where a letter's link leads: the notice becomes read, and one goes on to what it tells of."""
    by = who(request)
    with viewer(by):
        one = found(lambda: queries.notice(by, reference))
    actions.mark_read(by=by, references=[reference])
    return redirect(one.link or "notices:notices")


@member
@require_POST
def read(request: HttpRequest) -> HttpResponse:
    """Mark one notice read, or all."""
    by = who(request)
    asked = request.POST.getlist("notice")
    if asked:
        actions.mark_read(by=by, references=[one for text in asked if (one := _uuid(text)) is not None])
    elif "all" in request.POST:
        count = actions.mark_read(by=by)
        said = ngettext("%(count)s notice marked read.", "%(count)s notices marked read.", count)
        messages.success(request, said % {"count": count})
    back = QueryDict(request.POST.get("back", "")[:500])
    return redirect(f"{reverse('notices:notices')}?{back.urlencode()}" if back else "notices:notices")


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


@never_cache
@member
@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    """How one is told: letters and the feed."""
    by = who(request)
    with viewer(by):
        mine = queries.preference(by)
    told = [kind for kind in KINDS if kind not in mine.muted]
    form = PreferenceForm(request.POST or None, initial={"mail": mine.mail, "told": told})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        actions.set_preference(by=by, mail=given["mail"], muted=[k for k in KINDS if k not in given["told"]])
        messages.success(request, _("Saved."))
        return redirect("notices:preferences")
    secret = shown_once.take(request, "feed")
    context: dict[str, Any] = {
        "form": form,
        "feed": mine.feed is not None,
        "may_run": by.may(*WEBHOOK_ROLES),
        "address": request.build_absolute_uri(reverse("notices:feed", args=[secret])) if secret else "",
        "mail": request.user.email if request.user.is_authenticated else "",
    }
    return render(request, "notices/preferences.html", context, status=422 if form.errors else 200)


@member
@require_POST
def feed_address(request: HttpRequest) -> HttpResponse:
    """A new address for one's feeds, or none any more."""
    by = who(request)
    if "end" in request.POST:
        actions.end_feed(by=by)
        messages.success(request, _("Your feeds are closed; the address opens nothing any more."))
    else:
        shown_once.keep(request, "feed", actions.new_feed(by=by))
    return redirect(f"{reverse('notices:preferences')}#feed")


@public
@require_safe
def feed(request: HttpRequest, secret: str) -> HttpResponse:
    """One's notices as Atom, to whoever holds the secret, as far as its owner may read them now."""
    by = feeds.reader(secret)
    if by is None:
        raise Http404
    with viewer(by):
        rows = queries.latest(by, feeds.MOST)
        allowed = naming.named(by, [row.link for row in rows])
        audit.record(by=by, verb="list", kind="notice", count=len(rows))
    entries = [
        feeds.Entry(
            id=row.reference.urn,
            title=naming.title_of(row.kind, row.title, row.link, allowed),
            link=request.build_absolute_uri(reverse("notices:notice", args=[row.reference])),
            updated=row.at,
            category=row.kind,
        )
        for row in rows
    ]
    here = request.build_absolute_uri(reverse("notices:notices"))
    return feeds.answer(request, feeds.atom(id=here, title=_("Notices of Hue & Cry"), link=here, entries=entries))


@csrf_exempt  # RFC 8058: a mail program posts here in its reader's name and knows no token of ours
@public
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """End letters without signing in. GET asks first: mail servers open links to look at them."""
    person = letters.unsubscriber(token)
    if person is None:
        raise Http404
    if request.method == "POST":
        by = identify(person.pk, channel="e-mail")
        with viewer(by):
            muted = queries.preference(by).muted
        actions.set_preference(by=by, mail=Preference.Mail.NEVER, muted=muted)
    return render(request, "notices/unsubscribe.html", {"done": request.method == "POST"})
