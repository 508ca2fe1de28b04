"""A small freeze made of rows, without a database; and what it comes to when counted one by one, in plain Python."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from hueandcry.exchange.classification import TYPES
from hueandcry.picture.cells import Counted
from hueandcry.picture.freezes import reader
from hueandcry.picture.freezes.taking import arrow_schema
from hueandcry.picture.question import SIZES, SOURCES, Dimension, Question
from hueandcry.picture.reference import crosswalk, regions
from hueandcry.picture.reference.nature import nature

Row = dict[str, Any]
COUNTRIES = ["DE", "ES", "FR", "PT", "US"]
TECHNIQUES = ["T1059", "T1059.003", "T1566"]
KINDS = [("", ""), ("fraud", ""), *((t.cls, f"{t.cls}/{t.code}") for t in TYPES[::4])]


def rows(seed: int = 3, crimes: int = 150) -> dict[str, list[Row]]:
    """Tables of a freeze: crimes of one to four reports by nine organisations, with much left out."""
    rng = random.Random(seed)  # noqa: S311 - a test's
    bodies: list[Row] = [
        {"organisation": n, "kind": rng.choice(SOURCES), "country": "PT", "sector": "K", "joined": date(2023, 1, 1),
         "first": None, "last": None} for n in range(1, 10)
    ]  # fmt: skip
    made: dict[str, list[Row]] = {"crimes": [], "reports": [], "rates": [], "denominators": []}
    for crime in range(1, crimes + 1):
        tellers = rng.choices(bodies[: rng.choice([2, 5, 9])], k=rng.choice([1, 1, 1, 2, 3, 4]))
        told = _shared(rng)
        made["crimes"].append(told | {
            "crime": crime, "reports": len(tellers), "organisations": sorted({b["organisation"] for b in tellers}),
            "sources": sum({1 << SOURCES.index(b["kind"]) for b in tellers}),
            "delay": (told["arrived"] - told["occurred"]).days if told["occurred"] else None,
        })  # fmt: skip
        for teller in tellers:
            own = _shared(rng)
            made["reports"].append(own | {
                "report": len(made["reports"]) + 1, "crime": crime, "organisation": teller["organisation"],
                "source": teller["kind"], "loss_given": None, "currency": "",
            })  # fmt: skip
            teller["first"] = min(teller["first"] or own["arrived"], own["arrived"])
            teller["last"] = max(teller["last"] or own["arrived"], own["arrived"])
    return made | {"organisations": bodies}


def _shared(rng: random.Random) -> Row:
    cls, kind = rng.choice(KINDS)
    occurred = date(2024, 1, 15) + timedelta(days=rng.randrange(600))
    reported = occurred + timedelta(days=rng.randrange(40))
    return {
        "occurred": occurred if rng.random() < 0.8 else None, "reported": reported,
        "arrived": reported + timedelta(days=rng.choice([0, 0, 3, 60, 500])), "cls": cls, "type": kind,
        "nature": nature(cls, kind), "countries": sorted(rng.sample(COUNTRIES, rng.choice([0, 1, 1, 1, 3]))),
        "sector": rng.choice(["", "K", "L"]), "size": rng.choice(["", *SIZES[:2]]),
        "techniques": sorted(rng.sample(TECHNIQUES, rng.choice([0, 1, 2]))),
        "loss": rng.choice([None, rng.randrange(10**6), 0]), "record_key": rng.randrange(256),
    }  # fmt: skip


def frozen(tables: dict[str, list[Row]], folder: Path, name: str = "small") -> reader.Frozen:
    """These rows as a freeze that this process holds open."""
    paths = {}
    for table, held in tables.items():
        paths[table] = folder / f"{name}-{table}.parquet"
        pq.write_table(pa.Table.from_pylist(held, schema=arrow_schema(table)), paths[table])
    made = reader.Frozen(1, datetime(2026, 1, 20, tzinfo=UTC), name, "0", {})
    reader._held[name] = reader.Opened(paths)
    return made


def values_of(row: Row, dimension: Dimension, question: Question) -> list[str]:
    """What a row is in this dimension."""
    day = row[question.time]
    if dimension == "source":
        if "source" in row:
            return [row["source"]]
        return [name for bit, name in enumerate(SOURCES) if row["sources"] >> bit & 1] or [""]
    found: dict[Dimension, list[str]] = {
        "total": [""], "month": [f"{day:%Y-%m}" if day else ""], "year": [f"{day:%Y}" if day else ""],
        "country": row["countries"], "region": sorted({regions.region_of(c) for c in row["countries"]}),
        "sector": [row["sector"]], "size": [row["size"]], "class": [row["cls"]], "type": [row["type"]],
        "nature": [row["nature"]], "technique": row["techniques"],
        "offence": [key for key, types in crosswalk.offences().items() if row["type"] in types],
    }  # fmt: skip
    return found[dimension] or [""]


def holds(row: Row, question: Question) -> bool:
    """Whether a row is among what the question asks for."""
    month = f"{row[question.time]:%Y-%m}" if row[question.time] else ""
    if question.first and not question.first <= month:
        return False
    if question.last and not (month and month <= question.last):
        return False
    for name, wanted in question.filters.items():
        if name == "region":
            known = [key for key in wanted if key in regions.REGIONS]  # no country is in a region that there is not
            if not set(row["countries"]) & regions.countries_of(*known):
                return False
            continue
        dimension: Dimension = "offence" if name == "law" else name  # type: ignore[assignment]
        if not set(values_of(row, dimension, question)) & set(wanted):
            return False
    return True


def asked(tables: dict[str, list[Row]], question: Question) -> list[Row]:
    """The reports or crimes of a question."""
    return [r for r in tables["reports" if question.number == "reported" else "crimes"] if holds(r, question)]


def tellers(row: Row) -> list[int]:
    """Who tells of it."""
    return [row["organisation"]] if "organisation" in row else row["organisations"]


def brute(tables: dict[str, list[Row]], question: Question, dimensions: Sequence[Dimension]) -> list[Counted]:
    """The cells, counted one row after the other."""
    held: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in asked(tables, question):
        keys: list[tuple[str, ...]] = [()]
        for dimension in dimensions:
            keys = [(*key, value) for key in keys for value in values_of(row, dimension, question)]
        for key in keys:
            held[key].append(row)
    return [cell(key, rows) for key, rows in sorted(held.items())]


def cell(key: tuple[str, ...], rows: Iterable[Row]) -> Counted:
    """One cell of these rows."""
    rows = list(rows)
    counts = Counter(body for row in rows for body in tellers(row))
    lossy = [row for row in rows if row["loss"] is not None]
    losses: Counter[int] = Counter()
    for row in lossy:
        losses.update(dict.fromkeys(tellers(row), row["loss"]))
    most = [*sorted(counts.values(), reverse=True), 0]
    dearest = [*sorted(losses.values(), reverse=True), 0, 0]
    return Counted(
        key, len(rows), len(counts), most[0], sum(r["record_key"] for r in rows) % 256,
        sum(r["loss"] for r in lossy) if lossy else None, len(lossy), dearest[0], dearest[1], len(losses),
    )  # fmt: skip
