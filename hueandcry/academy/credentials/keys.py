"""Keys that sign: made, ended, and used. The private half lies sealed in the database, under a key that does not.

The ceremony is in docs/guides/trainer.md: who makes the alliance's key, before whom, and how its name is published.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import connection
from django.utils.translation import gettext as _

from hueandcry.academy.deciding import decided
from hueandcry.academy.models import SigningKey
from hueandcry.audit import actions as audit
from hueandcry.exchange.remotes.credentials import derived_key
from hueandcry.members.actions import Refused
from hueandcry.members.viewer import Viewer, viewer

if TYPE_CHECKING:
    from hueandcry.academy.credentials.issue import Signer

PURPOSE = b"hueandcry keys of the academy, 1"
NONCE = 12  # bytes (NIST SP 800-38D)


@dataclass(frozen=True, slots=True)
class Kept:
    """A key as lists and bundles need it."""

    organisation: int
    did: str
    sealed: bytes
    root: bool
    state: str
    made_at: datetime
    ended_at: datetime | None
    name: str  # of whose it is

    def signer(self) -> Signer:
        """Opened, to sign. Raises Refused where the installation's secret is another."""
        from hueandcry.academy.credentials.issue import Signer  # what signs: loaded by who signs

        return Signer(self.name, _opened(self.did, self.sealed))


def make(*, by: Viewer, root: bool = False) -> str:
    """Make a key for one's own organisation (``root``: the alliance's); gives its name, a did:key. Raises Refused."""
    from hueandcry.academy.credentials.issue import Signer

    private = secrets.token_bytes(32)  # an Ed25519 private key is 32 random bytes (RFC 8032, 5.1.5)
    did = Signer("", private).did
    with viewer(by):
        with decided():
            made = SigningKey.objects.create(organisation=by.organisation or 0, did=did, sealed=_sealed(did, private),
                                             root=root, made_by=by.person or 0)  # fmt: skip
        audit.record(by=by, verb="make key", kind="signing key", thing=made.pk, detail={"did": did, "root": root})
    return did


def end(*, by: Viewer, did: str, revoked: bool, reason: str) -> None:
    """End a key: retired (what it signed stands) or revoked (nothing that it signed does). Raises Refused."""
    if not reason.strip():
        raise Refused(_("Say why."))
    with viewer(by):
        state = "revoked" if revoked else "retired"
        with decided():
            held = SigningKey.objects.filter(did=did, ended_at=None)
            if not held.update(state=state, ended_at=datetime.now(UTC), reason=reason.strip()[:2_000]):
                raise Refused(_("There is no such key in use that is yours."))
        found = SigningKey.objects.get(did=did)
        audit.record(by=by, verb=f"{state} key", kind="signing key", thing=found.pk, detail={"did": did})


def own_signer(by: Viewer) -> Signer:
    """The key in use of the viewer's organisation. The caller has entered the viewer. Raises Refused."""
    kept = next((each for each in kept_keys() if each.organisation == by.organisation and not each.root
                 and each.state == "active"), None)  # fmt: skip
    if kept is None:
        raise Refused(_("Your organisation has no key to sign with yet: make one first."))
    return kept.signer()


def kept_keys() -> list[Kept]:
    """Every key, oldest first. The caller has entered a viewer."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT organisation, did, sealed, root, state, made_at, ended_at, name FROM hueandcry_signing_keys()"
        )
        return [Kept(row[0], row[1], bytes(row[2]), *row[3:]) for row in cursor.fetchall()]


def _sealed(did: str, private: bytes) -> bytes:
    nonce = secrets.token_bytes(NONCE)
    return nonce + AESGCM(derived_key(PURPOSE)).encrypt(nonce, private, did.encode())


def _opened(did: str, sealed: bytes) -> bytes:
    try:
        return AESGCM(derived_key(PURPOSE)).decrypt(sealed[:NONCE], sealed[NONCE:], did.encode())
    except InvalidTag:
        raise Refused(_("The key cannot be opened: the installation's secret changed.")) from None
