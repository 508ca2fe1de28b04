"""Why a gap stays open, in words: what stands against the session that comes nearest to closing it."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext as _

from hueandcry.academy.plans import plan
from hueandcry.academy.plans.plan import Left, Offered
from hueandcry.capacity import choices

_SAID: dict[str, Callable[[Offered], str]] = {
    plan.FULL: lambda near: _("All its places are taken."),
    plan.LANGUAGE: lambda near: (
        _("It is held in %(language)s, which you did not choose.") % {"language": choices.language(near.language)}
    ),
    plan.DATES: lambda near: _("It lies outside your dates."),
    plan.COUNTRY: lambda near: (
        _("It is in %(country)s, where you do not travel.") % {"country": choices.country(near.country)}
        if near.country
        else _("It is online, which you ruled out.")
    ),
    plan.CURRENCY: lambda near: (
        _("It is paid in %(currency)s, and the plan counts in another currency.") % {"currency": near.currency}
    ),
    plan.COST: lambda near: _("It alone costs more than the budget."),
    plan.PREREQUISITE: lambda near: _("It builds on something that is not held and that nothing before it teaches."),
    plan.SAME_TIME: lambda near: _("It is on the same days as a course of the plan."),
    plan.BUDGET: lambda near: _("What the other courses leave of the budget does not pay for it."),
    plan.TIME: lambda near: _("Time was up before a plan with it was found."),
}


def said(left: Left, near: Offered | None) -> list[str]:
    """What stands against the nearest session of a gap, a sentence each; where there is none, that."""
    if plan.NOBODY in left.why or near is None:
        return [_("No session to come teaches it.")]
    if plan.LEVEL in left.why:
        return [_("It is taught only at a lower level than the role wants: EQF %(level)s.")
                % {"level": near.teaches.get(left.wanted.competence, 0)}]  # fmt: skip
    return [_SAID[word](near) for word in left.why]


def short(word: str) -> str:
    """The same in few words, for how many gaps stay open because of it, whichever session is chosen."""
    told = {
        plan.NOBODY: _("nobody teaches it"), plan.LEVEL: _("only at a lower level"), plan.FULL: _("no place is free"),
        plan.LANGUAGE: _("in another language"), plan.DATES: _("outside the dates"), plan.COUNTRY: _("no travel there"),
        plan.CURRENCY: _("in another currency"), plan.COST: _("dearer than the budget"),
        plan.PREREQUISITE: _("builds on what is not held"), plan.SAME_TIME: _("on the same days as another"),
        plan.BUDGET: _("the budget is spent"), plan.TIME: _("time was up"),
    }  # fmt: skip
    return told[word]
