"""What is asked of the picture: which number, of what, filtered how. Pure; read from an address and written to one.

    asked({"number": ["distinct"], "country": ["PT", "ES"], "from": ["2025-01"]})  ->  Question(...), []

Every filter may hold several values; they are alternatives. Filters of different names must all hold.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal, get_args
from urllib.parse import parse_qs, urlencode

from hueandcry.exchange.classification import CLASSES
from hueandcry.exchange.countries import is_code
from hueandcry.exchange.sectors import SHORT

Number = Literal["reported", "distinct", "estimated"]
Measure = Literal["count", "loss"]
Time = Literal["occurred", "reported", "arrived"]
Nature = Literal["cyber-dependent", "cyber-enabled"]
Dimension = Literal[
    "total", "month", "year", "country", "region", "sector", "size", "class", "type", "nature", "technique", "source",
    "offence",
]  # fmt: skip

# Organisation.Kind, in the order of the bits of ``crimes.sources`` (bit 0 first).
SOURCES: Final = ("business", "law-enforcement", "government", "cert", "academia", "non-profit")
SIZES: Final = ("person", "micro", "small", "medium", "large")  # as reports carry them; enterprises by 2003/361/EC
# Lists that everybody knows the whole of: each value stands in its table, shown or not, so that a gap tells nothing.
KNOWN: Final[Mapping[Dimension, tuple[str, ...]]] = {
    "class": tuple(each.code for each in CLASSES), "sector": tuple(SHORT), "size": SIZES, "nature": get_args(Nature),
    "source": SOURCES,
}  # fmt: skip
MAX_VALUES: Final = 60  # of one filter; an address with more is cut and said to be
MONTH = re.compile(r"^(19|20)\d\d-(0[1-9]|1[0-2])$")
_TYPE = re.compile(r"^[a-z0-9-]{1,60}/[a-z0-9-]{1,60}$")
_TECHNIQUE = re.compile(r"^[A-Z]{1,5}\d{4}(\.\d{3})?$")
_WORD = re.compile(r"^[a-z0-9][a-z0-9.:-]{0,79}$")


@dataclass(frozen=True, slots=True)
class Question:
    """The number, the measure, the time it goes by, and the filters."""

    number: Number = "distinct"
    measure: Measure = "count"
    time: Time = "occurred"
    first: str = ""  # month "2025-01", in; "" no bound
    last: str = ""  # month, in
    country: tuple[str, ...] = ()  # ISO 3166-1 alpha-2 of the victim
    region: tuple[str, ...] = ()  # keys of reference/regions.py
    sector: tuple[str, ...] = ()  # NACE Rev. 2.1 section
    size: tuple[str, ...] = ()
    cls: tuple[str, ...] = ()  # Common Taxonomy class; "class" in addresses
    type: tuple[str, ...] = ()  # "class/type"
    nature: tuple[str, ...] = ()
    technique: tuple[str, ...] = ()  # ATT&CK
    source: tuple[str, ...] = ()
    offence: tuple[str, ...] = ()  # key of a line of the legal crosswalk, e.g. "budapest:2"; "law" in addresses

    @property
    def filters(self) -> dict[str, tuple[str, ...]]:
        """The filters that are set, by their name in addresses."""
        return {name: getattr(self, field) for name, field in FILTERS.items() if getattr(self, field)}

    @property
    def filtered(self) -> bool:
        """Whether anything narrows what is counted."""
        return bool(self.filters or self.first or self.last)

    def without(self, name: str, value: str | None = None) -> Question:
        """The same with a filter (named as in addresses) less, or one of its values."""
        field = FILTERS.get(name, {"from": "first", "to": "last"}.get(name, name))
        held = getattr(self, field)
        left: Any = tuple(v for v in held if v != value) if isinstance(held, tuple) and value is not None else None
        if left is None:
            left = () if isinstance(held, tuple) else ""
        return replace(self, **{field: left})

    def within(self, dimensions: Sequence[Dimension], key: Sequence[str]) -> Question:
        """The same question about one cell alone of its table by these dimensions."""
        held: dict[str, Any] = {}
        for dimension, value in zip(dimensions, key, strict=True):
            if dimension in ("month", "year"):
                first, last = ("-01", "-12") if dimension == "year" else ("", "")
                held |= {"first": value + first, "last": value + last}
            elif dimension != "total":
                held[FILTERS["law" if dimension == "offence" else dimension]] = (value,)
        return replace(self, **held)

    def address(self) -> str:
        """The query string that asks this: canonical, so that one question has one address."""
        plain, ways = Question(), ("number", "measure", "time")
        pairs = [(name, getattr(self, name)) for name in ways if getattr(self, name) != getattr(plain, name)]
        pairs += [(name, value) for name, value in (("from", self.first), ("to", self.last)) if value]
        pairs += [(name, value) for name, values in self.filters.items() for value in values]
        return urlencode(pairs)


FILTERS: Final = {
    "country": "country", "region": "region", "sector": "sector", "size": "size", "class": "cls", "type": "type",
    "nature": "nature", "technique": "technique", "source": "source", "law": "offence",
}  # fmt: skip
_ONE: Final[dict[str, tuple[str, ...]]] = {
    "number": get_args(Number),
    "measure": get_args(Measure),
    "time": get_args(Time),
}
_ALLOWED: Final[dict[str, Callable[[str], object]]] = {
    "country": is_code,
    "region": _WORD.fullmatch,
    "sector": SHORT.__contains__,
    "size": SIZES.__contains__,
    "class": {c.code for c in CLASSES}.__contains__,
    "type": _TYPE.fullmatch,
    "nature": get_args(Nature).__contains__,
    "technique": _TECHNIQUE.fullmatch,
    "source": SOURCES.__contains__,
    "law": _WORD.fullmatch,
}


def asked(query: Mapping[str, Sequence[str]]) -> tuple[Question, list[tuple[str, str]]]:
    """The question of an address, and the (name, value) pairs that mean nothing here. Words that belong to somebody
    else's part of the address (sort, page) are the caller's to take out first; unknown names are passed over."""
    found: dict[str, Any] = {}
    strange: list[tuple[str, str]] = []
    for name, allowed in _ONE.items():
        value = _last(query, name)
        if value in allowed:
            found[name] = value
        elif value:
            strange.append((name, value[:80]))
    for name, field in (("from", "first"), ("to", "last")):
        value = _last(query, name)
        if MONTH.fullmatch(value):
            found[field] = value
        elif value:
            strange.append((name, value[:80]))
    if found.get("first") and found.get("last") and found["first"] > found["last"]:
        strange.append(("to", found.pop("last")))
    for name, field in FILTERS.items():
        values = list(dict.fromkeys(v.strip() for v in query.get(name, ()) if v.strip()))
        good = [v for v in values if _ALLOWED[name](v)]
        strange += [(name, v[:80]) for v in values if v not in good] + [(name, v) for v in good[MAX_VALUES:]]
        if good:
            found[field] = tuple(sorted(good[:MAX_VALUES]))
    return Question(**found), strange


def _last(query: Mapping[str, Sequence[str]], name: str) -> str:
    return next((v.strip() for v in reversed(query.get(name, ())) if v.strip()), "")


def addressed(address: str) -> Question:
    """The question that ``Question.address`` wrote."""
    return asked(parse_qs(address))[0]
