"""Canonical forms: published vectors, properties that hold for any text, and the values of real files."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hueandcry.exchange.drafts import MAX_VALUE
from hueandcry.exchange.observables import TYPES, Value, canonical, derived, guess, refang

DATA = Path(__file__).resolve().parents[2] / ".." / "shared" / "data"
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="the real files of ../shared/data are not here")

FORMS = [
    # type claimed, as received, type, canonical
    ("ipv4-addr", " 1.2.3.4 ", "ipv4-addr", "1.2.3.4"),
    ("ipv4-addr", "1.2.3[.]4", "ipv4-addr", "1.2.3.4"),
    ("ipv4-addr", "1.2.3.4/32", "ipv4-addr", "1.2.3.4"),
    ("ipv4-addr", "1.2.3.0/24", "ip-range", "1.2.3.0/24"),
    ("ipv4-addr", "1.2.3.9/24", "ip-range", "1.2.3.0/24"),
    ("ip-range", "1.2.3.0-1.2.3.255", "ip-range", "1.2.3.0/24"),
    ("ip-range", "1.2.3.1 - 1.2.3.9", "ip-range", "1.2.3.1-1.2.3.9"),
    ("ip-range", "1.2.3.4-1.2.3.4", "ipv4-addr", "1.2.3.4"),
    ("ip-range", "2001:db8::-2001:db8::ffff", "ip-range", "2001:db8::/112"),
    ("ipv6-addr", "2001:0DB8:0:0:0:0:0:1", "ipv6-addr", "2001:db8::1"),
    ("ipv6-addr", "::ffff:1.2.3.4", "ipv4-addr", "1.2.3.4"),
    ("ipv6-addr", "::1.2.3.4", "ipv6-addr", "::102:304"),
    ("ipv6-addr", "fe80::1%eth0", "ipv6-addr", "fe80::1"),
    ("domain-name", "Evil.Example.COM.", "domain-name", "evil.example.com"),
    ("domain-name", "evil[.]example(dot)com", "domain-name", "evil.example.com"),
    ("domain-name", "bücher.example", "domain-name", "xn--bcher-kva.example"),
    ("domain-name", "bücher。example", "domain-name", "xn--bcher-kva.example"),
    ("domain-name", "*.evil.com", "domain-name", "evil.com"),
    ("domain-name", "evil\u200b.com", "domain-name", "evil.com"),
    ("domain-name", "1.2.3.4", "ipv4-addr", "1.2.3.4"),
    ("hostname", "DESKTOP-7F3A", "hostname", "desktop-7f3a"),
    ("url", "HTTPS://Evil.COM:443", "url", "https://evil.com/"),
    ("url", "hxxps[:]//evil[.]com/%7ea/B%2fc?x=a b#frag", "url", "https://evil.com/~a/B%2Fc?x=a%20b"),
    ("url", "hXXp://evil[.]com:8080/a(b)", "url", "http://evil.com:8080/a(b)"),
    ("url", "http://user:secret@evil.com/", "url", "http://user@evil.com/"),
    ("url", "http://bücher.example/straße", "url", "http://xn--bcher-kva.example/stra%C3%9Fe"),
    ("url", "http://[2001:DB8::1]:80/x", "url", "http://[2001:db8::1]/x"),
    ("url", "http://evil.com/%zz", "url", "http://evil.com/%25zz"),
    ("url", "evil.com/a", "url", "http://evil.com/a"),
    ("url", "evil.com", "domain-name", "evil.com"),
    ("url", "mailto:A@b.com?subject=x", "email-addr", "a@b.com"),
    ("email-addr", "User[at]Example[dot]ORG", "email-addr", "user@example.org"),
    ("email-addr", "Bob <bob@bücher.example>", "email-addr", "bob@xn--bcher-kva.example"),
    ("mac-addr", "00-1A-2B-3C-4D-5E", "mac-addr", "00:1a:2b:3c:4d:5e"),
    ("mac-addr", "001a.2b3c.4d5e", "mac-addr", "00:1a:2b:3c:4d:5e"),
    ("autonomous-system", "asn 65000", "autonomous-system", "AS65000"),
    ("port", "443/tcp", "port", "443"),
    ("hash", "D41D8CD98F00B204E9800998ECF8427E", "md5", "d41d8cd98f00b204e9800998ecf8427e"),
    ("hash", "AB" * 64, "sha512", "ab" * 64),
    ("ssdeep", '96:abc:de,"x.exe"', "ssdeep", "96:abc:de"),
    ("tlsh", "ab" * 35, "tlsh", f"T1{'AB' * 35}"),
    ("x509-sha1", "AA:" * 19 + "AA", "x509-sha1", "aa" * 20),
    ("x509-serial", "00:0A:FF", "x509-serial", "aff"),
    ("windows-registry-key", r"HKLM\Software\\Foo\ ", "windows-registry-key", r"HKEY_LOCAL_MACHINE\software\foo"),
    ("windows-registry-key", r"hkcu:\Run", "windows-registry-key", r"HKEY_CURRENT_USER\run"),
    ("windows-registry-key", r"\REGISTRY\MACHINE\X", "windows-registry-key", r"HKEY_LOCAL_MACHINE\x"),
    ("vulnerability", "cve-2021-44228", "vulnerability", "CVE-2021-44228"),
    ("file-name", "Invoice.PDF", "file-name", "Invoice.PDF"),
    ("file-name", "/opt/Store", "file-path", "/opt/Store"),
    ("file-path", r"C:\\Windows\System32", "file-path", r"c:\windows\system32"),
    ("bic", "COBA DE FF XXX", "bic", "COBADEFF"),
    ("phone-number", "+44 (0)20 7946 0018", "phone-number", "+442079460018"),
    ("phone-number", "0044 20 7946 0018", "phone-number", "+442079460018"),
    ("payment-card", "4111 1111 1111 1111", "payment-card", "411111******1111"),
    ("user-account", "Twitter: @Foo_Bar", "user-account", "x:foo_bar"),
    ("user-account", "forum.example:Foo", "user-account", "forum.example:Foo"),
    ("text", "a\n\tb\x00\x1b ", "text", "a b"),
    ("eth-address", "0X" + "AB" * 20, "eth-address", "0x" + "ab" * 20),
]


@pytest.mark.parametrize(("claimed", "raw", "name", "value"), FORMS)
def test_each_spelling_has_one_form(claimed: str, raw: str, name: str, value: str) -> None:
    assert canonical(claimed, raw) == (name, value, True, "")


# type -> values that are what they claim, by the standard's own examples
VALID = {
    "btc-address": [  # BIP-173 and BIP-350 test vectors; the Bitcoin wiki's example; the first P2SH ever seen
        "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4",
        "bc1pw508d6qejxtdg4y5r3zarvary0c5xw7kw508d6qejxtdg4y5r3zarvary0c5xw7kt5nd6y",
        "BC1SW50QGDZ25J",
        "bc1zw508d6qejxtdg4y5r3zarvaryvaxxpcs",
        "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
        "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2",
        "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy",
    ],
    "eth-address": [  # EIP-55, test cases
        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
        "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
        "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
        "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
        "0x52908400098527886E0F7030069857D2E4169EE7",
        "0xde709f2102306220921060314715629080e2fb77",
    ],
    "xmr-address": [  # the Monero project's donation address; getmonero.org
        "44AFFq5kSiGBoZ4NMDwYtN18obc8AemS33DBLWs3H7otXft3XjrpDtQGv7SqSsaBYBb98uNbr2VBBEt7f2wfn3RVGQBEP3A",
        "888tNkZrPN6JsEgekjMnABU4TBzc2Dt29EPAvkRxbANsAnjyPbb3iQ1YBRk1UXcdRsiKc9dhwMVgN5S9cQUiyoogDavup3H",
    ],
    "trx-address": ["TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"],  # the contract of USDT on Tron
    "xrp-address": ["rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh"],  # xrpl.org, the genesis account
    "iban": [  # IBAN registry, examples
        "DE89 3704 0044 0532 0130 00",
        "GB29 NWBK 6016 1331 9268 19",
        "FR14 2004 1010 0505 0001 3M02 606",
        "NO93 8601 1117 947",
        "MT84 MALT 0110 0001 2345 MTLC AST0 01S",
    ],
    "payment-card": ["4242 4242 4242 4242", "378282246310005", "6011-1111-1111-1117"],  # the schemes' test numbers
}
INVALID = {
    "btc-address": [  # BIP-173 and BIP-350, invalid: wrong variant, mixed case, version 17, program length, padding
        "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd",
        "BC1S0XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ54WELL",
        "bc1q0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd",
        "bc1p38j9r5y49hruaue7wxjce0updqjuyyx0kh56v8s25huc6995vvpql3jow4",
        "BC130XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ7ZWS8R",
        "bc1pw5dgrnzv",
        "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7v8n0nx0muaewav253zgeav",
        "BC1QR508D6QEJXTDG4Y5R3ZARVARYV98GJ9P",
        "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7v07qwwzcrf",
        "bc1gmk9yu",
        "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN3",
    ],
    "eth-address": ["0x5aAeb6053F3E94C9b9A09f33669435E7Ef1Beaed", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeA"],
    "xmr-address": ["44AFFq5kSiGBoZ4NMDwYtN18obc8AemS33DBLWs3H7otXft3XjrpDtQGv7SqSsaBYBb98uNbr2VBBEt7f2wfn3RVGQBEP3B"],
    "trx-address": ["TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6u", "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2"],
    "iban": ["DE88 3704 0044 0532 0130 00", "XX89370400440532013000", "DE8937040044053201300"],
    "ipv4-addr": ["01.2.3.4", "1.2.3", "256.1.1.1", "1.2.3.4.5", "1.2.3.4/33", "١.2.3.4", "1.2.3.9-1.2.3.1"],
    "ipv6-addr": ["1:2", ":::", "2001:db8::g"],
    "domain-name": ["localhost", "a..b", "-a.com", "a b.com", "a." + "b" * 64, "a.1", "http://a.com/", ""],
    "url": ["http://", "://a", "http:///x", "http://a.com:99999/", "javascript:alert(1)", "http://a b.com/"],
    "email-addr": ["a@b", "@b.com", "a b@c.com", "a@b@c", "a" * 65 + "@b.com"],
    "md5": ["g" * 32, "a" * 31, "a" * 40],
    "vulnerability": ["CVE-21-1", "CVE-2021-123"],
    "windows-registry-key": [r"Software\Foo", "HKXX\\a"],
    "phone-number": ["020 7946 0018", "+1", "+999999999999999999"],
    "autonomous-system": ["AS4294967296", "x"],
    "port": ["65536", "http"],
    "bic": ["COBADEF", "COBAZZFF"],
    "nonsense": ["x"],
}


@pytest.mark.parametrize(("name", "raw"), [(name, raw) for name, raws in VALID.items() for raw in raws])
def test_published_examples_are_valid(name: str, raw: str) -> None:
    assert canonical(name, raw)[:1] + canonical(name, raw)[2:] == (name, True, "")
    assert guess(raw) == canonical(name, raw)


@pytest.mark.parametrize(("name", "raw"), [(name, raw) for name, raws in INVALID.items() for raw in raws])
def test_what_fails_its_own_check_stays_as_text(name: str, raw: str) -> None:
    assert canonical(name, f" {raw} ") == ("text", raw, False, name)


def test_a_card_number_is_never_kept_even_when_mistyped() -> None:
    assert canonical("payment-card", "4111 1111 1111 1112") == ("text", "**** **** **** 1112", False, "payment-card")
    assert guess("4242424242424242").value == "424242******4242"


def test_national_phone_numbers_need_a_region() -> None:
    assert canonical("phone-number", "020 7946 0018", "gb") == Value("phone-number", "+442079460018")
    assert not canonical("phone-number", "020 7946 0018").valid


def test_what_is_too_long_is_cut_and_marked() -> None:
    assert canonical("text", "x" * 10_000) == ("text", "x" * MAX_VALUE, False, "text")
    assert not canonical("url", f"http://a.com/{'ü' * 2000}").valid  # its canonical form would be too long


PIECES = st.text(alphabet="aAbfz0129.:/@[](){}-_%# *+,xhtpHX\\lLMİß٣é。\u200b\n\ud800ǅ", max_size=40)
HEADS = st.sampled_from(
    [
        "http://",
        "hxxps[:]//",
        "a@",
        "1.2.3.",
        "HKLM\\",
        "C:\\",
        "CVE-2020-",
        "+44",
        "00",
        "2001:db8::",
        "x:",
        "T1",
        "0x",
    ]
)
ANY_TEXT = st.one_of(st.text(), PIECES, st.builds(str.__add__, HEADS, PIECES))


def again(value: Value) -> Value:
    return canonical(value.type if value.valid else value.claimed, value.value)


@settings(max_examples=600, deadline=None)
@given(st.sampled_from([*TYPES, "hash", "ip", "host", "wallet", "nonsense"]), ANY_TEXT)
def test_never_raises_and_is_stable(name: str, raw: str) -> None:
    value = canonical(name, raw)
    assert value.type in TYPES
    assert len(value.value) <= MAX_VALUE
    assert again(value) == value
    value.value.encode()  # no lone surrogates: the database would refuse them
    for further in (*derived(value), guess(raw)):
        assert again(further) == further


@settings(max_examples=200, deadline=None)
@given(st.ip_addresses(v=6))
def test_ipv6_agrees_with_the_standard_library(address: Any) -> None:
    expected = ("ipv4-addr", str(address.ipv4_mapped)) if address.ipv4_mapped else ("ipv6-addr", str(address))
    assert canonical("ipv6-addr", address.exploded)[:2] == expected


GUESSES = [
    ("evil[.]com", "domain-name"),
    ("hxxp://evil[.]com/x", "url"),
    ("bit.ly/3xyz", "url"),
    ("report.pdf", "file-name"),
    ("setup.py", "file-name"),
    ("kurir.rs", "domain-name"),
    ("something.notatld", "text"),
    ("10.0.0.0/8", "ip-range"),
    ("2001:db8::1", "ipv6-addr"),
    ("a@b.com", "email-addr"),
    ("+44 20 7946 0018", "phone-number"),
    ("CVE-2021-44228", "vulnerability"),
    ("AS13335", "autonomous-system"),
    (r"HKLM\Software\X", "windows-registry-key"),
    (r"C:\Users\x\a.exe", "file-path"),
    ("telegram:@foo", "user-account"),
    ("00:1a:2b:3c:4d:5e", "mac-addr"),
    ("80", "text"),
    ("2020-01-02", "text"),
    ("Just some words.", "text"),
    ("1234 5678 9012 3456", "text"),
    ("", "text"),
]


@pytest.mark.parametrize(("raw", "name"), GUESSES)
def test_guess(raw: str, name: str) -> None:
    assert guess(raw).type == name


DERIVED = [
    ("https://sub.evil.com/x", [("domain-name", "sub.evil.com")]),
    ("http://1.2.3.4:8080/", [("ipv4-addr", "1.2.3.4")]),
    ("http://[2001:db8::1]/", [("ipv6-addr", "2001:db8::1")]),
    ("https://t.me/Bad_Guy", [("domain-name", "t.me"), ("user-account", "telegram:bad_guy")]),
    ("https://t.me/joinchat/abc", [("domain-name", "t.me")]),
    ("http://user@evil.com/", [("domain-name", "evil.com")]),
    ("file:///etc/passwd", []),
]


@pytest.mark.parametrize(("url", "inside"), DERIVED)
def test_derived_of_a_url(url: str, inside: list[tuple[str, str]]) -> None:
    assert [value[:2] for value in derived(canonical("url", url))] == inside


def test_derived_of_an_address_for_mail() -> None:
    assert derived(canonical("email-addr", "x@gmail.com")) == ()
    assert derived(canonical("email-addr", "x@evil.com")) == (Value("domain-name", "evil.com"),)
    assert derived(canonical("email-addr", "nothing")) == ()


def test_refang() -> None:
    assert refang("hxxps[:]//evil[.]com and me[at]x(dot)org") == "https://evil.com and me@x.org"


def test_weights_are_weights() -> None:
    assert all(0 < kind.telling <= 1 and kind.label for kind in TYPES.values())
    assert TYPES["iban"].personal and not TYPES["sha256"].personal


def test_the_hot_path_is_cheap() -> None:
    raws = [
        ("sha256", "AB" * 32),
        ("ipv4-addr", "1.2.3.4"),
        ("domain-name", "a.example.com"),
        ("url", "https://a.com/B"),
    ]
    started = time.process_time()
    for name, raw in raws * 1_000:
        canonical(name, raw)
    assert time.process_time() - started < 0.1  # 25 us each; 1 to 3 us measured on one idle core


# -- real files ---------------------------------------------------------------------------------------------------

MISP = {
    **dict.fromkeys(("ip-dst", "ip-src"), "ip"),
    **{name: name for name in ("url", "md5", "sha1", "sha256", "mutex", "port", "vulnerability")},
    **dict.fromkeys(("email-src", "email-dst"), "email-addr"),
    "domain": "domain-name",
    "regkey": "windows-registry-key",
}
# What the senders wrote that is no such thing: an alternative of hives, and a class id without a hive
NO_KEYS = {
    r"(HKLM|HKCU)\Software\Microsoft\Windows\CurrentVersion\Explorer\CLSID" + "\\",
    "{59031A47-3F72-44A7-80C5-5595FE6B30EE}",
}


def attributes(node: Any) -> Iterator[tuple[str, str]]:
    if isinstance(node, dict):
        if "category" in node and "value" in node and node.get("type") in MISP:
            yield MISP[node["type"]], str(node["value"])
        node = list(node.values())
    if isinstance(node, list):
        for child in node:
            yield from attributes(child)


@needs_data
def test_every_value_of_the_real_misp_events_is_what_it_claims() -> None:
    pairs = [
        pair for path in sorted((DATA / "misp").glob("*.json")) for pair in attributes(json.loads(path.read_bytes()))
    ]
    values = [canonical(*pair) for pair in pairs]
    assert len(values) > 500
    assert {value.value for value in values if not value.valid} == NO_KEYS
    assert all(again(value) == value for value in values)


@needs_data
def test_every_domain_of_the_real_stix_indicators_is_one() -> None:
    found = 0
    for path in sorted((DATA / "stix").glob("amnesty-*.json")):
        for element in json.loads(path.read_bytes())["objects"]:
            head, _, rest = element.get("pattern", "").partition("[domain-name:value='")
            if not head and rest:
                value = canonical("domain-name", rest.removesuffix("']"))
                assert value.valid and value.type == "domain-name", rest
                assert guess(value.value) == value or value.value == "amazing.lab"  # no such top-level domain
                found += 1
    assert found > 400
