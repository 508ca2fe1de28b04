"""Prepared statements: kept on their connection, one for each text, and without a trace for what comes after."""

import pytest
from django.db import DataError, connection, transaction

from hueandcry.web.statements import prepared


def _kept(text: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE starts_with(statement, %s)", [text])
        return int(cursor.fetchone()[0])


def test_a_statement_is_prepared_once_whatever_the_size_of_its_numbers(database):
    text = "SELECT /* once */ "
    for number in (1, 40_000, 3_000_000_000):
        assert prepared(text + "%s::bigint, %s::bigint[]", [number, [number]]) == (number, [number])
    assert _kept(text) == 1


def test_what_gives_no_row_gives_none(database):
    assert prepared("SELECT 1 WHERE %s::boolean", [False]) is None
    with transaction.atomic():
        assert prepared("SET LOCAL statement_timeout = 0", []) is None


def test_faults_are_those_of_django_and_its_own_cursors_prepare_nothing_still(database):
    with pytest.raises(DataError):
        prepared("SELECT 1 / %s::integer", [0])
    assert connection.connection.prepare_threshold is None
    for _turn in range(8):
        with connection.cursor() as cursor:
            cursor.execute("SELECT /* theirs */ 1")
    assert _kept("SELECT /* theirs */") == 0
