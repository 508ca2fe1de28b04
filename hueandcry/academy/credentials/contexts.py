"""The JSON-LD contexts that credentials are read by, out of packages and of this file: nothing is ever fetched.

The Open Badges 3.0 context is written here as a table of terms; a test compares what is built of it with the published
file, term by term. The context of Verifiable Credentials 2.0 comes inside openvc, that of 1.1 inside pyld.
Sources: Open Badges 3.0, appendix D (context-3.0.3.json); VC Data Model 2.0, appendix B.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import openvc  # noqa: F401  whole before its parts: two requests that begin amid its circle of imports wait for each other
import openvc.proof.contexts as openvc_contexts

CREDENTIALS = "https://www.w3.org/ns/credentials/v2"
CREDENTIALS_1 = "https://www.w3.org/2018/credentials/v1"
BADGES = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"

_PREFIXES = {
    "ob": "https://purl.imsglobal.org/spec/vc/ob/vocab.html#",
    "schema": "https://schema.org/",
    "xsd": "https://www.w3.org/2001/XMLSchema#",
    "jwt": "https://www.iana.org/assignments/jwt#",
    "": "xsd:",  # the published file names this prefix in one place without saying what it stands for
}
# A class a line, its own terms after the colon. `term` means ob:term; `term=x:y` names another; `^` the type of its
# values; `*` a set of them, `[]` a list of them.
_TERMS = """
OpenBadgeCredential
Achievement: achievementType alignment* creator creditsAvailable^xsd:float criteria=ob:Criteria^@id fieldOfStudy humanCode image^@id otherIdentifier* related* resultDescription* specialization tag=schema:keywords* version inLanguage=schema:inLanguage
AchievementCredential=OpenBadgeCredential
AchievementSubject: achievement activityEndDate^xsd:date activityStartDate^xsd:date creditsEarned^xsd:float identifier* image^@id licenseNumber result* role source^@id term
Address: addressCountry=schema:addressCountry addressCountryCode=ob:CountryCode addressLocality=schema:addressLocality addressRegion=schema:addressRegion geo=ob:GeoCoordinates postOfficeBoxNumber=schema:postOfficeBoxNumber postalCode=schema:postalCode streetAddress=schema:streetAddress
Alignment=schema:AlignmentObject: targetCode targetDescription=schema:targetDescription targetFramework=schema:targetFramework targetName=schema:targetName targetType targetUrl=schema:targetUrl^xsd:anyURI
Criteria
EndorsementCredential
EndorsementSubject: endorsementComment
Evidence: audience=schema:audience genre=schema:genre
GeoCoordinates: latitude=schema:latitude longitude=schema:longitude
IdentifierEntry: identifier identifierType
IdentityObject: hashed^xsd:boolean identityHash identityType salt
Image: caption=schema:caption
Profile: additionalName=schema:additionalName address^@id dateOfBirth^xsd:date email=schema:email familyName=schema:familyName familyNamePrefix givenName=schema:givenName honorificPrefix=schema:honorificPrefix honorificSuffix=schema:honorificSuffix image^@id otherIdentifier* parentOrg^@id patronymicName phone official
Related: version inLanguage=schema:inLanguage
Result: achievedLevel^xsd:anyURI resultDescription^xsd:anyURI status value=schema:value
ResultDescription: allowedValue[] requiredLevel^xsd:anyURI requiredValue resultType rubricCriterionLevel* valueMax valueMin
RubricCriterionLevel: level points
alignment*
description=schema:description
endorsement*
endorsementJwt*
image^@id
inLanguage=schema:inLanguage
name=schema:name
narrative
url=schema:url^xsd:anyURI
awardedDate^:dateTime
jti=jwt:jti^@id
"""  # noqa: E501 - a class a line
_CONTAINERS = {"*": "@set", "[]": "@list"}


@cache
def served() -> dict[str, dict[str, Any]]:
    """By address the contexts that are known beside the one inside openvc: handed to each of its calls.

    They are also put among openvc's own. It keeps what it made of those for the life of the process, and makes it anew
    at each call of contexts that it is handed: with that, issuing and checking took four times as long."""
    own, known = (
        openvc_contexts.bundled_contexts,
        {BADGES: {"@context": open_badges()}, CREDENTIALS_1: _of_pyld(CREDENTIALS_1)},
    )
    openvc_contexts.bundled_contexts = lambda: {**own(), **known}
    return known


def known() -> dict[str, dict[str, Any]]:
    """By address every context that is known, openvc's own among them."""
    served()
    return openvc_contexts.bundled_contexts()


def open_badges() -> dict[str, Any]:
    """The Open Badges 3.0 context, built of the table."""
    made: dict[str, Any] = _own()
    for line in _TERMS.strip().splitlines():
        name, _colon, terms = line.partition(": ")
        key, definition = _term(name)
        if terms:
            definition["@context"] = _own() | dict(_term(each) for each in terms.split())
        made[key] = definition
    return made


def _own() -> dict[str, Any]:
    return {"@protected": True, "id": "@id", "type": "@type"}


def _term(text: str) -> tuple[str, dict[str, Any]]:
    container = next((mark for mark in _CONTAINERS if text.endswith(mark)), "")
    text = text.removesuffix(container)
    text, _hat, kind = text.partition("^")
    name, _equals, meant = text.partition("=")
    definition: dict[str, Any] = {"@id": _iri(meant or f"ob:{name}")}
    if kind:
        definition["@type"] = _iri(kind)
    if container:
        definition["@container"] = _CONTAINERS[container]
    return name, definition


def _iri(short: str) -> str:
    prefix, colon, rest = short.partition(":")
    return _PREFIXES[prefix] + rest if colon else short


def _of_pyld(url: str) -> dict[str, Any]:
    from pyld.documentloader.frozen import BUNDLED_CONTEXTS

    held: dict[str, Any] = json.loads(BUNDLED_CONTEXTS[url].read_text(encoding="utf-8"))
    return held
