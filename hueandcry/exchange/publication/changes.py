"""Noting, in the transaction of an act, that something happened to a report. Numbered by ``actions.publish`` later."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection

from hueandcry.exchange.models import Change, Report


def note(*, person: int | None, report: Report, kind: Change.Kind | str, rendered: bool = False) -> None:
    """Note one change of a report, inside a viewer of its own organisation. ``person`` did it; ``rendered``: nothing of
    it is to be written as STIX."""
    _insert(
        "SELECT %s, r.id, r.reference, r.organisation_id, %s, r.audience, r.objects_count, %s"
        " FROM exchange_report r WHERE r.id = %s",
        [str(kind), person, rendered, report.pk],
    )


def note_erased(*, person: int | None, submission: int) -> None:
    """Note of every report that a submission made that it is erased; before it is."""
    _insert(
        "SELECT 'erased', r.id, r.reference, r.organisation_id, %s, r.audience, 0, true"
        " FROM exchange_report r WHERE r.submission_id = %s ORDER BY r.id",
        [person, submission],
    )


def _insert(select: str, values: Sequence[int | str | None]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO exchange_change (kind, report, reference, organisation, person, audience, size, rendered) "
            + select,
            values,
        )
