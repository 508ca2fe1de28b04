"""Reading TAXII collections and MISP feeds: each page or event becomes a submission of the organisation that reads.

The place where reading stopped is kept after what came before it is kept: a crash in between brings a page a second
time, and all of it is known then. So nothing is lost, and nothing is told twice.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import orjson

from hueandcry.exchange import actions, formats, queries, stix_handling
from hueandcry.exchange.drafts import Marking, ObjectDraft, Options, ReportDraft, Unreadable
from hueandcry.exchange.handling import TLP_ORDER, Handling, from_json
from hueandcry.exchange.misp_feed import reading
from hueandcry.exchange.models import Remote, Submission
from hueandcry.exchange.remotes import taxii
from hueandcry.exchange.remotes.outward import RemoteError, Server
from hueandcry.members.viewer import Viewer, viewer

PAGES = 500  # read in one run at most; the next run goes on
FOLDER = "folder:"  # how the address of a feed in a folder begins


def handling_for(by: Viewer, remote: Remote) -> Handling:
    """The handling of what comes without a label of its own."""
    with viewer(by):
        start = queries.default_handling(by)
    told = {name: value for name, value in remote.handling.items() if name != "widest"}
    return from_json(told, fallback=start)


def widest(remote: Remote, unmarked: Handling) -> Handling:
    """The handling that marked objects get at the widest; their own label can only narrow it."""
    label = remote.handling.get("widest", unmarked.tlp)
    return replace(unmarked, tlp=label if label in TLP_ORDER else unmarked.tlp)


def take_taxii(*, by: Viewer, remote: Remote, server: Server, ended: Callable[[], bool]) -> int:
    """Read the collection on from where it stopped; gives how many objects came. Raises RemoteError."""
    unmarked = handling_for(by, remote)
    marked = widest(remote, unmarked)
    came = 0
    following = str(remote.position.get("next", ""))
    for _page in range(PAGES):
        after = str(remote.position.get("added_after", ""))
        try:
            page = taxii.page(server, match=remote.filter, added_after=after, following=following)
        except RemoteError as error:
            if not (following and error.status in (400, 404)):
                raise
            # The server has forgotten its token: begin the reading again at the date, what is known stays known
            following = ""
            _stand(by, remote, {"next": "", "last": ""})
            page = taxii.page(server, match=remote.filter, added_after=after, following="")
        if page.more and page.next and page.next == following:
            raise RemoteError("The server answers with the same place again and again.")
        if page.objects:
            _receive(by, remote, page.objects, marked, unmarked)
            came += len(page.objects)
        last = page.last or str(remote.position.get("last", ""))
        if page.more and page.next:
            following = page.next
            _stand(by, remote, {"next": following, "last": last})
        elif page.more and page.last and page.last != after:
            following = ""  # a server that says "more" and gives no token: go on by the date
            _stand(by, remote, {"added_after": page.last, "next": "", "last": ""})
        else:
            _stand(by, remote, {"added_after": last or after, "next": "", "last": ""})
            break
        if ended():
            break
    return came


def _stand(by: Viewer, remote: Remote, place: Mapping[str, Any]) -> None:
    """Keep where reading stopped."""
    position = remote.position | dict(place)
    with viewer(by):
        Remote.objects.filter(pk=remote.pk, url=remote.url).update(position=position)
    remote.position = position


def _receive(by: Viewer, remote: Remote, objects: Sequence[bytes], marked: Handling, unmarked: Handling) -> None:
    for level, group in by_label(objects).items():
        _send(by, _bundle(group), f"{remote.name}.json", "stix", marked if level else unmarked)


def by_label(objects: Sequence[bytes]) -> dict[str, list[bytes]]:
    """A page of objects in groups that become a submission each: what belongs to labelled reports ("reports"), loose
    objects by the label of each, and what has none ("").

    Loose objects become one report, which gets the strictest label in it: without this, one RED object would hide a
    thousand, and one that is GREEN would label all that have none. Marking definitions go with every group.
    """
    known = [(one, _content(one)) for one in objects]
    defined = {str(c.get("id")): stix_handling.defined(c) for _one, c in known if c.get("type") == _DEFINITION}
    homes = _homes(objects)
    groups: dict[str, list[bytes]] = {}
    for one, content in known:
        if content.get("type") == _DEFINITION:
            continue
        home = homes.get(str(content.get("id", "")))
        level = _level(content, defined) if home is None or home.key.startswith("bundle--") else None
        if level is None:
            level = "reports" if home is not None and home.marking.tlp else ""
        groups.setdefault(level, []).append(one)
    definitions = [one for one, content in known if content.get("type") == _DEFINITION]
    return {level: definitions + group for level, group in groups.items()} or {"": definitions}


_DEFINITION = "marking-definition"


def _level(content: Mapping[str, Any], defined: Mapping[str, Marking | None]) -> str:
    """The TLP label of one object, or ""."""
    refs = content.get("object_marking_refs")
    granular = content.get("granular_markings")
    found = [ref for ref in refs if isinstance(ref, str)] if isinstance(refs, list) else []
    if isinstance(granular, list):
        found += [str(one.get("marking_ref")) for one in granular if isinstance(one, dict)]
    markings = [defined.get(ref) or stix_handling.fixed(ref) for ref in found]
    return stix_handling.strictest([one for one in markings if one]).tlp or ""


def _homes(objects: Sequence[bytes]) -> dict[str, ReportDraft]:
    """The report that each object will belong to."""
    try:
        _form, drafts = formats.read(_bundle(objects), Options(), "stix")
        reports: dict[str, ReportDraft] = {}
        homes: dict[str, ReportDraft] = {}
        for draft in drafts:
            if isinstance(draft, ReportDraft):
                reports[draft.key] = draft
            elif isinstance(draft, ObjectDraft):
                homes[draft.key] = reports[draft.reports[0]]
    except Unreadable:
        return {}  # the receipt will say what is wrong
    return homes


def _content(raw: bytes) -> dict[str, Any]:
    try:
        found = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}


def _bundle(objects: Sequence[bytes]) -> bytes:
    """A bundle whose id is made of its content, so that the same page twice is the same submission."""
    content = b",".join(objects)
    ident = hashlib.sha256(content).hexdigest()
    name = f"{ident[:8]}-{ident[8:12]}-5{ident[13:16]}-8{ident[17:20]}-{ident[20:32]}"
    return b'{"type":"bundle","id":"bundle--%s","objects":[%s]}' % (name.encode(), content)


def _send(by: Viewer, raw: bytes, filename: str, claimed: str, handling: Handling) -> None:
    got = actions.receive(by=by, raw=raw, filename=filename, claimed=claimed, handling=handling, at_once=True)
    if got.state == Submission.State.FAILED:
        raise RemoteError("What came could not be read for a fault of ours. It is kept and can be read again.")


KEEP_EVERY = 20  # events between two notes of the place; a crash brings at most so many again, and they are known


def take_misp(
    *, by: Viewer, remote: Remote, fetch: Callable[[str], bytes], ended: Callable[[], bool]
) -> tuple[int, str]:
    """Read the events of a feed that are new or changed; gives how many came, and what is wrong with those that could
    not be taken (they are looked at again when they change). Raises RemoteError."""
    unmarked = handling_for(by, remote)
    marked = widest(remote, unmarked)
    seen: dict[str, str] = dict(remote.position.get("seen", {}))
    came, wrong = 0, ""
    try:
        for number, (key, stamp) in enumerate(reading.changed(reading.manifest_of(remote.name, fetch), seen), 1):
            try:
                raw = reading.event_of(remote.name, key, fetch)
                handling = marked if b'"tlp:' in raw.lower() else unmarked
                _send(by, raw, f"{key}.json", "misp", handling)
                came += 1
            except reading.BadFeed as error:
                wrong = wrong or str(error)
            seen[key] = stamp
            if number % KEEP_EVERY == 0:
                _stand(by, remote, {"seen": seen})
                if ended():
                    break
    except reading.BadFeed as error:
        raise RemoteError(str(error)) from None
    finally:
        _stand(by, remote, {"seen": seen})
    return came, wrong


def feeds_top() -> str:
    """The folder below which feeds may be read, as the operator named it; "" for none."""
    return os.environ.get("HUEANDCRY_FEEDS", "")


def feed_folder(url: str) -> Callable[[str], bytes]:
    """Reads files of a feed in a folder below the one that the operator names. Raises RemoteError."""
    top = feeds_top()
    if not top:
        raise RemoteError("This installation reads no feeds from folders: its operator has named none.")
    root = Path(top).resolve()
    folder = (root / url.removeprefix(FOLDER).strip("/")).resolve()
    if root != folder and root not in folder.parents:
        raise RemoteError("This folder is not below the one that the operator named.")
    return reading.folder_fetch(folder)


def feed_server(server: Server) -> Callable[[str], bytes]:
    """Reads files of a feed from its server."""
    start = server.url if server.url.endswith("/") else server.url + "/"
    return lambda name: server.get(urljoin(start, name)).body
