"""Pages of one post and of one file: HTTP only."""

from __future__ import annotations

from urllib.parse import quote
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from hueandcry.chain import queries as chain
from hueandcry.exchange.queries import ids_of
from hueandcry.exchange.recall import deliveries
from hueandcry.linkage.forum import actions, files, queries
from hueandcry.linkage.forum.forms import EditForm
from hueandcry.linkage.models import Attachment, Room
from hueandcry.members.access import member, role
from hueandcry.members.actions import Refused
from hueandcry.members.viewer import Viewer, viewer
from hueandcry.members.views import found, who

writer = role(*actions.ROLES)


@require_safe
@member
def post(request: HttpRequest, reference: UUID) -> HttpResponse:
    """To a post, on the page of its thread that begins with it."""
    by = who(request)
    with viewer(by):
        one = found(lambda: queries.post(by, reference))
        before = queries.before(by, one) if one.thread.posts > queries.PAGE else None
    after = f"?after={before}" if before else ""
    response = redirect("linkage:thread", one.thread.reference)
    response["Location"] += f"{after}#post-{reference}"
    return response


@writer
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, reference: UUID) -> HttpResponse:
    """Change one's own post."""
    by = who(request)
    with viewer(by):
        one = found(lambda: queries.post(by, reference))
    if one.person != by.person or one.withdrawn_at is not None or one.thread.closed_at is not None:
        raise Http404
    form = EditForm(request.POST or None, initial={"text": one.text})
    if request.method == "POST" and form.is_valid():
        try:
            actions.edit(by=by, post=reference, text=form.cleaned_data["text"])
        except Refused as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, _("Changed. What it said before stands beside it."))
            return redirect("linkage:post", reference)
    context = {"post": one, "form": form}
    return render(request, "linkage/forum/edit.html", context, status=422 if form.errors else 200)


@writer
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, reference: UUID) -> HttpResponse:
    """Withdraw a post; says before what goes and what stays."""
    by = who(request)
    with viewer(by):
        one = found(lambda: queries.post(by, reference))
        may = one.withdrawn_at is None and (one.person == by.person or actions.leads(by, one.thread))
    if not may:
        raise Http404
    if request.method == "POST":
        try:
            actions.withdraw(by=by, post=reference)
        except Refused as refusal:
            messages.error(request, refusal.reason)
        else:
            messages.success(request, _("Withdrawn: its words and files are gone."))
        return redirect("linkage:post", reference)
    return render(request, "linkage/forum/withdraw.html", {"post": one, "own": one.person == by.person})


@require_safe
@member
def download(request: HttpRequest, reference: UUID) -> HttpResponse:
    """A file's bytes, as a file that no browser opens by itself; the act is recorded before the first byte."""
    by = who(request)
    try:
        with viewer(by):
            one = found(lambda: queries.attachment(by, reference))
            raw = files.content(by, one)
            deliveries.note_reports(by=by, channel=by.channel, reports=_reports(by, one))
    except Refused as refusal:
        messages.error(request, refusal.reason)
        return redirect("linkage:forum")
    response = HttpResponse(raw, content_type="application/octet-stream")
    plain = one.filename.encode("ascii", "replace").decode().replace("?", "_").replace("\\", "_").replace("%", "_")
    response.headers["Content-Disposition"] = (
        f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(one.filename, safe='')}"
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "no-store"
    return response


def _reports(by: Viewer, one: Attachment) -> list[int]:
    """The reports that the file has to do with, as far as the viewer sees them: those that its thread is about, or that
    its room works on. A recall of one of them reaches who took the file."""
    ends = []
    if one.post is not None:
        ends.append(("thread", str(one.post.thread.reference)))
    room = Room.objects.filter(pk=one.room).first() if one.room and one.post is None else None
    if room is not None:
        ends.append(("room", str(room.reference)))
    links = [each for kind, reference in ends for each in chain.links(by, kind, reference)]
    return ids_of(by, [UUID(each.thing) for each in links if each.kind == "report" and each.relation != "shares"])


@writer
@require_http_methods(["GET", "HEAD", "POST"])
def erase(request: HttpRequest, reference: UUID) -> HttpResponse:
    """Erase a file; says before what goes and what stays."""
    by = who(request)
    with viewer(by):
        one = found(lambda: queries.attachment(by, reference))
        room = Room.objects.filter(pk=one.room).first() if one.room else None
    back = reverse("linkage:forum")
    if one.post is not None:
        back = reverse("linkage:post", args=[one.post.reference])
    elif room is not None:
        back = reverse("linkage:room", args=[room.reference]) + "?part=files"
    if request.method == "POST":
        try:
            actions.erase_file(by=by, attachment=reference)
        except Refused as refusal:
            messages.error(request, refusal.reason)
        except ObjectDoesNotExist as error:
            raise Http404 from error
        else:
            messages.success(request, _("Erased: bytes, key and name are gone."))
        return redirect(back)
    context = {"file": one, "sha256": bytes(one.sha256).hex(), "back": back}
    return render(request, "linkage/forum/erase.html", context)
