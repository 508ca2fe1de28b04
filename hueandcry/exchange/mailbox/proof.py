"""Whether a letter is from whom it says: DKIM (RFC 6376), its domain aligned with the address in From.

Keys are looked up by a function that is handed in, so that tests need no network and an operator can use a resolver of
their own.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass

import dkim  # type: ignore[import-untyped]

Resolve = Callable[..., bytes | None]  # name of a TXT record, timeout= seconds; raises dkim.DnsTimeoutError

MOST_SIGNATURES = 5
SMALLEST_KEY = 1024  # bits (RFC 8301, section 3.2)
TIMEOUT = 5  # seconds of one look-up
_silent = logging.getLogger("hueandcry.dkim")
_silent.setLevel(logging.CRITICAL)


@dataclass(frozen=True, slots=True)
class Proof:
    """``word`` is pass, fail, none or not checked; ``detail`` the domain that signed, or why not."""

    word: str
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.word} ({self.detail})" if self.detail else self.word


def check(raw: bytes, sender: str, resolve: Resolve) -> Proof:
    """Whether one signature holds for all of the letter and is by the domain of ``sender``, or one above it."""
    try:
        letter = dkim.DKIM(raw, logger=_silent, minkey=SMALLEST_KEY, timeout=TIMEOUT)
        signatures = sum(name.lower() == b"dkim-signature" for name, _value in letter.headers)
    except (dkim.DKIMException, ValueError, IndexError, UnicodeError) as error:
        return Proof("fail", _words(error))
    found = Proof("none")
    for number in range(min(signatures, MOST_SIGNATURES)):
        one = _one(raw, number, sender.rpartition("@")[2], resolve)
        if one.word == "pass":
            return one
        if found.word in ("none", "fail") or one.word == "not checked":
            found = one if found.word != "not checked" else found
    return found


def _one(raw: bytes, number: int, domain: str, resolve: Resolve) -> Proof:
    letter = dkim.DKIM(raw, logger=_silent, minkey=SMALLEST_KEY, timeout=TIMEOUT)
    unanswered: list[Exception] = []

    def asking(name: bytes, timeout: int = TIMEOUT) -> bytes | None:
        try:
            return resolve(name, timeout=timeout)
        except (dkim.DnsTimeoutError, OSError) as error:  # dkimpy would call it a signature that does not hold
            unanswered.append(error)
            raise

    try:
        letter.verify_headerprep(number)
        signer = letter.domain.decode("ascii", "replace").lower().rstrip(".")
        if not aligned(domain, signer):  # before any look-up: whoever forges a letter chooses the name looked up
            return Proof("fail", f"signed by {signer}, which is not the sender's domain")
        if b"l" in letter.signature_fields:
            return Proof("fail", "it signs only a part of the letter (l=)")
        holds = letter.verify(number, dnsfunc=asking)
    except (dkim.DKIMException, ValueError, KeyError, IndexError, TypeError, UnicodeError, OSError) as error:
        return Proof("not checked" if unanswered else "fail", _words(error))
    if unanswered:
        return Proof("not checked", _words(unanswered[0]))
    return Proof("pass", signer) if holds else Proof("fail", "the signature does not hold")


def aligned(domain: str, signer: str) -> bool:
    """The signer is the sender's domain, or one above it with at least two names of its own (relaxed, one way)."""
    domain, signer = domain.lower().rstrip("."), signer.lower().rstrip(".")
    return "." in signer and (domain == signer or domain.endswith(f".{signer}"))


def _words(error: Exception) -> str:
    return re.sub(r"[^\x20-\x7e]", "?", str(error))[:200] or type(error).__name__


def look_up(name: bytes | str, timeout: int = TIMEOUT) -> bytes | None:
    """The TXT record of a name, by the machine's own resolver."""
    text = name.decode("ascii", "replace") if isinstance(name, bytes) else name
    found: bytes | None = dkim.dnsplug.get_txt_dnspython(text, timeout)
    return found
