"""The query of an address: what is taken, what is malformed, and that the answer names it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest
from hypothesis import given as tried
from hypothesis import strategies as some

from hueandcry.exchange.taxii import negotiation, parameters, places, timestamps
from hueandcry.exchange.taxii.places import Misplaced, Place
from hueandcry.exchange.taxii.problems import Problem

NOON = datetime(2026, 1, 2, 12, 0, 0, 123456, tzinfo=UTC)


def refused(query: str, page: str = "objects") -> str:
    """The parameter that is named as malformed."""
    with pytest.raises(Problem) as problem:
        parameters.read(query, page)
    assert problem.value.status == 400
    return str(problem.value.details["parameter"])


@pytest.mark.parametrize("value", ["0", "-1", "1.5", "", "ten", "+5", "1e3", "٣", "0x10", "9" * 17, " 5"])
def test_a_limit_is_a_whole_number_greater_than_zero(value: str) -> None:
    assert refused(f"limit={quote(value)}") == "limit"


def test_a_limit_is_kept_up_to_the_servers_own() -> None:
    assert parameters.read("limit=7", "objects").limit == 7
    assert parameters.read("limit=9007199254740991", "objects").limit == parameters.MOST
    assert parameters.read("", "objects").limit == parameters.USUAL


@pytest.mark.parametrize(
    "value",
    ["yesterday", "2026-01-02", "2026-13-02T12:00:00Z", "2026-01-02T12:00:00", "2026-02-30T12:00:00Z",
     "2026-01-02T25:00:00Z", "1767355200", "", "2026-01-02 12:00:00Z",
     "2026-01-02T12:00:00Z,2026-01-03T12:00:00Z", "0001-01-01T00:00:00+23:59"],
)  # fmt: skip
def test_added_after_is_one_timestamp(value: str) -> None:
    assert refused(f"added_after={quote(value)}") == "added_after"


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-01-02T12:00:00.123456Z", NOON),
        ("2026-01-02T12:00:00.1234569Z", NOON),
        ("2026-01-02T13:00:00.123456+01:00", NOON),
        ("2026-01-02T12:00:00Z", NOON.replace(microsecond=0)),
        ("2016-12-31T23:59:60Z", datetime(2016, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)),
    ],
)
def test_any_way_to_write_a_moment_by_rfc_3339_is_understood(text: str, moment: datetime) -> None:
    assert parameters.read(f"added_after={quote(text, safe='')}", "objects").added_after == moment


@tried(some.timedeltas(timedelta(0), timedelta(days=84_000)))
def test_what_is_written_is_read_again_to_the_microsecond(since: timedelta) -> None:
    moment = datetime(1970, 1, 1, tzinfo=UTC) + since
    assert timestamps.moment(timestamps.written(moment)) == moment
    assert len(timestamps.written(moment)) == len("2026-01-02T12:00:00.123456Z")


@pytest.mark.parametrize("name", ["limit", "next", "added_after", "match[type]", "match[id]", "match[version]"])
def test_no_parameter_stands_twice(name: str) -> None:
    value = {"limit": "1", "added_after": timestamps.written(NOON), "match[version]": "last"}.get(name, "x")
    assert refused(f"{quote(name)}={value}&{quote(name)}={value}") == name


def test_all_stands_alone_and_nothing_twice() -> None:
    for value in ("all,last", "first,all", "last,last", "2026-01-02T12:00:00.000Z,2026-01-02T12:00:00.000Z", "all,all"):
        assert refused(f"match[version]={value}") == "match[version]"


@pytest.mark.parametrize(
    "value", ["newest", "", "last,", ",", "last, first", "2026-01-02", "2026-01-02T12:00:00+00:00"]
)
def test_a_version_is_a_word_or_a_timestamp_of_stix(value: str) -> None:
    assert refused(f"match[version]={quote(value)}") == "match[version]"


def test_words_and_times_of_versions_go_together() -> None:
    found = parameters.read("match[version]=first,2026-01-02T12:00:00.123456Z,last", "objects")
    assert found.words == {"first", "last"}
    assert found.versions == (NOON,)
    assert parameters.read("", "objects").words == {"last"}
    assert parameters.read("", "versions").words == {"all"}


def test_a_version_of_stix_that_nobody_knows_matches_nothing() -> None:
    assert parameters.read("match[spec_version]=2.0,2.1,3.7", "objects").specs == (20, 21, 0)
    for value in ("two", "2", "2.1.0", "", "2.1,"):
        assert refused(f"match[spec_version]={value}") == "match[spec_version]"


def test_a_type_of_ones_own_is_no_error() -> None:
    assert parameters.read("match[type]=indicator,x-my-type", "objects").types == ("indicator", "x-my-type")
    assert refused("match[type]=") == "match[type]"
    assert refused("match[type]=indicator;drop") == "match[type]"


def test_each_address_takes_its_own_filters_and_ignores_unknown_ones() -> None:
    assert parameters.read("match[colour]=blue&verbose=1", "objects") == parameters.Wanted()
    assert refused("match[type]=indicator", "object") == "match[type]"
    assert refused("match[version]=last", "versions") == "match[version]"


@pytest.mark.parametrize("query", ["limit=%ff", "match[id]=%00", "&".join(f"a{n}=1" for n in range(200))])
def test_hostile_queries_are_malformed(query: str) -> None:
    assert refused(query)


@tried(some.text(max_size=60))
def test_no_query_is_a_fault_of_ours(text: str) -> None:
    for query in (text, f"limit={text}", f"added_after={text}", f"match[version]={text}", f"match[{text}]=a"):
        try:
            parameters.read(query.encode("utf-8", "surrogatepass").decode("latin-1"), "objects")
        except Problem as problem:
            assert problem.status in (400, 414)


def test_an_address_that_is_too_long() -> None:
    with pytest.raises(Problem) as problem:
        parameters.read("match[id]=" + "a" * 70_000, "objects")
    assert problem.value.status == 414
    assert refused("match[id]=" + ",".join(["a"] * 1_001)) == "match[id]"


def test_a_place_is_found_again_and_tells_nothing() -> None:
    place = Place(123_456, NOON)
    text = places.sealed(place, "a collection")
    assert places.opened(text, "a collection") == place
    assert text != places.sealed(place, "a collection"), "two answers to the same question show that they are the same"
    assert "123456" not in text


def test_a_place_opens_nothing_elsewhere_nor_when_changed() -> None:
    text = places.sealed(Place(5, NOON), "one")
    with pytest.raises(Misplaced):
        places.opened(text, "another")
    for at in range(len(text)):
        changed = text[:at] + ("A" if text[at] != "A" else "B") + text[at + 1 :]
        with pytest.raises(Misplaced):
            assert places.opened(changed, "one") == Place(5, NOON), "the last character may hold unused bits"
            raise Misplaced


@tried(some.text(max_size=300))
def test_no_text_is_a_place_by_chance(text: str) -> None:
    with pytest.raises(Misplaced):
        places.opened(text, "one")


@pytest.mark.parametrize(
    "header",
    ["", negotiation.MEDIA_TYPE, "application/taxii+json", "application/taxii+json; version=2.1", "*/*",
     "application/*", "text/html, application/taxii+json;version=2.1;q=0.9", 'application/taxii+json;version="2.1"',
     "APPLICATION/TAXII+JSON;VERSION=2.1", "application/taxii+json;version=2.1,application/stix+json;version=2.1"],
)  # fmt: skip
def test_whoever_takes_taxii_gets_it(header: str) -> None:
    negotiation.require_accept(header)


@pytest.mark.parametrize(
    "header",
    ["application/json", "text/html", "application/taxii+json;version=2.0", "application/taxii+json;version=3.0",
     "application/vnd.oasis.taxii+json;version=2.0", "application/taxii+json;version=2.1;q=0", "taxii", ";", ","],
)  # fmt: skip
def test_whoever_takes_something_else_is_told(header: str) -> None:
    with pytest.raises(Problem) as problem:
        negotiation.require_accept(header)
    assert problem.value.status == 406


def test_a_body_is_announced_as_taxii() -> None:
    for header in (
        negotiation.MEDIA_TYPE,
        "application/taxii+json",
        "application/taxii+json;version=2.1;charset=utf-8",
    ):
        negotiation.require_content_type(header)
    for header in ("", "application/json", "application/stix+json;version=2.1", "application/taxii+json;version=2.0"):
        with pytest.raises(Problem) as problem:
            negotiation.require_content_type(header)
        assert problem.value.status == 415


def test_the_filters_of_a_question_are_one_text_in_any_order() -> None:
    one = parameters.read("match[type]=a-b-c,indicator&match[id]=x,y", "objects").filters()
    assert one == parameters.read("match[id]=y,x&match[type]=indicator,a-b-c", "objects").filters()
    others = ("match[type]=indicator", "match[id]=indicator", "match[spec_version]=2.1", "match[version]=all")
    assert len({parameters.read(query, "objects").filters() for query in others} | {one}) == 5


def test_dates_of_an_empty_page_let_the_client_go_on() -> None:
    from hueandcry.exchange.taxii.pages import Page, dates

    empty = Page(1, 0, False, None, None, b"")
    assert set(dates(empty, NOON).values()) == {timestamps.written(NOON)}
    assert set(dates(empty, None).values()) == {timestamps.EPOCH}
    assert timestamps.moment(timestamps.EPOCH) == datetime(1970, 1, 1, tzinfo=UTC) + timedelta(0)
