"""The head of a letter, read so that nobody can make it say two things: who sends it, and whether to answer. Pure.

Bounded before anything is parsed: the head is cut off at its empty line, and only that is looked at.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

MOST = 256 * 1024  # bytes of a head
MOST_LINES = 2_000
# One mailbox (RFC 5322, section 3.4), without comments, groups or quoted local parts: what is legal but odd is refused,
# because programs disagree on it (CVE-2023-27043).
_ADDRESS = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?"
_BARE = re.compile(rf"\s*({_ADDRESS})\s*")
_NAMED = re.compile(rf'\s*(?:"(?:[^"\\]|\\.){{0,900}}"|[^"<>,:;@()]{{0,900}})\s*<\s*({_ADDRESS})\s*>\s*')
_MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,400}>")
_MACHINES = ("mailer-daemon", "postmaster", "noreply", "no-reply", "donotreply", "bounce", "bounces")


@dataclass(frozen=True, slots=True)
class Head:
    """What the head says. ``sender`` is "" where it cannot be told beyond doubt, with the reason in ``doubt``."""

    sender: str
    doubt: str
    message_id: str
    automatic: bool  # a machine sent it, or a list: it gets no answer


def read(raw: bytes) -> Head:
    """Read the head of a letter; never raises."""
    fields = _fields(raw)
    if fields is None:
        return Head("", "its head is too long", "", True)
    sender, doubt = _sender(fields.get("from", []))
    found = _MESSAGE_ID.search(fields.get("message-id", [""])[0])
    return Head(sender, doubt, found[0] if found else "", _automatic(fields, sender))


def _fields(raw: bytes) -> dict[str, list[str]] | None:
    head = re.split(rb"\r?\n\r?\n", raw[: MOST + 4], maxsplit=1)[0]
    if len(head) > MOST or head.count(b"\n") > MOST_LINES:
        return None
    unfolded = re.sub(rb"\r?\n[ \t]+", b" ", head)
    fields: dict[str, list[str]] = {}
    for line in unfolded.decode("ascii", "surrogateescape").splitlines():
        name, colon, value = line.partition(":")
        if colon:
            fields.setdefault(name.strip().lower(), []).append(value.strip())
    return fields


def _sender(given: list[str]) -> tuple[str, str]:
    if len(given) != 1:
        return "", "it has no From" if not given else "it has several From lines"
    text = given[0]
    if len(text) > 2_000:
        return "", "its From is too long"
    found = _BARE.fullmatch(text) or _NAMED.fullmatch(text)
    if found is None or ".." in found[1]:
        return "", "its From does not name one address beyond doubt"
    return found[1].lower(), ""


def _automatic(fields: dict[str, list[str]], sender: str) -> bool:
    """Whether an answer could go round in a circle, or to somebody who never wrote (RFC 3834, section 2)."""

    def first(name: str) -> str:
        return fields.get(name, [""])[0].lower()

    return (
        first("auto-submitted").partition(";")[0].strip() not in ("", "no")
        or first("precedence") in ("bulk", "list", "junk", "auto_reply")
        or any(name.startswith("list-") for name in fields)
        or "x-auto-response-suppress" in fields
        or "x-autoreply" in fields
        or "x-loop" in fields
        or first("return-path").replace(" ", "") == "<>"
        or sender.partition("@")[0] in _MACHINES
    )
