"""What every test stands on: a data folder of the session's own, one embedded server, real commits, no network.

    database   the fixture of tests that read or write tables; afterwards every table is as after the migrations
    (always)   sockets to anywhere but this machine raise NetworkCutError

The tests run as the installation does: ``default`` is the app login, which row-level security binds, ``owner`` may
migrate. No transaction is wrapped around a test, because ``viewer()`` opens the outermost one.
HUEANDCRY_TEST_DATABASE_URL names another server to run on (its database is emptied after each test).
"""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import hypothesis
import psycopg
import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.folder import DATA

KEPT = frozenset(
    {
        "academy_moverule",
        "programmes_account",
        "programmes_moverule",
        "django_migrations",
        "django_content_type",
        "auth_permission",
        "members_principal",
        "audit_head",
    }
)
LOCAL = ("127.0.0.1", "::1", "localhost", "", None)


CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
# Without these Chromium asks for addresses elsewhere at each start, many at a time.
QUIET = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
)
# A property is about what comes out, on a machine that does other things too: 200 ms an example fail by chance.
hypothesis.settings.register_profile("untimed", parent=hypothesis.settings.default, deadline=None)
hypothesis.settings.load_profile("untimed")


class NetworkCutError(RuntimeError):
    """A test tried to leave this machine. No OSError: code under test must not take it for a fault of the net."""


def pytest_unconfigure() -> None:
    """The folder goes with the session."""
    shutil.rmtree(DATA, ignore_errors=True)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests come last: from its first use on playwright keeps an event loop running, in which Django refuses
    to reach the database. Of them the file that takes longest comes first, or one worker is at it while others idle."""
    items.sort(key=lambda item: (item.get_closest_marker("journey") is not None, item.path.stem != "test_every_page"))


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all workers of this session have in common."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


def pytest_sessionfinish(session: pytest.Session) -> None:
    """What workers shared goes with the session: an installation has some hundred MiB, and pytest keeps three."""
    if "PYTEST_XDIST_WORKER" not in os.environ and (made := getattr(session.config, "_tmp_path_factory", None)):
        shutil.rmtree(made.getbasetemp() / "demonstration-small", ignore_errors=True)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, one for all tests that need a browser."""
    if CHROMIUM is None:
        pytest.fail("A browser is required here, and there is no Chromium: neither `chromium` nor `chromium-browser`.")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield running
        running.close()


@pytest.fixture(autouse=True, scope="session")
def quick_passwords() -> Iterator[None]:
    """The same way of keeping passwords at a thousandth of its cost: hashing them slowly was a tenth of all tests of
    pages. What is in use elsewhere, tests/project/test_settings.py says; journeys sign in by it."""
    from django.contrib.auth.hashers import ScryptPasswordHasher

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ScryptPasswordHasher, "work_factor", 2**4)
        yield


@pytest.fixture(autouse=True, scope="session")
def network_cut() -> Iterator[None]:
    """Sockets reach this machine only."""
    patch = pytest.MonkeyPatch()
    for method in ("connect", "connect_ex"):
        patch.setattr(socket.socket, method, _guarded(getattr(socket.socket, method)))
    look_up = socket.getaddrinfo

    def local_names(host: Any, *args: Any, **kwargs: Any) -> Any:
        if host not in LOCAL:
            raise NetworkCutError(f"a test asked for the address of {host!r}")
        return look_up(host, *args, **kwargs)

    patch.setattr(socket, "getaddrinfo", local_names)
    yield
    patch.undo()


def _guarded(connect: Callable[..., Any]) -> Callable[..., Any]:
    def guarded(self: socket.socket, address: Any) -> Any:
        if self.family != socket.AF_UNIX and address[0] not in LOCAL:
            raise NetworkCutError(f"a test connected to {address!r}")
        return connect(self, address)

    return guarded


