"""Warning lists: our index against the package's own search, and what a listed value still weighs."""

from __future__ import annotations

import ipaddress
import itertools
import time
from functools import lru_cache
from pathlib import Path

import orjson
import pymispwarninglists
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hueandcry.exchange import warnings
from hueandcry.exchange.observables import TYPES

LISTS = Path(pymispwarninglists.__file__).parent / "data" / "misp-warninglists" / "lists"


@lru_cache(maxsize=1)
def oracle() -> dict[str, pymispwarninglists.WarningList]:
    """The package's own lists, each with its own search, without those that we leave out or read more narrowly."""
    lists = {}
    for entry in warnings.index().entries:
        content = orjson.loads((LISTS / entry.folder / "list.json").read_bytes())
        if content["type"] != "regex":
            lists[content["name"]] = pymispwarninglists.WarningList(content, slow_search=True)
    return lists


@lru_cache(maxsize=8)
def sample(kind: str, each: int) -> list[str]:
    """A few entries of every list of one kind, spread over the list."""
    taken: list[str] = []
    for wanted in oracle().values():
        if wanted.type == kind and wanted.list:
            taken += itertools.islice(wanted.list, 0, None, max(1, len(wanted.list) // each))
    return [text.strip() for text in taken]


def by_oracle(value: str, kinds: tuple[str, ...]) -> set[str]:
    return {name for name, wanted in oracle().items() if wanted.type in kinds and value in wanted}


def addresses() -> list[str]:
    """Addresses on the borders of listed networks, and some of everywhere."""
    spread = itertools.product((1, 8, 10, 34, 52, 104, 127, 172, 185, 192, 203, 224, 255), (0, 16, 31, 168, 255))
    return [
        *(text.split("/")[0] for text in sample("cidr", 1) if ":" not in text),
        *(f"{first}.{second}.7.9" for first, second in spread),
    ]


def test_an_address_is_on_the_lists_that_the_package_finds() -> None:
    tried = addresses()
    found = {address: set(warnings.listed("ipv4-addr", address)) for address in tried}
    # an address is the same written as IPv6 (::ffff:1.2.3.4), and one list holds only that form
    theirs = {text: by_oracle(text, ("cidr",)) | by_oracle(f"::ffff:{text}", ("cidr",)) for text in tried}
    assert found == theirs
    assert len(tried) > 120


@given(
    st.from_regex(r"\A[0-9. ]{0,4}\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}(/[0-9 +.]{0,3})?\Z", fullmatch=True) | st.text()
)
def test_networks_read_quickly_are_those_of_ipaddress(text: str) -> None:
    quick = warnings._plain_network(text)
    try:
        slow = ipaddress.IPv4Network(text, strict=False)
    except ValueError:
        assert quick is None
    else:
        assert quick in (None, (int(slow.network_address), int(slow.network_address) + slow.num_addresses))


def test_nearly_all_networks_are_read_quickly() -> None:
    texts = [text for each in oracle().values() if each.type == "cidr" for text in each.list if ":" not in text]
    assert sum(warnings._plain_network(text) is not None for text in texts) > 0.99 * len(texts)


@pytest.mark.parametrize("address", ["2001:4860:4860::8888", "2001:db8::1", "fe80::1", "2600:1f00::1", "2a00:1450::5"])
def test_ipv6_too(address: str) -> None:
    assert set(warnings.listed("ipv6-addr", address)) == by_oracle(address, ("cidr",))


def hosts() -> list[str]:
    """Listed hosts, names under them, and names that only end in the same letters."""
    taken = [text.lstrip("*.").lower() for text in sample("hostname", 3) + sample("string", 3) if "." in text]
    taken = [text for text in taken if text.isascii() and "/" not in text]
    return [*taken, *(f"a.b.{text}" for text in taken[::3]), *(f"not{text}" for text in taken[::3]), "example.invalid"]


def test_a_host_is_on_the_lists_that_the_package_finds() -> None:
    missed = {}
    for host in hosts():
        lost = by_oracle(host, ("hostname", "string")) - set(warnings.listed("domain-name", host))
        missed |= {host: lost} if lost else {}
    assert missed == {}


def test_what_we_find_beyond_that_is_explained() -> None:
    """By an entry with a dot in front, or one of a substring list that starts where a label starts."""
    entries = {name: {str(text).strip().lower() for text in wanted.list} for name, wanted in oracle().items()}

    def is_explained(host: str, name: str) -> bool:
        parents = {host.split(".", n)[-1] for n in range(host.count(".") + 1)}
        dotted = {form for parent in parents for form in (f".{parent}", f"*.{parent}", f"*{parent}")}
        return bool(entries[name] & dotted) or (oracle()[name].type == "substring" and bool(entries[name] & parents))

    beyond = [
        (host, name)
        for host in hosts()
        for name in set(warnings.listed("domain-name", host)) - by_oracle(host, ("hostname", "string"))
    ]
    assert [pair for pair in beyond if not is_explained(*pair)] == []


def test_every_substring_entry_is_found_and_nothing_that_merely_contains_it() -> None:
    assert "List of disposable email domains" in warnings.listed("email-addr", "x@mailinator.com")
    assert warnings.listed("email-addr", "x@notreallymailinator.com.evil.example") == ()
    for text in sample("substring", 20):
        if not text[0].isdigit() or not text.replace(".", "").isdigit():
            assert warnings.listed("domain-name", text.lower()), text


def test_an_exact_value_is_on_its_list() -> None:
    missed = []
    for value in sample("string", 3):
        ours = warnings.listed("domain-name" if "." in value else "text", value.lower().lstrip("*."))
        missed += [(value, name) for name in by_oracle(value, ("string",)) - set(ours)]
    assert missed == []


def test_empty_file_is_known() -> None:
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert "List of known hashes for empty files" in warnings.listed("sha256", empty)
    assert warnings.weight("sha256", empty) < 0.05 < warnings.weight("sha256", "ab" * 32) == 1.0


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("ipv4-addr", "10.1.2.3"),
        ("ipv4-addr", "8.8.8.8"),
        ("ip-range", "10.0.0.0/16"),
        ("domain-name", "google.com"),
        ("domain-name", "www.google.com"),
        ("domain-name", "duckdns.org"),
        ("url", "https://www.google.com/"),
        ("url", "http://192.168.1.1/admin"),
        ("email-addr", "abuse@example.org"),
    ],
)
def test_what_everybody_has_weighs_next_to_nothing(kind: str, value: str) -> None:
    assert warnings.listed(kind, value)
    assert warnings.weight(kind, value) <= 0.05


