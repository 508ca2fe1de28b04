"""What is said of resources on pages: reasons of a result, events. In the reader's language."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from hueandcry.capacity import choices
from hueandcry.capacity.assessment.model import model
from hueandcry.capacity.models import Resource
from hueandcry.capacity.register.ranking import Reason

EVENTS = {
    "proposed": gettext_lazy("proposed it"),
    "sent": gettext_lazy("sent it before the alliance"),
    "edited": gettext_lazy("changed it"),
    "listed": gettext_lazy("the review ended without objection: it is listed"),
    "fading": gettext_lazy("nobody confirmed it for a year: it fades"),
    "withdrawn": gettext_lazy("withdrew it"),
    "objected": gettext_lazy("objected"),
    "objection upheld": gettext_lazy("upheld an objection: it is withdrawn"),
    "objection answered": gettext_lazy("answered an objection: it stays"),
    "confirmed": gettext_lazy("confirmed that it is still so"),
    "consent": gettext_lazy("recorded consent"),
    "consent withdrawn": gettext_lazy("took consent back"),
}
CONSENTS = {
    "alliance": gettext_lazy("all members of the alliance"),
    "law-enforcement": gettext_lazy("law enforcement of the alliance"),
    "secretariat": gettext_lazy("the alliance's office alone"),
    "organisations": gettext_lazy("chosen organisations"),
}


def reason(told: Reason) -> str:
    """One reason of a result, as a short sentence without a full stop."""
    data = told.data
    if told.kind in ("words", "near"):
        words = ", ".join(data["words"])
        return (_("has your words: %s") if told.kind == "words" else _("has words spelt nearly so: %s")) % words
    if told.kind == "country":
        if data["values"] == ["*"]:
            return _("serves any country")
        return _("serves %s") % ", ".join(choices.country(code) for code in data["values"])
    if told.kind == "language":
        return _("in %s") % ", ".join(choices.language(code) for code in data["values"])
    if told.kind == "aspect":
        return _("serves %s") % ", ".join(aspect(key) for key in data["values"])
    return _RANKED[told.kind](told) if told.kind in _RANKED else _known(told.kind, data["values"])


def _known(kind: str, values: Iterable[str]) -> str:
    choices = {"kind": Resource.Kind, "cost": Resource.Cost, "state": Resource.State}[kind]
    return ", ".join(str(choices(value).label) for value in values)


_RANKED = {
    "seldom shown": lambda told: _("seldom shown so far, so it stands higher"),
    "asked for": lambda told: (
        ngettext(
            "asked for %(n)s time, more than most that are seen as often",
            "asked for %(n)s times, more than most that are seen as often",
            told.data["asked"],
        )
        % {"n": told.data["asked"]}
    ),
    "confirmed by": lambda told: (
        ngettext(
            "evidence or confirmation from %(n)s source",
            "evidence or confirmations from %(n)s sources",
            told.data["organisations"],
        )
        % {"n": told.data["organisations"]}
    ),
    "evidence": lambda told: _("evidence is given"),
    "confirmed on": lambda told: _("last confirmed %s") % date_format(date.fromisoformat(told.data["day"]), "j M Y"),
}


def aspect(key: str) -> str:
    """An aspect's name with its id; the id alone where the model does not know it."""
    known = model().aspects.get(key)
    return f"{known.name} ({key})" if known else key
