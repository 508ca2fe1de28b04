"""Credentials of other servers at rest: AES-256-GCM under a key that is not in the database.

The key is derived (HKDF, RFC 5869) from the installation's secret, which lies in the data folder: a copy of the
database or a backup of it opens nothing. What is sealed is never shown again and never logged.
"""

from __future__ import annotations

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

NONCE = 12  # bytes, as NIST SP 800-38D recommends; drawn anew for each sealing
PURPOSE = b"hueandcry credentials of remotes, 1"


class Unsealable(Exception):
    """The sealed bytes are not what this installation sealed: another secret, or changed on the way."""


def seal(text: str) -> bytes:
    """The text, encrypted for this installation."""
    nonce = secrets.token_bytes(NONCE)
    return nonce + AESGCM(derived_key(PURPOSE)).encrypt(nonce, text.encode(), PURPOSE)


def unseal(content: bytes) -> str:
    """The text again. Raises Unsealable."""
    try:
        return AESGCM(derived_key(PURPOSE)).decrypt(bytes(content[:NONCE]), bytes(content[NONCE:]), PURPOSE).decode()
    except (InvalidTag, ValueError, UnicodeDecodeError):
        raise Unsealable(
            "The kept credentials cannot be opened: the installation's secret changed. Enter them again."
        ) from None


def derived_key(purpose: bytes) -> bytes:
    """32 bytes made of the installation's secret for one purpose, the same ever after."""
    return HKDF(SHA256(), 32, salt=None, info=purpose).derive(settings.SECRET_KEY.encode())
