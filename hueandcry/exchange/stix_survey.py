"""The first look over a STIX file: which objects are reports, what they hold, and what is known about objects.

One pass over slices, decoding only what a report needs: references, markings, techniques, places, sectors, and who
plays which part. What is remembered grows with reports and references, not with the text of the objects.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from hueandcry.exchange import countries, stix_element, stix_handling, stix_shapes, victims
from hueandcry.exchange.drafts import Marking, Role
from hueandcry.exchange.json_text import Refused
from hueandcry.exchange.stix_split import Parts

REPORTS: Final = frozenset(("incident", "report", "grouping"))
# Objects that say something about others; alone they make no report.
SUPPORT: Final = frozenset(
    ("identity", "location", "marking-definition", "extension-definition", "language-content", "relationship")
)
# The loose objects' report is named after the first of these that has a name, in this order.
TITLES: Final = ("x-mitre-collection", "campaign", "malware", "intrusion-set", "threat-actor", "tool", "identity")
MAX_LABELS = 100

# Relationships that say that the target observable is the attacker's (sections 4.8, 4.11: "consists-of",
# "communicates-with", ...), by type of the source.
_ATTACKERS: Final = {
    "infrastructure": frozenset(("consists-of", "communicates-with", "controls", "hosts")),
    "malware": frozenset(("communicates-with", "downloads", "drops", "beacons-to", "exfiltrates-to")),
}
_PLACES: Final = frozenset(("targets", "located-at", "related-to", "impacts"))
_TECHNIQUE: Final = re.compile(r"T[01][0-9]{3}(?:\.[0-9]{3})?")

# industry-sector-ov (section 10.8) -> section of NACE Rev. 2.1. Left out: "commercial" and "infrastructure" (any
# branch), "non-profit" (a form, not a branch).
SECTORS: Final[dict[str, str]] = {
    "agriculture": "A",
    "mining": "B",
    "aerospace": "C",  # division 30, other transport equipment
    "automotive": "C",  # division 29
    "chemical": "C",  # division 20
    "manufacturing": "C",
    "pharmaceuticals": "C",  # division 21
    "energy": "D",
    "nuclear": "D",  # power stations, the sense the vocabulary gives (critical infrastructure)
    "utilities": "D",  # mostly power; water has its own word
    "dams": "E",  # water collection and supply, division 36
    "water": "E",
    "construction": "F",
    "retail": "G",
    "transportation": "H",
    "hospitality-leisure": "I",  # hotels and restaurants come first in it
    "communications": "K",
    "technology": "K",
    "telecommunications": "K",
    "financial-services": "L",
    "insurance": "L",
    "defense": "P",  # NACE puts defence under public administration, class 84.22
    "emergency-services": "P",  # class 84.25
    "government": "P",
    "government-local": "P",
    "government-national": "P",
    "government-public-services": "P",
    "government-regional": "P",
    "education": "Q",
    "healthcare": "R",
    "entertainment": "S",
}


class Head(msgspec.Struct):
    """What is decoded of each object at first."""

    type: Any = None
    id: Any = None
    name: Any = None
    source_ref: Any = None
    relationship_type: Any = None
    target_ref: Any = None
    indicator_types: Any = None
    labels: Any = None
    object_marking_refs: Any = None
    granular_markings: Any = None


@dataclass(slots=True)
class Known:
    """What is known of one object, told in a report's own words."""

    techniques: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    country: str = ""
    area: str = ""  # postal area of a place
    sector: str = ""
    first: datetime | None = None
    last: datetime | None = None


@dataclass(slots=True)
class Survey:
    """All that the second pass needs to know of the whole file."""

    reports: dict[str, dict[str, Any]] = field(default_factory=dict)  # newest version of each report-like object
    holders: dict[str, tuple[str, ...]] = field(default_factory=dict)  # object -> reports that hold it
    held: dict[str, dict[str, None]] = field(default_factory=dict)  # report -> objects, in order
    known: dict[str, Known] = field(default_factory=dict)
    markings: dict[str, Marking] = field(default_factory=dict)  # marking definitions of this file
    roles: dict[str, Role] = field(default_factory=dict)
    times: dict[str, tuple[datetime, datetime]] = field(default_factory=dict)
    links: list[tuple[str, str, str]] = field(default_factory=list)  # source, type, target, where a place is meant
    observed: dict[str, tuple[str, ...]] = field(default_factory=dict)  # observed-data -> its objects
    titles: dict[str, str] = field(default_factory=dict)  # type -> first name
    marked: dict[str, set[str]] = field(default_factory=dict)  # report ("" the loose objects') -> marking refs
    alike: dict[tuple[str, ...], Known] = field(default_factory=dict)
    has_loose: bool = False  # whether some object but supporting ones belongs to no report

    def reports_of(self, found: Mapping[str, Any]) -> tuple[str, ...]:
        """Give the reports an object belongs to; () for a loose one. A relationship goes with what it relates."""
        held = self.holders.get(found["id"], ())
        if held or found["type"] != "relationship" or not self.reports:
            return held
        source, target = (self.holders.get(found[name], ()) for name in ("source_ref", "target_ref"))
        return tuple(key for key in source if key in target) or source or target


