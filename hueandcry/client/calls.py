"""One call to the server: signed in, repeated where that is safe and worth while, its errors told as they were sent."""

from __future__ import annotations

import random
import time
import uuid
from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime
from typing import Any, Final

import httpx

AGAIN: Final = frozenset({429, 502, 503, 504})  # worth another try as they stand
LONGEST_WAIT = 120.0  # seconds; who is told to wait longer is told so by Problem
_WRITING: Final = frozenset({"POST", "PATCH", "DELETE"})


class Problem(Exception):
    """The server did not do it: ``status``, its ``code`` for programs, its ``message`` for people, the ``field`` it is
    about, and after how many seconds another try is worth while (None: it is not, as it stands)."""

    def __init__(self, status: int, code: str, message: str, field: str = "", again_in: float | None = None) -> None:
        super().__init__(f"{status} {code}: {message}" if status else message)
        self.status, self.code, self.message, self.field, self.again_in = status, code, message, field, again_in


class Caller:
    """Calls one server with one token. A call that failed on the way is repeated with the same Idempotency-Key, so that
    nothing is done twice."""

    def __init__(self, http: httpx.Client, *, tries: int = 5, sleep: Callable[[float], None] = time.sleep) -> None:
        self.http, self.tries, self.sleep = http, tries, sleep

    def json(self, method: str, path: str, **more: Any) -> dict[str, Any]:
        """The JSON of a success. Raises Problem."""
        content = self.call(method, path, **more).json()
        if not isinstance(content, dict):
            raise Problem(0, "unreadable", "The server's answer is not what this client knows.")
        return content

    def call(self, method: str, path: str, *, headers: Mapping[str, str] | None = None, **more: Any) -> httpx.Response:
        """A success. Raises Problem; ``more`` is what httpx takes."""
        signed = dict(headers or {})
        if method in _WRITING:
            signed.setdefault("Idempotency-Key", str(uuid.uuid4()))
        return self.tried(lambda: self.http.request(method, path, headers=signed, **more))

    def tried(self, ask: Callable[[], httpx.Response]) -> httpx.Response:
        """Ask until it succeeds, is refused for good, or the tries are used up."""
        for turn in range(1, self.tries + 1):
            try:
                response = ask()
            except httpx.TransportError as error:
                if turn == self.tries:
                    raise Problem(0, "unreachable", f"The server cannot be reached: {error}", again_in=60.0) from error
                self.sleep(_pause(turn))
                continue
            if response.is_success:
                return response
            problem = _problem(response)
            wait = problem.again_in if problem.again_in is not None else _pause(turn)
            if turn == self.tries or not _worth_while(response) or wait > LONGEST_WAIT:
                raise problem
            self.sleep(wait)
        raise AssertionError("unreachable")  # pragma: no cover


def _worth_while(response: httpx.Response) -> bool:
    return response.status_code in AGAIN or (response.status_code == 409 and "Retry-After" in response.headers)


def _pause(turn: int) -> float:
    """Half a second, one, two, ...; with a little chance, so that many clients do not come back together."""
    return float(min(30.0, 0.5 * 2 ** (turn - 1)) * random.uniform(0.8, 1.2))  # noqa: S311  not for secrets


def _problem(response: httpx.Response) -> Problem:
    response.read()
    try:
        told = response.json()["error"]
        code, message, field = told["code"], told["message"], told.get("field") or ""
    except (ValueError, KeyError, TypeError, AttributeError):
        page = "text/html" in response.headers.get("Content-Type", "")
        said = "A page came, and no answer of REST v1: is this the address of the alliance?" if page else response.text
        code, message, field = "unreadable", said[:200] or response.reason_phrase, ""
    return Problem(response.status_code, code, message, field, _again_in(response.headers.get("Retry-After", "")))


def _again_in(header: str) -> float | None:
    """Seconds, or a date (RFC 9110, section 10.2.3)."""
    if header.isascii() and header.isdecimal():
        return float(header)
    try:
        return max(0.0, parsedate_to_datetime(header).timestamp() - time.time())
    except (ValueError, TypeError):
        return None
