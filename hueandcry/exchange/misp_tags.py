"""MISP machine tags: what they say of handling, techniques and the kind of account.

Sources: the taxonomies "tlp" (version 10), "PAP" (version 3) and "admiralty-scale" (version 6) of MISP/misp-taxonomies,
and the galaxy clusters of MITRE ATT&CK, whose tags end in the technique's id.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Literal, cast

from hueandcry.exchange import victims
from hueandcry.exchange.drafts import Marking, Pap, Role, Tlp
from hueandcry.exchange.observables import TYPES
from hueandcry.exchange.sectors import SHORT
from hueandcry.exchange.text import clean

# Our own machine tags, for what no taxonomy of MISP's says and an event that left us would lose: whose a value is, its
# type where MISP has none, the information grade of 4x4, withdrawal. docs/misp.md lists them.
OURS = "hueandcry"
_OURS_TAG = re.compile(r'hueandcry:([a-z-]{1,30})="([^"]{0,200})"')
SIZES = ("person", "micro", "small", "medium", "large")
_COUNTRY, _LANGUAGE, _CURRENCY = re.compile("[A-Z]{2}"), re.compile("[a-z]{2}"), re.compile("[A-Z]{3}")
_AMOUNT = re.compile(r"\d{1,15}(\.\d{1,2})?")
ROLES: tuple[Role, ...] = ("attacker", "victim", "mule", "unknown")

TLP: dict[str, Tlp] = {
    "tlp:white": "CLEAR",
    "tlp:clear": "CLEAR",
    "tlp:green": "GREEN",
    "tlp:amber": "AMBER",
    "tlp:amber+strict": "AMBER+STRICT",
    "tlp:red": "RED",
}
PAP: dict[str, Pap] = {
    "pap:white": "CLEAR",
    "pap:clear": "CLEAR",
    "pap:green": "GREEN",
    "pap:amber": "AMBER",
    "pap:red": "RED",
}
_LEVELS = ("CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED")  # from the mildest

# Both scales ask how reliable the source is. The Admiralty's credibility and the second axis of 4x4 do not ask the same
# thing (probability there, how the source knows here), so that one is told as lost rather than guessed.
RELIABILITY = {"a": "A", "b": "B", "c": "B", "d": "C", "e": "C", "f": "X", "g": "C"}
_RELIABILITY_TAG = re.compile(r'admiralty-scale:source-reliability="?([a-g])"?', re.IGNORECASE)
_CODE_TAG = re.compile(r'europol[a-z-]{0,20}:(?:handling(?:-codes?)?="?)?(h[0-3])"?', re.IGNORECASE)
_TECHNIQUE = re.compile(r"\bT\d{4}(?:\.\d{3})?\b")

# A tag out of these taxonomies classifies something that happened, not something that is merely known.
INCIDENT_NAMESPACES = (
    "rsit:",
    "ecsirt:",
    "europol-incident:",
    "europol-event:",
    "circl:incident-classification",
    "common-taxonomy:",
    "veris:",
)


def of(members: dict[str, Any]) -> tuple[str, ...]:
    """Collect an event's or attribute's tags, its galaxy clusters' tags too, each once, in the order received."""
    names = [*_names(members.get("Tag"), "name"), *_names(members.get("EventTag"), "Tag")]
    for galaxy in _dicts(members.get("Galaxy")):
        names += _names(galaxy.get("GalaxyCluster"), "tag_name")
    return tuple(dict.fromkeys(name for name in names if name))


def marking(tags: Iterable[str], within: Iterable[str] = ()) -> tuple[Marking, list[str]]:
    """Derive handling from an event's tags, raised to the strictest found ``within`` it; and tell what has no place."""
    tags, within = list(tags), list(within)
    told: list[str] = []
    result = Marking(
        tlp=cast(Tlp | None, _strictest(TLP, tags, within, "TLP", told)),
        pap=cast(Pap | None, _strictest(PAP, tags, within, "PAP", told)),
    )
    codes = {found[1].upper() for tag in tags if (found := _CODE_TAG.fullmatch(tag))}
    result.codes = tuple(sorted(codes))
    grade = own(tags, "information-grade")
    result.information_grade = grade if grade in ("1", "2", "3", "4") else None
    for tag in tags:
        found = _RELIABILITY_TAG.fullmatch(tag)
        if found:
            result.source_grade = RELIABILITY[found[1].lower()]
        elif tag.lower().startswith("admiralty-scale:"):
            told.append(f"{clean(tag, 80)}: the Admiralty's credibility has no equal in 4x4")
    return result, told


