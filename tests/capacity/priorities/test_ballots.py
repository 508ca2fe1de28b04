"""Reading ballots from a table, and the command on it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from hueandcry.capacity.priorities.ballots import BadBallotsError, read
from hueandcry.project.commands.capacity import capacity

GOOD = """voter,chamber,option,rank
p1,law,Train prosecutors,1
p1,law,Share wallets,2
b1,bank,Share wallets,1
b1,bank,Train prosecutors,
b2,bank,Share wallets,1
b2,bank,Train prosecutors,1
"""


def test_a_table_of_ballots_is_read() -> None:
    held = read(GOOD.encode())
    assert held.options == ("Train prosecutors", "Share wallets")
    assert [dict(each.ranks) for each in held.ballots] == [{0: 1, 1: 2}, {1: 1}, {1: 1, 0: 1}]
    assert read(b"\xef\xbb\xbf" + GOOD.replace(",", ";").encode()) == held


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "voter"),
        ("voter,chamber,option\n", "'rank'"),
        ("voter,chamber,option,rank\n", "no ballot"),
        (GOOD + "p1,law,Share wallets,3\n", "line 8: 'p1' ranked 'Share wallets' in line 3"),
        (GOOD + "p1,bank,Other,3\n", "line 8: 'p1' votes in 'law'"),
        (GOOD + "p2,law,Other,first\n", "line 8: 'first' is no rank"),
        (GOOD + "p2,law,Other,0\n", "line 8"),
        (GOOD + "p2,law,Other,-1\n", "line 8"),
        (GOOD + "p2,law,Other," + "9" * 5000 + "\n", "line 8"),
        (GOOD + ",law,Other,1\n", "line 8: voter"),
        (GOOD + "p2,law\n", "line 8: 2 cells"),
        (GOOD + 'p2,"law\n', "line"),
        ("voter,chamber,option,rank\n" + "".join(f"a,b,o{n},1\n" for n in range(300)), "more than 200"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(text: str, said: str) -> None:
    with pytest.raises(BadBallotsError) as caught:
        read(text.encode())
    assert said in str(caught.value)


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda t: ("voter,chamber,option,rank\n" + t).encode()))
def test_nothing_but_a_clear_error_comes_out(raw: bytes) -> None:
    try:
        read(raw)
    except BadBallotsError as error:
        assert str(error)


def test_the_command_prints_the_order_for_each_chamber(tmp_path: Path) -> None:
    path = tmp_path / "ballots.csv"
    path.write_text(GOOD)
    told = json.loads(CliRunner().invoke(capacity, ["priorities", str(path), "--json"]).output)
    assert told["order"] == [["Train prosecutors"], ["Share wallets"]]  # level in places, and equally agreed with
    assert {each["chamber"]: each["voted"] for each in told["chambers"]} == {"bank": 2, "law": 1}
    assert {"consensus", "dissent", "sensitivity", "groups"} <= set(told)
    said = CliRunner().invoke(capacity, ["priorities", str(path)])
    assert said.exit_code == 0 and "2 chambers" in said.output


def test_the_command_says_what_is_wrong(tmp_path: Path) -> None:
    path = tmp_path / "ballots.csv"
    path.write_text(GOOD + "x,y,z,w\n")
    ran = CliRunner().invoke(capacity, ["priorities", str(path)])
    assert ran.exit_code == 2 and "line 8" in ran.output
    assert CliRunner().invoke(capacity, ["priorities", str(tmp_path / "none.csv")]).exit_code == 2
