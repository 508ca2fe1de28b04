"""Writes of hypotheses and of the evidence for and against them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models.functions import Now
from django.utils.translation import gettext as _

from hueandcry.audit import actions as audit
from hueandcry.exchange.models import Observation, Report
from hueandcry.linkage.analysis import audiences
from hueandcry.linkage.analysis.writing import LINE, STATEMENT, keep, require_author, require_writer, said, standing
from hueandcry.linkage.models import Evidence, Hypothesis
from hueandcry.members.actions import Refused
from hueandcry.members.viewer import Viewer, viewer


def suppose(*, by: Viewer, operation: UUID, principal: int, statement: str, likelihood: str, confidence: str) -> UUID:
    """State a hypothesis about an operation, for the table that ``principal`` stands for; gives its reference.

    Raises Operation.DoesNotExist where the viewer sees nothing of the operation, Refused.
    """
    with viewer(by):
        require_writer(by)
        _require_terms(likelihood, confidence)
        found = standing(operation)
        table = audiences.table(by, principal)
        made = Hypothesis.objects.create(
            operation=found.pk, organisation=by.organisation or 0, person=by.person or 0, principal=table.principal,
            audience=audiences.intern(table.principal), likelihood=likelihood, confidence=confidence,
            statement=said(statement, STATEMENT, empty=_("Say what you hold to be the case.")),
        )  # fmt: skip
        audit.record(by=by, verb="add", kind="hypothesis", thing=made.pk, detail={"operation": found.pk})
    return made.reference


def change(*, by: Viewer, hypothesis: UUID, statement: str, likelihood: str, confidence: str, state: str) -> None:
    """Change one's own organisation's hypothesis; what it said is kept. Raises Hypothesis.DoesNotExist, Refused."""
    with viewer(by):
        require_author(by, Hypothesis.objects.get(reference=hypothesis))
        found = Hypothesis.objects.select_for_update().get(reference=hypothesis)
        _require_terms(likelihood, confidence)
        if state not in Hypothesis.State.values:
            raise Refused(_("Choose a state."))
        now = {
            "statement": said(statement, STATEMENT, empty=_("Say what you hold to be the case.")),
            "likelihood": likelihood, "confidence": confidence, "state": state,
        }  # fmt: skip
        before = {name: getattr(found, name) for name in now}
        if before != now:
            keep(by, "hypothesis", found, before)
            Hypothesis.objects.filter(pk=found.pk).update(**now, changed_at=Now())


def _require_terms(likelihood: str, confidence: str) -> None:
    if likelihood not in Hypothesis.Likelihood.values or confidence not in Hypothesis.Confidence.values:
        raise Refused(_("Say how likely it is, and with which confidence, in the terms offered."))


def weigh(
    *, by: Viewer, hypothesis: UUID, bearing: str, report: UUID | None = None, observable: int | None = None,
    words: str = "",
) -> None:  # fmt: skip
    """Say what a report or a value means for a hypothesis, in the name of one's organisation; said again, it replaces.

    Raises Hypothesis.DoesNotExist, Report.DoesNotExist, Observation.DoesNotExist where the viewer sees no such thing,
    Refused.
    """
    if bearing not in Evidence.Bearing.values or (report is None) == (observable is None):
        raise Refused(_("Choose one report or one value, and what it says."))
    with viewer(by):
        require_writer(by)
        found = Hypothesis.objects.get(reference=hypothesis)
        number = Report.objects.values_list("pk", flat=True).get(reference=report) if report else None
        if observable is not None and not Observation.objects.filter(observable=observable).exists():
            raise Observation.DoesNotExist
        key: dict[str, Any] = {
            "hypothesis": found, "organisation": by.organisation or 0, "report": number, "observable": observable,
        }  # fmt: skip
        why = words.replace("\0", "").strip()[:LINE]
        told = {"bearing": bearing, "words": why, "person": by.person or 0}
        made, _new = Evidence.objects.update_or_create(defaults=told, **key)
        audit.record(by=by, verb="add", kind="evidence", thing=made.pk, detail={"hypothesis": found.pk})


def unweigh(*, by: Viewer, evidence: int) -> UUID:
    """Take back what one's own organisation said of a thing; gives the hypothesis. Raises Evidence.DoesNotExist."""
    with viewer(by):
        require_writer(by)
        found = Evidence.objects.select_related("hypothesis").get(pk=evidence, organisation=by.organisation or 0)
        audit.record(by=by, verb="delete", kind="evidence", thing=found.pk, detail={"hypothesis": found.hypothesis_id})
        reference = found.hypothesis.reference
        found.delete()
    return reference
