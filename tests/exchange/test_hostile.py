"""Bad input: a clear error that names the place, nothing half stored, bounded memory, the right exit code.

Each file goes through ``actions.receive`` here and, all of them, through the command line in a process of its own.
"""

from __future__ import annotations

import io
import json
import os
import re
import struct
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from django.db import connections

from hueandcry.exchange import actions, export, receipts
from hueandcry.exchange.handling import Handling
from hueandcry.exchange.models import Report, Submission
from hueandcry.members.models import Person
from hueandcry.members.viewer import viewer
from tests import factory

GIB = 1024**3
STAMP = '"created":"2026-01-01T00:00:00Z","modified":"2026-01-01T00:00:00Z","spec_version":"2.1"'
ID = "indicator--00000000-0000-4000-8000-00000000000"


def indicator(number: int, more: str = "", pattern: str = "[domain-name:value = 'bad-bank.pt']") -> str:
    return (
        f'{{"type":"indicator","id":"{ID}{number}",{STAMP},"valid_from":"2026-01-01T00:00:00Z",'
        f'"pattern_type":"stix","pattern":"{pattern}"{more}}}'
    )


def bundle(*objects: str) -> bytes:
    return ('{"type":"bundle","id":"bundle--1","objects":[' + ",".join(objects) + "]}").encode()


