"""Sightings: telling that one saw something too, and reading who did."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

import orjson
from django.db import connection
from django.db.models import Func, QuerySet, Value
from django.utils.timezone import now
from django.utils.translation import gettext as _

from hueandcry.exchange import actions, observables, queries, stix_shapes, stix_sighting
from hueandcry.exchange.actions import Refused
from hueandcry.exchange.drafts import Observation
from hueandcry.exchange.handling import TLP_ORDER, Handling
from hueandcry.exchange.models import Object, Report
from hueandcry.exchange.models import Observation as ObservationRow
from hueandcry.exchange.staging import hash64
from hueandcry.exchange.stix_out import OutOrganisation, organisation_id
from hueandcry.members import queries as members
from hueandcry.members.viewer import Viewer, viewer

MOST = 1_000  # sightings of one thing that are read
KEYS = 5_000  # objects of a report whose sightings count as the report's
_SAID_OF = ("report", "incident", "grouping", "indicator")


@dataclass(frozen=True, slots=True)
class Sighting:
    """One sighting and the report that tells it."""

    told: stix_sighting.Told
    report: Report
    first: datetime | None
    last: datetime | None


@dataclass(frozen=True, slots=True)
class Details:
    """How something was seen."""

    count: int = 1
    first: datetime | None = None
    last: datetime | None = None
    where: str = "own"
    words: str = ""
    tlp: str = ""  # "" is the default handling's


def tell_of_report(*, by: Viewer, report: int, details: Details) -> UUID:
    """Tell that what a report describes was seen here too; gives the submission's reference.

    Its label is at least as strict as the report's, and the report's owner is among those who hear of it.
    """
    actions.require_submitter(by)
    with viewer(by):
        found = Report.objects.get(pk=report)
        handling = handling_for(by, found, details)
        of = _key_of(found)
    return _send(by, replace(_seen(by, details), of=of), handling)


def tell_of_object(*, by: Viewer, key: str, details: Details) -> UUID:
    """The same of one STIX object that the viewer may see. Raises Object.DoesNotExist; Refused for what is no SDO."""
    actions.require_submitter(by)
    with viewer(by):
        held = _held(key)
        if held is None:
            raise Object.DoesNotExist
        if held.kind in ("relationship", "sighting", "marking-definition", "extension-definition", "language-content"):
            raise Refused(_("An object of this kind cannot be sighted; name an indicator, a report or an incident."))
        handling = handling_for(by, held.report, details)
    return _send(by, replace(_seen(by, details), of=key), handling)


def tell_of_value(*, by: Viewer, kind: str, value: str, details: Details) -> UUID:
    """The same of one value. Raises Refused for one that is not what it claims, or that STIX has no object for."""
    actions.require_submitter(by)
    found = observables.canonical(kind, value)
    if not found.valid or not found.value:
        raise Refused(_("This is no %(type)s as they are written.") % {"type": kind})
    with viewer(by):
        handling = _handling(by, details)
    return _send(by, replace(_seen(by, details), value=Observation(found.type, found.value)), handling)


def _seen(by: Viewer, details: Details) -> stix_sighting.Seen:
    with viewer(by):
        own = members.own_organisation(by)
    if own is None:
        raise Refused(_("Only a member organisation can tell a sighting."))
    organisation = OutOrganisation(organisation_id(own.slug), own.name, own.created_at)
    return stix_sighting.Seen(
        organisation, now(), count=details.count, first=details.first, last=details.last, where=details.where,
        words=details.words,
    )  # fmt: skip


def _send(by: Viewer, seen: stix_sighting.Seen, handling: Handling) -> UUID:
    try:
        raw = stix_sighting.bundle(replace(seen, tlp=handling.tlp))
    except stix_sighting.NoForm as error:
        said = _("STIX has no object for a value of the type %(type)s; tell of a report that holds it instead.")
        raise Refused(said % {"type": str(error)}) from None
    return actions.receive(by=by, raw=raw, filename="sighting.json", claimed="stix", handling=handling).reference


def _handling(by: Viewer, details: Details) -> Handling:
    default = queries.default_handling(by)
    return replace(default, tlp=details.tlp) if details.tlp else default


def handling_for(viewer: Viewer, report: Report, details: Details) -> Handling:
    """How a sighting of this report is handled: at least as strictly, its owner among the recipients."""
    handling = _handling(viewer, details)
    owner = members.owner_principals_of(report.organisation_id, report.person_id)
    tlp = max(handling.tlp, report.tlp, key=TLP_ORDER.index)
    who = owner.person if tlp == "RED" else owner.organisation
    return replace(handling, tlp=tlp, recipients=tuple(dict.fromkeys((*handling.recipients, who))))


def _key_of(report: Report) -> str:
    """The STIX id of a report: its own where it came as STIX, else the one that it goes out with."""
    if stix_shapes.is_id(report.key) and report.key.partition("--")[0] in _SAID_OF:
        return report.key
    written = Object.objects.filter(report=report, ours=True, kind__in=_SAID_OF).values_list("key", flat=True).first()
    if written is not None:
        return written
    sent = Object.objects.filter(report=report, kind="indicator").order_by("pk").values_list("key", flat=True).first()
    return sent or f"{'incident' if report.kind == 'incident' else 'report'}--{report.reference}"


def _held(key: str) -> Object | None:
    """An object by its STIX id, as far as the viewer may see it."""
    by_index = Func(Value(key), Value(0), function="hashtextextended")  # keys have no index, their hashes do
    return Object.objects.filter(hash=by_index, key=key).select_related("report").defer("text").order_by("-pk").first()


# Reading


def of_report(viewer: Viewer, report: Report) -> list[Sighting]:
    """The sightings of a report or of what it holds, as far as the viewer may see them, the latest first."""
    return _read(_objects(_ids_of(report)))


@dataclass(frozen=True, slots=True)
class Summary:
    """How many organisations saw what a report describes, as far as the viewer may know; ``own``: one's own too."""

    organisations: int
    own: bool
    latest: datetime | None


