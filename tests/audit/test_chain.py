"""The record and its chain: append-only for the application, every tampering found and named, nothing skipped."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import ProgrammingError, connection, connections, transaction

from hueandcry.audit import actions, chain
from hueandcry.members.viewer import ANYONE, viewer


@pytest.fixture
def folder(database: Path) -> Path:
    return database


def record(number: int = 1) -> None:
    for each in range(number):
        actions.record(by=ANYONE, verb="read", kind="report", thing=each, detail={"n": each})


def tamper(sql: str, *given: Any) -> int:
    """What somebody with the owner's login could do; gives the number of rows it hit."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(sql, given)
        return int(cursor.rowcount)


ATTACKS = [
    "UPDATE audit_act SET verb = 'nothing'",
    "DELETE FROM audit_act",
    "TRUNCATE audit_act",
    "UPDATE audit_seal SET digest = ''",
    "DELETE FROM audit_seal",
    "INSERT INTO audit_seal (position, act, digest) VALUES (99, 99, '')",
    "UPDATE audit_head SET position = 0",
    "DELETE FROM audit_head",
    "ALTER TABLE audit_act DISABLE ROW LEVEL SECURITY",
    "ALTER TABLE audit_act NO FORCE ROW LEVEL SECURITY",
    "DROP TABLE audit_seal",
    "CREATE RULE gone AS ON INSERT TO audit_act DO INSTEAD NOTHING",
    "CREATE TRIGGER gone BEFORE INSERT ON audit_act EXECUTE FUNCTION suppress_redundant_updates_trigger()",
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_the_application_can_only_add(folder: Path, attack: str) -> None:
    record(2)
    chain.seal(folder)
    with pytest.raises(ProgrammingError) as refused, connection.cursor() as cursor:
        cursor.execute(attack)
    assert isinstance(refused.value.__cause__, psycopg.errors.InsufficientPrivilege)
    assert chain.verify(folder).faults == []


def test_an_act_falls_with_its_transaction(folder: Path) -> None:
    with pytest.raises(ZeroDivisionError), viewer(ANYONE):
        record()
        1 / 0  # noqa: B018
    chain.seal(folder)
    assert chain.verify(folder).sealed == 0


def test_a_sound_record_is_found_sound(folder: Path) -> None:
    record(5)
    assert chain.seal(folder) == 5
    record(3)
    assert chain.seal(folder) == 3
    record(2)
    verdict = chain.verify(folder)
    assert (verdict.sealed, verdict.unsealed, verdict.heads, verdict.faults) == (8, 2, 2, [])


def _changed(acts: list[int]) -> str:
    assert tamper("UPDATE audit_act SET detail = '{\"n\": 7}' WHERE id = %s", acts[2]) == 1
    return f"act {acts[2]} (position 3) was changed, or its place in the order was"


def _changed_time(acts: list[int]) -> str:
    assert tamper("UPDATE audit_act SET at = at - interval '1 microsecond' WHERE id = %s", acts[0]) == 1
    return f"act {acts[0]} (position 1) was changed, or its place in the order was"


def _removed(acts: list[int]) -> str:
    assert tamper("DELETE FROM audit_act WHERE id = %s", acts[3]) == 1
    return f"act {acts[3]} (position 4) is gone"


def _removed_with_seal(acts: list[int]) -> str:
    assert tamper("DELETE FROM audit_act WHERE id = %s", acts[3]) == 1
    assert tamper("DELETE FROM audit_seal WHERE position = 4") == 1
    return "seals 4 to 4 are missing"


def _reordered(acts: list[int]) -> str:
    tamper("UPDATE audit_seal SET act = -1 WHERE position = 2")
    tamper("UPDATE audit_seal SET act = %s WHERE position = 3", acts[1])
    tamper("UPDATE audit_seal SET act = %s WHERE position = 2", acts[2])
    return f"act {acts[2]} (position 2) was changed, or its place in the order was"


def _cut_tail(acts: list[int]) -> str:
    assert tamper("DELETE FROM audit_act WHERE id = ANY (%s)", acts[4:]) == 2
    assert tamper("DELETE FROM audit_seal WHERE position > 4") == 2
    tamper("UPDATE audit_head SET position = 4")
    return "the tail is cut: 2 acts up to position 6 are gone"


def _cut_whole(acts: list[int]) -> str:
    tamper("DELETE FROM audit_act")
    tamper("DELETE FROM audit_seal")
    tamper("UPDATE audit_head SET position = 0, digest = decode(repeat('00', 32), 'hex')")
    return "the tail is cut: 6 acts up to position 6 are gone"


def _forged(acts: list[int]) -> str:
    """Changed, and the whole chain computed anew: only the head outside tells."""
    tamper("UPDATE audit_act SET verb = 'nothing' WHERE id = %s", acts[1])
    tamper("DELETE FROM audit_seal")
    tamper("UPDATE audit_head SET position = 0, horizon = '0', digest = decode(repeat('00', 32), 'hex')")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT sealed FROM hueandcry_seal(100)")
        assert cursor.fetchone() == (6,)
    return "the chain up to position 6 is not the one noted outside the database"


@pytest.mark.parametrize(
    "crime", [_changed, _changed_time, _removed, _removed_with_seal, _reordered, _cut_tail, _cut_whole, _forged]
)
def test_tampering_is_found_and_named(folder: Path, crime: Callable[[list[int]], str]) -> None:
    record(6)
    chain.seal(folder)
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT act FROM audit_seal ORDER BY position")
        acts = [row[0] for row in cursor.fetchall()]
    expected = crime(acts)
    assert expected in chain.verify(folder).faults


def test_a_spoiled_line_among_the_heads_is_named(folder: Path) -> None:
    record()
    chain.seal(folder)
    path = chain.heads_file(folder)
    path.write_text(path.read_text("utf-8") + "{broken\n", "utf-8")
    assert chain.verify(folder).faults == [f"{path} line 2 is not a head"]


def test_a_late_commit_is_sealed_too(folder: Path) -> None:
    """An act written before others and committed after them keeps its place below the horizon, and is not skipped."""
    entered, leave = threading.Event(), threading.Event()

    def slow() -> None:
        with viewer(ANYONE):
            actions.record(by=ANYONE, verb="slow", kind="report")
            entered.set()
            leave.wait(20)
        connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    assert entered.wait(20)
    record(3)  # committed, but above the horizon, which the slow one holds down
    assert chain.seal(folder) == 0
    leave.set()
    thread.join()
    assert chain.seal(folder) == 4
    verdict = chain.verify(folder)
    assert (verdict.sealed, verdict.unsealed, verdict.faults) == (4, 0, [])


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(chain, "BATCH", 3)
    yield


@pytest.mark.usefixtures("small_batches")
def test_a_transaction_larger_than_a_batch_is_sealed_whole(folder: Path) -> None:
    with viewer(ANYONE):
        record(10)
    record(2)
    assert chain.seal(folder) == 12
    verdict = chain.verify(folder)
    assert (verdict.sealed, verdict.unsealed, verdict.faults) == (12, 0, [])


@pytest.mark.usefixtures("small_batches")
def test_sealing_under_concurrent_commits_skips_nothing(folder: Path) -> None:
    """Six writers with transactions of all lengths, two sealers at once: in the end every act is sealed once."""
    done = threading.Event()
    faults: list[BaseException] = []

    def guarded(work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as error:
            faults.append(error)
        finally:
            connections.close_all()

    def write(seed: int) -> None:
        for turn in range(12):
            with viewer(ANYONE):
                record((seed * 7 + turn * 3) % 6 + 1)

    def seal() -> None:
        while not done.is_set():
            chain.seal(folder)

    writers = [threading.Thread(target=guarded, args=(lambda s=seed: write(s),)) for seed in range(6)]
    sealers = [threading.Thread(target=guarded, args=(seal,)) for _ in range(2)]
    for thread in [*writers, *sealers]:
        thread.start()
    for thread in writers:
        thread.join()
    done.set()
    for thread in sealers:
        thread.join()
    chain.seal(folder)
    assert faults == []
    expected = sum((seed * 7 + turn * 3) % 6 + 1 for seed in range(6) for turn in range(12))
    verdict = chain.verify(folder)
    assert (verdict.sealed, verdict.unsealed, verdict.faults) == (expected, 0, [])
