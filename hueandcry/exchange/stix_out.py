"""Our reports written as STIX 2.1, so that every tool reads what STIX can say and our own reader gets all of it back.

An incident becomes an ``incident`` (STIX 2.1 section 4.8), intelligence a ``report`` (4.15); its values become
cyber-observables with the deterministic ids of section 2.9, held together by one ``observed-data`` (4.13). What STIX
has no property for (classes, loss, sector, roles, values such as an IBAN) stands in one property extension (7.3) with
its own definition. Nothing here is random, so that the same report is written the same twice.
"""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final, Literal

import orjson

from hueandcry.exchange import stix_handling
from hueandcry.exchange.drafts import Marking, Observation
from hueandcry.exchange.handling import CODES
from hueandcry.exchange.stix_handling import EXTENSION
from hueandcry.exchange.text import clean

NAMESPACE: Final = uuid.UUID("00abedb4-aa42-466c-9c01-fed23315a9b7")  # section 2.9
_CHUNK: Final = 65_536  # bytes of a bundle given at a time

_OURSELVES: Final = "identity--" + str(uuid.uuid5(uuid.NAMESPACE_URL, "https://hueandcry.example/"))
_SINCE: Final = "2026-01-01T00:00:00.000Z"  # the day of the extension's first version
PROJECT: Final[dict[str, Any]] = {
    "type": "identity",
    "spec_version": "2.1",
    "id": _OURSELVES,
    "created": _SINCE,
    "modified": _SINCE,
    "name": "Hue & Cry",
    "identity_class": "system",
}
DEFINITION: Final[dict[str, Any]] = {
    "type": "extension-definition",
    "spec_version": "2.1",
    "id": EXTENSION,
    "created_by_ref": _OURSELVES,
    "created": _SINCE,
    "modified": _SINCE,
    "name": "Hue & Cry report",
    "description": "Classification, harm, victims, handling and observations of a report of cybercrime.",
    "schema": "https://hueandcry.example/stix/report",
    "version": "1.0.0",
    "extension_types": ["property-extension"],
}


@dataclass(frozen=True, slots=True)
class OutOrganisation:
    """Who reports. ``since`` and ``modified`` are those of the organisation's own record."""

    id: uuid.UUID
    name: str
    since: datetime
    modified: datetime | None = None


@dataclass(frozen=True, slots=True)
class OutReport:
    """One report to be written; fields are those of ``drafts.ReportDraft``. Datetimes carry a time zone."""

    id: uuid.UUID
    title: str
    created: datetime
    modified: datetime
    account: str = ""
    language: str = ""
    kind: Literal["incident", "intelligence"] = "incident"
    classes: tuple[tuple[str, str], ...] = ()
    techniques: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    occurred_from: datetime | None = None
    occurred_to: datetime | None = None
    reported_at: datetime | None = None
    victim_countries: tuple[str, ...] = ()
    victim_sector: str = ""
    victim_size: str = ""
    victim_area: str = ""
    loss_amount: Decimal | None = None
    loss_currency: str = ""
    marking: Marking = field(default_factory=Marking)
    withdrawn: bool = False
    organisation: OutOrganisation | None = None
    observations: tuple[Observation, ...] = ()


def organisation_id(slug: str) -> uuid.UUID:
    """The same UUID for the same organisation in every bundle."""
    return uuid.uuid5(uuid.NAMESPACE_URL, f"https://hueandcry.example/organisations/{slug}/")


def objects(report: OutReport) -> list[str]:
    """Give the STIX objects of one report as JSON texts."""
    return [orjson.dumps(one).decode() for one in made(report)]


def made(report: OutReport) -> list[dict[str, Any]]:
    """Give the STIX objects of one report: what others refer to first, the report itself last."""
    marking = report.marking.tlp
    author = _identity(report.organisation) if report.organisation else PROJECT
    found: list[dict[str, Any]] = [PROJECT, DEFINITION]
    if marking:
        found.append(stix_handling.definition_of(marking))
    if author is not PROJECT:
        found.append(author)
    common = {"object_marking_refs": [stix_handling.TLP_ID[marking]]} if marking else {}
    values = {one["id"]: one | common for one in map(observable, report.observations) if one is not None}
    found.extend(values.values())
    if values:
        found.append(_observed(report, list(values)) | {"created_by_ref": author["id"]} | common)
        if report.kind == "incident":
            found.append(_related(report) | {"created_by_ref": author["id"]} | common)
    found.append(_main(report, list(values) or [author["id"]]) | {"created_by_ref": author["id"]} | common)
    return found


