"""What leaves linkage as a file: who took what of which reports is noted.

A crime or an operation in a table is made of reports, so that whoever takes the table has taken something of each of
them: a recall or a correction reaches them by the deliveries that are noted here.
"""

from __future__ import annotations

from collections.abc import Sequence

from hueandcry.audit import actions as audit
from hueandcry.exchange import export
from hueandcry.members.viewer import Viewer

DOOR = "export"


def note(*, by: Viewer, thing: str, count: int, reports: Sequence[int]) -> int:
    """Record that a table of ``count`` things ("crime", "operation") made of these reports is taken, and note the
    deliveries of those that may leave. Inside the viewer. Gives how many their handling keeps here."""
    held = export.note(by, "csv", reports, door=DOOR)
    audit.record(by=by, verb="export", kind=thing, count=count, detail={"format": "csv"})
    return held
