"""How often a token may call: counted for each minute in the database, so that all processes share one count.

One upsert of an unlogged row a call, which waits for no disk. What is over the limit is answered 429 and says when to
come back; the first refusal of a minute stands in the audit record.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from django.conf import settings
from django.db import connection
from django.http import HttpResponseBase
from django.utils.translation import gettext as _

from hueandcry.audit import actions as audit
from hueandcry.exchange.rest.errors import Stop
from hueandcry.members.viewer import Viewer

WINDOW = 60  # seconds
# Calls a minute of one token, by what they cost us. Reading: 50 a second; an export streams everything there is.
LIMITS = {"read": 3_000, "write": 600, "export": 30}


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a token stands in the current minute."""

    limit: int
    used: int
    resets_in: int  # seconds

    def tell(self, response: HttpResponseBase) -> None:
        """Write it into an answer (draft-ietf-httpapi-ratelimit-headers, as of version 06: three headers)."""
        response.headers["RateLimit-Limit"] = str(self.limit)
        response.headers["RateLimit-Remaining"] = str(max(0, self.limit - self.used))
        response.headers["RateLimit-Reset"] = str(self.resets_in)


def count(by: Viewer, kind: str) -> Standing:
    """Count one call of this kind (a key of LIMITS)."""
    limit = int(LIMITS[kind] * settings.REST_RATE)
    minute, gone = divmod(int(time.time()), WINDOW)
    with connection.cursor() as cursor:
        cursor.execute("SELECT hueandcry_count_call(%s, %s, %s)", [by.token or 0, kind, minute])
        (used,) = cursor.fetchone()
    return Standing(limit, used, WINDOW - gone)


def require(by: Viewer, standing: Standing) -> None:
    """Stop with 429 where the token has used up its minute."""
    if standing.used <= standing.limit:
        return
    if standing.used == standing.limit + 1:
        audit.record(by=by, verb="refuse", kind="token", thing=by.token or "", detail={"why": "rate"})
    said = _("This token has made its %(limit)s calls of this minute. Nothing was done; come back in %(wait)s seconds.")
    raise Stop(429, "rate", said % {"limit": standing.limit, "wait": standing.resets_in}, again_in=standing.resets_in)
