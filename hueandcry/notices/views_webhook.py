"""Pages of webhooks, for those who run an organisation's machines."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hueandcry.members import shown_once
from hueandcry.members.access import role
from hueandcry.members.actions import Refused
from hueandcry.members.paging import page
from hueandcry.members.viewer import viewer
from hueandcry.members.views import attempt, found, who
from hueandcry.notices import actions_webhook as actions
from hueandcry.notices import queries
from hueandcry.notices.calls import DELAYS
from hueandcry.notices.forms import WebhookForm
from hueandcry.notices.kinds import KINDS

operator = role(*actions.ROLES)
_FIELDS = ("name", "url", "kinds")


@never_cache
@operator
@require_http_methods(["GET", "HEAD", "POST"])
def webhooks(request: HttpRequest) -> HttpResponse:
    """The webhooks of one's organisation, and a form for one more."""
    by = who(request)
    form = WebhookForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            reference, secret = actions.add(by=by, **{name: form.cleaned_data[name] for name in _FIELDS})
        except Refused as refusal:
            form.add_error("url" if "name already" not in refusal.reason else "name", refusal.reason)
        else:
            shown_once.keep(request, "webhook", secret)
            messages.success(request, _("The webhook is added. Give its secret to the program that is called."))
            return redirect("notices:webhook", reference)
    with viewer(by):
        rows = queries.webhooks(by)
    shown = {"rows": rows, "form": form}
    return render(request, "notices/webhooks.html", shown, status=422 if form.errors else 200)


@never_cache
@operator
@require_safe
def webhook(request: HttpRequest, reference: UUID) -> HttpResponse:
    """One webhook: what it is, and what it was sent."""
    by = who(request)
    with viewer(by):
        hook = found(lambda: queries.webhook(by, reference))
        history = page(queries.calls(by, hook), request.GET, {"at": "pk"}, "-at")
    for call in history.rows:
        call.called = KINDS.get(call.kind, _("a test"))
        call.last = call.tries > len(DELAYS)
    shown = {"hook": hook, "page": history, "secret": shown_once.take(request, "webhook"), "most": len(DELAYS) + 1}
    return render(request, "notices/webhook.html", shown)


@never_cache
@operator
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, reference: UUID) -> HttpResponse:
    """Change where and of what it tells."""
    by = who(request)
    with viewer(by):
        hook = found(lambda: queries.webhook(by, reference))
    form = WebhookForm(request.POST or None, initial={name: getattr(hook, name) for name in _FIELDS})
    if request.method == "POST" and form.is_valid():
        given = {name: form.cleaned_data[name] for name in _FIELDS}
        try:
            actions.change(by=by, reference=reference, **given)
        except Refused as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, _("Saved."))
            return redirect("notices:webhook", reference)
    shown = {"hook": hook, "form": form}
    return render(request, "notices/webhook_edit.html", shown, status=422 if form.errors else 200)


@operator
@require_POST
def act(request: HttpRequest, reference: UUID, what: str) -> HttpResponse:
    """Test, pause, go on, replace the secret, send one call again, or delete."""
    by = who(request)
    try:
        if what == "test":
            attempt(
                request,
                lambda: actions.test(by=by, reference=reference),
                _("A test is on its way; look again in a moment."),
            )
        elif what == "again":
            call = _uuid(request.POST.get("call", ""))
            attempt(
                request,
                lambda: actions.send_again(by=by, reference=reference, call=call),
                _("It is sent again; look again in a moment."),
            )
        elif what in ("pause", "resume"):
            actions.pause(by=by, reference=reference, paused=what == "pause")
            messages.success(request, _("Paused.") if what == "pause" else _("It goes on; what waited is sent now."))
        elif what == "secret":
            shown_once.keep(request, "webhook", actions.new_secret(by=by, reference=reference))
        else:
            actions.delete(by=by, reference=reference)
            messages.success(request, _("The webhook and its history are deleted."))
            return redirect("notices:webhooks")
    except ObjectDoesNotExist:
        raise Http404 from None
    return redirect("notices:webhook", reference)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Http404 from None
