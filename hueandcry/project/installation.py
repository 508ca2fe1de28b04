"""One installation brought up: database running, roles and tables in place, Django ready."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import django

from hueandcry.project import database, postgres
from hueandcry.project.folder import SetupError, data_folder


@contextmanager
def database_server() -> Iterator[Path]:
    """The data folder, with its embedded server running where there is no DATABASE_URL; who leaves last stops it."""
    folder = data_folder()
    if database.external():
        database.prepare_installation(folder, None)
        yield folder
        return
    with postgres.start(folder) as server:
        database.prepare_installation(folder, server)
        yield folder


@contextmanager
def installation(*, quiet: bool = True) -> Iterator[Path]:
    """Everything up: server, roles, migrations, cache table, the founding organisation. Raises SetupError."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hueandcry.project.settings")
    os.environ["HUEANDCRY_OWNER"] = "1"
    with database_server() as folder:
        django.setup()
        _refuse_mighty_login()
        migrate(quiet=quiet)
        from hueandcry.members import actions as members

        members.found_alliance()
        try:
            yield folder
        finally:
            from django.db import connections

            connections.close_all()


def migrate(*, quiet: bool = True) -> None:
    """Bring the tables to this version's state, as the owner, and say so; does nothing where they are there already."""
    from django.core.management import call_command
    from django.db import connections
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connections["owner"])
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        if not database.may_migrate():
            raise SetupError(
                "The tables are of an earlier version. Run `hueandcry migrate` once with DATABASE_URL set to"
                " the owner's login; DATABASE_APP_URL alone may not change tables."
            )
        call_command("migrate", database="owner", verbosity=0 if quiet else 1, interactive=False)
        call_command("createcachetable", database="owner", verbosity=0)
        if executor.loader.applied_migrations:  # not where the tables are new: whichever command upgraded, says so
            said = f"The tables were of an earlier version; {len(plan)} migrations brought them to this one's state."
            click.echo(said, err=True)


def _refuse_mighty_login() -> None:
    from django.db import connection

    database.check_app_login(connection)
