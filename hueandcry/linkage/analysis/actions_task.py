"""Writes of tasks. Whoever is given one is told; so is who gave it, when it is done."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext as _

from hueandcry.audit import actions as audit
from hueandcry.linkage.analysis import audiences
from hueandcry.linkage.analysis.writing import (
    LINE,
    LONGEST,
    WRITERS,
    keep,
    require_author,
    require_writer,
    said,
    standing,
)
from hueandcry.linkage.models import RoomPerson, Task
from hueandcry.members import queries as members
from hueandcry.members.actions import Refused
from hueandcry.members.viewer import Viewer, viewer
from hueandcry.notices.actions import tell

OVER = frozenset({Task.State.DONE.value, Task.State.DROPPED.value})


def give(
    *, by: Viewer, operation: UUID, principal: int, title: str, words: str = "", assignee: int | None = None,
    assignee_person: int | None = None, due_on: date | None = None,
) -> UUID:  # fmt: skip
    """Give an organisation at this table something to do, by default one's own; gives the task's reference.

    Raises Operation.DoesNotExist, Refused.
    """
    with viewer(by):
        require_writer(by)
        found = standing(operation)
        table = audiences.table(by, principal)
        made = Task.objects.create(
            operation=found.pk, organisation=by.organisation or 0, person=by.person or 0, principal=table.principal,
            audience=audiences.intern(table.principal), due_on=due_on,
            title=said(title, LINE, empty=_("Say what is to be done.")),
            words=words.replace("\0", "").strip()[:LONGEST],
            **_for(by, table, assignee or by.organisation or 0, assignee_person),
        )  # fmt: skip
        audit.record(by=by, verb="add", kind="task", thing=made.pk, detail={"operation": found.pk})
        _tell_assignee(by, made, table)
    return made.reference


def change(
    *, by: Viewer, task: UUID, title: str, words: str, assignee: int | None, assignee_person: int | None,
    due_on: date | None,
) -> None:  # fmt: skip
    """Change a task that one's own organisation gave; what it said is kept. Raises Task.DoesNotExist, Refused."""
    with viewer(by):
        require_author(by, Task.objects.get(reference=task))
        found = Task.objects.select_for_update().get(reference=task)
        table = audiences.table(by, found.principal)
        now: dict[str, Any] = {
            "title": said(title, LINE, empty=_("Say what is to be done.")),
            "words": words.replace("\0", "").strip()[:LONGEST],
            "due_on": due_on,
            **_for(by, table, assignee or by.organisation or 0, assignee_person),
        }
        before = {key: getattr(found, key) for key in now}
        if before == now:
            return
        keep(by, "task", found, before | {"due_on": found.due_on and found.due_on.isoformat()})
        Task.objects.filter(pk=found.pk).update(**now, changed_at=Now())
        if (found.assignee, found.assignee_person) != (now["assignee"], now["assignee_person"]):
            found.refresh_from_db()
            _tell_assignee(by, found, table)


def go_on(*, by: Viewer, task: UUID, state: str, mine: bool = False) -> None:
    """Say how a task stands; who gave it may, and the organisation that has it. ``mine``: the viewer takes it on.

    Raises Task.DoesNotExist, Refused.
    """
    with viewer(by):
        require_writer(by)
        found = Task.objects.get(reference=task)
        if by.organisation not in (found.organisation, found.assignee):
            raise Refused(_("Only who gave a task and who has it say how it stands."))
        found = Task.objects.select_for_update().get(pk=found.pk)
        if state not in Task.State.values:
            raise Refused(_("Choose a state."))
        if mine and found.assignee != by.organisation:
            raise Refused(_("It was given to another organisation."))
        person = by.person if mine else found.assignee_person
        if (state, person) == (found.state, found.assignee_person):
            return
        keep(by, "task", found, {"state": found.state, "assignee_person": found.assignee_person})
        Task.objects.filter(pk=found.pk).update(state=state, assignee_person=person, changed_at=Now())
        if state in OVER and found.person != by.person:
            tell(
                kind="task",
                title=_("%(who)s says that a task you gave is over") % {"who": by.name},
                link=reverse("linkage:tasks"),
                people=[found.person],
            )


def _for(by: Viewer, table: audiences.Table, assignee: int, person: int | None) -> dict[str, Any]:
    """Who has it: an organisation at this table, and of one's own organisation a person too."""
    if assignee not in table.organisations:
        raise Refused(_("Choose an organisation that may read the task."))
    if person is None:
        return {"assignee": assignee, "assignee_person": None}
    known = members.people(by, assignee, roles=WRITERS, active=True).filter(pk=person)
    sits = table.people is None or person in table.people
    if assignee != by.organisation or not sits or not known.exists():
        raise Refused(_("Which of its people does it, an organisation says itself."))
    return {"assignee": assignee, "assignee_person": person}


def _tell_assignee(by: Viewer, task: Task, table: audiences.Table) -> None:
    """Told without the task's words: they may not leave the table. Of a room's task only those in the room are told."""
    if task.assignee_person == by.person:
        return
    if task.assignee == by.organisation and task.assignee_person is None:
        return  # one's own list shows it; colleagues are not rung for it
    tell(
        kind="task",
        title=_("%(who)s gives you something to do about an operation") % {"who": by.name},
        link=reverse("linkage:tasks"),
        organisations=[] if task.assignee_person or table.people is not None else [task.assignee],
        people=[task.assignee_person] if task.assignee_person else _people_of(table, task.assignee),
    )


def _people_of(table: audiences.Table, organisation: int) -> list[int]:
    """The people of an organisation who are in a room; nobody where it is no room."""
    named = RoomPerson.objects.filter(person__in=table.people or (), organisation=organisation, left_at=None)
    return list(named.values_list("person", flat=True))
