"""Every write about one report by its owner: correct, withdraw, restore, supersede; handle, grant, take back.

Each is one transaction, audited inside it, on behalf of ``by``; what was said before stays in the report's history.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Max
from django.utils.timezone import now
from django.utils.translation import gettext as _

from hueandcry.audit import actions as audit
from hueandcry.exchange import handling as rules
from hueandcry.exchange import victims
from hueandcry.exchange.actions import Refused, require_submitter
from hueandcry.exchange.handling import Handling
from hueandcry.exchange.merge import intern
from hueandcry.exchange.models import Change, Grant, Report, Revision
from hueandcry.exchange.publication import changes as publication
from hueandcry.exchange.publication.actions import soon
from hueandcry.members import queries as members
from hueandcry.members.viewer import Viewer, viewer

CORRECTABLE = (
    "title",
    "account",
    "classes",
    "labels",
    "techniques",
    "occurred_from",
    "occurred_to",
    "victim_countries",
    "victim_sector",
    "victim_size",
    "victim_area",
    "victim_reference",
    "loss_amount",
    "loss_currency",
)


def _own_report(by: Viewer, report: int) -> Report:
    """The report, locked, for a change by its owner. Raises Report.DoesNotExist where it is not visible."""
    require_submitter(by)
    found = Report.objects.select_for_update().get(pk=report)
    if found.organisation_id != by.organisation:
        raise Refused("Only the organisation that reported it can change it.")
    return found


def _revise(by: Viewer, report: Report, act: str, reason: str, names: Iterable[str]) -> None:
    number = Revision.objects.filter(report=report).aggregate(n=Max("number"))["n"] or 0
    before = {name: _plain(getattr(report, name)) for name in names}
    if before.get("victim_reference"):
        before["victim_reference"] = "..."  # there was another; its hash is for comparing only
    Revision.objects.create(
        report=report, number=number + 1, person=by.person, act=act, reason=reason[:2000], before=before
    )
    audit.record(by=by, verb=act, kind="report", thing=report.pk, detail={"revision": number + 1})


def _plain(value: Any) -> Any:
    if isinstance(value, date):  # a datetime is one too
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def correct(*, by: Viewer, report: int, reason: str, **changes: Any) -> None:
    """Correct what a report says; what it said before stays in its history. ``changes`` are fields of CORRECTABLE."""
    unknown = set(changes) - set(CORRECTABLE)
    if unknown:
        raise Refused(f"These cannot be corrected: {', '.join(sorted(unknown))}.")
    with viewer(by):
        found = _own_report(by, report)
        changes |= _of_victim(found, changes)
        changed = {name: value for name, value in changes.items() if getattr(found, name) != value}
        if not changed:
            return
        _revise(by, found, "corrected", reason, changed)
        for name, value in changed.items():
            setattr(found, name, value)
        found.main_class = found.classes[0].split("/")[0] if found.classes else ""
        found.changed_at = now()
        found.save(update_fields=[*changed, "main_class", "changed_at"])
        publication.note(person=by.person, report=found, kind=Change.Kind.CORRECTED)
    soon()


def _of_victim(report: Report, changes: Mapping[str, Any]) -> dict[str, str]:
    """The victim's area and reference as they are kept. Raises Refused for what is neither."""
    kept = {}
    if changes.get("victim_area"):
        countries = changes.get("victim_countries", report.victim_countries)
        kept["victim_area"] = victims.area(changes["victim_area"], next(iter(countries), ""))
        if not kept["victim_area"]:
            raise Refused(_("This is no postal code. Leave it empty where it is not known."))
    if changes.get("victim_reference"):
        code = victims.reference(changes["victim_reference"])
        if not code:
            raise Refused(_("A number that others hold too has six characters or more, three of them digits."))
        kept["victim_reference"] = victims.hashed(code, settings.SECRET_KEY)
    return kept


def withdraw(*, by: Viewer, report: int, reason: str) -> None:
    """Withdraw a report: it stays readable to those who may see it, marked, and counts nowhere."""
    with viewer(by):
        found = _own_report(by, report)
        if found.state == Report.State.WITHDRAWN:
            return
        _revise(by, found, "withdrawn", reason, ["state"])
        found.state, found.changed_at = Report.State.WITHDRAWN, now()
        found.save(update_fields=["state", "changed_at"])
        publication.note(person=by.person, report=found, kind=Change.Kind.WITHDRAWN)
    soon()


def restore(*, by: Viewer, report: int, reason: str) -> None:
    """Undo a withdrawal or a supersession."""
    with viewer(by):
        found = _own_report(by, report)
        if found.state == Report.State.CURRENT:
            return
        _revise(by, found, "restored", reason, ["state", "superseded_by_id"])
        found.state, found.superseded_by, found.changed_at = Report.State.CURRENT, None, now()
        found.save(update_fields=["state", "superseded_by", "changed_at"])
        publication.note(person=by.person, report=found, kind=Change.Kind.RESTORED)
    soon()