@pytest.mark.parametrize(
    ("kind", "value", "least"),
    [
        ("domain-name", "sarc.onteagleroad.com", 0.8),
        ("domain-name", "evil.duckdns.org", 0.5),
        ("domain-name", "evil-bank.github.io", 0.5),
        ("url", "https://drive.google.com/file/d/1a2b3c", 0.4),
        ("url", "http://evil.duckdns.org/", 0.5),
        ("ipv4-addr", "52.95.110.1", 0.15),
        ("ip-range", "10.0.0.0/7", 0.3),
        ("phone-number", "+442071838750", 0.9),
    ],
)
def test_a_customer_of_a_provider_and_a_page_on_a_shared_site_keep_weight(kind: str, value: str, least: float) -> None:
    assert warnings.weight(kind, value) >= least


def test_numbers_kept_for_films() -> None:
    assert warnings.listed("phone-number", "+442079460018")
    assert warnings.listed("phone-number", "+390612340800") == ()  # holds "08", which one pattern alone would match


@pytest.mark.parametrize("kind", [*TYPES, "nonsense"])
def test_never_raises(kind: str) -> None:
    for value in ("", "x", "::", "1.2.3", "a@", "+", "http://", "1.2.3.4-", "é" * 50, "[", "\ud800"):
        assert isinstance(warnings.listed(kind, value), tuple)
        assert 0 <= warnings.weight(kind, value) <= 1


def test_a_thousand_answers_cost_no_more_than_a_few_milliseconds() -> None:
    values = [("ipv4-addr", f"52.9.{n % 256}.{n // 256}") for n in range(500)]
    values += [("domain-name", f"a{n}.example.org") for n in range(500)]
    started = time.process_time()
    for kind, value in values:
        warnings.weight(kind, value)
    assert time.process_time() - started < 0.05  # 50 us each: ten times what it takes on two shared cores
