"""What happens to money, as lines that balance: debits positive, credits negative. Pure.

Income is booked when it is pledged or charged, spending when it is paid; what is promised to a component stands on the
two accounts of commitments, beside what is owed, and is taken off there as it is paid.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

BANK, PLEDGES, FEES_DUE = "1000", "1100", "1200"
GRANTS, FEES = "4000", "4100"
COMPONENTS, OVERHEADS, RUNNING, WRITTEN_OFF, EXCHANGE = "5000", "5100", "5200", "5300", "5400"
COMMITTED, SET_ASIDE = "9000", "9100"


class Line(NamedTuple):
    """``amount`` of the smallest unit of ``currency``; ``value`` of that of the fund's currency."""

    account: str
    fund: int
    amount: int
    currency: str
    value: int


@dataclass(frozen=True, slots=True)
class Sum:
    """Money of a fund: what was paid, and what that is in the fund's own currency (``home``)."""

    fund: int
    amount: int
    currency: str
    value: int
    home: str

    def at_home(self, account: str, value: int) -> Line:
        """A line in the fund's own currency."""
        return Line(account, self.fund, value, self.home, value)

    def on(self, account: str) -> Line:
        """As a debit."""
        return Line(account, self.fund, self.amount, self.currency, self.value)

    def off(self, account: str) -> Line:
        """As a credit."""
        return Line(account, self.fund, -self.amount, self.currency, -self.value)


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry that is not yet booked. ``programme``, ``component``, ``settles``, ``reverses``, ``rate``: by their ids.
    ``key``: the same thing told twice is booked once; empty: it is new each time."""

    kind: str
    day: date
    words: str
    lines: tuple[Line, ...]
    programme: int | None = None
    component: int | None = None
    party: str = ""
    organisation: int | None = None
    document: str = ""
    settles: int | None = None
    reverses: int | None = None
    rate: int | None = None
    key: str = field(default="")


def pledge(money: Sum) -> tuple[Line, ...]:
    """Somebody promises money to a fund."""
    return money.on(PLEDGES), money.off(GRANTS)


def fee(money: Sum) -> tuple[Line, ...]:
    """A member owes its fee."""
    return money.on(FEES_DUE), money.off(FEES)


def receipt(money: Sum, *, of: str = GRANTS, settled: Sum | None = None) -> tuple[Line, ...]:
    """Money comes in: a gift (``of`` GRANTS), or what was pledged or charged (PLEDGES, FEES_DUE).

    ``settled``: what of the pledge is settled by it, where that is another currency or rates have moved since; the
    difference of the values is one of exchange."""
    owed = settled or money
    lines = (money.on(BANK), owed.off(of))
    difference = owed.value - money.value
    return (*lines, money.at_home(EXCHANGE, difference)) if difference else lines


def commitment(money: Sum) -> tuple[Line, ...]:
    """Money is promised to a component: it cannot be promised to another."""
    return money.on(COMMITTED), money.off(SET_ASIDE)


def release(money: Sum) -> tuple[Line, ...]:
    """A promise, or what is left of it, is taken back."""
    return money.off(COMMITTED), money.on(SET_ASIDE)


def disbursement(money: Sum, *, overhead: bool, promised: int = 0) -> tuple[Line, ...]:
    """A component is paid for. ``promised``: what of it was committed, in the fund's currency, and is no longer."""
    paid = (money.on(OVERHEADS if overhead else COMPONENTS), money.off(BANK))
    return (*paid, money.at_home(COMMITTED, -promised), money.at_home(SET_ASIDE, promised)) if promised else paid


def refund(money: Sum, *, overhead: bool) -> tuple[Line, ...]:
    """Who was paid gives money back."""
    return money.on(BANK), money.off(OVERHEADS if overhead else COMPONENTS)


def running(money: Sum) -> tuple[Line, ...]:
    """What the office costs."""
    return money.on(RUNNING), money.off(BANK)


def write_off(money: Sum, *, of: str) -> tuple[Line, ...]:
    """What was pledged or charged will not come (``of`` PLEDGES or FEES_DUE)."""
    return money.on(WRITTEN_OFF), money.off(of)


def exchange(held: Sum, difference: int) -> tuple[Line, ...]:
    """Money held in another currency is worth more (negative: less) in the fund's currency than the books say."""
    return Line(BANK, held.fund, 0, held.currency, difference), held.at_home(EXCHANGE, -difference)


def reversal(lines: Sequence[Line]) -> tuple[Line, ...]:
    """The same with the other sign."""
    return tuple(line._replace(amount=-line.amount, value=-line.value) for line in lines)


def balanced(lines: Sequence[Line]) -> bool:
    """Whether values balance for each fund, and commitments by themselves."""
    for fund in {line.fund for line in lines}:
        mine = [line for line in lines if line.fund == fund]
        promised = sum(line.value for line in mine if line.account in (COMMITTED, SET_ASIDE))
        if promised or sum(line.value for line in mine):
            return False
    return len(lines) > 1
