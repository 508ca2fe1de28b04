"""Secrets of webhooks at rest: encrypted with a key that is not in the database."""

from __future__ import annotations

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings


class Unsealable(Exception):
    """The installation's secret is another than when this was sealed."""


def seal(secret: bytes) -> bytes:
    """Encrypt a secret for the database."""
    return _cipher().encrypt(secret)


def unseal(content: bytes) -> bytes:
    """The secret again. Raises Unsealable."""
    try:
        return _cipher().decrypt(bytes(content))
    except InvalidToken:
        raise Unsealable("sealed with another secret") from None


def _cipher() -> Fernet:
    key = hashlib.sha256(b"secrets of webhooks" + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))
