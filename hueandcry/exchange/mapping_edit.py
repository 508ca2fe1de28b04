"""A table's mapping on its way through a page: how a file is read now, what a person changed, what that would give."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, cast

import msgspec

from hueandcry.exchange import mapping as mappings
from hueandcry.exchange import table
from hueandcry.exchange.drafts import ObjectDraft, Options, Refusal, ReportDraft, Role, Unreadable
from hueandcry.exchange.mapping import BadMapping, Column
from hueandcry.exchange.mapping_guess import guess

ROWS = 6  # rows shown as they would be read
HEAD = 262_144  # bytes of the file that a preview reads
ROLES = ("unknown", "attacker", "victim", "mule")
LISTS = ("", ",", ";", "|", mappings.PYTHON)


def current(raw: bytes, given: Mapping[str, Any] | None) -> tuple[mappings.Mapping, str]:
    """How a file is read, and why so: "given", "shipped" or "guessed". Raises ``Unreadable``, ``BadMapping``."""
    if given is not None:
        return _with_samples(mappings.from_plain(given), raw), "given"
    shipped = mappings.fitting(table.open_table(head(raw)).header)
    if shipped is not None:
        return _with_samples(shipped, raw), "shipped"
    return guess(head(raw)), "guessed"


def head(raw: bytes) -> bytes:
    """The first rows of a file, cut at the end of a line."""
    if len(raw) <= HEAD:
        return raw
    end = raw.rfind(b"\n", 0, HEAD)
    return raw[: end + 1] if end > 0 else raw[:HEAD]


def _with_samples(mapping: mappings.Mapping, raw: bytes) -> mappings.Mapping:
    opened = table.open_table(head(raw), mapping)
    rows = [row.cells for row in islice(opened.rows, 50) if not row.problem]
    at = {name: index for index, name in enumerate(opened.header)}
    known = {column.name for column in mapping.columns}
    columns = [*mapping.columns, *(Column(name=name) for name in opened.header if name not in known)]
    shown = [msgspec.structs.replace(c, samples=_samples(rows, at.get(c.name, -1))) for c in columns if c.name in at]
    return msgspec.structs.replace(mapping, columns=tuple(shown))


def _samples(rows: Sequence[Sequence[str]], index: int) -> tuple[str, ...]:
    values = (row[index].strip() for row in rows if 0 <= index < len(row))
    return tuple(value[:80] for value in dict.fromkeys(values) if value)[:3]


def edited(mapping: mappings.Mapping, posted: Mapping[str, str]) -> mappings.Mapping:
    """The mapping with what a person chose on the page. Raises ``BadMapping``."""
    columns = tuple(_column(column, number, posted) for number, column in enumerate(mapping.columns))
    plain = mappings.to_plain(msgspec.structs.replace(mapping, columns=columns))
    for name in ("dates", "decimal", "currency", "region", "kind"):
        if name in posted:
            plain[name] = posted[name].strip()
    plain["currency"] = plain.get("currency", "").upper()
    plain["region"] = plain.get("region", "").upper()
    return mappings.from_plain(plain)


def _column(column: Column, number: int, posted: Mapping[str, str]) -> Column:
    target = posted.get(f"target-{number}", column.target)
    kind = posted.get(f"type-{number}", column.type) if target == "observable" else ""
    role = posted.get(f"role-{number}", column.role)
    parts = posted.get(f"list-{number}", column.list)
    return msgspec.structs.replace(
        column,
        target=target,
        type=kind,
        role=cast(Role, role if role in ROLES else "unknown"),
        list=parts if parts in LISTS else "",
        confidence=1.0 if (target, kind) != (column.target, column.type) else column.confidence,
    )


@dataclass(slots=True)
class ReadRow:
    """One row as it would be read."""

    place: str
    report: ReportDraft | None = None
    values: list[tuple[str, str, str]] = field(default_factory=list)  # type, value, what it was to be and is not
    refused: str = ""


@dataclass(slots=True)
class Preview:
    """What a mapping would give: the first rows, and what is wrong with it."""

    rows: list[ReadRow] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def preview(raw: bytes, mapping: mappings.Mapping, filename: str) -> Preview:
    """Read the first rows by a mapping. Never raises: what keeps it from being read stands in ``problems``."""
    try:
        header = table.open_table(head(raw), mapping).header
        problems = mappings.check(mapping, header)
        if problems:
            return Preview(problems=problems)
        options = Options(filename, mappings.to_plain(mapping))
        return Preview(list(islice(_rows(head(raw), options), ROWS)))
    except Unreadable as error:
        return Preview(problems=[f"{error.place}: {error.reason}"])
    except BadMapping as error:
        return Preview(problems=[str(error)])


def _rows(raw: bytes, options: Options) -> Iterator[ReadRow]:
    report: ReportDraft | None = None
    for draft in table.read(raw, options):
        if isinstance(draft, ReportDraft):
            report = draft
        elif isinstance(draft, ObjectDraft):
            values = [(seen.type, seen.value, "" if seen.valid else seen.claimed) for seen in draft.observations]
            yield ReadRow(draft.place, report, values)
        elif isinstance(draft, Refusal):
            yield ReadRow(draft.place, refused=draft.reason)
