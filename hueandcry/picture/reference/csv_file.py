"""A CSV file of figures from elsewhere: its text, its rows with their numbers, and what is wrong with it. Pure.

What a reader (``rates``, ``denominators``) refuses is told with row and column, so that who loads it finds the cell.
A file is taken whole or not at all.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Final

MOST_BYTES: Final = 64 * 2**20  # of text; all daily rates of the European Central Bank since 1999 have 1.4 MB
MOST_PROBLEMS: Final = 20  # told at once
_CELL: Final = 40  # characters of a cell that a message repeats


class BadFile(ValueError):
    """A file that is not taken; ``problems`` say why, a sentence each, with row and column."""

    def __init__(self, *problems: str) -> None:
        self.problems = problems
        super().__init__(" ".join(problems))


@dataclass(slots=True)
class Problems:
    """What is wrong so far, and what was passed over without being wrong, by reason."""

    found: list[str] = field(default_factory=list)
    more: int = 0
    passed: Counter[str] = field(default_factory=Counter)

    def add(self, row: int, column: str, what: str) -> None:
        """Note a problem of one cell."""
        if len(self.found) < MOST_PROBLEMS:
            self.found.append(f'Row {row}, column "{column}": {what}.')
        else:
            self.more += 1

    def settle(self) -> None:
        """Raise ``BadFile`` where anything is wrong."""
        if self.found:
            raise BadFile(*self.found, *([f"And {self.more:,} more of the like."] if self.more else []))


def text_of(raw: bytes) -> str:
    """The text of a file: UTF-8 with or without its mark, or the only file of a ZIP. Raises ``BadFile``."""
    if raw[:4] == b"PK\x03\x04":
        raw = _unzipped(raw)
    if len(raw) > MOST_BYTES:
        raise BadFile(f"The file has more than {MOST_BYTES // 2**20} MiB.")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadFile(f"The file is not UTF-8 text: byte {error.start:,} is none.") from None
    if "\x00" in text:
        raise BadFile("The file is not a table: it holds bytes of nought.")
    return text


def _unzipped(raw: bytes) -> bytes:
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as packed:
            inside = [entry for entry in packed.infolist() if not entry.is_dir()]
            if len(inside) != 1:
                raise BadFile(f"The ZIP holds {len(inside)} files; one table is wanted.")
            with packed.open(inside[0]) as file:
                return file.read(MOST_BYTES + 1)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, OSError) as error:
        raise BadFile(f"The ZIP cannot be read: {error}.") from None


def table(raw: bytes) -> tuple[list[str], Iterator[tuple[int, list[str]]]]:
    """The names of the columns and the rows, each with its number as an editor counts (the header is row 1).

    Commas, semicolons or tabs part the cells, as the header shows. Names and cells are stripped, a nameless last column
    (which the European Central Bank's file has) is dropped. Raises ``BadFile`` without a header or with a name twice.
    """
    text = text_of(raw)
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        header = [name.strip() for name in next(reader, [])]
    except csv.Error as error:
        raise BadFile(f"Row 1 cannot be read: {error}.") from None
    while header and not header[-1]:
        header.pop()
    if len(header) < 2:
        raise BadFile("The file has no header with two columns or more.")
    twice = [name for name, n in Counter(header).items() if n > 1]
    if twice:
        raise BadFile(f'Row 1: the column "{twice[0]}" stands there twice.')
    return header, _rows(reader, len(header))


def _rows(reader: Iterator[list[str]], width: int) -> Iterator[tuple[int, list[str]]]:
    number = 1
    while True:
        number += 1
        try:
            row = next(reader, None)
        except csv.Error as error:
            raise BadFile(f"Row {number} cannot be read: {error}.") from None
        if row is None:
            return
        cells = [cell.strip() for cell in row]
        if not any(cells):
            continue
        if len(cells) < width or any(cells[width:]):
            raise BadFile(f"Row {number} has {len(cells)} cells; the header has {width}.")
        yield number, cells[:width]


def has(header: Sequence[str], *names: str) -> bool:
    """Whether a header has all of these columns, in any case."""
    return {name.casefold() for name in names} <= {name.casefold() for name in header}


def places(header: Sequence[str]) -> dict[str, int]:
    """Column (in small letters) to its place."""
    return {name.casefold(): place for place, name in enumerate(header)}


def shown(cell: str) -> str:
    """A cell as a message repeats it."""
    return f'"{cell[:_CELL]}…"' if len(cell) > _CELL else f'"{cell}"'


def code(cell: str) -> str:
    """The code of a cell that may hold its label too, as Eurostat's files with both: ``PT:Portugal``."""
    return cell.partition(":")[0].strip()


def decimal(cell: str) -> Decimal | None:
    """A number with a point, without signs for thousands; None where it is none."""
    try:
        value = Decimal(cell)
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def day(cell: str) -> date | None:
    """A day as ISO 8601 writes it, or as in "21 November 2025" of the European Central Bank's daily file."""
    for form in ("%Y-%m-%d", "%d %B %Y"):
        try:
            return datetime.strptime(cell, form).date()  # noqa: DTZ007 - a day, no moment
        except ValueError:
            continue
    return None
