"""Accounts written as STIX 2.1 bundles (OASIS STIX 2.1) and as MISP events (MISP core format).

Written by hand and not by the product's own exporter, so that the product's reader meets somebody else's hand.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import orjson

from hueandcry.world.crimes import BY_CODE as SPECIALITIES
from hueandcry.world.dialects import LABELS, TAGS
from hueandcry.world.means import Value
from hueandcry.world.reporters import Account

# The namespace of STIX cyber-observable ids (STIX 2.1, section 2.9).
_STIX = uuid.UUID("00abedb4-aa42-466c-9c01-fed23315a9b7")
# TLP 2.0 marking definitions (OASIS, STIX 2.1 extension definition for TLP 2.0).
TLP_MARKINGS = {
    "CLEAR": "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487",
    "GREEN": "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb",
    "AMBER": "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421",
    "AMBER+STRICT": "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003",
    "RED": "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1",
}
# Kind of value -> (STIX cyber-observable type, property). The last five types are those OpenCTI made, in wide use.
_OBSERVABLE = {
    "domain": ("domain-name", "value"),
    "onion": ("domain-name", "value"),
    "ipv4": ("ipv4-addr", "value"),
    "url": ("url", "value"),
    "email": ("email-addr", "value"),
    "telegram": ("user-account", "account_login"),
    "btc": ("cryptocurrency-wallet", "value"),
    "eth": ("cryptocurrency-wallet", "value"),
    "trx": ("cryptocurrency-wallet", "value"),
    "iban": ("bank-account", "iban"),
    "phone": ("phone-number", "value"),
}
# Kind of value -> (MISP attribute type, category)
_ATTRIBUTE = {
    "domain": ("domain", "Network activity"),
    "onion": ("domain", "Network activity"),
    "ipv4": ("ip-dst", "Network activity"),
    "url": ("url", "Network activity"),
    "email": ("email-src", "Payload delivery"),
    "sha256": ("sha256", "Payload delivery"),
    "iban": ("iban", "Financial fraud"),
    "btc": ("btc", "Financial fraud"),
    "phone": ("phone-number", "Person"),
    "telegram": ("text", "Social network"),
    "eth": ("text", "Financial fraud"),
    "trx": ("text", "Financial fraud"),
}
# NACE section -> word of STIX's industry-sector-ov (section 10.8)
_SECTOR = {
    "C": "manufacturing",
    "D": "energy",
    "F": "construction",
    "G": "retail",
    "H": "transportation",
    "I": "hospitality-leisure",
    "K": "technology",
    "L": "financial-services",
    "P": "government",
    "Q": "education",
    "R": "healthcare",
    "S": "entertainment",
}


def _uuid(seed: int, purpose: str) -> str:
    return str(uuid.UUID(int=random.Random(f"{seed}/uuid/{purpose}").getrandbits(128), version=4))


def _stamp(day: date, number: int) -> datetime:
    """A moment of the day that differs from account to account."""
    return datetime.combine(day, time(8), UTC) + timedelta(seconds=number % 36_000)


def _zulu(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def label(account: Account) -> str:
    """The machine tag that this reporter uses for the crime: each has one vocabulary."""
    vocabulary = TAGS[sum(account.reporter.slug.encode()) % len(TAGS)]
    return LABELS[vocabulary][account.crime.speciality]


def stix_key(seed: int, account: Account) -> str:
    """Id of the incident (of the report, where a government writes); a correction has the same."""
    kind = "report" if account.reporter.desk == "government" else "incident"
    return f"{kind}--{_uuid(seed, f'{kind}/{account.number}')}"


def stix(seed: int, accounts: Sequence[Account], tlp: str) -> bytes:
    """One bundle; an object that several accounts share stands in it once."""
    objects: dict[str, dict[str, Any]] = {}
    author = _author(seed, accounts[0])
    objects[author["id"]] = author
    for account in accounts:
        for item in _told(seed, account, author["id"], tlp):
            objects.setdefault(item["id"], item)
    first = accounts[0]
    name = f"bundle/{first.reporter.slug}/{first.number}/{first.version}"
    bundle = {"type": "bundle", "id": f"bundle--{_uuid(seed, name)}", "objects": list(objects.values())}
    return orjson.dumps(bundle, option=orjson.OPT_INDENT_2 if len(accounts) < 3 else None)


def _author(seed: int, account: Account) -> dict[str, Any]:
    return {
        "type": "identity",
        "spec_version": "2.1",
        "id": f"identity--{_uuid(seed, 'identity/' + account.reporter.slug)}",
        "created": "2024-01-01T00:00:00.000Z",
        "modified": "2024-01-01T00:00:00.000Z",
        "name": account.reporter.name,
        "identity_class": "organization",
    }


def _told(seed: int, account: Account, author: str, tlp: str) -> list[dict[str, Any]]:
    """The objects of one account: the incident or report itself, its values, where and whom it hit."""
    created = _zulu(_stamp(account.crime.day, account.number))
    shared: dict[str, Any] = {
        "spec_version": "2.1",
        "created": created,
        "modified": _zulu(_stamp(account.reported, account.number)) if account.version else created,
        "created_by_ref": author,
        "object_marking_refs": [TLP_MARKINGS[tlp]],
    }
    if account.withdrawn:
        shared["revoked"] = True
    values = [_value(seed, account, shared, v, n) for n, v in enumerate(account.values)]
    around = _surroundings(seed, account, shared)
    head = shared | {
        "type": stix_key(seed, account).partition("--")[0],
        "id": stix_key(seed, account),
        "name": f"{account.crime.speciality.replace('-', ' ').capitalize()}, case {account.number}",
        "description": _prose(account),
        "labels": [label(account)],
    }
    if account.reference:
        number = {"source_name": "crime-reference-number", "external_id": account.reference}
        head["external_references"] = [number]
    if head["type"] == "report":
        held = [item["id"] for item in (*values, *around)] or [author]
        return [head | {"report_types": ["threat-report"], "published": created, "object_refs": held}, *values, *around]
    verbs = {"identity": "impacts", "location": "located-at"}
    links = [
        _link(seed, account, shared, verbs.get(item["type"], "related-to"), item["id"]) for item in (*values, *around)
    ]
    return [head, *values, *around, *links]


def _link(seed: int, account: Account, shared: dict[str, Any], verb: str, target: str) -> dict[str, Any]:
    return shared | {
        "type": "relationship",
        "id": f"relationship--{_uuid(seed, f'link/{account.number}/{target}')}",
        "relationship_type": verb,
        "source_ref": stix_key(seed, account),
        "target_ref": target,
    }


def _surroundings(seed: int, account: Account, shared: dict[str, Any]) -> list[dict[str, Any]]:
    """The victim, nameless, and the country, as far as the account tells them."""
    found = []
    if account.sector or account.size:
        victim = {
            "type": "identity",
            "id": f"identity--{_uuid(seed, f'victim/{account.number}')}",
            "name": "A victim, name withheld",
            "identity_class": "individual" if account.size == "person" else "organization",
            "roles": ["victim"],
        }
        sectors = {"sectors": [_SECTOR[account.sector]]} if account.sector in _SECTOR else {}
        found.append(shared | victim | sectors)
    if account.country:
        place = {"type": "location", "id": f"location--{_uuid(seed, f'place/{account.number}')}"}
        code = {"postal_code": account.area} if account.area else {}
        found.append(shared | place | {"country": account.country, "name": account.country} | code)
    return found


def _value(seed: int, account: Account, shared: dict[str, Any], value: Value, nth: int) -> dict[str, Any]:
    """A cyber-observable from the police, an indicator from everybody else."""
    if value.kind == "sha256":
        kind, place = "file", "hashes"
    else:
        kind, place = _OBSERVABLE[value.kind]
    if account.reporter.desk == "police":
        content: dict[str, Any] = {place: {"SHA-256": value.value} if kind == "file" else value.value}
        text = orjson.dumps(content, option=orjson.OPT_SORT_KEYS).decode()
        extra = {"account_type": "telegram"} if kind == "user-account" else {}
        return {"type": kind, "spec_version": "2.1", "id": f"{kind}--{uuid.uuid5(_STIX, text)}", **content, **extra}
    path = "file:hashes.'SHA-256'" if kind == "file" else f"{kind}:{place}"
    return shared | {
        "type": "indicator",
        "id": f"indicator--{_uuid(seed, f'indicator/{account.number}/{nth}')}",
        "name": f"{value.kind} {value.value}"[:80],
        "indicator_types": ["malicious-activity"],
        "pattern": f"[{path} = '{value.value}']",
        "pattern_type": "stix",
        "valid_from": _zulu(_stamp(account.occurred, account.number)),
    }


def _prose(account: Account) -> str:
    loss = f" Loss about {account.loss} {account.currency}." if account.loss else ""
    where = f" in {account.country}" if account.country else ""
    return f"{account.crime.speciality.replace('-', ' ').capitalize()}{where} on {account.occurred.isoformat()}.{loss}"


def misp_key(seed: int, account: Account) -> str:
    """Uuid of the event; a correction has the same."""
    return _uuid(seed, f"event/{account.number}")


def misp(seed: int, accounts: Sequence[Account], tlp: str) -> bytes:
    """A list of events, one an account."""
    return orjson.dumps([{"Event": _event(seed, account, tlp)} for account in accounts])


def _event(seed: int, account: Account, tlp: str) -> dict[str, Any]:
    moment = str(int(_stamp(account.reported, account.number).timestamp()))
    techniques = SPECIALITIES[account.crime.speciality].techniques[:1]
    tags = [f"tlp:{tlp.lower()}", label(account), *(f'misp-galaxy:mitre-attack-pattern="{t}"' for t in techniques)]
    note = "withdrawn: " if account.withdrawn else "corrected: " if account.version else ""
    return {
        "uuid": misp_key(seed, account),
        "info": f"{note}{_prose(account)}",
        "date": account.occurred.isoformat(),
        "timestamp": moment,
        "publish_timestamp": moment,
        "published": True,
        "analysis": "2",
        "threat_level_id": "3",
        "distribution": "1",
        "Orgc": {"name": account.reporter.name, "uuid": _uuid(seed, "org/" + account.reporter.slug)},
        "Tag": [{"name": tag} for tag in tags],
        "Attribute": [_attribute(seed, account, moment, v, n) for n, v in enumerate(_attributes(account))],
        "Object": _victim(seed, account, moment),
    }


def _attributes(account: Account) -> list[tuple[str, str, str, bool, str]]:
    """(type, category, value, is an indicator, comment) of each attribute of an event."""
    rows = []
    for value in account.values:
        kind, category = _ATTRIBUTE[value.kind]
        rows.append((kind, category, value.value, value.role != "noise", value.kind if kind == "text" else ""))
    if account.country:
        code = f", postal code {account.area}" if account.area else ""
        rows.append(("target-location", "Targeting data", account.country, False, f"victim{code}"))
    return rows


def _victim(seed: int, account: Account, moment: str) -> list[dict[str, Any]]:
    """An object of MISP's template "victim", where the account says anything that belongs there."""
    told = {
        "classification": ("individual" if account.size == "person" else "organization") if account.size else "",
        "sectors": _SECTOR.get(account.sector, ""),
        "reference": account.reference,
        "description": f"Postal code {account.area}" if account.area and not account.country else "",
    }
    rows = [(relation, value) for relation, value in told.items() if value]
    if not rows:
        return []
    attributes = [
        _attribute(seed, account, moment, ("text", "Other", value, False, ""), 1_000 + nth)
        | {"object_relation": relation}
        for nth, (relation, value) in enumerate(rows)
    ]
    return [
        {
            "uuid": _uuid(seed, f"victim-object/{account.number}"),
            "name": "victim",
            "meta-category": "misc",
            "template_uuid": "a8806e40-39ad-435f-be02-ac2a13d6fc7d",
            "template_version": "10",
            "timestamp": moment,
            "deleted": account.withdrawn,
            "Attribute": attributes,
        }
    ]


def _attribute(
    seed: int, account: Account, moment: str, row: tuple[str, str, str, bool, str], nth: int
) -> dict[str, Any]:
    kind, category, value, to_ids, comment = row
    return {
        "uuid": _uuid(seed, f"attribute/{account.number}/{nth}"),
        "type": kind,
        "category": category,
        "value": value,
        "to_ids": to_ids,
        "comment": comment,
        "timestamp": moment,
        "deleted": account.withdrawn,
    }
