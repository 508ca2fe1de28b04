"""What a freeze counts, and that it is of one moment, the same for the same state, and never changes."""

from __future__ import annotations

import io
import threading
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from django.db import DatabaseError, connection, connections, transaction

from hueandcry.audit.models import Act
from hueandcry.linkage.linker import linker
from hueandcry.members.viewer import identify, viewer
from hueandcry.picture.freezes import actions, taking
from hueandcry.picture.freezes.facts import TABLES
from hueandcry.picture.models import ExchangeRate, Freeze, FreezeFile, Release
from hueandcry.picture.reference.money import cents, table
from tests import factory
from tests.picture.rows import bodies, put


def rows(freeze: Freeze, name: str) -> list[dict[str, Any]]:
    file = FreezeFile.objects.using("owner").get(freeze=freeze, name=name)
    return list(pq.read_table(io.BytesIO(bytes(file.content))).to_pylist())


def owner(statement: str, values: list[Any] | None = None) -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute(statement, values)


def test_counts_what_is_current_and_meant_for_statistics(database: Path) -> None:
    made = bodies(3)
    put(made, 7)
    put(made, 2, state="withdrawn")
    put(made, 1, state="superseded")
    put(made, 4, kind="intelligence")
    put(made, 5, purpose=["prevention"])
    freeze = actions.take()
    assert (freeze.reports, freeze.crimes) == (7, 7)
    assert freeze.manifest["left_out"] == {"withdrawn": 2, "superseded": 1, "intelligence": 4, "purpose": 5}
    assert {name: len(rows(freeze, name)) for name in ("reports", "crimes", "organisations")} == {
        "reports": 7, "crimes": 7, "organisations": 3,
    }  # fmt: skip
    assert set(freeze.manifest["files"]) == set(TABLES)
    assert list(rows(freeze, "reports")[0]) == [column.name for column in TABLES["reports"]]
    act = Act.objects.using("owner").get(verb="freeze")
    assert (act.thing, act.detail["sha256"], act.channel) == (str(freeze.pk), freeze.sha256, "worker")
    owner("UPDATE exchange_report SET state = 'withdrawn' WHERE id = (SELECT min(id) FROM exchange_report)")
    assert actions.take().reports == 6


def test_a_crime_is_what_its_reports_tell_of_it(database: Path) -> None:
    made = bodies(2)
    bank, police = made
    at = datetime(2025, 3, 5, 12, tzinfo=UTC)
    common = {"loss_currency": "EUR", "reported_at": at}
    put(
        [bank], 1, main_class="fraud/phishing", occurred_from=datetime(2025, 3, 1, tzinfo=UTC), loss_amount=10, **common
    )
    put([police], 1, main_class="fraud", occurred_from=datetime(2025, 3, 4, tzinfo=UTC), loss_amount=30,
        source_kind="law-enforcement", victim_countries=["ES", "PT"], techniques=["T1566", "not one", "T1059"],
        **common)  # fmt: skip
    put([police], 1, main_class="malware/infection", victim_sector="", source_kind="law-enforcement", **common)
    put([bank], 1, main_class="malware", **common)
    owner("INSERT INTO linkage_crime (id) VALUES (5)")
    owner("INSERT INTO linkage_crimereport (report, crime) SELECT id, 5 FROM exchange_report ORDER BY id LIMIT 3")
    freeze = actions.take()
    several, alone = sorted(rows(freeze, "crimes"), key=lambda row: -row["reports"])
    assert (several["reports"], several["organisations"], several["sources"]) == (3, [1, 2], 0b11)
    assert (several["cls"], several["type"]) == ("fraud", "fraud/phishing")
    assert (several["occurred"], several["countries"], several["sector"]) == (date(2025, 3, 1), ["ES", "PT"], "L")
    assert (several["techniques"], several["loss"]) == (["T1059", "T1566"], 1000)
    assert several["delay"] == (several["arrived"] - several["occurred"]).days
    assert (alone["reports"], alone["cls"], alone["type"], alone["nature"]) == (1, "malware", "", "cyber-dependent")
    assert sorted(row["crime"] for row in rows(freeze, "reports")) == [
        *sorted([several["crime"]] * 3 + [alone["crime"]])
    ]


@pytest.mark.parametrize("amount", ["1.00", "0.01", "999999.99", "2.50", "0.08"])
def test_losses_are_converted_as_money_says(database: Path, amount: str) -> None:
    made = bodies(1)
    days = [
        (date(2025, 3, 1), Decimal("1.6")),
        (date(2025, 3, 4), Decimal("1.08765432")),
        (date(2025, 3, 6), Decimal(9)),
    ]
    ExchangeRate.objects.using("owner").bulk_create(
        ExchangeRate(currency="USD", day=day, per_euro=rate, source="test") for day, rate in days
    )
    rates = table([("USD", *each) for each in days])
    asked = [
        date(2025, 3, 1),
        date(2025, 3, 3),
        date(2025, 3, 5),
        date(2025, 3, 16),
        date(2025, 3, 17),
        date(2025, 2, 27),
    ]
    for day in asked:
        put(
            made,
            1,
            occurred_from=datetime(day.year, day.month, day.day, tzinfo=UTC),
            loss_amount=amount,
            loss_currency="USD",
        )
    freeze = actions.take()
    found = {row["occurred"]: row["loss"] for row in rows(freeze, "reports")}
    assert found == {day: cents(Decimal(amount), "USD", day, rates) for day in asked}
    assert freeze.manifest["losses"]["without_rate"] == {"USD": 2}
    assert len(rows(freeze, "rates")) == 3


