"""Filters of a list, declared once by the view: drawn as a panel, kept in the URL, shown as chips. No Django here.

SECTORS = Filter("sector", "Sector", options=[Option("K", "Finance", 212), Option("Q", "Health", 41)])
filters = [Filter("q", "Words", kind="text"), SECTORS, Filter("since", "Since", kind="date")]
{% filter_panel filters %} ... {% filter_chips filters %}
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

Kind = Literal["many", "one", "text", "date", "month"]
PAGING = ("after", "before")  # keys of a page: they mean nothing once the filter or the order changed


@dataclass(frozen=True, slots=True)
class Option:
    """One choice: its value in the URL, its label, and how many things it would leave (None: not counted)."""

    value: str
    label: str
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Filter:
    """One filter. ``many``: tick boxes; ``one``: a select, whose empty choice is called ``blank``; ``text``, ``date``
    and ``month``: a field."""

    name: str
    label: str
    kind: Kind = "many"
    options: Sequence[Option] = ()
    help: str = ""
    blank: str = ""  # "" is "Any"

    def said(self, value: str) -> str:
        """What a chip says for this value."""
        return next((option.label for option in self.options if option.value == value), value)


class Chip(NamedTuple):
    """One filter that is set: its words, and the query (a dict of lists) that would take it away."""

    label: str
    said: str
    without: dict[str, list[str]]


def values(query: Mapping[str, Sequence[str]], name: str) -> list[str]:
    """The values set for one filter; blanks, which an empty form field leaves in the URL, are none."""
    return [value for value in query.get(name, ()) if value.strip()]


def chips(filters: Iterable[Filter], query: Mapping[str, Sequence[str]]) -> list[Chip]:
    """A chip for each value that is set, in the order of the filters."""
    return [
        Chip(each.label, each.said(value), _without(query, each.name, value))
        for each in filters
        for value in values(query, each.name)
    ]


def _without(query: Mapping[str, Sequence[str]], name: str, value: str) -> dict[str, list[str]]:
    left = {key: [v for v in found if (key, v) != (name, value)] for key, found in query.items() if key not in PAGING}
    return {key: found for key, found in left.items() if found}


def next_order(current: str, key: str, first: Literal["up", "down"] = "up") -> str:
    """The value of ``sort`` that a click on this header asks for: first ``first``, then the other way."""
    up, down = key, f"-{key}"
    if current == up:
        return down
    if current == down:
        return up
    return up if first == "up" else down
