"""The table of gates: each cell, masks of doors, and that docs/handling.md shows the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from hueandcry.exchange.recall import gates
from hueandcry.members.viewer import Viewer

PAGE = Path(__file__).parents[3] / "docs" / "handling.md"
CHANNELS = {
    "page": "web", "export": "command line", "court file": "court", "TAXII": "taxii", "MISP": "misp", "REST": "api",
    "e-mail": "e-mail", "webhook": "webhook", "node": "node", "drill-down": "drill-down",
}  # fmt: skip


@pytest.mark.parametrize(("code", "door"), gates.TABLE)
@pytest.mark.parametrize("use", ["", "passive", "active"])
def test_each_cell_is_what_the_mask_does(code: str, door: str, use: str) -> None:
    word = gates.TABLE[code, door]
    closed = word in ("ask", "read", "no") or (word == "passive" and use != "passive")
    bit = gates.BITS.get(code, 0)
    assert bool(gates.mask(Viewer(channel=CHANNELS[door], use=use)) & bit) == closed
    assert bool(gates.mask(Viewer(channel="web", use=use), door) & bit) == closed


def test_the_page_shows_the_table() -> None:
    rows = re.findall(r"^\| (H\d|PAP:\w+) \| (.+) \|$", PAGE.read_text("utf-8"), re.M)
    shown = {code: tuple(cell.strip() for cell in cells.split("|")) for code, cells in rows}
    assert shown == {code: tuple(gates.TABLE[code, door] for door in gates.DOORS) for code in gates._ROWS}
    (head,) = re.findall(r"^\| code \| (.+) \|$", PAGE.read_text("utf-8"), re.M)
    assert tuple(cell.strip() for cell in head.split("|")) == gates.DOORS


def test_an_unknown_way_out_is_closed_to_all_that_asks_for_something() -> None:
    assert gates.mask(Viewer(channel="carrier pigeon", use="passive")) == 1 | 2 | 4 | 8


@pytest.mark.parametrize(
    ("codes", "pap", "bits"),
    [([], "", 0), (["H0"], "GREEN", 0), (["H1", "H2", "H3"], "RED", 27), (["H2"], "AMBER", 5), ([], "RED", 8)],
)
def test_the_gate_of_a_handling(codes: list[str], pap: str, bits: int) -> None:
    assert gates.gate(codes, pap) == bits


def test_what_opens_is_said_for_each_bit() -> None:
    assert len(gates.why(31)) == 5
    assert gates.why(0) == []


def test_a_name_of_a_table_cannot_be_sql() -> None:
    with pytest.raises(ValueError, match="no name"):
        gates.open_reports(Viewer(), table="r; DROP")
    assert "%" not in gates.open_reports(Viewer(channel="taxii"))
