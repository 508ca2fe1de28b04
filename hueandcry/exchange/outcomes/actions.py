"""Writes of outcomes."""

from __future__ import annotations

from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from hueandcry.audit import actions as audit
from hueandcry.exchange.models import Outcome, Report
from hueandcry.exchange.outcomes.queries import may_say
from hueandcry.members.actions import Refused
from hueandcry.members.viewer import Viewer, viewer
from hueandcry.notices.actions import tell

LONGEST = 2_000  # characters


def say(*, by: Viewer, report: UUID, kind: str, words: str = "") -> UUID:
    """Say what came of a report; its owner is told. Raises Report.DoesNotExist, Refused."""
    if kind not in Outcome.Kind.values:
        raise Refused(_("Choose what came of it."))
    with viewer(by):
        found = Report.objects.get(reference=report)
        if not may_say(by):
            raise Refused(_("Police and CERTs say what came of a report."))
        made = Outcome.objects.create(
            report=found,
            organisation=by.organisation or 0,
            person=by.person or 0,
            kind=kind,
            words=words.replace("\0", "").strip()[:LONGEST],
        )
        audit.record(by=by, verb="add", kind="outcome", thing=made.pk, detail={"report": found.pk})
        if found.organisation_id != by.organisation:
            # what is for one person's eyes is told to that person alone
            for_one = found.tlp == "RED"
            tell(
                kind="outcome",
                title=_("%(who)s says what came of one of your reports") % {"who": by.name},
                link=reverse("linkage:report", args=[found.reference]),
                organisations=[] if for_one else [found.organisation_id],
                people=[found.person_id] if for_one else [],
                roles=("analyst", "administrator", "reporter"),
            )
    return made.reference


def take_back(*, by: Viewer, outcome: UUID) -> UUID:
    """Take back what one's own organisation said; gives the report's reference. Raises Outcome.DoesNotExist."""
    with viewer(by):
        found = Outcome.objects.select_related("report").get(reference=outcome, organisation=by.organisation or 0)
        if not may_say(by):
            raise Refused(_("Police and CERTs say what came of a report."))
        audit.record(by=by, verb="delete", kind="outcome", thing=found.pk, detail={"report": found.report_id})
        reference = found.report.reference
        found.delete()
    return reference
