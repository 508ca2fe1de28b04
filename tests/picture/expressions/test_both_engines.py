"""Every expression on DuckDB and on PostgreSQL, over the same tables, and against a count in plain Python."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from django.db import connections
from ibis.expr.types import Table

from hueandcry.picture.expressions import asking, figures, overlap, quality, reported, series, told, wider
from hueandcry.picture.freezes import reader
from hueandcry.picture.question import SOURCES, Dimension, Question
from tests.picture.expressions import small

TABLES = small.rows(crimes=80)
TYPES = {
    "INTEGER": "integer",
    "TINYINT": "smallint",
    "UTINYINT": "smallint",
    "SMALLINT": "smallint",
    "BIGINT": "bigint",
}
QUESTIONS = [
    Question(), Question(number="reported", time="reported"), Question(number="reported", source=("business", "cert")),
    Question(country=("PT", "US"), first="2024-06", last="2025-03"), Question(region=("eu",), technique=("T1566",)),
    Question(offence=("budapest:2",), time="arrived"),
    Question(cls=("fraud",), size=("micro",), nature=("cyber-enabled",)),
    Question(number="reported", sector=("K",), type=("malware/infection",), last="2025-03"),
]  # fmt: skip
CUTS: list[tuple[Dimension, ...]] = [
    *((one,) for one in get_args(Dimension)),
    ("class", "sector"),
    ("month", "country"),
]


@pytest.fixture(scope="module")
def frozen(tmp_path_factory: pytest.TempPathFactory) -> reader.Frozen:
    return small.frozen(TABLES, tmp_path_factory.mktemp("freeze"), "engines")


@pytest.fixture(scope="module")
def postgres(frozen: reader.Frozen, installed: Path, django_db_blocker: Any) -> Iterator[Any]:
    """The narrow tables and what codes mean, in a schema of their own."""
    held = reader.opened(frozen)
    with django_db_blocker.unblock(), connections["owner"].cursor() as cursor:
        cursor.execute("CREATE SCHEMA engines; SET search_path = engines")
        names = [row[0] for row in held.cursor.execute("SELECT table_name FROM duckdb_tables()").fetchall()]
        for name in [n for n in names if n.startswith(("told_", "value_"))]:
            described = held.cursor.execute(f"DESCRIBE {name}").fetchall()
            columns = ", ".join(f'"{row[0]}" {TYPES.get(row[1], "text")}' for row in described)
            cursor.execute(f"CREATE TABLE {name} ({columns})")
            rows = held.cursor.execute(f"SELECT * FROM {name}").fetchall()  # noqa: S608 - our own name
            marks = ", ".join(["%s"] * len(described))
            cursor.executemany(f"INSERT INTO {name} VALUES ({marks})", rows)  # noqa: S608 - our own name
        yield cursor
        cursor.execute("DROP SCHEMA engines CASCADE; RESET search_path")


def both(postgres: Any, frozen: reader.Frozen, question: Question, expression: Any) -> list[tuple[Any, ...]]:
    """The rows of an expression over what a question leaves: the same on both, or the test fails."""
    found = []
    for dialect in ("duckdb", "postgres"):
        rows, parts = told.told(question), []
        for place, (name, values) in enumerate(told.wanted(question).items()):
            parts.append((f"wanted_{name}(value)", f"VALUES {', '.join(f'({asking._literal(v)})' for v in values)}"))
            parts.append((f"step{place}", asking.to_sql(told.filtered(rows, name, question.time), dialect)))
            rows = f"step{place}"
        query: Table = expression(told.table(rows))
        statement = asking.statement(parts, asking.to_sql(query, dialect))
        run = postgres if dialect == "postgres" else reader.opened(frozen).cursor
        run.execute(statement)
        found.append(sorted(tuple(row) for row in run.fetchall()))
    assert found[0] == found[1]
    return found[0]


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.address() or "all")
def test_figures(postgres: Any, frozen: reader.Frozen, question: Question) -> None:
    for cut in CUTS if question in QUESTIONS[:2] else CUTS[:4]:
        codes = figures.codes_of(cut, question.time)
        rows = both(
            postgres, frozen, question,
            lambda held, cut=cut, codes=codes: figures.cells(figures.by_codes(held, codes), cut, question.time),
        )  # fmt: skip
        values = reader.opened(frozen).values
        told_ = [figures.cell((*figures.said(row, cut, values), *row[len(cut) :]), len(cut)) for row in rows]
        assert sorted(told_, key=lambda one: one.key) == small.brute(TABLES, question, cut)
        if cut in CUTS[:4]:
            unsummed = both(
                postgres, frozen, question,
                lambda held, cut=cut, codes=codes: figures.cells(figures.by_row(held, codes), cut, question.time),
            )  # fmt: skip
            assert unsummed == rows


@pytest.mark.parametrize("question", QUESTIONS[2:4], ids=lambda question: question.address())
def test_wider(postgres: Any, frozen: reader.Frozen, question: Question) -> None:
    """All sets of the filters by one scan: the same on both, and each what it is asked alone."""
    names = tuple(told.wanted(question))
    sets = range(1 << len(names))
    parts = [asking.given(name, values) for name, values in told.wanted(question).items()]
    found = []
    for dialect in ("duckdb", "postgres"):
        marked = wider.marked(told.table(told.told(question)), names, question.time)
        held = [*parts, asking.given("sets", list(sets)), ("marks", asking.to_sql(marked, dialect))]
        run = postgres if dialect == "postgres" else reader.opened(frozen).cursor
        run.execute(asking.statement(held, asking.to_sql(wider.wholes_of(wider._marks(True)), dialect)))
        found.append({row[0]: figures.cell(tuple(row[1:]), 0) for row in run.fetchall()})
    assert found[0] == found[1]
    for out in sets:
        asked = question
        for place, name in enumerate(names):
            asked = asked if out >> place & 1 else asked.without(name)
        assert [found[0][out]] == small.brute(TABLES, asked, ())


@pytest.mark.parametrize("question", QUESTIONS[:4], ids=lambda question: question.address() or "all")
def test_series(postgres: Any, frozen: reader.Frozen, question: Question) -> None:
    dated = [row for row in small.asked(TABLES, question) if row[question.time]]
    late: Counter[tuple[str, int]] = Counter()
    for row in dated:
        month, arrived = (day.year * 12 + day.month for day in (row[question.time], row["arrived"]))
        late[f"{row[question.time]:%Y-%m}", max(0, arrived - month)] += 1
    rows = both(postgres, frozen, question, lambda held: series.by_delay(held, question.time))
    assert {(told.month(month), delay): count for month, delay, count in rows} == late
    assert series.triangle(frozen, question) == late
    panel = Counter((body, f"{row[question.time]:%Y-%m}") for row in dated for body in small.tellers(row))
    rows = both(postgres, frozen, question, lambda held: series.by_organisation(held, question.time))
    assert {(body, told.month(month)): count for body, month, count in rows} == panel
    assert series.by_reporter(frozen, question) == panel


@pytest.mark.parametrize("question", [QUESTIONS[0], *QUESTIONS[3:5]], ids=lambda question: question.address() or "all")
def test_overlap(postgres: Any, frozen: reader.Frozen, question: Question) -> None:
    expected = Counter(row["sources"] for row in small.asked(TABLES, question))
    found: Counter[int] = Counter()
    for bits, one, _rows, _keys in both(postgres, frozen, question, overlap.sums):
        found[bits] += one
    assert found == expected
    assert {int(cell.key[0]): cell.count for cell in overlap.counted(frozen, question)} == expected


@pytest.mark.parametrize("question", [QUESTIONS[0], *QUESTIONS[3:6]], ids=lambda question: question.address() or "all")
def test_reported(postgres: Any, frozen: reader.Frozen, question: Question) -> None:
    chosen = {row["crime"] for row in small.asked(TABLES, question)}
    told_by: dict[int, list[int]] = {crime: [0] * len(SOURCES) for crime in chosen}
    for row in TABLES["reports"]:
        if row["crime"] in chosen:
            told_by[row["crime"]][SOURCES.index(row["source"])] += 1
    compositions = Counter(map(tuple, told_by.values()))
    rows = both(postgres, frozen, question, reported.by_composition)
    assert {tuple(row[:-1]): row[-1] for row in rows} == compositions
    assert reported.compositions(frozen, question) == compositions
    sizes = Counter(map(sum, told_by.values()))
    assert dict(both(postgres, frozen, question, reported.by_size)) == sizes == reported.sizes(frozen, question)


def test_completeness(postgres: Any, frozen: reader.Frozen) -> None:
    fields = {"class": "cls", "country": "countries", "technique": "techniques"}
    for question in QUESTIONS[:3]:
        found = {cell.key[0]: cell for cell in quality.completeness(frozen, question)}
        for field in quality.FIELDS:
            held = [r for r in small.asked(TABLES, question) if r[fields.get(field, field)] not in ("", [], None)]
            expected = small.cell((field,), held)
            assert found[field] == expected
            ((_total, count, *_rest),) = both(
                postgres, frozen, question, lambda rows, f=field: quality.telling(rows, f)
            )
            assert count == len(held)


def test_timeliness(postgres: Any, frozen: reader.Frozen) -> None:
    question = Question()
    bands: dict[str, list[dict[str, Any]]] = {}
    for row in small.asked(TABLES, question):
        days = None if row["occurred"] is None else (row["arrived"] - row["occurred"]).days
        band = "" if days is None else next((str(b) for b in quality.BANDS if days <= b), "more")
        bands.setdefault(band, []).append(row)
    found = {cell.key: cell for cell in quality.timeliness(frozen, question)}
    assert found == {(band,): small.cell((band,), rows) for band, rows in bands.items()}
    assert len(found) > 4
    for place in range(len(quality.BANDS) + 2):
        both(postgres, frozen, question, lambda rows, p=place: quality.banded(rows, p))


def test_coverage(frozen: reader.Frozen) -> None:
    bodies = TABLES["organisations"]
    assert quality.coverage(frozen) == Counter((b["country"], b["kind"]) for b in bodies)
