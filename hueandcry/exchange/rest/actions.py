"""Writes of REST itself: the answer to a call with an Idempotency-Key is kept for a day and given again."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.utils.timezone import now
from django.utils.translation import gettext as _

from hueandcry.audit import actions as audit
from hueandcry.exchange.models import KeptAnswer
from hueandcry.exchange.rest.errors import Stop
from hueandcry.members.viewer import Viewer, viewer

KEPT = timedelta(hours=24)
ABANDONED = timedelta(minutes=2)  # a call that has not answered by then was killed; the next one runs again
LONGEST_KEY = 255


class Replay(Exception):
    """The call was made before: ``response`` is what it was answered."""

    def __init__(self, response: HttpResponse) -> None:
        super().__init__("answered before")
        self.response = response


@dataclass(frozen=True, slots=True)
class Claim:
    """A key that this call has taken, to be answered for or let go."""

    by: Viewer
    id: int


def claim(*, by: Viewer, request: HttpRequest) -> Claim | None:
    """Take the key that a call brings; None where it brings none.

    Raises Replay with the kept answer; stops with 409 while the same call runs, and with 422 where the key was used
    for another call.
    """
    key = request.headers.get("Idempotency-Key", "")
    if not key or by.token is None:
        return None
    if len(key) > LONGEST_KEY or not key.isascii() or not key.isprintable():
        said = _("Idempotency-Key: at most %(most)s printable ASCII characters; a UUID does")
        raise Stop(422, "key", said % {"most": LONGEST_KEY}, field="Idempotency-Key")
    digest = digest_of(request)
    with viewer(by):
        with connection.cursor() as cursor:
            cursor.execute("SELECT hueandcry_forget_answers(%s)", [int(KEPT.total_seconds())])
            cursor.execute(
                "INSERT INTO exchange_keptanswer (token, person, key, digest, media) VALUES (%s, %s, %s, %s, '')"
                " ON CONFLICT (token, key) DO NOTHING RETURNING id",
                [by.token, by.person, key, digest],
            )
            row = cursor.fetchone()
        found = Claim(by, row[0]) if row else _earlier(by, key, digest)
    if isinstance(found, Replay):  # raised only now: that it was answered again stays in the record
        raise found
    return found


def _earlier(by: Viewer, key: str, digest: bytes) -> Claim | Replay:
    earlier = KeptAnswer.objects.select_for_update().filter(token=by.token or 0, key=key).first()
    if earlier is None:  # let go this very moment: the other call failed
        raise Stop(409, "running", _("The same call has just failed. Send it again."), again_in=1)
    if bytes(earlier.digest) != digest:
        said = _("This Idempotency-Key was used for another call. Nothing was done; take a new key for a new call.")
        raise Stop(422, "key", said, field="Idempotency-Key")
    if earlier.status is not None:
        audit.record(by=by, verb="answer again", kind="call", thing=earlier.pk)
        again = HttpResponse(bytes(earlier.body or b""), status=earlier.status, content_type=earlier.media)
        again["Idempotent-Replayed"] = "true"
        return Replay(again)
    if earlier.started_at > now() - ABANDONED:
        said = _("The same call is being answered. Ask again in a moment; it runs once.")
        raise Stop(409, "running", said, again_in=1)
    KeptAnswer.objects.filter(pk=earlier.pk).update(started_at=now())
    return Claim(by, earlier.pk)


def settle(*, claim: Claim, response: HttpResponse) -> None:
    """Keep a success to be given again; let the key of a failure go, since nothing came of it."""
    with viewer(claim.by):
        kept = KeptAnswer.objects.filter(pk=claim.id)
        if 200 <= response.status_code < 300 and not response.streaming:
            kept.update(status=response.status_code, media=response.headers["Content-Type"], body=response.content)
        else:
            kept.delete()


def digest_of(request: HttpRequest) -> bytes:
    """What a call says: method, address, and its body (a form's files by content, for each try has a new boundary).

    The body is read here and put back for the operation.
    """
    digest = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    if (request.content_type or "").startswith("multipart/"):
        for name, values in sorted(request.POST.lists()):
            digest.update(repr((name, values)).encode())
        for name, files in sorted(request.FILES.lists()):
            for file in files:
                digest.update(repr((name, file.name)).encode())
                for part in file.chunks():
                    digest.update(part)
                file.seek(0)
    else:
        # One byte more than any operation takes, so that what is too large stays too large.
        raw = request.read(settings.SUBMISSION_LIMIT + 1)
        digest.update(raw)
        request._stream = BytesIO(raw)
        request.__dict__["_read_started"] = False
    return digest.digest()
