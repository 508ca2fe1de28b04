"""What the owner of a report does with it: correct, withdraw, restore, replace; handle, grant, take back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja.params import functions as param

from hueandcry.audit import actions as audit
from hueandcry.exchange import actions_report, queries, victims
from hueandcry.exchange.actions import Refused
from hueandcry.exchange.handling import checked
from hueandcry.exchange.models import Report
from hueandcry.exchange.rest import addressees
from hueandcry.exchange.rest.errors import Stop, wrong
from hueandcry.exchange.rest.guard import bearer
from hueandcry.exchange.rest.reports import router  # one address, one router: reading and correcting share theirs
from hueandcry.exchange.rest.shapes import (
    ActOut,
    Correction,
    GrantIn,
    HandlingIn,
    HandlingWhole,
    Reason,
    Successor,
)
from hueandcry.members.viewer import Viewer, viewer


@router.patch("/reports/{reference}", auth=bearer("submit"), response=ActOut, summary="Correct a report")
def correct(request: HttpRequest, reference: UUID, body: Correction) -> ActOut:
    """Put right what your own report says; what it said before stays in its history."""
    by: Viewer = request.auth  # type: ignore[attr-defined]
    changes = {name: getattr(body, name) for name in body.model_fields_set if name != "reason"}
    for name, value in changes.items():
        if value is None and name not in ("occurred_from", "occurred_to", "loss_amount"):
            raise wrong(f"body.{name}", _("leave it out, or give what shall stand there"))
    with viewer(by):
        found = queries.report(by, reference)
        _agree(found, changes)
    actions_report.correct(by=by, report=found.pk, reason=body.reason, **changes)
    return _done(by, reference)


def _agree(found: Report, changes: dict[str, Any]) -> None:
    """Stop with 422 where the report would contradict itself."""
    after = {name: changes.get(name, getattr(found, name)) for name in actions_report.CORRECTABLE}
    start, end = after["occurred_from"], after["occurred_to"]
    if start and end and end < start:
        raise wrong("body.occurred_to", _("it ended before it began"))
    if after["victim_area"] and not victims.area(after["victim_area"], next(iter(after["victim_countries"]), "")):
        raise wrong("body.victim_area", _("this is no postal code"))
    if changes.get("victim_reference") and not victims.reference(changes["victim_reference"]):
        raise wrong("body.victim_reference", _("six characters or more, three of them digits"))
    if {"loss_amount", "loss_currency"} & set(changes) and (after["loss_amount"] is None) != (
        not after["loss_currency"]
    ):
        raise wrong("body.loss_currency", _("an amount needs its currency, and a currency its amount"))


@router.post("/reports/{reference}/withdraw", auth=bearer("submit"), response=ActOut, summary="Withdraw a report")
def withdraw(request: HttpRequest, reference: UUID, body: Reason) -> ActOut:
    """Say that your own report no longer holds: it stays readable, marked, and counts nowhere."""
    return _act(request, reference, actions_report.withdraw, reason=body.reason)


@router.post("/reports/{reference}/restore", auth=bearer("submit"), response=ActOut, summary="Restore a report")
def restore(request: HttpRequest, reference: UUID, body: Reason) -> ActOut:
    """Undo a withdrawal, or that another report took its place."""
    return _act(request, reference, actions_report.restore, reason=body.reason)


@router.post("/reports/{reference}/supersede", auth=bearer("submit"), response=ActOut, summary="Replace a report")
def supersede(request: HttpRequest, reference: UUID, body: Successor) -> ActOut:
    """Say that another of your own reports takes this one's place."""
    by: Viewer = request.auth  # type: ignore[attr-defined]
    with viewer(by):
        later = queries.report(by, body.successor)
    return _act(request, reference, actions_report.supersede, successor=later.pk, reason=body.reason)


