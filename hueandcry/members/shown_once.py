"""Secrets that are shown to their owner once, on the page after the one that made them.

They wait in the session, encrypted with a key that is not in the database: whoever reads the sessions' table or a
backup of it finds no token there.
"""

from __future__ import annotations

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.http import HttpRequest

LIFE = 600  # seconds until a secret that nobody fetched is as good as gone


def keep(request: HttpRequest, name: str, secret: str) -> None:
    """Keep a secret for the next page."""
    request.session[_slot(name)] = cipher(b"shown once").encrypt(secret.encode()).decode()


def take(request: HttpRequest, name: str) -> str:
    """The secret kept under this name, or ""; it cannot be taken twice."""
    kept = request.session.pop(_slot(name), "")
    try:
        return cipher(b"shown once").decrypt(kept, ttl=LIFE).decode() if kept else ""
    except InvalidToken:
        return ""


def _slot(name: str) -> str:
    return f"shown once: {name}"


def cipher(purpose: bytes) -> Fernet:
    """A cipher whose key is the installation's, for one purpose; it lies in the data folder, not in the database."""
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(purpose + settings.SECRET_KEY.encode()).digest()))
