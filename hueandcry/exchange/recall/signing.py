"""What this installation signs with: one Ed25519 key (RFC 8032), whose seed lies among the data folder's secrets.

Recalls carry its signature; what goes to other nodes has a key of its own (remotes/identity.py). What is signed says
in itself what it is ("type"), so that a signature made for one use never fits another.
"""

from __future__ import annotations

import hashlib

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings


def _key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(settings.SIGNING_SEED))


def public_key() -> bytes:
    """The 32 bytes that others check our signatures with."""
    return _key().public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def public_pem() -> bytes:
    """The same as a PEM file, as openssl wants it."""
    return _key().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def fingerprint(key: bytes | None = None) -> str:
    """The sha256 of a public key (ours where none is given), in groups of four, to be compared by voice or on paper."""
    digest = hashlib.sha256(public_key() if key is None else key).hexdigest()
    return " ".join(digest[i : i + 4] for i in range(0, 64, 4))


def sign(content: bytes) -> bytes:
    """Our signature, 64 bytes."""
    return _key().sign(content)


def verify(content: bytes, signature: bytes, key: bytes) -> bool:
    """Whether ``signature`` of ``content`` was made by the holder of ``key``; False for anything malformed."""
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, content)
    except (InvalidSignature, ValueError):
        return False
    return True
