"""Where the things are that acts of this desk name by a number in the audit record."""

from __future__ import annotations

from hueandcry.audit.things import nowhere, pages
from hueandcry.audit.things import register as say
from hueandcry.programmes import models


def register() -> None:
    """Make them known; called when Django is ready. A part adds a line for each kind that its acts name."""
    say("programme", pages(models.Programme, "programmes:programme"))
    say("programmes", nowhere("it is one page"))
    for word in ("fund", "entry", "books", "rate"):
        say(word, nowhere("the ledger has no pages yet"))
