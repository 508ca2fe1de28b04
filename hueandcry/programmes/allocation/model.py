"""What is to be decided: funds with what they may pay, programmes with components, needs, floors and caps. Pure.

Money is whole numbers of the currency's smallest unit. Weights of needs and priorities are shares from 0 to 1. A gap is
how many stages a country lacks in an aspect; components that close the same gap close it once.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

MOST_PROGRAMMES, MOST_COMPONENTS, MOST_FUNDS = 2_000, 10_000, 50
EXACT = 1_000  # worth is counted in thousandths


class BadPortfolio(Exception):
    """The input cannot be decided on; says where."""


@dataclass(frozen=True, slots=True)
class Fund:
    """Money with what it may pay for: countries, aspects and years (empty: any). ``overhead``: at most so many percent
    of what it pays may be overheads; ``share``: at most so many percent of a programme (100: all, less: matched)."""

    key: str
    amount: int
    countries: frozenset[str] = frozenset()
    aspects: frozenset[str] = frozenset()
    years: frozenset[int] = frozenset()
    overhead: int = 100
    share: int = 100

    def against(self, programme: Programme, component: Component) -> tuple[str, ...]:
        """Its restrictions that keep it from paying for a component."""
        found = (
            ("country", self.countries and programme.country not in self.countries),
            ("aspect", self.aspects and component.aspect not in self.aspects),
            ("year", self.years and programme.year not in self.years),
            ("overheads", component.overhead and self.overhead == 0),
        )
        return tuple(word for word, stands in found if stands)


@dataclass(frozen=True, slots=True)
class Component:
    """A part of a programme: what it costs, by how many stages it reduces the gap of its aspect, what of whom it takes
    (capacity to deliver), which components it builds on. ``must``: the programme is not funded without it."""

    key: str
    cost: int
    aspect: str = ""
    reduces: float = 0.0
    takes: Mapping[str, int] = field(default_factory=dict)
    builds_on: tuple[str, ...] = ()
    must: bool = False
    overhead: bool = False


@dataclass(frozen=True, slots=True)
class Programme:
    """For one country in one year; ``builds_on`` other programmes; at least ``least`` components, if it is funded."""

    key: str
    country: str
    components: tuple[Component, ...]
    year: int = 0
    builds_on: tuple[str, ...] = ()
    least: int = 1


@dataclass(frozen=True, slots=True)
class Bound:
    """A floor or a cap: at least, or at most, so much money for programmes in these countries and of this aspect; empty
    means any."""

    key: str
    amount: int
    countries: frozenset[str] = frozenset()
    aspect: str = ""

    def covers(self, programme: Programme, component: Component) -> bool:
        """Whether a component counts towards it."""
        return (not self.countries or programme.country in self.countries) and self.aspect in ("", component.aspect)


@dataclass(frozen=True)
class Portfolio:
    """All that is to be decided on. ``gaps``: by (country, aspect) the stages that lack, where not given 5; ``needs``
    by country and ``priorities`` by aspect: weights, where not given 1; ``capacity``: how much each can deliver."""

    funds: tuple[Fund, ...]
    programmes: tuple[Programme, ...]
    needs: Mapping[str, float] = field(default_factory=dict)
    priorities: Mapping[str, float] = field(default_factory=dict)
    gaps: Mapping[tuple[str, str], float] = field(default_factory=dict)
    floors: tuple[Bound, ...] = ()
    caps: tuple[Bound, ...] = ()
    capacity: Mapping[str, int] = field(default_factory=dict)

    def worth(self, programme: Programme, component: Component) -> int:
        """What reducing its gap is worth, in thousandths of a weighted stage."""
        return round(EXACT * self.weight(programme.country, component.aspect) * component.reduces)

    def most(self, country: str, aspect: str) -> int:
        """What closing the whole gap is worth."""
        return round(EXACT * self.weight(country, aspect) * self.gaps.get((country, aspect), 5.0))

    def weight(self, country: str, aspect: str) -> float:
        """Need times priority."""
        return self.needs.get(country, 1.0) * self.priorities.get(aspect, 1.0)


def read(content: bytes) -> Portfolio:
    """A portfolio out of JSON, as docs/programmes-allocation.md writes it. Raises BadPortfolio with the place."""
    try:
        told = json.loads(content)
    except (json.JSONDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadPortfolio(f"no JSON: {error}") from None
    if not isinstance(told, dict):
        raise BadPortfolio("the file is no object")
    known = {"funds", "programmes", "needs", "priorities", "gaps", "floors", "caps", "capacity"}
    if unknown := sorted(set(told) - known):
        raise BadPortfolio(f"{unknown[0]}: no such part; there are {', '.join(sorted(known))}")
    funds = tuple(_fund(each, f"funds[{n}]") for n, each in enumerate(_list(told, "funds")))
    programmes = tuple(_programme(each, f"programmes[{n}]") for n, each in enumerate(_list(told, "programmes")))
    gaps = {}
    for n, each in enumerate(_list(told, "gaps")):
        gaps[_text(each, "country", f"gaps[{n}]"), _text(each, "aspect", f"gaps[{n}]")] = _number(
            each.get("stages"), f"gaps[{n}].stages", 0, 5
        )
    made = Portfolio(
        funds, programmes, _weights(told, "needs"), _weights(told, "priorities"), gaps,
        tuple(_bound(each, f"floors[{n}]") for n, each in enumerate(_list(told, "floors"))),
        tuple(_bound(each, f"caps[{n}]") for n, each in enumerate(_list(told, "caps"))),
        {key: _whole(value, f"capacity.{key}") for key, value in _object(told.get("capacity", {}), "capacity").items()},
    )  # fmt: skip
    checked(made)
    return made


def checked(portfolio: Portfolio) -> None:
    """Raises BadPortfolio where keys stand twice or name nothing, or there is too much."""
    components = [c for p in portfolio.programmes for c in p.components]
    if len(portfolio.programmes) > MOST_PROGRAMMES or len(components) > MOST_COMPONENTS:
        raise BadPortfolio(f"more than {MOST_PROGRAMMES:,} programmes or {MOST_COMPONENTS:,} components")
    if len(portfolio.funds) > MOST_FUNDS:
        raise BadPortfolio(f"more than {MOST_FUNDS} funds")
    for what, keys in (
        ("fund", [f.key for f in portfolio.funds]),
        ("programme", [p.key for p in portfolio.programmes]),
    ):
        _once(keys, what)
    known = {p.key for p in portfolio.programmes}
    for programme in portfolio.programmes:
        own = [c.key for c in programme.components]
        _once(own, f"component of programme {programme.key}")
        if not own:
            raise BadPortfolio(f"programme {programme.key} has no component")
        if programme.least > len(own):
            raise BadPortfolio(f"programme {programme.key} wants {programme.least} of {len(own)} components")
        if missing := [each for each in programme.builds_on if each not in known or each == programme.key]:
            raise BadPortfolio(f"programme {programme.key} builds on {missing[0]}, which is no other programme")
        for component in programme.components:
            if missing := [each for each in component.builds_on if each not in own or each == component.key]:
                raise BadPortfolio(
                    f"component {component.key} of {programme.key} builds on {missing[0]}, which is no other of it"
                )
    _once([b.key for b in (*portfolio.floors, *portfolio.caps)], "floor or cap")


def _once(keys: Sequence[str], what: str) -> None:
    seen: set[str] = set()
    for key in keys:
        if key in seen:
            raise BadPortfolio(f"two have one key: {what} {key}")
        seen.add(key)


def _fund(told: Any, at: str) -> Fund:
    one = _object(told, at, "id", "amount", "countries", "aspects", "years", "overhead", "share")
    years = frozenset(_whole(each, f"{at}.years") for each in _strings(one, "years", at, whole=True))
    return Fund(
        _text(one, "id", at), _whole(one.get("amount"), f"{at}.amount"), frozenset(_strings(one, "countries", at)),
        frozenset(_strings(one, "aspects", at)), years, _percent(one, "overhead", at), _percent(one, "share", at),
    )  # fmt: skip


def _programme(told: Any, at: str) -> Programme:
    one = _object(told, at, "id", "country", "year", "components", "builds_on", "least", "title")
    parts = tuple(_component(each, f"{at}.components[{n}]") for n, each in enumerate(_list(one, "components", at)))
    return Programme(_text(one, "id", at), _text(one, "country", at), parts, _whole(one.get("year", 0), f"{at}.year"),
                     tuple(_strings(one, "builds_on", at)), _whole(one.get("least", 1), f"{at}.least"))  # fmt: skip


def _component(told: Any, at: str) -> Component:
    names = ("id", "cost", "aspect", "reduces", "takes", "builds_on", "must", "overhead", "title")
    one = _object(told, at, *names)
    takes = {key: _whole(value, f"{at}.takes.{key}") for key, value in _object(one.get("takes", {}), at).items()}
    return Component(
        _text(one, "id", at), _whole(one.get("cost"), f"{at}.cost"), str(one.get("aspect", "")),
        _number(one.get("reduces", 0), f"{at}.reduces", 0, 5), takes, tuple(_strings(one, "builds_on", at)),
        one.get("must") is True, one.get("overhead") is True,
    )  # fmt: skip


def _bound(told: Any, at: str) -> Bound:
    one = _object(told, at, "id", "amount", "countries", "aspect")
    countries = frozenset(_strings(one, "countries", at))
    return Bound(_text(one, "id", at), _whole(one.get("amount"), f"{at}.amount"), countries, str(one.get("aspect", "")))


def _object(told: Any, at: str, *names: str) -> dict[str, Any]:
    if not isinstance(told, dict):
        raise BadPortfolio(f"{at}: no object")
    if names and (unknown := sorted(set(told) - set(names))):
        raise BadPortfolio(f"{at}.{unknown[0]}: no such field; there are {', '.join(names)}")
    return told


def _list(told: dict[str, Any], name: str, at: str = "") -> list[Any]:
    held = told.get(name, [])
    if not isinstance(held, list):
        raise BadPortfolio(f"{at}{'.' if at else ''}{name}: no list")
    return held


def _strings(told: dict[str, Any], name: str, at: str, *, whole: bool = False) -> list[Any]:
    held = _list(told, name, at)
    if not whole and not all(isinstance(each, str) and each for each in held):
        raise BadPortfolio(f"{at}.{name}: a list of words")
    return held


def _text(told: Any, name: str, at: str) -> str:
    value = told.get(name) if isinstance(told, dict) else None
    if not isinstance(value, str) or not value:
        raise BadPortfolio(f"{at}.{name}: missing")
    return value


def _whole(value: Any, at: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= 10**13:
        raise BadPortfolio(f"{at}: a whole number from 0 to 10^13, in the currency's smallest unit where it is money")
    return value


def _number(value: Any, at: str, low: float, high: float) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or not low <= value <= high:
        raise BadPortfolio(f"{at}: a number from {low:g} to {high:g}")
    return float(value)


def _percent(told: dict[str, Any], name: str, at: str) -> int:
    value = _whole(told.get(name, 100), f"{at}.{name}")
    if value > 100:
        raise BadPortfolio(f"{at}.{name}: percent, at most 100")
    return value


def _weights(told: dict[str, Any], name: str) -> dict[str, float]:
    return {key: _number(value, f"{name}.{key}", 0, 1) for key, value in _object(told.get(name, {}), name).items()}
