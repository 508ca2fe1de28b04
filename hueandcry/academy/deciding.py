"""What the database refuses, as a refusal that a page and a program can show.

The rules of who may do what stand in triggers (migrations/0002_training.sql), so that page, API and a direct write meet
the same ones. Actions write, and hand on what the database says.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import DataError, IntegrityError, ProgrammingError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from hueandcry.members.actions import Refused


@contextmanager
def decided() -> Iterator[None]:
    """Do the writes inside as one; raises Refused with what the database says where it refuses them."""
    try:
        with transaction.atomic():
            yield
    except ProgrammingError as error:
        words = str(error).splitlines()[0]
        raise Refused(_("This is not yours to do.") if "row-level security" in words else words) from None
    except IntegrityError as error:
        raise Refused(_broken(str(error))) from None
    except DataError:
        raise Refused(_("A value is too large, or is not what the field takes.")) from None


def change(rows: QuerySet[Any], **values: object) -> None:
    """Write these values to the one row; raises Refused where the database refuses, or shows no row to write to."""
    with decided():
        if not rows.update(**values):
            raise Refused(_("This is not yours to do."))


def _broken(words: str) -> str:
    told = {
        "enrolment_once": _("They are enrolled already."),
        "evaluation_once": _("That has been said already."),
        "part_one_each": _("They have a part in this already: one each."),
        "candidacy_one_open": _("They are a candidate for this already."),
        "mark_once": _("You have marked this answer."),
        "recognition_once": _("There is a recognition of these certificates already: withdraw it first."),
        "signingkey_one_active": _("There is a key in use: end it first."),
        "paperitem_question_once": _("They have had this question before."),
        "session_ends_after_start": _("The last day comes before the first."),
    }
    return next((text for name, text in told.items() if name in words), _("The values do not fit each other."))