def survey(parts: Parts) -> Survey:
    """Look over all elements; never raises for a bad one (the second pass refuses it)."""
    found = Survey()
    for raw, head in _heads(parts):
        if not found.reports:
            _mark(found, head)
        if head.type in TITLES and isinstance(head.name, str):
            found.titles.setdefault(head.type, head.name)
        if head.type == "relationship":
            _look_relationship(found, head)
        elif head.type == "indicator":
            _look_indicator(found, head)
        elif head.type in _LOOKS:
            try:
                content = stix_element.content(raw)
                stix_shapes.check(content)
            except (Refused, stix_shapes.MisshapenError):
                continue
            _LOOKS[head.type](found, content)
    _hold(found)
    if found.reports:  # now it is known what they hold
        found.marked, found.has_loose = {}, False
        for _, head in _heads(parts):
            _mark(found, head)
    return found


def _heads(parts: Parts) -> Iterator[tuple[bytes, Head]]:
    """Give what can be told of each element at once; those that cannot be read are left to the second pass."""
    decode = msgspec.json.Decoder(Head).decode
    for raw in parts.elements:
        try:
            head = decode(raw)
        except (msgspec.MsgspecError, ValueError, RecursionError):
            continue
        if isinstance(head.type, str) and isinstance(head.id, str):
            yield raw, head


def _mark(found: Survey, head: Head) -> None:
    """Note the markings of an object with every report that holds it, and whether any object is loose."""
    keys: tuple[str, ...] = ()
    if head.type == "relationship":
        if not (isinstance(head.source_ref, str) and isinstance(head.target_ref, str)):
            return
        keys = found.reports_of(
            {"id": head.id, "type": head.type, "source_ref": head.source_ref, "target_ref": head.target_ref}
        )
    elif found.holders:
        keys = found.holders.get(head.id, ())
    if not (keys or head.type in SUPPORT):
        found.has_loose = True
    refs = head.object_marking_refs if isinstance(head.object_marking_refs, list) else []
    if isinstance(head.granular_markings, list):
        refs = refs + [one.get("marking_ref") for one in head.granular_markings if isinstance(one, dict)]
    if refs:
        told = [one for one in refs if isinstance(one, str)]
        for key in (keys or ("",)) if told else ():
            found.marked.setdefault(key, set()).update(told)


def texts(value: object) -> tuple[str, ...]:
    """Give the texts of a list, for properties that should be lists of texts."""
    return tuple(one for one in value if isinstance(one, str)) if isinstance(value, list) else ()


def labels_of(found: Mapping[str, Any]) -> tuple[str, ...]:
    """Give the sender's own words for what an object is: labels and every ..._types vocabulary."""
    words = dict.fromkeys(texts(found.get("labels")))
    kind = str(found.get("type", "")).replace("-", "_")
    for name in (f"{kind}_types", "incident_types", "context"):
        value = found.get(name)
        words.update(dict.fromkeys((value,) if isinstance(value, str) else texts(value)))
    return tuple(words)


def _look_report(found: Survey, content: dict[str, Any]) -> None:
    key = content["id"]
    earlier = found.reports.get(key)
    if earlier is None or _moment(content) > _moment(earlier):
        found.reports[key] = content
    held = found.held.setdefault(key, {})
    held.update(dict.fromkeys(texts(content.get("object_refs"))))


def _moment(content: Mapping[str, Any]) -> datetime:
    return stix_shapes.date(content.get("modified")) or datetime.min.replace(tzinfo=UTC)


def _look_relationship(found: Survey, head: Head) -> None:
    source, kind, target = head.source_ref, head.relationship_type, head.target_ref
    if not (isinstance(source, str) and isinstance(kind, str) and isinstance(target, str)):
        return
    for end, other in ((source, target), (target, source)):
        if end.startswith("incident--"):
            found.held.setdefault(end, {}).update({other: None, head.id: None})
    if kind in _ATTACKERS.get(source.partition("--")[0], ()):
        _play(found, target, "attacker")
    if kind in _PLACES and target.startswith(("location--", "identity--")):
        found.links.append((source, kind, target))


def _look_indicator(found: Survey, head: Head) -> None:
    words = tuple(dict.fromkeys(texts(head.labels) + texts(head.indicator_types)))
    if words:  # one Known for all indicators that say the same: there may be hundreds of thousands
        found.known[head.id] = found.alike.setdefault(words, Known(labels=words))


