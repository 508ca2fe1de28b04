"""Credentials as the alliance and its providers issue them: certificates, accreditations, status lists. Pure.

Open Badges 3.0 in Verifiable Credentials 2.0, signed with eddsa-rdfc-2022. A signer's name is its public key
(did:key): whoever has the document has what to check its signature with.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

import openvc  # noqa: F401  whole before its parts: see contexts
from openvc.keys import Ed25519SigningKey
from openvc.multibase import encode_multibase
from openvc.proof.data_integrity import DataIntegrityProofSuite
from openvc.status.bitstring import new_bitstring, set_status_bit
from openvc.status.issue import build_status_list_credential, build_status_list_entry

from hueandcry.academy.credentials.contexts import BADGES, CREDENTIALS, served
from hueandcry.academy.credentials.trust import PLACES
from hueandcry.academy.credentials.verify import ACCREDITATION

_ED25519 = b"\xed\x01"  # multicodec


@dataclass(frozen=True, slots=True)
class Signer:
    """A key and whose it is. ``private``: 32 bytes, Ed25519 (RFC 8032)."""

    name: str
    private: bytes
    url: str = ""

    @property
    def key(self) -> Ed25519SigningKey:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        return Ed25519SigningKey(Ed25519PrivateKey.from_private_bytes(self.private), kid="_")

    @property
    def did(self) -> str:
        """The did:key of the public half."""
        return f"did:key:{encode_multibase(_ED25519 + self.key.public_key_raw())}"

    def profile(self) -> dict[str, Any]:
        """The issuer as a credential names it."""
        told = {"id": self.did, "type": ["Profile"], "name": self.name}
        return told | ({"url": self.url} if self.url else {})


@dataclass(frozen=True, slots=True)
class Aligned:
    """What an achievement is aligned to, or what an accreditation covers."""

    url: str
    name: str
    framework: str = ""
    code: str = ""

    def told(self) -> dict[str, Any]:
        """As an Alignment."""
        told = {"type": ["Alignment"], "targetName": self.name, "targetUrl": self.url}
        extra = {"targetFramework": self.framework, "targetCode": self.code}
        return told | {name: value for name, value in extra.items() if value}


@dataclass(frozen=True, slots=True)
class Achievement:
    """What was achieved; ``id`` is the same for all who achieved it."""

    id: str
    name: str
    description: str
    criteria: str
    kind: str = "Certification"
    aligned: Sequence[Aligned] = ()
    language: str = "en"

    def told(self) -> dict[str, Any]:
        """As an Achievement."""
        made: dict[str, Any] = {
            "id": self.id, "type": ["Achievement"], "achievementType": self.kind, "name": self.name,
            "description": self.description, "criteria": {"narrative": self.criteria}, "inLanguage": self.language,
        }  # fmt: skip
        if self.aligned:
            made["alignment"] = [each.told() for each in self.aligned]
        return made


@dataclass(frozen=True, slots=True)
class Status:
    """Where a credential's bits stand: the addresses of the lists of what is revoked and what is suspended."""

    index: int
    revoked: str
    suspended: str

    @classmethod
    def of(cls, did: str, index: int) -> Status:
        """A place in the lists of the key that is called so."""
        return cls(index, list_address(did, "revocation"), list_address(did, "suspension"))

    def told(self) -> list[dict[str, Any]]:
        """As status entries."""
        return [build_status_list_entry(status_list_credential=self.revoked, index=self.index),
                build_status_list_entry(status_list_credential=self.suspended, index=self.index,
                                        status_purpose="suspension")]  # fmt: skip


def badge(
    signer: Signer, *, reference: UUID, achievement: Achievement, subject: dict[str, Any], since: datetime,
    until: datetime | None, status: Status | None = None,
) -> dict[str, Any]:  # fmt: skip
    """A signed Open Badge. ``subject``: ``{"id": ...}`` or ``{"identifier": [...]}``; ``since`` is the day of issue.
    Times have a time zone."""
    document: dict[str, Any] = {
        "@context": [CREDENTIALS, BADGES],
        "id": f"urn:uuid:{reference}",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": achievement.name,
        "issuer": signer.profile(),
        "validFrom": written(since),
        "awardedDate": written(since),
        "credentialSubject": {**subject, "type": ["AchievementSubject"], "achievement": achievement.told()},
    }
    if until:
        document["validUntil"] = written(until)
    if status:
        document["credentialStatus"] = status.told()
    return signed(signer, document, at=since)


def accreditation(
    signer: Signer, *, reference: UUID, provider: str, name: str, covers: Sequence[Aligned], since: datetime,
    until: datetime, status: Status | None = None,
) -> dict[str, Any]:  # fmt: skip
    """The alliance says that a provider (its did:key) may certify what ``covers`` names."""
    achievement = Achievement(
        "urn:hueandcry:accreditation:provider", f"Accredited provider: {name}",
        "May issue certificates of the alliance within the scope named.",
        "Assessed against the alliance's published standard by assessors of other countries.",
        kind=ACCREDITATION, aligned=covers,
    )  # fmt: skip
    return badge(signer, reference=reference, achievement=achievement, subject={"id": provider}, since=since,
                 until=until, status=status)  # fmt: skip


def status_list(
    signer: Signer, *, address: str, indexes: Collection[int], since: datetime, until: datetime,
    purpose: str = "revocation", places: int = PLACES,
) -> dict[str, Any]:  # fmt: skip
    """A signed list of which places are revoked (or suspended), to be believed until ``until``."""
    bits = new_bitstring(places)
    for index in indexes:
        set_status_bit(bits, index, 1)
    made = build_status_list_credential(id=address, issuer=signer.did, bitstring=bits, status_purpose=purpose,
                                        valid_from=since, valid_until=until)  # fmt: skip
    return signed(signer, made, at=since)


def signed(signer: Signer, document: dict[str, Any], *, at: datetime | None = None) -> dict[str, Any]:
    """A document with its proof."""
    did = signer.did
    made: dict[str, Any] = DataIntegrityProofSuite().add_proof(
        document, signing_key=signer.key, verification_method=f"{did}#{did.removeprefix('did:key:')}", created=at,
        extra_contexts=served(),
    )  # fmt: skip
    return made


def list_address(did: str, purpose: str) -> str:
    """Where a key's status list of a purpose (revocation, suspension) is to be found in a bundle."""
    return f"urn:hueandcry:status:{did}:{purpose}"


def begin(day: date) -> datetime:
    """When a day begins, UTC."""
    return datetime.combine(day, time(), UTC)


def written(at: datetime) -> str:
    """A time with a time zone as credentials and bundles write it (RFC 3339, UTC)."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
