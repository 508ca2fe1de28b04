"""The read of the picture: cells over every report whose purpose allows statistics, out of the blind function."""

from __future__ import annotations

import time
from collections import OrderedDict

from django.conf import settings
from django.db import connection

from hueandcry.members.viewer import Viewer
from hueandcry.picture.figures import Cells, Question

KEPT = 200  # answers held in one process

# The answer is the same for everybody whom the function answers at all, so a process keeps it for a minute.
_kept: OrderedDict[Question, tuple[float, Cells]] = OrderedDict()


def cells(viewer: Viewer, question: Question) -> Cells:
    """The cells that may be shown; none at all unless the viewer is of the alliance. One query, or none where the same
    was asked within ``settings.PICTURE_SECONDS``."""
    if not viewer.vetted:
        return _asked(question)  # the function itself closes the door
    at, found = _kept.get(question, (0.0, None))
    if found is None or time.monotonic() - at > settings.PICTURE_SECONDS:
        found = _asked(question)
        _kept[question] = (time.monotonic(), found)
        _kept.move_to_end(question)
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return found


def _asked(question: Question) -> Cells:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT dimension, cell, reports, organisations"
            " FROM hueandcry_picture(%s::integer, %s::text, %s::text, %s::text, %s::text)",
            [question.year, question.country, question.sector, question.cls, question.source],
        )
        return Cells.of(cursor.fetchall())
