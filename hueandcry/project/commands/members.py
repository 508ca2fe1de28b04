"""``hueandcry member``: organisations, people and tokens from the command line, as the operator."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any, TypeVar

import click

from hueandcry.project.commands.exchange import viewer_named
from hueandcry.project.installation import installation

T = TypeVar("T")


def _try(act: Callable[[], T]) -> T:
    from hueandcry.members.actions import Refused

    try:
        return act()
    except Refused as error:
        raise click.ClickException(error.reason) from error


@click.group()
def member() -> None:
    """Organisations, people, tokens."""


@member.command("list")
@click.option("--json", "as_json", is_flag=True)
def list_(as_json: bool) -> None:
    """List the organisations."""
    with installation():
        from hueandcry.members import queries
        from hueandcry.members.viewer import viewer

        by = viewer_named(None)
        with viewer(by):
            rows = [
                {"slug": o.slug, "name": o.name, "kind": o.kind, "country": o.country, "state": o.state}
                for o in queries.organisations(by)
            ]
    for row in rows:
        click.echo(json.dumps(row) if as_json else "{slug:30} {state:10} {kind:16} {country}  {name}".format(**row))


@member.command()
@click.option("--json", "as_json", is_flag=True)
def people(as_json: bool) -> None:
    """List who can sign in."""
    with installation():
        from hueandcry.members.models import Person
        from hueandcry.members.viewer import viewer

        with viewer(viewer_named(None)):
            for person in Person.objects.select_related("organisation").order_by("email"):
                row = {"email": person.email, "organisation": str(person.organisation), "roles": person.roles}
                click.echo(
                    json.dumps(row)
                    if as_json
                    else f"{person.email:40} {person.organisation} ({', '.join(person.roles)})"
                )


@member.command()
@click.argument("name")
@click.option("--kind", required=True, help="business, law-enforcement, government, cert, academia or non-profit")
@click.option("--country", required=True, help="ISO 3166 code of two letters")
@click.option("--sector", default="", help="NACE section letter")
@click.option("--vetted", is_flag=True, help="Admit it at once.")
def add(name: str, kind: str, country: str, sector: str, vetted: bool) -> None:
    """Enter an organisation as an applicant."""
    with installation():
        from hueandcry.members import actions

        by = viewer_named(None)
        made = _try(lambda: actions.add_organisation(by=by, name=name, kind=kind, country=country, sector=sector))
        if vetted:
            _try(lambda: actions.change_state(by=by, organisation=made.pk, state="vetted"))
        click.echo(made.slug)


@member.command()
@click.argument("slug")
@click.argument("state", type=click.Choice(["vetted", "suspended", "left", "applicant"]))
@click.option("--reason", default="")
def state(slug: str, state: str, reason: str) -> None:
    """Admit, suspend, reinstate or end a membership."""
    with installation():
        from hueandcry.members import actions

        by = viewer_named(None)
        body = _organisation(by, slug)
        _try(lambda: actions.change_state(by=by, organisation=body, state=state, reason=reason))
        click.echo(f"{slug} is {state}.")


@member.command()
@click.argument("slug")
@click.argument("email")
@click.option("--name", default="")
@click.option("--role", "roles", multiple=True, default=("analyst",), show_default=True)
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def person(slug: str, email: str, name: str, roles: tuple[str, ...], password_stdin: bool) -> None:
    """Add a person to an organisation."""
    password = sys.stdin.readline().rstrip("\n") if password_stdin else None
    with installation():
        from hueandcry.members import actions

        by = viewer_named(None)
        body = _organisation(by, slug)
        _try(
            lambda: actions.add_person(by=by, organisation=body, email=email, name=name, roles=roles, password=password)
        )
        click.echo(f"{email} belongs to {slug}.")


@member.command()
@click.argument("email")
@click.option("--name", default="command line")
@click.option("--scope", "scopes", multiple=True, default=("read", "submit", "export"), show_default=True)
@click.option("--days", default=90, show_default=True)
@click.option(
    "--use",
    type=click.Choice(["passive", "active"]),
    default="passive",
    show_default=True,
    help="What its program does with what it reads; PAP:AMBER goes to passive programs only.",
)
def token(email: str, name: str, scopes: tuple[str, ...], days: int, use: str) -> None:
    """Make an API token for a person; it is shown once."""
    with installation():
        from hueandcry.members import actions

        by = viewer_named(email)
        click.echo(_try(lambda: actions.add_token(by=by, name=name, scopes=scopes, days=days, use=use)))


def _organisation(by: Any, slug: str) -> int:
    from hueandcry.members import queries
    from hueandcry.members.models import Organisation
    from hueandcry.members.viewer import viewer

    with viewer(by):
        try:
            return queries.organisation(by, slug).pk
        except Organisation.DoesNotExist:
            raise click.ClickException(
                f"There is no organisation {slug}; `hueandcry member list` shows them."
            ) from None
