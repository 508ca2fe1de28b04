"""Pages of recalls: news of what one's organisation received, and who has acted on one's own."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from hueandcry.audit import actions as audit
from hueandcry.exchange.actions import Refused
from hueandcry.exchange.models import Recall, RecallReceipt
from hueandcry.exchange.recall import actions, queries, signing, statements
from hueandcry.exchange.recall.forms import DoneForm
from hueandcry.members.access import ViewerRequest, member, public
from hueandcry.members.viewer import Viewer, viewer
from hueandcry.web.filters import Filter, Option


@member
@require_safe
def index(request: ViewerRequest) -> HttpResponse:
    """News to act on, and the standing of one's own."""
    states = {"open": _("To be acted on"), "overdue": _("Overdue"), "done": _("Done")}
    filters = [
        Filter(
            "side", _("Whose"), "one", [Option("theirs", _("What we received")), Option("ours", _("What we reported"))]
        ),
        Filter("state", _("State"), "one", [Option(key, words) for key, words in states.items()]),
    ]
    after, state = request.GET.get("after", ""), request.GET.get("state", "")
    with viewer(request.viewer) as who:
        rows, following = queries.recalls(
            who,
            side=request.GET.get("side", ""),
            state=state if state in states else "",
            today=_today(),
            after=int(after) if after.isdecimal() and len(after) < 19 else None,
        )
        audit.record(by=who, verb="read", kind="recall", thing="list", count=len(rows))
    shown = {
        "rows": [_row(row) for row in rows],
        "next": following,
        "filters": filters,
        "narrowed": any(request.GET.get(f.name) for f in filters),
    }
    return render(request, "exchange/recall/recalls.html", shown)


def _today() -> date:
    return datetime.now(UTC).date()


def _row(told: queries.Told) -> dict[str, Any]:
    total = len(told.receipts)
    done = sum(1 for r in told.receipts if r.acted_at or r.fetched_at)
    return {"told": told, "one": told.recall, "total": total, "done": done, "tone": _tone(told)}


def _tone(told: queries.Told) -> str:
    return "signal" if told.overdue else "good" if told.acted else "doubt"


@member
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: ViewerRequest, reference: UUID) -> HttpResponse:
    """One recall: what happened, what to do, and who has done it."""
    form = DoneForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.done(by=request.viewer, recall=reference, note=form.cleaned_data["note"])
        except Recall.DoesNotExist:
            raise Http404 from None
        except Refused as error:
            messages.error(request, error.reason)
        else:
            messages.success(request, _("Noted. Who reported it sees that you acted."))
        return redirect("exchange:recall", reference)
    with viewer(request.viewer) as who:
        told = _told(who, reference)
        one = told.recall
        names = queries.names(who, [one.organisation, *(r.organisation for r in told.receipts)])
        remotes = queries.remote_names(who, [r.remote for r in told.receipts])
        audit.record(by=who, verb="read", kind="recall", thing=one.pk)
    mine = [r for r in told.receipts if r.organisation == who.organisation]
    shown = {
        "told": told,
        "one": one,
        "what": statements.WORDS[Recall.Kind(one.kind)],
        "receipts": [_receipt(r, names, remotes) for r in told.receipts],
        "mine": mine,
        "may_act": any(r.acted_at is None for r in mine) and who.may(*actions.ACTORS),
        "form": form,
        "tone": _tone(told),
        "fingerprint": signing.fingerprint(),
    }
    return render(request, "exchange/recall/recall.html", shown)


def _told(who: Viewer, reference: UUID) -> queries.Told:
    try:
        return queries.recall(who, reference, today=_today())
    except Recall.DoesNotExist:
        raise Http404 from None


def _receipt(receipt: RecallReceipt, names: dict[int, str], remotes: dict[int, str]) -> dict[str, Any]:
    body = names.get(receipt.organisation or 0, "") if receipt.organisation else _("Strangers to the alliance")
    if receipt.remote:
        body += " · " + (remotes.get(receipt.remote) or _("another node or server"))
    return {"one": receipt, "who": body, "way": _way(receipt.channel)}


def _way(channel: str) -> str:
    words = {
        "page": _("page"), "export": _("file"), "api": _("REST"), "rest": _("REST"), "taxii": _("TAXII"),
        "misp": _("MISP"), "e-mail": _("e-mail"), "webhook": _("webhook"), "node": _("node"),
    }  # fmt: skip
    return words.get(channel, channel)


@member
@require_safe
def download(request: ViewerRequest, reference: UUID, part: str) -> HttpResponse:
    """What was signed (statement.json) or the signature (statement.sig), as files for openssl."""
    if part not in ("statement.json", "statement.sig"):
        raise Http404
    with viewer(request.viewer) as who:
        one = _told(who, reference).recall
        audit.record(by=who, verb="read", kind="recall", thing=one.pk, detail={"part": part})
    content = one.statement.encode() if part.endswith("json") else bytes(one.signature)
    kind = "application/json" if part.endswith("json") else "application/octet-stream"
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{part}"'
    response["Cache-Control"] = "no-store"
    return response


@public
@require_safe
def key(request: HttpRequest) -> HttpResponse:
    """The public key that our signatures are checked with."""
    return HttpResponse(signing.public_pem(), content_type="application/x-pem-file")