def owns(tags: Iterable[str], predicate: str) -> tuple[str, ...]:
    """Give all that our own machine tags of this predicate say."""
    found = (_OURS_TAG.fullmatch(tag) for tag in tags)
    return tuple(match[2] for match in found if match and match[1] == predicate)


def own(tags: Iterable[str], predicate: str) -> str:
    """Give what our own machine tag of this predicate says; "" where there is none."""
    return next(iter(owns(tags, predicate)), "")


def ours(predicate: str, value: str) -> str:
    """Write one of our own machine tags."""
    return f'{OURS}:{predicate}="{value}"'


def facts(tags: Iterable[str]) -> dict[str, Any]:
    """Read who was harmed and how much out of our own tags: fields of a ``ReportDraft``; none where nothing is said."""
    tags = [tag for tag in tags if tag.startswith(f"{OURS}:")]
    if not tags:
        return {}
    amount, _space, currency = own(tags, "loss").partition(" ")
    found: dict[str, Any] = {
        "victim_countries": tuple(one for one in owns(tags, "victim-country") if _COUNTRY.fullmatch(one)),
        "victim_sector": sector if (sector := own(tags, "victim-sector")) in SHORT else "",
        "victim_size": size if (size := own(tags, "victim-size")) in SIZES else "",
        "victim_area": victims.area(own(tags, "victim-area"), next(iter(owns(tags, "victim-country")), "")),
        "language": language if _LANGUAGE.fullmatch(language := own(tags, "language")) else "",
    }
    if _AMOUNT.fullmatch(amount):
        found |= {"loss_amount": Decimal(amount), "loss_currency": currency if _CURRENCY.fullmatch(currency) else ""}
    return {name: value for name, value in found.items() if value}


def role(attribute: dict[str, Any]) -> Role | None:
    """Give whose value an attribute's own tag says it is; None where it does not say."""
    told = own(_names(attribute.get("Tag"), "name"), "role") if "Tag" in attribute else ""
    return told if told in ROLES else None


def typed(attribute: dict[str, Any], value: str) -> list[tuple[str, str]]:
    """Give (observable type, raw value) where an attribute's own tag says the type, as MISP has none for it."""
    tags = _names(attribute.get("Tag"), "name") if "Tag" in attribute else []
    told, platform = own(tags, "type"), own(tags, "platform")
    return [(told, f"{platform}:{value}" if platform else value)] if told in TYPES else []


def is_withdrawn(tags: Iterable[str]) -> bool:
    """Tell whether a node of ours marked the event as withdrawn by who reported it."""
    return own(tags, "state") == "withdrawn"


def is_understood(tag: str) -> bool:
    """Tell whether an attribute's tag is read into the report, and so not lost."""
    return is_handling(tag) or tag.startswith(f"{OURS}:")


def is_handling(tag: str) -> bool:
    """Tell whether a tag says how to handle, not what it is about."""
    return tag.lower().startswith(("tlp:", "pap:"))


def techniques(tags: Iterable[str]) -> tuple[str, ...]:
    """Find the ATT&CK techniques that galaxy tags name. A course of action names what it is *against*: left out."""
    found = [_TECHNIQUE.search(tag) for tag in tags if tag.startswith("misp-galaxy:") and "attack-pattern=" in tag]
    return tuple(dict.fromkeys(match[0] for match in found if match))


def kind(tags: Iterable[str]) -> Literal["incident", "intelligence"]:
    """Tell an account of what happened from what is merely known, by the taxonomies it is tagged with."""
    tags = list(tags)
    if (told := own(tags, "kind")) in ("incident", "intelligence"):
        return cast(Literal["incident", "intelligence"], told)
    return "incident" if any(tag.lower().startswith(INCIDENT_NAMESPACES) for tag in tags) else "intelligence"


def _strictest(table: dict[str, Any], tags: list[str], within: list[str], name: str, told: list[str]) -> str | None:
    own = [table[tag.lower()] for tag in tags if tag.lower() in table]
    inner = [table[tag.lower()] for tag in within if tag.lower() in table]
    told += [
        f"{clean(tag, 80)} is no {name} level that we know: the submission's handling decides"
        for tag in [*tags, *within]
        if tag.lower().startswith(f"{name.lower()}:") and tag.lower() not in table
    ]
    strictest = max([*own, *inner], key=_LEVELS.index, default=None)
    if inner and strictest not in own:
        told.append(f"{name}:{strictest} stands on an attribute alone: the whole report is handled so")
    return cast(str | None, strictest)


def _names(value: object, name: str) -> list[str]:
    found = []
    for item in _dicts(value):
        inner = item.get(name)
        if isinstance(inner, dict):
            inner = inner.get("name")
        if isinstance(inner, str):
            found.append(clean(inner, 500).strip())
    return found


def _dicts(value: object) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
