"""What a letter reports: its attachments, a phish passed on, its words; abuse reports of machines."""

from __future__ import annotations

import io
import json
import time
import zipfile
from email.message import EmailMessage
from typing import Any

import pytest

from hueandcry.exchange import formats, letter
from hueandcry.exchange.drafts import Loss, ObjectDraft, Options, Refusal, ReportDraft, Unreadable
from tests.exchange.mailbox.letters import TABLE
from tests.exchange.mailbox.letters import letter as written

HEAD = (
    b"From: a@bank.example\r\nTo: r@x.example\r\nSubject: abuse\r\nDate: Fri, 02 Jan 2026 10:00:00 +0000\r\n"
    b"MIME-Version: 1.0\r\n"
)


def read(raw: bytes) -> tuple[list[ReportDraft], list[ObjectDraft], list[Refusal], list[Loss]]:
    drafts = list(formats.read(raw, Options(), "letter")[1])
    return tuple([d for d in drafts if isinstance(d, kind)] for kind in (ReportDraft, ObjectDraft, Refusal, Loss))  # type: ignore[return-value]


def multipart(*parts: tuple[str, bytes], kind: str = "mixed") -> bytes:
    body = b"".join(b"--B\r\n" + head.encode() + b"\r\n\r\n" + content + b"\r\n" for head, content in parts)
    return HEAD + f'Content-Type: multipart/{kind}; boundary="B"\r\n\r\n'.encode() + body + b"--B--\r\n"


def test_attachments_are_read_each_by_its_own_format() -> None:
    bundle = {
        "type": "bundle",
        "id": "bundle--44af6c39-c09b-49c5-9de2-394224b04982",
        "objects": [
            {
                "type": "domain-name",
                "spec_version": "2.1",
                "id": "domain-name--3c10e93f-798e-5a26-a0c1-08156efab7f5",
                "value": "x.example",
            }
        ],
    }
    reports, objects, refusals, losses = read(
        written(cases__csv=TABLE, bundle__json=json.dumps(bundle).encode(), broken__json=b"{", prog__exe=b"MZ\x90\x00")
    )
    assert [r.title for r in reports] == ["A false shop", "bundle.json"]
    assert [o.place.split(":")[0] for o in objects] == ["cases.csv", "bundle.json"]
    assert sorted(r.place.split(":")[0] for r in refusals) == ["broken.json", "prog.exe"]
    assert any("letter itself" in loss.what for loss in losses)


def test_words_alone_are_the_report_and_its_sender_no_criminal() -> None:
    reports, objects, _refusals, _losses = read(written(text="They run false-shop.pt since May.", subject="A shop"))
    assert [r.title for r in reports] == ["A shop"]
    values = {(o.type, o.value) for o in objects[0].observations}
    assert ("domain-name", "false-shop.pt") in values
    assert not any("bank.example" in value for _kind, value in values)


def test_a_phish_passed_on_is_the_report() -> None:
    phish = EmailMessage()
    phish["From"], phish["To"], phish["Subject"] = "x@evil.example", "v@v.example", "Pay now"
    phish["Date"] = "Thu, 01 Jan 2026 10:00:00 +0000"
    phish.set_content("Go to http://evil-login.example/")
    phish.add_attachment(TABLE, maintype="text", subtype="csv", filename="bait.csv")
    outer = EmailMessage()
    outer["From"], outer["To"], outer["Subject"] = "a@bank.example", "r@x.example", "Fwd"
    outer["Date"] = "Fri, 02 Jan 2026 10:00:00 +0000"
    outer.set_content("Look at this.")
    outer.add_attachment(phish)
    reports, objects, refusals, _losses = read(outer.as_bytes())
    assert [r.title for r in reports] == ["Pay now"]  # the criminals' own attachment makes no report
    assert refusals == []
    roles = {(o.value, o.role) for o in objects[0].observations}
    assert ("x@evil.example", "attacker") in roles
    assert ("v@v.example", "victim") in roles


XARF_YAML = b"""---
Reported-From: noc@hoster.example
Category: abuse
Report-Type: login-attack
Service: ssh
Version: 0.2
User-Agent: x
Date: Thu, 01 Jan 2026 12:00:00 +0100
Source-Type: ipv4
Source: 192.0.2.7
Port: 22
Report-ID: 77@hoster.example
Schema-URL: http://www.x-arf.org/schema/abuse_login-attack_0.1.2.json
Attachment: text/plain
"""


@pytest.mark.parametrize("named", [True, False])
def test_x_arf(named: bool) -> None:
    name = '; name="report.txt"' if named else ""
    reports, objects, refusals, _losses = read(
        multipart(
            ("Content-Type: text/plain", b"Somebody guessed passwords."),
            (f"Content-Type: text/plain{name}", XARF_YAML),
            ('Content-Type: text/plain; name="logfile.log"', b"Jan 1 sshd: Failed password from 192.0.2.99"),
        )
    )
    (report,), (element,) = reports, objects
    assert (report.title, report.classes) == ("login attack: 192.0.2.7", (("intrusion-attempt", "login-attempt"),))
    assert report.occurred_from is not None
    assert report.occurred_from.isoformat() == "2026-01-01T11:00:00+00:00"
    assert [(o.type, o.value, o.role) for o in element.observations] == [("ipv4-addr", "192.0.2.7", "attacker")]
    assert (report.labels, refusals, report.key) == (("login-attack", "abuse"), [], "xarf:77@hoster.example")
    assert "guessed passwords" in report.account


