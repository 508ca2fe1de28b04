"""What a chart says, apart from how it is drawn: columns, rows, unit, source and method. No Django here.

A view builds a ``Chart``; ``{% chart that %}`` writes it as a table (works without scripts, is what a screen reader
gets) and, beside it, as the JSON that scripts/charts.js draws. Both come from the same rows, so they cannot disagree.

    Chart(
        id="by-sector", kind="ranking", title="Reports by sector", unit="reports",
        source="Reports received by the alliance, 2024-01 to 2025-06",
        method="Counted once per report; cells under 10 reports or 3 organisations are suppressed.",
        columns=[Column("sector", "Sector", "category"), Column("reports", "Reports")],
        rows=[["Finance", 212], ["Health", SUPPRESSED]],
    )

Kinds and the columns each needs (the first column names the row):
    line      "time" (ISO dates or labels), then values, each with an optional "low" and "high" of the same key
    bars      "category", then values; stacked or side by side
    ranking   "category", then one value, with an optional "low" and "high"
    map       "country" (ISO 3166-1 alpha-2), then one value
    heat      "category", then a value column for each class across
    upset     "category" (the sets that meet, in words), then one value; ``sets`` names them all and ``members`` says
              for each row which of them meet there (Lex et al. 2014: UpSet)
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Literal, NamedTuple

Kind = Literal["line", "bars", "ranking", "map", "heat", "upset"]
Role = Literal["time", "category", "country", "value", "low", "high"]

MAX_SERIES = 7  # look.md: at most seven categories, the rest is "other"


class Withheld(Enum):
    """Why a cell holds no number though one exists."""

    SUPPRESSED = "suppressed"


SUPPRESSED = Withheld.SUPPRESSED  # too few reports or organisations to show; None means: not known, or not measured

Cell = str | int | float | Withheld | None


class BadChartError(ValueError):
    """The chart contradicts itself; the message says where. A mistake of the program, never of the data."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column. ``key`` is unique but for "low" and "high", which carry the key of the value they belong to."""

    key: str
    label: str
    role: Role = "value"


FIRST_ROLE: dict[Kind, Role] = {
    "line": "time",
    "bars": "category",
    "ranking": "category",
    "map": "country",
    "heat": "category",
    "upset": "category",
}
ONE_VALUE: frozenset[Kind] = frozenset({"ranking", "map", "upset"})
WITH_BOUNDS: frozenset[Kind] = frozenset({"line", "ranking"})


class Mark(NamedTuple):
    """A moment of a line chart that something is said about: the name of its row, and the words."""

    at: str
    words: str


@dataclass(frozen=True, slots=True)
class Chart:
    """One chart. ``unit`` stands on the axis; ``provisional_from`` is the first row (its time) still filling up,
    ``forecast_from`` the first that has not been yet."""

    id: str
    kind: Kind
    title: str
    unit: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    source: str
    method: str
    csv_url: str = ""
    note: str = ""  # one sentence: what to see in it
    stacked: bool = False
    provisional_from: str = ""
    method_url: str = ""
    links: Sequence[str] = field(default=())  # for each row, where a click goes; empty: nowhere
    forecast_from: str = ""
    marks: Sequence[Mark] = ()
    sets: Sequence[str] = ()  # of an upset chart: the sets, largest first
    members: Sequence[Sequence[int]] = ()  # for each row, which of ``sets`` meet there
    parquet_url: str = ""
    reports_url: str = ""  # the reports behind it, for whoever may read some of them
    citation: str = ""

    def __post_init__(self) -> None:
        _check_columns(self)
        for number, row in enumerate(self.rows, 1):
            _check_row(self, number, row)

    @property
    def series(self) -> list[Column]:
        """The columns that are drawn as values."""
        return [column for column in self.columns if column.role == "value"]

    @property
    def withheld(self) -> bool:
        """True if any cell is suppressed: the page then says what the hatching means."""
        return any(cell is SUPPRESSED for row in self.rows for cell in row)

    def spec(self) -> dict[str, Any]:
        """All that the drawing needs, as JSON. A suppressed cell is the word "suppressed", an unknown one null."""
        return {
            "kind": self.kind,
            "title": self.title,
            "unit": self.unit,
            "columns": [{"key": c.key, "label": c.label, "role": c.role} for c in self.columns],
            "rows": [[cell.value if isinstance(cell, Withheld) else cell for cell in row] for row in self.rows],
            "stacked": self.stacked,
            "provisionalFrom": self.provisional_from,
            "forecastFrom": self.forecast_from,
            "marks": [{"at": mark.at, "words": mark.words} for mark in self.marks],
            "sets": list(self.sets),
            "members": [list(row) for row in self.members],
            "source": self.source,
            "links": list(self.links),
        }


