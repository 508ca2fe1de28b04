"""A reading that is killed goes on where it stopped, nothing doubled, nothing lost; one that breaks is read again."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connections

from hueandcry.exchange import actions, formats, receipts, tasks
from hueandcry.exchange.drafts import Draft
from hueandcry.exchange.handling import Handling
from hueandcry.exchange.models import Submission
from hueandcry.members.models import Person
from hueandcry.members.viewer import viewer
from tests import factory

ROWS, CHUNK = 3_000, 151
CHILD = f"""
import sys, django
django.setup()
from hueandcry.exchange import actions
from hueandcry.members.viewer import identify
actions.CHUNK = {CHUNK}
actions.read(by=identify(int(sys.argv[1])), submission=int(sys.argv[2]))
"""


def table(rows: int) -> bytes:
    """A table of which every hundredth row is refused, and every fiftieth comes twice."""
    lines = ["title,date,domain,iban"]
    for n in range(rows):
        m = n - 1 if n % 50 == 49 else n
        date = "2026-01-02" if n % 100 else "no date at all"
        lines.append(f"fraud number {m},{date},bad-{m % 977}.pt,PT50000201231234567890154")
    return "\n".join(lines).encode()


def kept(person: Person, raw: bytes) -> int:
    """A submission that lies there and has not been read."""
    by = factory.as_viewer(person)
    received, _work = actions._keep(
        by=by, raw=raw, filename="t.csv", claimed="", handling=Handling(tlp="GREEN"), mapping=None, received_at=None
    )
    return received.submission


def state(submission: int) -> tuple[str, int]:
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT state, consumed FROM exchange_submission WHERE id = %s", [submission])
        return tuple(cursor.fetchone())  # type: ignore[return-value]


def outcome(person: Person, submission: int) -> tuple[Any, ...]:
    """The receipt without its names, and all that lies in the tables."""
    by = factory.as_viewer(person)
    with viewer(by):
        got = receipts.receipt(by, submission)
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT md5(string_agg(key || ' ' || encode(digest, 'hex') || place || text, ';' ORDER BY id))"
            "   || count(*) FROM exchange_object WHERE submission = %(s)s AND NOT ours),"
            " (SELECT md5(string_agg(key || title || objects_count, ';' ORDER BY key)) || count(*) FROM exchange_report"
            "   WHERE submission_id = %(s)s),"
            " (SELECT md5(string_agg(v.observable || v.role || r.key, ';' ORDER BY r.key, v.observable, v.role))"
            "   || count(*) FROM exchange_observation v JOIN exchange_report r ON r.id = v.report_id"
            "   WHERE r.submission_id = %(s)s)",
            {"s": submission},
        )
        held = cursor.fetchone()
    return got.state, got.read, got.stored, got.known, got.refused, got.reports, got.refusals, got.losses, held


def child(folder: Path, person: Person, submission: int) -> subprocess.Popen[bytes]:
    environment = {k: v for k, v in os.environ.items() if k != "HUEANDCRY_OWNER"}
    environment |= {"HUEANDCRY_DATA": str(folder), "DJANGO_SETTINGS_MODULE": "hueandcry.project.settings"}
    return subprocess.Popen([sys.executable, "-c", CHILD, str(person.pk), str(submission)], env=environment)


def until(done: Any, seconds: float, what: str, pause: float = 0.005) -> None:
    deadline = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline, f"{what} did not come within {seconds} s"
        time.sleep(pause)


def test_killed_in_the_middle(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed three times at moments of chance, then taken up: as if it had never been killed."""
    monkeypatch.setattr(actions, "CHUNK", CHUNK)
    raw = table(ROWS)
    whole, killed = (factory.person(factory.organisation()) for _ in range(2))
    straight = kept(whole, raw)
    actions.read(by=factory.as_viewer(whole), submission=straight)
    submission = kept(killed, raw)
    chance = random.Random(26)  # noqa: S311
    reached = 0
    for share in (0.1, 0.4, 0.8):
        process = child(database, killed, submission)
        aim = int(2 * ROWS * share)  # drafts: a report and an object a row
        until(lambda aim=aim: state(submission)[1] >= aim, 60, f"{aim} drafts")
        time.sleep(chance.random() * 0.05)
        process.send_signal(signal.SIGKILL)
        process.wait()
        now_state, consumed = state(submission)
        assert (now_state, consumed < 2 * ROWS - 500, consumed > reached) == ("reading", True, True)
        reached = consumed
    assert tasks.take_up_unfinished(older_than_seconds=0) == 1
    assert jobs() == [{"submission": submission, "person": killed.pk}]
    assert tasks.take_up_unfinished(older_than_seconds=0) == 1  # asked twice, put once
    assert len(jobs()) == 1

    def done() -> bool:  # the killed one's lock goes with its connection, which the server may notice a little late
        tasks.read_submission(submission=submission, person=killed.pk)
        return state(submission)[0] == "done"

    until(done, 60, "the end")
    assert outcome(killed, submission) == outcome(whole, straight)
    assert outcome(killed, submission)[:2] == ("done", ROWS)
    assert tasks.take_up_unfinished(older_than_seconds=0) == 0
    tasks.read_submission(submission=submission, person=killed.pk)  # a job that comes late does nothing
    assert outcome(killed, submission) == outcome(whole, straight)


