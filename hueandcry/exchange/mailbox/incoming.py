"""A letter on its way in, whatever mailbox it lies in."""

from __future__ import annotations

from dataclasses import dataclass


class CannotRead(Exception):
    """A mailbox that cannot be read now; the message says why, without its password."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """One letter: its name in its mailbox, its bytes (b"" where it is too large), its size."""

    name: str
    raw: bytes
    size: int
