"""The trust bundle as it stands now: roots, who is accredited, what is revoked; signed anew when asked for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

from django.db import connection

from hueandcry.academy.certification.actions import scheme_id
from hueandcry.academy.credentials import keys, trust
from hueandcry.academy.credentials.issue import (
    Aligned,
    Signer,
    Status,
    accreditation,
    begin,
    list_address,
    status_list,
    written,
)
from hueandcry.academy.models import Scheme
from hueandcry.members.viewer import ANYONE, viewer

HOLDS = timedelta(days=30)  # a status list: whoever checks with an older bundle is told to get a new one
PURPOSES = {"revocation": ("withdrawn", "expired"), "suspension": ("suspended",)}


def current(at: datetime | None = None) -> trust.Bundle:
    """The bundle of this node. Opens a viewer of its own."""
    at = at or datetime.now(UTC)
    with viewer(ANYONE):
        held = keys.kept_keys()
        titles = dict(Scheme.objects.values_list("code", "title"))
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT kind, body, index, state, reference, scope, valid_from, valid_until"
                " FROM hueandcry_trust_state()"
            )
            states = cursor.fetchall()
    signers = {key.did: key.signer() for key in held if key.state != "revoked"}
    roots = [key for key in held if key.root and key.state != "revoked"]
    root = next((signers[key.did] for key in roots if key.state == "active"), None)
    if root is None:
        return trust.bundle([trust.Root(key.did, key.name) for key in roots], made=written(at))
    providers = [key for key in held if not key.root and key.did in signers]
    accreditations = [
        _accredited(root, signers[key.did], row, titles)
        for key in providers
        for row in states
        if row[0] == "accreditation" and row[1] == key.organisation
    ]
    places = {
        (who, purpose): {
            row[2] for row in states if row[0] == kind and row[3] in wanted and (body is None or row[1] == body)
        }
        for who, kind, body in [
            (root.did, "accreditation", None),
            *((k.did, "certificate", k.organisation) for k in providers),
        ]
        for purpose, wanted in PURPOSES.items()
    }
    lists = [
        status_list(
            signers[did],
            address=list_address(did, purpose),
            indexes=held_places,
            since=at - timedelta(minutes=1),
            until=at + HOLDS,
            purpose=purpose,
        )
        for (did, purpose), held_places in places.items()
    ]
    told = [
        trust.Root(
            key.did,
            key.name,
            since=written(key.made_at - timedelta(days=1)),
            until=written(key.ended_at) if key.ended_at else "",
        )
        for key in roots
    ]
    return trust.bundle(told, accreditations, lists, written(at))


def _accredited(root: Signer, provider: Signer, row: tuple, titles: dict[str, str]) -> dict[str, object]:  # type: ignore[type-arg]
    _kind, _body, index, _state, reference, scope, since, until = row
    covers = [Aligned(scheme_id(code), titles.get(code, code)) for code in scope]
    return accreditation(
        root,
        reference=uuid5(NAMESPACE_URL, f"{reference} {provider.did}"),
        provider=provider.did,
        name=provider.name,
        covers=covers,
        since=begin(since),
        until=begin(until),
        status=Status.of(root.did, index),
    )
