"""Where the things are that acts of this desk name by a number in the audit record."""

from __future__ import annotations

from hueandcry.academy import models
from hueandcry.audit.things import as_part_of, nowhere, pages
from hueandcry.audit.things import register as say


def register() -> None:
    """Make them known; called when Django is ready. A part adds a line for each kind that its acts name."""
    say("profile", nowhere("it is made anew each time"))
    say("plan", nowhere("it is made anew each time"))
    say("workbench", nowhere("it is one page"))
    say("training", nowhere("it is one page"))
    say("framework", nowhere("its page is named by its code and version"))
    say("course", pages(models.Course, "academy:course"))
    say("session", pages(models.Session, "academy:session"))
    say("enrolment", as_part_of("session", models.Enrolment, "session"))
    say("accreditation", pages(models.Accreditation, "academy:accreditation"))
    say("candidacy", pages(models.Candidacy, "academy:candidacy"))
    say("certificate", pages(models.Certificate, "academy:certificate"))
    say("question", nowhere("it stands in the bank of its body"))
    say("scheme", nowhere("its page is named by its code"))
    say("signing key", nowhere("all stand on one page"))
    say("recognition", nowhere("all stand in one matrix"))
