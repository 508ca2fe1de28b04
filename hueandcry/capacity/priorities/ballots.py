"""Ballots out of a table: voter, chamber, option, rank. Pure; bounded; errors name the line."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

from hueandcry.capacity.priorities.chambers import Ballot

LARGEST = 8 * 2**20  # bytes
MOST_VOTERS, MOST_OPTIONS = 5_000, 200
COLUMNS = ("voter", "chamber", "option", "rank")


class BadBallotsError(ValueError):
    """The table holds no ballots; the message names the line."""


@dataclass(frozen=True, slots=True)
class Ballots:
    """Options by name in the order of the file, and one ballot for each voter."""

    options: tuple[str, ...]
    ballots: tuple[Ballot, ...]


def read(raw: bytes) -> Ballots:
    """Read a CSV with the columns voter, chamber, option and rank; an empty rank is “not ranked”, equal ranks tie.

    Raises BadBallotsError.
    """
    options: dict[str, int] = {}
    chambers: dict[str, str] = {}
    ranks: dict[str, dict[int, int]] = {}
    seen: dict[tuple[str, int], int] = {}
    for line, (voter, chamber, option, rank) in _rows(raw):
        if not voter or not chamber or not option:
            raise BadBallotsError(f"line {line}: voter, chamber and option must not be empty")
        if chambers.setdefault(voter, chamber) != chamber:
            raise BadBallotsError(f"line {line}: {voter!r} votes in {chambers[voter]!r} already")
        number = options.setdefault(option, len(options))
        if (before := seen.setdefault((voter, number), line)) != line:
            raise BadBallotsError(f"line {line}: {voter!r} ranked {option!r} in line {before} already")
        held = ranks.setdefault(voter, {})
        if rank:
            held[number] = _rank(rank, line)
        if len(options) > MOST_OPTIONS or len(chambers) > MOST_VOTERS:
            raise BadBallotsError(f"line {line}: more than {MOST_OPTIONS} options or {MOST_VOTERS} voters")
    if not options:
        raise BadBallotsError("there is no ballot in it")
    made = tuple(Ballot(voter, chambers[voter], given) for voter, given in ranks.items())
    return Ballots(tuple(options), made)


def _rank(text: str, line: int) -> int:
    if not text.isascii() or not text.isdigit() or not 0 < int(text[:12]) < 10**6 or len(text) > 12:
        raise BadBallotsError(f"line {line}: {text[:20]!r} is no rank; 1 is best")
    return int(text)


def _rows(raw: bytes) -> list[tuple[int, tuple[str, ...]]]:
    if len(raw) > LARGEST:
        raise BadBallotsError(f"larger than {LARGEST:,} bytes")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadBallotsError(f"byte {error.start}: not UTF-8") from error
    first = text.split("\n", 1)[0]
    reader = csv.reader(io.StringIO(text), delimiter=";" if first.count(";") > first.count(",") else ",", strict=True)
    made = []
    try:
        header = [each.strip().lower() for each in next(reader, [])]
        if missing := [each for each in COLUMNS if each not in header]:
            raise BadBallotsError(f"line 1: there is no column {missing[0]!r}; wanted are {', '.join(COLUMNS)}")
        places = [header.index(each) for each in COLUMNS]
        for row in reader:
            if not any(cell.strip() for cell in row):
                continue
            if len(row) < len(header):
                raise BadBallotsError(f"line {reader.line_num}: {len(row)} cells where the header has {len(header)}")
            made.append((reader.line_num, tuple(row[place].strip() for place in places)))
    except csv.Error as error:
        raise BadBallotsError(f"line {reader.line_num}: {error}") from error
    return made
