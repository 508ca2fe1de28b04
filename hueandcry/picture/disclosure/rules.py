"""Which cells are sensitive in themselves, and how closely nobody may come to know one. Pure.

Sources: threshold rule, p% rule and protection levels as in Hundepool et al., Statistical Disclosure Control (Wiley
2012), sections 4.2 and 4.3.1.
"""

from __future__ import annotations

from typing import Final

from hueandcry.picture.cells import Counted, Withheld
from hueandcry.picture.question import Measure

CASES: Final = 10  # a cell of fewer reports or crimes is not shown
ORGANISATIONS: Final = 3  # nor one to which fewer organisations contributed
REST: Final = 5  # what the largest contributor finds when it takes its own away is at least so many
PERCENT: Final = 15  # p% rule: no contributor learns another's sum of losses to within so many per cent of it
DOMINANT: Final = 0.75  # n-k rule: nor may the two largest make up more than this part of a sum of losses
WIDTH: Final = 10  # a protected count stays open to an interval at least so wide
LOSS_WIDTH: Final = 1_000_000  # a protected sum of losses likewise: 10,000 euro, in cents
STEPS: Final = (3, 5)


def sensitive(cell: Counted, measure: Measure = "count") -> Withheld:
    """Why the cell may not be shown, taken for itself; "" where it may. Nothing counted is "few" as well.

    A count that one contributor dominates is "few" too: "dominance" would tell that contributor that the others have
    at least two and at most four."""
    if measure == "count":
        few = cell.count < CASES or cell.organisations < ORGANISATIONS or cell.count - cell.largest < REST
        return "few" if few else ""
    if cell.loss is None or cell.loss_count < CASES or cell.loss_organisations < ORGANISATIONS:
        return "few"
    # The second largest knows the sum less its own: what is over the largest must blur that by p %.
    rest = cell.loss - cell.loss_largest - cell.loss_second
    if rest * 100 < PERCENT * cell.loss_largest or cell.loss_largest + cell.loss_second > DOMINANT * cell.loss:
        return "dominance"
    return ""


def protection(cell: Counted, measure: Measure = "count") -> int:
    """How wide the interval must stay to which an attacker can narrow a sensitive cell (reports or crimes; cents):
    twice p % of the largest contribution (sliding protection, so that the interval may lie to either side), and never
    less than WIDTH or LOSS_WIDTH."""
    largest, least = (cell.largest, WIDTH) if measure == "count" else (cell.loss_largest, LOSS_WIDTH)
    return max(least, -(-2 * PERCENT * largest // 100))


def at_least(organisations: int) -> int:
    """How many organisations, told coarsely: 0, 3, 5, 10, 15, 20, ..."""
    if organisations < ORGANISATIONS:
        return 0
    return STEPS[0] if organisations < STEPS[1] else organisations // 5 * 5


def known_least(cell: Counted, reason: Withheld, measure: Measure = "count") -> int:
    """The least that the strongest contributor knows a withheld cell to hold: its own, and what the reason tells. It
    takes the largest contribution of each cell, as if one attacker had them all; no contributor knows more."""
    if measure == "loss":
        return cell.loss_largest
    return max(CASES, cell.largest + REST) if reason == "secondary" else cell.largest
