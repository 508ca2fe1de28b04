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
    with viewer(by):
        # None where its sender may not see it any more: their organisation was suspended, or they left. It stays kept.
        state = Submission.objects.filter(pk=submission).values_list("state", flat=True).first()
    if state in actions.UNFINISHED:
        actions.read(by=by, submission=submission)


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
