"""The answer to a letter: what became of it, in a few lines, so that nobody has to sign in to know.

It quotes nothing of the letter, says that a machine wrote it (RFC 3834), and goes to the sender's own address only.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hueandcry.exchange.models import Letter
from hueandcry.exchange.receipts import Receipt
from hueandcry.members.models import Person

log = logging.getLogger(__name__)
SHOWN = 10  # refusals named in the letter; the page has all


def send(letter: Letter, person: Person, receipt: Receipt | None, link: Callable[[str], str]) -> bool:
    """Write to the sender, in the language of the person; False where the letter could not be sent."""
    with translation.override(person.language):
        subject, text = words(letter, receipt, link)
    host = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip("<> ") or "localhost"
    headers = {
        "Message-ID": f"<{letter.reference}@{host}>",
        "Auto-Submitted": "auto-replied",
        "X-Auto-Response-Suppress": "All",
        "Precedence": "auto_reply",
    }
    if letter.message_id:
        headers |= {"In-Reply-To": letter.message_id, "References": letter.message_id}
    try:
        EmailMessage(subject, text, None, [letter.sender], headers=headers).send()
    except OSError:  # smtplib's errors are OSErrors too
        log.exception("the answer to letter %s could not be sent", letter.pk)
        return False
    return True


def words(letter: Letter, receipt: Receipt | None, link: Callable[[str], str]) -> tuple[str, str]:
    """Subject and text of the answer."""
    if letter.state != Letter.State.TAKEN or receipt is None:
        return _("Your letter was not taken"), "\n\n".join((_("Nothing of your letter was kept."), letter.reason, ""))
    page = link(f"/submissions/{receipt.reference}/")
    if receipt.state == "done":
        lines = [_outcome(receipt), *_refusals(receipt)]
        subject = _("Your letter was taken")
    elif receipt.state == "unreadable":
        lines = [_("Your letter came, but could not be read."), f"{receipt.place}: {receipt.reason}"]
        subject = _("Your letter could not be read")
    else:
        lines = [_("Your letter came, and is being read. The page below says when it is done.")]
        subject = _("Your letter came")
    return subject, "\n".join((*lines, "", _("The receipt:"), page, ""))


def _outcome(receipt: Receipt) -> str:
    counts = _("Read: %(read)s. Stored: %(stored)s. Known before: %(known)s. Refused: %(refused)s.") % {
        "read": receipt.read, "stored": receipt.stored, "known": receipt.known, "refused": receipt.refused,
    }  # fmt: skip
    made = ngettext("It made %(n)s report.", "It made %(n)s reports.", receipt.reports) % {"n": receipt.reports}
    return f"{counts}\n{made}"


def _refusals(receipt: Receipt) -> list[str]:
    if not receipt.refusals:
        return []
    shown = [f"- {_line(place)}: {_line(reason)}" for place, reason in receipt.refusals[:SHOWN]]
    more = receipt.refused - len(shown)
    rest = [ngettext("and %(n)s more", "and %(n)s more", more) % {"n": more}] if more > 0 else []
    return ["", _("Refused:"), *shown, *rest]


def _line(text: str) -> str:
    """A place may be a file's name: on one line, and short."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())[:200]
