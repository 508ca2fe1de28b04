"""What an address asks for. Pure."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from hueandcry.exchange import listing
from hueandcry.exchange.listing import Place


def test_an_empty_address_asks_for_everything_newest_first() -> None:
    wanted = listing.wanted({})
    assert wanted.order == "-reported"
    assert not wanted.choices
    assert set(wanted.facts(None).values()) == {None}


def test_what_makes_no_sense_narrows_nothing() -> None:
    wanted = listing.wanted({"class": ["murder"], "tlp": ["PURPLE", "RED"], "since": ["tomorrow"], "sort": ["x"]})
    assert wanted.choices == {"tlp": ("RED",)}
    assert wanted.since is None
    assert wanted.order == "-reported"


def test_until_holds_the_whole_day() -> None:
    assert listing.wanted({"until": ["2026-03-01"]}).until == datetime(2026, 3, 2, tzinfo=UTC)


def test_a_search_is_ranked_until_an_order_is_asked_for() -> None:
    assert listing.wanted({"q": ["mule"]}).ranked
    assert not listing.wanted({"q": ["mule"], "sort": ["reported"]}).ranked


FIRST = datetime(1, 1, 2, tzinfo=UTC).replace(tzinfo=None)  # hypothesis wants its bounds without a zone


@given(st.datetimes(min_value=FIRST, timezones=st.just(UTC)), st.integers(0, 2**63 - 1))
def test_a_place_comes_back(at: datetime, number: int) -> None:
    assert listing.place(str(Place(at, number))) == Place(at, number)


@given(st.text(max_size=40))
def test_no_place_raises(text: str) -> None:
    listing.place(text)


@given(st.dictionaries(st.sampled_from([*listing.CHOICES, "q", "since", "until", "sort"]), st.lists(st.text())))
def test_no_address_raises(query: dict[str, list[str]]) -> None:
    listing.wanted(query).facts(None)
