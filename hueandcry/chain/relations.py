"""How two things can belong together: each relation with its words for both directions. No tables here."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Relation:
    """``forward`` is said on the page of the first thing, ``backward`` on that of the second."""

    forward: str | Promise
    backward: str | Promise


RELATIONS: dict[str, Relation] = {
    "about": Relation(_("About"), _("Discussed in")),
    "works on": Relation(_("Works on"), _("Worked on in")),
    "shares": Relation(_("Shares"), _("Shared in")),
    "leads to": Relation(_("Leads to"), _("Comes from")),
    "supports": Relation(_("Supports"), _("Supported by")),
    "speaks against": Relation(_("Speaks against"), _("Spoken against by")),
}
# Relations whose first thing stands after the second on a page: a thread came of the report that it is about.
LATER = frozenset({"about", "works on", "shares"})
