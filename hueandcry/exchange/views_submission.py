"""Pages of submissions: the list, the drop zone, the receipt, and what can be done with what was sent."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hueandcry.audit import actions as audit
from hueandcry.exchange import actions, queries, receipts
from hueandcry.exchange.actions import SUBMITTERS, Refused
from hueandcry.exchange.formats import BY_NAME, FORMATS
from hueandcry.exchange.forms import HandlingForm, SendForm
from hueandcry.exchange.forms_report import EraseForm
from hueandcry.exchange.handling import BadHandling, Handling
from hueandcry.exchange.models import Remark, Submission
from hueandcry.members.access import ViewerRequest, member, role
from hueandcry.members.viewer import Viewer, viewer
from hueandcry.web.filters import Filter, Option

State = Submission.State
WORKING = (State.RECEIVED, State.READING)


@member
@require_safe
def index(request: ViewerRequest) -> HttpResponse:
    """What one's own organisation sent, the latest first."""
    states = Filter("state", _("State"), "one", [Option(s.value, str(s.label)) for s in State])
    wanted = request.GET.get("state", "")
    after = request.GET.get("after", "")
    with viewer(request.viewer) as who:
        rows, following = queries.submissions_page(
            who,
            state=wanted if wanted in State.values else "",
            after=int(after) if after.isdecimal() and len(after) < 19 else None,
        )
        audit.record(by=who, verb="read", kind="submission", thing="list", count=len(rows))
    may = request.viewer.may(*SUBMITTERS)
    shown = [{"one": one, "format": format_label(one.format)} for one in rows]
    return render(
        request, "exchange/submissions.html", {"rows": shown, "next": following, "filters": [states], "may_send": may}
    )


def format_label(name: str) -> str:
    """What a format is called; nothing for one that was not found out."""
    return BY_NAME[name].label if name in BY_NAME else ""


# Sending


@role(*SUBMITTERS)
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: ViewerRequest) -> HttpResponseBase:
    """The drop zone. Takes several files; answers the drop zone's script in JSON and a plain form with a redirect."""
    form, sight = handling_form(request)
    send = SendForm(request.POST or None)
    context = {"form": form, "send": send, "sight": sight, "formats": _accepted(), "limit": _limit()}
    if request.method != "POST" or "preview" in request.POST:
        return render(request, "exchange/submission_add.html", context)
    if not (form.is_valid() and send.is_valid()):
        return _refused(request, context, " ".join(_problems(form, send)))
    files = request.FILES.getlist("files")
    if not files:
        return _refused(request, context, _("No file was chosen."))
    try:
        handling = form.handling()
        received = [_take(request.viewer, one, send.cleaned_data["claimed"], handling) for one in files]
    except BadHandling as error:
        form.blame(error)
        return _refused(request, context, error.reason)
    except Refused as error:
        return _refused(request, context, error.reason)
    return _taken(request, received)


def handling_form(request: ViewerRequest, start: Handling | None = None) -> tuple[HandlingForm, queries.Sight]:
    """The form for handling, filled in from the request or the organisation's default, and who would see it."""
    with viewer(request.viewer) as who:
        start = start or queries.default_handling(who)
        listed = queries.addressees(who)
        form = HandlingForm(
            request.POST if request.method == "POST" else None,
            addressees=listed,
            start=start,
            others=queries.unlisted(who, start.recipients, listed),
        )
        chosen = start
        if form.is_bound and form.is_valid():
            try:
                chosen = form.handling()
            except BadHandling as error:
                form.blame(error)
        return form, queries.sight(who, chosen)


def _take(who: Viewer, file: UploadedFile[bytes], claimed: str, handling: Handling) -> actions.Received:
    if (file.size or 0) > settings.SUBMISSION_LIMIT:  # said before a gigabyte is taken into memory
        raise Refused(
            _("%(name)s is larger than %(limit)s MiB, the most that is taken at once. Send it in parts.")
            % {"name": file.name, "limit": _limit()}
        )
    return actions.receive(by=who, raw=file.read(), filename=file.name or "", claimed=claimed, handling=handling)