def test_the_same_state_gives_the_same_bytes_and_record_keys(database: Path) -> None:
    made = bodies(4)
    put(made, 30)
    first, second = actions.take(), actions.take()
    assert first.manifest["files"] == second.manifest["files"]
    owner(
        "UPDATE exchange_report SET victim_sector = 'K', reported_at = reported_at - interval '1 day' WHERE id % 2 = 0"
    )
    third = actions.take()
    assert third.manifest["files"]["reports"] != first.manifest["files"]["reports"]
    for name in ("reports", "crimes"):
        assert sorted(r["record_key"] for r in rows(third, name)) == sorted(r["record_key"] for r in rows(first, name))
    assert len({r["record_key"] for r in rows(first, "reports")}) > 15


def test_is_of_one_moment_while_others_write(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A report is withdrawn and another comes in between two reads of one freeze: neither counts."""
    made = bodies(2)
    put(made, 20)

    def between() -> None:
        owner("UPDATE exchange_report SET state = 'withdrawn' WHERE id % 2 = 0")
        put(made, 9)
        connections.close_all()

    class Read(dict[str, str]):
        def __getitem__(self, name: str) -> str:
            if name == "memberships":
                writer = threading.Thread(target=between)
                writer.start()
                writer.join()
            return super().__getitem__(name)

    monkeypatch.setattr(taking, "READ", Read(taking.READ))
    freeze = actions.take()
    assert (freeze.reports, freeze.manifest["left_out"]) == (20, {})
    monkeypatch.undo()
    assert actions.take().reports == 19


def test_files_show_to_the_linker_alone_and_nothing_changes(database: Path) -> None:
    made = bodies(1)
    put(made, 3)
    freeze = actions.take()
    member = identify(factory.person(made[0]).pk)
    with viewer(member):
        assert Freeze.objects.count() == 1
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            FreezeFile.objects.first()
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            Freeze.objects.update(reports=1)
    stranger = identify(factory.person(factory.organisation(state="applicant")).pk)
    with viewer(stranger):
        assert not Freeze.objects.exists()
    for statement in (
        "UPDATE picture_freeze SET reports = 1",
        "UPDATE picture_freezefile SET content = 'x'",
    ):
        with pytest.raises(DatabaseError, match="never changes"), linker() as cursor:
            cursor.execute(statement)
    assert FreezeFile.objects.using("owner").filter(freeze=freeze).count() == len(TABLES)


def test_old_ones_go_but_those_of_releases_and_one_a_month(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "KEPT", 2)
    put(bodies(1), 1)
    ages = ["2026-01-05", "2026-01-06", "2026-01-07", "2026-02-01", "2026-02-02"]
    for day in ages:
        owner(
            "INSERT INTO picture_freeze (at, reason, version, reports, crimes, sha256, manifest)"
            " VALUES (%s, 'night', '1', 0, 0, '', '{}')", [day],
        )  # fmt: skip
    held = {f"{f.at:%Y-%m-%d}": f for f in Freeze.objects.using("owner").all()}
    Release.objects.using("owner").create(
        freeze=held["2026-01-07"], title="x", version="1", method="1", first="2025-01", last="2025-12"
    )
    actions.take()
    left = {f"{f.at:%Y-%m-%d}" for f in Freeze.objects.using("owner").all()}
    assert left - {f"{datetime.now(UTC):%Y-%m-%d}"} == {"2026-01-05", "2026-01-07", "2026-02-01", "2026-02-02"}
    assert Act.objects.using("owner").filter(verb="remove", kind="freeze").count() == 1


def test_each_night_after_linkage_and_once(database: Path) -> None:
    put(bodies(1), 2)
    assert not actions.take_due()
    owner(
        "INSERT INTO linkage_run (kind, engine, finished_at, figures, error)"
        " VALUES ('crimes', 'duckdb', now(), '{}', '')"
    )
    assert actions.take_due()
    assert not actions.take_due()
    freeze = Freeze.objects.using("owner").get()
    assert (freeze.reason, freeze.manifest["linkage"]["run"]["engine"]) == ("night", "duckdb")


def test_one_process_at_a_time(database: Path) -> None:
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s, 0)", [actions.LOCK])
    try:
        with pytest.raises(actions.Busy):
            actions.take()
    finally:
        other.close()