@pytest.fixture(scope="session")
def installed(django_db_blocker: Any) -> Iterator[Path]:
    """The data folder, with server, roles, tables and cache table as a real installation has them."""
    from hueandcry.project import database as wiring
    from hueandcry.project import installation, postgres

    _adopt_folder()
    external = wiring.external()
    server = None if external else postgres.start(DATA, fast=True)
    try:
        wiring.prepare_installation(DATA, server)
        with django_db_blocker.unblock():
            installation.migrate()
            _empty_tables()
        yield DATA
    finally:
        with django_db_blocker.unblock():
            _close_connections()
        if server is not None:
            _superuser().close()
            server.stop()


@pytest.fixture
def database(installed: Path, django_db_blocker: Any) -> Iterator[Path]:
    """The tables, empty but for the two fixed principals; emptied again afterwards. Gives the data folder."""
    from django.core.cache import cache
    from django.db import connection

    with django_db_blocker.unblock():
        yield installed
        left_open = connection.in_atomic_block
        if left_open:
            _close_connections()  # its locks would make the emptying wait for ever
        _empty_tables()
        cache.close()
    shutil.rmtree(installed / "audit", ignore_errors=True)  # the heads of a chain that is gone
    assert not left_open, "the test left a transaction open"


def _adopt_folder() -> None:
    """Point settings that were read too early at the session's folder. No connection has been made by then.

    pytest-django reads them before any conftest.py; with `-p tests.folder` they are right from the start.
    """
    from django.conf import settings
    from django.db import connections

    from hueandcry.project import database as wiring
    from hueandcry.project import folder

    settings.DATA = DATA
    settings.SECRET_KEY = folder.secret("django")
    databases = wiring.django_databases(DATA, with_owner=True)
    settings.DATABASES = databases
    connections.__dict__.pop("settings", None)
    connections._settings = databases
    for alias in ("default", "owner"):
        if hasattr(connections._connections, alias):
            delattr(connections._connections, alias)


def _empty_tables() -> None:
    """As after the migrations: real commits are undone by hand.

    On our own server as its superuser, with no trigger: rows go one by one, in any order. Truncating organisations
    truncates each table that names one, some fifty files made anew after each test, which takes ten times as long.
    """
    from django.db import connections, transaction

    from hueandcry.project import database as wiring

    if wiring.external():
        with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '20s'")
            if filled := _filled(cursor):
                cursor.execute(f"TRUNCATE {', '.join(filled)} CASCADE")
            _reset(cursor)
        return
    with _superuser().transaction(), _superuser().cursor() as direct:
        direct.execute("SET LOCAL lock_timeout = '20s'")
        direct.execute("SET LOCAL session_replication_role = replica")
        for table in _filled(direct):
            direct.execute(f"DELETE FROM {table}".encode())  # noqa: S608
        _reset(direct)


@cache
def _superuser() -> psycopg.Connection[Any]:
    """One connection for all of a session's emptying: each new one costs what the emptying does."""
    from django.conf import settings

    from hueandcry.project import postgres

    return psycopg.connect(postgres.superuser_dsn(DATA, settings.DATABASES["owner"]["NAME"]), autocommit=True)


def _filled(cursor: Any) -> list[str]:
    """Tables that hold rows, quoted."""
    cursor.execute(
        "SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace"
        " AND c.relkind = 'r' AND NOT c.relname = ANY (%s) AND pg_relation_size(c.oid) > 0",
        [sorted(KEPT)],
    )
    tables = [row[0] for row in cursor.fetchall()]
    if not tables:
        return []
    cursor.execute(" UNION ALL ".join(f"SELECT '{t}' WHERE EXISTS (SELECT 1 FROM \"{t}\")" for t in tables))  # noqa: S608
    return [f'"{row[0]}"' for row in cursor.fetchall()]


def _reset(cursor: Any) -> None:
    cursor.execute("DELETE FROM members_principal WHERE id > 2")
    cursor.execute(
        "UPDATE audit_head SET position = 0, digest = decode(repeat('00', 32), 'hex'), horizon = '0'"
        " WHERE position <> 0 OR horizon <> '0'"
    )


def _close_connections() -> None:
    from django.db import connections

    connections.close_all()
