"""What a STIX object must have: the tables of the specification, and the check of one object against them.

Sources: STIX 2.1 (https://docs.oasis-open.org/cti/stix/v2.1/os/stix-v2.1-os.html) sections 3.2 (common properties),
4 (domain objects), 5 (relationship objects), 6 (cyber-observables), 7 (meta objects), 11.1 (custom objects);
STIX 2.0 part 2 where an object has no ``spec_version``. Open vocabularies are open, and additional properties are kept.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, Final, NamedTuple


class MisshapenError(Exception):
    """An object breaks a rule of the specification: ``path`` inside the object, ``reason`` in plain words."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


class Identified(NamedTuple):
    """What the store goes by: the object's id, type and version (None for cyber-observables and markings)."""

    id: str
    type: str
    version: datetime | None


# RFC 3339 in UTC with "Z", any number of fractional digits (section 2.16: at least seconds; real data has 4 to 7)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,40})?Z")
_TYPE = re.compile(r"[a-z0-9][a-z0-9-]{1,248}[a-z0-9]")  # section 3.1
_UUID = re.compile(r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}")
_UUID_LENGTH = 36
_LONGEST_ID = 250 + 2 + _UUID_LENGTH
_V5 = 14  # place of the version digit in a UUID

# Domain objects (section 4.1 to 4.19), relationship objects (5.1, 5.2): required properties besides the common ones.
DOMAIN: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    "attack-pattern": (("name", "text"),),
    "campaign": (("name", "text"),),
    "course-of-action": (("name", "text"),),
    "grouping": (("context", "text"), ("object_refs", "refs")),
    "identity": (("name", "text"),),
    "incident": (("name", "text"),),
    "indicator": (("pattern", "text"), ("valid_from", "date")),
    "infrastructure": (("name", "text"),),
    "intrusion-set": (("name", "text"),),
    "location": (),
    "malware": (),
    "malware-analysis": (("product", "text"),),
    "note": (("content", "text"), ("object_refs", "refs")),
    "observed-data": (("first_observed", "date"), ("last_observed", "date"), ("number_observed", "count")),
    "opinion": (("opinion", "text"), ("object_refs", "refs")),
    "report": (("name", "text"), ("published", "date"), ("object_refs", "refs")),
    "threat-actor": (("name", "text"),),
    "tool": (("name", "text"),),
    "vulnerability": (("name", "text"),),
    "relationship": (("relationship_type", "text"), ("source_ref", "ref"), ("target_ref", "ref")),
    "sighting": (("sighting_of_ref", "ref"),),
    # meta objects with versions (7.1, 7.3)
    "language-content": (("object_ref", "ref"), ("contents", "object")),
    "extension-definition": (("name", "text"), ("schema", "text"), ("version", "text"), ("extension_types", "list")),
}
# What 2.1 asks for and 2.0 does not
ONLY_21: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    "indicator": (("pattern_type", "text"),),
    "malware": (("is_family", "flag"),),
}
# Cyber-observables (section 6): required properties besides type and id; a group in which one must be there.
OBSERVABLE: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    "artifact": (),
    "autonomous-system": (("number", "count"),),
    "directory": (("path", "text"),),
    "domain-name": (("value", "text"),),
    "email-addr": (("value", "text"),),
    "email-message": (("is_multipart", "flag"),),
    "file": (),
    "ipv4-addr": (("value", "text"),),
    "ipv6-addr": (("value", "text"),),
    "mac-addr": (("value", "text"),),
    "mutex": (("name", "text"),),
    "network-traffic": (("protocols", "list"),),
    "process": (),
    "software": (("name", "text"),),
    "url": (("value", "text"),),
    "user-account": (),
    "windows-registry-key": (),
    "x509-certificate": (),
}
ONE_OF: Final[dict[str, tuple[str, ...]]] = {
    "file": ("hashes", "name"),
    "artifact": ("payload_bin", "url"),
    "network-traffic": ("src_ref", "dst_ref"),
    "observed-data": ("objects", "object_refs"),
    "location": ("region", "country", "latitude"),
    "malware-analysis": ("result", "analysis_sco_refs"),
    "marking-definition": ("definition", "extensions"),
}
_DATES = ("first_seen", "last_seen", "first_observed", "last_observed", "valid_from", "valid_until", "published")
_ORDER = (("first_seen", "last_seen"), ("first_observed", "last_observed"), ("valid_from", "valid_until"))


