"""What the calendar of the academy tells: certificates and accreditations that end, accreditations that nobody has
looked at for a year. Each once."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db import connection
from django.urls import reverse
from django.utils.translation import gettext as _

from hueandcry.audit import actions as audit
from hueandcry.members.viewer import Viewer, viewer
from hueandcry.notices.actions import tell

OPERATOR = Viewer(principals=(), roles=frozenset({"operator"}), channel="calendar")
APPLICANTS = ("trainer", "administrator", "officer")


def calendar_due(most: int = 500) -> int:
    """Tell what is due; gives how many."""
    with viewer(OPERATOR), connection.cursor() as cursor:
        cursor.execute(
            "SELECT machine, reference, organisation, office, person, what, until FROM hueandcry_academy_due(%s)",
            [most],
        )
        rows = cursor.fetchall()
        for machine, reference, organisation, office, person, what, until in rows:
            if machine == "certificate":
                _of_certificate(reference, person, what, until)
            else:
                _of_accreditation(reference, [organisation, *([office] if office else [])], what, until)
        if rows:
            audit.record(by=OPERATOR, verb="calendar", kind="certificate", count=len(rows))
    return len(rows)


def _of_certificate(reference: UUID, person: int, what: str, until: date) -> None:
    said = (
        _("A certificate of yours has ended on %(day)s")
        if what == "ended"
        else _("A certificate of yours ends on %(day)s")
    )
    tell(
        kind="certification", title=said % {"day": until.isoformat()}, people=[person],
        text=_("Show your continuing development and apply again: what you hold then follows on."),
        link=reverse("academy:certificate", args=[reference]),
    )  # fmt: skip


def _of_accreditation(reference: UUID, organisations: list[int], what: str, until: date) -> None:
    if what.startswith("to be looked at"):
        said = _("An accreditation has not been looked at for a year")
    elif what == "ended":
        said = _("An accreditation has ended on %(day)s") % {"day": until.isoformat()}
    else:
        said = _("An accreditation ends on %(day)s") % {"day": until.isoformat()}
    link = reverse("academy:accreditation", args=[reference])
    tell(kind="accreditation", title=said, organisations=organisations, roles=(*APPLICANTS, "secretary"), link=link)