def _look_observed(found: Survey, content: dict[str, Any]) -> None:
    refs = texts(content.get("object_refs"))
    first, last = stix_shapes.date(content["first_observed"]), stix_shapes.date(content["last_observed"])
    if not refs or first is None or last is None:
        return
    found.observed[content["id"]] = refs
    for ref in refs:
        seen = found.times.get(ref, (first, last))
        found.times[ref] = (min(first, seen[0]), max(last, seen[1]))


def _look_message(found: Survey, content: dict[str, Any]) -> None:
    for name in ("to_refs", "cc_refs", "bcc_refs"):
        for ref in texts(content.get(name)):
            _play(found, ref, "victim")


def _look_malware(found: Survey, content: dict[str, Any]) -> None:
    for ref in texts(content.get("sample_refs")):
        _play(found, ref, "attacker")
    _look_words(found, content)


def _look_words(found: Survey, content: dict[str, Any]) -> None:
    words = labels_of(content)
    first = stix_shapes.date(content.get("first_seen"))
    last = stix_shapes.date(content.get("last_seen"))
    if words or first or last:
        found.known[content["id"]] = Known(labels=words, first=first, last=last)


def _look_technique(found: Survey, content: dict[str, Any]) -> None:
    techniques = techniques_of(content)
    if techniques:
        found.known[content["id"]] = Known(techniques=techniques)


def techniques_of(found: Mapping[str, Any]) -> tuple[str, ...]:
    """Give the ATT&CK ids of an object's references (source names mitre-attack, mitre-ics-attack, ...)."""
    references = found.get("external_references")
    ids = (
        one.get("external_id")
        for one in (references if isinstance(references, list) else ())
        if isinstance(one, dict) and str(one.get("source_name", "")).startswith("mitre-")
    )
    return tuple(dict.fromkeys(one for one in ids if isinstance(one, str) and _TECHNIQUE.fullmatch(one)))


def _look_location(found: Survey, content: dict[str, Any]) -> None:
    told = content.get("country")
    if isinstance(told, str):
        code = told.upper() if countries.is_code(told.upper()) else countries.alpha_2(told)
        if code:
            code_there = content.get("postal_code")
            area = victims.area(code_there, code) if isinstance(code_there, str) else ""
            found.known[content["id"]] = Known(country=code, area=area)


def _look_identity(found: Survey, content: dict[str, Any]) -> None:
    sector = next((SECTORS[word] for word in texts(content.get("sectors")) if word in SECTORS), "")
    if sector:
        found.known[content["id"]] = Known(sector=sector)


def _look_marking(found: Survey, content: dict[str, Any]) -> None:
    marking = stix_handling.defined(content)
    if marking is not None:
        found.markings[content["id"]] = marking


def _play(found: Survey, ref: str, role: Role) -> None:
    """Note a part; who is told to play two plays neither for sure."""
    found.roles[ref] = role if found.roles.get(ref, role) == role else "unknown"


def _hold(found: Survey) -> None:
    """Close what reports hold over observed-data and supporting objects, and turn it around."""
    holders: dict[str, dict[str, None]] = {}
    for key in list(found.held):
        if key not in found.reports:
            del found.held[key]  # named by a relationship only
            continue
        held = found.held[key]
        for ref in list(held):
            held.update(dict.fromkeys(found.observed.get(ref, ())))
        held.update(dict.fromkeys(_supports(found.reports[key])))
        held.pop(key, None)
        for ref in (key, *held):
            holders.setdefault(ref, {})[key] = None
    for key in found.reports:  # a report is at home with itself, whoever else holds it
        found.holders[key] = (key, *(other for other in holders.get(key, ()) if other != key))
    for ref, keys in holders.items():
        found.holders.setdefault(ref, tuple(keys))


def _supports(content: Mapping[str, Any]) -> Iterable[str]:
    yield from texts(content.get("object_marking_refs"))
    if isinstance(author := content.get("created_by_ref"), str):
        yield author
    if isinstance(extensions := content.get("extensions"), dict):
        yield from extensions


_LOOKS: Final[dict[str, Callable[[Survey, dict[str, Any]], None]]] = {
    "attack-pattern": _look_technique,
    "campaign": _look_words,
    "email-message": _look_message,
    "grouping": _look_report,
    "identity": _look_identity,
    "incident": _look_report,
    "infrastructure": _look_words,
    "location": _look_location,
    "malware": _look_malware,
    "marking-definition": _look_marking,
    "observed-data": _look_observed,
    "report": _look_report,
    "threat-actor": _look_words,
    "tool": _look_words,
}
