"""What somebody who tries values one after the other learns within the budget: the table of docs/hits.md. Pure.

The spaces are orders of magnitude, rounded up, so that the table flatters nobody: numbers that a plan of numbering or a
registry can give out at all. How many are reported is assumed, and written beside each.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

Rule = Sequence[object]  # (door, whose, hours, amount, guessable) as hueandcry_budget gives it


class Space(NamedTuple):
    """Values of one kind that could be tried, and how many of them members hold hidden from the one who tries."""

    name: str
    size: int
    reported: int


SPACES = (
    Space("mobile numbers of one country of 10 million people", 10**8, 5_000),
    Space("accounts of one bank, 8 digits (IBAN)", 10**8, 2_000),
    Space("masked cards of one bank (10,000 last digits of one range)", 10**4, 200),
    Space("IPv4 addresses", 3_700_000_000, 500_000),
)


def a_day(rules: Iterable[Rule], whose: str) -> int:
    """How many guessable values one person or one organisation tries in a day, through both doors that give hits."""
    found: dict[object, int] = {}
    for door, who, hours, _amount, guessable in rules:
        if who == whose and door in ("values", "report"):
            most = int(str(guessable)) * (24 // int(str(hours)))
            found[door] = min(found.get(door, most), most)
    return sum(found.values())


def table(rules: Sequence[Rule]) -> str:
    """The rows, as Markdown: one person (however many tokens), and all people of one organisation together."""
    lines = [
        "| what is tried | could be | reported | found in a day by one person | by a whole organisation"
        " | to try all, the organisation |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    person, body = (a_day(rules, whose) for whose in ("person", "organisation"))
    for space in SPACES:
        share = space.reported / space.size
        days = space.size / body
        lines.append(
            f"| {space.name} | {space.size:,} | {space.reported:,} | {min(person, space.size) * share:.2g}"
            f" | {min(body, space.size) * share:.2g} | {_span(days)} |"
        )
    return "\n".join(lines)


def _span(days: float) -> str:
    return f"{days:.0f} days" if days < 730 else f"{days / 365:,.0f} years"
