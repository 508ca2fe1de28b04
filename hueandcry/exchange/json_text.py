"""JSON as received: taken apart into the very characters of each element, within bounds, with the place of an error."""

from __future__ import annotations

import re
from itertools import accumulate
from typing import Any, TypeVar

import msgspec

from hueandcry.exchange.drafts import MAX_DEPTH, MAX_TEXT, Unreadable
from hueandcry.exchange.text import decode

T = TypeVar("T")
_WIDE = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff", b"\xef\xbb\xbf")
_AT_BYTE = re.compile(r"\(byte (\d+)\)")
_STEPS = {ord("{"): 1, ord("["): 1, ord("}"): -1, ord("]"): -1}
_NO_BRACKETS = bytes(sign for sign in range(256) if sign not in _STEPS)


class Refused(Exception):
    """One element cannot be taken; the message says why in plain words."""


def utf8(raw: bytes) -> bytes:
    """Give JSON bytes as UTF-8 without a byte order mark, whatever Unicode encoding they came in (RFC 8259, 8.1)."""
    if raw.startswith(_WIDE) or b"\x00" in raw[:4]:
        return decode(raw).text.encode("utf-8", errors="surrogatepass")
    return raw


def split(raw: bytes, shape: type[T]) -> T:
    """Decode the outer shape of a file, leaving ``msgspec.Raw`` members untouched. Raises ``Unreadable``."""
    try:
        return msgspec.json.decode(raw, type=shape)
    except RecursionError:
        raise Unreadable("byte 0", "brackets nested more deeply than this reader follows") from None
    except UnicodeDecodeError as error:
        raise Unreadable("byte 0", f"not UTF-8 ({error.reason})") from None
    except (msgspec.MsgspecError, ValueError) as error:
        place, reason = explain(error, len(raw))
        raise Unreadable(place, reason) from None


def explain(error: Exception, length: int) -> tuple[str, str]:
    """Turn msgspec's message into a place and a reason."""
    found = _AT_BYTE.search(str(error))
    if found:
        return f"byte {found[1]}", "not JSON: " + _AT_BYTE.sub("", str(error)).removeprefix(
            "JSON is malformed: "
        ).strip()
    if "truncated" in str(error):
        return f"byte {length}", "the file ends in the middle of its JSON"
    return "byte 0", f"not the JSON expected here: {error}"


def depth(raw: bytes) -> int:
    """Give how deeply brackets nest, counting none inside strings. Linear in the length."""
    if raw.count(b"{") + raw.count(b"[") <= MAX_DEPTH:
        return 0  # cannot be too deep; the common case needs no walk
    if b"\\" in raw:  # backslashes come in pairs but for the last of a run: what is left before a quote belongs to it
        raw = raw.replace(b"\\\\", b"").replace(b'\\"', b"")
    outside = b"".join(raw.split(b'"')[::2])
    return max(accumulate(map(_STEPS.__getitem__, outside.translate(None, _NO_BRACKETS))), default=0)


def characters(raw: bytes) -> str:
    """Give an element's very characters, within the bounds of ``drafts``; raises ``Refused``."""
    if len(raw) > 4 * MAX_TEXT:
        raise Refused(f"longer than {MAX_TEXT:,} characters")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refused(f"not UTF-8 at byte {error.start} of the element") from None
    if len(text) > MAX_TEXT:
        raise Refused(f"longer than {MAX_TEXT:,} characters")
    if depth(raw) > MAX_DEPTH:
        raise Refused(f"nested more than {MAX_DEPTH} deep")
    return text


def members(raw: bytes) -> dict[str, Any]:
    """Decode one element that must be an object; raises ``Refused``. Check it with ``characters`` first."""
    try:
        value = msgspec.json.decode(raw)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        truncated = isinstance(error, msgspec.MsgspecError) and "truncated" in str(error)
        # the element's end is known here, so what msgspec calls truncation is half of a surrogate pair
        raise Refused("holds half a character (a lone surrogate)" if truncated else f"not JSON: {error}") from None
    if not isinstance(value, dict):
        raise Refused(f"should be an object, and is {named(value)}")
    return value


def named(value: object) -> str:
    """Name a JSON value's kind in plain words."""
    names = {
        dict: "an object",
        list: "a list",
        str: "a text",
        bool: "true or false",
        int: "a number",
        float: "a number",
    }
    return names.get(type(value), "null")