def as_csv(chart: Chart) -> str:
    """The table of a chart as CSV (RFC 4180): labels, then rows; "suppressed" as its word, not known as an empty cell.

    A name that a spreadsheet would take for a formula is led by an apostrophe, as OWASP advises on CSV injection.
    """
    out = io.StringIO()
    writer = csv.writer(out)
    heads = [f"{c.label} ({c.role})" if c.role in ("low", "high") else c.label for c in chart.columns]
    writer.writerow([_harmless(head) for head in heads])
    for row in chart.rows:
        writer.writerow([_harmless(row[0]), *(cell.value if isinstance(cell, Withheld) else cell for cell in row[1:])])
    return out.getvalue()


def _harmless(cell: Cell) -> Cell:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


def _check_columns(chart: Chart) -> None:
    if not chart.columns or chart.columns[0].role != FIRST_ROLE[chart.kind]:
        raise BadChartError(f"{chart.id}: the first column of a {chart.kind} chart is its {FIRST_ROLE[chart.kind]}")
    keys = [column.key for column in chart.series]
    if not keys or len(set(keys)) != len(keys):
        raise BadChartError(f"{chart.id}: value columns need keys of their own, and there must be one at least")
    if chart.kind in ONE_VALUE and len(keys) > 1:
        raise BadChartError(f"{chart.id}: a {chart.kind} chart shows one value, not {len(keys)}")
    if chart.kind != "heat" and len(keys) > MAX_SERIES + 1:
        raise BadChartError(f"{chart.id}: {len(keys)} series; fold all but {MAX_SERIES} into other (fold)")
    bounds = [column for column in chart.columns if column.role in ("low", "high")]
    if bounds and (chart.kind not in WITH_BOUNDS or any(column.key not in keys for column in bounds)):
        raise BadChartError(f"{chart.id}: bounds belong to a value column of a line or ranking chart, under its key")
    if chart.links and len(chart.links) != len(chart.rows):
        raise BadChartError(f"{chart.id}: {len(chart.links)} links for {len(chart.rows)} rows")
    if chart.kind == "upset":
        if len(chart.members) != len(chart.rows):
            raise BadChartError(f"{chart.id}: members of {len(chart.members)} rows for {len(chart.rows)} rows")
        if any(not 0 <= at < len(chart.sets) for row in chart.members for at in row):
            raise BadChartError(f"{chart.id}: a row is a member of a set that is not named")
    if (chart.marks or chart.forecast_from) and chart.kind != "line":
        raise BadChartError(f"{chart.id}: marks and forecasts belong to a line chart")


def _check_row(chart: Chart, number: int, row: Sequence[Cell]) -> None:
    if len(row) != len(chart.columns):
        raise BadChartError(f"{chart.id}: row {number} has {len(row)} cells for {len(chart.columns)} columns")
    if not isinstance(row[0], str):
        raise BadChartError(f"{chart.id}: row {number} starts with {row[0]!r}, not with its name")
    if any(isinstance(cell, (str, bool)) for cell in row[1:]):
        raise BadChartError(f"{chart.id}: row {number} holds words where numbers belong")
    by_role = {
        (c.key, c.role): cell for c, cell in zip(chart.columns, row, strict=True) if isinstance(cell, (int, float))
    }
    for (key, role), value in by_role.items():
        if role == "value" and not by_role.get((key, "low"), value) <= value <= by_role.get((key, "high"), value):
            raise BadChartError(f"{chart.id}: row {number}: {value} lies outside its own bounds")


def fold(totals: Sequence[tuple[str, int]], other: str, keep: int = MAX_SERIES) -> list[tuple[str, int]]:
    """The ``keep`` largest categories, in their order of size, and the sum of the rest under ``other``."""
    ranked = sorted(totals, key=lambda pair: (-pair[1], pair[0]))
    rest = sum(count for _, count in ranked[keep:])
    return ranked[:keep] + ([(other, rest)] if len(ranked) > keep else [])
