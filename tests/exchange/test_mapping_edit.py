"""A mapping on its way through a page. Pure."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hueandcry.exchange import mapping_edit
from hueandcry.exchange.drafts import Unreadable
from hueandcry.exchange.mapping import BadMapping

RAW = b"what,when,where from\nPaid for nothing,2026-01-05,203.0.113.1\nPaid twice,2026-02-05,203.0.113.2\n"


def test_what_is_given_outweighs_a_guess() -> None:
    guessed, why = mapping_edit.current(RAW, None)
    assert why == "guessed"
    given_one, why = mapping_edit.current(RAW, {"columns": [{"name": "what", "target": "title"}]})
    assert why == "given"
    assert [c.name for c in given_one.columns] == [c.name for c in guessed.columns]  # those it leaves out are shown too
    assert given_one.columns[0].samples == ("Paid for nothing", "Paid twice")


def test_a_preview_reads_as_the_file_would_be_read() -> None:
    mapping, _ = mapping_edit.current(RAW, None)
    told = {
        "target-0": "title",
        "target-1": "occurred_from",
        "target-2": "observable",
        "type-2": "ip",
        "role-2": "attacker",
    }
    shown = mapping_edit.preview(RAW, mapping_edit.edited(mapping, told), "x.csv")
    assert not shown.problems
    assert [row.report.title for row in shown.rows if row.report] == ["Paid for nothing", "Paid twice"]
    assert [row.values for row in shown.rows] == [
        [("ipv4-addr", "203.0.113.1", "")],
        [("ipv4-addr", "203.0.113.2", "")],
    ]
    told |= {"type-2": "iban"}
    shown = mapping_edit.preview(RAW, mapping_edit.edited(mapping, told), "x.csv")
    assert shown.rows[0].values == [("text", "203.0.113.1", "iban")]


def test_problems_are_told_and_not_raised() -> None:
    mapping, _ = mapping_edit.current(RAW, None)
    twice = mapping_edit.edited(mapping, {"target-0": "title", "target-1": "title"})
    assert mapping_edit.preview(RAW, twice, "x.csv").problems
    with pytest.raises(BadMapping):
        mapping_edit.edited(mapping, {"dates": "backwards"})


def test_only_the_first_rows_of_a_large_file_are_read() -> None:
    raw = RAW + b"More,2026-03-05,203.0.113.3\n" * 100_000
    assert len(mapping_edit.head(raw)) <= mapping_edit.HEAD
    assert mapping_edit.head(raw).endswith(b"\n")


@given(st.dictionaries(st.sampled_from(["target-0", "type-0", "role-0", "list-0", "dates", "currency"]), st.text()))
def test_whatever_is_posted_nothing_else_is_raised(posted: dict[str, str]) -> None:
    mapping, _ = mapping_edit.current(RAW, None)
    with contextlib.suppress(BadMapping, Unreadable):
        mapping_edit.preview(RAW, mapping_edit.edited(mapping, posted), "x.csv")
