"""Exchange rates out of the files in which they are published. Pure.

Three forms, known by their header:
- the European Central Bank's euro foreign exchange reference rates, ``eurofxref-hist.csv`` (or the daily file, or the
  ZIP that either comes in): a column ``Date``, then one for each currency;
- SDMX-CSV, of the bank (dataset EXR: CURRENCY, CURRENCY_DENOM, TIME_PERIOD, OBS_VALUE) or Eurostat (ert_bil_eur_d:
  currency, unit, TIME_PERIOD, OBS_VALUE);
- one's own: currency, day, per_euro, and source if they differ.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Final, NamedTuple

from hueandcry.exchange.money import is_currency
from hueandcry.picture.reference.csv_file import (
    BadFile,
    Problems,
    code,
    day,
    decimal,
    has,
    places,
    shown,
    table,
)  # fmt: skip

ECB: Final = "European Central Bank, euro foreign exchange reference rates"
EUROSTAT: Final = "Eurostat, euro/ECU exchange rates, daily data (ert_bil_eur_d)"
FIRST: Final = date(1999, 1, 1)  # the euro's first day
LEAST, MOST = Decimal("0.000001"), Decimal(10) ** 8  # units for one euro; real ones lie between 0.3 and 2 million
JUMP, NEAR = 5, 10  # a rate that is 5 times the one at most 10 days before it is a slip of the decimal point
# Currencies that had no ISO 4217 code of today, as they stand in the bank's history: read and passed over.
_GONE: Final = frozenset("CYP EEK LTL LVL MTL ROL SIT SKK TRL HRK BGN".split())  # noqa: SIM905
_NOTHING: Final = frozenset({"", "N/A", "-", ":", "NaN"})


class Rate(NamedTuple):
    """Units of a currency for one euro on a day, and whose figure that is."""

    currency: str
    day: date
    per_euro: Decimal
    source: str


class Read(NamedTuple):
    """What a file holds, by currency and day, and how many cells were passed over for which reason."""

    rates: tuple[Rate, ...]
    passed: dict[str, int]


def read(raw: bytes, *, source: str = "", today: date) -> Read:
    """The rates of a file. ``source`` is whose figures they are, where the file does not show it.

    Raises ``BadFile`` with every problem by row and column: a currency that there is none of, a day before 1999 or
    after ``today``, a rate outside any that ever was, one that jumps, two that disagree, or a form that is not known.
    """
    header, rows = table(raw)
    problems = Problems()
    if header[0].casefold() == "date":
        found = _wide(header, rows, source or ECB, problems)
    elif has(header, "TIME_PERIOD", "OBS_VALUE", "CURRENCY"):
        found = _sdmx(header, rows, source, problems)
    elif has(header, "currency", "day", "per_euro"):
        found = _plain(header, rows, source, problems)
    else:
        raise BadFile(
            f"Row 1 is no header of rates: {', '.join(header[:6])}. Wanted is Date with a column for each currency,"
            " or CURRENCY, TIME_PERIOD and OBS_VALUE, or currency, day and per_euro."
        )
    rates = _sound(found, problems, today)
    problems.settle()
    if not rates:
        raise BadFile("The file holds no rate.")
    return Read(rates, dict(problems.passed))


_Cell = tuple[int, str, str, date | None, str, str]  # row, column, currency, day, rate, source


def _wide(header: list[str], rows: Iterable[tuple[int, list[str]]], source: str, problems: Problems) -> Iterator[_Cell]:
    taken = []
    for place, name in enumerate(header[1:], 1):
        if name in _GONE:
            problems.passed[f"{name}: a currency that is no more"] += 1
        else:
            taken.append((place, name))
    for number, cells in rows:
        when = day(cells[0])
        if when is None:
            problems.add(number, header[0], f"{shown(cells[0])} is no day")
            continue
        for place, name in taken:
            if cells[place] in _NOTHING:
                problems.passed["no rate was set"] += 1
            else:
                yield number, name, name, when, cells[place], source


def _sdmx(header: list[str], rows: Iterable[tuple[int, list[str]]], source: str, problems: Problems) -> Iterator[_Cell]:
    at = places(header)
    bank = "currency_denom" in at
    for number, cells in rows:
        if bank and cells[at["currency_denom"]] != "EUR":
            problems.add(
                number, "CURRENCY_DENOM", f"{shown(cells[at['currency_denom']])}: rates are wanted for one euro"
            )
            continue
        if "exr_type" in at and cells[at["exr_type"]] != "SP00":
            problems.passed["no reference rate (EXR_TYPE is not SP00)"] += 1
            continue
        if "unit" in at and not bank and code(cells[at["unit"]]) != "NAC":
            problems.add(number, "unit", f"{shown(cells[at['unit']])}: wanted is NAC, national currency for one euro")
            continue
        currency, value = code(cells[at["currency"]]), cells[at["obs_value"]]
        if currency in _GONE:
            problems.passed[f"{currency}: a currency that is no more"] += 1
        elif value in _NOTHING:
            problems.passed["no rate was set"] += 1
        else:
            when = day(cells[at["time_period"]])
            if when is None:
                problems.add(number, "TIME_PERIOD", f"{shown(cells[at['time_period']])} is no day; load daily rates")
            else:
                yield number, "OBS_VALUE", currency, when, value, source or (ECB if bank else EUROSTAT)


def _plain(
    header: list[str], rows: Iterable[tuple[int, list[str]]], source: str, problems: Problems
) -> Iterator[_Cell]:
    at = places(header)
    for number, cells in rows:
        when, whose = day(cells[at["day"]]), (cells[at["source"]] if "source" in at else "") or source
        if when is None:
            problems.add(number, "day", f"{shown(cells[at['day']])} is no day as in 2026-11-22")
        elif not whose:
            problems.add(number, "source", "whose rate this is has to be said, here or for the whole file")
        else:
            yield number, "per_euro", cells[at["currency"]], when, cells[at["per_euro"]], whose


def _sound(found: Iterable[_Cell], problems: Problems, today: date) -> tuple[Rate, ...]:
    kept: dict[tuple[str, date], tuple[Rate, int, str]] = {}
    for number, column, currency, when, value, source in found:
        per_euro = decimal(value)
        if when is None or not is_currency(currency) or currency == "EUR":
            problems.add(number, column, f"{shown(currency)} is no currency beside the euro (ISO 4217)")
        elif per_euro is None or not LEAST <= per_euro <= MOST:
            problems.add(number, column, f"{shown(value)} is no rate between {LEAST:f} and {MOST:,} for one euro")
        elif not FIRST <= when <= today:
            problems.add(number, column, f"{when.isoformat()} is before the euro or in the future")
        else:
            rate = Rate(currency, when, per_euro, source)
            before = kept.setdefault((currency, when), (rate, number, column))
            if before[0].per_euro != per_euro:
                problems.add(number, column, f"{currency} has another rate for {when.isoformat()} in row {before[1]}")
    ordered = [kept[key] for key in sorted(kept)]
    for (last, _row, _column), (rate, number, column) in pairwise(ordered):
        near = rate.currency == last.currency and (rate.day - last.day).days <= NEAR
        if near and not 1 / Decimal(JUMP) < rate.per_euro / last.per_euro < JUMP:
            before_it = f"{rate.per_euro} after {last.per_euro} on {last.day.isoformat()}"
            problems.add(number, column, f"{before_it} looks like a slip of the decimal point")
    return tuple(rate for rate, _row, _column in ordered)
