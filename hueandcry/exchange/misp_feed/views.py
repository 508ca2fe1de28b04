"""The feed that MISP subscribes to. For programs: a token by Basic (e-mail and token) or in the header Authorization.

Each answer is recorded, and noted for recalls, before its first byte; then it streams. A client that has the same
already (If-None-Match) gets 304 and nothing is noted.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from functools import wraps
from typing import Any
from uuid import UUID

import orjson
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hueandcry.audit import actions as audit
from hueandcry.exchange.misp_feed import queries, writing
from hueandcry.exchange.recall import deliveries
from hueandcry.members.tokens import TokenError, token_viewer
from hueandcry.members.viewer import Viewer, viewer

CHANNEL = "misp"
WRITER = "1"  # grows when the same report is written in another way: what clients keep no longer holds
JSON = "application/json"
HELD = 4_000_000  # bytes of an event that are held in memory; a larger one is written twice, for its hash and for real

Answer = Callable[..., HttpResponseBase]


def _program(view: Answer) -> Answer:
    """The access rule: a token with the scope "read", of somebody whose organisation is a member in good standing."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            who = token_viewer(_header(request), "read", CHANNEL)
            if not who.vetted:
                raise TokenError(_("Your organisation is not yet, or no longer, a member in good standing."), 403)
        except TokenError as error:
            return _refused(error.status, error.reason)
        return view(request, who, *args, **kwargs)

    guarded.access = "token: read"  # type: ignore[attr-defined]
    return guarded


def _header(request: HttpRequest) -> str:
    """The header; a bare token, as MISP's own interface takes its keys, is a bearer's."""
    header = request.headers.get("Authorization", "").strip()
    return f"Bearer {header}" if header and " " not in header else header


@_program
@require_safe
def index(request: HttpRequest, who: Viewer) -> HttpResponse:
    """The feeds that this token can follow, in the form in which MISP imports definitions of feeds."""
    with viewer(who):
        found = queries.feeds(who)
        audit.record(by=who, verb="list", kind="feed", count=len(found))
    return _defined(request, found)


@_program
@require_safe
def one(request: HttpRequest, who: Viewer, feed: str) -> HttpResponse:
    """What stands at the address that is given to MISP, for whoever tries it first: this feed's definition alone."""
    with viewer(who):
        found = queries.feed(who, feed)
        audit.record(by=who, verb="list", kind="feed", count=1 if found else 0)
    return _defined(request, [found]) if found else _absent()


def _defined(request: HttpRequest, found: Sequence[queries.Feed]) -> HttpResponse:
    listed = [{"Feed": _definition(request, one)} for one in found]
    return HttpResponse(orjson.dumps(listed, option=orjson.OPT_INDENT_2), content_type=JSON)


def _definition(request: HttpRequest, feed: queries.Feed) -> dict[str, Any]:
    address = request.build_absolute_uri(reverse("misp:manifest", args=[feed.slug])).removesuffix("manifest.json")
    return {
        "name": f"Hue & Cry: {feed.name}", "provider": "Hue & Cry", "url": address, "rules": "", "enabled": False,
        "distribution": "0", "default": False, "source_format": "misp", "fixed_event": False, "delta_merge": False,
        "publish": False, "override_ids": False, "input_source": "network", "delete_local_file": False,
        "lookup_visible": True, "headers": "Authorization: Bearer <token>", "caching_enabled": True,
    }  # fmt: skip


@_program
@require_safe
def manifest(request: HttpRequest, who: Viewer, feed: str) -> HttpResponseBase:
    """What events there are, and of when."""
    return _list(request, who, feed, "manifest", JSON, queries.manifest)


@_program
@require_safe
def hashes(request: HttpRequest, who: Viewer, feed: str) -> HttpResponseBase:
    """Which event holds which value, by the value's MD5."""
    return _list(request, who, feed, "hashes", "text/csv; charset=utf-8", queries.hashes)


Streamed = Callable[[Viewer, list[int]], Iterator[bytes]]


