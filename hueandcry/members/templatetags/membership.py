"""How the states of the members desk are drawn: ``{% load membership %}``."""

from __future__ import annotations

from collections.abc import Iterable

from django import template
from django.utils.translation import gettext as _

from hueandcry.members.models import Person
from hueandcry.members.sections import section

register = template.Library()
register.filter("section", section)

TONES = {"vetted": "good", "applicant": "doubt", "suspended": "signal", "left": ""}
STANDINGS = {"good": "good", "soon": "doubt", "expired": "", "revoked": ""}


@register.filter
def tone(state: str) -> str:
    """``{% state body.get_state_display body.state|tone %}``."""
    return TONES.get(state, STANDINGS.get(state, ""))


@register.filter
def standing(word: str) -> str:
    """What a token's standing is called."""
    return {"good": _("good"), "soon": _("ends soon"), "expired": _("expired"), "revoked": _("revoked")}.get(word, word)


@register.filter
def role_names(roles: Iterable[str]) -> str:
    """The roles, by name, in one line."""
    labels = dict(Person.Role.choices)
    return ", ".join(str(labels.get(role, role)) for role in roles) or _("no role")