@router.get(
    "/reports/{reference}/handling", auth=bearer("read"), response=HandlingWhole, summary="Read how a report is handled"
)
def read_handling(request: HttpRequest, reference: UUID) -> HandlingWhole:
    """How your own report is treated and whom it is addressed to. Who else is in the know is its owner's to read."""
    by: Viewer = request.auth  # type: ignore[attr-defined]
    with viewer(by):
        found = queries.report(by, reference)
        if found.organisation_id != by.organisation:
            raise Refused(_("Only the organisation that reported it can read whom it is addressed to."))
        audit.record(by=by, verb="read", kind="handling", thing=found.pk)
        return HandlingWhole(
            tlp=found.tlp, pap=found.pap, codes=found.codes, source_grade=found.source_grade,
            information_grade=found.information_grade, purpose=found.purpose, legal_basis=found.legal_basis,
            review_on=found.review_on, discoverability=found.discoverability, restriction=found.restriction,
            recipients=addressees.written(by, found.recipients),
            granted=addressees.written(by, [grant.principal for grant, _name in queries.grants(by, found.pk)]),
        )  # fmt: skip


@router.patch("/reports/{reference}/handling", auth=bearer("submit"), response=ActOut, summary="Change its handling")
def change_handling(request: HttpRequest, reference: UUID, body: HandlingIn) -> ActOut:
    """Change how your own report is treated, and with it who sees it. What is not given stays as it is."""
    by: Viewer = request.auth  # type: ignore[attr-defined]
    given = {name: getattr(body, name) for name in body.model_fields_set if name != "reason"}
    with viewer(by):
        found = queries.report(by, reference)
        _require_own(by, found)
        before = actions_report.handling_of(found)
        if "recipients" in given and given["recipients"] is not None:
            given["recipients"] = addressees.principals(
                by, given["recipients"], field="body.recipients", kept=before.recipients
            )
    known: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in given.items()
        if (value is not None or name == "review_on") and name in before.__dataclass_fields__
    }
    actions_report.handle(by=by, report=found.pk, handling=checked(replace(before, **known)), reason=body.reason)
    return _done(by, reference)


@router.post("/reports/{reference}/grants", auth=bearer("submit"), response=ActOut, summary="Let others see a report")
def grant(request: HttpRequest, reference: UUID, body: GrantIn) -> ActOut:
    """Let further recipients see one of your own reports, beyond what its label allows if need be."""
    by: Viewer = request.auth  # type: ignore[attr-defined]
    with viewer(by):
        found = queries.report(by, reference)
        _require_own(by, found)
        to = addressees.principals(by, body.to, field="body.to")
    actions_report.grant(by=by, report=found.pk, principals=to, reason=body.reason)
    return _done(by, reference)


@router.delete(
    "/reports/{reference}/grants/{recipient}", auth=bearer("submit"), response=ActOut, summary="Take a grant back"
)
def take_grant_back(
    request: HttpRequest,
    reference: UUID,
    recipient: str,
    reason: str = param.Query(..., min_length=1, max_length=2_000),
) -> ActOut:
    """Take back that a recipient may see one of your own reports; ``recipient`` as in its ``granted``."""
    by: Viewer = request.auth  # type: ignore[attr-defined]
    with viewer(by):
        found = queries.report(by, reference)
        _require_own(by, found)
        held = [one.principal for one, _name in queries.grants(by, found.pk)]
        (principal,) = addressees.principals(by, [recipient.replace("\0", "")], field="recipient", kept=held)
    actions_report.take_back(by=by, report=found.pk, principal=principal, reason=reason.replace("\0", ""))
    return _done(by, reference)


def _require_own(by: Viewer, found: Report) -> None:
    """Before recipients are looked up, so that trying names on somebody else's report tells nothing."""
    if found.organisation_id != by.organisation:
        raise Refused(_("Only the organisation that reported it can change it."))


def _act(request: HttpRequest, reference: UUID, act: Callable[..., None], **more: Any) -> ActOut:
    by: Viewer = request.auth  # type: ignore[attr-defined]
    with viewer(by):
        found = queries.report(by, reference)
    act(by=by, report=found.pk, **more)
    return _done(by, reference)


def _done(by: Viewer, reference: UUID) -> ActOut:
    with viewer(by):
        try:
            found = queries.report(by, reference)
        except Report.DoesNotExist:
            raise Stop(403, "refused", _("It was done, and the report is out of your sight now.")) from None
        steps = queries.history(by, found.pk)
        number = steps[0].revision.number if steps else 0
    return ActOut(reference=reference, state=found.state, changed_at=found.changed_at, revision=number)
