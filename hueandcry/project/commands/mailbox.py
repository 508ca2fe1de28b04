"""``hueandcry mailbox``: e-mail as a way in, by the operator."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TypeVar

import click

from hueandcry.project.installation import installation

T = TypeVar("T")


def _try(act: Callable[[], T]) -> T:
    from hueandcry.exchange.actions import Refused
    from hueandcry.exchange.mailbox.incoming import CannotRead

    try:
        return act()
    except (Refused, CannotRead) as error:
        raise click.ClickException(str(error)) from error


@click.group()
def mailbox() -> None:
    """Mailboxes whose letters become reports."""


@mailbox.command()
@click.argument("name")
@click.argument("place")
@click.option("--login", default="", help="For IMAP; the password is read from standard input.")
@click.option("--every", default=60, show_default=True, help="Seconds between two looks.")
@click.option("--done-folder", default="", help="IMAP: where letters that were read are moved to.")
def add(name: str, place: str, login: str, every: int, done_folder: str) -> None:
    """Read PLACE: a maildir's path, or imaps://host/folder. It is tried at once."""
    kind = "imap" if "://" in place else "maildir"
    password = sys.stdin.readline().rstrip("\n") if login else ""
    with installation():
        from hueandcry.exchange.mailbox import actions

        _try(
            lambda: actions.add_mailbox(
                name=name, kind=kind, place=place, login=login, password=password, every=every, done_folder=done_folder
            )
        )
        click.echo(f"{name} is read every {max(10, every)} seconds by `hueandcry work`.")


@mailbox.command("list")
def list_() -> None:
    """List the mailboxes and how they do."""
    with installation():
        from hueandcry.exchange.mailbox import actions, queries
        from hueandcry.members.viewer import viewer

        with viewer(actions.OPERATOR) as who:
            found = list(queries.mailboxes(who))
            for one in found:
                health = f"failed {one.failures} times: {one.error}" if one.failures else "well"
                click.echo(f"{one.name:20} {one.kind:8} {one.place}  {health}")
        if not found:
            click.echo("There is no mailbox. `hueandcry mailbox add NAME PLACE` names one.", err=True)


@mailbox.command()
@click.argument("name")
def read(name: str) -> None:
    """Read one mailbox now, and send the answers that are due."""
    with installation():
        from hueandcry.exchange.mailbox import actions
        from hueandcry.exchange.models import Mailbox
        from hueandcry.members.viewer import viewer

        with viewer(actions.OPERATOR):
            found = Mailbox.objects.filter(name=name).first()
        if found is None:
            raise click.ClickException(f"There is no mailbox {name}; `hueandcry mailbox list` shows them.")
        count = actions.read_mailbox(mailbox=found.pk)
        actions.answer_due()
        with viewer(actions.OPERATOR):
            found.refresh_from_db()
        if found.error:
            raise click.ClickException(found.error)
        click.echo(f"{count} letters.")


@mailbox.command()
@click.argument("name")
def remove(name: str) -> None:
    """Read a mailbox no more; what was taken stays."""
    with installation():
        from hueandcry.exchange.mailbox import actions

        if not actions.remove_mailbox(name=name):
            raise click.ClickException(f"There is no mailbox {name}; `hueandcry mailbox list` shows them.")
        click.echo(f"{name} is not read any more.")


@mailbox.command()
def senders() -> None:
    """List the addresses that organisations named; every person's own address is taken besides."""
    with installation():
        from hueandcry.exchange.mailbox import actions, queries
        from hueandcry.members.models import Person
        from hueandcry.members.viewer import viewer

        with viewer(actions.OPERATOR) as who:
            found = queries.senders(who)
        people = Person.objects.select_related("organisation").in_bulk([one.person for one in found])
        for one in found:
            person = people.get(one.person)
            proof = "DKIM required" if one.dkim_required else "DKIM not required"
            click.echo(f"{one.address:40} {proof:18} for {person.email if person else '?'}")
