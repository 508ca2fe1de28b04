"""Events as files: an export, and a feed written into a folder. Each is recorded before anything leaves."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import orjson

from hueandcry.audit import actions as audit
from hueandcry.exchange import export
from hueandcry.exchange.actions import Refused
from hueandcry.exchange.misp_feed import queries, writing
from hueandcry.exchange.misp_feed.reading import MANIFEST
from hueandcry.exchange.recall import deliveries
from hueandcry.members.viewer import Viewer, viewer

HASHES = "hashes.csv"
_EVENT = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.json")


def misp_events(by: Viewer, reports: Sequence[int] | None = None) -> Iterator[bytes]:
    """The events of all that ``by`` may take out, or of these reports, as MISP answers a search; MISP's import and
    PyMISP read it."""
    with viewer(by):
        export.note(by, "misp", reports)
    with viewer(by):
        yield from queries.events(by, reports)


@dataclass(frozen=True, slots=True)
class Written:
    """What a feed in a folder now holds, and what the writing of it changed."""

    events: int
    changed: int
    removed: int


def write_feed(by: Viewer, slug: str, folder: Path) -> Written:
    """Write one of the viewer's feeds into a folder, as MISP subscribes to it: by its path, or behind a web server.

    Files that are the same stay untouched; events that are gone from the feed are removed, other files are left alone.
    The manifest comes last, so that it never names an event that is not there. Raises ``Refused`` for no such feed.
    """
    who = replace(by, channel="misp")  # the gates of MISP hold, whoever fetches the files later
    with viewer(who):
        feed = queries.feed(who, slug)
        known = [one.slug for one in queries.feeds(who)]
    if feed is None:
        raise Refused(f"There is no collection {slug!r}. There are: {', '.join(known)}.")
    within = queries.audiences(who, feed)
    with viewer(who):
        given = queries.leaving(who, within=within)
        audit.record(by=by, verb="export", kind="report", count=len(given), detail={"format": "misp", "file": "feed"})
        deliveries.note_reports(by=who, channel="misp", reports=given)
    folder.mkdir(parents=True, exist_ok=True)
    before = _listed(folder)
    changed, names = 0, set()
    with viewer(who):
        for key, parts in queries.feed_events(who, within):
            names.add(f"{key}.json")
            changed += _put(folder / f"{key}.json", writing.file(parts))
        _put(folder / HASHES, queries.hashes(who, within))
        _put(folder / MANIFEST, queries.manifest(who, within))
    gone = before - names
    for name in gone:
        (folder / name).unlink(missing_ok=True)
    return Written(len(names), changed, len(gone))


def _listed(folder: Path) -> set[str]:
    """The files of events that the manifest of last time names; only those are ours to remove."""
    try:
        listed = orjson.loads((folder / MANIFEST).read_bytes())
    except (FileNotFoundError, orjson.JSONDecodeError):
        return set()
    names = {f"{key}.json" for key in listed} if isinstance(listed, dict) else set()
    return {name for name in names if _EVENT.fullmatch(name)}


def _put(path: Path, parts: Iterable[bytes]) -> bool:
    """Write a file whole or not at all; whether it changed."""
    beside = path.with_name(f".{path.name}.part")
    with beside.open("wb") as file:
        for part in parts:
            file.write(part)
    if path.is_file() and not path.is_symlink() and path.read_bytes() == beside.read_bytes():
        beside.unlink()
        return False
    beside.replace(path)
    return True
