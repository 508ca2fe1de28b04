"""No cell of an export is computed by a spreadsheet, and what is exported can be read back."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hueandcry.audit.csv_cells import STARTS_FORMULA, defuse, lines


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", '=HYPERLINK("x")'])
def test_a_formula_becomes_text(cell: str) -> None:
    assert defuse(cell) == "'" + cell


def test_numbers_stay_numbers() -> None:
    assert [defuse(-5), defuse(1.5), defuse(None), defuse("a-b")] == ["-5", "1.5", "", "a-b"]


@given(
    st.lists(
        st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00")), min_size=2, max_size=2)
    )
)
def test_each_cell_comes_back_and_none_is_a_formula(rows: list[list[str]]) -> None:
    read = list(csv.reader(io.StringIO("".join(lines(["a", "b"], rows)), newline="")))
    assert read[0] == ["a", "b"]
    assert read[1:] == [[defuse(cell) for cell in row] for row in rows]
    assert not any(cell.startswith(STARTS_FORMULA) for row in read for cell in row)
