"""Short builders: reports that took the real way in."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from hueandcry.exchange import actions
from hueandcry.exchange.handling import Handling
from hueandcry.exchange.models import Report
from hueandcry.members.models import ALLIANCE, Person
from hueandcry.members.viewer import viewer
from tests import factory

SHARED = Handling(tlp="GREEN", recipients=(ALLIANCE,))


def rows(person: Person, *lines: str, handling: Handling | None = None, header: str = "title,date,ip,label") -> UUID:
    """A table sent by this person; gives the submission's reference."""
    raw = "\n".join((header, *lines, "")).encode()
    return file(person, raw, "table.csv", handling)


def file(person: Person, raw: bytes, filename: str = "", handling: Handling | None = None) -> UUID:
    """A file sent by this person; gives the submission's reference."""
    who = factory.as_viewer(person)
    return actions.receive(by=who, raw=raw, filename=filename, handling=handling or SHARED, at_once=True).reference


def form(person: Person, what: str = "A false invoice", handling: Handling | None = None, **more: Any) -> Report:
    """One report by the form; gives it."""
    raw = json.dumps({"hueandcry-form": 1, "what": what, **more}, separators=(",", ":")).encode()
    reference = file(person, raw, "", handling)
    with viewer(factory.as_viewer(person)):
        return Report.objects.get(submission__reference=reference)
