"""Drafts on their way into the staging tables: digests, and the lines that COPY takes. Pure.

Lines are made here as one block, those of objects while PostgreSQL merges the chunk before: row by row through the
driver costs as much as all the rest, and each list in a row ten times as much as the row.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

import orjson

from hueandcry.exchange.drafts import Draft, Loss, ObjectDraft, Refusal, ReportDraft

# Kinds of objects whose text is no JSON, or of our own making: the same content comes in the same clothes.
PLAIN_KINDS = frozenset({"row", "text", "email", "form"})

# Kinds of objects that are not STIX
FOREIGN_KINDS = (*sorted(PLAIN_KINDS), "envelope", "misp-attribute", "misp-event", "veris-incident")
_FOREIGN = frozenset(FOREIGN_KINDS)

COLUMNS = "ord, key, kind, version, digest, revoked, place, spec, home, told_by, text"


@dataclass(slots=True)
class Chunk:
    """Drafts that are merged in one transaction, sorted out, with the lines of their objects."""

    drafts: Sequence[Draft]
    reports: list[ReportDraft] = field(default_factory=list)
    objects: list[ObjectDraft] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    losses: list[Loss] = field(default_factory=list)
    told_by: list[int] = field(default_factory=list)  # of each object the hash of its key
    lines: bytes = b""
    repeats: bool = False  # one key comes more than once
    versions: bool = False  # at least one object has a version
    foreign: bool = False  # they are not STIX


def chunk(drafts: Sequence[Draft]) -> Chunk:
    """Sort out the drafts of one chunk and write the lines of its objects."""
    found = Chunk(drafts)
    for draft in drafts:
        kind = type(draft)
        if kind is ObjectDraft:
            found.objects.append(draft)  # type: ignore[arg-type]
        elif kind is ReportDraft:
            found.reports.append(draft)  # type: ignore[arg-type]
        elif kind is Refusal:
            found.refusals.append(draft)  # type: ignore[arg-type]
        else:
            found.losses.append(draft)  # type: ignore[arg-type]
    found.told_by = [hash64(draft.key) for draft in found.objects]
    found.lines = "".join(map(_line, range(len(found.objects)), found.objects, found.told_by)).encode()
    for draft in found.objects:
        draft.written = None  # what is left to do wants the text alone
    found.repeats = len({draft.key for draft in found.objects}) < len(found.objects)
    found.versions = any(draft.version for draft in found.objects)
    found.foreign = any(draft.kind in _FOREIGN and draft.kind != "envelope" for draft in found.objects)
    return found


def hash64(*parts: str) -> int:
    """64 bits of a hash as a signed integer. Two of n values collide with odds of n squared / 2**65: at ten million
    values, three in a million; and a collision shows as a link between reports, never as content."""
    digest = hashlib.blake2b("\0".join(parts).encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def _line(number: int, draft: ObjectDraft, told_by: int) -> str:
    """One line in COPY's text format, ending with the text itself."""
    version = draft.version
    return (
        f"{number}\t{_cell(draft.key)}\t{_cell(draft.kind)}\t{version.isoformat() if version else BLANK}"
        f"\t\\\\x{digest(draft).hex()}\t{'t' if draft.revoked else 'f'}\t{_cell(draft.place)}\t{_spec(draft)}"
        f"\t{_cell(draft.reports[0])}\t{told_by}\t{_cell(draft.text)}\n"
    )


BLANK = "\\N"  # NULL in COPY's text format
Value = str | int | float | bool | Decimal | datetime | Sequence[str] | None


def lines(rows: Iterable[Sequence[Value]]) -> str:
    """Rows as lines in COPY's text format."""
    return "".join(["\t".join(map(_written, row)) + "\n" for row in rows])


def _written(value: Value) -> str:
    if value is None:
        return BLANK
    if isinstance(value, str):
        return _cell(value)
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, int | float | Decimal) else _cell(_array(value))


def _array(texts: Sequence[str]) -> str:
    """An array of texts as PostgreSQL reads it: each in quotes, so that no word of it stands for NULL."""
    if not texts:
        return "{}"
    return '{"' + '","'.join(text.replace("\\", "\\\\").replace('"', '\\"') for text in texts) + '"}'


def _cell(text: str) -> str:
    """A text in COPY's text format; a zero, which PostgreSQL cannot hold, is replaced."""
    if "\\" in text:
        text = text.replace("\\", "\\\\")
    if "\n" in text:
        text = text.replace("\n", "\\n")
    if "\t" in text:
        text = text.replace("\t", "\\t")
    if "\r" in text:
        text = text.replace("\r", "\\r")
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}") if "\0" in text else text


def _spec(draft: ObjectDraft) -> int:
    """STIX 2.1 wants spec_version in all but observables; 2.0 knows it in bundles only, observables in none."""
    if draft.kind in _FOREIGN:
        return 0
    older = (draft.version or draft.kind == "marking-definition") and '"spec_version"' not in draft.text
    return 20 if older else 21


def digest(draft: ObjectDraft) -> bytes:
    """A hash of what the element says: JSON in its sorted form, anything else as it stands."""
    content = draft.written
    if content is None and draft.kind not in PLAIN_KINDS:
        # Numbers beyond 64 bits are compared as the text received.
        with suppress(orjson.JSONDecodeError, orjson.JSONEncodeError):
            content = orjson.dumps(orjson.loads(_encoded(draft.text)), option=orjson.OPT_SORT_KEYS)
    return hashlib.blake2b(content or _encoded(draft.text), digest_size=16).digest()


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
