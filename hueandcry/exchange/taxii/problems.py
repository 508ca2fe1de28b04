"""What a request can be refused for: an HTTP status and the words of the standard's error message (section 3.6.1)."""

from __future__ import annotations

import secrets
from typing import Any

import orjson
from django.utils.translation import gettext as _


class Problem(Exception):
    """A request that is not fulfilled. ``title`` is for people, ``code`` for programs."""

    def __init__(
        self, status: int, code: str, title: str, description: str = "", *, details: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:  # fmt: skip
        super().__init__(title)
        self.status = status
        self.code = code
        self.title = title
        self.description = description
        self.details = details or {}
        self.headers = headers or {}
        self.id = secrets.token_hex(8)

    def body(self) -> bytes:
        """The error message, as JSON."""
        message: dict[str, Any] = {
            "title": self.title,
            "error_id": self.id,
            "error_code": self.code,
            "http_status": str(self.status),
        }
        if self.description:
            message["description"] = self.description
        if self.details:
            message["details"] = self.details
        return orjson.dumps(message)


def malformed(parameter: str, why: str) -> Problem:
    """400: a parameter of the address that cannot be read."""
    return Problem(
        400, "parameter", _("The parameter %(name)s cannot be read.") % {"name": parameter}, why,
        details={"parameter": parameter},
    )  # fmt: skip


def absent(what: str = "") -> Problem:
    """404: not there, or not for this viewer; both in the same words."""
    return Problem(404, "absent", what or _("There is nothing by this address that you may see."))
