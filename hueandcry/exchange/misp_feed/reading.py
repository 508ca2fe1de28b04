"""Reading a MISP feed: what is new or changed in it, event by event. Pure but for ``fetch``, which the caller gives.

A feed is a folder with manifest.json and a file for each event (MISP, "feed" export). Whoever runs it may be hostile:
names come from uuids alone, sizes and numbers are bounded, and each fault says what is wrong with which file.
"""

from __future__ import annotations

import json
import os
import re
import stat
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from hueandcry.exchange import json_text
from hueandcry.exchange.drafts import Unreadable

MANIFEST = "manifest.json"
MAX_EVENTS = 200_000  # entries of a manifest; the largest public feeds have about 2,000
MAX_MANIFEST = 128 * 1024 * 1024  # bytes
MAX_EVENT = 64 * 1024 * 1024  # bytes of one event; the largest we have met has 1.5 MB
MAX_TOTAL = 2 * 1024 * 1024 * 1024  # bytes of all events fetched in one round; the rest comes with the next
_DEPTH = 8  # nesting of a manifest; MISP writes 4
# One match for each string and each bracket. Possessive, so that no input makes it go back.
_STRUCTURE = re.compile(rb'"(?:[^"\\]++|\\.)*+"|[\[{]|[\]}]', re.DOTALL)
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")

Fetch = Callable[[str], bytes]


class BadFeed(Exception):
    """A feed, or one file of it, that cannot be taken; ``file`` names it, ``reason`` says why and what to do."""

    def __init__(self, file: str, reason: str) -> None:
        super().__init__(f"{file}: {reason}")
        self.file = file
        self.reason = reason


def read_feed(
    source: str, *, fetch: Fetch, seen: Mapping[str, str], refused: Callable[[BadFeed], None] | None = None
) -> Iterator[tuple[str, str, bytes]]:
    """Give (uuid, time stamp, bytes) of each event that is new or changed, the oldest first, so that whoever stops in
    the middle goes on from there.

    ``source`` is the feed's name in errors. ``fetch`` gets "manifest.json" or "<uuid>.json"; what it raises goes
    through. ``seen`` is what the last round gave: uuid to time stamp. Raises ``BadFeed`` where the manifest cannot be
    taken. An event that cannot is told to ``refused`` and passed over; without ``refused`` it is raised as well.
    """
    taken = 0
    for key, stamp in changed(manifest_of(source, fetch), seen):
        try:
            raw = event_of(source, key, fetch)
        except BadFeed as error:
            if refused is None:
                raise
            refused(error)
            continue
        taken += len(raw)
        if taken > MAX_TOTAL:
            raise BadFeed(source, f"more than {MAX_TOTAL:,} bytes in one round; the rest comes with the next")
        yield key, stamp, raw


def manifest_of(source: str, fetch: Fetch) -> dict[str, str]:
    """A feed's manifest as uuid to time stamp. Raises ``BadFeed``."""
    name = f"{source}/{MANIFEST}"
    raw = fetch(MANIFEST)
    if len(raw) > MAX_MANIFEST:
        raise BadFeed(name, f"{len(raw):,} bytes; at most {MAX_MANIFEST:,} are read")
    if _too_deep(raw):
        raise BadFeed(name, f"nested more than {_DEPTH} deep, which no manifest is")
    try:
        entries = json_text.split(json_text.utf8(raw), dict[str, msgspec.Raw])
    except Unreadable as error:
        hint = "; is this the address of the feed's folder?" if raw.lstrip()[:1] == b"<" else ""
        raise BadFeed(name, f"at {error.place}: {error.reason}{hint}") from None
    if len(entries) > MAX_EVENTS:
        raise BadFeed(name, f"{len(entries):,} events; at most {MAX_EVENTS:,} are read")
    return dict(_entry(name, key, content) for key, content in entries.items())


class _Entry(msgspec.Struct):
    timestamp: Any = 0


def _entry(name: str, key: str, raw: msgspec.Raw) -> tuple[str, str]:
    if not _UUID.fullmatch(key):
        # It becomes a file's name: anything else might lead out of the feed.
        raise BadFeed(name, f"{json.dumps(key[:80])} is no uuid, and each entry must be called by one")
    try:
        stamp = str(msgspec.json.decode(raw, type=_Entry).timestamp)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        raise BadFeed(name, f"the entry {key} is no object") from None
    if not stamp.isdecimal() or len(stamp) > 12:
        raise BadFeed(name, f"the time stamp of {key} is no number of seconds: {json.dumps(stamp[:40])}")
    return key.lower(), stamp


def changed(entries: Mapping[str, str], seen: Mapping[str, str]) -> list[tuple[str, str]]:
    """Those entries that ``seen`` does not have, or has with another time stamp; the oldest first."""
    fresh = [(key, stamp) for key, stamp in entries.items() if seen.get(key) != stamp]
    return sorted(fresh, key=lambda one: (int(one[1]), one[0]))


def event_of(source: str, key: str, fetch: Fetch) -> bytes:
    """One event's bytes as received. Raises ``BadFeed`` where they are not an event of this uuid."""
    name = f"{source}/{key}.json"
    raw = fetch(f"{key}.json")
    if len(raw) > MAX_EVENT:
        raise BadFeed(name, f"{len(raw):,} bytes; at most {MAX_EVENT:,} are read")
    try:
        top = json_text.split(json_text.utf8(raw), dict[str, msgspec.Raw])
        inside = json_text.split(bytes(top["Event"]), dict[str, msgspec.Raw]) if "Event" in top else top
        told = msgspec.json.decode(inside["uuid"]) if "uuid" in inside else None
    except (Unreadable, msgspec.MsgspecError, RecursionError) as error:
        raise BadFeed(name, f"not a MISP event ({error})") from None
    if not isinstance(told, str) or told.lower() != key:
        raise BadFeed(name, f"holds the event {json.dumps(str(told)[:80])}, and not the one it is called by")
    return raw


def _too_deep(raw: bytes) -> bool:
    """Whether brackets nest deeper than a manifest's; a text's brackets are none."""
    now = 0
    for found in _STRUCTURE.finditer(raw):
        sign = raw[found.start()]
        now += (sign in b"[{") - (sign in b"]}")
        if now > _DEPTH:
            return True
    return False


def folder_fetch(path: Path) -> Fetch:
    """Fetch from a folder on this machine. Raises ``BadFeed`` for what leads out of it: "..", links, other folders."""
    root = path.resolve()

    def fetch(name: str) -> bytes:
        place = str(path / name)
        if not re.fullmatch(r"[0-9A-Za-z-]{1,80}\.(json|csv)", name):
            raise BadFeed(place, "its name leads out of the feed's folder")
        try:
            # O_NOFOLLOW refuses a link in the very act of opening; nothing can be put in its place between.
            handle = os.open(root / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        except FileNotFoundError:
            raise BadFeed(place, "there is no such file") from None
        except OSError as error:
            raise BadFeed(place, f"cannot be opened, or is a link, which is not followed ({error.strerror})") from None
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            os.close(handle)
            raise BadFeed(place, "is no plain file")
        with os.fdopen(handle, "rb") as file:
            return file.read(max(MAX_EVENT, MAX_MANIFEST) + 1)

    return fetch