V3: dict[str, Any] = {
    "Version": "3",
    "ReporterInfo": {"ReporterOrg": "A Hoster"},
    "Disclosure": True,
    "Report": {
        "ReportClass": "Content",
        "ReportType": "Phishing",
        "Date": "2026-01-01T12:00:00Z",
        "SourceUrl": "https://evil-login.example/x",
        "Source": {"IP": "192.0.2.8"},
        "Samples": [{"Payload": "eHg="}],
    },
}
V4: dict[str, Any] = {
    "xarf_version": "4.0.0",
    "report_id": "8c680848-3138-4da1-a290-cb20a7983326",
    "timestamp": "2026-01-01T12:00:00Z",
    "reporter": {"org": "A Hoster"},
    "sender": {"org": "A Hoster"},
    "source_identifier": "192.0.2.9",
    "category": "connection",
    "type": "ddos",
    "description": "a flood",
}


@pytest.mark.parametrize(
    ("content", "title", "classes", "values"),
    [
        (
            V3,
            "phishing: 192.0.2.8",
            ("information-gathering", "phishing"),
            {"https://evil-login.example/x", "evil-login.example", "192.0.2.8"},
        ),
        (V4, "ddos: 192.0.2.9", ("availability", "dos-ddos"), {"192.0.2.9"}),
    ],
)
def test_xarf_as_json(content: dict[str, Any], title: str, classes: Any, values: set[str]) -> None:
    reports, objects, _refusals, _losses = read(written(xarf__json=json.dumps(content).encode()))
    (report,), (element,) = reports, objects
    assert report.classes == (classes,)
    assert {o.value for o in element.observations} == values
    assert {o.role for o in element.observations} == {"attacker"}
    assert report.title.split(": ")[0] == title.split(": ")[0]
    assert report.occurred_from is not None


def test_abuse_of_children_is_refused_with_where_to_go() -> None:
    content = V4 | {"category": "content", "type": "csam"}
    reports, objects, refusals, _losses = read(written(xarf__json=json.dumps(content).encode()))
    assert (reports, objects, len(refusals)) == ([], [], 1)
    assert "inhope.org" in refusals[0].reason


def test_arf() -> None:
    feedback = (
        b"Feedback-Type: abuse\r\nUser-Agent: x/1\r\nVersion: 1\r\nSource-IP: 192.0.2.1\r\n"
        b"Reported-URI: http://spam.example/\r\nReported-Domain: spam.example\r\n"
        b"Arrival-Date: Thu, 8 Mar 2026 14:00:00 EDT\r\n"
    )
    spam = (
        b"From: s@spam.example\r\nTo: v@v.example\r\nSubject: Earn money\r\n"
        b"Date: Thu, 8 Mar 2026 17:40:36 EDT\r\n\r\nSpam"
    )
    raw = multipart(
        ("Content-Type: text/plain", b"This is a report."),
        ("Content-Type: message/feedback-report", feedback),
        ("Content-Type: message/rfc822", spam),
        kind='report; report-type="feedback-report"',
    )
    reports, objects, _refusals, _losses = read(raw)
    assert [r.classes for r in reports] == [(("abusive-content", "spam"),)]
    assert {"192.0.2.1", "http://spam.example/", "spam.example"} <= {o.value for o in objects[0].observations}


def test_hostile_letters_end_soon_and_are_told() -> None:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("zeros.txt", b"\0" * 20_000_000)
    nested = b"text"
    for number in range(60):
        mark = f"m{number}".encode()
        head = b'Content-Type: multipart/mixed; boundary="' + mark + b'"\r\n\r\n--' + mark
        nested = head + b"\r\n" + nested + b"\r\n--" + mark + b"--\r\n"
    begun = time.monotonic()
    for raw, word in (
        (HEAD + nested, "nested"),
        (HEAD + b"X-Y: z\r\n" * 10_000 + b"\r\nwords", "headers"),
        (HEAD + b"\r\n", "neither words nor a file"),
        (multipart(*[("Content-Type: text/plain", b"x")] * 600), "parts"),
    ):
        with pytest.raises(Unreadable, match=word):
            read(raw)
    _reports, _objects, refusals, _losses = read(written(bomb__zip=bomb.getvalue()))
    assert any("bomb" in refusal.reason for refusal in refusals)
    for charset in ("nonsense", "utf-7", "\\xff", "idna", "rot13", "zlib_codec"):
        raw = (
            HEAD
            + f'Content-Type: text/plain; charset="{charset}"\r\n\r\n'.encode()
            + b"words \xff\xfe about evil.example"
        )
        assert len(read(raw)[0]) == 1
    assert time.monotonic() - begun < 20


def test_a_picture_in_a_letter_is_not_looked_at() -> None:
    reports, _objects, refusals, losses = read(written(logo__png=b"\x89PNG\r\n\x1a\n" + b"\0" * 40, cases__csv=TABLE))
    assert ([r.title for r in reports], refusals) == (["A false shop"], [])
    assert any("picture" in loss.what for loss in losses)


def test_an_upload_is_never_taken_for_a_letter() -> None:
    """An .eml by the page may be the phish itself: its attachments are the criminals'."""
    assert formats.detect(written(cases__csv=TABLE)).name == "email"
    assert not letter.never(written())
    with pytest.raises(Unreadable):
        formats.detect(TABLE, "", "letter")
