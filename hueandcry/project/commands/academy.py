"""``hueandcry academy``: check credentials without a network and without a database."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from hueandcry.academy.credentials.verify import Verdict


@click.group()
def academy() -> None:
    """Training: credentials that can be checked anywhere."""


@academy.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--bundle", type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Whom to trust, whom they accredited, and what was revoked: one file, from any node of the alliance.",
)  # fmt: skip
@click.option(
    "--root", "roots", multiple=True, metavar="DID",
    help="Trust this key (did:key:z..., or ISSUER#z...), and of the bundle's roots none that is not named so.",
)  # fmt: skip
@click.option("--about", default="", metavar="WHO", help="An e-mail address or name that it has to be about.")
@click.option("--at", metavar="DATE", help="As of this day (YYYY-MM-DD, UTC) instead of now.")
@click.option("--json", "as_json", is_flag=True, help="The answer as one JSON object.")
def verify(file: Path, bundle: Path | None, roots: tuple[str, ...], about: str, at: str | None, as_json: bool) -> None:
    """Check FILE, a credential (JSON, or a PNG or SVG badge), and everybody who vouches for it, offline.

    Ends with 0 where it is valid, with 1 where it is not; what is wrong is said in plain words.
    """
    from dataclasses import replace

    from hueandcry.academy.credentials import trust
    from hueandcry.academy.credentials.baked import MOST
    from hueandcry.academy.credentials.verify import Checker

    try:
        held = trust.read(bundle.read_bytes()) if bundle else trust.NOBODY
        named = [trust.root(each) for each in roots]
    except trust.BadBundle as error:
        raise click.UsageError(str(error)) from None
    if named:
        # a root that is named keeps what the bundle says of when it signed
        known = {each.id: held.roots.get(each.id, [each]) for each in named if not each.key}
        held = replace(held, roots=known | {each.id: [each] for each in named if each.key})
    if file.stat().st_size > 2 * MOST:
        raise click.UsageError(f"{file} is too large for a credential")
    verdict = Checker(held, at=_day(at)).file(file.read_bytes(), about=about)
    if as_json:
        click.echo(json.dumps(verdict.told(), ensure_ascii=False, indent=2))
    else:
        _say(verdict)
    if not verdict.valid:
        raise SystemExit(1)


def _day(text: str | None) -> datetime:
    if text is None:
        return datetime.now(UTC)
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        raise click.UsageError(f"{text} is no day written as YYYY-MM-DD") from None


def _say(verdict: Verdict) -> None:
    click.secho("Valid." if verdict.valid else "Not valid.", bold=True, fg="green" if verdict.valid else "red")
    if verdict.achievement.get("name"):
        who = next(iter(verdict.subject.values()), "not named")
        click.echo(f"  {verdict.achievement['name']}, held by: {who}")
    for problem in verdict.problems:
        click.echo(f"  - {problem.text}" + (f" ({problem.of})" if problem.of != "credential" else ""))
    for link in verdict.chain:
        until = f", until {link.until[:10]}" if link.until else ""
        click.echo(f"  {'ok ' if link.holds else 'no '} {link.what}: {link.name or link.id}{until}")
