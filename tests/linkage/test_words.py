"""How telling a value is, in words. Pure."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hueandcry.exchange.observables import TYPES
from hueandcry.linkage.words import telling


def test_a_rare_wallet_is_strong_and_a_shared_address_weak() -> None:
    assert telling("btc-address", 1.0, 1, [], False).word == "strong"
    assert telling("ipv4-addr", 0.5, 36, [], False).word == "weak"
    assert telling("iban", 1.0, 0, [], False).word == "none"


def test_it_says_why() -> None:
    assert telling("iban", 1.0, 3, [], False).why == ("one holder has such a value at a time", "in 3 other reports")
    on_list = telling("domain-name", 0.01, 200, ["Top 1000", "CDN", "Other"], True)
    assert on_list.why == ("on the warning lists Top 1000, CDN and 1 more", "in more than 200 other reports")


@given(st.sampled_from([*TYPES, "unheard-of"]), st.floats(0, 1), st.integers(1, 200))
def test_more_reports_never_tell_more(kind: str, weight: float, reports: int) -> None:
    order = ["weak", "some", "strong"]
    few, many = (telling(kind, weight, n, [], False).word for n in (reports, reports + 1))
    assert order.index(many) <= order.index(few)