def check(found: Mapping[str, Any]) -> Identified:
    """Check one object; gives what the store goes by, or raises ``MisshapenError``."""
    kind = _kind(found)
    identity = _identifier(found, kind)
    for name, shape in (_WANTED_21 if "spec_version" in found else _WANTED).get(kind, ()):
        shape(name, _needed(found, name))
    group = ONE_OF.get(kind)
    if group and not any(name in found for name in group):
        raise MisshapenError(group[0], f"missing, and none of {', '.join(group[1:])} stands in its place")
    if "object_marking_refs" in found and not _alike(found["object_marking_refs"]):
        _refs("object_marking_refs", found["object_marking_refs"])
    if "object_refs" in found:
        _refs("object_refs", found["object_refs"])
    if "created_by_ref" in found and not _alike([found["created_by_ref"]]):
        _ref("created_by_ref", found["created_by_ref"])
    if kind in DOMAIN:
        _times(found)
    return Identified(identity, kind, _version(found, kind))


def date(value: object) -> datetime | None:
    """Read a STIX timestamp; None where it is none."""
    return _moment(value) if isinstance(value, str) and len(value) <= _LONGEST else None


_LONGEST = 64  # characters of a timestamp that is remembered, or is one at all


@lru_cache(maxsize=16_384)  # feeds tell of many things at the same moments
def _moment(value: str) -> datetime | None:
    if not _DATE.fullmatch(value):
        return None
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        return None


def is_id(value: object) -> bool:
    """Tell whether a value has the form of a STIX identifier."""
    return isinstance(value, str) and _named(value) != ""


def _alike(refs: object) -> bool:
    """Whether this is a list of one identifier. Remembered: a whole file has one author, and one or two markings."""
    if type(refs) is not list or len(refs) != 1:
        return False
    one = refs[0]
    return type(one) is str and len(one) <= _LONGEST_ID and _remembered(one) != ""


def _named(value: str) -> str:
    """The type that an identifier names (section 2.9: type--UUID); "" where the text is no identifier."""
    if value[-_UUID_LENGTH - 2 : -_UUID_LENGTH] != "--" or not _UUID.fullmatch(value, len(value) - _UUID_LENGTH):
        return ""
    kind = value[: -_UUID_LENGTH - 2]
    return kind if kind in DOMAIN or kind in OBSERVABLE or _TYPE.fullmatch(kind) else ""


_remembered = lru_cache(maxsize=1_024)(_named)


def _kind(found: Mapping[str, Any]) -> str:
    kind = found.get("type")
    if not isinstance(kind, str):
        raise MisshapenError("type", "missing" if kind is None else "not a text")
    if kind in DOMAIN or kind in OBSERVABLE:
        return kind
    if kind == "bundle":
        raise MisshapenError("type", "a bundle inside another list of objects: send it as a file of its own")
    if not _TYPE.fullmatch(kind):
        raise MisshapenError("type", f"{_shown(kind)} is no object type: 3 to 250 small letters, digits and hyphens")
    return kind


def _identifier(found: Mapping[str, Any], kind: str) -> str:
    value = _needed(found, "id")
    named = _named(value) if isinstance(value, str) else ""
    if not named:
        raise MisshapenError("id", f"not an identifier (type--UUID): {_shown(value)}")
    if named != kind:
        raise MisshapenError("id", f"says {named}, but the type is {kind}")
    return str(value)


