"""The chain over the audit record: sealing each second, and verifying it against heads kept outside the database."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from django.db import connections, transaction

GENESIS = bytes(32)
BATCH = 5_000  # acts sealed in one transaction


@dataclass(slots=True)
class Verdict:
    """What ``verify`` found. ``faults`` names each fault; the record is sound where there is none."""

    sealed: int = 0
    unsealed: int = 0
    heads: int = 0
    faults: list[str] = field(default_factory=list)


def heads_file(folder: Path) -> Path:
    """Where the heads are kept: outside the database, appended, one JSON object a line."""
    return folder / "audit" / "heads.jsonl"


def seal(folder: Path) -> int:
    """Chain every act committed below the horizon and note the new head outside the database; gives how many."""
    total = 0
    while True:
        with transaction.atomic(durable=True), connections["default"].cursor() as cursor:
            cursor.execute("SELECT sealed, new_position, new_digest FROM hueandcry_seal(%s)", [BATCH])
            row: tuple[int, int, bytes] = cursor.fetchone()
        sealed, position, digest = row
        if sealed:
            _note_head(folder, position, bytes(digest))
        total += sealed
        if sealed < BATCH:
            return total


def _note_head(folder: Path, position: int, digest: bytes) -> None:
    path = heads_file(folder)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    line = json.dumps({"position": position, "digest": digest.hex(), "at": datetime.now(UTC).isoformat()})
    with path.open("a", encoding="utf-8") as file:
        file.write(line + "\n")
        file.flush()
        os.fsync(file.fileno())


def _noted_heads(folder: Path, verdict: Verdict) -> dict[int, bytes]:
    path = heads_file(folder)
    heads: dict[int, bytes] = {}
    if not path.exists():
        return heads
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            entry = json.loads(line)
            heads[int(entry["position"])] = bytes.fromhex(entry["digest"])
        except (ValueError, KeyError, TypeError):
            verdict.faults.append(f"{path} line {number} is not a head")
    return heads


def _links(using: str) -> Iterator[tuple[int, int, bytes, bytes | None]]:
    """(position, act id, digest, bytes of the act or None where it is gone), in order, never all in memory."""
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        cursor.execute(
            "DECLARE links NO SCROLL CURSOR FOR SELECT s.position, s.act, s.digest,"
            " CASE WHEN a.id IS NOT NULL THEN hueandcry_act_bytes(a) END"
            " FROM audit_seal s LEFT JOIN audit_act a ON a.id = s.act ORDER BY s.position"
        )
        while True:
            cursor.execute("FETCH 10000 FROM links")
            rows = cursor.fetchall()
            if not rows:
                return
            for position, act, digest, content in rows:
                yield position, act, bytes(digest), None if content is None else bytes(content)


def verify(folder: Path, *, using: str = "owner") -> Verdict:
    """Walk the whole chain and compare it with the heads outside; each fault is named by the act or position it is at.

    Finds a changed, removed, added or reordered act, and a cut tail. Acts not yet sealed are counted, not covered.
    """
    verdict = Verdict()
    heads = _noted_heads(folder, verdict)
    verdict.heads = len(heads)
    before, expected = GENESIS, 1
    for position, act, digest, content in _links(using):
        if position != expected:
            verdict.faults.append(f"seals {expected} to {position - 1} are missing")
            expected = position
        if content is None:
            verdict.faults.append(f"act {act} (position {position}) is gone")
        elif hashlib.sha256(before + content).digest() != digest:
            verdict.faults.append(f"act {act} (position {position}) was changed, or its place in the order was")
        if position in heads and heads.pop(position) != digest:
            verdict.faults.append(f"the chain up to position {position} is not the one noted outside the database")
        before, expected = digest, position + 1
        verdict.sealed += 1
    if heads:
        last = max(heads)
        verdict.faults.append(f"the tail is cut: {last - expected + 1} acts up to position {last} are gone")
    with connections[using].cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM audit_act a WHERE NOT EXISTS (SELECT 1 FROM audit_seal s WHERE s.act = a.id)"
        )
        verdict.unsealed = cursor.fetchone()[0]
    return verdict
