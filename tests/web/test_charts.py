"""A chart's table and its drawing come from the same rows, and a chart that contradicts itself is refused."""

import csv
import io
import json
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hueandcry.web.charts import SUPPRESSED, BadChartError, Cell, Chart, Column, Mark, as_csv, fold

RANKING = [
    Column("s", "Sector", "category"),
    Column("n", "Reports"),
    Column("n", "low", "low"),
    Column("n", "high", "high"),
]


def chart(
    kind: Any = "ranking", columns: Sequence[Column] = RANKING, rows: Sequence[Sequence[Cell]] = (), **more: Any
) -> Chart:
    return Chart("c", kind, "Title", "reports", columns, rows, "source", "method", **more)


def test_spec_is_json_and_keeps_suppressed_apart_from_unknown() -> None:
    spec = json.loads(json.dumps(chart(rows=[["Finance", 9, 8, 11], ["Health", SUPPRESSED, None, None]]).spec()))
    assert spec["rows"] == [["Finance", 9, 8, 11], ["Health", "suppressed", None, None]]
    assert [c["role"] for c in spec["columns"]] == ["category", "value", "low", "high"]


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"rows": [["Finance", 9, 8]]}, "3 cells for 4 columns"),
        ({"rows": [["Finance", 12, 8, 11]]}, "outside its own bounds"),
        ({"rows": [["Finance", 7, 8, 11]]}, "outside its own bounds"),
        ({"rows": [[3, 9, 8, 11]]}, "not with its name"),
        ({"rows": [["Finance", "9", 8, 11]]}, "words where numbers belong"),
        ({"rows": [["Finance", True, 0, 2]]}, "words where numbers belong"),
        ({"kind": "map"}, "first column of a map chart"),
        ({"columns": RANKING[:1]}, "one at least"),
        ({"columns": [*RANKING, Column("m", "More")]}, "shows one value"),
        ({"columns": [RANKING[0], RANKING[1], Column("x", "low", "low")]}, "bounds belong"),
        ({"kind": "bars"}, "bounds belong"),
        ({"kind": "bars", "columns": [RANKING[0], *[Column(str(i), str(i)) for i in range(9)]]}, "fold"),
        ({"rows": [["Finance", 9, 8, 11]], "links": ["/a", "/b"]}, "2 links for 1 rows"),
        ({"marks": [Mark("2025-01", "rose")]}, "belong to a line chart"),
        ({"kind": "upset", "columns": RANKING[:2], "rows": [["a", 3]]}, "members of 0 rows"),
        ({"kind": "upset", "columns": RANKING[:2], "rows": [["a", 3]], "sets": ["a"], "members": [[1]]}, "not named"),
    ],
)
def test_a_chart_that_contradicts_itself_is_refused(wrong: dict[str, Any], why: str) -> None:
    with pytest.raises(BadChartError, match=why):
        chart(**wrong)


def test_withheld_says_whether_the_page_must_explain_hatching() -> None:
    assert chart(rows=[["Health", SUPPRESSED, None, None]]).withheld
    assert not chart(rows=[["Health", None, None, None]]).withheld


def test_csv_reads_back_and_disarms_formulas() -> None:
    made = chart(rows=[["=HYPERLINK(1)", 9, 8, 11], ["Health, social", SUPPRESSED, None, None]])
    assert list(csv.reader(io.StringIO(as_csv(made)))) == [
        ["Sector", "Reports", "low (low)", "high (high)"],
        ["'=HYPERLINK(1)", "9", "8", "11"],
        ["Health, social", "suppressed", "", ""],
    ]


@given(st.dictionaries(st.text(max_size=5), st.integers(0, 10**6), max_size=20), st.integers(1, 8))
def test_fold_keeps_the_largest_and_the_total(totals: dict[str, int], keep: int) -> None:
    folded = fold(list(totals.items()), "other", keep)
    assert sum(count for _, count in folded) == sum(totals.values())
    assert len(folded) <= keep + 1
    assert [count for _, count in folded[:keep]] == sorted(totals.values(), reverse=True)[:keep]
