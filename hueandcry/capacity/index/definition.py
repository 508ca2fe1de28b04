"""What an index is made of: indicators with directions and public weights, in groups up to one number. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property


class BadIndexError(ValueError):
    """An index or its data cannot be used; the message names the row and column, or the word."""


@dataclass(frozen=True, slots=True)
class Indicator:
    """One column of numbers. ``direction`` 1: more is better, -1: less is better. ``denominator``: the column that it
    is divided by. ``low`` and ``high``: goalposts on its own scale, where it has them."""

    code: str
    name: str
    group: str
    direction: int = 1
    weight: float = 1.0
    denominator: str = ""
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Indicators or groups taken together; the one without a parent is the index."""

    code: str
    name: str
    parent: str
    weight: float = 1.0


@dataclass(frozen=True)
class Definition:
    """A whole index, checked: every indicator leads to the one top group."""

    indicators: tuple[Indicator, ...]
    groups: tuple[Group, ...]

    def __post_init__(self) -> None:
        _check(self)

    @cached_property
    def top(self) -> str:
        """The code of the group that is the index."""
        return next(each.code for each in self.groups if not each.parent)

    @cached_property
    def bottom_up(self) -> tuple[str, ...]:
        """Groups, each after all that are in it."""
        made: list[str] = []

        def visit(code: str) -> None:
            for child in self.groups_in.get(code, ()):
                visit(child.code)
            made.append(code)

        visit(self.top)
        return tuple(made)

    @cached_property
    def groups_in(self) -> Mapping[str, Sequence[Group]]:
        """The groups directly within each group."""
        return {g.code: [c for c in self.groups if c.parent == g.code] for g in self.groups}

    @cached_property
    def indicators_in(self) -> Mapping[str, Sequence[int]]:
        """The places of the indicators directly within each group."""
        return {g.code: [n for n, i in enumerate(self.indicators) if i.group == g.code] for g in self.groups}

    def without(self, codes: frozenset[str]) -> Definition:
        """The same without these indicators, and without groups that hold nothing then. Raises BadIndexError."""
        left = tuple(each for each in self.indicators if each.code not in codes)
        if not left:
            raise BadIndexError("no indicator is left after screening")
        used = {each.group for each in left}
        while True:
            more = used | {g.parent for g in self.groups if g.code in used and g.parent}
            if more == used:
                break
            used = more
        return Definition(left, tuple(g for g in self.groups if g.code in used))


def _check(made: Definition) -> None:
    codes = [each.code for each in made.groups] + [each.code for each in made.indicators]
    if doubled := sorted({code for code in codes if codes.count(code) > 1}):
        raise BadIndexError(f"{doubled[0]!r} is defined twice")
    tops = [each.code for each in made.groups if not each.parent]
    if len(tops) != 1:
        raise BadIndexError(f"one group has to be the index, without a parent; there are {len(tops)}: {tops[:5]}")
    parents = {each.code: each.parent for each in made.groups}
    for each in made.indicators:
        if each.group not in parents:
            raise BadIndexError(f"{each.code}: its group {each.group!r} is not defined")
        if each.direction not in (1, -1) or not 0 < each.weight < float("inf"):
            raise BadIndexError(f"{each.code}: the direction is 1 or -1 and the weight is above 0")
    for group in made.groups:
        seen, at = {group.code}, group
        while at.parent:
            if at.parent not in parents or at.parent in seen:
                raise BadIndexError(f"{group.code}: its parent {at.parent!r} is not defined, or leads back to it")
            seen.add(at.parent)
            at = next(g for g in made.groups if g.code == at.parent)
        if not 0 < group.weight < float("inf"):
            raise BadIndexError(f"{group.code}: the weight is above 0")
