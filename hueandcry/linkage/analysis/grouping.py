"""An operation as STIX 2.1: the objects of its reports as the exchange exports them, held together by one ``grouping``.

STIX 2.1 section 4.4: a grouping asserts that its objects have a shared context, here ``suspicious-activity``. What the
handling of a report keeps out of files is kept out here as well, and so is the report's share in the name. The grouping
carries the strictest marking of all that is in it; PAP and handling codes, for which STIX has no marking, are labels.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, cast

import orjson

from hueandcry.exchange import export, stix_handling, stix_out
from hueandcry.exchange.drafts import Tlp
from hueandcry.exchange.text import clean
from hueandcry.linkage.analysis import queries, stamp, words
from hueandcry.linkage.operations.shown import Line
from hueandcry.members import queries as members
from hueandcry.members.viewer import Viewer, viewer

META = ("marking-definition--", "extension-definition--")
CONTEXT = "suspicious-activity"  # grouping-context-ov, section 10.5


def bundle(by: Viewer, line: Line) -> Iterator[bytes]:
    """A bundle of the operation's reports and the grouping. ``by`` is the viewer at the door of exports, and ``line``
    the operation as read there. The act and the deliveries are committed before the first byte leaves."""
    with viewer(by):
        reports = queries.report_ids(by, line.id)
        export.note(by, "stix", reports, door="export")
    with viewer(by):
        yield from stix_out.bundle(_texts(by, line, reports))
        yield b"\n"


def _texts(by: Viewer, line: Line, reports: list[int]) -> Iterator[str]:
    refs: dict[str, None] = {}  # each once, in order
    for text in export.stix_texts(by, reports, door="export"):
        key = str(orjson.loads(text).get("id", ""))
        if not key.startswith(META):
            refs[key] = None
        yield text
    mark = stamp.of_operation(by, line.id)
    author = _author(by)
    yield orjson.dumps(stix_handling.definition_of(cast(Tlp, mark.tlp))).decode()
    yield orjson.dumps(author).decode()
    if refs:
        yield orjson.dumps(_grouping(by, line, list(refs), mark, author["id"])).decode()


def _author(by: Viewer) -> dict[str, Any]:
    """Who put this together: the organisation that takes it out, which is who answers for it."""
    own = members.own_organisation(by)
    if own is None:
        return stix_out.PROJECT
    since = _stamp(own.created_at)
    return {
        "type": "identity", "spec_version": "2.1", "id": f"identity--{stix_out.organisation_id(own.slug)}",
        "created": since, "modified": since, "name": clean(own.name), "identity_class": "organization",
    }  # fmt: skip


def _grouping(by: Viewer, line: Line, refs: list[str], mark: stamp.Stamp, author: str) -> dict[str, Any]:
    labels = [f"handling:{code}" for code in mark.codes] + ([f"pap:{mark.pap.lower()}"] if mark.pap else [])
    said = [words.summary(line), *(f"{code}: {meaning}." for code, meaning in mark.said), *mark.restrictions]
    return {
        "type": "grouping",
        "spec_version": "2.1",
        # what is in it depends on who takes it out, so each organisation's is its own
        "id": f"grouping--{uuid.uuid5(line.reference, str(by.organisation))}",
        "created_by_ref": author,
        "created": _stamp(line.formed_at),
        "modified": _stamp(max(line.formed_at, datetime.now(UTC))),
        "name": words.title(line),
        "description": clean(" ".join(said)),
        "context": CONTEXT,
        "object_refs": refs,
        "object_marking_refs": [stix_handling.TLP_ID[mark.tlp]],
        **({"labels": labels} if labels else {}),
    }


def _stamp(moment: datetime) -> str:
    """In UTC, to the millisecond (STIX 2.1 section 3.2)."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"
