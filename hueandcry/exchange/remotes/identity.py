"""Who a node is: an Ed25519 key, and a name that is made of it.

The node's UUID is the beginning of the hash of its public key, so an envelope proves its origin by itself: the key that
comes with it has to give the origin's name and to fit the signature. Nobody can speak for a node whose key they lack,
also not a third node that passes its envelopes on.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import uuid
from functools import cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from hueandcry.exchange.remotes.credentials import derived_key

CONTEXT = b"hueandcry envelope 1\n"  # a signature of ours over anything else is none over an envelope


@cache
def _key(secret: bytes) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(secret)


def _own() -> Ed25519PrivateKey:
    return _key(derived_key(b"hueandcry node key, 1"))


def public_key() -> bytes:
    """This node's public key: 32 bytes."""
    return _own().public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def node_of(key: bytes) -> uuid.UUID:
    """The name of the node with this public key."""
    return uuid.UUID(bytes=hashlib.sha256(b"hueandcry node " + key).digest()[:16])


def own_node() -> uuid.UUID:
    """This node's name."""
    return node_of(public_key())


def fingerprint(node: uuid.UUID) -> str:
    """A node's name as two people compare it on the telephone: in groups of four."""
    return " ".join(node.hex[i : i + 4] for i in range(0, 32, 4))


def sign(content: str) -> str:
    """This node's signature of a text, in Base64."""
    return base64.b64encode(_own().sign(CONTEXT + content.encode())).decode()


def is_signed(content: str, signature: str, key: bytes, origin: uuid.UUID) -> bool:
    """Whether ``origin``, whose public key is ``key``, signed this text."""
    if len(key) != 32 or node_of(key) != origin:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(
            base64.b64decode(signature, validate=True), CONTEXT + content.encode()
        )
    except (InvalidSignature, ValueError, binascii.Error):
        return False
    return True
