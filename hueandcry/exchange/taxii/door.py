"""Every request to the TAXII server comes through here: who asks, what is asked for, the answer or the error message.

Programs need none of what pages have (sessions, cookies, messages, languages), so project/wsgi.py hands requests below
/taxii2/ to ``door`` directly; the urls of this part name the same function. It states its own access rule, sets its own
headers and bounds its own bodies.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from typing import Any, Final, NamedTuple

import orjson
from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from hueandcry.audit import actions as audit
from hueandcry.exchange import actions
from hueandcry.exchange.recall import deliveries
from hueandcry.exchange.taxii import collections, deletion, intake, negotiation, pages, parameters, places
from hueandcry.exchange.taxii.collections import Collection
from hueandcry.exchange.taxii.negotiation import MEDIA_TYPE
from hueandcry.exchange.taxii.problems import Problem, absent, malformed
from hueandcry.exchange.taxii.sign_in import Caller, caller_of
from hueandcry.members.viewer import Viewer, viewer
from hueandcry.web.middleware import HEADERS

log = logging.getLogger(__name__)

ROOT: Final = "/taxii2/"
API_ROOT: Final = "/taxii2/alliance/"

_PATH: Final = re.compile(
    r"/taxii2/(?P<root>alliance/(?:status/(?P<status>[^/]+)/|(?P<collections>collections/)"
    r"(?:(?P<collection>[^/]+)/(?:(?P<manifest>manifest/)|(?P<objects>objects/)"
    r"(?:(?P<object>[^/]+)/(?P<versions>versions/)?)?)?)?)?)?"
)


# What every answer carries; requests that come through Django's middleware get the same there.
_HEADERS: Final = HEADERS | {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
}


class Asked(NamedTuple):
    """One request: to whom it speaks, and the parts of its address."""

    request: HttpRequest
    caller: Caller
    collection: str
    object: str
    status: str


Answer = Callable[[Asked], HttpResponse]


@csrf_exempt
def door(request: HttpRequest, **_parts: str) -> HttpResponse:
    """Answer one request. Whatever goes wrong is told by the error message of the standard."""
    try:
        request.get_host()
        response = _answered(request)
    except Problem as problem:
        response = _told(problem)
    except DisallowedHost:
        response = _told(Problem(400, "host", _("This server does not answer to the name you called it by.")))
    except Exception:
        fault = Problem(
            500,
            "fault",
            _("Something went wrong, for a fault of ours."),
            _("Nothing was changed unless you were told so before. Name the error_id when you report this."),
        )
        log.exception("error_id %s: %s %s", fault.id, request.method, request.path)
        response = _told(fault)
    response.headers["Content-Length"] = str(len(response.content))
    if request.method == "HEAD":
        response.content = b""
    if settings.HTTPS and request.is_secure():
        response.headers["Strict-Transport-Security"] = f"max-age={settings.SECURE_HSTS_SECONDS}"
    return response


door.access = "token: read, submit; what is for everybody: public"  # type: ignore[attr-defined]


def _answered(request: HttpRequest) -> HttpResponse:
    """A connection that the database closed while nobody asked is noticed here; reading once more does no harm."""
    try:
        return _answer(request)
    except (OperationalError, InterfaceError):
        if request.method not in ("GET", "HEAD") or connection.is_usable():
            raise
        connection.close()
        return _answer(request)


def _answer(request: HttpRequest) -> HttpResponse:
    parts = _PATH.fullmatch(request.path)
    if parts is None or "\0" in request.path:
        hint = _("Addresses of TAXII end with a slash.") if not request.path.endswith("/") else ""
        raise Problem(404, "absent", _("There is nothing by this address."), hint)
    methods = _methods(parts)
    method = "GET" if request.method == "HEAD" else request.method or ""
    if method not in methods:
        allowed = ", ".join(methods)
        raise Problem(
            405, "method", _("This address does not take %(method)s.") % {"method": method[:20]},
            _("It takes: %(allowed)s.") % {"allowed": allowed}, headers={"Allow": allowed},
        )  # fmt: skip
    caller = caller_of(request.headers.get("Authorization", ""), writes=method != "GET")
    negotiation.require_accept(request.headers.get("Accept", ""))
    asked = Asked(request, caller, parts["collection"] or "", parts["object"] or "", parts["status"] or "")
    return methods[method](asked)


def _methods(parts: re.Match[str]) -> dict[str, Answer]:
    if parts["versions"]:
        return {"GET": _versions}
    if parts["object"]:
        return {"GET": _object, "DELETE": _delete}
    if parts["objects"]:
        return {"GET": _objects, "POST": _post}
    if parts["manifest"]:
        return {"GET": _manifest}
    if parts["collection"]:
        return {"GET": _collection}
    if parts["collections"]:
        return {"GET": _collections}
    if parts["status"]:
        return {"GET": _status}
    return {"GET": _api_root} if parts["root"] else {"GET": _discovery}


def _said(content: Any, status: int = 200, headers: dict[str, str] | None = None) -> HttpResponse:
    body = content if isinstance(content, bytes) else orjson.dumps(content)
    return HttpResponse(body, status=status, content_type=MEDIA_TYPE, headers=_HEADERS | (headers or {}))


def _told(problem: Problem) -> HttpResponse:
    headers = dict(problem.headers)
    if problem.status == 401:
        headers["WWW-Authenticate"] = 'Basic realm="Hue & Cry", charset="UTF-8", Bearer realm="Hue & Cry"'
    return _said(problem.body(), problem.status, headers)


def _discovery(asked: Asked) -> HttpResponse:
    return _said(
        {
            "title": "Hue & Cry",
            "description": _("Reports of cybercrime, shared by the members of an alliance."),
            "default": API_ROOT,
            "api_roots": [API_ROOT],
        }
    )


def _api_root(asked: Asked) -> HttpResponse:
    return _said(
        {
            "title": _("The alliance"),
            "description": _("All collections of this server. Sign in with an API token, by Basic or Bearer."),
            "versions": [MEDIA_TYPE],
            "max_content_length": settings.SUBMISSION_LIMIT,
        }
    )


def _collections(asked: Asked) -> HttpResponse:
    with viewer(asked.caller.viewer) as by:
        found = collections.visible(by, asked.caller.scopes)
    if not found and asked.caller.stranger:
        raise unknown()
    return _said({"collections": [one.resource() for one in found]} if found else {})


def _collection(asked: Asked) -> HttpResponse:
    return _said(_named(asked).resource())


def _named(asked: Asked) -> Collection:
    """The collection of the address. Raises Problem: 404, or to a stranger 401, whether there is one or not."""
    with viewer(asked.caller.viewer) as by:
        found = collections.one(by, asked.caller.scopes, asked.collection)
    if found is None:
        raise unknown() if asked.caller.stranger else absent()
    return found


def unknown() -> Problem:
    """401: it may be there for somebody who says who they are."""
    return Problem(
        401, "closed", _("Say who you are."), _("Send an API token: Basic with your e-mail and the token, or Bearer.")
    )


def _objects(asked: Asked) -> HttpResponse:
    return _page(asked, "objects", b"objects")


def _manifest(asked: Asked) -> HttpResponse:
    return _page(asked, "manifest", b"objects")


def _object(asked: Asked) -> HttpResponse:
    return _page(asked, "object", b"objects")


def _versions(asked: Asked) -> HttpResponse:
    return _page(asked, "versions", b"versions")


def _page(asked: Asked, kind: str, name: bytes) -> HttpResponse:
    """One page; what it gave is in the audit record, and noted as delivered, before its first byte leaves."""
    wanted = parameters.read(asked.request.META.get("QUERY_STRING", ""), kind)
    reference = collections.as_identifier(asked.collection) or _named(asked).reference
    asked.caller.require("read")
    bound_to = "\n".join((str(reference), kind, asked.object, wanted.filters()))
    try:
        after = places.opened(wanted.next, bound_to) if wanted.next else None
    except places.Misplaced:
        raise malformed("next", _("It is no place in this collection as it was asked for.")) from None
    with viewer(asked.caller.viewer, one_plan=True) as by:
        page = pages.page(by, reference, kind, wanted, after=after, object_id=asked.object)
        held = page is not None and (page.size or not asked.object or pages.holds(by, reference, asked.object, wanted))
        if page is not None and held:
            _record(by, kind, page)
    # raised out here: to roll back would take from the connection all that is prepared
    if page is None:
        raise unknown() if asked.caller.stranger else absent()
    if not held:
        raise absent(_("This collection holds no such object."))
    stands = max(filter(None, (wanted.added_after, after.added if after else None)), default=None)
    return _said(_envelope(page, name, bound_to), headers=pages.dates(page, stands))


def _record(by: Viewer, kind: str, page: pages.Page) -> None:
    """The act of the audit record, and where objects leave, that they were delivered."""
    verb = f"read {kind}"
    if page.first and page.last and kind in ("objects", "object"):
        first, last = page.first.number, page.last.number
        deliveries.record_stretch(
            by=by, channel="taxii", verb=verb, collection=page.collection, first=first, last=last, count=page.size
        )
    else:
        audit.record(by=by, verb=verb, kind="collection", thing=page.collection, count=page.size)


def _envelope(page: pages.Page, name: bytes, bound_to: str) -> bytes:
    if not page.size or page.last is None:
        return b"{}"
    head = b'{"more":true,"next":"%s",' % places.sealed(page.last, bound_to).encode() if page.more else b"{"
    return b"".join((head, b'"', name, b'":[', page.body, b"]}"))


def _post(asked: Asked) -> HttpResponse:
    collection = _named(asked)
    if not collection.can_write:
        raise Problem(403, "closed", _("You may not send objects into this collection."))
    negotiation.require_content_type(asked.request.headers.get("Content-Type", ""))
    raw = _body(asked.request)
    try:
        status = intake.receive(by=asked.caller.viewer, collection=collection, raw=raw)
    except actions.Refused as refused:
        raise Problem(403, "refused", _("This was not taken."), refused.reason) from None
    return _said(status, 202)


def _body(request: HttpRequest) -> bytes:
    """The body of a request, within max_content_length."""
    most = settings.SUBMISSION_LIMIT
    announced = request.META.get("CONTENT_LENGTH") or "0"
    if announced.isdecimal() and int(announced) > most:
        raw = b""
    elif "HTTP_TRANSFER_ENCODING" in request.META and "wsgi.input" in request.META:
        raw = request.META["wsgi.input"].read(most + 1)  # Django reads as far as a length that was announced
    else:
        raw = request.read(most + 1)
    if len(raw) > most or (announced.isdecimal() and int(announced) > most):
        raise Problem(
            413, "size", _("This is larger than max_content_length."), _("Nothing was kept. Send it in parts."),
            details={"max_content_length": most},
        )  # fmt: skip
    return raw


def _delete(asked: Asked) -> HttpResponse:
    wanted = parameters.read(asked.request.META.get("QUERY_STRING", ""), "deletion")
    collection = _named(asked)
    if not collection.can_read and not collection.can_write:
        raise absent()
    if not (collection.can_read and collection.can_write):
        raise Problem(403, "closed", _("You may not delete objects of this collection."))
    deletion.delete(by=asked.caller.viewer, collection=collection.reference, object_id=asked.object, wanted=wanted)
    return _said(b"")


def _status(asked: Asked) -> HttpResponse:
    if asked.caller.stranger:
        raise unknown()
    asked.caller.require("submit")
    reference = collections.as_identifier(asked.status)
    found = intake.status(by=asked.caller.viewer, reference=reference) if reference else None
    if found is None:
        raise absent()
    return _said(found)
