"""A STIX file taken apart into the very bytes of its elements, without building any of them.

msgspec finds the ends of elements at a gigabyte a second and keeps slices of the file's own bytes. Where it gives up
(NaN, nesting beyond its stack, half a surrogate), a slower walk over strings and brackets tells the elements apart all
the same, so that one bad element is refused by itself and the others are kept. Only where brackets do not match is the
file unreadable, with the byte.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from hueandcry.exchange import json_text
from hueandcry.exchange.drafts import MAX_ELEMENTS, Unreadable

_MAX_NESTING = 10_000  # of the whole file, in the slow walk; elements themselves are bounded by drafts.MAX_DEPTH
_BLANK = b" \t\r\n"
# Each string whole, each bracket; a lone quote is a string that never ends. Possessive: nothing is read twice.
_SIGNS = re.compile(rb'"(?:[^"\\]++|\\.)*+"|[\[{\]}]|"', re.DOTALL)
_OPENS = {ord("}"): ord("{"), ord("]"): ord("[")}


class _Envelope(msgspec.Struct):
    type: msgspec.Raw = msgspec.Raw(b"null")
    id: msgspec.Raw = msgspec.Raw(b"null")
    objects: msgspec.Raw = msgspec.Raw(b"null")


class Parts(NamedTuple):
    """The elements of a file in order. ``place`` names one; ``bundle`` is the bundle's id, "" where it has none."""

    elements: Sequence[bytes | msgspec.Raw]
    bundle: str
    prefix: str  # "objects" in a bundle, "" in a list or for a bare object
    bare: bool

    def place(self, number: int) -> str:
        """Name an element as a person would point at it."""
        return "object" if self.bare else f"{self.prefix}[{number}]"


def split(raw: bytes) -> Parts:
    """Take a bundle, a list of objects or a bare object apart; raises ``Unreadable`` with the byte where it cannot."""
    raw = json_text.utf8(raw)
    start = _first(raw)
    if raw[start : start + 1] not in (b"{", b"["):
        raise Unreadable(f"byte {start}", "not JSON: a STIX file begins with a brace or a square bracket")
    try:
        parts = _quickly(raw, raw[start : start + 1] == b"[")
    except RecursionError:
        parts = _slowly(raw, "brackets nested more deeply than JSON readers follow")
    except (msgspec.MsgspecError, ValueError) as error:
        parts = _slowly(raw, error)
    if len(parts.elements) > MAX_ELEMENTS:
        raise Unreadable(parts.place(MAX_ELEMENTS), f"more than {MAX_ELEMENTS:,} elements in one file")
    return parts


def _first(raw: bytes) -> int:
    for at in range(len(raw)):
        if raw[at] not in _BLANK:
            return at
    raise Unreadable("byte 0", "nothing but white space")


def _quickly(raw: bytes, is_list: bool) -> Parts:
    if is_list:
        return Parts(msgspec.json.decode(raw, type=list[msgspec.Raw]), "", "", False)
    return _parts(msgspec.json.decode(raw, type=_Envelope), raw)


def _parts(envelope: _Envelope, raw: bytes) -> Parts:
    kind = _text(envelope.type)
    objects = bytes(memoryview(envelope.objects)[:1])
    if kind in ("bundle", "") and objects == b"[":
        elements = msgspec.json.decode(envelope.objects, type=list[msgspec.Raw])
        return Parts(elements, _text(envelope.id), "objects", False)
    if kind == "bundle" and objects == b"n":
        return Parts([], _text(envelope.id), "objects", False)
    if kind == "bundle":
        raise Unreadable("objects", "should be a list")
    if not kind:
        raise Unreadable("byte 0", "neither a STIX bundle nor a STIX object: it has no type")
    return Parts([raw], "", "", True)


def _text(raw: msgspec.Raw) -> str:
    try:
        value = msgspec.json.decode(raw)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return ""
    return value if isinstance(value, str) else ""


def _slowly(raw: bytes, error: Exception | str) -> Parts:
    """Tell elements apart by strings and brackets alone; ``error`` is why the quick way failed."""
    begin, end, spans = _walk(raw)
    if begin < 0:
        return _whole(raw, error)
    outer = raw[:begin] + b"[]" + raw[end:]
    elements = _elements(raw, begin, end, spans)
    if begin == _first(raw):
        if raw[end:].strip(_BLANK):
            raise Unreadable(f"byte {end}", "more after the end of the list")
        return Parts(elements, "", "", False)
    parts = _parts(json_text.split(outer, _Envelope), outer)
    return parts._replace(elements=elements)


def _whole(raw: bytes, error: Exception | str) -> Parts:
    """A bare object that is not JSON: unreadable, with the byte the quick reader stopped at."""
    if isinstance(error, str):
        raise Unreadable("byte 0", error)
    raise Unreadable(*json_text.explain(error, len(raw)))


def _walk(raw: bytes) -> tuple[int, int, list[tuple[int, int]]]:
    """Find the list of elements: where it begins and ends (-1 where there is none), and the brackets inside it."""
    open_signs = bytearray()
    spans: list[tuple[int, int]] = []
    level = begin = end = -1  # level: brackets open inside the list of elements
    key, opened = b"", 0
    for found in _SIGNS.finditer(raw):
        at, sign = found.start(), raw[found.start()]
        if sign == 0x22:
            if found.end() - at == 1:
                raise Unreadable(f"byte {len(raw)}", f"the file ends inside the text that begins at byte {at}")
            key = found.group() if len(open_signs) == 1 and found.end() - at < 12 else key
        elif sign in b"[{":
            if begin < 0 and sign == 0x5B and (not open_signs or (len(open_signs) == 1 and key == b'"objects"')):
                begin, level = at, len(open_signs) + 1
            elif len(open_signs) == level and end < 0:
                opened = at
            open_signs.append(sign)
            if len(open_signs) > _MAX_NESTING:
                raise Unreadable(f"byte {at}", f"brackets nested more than {_MAX_NESTING:,} deep")
        else:
            if not open_signs or open_signs.pop() != _OPENS[sign]:
                raise Unreadable(f"byte {at}", "this bracket closes none that is open")
            if len(open_signs) == level and end < 0 and begin >= 0:
                spans.append((opened, at + 1))
            elif len(open_signs) == level - 1 and begin >= 0 and end < 0:
                end = at + 1
    if open_signs:
        raise Unreadable(f"byte {len(raw)}", "the file ends in the middle of its JSON")
    return begin, end, spans


def _elements(raw: bytes, begin: int, end: int, spans: list[tuple[int, int]]) -> list[bytes]:
    """Cut a list at its commas, which stand between ``spans``; what is no bracket is an element too, to be refused."""
    cuts, last = [begin], begin + 1
    for start, stop in [*spans, (end - 1, end)]:
        cuts.extend(_commas(raw, last, start))
        last = stop
    cuts.append(end - 1)
    pieces = [raw[one + 1 : two].strip(_BLANK) for one, two in itertools.pairwise(cuts)]
    if pieces == [b""]:
        return []
    for number, piece in enumerate(pieces):
        if not piece:
            raise Unreadable(f"byte {cuts[number + 1]}", "nothing stands before this sign, where an element should")
    return pieces


def _commas(raw: bytes, start: int, stop: int) -> list[int]:
    """Give where commas stand outside strings; between elements there are hardly ever other signs."""
    signs = re.finditer(rb'"(?:[^"\\]++|\\.)*+"|,', raw[start:stop], re.DOTALL)
    return [start + match.start() for match in signs if match.group() == b","]
