"""Where the next page of a list begins: opaque to programs, signed, good for the same list, filters and person only."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import orjson
from django.core import signing
from django.utils.translation import gettext as _

from hueandcry.exchange.rest.errors import Stop, wrong
from hueandcry.members.viewer import Viewer

LONGEST = 1_000


def write(by: Viewer, listing: str, filters: Mapping[str, Any], place: Any) -> str:
    """The cursor that begins after ``place`` (anything JSON holds) in this list as filtered."""
    return _signer(by, listing, filters).sign_object(place)


def read(by: Viewer, listing: str, filters: Mapping[str, Any], cursor: str) -> Any:
    """The place that ``write`` put into a cursor; None for "". Stops with 422 at any other text."""
    if not cursor:
        return None
    try:
        return _signer(by, listing, filters).unsign_object(cursor[: LONGEST + 1])
    except (signing.BadSignature, ValueError):
        raise _not_ours() from None


def _not_ours() -> Stop:
    return wrong("after", _("take the value of next from the page before, with the same filters"))


def _signer(by: Viewer, listing: str, filters: Mapping[str, Any]) -> signing.Signer:
    kept = {name: value for name, value in filters.items() if name not in ("after", "limit")}
    digest = hashlib.sha256(orjson.dumps(kept, option=orjson.OPT_SORT_KEYS, default=str)).hexdigest()
    return signing.Signer(sep=".", salt=f"rest:{listing}:{by.person}:{digest}")
