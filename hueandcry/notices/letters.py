"""The round that writes letters: what waits for somebody, in one letter, in their language.

A letter says titles and links, never a text out of a report, and no title of a report whose handling keeps it out of
e-mail. One process writes to a person at a time; what is told is marked in the transaction in which it is sent, so that
it comes twice only where the process dies between the two, and then under the same Message-ID.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parseaddr

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMultiAlternatives
from django.db import connection
from django.db.models import F
from django.db.models.functions import Now
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import ngettext

from hueandcry.audit import actions as audit
from hueandcry.members.models import Person
from hueandcry.members.viewer import Viewer, identify, viewer
from hueandcry.notices import naming
from hueandcry.notices.kinds import KINDS
from hueandcry.notices.models import Notice, Preference

log = logging.getLogger(__name__)

PEOPLE = 200  # written to in one go
LINES = 50  # notices that a letter names; the rest are counted
_PAUSE = {
    str(Preference.Mail.AT_ONCE): timedelta(0),
    str(Preference.Mail.DAILY): timedelta(days=1),
    str(Preference.Mail.WEEKLY): timedelta(days=7),
}
FRESH_DAYS = 14  # what waited longer is no news; hueandcry_mail_due says the same
_LOCK = 3  # first key of the advisory lock of a person who is being written to
_SALT = "notices: no more letters"


@dataclass(frozen=True, slots=True)
class Line:
    """One notice as a letter says it."""

    kind: str
    title: str
    url: str


def mail_due() -> None:
    """Write to everybody to whom a letter is due. Outside any viewer and transaction."""
    done: set[int] = set()
    while due := [person for person in _due() if person not in done]:
        for person in due:
            done.add(person)
            write_to(person)
    with connection.cursor() as cursor:
        cursor.execute("SELECT hueandcry_forget_notices()")


def _due() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT hueandcry_mail_due(%s)", [PEOPLE])
        return [row[0] for row in cursor.fetchall()]


def write_to(person: int) -> bool:
    """Write one letter with all that waits for this person; False where nothing was sent."""
    by = identify(person, channel="e-mail")
    if not by.vetted:
        return False
    try:
        with viewer(by):
            return _write(by)
    except Exception:  # whatever is wrong with one letter, the next person's is written
        log.exception("a letter could not be sent")
    with viewer(by):
        Preference.objects.get_or_create(person=person)
        # each failure doubles the wait, from two minutes to about a day
        Preference.objects.filter(person=person).update(failures=F("failures") + 1)
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE notices_preference SET next_at = now() + least(2 ^ failures, 1440) * interval '1 minute'"
                " WHERE person = %s",
                [person],
            )
    return False


def _write(by: Viewer) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, hashint8(%s))", [_LOCK, by.person])
        if not cursor.fetchone()[0]:
            return False
    preference, _made = Preference.objects.get_or_create(person=by.person or 0)
    if not _is_due(preference):  # another process wrote since we were told that it is
        return False
    recent = Now() - timedelta(days=FRESH_DAYS)
    waiting = Notice.objects.filter(mailed_at=None, read_at=None, at__gt=recent).exclude(kind__in=preference.muted)
    notices = list(waiting.select_for_update(skip_locked=True).order_by("-pk"))
    if not notices:
        return False
    person = Person.objects.get(pk=by.person or 0)
    allowed = naming.named(by, [one.link for one in notices[:LINES]])
    sender = replace(by, person=None)  # the program writes; who is written to is the thing, and did nothing
    audit.record(by=sender, verb="send", kind="letter", thing=by.person, count=len(notices))
    with translation.override(person.language):
        letter(person, notices, allowed).send()
    Notice.objects.filter(pk__in=[one.pk for one in notices]).update(mailed_at=Now())
    Preference.objects.filter(pk=by.person or 0).update(mailed_at=Now(), failures=0, next_at=None)
    return True


def _is_due(preference: Preference) -> bool:
    """Whether the time for a letter has come; hueandcry_mail_due says the same."""
    now = datetime.now(UTC)
    if preference.mail not in _PAUSE or (preference.next_at is not None and preference.next_at > now):
        return False
    return preference.mailed_at is None or preference.mailed_at <= now - _PAUSE[preference.mail]


def letter(person: Person, notices: list[Notice], allowed: frozenset[str]) -> EmailMultiAlternatives:
    """The letter that tells these notices, the latest first, in the language that is active."""
    lines = [
        Line(
            str(KINDS[one.kind]),
            naming.title_of(one.kind, one.title, one.link, allowed),
            f"{settings.PUBLIC_URL}/notices/{one.reference}/",
        )
        for one in notices[:LINES]
    ]
    count = len(notices)
    said = ngettext("%(count)s notice from Hue & Cry", "%(count)s notices from Hue & Cry", count) % {"count": count}
    shown = {
        "person": person,
        "lines": lines,
        "more": count - len(lines),
        "site": settings.PUBLIC_URL,
        "unsubscribe": unsubscribe_url(person),
    }
    made = EmailMultiAlternatives(
        lines[0].title if count == 1 else said,
        render_to_string("notices/letter.txt", shown),
        None,
        [person.email],
        headers={
            "Message-ID": f"<notice-{notices[0].reference}-{count}@{_domain()}>",
            "List-Unsubscribe": f"<{unsubscribe_url(person)}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",  # RFC 8058
            "Auto-Submitted": "auto-generated",  # RFC 3834: no answering machine answers
        },
    )
    made.attach_alternative(render_to_string("notices/letter.html", shown), "text/html")
    return made


def unsubscribe_url(person: Person) -> str:
    """Where this person ends letters without signing in; good as long as the address stays."""
    return f"{settings.PUBLIC_URL}/notices/unsubscribe/{signing.dumps([person.pk, person.email], salt=_SALT)}/"


def unsubscriber(token: str) -> Person | None:
    """Whose letters the address ends; None where we did not write it."""
    try:
        number, email = signing.loads(token, salt=_SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return Person.objects.filter(pk=number, email=email, is_active=True).first()


def _domain() -> str:
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
