"""One at a time, in all processes: advisory locks of the database. A killed process lets go with its connection.

The first number says of what, so that each use has its own: 1 a submission being read, 2 publication, 3 a mailbox (and,
within transactions, whom letters go to), 4 who is told of links, 5 crimes, 6 operations, 7 freezes, 8 releases,
7204 remotes, 7304 rounds of review.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def alone(space: int, key: int = 0) -> Iterator[bool]:
    """Whether nobody else is at this; nobody begins before the block ends. ``key``: which of many things it
    is, an id of any size."""
    held = [space, key % 2**31]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s::integer, %s::integer)", held)
        free = bool(cursor.fetchone()[0])
    try:
        yield free
    finally:
        if free:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s::integer, %s::integer)", held)
