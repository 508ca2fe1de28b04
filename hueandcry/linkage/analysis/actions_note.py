"""Writes of notes, and of what an operation is called."""

from __future__ import annotations

from uuid import UUID

from django.db.models.functions import Now
from django.utils.translation import gettext as _

from hueandcry.audit import actions as audit
from hueandcry.linkage.analysis import audiences
from hueandcry.linkage.analysis.writing import LINE, LONGEST, keep, require_author, require_writer, said, standing
from hueandcry.linkage.models import AnalysisRevision, Note, Operation, OperationName
from hueandcry.members.viewer import Viewer, viewer


def write(*, by: Viewer, operation: UUID, principal: int, words: str) -> UUID:
    """Write a note about an operation, for the table that ``principal`` stands for; gives its reference.

    Raises Operation.DoesNotExist, Refused.
    """
    with viewer(by):
        require_writer(by)
        found = standing(operation)
        table = audiences.table(by, principal)
        made = Note.objects.create(
            operation=found.pk, organisation=by.organisation or 0, person=by.person or 0, principal=table.principal,
            audience=audiences.intern(table.principal), words=said(words, LONGEST, empty=_("Write something.")),
        )  # fmt: skip
        audit.record(by=by, verb="add", kind="note", thing=made.pk, detail={"operation": found.pk})
    return made.reference


def change(*, by: Viewer, note: UUID, words: str) -> None:
    """Change one's own organisation's note; what it said is kept. Raises Note.DoesNotExist, Refused."""
    with viewer(by):
        require_author(by, Note.objects.get(reference=note))
        found = Note.objects.select_for_update().get(reference=note)
        now = said(words, LONGEST, empty=_("Write something."))
        if now != found.words:
            keep(by, "note", found, {"words": found.words})
            Note.objects.filter(pk=found.pk).update(words=now, changed_at=Now())


def delete(*, by: Viewer, note: UUID) -> UUID:
    """Delete one's own organisation's note; that it was there, and when, stays in the record. Gives the operation.

    Raises Note.DoesNotExist, Refused.
    """
    with viewer(by):
        found = Note.objects.get(reference=note)
        require_author(by, found)
        operation = Operation.objects.get(pk=found.operation)
        audit.record(by=by, verb="delete", kind="note", thing=found.pk, detail={"operation": found.operation})
        found.delete()
    return operation.reference


def name(*, by: Viewer, operation: UUID, principal: int, words: str) -> None:
    """Call an operation something, among those who sit at this table; no words: it has no name there any more.

    Raises Operation.DoesNotExist, Refused.
    """
    with viewer(by):
        require_writer(by)
        found = standing(operation)
        table = audiences.table(by, principal)
        audience = audiences.intern(table.principal)
        calls = " ".join(words.replace("\0", "").split())[:LINE]
        old = OperationName.objects.filter(operation=found.pk, audience=audience).first()
        if old is not None:
            keep(by, AnalysisRevision.Kind.NAME, old, {"name": old.name})
            old.delete()
        if calls:
            made = OperationName.objects.create(
                operation=found.pk, organisation=by.organisation or 0, person=by.person or 0,
                principal=table.principal, audience=audience, name=calls,
            )  # fmt: skip
            audit.record(by=by, verb="add", kind="name", thing=made.pk, detail={"operation": found.pk})
