"""How a table's columns are to be read: by a person's word, a guess, or what is shipped. Saved and used again."""

from __future__ import annotations

from collections.abc import Mapping as AbstractMapping
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any, Literal

import msgspec
import yaml

from hueandcry.exchange import money
from hueandcry.exchange.drafts import Role

# What a column can be: a field of the report, an observable, a label, or nothing.
TARGETS: dict[str, str] = {
    "ignore": "not read; kept in the row",
    "key": "the row's own id, the same whenever it is sent again",
    "title": "title of the report",
    "account": "what happened, in words",
    "language": "language of the account (two letters)",
    "label": "the sender's own classification",
    "technique": "ATT&CK technique (T1566)",
    "version": "when the row was last changed",
    "occurred_from": "when it happened or began",
    "occurred_to": "when it ended",
    "reported_at": "when it was reported",
    "victim_country": "country of the victim",
    "victim_sector": "the victim's branch of business",
    "victim_size": "size of the victim",
    "victim_area": "postal code of the victim; only its first characters are kept",
    "victim_reference": "number that victim, bank and police share; kept as a fingerprint only",
    "loss_amount": "money lost",
    "loss_currency": "currency of the loss",
    "tlp": "TLP label",
    "pap": "PAP label",
    "observable": "an address, account, file hash or other value",
}
MANY = frozenset({"label", "technique", "victim_country", "victim_sector", "observable", "account", "ignore"})
DATES = ("", "iso", "day-first", "month-first")
PYTHON = "python"  # a cell that holds a list as Python writes it: ['Armenia'], [['a', 'b'], ['c']]


class Column(msgspec.Struct, omit_defaults=True, forbid_unknown_fields=True):
    """What one column is. ``confidence`` and ``samples`` are there for a person to judge a guess by."""

    name: str
    target: str = "ignore"
    type: str = ""  # observable: its type, "" for a guess at each value
    role: Role = "unknown"  # observable: whose it is
    label: str = ""  # label: what stands before the value, "eurepoc:incident_type" gives eurepoc:incident_type="..."
    list: str = ""  # what parts several values in a cell: ";", "|", "," ... or "python"
    values: dict[str, str] = {}  # the sender's value -> ours; "" for one that says nothing to us
    confidence: float = 1.0
    samples: tuple[str, ...] = ()


class Mapping(msgspec.Struct, omit_defaults=True, forbid_unknown_fields=True):
    """How to read a table. The same mapping reads each further file with the same header."""

    columns: tuple[Column, ...]
    name: str = ""
    source: str = ""  # where such files come from, and their terms
    delimiter: str = ""  # "" for what the file itself shows
    encoding: str = ""  # "" for what the file itself shows
    header: bool = True  # the first row holds names
    dates: Literal["", "iso", "day-first", "month-first"] = ""
    decimal: Literal["", ".", ","] = ""
    currency: str = ""  # of amounts that name none
    region: str = ""  # country of telephone numbers in national form
    kind: Literal["incident", "intelligence"] = "incident"
    missing: tuple[str, ...] = ()  # cells that say nothing: "Not available", "-"
    labels: tuple[str, ...] = ()  # labels that every row gets


class BadMapping(ValueError):
    """A mapping that cannot be used; the message says why in plain words."""


def from_plain(plain: AbstractMapping[str, Any]) -> Mapping:
    """Build a mapping from what JSON or YAML gives. Raises ``BadMapping``."""
    try:
        return msgspec.convert(dict(plain), Mapping)
    except (msgspec.ValidationError, TypeError) as error:
        raise BadMapping(f"the mapping cannot be read: {error}") from None


def to_plain(mapping: Mapping) -> dict[str, Any]:
    """Give a mapping as plain data for JSON or YAML."""
    plain: dict[str, Any] = msgspec.to_builtins(mapping)
    return plain


def from_yaml(text: str) -> Mapping:
    """Read a mapping that a person wrote. Raises ``BadMapping``."""
    try:
        plain = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise BadMapping(f"the mapping is not YAML: {error}") from None
    if not isinstance(plain, dict):
        raise BadMapping("the mapping should be names with values")
    return from_plain(plain)


def check(mapping: Mapping, header: Sequence[str]) -> list[str]:
    """Say in plain words what keeps a mapping from fitting a header; empty where it fits."""
    problems = [problem for column in mapping.columns for problem in _column_problems(column)]
    names = [column.name for column in mapping.columns]
    problems += [
        f'Column "{name}" stands in the mapping twice.' for name in sorted({n for n in names if names.count(n) > 1})
    ]
    problems += [f'The file has no column "{name}".' for name in names if name not in header]
    targets = [column.target for column in mapping.columns]
    problems += [
        f'{targets.count(target)} columns are given as "{what}"; only one can be.'
        for target, what in TARGETS.items()
        if target not in MANY and targets.count(target) > 1
    ]
    if not any(target != "ignore" for target in targets):
        problems.append("No column is used: say of at least one what it holds.")
    if mapping.currency and not money.is_currency(mapping.currency):
        problems.append(f'"{mapping.currency}" is no currency code (three letters, such as EUR).')
    if len(mapping.delimiter) > 1:
        problems.append(f'What parts the columns is one sign, and "{mapping.delimiter}" is more.')
    return problems


@cache
def shipped() -> tuple[Mapping, ...]:
    """Give the mappings that come with Hue & Cry."""
    folder = files("hueandcry.exchange") / "mappings"
    found = sorted((entry for entry in folder.iterdir() if entry.name.endswith(".yaml")), key=lambda entry: entry.name)
    return tuple(from_yaml(entry.read_text("utf-8")) for entry in found)


def fitting(header: Sequence[str]) -> Mapping | None:
    """Give the shipped mapping made for exactly this header, if there is one."""
    for mapping in shipped():
        if [column.name for column in mapping.columns] == list(header):
            return mapping
    return None


def _column_problems(column: Column) -> list[str]:
    problems = []
    if column.target not in TARGETS:
        problems.append(f'Column "{column.name}": "{column.target}" is nothing a column can be.')
    if column.type and column.target != "observable":
        problems.append(f'Column "{column.name}" has a type of observable, but is not given as an observable.')
    return problems
