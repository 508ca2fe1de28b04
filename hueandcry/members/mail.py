"""What the members desk writes to people. A letter that cannot be sent is logged; what it told of stands."""

from __future__ import annotations

import logging
from datetime import datetime

from django.conf import settings
from django.core.mail import send_mail
from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from hueandcry.members.models import Organisation, Person

log = logging.getLogger(__name__)


_NOW = {
    Organisation.State.APPLICANT: gettext_noop("%(name)s is an applicant again; the secretariat decides anew."),
    Organisation.State.VETTED: gettext_noop("%(name)s is a member of the alliance now, with all that members see."),
    Organisation.State.SUSPENDED: gettext_noop(
        "The secretariat has suspended the membership of %(name)s: its people can sign in, and see and send nothing."
    ),
    Organisation.State.LEFT: gettext_noop("%(name)s is not a member of the alliance."),
}


def administrators(organisation: int) -> list[str]:
    """The addresses of an organisation's administrators who can sign in."""
    people = Person.objects.filter(organisation=organisation, is_active=True, roles__contains=["administrator"])
    return list(people.values_list("email", flat=True))


def tell_administrators(body: Organisation, reason: str) -> None:
    """Tell an organisation's administrators, or where it has none its contact, what its membership is now, and why."""
    text = _(_NOW[Organisation.State(body.state)]) % {"name": body.name}
    if reason:
        text += "\n\n" + _("The reason it gives:") + "\n" + reason
    text += f"\n\n{settings.PUBLIC_URL}{reverse('members:membership')}"
    text += "\n\n" + _("Questions go to the secretariat.") + "\n"
    for address in administrators(body.pk) or filter(None, [body.contact]):
        _send(_("The membership of %(name)s") % {"name": body.name}, text, address)


def delivers() -> bool:
    """Whether letters leave by a mail server; else they lie in the outbox of the data folder."""
    return settings.EMAIL_BACKEND.endswith(".smtp.EmailBackend")


def invite(address: str, organisation: str, link: str, until: datetime) -> bool:
    """Send an invitation's link; False where the letter could not be sent."""
    text = _(
        "%(organisation)s invites you to Hue & Cry, the system of the alliance against cybercrime.\n\n"
        "Choose a password here: %(link)s\n\n"
        "The link works once, until %(until)s (UTC). If you did not expect it, do nothing"
        " and tell whoever is named above.\n"
    ) % {"organisation": organisation, "link": link, "until": formats.date_format(until, "j N Y, H:i", use_l10n=False)}
    return _send(_("Your invitation by %(organisation)s") % {"organisation": organisation}, text, address)


def _send(subject: str, text: str, address: str) -> bool:
    try:
        send_mail(" ".join(subject.split()), text, None, [address])
    except OSError:  # smtplib's errors are OSErrors too
        log.exception("a letter could not be sent")
        return False
    return True