def _version(found: Mapping[str, Any], kind: str) -> datetime | None:
    """Check created and modified; which are needed depends on the kind of object (section 3.2, table)."""
    if kind in OBSERVABLE or _is_custom_observable(found, kind):
        return None
    created = _date("created", _needed(found, "created"))
    if kind == "marking-definition":  # never versioned (section 7.2)
        return None
    modified = _date("modified", _needed(found, "modified"))
    if modified < created:
        raise MisshapenError("modified", f"earlier than created ({found['created']})")
    return modified


def _is_custom_observable(found: Mapping[str, Any], kind: str) -> bool:
    """A type we do not know, without dates: an observable where its id is made of its content (section 2.9) or an
    extension says so (section 7.3)."""
    if kind in DOMAIN or kind == "marking-definition" or "created" in found or "modified" in found:
        return False
    if found["id"][len(kind) + 2 + _V5] == "5":
        return True
    extensions = found.get("extensions")
    if not isinstance(extensions, dict):
        return False
    return any(isinstance(one, dict) and one.get("extension_type") == "new-sco" for one in extensions.values())


def _times(found: Mapping[str, Any]) -> None:
    told = [name for name in _DATES if name in found]
    if not told:
        return
    for name in told:
        _date(name, found[name])
    for first, last in _ORDER:
        if first in found and last in found and _date(last, found[last]) < _date(first, found[first]):
            raise MisshapenError(last, f"earlier than {first} ({found[first]})")


def _needed(found: Mapping[str, Any], name: str) -> Any:
    value = found.get(name)
    if value is None:
        raise MisshapenError(name, "missing")
    return value


def _shown(value: object) -> str:
    return repr(value if not isinstance(value, str) else value[:60])[:80]


def _text(name: str, value: object) -> None:
    if not isinstance(value, str):
        raise MisshapenError(name, f"not a text: {_shown(value)}")


def _date(name: str, value: object) -> datetime:
    moment = date(value)
    if moment is None:
        raise MisshapenError(name, f"not a date such as 2026-01-31T12:00:00Z: {_shown(value)}")
    return moment


def _ref(name: str, value: object) -> None:
    if not is_id(value):
        raise MisshapenError(name, f"not an identifier (type--UUID): {_shown(value)}")


def _refs(name: str, value: object) -> None:
    if not isinstance(value, list) or not value:
        raise MisshapenError(name, "not a list of identifiers with something in it")
    for number, one in enumerate(value):
        if not is_id(one):
            raise MisshapenError(f"{name}[{number}]", f"not an identifier (type--UUID): {_shown(one)}")


def _count(name: str, value: object) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise MisshapenError(name, f"not a whole number: {_shown(value)}")


def _flag(name: str, value: object) -> None:
    if not isinstance(value, bool):
        raise MisshapenError(name, f"neither true nor false: {_shown(value)}")


def _list(name: str, value: object) -> None:
    if not isinstance(value, list):
        raise MisshapenError(name, f"not a list: {_shown(value)}")


def _object(name: str, value: object) -> None:
    if not isinstance(value, dict):
        raise MisshapenError(name, f"not an object: {_shown(value)}")


_SHAPES: Final[dict[str, Callable[[str, Any], object]]] = {
    "text": _text,
    "date": _date,
    "ref": _ref,
    "refs": _refs,
    "count": _count,
    "flag": _flag,
    "list": _list,
    "object": _object,
}
# What each kind of object must have, in the order in which it is looked at
_WANTED: Final = {kind: tuple((n, _SHAPES[s]) for n, s in wanted) for kind, wanted in (DOMAIN | OBSERVABLE).items()}
_WANTED_21: Final = _WANTED | {
    kind: (*_WANTED[kind], *((n, _SHAPES[s]) for n, s in wanted)) for kind, wanted in ONLY_21.items()
}
