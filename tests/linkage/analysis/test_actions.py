"""What analysts write: who may, for whom, and who no longer."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from hueandcry.audit.models import Act
from hueandcry.exchange.models import Report
from hueandcry.linkage.analysis import actions, actions_note, actions_task, queries
from hueandcry.linkage.models import (
    AnalysisRevision,
    Evidence,
    Hypothesis,
    Note,
    Operation,
    OperationCrime,
    OperationEvent,
    OperationName,
    Room,
    Task,
)
from hueandcry.linkage.rooms import actions as rooms
from hueandcry.members.actions import Refused
from hueandcry.members.models import Circle, CircleMember, Person
from hueandcry.members.viewer import viewer
from hueandcry.notices.models import Notice
from tests import factory
from tests.linkage import found

pytestmark = pytest.mark.usefixtures("database")
TERMS = {"likelihood": "likely", "confidence": "low"}


@pytest.fixture
def bank() -> Person:
    return factory.person(factory.organisation("Example Bank"))


@pytest.fixture
def police() -> Person:
    return factory.person(factory.organisation("Example Police", kind="law-enforcement"))


@pytest.fixture
def outsider() -> Person:
    return factory.person(factory.organisation("Other Bank", country="ES"))


@pytest.fixture
def circle(bank: Person, police: Person) -> Circle:
    return factory.circle("Invoices", [bank.organisation, police.organisation])  # type: ignore[list-item]


@pytest.fixture
def operation(bank: Person) -> Operation:
    return found.of_reports(found.told(bank, "Invoice of Porto"), found.told(bank, "Invoice of Braga"))


def own(person: Person) -> int:
    assert person.organisation
    return person.organisation.principal_id


def suppose(person: Person, operation: Operation, principal: int, statement: str = "One group") -> UUID:
    by = factory.as_viewer(person)
    return actions.suppose(by=by, operation=operation.reference, principal=principal, statement=statement, **TERMS)


def write(person: Person, operation: Operation, principal: int, words: str = "Look at Braga") -> UUID:
    by = factory.as_viewer(person)
    return actions_note.write(by=by, operation=operation.reference, principal=principal, words=words)


def give(person: Person, operation: Operation, principal: int, **more: object) -> UUID:
    by = factory.as_viewer(person)
    return actions_task.give(by=by, operation=operation.reference, principal=principal, title="Ask", **more)  # type: ignore[arg-type]


def seen(person: Person) -> dict[str, int]:
    """How many rows of each table this person sees."""
    kinds = (Hypothesis, Evidence, Note, Task, OperationName, AnalysisRevision)
    with viewer(factory.as_viewer(person)):
        return {kind.__name__: kind.objects.count() for kind in kinds}


# For whom


def test_what_is_for_ones_own_organisation_shows_to_nobody_else(
    bank: Person, police: Person, operation: Operation
) -> None:
    hypothesis = suppose(bank, operation, own(bank))
    note, task = write(bank, operation, own(bank)), give(bank, operation, own(bank))
    by = factory.as_viewer(bank)
    actions_note.name(by=by, operation=operation.reference, principal=own(bank), words="Red Ink")
    actions_note.change(by=by, note=note, words="Look at Braga first")
    actions.weigh(by=by, hypothesis=hypothesis, bearing="for", report=a_report(bank))
    assert all(seen(bank).values())
    assert all(seen(factory.person(bank.organisation, ["reader"])).values())
    assert not any(seen(police).values())
    client = factory.signed_in(police)
    for path in (f"hypotheses/{hypothesis}/", f"notes/{note}/", f"tasks/{task}/"):
        assert client.get(f"/operations/{path}").status_code == 404
        assert client.post(f"/operations/{path}", {"words": "x", "title": "x"}).status_code == 404
    for part in ("hypotheses", "notes", "tasks"):
        page = client.get(f"/operations/{operation.reference}/?part={part}").content.decode()
        assert "Braga first" not in page
        assert "Red Ink" not in page
    assert "Red Ink" not in client.get("/operations/").content.decode()
    assert "Red Ink" in factory.signed_in(bank).get("/operations/").content.decode()


def a_report(person: Person) -> UUID:
    with viewer(factory.as_viewer(person)):
        found_one = Report.objects.order_by("pk").first()
    assert found_one
    return found_one.reference


def test_what_is_for_a_circle_shows_to_its_members_and_no_longer_to_who_left(
    bank: Person, police: Person, outsider: Person, circle: Circle, operation: Operation
) -> None:
    suppose(bank, operation, circle.principal_id)
    write(police, operation, circle.principal_id)
    assert seen(bank) == seen(police)
    assert seen(bank)["Hypothesis"] == seen(bank)["Note"] == 1
    assert not any(seen(outsider).values())
    CircleMember.objects.using("owner").filter(organisation=bank.organisation).delete()
    assert not any(seen(bank).values()), "who leaves a circle reads no more of it, their own words included"
    with pytest.raises(Refused, match="circles that it is in"):
        write(bank, operation, circle.principal_id)
    assert seen(police)["Hypothesis"] == 1


def test_a_circle_that_closed_is_read_by_nobody(bank: Person, circle: Circle, operation: Operation) -> None:
    write(bank, operation, circle.principal_id)
    Circle.objects.using("owner").filter(pk=circle.pk).update(closed_at="2026-01-01T00:00:00Z")
    assert not any(seen(bank).values())


@pytest.mark.parametrize("principal", [1, 2, 999_999])
def test_nobody_writes_for_everyone_or_for_strangers(bank: Person, operation: Operation, principal: int) -> None:
    for act in (suppose, write, give):
        with pytest.raises(Refused):
            act(bank, operation, principal)  # type: ignore[operator]


def test_nobody_writes_for_another_organisation_or_about_what_they_do_not_see(
    bank: Person, police: Person, operation: Operation
) -> None:
    with pytest.raises(Refused):
        write(police, operation, own(bank))
    secret = found.of_reports(found.told(bank, "Secret", found.hidden(bank)))
    for act in (suppose, write, give):
        with pytest.raises(Operation.DoesNotExist):
            act(police, secret, own(police))  # type: ignore[operator]


def test_readers_write_nothing(bank: Person, operation: Operation) -> None:
    reader = factory.person(bank.organisation, ["reader"])
    for act in (suppose, write, give):
        with pytest.raises(Refused, match="Analysts"):
            act(reader, operation, own(bank))  # type: ignore[operator]
    client = factory.signed_in(reader)
    for path in ("hypotheses/add/", "notes/add/", "tasks/add/", "name/"):
        assert client.post(f"/operations/{operation.reference}/{path}").status_code == 403


# The database holds it too


def test_the_database_keeps_who_wrote_it_and_for_whom(
    bank: Person, police: Person, circle: Circle, operation: Operation
) -> None:
    write(bank, operation, circle.principal_id)
    for forged in (
        "UPDATE linkage_note SET audience = 1",
        "UPDATE linkage_note SET person = 1",
        "UPDATE linkage_hypothesis SET organisation = 1",
        "DELETE FROM linkage_task",
        "UPDATE linkage_analysisrevision SET before = '{}'",
    ):
        with pytest.raises(ProgrammingError, match="permission denied"), viewer(factory.as_viewer(bank)):
            run(forged)
    with viewer(factory.as_viewer(police)):
        assert run("UPDATE linkage_note SET words = 'forged'") == 0
        assert run("DELETE FROM linkage_note") == 0
    insert = (
        "INSERT INTO linkage_note (reference, operation, organisation, person, audience, principal, words)"
        " SELECT gen_random_uuid(), operation, %s, %s, audience, principal, 'forged' FROM linkage_note"
    )
    with pytest.raises(ProgrammingError, match="row-level security"), viewer(factory.as_viewer(police)):
        run(insert, [bank.organisation_id, bank.pk])


def run(sql: str, values: list[object] | None = None) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return int(cursor.rowcount)


def test_without_a_viewer_nothing_shows(bank: Person, operation: Operation) -> None:
    write(bank, operation, own(bank))
    assert Note.objects.count() == 0


# Hypotheses


def test_a_change_keeps_what_was_said_and_only_authors_change(
    bank: Person, police: Person, circle: Circle, operation: Operation
) -> None:
    hypothesis = suppose(bank, operation, circle.principal_id)
    change = {"statement": "Two groups", "likelihood": "even", "confidence": "high", "state": "held"}
    with pytest.raises(Refused, match="wrote it"):
        actions.change(by=factory.as_viewer(police), hypothesis=hypothesis, **change)
    actions.change(by=factory.as_viewer(bank), hypothesis=hypothesis, **change)
    actions.change(by=factory.as_viewer(bank), hypothesis=hypothesis, **change)
    with viewer(factory.as_viewer(police)) as who:
        one = Hypothesis.objects.get()
        past = queries.revisions(who, "hypothesis", one.pk)
    assert (one.statement, one.state) == ("Two groups", "held")
    assert [p.revision.before["statement"] for p in past] == ["One group"]
    assert (past[0].organisation, past[0].person) == ("Example Bank", "")
    verbs = Act.objects.using("owner").filter(kind="hypothesis").order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["add", "change"]


@pytest.mark.parametrize(
    "wrong",
    [{"likelihood": "99 %"}, {"confidence": ""}, {"state": "proved"}, {"statement": " \0 "}, {"statement": "x" * 1001}],
)
def test_what_makes_no_sense_is_refused(bank: Person, operation: Operation, wrong: dict[str, str]) -> None:
    hypothesis = suppose(bank, operation, own(bank))
    given = {"statement": "One group", "state": "open", **TERMS} | wrong
    with pytest.raises(Refused):
        actions.change(by=factory.as_viewer(bank), hypothesis=hypothesis, **given)


def test_evidence_shows_only_where_the_report_does(
    bank: Person, police: Person, circle: Circle, operation: Operation
) -> None:
    hypothesis = suppose(bank, operation, circle.principal_id)
    secret = found.told(
        bank, "For us alone", found.hidden(bank, discoverability="hidden"), known="DE89370400440532013000"
    )
    by = factory.as_viewer(bank)
    actions.weigh(by=by, hypothesis=hypothesis, bearing="against", report=secret.reference, words="see there")
    actions.weigh(by=by, hypothesis=hypothesis, bearing="for", report=a_report(bank))
    assert seen(bank)["Evidence"] == 2
    assert seen(police)["Evidence"] == 1
    page = factory.signed_in(police).get(f"/operations/hypotheses/{hypothesis}/").content.decode()
    assert "For us alone" not in page
    assert "see there" not in page
    with pytest.raises(Report.DoesNotExist):
        actions.weigh(by=factory.as_viewer(police), hypothesis=hypothesis, bearing="for", report=secret.reference)


def test_each_organisation_weighs_a_thing_once_and_takes_back_only_its_own(
    bank: Person, police: Person, circle: Circle, operation: Operation
) -> None:
    hypothesis, report = suppose(bank, operation, circle.principal_id), a_report(bank)
    for person, bearing in ((bank, "for"), (bank, "neither"), (police, "against")):
        actions.weigh(by=factory.as_viewer(person), hypothesis=hypothesis, bearing=bearing, report=report)
    with viewer(factory.as_viewer(bank)) as who:
        board = queries.board(who, operation.pk)
    assert [(p.bearing, p.own) for p in board.hypotheses[0].pieces] == [("neither", True), ("against", False)]
    mine, theirs = board.hypotheses[0].pieces
    with pytest.raises(Evidence.DoesNotExist):
        actions.unweigh(by=factory.as_viewer(bank), evidence=theirs.id)
    assert actions.unweigh(by=factory.as_viewer(bank), evidence=mine.id) == hypothesis
    assert seen(police)["Evidence"] == 1


def test_evidence_is_one_report_or_one_value(bank: Person, operation: Operation) -> None:
    hypothesis = suppose(bank, operation, own(bank))
    by = factory.as_viewer(bank)
    for wrong in ({}, {"report": uuid4(), "observable": 1}):
        with pytest.raises(Refused):
            actions.weigh(by=by, hypothesis=hypothesis, bearing="for", **wrong)  # type: ignore[arg-type]
    with viewer(by):
        pk = Hypothesis.objects.get().pk
    with pytest.raises(IntegrityError, match="evidence_is_one_thing"), transaction.atomic(using="owner"):
        Evidence(hypothesis_id=pk, organisation=1, person=1, bearing="for").save(using="owner")


def test_what_is_erased_is_evidence_no_longer(bank: Person, operation: Operation) -> None:
    hypothesis = suppose(bank, operation, own(bank))
    report = found.told(bank, "To be erased")
    actions.weigh(by=factory.as_viewer(bank), hypothesis=hypothesis, bearing="for", report=report.reference)
    with viewer(factory.as_viewer(bank)):
        run("DELETE FROM exchange_report WHERE id = %s", [report.pk])
    assert Evidence.objects.using("owner").count() == 0


def test_what_was_written_follows_a_merge(bank: Person, police: Person, operation: Operation) -> None:
    write(bank, operation, own(bank))
    suppose(bank, operation, own(bank))
    after = found.of_reports(found.told(bank, "Later"))
    Operation.objects.using("owner").filter(pk=operation.pk).update(merged_into=after.pk)
    with viewer(factory.as_viewer(bank)) as who:
        assert len(queries.notes(who, after.pk)) == 1
        assert len(queries.board(who, after.pk).hypotheses) == 1
        assert queries.counts(who, after.pk).notes == 1
    OperationEvent.objects.using("owner").create(
        kind="merged", operation=after.pk, other=operation.pk,
        crimes=list(OperationCrime.objects.using("owner").values_list("crime", flat=True)),
    )  # fmt: skip
    home = factory.signed_in(bank).get("/").content.decode()
    assert "now part of a larger one" in home
    assert f"/operations/{after.reference}/" in home
    assert "larger one" not in factory.signed_in(police).get("/").content.decode(), "it wrote nothing about it"


def test_tasks_wait_at_home_for_those_who_have_them(bank: Person, outsider: Person, operation: Operation) -> None:
    today = datetime.now(UTC).date()
    colleague = factory.person(bank.organisation)
    late = give(bank, operation, own(bank), assignee=bank.organisation_id, due_on=today + timedelta(days=15))
    ours = give(bank, operation, own(bank), assignee=bank.organisation_id, due_on=today - timedelta(days=1))
    hers = give(bank, operation, own(bank), assignee=bank.organisation_id, assignee_person=colleague.pk, due_on=today)
    shown = {each: factory.signed_in(each).get("/").content.decode() for each in (bank, colleague, outsider)}
    assert [[str(task) in page for task in (late, ours, hers)] for page in shown.values()] == [
        [False, True, False], [False, True, True], [False, False, False],
    ]  # fmt: skip
    assert "It was due on" in shown[bank]


# Notes and names


def test_a_note_is_changed_and_deleted_by_its_authors_alone(
    bank: Person, police: Person, circle: Circle, operation: Operation
) -> None:
    note = write(bank, operation, circle.principal_id)
    for act in (
        lambda by: actions_note.change(by=by, note=note, words="forged"),
        lambda by: actions_note.delete(by=by, note=note),
    ):
        with pytest.raises(Refused):
            act(factory.as_viewer(police))
    actions_note.change(by=factory.as_viewer(bank), note=note, words="Look at Lisbon")
    assert factory.signed_in(bank).get(f"/operations/notes/{note}/").content.decode().count("Look at Braga") == 1
    assert actions_note.delete(by=factory.as_viewer(bank), note=note) == operation.reference
    assert seen(police)["Note"] == 0


def test_a_name_is_its_tables_and_can_be_taken_away(
    bank: Person, police: Person, circle: Circle, operation: Operation
) -> None:
    for person, principal, name in (
        (bank, own(bank), "Red Ink"),
        (police, circle.principal_id, "Blue Ink"),
        (bank, circle.principal_id, "Black Ink"),
    ):
        by = factory.as_viewer(person)
        actions_note.name(by=by, operation=operation.reference, principal=principal, words=name)
    with viewer(factory.as_viewer(bank)) as who:
        assert queries.names(who, [operation.pk])[operation.pk] == [
            ("Red Ink", "Example Bank"), ("Black Ink", "Invoices"),
        ]  # fmt: skip
    with viewer(factory.as_viewer(police)) as who:
        assert queries.names(who, [operation.pk])[operation.pk] == [("Black Ink", "Invoices")]
    by = factory.as_viewer(police)
    actions_note.name(by=by, operation=operation.reference, principal=circle.principal_id, words="")
    with viewer(by) as who:
        assert queries.names(who, [operation.pk]) == {}


# Tasks


def told_of(person: Person) -> list[str]:
    return list(Notice.objects.using("owner").filter(person=person.pk, kind="task").values_list("title", flat=True))


def test_whoever_is_given_a_task_is_told_and_who_gave_it_hears_when_it_is_over(
    bank: Person, police: Person, outsider: Person, circle: Circle, operation: Operation
) -> None:
    task = give(bank, operation, circle.principal_id, assignee=police.organisation_id, due_on=date(2027, 1, 1))
    assert told_of(police) == ["Example Bank gives you something to do about an operation"]
    with pytest.raises(Task.DoesNotExist):
        actions_task.go_on(by=factory.as_viewer(outsider), task=task, state="done")
    actions_task.go_on(by=factory.as_viewer(police), task=task, state="doing", mine=True)
    assert told_of(bank) == []
    actions_task.go_on(by=factory.as_viewer(police), task=task, state="done")
    assert told_of(bank) == ["Example Police says that a task you gave is over"]
    with viewer(factory.as_viewer(police)) as who:
        assert (queries.task(who, task).assignee_person, queries.task(who, task).task.state) == (police.name, "done")
        assert queries.own_tasks(who) == []
        assert len(queries.own_tasks(who, over=True, mine=True)) == 1


def test_a_task_goes_to_who_may_read_it(
    bank: Person, police: Person, outsider: Person, circle: Circle, operation: Operation
) -> None:
    with pytest.raises(Refused, match="may read"):
        give(bank, operation, circle.principal_id, assignee=outsider.organisation_id)
    with pytest.raises(Refused, match="may read"):
        give(bank, operation, own(bank), assignee=police.organisation_id)
    with pytest.raises(Refused, match="says itself"):
        give(bank, operation, circle.principal_id, assignee=police.organisation_id, assignee_person=police.pk)
    with pytest.raises(Refused, match="says itself"):
        give(bank, operation, own(bank), assignee_person=outsider.pk)
    reader = factory.person(bank.organisation, ["reader"])
    with pytest.raises(Refused, match="says itself"):
        give(bank, operation, own(bank), assignee_person=reader.pk)


def test_only_who_gave_a_task_changes_it_and_what_it_said_is_kept(
    bank: Person, police: Person, circle: Circle, operation: Operation
) -> None:
    colleague = factory.person(bank.organisation)
    task = give(bank, operation, circle.principal_id, assignee=police.organisation_id)
    given = {"title": "Ask the registrar", "words": "", "assignee_person": colleague.pk, "due_on": None}
    with pytest.raises(Refused):
        actions_task.change(by=factory.as_viewer(police), task=task, assignee=None, **given)  # type: ignore[arg-type]
    actions_task.change(by=factory.as_viewer(bank), task=task, assignee=None, **given)  # type: ignore[arg-type]
    assert told_of(colleague) == ["Example Bank gives you something to do about an operation"]
    with viewer(factory.as_viewer(bank)) as who:
        assert queries.revisions(who, "task", Task.objects.get().pk)[0].revision.before["title"] == "Ask"
    with pytest.raises(Refused, match="who has it"):
        actions_task.go_on(by=factory.as_viewer(police), task=task, state="done")


def test_in_a_case_room_only_those_who_are_in_it_read_and_are_told(
    bank: Person, police: Person, operation: Operation
) -> None:
    room = rooms.open_room(
        by=factory.as_viewer(bank), name="Invoices", purpose="Stop it", legal_basis="Ours", ceiling="AMBER"
    )
    rooms.invite(by=factory.as_viewer(bank), room=room, organisation=police.organisation_id or 0)
    rooms.answer(by=factory.as_viewer(police), room=room, accept=True)
    colleague = factory.person(police.organisation)
    principal = Room.objects.using("owner").get().principal
    task = give(bank, operation, principal, assignee=police.organisation_id)
    write(police, operation, principal)
    assert told_of(police) == ["Example Bank gives you something to do about an operation"]
    assert told_of(colleague) == []
    assert seen(police)["Task"] == seen(police)["Note"] == 1
    assert not any(seen(colleague).values())
    with pytest.raises(Task.DoesNotExist):
        actions_task.go_on(by=factory.as_viewer(colleague), task=task, state="done")
    other = factory.person(bank.organisation)
    with pytest.raises(Refused, match="says itself"):
        give(bank, operation, principal, assignee_person=other.pk)
