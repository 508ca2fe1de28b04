"""Text as it is compared: without case and without accents. Pure."""

from __future__ import annotations

import unicodedata


def folded(text: str) -> str:
    """What is left when case (Unicode case folding) and accents (combining marks under NFKD) are taken away:
    "École" and "ecole" are one."""
    parted = unicodedata.normalize("NFKD", text).casefold()
    return "".join(sign for sign in parted if not unicodedata.combining(sign))
