"""Conditions in Python give what DuckDB gives, nulls and all; what is not understood is refused."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hueandcry.linkage.matching import conditions, people, reports
from hueandcry.linkage.matching.settings import Blocking, Comparer, Level, Settings, otherwise

ASKED = (
    "a_l = a_r", "a_l <> a_r", "NOT a_l = a_r", "a_l < a_r OR b_l IS NULL", "a_l >= 2 AND b_r IS NOT NULL",
    "NOT (a_l > a_r AND a_l <> 3)", "(a_l = a_r) = (b_l = b_r)", "abs(a_l - a_r) <= 1", "a_l / a_r > 0.5",
    "-a_l < a_r * 2 + 1",
    "CASE WHEN a_l = a_r THEN 1 WHEN b_l = b_r THEN 2 ELSE 0 END > 0", "CASE WHEN a_l = 1 THEN b_l END = 'x'",
    "list_has_any(c_l, c_r)", "NOT list_has_any(c_l, c_r)", "len(list_intersect(c_l, c_r)) >= 2", "c_l = c_r",
    "len(c_l) = 0 OR len(c_r) = 0", "abs(ln(CAST(d_l AS DOUBLE) / CAST(d_r AS DOUBLE))) <= 0.1",
    "b_l = 'x' AND b_r <> 'it''s'", "TRUE AND a_l = NULL OR FALSE", 'abs(CAST("a_l" AS BIGINT) - a_r) = 0',
)  # fmt: skip
RECORD = st.fixed_dictionaries(
    {
        "a": st.none() | st.integers(0, 3), "b": st.none() | st.sampled_from(["x", "y", "it's"]),
        "c": st.none() | st.lists(st.integers(0, 4), max_size=4, unique=True), "d": st.none() | st.floats(0.5, 2),
    }
)  # fmt: skip
TYPES = {"a": pa.int64(), "b": pa.string(), "c": pa.list_(pa.int64()), "d": pa.float64()}


def _settings(*asked: str) -> Settings:
    comparers = tuple(
        Comparer(f"c{n}", "", tuple(TYPES), (Level("met", text), otherwise())) for n, text in enumerate(asked)
    )
    return replace(reports.SETTINGS, comparers=comparers)


def _duckdb(left: dict[str, Any], right: dict[str, Any], asked: tuple[str, ...]) -> tuple[int, ...]:
    pair = {f"{c}_{side}": pa.array([one[c]], TYPES[c]) for side, one in (("l", left), ("r", right)) for c in TYPES}
    cases = ", ".join(f"CASE WHEN {text} THEN 0 ELSE 1 END" for text in asked)
    with duckdb.connect() as connection:
        connection.register("pair", pa.table(pair))
        found: tuple[int, ...] = connection.execute(f"SELECT {cases} FROM pair").fetchall()[0]  # noqa: S608
    return found


@settings(deadline=None, max_examples=150)
@given(RECORD, RECORD)
def test_as_duckdb(left: dict[str, Any], right: dict[str, Any]) -> None:
    asked = tuple(text for text in ASKED if "/ a_r" not in text or right["a"] != 0)
    assert conditions.levels(_settings(*asked))(left, right) == _duckdb(left, right, asked)


def test_the_settings_of_reports_are_understood() -> None:
    conditions.levels(reports.SETTINGS)
    conditions.blocked(reports.SETTINGS)


@pytest.mark.parametrize(
    "text",
    ["", "a_l =", "a_l = a_r)", "(SELECT 1) = 1", "read_csv('x') > 0", "jaro(a_l, a_r) > 0.9", "a = 1", "a_l IN (1)",
     "a_l = a_r; DROP TABLE x", "__import__('os')", "a_l BETWEEN 1 AND 2", "CAST(a_l AS BLOB) = 1", "a_l = 'x"],
)  # fmt: skip
def test_what_is_not_understood_is_refused(text: str) -> None:
    with pytest.raises(conditions.Unknown):
        conditions.levels(_settings(text))


def test_of_people_the_engine_is_asked() -> None:
    """Nobody guesses at a likeness of names here."""
    with pytest.raises(conditions.Unknown):
        conditions.levels(people.settings(["given", "surname", "born"]))


def test_who_meets_by_keys() -> None:
    rules = (
        Blocking("l.tags = r.tags AND l.own <> r.own", ("tags",)), Blocking.on("b", "a"),
        Blocking("l.a = 1 AND r.a = 2"),
    )  # fmt: skip
    meets = conditions.blocked(replace(_settings("a_l = a_r"), unique_id="id", blocking=rules))
    rows = [
        {"id": 4, "tags": [1, 2], "own": 1, "a": 1, "b": None}, {"id": 3, "tags": [2, 1], "own": 2, "a": 1, "b": None},
        {"id": 2, "tags": [2], "own": 1, "a": 2, "b": "x"}, {"id": 1, "tags": None, "own": None, "a": 2, "b": "x"},
        {"id": 0, "tags": [9], "own": 3, "a": 1, "b": "z"},
    ]  # fmt: skip

    def ids(new: list[bool] | None = None) -> list[tuple[int, int]]:
        return sorted((left["id"], right["id"]) for left, right in meets(rows, new))

    assert ids() == [(0, 1), (0, 2), (1, 2), (2, 3), (3, 4)]
    assert ids([row["id"] == 3 for row in rows]) == [(2, 3), (3, 4)]
    with pytest.raises(conditions.Unknown):
        conditions.blocked(replace(_settings("a_l = a_r"), blocking=(Blocking("l.a = r.b", ("tags",)),)))
