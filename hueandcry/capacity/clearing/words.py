"""Reasons of matching as sentences."""

from __future__ import annotations

from django.utils.translation import gettext as _

from hueandcry.capacity import choices
from hueandcry.capacity.clearing.matching import Reason


def said(reason: Reason) -> str:
    """A reason for or against somebody, in the reader's language."""
    about = reason.about
    if reason.word == "conflict":
        return _conflict(about)
    if reason.word in ("language", "level", "fluent"):
        tongue = choices.language(about)
        return {
            "language": _("does not speak %(language)s"),
            "level": _("speaks %(language)s below the level asked"),
            "fluent": _("fluent in %(language)s"),
        }[reason.word] % {"language": tongue}
    if reason.word in ("country", "worked there"):
        name = choices.country(about)
        text = _("does not go to %(country)s") if reason.word == "country" else _("has worked in %(country)s")
        return text % {"country": name}
    return {
        "skill": _("does not have the skill “%(about)s”"),
        "useful": _("has the skill “%(about)s”"),
        "dates": _("not free on all of these days"),
        "engaged": _("taken by other calls at that time"),
        "kind": _("not of the kind that the place wants"),
        "same time": _("fills another place at the same time"),
        "others fit better": _("would fit; others fit better"),
        "seldom sent": _("seldom sent so far"),
    }[reason.word] % {"about": about}


def _conflict(about: str) -> str:
    fixed = {
        "asker": _("conflict of interest with your organisation"),
        "employer": _("works for the organisation that asks"),
        "nationality": _("is of the country; somebody from elsewhere is wanted"),
    }
    if about in fixed:
        return fixed[about]
    name = choices.country(about) if len(about) == 2 and about.isupper() else about
    return _("conflict of interest with %(name)s") % {"name": name}
