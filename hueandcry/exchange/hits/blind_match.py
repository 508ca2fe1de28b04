"""Blind match: which (or how many) values two nodes share, without either showing the other the rest. No Django here.

Private set intersection by OpenMined's library (elliptic-curve Diffie-Hellman on P-256, answers compressed as a Golomb
set), an optional extra that is imported when it is used. Bytes in, bytes out: how they travel is the caller's.
What it does not protect against stands in docs/hits.md; above all that guesses look like knowledge.

    asked, secret = request(values, mode="elements")      the side that asks; keeps the secret
    answered = answer(asked, held)                        the side that answers
    finish(answered, secret)                              the side that asks
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib import import_module
from types import ModuleType
from typing import Any

MODES = ("cardinality", "elements")
MOST = 10_000  # values in one request
MOST_HELD = 1_000_000  # values answered over: a minute or two of computing
FALSE_HITS = 1e-9  # odds that a whole request comes back with a hit that is none
VERSION = 1
Pair = tuple[str, str]  # (type, canonical value)


class BlindMatchError(ValueError):
    """A request, an answer or a secret that cannot be used; the message says why and what to do."""


class Missing(BlindMatchError):
    """The optional library is not installed."""


def _library() -> ModuleType:
    try:
        return import_module("private_set_intersection.python")
    except ImportError as error:
        raise Missing(
            "Blind match needs an optional library that is not installed here: pip install hueandcry[psi]"
        ) from error


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it came: how many values, of which types, and what the asker is to learn."""

    mode: str
    types: tuple[str, ...]
    count: int
    raw: bytes


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the asker learnt. ``values`` is None where only the number was agreed."""

    count: int
    values: list[Pair] | None


def request(values: Sequence[Pair], *, mode: str = "cardinality") -> tuple[bytes, bytes]:
    """The request to send for these values, and the secret to keep until the answer is there.

    Raises BlindMatchError for no values, too many, or an unknown mode, and Missing.
    """
    if mode not in MODES:
        raise BlindMatchError(f"the mode is one of: {', '.join(MODES)}")
    wanted = list(dict.fromkeys(values))
    if not 0 < len(wanted) <= MOST:
        raise BlindMatchError(f"a request holds from 1 to {MOST:,} values; this has {len(wanted):,}")
    client = _library().client.CreateWithNewKey(mode == "elements")
    asked = client.CreateRequest([_element(pair) for pair in wanted]).SerializeToString()
    types = sorted({type_ for type_, _value in wanted})
    secret = {"mode": mode, "key": _text(client.GetPrivateKeyBytes()), "values": wanted}
    return _packed("request", mode=mode, types=types, request=_text(asked)), _packed("secret", **secret)


def opened(raw: bytes) -> Request:
    """A request that came from elsewhere, checked as far as it can be. Raises BlindMatchError and Missing."""
    content = _unpacked(raw, "request")
    mode, types, asked = content.get("mode"), content.get("types"), _bytes(content.get("request"))
    if mode not in MODES or not isinstance(types, list) or not all(isinstance(t, str) for t in types):
        raise BlindMatchError("this is no request for a blind match: its mode or its types are not said")
    message = _parsed(_library().Request, asked)
    count = len(message.encrypted_elements)
    if not 0 < count <= MOST or message.reveal_intersection != (mode == "elements"):
        raise BlindMatchError(f"the request holds no values, more than {MOST:,}, or other than it says")
    return Request(str(mode), tuple(types), count, asked)


def answer(asked: Request, held: Iterable[Pair]) -> bytes:
    """The answer to a request over the values that are held. A new key each time: two answers cannot be compared.

    Raises BlindMatchError where there are too many values to answer over, or the request is none.
    """
    psi = _library()
    elements = sorted({_element(pair) for pair in held})
    if len(elements) > MOST_HELD:
        raise BlindMatchError(f"at most {MOST_HELD:,} values can be answered over; these are {len(elements):,}")
    server = psi.server.CreateWithNewKey(asked.mode == "elements")
    try:
        response = server.ProcessRequest(_parsed(psi.Request, asked.raw))
        setup = server.CreateSetupMessage(FALSE_HITS, asked.count, elements or [""], psi.DataStructure.GCS)
    except (RuntimeError, ValueError) as error:
        raise BlindMatchError(
            "the request cannot be answered: its values are not encrypted as they should be"
        ) from error
    return _packed(
        "answer", mode=asked.mode, setup=_text(setup.SerializeToString()), response=_text(response.SerializeToString())
    )


def finish(answered: bytes, secret: bytes) -> Outcome:
    """What an answer says, with the secret of the request that it answers. Raises BlindMatchError and Missing."""
    psi = _library()
    content, kept = _unpacked(answered, "answer"), _unpacked(secret, "secret")
    mode = kept.get("mode")
    if content.get("mode") != mode:
        raise BlindMatchError("the answer was made for another kind of request than the secret")
    values = [(str(type_), str(value)) for type_, value in kept["values"]]
    setup = _parsed(psi.ServerSetup, _bytes(content.get("setup")))
    response = _parsed(psi.Response, _bytes(content.get("response")))
    if len(response.encrypted_elements) != len(values):
        raise BlindMatchError("the answer belongs to another request than the secret")
    try:
        client = psi.client.CreateFromKey(_bytes(kept.get("key")), mode == "elements")
        if mode == "cardinality":
            return Outcome(int(client.GetIntersectionSize(setup, response)), None)
        found = [values[place] for place in sorted(client.GetIntersection(setup, response))]
    except (RuntimeError, ValueError, IndexError) as error:
        raise BlindMatchError(
            "the answer cannot be read: it was changed on the way, or answers another request"
        ) from error
    return Outcome(len(found), found)


def _element(pair: Pair) -> str:
    return f"{pair[0]} {pair[1]}"


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _bytes(text: object) -> bytes:
    try:
        return base64.b64decode(text if isinstance(text, str) else "!", validate=True)
    except (binascii.Error, ValueError):
        raise BlindMatchError("a part of it is no Base64") from None


def _parsed(kind: Any, raw: bytes) -> Any:
    message = kind()
    try:
        message.ParseFromString(raw)
    except Exception as error:  # protobuf's own DecodeError, which is not imported for this
        raise BlindMatchError("a part of it cannot be read") from error
    return message


def _packed(kind: str, **content: Any) -> bytes:
    return json.dumps({"hueandcry-psi": VERSION, "kind": kind, **content}).encode()


def _unpacked(raw: bytes, kind: str) -> dict[str, Any]:
    try:
        content = json.loads(raw)
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict) or content.get("hueandcry-psi") != VERSION or content.get("kind") != kind:
        raise BlindMatchError(f"this is no {kind} of a blind match of version {VERSION}")
    return content
