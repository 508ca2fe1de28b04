"""Sightings through REST: telling that something was seen, and reading who saw it."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router
from ninja.params import functions as param

from hueandcry.audit import actions as audit
from hueandcry.exchange import observables, queries, sightings
from hueandcry.exchange.models import Object, Report
from hueandcry.exchange.rest import gate
from hueandcry.exchange.rest.errors import Stop, wrong
from hueandcry.exchange.rest.guard import bearer
from hueandcry.exchange.rest.shapes import ReceiptOut, SightingIn, SightingOut, SightingsOut
from hueandcry.exchange.rest.submissions import receipt_out
from hueandcry.members.viewer import Viewer, viewer

router = Router(tags=["sightings"])


@router.post("/sightings", auth=bearer("submit"), response=ReceiptOut, summary="Tell a sighting")
def tell(request: HttpRequest, body: SightingIn) -> ReceiptOut:
    """Tell that you saw what a report, an object or a value stands for. It is a STIX sighting and goes wherever reports
    go; its label is at least as strict as that of what was seen. Answers with the receipt of what it makes."""
    by: Viewer = request.auth  # type: ignore[attr-defined]
    details = sightings.Details(body.count, body.first_seen, body.last_seen, body.where, body.words, body.tlp or "")
    if details.first and details.last and details.last < details.first:
        raise wrong("body.last_seen", _("it is before first_seen"))
    named = [name for name in ("report", "object", "value") if getattr(body, name) is not None]
    if len(named) != 1 or (body.value is not None) != (body.type is not None):
        raise wrong("body", _("name one: a report, an object, or a value with its type"))
    return receipt_out(by, _told(by, body, details))


def _told(by: Viewer, body: SightingIn, details: sightings.Details) -> UUID:
    if body.report is not None:
        with viewer(by):
            found = queries.report(by, body.report)
            gate.require_open(by, found)
        return sightings.tell_of_report(by=by, report=found.pk, details=details)
    if body.object is not None:
        try:
            return sightings.tell_of_object(by=by, key=body.object, details=details)
        except Object.DoesNotExist:
            raise Stop(404, "absent", _("There is no object by this id that you may see.")) from None
    if body.type is None or body.type not in observables.TYPES:
        raise wrong("body.type", _("one of: %(types)s") % {"types": ", ".join(sorted(observables.TYPES))})
    return sightings.tell_of_value(by=by, kind=body.type, value=body.value or "", details=details)


@router.get("/sightings", auth=bearer("read"), response=SightingsOut, summary="Read sightings")
def read(
    request: HttpRequest,
    report: UUID | None = None,
    type: str = param.Query("", max_length=40, description="of the value: domain-name, ..."),  # noqa: A002
    value: str = param.Query("", max_length=4_096, pattern=r"^[^\x00]*$"),
) -> SightingsOut:
    """The sightings of one report, or of one value, that you may see: the latest first, at most 1,000."""
    by: Viewer = request.auth  # type: ignore[attr-defined]
    if (report is None) == (not value) or bool(value) != bool(type):
        raise wrong("query", _("name one: a report, or a value with its type"))
    if type and type not in observables.TYPES:
        raise wrong("type", _("one of: %(types)s") % {"types": ", ".join(sorted(observables.TYPES))})
    with viewer(by):
        if report is not None:
            of = queries.report(by, report)
            gate.require_open(by, of)
            found = sightings.of_report(by, of)
        else:
            found = sightings.of_value(by, type, value)
        kept = {row.pk for row in gate.noted(by, list({one.report.pk: one.report for one in found}.values()))}
        found = [one for one in found if one.report.pk in kept]
        audit.record(by=by, verb="list", kind="sighting", count=len(found))
        return SightingsOut(sightings=[_out(by, one) for one in found], organisations=sightings.organisations(found))


def _out(by: Viewer, one: sightings.Sighting) -> SightingOut:
    report: Report = one.report
    return SightingOut(
        id=one.told.id, of=one.told.of, report=report.reference, organisation=report.organisation.name,
        own=report.organisation_id == by.organisation, count=one.told.count, first_seen=one.first, last_seen=one.last,
        where=one.told.where, words=one.told.words, reported_at=report.reported_at,
    )  # fmt: skip
