"""How many inhabitants and enterprises a country has, out of the files in which that is published. Pure.

Two forms, known by their header:
- SDMX-CSV of Eurostat, with codes or with codes and labels: inhabitants of ``demo_pjan`` (age, sex, geo) or
  ``tps00001`` (indic_de, geo); enterprises of the structural business statistics (indic_sbs ENT_NR, nace_r2, size_emp,
  geo), as ``sbs_sc_ovw`` and ``sbs_ovw_act``;
- one's own: kind, country, year, value, and if need be sector, size and source.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from typing import Final, NamedTuple

from hueandcry.exchange.countries import is_code
from hueandcry.exchange.sectors import FROM_20, SHORT
from hueandcry.picture.question import SIZES
from hueandcry.picture.reference.csv_file import (
    BadFile,
    Problems,
    code,
    decimal,
    has,
    places,
    shown,
    table,
)  # fmt: skip

MOST: Final = {"inhabitants": 2_000_000_000, "enterprises": 200_000_000}  # of one country
FIRST_YEAR: Final = 1950
JUMP: Final = 3  # a count that is 3 times that of the year before is a slip, as of units for thousands ...
LEAST_JUMPING: Final = 1_000  # ... but few enterprises of one sector may well become three times as many
_GEO: Final = {"EL": "GR", "UK": "GB"}  # Eurostat's own codes
_GROUPS: Final = re.compile(r"^(EU|EA|EEA|EFTA|OECD)\d*(_\d+)?$|^(EU|EA|EFTA|FX|DE_TOT)$|^[A-Z]{2}.+")
# Eurostat's size classes by persons employed, to ours (Commission Recommendation 2003/361/EC by headcount alone).
_SIZE: Final = {
    "": "", "TOTAL": "", "0-9": "micro", "LE9": "micro", "0_1": None, "2-9": None, "10-19": "small", "20-49": "small",
    "10-49": "small", "50-249": "medium", "GE250": "large",
}  # fmt: skip
_ALL_SECTORS: Final = frozenset({"", "TOTAL", "B-S_X_O_S94", "B-N_S95_X_K"})
_NOTHING: Final = frozenset({"", ":", "NaN", "n.a."})
_Cell = Callable[[list[str], str], str]  # the code in a row's column; "" where the file has no such column


class Denominator(NamedTuple):
    """How many of a kind a country had in a year: all, or of a sector (NACE Rev. 2.1) or size; and who counted."""

    kind: str
    country: str
    sector: str
    size: str
    year: int
    value: int
    source: str


class Read(NamedTuple):
    """What a file holds and how many rows were passed over for which reason."""

    denominators: tuple[Denominator, ...]
    passed: dict[str, int]


class _Found(NamedTuple):
    row: int
    column: str
    kind: str
    country: str
    sector: str
    size: str
    year: str
    value: str
    source: str
    part: str = ""  # one of several that are summed up


def read(raw: bytes, *, source: str = "", this_year: int) -> Read:
    """The counts of a file. ``source`` is who counted, where the file does not show it.

    Raises ``BadFile`` with every problem by row and column: a country, sector or size that there is none of, a count
    that is no whole number above nought or more than any country has, a year before 1950 or to come, one that jumps,
    two that disagree, or a form that is not known.
    """
    header, rows = table(raw)
    problems = Problems()
    if has(header, "geo", "TIME_PERIOD", "OBS_VALUE"):
        found = _eurostat(header, rows, source, problems)
    elif has(header, "kind", "country", "year", "value"):
        found = _plain(header, rows, source, problems)
    else:
        raise BadFile(
            f"Row 1 is no header of counts: {', '.join(header[:6])}. Wanted is geo, TIME_PERIOD and OBS_VALUE, as in"
            " Eurostat's SDMX-CSV, or kind, country, year and value."
        )
    kept = _sound(found, problems, this_year)
    problems.settle()
    if not kept:
        raise BadFile("The file holds no count of inhabitants or enterprises of a country.")
    return Read(kept, dict(problems.passed))


def _plain(
    header: list[str], rows: Iterable[tuple[int, list[str]]], source: str, problems: Problems
) -> Iterator[_Found]:
    at = places(header)

    def cell(cells: list[str], name: str) -> str:
        return cells[at[name]] if name in at else ""

    for number, cells in rows:
        whose = cell(cells, "source") or source
        if not whose:
            problems.add(number, "source", "who counted has to be said, here or for the whole file")
            continue
        yield _Found(
            number, "value", cell(cells, "kind"), cell(cells, "country").upper(), cell(cells, "sector").upper(),
            cell(cells, "size"), cell(cells, "year"), cell(cells, "value"), whose,
        )  # fmt: skip


def _eurostat(
    header: list[str], rows: Iterable[tuple[int, list[str]]], source: str, problems: Problems
) -> Iterator[_Found]:
    at = places(header)
    enterprises = "indic_sbs" in at
    if not enterprises and not ({"age", "sex"} <= at.keys() or "indic_de" in at):
        raise BadFile(
            "Row 1: neither age and sex, nor indic_de, nor indic_sbs says what this file of Eurostat's counts."
        )

    def cell(cells: list[str], name: str) -> str:
        return code(cells[at[name]]) if name in at else ""

    for number, cells in rows:
        geo, value = cell(cells, "geo"), cells[at["obs_value"]]
        whose = source or f"Eurostat, {_dataset(cells[at['dataflow']] if 'dataflow' in at else '') or 'SDMX-CSV'}"
        if _GROUPS.match(geo) and not is_code(_GEO.get(geo, geo)):
            problems.passed["a group or a part of countries"] += 1
        elif value in _NOTHING:
            problems.passed["no value"] += 1
        elif enterprises:
            yield from _enterprises(number, cells, cell, geo, value, whose, problems)
        elif (cell(cells, "age") or "TOTAL") != "TOTAL" or (cell(cells, "sex") or "T") != "T":
            problems.passed["one age or sex only"] += 1
        elif cell(cells, "indic_de") not in ("", "JAN"):
            problems.passed["not the count of 1 January (indic_de is not JAN)"] += 1
        else:
            year = cell(cells, "time_period")
            yield _Found(number, "OBS_VALUE", "inhabitants", _GEO.get(geo, geo), "", "", year, value, whose)


def _dataset(dataflow: str) -> str:
    """``demo_pjan`` of ``ESTAT:DEMO_PJAN(1.0)``; "" where nothing names the dataset."""
    named = re.search(r":([A-Za-z0-9_$]+)", dataflow)
    return named[1].casefold() if named else ""


def _enterprises(
    number: int, cells: list[str], cell: _Cell, geo: str, value: str, whose: str, problems: Problems
) -> Iterator[_Found]:
    if cell(cells, "indic_sbs") not in ("ENT_NR", "V11110"):
        problems.passed["no number of enterprises (indic_sbs is not ENT_NR)"] += 1
        return
    size = _SIZE.get(cell(cells, "size_emp"))
    if size is None:
        problems.passed["a size class that is none of ours"] += 1
        return
    nace = cell(cells, "nace_r2") or cell(cells, "nace_r2_1")
    if nace in _ALL_SECTORS:
        sector = ""
    elif len(nace) == 1 and nace in FROM_20 and len(FROM_20[nace]) == 1 and cell(cells, "nace_r2"):
        sector = FROM_20[nace][0]
    elif len(nace) == 1 and nace in SHORT and cell(cells, "nace_r2_1"):
        sector = nace
    else:  # divisions, aggregates, and sections that Rev. 2.1 parts in two (G, J)
        problems.passed["an activity that is no one section of NACE Rev. 2.1"] += 1
        return
    part = cell(cells, "size_emp") if size == "small" else ""
    year = cell(cells, "time_period")
    yield _Found(number, "OBS_VALUE", "enterprises", _GEO.get(geo, geo), sector, size, year, value, whose, part)


_Key = tuple[str, str, str, str, int]


def _sound(found: Iterable[_Found], problems: Problems, this_year: int) -> tuple[Denominator, ...]:
    parts: dict[_Key, dict[str, tuple[int, _Found]]] = {}
    for each in found:
        value, year = decimal(each.value), int(each.year) if re.fullmatch(r"\d{4}", each.year) else 0
        if each.kind not in MOST:
            problems.add(each.row, "kind", f"{shown(each.kind)} is neither inhabitants nor enterprises")
        elif not is_code(each.country):
            problems.add(each.row, "country", f"{shown(each.country)} is no country's code (ISO 3166-1 alpha-2)")
        elif each.sector and (each.sector not in SHORT or each.kind == "inhabitants"):
            problems.add(each.row, "sector", f"{shown(each.sector)} is no section of NACE Rev. 2.1 of enterprises")
        elif each.size and (each.size not in SIZES[1:] or each.kind == "inhabitants"):
            problems.add(each.row, "size", f"{shown(each.size)} is none of {', '.join(SIZES[1:])} of enterprises")
        elif not FIRST_YEAR <= year <= this_year:
            problems.add(each.row, "year", f"{shown(each.year)} is no year from {FIRST_YEAR} to {this_year}")
        elif value is None or value != value.to_integral_value() or not 0 < value <= MOST[each.kind]:
            told = f"{shown(each.value)} is no whole number from 1 to {MOST[each.kind]:,}"
            problems.add(each.row, each.column, told)
        else:
            key = (each.kind, each.country, each.sector, each.size, year)
            held = parts.setdefault(key, {}).setdefault(each.part, (int(value), each))
            if held[0] != value:
                problems.add(each.row, each.column, f"row {held[1].row} has another count of the same")
    return _summed(parts, problems)


def _summed(parts: dict[_Key, dict[str, tuple[int, _Found]]], problems: Problems) -> tuple[Denominator, ...]:
    """Size classes that ours unite are added up; where one of the two is missing, none is given."""
    kept: list[tuple[Denominator, _Found]] = []
    for key in sorted(parts):
        named = parts[key]
        whole = named.get("10-49") or named.get("")
        if whole is None and {"10-19", "20-49"} <= named.keys():
            whole = (named["10-19"][0] + named["20-49"][0], named["20-49"][1])
        if whole is None:
            problems.passed["10 to 19 or 20 to 49 persons without the other"] += 1
            continue
        kept.append((Denominator(*key, whole[0], whole[1].source), whole[1]))
    for (last, _at), (now, at) in pairwise(kept):
        follows = now[:4] == last[:4] and now.year - last.year == 1 and min(now.value, last.value) >= LEAST_JUMPING
        if follows and max(now.value, last.value) >= JUMP * min(now.value, last.value):
            problems.add(
                at.row, at.column, f"{now.value:,} after {last.value:,} in {last.year} looks like a slip of units"
            )
    return tuple(denominator for denominator, _at in kept)
