"""Our side of TAXII 2.1 as a client: what a server offers, pages of a collection, sending to one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode, urljoin

import msgspec
import orjson

from hueandcry.exchange.remotes.outward import Answer, RemoteError, Server

MEDIA = "application/taxii+json;version=2.1"
ROOTS = 20  # API roots looked at
COLLECTIONS = 500
PAGE = 1_000  # objects asked for at once
MATCHES = ("type", "id", "version", "spec_version")
NOT_TAXII = "The server does not answer as a TAXII 2.1 server does. Is the address right?"


@dataclass(frozen=True, slots=True)
class Offered:
    """One collection of a server."""

    url: str  # of the collection, with a slash at the end
    title: str
    root: str  # the title of its API root
    can_read: bool
    can_write: bool


@dataclass(frozen=True, slots=True)
class Page:
    """One page of objects, each as the text it came as, and where to go on."""

    objects: list[bytes]
    more: bool
    next: str
    last: str  # X-TAXII-Date-Added-Last


def collections(server: Server) -> list[Offered]:
    """What the server lets us read or write, whether its address is of discovery, an API root or a collection.

    Raises RemoteError.
    """
    first = _object(server.get(server.url, accept=MEDIA))
    if "can_read" in first:
        return [_offered(_slashed(server.url), first, "")]
    if "versions" in first or "max_content_length" in first:
        return _of_root(server, _slashed(server.url), first)
    roots = [first.get("default"), *(first.get("api_roots") or [])]
    found: list[Offered] = []
    for root in list(dict.fromkeys(r for r in roots if isinstance(r, str)))[:ROOTS]:
        url = _slashed(urljoin(server.url, root))
        found += _of_root(server, url, _object(server.get(url, accept=MEDIA)))
    if not found:
        raise RemoteError(f"{NOT_TAXII} It offers no collection.")
    return found


def _of_root(server: Server, url: str, root: dict[str, Any]) -> list[Offered]:
    title = str(root.get("title", ""))[:200]
    listed = _object(server.get(urljoin(url, "collections/"), accept=MEDIA)).get("collections", [])
    if not isinstance(listed, list):
        raise RemoteError(NOT_TAXII)
    return [
        _offered(urljoin(url, f"collections/{quote(one['id'], safe='')}/"), one, title)
        for one in listed[:COLLECTIONS]
        if isinstance(one, dict) and isinstance(one.get("id"), str)
    ]


def _offered(url: str, one: dict[str, Any], root: str) -> Offered:
    title = str(one.get("title") or one.get("id") or url)[:200]
    return Offered(url, title, root, one.get("can_read") is True, one.get("can_write") is True)


class _Page(msgspec.Struct):
    objects: list[msgspec.Raw] = []
    more: bool = False
    next: str | int | None = None


def page(server: Server, *, match: dict[str, Any], added_after: str, following: str) -> Page:
    """One page of the collection at the server's address. Raises RemoteError.

    ``following`` is the ``next`` of the page before; ``added_after`` stays the same over all pages of one reading, as
    the standard wants it.
    """
    asked: dict[str, str] = {"limit": str(PAGE)}
    asked |= {f"match[{name}]": str(match[name]) for name in MATCHES if match.get(name)}
    if added_after:
        asked["added_after"] = added_after
    if following:
        asked["next"] = following
    answer = server.get(f"{_slashed(server.url)}objects/?{urlencode(asked)}", accept=MEDIA)
    found = _Page()
    if answer.body.strip():
        try:
            found = msgspec.json.decode(answer.body, type=_Page)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            raise RemoteError(NOT_TAXII) from None
    last = answer.headers.get("x-taxii-date-added-last", "")
    return Page([bytes(one) for one in found.objects], found.more, str(found.next or ""), last[:64])


def send(server: Server, texts: list[str]) -> str:
    """Send objects (their texts) to the collection; gives the id of the status to follow. Raises RemoteError."""
    body = b'{"objects":[' + ",".join(texts).encode() + b"]}"
    status = _object(server.post(f"{_slashed(server.url)}objects/", body, accept=MEDIA, content_type=MEDIA))
    if not isinstance(status.get("id"), str):
        raise RemoteError(NOT_TAXII)
    return str(status["id"])


@dataclass(frozen=True, slots=True)
class Status:
    """What became of what was sent."""

    complete: bool
    success: int
    failure: int
    first_failure: str


def status(server: Server, ident: str) -> Status:
    """What became of something sent to the collection. Raises RemoteError."""
    root = _slashed(server.url).rsplit("/collections/", 1)[0]
    found = _object(server.get(f"{root}/status/{quote(ident, safe='')}/", accept=MEDIA))
    failures = found.get("failures") or [{}]
    first = failures[0] if isinstance(failures, list) and isinstance(failures[0], dict) else {}
    return Status(
        found.get("status") == "complete",
        _count(found.get("success_count")),
        _count(found.get("failure_count")),
        str(first.get("message", ""))[:300],
    )


def _count(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else 0


def _object(answer: Answer) -> dict[str, Any]:
    try:
        found = orjson.loads(answer.body)
    except orjson.JSONDecodeError:
        raise RemoteError(NOT_TAXII) from None
    if not isinstance(found, dict):
        raise RemoteError(NOT_TAXII)
    return found


def _slashed(url: str) -> str:
    return url if url.endswith("/") else url + "/"
