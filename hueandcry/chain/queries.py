"""Reads of links. The caller has entered the viewer; a link to a thing that the viewer may not find does not show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from hueandcry.chain import things
from hueandcry.chain.models import Link
from hueandcry.chain.relations import LATER, RELATIONS
from hueandcry.chain.things import Shown
from hueandcry.members.viewer import Viewer

MOST = 100  # links of one thing that are looked at; the latest


@dataclass(frozen=True, slots=True)
class Linked:
    """One link seen from one of its ends: the thing at the other end, and in words how it belongs here."""

    reference: UUID
    relation: str
    words: str
    forward: bool  # the thing asked about is the first of the two
    kind: str
    label: str
    icon: str
    thing: str  # reference of the far thing
    shown: Shown
    own: bool  # one's own organisation linked them, and can take it back
    at: datetime

    @property
    def before(self) -> bool:
        """The far thing is where this one comes from; otherwise it is what came of it."""
        return self.forward == (self.relation in LATER)


def links(viewer: Viewer, kind: str, reference: str) -> list[Linked]:
    """What is linked to a thing, both ways, the latest first: of the latest MOST links, those whose far ends the viewer
    may find; none where the viewer may not find the thing itself. The same said by several organisations is told once.
    """
    if things.find(viewer, kind, reference) is None:
        return []
    ours = Q(from_kind=kind, from_reference=reference) | Q(to_kind=kind, to_reference=reference)
    rows = list(Link.objects.filter(ours).order_by("-pk")[:MOST])
    ends = {row.pk: _far(row, kind, reference) for row in rows}
    found = things.find_all(viewer, (end[:2] for end in ends.values()))
    told: dict[tuple[str, str, str, bool], Linked] = {}
    for row in rows:
        far_kind, far, forward = ends[row.pk]
        shown = found.get((far_kind, far))
        if shown is None:
            continue
        words = RELATIONS[row.relation]
        thing = things.kinds()[far_kind]
        one = Linked(
            row.reference, row.relation, str(words.forward if forward else words.backward), forward, far_kind,
            str(thing.label), thing.icon, far, shown, row.organisation == viewer.organisation, row.at,
        )  # fmt: skip
        key = (row.relation, far_kind, far, forward)
        if key not in told or (one.own and not told[key].own):
            told[key] = one
    return list(told.values())


def _far(row: Link, kind: str, reference: str) -> tuple[str, str, bool]:
    if (row.from_kind, row.from_reference) == (kind, reference):
        return row.to_kind, row.to_reference, True
    return row.from_kind, row.from_reference, False


def both_ways(viewer: Viewer, kind: str, reference: str) -> dict[str, list[dict[str, Any]]]:
    """``before`` and ``after`` as the component ``{% chain before=before after=after %}`` takes them."""
    parts: dict[str, list[dict[str, Any]]] = {"before": [], "after": []}
    for each in links(viewer, kind, reference):
        item = {
            "kind": f"{each.words}: {each.label}", "text": each.shown.title, "url": each.shown.url, "icon": each.icon,
        }  # fmt: skip
        parts["before" if each.before else "after"].append(item)
    return parts


def joined(
    viewer: Viewer, kind: str, reference: object, given: dict[str, list[dict[str, Any]]]
) -> dict[str, list[dict[str, Any]]]:
    """What a page puts before and after its thing by itself, and what is linked to that thing behind it."""
    linked = both_ways(viewer, kind, str(reference))
    return {side: [*given[side], *linked[side]] for side in ("before", "after")}
