"""Where the things are that acts of this desk name by a number in the audit record."""

from __future__ import annotations

from hueandcry.audit.things import as_part_of, nowhere, pages
from hueandcry.audit.things import register as say
from hueandcry.capacity import models


def register() -> None:
    """Make them known; called when Django is ready. A part adds a line for each kind that its acts name."""
    say("channel", pages(models.Channel, "capacity:channel"))
    say("channel use", as_part_of("channel", models.ChannelUse, "channel"))
    say("resource", pages(models.Resource, "capacity:resource"))
    say("resource import", pages(models.ResourceImport, "capacity:resource-import"))
    say("indicator evidence", pages(models.IndicatorEvidence, "capacity:evidence"))
    say("call", pages(models.Call, "capacity:call"))
    say("priority", pages(models.Priority, "capacity:priority"))
    say("priority round", pages(models.Round, "capacity:round"))
    say("priority proposal", pages(models.Proposal, "capacity:proposal"))
    say("statistic", nowhere("its page is named by its code"))
    say("need index", nowhere("all stand on one page"))
    say("need run", nowhere("chosen on the page of needs"))
    say("country", nowhere("named in the detail"))
    say("treaty status", nowhere("read on the page of its country"))
    say("country answer", nowhere("read on the page of its country"))
    say("assessment", nowhere("read on the page of its country"))
    say("target", nowhere("it stands among what is aimed at"))
    say("gap board", nowhere("the board is computed anew each time"))
