"""The handling of the whole is the strictest of its parts."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hueandcry.exchange.handling import PAP_ORDER, TLP_ORDER
from hueandcry.linkage.analysis.stamp import strictest


def test_the_strictest_governs_and_codes_add_up() -> None:
    found = strictest(
        ["GREEN", "AMBER+STRICT", "CLEAR"], ["", "GREEN", "RED"], ["H3", "H1", "H3", "odd"], ["a", "", "a"]
    )
    assert (found.tlp, found.pap, found.codes, found.restrictions) == ("AMBER+STRICT", "RED", ("H1", "H3"), ("a",))
    assert found.line == "TLP:AMBER+STRICT · PAP:RED · H1 H3"
    assert [code for code, _said in found.said] == ["H1", "H3"]
    assert found.colour == "amber"


def test_nothing_is_clear() -> None:
    assert strictest([], [], []).line == "TLP:CLEAR"


@given(st.lists(st.sampled_from(TLP_ORDER)), st.lists(st.sampled_from(PAP_ORDER)), st.sampled_from(TLP_ORDER))
def test_adding_a_report_never_loosens_it(tlps: list[str], paps: list[str], more: str) -> None:
    before, after = strictest(tlps, paps, []), strictest([*tlps, more], [*paps, "GREEN"], [])
    assert TLP_ORDER.index(after.tlp) >= TLP_ORDER.index(before.tlp)
    assert PAP_ORDER.index(after.pap) >= PAP_ORDER.index(before.pap)
