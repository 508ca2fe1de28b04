"""The command line as others script against it: what it prints, with which exit code, and what it says to a wrong word.

Each command is a process of its own on one data folder; the database is kept running between them.
"""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from hueandcry.project import cli, folder, postgres
from tests.journeys.installation import demonstration

STAMP = {"created": "2026-01-01T00:00:00Z", "modified": "2026-01-01T00:00:00Z", "spec_version": "2.1"}
FIELDS = ("file", "format", "read", "stored", "known", "refused", "refusals")


class Run(NamedTuple):
    """How one command ended."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]


class Installation:
    """``hueandcry`` on one data folder."""

    def __init__(self, home: Path) -> None:
        self.home, self.data = home, home / "data"
        self.environment = {k: v for k, v in os.environ.items() if k not in ("HUEANDCRY_OWNER", "DATABASE_URL")}
        self.environment |= {"HUEANDCRY_DATA": str(self.data), "PORT": "8799"}

    def __call__(self, *words: str, typed: str = "") -> Run:
        run = subprocess.run(
            [sys.executable, "-m", "hueandcry.project", *words],
            env=self.environment, input=typed, capture_output=True, text=True, check=False, timeout=180,
        )  # fmt: skip
        assert "Traceback" not in run.stderr, run.stderr[-2000:]
        return Run(run.returncode, run.stdout, run.stderr)

    def file(self, name: str, content: bytes | str) -> str:
        path = self.home / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return str(path)


@pytest.fixture(scope="module")
def hueandcry() -> Iterator[Installation]:
    home = Path(tempfile.mkdtemp(prefix="hc-cli-", dir="/tmp"))
    home.chmod(0o755)
    made = Installation(home)
    folder.adopt(made.data)
    with postgres.start(made.data, fast=True):
        yield made
    shutil.rmtree(home, ignore_errors=True)


def indicator(number: int, domain: str) -> dict[str, Any]:
    ident = uuid.UUID(int=(4 << 76) | (8 << 60) | number)
    pattern = f"[domain-name:value = '{domain}']"
    return {"type": "indicator", "id": f"indicator--{ident}", **STAMP, "pattern": pattern, "pattern_type": "stix",
            "valid_from": STAMP["created"]}  # fmt: skip


def bundle(*objects: Any) -> str:
    return json.dumps({"type": "bundle", "id": f"bundle--{uuid.uuid4()}", "objects": objects})


def test_ingest(hueandcry: Installation) -> None:
    """One JSON object a file, a line each, with the fields that were promised."""
    good = hueandcry.file("good.json", bundle(indicator(1, "good.pt"), indicator(2, "better.pt")))
    some = hueandcry.file("some.json", bundle(indicator(1, "good.pt"), {"type": "indicator"}))
    run = hueandcry("ingest", good, some, "--json")
    assert run.code == 3
    first, second = run.lines
    for line, path in ((first, good), (second, some)):
        assert set(FIELDS) <= set(line)
        assert (line["file"], line["format"]) == (path, "stix")
        assert line["read"] == line["stored"] + line["known"] + line["refused"]
        assert all(set(refusal) == {"place", "reason"} for refusal in line["refusals"])
    assert [first[k] for k in FIELDS[2:]] == [2, 2, 0, 0, []]
    assert [second[k] for k in FIELDS[2:-1]] == [2, 0, 1, 1]
    assert second["refusals"][0]["place"].startswith("objects[1]")
    assert "repeat" not in first
    again = hueandcry("ingest", good, "--json")
    assert (again.code, again.lines) == (0, [first | {"repeat": True}])
    words = hueandcry("ingest", some)
    assert words.code == 3
    assert "2 read = 0 stored + 1 known + 1 refused (the same bytes came before; this is their receipt)" in words.out
    assert "refused at objects[1]" in words.out


def test_ingest_of_what_cannot_be_read(hueandcry: Installation) -> None:
    broken = hueandcry.file("broken.json", '{"type":"bundle","objects":[{"ty')
    absent = str(hueandcry.home / "absent.csv")
    fine = hueandcry.file("fine.txt", "they called from false-shop[.]pt")
    run = hueandcry("ingest", broken, absent, fine, "--json")
    assert run.code == 2
    for line in run.lines[:2]:
        assert [line[k] for k in FIELDS[2:-1]] == [1, 0, 0, 1]
        assert len(line["refusals"]) == 1
    assert run.lines[1]["refusals"][0]["reason"] == "No such file or directory"
    assert (run.lines[2]["format"], run.lines[2]["stored"]) == ("text", 1)


def test_ingest_as_somebody_and_a_folder(hueandcry: Installation) -> None:
    feed = hueandcry.home / "feed"
    feed.mkdir()
    (feed / "manifest.json").write_text("{}")
    (feed / "a.csv").write_text("title,date\na row,2026-01-02\n")
    (feed / "b.txt").write_text("some words about false-bank.pt")
    run = hueandcry("ingest", str(feed), "--json", "--tlp", "amber")
    assert [Path(line["file"]).name for line in run.lines] == ["a.csv", "b.txt"]
    assert run.code == 0
    wrong = hueandcry("ingest", str(feed / "b.txt"), "--as", "nobody@example.org", "--json")
    assert (wrong.code, wrong.out) == (1, "")
    assert "Nobody signs in as nobody@example.org" in wrong.err
    format_ = hueandcry("ingest", hueandcry.file("new.txt", "new words"), "--format", "xlsx")
    assert (format_.code, "There is no format 'xlsx'. There are: zip, stix," in format_.err) == (1, True)
    label = hueandcry("ingest", hueandcry.file("new.txt", "new words"), "--tlp", "pink", "--json")
    assert label.code == 2
    assert "'PINK' is not one of: CLEAR, GREEN" in label.lines[0]["refusals"][0]["reason"]


def test_members_and_export(hueandcry: Installation) -> None:
    """Two banks: what one sends as TLP:RED its own person alone gets out again; the rest comes to both as it came."""
    password = "correct horse battery staple\n"
    for name, email in (("First Bank", "a@first.example"), ("Second Bank", "b@second.example")):
        made = hueandcry("member", "add", name, "--kind", "business", "--country", "PT", "--vetted")
        assert (made.code, made.out.strip()) == (0, name.lower().replace(" ", "-"))
        slug = made.out.strip()
        assert hueandcry("member", "person", slug, email, "--password-stdin", typed=password).code == 0
    assert {row["slug"]: row["state"] for row in hueandcry("member", "list", "--json").lines}["first-bank"] == "vetted"
    people = {row["email"]: row["roles"] for row in hueandcry("member", "people", "--json").lines}
    assert people["b@second.example"] == ["analyst"]
    token = hueandcry("member", "token", "a@first.example")
    assert (token.code, token.out.startswith("hc_")) == (0, True)
    red, green = indicator(11, "red.pt"), indicator(12, "green.pt")
    first = ("--as", "a@first.example")
    assert hueandcry("ingest", hueandcry.file("red.json", bundle(red)), *first, "--tlp", "red").code == 0
    assert hueandcry("ingest", hueandcry.file("green.json", bundle(green)), *first).code == 0
    out = {}
    for email in ("a@first.example", "b@second.example"):
        run = hueandcry("export", "--format", "stix", "--as", email)
        assert run.code == 0
        out[email] = json.loads(run.out)["objects"]
    assert red in out["a@first.example"]
    assert red not in out["b@second.example"]
    assert green in out["a@first.example"]
    assert green in out["b@second.example"]
    path = hueandcry.home / "out.csv"
    assert hueandcry("export", "--format", "csv", "--output", str(path), *first).code == 0
    assert {"reference", "title", "tlp"} <= set(next(csv.reader(io.StringIO(path.read_text("utf-8-sig")))))
    assert hueandcry("member", "state", "first-bank", "suspended", "--reason", "a test").code == 0
    shut = hueandcry("ingest", hueandcry.file("late.txt", "too late"), *first, "--json")
    assert shut.code == 2
    assert "member in good standing" in shut.lines[0]["refusals"][0]["reason"]


def test_audit_and_doctor(hueandcry: Installation) -> None:
    sealed = []
    for _ in range(2):
        verdict = hueandcry("audit", "verify", "--json")
        (told,) = verdict.lines
        assert (verdict.code, told["sound"], told["faults"], told["unsealed"]) == (0, True, [], 0)
        sealed.append(told["sealed"])
        assert hueandcry("ingest", hueandcry.file("acted.txt", "something was done at last")).code == 0
    assert sealed[1] > sealed[0] > 0
    assert "The record is sound." in hueandcry("audit", "verify").out
    findings = hueandcry("doctor", "--json")
    assert all({"check", "well", "mend"} == set(row) for row in findings.lines)
    ill = [row for row in findings.lines if not row["well"] and "bundled" not in row["check"]]
    assert ill == []
    loose = hueandcry.data / "secrets" / "django"
    loose.chmod(0o644)
    run = hueandcry("doctor")
    loose.chmod(0o600)
    assert run.code == 1
    assert f"Run: chmod 600 {loose}" in run.out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("ingets",), "No such command 'ingets'"),
        (("ingest",), "Missing argument 'FILES...'"),
        (("export", "--format", "pdf"), "'pdf' is not one of 'stix', 'misp', 'csv', 'court'"),
        (("demo", "--size", "huge"), "'huge' is not one of 'small', 'demo', 'large'"),
        (("member", "add", "X", "--country", "PT"), "Missing option '--kind'"),
        (("member", "state", "x", "happy"), "'happy' is not one of 'vetted', 'suspended', 'left', 'applicant'"),
    ],
)
def test_wrong_words(
    words: tuple[str, ...], said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Known for wrong before anything is started."""
    monkeypatch.setattr(sys, "argv", ["hueandcry", *words])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    told = capsys.readouterr()
    assert (ended.value.code, told.out) == (2, "")
    assert said in told.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("member", "state", "no-such-bank", "vetted"), "There is no organisation no-such-bank"),
        (("member", "add", "X", "--kind", "shop", "--country", "PT"), "shop"),
        (("member", "add", "X", "--kind", "business", "--country", "Portugal"), "no country code"),
        (("member", "token", "nobody@example.org"), "Nobody signs in as nobody@example.org"),
    ],
)
def test_words_that_stand_for_nothing(hueandcry: Installation, words: tuple[str, ...], said: str) -> None:
    run = hueandcry(*words)
    assert (run.code, run.out) == (1, "")
    assert said in run.err


