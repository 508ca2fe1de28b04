"""Scales of numbers about countries, and by which rule one becomes another; everything else is refused.

A share and a percentage are the same thing written otherwise, an index of ten and one of a hundred too, and a count
becomes a rate by the inhabitants that stand beside it. A rank, money, a yes become nothing else: they are refused.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

PER = 100_000


@dataclass(frozen=True, slots=True)
class Scale:
    """A scale: what it is called, and between which numbers its values lie."""

    name: object
    low: float = -math.inf
    high: float = math.inf


SCALES = {
    "share": Scale(gettext_lazy("share, 0 to 1"), 0, 1),
    "percent": Scale(gettext_lazy("per cent, 0 to 100"), 0, 100),
    "index-10": Scale(gettext_lazy("index, 0 to 10"), 0, 10),
    "index-100": Scale(gettext_lazy("index, 0 to 100"), 0, 100),
    "rate": Scale(gettext_lazy("per 100 000 inhabitants"), 0),
    "count": Scale(gettext_lazy("count"), 0),
    "rank": Scale(gettext_lazy("rank, 1 is first"), 1),
    "money": Scale(gettext_lazy("money, in the unit named")),
    "yes-no": Scale(gettext_lazy("yes (1) or no (0)"), 0, 1),
    "number": Scale(gettext_lazy("number, in the unit named")),
}
FACTORS = {("share", "percent"): (100, 1), ("percent", "share"): (1, 100), ("index-10", "index-100"): (10, 1),
           ("index-100", "index-10"): (1, 10)}  # fmt: skip
"""What a value is multiplied and divided by; divided, as a tenth is no binary number."""


class Unlike(ValueError):
    """A number is not of its scale, or cannot be brought to another; the message says why."""


def harmonised(value: float, told: str, wanted: str, inhabitants: float | None = None) -> float:
    """A value told on one scale, on the scale wanted. Raises Unlike."""
    if told not in SCALES or wanted not in SCALES:
        raise Unlike(_("There is no scale “%(scale)s”.") % {"scale": (wanted if told in SCALES else told)[:30]})
    scale = SCALES[told]
    if not math.isfinite(value) or not scale.low <= value <= scale.high:
        raise Unlike(_("%(value)s is not on the scale “%(scale)s”.") % {"value": value, "scale": scale.name})
    if told == "yes-no" and value not in (0, 1):
        raise Unlike(_("%(value)s is neither yes (1) nor no (0).") % {"value": value})
    if told == wanted:
        return value
    if (told, wanted) == ("count", "rate"):
        if inhabitants is None or not inhabitants > 0:
            raise Unlike(_("A count becomes a rate by the inhabitants beside it, and there are none."))
        return value * PER / inhabitants
    if (told, wanted) not in FACTORS:
        names = {"told": SCALES[told].name, "wanted": SCALES[wanted].name}
        raise Unlike(_("“%(told)s” cannot be brought to “%(wanted)s”: no rule makes one of the other.") % names)
    times, by = FACTORS[told, wanted]
    return value * times / by
