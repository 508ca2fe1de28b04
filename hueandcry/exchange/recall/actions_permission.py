"""Writes of what opens a gate: asking the originator (H1, H2) and the answer, acknowledging (H3), reviews."""

from __future__ import annotations

import hashlib
import hmac
from datetime import date
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext as _

from hueandcry.audit import actions as audit
from hueandcry.exchange.actions import Refused, require_submitter
from hueandcry.exchange.models import Permission, Report
from hueandcry.members.viewer import Viewer, viewer
from hueandcry.notices import actions as notices

WORDS = 2_000  # characters of a reason or of conditions
ASKABLE = ("H1", "H2")


def ask(*, by: Viewer, report: int, code: str, reason: str, answer_by: date | None = None) -> UUID:
    """Ask a report's originator to allow what ``code`` forbids: H1 use as evidence, H2 passing on. Its people are told.

    Raises Report.DoesNotExist, and Refused where there is nothing to ask or an open or allowed question stands.
    """
    require_submitter(by)
    with viewer(by):
        found = Report.objects.get(pk=report)
        if code not in ASKABLE or code not in found.codes:
            raise Refused(_("This report does not ask for that permission."))
        if found.organisation_id == by.organisation:
            raise Refused(_("It is your own report: nobody needs to allow it to you."))
        try:
            with transaction.atomic():
                made = Permission.objects.create(
                    report=found, code=code, organisation=by.organisation or 0, person=by.person or 0,
                    reason=_plain(reason), answer_by=answer_by,
                )  # fmt: skip
        except IntegrityError:
            raise Refused(
                _("Your organisation has asked already; the answer stands on the page Permissions.")
            ) from None
        audit.record(by=by, verb="ask permission", kind="report", thing=found.pk, detail={"code": code})
        red = found.tlp == "RED"  # a colleague of the person who sent it may not know of it
        notices.tell(
            kind="request",
            title=_("%(organisation)s asks for a permission (%(code)s)") % {"organisation": by.name, "code": code},
            text=_("It concerns a report of yours. Allow it, with conditions, or say no."),
            link=reverse("exchange:permission", args=[made.reference]),
            organisations=() if red else (found.organisation_id,),
            people=(found.person_id,) if red else (),
        )
        return made.reference


def answer(*, by: Viewer, permission: UUID, allowed: bool, conditions: str = "") -> None:
    """Allow or refuse what was asked, or take back what was allowed; whoever asked is told."""
    require_submitter(by)
    with viewer(by):
        found = Permission.objects.select_for_update(of=("self",)).select_related("report").get(reference=permission)
        if found.report.organisation_id != by.organisation or found.code not in ASKABLE:
            raise Refused(_("Only the organisation that reported it can answer."))
        if found.allowed is False:
            raise Refused(_("This was refused before. They can ask again."))
        if found.allowed and allowed:
            raise Refused(_("This is allowed already."))
        verb = "take back permission" if found.allowed else "answer permission"
        found.allowed, found.conditions, found.answered_by = allowed, _plain(conditions), by.person
        found.answered_at = Now()
        found.save(update_fields=["allowed", "conditions", "answered_by", "answered_at"])
        audit.record(by=by, verb=verb, kind="permission", thing=found.pk, detail={"allowed": allowed})
        words = _("allowed") if allowed else _("taken back") if verb.startswith("take") else _("refused")
        notices.tell(
            kind="answer",
            title=_("Your request for a permission (%(code)s): %(answer)s") % {"code": found.code, "answer": words},
            link=reverse("exchange:permission", args=[found.reference]),
            organisations=() if found.report.tlp == "RED" else (found.organisation,),
            people=(found.person,) if found.report.tlp == "RED" else (),
        )


def digest(text: str) -> str:
    """What stands for a text in a form, so that nobody acknowledges another than the one they read."""
    return hashlib.sha256(text.encode()).hexdigest()


def acknowledge(*, by: Viewer, report: int, read: str) -> None:
    """Promise for one's organisation to follow a report's restriction; ``read`` is the digest of the text shown.

    Raises Report.DoesNotExist, and Refused where the text has changed meanwhile.
    """
    with viewer(by):
        found = Report.objects.get(pk=report)
        if not hmac.compare_digest(read.encode(), digest(found.restriction).encode()):
            raise Refused(_("The restriction has changed since you opened the page. Read it again."))
        if by.organisation is None or by.person is None or "H3" not in found.codes:
            return
        mine = Permission.objects.filter(report=found, code="H3", organisation=by.organisation, allowed=True)
        if mine.filter(conditions=found.restriction).exists():
            return
        mine.update(allowed=False)  # of an earlier text
        Permission.objects.create(
            report=found, code="H3", organisation=by.organisation, person=by.person, allowed=True,
            answered_at=Now(), answered_by=by.person, conditions=found.restriction,
        )  # fmt: skip
        audit.record(
            by=by, verb="acknowledge", kind="report", thing=found.pk, detail={"text": audit.keyed(found.restriction)}
        )


def renew(*, by: Viewer, report: int, review_on: date | None) -> None:
    """Say that a report's handling still holds, until ``review_on``; None sets no further day."""
    require_submitter(by)
    with viewer(by):
        found = Report.objects.select_for_update().get(pk=report)
        if found.organisation_id != by.organisation:
            raise Refused(_("Only the organisation that reported it can change it."))
        found.review_on = review_on
        found.save(update_fields=["review_on"])
        audit.record(by=by, verb="review", kind="report", thing=found.pk, detail={"until": str(review_on or "")})


def _plain(text: str) -> str:
    return text.replace("\0", "").strip()[:WORDS]
