"""The database's roles, and how this installation connects.

Four roles carry the design's rule of who sees what, named after the database so that several share a cluster:
    <database>_owner    migrates; owns what is in the schema
    <database>_app      web and workers; row-level security binds it
    <database>_blind    nobody's login; owns the few functions that look across audiences
    <database>_linker   nobody's login; what the application turns into (SET ROLE) to link across audiences
The embedded server gets all of them from us. With DATABASE_URL that login makes them, or the message tells what an
administrator has to run; with DATABASE_APP_URL the application has a login of its own, a member of <database>_app.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from hueandcry.project import cluster, postgres
from hueandcry.project.roles import (
    DatabaseError,
    Roles,
    one,
    password_of,
    role_steps,
    roles_of,
    run,
)

DATABASE = "hueandcry"
OLDEST = 150000  # PostgreSQL 15, as the server itself writes it
FIXED = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD", "dbname": "NAME"}


@dataclass(frozen=True)
class Urls:
    """Entries for Django's DATABASES: `owner` migrates, `app` does everything else."""

    owner: dict[str, Any]
    app: dict[str, Any]


class Connection(Protocol):
    """What psycopg and Django give alike."""

    def cursor(self) -> Any:
        """A cursor, as a context manager."""


def external() -> bool:
    """Whether the database is one of the operator's, not the embedded one."""
    return bool(os.environ.get("DATABASE_URL") or os.environ.get("DATABASE_APP_URL"))


def may_migrate() -> bool:
    """Whether this process has the owner's login: not where DATABASE_APP_URL stands alone."""
    return bool(os.environ.get("DATABASE_URL")) or not external()


def urls(folder: Path, database: str = DATABASE) -> Urls:
    """How to connect, from DATABASE_URL and DATABASE_APP_URL, else to the embedded server of this data folder.

    With DATABASE_APP_URL alone, `owner` is the same login: enough to run, not to migrate.
    """
    if not external():
        names, host = roles_of(database), str(cluster.socket_folder(folder))
        owner, app = (
            {
                "host": host,
                "port": cluster.PORT,
                "dbname": database,
                "user": name,
                "password": password_of(name, folder),
            }
            for name in (names.owner, names.app)
        )
        return Urls(_entry(owner), _entry(app))
    given = os.environ.get("DATABASE_APP_URL", "")
    admin = os.environ.get("DATABASE_URL", "")
    if not admin:
        return Urls(_entry(_parse("DATABASE_APP_URL", given)), _entry(_parse("DATABASE_APP_URL", given)))
    owner = _parse("DATABASE_URL", admin)
    names = roles_of(str(owner["dbname"]))
    app = {**owner, "user": names.app, "password": password_of(names.app, folder)}
    # What the migrations make then belongs to the owner role, whichever login runs them.
    owner["options"] = f"{owner.get('options') or ''} -c role={names.owner}".strip()
    return Urls(_entry(owner), _entry(_parse("DATABASE_APP_URL", given) if given else app))


def django_databases(folder: Path, *, with_owner: bool = False) -> dict[str, dict[str, Any]]:
    """Django's DATABASES: `default` is the application's login; `owner` is there only for a process that migrates."""
    both = urls(folder)
    return {"default": both.app, **({"owner": both.owner} if with_owner else {})}


def prepare_installation(folder: Path, server: postgres.Server | None) -> Roles:
    """Make the database and roles this installation needs, where they lack. `server` is the embedded one, if used.

    Raises DatabaseError. With DATABASE_APP_URL alone there is nothing we could make.
    """
    if server is not None:
        return prepare(server.dsn(), DATABASE, folder=folder, create=True)
    app = os.environ.get("DATABASE_APP_URL", "")
    admin = os.environ.get("DATABASE_URL", "")
    if not admin:
        return roles_of(str(_parse("DATABASE_APP_URL", app)["dbname"]))
    database = str(_parse("DATABASE_URL", admin)["dbname"])
    login = str(_parse("DATABASE_APP_URL", app)["user"]) if app else None
    return prepare(admin, database, folder=folder, app_login=login)


