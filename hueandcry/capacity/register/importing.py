"""A file of resources read into the register: CSV or IATI, and its receipt. Read = stored + known + refused."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping
from itertools import islice
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from hueandcry.audit import actions as audit
from hueandcry.capacity.models import Resource, ResourceEvent, ResourceImport
from hueandcry.capacity.register import actions, programmes, table
from hueandcry.capacity.register.drafts import Draft, ResourceDraft
from hueandcry.exchange.drafts import Loss, Refusal, Unreadable
from hueandcry.exchange.text import clean
from hueandcry.members.actions import Refused
from hueandcry.members.viewer import Viewer, viewer

LARGEST = 64 * 1024 * 1024  # bytes
CHUNK = 1_000
MOST_REMARKS = 1_000


def drafts(
    raw: bytes, aspects: Collection[str], *, mapping: Mapping[str, str] | None = None, kind: str = ""
) -> tuple[str, Iterator[Draft]]:
    """(format, drafts) of a file, by what stands in it."""
    head = raw.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if head == b"<" or raw[:4] in (b"\xff\xfe<\0", b"\xfe\xff\0<"):
        return "iati", programmes.read(raw, day=timezone.localdate())
    return "csv", table.read(raw, aspects, mapping=mapping, kind=kind)


def take(
    *,
    by: Viewer,
    raw: bytes,
    filename: str,
    aspects: Collection[str] = (),
    mapping: Mapping[str, str] | None = None,
    kind: str = "",
) -> UUID:
    """Read a file into the register in one transaction; gives the reference of its receipt. Raises Refused where it
    is not a file that can be read at all."""
    actions.require_writer(by)
    if len(raw) > LARGEST:
        raise Refused(_("The file is larger than %(most)s MiB.") % {"most": LARGEST // 2**20})
    format_, told = drafts(raw, aspects, mapping=mapping, kind=kind)
    with viewer(by):
        receipt = ResourceImport(
            organisation=by.organisation or 0,
            person=by.person or 0,
            filename=clean(filename, 200),
            format=format_,
            sha256=hashlib.sha256(raw).digest(),
        )
        try:
            while chunk := list(islice(told, CHUNK)):
                _store(by, receipt, chunk)
        except Unreadable as error:
            raise Refused(f"{error.place}: {error.reason}") from None
        receipt.save(force_insert=True)
        audit.record(
            by=by,
            verb="import",
            kind="resource",
            count=receipt.stored,
            detail={"known": receipt.known, "refused": receipt.refused, "format": format_},
        )
    return receipt.reference


def _store(by: Viewer, receipt: ResourceImport, chunk: list[Draft]) -> None:
    for each in chunk:
        if isinstance(each, Refusal):
            receipt.refused += 1
            _remark(receipt, each.place, each.reason, "refused")
        elif isinstance(each, Loss):
            _remark(receipt, each.place, each.what, "lost")
    new = _unknown(by, receipt, [each for each in chunk if isinstance(each, ResourceDraft)])
    if not new:
        return
    found = actions.alike(by, new)
    waiting = {place for place, _other, _bits in found}
    made = [actions.make(by, one, source=receipt.format, waits=n in waiting) for n, one in enumerate(new)]
    Resource.objects.bulk_create(made)
    actions.keep_alike(made, found)
    ResourceEvent.objects.bulk_create(
        ResourceEvent(resource=one, kind="proposed", organisation=by.organisation, person=by.person) for one in made
    )
    receipt.stored += len(made)
    for place in sorted(waiting):
        _remark(
            receipt, new[place].place, "stored, and waits for you: it is presumably in the register already", "alike"
        )


def _unknown(by: Viewer, receipt: ResourceImport, told: list[ResourceDraft]) -> list[ResourceDraft]:
    """Those that one's own organisation has not told of yet; counts the others as known."""
    mine = Resource.objects.filter(organisation=by.organisation or 0)
    held = set(
        mine.filter(identifier__in=[one.identifier for one in told if one.identifier]).values_list(
            "identifier", flat=True
        )
    )
    named = set(mine.filter(title__in=[one.title for one in told]).values_list("kind", "title", "provider"))
    new = []
    for one in told:
        name = (one.kind, one.title, one.provider)
        if one.identifier in held if one.identifier else name in named:
            receipt.known += 1
            continue
        held |= {one.identifier} - {""}
        named.add(name)
        new.append(one)
    return new


def _remark(receipt: ResourceImport, place: str, what: str, kind: str) -> None:
    if len(receipt.remarks) < MOST_REMARKS:
        receipt.remarks.append([clean(place, 200), clean(what, 1_000), kind])