def jobs() -> list[dict[str, int]]:
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT args FROM procrastinate_jobs WHERE task_name = 'read_submission' AND status = 'todo'")
        return [json.loads(row[0]) if isinstance(row[0], str) else row[0] for row in cursor.fetchall()]


@pytest.mark.usefixtures("database")
def test_two_never_read_the_same_at_once() -> None:
    person = factory.person(factory.organisation())
    submission = kept(person, table(20))
    by = factory.as_viewer(person)
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(1, %s::integer)", [submission])
        assert actions.read(by=by, submission=submission) == "reading"
        assert state(submission) == ("received", 0)
        cursor.execute("SELECT pg_advisory_unlock(1, %s::integer)", [submission])
    assert actions.read(by=by, submission=submission) == "done"


@pytest.mark.usefixtures("database")
def test_the_same_bytes_take_up_what_a_killed_process_left() -> None:
    person = factory.person(factory.organisation())
    raw = table(300)
    submission = kept(person, raw)
    Submission.objects.using("owner").filter(pk=submission).update(state="reading")
    got = actions.receive(by=factory.as_viewer(person), raw=raw, at_once=True)
    assert (got.submission, got.repeat, got.state) == (submission, True, "done")


@pytest.mark.usefixtures("database")
def test_a_job_whose_sender_left_does_nothing() -> None:
    person = factory.person(factory.organisation())
    submission = kept(person, table(5))
    person.organisation.state = "suspended"  # type: ignore[union-attr]
    person.organisation.save(using="owner")  # type: ignore[union-attr]
    tasks.read_submission(submission=submission, person=person.pk)
    assert state(submission) == ("received", 0)


