"""The values that somebody asks about: lines, or a column of a table, made canonical. Pure; no Django here.

Nothing is lost: each line is a value, a repeat of one, or stands among the unread with the reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from hueandcry.exchange.drafts import Unreadable
from hueandcry.exchange.identifiers import like_iban
from hueandcry.exchange.observables import TYPES, canonical, clean, guess, refang
from hueandcry.exchange.table import open_table

MOST = 10_000  # values in one question
LONGEST = 200  # characters of an unread line that are shown again

# Reasons, in words of the program; hits/words.py says them to people.
NO_VALUE, NOT_THIS_TYPE, TOO_MANY, NO_IBAN = "no value", "not this type", "too many", "no iban"


@dataclass(slots=True)
class Asked:
    """What was asked: (type, value) in order, each once; what repeats; what is no value: (line, text, reason)."""

    values: list[tuple[str, str]] = field(default_factory=list)
    repeated: int = 0
    unread: list[tuple[int, str, str]] = field(default_factory=list)


def asked(texts: Iterable[tuple[int, str]], *, kind: str = "", region: str = "", most: int = MOST) -> Asked:
    """The values of these (line, text). ``kind`` is the type they all are ("" to find each one's own); ``region`` the
    country of phone numbers written without one (ISO 3166-1 alpha-2)."""
    found = Asked()
    seen: set[tuple[str, str]] = set()
    for line, raw in texts:
        text = refang(clean(raw)).strip(" \t,;\"'")
        if not text:
            continue
        value = canonical(kind, text, region) if kind else guess(text, region)
        if not value.valid or value.type == "text":
            found.unread.append((line, _shown(text), _why_not(kind, text)))
        elif (value.type, value.value) in seen:
            found.repeated += 1
        elif len(seen) >= most:
            found.unread.append((line, _shown(text), TOO_MANY))
        else:
            seen.add((value.type, value.value))
            found.values.append((value.type, value.value))
    return found


def _why_not(kind: str, text: str) -> str:
    if kind:
        return NOT_THIS_TYPE
    return NO_IBAN if like_iban(text) else NO_VALUE


def _shown(text: str) -> str:
    return text.replace("\0", "")[:LONGEST]


def lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines of a text, numbered from 1. Several values in one line, parted by commas or semicolons with nothing
    else about them, are taken apart where each of them is short."""
    for number, line in enumerate(text.splitlines(), start=1):
        parts = _parts(line)
        for part in parts:
            yield number, part


def _parts(line: str) -> list[str]:
    for sign in (";", ",", "\t"):
        if sign in line and "://" not in line:
            cells = line.split(sign)
            if all(" " not in cell.strip() for cell in cells):
                return cells
    return [line]


def column(raw: bytes, name: str) -> Iterator[tuple[int, str]]:
    """The cells of one column of a table, by its name in the header or its number from 1, with their line.

    Raises ``Unreadable`` where there is no table or no such column; the message names those there are.
    """
    table = open_table(raw)
    names = [each.casefold() for each in table.header]
    if name.casefold() in names:
        place = names.index(name.casefold())
    elif name.isdecimal() and 0 < int(name[:9]) <= len(names):
        place = int(name) - 1
    else:
        raise Unreadable("line 1", f"there is no column “{name[:80]}”; there are: {', '.join(table.header[:20])}")
    for row in table.rows:
        if row.problem:
            yield row.line, row.text
        elif place < len(row.cells):
            yield row.line, row.cells[place]


def decoded(raw: bytes) -> str:
    """The text of a file of lines: UTF-8 with or without its mark, UTF-16 with it, else Latin-1."""
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return raw.decode("utf-16", "replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


KINDS = {name: kind.label for name, kind in TYPES.items() if name != "text"}
