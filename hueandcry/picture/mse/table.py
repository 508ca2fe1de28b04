"""A table of capture histories: who was told of by which lists. Pure.

    table = read(Path("uk.csv").read_bytes(), "uk.csv")
    table.lists     # ("LA", "NG", "PF"): bit 0 of a history is the first list
    table.counts    # {0b001: 54, 0b011: 15, ...}: how many are on exactly these lists

Read are CSV (comma, semicolon, tab or bar; UTF-8 or UTF-16) and JSON: ``{"columns": [...], "rows": [[...], ...]}``, a
list of objects, or an object of columns. Each list has a column of 0 and 1; a column named count, freq or frequency
holds how many share the history; without one each row is one individual.
"""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

MAX_BYTES: Final = 64 * 2**20
MAX_COLUMNS: Final = 60
MAX_ROWS: Final = 2_000_000
MAX_COUNT: Final = 10**12
MAX_SHOWN: Final = 40  # characters of a stranger's cell in a message
COUNTS: Final = frozenset({"count", "freq", "frequency"})
# Numbers of rows as R (write.csv) and pandas (to_csv) put in front, and keys of individuals: no list.
NUMBERS: Final = frozenset({"", "unnamed: 0", "rownames", "row.names", "id"})
_TRUE: Final = frozenset({"1", "true", "t", "yes", "y"})
_FALSE: Final = frozenset({"0", "", "false", "f", "no", "n", "na", "nan", "null", "none"})


class BadTable(ValueError):
    """A file that is no table of lists; the message says where and why, in one line."""


@dataclass(frozen=True, slots=True)
class Table:
    """How many are on exactly which lists.

    ``lists``: names in the order of the bits, the first is bit 0. ``counts``: by history, an integer whose bits say who
    tells of it; never history 0 (those nobody tells of), never a count of 0. ``notes``: what was passed over in
    reading.
    """

    lists: tuple[str, ...]
    counts: Mapping[int, int]
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        top = 1 << len(self.lists)
        for history, count in self.counts.items():
            if not 0 < history < top:
                raise BadTable(f"history {history} names a list that is not there, or none")
            if count <= 0:
                raise BadTable(f"history {history} has the count {count}: counts are positive")

    @property
    def observed(self) -> int:
        """How many are on at least one list."""
        return sum(self.counts.values())

    def on(self, bits: int) -> int:
        """How many are on all lists of these bits, whatever else they are on."""
        return sum(count for history, count in self.counts.items() if history & bits == bits)

    def kept(self) -> Table:
        """The same without lists that nobody is on: they say nothing, and their parameter is not finite."""
        held = [at for at in range(len(self.lists)) if self.on(1 << at)]
        if len(held) == len(self.lists):
            return self
        counts = {
            sum(1 << new for new, old in enumerate(held) if history >> old & 1): count
            for history, count in self.counts.items()
        }
        return Table(tuple(self.lists[at] for at in held), counts, self.notes)


def read(raw: bytes, name: str = "") -> Table:
    """The table of a file's bytes; ``name`` decides nothing, the content does. Raises BadTable with one line that says
    where (rows are numbered as an editor does, the header is row 1; in JSON from 1) and why."""
    if len(raw) > MAX_BYTES:
        raise BadTable(f"the file is larger than {MAX_BYTES // 2**20} MB")
    text = _decoded(raw)
    if not text.strip():
        raise BadTable("the file is empty")
    numbers: Sequence[int]
    if text.lstrip()[0] in "{[":
        columns, rows, first = _of_json(text)
        numbers, comma = range(first, first + len(rows)), False
    else:
        columns, rows, numbers, comma = _of_csv(text)
    return _table(columns, rows, numbers, comma)


def _decoded(raw: bytes) -> str:
    encoding = "utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError:
        text = raw.decode("cp1252", "replace")  # what spreadsheets write where they do not write UTF-8
    if "\0" in text:
        raise BadTable("the file is not text")
    return text


def _of_json(text: str) -> tuple[list[str], Sequence[Any], int]:
    try:
        held = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadTable(f"this is not JSON: {str(error)[:120]}") from error
    if isinstance(held, dict):
        columns = held.get("columns")
        rows = held.get("rows", held.get("data"))
        if isinstance(columns, list) and isinstance(rows, list):
            return [str(c) for c in columns], rows, 1
        inner = rows if isinstance(rows, list) else None
        if inner is None:
            whole = {str(k): v for k, v in held.items() if isinstance(v, list)}
            if not whole or len({len(v) for v in whole.values()}) != 1:
                raise BadTable('JSON holds a table as {"columns": [...], "rows": [[...]]}, or as a list of objects')
            return list(whole), list(zip(*whole.values(), strict=True)), 1
        held = inner
    if not isinstance(held, list) or not held or not all(isinstance(row, dict) for row in held):
        raise BadTable('JSON holds a table as {"columns": [...], "rows": [[...]]}, or as a list of objects')
    names = list(dict.fromkeys(str(key) for row in held[:MAX_ROWS] for key in row))
    if len(names) > MAX_COLUMNS:
        raise BadTable(f"there are more than {MAX_COLUMNS} columns")
    return names, [[row.get(name) for name in names] for row in held], 1


