"""The bell at the top of every page: a context processor, with one short query for who is signed in."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from hueandcry.notices import queries

MOST = 99  # beyond that the bell says 99+


def bell(request: HttpRequest) -> dict[str, Any]:
    """``bell`` for web/base.html: where notices are, and how many are unread; asked only where a page draws it."""
    person = getattr(request, "user", None)
    if person is None or not person.is_authenticated:
        return {}
    return {"bell": SimpleLazyObject(lambda: _bell(person.pk))}


def _bell(person: int) -> dict[str, Any]:
    unread = queries.unread(person)
    return {"url": reverse("notices:notices"), "unread": min(unread, MOST), "more": unread > MOST}
