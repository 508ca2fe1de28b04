"""The command line ``hueandcry``: the root, and how faults are told."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from hueandcry.project.commands import (
    academy,
    audit,
    capacity,
    demo,
    doctor,
    exchange,
    lake,
    linkage,
    mailbox,
    members,
    misp,
    picture,
    programmes,
    psi,
    serve,
)  # fmt: skip
from hueandcry.project.folder import SetupError
from hueandcry.project.installation import installation


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="hueandcry", message="Hue & Cry %(version)s")
def cli() -> None:
    """Hue & Cry: the system that an alliance against cybercrime runs on."""


@cli.command(context_settings={"ignore_unknown_options": True, "allow_extra_args": True}, add_help_option=False)
@click.argument("words", nargs=-1, type=click.UNPROCESSED)
def manage(words: Sequence[str]) -> None:
    """Run a Django management command, as the owner of the tables."""
    from django.core.management import execute_from_command_line

    with installation():
        execute_from_command_line(["hueandcry manage", *words])


@cli.command()
def migrate() -> None:
    """Bring the database to this version's state; safe to repeat."""
    with installation(quiet=False):
        click.echo("The database is ready.")


for command in (exchange.ingest, exchange.export, serve.up, serve.web, serve.work, demo.demo, doctor.doctor):
    cli.add_command(command)
cli.add_command(academy.academy)
cli.add_command(audit.audit)
cli.add_command(capacity.capacity)
cli.add_command(linkage.linkage)
cli.add_command(lake.lake)
cli.add_command(members.member)
cli.add_command(mailbox.mailbox)
cli.add_command(misp.misp)
cli.add_command(programmes.programmes)
cli.add_command(picture.picture)
cli.add_command(psi.psi)


def main() -> None:
    """Entry point: faults become one clear line, and an exit code other than 0."""
    try:
        code = cli(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.Abort:
        click.echo("Stopped.", err=True)
        sys.exit(130)
    except SetupError as error:
        click.echo(f"hueandcry: {error}", err=True)
        sys.exit(1)
    sys.exit(code if isinstance(code, int) else 0)
