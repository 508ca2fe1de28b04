"""A message passed on within another's text: found as mail programs write it, and an answer's quotation is none."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hueandcry.exchange import forwarded

GMAIL = """Please look at this. Police reference GB-2026-1234567.

---------- Forwarded message ---------
From: Your Bank <security@evil.example.org>
Date: Tue, 4 Mar 2025 10:00:00 +0100
Subject: Your account expires
To: <clerk@shop.example.com>


Click https://login.evil.example.org/x
"""
OUTLOOK = """Bitte prüfen.

-----Ursprüngliche Nachricht-----
Von: Ihre Bank [mailto:security@evil.example.org]
Gesendet: Dienstag, 4. März 2025 10:00
An: Kasse <clerk@shop.example.com>
Betreff: Ihr Konto

Klicken Sie hier.
"""
APPLE = """Begin forwarded message:

> From: "Votre banque" <security@evil.example.org>
> Subject: Votre compte
> Date: 4 March 2025 at 10:00:00 CET
> To: clerk@shop.example.com
>
> Cliquez.
"""


@pytest.mark.parametrize(
    ("subject", "written", "title"),
    [
        ("Fwd: Your account expires", GMAIL, "Your account expires"),
        ("WG: Ihr Konto", OUTLOOK, "Ihr Konto"),
        ("look", APPLE, "Votre compte"),
    ],
)
def test_what_was_passed_on_is_found(subject: str, written: str, title: str) -> None:
    found = forwarded.inline(subject, written)
    assert found is not None
    assert found.senders == ("security@evil.example.org",)
    assert found.recipients == ("clerk@shop.example.com",)
    assert found.subject == title
    assert "From" not in found.body and found.body
    assert "evil" not in found.words


def test_an_answer_that_quotes_the_victim_is_no_forward() -> None:
    answer = OUTLOOK.replace("security@evil.example.org", "clerk@shop.example.com")
    assert forwarded.inline("AW: Ihr Konto", answer) is None
    assert forwarded.inline("Re: x", "On Tue, A <a@b.example> wrote:\n> From: c@d.example\n> hello") is None


@pytest.mark.parametrize(
    "written",
    [
        "", "Forwarded message", "---------- Forwarded message ---------\nno headers here\n",
        "---------- Forwarded message ---------\nFrom: nobody at all\nSubject: x\n\nbody",
        "I got this forwarded message: From: a@b.example",
    ],
)  # fmt: skip
def test_a_mark_without_a_sender_is_none(written: str) -> None:
    assert forwarded.inline("FW: x", written) is None


@given(st.text(max_size=300), st.text(max_size=300))
def test_nothing_is_raised(subject: str, written: str) -> None:
    forwarded.inline(subject, written)
    found = forwarded.inline("FW: x", f"---------- Forwarded message ---------\nFrom: a@b.example {written}")
    assert found is None or "@" in found.senders[0]


@pytest.mark.parametrize(
    "piece", ["Forwarded message\n", "-----Original Message-----\n", "From: " + "(" * 1000, "_" * 79 + "\n", "> " * 500]
)
def test_time_is_bounded(piece: str) -> None:
    start = time.process_time()
    forwarded.inline("FW: x", piece * 5_000)
    assert time.process_time() - start < 1