def supersede(*, by: Viewer, report: int, successor: int, reason: str) -> None:
    """Say that another of one's own reports takes this one's place."""
    with viewer(by):
        found, later = _own_report(by, report), _own_report(by, successor)
        if found.pk == later.pk or later.superseded_by_id == found.pk:
            raise Refused("A report cannot take its own place, nor two reports each other's.")
        _revise(by, found, "superseded", reason, ["state"])
        found.state, found.superseded_by, found.changed_at = Report.State.SUPERSEDED, later, now()
        found.save(update_fields=["state", "superseded_by", "changed_at"])
        publication.note(person=by.person, report=found, kind=Change.Kind.SUPERSEDED)
    soon()


HANDLING_FIELDS = (
    "tlp",
    "pap",
    "codes",
    "source_grade",
    "information_grade",
    "discoverability",
    "purpose",
    "legal_basis",
    "review_on",
    "restriction",
    "recipients",
)


def handling_of(report: Report) -> Handling:
    """A report's handling as the pure rules want it."""
    return rules.from_json({name: getattr(report, name) for name in HANDLING_FIELDS})


def handle(*, by: Viewer, report: int, handling: Handling, reason: str) -> None:
    """Change a report's handling, and with it who sees it."""
    rules.checked(handling)
    with viewer(by):
        found = _own_report(by, report)
        _revise(by, found, "handled", reason, HANDLING_FIELDS)
        for name in HANDLING_FIELDS:
            value = getattr(handling, name)
            setattr(found, name, list(value) if isinstance(value, tuple) else value)
        found.discoverability = handling.discoverable
        found.changed_at = now()
        _derive_audience(by, found)
        found.save(update_fields=[*HANDLING_FIELDS, "audience", "changed_at"])
        publication.note(person=by.person, report=found, kind=Change.Kind.HANDLED)
    soon()


def _derive_audience(by: Viewer, report: Report) -> None:
    """Derive the audience from handling and grants, and give it to the report's objects and observations."""
    owner = members.owner_principals_of(report.organisation_id, report.person_id)
    handling = handling_of(report)
    grants = Grant.objects.filter(report=report, revoked_at=None).values_list("principal", flat=True)
    seers = rules.audience(
        handling,
        kinds=members.kinds_of(handling.recipients),
        owner_organisation=owner.organisation,
        owner_person=owner.person,
        grants=grants,
    )
    if seers.isdisjoint(by.principals):  # PostgreSQL would not write a row out of its writer's sight either
        raise Refused(
            "You would put the report out of your own sight: TLP:RED is for people by name. Name yourself among them, "
            "or ask the person who sent it."
        )
    report.audience = intern(seers)
    # Objects and observations first: once the report's own audience has moved, its owner may no longer see it.
    with connection.cursor() as cursor:
        for table in ("exchange_object", "exchange_observation"):
            cursor.execute(
                f"UPDATE {table} SET audience = %s WHERE report_id = %s",  # noqa: S608  one of two fixed names
                [report.audience, report.pk],
            )


def grant(*, by: Viewer, report: int, principals: Sequence[int], reason: str) -> None:
    """Let further principals see one report: its owner's decision, beyond TLP's ceiling if need be."""
    with viewer(by):
        found = _own_report(by, report)
        kinds = members.kinds_of(principals)
        unknown = [p for p in principals if p not in kinds]
        if unknown:
            raise Refused(f"Nobody is known by the numbers {unknown}.")
        held = set(Grant.objects.filter(report=found, revoked_at=None).values_list("principal", flat=True))
        for principal in principals:
            if principal not in held:
                Grant.objects.create(report=found, principal=principal, granted_by=by.person or 0, reason=reason[:2000])
        _revise(by, found, "granted", reason, [])
        _derive_audience(by, found)
        found.save(update_fields=["audience"])
        publication.note(person=by.person, report=found, kind=Change.Kind.HANDLED)
    soon()


def take_back(*, by: Viewer, report: int, principal: int, reason: str) -> None:
    """Take a grant back."""
    with viewer(by):
        found = _own_report(by, report)
        if not Grant.objects.filter(report=found, principal=principal, revoked_at=None).update(revoked_at=now()):
            raise Refused("There is no such grant to take back.")
        _revise(by, found, "grant taken back", reason, [])
        _derive_audience(by, found)
        found.save(update_fields=["audience"])
        publication.note(person=by.person, report=found, kind=Change.Kind.HANDLED)
    soon()