def _list(request: HttpRequest, who: Viewer, slug: str, what: str, media: str, parts: Streamed) -> HttpResponseBase:
    """Answer with a file that tells of every event of a feed."""
    with viewer(who):
        feed = queries.feed(who, slug)
    if feed is None:
        return _absent()
    within = queries.audiences(who, feed)
    with viewer(who):
        count, state = queries.state(who, within)
        tag = _tag(what, slug, state)
        if _has(request, tag):
            return _same(tag)
        if request.method != "HEAD":
            audit.record(by=who, verb="export", kind="report", count=count, detail={"format": "misp", "file": what})
            deliveries.note_everything(by=who, channel=CHANNEL)
    return _answer(request, media, tag, _streamed(who, lambda: parts(who, within)))


@_program
@require_safe
def event(request: HttpRequest, who: Viewer, feed: str, key: UUID) -> HttpResponseBase:
    """One event, whole."""
    with viewer(who):
        found = queries.feed(who, feed)
    if found is None:
        return _absent()
    within = queries.audiences(who, found)
    with viewer(who):
        one = queries.event(who, within, key)
        if one is None:
            return _absent()
        report, parts = one
        head, digest = _begun(writing.file(parts))
        tag = _tag("event", str(key), digest)
        if _has(request, tag):
            return _same(tag)
        if request.method != "HEAD":
            audit.record(by=who, verb="export", kind="report", thing=report, detail={"format": "misp"})
            deliveries.note_reports(by=who, channel=CHANNEL, reports=[report])
    if head is not None:
        return _answer(request, JSON, tag, iter((head,)))

    def again() -> Iterator[bytes]:
        held = queries.event(who, within, key)
        return writing.file(held[1]) if held else iter(())

    return _answer(request, JSON, tag, _streamed(who, again))


def _begun(parts: Iterator[bytes]) -> tuple[bytes | None, str]:
    """The whole of an event (None where it is too large to be held) and a hash of it."""
    digest, held, size = hashlib.blake2b(digest_size=16), bytearray(), 0
    for part in parts:
        digest.update(part)
        size += len(part)
        if size <= HELD:
            held += part
    return bytes(held) if size <= HELD else None, digest.hexdigest()


def _streamed(who: Viewer, parts: Callable[[], Iterator[bytes]]) -> Iterator[bytes]:
    with viewer(who):
        yield from parts()


def _answer(request: HttpRequest, media: str, tag: str, parts: Iterator[bytes]) -> HttpResponseBase:
    if request.method == "HEAD":
        return _marked(HttpResponse(content_type=media), tag)
    return _marked(StreamingHttpResponse(parts, content_type=media), tag)


def _same(tag: str) -> HttpResponseBase:
    return _marked(HttpResponse(status=304), tag)


def _marked(response: HttpResponseBase, tag: str) -> HttpResponseBase:
    """Kept by its asker alone, who asks each time whether it still holds."""
    response.headers["ETag"] = tag
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["X-Content-Type-Options"] = "nosniff"
    patch_vary_headers(response, ["Authorization"])
    return response


def _tag(*parts: str) -> str:
    digest = hashlib.blake2b("\0".join((WRITER, *parts)).encode(), digest_size=16).hexdigest()
    return f'"{digest}"'


def _has(request: HttpRequest, tag: str) -> bool:
    told = {one.strip().removeprefix("W/") for one in request.headers.get("If-None-Match", "")[:2_000].split(",")}
    return tag in told or "*" in told


def _refused(status: int, reason: str) -> HttpResponse:
    response = _error(status, "closed", reason)
    if status == 401:
        response.headers["WWW-Authenticate"] = 'Basic realm="Hue & Cry", charset="UTF-8"'
    return response


def _absent() -> HttpResponse:
    return _error(404, "absent", _("There is nothing by this name that you may see."))


def _error(status: int, code: str, message: str) -> HttpResponse:
    body = orjson.dumps({"error": {"code": code, "message": message}})
    response = HttpResponse(body, status=status, content_type=JSON)
    response.headers["Cache-Control"] = "no-store"
    return response
