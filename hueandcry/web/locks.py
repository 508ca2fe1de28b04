"""One at a time, in all processes: advisory locks of the database. A killed process lets go with its connection.

The first number says of what, so that each use has its own: 1 a submission being read, 2 publication (1 counting
changes, within transactions; 2 writing reports as STIX), 3 a mailbox (and, within transactions, whom letters go to),
4 who is told of links, 5 crimes, 6 operations, 7 freezes, 8 releases, 7204 remotes, 7304 rounds of review.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection


@contextmanager
def alone(space: int, key: int = 0) -> Iterator[bool]:
    """Whether nobody else is at this; nobody begins before the block ends. ``key``: which of many things it
    is, an id of any size."""
    free = bool(_call("pg_try_advisory_lock", space, key))
    try:
        yield free
    finally:
        if free:
            _call("pg_advisory_unlock", space, key)


@contextmanager
def in_turn(space: int, key: int = 0) -> Iterator[None]:
    """Nobody else is at this before the block ends; it begins when who came before has ended."""
    _call("pg_advisory_lock", space, key)
    try:
        yield
    finally:
        _call("pg_advisory_unlock", space, key)


def _call(function: str, space: int, key: int) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s::integer, %s::integer)", [space, key % 2**31])
        return cursor.fetchone()[0]
