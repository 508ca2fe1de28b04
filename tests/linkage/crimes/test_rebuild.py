"""The nightly estimate: the same data the same crimes, nothing half done, one process, only what changed is written."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, connections

from hueandcry.linkage import runs
from hueandcry.linkage.crimes import estimates, live, nightly, rebuild, writing
from hueandcry.linkage.linker import linker
from hueandcry.linkage.models import Crime, CrimeEvent, CrimeReport, Model, Run
from hueandcry.members.models import Person
from tests import factory
from tests.linkage.crimes import told

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def people() -> list[Person]:
    return [factory.person(factory.organisation(f"Body {n}")) for n in range(3)]


def memberships() -> dict[int, tuple[int, datetime]]:
    rows = CrimeReport.objects.using("owner").values_list("report", "crime", "since")
    return {report: (crime, since) for report, crime, since in rows}


def test_reports_of_one_fraud_become_one_crime(people: list[Person]) -> None:
    reports = [told.fraud(person, number) for number in range(3) for person in people]
    run = rebuild.rebuild()
    assert told.crimes(*reports) == [0, 0, 0, 1, 1, 1, 2, 2, 2]
    assert (run.figures["reports"], run.figures["crimes"], run.figures["founded"]) == (9, 3, 3)
    assert run.finished_at is not None
    assert run.error == ""
    assert set(run.figures["seconds"]) >= {"read", "pairs", "groups", "write"}


def test_a_second_time_nothing_is_written(people: list[Person]) -> None:
    [told.fraud(person, number) for number in range(3) for person in people]
    rebuild.rebuild()
    before, crimes = memberships(), set(Crime.objects.using("owner").values_list("pk", "reference"))
    run = rebuild.rebuild()
    assert memberships() == before
    assert set(Crime.objects.using("owner").values_list("pk", "reference")) == crimes
    assert (run.figures["joined"], run.figures["moved"], run.figures["founded"]) == (0, 0, 0)
    assert CrimeEvent.objects.using("owner").count() == 0


def test_the_night_finds_what_the_day_found(people: list[Person]) -> None:
    rebuild.rebuild()
    for number in range(4):
        for person in people:
            told.fraud(person, number)
            live.attach_due()
    before = memberships()
    rebuild.rebuild()
    assert memberships() == before


def test_what_goes_wrong_changes_nothing_and_is_noted(people: list[Person], monkeypatch: pytest.MonkeyPatch) -> None:
    rebuild.rebuild()
    told.fraud(people[0])

    def broken(*given: Any, **more: Any) -> None:
        cursor = given[0]
        cursor.execute("UPDATE linkage_crimereport SET crime = 0")
        raise RuntimeError("no room left")

    live.attach_due()
    before = memberships()
    with monkeypatch.context() as patched:
        patched.setattr(writing, "write", broken)
        with pytest.raises(RuntimeError, match="no room"):
            rebuild.rebuild()
    assert memberships() == before
    assert Run.objects.using("owner").latest("pk").error == "RuntimeError: no room left"
    assert rebuild.rebuild().error == "", "the lock was let go"


def test_two_at_once_are_one(people: list[Person]) -> None:
    with runs.alone(Run.Kind.CRIMES):
        failed: list[Exception] = []

        def other() -> None:
            try:
                rebuild.rebuild()
            except runs.Busy as error:
                failed.append(error)
            finally:
                connections.close_all()

        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
    assert len(failed) == 1


def test_what_came_in_meanwhile_stays_where_it_was_put(people: list[Person], monkeypatch: pytest.MonkeyPatch) -> None:
    rebuild.rebuild()
    first = told.fraud(people[0], 0)
    settle = rebuild.settle

    def late(*given: Any) -> Any:
        thread = threading.Thread(target=meanwhile)
        thread.start()
        thread.join()
        return settle(*given)

    second = []

    def meanwhile() -> None:
        second.append(told.fraud(people[1], 0))
        live.attach_due()
        connections.close_all()

    monkeypatch.setattr(rebuild, "settle", late)
    rebuild.rebuild()
    assert told.crimes(first, second[0]) == [0, 0]
    live.attach_due()
    with linker() as cursor:
        cursor.execute("SELECT count(*) FROM linkage_crime c WHERE NOT EXISTS (SELECT 1 FROM linkage_crimereport r"
                       " WHERE r.crime = c.id) AND c.merged_into IS NULL")  # fmt: skip
        assert cursor.fetchone()[0] == 0, "no crime is left empty"


def test_crimes_that_merge_keep_the_older_and_lead_to_it(people: list[Person]) -> None:
    one, other = told.fraud(people[0], 0), told.fraud(people[1], 0)
    rebuild.rebuild()
    made = Crime(reference="00000000-0000-4000-8000-000000000001")
    made.save(using="owner")
    CrimeReport.objects.using("owner").filter(report=other.pk).update(crime=made.pk)
    rebuild.rebuild()
    assert told.crimes(one, other) == [0, 0]
    made.refresh_from_db(using="owner")
    assert made.merged_into == told.crime(one)
    event = CrimeEvent.objects.using("owner").get()
    assert (event.kind, event.crime, event.other, event.report) == ("merged", told.crime(one), made.pk, other.pk)


def test_hidden_reports_explain_nothing_that_is_left_without_them(people: list[Person]) -> None:
    """The same reports with and without the hidden ones among them: the same crimes, with the same names."""
    reports = [told.fraud(person, number) for number in range(3) for person in people[:2]]
    for number in range(4):
        told.fraud(people[2], number, handling=told.HIDDEN, known=" ".join(told.IBANS))
    rebuild.rebuild()
    groups = told.crimes(*reports)
    CrimeReport.objects.using("owner").all().delete()
    with connections["owner"].cursor() as cursor:
        cursor.execute("DELETE FROM exchange_report WHERE discoverability = 'hidden'")
    rebuild.rebuild()
    assert told.crimes(*reports) == groups


def test_few_reports_are_compared_by_what_people_wrote(people: list[Person]) -> None:
    told.fraud(people[0])
    run = rebuild.rebuild()
    kept = Model.objects.using("owner").get()
    assert (kept.current, kept.reports, kept.pk) == (True, 0, run.model)
    with linker() as cursor:
        found = estimates.current(cursor)
    assert found is not None
    assert found[1] == estimates.reports.starting()


class TestDue:
    """When a run is due."""

    AT = "02:30 Europe/Lisbon"
    NOW = datetime(2026, 7, 10, 12, tzinfo=UTC)

    def test_by_the_clocks_of_the_place(self) -> None:
        assert nightly.latest(self.NOW, self.AT) == datetime(2026, 7, 10, 1, 30, tzinfo=UTC)
        early = datetime(2026, 7, 10, 1, tzinfo=UTC)
        assert nightly.latest(early, self.AT) == datetime(2026, 7, 9, 1, 30, tzinfo=UTC)
        assert nightly.latest(datetime(2026, 1, 10, 12, tzinfo=UTC), self.AT).astimezone(UTC).hour == 2

    @pytest.mark.parametrize(("hours", "due"), [(5, False), (11, True), (30, True)])
    def test_once_a_night(self, hours: int, due: bool) -> None:
        done = self.NOW - timedelta(hours=hours)
        assert nightly.due(self.NOW, done, done, self.AT) is due

    def test_never_yet(self) -> None:
        assert nightly.due(self.NOW, None, None, self.AT)

    def test_what_failed_is_left_alone_for_an_hour(self) -> None:
        long_ago = self.NOW - timedelta(days=3)
        assert not nightly.due(self.NOW, long_ago, self.NOW - timedelta(minutes=5), self.AT)
        assert nightly.due(self.NOW, long_ago, self.NOW - timedelta(hours=2), self.AT)

    def test_the_round_runs_once_there_are_reports(self, people: list[Person]) -> None:
        assert not nightly.rebuild_due()
        told.fraud(people[0])
        assert nightly.rebuild_due()
        assert not nightly.rebuild_due()


def test_runs_and_models_are_kept_within_bounds(people: list[Person], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "KEPT", 3)
    for _turn in range(5):
        rebuild.rebuild()
    assert Run.objects.using("owner").count() <= 3
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM linkage_run")
        assert cursor.fetchone()[0] == 0, "runs show to nobody"
