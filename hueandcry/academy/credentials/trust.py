"""The small bundle that checking offline needs: who is trusted, whom they accredited, what was revoked. Pure.

A bundle is one JSON object: ``type`` (TrustBundle), ``made`` (when), ``roots`` (``id``: a did:key or issuer, ``name``,
``from``, ``until``), ``accreditations`` and ``statusLists`` (signed credentials, each proves itself). Roots are what
whoever checks trusts already: they came by a way of their own, or are named when checking.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

TYPE = "TrustBundle"
MOST = 64_000_000  # bytes
PLACES = 131_072  # of a status list, so many that a place says nothing of whose it is (Bitstring Status List, 6.1)


class BadBundle(Exception):
    """The file is no bundle; says where."""


@dataclass(frozen=True, slots=True)
class Root:
    """A key that is trusted for itself. ``key``: of an issuer that is no did:key, the one key (multibase) it signs by;
    ``since`` and ``until``: between these it signed, RFC 3339 or empty."""

    id: str
    name: str = ""
    key: str = ""
    since: str = ""
    until: str = ""


@dataclass(frozen=True)
class Bundle:
    """Roots by issuer, accreditations by whom they accredit, status lists by address."""

    roots: dict[str, list[Root]] = field(default_factory=dict)
    accreditations: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    status_lists: dict[str, dict[str, Any]] = field(default_factory=dict)
    made: str = ""


NOBODY = Bundle()


def bundle(
    roots: Sequence[Root],
    accreditations: Sequence[dict[str, Any]] = (),
    status_lists: Sequence[dict[str, Any]] = (),
    made: str = "",
) -> Bundle:
    """A bundle of its parts."""
    by_root: dict[str, list[Root]] = defaultdict(list)
    for root in roots:
        by_root[root.id].append(root)
    by_subject: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for each in accreditations:
        by_subject[_text(_object(each.get("credentialSubject")).get("id"))].append(each)
    lists = {_text(each.get("id")): each for each in status_lists}
    return Bundle(dict(by_root), dict(by_subject), lists, made)


def root(text: str) -> Root:
    """A root that is named by hand: ``did:key:z...``, or ``ISSUER#KEY`` with the key in multibase.

    Raises BadBundle."""
    issuer, _hash, key = text.strip().partition("#")
    if ":" not in issuer or (not issuer.startswith("did:key:") and not key.startswith("z")):
        raise BadBundle("a root is named as did:key:z..., or as ISSUER#z... with its public key in multibase")
    return Root(issuer, key="" if issuer.startswith("did:key:") else key)


def read(content: bytes) -> Bundle:
    """A bundle out of its file. Raises BadBundle."""
    if len(content) > MOST:
        raise BadBundle(f"the bundle has more than {MOST:,} bytes")
    try:
        told = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise BadBundle(f"the bundle is no JSON: {error}") from None
    if not isinstance(told, dict) or told.get("type") != TYPE:
        raise BadBundle(f"the bundle's type is not {TYPE}")
    roots = []
    for number, each in enumerate(_list(told, "roots")):
        if not _text(each.get("id")):
            raise BadBundle(f"roots[{number}] has no id")
        roots.append(Root(each["id"], _text(each.get("name")), _text(each.get("key")), _text(each.get("from")),
                          _text(each.get("until"))))  # fmt: skip
    return bundle(roots, _list(told, "accreditations"), _list(told, "statusLists"), _text(told.get("made")))


def written(held: Bundle) -> bytes:
    """The file of a bundle."""
    roots = [{"id": each.id, "name": each.name, "key": each.key, "from": each.since, "until": each.until}
             for named in held.roots.values() for each in named]  # fmt: skip
    told = {
        "type": TYPE, "made": held.made,
        "roots": [{name: value for name, value in each.items() if value} for each in roots],
        "accreditations": [each for held_by in held.accreditations.values() for each in held_by],
        "statusLists": list(held.status_lists.values()),
    }  # fmt: skip
    return orjson.dumps(told, option=orjson.OPT_INDENT_2)


def _list(told: dict[str, Any], name: str) -> list[dict[str, Any]]:
    held = told.get(name, [])
    if not isinstance(held, list) or not all(isinstance(each, dict) for each in held):
        raise BadBundle(f"{name} is no list of objects")
    return held


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
