"""What an authenticator app shows: RFC 6238, SHA-1, six digits, thirty seconds."""

from __future__ import annotations

import base64
import hmac
import time

STEP = 30  # seconds a code is good for
TYPING = 6  # seconds between reading a code and its arrival


def one_time_code(secret: str, *, at: float | None = None) -> str:
    """The six digits for this secret (Base32) at a time (seconds since 1970), now by default."""
    counter = int((time.time() if at is None else at) // STEP)
    digest = hmac.digest(base64.b32decode(secret + "=" * (-len(secret) % 8)), counter.to_bytes(8, "big"), "sha1")
    start = digest[-1] & 15  # RFC 4226, section 5.3: where to take four bytes from
    return f"{(int.from_bytes(digest[start : start + 4], 'big') & 0x7FFFFFFF) % 10**6:06d}"


def code_to_type(secret: str, *, used: str = "") -> str:
    """A code with enough of its time left for a slow machine, and another than ``used``: none is taken twice."""
    while (left := STEP - time.time() % STEP) < TYPING or one_time_code(secret) == used:
        time.sleep(left + 0.2)
    return one_time_code(secret)
