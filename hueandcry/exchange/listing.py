"""A list of reports as its address asks for it: which filters, which order, from where on. No Django here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from hueandcry.exchange.classification import CLASSES
from hueandcry.exchange.countries import is_code
from hueandcry.exchange.handling import TLP_ORDER
from hueandcry.exchange.observables import TYPES
from hueandcry.exchange.sectors import SECTIONS

ORDERS = ("-reported", "reported", "-arrived", "arrived")  # the first is the default
SOURCES = ("business", "law-enforcement", "government", "cert", "academia", "non-profit")
STATES = ("current", "superseded", "withdrawn")
KINDS = ("incident", "intelligence")
MAX_WORDS = 400  # characters of a search

Query = Mapping[str, Sequence[str]]

# Name in the address -> what a value of it may be. A value that is none is passed over: old links keep working.
CHOICES: dict[str, Callable[[str], bool]] = {
    "class": {c.code for c in CLASSES}.__contains__,
    "country": is_code,
    "sector": SECTIONS.__contains__,
    "source": SOURCES.__contains__,
    "tlp": TLP_ORDER.__contains__,
    "state": STATES.__contains__,
    "kind": KINDS.__contains__,
    "holds": TYPES.__contains__,
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for. ``choices`` holds the values set by name of CHOICES; empty: everything."""

    words: str = ""
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    organisation: str = ""  # slug
    own: bool = False
    since: datetime | None = None
    until: datetime | None = None  # the first moment no longer wanted
    order: str = ORDERS[0]

    @property
    def ranked(self) -> bool:
        """A search that asks for no order is shown best first."""
        return bool(self.words) and self.order == ""

    def facts(self, organisation: int | None) -> dict[str, Any]:
        """The parameters of sql/page.sql; ``organisation`` is the id that slug or ``own`` stand for."""
        chosen = {name: list(self.choices.get(name, ())) or None for name in CHOICES}
        return {
            "classes": chosen["class"],
            "countries": chosen["country"],
            "sectors": chosen["sector"],
            "sources": chosen["source"],
            "tlp": chosen["tlp"],
            "states": chosen["state"],
            "kinds": chosen["kind"],
            "types": chosen["holds"],
            "organisation": organisation,
            "submission": None,
            "since": self.since,
            "until": self.until,
        }


def wanted(query: Query) -> Wanted:
    """Read an address. Never raises: what makes no sense narrows nothing."""
    words = _one(query, "q").replace("\0", "")[:MAX_WORDS].strip()
    choices = {
        name: tuple(dict.fromkeys(v for v in query.get(name, ()) if fits(v)))
        for name, fits in CHOICES.items()
        if any(fits(v) for v in query.get(name, ()))
    }
    until = _day(_one(query, "until"))
    order = _one(query, "sort")
    return Wanted(
        words=words,
        choices=choices,
        organisation=_one(query, "organisation")[:80].replace("\0", ""),
        own=_one(query, "own") == "1",
        since=_day(_one(query, "since")),
        until=until + timedelta(days=1) if until else None,
        order=order if order in ORDERS else "" if words else ORDERS[0],
    )


def _one(query: Query, name: str) -> str:
    values = query.get(name, ())
    return values[-1] if values else ""


def _day(text: str) -> datetime | None:
    try:
        day = date.fromisoformat(text)
        return datetime(day.year, day.month, day.day, tzinfo=UTC) if 1970 <= day.year < 9999 else None
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the list: the report after (or before) which a page begins."""

    at: datetime
    id: int

    def __str__(self) -> str:
        return f"{(self.at - _EPOCH) // timedelta(microseconds=1)}.{self.id}"


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def place(text: str) -> Place | None:
    """Read a place as ``str`` wrote it; None for anything else."""
    at, _, number = text.partition(".")
    try:
        found = Place(_EPOCH + timedelta(microseconds=int(at[:20])), int(number[:19]))
    except (ValueError, OverflowError):
        return None
    return found if 0 <= found.id < 2**63 else None
