"""DKIM: only a signature over all of the letter, by the sender's own domain, proves anything."""

from __future__ import annotations

from typing import Any

import pytest

from hueandcry.exchange.mailbox import proof
from tests.exchange.mailbox.letters import letter, resolve, signed


def check(raw: bytes, sender: str = "a@bank.example") -> proof.Proof:
    return proof.check(raw, sender, resolve)


def test_a_signature_that_holds() -> None:
    assert str(check(signed(letter()))) == "pass (bank.example)"
    assert check(signed(letter("a@mail.bank.example")), "a@mail.bank.example").word == "pass"  # its domain is above


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (signed(letter()).replace(b"See the table", b"See the cable"), "body hash"),
        (signed(letter()).replace(b"Subject: Cases", b"Subject: Other"), "does not hold"),
        (signed(letter(), "evil.example", 1), "not the sender's domain"),
        (signed(letter(), "bank.example", 1), "does not hold"),  # somebody else's key
        (signed(letter(), "nowhere.bank.example"), "not the sender's domain"),
        (signed(letter(), length=True) + b"and more\r\n", "only a part"),
        (b"DKIM-Signature: nonsense\r\n" + letter(), ""),
        (b"DKIM-Signature: v=1; d=\xff; b=\x00\r\n" + letter(), ""),
    ],
)
def test_signatures_that_prove_nothing(raw: bytes, said: str) -> None:
    found = check(raw)
    assert found.word == "fail"
    assert said in found.detail


def test_without_a_signature_and_without_dns() -> None:
    assert check(letter()) == proof.Proof("none")
    down = signed(letter("a@down.example"), "down.example")
    assert check(down, "a@down.example").word == "not checked"


def test_nobody_elses_name_is_looked_up() -> None:
    """Whoever forges a letter would otherwise choose which name server we ask, and how long we wait."""
    asked: list[Any] = []

    def watching(name: Any, timeout: int = 5) -> bytes | None:
        asked.append(name)
        return None

    proof.check(signed(letter(), "evil.example", 1), "a@bank.example", watching)
    assert asked == []
    proof.check(signed(letter()), "a@bank.example", watching)
    assert len(asked) == 1


def test_the_good_one_among_several() -> None:
    raw = signed(signed(letter()), "evil.example", 1)
    assert check(raw).word == "pass"
    many = letter()
    for _ in range(8):
        many = signed(many, "evil.example", 1)
    assert check(many).word == "fail"


@pytest.mark.parametrize(
    ("domain", "signer", "good"),
    [
        ("bank.example", "bank.example", True),
        ("a.bank.example", "bank.example", True),
        ("bank.example", "example", False),
        ("bank.example", "a.bank.example", False),
        ("evilbank.example", "bank.example", False),
        ("BANK.example", "bank.EXAMPLE", True),
    ],
)
def test_alignment(domain: str, signer: str, good: bool) -> None:
    assert proof.aligned(domain, signer) is good
