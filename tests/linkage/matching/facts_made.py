"""Facts drawn at random, of few values, so that each way of meeting and of missing comes up."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

import pyarrow as pa

from hueandcry.linkage.crimes import facts


def fact(rng: random.Random, report: int) -> dict[str, Any]:
    """One fact, as the table holds it."""
    day = date(2026, 3, 1) + timedelta(days=rng.randrange(40))
    said: dict[str, Any] = {
        "report": report,
        "organisation": rng.randrange(6),
        "source_kind": rng.choice(["business", "cert", ""]),
        "leaf": rng.random() < 0.1,
        "occurred": day if rng.random() < 0.8 else None,
        "occurred_to": None,
        "reported": day,
        "amount": rng.choice([None, 0.0, 100.0, 101.0, 950.5, 100.2, 431.0]),
        "currency": rng.choice(["EUR", "USD", "PLN", "XYZ", ""]),
        "country": rng.choice(["PT", "ES", ""]),
        "sector": rng.choice(["K", "C", ""]),
        "size": rng.choice(["micro", "large", ""]),
        "area": rng.choice(["1000", "28", ""]),
        "reference": rng.choice(["", "", "a", "b"]),
        "main_class": rng.choice(["fraud", "malware/infection"]),
        "classes": rng.choice([[], ["fraud"], ["fraud", "x"], ["y"]]),
        "labels": [rng.randrange(4)] if rng.random() < 0.5 else [],
        "sketch": [],
    }
    for kind in ("exact", "money", "contact", "infrastructure", "victims"):
        said[kind] = sorted({rng.randrange(60) for _ in range(rng.randrange(3))})
    return said


def row(rng: random.Random, report: int) -> tuple[Any, ...]:
    """One fact, in the order of the table's columns."""
    said = fact(rng, report)
    return tuple(said[column] for column in facts.COLUMNS)


def table_of(rng: random.Random, count: int) -> pa.Table:
    """So many facts, numbered from 1."""
    return facts.table([row(rng, number) for number in range(1, count + 1)])
