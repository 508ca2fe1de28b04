"""Lines that COPY takes: what is written is what PostgreSQL reads, whatever signs stand in it."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import connection, transaction

from hueandcry.exchange import staging

pytestmark = pytest.mark.usefixtures("database")

ODD = ["", "NULL", "null", '"', "\\", '\\"', "{a,b}", "a\tb", "a\nb", "a\r\nb", "\\N", "\\.", " x ", "é", "🦊", "'"]


def test_what_is_written_is_what_is_read() -> None:
    rows: list[tuple[staging.Value, ...]] = [
        *((one, [one], number, None, None, None) for number, one in enumerate(ODD)),
        ("all", ODD, 99, True, Decimal("12.30"), datetime(2026, 5, 1, 10, 30, 1, 500, tzinfo=UTC)),
        ("none", [], -1, False, Decimal(0), None),
    ]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE told (word text, words text[], n bigint, yes boolean, sum numeric, at timestamptz)"
            " ON COMMIT DROP"
        )
        with cursor.copy("COPY told FROM STDIN") as copy:
            copy.write(staging.lines(rows))
        cursor.execute("SELECT word, words, n, yes, sum, at FROM told ORDER BY ctid")
        assert [tuple(row) for row in cursor.fetchall()] == rows


def test_a_zero_is_replaced() -> None:
    assert staging.lines([("a\0b", ["c\0"])]) == 'a\ufffdb\t{"c\ufffd"}\n'
