"""What happens in a room, in words. The keys are written by blind functions and by actions.py."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# act -> what the activity list says; "about" is the organisation or person it was done to
ACTS: dict[str, str | Promise] = {
    "opened": _("opened the room"),
    "invited": _("asked in:"),
    "uninvited": _("took back the invitation to:"),
    "joined": _("joined"),
    "declined": _("declined to join"),
    "named": _("named:"),
    "taken out": _("took out:"),
    "went": _("left the room"),
    "made lead": _("made lead:"),
    "left": _("left with all its people"),
    "removed": _("removed:"),
    "shared": _("shared a report into the room"),
    "took back": _("took a report back"),
    "added a file": _("added a file"),
    "erased a file": _("erased a file"),
    "closed": _("closed the room"),
}
ABOUT_ORGANISATION = frozenset({"invited", "uninvited", "removed"})
ABOUT_PERSON = frozenset({"named", "taken out", "made lead"})

# The widest that may come into a room: nothing that goes to everyone is worked on behind a door.
CEILINGS = ("GREEN", "AMBER", "AMBER+STRICT", "RED")
