"""Who reads a sampled pair next, and what its readings come to. Pure: verdicts in, stand out. No Django import.

A verdict that speaks against linkage is read again by somebody else, and so is a share of the pairs drawn at random;
where two differ, a third reading decides. estimate.py counts on exactly this.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

SAME, DIFFERENT, UNSURE = "same", "different", "unsure"
VERDICTS = (SAME, DIFFERENT, UNSURE)


@dataclass(frozen=True, slots=True)
class Said:
    """One reading: by whom, and what."""

    person: int
    verdict: str


@dataclass(frozen=True, slots=True)
class Pair:
    """A sampled pair as far as it is read. ``several``: its round has more readers than one."""

    linked: bool
    twice: bool
    several: bool
    readings: tuple[Said, ...] = ()

    @property
    def verdict(self) -> str:
        """What the readings come to; "" while another is needed."""
        said = [reading.verdict for reading in self.readings]
        if len(said) >= 3:
            return next((verdict for verdict in VERDICTS if said.count(verdict) > 1), UNSURE)
        if len(said) == 2:
            return said[0] if said[0] == said[1] else ""
        if len(said) == 1 and not (self.several and (self.twice or self.speaks_against(said[0]))):
            return said[0]
        return ""

    def speaks_against(self, verdict: str) -> bool:
        """Whether this verdict says that linkage has the pair wrong."""
        return verdict == (DIFFERENT if self.linked else SAME)

    @property
    def wrong(self) -> bool | None:
        """Whether linkage has it wrong; None while that is open, or nobody can say."""
        return None if self.verdict in ("", UNSURE) else self.speaks_against(self.verdict)

    def waits_for(self, person: int, readers: int) -> bool:
        """Whether this person may read it next. With ``readers`` under three, one of the first two decides."""
        if self.verdict:
            return False
        mine = any(reading.person == person for reading in self.readings)
        return not mine or (len(self.readings) == 2 and readers < 3)


def agreement(pairs: Iterable[Pair]) -> list[list[int]]:
    """What two said of pairs drawn at random for two: rows the first, columns the second, in the order of VERDICTS."""
    table = [[0] * len(VERDICTS) for _ in VERDICTS]
    for pair in pairs:
        if pair.twice and len(pair.readings) > 1:
            first, second = (VERDICTS.index(reading.verdict) for reading in pair.readings[:2])
            table[first][second] += 1
    return table


def differed(table: Sequence[Sequence[int]]) -> tuple[int, int]:
    """Of a table of agreement: how many pairs both could tell, and of how many they said the opposite."""
    told = sum(table[i][j] for i in (0, 1) for j in (0, 1))
    return told, table[0][1] + table[1][0]
