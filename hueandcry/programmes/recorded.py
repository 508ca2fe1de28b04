"""Where the things are that acts of this desk name by a number in the audit record."""

from __future__ import annotations

from hueandcry.audit.things import nowhere
from hueandcry.audit.things import register as say


def register() -> None:
    """Make them known; called when Django is ready. A part adds a line for each kind that its acts name."""
    say("fund", nowhere("its page is made by the part that follows"))
