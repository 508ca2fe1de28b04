"""A file for a court: what may be used as evidence, as a table and as STIX, with a signed list of what is in it.

H1 says "not as evidence without the provider's permission": such reports are left out and counted, unless the
permission was given; its conditions then stand in the list. Nothing else is written than what the other exports write.
"""

from __future__ import annotations

import hashlib
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import IO, Any

import orjson
from django.db import connection

from hueandcry.exchange import export, stix_out
from hueandcry.exchange.recall import gates, signing
from hueandcry.members.viewer import Viewer, viewer

DOOR = "court file"
KEPT_IN_MEMORY = 16 * 1024 * 1024  # bytes of the file being made; beyond that it is on disk
READ_ME = (
    "manifest.json names each file with its sha256, each report with its handling, and what was left out and why.\n"
    "manifest.sig is our signature of manifest.json, key.pem our public key. Check it with\n"
    "openssl pkeyutl -verify -rawin -pubin -inkey key.pem -in manifest.json -sigfile manifest.sig\n"
)


def court_file(by: Viewer, reports: Sequence[int] | None = None) -> Iterator[bytes]:
    """A ZIP of a table, a STIX bundle, manifest.json and its signature; the act is committed before it leaves."""
    with viewer(by):
        export.note(by, "court", reports, door=DOOR)
    with tempfile.SpooledTemporaryFile(max_size=KEPT_IN_MEMORY) as held:
        with viewer(by), zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as bundle:
            digests = {
                "reports.csv": _write(bundle, "reports.csv", export.csv_lines(by, reports, door=DOOR)),
                "reports.stix.json": _write(
                    bundle, "reports.stix.json", stix_out.bundle(export.stix_texts(by, reports, door=DOOR))
                ),
            }
            manifest = orjson.dumps(_manifest(by, reports, digests), option=orjson.OPT_INDENT_2, default=str)
            bundle.writestr("manifest.json", manifest)
            bundle.writestr("manifest.sig", signing.sign(manifest))
            bundle.writestr("key.pem", signing.public_pem())
            bundle.writestr("README.txt", READ_ME)
        held.seek(0)
        yield from _parts(held)


def _write(bundle: zipfile.ZipFile, name: str, parts: Iterable[bytes]) -> dict[str, Any]:
    digest, size = hashlib.sha256(), 0
    with bundle.open(name, "w", force_zip64=True) as file:
        for part in parts:
            file.write(part)
            digest.update(part)
            size += len(part)
    return {"sha256": digest.hexdigest(), "bytes": size}


def _parts(held: IO[bytes]) -> Iterator[bytes]:
    while part := held.read(256 * 1024):
        yield part


def _manifest(by: Viewer, reports: Sequence[int] | None, digests: dict[str, Any]) -> dict[str, Any]:
    facts = {"reports": None if reports is None else list(reports), "mask": gates.mask(by, DOOR)}
    among = "(%(reports)s::bigint[] IS NULL OR r.id = ANY (%(reports)s))"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT r.reference, r.tlp, r.pap, r.codes, r.restriction, o.name,"  # noqa: S608  constants of ours
            " (SELECT p.conditions FROM exchange_permission p WHERE p.report_id = r.id AND p.code = 'H1' AND p.allowed"
            "  AND p.organisation = hueandcry_organisation() LIMIT 1)"
            " FROM exchange_report r LEFT JOIN members_organisation o ON o.id = r.organisation_id"
            f" WHERE {among} AND {gates.GATED_SQL} ORDER BY r.id",
            facts,
        )
        held = [
            {
                "report": reference, "provider": name or "", "tlp": tlp, "pap": pap, "codes": codes,
                "restriction": restriction, **({} if allowed is None else {"allowed_on_condition": allowed}),
            }
            for reference, tlp, pap, codes, restriction, name, allowed in cursor.fetchall()
        ]  # fmt: skip
        cursor.execute(
            "SELECT hueandcry_gate(r.codes, r.pap) & %(mask)s, count(*) FROM exchange_report r"  # noqa: S608  as above
            f" WHERE {among} AND NOT {gates.GATED_SQL} GROUP BY 1",
            facts,
        )
        left_out = [
            {"reports": count, "because": [code for code, bit in gates.BITS.items() if bits & bit]}
            for bits, count in cursor.fetchall()
        ]
    return {
        "type": "hueandcry-court-file", "version": 1, "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "made_for": by.name, "signed_by": signing.fingerprint(), "files": digests, "reports": held,
        "left_out": left_out,
    }  # fmt: skip