def _taken(request: ViewerRequest, received: list[actions.Received]) -> HttpResponseBase:
    url = reverse("exchange:submission", args=[received[0].reference])
    if _wants_json(request):
        said = "?repeat=1" if received[0].repeat else ""  # in the address: one of several dropped files opens later
        return JsonResponse({"url": url + said, "state": received[0].state, "repeat": received[0].repeat})
    if len(received) == 1:
        if received[0].repeat:
            messages.info(request, _("You sent these very bytes before. This is the receipt of then."))
        return redirect(url)
    messages.success(request, _("%(count)s files were taken. Each has its own receipt.") % {"count": len(received)})
    return redirect("exchange:submissions")


def _refused(request: ViewerRequest, context: dict[str, Any], what: str) -> HttpResponse:
    if _wants_json(request):
        told = {"what": what, "kept": _("Nothing of it was kept."), "do": _("Put it right and send it again.")}
        return JsonResponse({"error": told | {"reference": ""}}, status=400)
    return render(request, "exchange/submission_add.html", context | {"refused": what}, status=400)


def _wants_json(request: ViewerRequest) -> bool:
    return request.headers.get("Accept", "").startswith("application/json")


def _problems(*forms: Any) -> list[str]:
    return [
        f"{form.fields[name].label if name in form.fields else ''}: {' '.join(errors)}".lstrip(": ")
        for form in forms
        for name, errors in form.errors.items()
    ]


def _accepted() -> str:
    return ",".join(sorted({f".{extension}" for one in FORMATS for extension in one.extensions}))


