"""The filters of a list of reports: the same words as the page's address has, each checked."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from django.utils.translation import gettext as _
from ninja import Schema
from pydantic import Field

from hueandcry.exchange import listing
from hueandcry.exchange.rest.errors import wrong
from hueandcry.exchange.rest.shapes import Slug

MOST = 50  # values of one filter


class Filters(Schema):
    """What is asked for; nothing given: everything you may see."""

    q: str = Field("", max_length=listing.MAX_WORDS, description="words, or the beginning of a value")
    class_: list[str] = Field([], alias="class", max_length=MOST, description="class of the Common Taxonomy")
    country: list[str] = Field([], max_length=MOST, description="of victims, ISO 3166-1 alpha-2")
    sector: list[str] = Field([], max_length=MOST, description="NACE Rev. 2.1 section")
    source: list[str] = Field([], max_length=MOST, description="kind of the organisation that reported")
    tlp: list[str] = Field([], max_length=MOST)
    state: list[str] = Field([], max_length=MOST)
    kind: list[str] = Field([], max_length=MOST)
    holds: list[str] = Field([], max_length=MOST, description="type of an observable")
    organisation: Slug = ""
    own: bool = False
    since: date | None = None
    until: date | None = Field(None, description="the last day wanted")
    sort: Literal["", "-reported", "reported", "-arrived", "arrived"] = Field(
        "", description="by date reported or by arrival, - the latest first; of a search, by default the best first"
    )

    def wanted(self) -> listing.Wanted:
        """The filters as lists want them. Stops with 422 at a word that a filter does not know."""
        asked = self.asked()
        found = listing.wanted(asked)
        for name, values in asked.items():
            if name in listing.CHOICES and set(values) - set(found.choices.get(name, ())):
                odd = next(v for v in values if v not in found.choices.get(name, ()))
                raise wrong(name, _("%(word)s is none that this filter knows") % {"word": repr(odd[:100])})
        for name in ("since", "until"):
            if asked.get(name) and getattr(found, name) is None:
                raise wrong(name, _("a day from 1970 to 9998"))
        return found

    def asked(self) -> dict[str, list[str]]:
        """The filters that say something, as an address holds them."""
        content: dict[str, Any] = self.dict(by_alias=True)
        content["own"] = "1" if self.own else ""
        listed = {
            name: [str(v) for v in (value if isinstance(value, list) else [value])] for name, value in content.items()
        }
        kept = {name: [v for v in values if v not in ("", "None")] for name, values in listed.items()}
        return {name: values for name, values in kept.items() if values}
