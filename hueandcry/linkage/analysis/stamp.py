"""The handling of what is made of many reports: the strictest of all that is in it. It governs the whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from hueandcry.exchange.handling import CODES, PAP_ORDER, TLP_ORDER
from hueandcry.exchange.recall import gates
from hueandcry.members.viewer import Viewer
from hueandcry.web import tlp


@dataclass(frozen=True, slots=True)
class Stamp:
    """What stands on every page: TLP, PAP and all handling codes with what they say."""

    tlp: str
    pap: str = ""
    codes: tuple[str, ...] = ()
    restrictions: tuple[str, ...] = ()  # the texts that H3 stands for, each once
    reports: int = 0  # of so many

    @property
    def line(self) -> str:
        """In one line: "TLP:AMBER · PAP:GREEN · H1 H3"."""
        parts = [f"TLP:{self.tlp}", f"PAP:{self.pap}" if self.pap else "", " ".join(self.codes)]
        return " · ".join(part for part in parts if part)

    @property
    def colour(self) -> str:
        """The colour of the TLP's letters, as FIRST names it."""
        return tlp.tlp(self.tlp).colour

    @property
    def said(self) -> list[tuple[str, str]]:
        """Each code with its words."""
        return [(code, CODES[code]) for code in self.codes if code in CODES]


def strictest(
    tlps: Sequence[str], paps: Sequence[str], codes: Sequence[str], restrictions: Sequence[str] = (), reports: int = 0
) -> Stamp:
    """The strictest TLP and PAP, and every code: a set of obligations only grows. Nothing at all is CLEAR."""
    return Stamp(
        max(tlps, key=TLP_ORDER.index, default=TLP_ORDER[0]),
        max(paps, key=PAP_ORDER.index, default=""),
        tuple(sorted({code for code in codes if code in CODES})),
        tuple(dict.fromkeys(text for text in restrictions if text)),
        reports,
    )


def of_operation(viewer: Viewer, operation: int) -> Stamp:
    """The stamp of all reports of an operation that may pass the door of the viewer's channel. One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT r.tlp, r.pap, r.codes, r.restriction, count(*) FROM hueandcry_operations_seen(%s) o"  # noqa: S608
            f" JOIN exchange_report r ON r.id = o.report WHERE r.state = 'current' AND {gates.open_reports(viewer)}"
            " GROUP BY 1, 2, 3, 4",
            [[operation]],
        )
        rows = cursor.fetchall()
    return strictest(
        [row[0] for row in rows], [row[1] for row in rows], [code for row in rows for code in row[2]],
        [row[3] for row in rows], sum(row[4] for row in rows),
    )  # fmt: skip


def held_back(viewer: Viewer, operation: int) -> int:
    """How many current reports of it the viewer sees whose handling keeps them from this door. One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM hueandcry_operations_seen(%s) o JOIN exchange_report r ON r.id = o.report"  # noqa: S608
            " WHERE r.state = 'current' AND (r.codes <> '{}' OR r.pap <> '')"
            f" AND NOT {gates.open_reports(viewer)}",
            [[operation]],
        )
        return int(cursor.fetchone()[0])