def _limit() -> int:
    return int(settings.SUBMISSION_LIMIT // (1024 * 1024))


@role(*SUBMITTERS, "administrator")
@require_POST
def sight(request: ViewerRequest) -> HttpResponse:
    """Who would see what is handled as the form now says: a part of a page, asked for by its script."""
    form, seen = handling_form(request)
    return render(request, "exchange/sight.html", {"sight": seen, "form": form, "live": True})


# The receipt

PARTS = ("reports", "refusals", "losses", "file")


@member
@require_safe
def show(request: ViewerRequest, reference: UUID) -> HttpResponse:
    """The receipt: so many read, stored, known, refused; each refusal with its place; what it made."""
    after = request.GET.get("after", "")
    start = int(after) if after.isdecimal() and len(after) < 19 else 0
    with viewer(request.viewer) as who:
        one = _one(who, reference)
        counts = queries.remark_counts(who, one.pk)
        losses = counts.get(Remark.Kind.LOSS, 0)
        left, of_columns = receipts.on_columns(one.pk) if one.format == "csv" and losses else ("", 0)
        part = _which_part(request.GET.get("part", ""), one, losses)
        rows, following = _part(who, one.pk, part, start)
        context = {
            "one": one,
            "part": part,
            "rows": rows,
            "next": following,
            "reported_too": queries.submission_reported_too(who, one.pk) if one.reports else 0,
            "kept": queries.has_bytes(who, one.pk),
        }
        if part == "reports":
            too = queries.reported_too(who, [row.pk for row in rows])
            context["rows"] = [{"report": row, "too": too.get(row.pk, 0)} for row in rows]
        audit.record(by=who, verb="read", kind="submission", thing=one.pk)
    context |= {
        "format": format_label(one.format),
        "found_out": one.format == "csv" and one.mapping is None and context["kept"],
        "columns_left": left,
        "told": losses - of_columns,
        "claimed": format_label(one.claimed) or one.claimed,
        "working": one.state in WORKING,
        "own": one.organisation_id == request.viewer.organisation and request.viewer.may(*SUBMITTERS),
        "sha256": bytes(one.sha256).hex(),
        "tabs": _tabs(one, part, losses) if one.state != State.ERASED else [],
        "again": context["kept"]
        and (one.state == State.FAILED or (one.state == State.UNREADABLE and one.format != "")),
    }
    return render(request, "exchange/submission.html", context)


def _which_part(asked: str, one: Submission, losses: int) -> str:
    if one.state == State.ERASED:
        return "file"
    if asked in PARTS:
        return asked
    return "reports" if one.reports else "refusals" if one.refused else "losses" if losses else "file"


def _one(who: Viewer, reference: UUID) -> Submission:
    try:
        return queries.submission(who, reference)
    except Submission.DoesNotExist:
        raise Http404 from None


def _part(who: Viewer, submission: int, part: str, after: int) -> tuple[list[Any], int | None]:
    if part == "reports":
        return queries.made_reports(who, submission, after=after)
    if part in ("refusals", "losses"):
        kind = Remark.Kind.REFUSAL if part == "refusals" else Remark.Kind.LOSS
        return queries.remarks_page(who, submission, kind, after=after)
    return [], None


def _tabs(one: Submission, part: str, losses: int) -> list[dict[str, Any]]:
    named = (
        ("reports", _("Reports made"), one.reports),
        ("refusals", _("Refused"), one.refused),
        ("losses", _("Not carried over"), losses),
        ("file", _("File and handling"), None),
    )
    return [{"label": label, "url": f"?part={key}", "current": key == part, "count": n} for key, label, n in named]


@member
@require_safe
def progress(request: ViewerRequest, reference: UUID) -> HttpResponse:
    """How far reading has come: a part of the receipt, asked for every two seconds until it is done."""
    with viewer(request.viewer) as who:
        one = _one(who, reference)
    response = render(request, "exchange/submission_progress.html", {"one": one, "working": one.state in WORKING})
    if one.state not in WORKING and request.headers.get("HX-Request"):
        response.headers["HX-Refresh"] = "true"
    return response


@member
@require_safe
def raw(request: ViewerRequest, reference: UUID) -> HttpResponse:
    """The bytes as they came, as a file that no browser opens by itself."""
    with viewer(request.viewer) as who:
        one = _one(who, reference)
    try:
        content = actions.raw_bytes(by=request.viewer, submission=one.pk)
    except Refused as error:
        messages.error(request, error.reason)
        return redirect("exchange:submission", reference)
    response = HttpResponse(content, content_type="application/octet-stream")
    response.headers["Content-Disposition"] = f'attachment; filename="submission-{one.reference}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-store"
    return response


@role(*SUBMITTERS)
@require_POST
def again(request: ViewerRequest, reference: UUID) -> HttpResponse:
    """Read once more what could not be read."""
    with viewer(request.viewer) as who:
        one = _one(who, reference)
    try:
        state = actions.read_again(by=request.viewer, submission=one.pk)
    except Refused as error:
        messages.error(request, error.reason)
    else:
        done = state == State.DONE
        (messages.success if done else messages.warning)(
            request, _("It was read.") if done else _("It could not be read this time either; the reason stands below.")
        )
    return redirect("exchange:submission", reference)


@role(*SUBMITTERS)
@require_http_methods(["GET", "HEAD", "POST"])
def erase(request: ViewerRequest, reference: UUID) -> HttpResponse:
    """Erase what was sent; says before what goes and what stays."""
    with viewer(request.viewer) as who:
        one = _one(who, reference)
    form = EraseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.erase(by=request.viewer, submission=one.pk, reason=form.cleaned_data["reason"])
        except Refused as error:
            form.add_error(None, error.reason)
        else:
            messages.success(request, _("It is erased: bytes, key, reports and values are gone. This receipt stays."))
            return redirect("exchange:submission", reference)
    return render(request, "exchange/erase.html", {"one": one, "form": form, "sha256": bytes(one.sha256).hex()})