def handling_note(
    key: uuid.UUID, created: datetime, modified: datetime, codes: Iterable[str], pap: str, restriction: str, about: str
) -> str:
    """Give a note (section 4.12) that says of ``about``, the id of an object, how its report has to be handled."""
    labels = [f"handling:{code}" for code in codes] + ([f"pap:{pap.lower()}"] if pap else [])
    said = [f"{code}: {CODES[code]}." for code in codes if code in CODES] + ([f"PAP:{pap}."] if pap else [])
    made = {
        "type": "note",
        "spec_version": "2.1",
        "id": f"note--{uuid.uuid5(key, 'handling')}",
        "created_by_ref": _OURSELVES,
        "created": _stamp(created),
        "modified": _stamp(modified),
        "abstract": "Handling",
        "content": " ".join([*said, clean(restriction)]).strip(),
        "labels": labels,
        "object_refs": [about],
    }
    return orjson.dumps(made).decode()


def bundle(texts: Iterable[str], key: uuid.UUID | None = None) -> Iterator[bytes]:
    """Stream a bundle of object texts as received or written; of equal texts only the first is given. ``key`` is the
    bundle's UUID, by default made anew. Two contents under one id and version, which publishers do send, both go out:
    to choose between them is the reader's part."""
    yield b'{"type":"bundle","id":"bundle--%s"' % str(key or uuid.uuid4()).encode()
    seen: set[bytes] = set()
    waiting = bytearray()
    for text in texts:
        raw = text.encode()
        identity = hashlib.blake2b(raw, digest_size=16).digest()
        if identity in seen:
            continue
        waiting += b"," if seen else b',"objects":['
        waiting += raw
        seen.add(identity)
        if len(waiting) >= _CHUNK:
            yield bytes(waiting)
            waiting.clear()
    yield bytes(waiting) + (b"]}" if seen else b"}")


def observable(seen: Observation) -> dict[str, Any] | None:
    """Give the cyber-observable object of a value; None where STIX has none for its type (it is in the extension)."""
    build = _BUILDERS.get(seen.type)
    made = build(seen.value) if build and seen.valid else None
    if made is None:
        return None
    kind, properties = made
    return {"type": kind, "spec_version": "2.1", "id": deterministic_id(kind, properties), **properties}


def deterministic_id(kind: str, contributing: dict[str, Any]) -> str:
    """Give a cyber-observable's id from its contributing properties (section 2.9): UUIDv5 of their canonical JSON."""
    content = orjson.dumps(contributing, option=orjson.OPT_SORT_KEYS).decode()
    return f"{kind}--{uuid.uuid5(NAMESPACE, content)}"


Built = tuple[str, dict[str, Any]] | None


def _valued(kind: str, name: str = "value") -> Callable[[str], Built]:
    return lambda value: (kind, {name: value})


def _hashed(kind: str, algorithm: str) -> Callable[[str], Built]:
    return lambda value: (kind, {"hashes": {algorithm: value}})


def _range(value: str) -> Built:
    """A range is an address with a prefix (sections 6.9, 6.10); one that is no network has no form in STIX."""
    if "/" not in value:
        return None
    return ("ipv6-addr" if ":" in value else "ipv4-addr", {"value": value})


def _number(value: str) -> Built:
    digits = value.removeprefix("AS")
    return ("autonomous-system", {"number": int(digits)}) if digits.isdecimal() else None


def _account(value: str) -> Built:
    platform, colon, handle = value.partition(":")
    if not colon:
        return "user-account", {"account_login": value}
    return "user-account", {"account_type": platform, "account_login": handle}


# Type of observable -> cyber-observable with only its id-contributing properties (section 6). Hash names are those of
# hash-algorithm-ov (10.9); SHA-224 and SHA-384 are not among them.
_BUILDERS: Final[dict[str, Callable[[str], Built]]] = {
    "ipv4-addr": _valued("ipv4-addr"),
    "ipv6-addr": _valued("ipv6-addr"),
    "ip-range": _range,
    "domain-name": _valued("domain-name"),
    "url": _valued("url"),
    "email-addr": _valued("email-addr"),
    "mac-addr": _valued("mac-addr"),
    "autonomous-system": _number,
    "md5": _hashed("file", "MD5"),
    "sha1": _hashed("file", "SHA-1"),
    "sha256": _hashed("file", "SHA-256"),
    "sha512": _hashed("file", "SHA-512"),
    "ssdeep": _hashed("file", "SSDEEP"),
    "tlsh": lambda value: ("file", {"hashes": {"TLSH": value.removeprefix("T1")}}),  # as the stix2 library wants it
    "file-name": _valued("file", "name"),
    "mutex": _valued("mutex", "name"),
    "windows-registry-key": _valued("windows-registry-key", "key"),
    "x509-sha1": _hashed("x509-certificate", "SHA-1"),
    "x509-sha256": _hashed("x509-certificate", "SHA-256"),
    "x509-serial": _valued("x509-certificate", "serial_number"),
    "user-account": _account,
}