def summary(viewer: Viewer, report: Report) -> Summary:
    """The sightings of a report in one line."""
    rows = _objects(_ids_of(report)).values_list("organisation", "report__reported_at")
    found = {organisation for organisation, _at in rows}
    return Summary(len(found), viewer.organisation in found, max((at for _who, at in rows), default=None))


def _ids_of(report: Report) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT object FROM hueandcry_sightings(%s::text[] || ARRAY(SELECT key FROM exchange_object"
            " WHERE report_id = %s AND NOT kind = ANY (%s) ORDER BY id LIMIT %s), %s)",
            [
                [report.key, f"incident--{report.reference}", f"report--{report.reference}"], report.pk,
                ["identity", "marking-definition", "sighting"], KEYS, MOST,
            ],
        )  # fmt: skip
        return [row[0] for row in cursor.fetchall()]


def of_value(viewer: Viewer, kind: str, value: str) -> list[Sighting]:
    """The sightings of a value: of objects that hold it."""
    found = observables.canonical(kind, value)
    rows = ObservationRow.objects.filter(observable=hash64(found.type, found.value)).order_by("-report")[:MOST]
    told_by, reports = set(), set()
    for report, teller in rows.values_list("report", "told_by"):
        told_by.add(teller)
        reports.add(report)
    objects = Object.objects.filter(report__in=reports, kind__in=("indicator", "observed-data"))
    keys = set()
    for key, kind_of, text in objects.order_by("-pk").values_list("key", "kind", "text")[:KEYS]:
        if hash64(key) in told_by or (kind_of == "observed-data" and _refers(text, told_by)):
            keys.add(key)
    return _by_reference(keys)


def _refers(text: str, told_by: set[int]) -> bool:
    content = orjson.loads(text)
    refs = content.get("object_refs")
    return any(hash64(ref) in told_by for ref in refs if isinstance(ref, str)) if isinstance(refs, list) else False


def _by_reference(keys: Iterable[str]) -> list[Sighting]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT object FROM hueandcry_sightings(%s::text[], %s)", [sorted(keys), MOST])
        return _read(_objects([row[0] for row in cursor.fetchall()]))


def _objects(ids: Sequence[int]) -> QuerySet[Object]:
    """The sightings among these that still hold, the latest first."""
    rows = Object.objects.filter(pk__in=ids, revoked=False).select_related("report__organisation").order_by("-pk")
    return rows.exclude(report__state=Report.State.WITHDRAWN)


def _read(rows: Iterable[Object]) -> list[Sighting]:
    found: dict[str, Sighting] = {}
    for row in rows:
        told = stix_sighting.read(row.text)
        if told is not None and told.id not in found:  # of several versions the latest
            found[told.id] = Sighting(told, row.report, stix_shapes.date(told.first), stix_shapes.date(told.last))
    return list(found.values())


def organisations(found: Sequence[Sighting]) -> int:
    """How many organisations told these sightings."""
    return len({one.report.organisation_id for one in found})
