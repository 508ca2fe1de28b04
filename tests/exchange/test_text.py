"""Plain text: encodings, what may be shown, one element a file."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hueandcry.exchange import text
from hueandcry.exchange.drafts import MAX_TEXT, Loss, ObjectDraft, Options, ReportDraft, Unreadable


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
def test_each_encoding_is_read(encoding: str) -> None:
    assert text.decode("Die Fälschung kam per Post.".encode(encoding)).text == "Die Fälschung kam per Post."


def test_only_a_guess_is_told_as_one() -> None:
    assert [text.decode(raw).guessed for raw in (b"a", "ä".encode(), "äöü".encode("cp1252"))] == [False, False, True]


def test_a_mark_that_promises_too_much_is_told() -> None:
    with pytest.raises(Unreadable, match="byte"):
        text.decode(b"\xff\xfe\x00\xd8")


def test_controls_and_direction_overrides_are_shown_as_such() -> None:
    assert text.clean("a\x00b\u202egnp.exe\n\tc") == "a\ufffdb\ufffdgnp.exe\n\tc"
    assert text.clean("x" * 20, 10) == "x" * 9 + "…"


def test_a_text_is_one_report_and_one_element() -> None:
    raw = b"Subject of it\n\nPay to hxxp://evil[.]example[.]org/pay or DE89370400440532013000."
    report, element = (one for one in text.read(raw, Options()) if not isinstance(one, Loss))
    assert isinstance(report, ReportDraft)
    assert isinstance(element, ObjectDraft)
    assert report.title == "Subject of it"
    assert element.text == raw.decode()
    assert {"url", "iban"} <= {seen.type for seen in element.observations}


@pytest.mark.parametrize("raw", [b"   \n", b"a\x00b", b"x" * (MAX_TEXT + 1)], ids=["blank", "binary", "long"])
def test_what_is_no_text_is_unreadable(raw: bytes) -> None:
    with pytest.raises(Unreadable):
        list(text.read(raw, Options()))


@given(st.binary(max_size=300))
def test_nothing_but_unreadable_is_raised(raw: bytes) -> None:
    try:
        drafts = list(text.read(raw, Options()))
    except Unreadable:
        return
    assert sum(isinstance(one, ObjectDraft) for one in drafts) == 1


@given(st.text())
def test_clean_text_goes_into_any_database(given_text: str) -> None:
    shown = text.clean(given_text)
    assert "\x00" not in shown
    assert text.clean(shown) == shown
    shown.encode("utf-8")


def test_a_letter_is_called_by_what_it_says_not_by_its_greeting() -> None:
    assert text.title_of("Dear colleagues,\n\nour customer paid.\n") == "our customer paid."
    assert text.title_of("Dear colleagues,\n") == "Dear colleagues,"
    assert text.title_of("First, we paid and then, as they had said, waited,\nlong") == (
        "First, we paid and then, as they had said, waited,"
    )
