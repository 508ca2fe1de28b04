"""Jobs of the exchange."""

from __future__ import annotations

from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from hueandcry.exchange import actions
from hueandcry.exchange.models import Submission
from hueandcry.members.viewer import identify, viewer


@app.task(name="read_submission")
def read_submission(submission: int, person: int) -> None:
    """Read one kept submission on behalf of who sent it. Does nothing where it is read already or being read."""
    by = identify(person, channel="job")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(1, %s::integer)", [submission % 2**31])
        if not cursor.fetchone()[0]:
            return
        try:
            with viewer(by):
                state = Submission.objects.values_list("state", flat=True).get(pk=submission)
            if state in (Submission.State.RECEIVED, Submission.State.READING):
                actions.read(by=by, submission=submission)
        finally:
            cursor.execute("SELECT pg_advisory_unlock(1, %s::integer)", [submission % 2**31])


def take_up_unfinished(*, older_than_seconds: int) -> int:
    """Put a job for each submission that was kept and not read to its end; gives how many there are."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT submission, person FROM hueandcry_unfinished(%s)", [older_than_seconds])
        rows = cursor.fetchall()
    for submission, person in rows:
        try:
            read_submission.configure(queueing_lock=f"submission-{submission}").defer(
                submission=submission, person=person
            )
        except AlreadyEnqueued:
            continue
    return len(rows)
