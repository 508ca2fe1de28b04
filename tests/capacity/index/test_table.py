"""Reading DATA and META, and the command."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from hueandcry.capacity.index.definition import BadIndexError
from hueandcry.capacity.index.table import read
from hueandcry.project.commands.capacity import capacity

META = """iCode,Type,Parent,Direction,Weight,Denominator
x,Indicator,t,1,1,pop
y,Indicator,t,-1,2,
t,Aggregate,,,,
pop,Denominator,,,,
"""
DATA = "uCode,uName,x,y,pop,other\nA,Aland,10,1,2,z\nB,Beland,,2,4,z\nC,Celand,30,NA,5,z\nD,Deland,8,4,1,z\n"


def test_numbers_are_divided_and_what_is_empty_is_unknown() -> None:
    definition, table = read(DATA.encode(), META.encode())
    assert np.array_equal(table.values, [[5, 1], [np.nan, 2], [6, np.nan], [8, 4]], equal_nan=True)
    assert definition.indicators[1].direction == -1 and table.unused == ("other",)


@pytest.mark.parametrize(
    ("data", "meta", "said"),
    [
        (DATA.replace("10,1,2", "ten,1,2"), META, "DATA, line 2, column x: 'ten'"),
        (DATA.replace("10,1,2", "inf,1,2"), META, "DATA, line 2, column x"),
        (DATA.replace("10,1,2", "10,1,0"), META, "line 2, column pop: a denominator of nought"),
        (DATA.replace("B,Be", "A,Be"), META, "line 3: 'A' stands in line 2"),
        (DATA.replace("uCode", "code"), META, "no column 'uCode'"),
        (DATA.replace(",y,", ",w,"), META, "no column 'y'"),
        (DATA + "E,E,1\n", META, "line 6: 3 cells"),
        ("uCode,x,y,pop\nA,1,2,3\n", META, "at least three"),
        (DATA, META.replace("x,Indicator,t,1,1,pop", "x,Indicator,q,1,1,pop"), "'q' is not defined"),
        (DATA, META.replace("t,-1,2", "t,2,2"), "META, line 3, column Direction"),
        (DATA, META.replace("t,-1,2", "t,-1,0"), "Weight"),
        (DATA, META.replace("y,Indicator", "x,Indicator"), "'x' is defined twice"),
        (DATA, META.replace("t,Aggregate,,", "t,Aggregate,u,") + "u,Aggregate,t,,,\n", "without a parent"),
        (DATA, META.replace("pop,Denominator", "poq,Denominator"), "'pop' is used as a denominator"),
        (DATA, META.replace("Aggregate", "Thing"), "'Thing' is no kind"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(data: str, meta: str, said: str) -> None:
    with pytest.raises(BadIndexError) as caught:
        read(data.encode(), meta.encode())
    assert said in str(caught.value)


@given(st.binary(max_size=120), st.binary(max_size=120))
def test_nothing_but_a_clear_error_comes_out(data: bytes, meta: bytes) -> None:
    for one, other in ((data, meta), (DATA.encode() + data, META.encode()), (DATA.encode(), META.encode() + meta)):
        try:
            read(one, other)
        except BadIndexError as error:
            assert str(error)


def test_the_command_prints_json_and_says_what_is_wrong(tmp_path: Path) -> None:
    data, meta = tmp_path / "d.csv", tmp_path / "m.csv"
    data.write_text(DATA)
    meta.write_text(META)
    run = CliRunner().invoke(capacity, ["index", str(data), str(meta), "--json", "--draws", "100", "--top", "1"])
    said = json.loads(run.output)
    assert {each["code"] for each in said["units"]} == set("ABCD")
    assert said["units"][0]["need_rank"] == 1 and len(said["units"][0]["rank_interval"]) == 2
    assert said["weights"]["indicators"] == {"x": 1.0, "y": 2.0}
    assert "need" in CliRunner().invoke(capacity, ["index", str(data), str(meta), "--draws", "100"]).output
    data.write_text(DATA.replace("10,1", "ten,1"))
    wrong = CliRunner().invoke(capacity, ["index", str(data), str(meta)])
    assert wrong.exit_code == 2 and "line 2" in wrong.output
