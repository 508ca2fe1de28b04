"""Writes of the audit record. An act is inserted in the transaction of what it records, so that both stand or fall."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any, Final, Protocol

import orjson
from django.conf import settings

from hueandcry.web.statements import prepared

RECORD: Final = (
    "INSERT INTO audit_act (person, organisation, channel, verb, kind, thing, count, detail)"
    " VALUES (%s, %s, %s, %s, %s, %s, %s, %s::jsonb)"
)


class Actor(Protocol):
    """Who acted. The viewer of members is one."""

    @property
    def person(self) -> int | None: ...
    @property
    def organisation(self) -> int | None: ...
    @property
    def channel(self) -> str: ...


def record(
    *, by: Actor, verb: str, kind: str, thing: object = "", count: int = 1, detail: dict[str, Any] | None = None
) -> None:
    """Record one act. ``detail`` holds ids, counts and ``keyed`` hashes, never values or text that a person wrote."""
    prepared(RECORD, values(by=by, verb=verb, kind=kind, thing=thing, count=count, detail=detail))


def values(
    *, by: Actor, verb: str, kind: str, thing: object = "", count: int = 1, detail: dict[str, Any] | None = None
) -> list[Any]:
    """What RECORD takes to record one act, for who runs it as a part of a statement of their own."""
    return [by.person, by.organisation, by.channel, verb, kind, str(thing), count, orjson.dumps(detail or {}).decode()]


def keyed(value: str) -> str:
    """A keyed hash of a value: who holds the key finds the same value again in the record, and nobody guesses it."""
    return hmac.new(settings.SECRET_KEY.encode(), value.encode(), hashlib.sha256).hexdigest()[:32]
