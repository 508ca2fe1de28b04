"""An index and its data out of two tables, as COINr lays them out: DATA (units) and META (indicators and groups). Pure.

META: iCode, Type (Indicator, Aggregate, Denominator, Group) or Level, Parent, and optionally iName, Direction, Weight,
Denominator, Low, High. DATA: uCode, uName and a column for each indicator and denominator. An empty cell, NA or NaN is
unknown; it is never nought.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hueandcry.capacity.columns import UNKNOWN, rows
from hueandcry.capacity.index.definition import BadIndexError, Definition, Group, Indicator
from hueandcry.exchange.drafts import Unreadable

Floats = NDArray[np.float64]
LARGEST = 32 * 2**20  # bytes of a table
MOST_UNITS = 5_000


@dataclass(frozen=True, slots=True)
class Table:
    """Units by code and name, and their numbers: ``values`` units x indicators (NaN: unknown), already divided by their
    denominators. ``unused``: columns of DATA that META does not name as indicators."""

    codes: tuple[str, ...]
    names: tuple[str, ...]
    values: Floats
    strata: Mapping[str, tuple[str, ...]]
    unused: tuple[str, ...]


def read(data: bytes, meta: bytes) -> tuple[Definition, Table]:
    """Read both tables. Raises BadIndexError."""
    definition, denominators, strata = read_meta(meta)
    return definition, read_data(data, definition, denominators, strata)


def read_meta(raw: bytes) -> tuple[Definition, frozenset[str], frozenset[str]]:
    """The definition, the codes of denominators, and those of columns that put units into strata."""
    indicators, groups, denominators, strata = [], [], set(), set()
    for where, row in _rows(raw, "META", ("iCode", "Parent")):
        code, kind = row["iCode"], _kind(row, where)
        if not code:
            raise BadIndexError(f"{where}: iCode is empty")
        if kind == "Denominator":
            denominators.add(code)
        elif kind == "Group":
            strata.add(code)
        elif kind == "Aggregate":
            groups.append(Group(code, row.get("iName") or code, row["Parent"], _number(row, "Weight", where, 1.0)))
        else:
            indicators.append(_indicator(row, where))
    if not indicators:
        raise BadIndexError("META names no indicator")
    if missing := sorted({each.denominator for each in indicators if each.denominator} - denominators):
        raise BadIndexError(f"META: {missing[0]!r} is used as a denominator and not defined as one")
    return Definition(tuple(indicators), tuple(groups)), frozenset(denominators), frozenset(strata)


def _kind(row: Mapping[str, str], where: str) -> str:
    if told := row.get("Type", ""):
        found = {"indicator": "Indicator", "aggregate": "Aggregate", "denominator": "Denominator", "group": "Group"}
        if told.lower() not in found:
            raise BadIndexError(f"{where}, column Type: {told[:30]!r} is no kind of column")
        return found[told.lower()]
    level = _number(row, "Level", where, math.nan)
    return "Group" if math.isnan(level) else "Indicator" if level == 1 else "Aggregate"


def _indicator(row: Mapping[str, str], where: str) -> Indicator:
    direction = _number(row, "Direction", where, 1.0)
    if direction not in (1.0, -1.0):
        raise BadIndexError(f"{where}, column Direction: 1 (more is better) or -1 (less is better)")
    weight = _number(row, "Weight", where, 1.0)
    if not weight > 0:
        raise BadIndexError(f"{where}, column Weight: {weight} is not above 0")
    low, high = _number(row, "Low", where, math.nan), _number(row, "High", where, math.nan)
    return Indicator(
        row["iCode"], row.get("iName") or row["iCode"], row["Parent"], int(direction), weight,
        row.get("Denominator", ""), None if math.isnan(low) else low, None if math.isnan(high) else high,
    )  # fmt: skip


def _number(row: Mapping[str, str], column: str, where: str, default: float) -> float:
    text = row.get(column, "")
    if text.lower() in UNKNOWN:
        return default
    try:
        made = float(text) if len(text) < 60 and "_" not in text else math.nan
    except ValueError:
        made = math.nan
    if not math.isfinite(made):
        raise BadIndexError(f"{where}, column {column}: {text[:30]!r} is no number")
    return made


def read_data(raw: bytes, definition: Definition, denominators: frozenset[str], strata: frozenset[str]) -> Table:
    """The numbers of every unit. Raises BadIndexError."""
    wanted = [each.code for each in definition.indicators]
    codes: dict[str, str] = {}
    names, numbers = [], []
    held: dict[str, list[str]] = {each: [] for each in sorted(strata)}
    columns: set[str] = set()
    for where, row in _rows(raw, "DATA", ("uCode", *wanted)):
        code = row["uCode"]
        if not code:
            raise BadIndexError(f"{where}: uCode is empty")
        if (before := codes.setdefault(code, where)) != where:
            raise BadIndexError(f"{where}: {code!r} stands in {before.removeprefix('DATA, ')} already")
        names.append(row.get("uName") or code)
        numbers.append([_divided(row, each, where) for each in definition.indicators])
        for each in held:
            held[each].append(row.get(each, ""))
        columns = columns or set(row)
        if len(numbers) > MOST_UNITS:
            raise BadIndexError(f"{where}: more than {MOST_UNITS} units")
    if len(numbers) < 3:
        raise BadIndexError(f"DATA holds {len(numbers)} units; an index compares at least three")
    unused = tuple(sorted(columns - {"uCode", "uName", "Time", *wanted, *denominators, *strata}))
    told = {each: tuple(said) for each, said in held.items() if any(said)}
    return Table(tuple(codes), tuple(names), np.array(numbers, float), told, unused)


def _divided(row: Mapping[str, str], indicator: Indicator, where: str) -> float:
    value = _number(row, indicator.code, where, math.nan)
    if not indicator.denominator or math.isnan(value):
        return value
    by = _number(row, indicator.denominator, where, math.nan)
    if by == 0:
        raise BadIndexError(f"{where}, column {indicator.denominator}: a denominator of nought")
    return value / by


def _rows(raw: bytes, name: str, needed: tuple[str, ...]) -> Iterator[tuple[str, dict[str, str]]]:
    try:
        for place, row in rows(raw, needed, largest=LARGEST):
            yield f"{name}, {place}", row
    except Unreadable as error:
        raise BadIndexError(f"{name}, {error.place}: {error.reason}") from error
