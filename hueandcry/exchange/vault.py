"""Submissions at rest: AES-256-GCM in chunks, one key a submission, so that destroying the key erases the bytes.

Each chunk is bound to its number and to whether it is the last, so that chunks cannot be swapped, dropped or appended
(the STREAM construction of Hoang, Reyhanitabar, Rogaway and Vizár, 2015, with a counter nonce: a key is used for one
submission only, so no nonce repeats).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

CHUNK = 1024 * 1024  # bytes of a submission in one row


class Tampered(Exception):
    """The stored bytes are not the ones that were stored."""


def new_key() -> bytes:
    """A key for one submission: 32 random bytes."""
    return AESGCM.generate_key(bit_length=256)


def encrypted(raw: bytes, key: bytes) -> Iterator[bytes]:
    """The ciphertext of each chunk in order; at least one, also for no bytes at all."""
    cipher = AESGCM(key)
    count = max(1, -(-len(raw) // CHUNK))
    for number in range(count):
        part = raw[number * CHUNK : (number + 1) * CHUNK]
        yield cipher.encrypt(_nonce(number), part, _place(number, last=number == count - 1))


def decrypted(chunks: Iterable[bytes], key: bytes) -> bytes:
    """The bytes again. Raises Tampered where a chunk is changed, missing, added or out of order."""
    cipher = AESGCM(key)
    held = list(chunks)
    if not held:
        raise Tampered("the stored bytes are gone")
    try:
        return b"".join(
            cipher.decrypt(_nonce(n), bytes(c), _place(n, last=n == len(held) - 1)) for n, c in enumerate(held)
        )
    except InvalidTag:
        raise Tampered("the stored bytes do not match their key") from None


def _nonce(number: int) -> bytes:
    return number.to_bytes(12, "big")


def _place(number: int, *, last: bool) -> bytes:
    return number.to_bytes(8, "big") + (b"\x01" if last else b"\x00")
