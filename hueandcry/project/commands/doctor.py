"""``hueandcry doctor``: what is wrong with this installation, and the mend for each."""

from __future__ import annotations

import json
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import click

from hueandcry.project import protection
from hueandcry.project.folder import SetupError, data_folder
from hueandcry.project.installation import installation

LOW_DISK = 2 * 1024**3  # bytes free below which somebody must act
UNSEALED = 10_000  # acts waiting for the sealer beyond which it is not running


class Finding(NamedTuple):
    """One check: what it is about, whether it is well, and if not what to do."""

    check: str
    well: bool
    mend: str = ""


@click.command()
@click.option("--json", "as_json", is_flag=True)
def doctor(as_json: bool) -> int:
    """Look for common faults and say the mend. Ends with 0 where all is well, 1 where something is not."""
    findings = list(_findings())
    for finding in findings:
        if as_json:
            click.echo(json.dumps(finding._asdict()))
        else:
            click.echo(
                f"{'well' if finding.well else 'MEND'}  {finding.check}"
                + (f"\n      {finding.mend}" if not finding.well else "")
            )
    return 0 if all(f.well for f in findings) else 1


def _findings() -> Iterator[Finding]:
    try:
        folder = data_folder()
        yield from _folder(folder)
        with installation() as folder:
            yield Finding("the database answers, and the app login is bound by row-level security", True)
            yield Finding("tables are at this version's state", True)
            for check in (_protected, _unfinished, _unsealed, _record, _bundle):
                yield check(folder)
    except SetupError as error:
        yield Finding("the installation starts", False, str(error))


def _folder(folder: Path) -> Iterator[Finding]:
    free = shutil.disk_usage(folder).free
    yield Finding(
        f"free space in {folder}: {free / 1024**3:.1f} GiB",
        free > LOW_DISK,
        "Make room or move the data folder (HUEANDCRY_DATA); intake stops when the disk is full.",
    )
    secrets = folder / "secrets"
    loose = [p for p in secrets.glob("*") if stat.S_IMODE(p.stat().st_mode) & 0o077] if secrets.exists() else []
    yield Finding(
        "secrets are readable by their owner alone",
        not loose,
        "Run: chmod 600 " + " ".join(map(str, loose)),
    )


def _protected(folder: Path) -> Finding:
    """Every table of every desk is under row-level security, forced, but for those that are excused by name."""
    tables = _ask(protection.TABLES)
    bare = protection.bare([(str(name), bool(on)) for name, on in tables])
    return Finding(
        f"content is under row-level security ({len(tables)} tables looked at)",
        not bare,
        f"Unprotected tables: {', '.join(bare)}. Restore the migrations' state.",
    )


def _unfinished(folder: Path) -> Finding:
    count = len(_ask("SELECT submission FROM hueandcry_unfinished(600)"))
    return Finding(
        f"submissions unread for over ten minutes: {count}",
        count == 0,
        "Run `hueandcry up` (or `hueandcry work`): the worker takes them up by itself.",
    )


def _unsealed(folder: Path) -> Finding:
    rows = _ask(
        "SELECT count(*) FROM audit_act a WHERE NOT EXISTS (SELECT 1 FROM audit_seal s WHERE s.act = a.id)", "owner"
    )
    return Finding(
        f"acts waiting to be chained: {rows[0][0]:,}",
        rows[0][0] < UNSEALED,
        "The sealer runs with the worker: start `hueandcry work`.",
    )


def _record(folder: Path) -> Finding:
    from hueandcry.audit import chain

    verdict = chain.verify(folder)
    return Finding(
        f"the audit record is sound ({verdict.sealed:,} acts chained)",
        not verdict.faults,
        "; ".join(verdict.faults[:3]) + ". See docs/audit.md: keep the database as it is and call the auditor.",
    )


def _bundle(folder: Path) -> Finding:
    import hueandcry.web

    built = (Path(hueandcry.web.__file__).parent / "static" / "dist").exists()
    return Finding("styles and scripts are bundled", built, "Run `make setup` (needs node and npm).")


def _ask(sql: str, using: str = "default") -> list[tuple[Any, ...]]:
    from django.db import connections

    with connections[using].cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())
