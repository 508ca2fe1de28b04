"""The legal crosswalk: which type of the Common Taxonomy falls under which offence of five bodies of law. Pure.

The laws, their offences, the lines and what nothing reaches stand in ``legal_*.csv`` beside this file, written by this
project from the laws' texts. A line reads from type to offence in the words of SKOS (W3C, Simple Knowledge Organization
System Reference, 2009, section 10):

    exactMatch    both name the same act
    closeMatch    nearly the same; what is other is in the reason
    broadMatch    the offence is broader: all of the type falls under it
    narrowMatch   the offence is narrower: only a part of the type falls under it
    relatedMatch  one goes with the other, without being it

A version is never changed: a line has the version since which it holds, and the one in which it went.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Final, Literal, NamedTuple, cast, get_args

from hueandcry.exchange.classification import TYPES

Relation = Literal["exactMatch", "closeMatch", "broadMatch", "narrowMatch", "relatedMatch"]
RELATIONS: Final = get_args(Relation)
COUNTED: Final = frozenset(RELATIONS) - {"relatedMatch"}  # reports of such a type are counted under the offence


class Law(NamedTuple):
    """A body of law or a classification of offences."""

    key: str
    label: str
    short: str
    source: str
    checked: str  # how far numbers, titles and paragraphs were compared with the text


class Offence(NamedTuple):
    """An article or category. ``key`` is what the address of the picture takes as ``law``, as ``budapest:2``."""

    key: str
    label: str
    place: str
    note: str

    @property
    def law(self) -> str:
        """The key of its law."""
        return self.key.partition(":")[0]


class Line(NamedTuple):
    """One line: the type ``class/type`` has ``relation`` to the offence, for this reason, by these articles."""

    offence: str
    type: str
    relation: Relation
    reason: str
    article: str
    since: str
    until: str

    @property
    def counted(self) -> bool:
        """Whether reports of the type are counted under the offence."""
        return self.relation in COUNTED


class Version(NamedTuple):
    """A version of the crosswalk, its day and what it brought."""

    version: str
    date: str
    what: str


class Unreached(NamedTuple):
    """A type or an offence that no counted line reaches, and why."""

    kind: Literal["type", "offence"]
    key: str
    reason: str


class Change(NamedTuple):
    """What two versions differ in: a line that came, went, or reads otherwise."""

    what: Literal["added", "removed", "changed"]
    before: Line | None
    after: Line | None


def _rows(name: str, width: int) -> tuple[list[str], ...]:
    text = (files("hueandcry.picture.reference") / f"legal_{name}.csv").read_text("utf-8")
    rows = tuple([part.strip() for part in row.split("|")] for row in text.splitlines()[1:] if row)
    for number, row in enumerate(rows, 2):
        if len(row) != width:
            raise ValueError(f"legal_{name}.csv line {number}: {width} columns wanted, {len(row)} found")
    return rows


@cache
def laws() -> dict[str, Law]:
    """The bodies of law by their key, in the order in which they are shown."""
    return {row[0]: Law(*row) for row in _rows("laws", 5)}


@cache
def titles() -> dict[str, Offence]:
    """All offences by their key, in the order of their law."""
    return {row[0]: Offence(*row) for row in _rows("offences", 4)}


@cache
def versions() -> tuple[Version, ...]:
    """All versions, oldest first; the last is in force."""
    return tuple(Version(*row) for row in _rows("versions", 3))


@cache
def _all() -> tuple[Line, ...]:
    return tuple(
        Line(offence, kind, cast(Relation, relation), reason, article, since, until)
        for offence, kind, relation, reason, article, since, until in _rows("lines", 7)
    )


def lines(version: str = "") -> tuple[Line, ...]:
    """The lines of a version, the latest by default. Raises ValueError for a version that there is none of."""
    order = [v.version for v in versions()]
    if version and version not in order:
        raise ValueError(f"there is no version {version} of the legal crosswalk")
    at = order.index(version) if version else len(order) - 1
    return _standing(_all(), order, at)


def _standing(held: tuple[Line, ...], order: list[str], at: int) -> tuple[Line, ...]:
    return tuple(
        line for line in held if order.index(line.since) <= at and (not line.until or order.index(line.until) > at)
    )


def of(type: str, version: str = "") -> tuple[Line, ...]:  # noqa: A002 - the word of the Common Taxonomy
    """The lines of a type ``class/type``; none for a type that the taxonomy does not have."""
    return tuple(line for line in lines(version) if line.type == type)


@cache
def offences(version: str = "") -> dict[str, tuple[str, ...]]:
    """Offence to the types ``class/type`` that are counted under it, sorted; for filters as ``law=budapest:2``. Every
    offence is there; an empty tuple says that no type is counted under it. See ``holds_more``."""
    found: dict[str, set[str]] = {key: set() for key in titles()}
    for line in lines(version):
        if line.counted:
            found[line.offence].add(line.type)
    return {key: tuple(sorted(types)) for key, types in found.items()}


@cache
def holds_more(offence: str, version: str = "") -> bool:
    """Whether a type counted under the offence also holds acts that do not fall under it (narrowMatch): then a count is
    at most what the law means, and pages say so."""
    return any(line.offence == offence and line.relation == "narrowMatch" for line in lines(version))


def label_of(offence: str) -> str:
    """ "Budapest Convention, Article 2: Illegal access"; the key itself where it is no offence of ours."""
    held = titles().get(offence)
    return f"{laws()[held.law].short}, {held.place}: {held.label}" if held else offence


@cache
def unreached() -> tuple[Unreached, ...]:
    """The types that are counted under no offence and the offences under which no type is counted, with reasons."""
    return tuple(
        Unreached(cast(Literal["type", "offence"], kind), key, why) for kind, key, why in _rows("unreached", 3)
    )


def types() -> tuple[str, ...]:
    """The 22 types as ``class/type``, in the order of the taxonomy."""
    return tuple(f"{t.cls}/{t.code}" for t in TYPES)


def changes(before: str, after: str) -> tuple[Change, ...]:
    """What is other in a version than in an earlier one, in the order of offences and types."""
    return compared(lines(before), lines(after))


def compared(before: tuple[Line, ...], after: tuple[Line, ...]) -> tuple[Change, ...]:
    """What is other between two sets of lines; one offence has one line a type."""
    old, new = ({(line.offence, line.type): line for line in held} for held in (before, after))
    found = []
    for key in sorted(old.keys() | new.keys()):
        was, now = old.get(key), new.get(key)
        if was is None or now is None:
            found.append(Change("added" if was is None else "removed", was, now))
        elif (was.relation, was.reason, was.article) != (now.relation, now.reason, now.article):
            found.append(Change("changed", was, now))
    return tuple(found)
