"""A root, two providers and what they certify, for tests: everything signed anew, deterministic."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from hueandcry.academy.credentials import identity
from hueandcry.academy.credentials.issue import (
    Achievement,
    Aligned,
    Signer,
    Status,
    accreditation,
    badge,
    status_list,
)
from hueandcry.academy.credentials.trust import Bundle, Root, bundle

AT = datetime(2026, 11, 1, 12, tzinfo=UTC)
YEAR = timedelta(days=365)
FORENSICS = Achievement("urn:example:scheme:dfe", "Digital forensics examiner, EQF 6", "Examines devices.",
                        "Written and practical examination.")  # fmt: skip
COVERED = (Aligned(FORENSICS.id, FORENSICS.name),)
HOME = "https://alliance.example/academy/status/"


def signer(name: str) -> Signer:
    """Somebody with a key that follows from the name."""
    return Signer(name, sha256(name.encode()).digest())


ROOT, PROVIDER, OTHER = signer("Alliance"), signer("Police Academy"), signer("Somebody")


def reference(number: int) -> UUID:
    return UUID(int=number)


def status(of: str, index: int) -> Status:
    return Status(index, f"{HOME}{of}/revocation", f"{HOME}{of}/suspension")


@dataclass
class Chain:
    """What is in the bundle; changed before ``bundle`` is asked for."""

    revoked: dict[str, set[int]] = field(default_factory=lambda: {"root": set(), "provider": set()})
    suspended: dict[str, set[int]] = field(default_factory=lambda: {"root": set(), "provider": set()})
    lists_until: datetime = AT + timedelta(days=30)
    accredited_from: datetime = AT - 2 * YEAR
    accredited_until: datetime = AT + YEAR
    accreditor: Signer = ROOT
    covers: tuple[Aligned, ...] = COVERED
    roots: tuple[Root, ...] = (Root(ROOT.did, ROOT.name),)

    def lists(self) -> list[dict[str, Any]]:
        """The four status lists."""
        return [
            status_list(by, address=f"{HOME}{of}/{purpose}", indexes=places[of], since=AT - timedelta(days=1),
                        until=self.lists_until, purpose=purpose)
            for of, by in (("root", ROOT), ("provider", PROVIDER))
            for purpose, places in (("revocation", self.revoked), ("suspension", self.suspended))
        ]  # fmt: skip

    def accreditation(self) -> dict[str, Any]:
        """What the provider holds."""
        return accreditation(self.accreditor, reference=reference(1), provider=PROVIDER.did, name=PROVIDER.name,
                             covers=self.covers, since=self.accredited_from, until=self.accredited_until,
                             status=status("root", 7))  # fmt: skip

    def bundle(self) -> Bundle:
        """All of it."""
        return bundle(self.roots, [self.accreditation()], self.lists(), "2026-11-01T12:00:00Z")


def certificate(
    by: Signer = PROVIDER, *, achievement: Achievement = FORENSICS, issued: datetime = AT - timedelta(days=100),
    until: datetime | None = AT + YEAR, who: str = "anna@police.example",
) -> dict[str, Any]:  # fmt: skip
    """What somebody was certified for."""
    subject = {"identifier": [identity.hashed(who, salt="0" * 32)]}
    return badge(by, reference=reference(2), achievement=achievement, subject=subject, since=issued, until=until,
                 status=status("provider", 41))  # fmt: skip
