"""E-mail: whose addresses they are, links under their words, attachments hashed and cut out, forwarded phishes."""

from __future__ import annotations

import hashlib
from email.message import EmailMessage
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hueandcry.exchange import email_message
from hueandcry.exchange.drafts import Draft, Loss, ObjectDraft, Options, ReportDraft, Unreadable

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 50
VIRUS = b"MZ made up, no program" * 10


def phish(*, attach: bool = False) -> EmailMessage:
    message = EmailMessage()
    message["Received"] = "from mx.example.org ([198.51.100.9]) by mail.example.com; Tue, 4 Mar 2025 10:00:01 +0100"
    message["Return-Path"] = "<bounce@evil.example.org>"
    message["From"] = "Your Bank <security@evil.example.org>"
    message["Reply-To"] = "collect@drop.example.net"
    message["To"] = "victim@example.com"
    message["Subject"] = "Ihr Konto läuft ab"
    message["Date"] = "Tue, 04 Mar 2025 10:00:00 +0100"
    message.set_content("Bitte zahlen Sie auf DE89370400440532013000.\n")
    message.add_alternative(
        '<style>p{}</style><p>Click <a href="https://login.evil.example.org/x?y=1">https://bank.example</a></p>'
        '<form action="https://take.evil.example.org/post"></form><script>var a="http://no.example.org"</script>',
        subtype="html",
    )
    if attach:
        message.add_attachment(VIRUS, maintype="application", subtype="octet-stream", filename="Rechnung.exe")
        message.add_attachment(PNG, maintype="image", subtype="png", filename="logo.png")
    return message


def read(raw: bytes) -> list[Draft]:
    return list(email_message.read(raw, Options(filename="mail.eml")))


def of(kind: type, drafts: list[Draft]) -> list[Any]:
    return [draft for draft in drafts if isinstance(draft, kind)]


def seen(drafts: list[Draft]) -> dict[tuple[str, str], str]:
    return {(one.type, one.value): one.role for one in of(ObjectDraft, drafts)[0].observations}


def test_whose_values_they_are() -> None:
    roles = seen(read(phish().as_bytes()))
    assert roles["email-addr", "security@evil.example.org"] == "attacker"
    assert roles["email-addr", "collect@drop.example.net"] == "attacker"
    assert roles["email-addr", "victim@example.com"] == "victim"
    assert roles["ipv4-addr", "198.51.100.9"] == "unknown"
    assert roles["iban", "DE89370400440532013000"] == "mule"
    assert roles["url", "https://login.evil.example.org/x?y=1"] == "attacker"
    assert ("domain-name", "example.com") not in roles
    assert not any("no.example.org" in value for _, value in roles)


def test_the_report_says_what_was_sent_and_when() -> None:
    report = of(ReportDraft, read(phish().as_bytes()))[0]
    assert report.title == "Ihr Konto läuft ab"
    assert "Bitte zahlen Sie" in report.account
    assert report.occurred_from.isoformat() == "2025-03-04T09:00:00+00:00"


def test_attachments_are_hashed_and_cut_out() -> None:
    raw = phish(attach=True).as_bytes()
    drafts = read(raw)
    element = of(ObjectDraft, drafts)[0]
    roles = seen(drafts)
    assert roles["sha256", hashlib.sha256(VIRUS).hexdigest()] == "attacker"
    assert roles["md5", hashlib.md5(VIRUS, usedforsecurity=False).hexdigest()] == "attacker"
    assert roles["file-name", "Rechnung.exe"] == "attacker"
    assert ("sha256", hashlib.sha256(PNG).hexdigest()) not in roles
    assert "TVogbWFkZSB1cCw" in raw.decode()
    assert "TVogbWFkZSB1cCw" not in element.text
    assert "iVBORw0KGgo" not in element.text
    assert "not kept here" in element.text
    assert any("PNG picture logo.png" in one.what for one in of(Loss, drafts))


def test_without_attachments_the_element_is_the_message_itself() -> None:
    raw = phish().as_bytes()
    assert of(ObjectDraft, read(raw))[0].text == raw.decode()


def test_a_forwarded_phish_is_the_innermost_message() -> None:
    outer = EmailMessage()
    outer["From"] = "Clerk <clerk@example.com>"
    outer["To"] = "abuse@example.com"
    outer["Subject"] = "FW: suspicious"
    outer["Date"] = "Wed, 05 Mar 2025 08:00:00 +0000"
    outer.set_content("Please look, https://intranet.example.com/ticket")
    outer.add_attachment(phish())
    drafts = read(outer.as_bytes())
    report, roles = of(ReportDraft, drafts)[0], seen(drafts)
    assert report.title == "Ihr Konto läuft ab"
    assert report.reported_at.isoformat() == "2025-03-05T08:00:00+00:00"
    assert roles["email-addr", "clerk@example.com"] == "victim"
    assert roles["email-addr", "security@evil.example.org"] == "attacker"
    assert not any("intranet" in value for _, value in roles)


def letter(sender: str = "clerk@shop.example.com", to: str = "reports@alliance.example") -> EmailMessage:
    message = EmailMessage()
    message["From"] = f"Shop <{sender}>"
    message["To"] = to
    message["Subject"] = "We were cheated"
    message["Date"] = "Wed, 05 Mar 2025 08:00:00 +0000"
    message.set_content(
        "On 2025-03-04 we paid to DE89370400440532013000. The page was evil.example.org.\n"
        "Crime reference: GB-2025-1234567. Our postcode is LS1 4AP.\n\nShop, clerk@shop.example.com, +44 113 496 0000\n"
    )
    return message


