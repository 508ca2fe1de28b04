"""What every write of an analyst has in common: who may, about which operation, for whom, and what it said before."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from hueandcry.audit import actions as audit
from hueandcry.linkage.models import AnalysisRevision, Hypothesis, Note, Operation, OperationName, Task
from hueandcry.members.actions import Refused
from hueandcry.members.viewer import Viewer

WRITERS = ("analyst", "administrator")
LONGEST = 10_000  # characters of a note
STATEMENT = 1_000
LINE = 200

Written = Hypothesis | Note | Task | OperationName


def require_writer(by: Viewer) -> None:
    """Raise Refused unless ``by`` is an analyst or administrator of a member."""
    if not (by.vetted and by.may(*WRITERS) and by.person and by.organisation):
        raise Refused(_("Analysts and administrators of a member write here."))


def require_author(by: Viewer, written: Written) -> None:
    """Raise Refused unless the viewer's organisation wrote it."""
    require_writer(by)
    if written.organisation != by.organisation:
        raise Refused(_("Only the organisation that wrote it changes it."))


def standing(reference: UUID) -> Operation:
    """The operation of this reference, or the one that it was merged into. Raises Operation.DoesNotExist."""
    found = Operation.objects.get(reference=reference)
    while found.merged_into is not None:
        found = Operation.objects.get(pk=found.merged_into)
    return found


def said(text: str, longest: int, *, empty: str) -> str:
    """What somebody wrote, without what no database holds. Raises Refused where nothing is left, or too much."""
    clean = text.replace("\0", "").replace("\r\n", "\n").strip()
    if not clean:
        raise Refused(empty)
    if len(clean) > longest:
        raise Refused(_("That is too long: at most %(n)s characters.") % {"n": longest})
    return clean


def keep(by: Viewer, kind: str, written: Written, before: dict[str, Any]) -> None:
    """Keep what it said before, for those who could read it, and record that it was changed."""
    AnalysisRevision.objects.create(
        kind=kind, thing=written.pk, audience=written.audience, organisation=by.organisation or 0,
        person=by.person or 0, before=before,
    )  # fmt: skip
    audit.record(by=by, verb="change", kind=kind, thing=written.pk, detail={"operation": written.operation})
