"""Whether a document has the shape of an Open Badges 3.0 credential: every fault, by the place where it is. Pure.

Source: Open Badges 3.0, appendix B (data models); VC Data Model 2.0, section 4. A signature covers what a document
says, not that it says what a badge has to: so this is asked first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from hueandcry.academy.credentials.contexts import CREDENTIALS, CREDENTIALS_1

BADGE = frozenset({"OpenBadgeCredential", "AchievementCredential"})
ENDORSEMENT, STATUS_LIST = "EndorsementCredential", "BitstringStatusListCredential"
DEPTH = 30  # of objects and lists inside each other
MOST_VALUES = 2_000  # of a document; a certificate has about a hundred
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+")
# RFC 3339, with an offset (VC Data Model 2.0, section 4.9: dateTimeStamp)
TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})")

Fault = tuple[str, str]  # place, what is wrong there


def faults(document: dict[str, Any]) -> list[Fault]:
    """What is wrong with a document as a credential; an empty list where nothing is."""
    return list(_credential(document))


def types(value: Any) -> list[str]:
    """The types that an object says of itself."""
    told = value.get("type") if isinstance(value, dict) else None
    listed = told if isinstance(told, list) else [told]
    return [each for each in listed if isinstance(each, str)]


def too_deep(value: Any, depth: int = DEPTH) -> bool:
    """Whether objects and lists lie deeper inside each other than ``depth``."""
    if not isinstance(value, dict | list):
        return False
    inner = value.values() if isinstance(value, dict) else value
    return depth == 0 or any(too_deep(each, depth - 1) for each in inner)


def too_many(document: Any, most: int = MOST_VALUES) -> bool:
    """Whether it holds more than ``most`` values, objects and lists counted as well: the time that making its
    statements takes grows with the square of them."""
    waiting, held = [document], 0
    while waiting:
        value = waiting.pop()
        held += 1
        if held > most:
            return True
        if isinstance(value, dict | list):
            waiting.extend(value.values() if isinstance(value, dict) else value)
    return False


def _credential(told: dict[str, Any]) -> Iterator[Fault]:
    contexts = told.get("@context")
    if not isinstance(contexts, list) or not contexts or contexts[0] not in (CREDENTIALS, CREDENTIALS_1):
        yield "@context", f"the first context has to be {CREDENTIALS}"
    said = types(told)
    if "VerifiableCredential" not in said:
        yield "type", "VerifiableCredential is missing"
    if not ({*said} & {*BADGE, ENDORSEMENT, STATUS_LIST}):
        yield "type", "neither OpenBadgeCredential nor AchievementCredential"
    yield from _uri(told, "id", "")
    yield from _profile(told.get("issuer"), "issuer")
    yield from _times(told)
    subject = told.get("credentialSubject")
    if not isinstance(subject, dict):
        yield "credentialSubject", "is missing, or not one object"
    elif {*said} & BADGE:
        yield from _text(told, "name", "")
        yield from _subject(subject)
    elif ENDORSEMENT in said:
        yield from _typed(subject, "EndorsementSubject", "credentialSubject")
        yield from _uri(subject, "id", "credentialSubject.")
    for at, each in _each(told, "evidence"):
        yield from _typed(each, "Evidence", at)


def _times(told: dict[str, Any]) -> Iterator[Fault]:
    if "validFrom" not in told and "issuanceDate" not in told:
        yield "validFrom", "is missing"
    for name in ("validFrom", "validUntil", "issuanceDate", "expirationDate", "awardedDate"):
        if name in told and not (isinstance(told[name], str) and TIME.fullmatch(told[name])):
            yield name, "is no date and time with an offset (RFC 3339)"


def _profile(told: Any, at: str) -> Iterator[Fault]:
    if isinstance(told, str):
        if not _URI.fullmatch(told):
            yield at, "is no URI"
        return
    if not isinstance(told, dict):
        yield at, "is missing"
        return
    yield from _uri(told, "id", f"{at}.")
    yield from _typed(told, "Profile", at)
    if "parentOrg" in told:
        yield from _profile(told["parentOrg"], f"{at}.parentOrg")


def _subject(told: dict[str, Any]) -> Iterator[Fault]:
    at = "credentialSubject"
    yield from _typed(told, "AchievementSubject", at)
    if "id" not in told and "identifier" not in told:
        yield at, "says by neither id nor identifier whom it is about"
    for place, each in _each(told, "identifier", f"{at}."):
        yield from _typed(each, "IdentityObject", place)
        if not isinstance(each.get("hashed"), bool):
            yield f"{place}.hashed", "is neither true nor false"
        for name in ("identityHash", "identityType"):
            yield from _text(each, name, f"{place}.")
    for place, each in _each(told, "result", f"{at}."):
        yield from _typed(each, "Result", place)
    achievement = told.get("achievement")
    if not isinstance(achievement, dict):
        yield f"{at}.achievement", "is missing"
    else:
        yield from _achievement(achievement, f"{at}.achievement")


def _achievement(told: dict[str, Any], at: str) -> Iterator[Fault]:
    yield from _uri(told, "id", f"{at}.")
    yield from _typed(told, "Achievement", at)
    for name in ("name", "description"):
        yield from _text(told, name, f"{at}.")
    criteria = told.get("criteria")
    if not isinstance(criteria, dict) or not (criteria.get("id") or criteria.get("narrative")):
        yield f"{at}.criteria", "says neither by id nor by narrative what had to be done"
    for place, each in _each(told, "resultDescription", f"{at}."):
        yield from _typed(each, "ResultDescription", place)
    for place, each in _each(told, "alignment", f"{at}."):
        yield from _typed(each, "Alignment", place)
        yield from _text(each, "targetName", f"{place}.")
        yield from _uri(each, "targetUrl", f"{place}.")


def _each(told: dict[str, Any], name: str, before: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    held = told.get(name, [])
    for number, each in enumerate(held if isinstance(held, list) else [held]):
        yield f"{before}{name}[{number}]", each if isinstance(each, dict) else {}


def _typed(told: Any, wanted: str, at: str) -> Iterator[Fault]:
    if wanted not in types(told):
        yield f"{at}.type", f"is not {wanted}"


def _text(told: dict[str, Any], name: str, before: str) -> Iterator[Fault]:
    if not isinstance(told.get(name), str) or not told[name].strip():
        yield f"{before}{name}", "is missing"


def _uri(told: dict[str, Any], name: str, before: str) -> Iterator[Fault]:
    value = told.get(name)
    if not isinstance(value, str) or not _URI.fullmatch(value):
        yield f"{before}{name}", "is no URI"
