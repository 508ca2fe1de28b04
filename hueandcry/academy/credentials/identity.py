"""Whom a credential is about, where it must not say: a salted hash that who knows the person can check. Pure.

Open Badges 3.0, section B.17 (IdentityObject): the hash is taken over the value followed by the salt, and written
``sha256$`` and 64 hexadecimal digits.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import unicodedata
from typing import Any

EMAIL, NAME = "emailAddress", "name"


def named(name: str) -> dict[str, Any]:
    """The identity of somebody who agreed to be named."""
    return {"type": "IdentityObject", "hashed": False, "identityType": NAME, "identityHash": name}


def hashed(value: str, *, kind: str = EMAIL, salt: str = "") -> dict[str, Any]:
    """The identity of somebody who is not named: without knowing ``value`` it cannot be read off."""
    salt = salt or secrets.token_hex(16)
    return {"type": "IdentityObject", "hashed": True, "identityType": kind, "salt": salt,
            "identityHash": _hash(value, salt)}  # fmt: skip


def is_about(subject: dict[str, Any], value: str) -> bool:
    """Whether ``value`` (an e-mail address, a name) is whom the subject of a credential is about."""
    identifiers = subject.get("identifier")
    entries = identifiers if isinstance(identifiers, list) else [identifiers]
    return any(_matches(each, value) for each in entries if isinstance(each, dict))


def _matches(entry: dict[str, Any], value: str) -> bool:
    told = entry.get("identityHash")
    if not isinstance(told, str):
        return False
    if entry.get("hashed") is True:
        return hmac.compare_digest(told.encode(), _hash(value, str(entry.get("salt", ""))).encode())
    return hmac.compare_digest(_plain(told).encode(), _plain(value).encode())


def _hash(value: str, salt: str) -> str:
    return "sha256$" + hashlib.sha256((_plain(value) + salt).encode()).hexdigest()


def _plain(value: str) -> str:
    return unicodedata.normalize("NFC", " ".join(value.split())).casefold()
