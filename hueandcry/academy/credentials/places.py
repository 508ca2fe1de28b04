"""Places in status lists: drawn at random, so that a place says nothing of when somebody was certified."""

from __future__ import annotations

from django.db import connection

from hueandcry.academy.credentials.trust import PLACES


def free_place(of: str) -> int:
    """A place that no ``certificate`` (or ``accreditation``) holds; a constraint sees to it that none is held twice."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT hueandcry_free_place(%s, %s)", [of, PLACES])
        return int(cursor.fetchone()[0])
