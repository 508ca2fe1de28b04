"""How a call of a webhook is signed, so that the receiver knows that it is ours and fresh. Pure.

Source: Standard Webhooks 1.0 (github.com/standard-webhooks/standard-webhooks, spec/standard-webhooks.md).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

PREFIX = "whsec_"  # tells what the string is where one is found lying about
SIZE = 32  # bytes of a secret; the standard wants 24 to 64


def new_secret() -> bytes:
    """A secret for one webhook."""
    return secrets.token_bytes(SIZE)


def shown(secret: bytes) -> str:
    """The secret as its receiver enters it."""
    return PREFIX + base64.b64encode(secret).decode()


def headers(secret: bytes, call: str, moment: int, body: bytes) -> dict[str, str]:
    """The headers of a call: its id, when it was sent (Unix seconds), the signature over both and the body."""
    signed = hmac.new(secret, f"{call}.{moment}.".encode() + body, hashlib.sha256).digest()
    return {
        "webhook-id": call,
        "webhook-timestamp": str(moment),
        "webhook-signature": "v1," + base64.b64encode(signed).decode(),
    }
