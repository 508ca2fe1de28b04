"""The handling of what is made of many reports: the strictest of all that is in it. It governs the whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from django.db import connection

from hueandcry.exchange.handling import CODES, PAP_ORDER, TLP_ORDER
from hueandcry.exchange.recall import gates
from hueandcry.members.viewer import Viewer
from hueandcry.web import tlp

WRITTEN = "AMBER+STRICT"  # what analysts wrote for one table goes no further than their own organisation

COLUMNS = ("tlp", "pap", "codes", "restriction")  # of a table that leaves, named as in the table of reports


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
    def cells(self) -> tuple[str, str, str, str]:
        """As COLUMNS of a table have it, and as the table of reports writes it."""
        return f"TLP:{self.tlp}", self.pap, "; ".join(self.codes), "; ".join(self.restrictions)

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


def within(mark: Stamp, tlp: str) -> Stamp:
    """This stamp, no looser than ``tlp``."""
    return replace(mark, tlp=max(mark.tlp, tlp, key=TLP_ORDER.index))


# Reports by their ids, and whether each may pass the door. Each is looked up by its key, see operations/queries.py.
_REPORT = "CROSS JOIN LATERAL (SELECT x.*, {open} AS open FROM exchange_report x WHERE x.id = o.report OFFSET 0) r"
_OF_OPERATIONS = f"hueandcry_operations_seen(%s) o {_REPORT}"
# Of many operations: all that the viewer sees is read once, in less time than looking up each report takes.
_OF_MANY = (
    "hueandcry_operations_all_seen() o JOIN (SELECT x.*, {open} AS open FROM exchange_report x) r ON r.id = o.report"
    " AND o.operation = ANY (%s)"
)
MANY = 500  # operations


def of_crimes(viewer: Viewer, crimes: Sequence[int]) -> dict[int, Stamp]:
    """The stamp of each of these crimes, of its reports that may pass the door of the viewer's channel. One query."""
    return _stamps("o.crime", f"linkage_crimereport o {_REPORT} WHERE o.crime = ANY (%s) AND", viewer, crimes)


def of_operations(viewer: Viewer, operations: Sequence[int]) -> dict[int, Stamp]:
    """The stamp of each of these operations, likewise. One query."""
    source = _OF_MANY if len(operations) > MANY else _OF_OPERATIONS
    return _stamps("o.operation", f"{source} WHERE", viewer, operations)


def of_operation(viewer: Viewer, operation: int) -> Stamp:
    """The stamp of all reports of an operation that may pass the door of the viewer's channel. One query."""
    return standing(viewer, operation)[0]


def held_back(viewer: Viewer, operation: int) -> int:
    """How many current reports of it the viewer sees whose handling keeps them from this door. One query."""
    return standing(viewer, operation)[1]


def standing(viewer: Viewer, operation: int) -> tuple[Stamp, int]:
    """The stamp of an operation, and how many of its reports are kept from this door. One query for both."""
    rows = _rows(
        f"SELECT r.open, r.tlp, r.pap, r.codes, r.restriction, count(*) FROM {_OF_OPERATIONS}"  # noqa: S608  no value in it
        " WHERE r.state = 'current' GROUP BY 1, 2, 3, 4, 5",
        viewer,
        [operation],
    )
    return _stamp([row[1:] for row in rows if row[0]]), sum(row[-1] for row in rows if not row[0])


def _stamps(key: str, source: str, viewer: Viewer, ids: Sequence[int]) -> dict[int, Stamp]:
    statement = (
        f"SELECT {key}, r.tlp, r.pap, r.codes, r.restriction, count(*) FROM {source}"  # noqa: S608  no value in it
        " r.state = 'current' AND r.open GROUP BY 1, 2, 3, 4, 5"
    )
    rows = sorted(_rows(statement, viewer, ids), key=lambda row: row[0])
    return {one: _stamp([row[1:] for row in group]) for one, group in groupby(rows, key=lambda row: row[0])}


def _rows(statement: str, viewer: Viewer, ids: Sequence[int]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement.replace("{open}", gates.open_reports(viewer, table="x")), [list(ids)])
        return list(cursor.fetchall())


def _stamp(rows: Sequence[tuple[Any, ...]]) -> Stamp:
    return strictest(
        [row[0] for row in rows], [row[1] for row in rows], [code for row in rows for code in row[2]],
        [row[3] for row in rows], sum(row[4] for row in rows),
    )  # fmt: skip
