"""Writes of this desk: telling people, and how they want to be told. Webhooks have their own, actions_webhook."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.db.models.functions import Now

from hueandcry.audit import actions as audit
from hueandcry.members.actions import digest_of
from hueandcry.members.viewer import Viewer, viewer
from hueandcry.notices.kinds import KINDS
from hueandcry.notices.models import Notice, Preference

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


def mark_read(*, by: Viewer, references: Iterable[UUID] | None = None) -> int:
    """Mark these of the viewer's notices read; all of them without ``references``. Gives how many were unread."""
    with viewer(by):
        unread = Notice.objects.filter(read_at=None)
        if references is not None:
            unread = unread.filter(reference__in=list(references))
        return unread.update(read_at=Now())


def set_preference(*, by: Viewer, mail: str, muted: Sequence[str]) -> None:
    """How the viewer is told by e-mail, and of what not. Raises ValueError for what can be neither."""
    if mail not in Preference.Mail.values or not set(muted) <= KINDS.keys():
        raise ValueError("no such preference")
    with viewer(by):
        chosen = {"mail": mail, "muted": sorted(set(muted))}
        Preference.objects.update_or_create(person=by.person or 0, defaults=chosen)
        audit.record(by=by, verb="change", kind="preference", detail={"mail": mail})


def new_feed(*, by: Viewer) -> str:
    """A new secret address for the viewer's feeds, given this once; an old one opens nothing any more."""
    secret = secrets.token_urlsafe(32)
    with viewer(by):
        Preference.objects.update_or_create(person=by.person or 0, defaults={"feed": digest_of(secret)})
        audit.record(by=by, verb="add", kind="feed")
    return secret


def end_feed(*, by: Viewer) -> None:
    """End the viewer's feeds."""
    with viewer(by):
        Preference.objects.filter(person=by.person or 0).update(feed=None)
        audit.record(by=by, verb="revoke", kind="feed")
