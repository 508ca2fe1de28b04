"""``next``: where a page ended, sealed (AES-256-GCM) and bound to what was asked for.

The number of an entry tells how many there are, also of those that the viewer may not see; so it is encrypted. What a
client hands back is bound to the collection, the kind of page and the filters, and is read again under the viewer's own
sight: a place in one collection opens nothing in another. ``added_after`` and ``limit`` may change from page to page:
both are applied as well, whatever they are.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import struct
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

_NONCE = 12
_BODY = struct.Struct(">BqQ")
_FORM = 1  # of what is sealed, so that a later one can tell it apart
_START = datetime(1970, 1, 1, tzinfo=UTC)
LONGEST = 200


class Place(NamedTuple):
    """The last entry that a client has got: its number and when it was added."""

    number: int
    added: datetime


class Misplaced(Exception):
    """A ``next`` that is not one of ours, or not one of this question."""


def sealed(place: Place, bound_to: str) -> str:
    """The place as a client gets it."""
    body = _BODY.pack(_FORM, place.number, _micros(place.added))
    nonce = os.urandom(_NONCE)
    raw = nonce + _cipher(settings.SECRET_KEY).encrypt(nonce, body, bound_to.encode())
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def opened(text: str, bound_to: str) -> Place:
    """The place that was sealed. Raises Misplaced for anything else."""
    if len(text) > LONGEST:
        raise Misplaced
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        body = _cipher(settings.SECRET_KEY).decrypt(raw[:_NONCE], raw[_NONCE:], bound_to.encode())
        form, number, micros = _BODY.unpack(body)
    except (binascii.Error, ValueError, InvalidTag, struct.error):
        raise Misplaced from None
    if form != _FORM:
        raise Misplaced
    return Place(number, _START + timedelta(microseconds=micros))


def _micros(moment: datetime) -> int:
    return (moment - _START) // timedelta(microseconds=1)


@lru_cache(maxsize=2)
def _cipher(secret: str) -> AESGCM:
    return AESGCM(hashlib.blake2b(b"taxii next", key=secret.encode()[:64], digest_size=32).digest())
