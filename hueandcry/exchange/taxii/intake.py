"""POST: an envelope becomes one submission, taken in as at every other door; and the status of what was posted.

The collection decides who gets what is posted: a circle, the alliance, everybody; the inbox takes the organisation's
own default handling. What an object's own marking keeps narrower, or what its sender already shares otherwise, is not
in the collection, and the status says so instead of calling it added.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

import msgspec
from django.db import connection
from django.utils.translation import gettext as _

from hueandcry.exchange import actions, queries, stix_split
from hueandcry.exchange.drafts import Unreadable
from hueandcry.exchange.handling import CEILING, TLP_ORDER, Handling, audience
from hueandcry.exchange.models import Grant, Remark, Report, Submission
from hueandcry.exchange.taxii import timestamps
from hueandcry.exchange.taxii.collections import Collection
from hueandcry.exchange.taxii.problems import Problem
from hueandcry.members import queries as members
from hueandcry.members.viewer import Viewer, viewer

_FINISHED: Final = (Submission.State.DONE, Submission.State.UNREADABLE, Submission.State.FAILED)


class Posted(NamedTuple):
    """One element of an envelope, as a status names it."""

    id: str
    version: str  # "" where it tells none
    place: str


class _Head(msgspec.Struct):
    id: Any = None
    modified: Any = None
    created: Any = None


def receive(*, by: Viewer, collection: Collection, raw: bytes) -> dict[str, Any]:
    """Take an envelope into a collection that ``by`` may write; gives the status resource.

    Raises Problem (422) where it is no envelope with at least one object; then nothing was kept.
    """
    posted = elements(raw)
    with viewer(by):
        handling = handling_for(collection, queries.default_handling(by))
    got = actions.receive(by=by, raw=raw, filename="envelope.json", claimed="stix", handling=handling)
    with viewer(by):
        kept = Submission.objects.get(pk=got.submission)
        return _resource(by, kept, posted, _principal(collection.kind, handling))


def handling_for(collection: Collection, usual: Handling) -> Handling:
    """How objects posted into this collection may be treated: for its principal, as strictly as usual; where that label
    would keep them out, by the strictest one that does not."""
    if collection.kind == "organisation" or collection.principal is None:
        return usual
    kind = collection.kind
    allowed = [tlp for tlp in TLP_ORDER if kind in CEILING[tlp]]
    tlp = usual.tlp if usual.tlp in allowed else allowed[-1]
    discoverability = usual.discoverability if tlp == usual.tlp else ""
    return replace(usual, tlp=tlp, recipients=(collection.principal,), discoverability=discoverability)


def elements(raw: bytes) -> list[Posted]:
    """The elements of an envelope, in order. Raises Problem (422) for anything else."""
    try:
        parts = stix_split.split(raw)
    except Unreadable as error:
        raise Problem(
            422, "body", _("The body is no envelope."), error.reason, details={"place": error.place}
        ) from None
    if parts.prefix != "objects":
        raise Problem(422, "body", _("The body is no envelope: it has no list called objects."))
    if not parts.elements:
        raise Problem(422, "body", _("The envelope holds no objects."))
    return list(_heads(parts))


def _heads(parts: stix_split.Parts) -> Iterator[Posted]:
    decode = msgspec.json.Decoder(_Head).decode
    for number, raw in enumerate(parts.elements):
        place = parts.place(number)
        try:
            head = decode(raw)
        except (msgspec.MsgspecError, ValueError, RecursionError):
            head = _Head()
        stamp = next((one for one in (head.modified, head.created) if isinstance(one, str) and one), "")
        yield Posted(head.id if isinstance(head.id, str) and head.id else place, stamp, place)


def status(*, by: Viewer, reference: UUID) -> dict[str, Any] | None:
    """The status of what ``by`` posted; None where it is not theirs, was not posted here, or is erased."""
    with viewer(by):
        kept = Submission.objects.filter(reference=reference, person=by.person, channel="taxii").first()
    if kept is None or kept.state == Submission.State.ERASED:
        return None
    try:
        posted = elements(actions.raw_bytes(by=by, submission=kept.pk))
    except (actions.Refused, Problem):
        return None
    with viewer(by):
        kept = Submission.objects.get(pk=kept.pk)
        recipients = kept.handling.get("recipients") or []
        return _resource(by, kept, posted, recipients[0] if len(recipients) == 1 else None)


def _principal(kind: str, handling: Handling) -> int | None:
    return handling.recipients[0] if kind != "organisation" and len(handling.recipients) == 1 else None


def _resource(by: Viewer, kept: Submission, posted: Sequence[Posted], principal: int | None) -> dict[str, Any]:
    """The status resource of section 4.3.1. Objects are read in their order, so what is read is a beginning of them."""
    finished = kept.state in _FINISHED
    refused = dict(Remark.objects.filter(submission=kept, kind=Remark.Kind.REFUSAL).values_list("place", "reason"))
    reasons = {_element(place): reason for place, reason in refused.items()}
    read = posted if finished else posted[: kept.read]
    if kept.state in (Submission.State.UNREADABLE, Submission.State.FAILED):
        why = kept.reason or _("It could not be read.")
        outside = {one.place: why for one in read}
    else:
        outside = _outside(by, read, principal) if principal is not None else {}
    failures: list[dict[str, str]] = []
    successes: list[dict[str, str]] = []
    for one in read:
        wrong = reasons.get(one.place) or outside.get(one.place, "")
        (failures if wrong else successes).append(_detail(one, kept.received_at, wrong))
    pending = [_detail(one, kept.received_at, "") for one in posted[len(read) :]]
    shown: dict[str, Any] = {
        "id": str(kept.reference),
        "status": "complete" if finished else "pending",
        "request_timestamp": timestamps.written(kept.received_at),
        "total_count": len(posted),
        "success_count": len(successes),
        "failure_count": len(failures),
        "pending_count": len(pending),
    }
    lists = {"successes": successes, "failures": failures, "pendings": pending}
    return shown | {name: found for name, found in lists.items() if found}


def _element(place: str) -> str:
    """The element of a place: objects[3] of objects[3].labels."""
    return place.partition("]")[0] + "]" if place.startswith("objects[") else place


def _detail(one: Posted, received: datetime, why: str) -> dict[str, str]:
    shown = {"id": one.id, "version": one.version or timestamps.written(received)}
    return shown | ({"message": why} if why else {})


def _outside(by: Viewer, posted: Sequence[Posted], principal: int) -> dict[str, str]:
    """Elements that are kept and yet not in the collection, by their place, with the reason."""
    copies = _copies(by, list({one.id for one in posted}))
    reaching = _reaching({report for _key, _version, report in copies}, principal)
    within: dict[tuple[str, datetime | None], bool] = {}
    for key, version, report in copies:
        if report in reaching:
            within[key, version] = within.get((key, version), False) or reaching[report]
    why = _(
        "It is kept, and not in this collection: its own marking, or the report you already share it by, lets fewer"
        " people see it. Change that report's handling to share it here."
    )
    found = {}
    for one in posted:
        known = (
            [reaches for (key, version), reaches in within.items() if key == one.id]
            if not one.version
            else [
                within[pair] for pair in ((one.id, timestamps.version(one.version)), (one.id, None)) if pair in within
            ]
        )
        if known and not any(known):
            found[one.place] = why
    return found


def _copies(by: Viewer, ids: list[str]) -> list[tuple[str, datetime | None, int]]:
    """What the organisation holds under these ids: (id, version, report)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT key, version, report_id FROM exchange_object WHERE organisation = %(own)s AND key = ANY (%(ids)s)"
            " AND hash = ANY (ARRAY(SELECT hashtextextended(i, 0) FROM unnest(%(ids)s::text[]) i))",
            {"own": by.organisation or 0, "ids": ids},
        )
        return list(cursor.fetchall())


def _reaching(reports: set[int], principal: int) -> dict[int, bool]:
    """Of each report, whether it is shared with this principal."""
    grants = Grant.objects.filter(principal=principal, revoked_at=None, report__in=reports)
    granted = set(grants.values_list("report", flat=True))
    found = {}
    kinds = members.kinds_of([principal])
    for report, tlp, recipients in Report.objects.filter(pk__in=reports).values_list("pk", "tlp", "recipients"):
        chosen = Handling(tlp=tlp, recipients=tuple(recipients))
        given = audience(chosen, kinds=kinds, owner_organisation=0, owner_person=0)
        found[report] = report in granted or principal in given
    return found
