"""What a log may hold: no secret that stands in an address, whoever else reads logs.

Addresses of invitations, feeds, letters' way out and new passwords open something for whoever has them. A request for
one that is refused is logged with its path (405, 403, 500), while the secret in it is good.
"""

from __future__ import annotations

import logging
import re
from typing import Final

_SECRET: Final = re.compile(r"(/(?:invitations|feeds|notices/unsubscribe|account/password/reset/key)/)[^/\s'\"]++")


def without_secrets(text: str) -> str:
    """The text with the secrets of addresses left out."""
    return _SECRET.sub(r"\1(left out)", text)


class Formatter(logging.Formatter):
    """Writes lines, and tracebacks, without the secrets of addresses."""

    def format(self, record: logging.LogRecord) -> str:
        """The line as it is written."""
        return without_secrets(super().format(record))
