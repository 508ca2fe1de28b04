"""Tables of moves: which states things go through and who moves them, read out of a few lines of text. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Move(NamedTuple):
    """From one state to another, by whom."""

    machine: str
    before: str
    after: str
    who: str


class Moves:
    """``first``: by machine its first state. ``told``: a machine and its moves a line, ``before > after: who |``."""

    def __init__(self, first: Mapping[str, str], told: str) -> None:
        self.first = dict(first)
        self._order = {machine: [state] for machine, state in first.items()}
        moves = set()
        for line in told.strip().splitlines():
            machine, rest = line.split(maxsplit=1)
            for each in rest.split("|"):
                states, who = each.split(":")
                before, after = (state.strip() for state in states.split(">"))
                self._order[machine] += [before, after]
                moves |= {Move(machine, before, after, one) for one in who.split()}
        self.all = frozenset(moves)

    def states(self, machine: str) -> list[str]:
        """The states of a machine, the first first."""
        return list(dict.fromkeys(self._order[machine]))

    def may(self, machine: str, before: str, after: str, who: str) -> bool:
        """Whether somebody who is ``who`` to the thing may move it so."""
        return Move(machine, before, after, who) in self.all

    def drawn(self, machine: str) -> str:
        """The moves of a machine as a Mermaid state diagram, for the docs."""
        pairs: dict[tuple[str, str], list[str]] = {}
        order = self.states(machine)
        for move in self.all:
            if move.machine == machine:
                pairs.setdefault((move.before, move.after), []).append(move.who)
        lines = [
            f"    {before} --> {after}: {', '.join(sorted(pairs[before, after]))}"
            for before, after in sorted(pairs, key=lambda pair: (order.index(pair[0]), order.index(pair[1])))
        ]
        return "\n".join(["stateDiagram-v2", f"    [*] --> {self.first[machine]}", *lines])
