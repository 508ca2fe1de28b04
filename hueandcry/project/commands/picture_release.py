"""``hueandcry picture release`` and ``hueandcry picture reproduce``: published sets of figures."""

from __future__ import annotations

import json
from pathlib import Path
from uuid import UUID

import click

from hueandcry.project.commands.exchange import viewer_named
from hueandcry.project.installation import installation

_AS = click.option("--as", "email", metavar="EMAIL", help="On whose behalf (default: the operator's organisation).")


@click.group()
def release() -> None:
    """Numbered sets of figures that never change."""


@release.command()
@click.argument("title")
@click.option("--from", "first", required=True, metavar="MONTH", help="First month, such as 2025-01.")
@click.option("--to", "last", required=True, metavar="MONTH", help="Last month, in.")
@click.option("--freeze", type=int, help="Number of the freeze that it stands on (default: one is taken).")
@click.option("--corrects", type=int, metavar="NUMBER", help="The release that it corrects; needs --why.")
@click.option("--why", default="", help="Why that one is corrected, and what is other.")
@_AS
def draft(
    title: str, first: str, last: str, freeze: int | None, corrects: int | None, why: str, email: str | None
) -> None:
    """Make a draft called TITLE. Nobody sees it but the secretariat; `publish` takes the reference that is printed."""
    with installation():
        from hueandcry.members.actions import Refused
        from hueandcry.picture.models import Release
        from hueandcry.picture.releases import actions

        by = viewer_named(email)
        try:
            if corrects is None:
                made = actions.draft(by=by, title=title, first=first, last=last, freeze=freeze)
            else:
                made = actions.correct(
                    by=by, number=corrects, why=why, title=title, first=first, last=last, freeze=freeze
                )
            made = actions.make(by=by, reference=made.reference)
        except Release.DoesNotExist as error:
            raise click.ClickException(f"There is no release {corrects}; nothing was done.") from error
        except Refused as refusal:
            raise click.ClickException(refusal.reason) from refusal
        click.echo(f"Draft {made.reference}: {len(made.manifest['files'])} files, SHA-256 {made.sha256}.")
        click.echo(f"Look at it, then: hueandcry picture release publish {made.reference}")


@release.command()
@click.argument("reference", type=click.UUID)
@_AS
def publish(reference: UUID, email: str | None) -> None:
    """Publish the draft of this REFERENCE: it gets a number, everybody may read it, and it never changes."""
    with installation():
        from hueandcry.members.actions import Refused
        from hueandcry.picture.models import Release
        from hueandcry.picture.releases import actions

        try:
            made = actions.publish(by=viewer_named(email), reference=reference)
        except Release.DoesNotExist as error:
            raise click.ClickException(f"There is no draft {reference}; nothing was done.") from error
        except Refused as refusal:
            raise click.ClickException(refusal.reason) from refusal
        click.echo(f"Release {made.number} is published. SHA-256 of its manifest: {made.sha256}")


@release.command("list")
@_AS
@click.option("--json", "as_json", is_flag=True, help="One JSON object a release, a line each.")
def list_(email: str | None, as_json: bool) -> None:
    """What is published, and which drafts there are."""
    with installation():
        from hueandcry.members.viewer import viewer
        from hueandcry.picture.releases import queries

        with viewer(viewer_named(email)):
            rows = [*queries.drafts(), *(each.release for each in queries.published())]
        for row in rows:
            told = {
                "number": row.number, "reference": str(row.reference), "title": row.title, "state": row.state,
                "first": row.first, "last": row.last, "sha256": row.sha256,
                "corrects": row.corrects.number if row.corrects else None,
            }  # fmt: skip
            name = f"{row.number:>4}" if row.number is not None else f"draft {row.reference}"
            line = f"{name}  {row.first} to {row.last}  {row.title}"
            click.echo(json.dumps(told, ensure_ascii=False) if as_json else line)
        if not rows and not as_json:
            click.echo("Nothing is published, and there is no draft.")


@click.command()
@click.argument("number", type=int, metavar="RELEASE")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Write the files into this folder too.")
@click.pass_context
def reproduce(context: click.Context, number: int, out: Path | None) -> None:
    """Make RELEASE (number) again from its freeze and settings, and compare every byte. Ends with 1 if one differs."""
    with installation():
        from hueandcry.picture.models import Release
        from hueandcry.picture.releases import actions

        try:
            found = actions.reproduce(number)
        except Release.DoesNotExist as error:
            raise click.ClickException(f"There is no release {number}.") from error
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        for name, content in found.contents.items():
            (out / name).write_bytes(content)
    if found.same:
        click.echo(f"Release {number}: {found.files} files, every byte the same.")
    for each in found.differences:
        click.echo(
            f"{each.name}: {({'missing': 'does not come out', 'added': 'is new', 'other': 'other bytes'})[each.what]}"
        )
    if found.version != found.now:
        click.echo(f"Made by hueandcry {found.version}; this is {found.now}.")
    if found.method != found.method_now:
        click.echo(f"Made by method {found.method}; this is {found.method_now}.")
    context.exit(0 if found.same else 1)
