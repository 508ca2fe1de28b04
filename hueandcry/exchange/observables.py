"""Observables: each value in one canonical form, with one type."""

from __future__ import annotations

from typing import NamedTuple


class Value(NamedTuple):
    """One value in canonical form. ``valid`` False: type is "text", ``claimed`` the type it failed to be."""

    type: str
    value: str
    valid: bool = True
    claimed: str = ""


def canonical(type: str, raw: str, region: str = "") -> Value:  # noqa: A002
    """The canonical form of ``raw`` as a value of ``type``; never raises. ``region``: country of national phone numbers."""
    return Value("text", raw, False, type)


def guess(raw: str, region: str = "") -> Value:
    """The type of a lone value, in canonical form."""
    return Value("text", raw)


def derived(value: Value) -> tuple[Value, ...]:
    """Further values that ``value`` holds: the host of a URL, the domain of an e-mail address, the handle in t.me/x."""
    return ()


def refang(text: str) -> str:
    """``text`` with the marks taken out that keep people from clicking (hxxp, [.], [at])."""
    return text