def prepare(admin: str, database: str, *, folder: Path, create: bool = False, app_login: str | None = None) -> Roles:
    """Make the four roles of `database` and their rights, where they lack; run again, it changes nothing.

    `admin` (libpq string or URL) is a superuser, or owns the database and may create roles. `create` makes the
    database as well and lets the owner role sign in (the embedded server). `app_login` names a login that stands
    ready for the application. Passwords come from the data folder's secrets. Raises DatabaseError, with the
    statements for an administrator where the login may not do it.
    """
    names = roles_of(database)
    if create:
        with _connect(make_conninfo(admin, dbname="postgres")) as conn:
            _hold(conn, database)
            steps = role_steps(conn, names, folder, owner_signs_in=True, app_login=None)
            run(conn, database, names, steps, rights=False)
            if not one(conn, "SELECT count(*) FROM pg_database WHERE datname = %s", database):
                make = "CREATE DATABASE {} OWNER {} TEMPLATE template0"
                conn.execute(sql.SQL(make).format(sql.Identifier(database), sql.Identifier(names.owner)))
    with _connect(make_conninfo(admin, dbname=database)) as conn:
        _hold(conn, database)
        _require_version(conn)
        steps = [] if create else role_steps(conn, names, folder, owner_signs_in=False, app_login=app_login)
        run(conn, database, names, steps, rights=True)
    return names


def own_by_blind(function: str, blind: str) -> str:
    """The SQL, for a migration, that gives a function (with its argument types) to the blind role.

    The new owner of a function has to be allowed to create in its schema; it is, for that moment only.
    """
    role = f'"{blind}"'
    return (
        f"GRANT CREATE ON SCHEMA public TO {role}; "
        f"ALTER FUNCTION {function} OWNER TO {role}; "
        f"REVOKE CREATE ON SCHEMA public FROM {role};"
    )


def check_app_login(conn: Connection) -> None:
    """Raise DatabaseError unless row-level security binds this login, whatever it may turn itself into.

    It must be neither superuser nor BYPASSRLS, nor be able to become such a role, own no table, and the server has
    to be PostgreSQL 15 or later.
    """
    with conn.cursor() as cursor:
        cursor.execute("""
            SELECT session_user, current_setting('server_version_num')::int,
                (SELECT string_agg(rolname, ', ') FROM pg_roles
                  WHERE (rolsuper OR rolbypassrls OR rolcreaterole) AND pg_has_role(session_user, oid, 'MEMBER')),
                (SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                  WHERE relkind IN ('r', 'p') AND nspname !~ '^(pg_(catalog|toast|temp)|information_schema)'
                    AND pg_has_role(session_user, relowner, 'MEMBER')),
                (SELECT string_agg(rolname, ', ') FROM pg_roles
                  WHERE rolname IN (current_database() || '_owner', current_database() || '_blind')
                    AND pg_has_role(session_user, oid, 'MEMBER'))
        """)
        login, version, mighty, owned, forbidden = cursor.fetchone()
    if version < OLDEST:
        raise DatabaseError(f"The database is PostgreSQL {version // 10000}; 15 or later is needed.")
    advice = f"Connect as the application's own login (<database>_app), not as {login}; `hueandcry doctor` shows how."
    if mighty:
        raise DatabaseError(f"The login {login} is, or can become, {mighty}, which sees every row. {advice}")
    if owned:
        raise DatabaseError(f"The login {login} owns {owned} tables and could lift their protection. {advice}")
    if forbidden:
        raise DatabaseError(f"The login {login} can become {forbidden}. {advice}")


def _parse(name: str, url: str) -> dict[str, Any]:
    try:
        parts = {key: value for key, value in conninfo_to_dict(url).items() if value is not None}
    except psycopg.ProgrammingError:
        raise DatabaseError(f"{name} is not of the form postgresql://user:password@host:port/database.") from None
    missing = [what for what in ("user", "dbname") if not parts.get(what)]
    if missing:
        raise DatabaseError(
            f"{name} names no {' and no '.join(missing)}: postgresql://user:password@host:port/database."
        )
    return parts


def _entry(parts: dict[str, Any]) -> dict[str, Any]:
    """A libpq connection as an entry of Django's DATABASES."""
    return {
        "ENGINE": "django.db.backends.postgresql",
        **{django: str(parts.get(libpq, "")) for libpq, django in FIXED.items()},
        "OPTIONS": {key: value for key, value in parts.items() if key not in FIXED},
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }


def _connect(dsn: str) -> psycopg.Connection[tuple[Any, ...]]:
    try:
        return psycopg.connect(dsn, autocommit=True, connect_timeout=15)
    except psycopg.OperationalError as error:
        raise DatabaseError(f"The database cannot be reached: {str(error).strip()}") from error


def _hold(conn: psycopg.Connection[tuple[Any, ...]], database: str) -> None:
    """One at a time: two commands may start at once. Given back as the connection closes."""
    one(conn, "SELECT pg_advisory_lock(hashtext('hueandcry prepare ' || %s))", database)


def _require_version(conn: psycopg.Connection[tuple[Any, ...]]) -> None:
    if conn.info.server_version < OLDEST:
        raise DatabaseError(f"The database is PostgreSQL {conn.info.server_version // 10000}; 15 or later is needed.")
