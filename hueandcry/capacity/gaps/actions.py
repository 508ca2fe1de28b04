"""Writes of the gap board: what is aimed at. The board itself is computed."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from hueandcry.audit import actions as audit
from hueandcry.capacity.assessment.model import OURS, model
from hueandcry.capacity.models import Target
from hueandcry.exchange.countries import is_code
from hueandcry.exchange.text import clean
from hueandcry.members.actions import Refused
from hueandcry.members.viewer import Viewer, viewer

ROLES = ("officer", "secretary")
LONGEST = 2_000  # characters of the reason


def aim(*, by: Viewer, aspects: Sequence[str], stage: int, why: str, country: str = "", of: str = OURS) -> int:
    """Set the stage aimed at for these aspects, in one country or (empty) in all. Gives how many. Raises Refused.

    What was aimed at before stays on record; the newest counts, and a country's own goes before that of all.
    """
    if not (by.vetted and by.person and by.organisation and (by.may("officer") or by.secretariat)):
        raise Refused(_("Officers and the secretariat set what is aimed at."))
    held, reason = model(of), clean(why, LONGEST).strip()
    if not aspects or any(each not in held.aspects for each in aspects):
        raise Refused(_("Choose at least one aspect."))
    if not 1 <= stage <= len(held.stages):
        raise Refused(_("Choose a stage."))
    if country and not is_code(country):
        raise Refused(_("Choose a country, or all."))
    if not reason:
        raise Refused(_("Say why: others will ask."))
    with viewer(by):
        made = Target.objects.bulk_create(
            Target(model=held.id, country=country, aspect=each, stage=stage, why=reason,
                   organisation=by.organisation or 0, person=by.person or 0)
            for each in dict.fromkeys(aspects)
        )  # fmt: skip
        detail = {"country": country, "stage": stage}
        audit.record(by=by, verb="set", kind="target", count=len(made), detail=detail)
    return len(made)
