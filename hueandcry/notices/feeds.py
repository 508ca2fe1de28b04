"""Atom (RFC 4287), written and answered: an ETag over the content, and 304 where the reader has it already."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.etree import ElementTree

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified

from hueandcry.members.viewer import Viewer, identify
from hueandcry.notices import queries

NAMESPACE = "http://www.w3.org/2005/Atom"
MOST = 100  # entries of a feed
_EMPTY = datetime(1970, 1, 1, tzinfo=UTC)
# What XML cannot hold, whichever way it is written
_FORBIDDEN = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF, *range(0xD800, 0xE000)])


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: ``id`` is an IRI that stays, ``link`` where to read more."""

    id: str
    title: str
    link: str
    updated: datetime
    category: str = ""


def reader(secret: str) -> Viewer | None:
    """On whose behalf this secret reads, as they are now; None for nobody, and for who is not in good standing."""
    person = queries.feed_person(secret)
    who = identify(person, channel="atom")
    return who if who.vetted and who.roles else None


def atom(*, id: str, title: str, link: str, entries: Sequence[Entry]) -> bytes:  # noqa: A002  as Atom calls it
    """A feed as bytes; the same for the same entries."""
    feed = ElementTree.Element("feed", xmlns=NAMESPACE)
    _text(feed, "id", id)
    _text(feed, "title", title)
    ElementTree.SubElement(feed, "link", rel="alternate", type="text/html", href=link)
    _text(feed, "updated", max((one.updated for one in entries), default=_EMPTY).isoformat())
    _text(ElementTree.SubElement(feed, "author"), "name", "Hue & Cry")
    for one in entries:
        entry = ElementTree.SubElement(feed, "entry")
        _text(entry, "id", one.id)
        _text(entry, "title", one.title)
        _text(entry, "updated", one.updated.isoformat())
        ElementTree.SubElement(entry, "link", rel="alternate", type="text/html", href=one.link)
        if one.category:
            ElementTree.SubElement(entry, "category", term=one.category)
    written: bytes = ElementTree.tostring(feed, encoding="utf-8", xml_declaration=True)
    return written


def _text(parent: ElementTree.Element, name: str, text: str) -> None:
    ElementTree.SubElement(parent, name).text = text.translate(_FORBIDDEN)


def answer(request: HttpRequest, content: bytes) -> HttpResponse:
    """The feed, or 304 where the reader holds just this. Nobody in between keeps a copy."""
    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    held = [part.strip().removeprefix("W/") for part in request.headers.get("If-None-Match", "").split(",")]
    response = HttpResponseNotModified() if etag in held else HttpResponse(content)
    if response.status_code == 200:
        response.headers["Content-Type"] = "application/atom+xml; charset=utf-8"
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = "private, no-cache"
    return response
