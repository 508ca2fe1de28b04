"""Who reads a pair next, and what its readings come to."""

from __future__ import annotations

import pytest

from hueandcry.linkage.review.reading import Pair, Said, agreement, differed


def pair(verdicts: str, *, linked: bool = True, twice: bool = False, several: bool = True) -> Pair:
    """s, d, u by the people 1, 2, 3."""
    words = {"s": "same", "d": "different", "u": "unsure"}
    return Pair(linked, twice, several, tuple(Said(n, words[v]) for n, v in enumerate(verdicts, 1)))


@pytest.mark.parametrize(
    ("verdicts", "linked", "twice", "several", "settled"),
    [
        ("", True, False, True, ""),
        ("s", True, False, True, "same"),  # as linkage has it
        ("d", False, False, True, "different"),
        ("u", True, False, True, "unsure"),
        ("d", True, False, True, ""),  # speaks against linkage: read again
        ("s", False, False, True, ""),
        ("s", True, True, True, ""),  # drawn for two
        ("d", True, True, False, "different"),  # one reader alone
        ("dd", True, False, True, "different"),
        ("ds", True, False, True, ""),
        ("su", True, True, True, ""),
        ("dss", True, False, True, "same"),
        ("dsd", True, False, True, "different"),
        ("dsu", True, False, True, "unsure"),
    ],
)
def test_what_readings_come_to(verdicts: str, linked: bool, twice: bool, several: bool, settled: str) -> None:
    assert pair(verdicts, linked=linked, twice=twice, several=several).verdict == settled


@pytest.mark.parametrize(
    ("verdicts", "linked", "wrong"),
    [("s", True, False), ("dd", True, True), ("ss", False, True), ("u", True, None), ("", True, None)],
)
def test_whether_linkage_has_it_wrong(verdicts: str, linked: bool, wrong: bool | None) -> None:
    assert pair(verdicts, linked=linked).wrong is wrong


@pytest.mark.parametrize(
    ("verdicts", "person", "readers", "waits"),
    [
        ("", 1, 2, True),
        ("d", 1, 2, False),  # nobody reads a pair twice in a row
        ("d", 2, 2, True),
        ("s", 2, 2, False),  # settled
        ("ds", 1, 2, True),  # no third person is there
        ("ds", 1, 3, False),
        ("ds", 3, 3, True),
        ("dsd", 3, 3, False),
    ],
)
def test_who_reads_next(verdicts: str, person: int, readers: int, waits: bool) -> None:
    assert pair(verdicts).waits_for(person, readers) is waits


def test_agreement_counts_what_was_drawn_for_two() -> None:
    read = [
        pair("ss", twice=True),
        pair("sd", twice=True),
        pair("dsd", twice=True),
        pair("us", twice=True),
        pair("dd"),
        pair("s", twice=True),
    ]
    table = agreement(read)
    assert table == [[1, 1, 0], [1, 0, 0], [1, 0, 0]]
    assert differed(table) == (3, 2)
