"""Plain text: bytes to characters, characters fit to show, and the reader of a whole text file as one element."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from typing import NamedTuple

from hueandcry.exchange import observation, victims_words
from hueandcry.exchange.classification import classify
from hueandcry.exchange.drafts import MAX_TEXT, Draft, Loss, ObjectDraft, Options, ReportDraft, Unreadable

MAX_TITLE = 300  # characters of a report's title; the full first line stays in the account

# C0 and C1 controls but tab, line feed and carriage return; direction overrides, which make text read as what it is
# not (Unicode TR 36, section 2.5); lone surrogates, which no UTF-8 database takes.
_UNSHOWABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
_BOMS = (  # longest first: the mark of UTF-32 LE begins with that of UTF-16 LE
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)


class Decoded(NamedTuple):
    """Characters, the encoding they were read with, and whether that encoding is only a guess."""

    text: str
    encoding: str
    guessed: bool


def decode(raw: bytes) -> Decoded:
    """Turn bytes into characters: by byte order mark, else UTF-8, else UTF-16 by its zero bytes, else Windows-1252.

    Never fails on eight-bit text: what Windows-1252 leaves undefined becomes U+FFFD, and ``guessed`` says so.
    Raises ``Unreadable`` where a byte order mark promises what the bytes do not keep.
    """
    for bom, encoding in _BOMS:
        if raw.startswith(bom):
            return Decoded(_strictly(raw, encoding), encoding, False)
    wide = _wide_encoding(raw)
    if wide:
        return Decoded(_strictly(raw, wide), wide, True)
    try:
        return Decoded(raw.decode("utf-8"), "utf-8", False)
    except UnicodeDecodeError:
        return Decoded(raw.decode("cp1252", errors="replace"), "cp1252", True)


def clean(text: str, limit: int = MAX_TEXT) -> str:
    """Make text fit to show and store: controls and direction overrides become U+FFFD; cut at ``limit`` characters."""
    text = _UNSHOWABLE.sub("\ufffd", text[: limit + 1])
    return text if len(text) <= limit else text[: limit - 1] + "…"


def line(text: str, limit: int) -> str:
    """``clean``, on one line with single spaces."""
    return " ".join(clean(text, limit).split())


def title_of(text: str, otherwise: str = "") -> str:
    """Give the first line that says something, cut to a title's length; a greeting only where nothing else stands."""
    greeting = ""
    for line in re.split(r"[\r\n]+", text[: 20 * MAX_TITLE]):
        words = line.split()
        if not words:
            continue
        if not greeting and words[-1].endswith(",") and len(words) <= 5:
            greeting = " ".join(words)
            continue
        return clean(" ".join(words), MAX_TITLE)
    return clean(greeting, MAX_TITLE) or otherwise


def read(raw: bytes, options: Options) -> Iterator[Draft]:
    """Read a text file as one report with one element. ``Unreadable`` for binary, empty or over-long content."""
    decoded = decode(raw)
    nul = decoded.text.find("\x00")
    if nul >= 0:
        raise Unreadable(f"character {nul}", "a zero byte: this is not a text file")
    if not decoded.text.strip():
        raise Unreadable("byte 0", "the file holds no text")
    if len(decoded.text) > MAX_TEXT:
        raise Unreadable(f"character {MAX_TEXT}", f"a text longer than {MAX_TEXT:,} characters; send it in parts")
    key = "text:" + hashlib.sha256(raw).hexdigest()
    if decoded.guessed:
        yield Loss("byte 0", f"the text names no encoding and is not UTF-8; it was read as {decoded.encoding}")
    found, left_out = observation.in_prose(decoded.text)
    victim = victims_words.of(decoded.text)
    yield ReportDraft(
        key=key,
        title=title_of(decoded.text, options.filename),
        account=clean(decoded.text),
        classes=classify((), text=decoded.text[:20_000]).classes,
        victim_countries=(victim.country,) if victim.country else (),
        victim_area=victim.area,
        victim_reference=victim.reference,
    )
    for what in victim.losses:
        yield Loss("the text", what)
    yield from observation.told(found, "the text")
    if left_out:
        yield Loss("the text", f"{left_out} further values found in the text were not taken as observables")
    yield ObjectDraft(key, "text", decoded.text, "the text", (key,), observations=found)


def _wide_encoding(raw: bytes) -> str:
    """UTF-16 without its mark shows as every other byte being zero in text of European languages."""
    head = raw[:400]
    if len(head) < 4 or len(raw) % 2:
        return ""
    half = len(head) // 2
    for encoding, odd, even in (("utf-16-le", head[1::2], head[::2]), ("utf-16-be", head[::2], head[1::2])):
        if odd.count(0) > 0.7 * half and even.count(0) == 0:
            return encoding
    return ""


def _strictly(raw: bytes, encoding: str) -> str:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        raise Unreadable(f"byte {error.start}", f"the file says it is {encoding} but these bytes are not") from None
