"""Archives: each member by its own format; bombs, locks, nesting and names that lead out refused by name."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hueandcry.exchange import archive
from hueandcry.exchange.drafts import Draft, Loss, ObjectDraft, Options, Refusal, ReportDraft, Unreadable

MISP = {
    "Event": {
        "uuid": "5bbe59a6-2e48-4da3-9e01-01550a016219",
        "info": "x",
        "Attribute": [{"type": "domain", "value": "example.org"}],
    }
}


def packed(*members: tuple[str, bytes], how: int = zipfile.ZIP_DEFLATED) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", how) as made:
        for name, content in members:
            made.writestr(name, content)
    return written.getvalue()


def read(raw: bytes) -> list[Draft]:
    return list(archive.read(raw, Options()))


def of(kind: type, drafts: list[Draft]) -> list[Any]:
    return [draft for draft in drafts if isinstance(draft, kind)]


def test_each_member_is_read_by_its_own_format() -> None:
    drafts = read(
        packed(
            ("manifest.json", b"{}"),
            ("a/event.json", json.dumps(MISP).encode()),
            ("list.csv", b"date,ip address,amount\n2025-03-04,203.0.113.7,3 EUR\n"),
            ("note.txt", b"Call +44 20 7946 0958"),
        )
    )
    assert [one.place for one in of(ObjectDraft, drafts)] == [
        "a/event.json: Event",
        "a/event.json: Event.Attribute[0]",
        "list.csv: line 2",
        "note.txt: the text",
    ]
    assert len(of(ReportDraft, drafts)) == 3
    assert of(Loss, drafts)[0].place == "manifest.json"


def test_bad_members_are_refused_by_name_and_the_others_stay() -> None:
    drafts = read(
        packed(
            ("inner.zip", packed(("x", b"y"))),
            ("../../etc/passwd", b"a text"),
            ("/abs.txt", b"a text"),
            ("C:\\x.txt", b"a text"),
            ("empty.txt", b""),
            ("program.exe", b"MZ" + b"\x00" * 100),
            ("cut.json", b'{"Event": {'),
            ("picture.jpg", b"\xff\xd8\xff\xe0" + b"x" * 50),
            ("good.txt", b"a text"),
        )
    )
    places = [one.place.split(": ")[0] for one in of(Refusal, drafts)]
    assert places == [
        "inner.zip",
        "../../etc/passwd",
        "/abs.txt",
        "C:\\x.txt",
        "empty.txt",
        "program.exe",
        "cut.json",
        "picture.jpg",
    ]
    assert "inhope.org" in of(Refusal, drafts)[-1].reason
    assert [one.place for one in of(ObjectDraft, drafts)] == ["good.txt: the text"]


def test_a_locked_member_is_refused() -> None:
    raw = bytearray(packed(("secret.txt", b"a text")))
    raw[6] |= 1  # general purpose flag, bit 0, in the member's header
    raw[raw.index(b"PK\x01\x02") + 8] |= 1  # and in the directory
    assert "password" in of(Refusal, read(bytes(raw)))[0].reason


def test_a_bomb_is_named_before_it_is_unpacked() -> None:
    with pytest.raises(Unreadable, match=r"bomb\.txt: unpacks to more than 250 times"):
        read(packed(("good.txt", b"a text"), ("bomb.txt", b"0" * 20_000_000)))


def test_a_bomb_that_lies_about_its_size_is_stopped() -> None:
    raw = packed(("bomb.txt", b"a text " * 20_000))
    size = (140_000).to_bytes(4, "little")
    assert raw.count(size) == 2
    drafts = read(raw.replace(size, (100).to_bytes(4, "little")))
    assert of(ObjectDraft, drafts) == []
    assert len(of(Refusal, drafts)) == 1


def test_too_many_members(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_MEMBERS", 3)
    with pytest.raises(Unreadable, match="holds 4 files"):
        read(packed(*((f"{n}.txt", b"x") for n in range(4))))


def test_the_same_report_in_two_members_is_told_with_each() -> None:
    """Its objects may lie far apart, and whoever reads on may have let go of the first by then."""
    event = json.dumps(MISP).encode()
    drafts = read(packed(("a.json", event), ("b.json", event)))
    assert len({one.key for one in of(ReportDraft, drafts)}) == 1
    assert len(of(ReportDraft, drafts)) == 2
    assert len(of(ObjectDraft, drafts)) == 4


def test_a_folder_is_listed_without_its_indexes(tmp_path: Path) -> None:
    for name in ("manifest.json", "hashes.csv", "b.json", "a.json", ".hidden"):
        (tmp_path / name).write_text("{}")
    (tmp_path / "link.json").symlink_to(tmp_path / "a.json")
    assert [path.name for path in archive.folder(tmp_path)] == ["a.json", "b.json"]


def test_an_archive_cut_off_or_damaged_is_unreadable_or_refused() -> None:
    raw = packed(("event.json", json.dumps(MISP).encode()), ("b.txt", b"text" * 100))
    for cut in range(1, 50):
        with pytest.raises(Unreadable):
            read(raw[: len(raw) * cut // 50])


@given(st.integers(0, 300), st.binary(min_size=1, max_size=8))
@settings(max_examples=150, deadline=None)
def test_nothing_but_unreadable_is_raised(at: int, damage: bytes) -> None:
    raw = packed(("event.json", json.dumps(MISP).encode()), ("b.txt", b"some text"))
    at %= len(raw)
    try:
        read(raw[:at] + damage + raw[at + len(damage) :])
    except Unreadable:
        return


def test_an_entry_without_a_name_is_read_or_refused() -> None:
    nameless = packed(("QQQQ", b"Call +44 20 7946 0958"), ("note.txt", b"x")).replace(b"QQQQ", b"\0QQQ")
    assert read(nameless)