def test_a_data_folder_that_cannot_be(hueandcry: Installation) -> None:
    environment = hueandcry.environment | {"HUEANDCRY_DATA": hueandcry.file("a-file", "x")}
    run = subprocess.run(
        [sys.executable, "-m", "hueandcry.project", "export"],
        env=environment, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert run.returncode == 1
    assert "Traceback" not in run.stderr, run.stderr[-1500:]
    assert "HUEANDCRY_DATA" in run.stderr


def test_help_names_every_command(hueandcry: Installation) -> None:
    run = hueandcry("--help")
    assert run.code == 0
    for command in ("up", "web", "work", "demo", "ingest", "export", "doctor", "audit", "member", "migrate"):
        assert f"\n  {command} " in run.out
    assert hueandcry("--version").out.startswith("Hue & Cry 0.")


@pytest.fixture
def filled(shared: Path) -> Iterator[tuple[Installation, dict[str, Any]]]:
    """An installation that `hueandcry demo` filled, and what that said."""
    home = Path(tempfile.mkdtemp(prefix="hc-filled-", dir="/tmp"))
    home.chmod(0o755)
    made = Installation(home)
    told = demonstration(shared, made.data)
    with postgres.start(made.data, fast=True):
        yield made, told
    shutil.rmtree(home, ignore_errors=True)


def test_demo(filled: tuple[Installation, dict[str, Any]]) -> None:
    """The demonstration alliance: url and accounts, of which each opens what it is for; safe to repeat."""
    hueandcry, told = filled
    assert set(told) == {"url", "accounts"}
    assert told["url"] == "http://127.0.0.1:8799/"
    fields = {"role", "email", "password", "token", "organisation"}
    assert all(set(account) == fields and all(account.values()) for account in told["accounts"])
    roles = [account["role"] for account in told["accounts"]]
    assert len(set(roles)) == len(roles) >= 5
    assert hueandcry("demo", "--size", "small", "--json").lines == [told]
    somebody = told["accounts"][0]["email"]
    assert len(json.loads(hueandcry("export", "--as", somebody).out)["objects"]) > 100
    assert hueandcry("audit", "verify").code == 0