def _of_csv(text: str) -> tuple[list[str], Sequence[Any], Sequence[int], bool]:
    head = next(line for line in text.splitlines() if line.strip())
    outside = "".join(head.split('"')[::2])  # what stands in quotation marks separates nothing
    separator = max(",;\t|", key=outside.count)
    if not outside.count(separator):
        separator = ","
    reader = csv.reader(io.StringIO(text), delimiter=separator, skipinitialspace=True)
    try:
        lines = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise BadTable(f"this is not CSV: {error}") from error
    columns = [cell.strip() for cell in lines[0][1]]
    rows: list[Any] = []
    for number, row in lines[1:]:
        while len(row) > len(columns) and not row[-1].strip():
            row = row[:-1]
        if len(row) == len(columns) + 1 and not rows and lines[1][0] == number:
            columns = ["", *columns]  # R's write.table names all columns but that of the numbers of rows
        if len(row) > len(columns):
            raise BadTable(f"row {number}: {len(row)} cells where the header has {len(columns)}")
        rows.append(row)
    return columns, rows, [number for number, _row in lines[1:]], separator != ","


def _table(columns: list[str], rows: Sequence[Any], numbers: Sequence[int], comma: bool) -> Table:
    columns = [column.strip() for column in columns]
    if len(columns) > MAX_COLUMNS:
        raise BadTable(f"there are {len(columns)} columns; at most {MAX_COLUMNS} are read")
    if len(rows) > MAX_ROWS:
        raise BadTable(f"there are {len(rows):,} rows; at most {MAX_ROWS:,} are read")
    counting = [at for at, column in enumerate(columns) if column.lower() in COUNTS]
    if len(counting) > 1:
        raise BadTable(f"two columns of counts: {columns[counting[0]]} and {columns[counting[1]]}")
    notes = []
    passed = {at for at, column in enumerate(columns) if column.lower() in NUMBERS}
    if passed:
        notes.append(f"Passed over: column {', '.join(repr(columns[at]) for at in sorted(passed))}, which is no list.")
    places = [at for at in range(len(columns)) if at not in counting and at not in passed]
    names = [columns[at] for at in places]
    if not names:
        raise BadTable("there is no column of a list")
    if all(_is_number(name) for name in names) and len(set(names)) < len(names):
        raise BadTable("the first row holds no names of lists")
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise BadTable(f"two columns are named {twice[:MAX_SHOWN]!r}")
    counts: dict[int, int] = {}
    nowhere = 0
    for number, row in zip(numbers, rows, strict=True):
        if not isinstance(row, (list, tuple)) or len(row) > len(columns):
            raise BadTable(f"row {number}: not {len(columns)} cells")
        history = 0
        for bit, at in enumerate(places):
            if at < len(row) and _on_list(row[at], number, names[bit], comma):
                history |= 1 << bit
        count = 1
        if counting:
            count = _count(row[counting[0]] if counting[0] < len(row) else None, number, columns[counting[0]], comma)
        if not history:
            nowhere += count
        elif count:
            counts[history] = counts.get(history, 0) + count
    if nowhere:
        notes.append(f"Passed over: {nowhere:,} on no list, since nobody told of them.")
    return Table(tuple(names), counts, tuple(notes))


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _on_list(cell: Any, number: int, column: str, comma: bool) -> bool:
    if cell is None or cell is False:
        return False
    if cell is True:
        return True
    text = str(cell).strip().lower()
    if text in _FALSE:
        return False
    if text in _TRUE:
        return True
    try:
        value = float(text.replace(",", ".") if comma else text)
    except ValueError:
        value = math.nan
    if value in (0.0, 1.0):
        return value == 1.0
    raise BadTable(f"row {number}, column {column[:MAX_SHOWN]}: {str(cell)[:MAX_SHOWN]!r} is neither 0 nor 1")


def _count(cell: Any, number: int, column: str, comma: bool) -> int:
    text = "" if cell is None or isinstance(cell, bool) else str(cell).strip()
    if cell is None or (isinstance(cell, str) and text.lower() in {"", "na", "nan", "null", "none"}):
        return 0
    try:
        value = float(text.replace(",", ".") if comma else text)
    except ValueError:
        value = math.nan
    if not (math.isfinite(value) and value >= 0 and value == int(value)):
        raise BadTable(f"row {number}, column {column}: {str(cell)[:MAX_SHOWN]!r} is not a whole number of 0 or more")
    if value > MAX_COUNT:
        raise BadTable(f"row {number}, column {column}: more than {MAX_COUNT:,}")
    return int(value)
