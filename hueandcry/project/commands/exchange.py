"""``hueandcry ingest`` and ``hueandcry export``: files in, everything that a person may see out."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from hueandcry.project.installation import installation

if TYPE_CHECKING:
    from hueandcry.members.viewer import Viewer

NOT_READ = ("unreadable", "failed", "missing")  # states of a file that gave no object
READ, SOME_REFUSED, UNREADABLE = 0, 3, 2  # exit codes; others script against them


def viewer_named(email: str | None) -> Viewer:
    """The viewer for ``--as EMAIL``; without it, the operator's own account. Raises ClickException for nobody."""
    from hueandcry.members import queries
    from hueandcry.members.actions import OPERATOR_EMAIL
    from hueandcry.members.viewer import identify

    person = queries.person_by_email(email or OPERATOR_EMAIL)
    if person is None:
        raise click.ClickException(
            f"Nobody signs in as {email}. `hueandcry member people` lists who does; nothing was done."
        )
    return identify(person.pk, channel="command line")


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--as", "email", metavar="EMAIL", help="On whose behalf (default: the operator's organisation).")
@click.option("--format", "claimed", default="", help="The format the files claim to be; found out where not given.")
@click.option("--tlp", default="", help="TLP label (default: the organisation's).")
@click.option("--mapping", type=click.Path(path_type=Path, exists=True), help="How to read a CSV, as YAML or JSON.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a file, a line each.")
def ingest(
    files: Sequence[Path], email: str | None, claimed: str, tlp: str, mapping: Path | None, as_json: bool
) -> int:
    """Take in FILES and say what became of each object.

    Ends with 0 where nothing was refused, 3 where some was, 2 where a file could not be read at all.
    """
    with installation():
        _require_format(claimed)
        by = viewer_named(email)
        results: list[dict[str, Any]] = []
        with _progress(as_json) as told:
            for path in _each_file(files):
                result = _ingest_one(by, path, claimed, tlp, mapping, told(path))
                results.append(result)
                click.echo(json.dumps(result, ensure_ascii=False) if as_json else _sentence(result))
                sys.stdout.flush()
    if any(r["state"] in NOT_READ for r in results):
        return UNREADABLE
    return SOME_REFUSED if any(r["refused"] for r in results) else READ


def _require_format(claimed: str) -> None:
    from hueandcry.exchange import formats

    if claimed and "/" not in claimed and claimed.lower() not in formats.BY_NAME | formats.ALIASES:
        known = ", ".join(one.name for one in formats.OFFERED)
        raise click.ClickException(f"There is no format {claimed!r}. There are: {known}.")


def _each_file(paths: Iterable[Path]) -> Iterator[Path]:
    """The files themselves; of a folder (a MISP feed, a download) every file in it, in order of name."""
    from hueandcry.exchange import archive

    for path in paths:
        yield from archive.folder(path) if path.is_dir() else [path]


def _ingest_one(
    by: Viewer, path: Path, claimed: str, tlp: str, mapping: Path | None, told: Callable[[int], None]
) -> dict[str, Any]:
    from hueandcry.exchange import actions, queries, receipts
    from hueandcry.exchange.handling import BadHandling, from_json
    from hueandcry.members.viewer import viewer

    try:
        raw = _bytes_of(path)
        handling = None
        if tlp:
            with viewer(by):
                handling = from_json({"tlp": tlp.upper().removeprefix("TLP:")}, fallback=queries.default_handling(by))
        got = actions.receive(
            by=by, raw=raw, filename=path.name, claimed=claimed, handling=handling, mapping=_mapping(mapping),
            at_once=True, told=told,
        )  # fmt: skip
    except (OSError, actions.Refused, BadHandling) as error:
        reason = error.strerror or str(error) if isinstance(error, OSError) else error.reason
        return _not_read(path, "the file", reason, "missing")
    with viewer(by):
        receipt = receipts.receipt(by, got.submission)
    if receipt.state in ("unreadable", "failed"):
        return _not_read(path, receipt.place or "the file", receipt.reason, receipt.state, receipt.format or None) | (
            {"submission": str(got.reference)} | ({"repeat": True} if got.repeat else {})
        )
    return {
        "file": str(path), "format": receipt.format, "read": receipt.read, "stored": receipt.stored,
        "known": receipt.known, "refused": receipt.refused,
        "refusals": [{"place": p, "reason": r} for p, r in receipt.refusals],
        "losses": [{"place": p, "what": w} for p, w in receipt.losses],
        "reports": receipt.reports, "state": receipt.state, "submission": str(got.reference),
        **({"repeat": True} if got.repeat else {}),
    }  # fmt: skip


def _bytes_of(path: Path) -> bytes:
    """The file's bytes; a file over the limit is not even opened, so that memory stays bounded."""
    from django.conf import settings

    from hueandcry.exchange.actions import Refused

    size = path.stat().st_size
    if size > settings.SUBMISSION_LIMIT:
        limit = settings.SUBMISSION_LIMIT // (1024 * 1024)
        raise Refused(f"the file has {size:,} bytes; at most {limit} MiB are taken at once. Send it in parts.")
    with path.open("rb") as file:
        raw = file.read(settings.SUBMISSION_LIMIT + 1)  # a pipe or a device says no size
    if len(raw) > settings.SUBMISSION_LIMIT:
        raise Refused("there is no end to it within what is taken at once. Send it in parts.")
    return raw


def _mapping(path: Path | None) -> dict[str, Any] | None:
    if path is None:
        return None
    import yaml

    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise click.ClickException(f"{path} is no mapping: {error}") from error
    if not isinstance(content, dict):
        raise click.ClickException(f"{path} is no mapping: it holds no table of columns.")
    return content


def _not_read(path: Path, place: str, reason: str, state: str, kind: str | None = None) -> dict[str, Any]:
    """A file that could not be read counts as one object, refused."""
    return {
        "file": str(path), "format": kind, "read": 1, "stored": 0, "known": 0, "refused": 1,
        "refusals": [{"place": place, "reason": reason}], "state": state,
    }  # fmt: skip


def _sentence(result: dict[str, Any]) -> str:
    again = " (the same bytes came before; this is their receipt)" if result.get("repeat") else ""
    lines = [
        f"{result['file']}: {result['format'] or 'not read'}; {result['read']:,} read = {result['stored']:,} stored"
        f" + {result['known']:,} known + {result['refused']:,} refused{again}"
    ]
    lines += [f"  refused at {r['place']}: {r['reason']}" for r in result["refusals"][:20]]
    if len(result["refusals"]) > 20:
        lines.append(f"  and {len(result['refusals']) - 20:,} more; --json lists them all")
    return "\n".join(lines)


Telling = Callable[[Path], Callable[[int], None]]


@contextmanager
def _progress(quiet: bool) -> Iterator[Telling]:
    """A line on standard error that counts what is in of each file, where somebody watches."""
    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        yield lambda path: lambda count: None
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        TextColumn("{task.completed:,} in"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("", total=None)

        def of(path: Path) -> Callable[[int], None]:
            progress.reset(task, description=path.name, completed=0)
            return lambda count: progress.update(task, completed=count)

        yield of


@click.command()
@click.option(
    "--format", "kind", type=click.Choice(["stix", "misp", "csv", "court"]), default="stix", show_default=True
)
@click.option("--as", "email", metavar="EMAIL", help="On whose behalf (default: the operator's organisation).")
@click.option("--output", type=click.Path(path_type=Path), help="A file to write (default: standard output).")
def export(kind: str, email: str | None, output: Path | None) -> None:
    """Write all that a person may take out: a STIX bundle of every object as received, MISP events, a table of
    reports, or bundle and table in a file for a court (H1 left out unless its provider allowed it)."""
    with installation():
        from hueandcry.exchange import export as exports
        from hueandcry.exchange.misp_feed.files import misp_events
        from hueandcry.exchange.recall import court

        by = viewer_named(email)
        files = {
            "stix": exports.stix_bundle, "misp": misp_events, "csv": exports.csv_table, "court": court.court_file,
        }  # fmt: skip
        parts = files[kind](by)
        with output.open("wb") if output else nullcontext(sys.stdout.buffer) as target:
            for part in parts:
                target.write(part)
            target.flush()
        kept = exports.kept_back(by, door=court.DOOR if kind == "court" else "")
        if kept:
            reports = "1 report is" if kept == 1 else f"{kept:,} reports are"
            click.echo(
                f"{reports} not in the file: handling keeps them on the page, which says what opens them.", err=True
            )