def zipped(name: str, content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return out.getvalue()


def lying_zip() -> bytes:
    """An archive whose member unpacks to more than it says of itself."""
    raw = bytearray(zipped("a.txt", b"x" * 50_000_000))
    for place in (m.start() for m in re.finditer(b"PK\x01\x02", bytes(raw))):
        raw[place + 24 : place + 28] = struct.pack("<I", 1_000)
    raw[22:26] = struct.pack("<I", 1_000)
    return bytes(raw)


def png() -> bytes:
    def part(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = part(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + part(b"IDAT", zlib.compress(b"\0\0")) + part(b"IEND", b"")


class Bad(NamedTuple):
    """A file, what becomes of it, and words of its place and reason."""

    name: str
    make: Callable[[], bytes]
    state: str  # unreadable, or done with so many refused
    refused: int
    said: str  # a regular expression over "place: reason"
    stored: int = 0
    claimed: str = ""


DEEP = '{"a":' * 200 + "1" + "}" * 200
BAD = (
    Bad("claims.json", lambda: b"title,date\na,2026-01-01\nb,2026-01-01\n", "unreadable", 1,
        r"^(byte 0|line 1).*(STIX|JSON)", claimed="stix"),
    Bad("png.csv", png, "unreadable", 1, r"picture.*report"),
    Bad("film.mp4", lambda: b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + b"\0" * 64, "unreadable", 1, r"report"),
    Bad("program.txt", lambda: b"MZ" + b"\0" * 100, "unreadable", 1, r"^byte 0: .*Windows program"),
    Bad("truncated.json", lambda: bundle(indicator(1), indicator(2))[:-80], "unreadable", 1,
        r"^(byte|line|objects).*[0-9]"),
    Bad("encoding.json", lambda: bundle(indicator(1, ',"name":"caf\xe9"')).decode().encode("latin-1"),
        "done", 1, r"objects\[0\]: not UTF-8 at byte \d+"),
    Bad("deep.json", lambda: bundle(indicator(1, f',"x":{DEEP}'), indicator(2)), "done", 1, r"objects\[0\].*deep", 1),
    Bad("deeper.json", lambda: b"[" * 200_000 + b"]" * 200_000, "unreadable", 1, r""),
    Bad("million.json", lambda: bundle(indicator(1, ',"x":[' + "1," * 1_000_000 + "1]"), indicator(2)),
        "done", 0, r"", 2),
    Bad("elements.json", lambda: b'{"type":"bundle","objects":[' + b"7," * 20_000 + b"7]}", "done", 20_001,
        r"objects\[0\]: should be an object"),
    Bad("bomb.zip", lambda: zipped("bomb.json", b" " * 200_000_000), "unreadable", 1, r"bomb.json: .*zip bomb"),
    Bad("lying.zip", lying_zip, "done", 1, r"a.txt: .*(bomb|unpacked)"),
    Bad("dates.json", lambda: bundle(indicator(1).replace("2026-01-01", "2026-13-45"), indicator(2)),
        "done", 1, r"objects\[0\].*(created|modified|date|time)", 1),
    Bad("types.json", lambda: bundle('{"type":"unicorn"}', '{"type":7}', "null", indicator(2)),
        "done", 3, r"objects\[0\]", 1),
    Bad("ids.json", lambda: bundle(indicator(1), indicator(1, "", "[domain-name:value = 'other.pt']"), indicator(1)),
        "done", 1, r"objects\[1\].*different content", 1),
    Bad("long.json", lambda: bundle(indicator(1, f',"name":"{"x" * 5_000_000}"'), indicator(2)),
        "done", 1, r"objects\[0\].*(long|large|characters)", 1),
    Bad("empty.csv", lambda: b"", "unreadable", 1, r"empty|nothing"),
    Bad("spaces.txt", lambda: b" \n\n\t ", "unreadable", 1, r"."),
)  # fmt: skip


@pytest.fixture
def bank(database: Any) -> Person:
    return factory.person(factory.organisation("A Bank"))


def received(person: Person, bad: Bad) -> receipts.Receipt:
    by = factory.as_viewer(person)
    got = actions.receive(
        by=by, raw=bad.make(), filename=bad.name, claimed=bad.claimed, handling=Handling(tlp="GREEN"), at_once=True
    )
    with viewer(by):
        return receipts.receipt(by, got.submission)


def rows(table: str) -> int:
    with connections["owner"].cursor() as cursor:
        received = "WHERE NOT ours" if table == "object" else ""  # what is not STIX is written as STIX besides
        cursor.execute(f"SELECT count(*) FROM exchange_{table} {received}")  # noqa: S608
        return int(cursor.fetchone()[0])


@pytest.mark.parametrize("bad", BAD, ids=lambda bad: bad.name)
def test_bad_input(bank: Person, bad: Bad) -> None:
    got = received(bank, bad)
    told = [f"{got.place}: {got.reason}"] if got.state == "unreadable" else [": ".join(r) for r in got.refusals]
    assert got.state == bad.state, told
    assert (got.stored, got.refused + (got.state == "unreadable")) == (bad.stored, bad.refused), told
    assert got.read == got.stored + got.known + got.refused
    assert not told or re.search(bad.said, told[0], re.IGNORECASE), told
    assert all(": " in line and len(line) < 2_500 and line.isprintable() for line in told), told
    assert rows("object") == bad.stored
    assert (rows("report") > 0) == (bad.stored > 0)
    if bad.state == "unreadable":
        assert rows("observation") == rows("remark") == 0


@pytest.mark.parametrize("bad", [b for b in BAD if b.name in ("png.csv", "film.mp4")], ids=lambda bad: bad.name)
def test_pictures_and_films_are_hashed_and_not_stored(bank: Person, bad: Bad) -> None:
    import hashlib

    got = received(bank, bad)
    assert got.sha256 == hashlib.sha256(bad.make()).hexdigest()
    assert got.sha256 in got.reason
    assert rows("submissionchunk") == rows("submissionkey") == 0
    with pytest.raises(actions.Refused):
        actions.raw_bytes(by=factory.as_viewer(bank), submission=Submission.objects.using("owner").get().pk)
    with pytest.raises(actions.Refused, match="not kept"):
        actions.read_again(by=factory.as_viewer(bank), submission=Submission.objects.using("owner").get().pk)


def test_unreadable_in_the_middle_leaves_nothing(bank: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    """Chunks that were merged before the place of the fault go again."""
    monkeypatch.setattr(actions, "CHUNK", 10)
    lines = [f"title {n},2026-01-01,value-{n}.pt" for n in range(35)]
    raw = "\n".join(["title,date,domain", *lines]).encode() + b"\n" + b'"open,2026-01-01,x.pt\n' * 3
    got = received(bank, Bad("t.csv", lambda: raw, "", 0, ""))
    if got.state == "unreadable":
        assert (rows("object"), rows("report"), rows("observation"), got.read) == (0, 0, 0, 0)
    else:
        assert (got.stored, got.read) == (rows("object"), got.stored + got.refused)


def test_control_characters_and_formulas(bank: Person) -> None:
    """They are kept as received, shown harmless, and no cell that leaves begins as a formula."""
    cells = ["=cmd|'/C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "\tx", "a\x00b\x1b[31m", "\u202egnp.exe", "'=1+1"]
    raw = "title,date\n" + "".join('"' + c.replace('"', '""') + '",2026-01-01\n' for c in cells)
    got = received(bank, Bad("f.csv", lambda: raw.encode(), "", 0, ""))
    assert (got.state, got.read) == ("done", len(cells))
    by = factory.as_viewer(bank)
    import csv

    table = b"".join(export.csv_table(by)).decode("utf-8-sig")
    for line in csv.reader(io.StringIO(table)):
        for cell in line:
            assert not cell.startswith(("=", "+", "-", "@", "\t", "\r")), cell
    with viewer(by):
        shown = list(Report.objects.values_list("title", flat=True))
    assert len(shown) == got.stored
    assert not any("\x00" in title for title in shown)
    page = factory.signed_in(bank).get("/reports/").content
    assert b"\x00" not in page
    assert b"\x1b" not in page
    json.loads(b"".join(export.stix_bundle(by)))


def test_over_the_limit_is_refused_with_the_limit(bank: Person, settings: Any) -> None:
    settings.SUBMISSION_LIMIT = 1024 * 1024
    with pytest.raises(actions.Refused, match="at most 1 MiB"):
        actions.receive(by=factory.as_viewer(bank), raw=b"x" * (1024 * 1024 + 1))
    assert rows("submission") == 0


def test_the_command_line(tmp_path_factory: pytest.TempPathFactory) -> None:
    """All of it in one process of its own: a line a file, exit codes as fixed, memory under 1 GiB."""
    import shutil
    import tempfile

    folder = Path(tempfile.mkdtemp(prefix="hc-hostile-", dir="/tmp"))
    folder.chmod(0o755)
    try:
        _command_line(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _command_line(folder: Path) -> None:
    files = folder / "files"
    files.mkdir()
    for bad in BAD:
        if not bad.claimed:
            (files / bad.name).write_bytes(bad.make())
    (files / "good.json").write_bytes(bundle(indicator(5)))
    with (files / "huge.json").open("wb") as sparse:
        sparse.truncate(GIB)
    out, code, peak = _hueandcry(folder, "ingest", "--json", str(files), str(files / "nothing-here.json"))
    lines = [json.loads(line) for line in out.splitlines()]
    by_name = {Path(line["file"]).name: line for line in lines}
    assert len(lines) == len(list(files.iterdir())) + 1
    assert all(line["read"] == line["stored"] + line["known"] + line["refused"] for line in lines)
    assert all(line["refused"] == len(line["refusals"]) for line in lines)
    for bad in BAD:
        if not bad.claimed:
            assert by_name[bad.name]["refused"] == bad.refused, by_name[bad.name]
    assert "at most 256 MiB" in by_name["huge.json"]["refusals"][0]["reason"]
    assert by_name["nothing-here.json"]["refusals"][0]["reason"] == "No such file or directory"
    assert (by_name["good.json"]["stored"], by_name["good.json"]["format"]) == (1, "stix")
    assert code == 2
    assert peak < GIB, f"{peak / 1024**2:.0f} MiB"
    assert _hueandcry(folder, "ingest", "--json", str(files / "dates.json"))[1] == 3  # the same receipt, the same code
    repeated, code, _ = _hueandcry(folder, "ingest", "--json", str(files / "good.json"), str(files / "dates.json"))
    first = json.loads(repeated.splitlines()[0])
    assert (code, first.pop("repeat"), first) == (3, True, by_name["good.json"])
    assert _hueandcry(folder, "ingest", "--json", str(files / "good.json"))[1] == 0
    dates, huge = str(files / "dates.json"), str(files / "huge.json")
    assert _hueandcry(folder, "ingest", "--json", dates, huge)[1] == 2  # 2 beats 3


def _hueandcry(folder: Path, *words: str) -> tuple[str, int, int]:
    """Output, exit code and peak memory in bytes of one command on a data folder of its own."""
    environment = {k: v for k, v in os.environ.items() if k not in ("HUEANDCRY_OWNER", "DATABASE_URL")}
    environment |= {"HUEANDCRY_DATA": str(folder / "data"), "PYTHONWARNINGS": "default"}
    measured = (
        "import resource, subprocess, sys; r = subprocess.run(sys.argv[1:], check=False);"
        "sys.stderr.write(f'\\npeak={resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss}');"
        "sys.exit(r.returncode)"
    )
    run = subprocess.run(
        [sys.executable, "-c", measured, sys.executable, "-m", "hueandcry.project", *words],
        env=environment, capture_output=True, text=True, check=False, timeout=240,
    )  # fmt: skip
    assert "Traceback" not in run.stderr, run.stderr[-3000:]
    return run.stdout, run.returncode, int(run.stderr.rsplit("peak=", 1)[1]) * 1024
