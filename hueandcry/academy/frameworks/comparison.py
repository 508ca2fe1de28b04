"""What two roles want, side by side; also of two frameworks, by the lines that tie them. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from hueandcry.academy.frameworks.model import Framework
from hueandcry.academy.frameworks.shipped import Line


@dataclass(frozen=True, slots=True)
class Pair:
    """One thing that both want: its code and level here and there (0: none said); ``relation`` is that of the crosswalk
    from ours to the other framework, "" within one framework."""

    here: str
    there: str
    level_here: int
    level_there: int
    relation: str = ""

    @property
    def way(self) -> str:
        """``higher``, ``lower`` or ``same``: the level here against the one there; "" where one of them says none."""
        if not (self.level_here and self.level_there):
            return ""
        if self.level_here == self.level_there:
            return "same"
        return "higher" if self.level_here > self.level_there else "lower"


@dataclass(frozen=True, slots=True)
class Comparison:
    """What both want, and what only one of them does: code -> level."""

    both: tuple[Pair, ...]
    only_here: dict[str, int]
    only_there: dict[str, int]


def compare(
    here: Framework, role: str, there: Framework, other: str, lines: Iterable[Line] = ()
) -> Comparison:  # fmt: skip
    """Compare a role of one framework with another role, of the same framework or another.

    Within one framework (also two versions of it) the same code is the same thing. Between two, ``lines`` say what
    answers to what: ``own`` is of one of the two, ``other`` of the other, in whichever order. What no line ties stands
    under ``only_here`` or ``only_there``, which then says that nobody has tied it, not that nothing answers to it.
    """
    mine, theirs = here.wants(role), there.wants(other)
    if here.code == there.code:
        both = [Pair(code, code, level, theirs[code]) for code, level in mine.items() if code in theirs]
    else:
        tied = {(line.own, line.other): line.relation for line in lines}
        tied |= {(line.other, line.own): line.relation for line in lines}
        both = [Pair(a, b, mine[a], theirs[b], tied[a, b]) for a, b in tied if a in mine and b in theirs]
    paired_here, paired_there = {pair.here for pair in both}, {pair.there for pair in both}
    return Comparison(
        tuple(both),
        {code: level for code, level in mine.items() if code not in paired_here},
        {code: level for code, level in theirs.items() if code not in paired_there},
    )