def sent_by(person: str, message: EmailMessage) -> list[Draft]:
    return list(email_message.read(message.as_bytes(), Options(sender=person)))


def test_a_letter_of_who_sends_the_file_names_no_attacker_but_whom_it_names() -> None:
    drafts = sent_by("Clerk@shop.example.com", letter())
    report, roles = of(ReportDraft, drafts)[0], seen(drafts)
    assert not any(kind in ("email-addr", "email-subject") for kind, _ in roles)
    assert roles["iban", "DE89370400440532013000"] == "mule"
    assert (report.victim_reference, report.victim_area) == ("GB20251234567", "LS1")
    assert report.occurred_from is None
    assert report.reported_at.isoformat() == "2025-03-05T08:00:00+00:00"


@pytest.mark.parametrize(
    ("person", "message"),
    [
        ("", letter()),
        ("analyst@police.example", letter()),
        ("clerk@shop.example.com", letter(to="clerk@shop.example.com")),  # a blackmailer writes from one's own address
    ],
)
def test_any_other_message_is_a_phish_whose_numbers_are_the_criminals(person: str, message: EmailMessage) -> None:
    drafts = sent_by(person, message)
    report, roles = of(ReportDraft, drafts)[0], seen(drafts)
    assert ("email-addr", "clerk@shop.example.com") in roles
    assert (report.victim_reference, report.victim_area, report.victim_countries) == ("", "", ())


@pytest.mark.parametrize("person", ["clerk@shop.example.com", ""])
def test_a_phish_passed_on_within_the_text_is_the_inner_message(person: str) -> None:
    outer = letter()
    outer.replace_header("Subject", "Fwd: Your account")
    outer.set_content(
        "Police case number GB-2025-1234567.\n\n---------- Forwarded message ---------\n"
        "From: Bank <security@evil.example.org>\nDate: Tue, 4 Mar 2025 10:00:00 +0100\nSubject: Your account\n"
        "To: <boss@shop.example.com>\n\nYour case number is 99887766. Pay to DE89370400440532013000.\n"
    )
    drafts = sent_by(person, outer)
    report, roles = of(ReportDraft, drafts)[0], seen(drafts)
    assert roles["email-addr", "security@evil.example.org"] == "attacker"
    assert roles["email-addr", "clerk@shop.example.com"] == "victim"
    assert roles["email-addr", "boss@shop.example.com"] == "victim"
    assert report.title == "Your account"
    assert report.occurred_from.isoformat() == "2025-03-04T09:00:00+00:00"
    assert report.victim_reference == "GB20251234567"
    assert "Police case" not in report.account
    assert any("within its text" in one.what for one in of(Loss, drafts))


def test_who_forwards_as_an_attachment_says_which_case_it_is() -> None:
    outer = letter()
    outer.set_content("Crime reference: GB-2025-1234567")
    outer.add_attachment(phish())
    report = of(ReportDraft, sent_by("clerk@shop.example.com", outer))[0]
    assert (report.title, report.victim_reference) == ("Ihr Konto läuft ab", "GB20251234567")


@pytest.mark.parametrize(
    "raw",
    [
        b"just some text",
        b"From: a\n",
        b"From: a@b.c\nTo: d@e.f\nDate: x\nContent-Type: multipart/mixed; boundary=a\n\n" + b"boundary" * 600,
    ],
)
def test_what_is_no_message_is_unreadable(raw: bytes) -> None:
    with pytest.raises(Unreadable):
        read(raw)


def test_nesting_is_bounded() -> None:
    head = b"From: a@example.org\nTo: b@example.org\nSubject: x\n"
    raw = head + b"".join(
        b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (level, level) for level in range(200)
    )
    with pytest.raises(Unreadable, match="nested"):
        read(raw)


@pytest.mark.parametrize(
    "header",
    [
        b"Subject: =?utf-8?b?/w==?=",
        b"Subject: =?no-such?q?x?=",
        b"From: <<<>>>@@@,,;;",
        b"Date: 99 Foo 99999",
        b"To: \xff\xfe",
        b"Content-Type: text/plain; charset=no-such",
        b"Content-Type: text/plain; charset=\xff",
        b'Content-Type: text/html; name*0*=x"',
        b"Content-Transfer-Encoding: base64",
        b"From: " + b"(" * 5000,
        b"From: " + b'"' * 5000,
    ],
)
def test_hostile_headers_are_read_as_far_as_they_go(header: bytes) -> None:
    raw = header + b"\nFrom: a@example.org\nTo: b@example.org\nSubject: x\nDate: y\n\nSee https://evil.example.org/a"
    assert len(of(ObjectDraft, read(raw))) == 1


def test_hostile_markup_takes_bounded_time() -> None:
    head = b"From: a@example.org\nTo: b@example.org\nSubject: x\nContent-Type: text/html\n\n"
    for markup in (b"<!" * 200_000, b"<a " * 200_000, b"<a href=" * 50_000, b"&#" * 200_000, b"<![CDATA[" * 50_000):
        assert len(of(ObjectDraft, read(head + markup))) == 1


@given(st.binary(max_size=300))
@settings(max_examples=200, deadline=None)
def test_nothing_but_unreadable_is_raised(raw: bytes) -> None:
    head = b"From: a@example.org\nTo: b@example.org\nSubject: x\n"
    for content in (raw, head + raw, head + b"Content-Type: multipart/mixed; boundary=a\n\n--a\n" + raw):
        try:
            read(content)
        except Unreadable:
            continue
