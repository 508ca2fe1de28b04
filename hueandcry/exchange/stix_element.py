"""One element of a STIX file: from its bytes to its characters and its content, or the reason why not.

Strict JSON (RFC 8259, and RFC 7493 for names): no NaN, no infinite number, no half of a surrogate pair, no control
character inside a text, no name twice in one object. Two readers could see different markings in an object that names
them twice, so it is refused. An escaped zero (backslash u0000) is legal JSON and stays in the text as six characters;
who takes values out of the content must expect the character itself.
"""

from __future__ import annotations

import json
import re
from typing import Any

import orjson

from hueandcry.exchange import json_text
from hueandcry.exchange.json_text import Refused

_NAMES = re.compile(rb'"[ \t\r\n]*+:')


def text_of(raw: bytes) -> str:
    """Give the very characters of an element, within the bounds of ``drafts``; raises ``Refused``."""
    return json_text.characters(raw if isinstance(raw, bytes) else bytes(memoryview(raw)))


def content(raw: bytes) -> dict[str, Any]:
    """Decode an element that must be an object; raises ``Refused``."""
    view = raw if isinstance(raw, bytes) else bytes(memoryview(raw))
    json_text.characters(view)
    return checked(view)


def checked(raw: bytes) -> dict[str, Any]:
    """Decode the bytes of an element whose characters and depth are known to be within bounds; raises ``Refused``."""
    return decoded(raw)[0]


def decoded(raw: bytes) -> tuple[dict[str, Any], bytes | None]:
    """Decode as ``checked`` does; gives the content in its sorted form as well, or None where that cannot be written
    (numbers beyond 64 bits). Raises ``Refused``."""
    try:
        found = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise Refused(_explained(error)) from None
    if not isinstance(found, dict):
        raise Refused(f"should be an object, and is {json_text.named(found)}")
    try:
        written = orjson.dumps(found, option=orjson.OPT_SORT_KEYS)
    except orjson.JSONEncodeError:
        written = None
    # Written again it holds as many quotes as it came with, unless a name was lost for standing twice; or a quote came
    # as its number, which is looked at closely like all that differs.
    alike = written is not None and raw.count(b'"') == written.count(b'"') and b"\\u0022" not in raw
    if not alike and len(_NAMES.findall(raw)) != _names(found):
        _refuse_repeats(raw)
    return found, written


def _names(found: dict[str, Any]) -> int:
    """Count the names in an object and all that is inside it."""
    total = 0
    stack: list[Any] = [found]
    while stack:
        one = stack.pop()
        if type(one) is dict:
            total += len(one)
            stack.extend(value for value in one.values() if type(value) is dict or type(value) is list)
        else:
            stack.extend(value for value in one if type(value) is dict or type(value) is list)
    return total


def _refuse_repeats(raw: bytes) -> None:
    """Decide slowly and exactly: the quick count also counts a quote and a colon inside a text."""

    def once(pairs: list[tuple[str, Any]]) -> None:
        names = set()
        for name, _ in pairs:
            if name in names:
                raise Refused(f"the name {name[:60]!r} stands twice in one object")
            names.add(name)

    try:
        json.loads(raw, object_pairs_hook=once)
    except ValueError as error:  # Python reads whole numbers only up to 4,300 digits
        raise Refused(f"not JSON: {error}") from None


def _explained(error: orjson.JSONDecodeError) -> str:
    reason = str(error).partition(": line")[0]
    if "surrogate" in reason:
        reason = "half a character (a lone surrogate)"
    return f"not JSON: {reason} (character {error.pos} of the element)"
