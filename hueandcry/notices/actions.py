"""Writes of this desk: telling people, and the rounds that carry it further by letter and by webhook."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.conf import settings
from django.db import connection

from hueandcry.notices.kinds import KINDS

LONGEST_TITLE = 300  # characters; longer ones are cut
LONGEST_TEXT = 2_000
ROLES = ("analyst", "administrator")


def tell(
    *,
    kind: str,
    title: str,
    text: str = "",
    link: str = "",
    organisations: Iterable[int] = (),
    people: Iterable[int] = (),
    roles: Sequence[str] = ROLES,
    webhooks_of: Iterable[int] = (),
) -> int:
    """Tell the people of these organisations who hold one of ``roles``, and these people; gives how many were told.

    Works inside and outside a viewer; inside, it is told only if the transaction commits. The webhooks of
    ``organisations`` are called too, and those of ``webhooks_of``, whose people are not told. ``title`` and ``text``
    hold no content of a report that somebody told may not see; ``link`` is a path of this site. Raises ValueError for
    an unknown kind and for a link that leads elsewhere.
    """
    if kind not in KINDS:
        raise ValueError(f"{kind!r} is no kind of notice")
    if link and (not link.startswith("/") or link.startswith(("//", "/\\"))):
        raise ValueError("the link of a notice is a path of this site")
    bodies = sorted(set(organisations))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT hueandcry_tell(%s, %s, %s, %s, %s::bigint[], %s::bigint[], %s::text[], %s::bigint[], %s)",
            [
                kind,
                _line(title)[:LONGEST_TITLE],
                text.replace("\0", "").strip()[:LONGEST_TEXT],
                link,
                bodies,
                sorted(set(people)),
                list(roles),
                sorted({*bodies, *webhooks_of}),
                settings.PUBLIC_URL,
            ],
        )
        return int(cursor.fetchone()[0])


def _line(text: str) -> str:
    """One line: a title becomes the subject of a letter."""
    return " ".join(text.replace("\0", "").split())


def call_due() -> None:
    """Not there yet."""


def mail_due() -> None:
    """Not there yet."""
