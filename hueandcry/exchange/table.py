"""Tables: CSV and TSV read by a mapping, one row one element and one report.

A row's text is its very characters, quotes and line ends in cells included. Nothing in a cell is changed on the way
in; ``defuse`` is for the way out, where a spreadsheet would take a cell for a formula.
"""

from __future__ import annotations

import csv
import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from hueandcry.audit.csv_cells import STARTS_FORMULA
from hueandcry.exchange import mapping as mappings
from hueandcry.exchange.drafts import (
    MAX_ELEMENTS,
    MAX_TEXT,
    Draft,
    Loss,
    ObjectDraft,
    Options,
    Refusal,
    Unreadable,
)
from hueandcry.exchange.mapping import BadMapping, Mapping
from hueandcry.exchange.row import RowReader
from hueandcry.exchange.text import clean, decode

DELIMITERS = ",;\t|"
SAMPLE_ROWS = 2_000  # rows looked at to tell day from month and to guess a mapping
MAX_COLUMNS = 2_000
# Places of the two remarks on columns, which the receipt shows before all others: how they were guessed, which are left
GUESSED, COLUMNS = "the header", "the columns"
MAX_NAME = 60  # characters of a file's name in the title of a row that has none of its own
MAX_CELL = 131_072  # characters of one cell; the csv module's own bound, said here so that the message can name it

_LINE = re.compile(r"[^\r\n]*+(?:\r\n|\r|\n)?+")
_NEGATIVE = re.compile(r"-\d[\d.,'\u00a0\u202f ]*%?")


def defuse(cell: str) -> str:
    """Make a cell safe to write into CSV: what a spreadsheet would run as a formula gets a "'" before it.

    Every exporter of tables must use it (OWASP, CSV injection). Negative numbers stay numbers.
    """
    if cell.startswith(STARTS_FORMULA) and not _NEGATIVE.fullmatch(cell):
        return "'" + cell
    return cell


@dataclass(slots=True)
class Row:
    """One row as it stands in the file: its first and last line, its very characters, its cells or what is wrong."""

    line: int
    last_line: int
    text: str
    cells: list[str]
    problem: str = ""

    @property
    def place(self) -> str:
        """Name where the row stands."""
        return f"line {self.line}"


@dataclass(slots=True)
class Table:
    """A table opened: its names, its rows still to come, and how it was read."""

    header: list[str]
    rows: Iterator[Row]
    delimiter: str
    encoding: str
    encoding_guessed: bool
    first_cells: list[str] = field(default_factory=list)


def read(raw: bytes, options: Options) -> Iterator[Draft]:
    """Read a table by ``options.mapping``, by the shipped mapping for its header, or by a guess.

    Raises ``Unreadable`` where there is no table, or where the mapping does not fit it.
    """
    mapping = _given(options)
    table = open_table(raw, mapping)
    if mapping is None:
        mapping = mappings.fitting(table.header)
        if mapping is None:
            from hueandcry.exchange.mapping_guess import guess  # which reads tables itself

            mapping = guess(raw)
            table = open_table(raw, mapping)
            yield Loss(GUESSED, _told(mapping))
    problems = mappings.check(mapping, table.header)
    if problems:
        raise Unreadable("line 1", "the mapping does not fit this file. " + " ".join(problems[:10]))
    if table.encoding_guessed:
        yield Loss("line 1", f"the file names no encoding and is not UTF-8; it was read as {table.encoding}")
    yield from _read_rows(table, mapping, options)
    yield from _left(table, mapping)


def open_table(raw: bytes, mapping: Mapping | None = None) -> Table:
    """Decode a table, find what parts its columns, and read its header. Raises ``Unreadable``."""
    text, encoding, guessed = _text(raw, mapping.encoding if mapping else "")
    delimiter = (mapping.delimiter if mapping else "") or sniff(text)
    rows = _rows(text, delimiter)
    first = next(rows, None)
    if first is None:
        raise Unreadable("line 1", "the table is empty")
    if first.problem:
        raise Unreadable(first.place, first.problem)
    if len(first.cells) > MAX_COLUMNS:
        raise Unreadable(first.place, f"more than {MAX_COLUMNS:,} columns")
    if mapping is not None and not mapping.header:
        names = [f"column {number}" for number in range(1, len(first.cells) + 1)]
        return Table(names, _rows(text, delimiter), delimiter, encoding, guessed, first.cells)
    return Table(unique_names(first.cells), rows, delimiter, encoding, guessed, first.cells)


def sniff(text: str) -> str:
    """Find what parts the columns: the sign that gives the most columns, alike in each of the first rows."""
    best, columns = ",", 1
    for delimiter in DELIMITERS:
        counts = [len(row.cells) for row in islice(_rows(text[:200_000], delimiter), 20) if not row.problem]
        whole = counts[:-1] if len(text) > 200_000 and len(counts) > 1 else counts
        if not whole:
            continue
        usual, times = Counter(whole).most_common(1)[0]
        if usual > columns and times >= 0.8 * len(whole):
            best, columns = delimiter, usual
    return best


