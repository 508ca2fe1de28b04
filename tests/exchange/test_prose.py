"""Observables in prose: what is found, what is left alone, and that hostile text costs no more than its length."""

from __future__ import annotations

import csv
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hueandcry.exchange.drafts import MAX_OBSERVATIONS
from hueandcry.exchange.observables import canonical
from hueandcry.exchange.prose import find

DATA = Path(__file__).resolve().parents[2] / ".." / "shared" / "data"
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="the real files of ../shared/data are not here")

FOUND = [
    # text, type, value, how it stood there
    ("see hxxps://evil[.]com/a(b).", "url", "https://evil.com/a(b)", "hxxps://evil[.]com/a(b)"),
    ("<https://foo.example.com/x>", "url", "https://foo.example.com/x", "https://foo.example.com/x"),
    ("[here](http://evil.de/path).", "url", "http://evil.de/path", "http://evil.de/path"),
    ("https[:]//x[.]y[.]com[/]z", "url", "https://x.y.com/z", "https[:]//x[.]y[.]com[/]z"),
    ("siehe „http://evil.de/“", "url", "http://evil.de/", "http://evil.de/"),
    ("访问 http://evil.cn/a。然后", "url", "http://evil.cn/a", "http://evil.cn/a"),
    ("evil.com/login.php?x=1, then", "url", "http://evil.com/login.php?x=1", "evil.com/login.php?x=1"),
    ("mail user[at]example[dot]org now", "email-addr", "user@example.org", "user[at]example[dot]org"),
    ("bob (at) corp [dot] com", "email-addr", "bob@corp.com", "bob (at) corp [dot] com"),
    ("from 1.2.3[.]4,", "ipv4-addr", "1.2.3.4", "1.2.3[.]4"),
    ("block 10.0.0.0/8.", "ip-range", "10.0.0.0/8", "10.0.0.0/8"),
    ("192.168.1.1-192.168.1.9", "ip-range", "192.168.1.1-192.168.1.9", "192.168.1.1-192.168.1.9"),
    ("C2 2001:db8::1 here", "ipv6-addr", "2001:db8::1", "2001:db8::1"),
    ("mac 00-1A-2b-3C-4D-5e", "mac-addr", "00:1a:2b:3c:4d:5e", "00-1A-2b-3C-4D-5e"),
    ("the site (evil.co.uk).", "domain-name", "evil.co.uk", "evil.co.uk"),
    ("bücher.de ist", "domain-name", "xn--bcher-kva.de", "bücher.de"),
    ("evil[.]zip", "domain-name", "evil.zip", "evil[.]zip"),
    ("at finance.gov.py today", "domain-name", "finance.gov.py", "finance.gov.py"),
    ("login-bank.app stole", "domain-name", "login-bank.app", "login-bank.app"),
    ("expyuzz4wqqyqhjn.onion", "domain-name", "expyuzz4wqqyqhjn.onion", "expyuzz4wqqyqhjn.onion"),
    ("write to t.me/Bad_Guy now", "user-account", "telegram:bad_guy", "t.me/Bad_Guy"),
    ("Telegram: @scam_99!", "user-account", "telegram:scam_99", "scam_99"),
    ("by @otherguy on Twitter", "user-account", "x:otherguy", "otherguy"),
    ("Telegram: scam_99", "user-account", "telegram:scam_99", "scam_99"),
    ("IBAN: DE89 3704 0044 0532 0130 00 BIC", "iban", "DE89370400440532013000", "DE89 3704 0044 0532 0130 00"),
    ("auf DE89370400440532013000.", "iban", "DE89370400440532013000", "DE89370400440532013000"),
    ("BIC: COBADEFFXXX", "bic", "COBADEFF", "COBADEFFXXX"),
    ("call +44 20 7946 0018 2021", "phone-number", "+442079460018", "+44 20 7946 0018"),
    ("card 4111 1111 1111 1111.", "payment-card", "411111******1111", "4111 1111 1111 1111"),
    ("his Visa 4111111111111111", "payment-card", "411111******1111", "4111111111111111"),
    ("cve-2021-44228 was", "vulnerability", "CVE-2021-44228", "cve-2021-44228"),
    ("in AS13335", "autonomous-system", "AS13335", "AS13335"),
    (
        "md5 d41d8cd98f00b204e9800998ecf8427e",
        "md5",
        "d41d8cd98f00b204e9800998ecf8427e",
        "d41d8cd98f00b204e9800998ecf8427e",
    ),
    ("imphash: " + "a1" * 16, "imphash", "a1" * 16, "a1" * 16),
    ("JA3 " + "a1" * 16, "ja3", "a1" * 16, "a1" * 16),
    ("thumbprint " + "A1" * 20, "x509-sha1", "a1" * 20, "A1" * 20),
    (
        r"key HKLM\Software\Microsoft\Windows NT\CurrentVersion\Run and so on",
        "windows-registry-key",
        r"HKEY_LOCAL_MACHINE\software\microsoft\windows nt\currentversion\run",
        r"HKLM\Software\Microsoft\Windows NT\CurrentVersion\Run",
    ),
    *(
        (f"pay to {wallet}, or", name, value, wallet)
        for name, wallet, value in (
            ("btc-address", "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2", "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2"),
            ("btc-address", "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"),
            ("eth-address", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed"),
            ("trx-address", "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t", "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"),
        )
    ),
]


@pytest.mark.parametrize(("text", "name", "value", "stood"), FOUND)
def test_found(text: str, name: str, value: str, stood: str) -> None:
    found = list(find(text))
    assert [(one.type, one.value, text[one.start : one.end], one.valid) for one in found] == [
        (name, value, stood, True)
    ]


@pytest.mark.parametrize(
    "text",
    [
        "see report.pdf, invoice.docx, update.zip, install.sh, setup.py, readme.md and main.cpp",
        "Safari.app and libcrypto.so were replaced",
        "This is the end.Next we go. It was ASP.NET, Node.js, e.g. i.e. U.S. a.m. p.m. z.B. d.h.",
        "version 1.2.3.4, v1.2.3.4, build 10.0.19041.1 and firmware: 6.0.5.1",
        "On 12.10.2020 at 12:30:45, 2020-01-02T10:00:00, chapter 1.2.3 of 01.02.03.04",
        "std::vector, a::b, 10:20, ratio 1:2:3",
        "it cost 1,234,567.89 EUR or 4000 5000 6000 7000; order 1234567890123456",
        "the meeting (at) noon [at] home",
        "COBADEFF and WEBSITES are words in capitals",
        "00000000000000000000000000000000 and " + "a" * 32,
        "us_weather.gov is a name, not a host",
        "@home is where the heart is; someone@ nowhere",
        "INCIDENT2020ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    ],
)
def test_left_alone(text: str) -> None:
    assert list(find(text)) == []


@pytest.mark.parametrize(
    ("text", "claimed"),
    [
        ("IBAN DE88 3704 0044 0532 0130 00", "iban"),
        ("bitcoin wallet 1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN3", "btc-address"),
        ("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5", "btc-address"),
        ("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1Beaed", "eth-address"),
    ],
)
def test_a_wrong_checksum_is_told_where_it_is_clear_what_was_meant(text: str, claimed: str) -> None:
    (found,) = find(text)
    assert (found.type, found.valid, found.claimed) == ("text", False, claimed)
    assert "".join(text[found.start : found.end].split()) == found.value


def test_a_national_phone_number_needs_a_region() -> None:
    text = "Call 020 7946 0018 today"
    assert list(find(text)) == []
    (found,) = find(text, "GB")
    assert (found.value, text[found.start : found.end]) == ("+442079460018", "020 7946 0018")


def test_a_whole_report_in_order_and_without_overlap() -> None:
    text = (
        "On 3 March the victim got mail from billing[@]evil-pay[.]com with hxxp://1.2.3.4:8080/a,http://b.com/c and "
        "invoice.pdf (SHA-256 " + "ab1" * 21 + "c). IBAN DE89370400440532013000 or 1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2."
    )
    assert [one.type for one in find(text)] == ["email-addr", "url", "url", "sha256", "iban", "btc-address"]


WORDS = st.lists(
    st.one_of(
        st.text(max_size=12),
        st.sampled_from([text for text, *_ in FOUND]),
        st.sampled_from(["[.]", "(dot)", "[at]", "hxxp://", "@", ".", "[:]", "\\", "DE89 ", "+44 ", "1.2.3.4"]),
    ),
    max_size=12,
).map("".join)


@settings(max_examples=400, deadline=None)
@given(WORDS, st.sampled_from(["", "GB", "US", "XX"]))
def test_never_raises_and_each_place_is_where_it_stood(text: str, region: str) -> None:
    last = 0
    for one in find(text, region):
        assert last <= one.start < one.end <= len(text)
        last = one.end
        name = one.type if one.valid else one.claimed
        assert canonical(name, one.value) == (one.type, one.value, one.valid, one.claimed)


HOSTILE = [
    "a.", "[.]", "@", "1", "1 ", "4111 ", "a@a.", "a@a.com ", "+1", "+12 ", ":", "a:", "http://", "http://a.b/)",
    "HKLM\\", "HKLM\\a b c d", "1BvBMSEYst", "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2 ", "DE89 ", "DE89A", "1.1.",
    "1.1.1.1 ", "-", "telegram:@", "aa.bb.com ", "\\", " ", "é.", "münchen.de ", "00", "BIC ", "[", " (at) ", "f0",
    "+442079460018 ", "020 7946 0018 ", "x://", "https://a.bc/" + "(" * 50, "@a on ", "0x", "bc1q", "CVE-2020-",
]  # fmt: skip


@pytest.mark.parametrize("piece", HOSTILE)
def test_a_quarter_of_a_megabyte_of_hostile_text_takes_no_more_than_its_share(piece: str) -> None:
    """The aim is two seconds for a megabyte, whatever it holds; a quarter keeps the test short and shows a square."""
    text = piece * (250_000 // len(piece))
    took = []
    while len(took) < 3 and min(took, default=2.0) >= 1.5:  # a machine that does other things too is slow by chance
        started = time.process_time()
        count = sum(1 for _ in find(text))
        took.append(time.process_time() - started)
        assert count <= 2 * MAX_OBSERVATIONS
    assert min(took) < 1.5


@needs_data
def test_real_accounts_of_incidents_give_no_nonsense() -> None:
    """By eye, every one of the 70 or so values in EuRepoC's texts is one; their number guards against a flood."""
    with (DATA / "incidents" / "eurepoc-1.1.csv").open(encoding="utf-8-sig", newline="") as file:
        found = [one for row in csv.DictReader(file) for one in find(f"{row['name']}\n{row['description']}")]
    kinds = {one.type for one in found}
    assert kinds == {"domain-name", "vulnerability", "url"}
    assert 60 <= len(found) <= 80
    assert {"sberbank.ru", "CVE-2017-0005", "http://bit.ly/3YwNryo"} <= {one.value for one in found}
