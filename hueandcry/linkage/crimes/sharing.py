"""What the reports of one crime share, and what two reports say beside each other. Inside a viewer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from django.db import connection

from hueandcry.exchange.models import Report
from hueandcry.exchange.recall import queries as recall
from hueandcry.exchange.statements import named
from hueandcry.linkage.crimes import words
from hueandcry.members.viewer import Viewer

SQL = named(Path(__file__).parent / "sql" / "sharing.sql")
CAP = 200  # reports looked at for one value; beyond that it tells nothing
VALUES = 100


@dataclass(frozen=True, slots=True)
class Shared:
    """A value that several of these reports hold; ``everywhere``: of all that the viewer sees, CAP at most."""

    observable: int
    type: str
    value: str
    weight: float
    warnings: list[str]
    role: str
    roles_differ: bool
    here: int
    reports: list[int]
    everywhere: int

    @property
    def capped(self) -> bool:
        """More may hold it than were looked at."""
        return self.everywhere >= CAP


@dataclass(frozen=True, slots=True)
class Beside:
    """Two reports to be read beside each other, and the values that both hold. ``closed``: the report that may not be
    shown before its restriction is read, and then nothing of either is."""

    left: Report
    right: Report
    shared: list[Shared]
    closed: Report | None = None

    @property
    def both(self) -> tuple[Report, Report]:
        """The two, to go through."""
        return self.left, self.right

    @property
    def happened(self) -> tuple[str, str]:
        """When, as each says; "" where it does not."""
        return words.when(self.left), words.when(self.right)

    @property
    def victims(self) -> tuple[str, str]:
        """To whom, as each says; "" where it does not."""
        return words.victim(self.left), words.victim(self.right)


def shared(viewer: Viewer, reports: Sequence[int], *, most: int = VALUES) -> list[Shared]:
    """The values that two of these visible reports hold at least, the weightiest and rarest first."""
    with connection.cursor() as cursor:
        cursor.execute(SQL["shared"], {"reports": list(reports), "cap": CAP, "most": most})
        return [Shared(*row) for row in cursor.fetchall()]


def beside(viewer: Viewer, left: int, right: int) -> Beside:
    """Two visible reports beside each other. Raises Report.DoesNotExist where the viewer does not see both."""
    found = Report.objects.select_related("organisation").in_bulk([left, right])
    if len(found) < 2:
        raise Report.DoesNotExist
    unread = recall.unread(viewer, [left, right])
    closed = next((found[report] for report in (left, right) if report in unread), None)
    return Beside(found[left], found[right], [] if closed else shared(viewer, [left, right], most=25), closed)