def unique_names(cells: Sequence[str]) -> list[str]:
    """Give column names, cleaned, each once: a second "date" is "date (2)", an empty one goes by its number."""
    seen: Counter[str] = Counter()
    names = []
    for number, cell in enumerate(cells, start=1):
        name = clean(cell, 200).strip() or f"column {number}"
        seen[name] += 1
        names.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return names


def _given(options: Options) -> Mapping | None:
    if options.mapping is None:
        return None
    try:
        return mappings.from_plain(options.mapping)
    except BadMapping as error:
        raise Unreadable("the mapping", str(error)) from None


def _text(raw: bytes, encoding: str) -> tuple[str, str, bool]:
    if not encoding:
        return decode(raw)
    try:
        return raw.decode(encoding).removeprefix("\ufeff"), encoding, False
    except LookupError:
        raise Unreadable("the mapping", f'"{encoding[:40]}" is no encoding') from None
    except (UnicodeError, ValueError) as error:
        start = getattr(error, "start", 0)
        raise Unreadable(f"byte {start}", f"not {encoding[:40]}, as the mapping says it is") from None


def _told(mapping: Mapping) -> str:
    used = [
        f'"{column.name}" as {mappings.TARGETS[column.target]}'
        for column in mapping.columns
        if column.target != "ignore"
    ]
    return clean("columns were read by a guess: " + (", ".join(used) or "none"), 2_000)


def _left(table: Table, mapping: Mapping) -> Iterator[Loss]:
    used = {column.name for column in mapping.columns if column.target != "ignore"}
    left = [name for name in table.header if name not in used]
    if left:
        was = "was" if len(left) == 1 else "were"
        told = f"{len(left):,} of {len(table.header):,} columns {was} not read: {', '.join(left)}"
        yield Loss(COLUMNS, clean(told, 2_000))


def _read_rows(table: Table, mapping: Mapping, options: Options) -> Iterator[Draft]:
    """Give each row's report and element, and at the end what the columns could not carry."""
    ahead = list(islice(table.rows, SAMPLE_ROWS))
    reader = RowReader(mapping, table.header, [row.cells for row in ahead if not row.problem])
    keys: dict[str, tuple[int, int]] = {}
    number = 0
    for source in (ahead, table.rows):
        for row in source:
            number += 1
            if number > MAX_ELEMENTS:
                raise Unreadable(row.place, f"more than {MAX_ELEMENTS:,} rows in one file")
            yield from _read_row(row, reader, keys, options)
    yield from reader.losses()


def _read_row(row: Row, reader: RowReader, keys: dict[str, tuple[int, int]], options: Options) -> Iterator[Draft]:
    problem = row.problem or reader.misfit(row.cells)
    if problem:
        yield Refusal(row.place, problem)
        return
    key = reader.key(row.cells) or "row:" + hashlib.sha256(row.text.encode("utf-8", "surrogatepass")).hexdigest()
    first, content = keys.setdefault(key, (row.line, hash(row.text)))
    if content != hash(row.text):
        yield Refusal(row.place, f"the same id stands on line {first} already, with other content")
        return
    report, observations = reader.report(
        key, row.cells, row.line, f"{clean(options.filename, MAX_NAME) or 'Table'}, {row.place}"
    )
    yield report  # also where the same row comes again: whoever reads on may have let go of the first
    yield ObjectDraft(key, "row", row.text, row.place, (key,), report.version, observations=observations)


class _Lines:
    """The lines of a text, remembering those of the row being read. Goes on after a line that is too long."""

    def __init__(self, text: str) -> None:
        self._found = _LINE.finditer(text)
        self.number = 0
        self.taken: list[str] = []
        self.size = 0

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = next(self._found)
        if line.start() == line.end():
            raise StopIteration
        self.number += 1
        if self.size + line.end() - line.start() > MAX_TEXT:
            raise csv.Error(f"longer than {MAX_TEXT:,} characters")
        self.taken.append(line[0])
        self.size += len(line[0])
        return line[0]


def _rows(text: str, delimiter: str) -> Iterator[Row]:
    """Read rows, each with the very characters it was read from; a broken one carries its problem."""
    lines = _Lines(text)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        lines.taken, lines.size = [], 0
        start, problem = lines.number + 1, ""
        cells: list[str] = []
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            problem = _plain_words(str(error), start, lines.number)
        row = "".join(lines.taken)
        if not problem and "\x00" in row:
            problem = "holds a zero byte"
        if problem or row.strip():
            yield Row(start, lines.number, row.rstrip("\r\n"), cells, problem)


def _plain_words(error: str, start: int, end: int) -> str:
    """Say in plain words what the csv module found, and how far it had to read to find it."""
    until = f" (read up to line {end})" if end > start else ""
    if "unexpected end" in error:
        return f"the file ends inside a quoted cell{until}"
    if "field limit" in error:
        return f"a cell longer than {MAX_CELL:,} characters, or a quote that is never closed{until}"
    if "expected after" in error:
        return f"a quote in the middle of a cell{until}"
    return f"{error}{until}"