def _stamp(moment: datetime) -> str:
    """Write a moment in UTC, to the millisecond and finer only where it is finer (section 3.2)."""
    moment = moment.astimezone(UTC)
    fine = moment.microsecond % 1000
    return moment.replace(tzinfo=None).isoformat(timespec="microseconds" if fine else "milliseconds") + "Z"


def _versioned(report: OutReport, kind: str, key: uuid.UUID) -> dict[str, Any]:
    found: dict[str, Any] = {
        "type": kind,
        "spec_version": "2.1",
        "id": f"{kind}--{key}",
        "created": _stamp(report.created),
        "modified": _stamp(max(report.modified, report.created)),
    }
    return found | ({"revoked": True} if report.withdrawn else {})


def _identity(organisation: OutOrganisation) -> dict[str, Any]:
    return {
        "type": "identity",
        "spec_version": "2.1",
        "id": f"identity--{organisation.id}",
        "created": _stamp(organisation.since),
        "modified": _stamp(organisation.modified or organisation.since),
        "name": clean(organisation.name),
        "identity_class": "organization",
    }


def _observed(report: OutReport, refs: list[str]) -> dict[str, Any]:
    firsts = [one.first_seen for one in report.observations if one.first_seen]
    lasts = [one.last_seen for one in report.observations if one.last_seen]
    first = min(firsts, default=report.occurred_from or report.created)
    last = max([first, *firsts, *lasts])
    return _versioned(report, "observed-data", uuid.uuid5(report.id, "observed-data")) | {
        "first_observed": _stamp(first),
        "last_observed": _stamp(last),
        "number_observed": 1,
        "object_refs": refs,
    }


def _related(report: OutReport) -> dict[str, Any]:
    return _versioned(report, "relationship", uuid.uuid5(report.id, "related-to")) | {
        "relationship_type": "related-to",
        "source_ref": f"incident--{report.id}",
        "target_ref": f"observed-data--{uuid.uuid5(report.id, 'observed-data')}",
    }


def _main(report: OutReport, refs: list[str]) -> dict[str, Any]:
    """Make the incident or the report itself; ``refs`` are its values, or its author where it has none."""
    found = _versioned(report, "incident" if report.kind == "incident" else "report", report.id)
    found["name"] = clean(report.title) or "Untitled"
    if report.account:
        found["description"] = clean(report.account)
    if re.fullmatch("[a-z]{2}", report.language):
        found["lang"] = report.language
    if report.labels:
        found["labels"] = [clean(one) for one in report.labels]
    if report.techniques:
        found["external_references"] = [_technique(one) for one in report.techniques]
    if report.kind == "intelligence":
        observed = f"observed-data--{uuid.uuid5(report.id, 'observed-data')}"
        found["published"] = _stamp(report.reported_at or report.created)
        found["object_refs"] = refs if refs[0].startswith("identity--") else [observed, *refs]
    found["extensions"] = {EXTENSION: _extension(report)}
    return found


def _technique(code: str) -> dict[str, str]:
    return {
        "source_name": "mitre-ics-attack" if code.startswith("T0") else "mitre-attack",
        "external_id": code,
        "url": f"https://attack.mitre.org/techniques/{code.replace('.', '/')}",
    }


def _extension(report: OutReport) -> dict[str, Any]:
    """Say all that STIX has no property for; parts without content are left out."""
    moments = {name: getattr(report, name) for name in ("occurred_from", "occurred_to", "reported_at")}
    parts: dict[str, Any] = {
        "kind": report.kind,
        "language": report.language,
        "classes": [list(one) for one in report.classes],
        "victim_countries": list(report.victim_countries),
        "victim_sector": report.victim_sector,
        "victim_size": report.victim_size,
        "victim_area": report.victim_area,
        "loss_amount": "" if report.loss_amount is None else str(report.loss_amount),
        "loss_currency": report.loss_currency,
        "handling": _handling(report.marking),
        "observations": [_row(one) for one in report.observations],
        **{name: _stamp(moment) for name, moment in moments.items() if moment},
    }
    lists = {"techniques": list(report.techniques), "labels": [clean(one) for one in report.labels]}
    kept = {name: value for name, value in parts.items() if value}
    return {"extension_type": "property-extension", **kept, **lists}


def _handling(marking: Marking) -> dict[str, Any]:
    parts = {
        "tlp": marking.tlp,
        "pap": marking.pap,
        "codes": list(marking.codes),
        "source_grade": marking.source_grade,
        "information_grade": marking.information_grade,
    }
    return {name: value for name, value in parts.items() if value}


def _row(seen: Observation) -> dict[str, Any]:
    parts = {
        "type": seen.type,
        "value": clean(seen.value),
        "role": seen.role,
        "first_seen": _stamp(seen.first_seen) if seen.first_seen else "",
        "last_seen": _stamp(seen.last_seen) if seen.last_seen else "",
        "claimed": "" if seen.valid else seen.claimed,
    }
    return {name: value for name, value in parts.items() if value}
