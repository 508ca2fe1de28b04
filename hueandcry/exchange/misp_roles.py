"""Whose value is it? The attacker's, the victim's or a mule's, by MISP's types, categories, objects and relations.

Sources: describeTypes.json of MISP (what each category is for) and the templates in MISP/misp-objects.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec

from hueandcry.exchange import misp_tags
from hueandcry.exchange.drafts import Role

ATTACKER_CATEGORIES = frozenset(
    {
        "Network activity",
        "Payload delivery",
        "Payload installation",
        "Payload type",
        "Artifacts dropped",
        "Persistence mechanism",
        "Attribution",
    }
)
ACCOUNT_TYPES = frozenset({"iban", "bic", "bank-account-nr", "aba-rtn", "prtn"})
VICTIM_OBJECTS = frozenset({"victim", "corporate-asset", "target-system"})
RECIPIENT_RELATIONS = frozenset({"to", "cc", "bcc", "to-display-name", "cc-display-name", "bcc-display-name"})
SENDER_RELATIONS = frozenset({"from", "from-domain", "reply-to", "return-path", "sender", "received-header-ip"})
# What a person object's "role" may say (template "person" and those derived from it)
PERSON_ROLES: dict[str, Role] = {
    "victim": "victim",
    "target": "victim",
    "suspect": "attacker",
    "accused": "attacker",
    "culprit": "attacker",
    "accomplice": "attacker",
    "defendant": "attacker",
    "money mule": "mule",
    "mule": "mule",
}


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The object an attribute stands in: its template's name, the role of the person it describes, whether deleted."""

    object_name: str = ""
    person: Role = "unknown"
    deleted: bool = False


def surroundings(members: dict[str, msgspec.Raw], attributes: list[bytes]) -> Surroundings:
    """Read an object's name and, where one of its attributes says so, whose it is."""
    name = _text(members.get("name"))
    deleted = bytes(members.get("deleted") or b"").strip() in (b"true", b"1", b'"1"')
    for raw in attributes:
        if b'"role"' in raw:
            role = _person(raw)
            if role:
                return Surroundings(name, role, deleted)
    return Surroundings(name, deleted=deleted)


def role_of(kind: str, attribute: dict[str, Any], around: Surroundings) -> Role:
    """Decide the role of an attribute's value; "unknown" where MISP does not say."""
    if (told := misp_tags.role(attribute)) is not None:
        return told
    relation = str(attribute.get("object_relation") or "")
    category = str(attribute.get("category") or "")
    if kind.startswith("target-") or category == "Targeting data" or around.object_name in VICTIM_OBJECTS:
        return "victim"
    if around.person != "unknown":
        return around.person
    if around.object_name == "email" and relation in RECIPIENT_RELATIONS:
        return "victim"
    if around.object_name == "email" and relation in SENDER_RELATIONS:
        return "attacker"
    if category == "Financial fraud" and kind in ACCOUNT_TYPES:
        return "mule"
    return _by_use(kind, category, attribute.get("to_ids") in (True, 1, "1"))


def _by_use(kind: str, category: str, detect: bool) -> Role:
    # MISP: email-dst is "the recipient", the victim of what is delivered; but one that detectors should look for, or
    # that is met in network activity, is where malware sends what it steals
    if kind.startswith("email-dst") and category == "Payload delivery" and not detect:
        return "victim"
    return "attacker" if detect or category in ATTACKER_CATEGORIES else "unknown"


def _person(raw: bytes) -> Role | None:
    try:
        attribute = msgspec.json.decode(raw)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None
    if not isinstance(attribute, dict) or attribute.get("object_relation") != "role":
        return None
    return PERSON_ROLES.get(str(attribute.get("value")).strip().lower())


def _text(raw: msgspec.Raw | None) -> str:
    try:
        value = msgspec.json.decode(raw) if raw is not None else ""
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return ""
    return value[:100] if isinstance(value, str) else ""
