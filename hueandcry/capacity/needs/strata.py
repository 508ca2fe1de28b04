"""Groups of countries that needs are shown by: least developed, landlocked, island states, income."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from django.utils.translation import gettext_lazy

_SOURCE = Path(__file__).with_name("strata.toml")
NAMES = {
    "ldc": gettext_lazy("least developed country"),
    "lldc": gettext_lazy("landlocked developing country"),
    "sids": gettext_lazy("small island developing state"),
    "low-income": gettext_lazy("low-income economy"),
}


@dataclass(frozen=True, slots=True)
class Stratum:
    """A group of countries, who defines it, and as of when."""

    key: str
    source: str
    as_of: date
    countries: frozenset[str]


@lru_cache(maxsize=1)
def strata() -> dict[str, Stratum]:
    """Every group by its key."""
    held = tomllib.loads(_SOURCE.read_text("utf-8"))
    return {
        k: Stratum(k, each["source"], each["as_of"], frozenset(each["countries"].split())) for k, each in held.items()
    }


def of(country: str) -> list[str]:
    """The keys of the groups that a country is in."""
    return [key for key, each in strata().items() if country in each.countries]
