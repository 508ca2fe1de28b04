"""Observations out of raw values: canonical, within bounds, with what they imply, each once an element."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Iterator
from datetime import datetime

from hueandcry.exchange import observables, prose
from hueandcry.exchange.drafts import MAX_OBSERVATIONS, MAX_VALUE, Loss, Observation, Role


def of(
    parts: Iterable[tuple[str, str]],
    role: Role = "unknown",
    first: datetime | None = None,
    last: datetime | None = None,
    region: str = "",
) -> tuple[Observation, ...]:
    """Make (type, raw value) pairs canonical, each with the values it holds (a URL's host, an address's domain).

    Empty and over-long values are left out: they stay in the element. The type "" asks for a guess.
    """
    found: dict[tuple[str, str], Observation] = {}
    for kind, raw in parts:
        for value in _values(kind, raw, region):
            if len(found) >= MAX_OBSERVATIONS:
                return tuple(found.values())
            seen = Observation(value.type, value.value, role, first, last, value.valid, value.claimed)
            found.setdefault((value.type, value.value), seen)
    return tuple(found.values())


def in_prose(text: str, role: Role = "unknown", region: str = "") -> tuple[tuple[Observation, ...], int]:
    """Find the observables of a text; the second answer says how many more there were than one element may have."""
    found: dict[tuple[str, str], Observation] = {}
    left_out = 0
    for hit in prose.find(text, region):
        value = observables.Value(hit.type, hit.value, hit.valid, hit.claimed)
        for one in (value, *observables.derived(value)):
            if (one.type, one.value) in found or len(one.value) > MAX_VALUE:
                continue
            if len(found) >= MAX_OBSERVATIONS:
                left_out += 1
                continue
            found[(one.type, one.value)] = Observation(one.type, one.value, role, None, None, one.valid, one.claimed)
    return tuple(found.values()), left_out


def why_text(one: Observation) -> str:
    """Say why a value stands as text where its sender called it something else; "" where it is what it was called."""
    if one.valid or not one.claimed:
        return ""
    if one.claimed == "iban":
        return "is no IBAN, by its length or its check digits; it is kept as text"
    if one.claimed == "phone-number":
        return "is no telephone number with its country; it is kept as text"
    known = observables.TYPES.get(one.claimed)
    return f"is not valid ({known.label if known else one.claimed}); it is kept as text"


def told(found: Iterable[Observation], place: str) -> Iterator[Loss]:
    """Tell of each value that is kept as text only, and why."""
    for one in found:
        why = why_text(one)
        if why:
            yield Loss(place, f'"{one.value[:80]}" {why}')


def from_base64(text: str) -> bytes:
    """Decode the beginning of a Base64 text, enough to know a file by its first bytes; b"" where it is none."""
    try:
        return base64.b64decode("".join(text[:4096].split())[:2720], validate=False)
    except (binascii.Error, ValueError):
        return b""


def _values(kind: str, raw: str, region: str) -> Iterator[observables.Value]:
    raw = raw.strip()
    if not raw or len(raw) > MAX_VALUE:
        return
    value = observables.canonical(kind, raw, region) if kind else observables.guess(raw, region)
    yield value
    if value.valid:
        yield from observables.derived(value)
