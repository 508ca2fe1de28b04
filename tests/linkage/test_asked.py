"""What addresses and forms ask for: what makes no sense asks for nothing, and nothing raises."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest
from django.http import QueryDict

from hueandcry.linkage import asked


def test_the_last_value_of_a_name_counts() -> None:
    query = asked.lists(QueryDict("country=PT&country=%20ES%20&empty="))
    assert query == {"country": ["PT", " ES "], "empty": [""]}
    assert [asked.one(query, name) for name in ("country", "empty", "nothing")] == ["ES", "", ""]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-03-05", date(2026, 3, 5)), ("1969-12-31", None), ("9999-01-01", None), ("2026-02-30", None), ("", None),
        ("0001-01-01", None), ("yesterday", None), ("2026-03-05T10:00", None), ("\0", None),
    ],
)  # fmt: skip
def test_a_day(text: str, day: date | None) -> None:
    assert asked.day(text) == day


def test_a_reference() -> None:
    given = "12345678-1234-5678-1234-567812345678"
    assert asked.reference(given) == UUID(given)
    for text in ("", "x", given[:-1], "\0", "../" + given, "²" * 32):
        assert asked.reference(text) is None


def test_a_number_fits_a_key() -> None:
    assert [asked.number(text) for text in ("7", "007", "9" * 18)] == [7, 7, 10**18 - 1]
    assert [asked.number(text) for text in ("", "-1", "1.5", "9" * 19, "٣", "²", "0x1", " 1")] == [0] * 8
