"""The read of the picture: cells over every report whose purpose allows statistics, out of the blind function."""

from __future__ import annotations

from django.db import connection

from hueandcry.members.viewer import Viewer
from hueandcry.picture.figures import Cells, Question


def cells(viewer: Viewer, question: Question) -> Cells:
    """The cells that may be shown; none at all unless the viewer is of the alliance. One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT dimension, cell, reports, organisations"
            " FROM hueandcry_picture(%s::integer, %s::text, %s::text, %s::text, %s::text)",
            [question.year, question.country, question.sector, question.cls, question.source],
        )
        return Cells.of(cursor.fetchall())
