"""Values of ours as MISP attributes, in the objects that fit them.

Sources: describeTypes.json of MISP 2.5 (which category may hold which type, what detectors should look for) and the
templates in MISP/misp-objects. What MISP has no type for goes as text with a tag that names ours, so that nothing is
left behind; tests compare every line with PyMISP's copies.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from hueandcry.exchange import misp_roles, misp_tags, warnings
from hueandcry.exchange.drafts import Observation

Json = dict[str, Any]


class Form(NamedTuple):
    """How one type of observable is written. ``used`` is the category for what criminals use, ``met`` for the rest.
    ``detect``: detectors may look for it."""

    type: str
    used: str
    met: str
    detect: bool = True


_NETWORK, _DELIVERY, _ANALYSIS = "Network activity", "Payload delivery", "External analysis"
_DROPPED, _MONEY = "Artifacts dropped", "Financial fraud"


def _hash(name: str, met: str = _ANALYSIS) -> Form:
    return Form(name, _DELIVERY, met)


FORMS: Final[dict[str, Form]] = {
    "ipv4-addr": Form("ip-dst", _NETWORK, _ANALYSIS),
    "ipv6-addr": Form("ip-dst", _NETWORK, _ANALYSIS),
    "ip-range": Form("ip-dst", _NETWORK, _ANALYSIS),
    "domain-name": Form("domain", _NETWORK, _ANALYSIS),
    "hostname": Form("hostname", _NETWORK, _ANALYSIS),
    "url": Form("url", _NETWORK, _ANALYSIS),
    "email-addr": Form("email-src", _DELIVERY, "Social network"),
    "email-subject": Form("email-subject", _DELIVERY, _DELIVERY, False),
    "mac-addr": Form("mac-address", _NETWORK, _ANALYSIS, False),
    "autonomous-system": Form("AS", _NETWORK, _ANALYSIS, False),
    "port": Form("port", _NETWORK, "Other", False),
    "md5": _hash("md5"),
    "sha1": _hash("sha1"),
    "sha256": _hash("sha256"),
    "sha512": _hash("sha512"),
    "sha224": _hash("sha224", _DROPPED),
    "sha384": _hash("sha384", _DROPPED),
    "ssdeep": _hash("ssdeep", _DROPPED),
    "tlsh": _hash("tlsh", _DELIVERY),
    "imphash": _hash("imphash"),
    "ja3": Form("ja3-fingerprint-md5", _NETWORK, _ANALYSIS),
    "file-name": _hash("filename"),
    "file-path": _hash("filename"),
    "pdb-path": Form("pdb", _DROPPED, _DROPPED, False),
    "windows-registry-key": Form("regkey", "Persistence mechanism", _ANALYSIS),
    "mutex": Form("mutex", _DROPPED, _DROPPED),
    "user-agent": Form("user-agent", _NETWORK, _ANALYSIS, False),
    "x509-sha1": Form("x509-fingerprint-sha1", _NETWORK, _ANALYSIS),
    "x509-sha256": Form("x509-fingerprint-sha256", _NETWORK, _ANALYSIS),
    "vulnerability": Form("vulnerability", _ANALYSIS, _ANALYSIS, False),
    "btc-address": Form("btc", _MONEY, _MONEY),
    "dash-address": Form("dash", _MONEY, _MONEY),
    "xmr-address": Form("xmr", _MONEY, _MONEY),
    "iban": Form("iban", _MONEY, _MONEY),
    "bic": Form("bic", _MONEY, _MONEY, False),
    "payment-card": Form("cc-number", _MONEY, _MONEY, False),  # masked: no detector finds it
    "phone-number": Form("phone-number", "Other", "Person", False),
    "person-name": Form("full-name", "Person", "Person", False),
}
# What MISP has no type for: text, and the category it goes under
TEXT: Final[dict[str, str]] = {
    "ltc-address": _MONEY,
    "doge-address": _MONEY,
    "eth-address": _MONEY,
    "trx-address": _MONEY,
    "xrp-address": _MONEY,
    "user-account": "Social network",
    "identity-document": "Person",
    "x509-serial": _NETWORK,
    "text": "Other",
}
_PLATFORMS = {"x": "twitter-id", "github": "github-username"}


class Template(NamedTuple):
    """A template of MISP/misp-objects that one value of ours stands in alone."""

    name: str
    category: str  # "meta-category"
    uuid: str
    version: str
    relation: str  # of the value itself
    fixed: tuple[tuple[str, str], ...] = ()  # further relations, always as text


_COIN = ("coin-address", "financial", "d0e6997e-78da-4815-a6a1-cfc1c1cb8a46", "7")
TEMPLATES: Final[dict[str, Template]] = {
    "iban": Template("bank-account", "financial", "b4712203-95a8-4883-80e9-b566f5df11c9", "3", "iban"),
    "btc-address": Template(*_COIN, "address", (("symbol", "BTC"),)),
    "xmr-address": Template(*_COIN, "address-xmr", (("symbol", "XMR"),)),
    "ltc-address": Template(*_COIN, "address-crypto", (("symbol", "LTC"),)),
    "doge-address": Template(*_COIN, "address-crypto", (("symbol", "DOGE"),)),
    "eth-address": Template(*_COIN, "address-crypto", (("symbol", "ETH"),)),
    "trx-address": Template(*_COIN, "address-crypto", (("symbol", "TRX"),)),
    "xrp-address": Template(*_COIN, "address-crypto", (("symbol", "XRP"),)),
    "user-account": Template("user-account", "misc", "49606b06-22f0-4ac8-8eee-2f12ad46f3d3", "6", "username"),
    "x509-serial": Template("x509", "network", "d1ab756a-26b5-4349-9f43-765630f0911c", "14", "serial-number"),
}


def of(report: uuid.UUID, seen: Iterable[Observation], stamp: str, *, deleted: bool) -> tuple[list[Json], list[Json]]:
    """Write values as (attributes, objects), each once and in one order.

    An attribute's uuid comes from the report and the value. So it stays where the value's role changes, and who takes
    the value back need not know its role; where one value has several, the second and further ones count it in.
    """
    alone: list[Json] = []
    objects: list[Json] = []
    done: set[str] = set()
    for one in sorted(set(seen), key=_order):
        key = str(uuid.uuid5(report, "\n".join((one.type, one.value, one.claimed))))
        if key in done:
            key = str(uuid.uuid5(report, "\n".join((one.type, one.value, one.claimed, one.role))))
        if key in done:
            continue
        done.add(key)
        template = TEMPLATES.get(one.type)
        attribute = _attribute(key, one, template.name if template else "", stamp, deleted)
        if template is None or attribute["type"] in _PLATFORMS.values():
            alone.append(attribute)
        else:
            objects.append(_object(report, template, attribute, one, stamp, deleted))
    return alone, objects


def _order(one: Observation) -> tuple[str, ...]:
    moments = (when.isoformat() if when else "" for when in (one.first_seen, one.last_seen))
    return (one.type, one.value, one.claimed, one.role, *moments)


def value_of(one: Observation) -> str:
    """Give a value as its attribute holds it."""
    return _form(one)[2]


def _attribute(key: str, one: Observation, within: str, stamp: str, deleted: bool) -> Json:
    kind, category, value, detect, tags = _form(one)
    made: Json = {
        "uuid": key,
        "type": kind,
        "category": category,
        "value": value,
        "to_ids": detect and one.role in ("attacker", "mule") and not warnings.listed(one.type, one.value),
        "comment": f"claimed to be {one.claimed}, and fails its own check" if one.claimed else "",
        "timestamp": stamp,
        "distribution": "5",  # as the event
        "deleted": deleted,
        "disable_correlation": False,
    }
    for name, when in (("first_seen", one.first_seen), ("last_seen", one.last_seen)):
        if when:
            made[name] = _stamp(when)
    around = misp_roles.Surroundings(within)
    if misp_roles.role_of(kind, made, around) != one.role:
        tags.append(misp_tags.ours("role", one.role))
    if tags:
        made["Tag"] = [{"name": tag} for tag in tags]
    return made


def _form(one: Observation) -> tuple[str, str, str, bool, list[str]]:
    """(type, category, value, to detect, tags) of a value."""
    if one.type == "email-addr" and one.role == "victim":
        return "target-email", "Targeting data", one.value, False, []
    if one.type == "email-addr" and one.role != "attacker":
        return "email", FORMS[one.type].met, one.value, True, []
    if one.type == "user-account":
        platform, colon, handle = one.value.partition(":")
        if platform in _PLATFORMS and colon:
            return _PLATFORMS[platform], "Social network", handle, False, []
        tags = [misp_tags.ours("type", one.type)] + ([misp_tags.ours("platform", platform)] if colon else [])
        return "text", TEXT[one.type], handle if colon else one.value, False, tags
    form = FORMS.get(one.type)
    if form is None or (one.type == "ip-range" and "/" not in one.value):
        return "text", TEXT.get(one.type, "Other"), one.value, False, [misp_tags.ours("type", one.type)]
    category = form.used if one.role in ("attacker", "mule") else form.met
    return form.type, category, one.value, form.detect, []


def _object(
    report: uuid.UUID, template: Template, attribute: Json, one: Observation, stamp: str, deleted: bool
) -> Json:
    parts = [attribute | {"object_relation": template.relation}]
    fixed = list(template.fixed)
    if one.type == "user-account" and ":" in one.value:
        fixed.append(("account-type", one.value.partition(":")[0]))
    parts += [_fixed(attribute["uuid"], *each, stamp, deleted) for each in fixed]
    return made_object(str(uuid.uuid5(report, "object\n" + attribute["uuid"])), template, parts, stamp, deleted)


def made_object(key: str, template: Template, parts: list[Json], stamp: str, deleted: bool) -> Json:
    """Write an object of a template with these attributes."""
    return {
        "uuid": key,
        "name": template.name,
        "meta-category": template.category,
        "template_uuid": template.uuid,
        "template_version": template.version,
        "timestamp": stamp,
        "distribution": "5",
        "deleted": deleted,
        "comment": "",
        "Attribute": parts,
    }


def text(key: str, relation: str, value: str, stamp: str, deleted: bool, kind: str = "text") -> Json:
    """Write an attribute that names no observable, such as a victim's sector."""
    return {
        "uuid": key,
        "type": kind,
        "category": "Targeting data" if kind == "target-location" else "Other",
        "value": value,
        "to_ids": False,
        "comment": "",
        "timestamp": stamp,
        "distribution": "5",
        "deleted": deleted,
        "disable_correlation": True,  # half of all events would share it
        "object_relation": relation,
    }


def _fixed(key: str, relation: str, value: str, stamp: str, deleted: bool) -> Json:
    made = text(str(uuid.uuid5(uuid.UUID(key), relation)), relation, value, stamp, deleted)
    return made | {"category": "Social network" if relation == "account-type" else _MONEY}


def _stamp(moment: datetime) -> str:
    """A moment as MISP writes it: microseconds, and the offset in full."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
