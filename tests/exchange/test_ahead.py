"""Chunks read ahead: all drafts once and in order, faults where they belong, no thread for little; and their lines."""

from __future__ import annotations

import gc
import sys
import threading
from collections.abc import Iterator

import pytest

from hueandcry.exchange.ahead import Ahead
from hueandcry.exchange.drafts import Draft, ObjectDraft, Unreadable
from hueandcry.exchange.staging import chunk


def drafts(count: int, breaks_at: int | None = None) -> Iterator[Draft]:
    for n in range(count):
        if n == breaks_at:
            raise Unreadable(f"line {n}", "the end is missing")
        yield ObjectDraft(f"k{n}", "row", f"text {n}", f"line {n}", (f"k{n}",))


def taken(ahead: Ahead) -> list[list[str]]:
    found = []
    with ahead:
        while True:
            found.append([one.key for one in ahead.next().objects])
            if not ahead.more():
                return found


@pytest.mark.parametrize("count", [0, 1, 9, 10, 11, 20, 25])
@pytest.mark.parametrize("first", [None, 3])
def test_all_once_and_in_order(count: int, first: int | None) -> None:
    found = taken(Ahead(drafts(count), 10, first))
    assert [key for one in found for key in one] == [f"k{n}" for n in range(count)]
    assert all(found[1:]) and all(len(one) <= 10 for one in found)
    assert not first or len(found[0]) == min(count, 3)


def test_a_fault_comes_with_the_chunk_it_broke() -> None:
    ahead = Ahead(drafts(30, breaks_at=14), 10)
    with ahead, pytest.raises(Unreadable, match="line 14"):
        assert len(ahead.next().objects) == 10
        ahead.more()


def test_a_small_file_starts_no_thread() -> None:
    before = threading.active_count()
    ahead = Ahead(drafts(9), 10)
    with ahead:
        ahead.next()
        assert not ahead.more()
        assert threading.active_count() == before


def test_python_is_left_as_it_was() -> None:
    before = gc.get_threshold(), sys.getswitchinterval()
    ahead = Ahead(drafts(30), 10)
    with ahead:
        ahead.next()
        assert gc.get_threshold()[0] > before[0][0] and sys.getswitchinterval() < before[1]
    assert (gc.get_threshold(), sys.getswitchinterval()) == before


def test_lines_are_what_copy_reads() -> None:
    odd = ObjectDraft("a\tb", "row", 'back\\slash\nline\r\ttab \\N "\0"', "line 1", ("r\n",))
    (line,) = chunk([odd]).lines.decode().splitlines()
    cells = line.split("\t")
    assert cells[1] == "a\\tb" and cells[3] == "\\N" and cells[8] == "r\\n"
    assert cells[10] == 'back\\\\slash\\nline\\r\\ttab \\\\N "\N{REPLACEMENT CHARACTER}"'
    assert cells[7] == "0"  # not STIX


@pytest.mark.parametrize(
    ("kind", "text", "dated", "spec"),
    [
        ("indicator", '{"spec_version": "2.1"}', True, 21),
        ("indicator", "{}", True, 20),
        ("ipv4-addr", "{}", False, 21),
        ("marking-definition", "{}", False, 20),
        ("misp-event", "{}", True, 0),
    ],
)
def test_the_version_of_stix(kind: str, text: str, dated: bool, spec: int) -> None:
    from datetime import UTC, datetime

    version = datetime(2026, 1, 1, tzinfo=UTC) if dated else None
    lines = chunk([ObjectDraft("k", kind, text, "objects[0]", ("r",), version)]).lines.decode()
    assert lines.split("\t")[7] == str(spec)
