"""The query of an address (section 3.4), read strictly: what is malformed is named, never guessed at."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from urllib.parse import parse_qsl

from django.utils.translation import gettext as _

from hueandcry.exchange.taxii import timestamps
from hueandcry.exchange.taxii.problems import Problem, malformed

MOST: Final = 10_000  # objects a page at most
USUAL: Final = 1_000  # objects a page where the client names no limit
LONGEST_QUERY: Final = 60_000  # characters; a thousand ids
MOST_VALUES: Final = 1_000  # values of one match

SPECS: Final = {"2.0": 20, "2.1": 21}
_FIELDS: Final = ("id", "type", "version", "spec_version")
# Which of them each kind of page takes (sections 5.3, 5.4, 5.6, 5.7, 5.8)
ALLOWED: Final = {
    "objects": frozenset(_FIELDS),
    "manifest": frozenset(_FIELDS),
    "object": frozenset({"version", "spec_version"}),
    "versions": frozenset({"spec_version"}),
    "deletion": frozenset({"version", "spec_version"}),
}
# A list of versions names all of them, and who deletes an object without naming a version means the object.
_USUAL_VERSIONS: Final = {"versions": "all", "deletion": "all"}
_PAGING: Final = ("added_after", "limit", "next")
_INTEGER = re.compile(r"[0-9]{1,16}", re.ASCII)
_TYPE = re.compile(r"[a-z0-9-]{1,250}", re.ASCII)
_MATCH = re.compile(r"match\[(.*)\]", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a client asks for."""

    limit: int = USUAL
    added_after: datetime | None = None
    next: str = ""
    ids: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    specs: tuple[int, ...] = ()
    words: frozenset[str] = field(default=frozenset({"last"}))  # of match[version]: last, first, all
    versions: tuple[datetime, ...] = ()

    def filters(self) -> str:
        """The filters as one text, so that a place in one answer is none in another's."""
        versions = [*sorted(self.words), *(timestamps.written(one) for one in sorted(self.versions))]
        parts = (sorted(self.ids), sorted(self.types), [str(s) for s in sorted(self.specs)], versions)
        return "\n".join(",".join(part) for part in parts)


def read(query: str, page: str) -> Wanted:
    """Read a query string for a kind of page (a key of ALLOWED). Raises Problem (400), naming the parameter."""
    given = _given(query)
    matches = {}
    for name, value in given.items():
        matched = _MATCH.fullmatch(name)
        if matched and matched[1] in _FIELDS:  # others are ignored, as the standard allows
            if matched[1] not in ALLOWED[page]:
                takes = ", ".join(f"match[{one}]" for one in sorted(ALLOWED[page]))
                raise malformed(name, _("This address takes only: %(takes)s.") % {"takes": takes})
            matches[matched[1]] = _values(name, value)
    words, versions = _versions(matches.get("version", [_USUAL_VERSIONS.get(page, "last")]))
    return Wanted(
        limit=_limit(given["limit"]) if "limit" in given else USUAL,
        added_after=_moment(given["added_after"]) if "added_after" in given else None,
        next=_next(given["next"]) if "next" in given else "",
        ids=tuple(matches.get("id", ())),
        types=_types(matches.get("type", ())),
        specs=_specs(matches.get("spec_version", ())),
        words=words,
        versions=versions,
    )


def _given(query: str) -> dict[str, str]:
    """The parameters that we know, each once."""
    if len(query) > LONGEST_QUERY:
        raise Problem(414, "parameter", _("The address is too long."), _("Ask for fewer objects at a time."))
    try:
        pairs = parse_qsl(query, keep_blank_values=True, errors="strict", max_num_fields=100)
    except ValueError:
        raise malformed("?", _("The query of the address is not UTF-8, or has more than 100 parameters.")) from None
    given: dict[str, str] = {}
    for name, value in pairs:
        known = name in _PAGING or _MATCH.fullmatch(name)
        if known and name in given:
            raise malformed(name, _("It stands twice in the address."))
        if "\0" in value:
            raise malformed(name, _("It holds a zero byte."))
        if known:
            given[name] = value
    return given


def _values(name: str, value: str) -> list[str]:
    values = value.split(",")
    if "" in values:
        raise malformed(name, _("Give one or more values, separated by commas without spaces."))
    if len(values) > MOST_VALUES:
        raise malformed(name, _("At most %(most)s values.") % {"most": MOST_VALUES})
    return values


def _limit(value: str) -> int:
    if not _INTEGER.fullmatch(value) or int(value) == 0:
        raise malformed("limit", _("It is a whole number greater than zero."))
    return min(int(value), MOST)


def _moment(value: str) -> datetime:
    found = timestamps.moment(value)
    if found is None:
        raise malformed("added_after", _("It is one timestamp like 2026-01-31T09:30:00.000000Z."))
    return found


def _next(value: str) -> str:
    if not value:
        raise malformed("next", _("It is the value of next in the answer before."))
    return value


def _types(values: Sequence[str]) -> tuple[str, ...]:
    for value in values:
        if not _TYPE.fullmatch(value):
            raise malformed("match[type]", _("A type is written in lower case: indicator, x-my-type."))
    return tuple(values)


def _specs(values: Sequence[str]) -> tuple[int, ...]:
    """Versions of STIX; one that we do not have matches nothing, which is not malformed."""
    for value in values:
        if not re.fullmatch(r"[0-9]{1,3}\.[0-9]{1,3}", value, re.ASCII):
            raise malformed("match[spec_version]", _("A version of STIX is written like 2.1."))
    return tuple(SPECS.get(value, 0) for value in values)


def _versions(values: Sequence[str]) -> tuple[frozenset[str], tuple[datetime, ...]]:
    if len(set(values)) != len(values):
        raise malformed("match[version]", _("A value stands in it twice."))
    if "all" in values and len(values) > 1:
        raise malformed("match[version]", _("“all” stands alone."))
    words = frozenset(value for value in values if value in ("last", "first", "all"))
    found = []
    for value in values:
        if value not in words:
            version = timestamps.version(value)
            if version is None:
                raise malformed(
                    "match[version]", _("It is last, first, all or timestamps like 2026-01-31T09:30:00.000Z.")
                )
            found.append(version)
    return words, tuple(found)
