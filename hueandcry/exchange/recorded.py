"""Where the things are that acts of this desk name by a number in the audit record."""

from __future__ import annotations

from hueandcry.audit.things import as_part_of, nowhere, one_page, pages
from hueandcry.audit.things import register as say
from hueandcry.exchange import models


def register() -> None:
    """Make them known; called when Django is ready."""
    say("report", pages(models.Report, "linkage:report"))
    say("handling", as_part_of("report"))
    say("object", pages(models.Object, "exchange:object", "report__reference", "pk"))
    say("outcome", as_part_of("report", models.Outcome, "report"))
    say("sighting", nowhere("read as a list only"))
    say("submission", pages(models.Submission, "exchange:submission"))
    say("receipt", nowhere("named by the reference of its submission, as programs call it"))
    say("mapping", nowhere("saved without a number"))
    say("lookup", pages(models.Lookup, "exchange:hit"))
    say("value", as_part_of("lookup"))
    say("lookup notice", nowhere("read as a list only"))
    say("request", pages(models.Ask, "exchange:request"))
    say("request part", as_part_of("request", models.AskPart, "ask"))
    say("permission", pages(models.Permission, "exchange:permission"))
    say("recall", pages(models.Recall, "exchange:recall"))
    say("alert", pages(models.Alert, "exchange:alert"))
    say("alert match", as_part_of("alert"))
    say("remote", pages(models.Remote, "exchange:connection"))
    say("mailbox", one_page("exchange:mail"))
    say("sender", one_page("exchange:mail"))
    say("e-mail", one_page("exchange:mail"))
    say("collection", nowhere("read by programs, by TAXII"))
    say("feed", nowhere("read by programs: MISP and Atom"))
    say("call", nowhere("kept for a program that asks again"))
