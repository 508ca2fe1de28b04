"""Secrets of second factors at rest: encrypted with a key that is not in the database.

A copy of the database, or a backup of it, gives nobody the codes that somebody's telephone makes.
"""

from __future__ import annotations

import base64
import logging
import secrets
from typing import Final

from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import InvalidToken

from hueandcry.members.shown_once import cipher

log = logging.getLogger(__name__)
PURPOSE: Final = b"second factor"
SEALED: Final = "gAAAA"  # how every Fernet token begins; neither base32 nor a hexadecimal seed does


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth ships no types
    """What django-allauth asks when it keeps or reads a secret of TOTP or the seed of recovery codes."""

    def encrypt(self, text: str) -> str:
        """The secret as it is kept."""
        return cipher(PURPOSE).encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """The secret again; one from before they were encrypted is as it was. One that this installation did not seal
        opens nothing: in its place comes one that nobody has."""
        if not encrypted_text.startswith(SEALED):
            return encrypted_text
        try:
            return cipher(PURPOSE).decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            log.warning("a second factor cannot be opened: the installation's secret changed; it has to be set up anew")
            return base64.b32encode(secrets.token_bytes(20)).decode()
