"""Ballots out of a table: voter, chamber, option, rank. Pure; bounded; errors name the line."""

from __future__ import annotations

from dataclasses import dataclass

from hueandcry.capacity.columns import rows
from hueandcry.capacity.priorities.chambers import Ballot
from hueandcry.exchange.drafts import Unreadable

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
    try:
        return _read(raw)
    except Unreadable as error:
        raise BadBallotsError(f"{error.place}: {error.reason}") from error


def _read(raw: bytes) -> Ballots:
    options: dict[str, int] = {}
    chambers: dict[str, str] = {}
    ranks: dict[str, dict[int, int]] = {}
    seen: dict[tuple[str, int], str] = {}
    for place, row in rows(raw, COLUMNS, largest=LARGEST, fold=True):
        voter, chamber, option, rank = (row[each] for each in COLUMNS)
        if not voter or not chamber or not option:
            raise Unreadable(place, "voter, chamber and option must not be empty")
        if chambers.setdefault(voter, chamber) != chamber:
            raise Unreadable(place, f"{voter!r} votes in {chambers[voter]!r} already")
        number = options.setdefault(option, len(options))
        if (before := seen.setdefault((voter, number), place)) != place:
            raise Unreadable(place, f"{voter!r} ranked {option!r} in {before} already")
        held = ranks.setdefault(voter, {})
        if rank:
            held[number] = _rank(rank, place)
        if len(options) > MOST_OPTIONS or len(chambers) > MOST_VOTERS:
            raise Unreadable(place, f"more than {MOST_OPTIONS} options or {MOST_VOTERS} voters")
    if not options:
        raise BadBallotsError("there is no ballot in it")
    made = tuple(Ballot(voter, chambers[voter], given) for voter, given in ranks.items())
    return Ballots(tuple(options), made)


def _rank(text: str, place: str) -> int:
    if not text.isascii() or not text.isdigit() or not 0 < int(text[:12]) < 10**6 or len(text) > 12:
        raise Unreadable(place, f"{text[:20]!r} is no rank; 1 is best")
    return int(text)
