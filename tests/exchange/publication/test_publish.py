"""What enters which collection, in what order, for whose eyes; and what goes."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest
from django.db import ProgrammingError, connection, connections, transaction

from hueandcry.exchange import actions, actions_report, formats, staging
from hueandcry.exchange.handling import Handling
from hueandcry.exchange.models import Change, Collection, Object, Submission
from hueandcry.exchange.publication import actions as publication
from hueandcry.exchange.publication import queries
from hueandcry.members.models import ALLIANCE, EVERYONE, Person
from hueandcry.members.viewer import viewer
from tests import factory
from tests.exchange.publication.conftest import bundle, entries, grouped, indicator, owner, seen, send

pytestmark = pytest.mark.usefixtures("database")


def test_what_is_sent_to_the_alliance_is_there_at_once(bank: Person, police: Person) -> None:
    send(bank, grouped(1, indicator(2), indicator(3)))
    assert [name for _key, name in seen(police)] == ["Report 1", "Number 2", "Number 3"]
    assert seen(bank) == seen(police)
    assert seen(bank, "organisation") == []  # the sender's own inbox holds only what nothing else does
    assert seen(None, "everyone") == seen(police, "everyone") == []


def test_numbers_and_moments_grow_strictly(bank: Person, police: Person) -> None:
    send(bank, bundle(*(indicator(n) for n in range(300))))
    send(police, bundle(*(indicator(n) for n in range(300, 600))))
    rows = entries(police)
    numbers, moments = [row[3] for row in rows], [row[4] for row in rows]
    assert len(rows) == 600
    assert all(a < b for a, b in pairwise(numbers))
    assert all(a < b for a, b in pairwise(moments))
    with viewer(factory.as_viewer(bank)):
        changes = queries.changes(factory.as_viewer(bank))
    assert [c.number for c in changes] == list(range(1, len(changes) + 1))


def test_by_name_goes_to_the_inbox_and_shows_to_that_person_alone(bank: Person, police: Person) -> None:
    colleague = factory.person(police.organisation)
    send(bank, grouped(1, indicator(2)), Handling(tlp="RED", recipients=(police.principal_id,)))
    assert [name for _key, name in seen(police, "organisation")] == ["Report 1", "Number 2"]
    assert entries(colleague, "organisation") == []
    with viewer(factory.as_viewer(colleague)), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM exchange_entry")
        assert cursor.fetchone() == (0,)  # not even that there is one
    # the same object for the whole organisation shows once to both
    third = factory.person(factory.organisation("Third"))
    send(third, bundle(indicator(2)), Handling(tlp="AMBER+STRICT", recipients=(police.organisation.principal_id,)))
    assert [name for _key, name in seen(colleague, "organisation")] == ["Number 2"]
    assert sorted(name for _key, name in seen(police, "organisation")) == ["Number 2", "Report 1"]
    # and a later one for a person by name adds nothing
    fourth = factory.person(factory.organisation("Fourth"))
    send(fourth, bundle(indicator(2)), Handling(tlp="RED", recipients=(colleague.principal_id, police.principal_id)))
    assert [name for _key, name in seen(colleague, "organisation")] == ["Number 2"]


def test_two_people_by_name_each_see_it_once(bank: Person, police: Person) -> None:
    colleague = factory.person(police.organisation)
    send(bank, bundle(indicator(2)), Handling(tlp="RED", recipients=(police.principal_id, colleague.principal_id)))
    third = factory.person(factory.organisation("Third"))
    send(third, bundle(indicator(2)), Handling(tlp="RED", recipients=(colleague.principal_id,)))
    for person in (police, colleague):
        assert [name for _key, name in seen(person, "organisation")] == ["Number 2"]


def test_kept_for_oneself_is_in_ones_own_inbox(bank: Person, police: Person) -> None:
    send(bank, bundle(indicator(2)), Handling(tlp="AMBER"))
    assert [name for _key, name in seen(bank, "organisation")] == ["Number 2"]
    assert seen(police, "organisation") == []


def test_each_circle_is_a_collection_of_its_own(bank: Person, police: Person) -> None:
    circle = factory.circle("Few", [bank.organisation, police.organisation])
    outside = factory.person(factory.organisation("Outside"))
    send(bank, bundle(indicator(2)), Handling(tlp="AMBER", recipients=(circle.principal_id,)))
    assert [name for _key, name in seen(police, "circle")] == ["Number 2"]
    who = factory.as_viewer(outside)
    with viewer(who):
        assert {one.kind for one in queries.collections(who)} == {"everyone", "alliance", "organisation"}
        assert Collection.objects.filter(kind="circle").count() == 0


def test_what_is_for_everyone_is_public(bank: Person) -> None:
    send(bank, bundle(indicator(2)), Handling(tlp="CLEAR", recipients=(EVERYONE,)))
    assert [name for _key, name in seen(None, "everyone")] == ["Number 2"]


def test_one_id_and_version_shows_once_and_outlives_its_first_owner(bank: Person, police: Person) -> None:
    first = send(bank, bundle(indicator(2)))
    send(police, bundle(indicator(2)))
    assert len(entries(police)) == 1
    before = entries(police)[0][3]
    actions.erase(by=factory.as_viewer(bank), submission=first.submission_id, reason="asked")
    rows = entries(bank)
    assert [row[0] for row in rows] == [indicator(2)["id"]]
    assert rows[0][3] > before  # at the end, where clients look
    assert owner("SELECT count(*) FROM exchange_change WHERE kind = 'gone'") == [(0,)]


def test_a_narrowed_report_gives_way_to_another_owners_copy(bank: Person, police: Person) -> None:
    first = send(bank, bundle(indicator(2), indicator(3)))
    send(police, bundle(indicator(2)))
    who = factory.as_viewer(bank)
    actions_report.handle(by=who, report=first.pk, handling=Handling(tlp="AMBER"), reason="too wide")
    assert [name for _key, name in seen(police)] == ["Number 2"]
    assert [name for _key, name in seen(bank, "organisation")] == ["Number 2", "Number 3"]
    actions_report.handle(
        by=who, report=first.pk, handling=Handling(tlp="GREEN", recipients=(ALLIANCE,)), reason="all may know"
    )
    assert sorted(name for _key, name in seen(police)) == ["Number 2", "Number 3"]
    assert seen(bank, "organisation") == []


def test_a_grant_adds_at_the_end_and_goes_when_taken_back(bank: Person, police: Person) -> None:
    report = send(bank, grouped(1, indicator(2)), Handling(tlp="AMBER"))
    send(factory.person(factory.organisation("Third")), bundle(indicator(9)),
         Handling(tlp="AMBER+STRICT", recipients=(police.organisation.principal_id,)))  # fmt: skip
    who = factory.as_viewer(bank)
    to = police.organisation.principal_id
    actions_report.grant(by=who, report=report.pk, principals=[to], reason="asked")
    assert [name for _key, name in seen(police, "organisation")] == ["Number 9", "Report 1", "Number 2"]
    actions_report.take_back(by=who, report=report.pk, principal=to, reason="done")
    assert [name for _key, name in seen(police, "organisation")] == ["Number 9"]
    assert owner("SELECT count(*) FROM exchange_entry e JOIN exchange_object o ON o.id = e.object"
                 " JOIN exchange_collection c ON c.id = e.collection WHERE c.principal = %s AND o.report_id = %s",
                 to, report.pk) == [(0,)]  # fmt: skip


def test_a_stricter_resend_goes_from_where_it_was(bank: Person, police: Person) -> None:
    send(bank, grouped(1, indicator(2)))
    assert len(seen(police)) == 2
    red = ["marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1"]
    send(bank, grouped(1, indicator(2), version=2, object_marking_refs=red))
    assert seen(police) == []
    assert len(seen(bank, "organisation")) == 3


def test_gates_follow_handling(bank: Person) -> None:
    report = send(bank, bundle(indicator(2)), Handling(tlp="GREEN", recipients=(ALLIANCE,), codes=("H2",), pap="AMBER"))
    assert [row[5] for row in entries(bank)] == [1 + 4]
    handling = Handling(tlp="GREEN", recipients=(ALLIANCE,), codes=("H1", "H3"), pap="RED")
    actions_report.handle(by=factory.as_viewer(bank), report=report.pk, handling=handling, reason="x")
    assert [row[5] for row in entries(bank)] == [2 + 8 + 16]


def test_a_late_commit_is_neither_skipped_nor_repeated(bank: Person, police: Person) -> None:
    """One writer has taken its ids and waits with its commit while others write and publish."""
    written, go = threading.Event(), threading.Event()
    raw = bundle(*(indicator(n) for n in range(40)))

    def late() -> None:
        try:
            who = factory.as_viewer(bank)
            kept = actions.receive(
                by=who, raw=raw, handling=Handling(tlp="GREEN", recipients=(ALLIANCE,)), at_once=False
            )
            work = actions._begin(who, kept.submission)
            found, drafts = formats.read(raw, work.options, "")
            with viewer(who):
                actions._merge_chunk(work, staging.chunk(list(drafts)), found.name)
                written.set()
                assert go.wait(20)
        finally:
            connections.close_all()

    from unittest import mock

    with mock.patch("hueandcry.exchange.tasks.read_submission.defer"):
        thread = threading.Thread(target=late)
        thread.start()
        assert written.wait(20)
    send(police, bundle(*(indicator(n) for n in range(100, 140))))
    before = entries(police)
    assert len(before) == 40
    followed = max(row[3] for row in before)
    with viewer(factory.as_viewer(police)):
        change = queries.last_change(factory.as_viewer(police))
    go.set()
    thread.join(20)
    publication.publish()
    after = [row for row in entries(police) if row[3] > followed]
    assert {row[0] for row in after} == {indicator(n)["id"] for n in range(40)}
    assert min(row[4] for row in after) > max(row[4] for row in before)
    ids = owner("SELECT min(id) FILTER (WHERE number > %s) < min(id) FILTER (WHERE number <= %s) FROM exchange_change",
                change, change)  # fmt: skip
    assert ids == [(True,)]  # it really was the earlier one
    with viewer(factory.as_viewer(police)):
        assert len(queries.changes(factory.as_viewer(police), change)) == 1


def test_two_publishers_at_once(bank: Person, police: Person) -> None:
    with transaction.atomic(using="owner"):
        pass
    people = [factory.person(bank.organisation), factory.person(police.organisation), bank, police]
    faults: list[BaseException] = []

    def writing(person: Person, start: int) -> None:
        try:
            for n in range(start, start + 30):
                send(person, bundle(indicator(n), indicator(1_000 + n % 7)))
        except BaseException as fault:
            faults.append(fault)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=writing, args=(p, 100 * n)) for n, p in enumerate(people)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not faults
    publication.publish()
    rows = entries(bank)
    assert len({row[0] for row in rows}) == len(rows) == 120 + 7
    assert [row[4] for row in rows] == sorted({row[4] for row in rows})
    numbers = [number for (number,) in owner("SELECT number FROM exchange_change ORDER BY number")]
    assert numbers == list(range(1, len(numbers) + 1))


def test_inside_a_transaction_it_refuses(bank: Person) -> None:
    with viewer(factory.as_viewer(bank)), pytest.raises(RuntimeError, match="after the commit"):
        publication.publish()


def test_a_fault_of_publishing_fails_no_act(bank: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> int:
        raise OSError("no more memory")

    monkeypatch.setattr(publication, "_turn", broken)
    send(bank, bundle(indicator(2)))
    assert seen(bank) == []
    monkeypatch.undo()
    publication.publish_due()
    assert len(seen(bank)) == 1


def test_nobody_writes_entries_or_numbers_but_the_publisher(bank: Person) -> None:
    send(bank, bundle(indicator(2)))
    for statement in (
        "INSERT INTO exchange_entry (collection, number, key, kind, spec, object, added, latest, gate)"
        " VALUES (1, 99, 1, 'x', 21, 1, now(), true, 0)",
        "UPDATE exchange_entry SET gate = 0",
        "UPDATE exchange_change SET number = 5",
        "DELETE FROM exchange_change",
        "UPDATE exchange_collection SET last_entry = 0",
        "SELECT hueandcry_enter_entries('{}', '{}', '{}')",
        "SELECT * FROM hueandcry_routes('{1}', '{1}')",
    ):
        refused = pytest.raises(ProgrammingError, match="permission denied")
        with refused, viewer(factory.as_viewer(bank)), connection.cursor() as cursor:
            cursor.execute(statement)
    with pytest.raises(ProgrammingError, match="row-level security"), viewer(factory.as_viewer(bank)):
        Change.objects.create(
            kind="added",
            report=1,
            reference="00000000-0000-0000-0000-000000000000",
            organisation=bank.organisation_id + 1,
            audience=1,
        )


def test_changes_show_to_who_may_hear_of_them(bank: Person, police: Person) -> None:
    report = send(bank, grouped(1, indicator(2)))
    hidden = send(bank, grouped(5, indicator(6)), Handling(tlp="AMBER"))
    actions_report.withdraw(by=factory.as_viewer(bank), report=report.pk, reason="wrong")
    for person, expected in ((police, {report.pk}), (bank, {report.pk, hidden.pk})):
        who = factory.as_viewer(person)
        with viewer(who):
            assert {c.report for c in queries.changes(who)} == expected
    with viewer(factory.as_viewer(police)):
        assert [c.kind for c in queries.changes(factory.as_viewer(police))] == ["added", "withdrawn"]
    actions.erase(by=factory.as_viewer(bank), submission=report.submission_id, reason="asked")
    with viewer(factory.as_viewer(police)):
        last = queries.changes(factory.as_viewer(police))[-1]
    assert (last.kind, last.reference, last.report) == ("erased", report.reference, report.pk)
    assert seen(police) == []


def test_a_saved_search_is_filled_by_its_own_organisation(bank: Person, police: Person) -> None:
    send(police, bundle(indicator(2), indicator(3)))
    hidden = send(police, bundle(indicator(4)), Handling(tlp="AMBER"))
    objects = [n for (n,) in owner("SELECT id FROM exchange_object ORDER BY id")]
    assert owner("SELECT count(*) FROM exchange_object WHERE report_id = %s", hidden.pk) == [(1,)]
    who = factory.as_viewer(bank)
    with viewer(who):
        search = Collection.objects.create(kind="search", organisation=bank.organisation_id, alert=7)
        assert publication.enter(search.pk, objects) == 2
        assert publication.enter(search.pk, objects) == 0
    assert [name for _key, name in seen(bank, "search")] == ["Number 2", "Number 3"]
    assert seen(police, "search") == []
    with pytest.raises(ProgrammingError, match="not yours"), viewer(factory.as_viewer(police)):
        publication.enter(search.pk, objects)
    with viewer(who):
        Collection.objects.filter(alert=7).delete()
    assert owner("SELECT count(*) FROM exchange_entry WHERE collection = %s", search.pk) == [(0,)]


def test_versions_and_the_latest(bank: Person, police: Person) -> None:
    send(bank, bundle(indicator(2, version=2)))
    send(bank, bundle(indicator(2, version=1, name="late")))
    assert [(row[1].count("late"), row[2]) for row in entries(police)] == [(0, True), (1, False)]
    third = send(police, bundle(indicator(2, version=3, name="newest")))
    assert seen(police, latest=True) == [(indicator(2)["id"], "newest")]
    actions.erase(by=factory.as_viewer(police), submission=third.submission_id, reason="x")
    assert seen(police, latest=True) == [(indicator(2)["id"], "Number 2")]


def test_erasing_leaves_nothing_of_it(bank: Person) -> None:
    report = send(bank, grouped(1, *(indicator(n) for n in range(2, 40))))
    actions.erase(by=factory.as_viewer(bank), submission=report.submission_id, reason="x")
    for table in ("exchange_entry", "exchange_object", "exchange_observation", "exchange_report"):
        assert owner(f"SELECT count(*) FROM {table}") == [(0,)], table  # noqa: S608
    assert Submission.objects.using("owner").get().state == "erased"


def test_times_are_those_of_the_clock(bank: Person) -> None:
    before = datetime.now(UTC)
    send(bank, bundle(indicator(2)))
    added: Any = entries(bank)[0][4]
    assert before <= added <= datetime.now(UTC)


def test_an_object_that_arrives_while_its_report_goes_is_no_orphan(bank: Person) -> None:
    """The erasure of a report's submission and a resend that adds to the report, at once."""
    report = send(bank, grouped(1, indicator(2)))
    who = factory.as_viewer(bank)
    threads = [
        threading.Thread(
            target=_closing, args=(lambda: actions.erase(by=who, submission=report.submission_id, reason="x"),)
        ),
        threading.Thread(
            target=_closing, args=(lambda: send(bank, grouped(1, indicator(2), indicator(3), version=2)),)
        ),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    orphans = "SELECT count(*) FROM {} o WHERE NOT EXISTS (SELECT 1 FROM exchange_report r WHERE r.id = o.report_id)"
    for table in ("exchange_object", "exchange_observation"):
        assert owner(orphans.format(table)) == [(0,)]
    assert Object.objects.using("owner").count() in (0, 3)


def _closing(act: Any) -> None:
    try:
        act()
    except Exception:  # noqa: S110  either may come to nothing; what counts is what is left
        pass
    finally:
        connections.close_all()