@pytest.mark.usefixtures("database")
def test_a_fault_of_ours(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    """A reader that breaks: failed, kept, and read again as if for the first time."""
    person, other = (factory.person(factory.organisation()) for _ in range(2))
    by, raw = factory.as_viewer(person), table(1_000)
    straight = actions.receive(by=factory.as_viewer(other), raw=raw, handling=Handling(tlp="GREEN"), at_once=True)
    real = formats.read

    def poisoned(*given: Any) -> tuple[Any, Iterator[Draft]]:
        found, drafts = real(*given)

        def breaking() -> Iterator[Draft]:
            for number, draft in enumerate(drafts):
                if number == 700:
                    raise ZeroDivisionError("a fault of ours")
                yield draft

        return found, breaking()

    monkeypatch.setattr(actions, "CHUNK", 100)
    monkeypatch.setattr(formats, "read", poisoned)
    got = actions.receive(by=by, raw=raw, handling=Handling(tlp="GREEN"), at_once=True)
    assert got.state == "failed"
    assert "a fault of ours" in caplog.text
    with viewer(by):
        receipt = receipts.receipt(by, got.submission)
    assert "The file is kept and can be read again" in receipt.reason
    assert receipt.read == receipt.stored + receipt.known + receipt.refused
    assert actions.raw_bytes(by=by, submission=got.submission) == raw
    assert actions.read_again(by=by, submission=got.submission) == "failed"
    monkeypatch.setattr(formats, "read", real)
    again = actions.receive(by=by, raw=raw, at_once=True)  # the same bytes are a wish to try again
    assert (again.submission, again.repeat, again.state) == (got.submission, True, "done")
    assert outcome(person, got.submission) == outcome(other, straight.submission)
    with pytest.raises(actions.Refused, match="Only a submission that could not be read"):
        actions.read_again(by=by, submission=got.submission)


# The whole installation


@pytest.fixture
def home() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="hc-crash-", dir="/tmp"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Installation:
    """``hueandcry`` on a data folder and port of its own."""

    def __init__(self, home: Path) -> None:
        self.data, self.port = home / "data", free_port()
        self.environment = {k: v for k, v in os.environ.items() if k not in ("HUEANDCRY_OWNER", "DATABASE_URL")}
        self.environment |= {"HUEANDCRY_DATA": str(self.data), "PORT": str(self.port), "HUEANDCRY_WEB_WORKERS": "1"}
        self.log = (home / "log").open("ab")

    def run(self, *words: str) -> str:
        run = subprocess.run(
            [sys.executable, "-m", "hueandcry.project", *words],
            env=self.environment, capture_output=True, text=True, timeout=120, check=True,
        )  # fmt: skip
        return run.stdout.strip()

    def up(self) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, "-m", "hueandcry.project", "up"],
            env=self.environment, stdout=self.log, stderr=self.log, start_new_session=True,
        )  # fmt: skip
        until(self.answers, 60, "the first page", 0.2)
        return process

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/robots.txt", timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def processes(self) -> list[int]:
        """Everything that runs on this data folder, the database included."""
        found = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit() and int(entry.name) != os.getpid():
                try:
                    told = (entry / "environ").read_bytes() + (entry / "cmdline").read_bytes()
                    told += str((entry / "cwd").resolve()).encode()
                except OSError:
                    continue
                if str(self.data).encode() in told:
                    found.append(int(entry.name))
        return found

    def kill_everything(self) -> None:
        for number in self.processes():
            try:
                os.kill(number, signal.SIGKILL)
            except ProcessLookupError:
                continue
        until(lambda: not [n for n in self.processes() if not zombie(n)], 20, "the end of every process")

    def call(self, token: str, path: str, body: bytes | None = None) -> dict[str, Any]:
        asked = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/api/v1/{path}", data=body,
            headers={"Authorization": f"Bearer {token}", "Content-Type": "text/csv"},
        )  # fmt: skip
        with urllib.request.urlopen(asked, timeout=30) as answer:  # noqa: S310
            return dict(json.load(answer))


def zombie(number: int) -> bool:
    try:
        return ") Z" in Path(f"/proc/{number}/stat").read_text()
    except OSError:
        return True


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="no /proc to find the processes in")
def test_up_after_kill_9_of_everything(home: Path) -> None:
    """Power gone in the middle of a large submission: `hueandcry up` starts cleanly and reads it to its end."""
    rows = 6_000  # more than two chunks of drafts, each row being two
    here = Installation(home)
    token = here.run("member", "token", "operator@localhost", "--scope", "submit").splitlines()[-1]
    first = here.up()
    try:
        sent = here.call(token, "submissions?wait=false&filename=t.csv", table(rows))
        receipt = f"submissions/{sent['submission']}"
        until(lambda: here.call(token, receipt)["read"] > 0, 60, "the first chunk", 0.05)
        before = here.call(token, receipt)
        here.kill_everything()
        first.wait()
        assert before["state"] == "reading"
        second = here.up()
        until(lambda: here.call(token, receipt)["state"] not in ("reading", "received"), 180, "the end", 0.3)
        after = here.call(token, receipt)
        assert after["state"] == "done"
        assert after["read"] == after["stored"] + after["known"] + after["refused"] == rows
        again = here.call(token, "submissions?filename=t.csv", table(rows))
        assert (again["repeat"], again["submission"], again["read"]) == (True, sent["submission"], rows)
        second.terminate()
        assert second.wait(timeout=40) == 0
        verdict = json.loads(here.run("audit", "verify", "--json"))
        assert (verdict["sound"], verdict["faults"]) == (True, [])
        assert here.processes() == []
    finally:
        here.kill_everything()
        here.log.close()
        sys.stdout.write((home / "log").read_text())
