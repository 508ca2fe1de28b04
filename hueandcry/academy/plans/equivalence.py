"""How far a course of one country stands for one of another: what it teaches of it, and at which level. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Equivalence:
    """One course read by another. ``covered`` and ``lower``: competence -> (level of one's own, level of the other);
    ``missing``: of one's own, what the other does not teach; ``extra``: what only the other teaches, with its level.
    ``share``: of one's own competences, those covered, from 0 to 1; ``overlap``: of the competences of either, those
    of both, whatever their level."""

    covered: Mapping[str, tuple[int, int]]
    lower: Mapping[str, tuple[int, int]]
    missing: Mapping[str, int]
    extra: Mapping[str, int]
    share: Fraction
    overlap: Fraction


def equivalence(own: Mapping[str, int], other: Mapping[str, int]) -> Equivalence:
    """What of one's own course (competence -> EQF level, 0: none said) the other covers.

    A competence is covered where the other teaches it at the same level or above; one's own that says no level is
    covered by any, and another that says none covers no level. It is not symmetric: the other way round is another
    question. Raises ValueError where one's own course teaches nothing.
    """
    if not own:
        raise ValueError("a course that teaches nothing has no equivalent")
    both = {code: (level, other[code]) for code, level in own.items() if code in other}
    covered = {code: (mine, theirs) for code, (mine, theirs) in both.items() if theirs >= mine}
    return Equivalence(
        covered,
        {code: levels for code, levels in both.items() if code not in covered},
        {code: level for code, level in own.items() if code not in other},
        {code: level for code, level in other.items() if code not in own},
        Fraction(len(covered), len(own)),
        Fraction(len(both), len(own.keys() | other.keys())),
    )
