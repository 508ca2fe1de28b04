"""What makes the four roles and their rights: each step a question to the database and the statement if it says no.

The same statements are run by us, or shown to an administrator where our login may not run them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from hueandcry.project.folder import SetupError, secret

Connection = psycopg.Connection[tuple[Any, ...]]
SELF_GRANT_SINCE = 160000  # from PostgreSQL 16 on membership and the right to SET ROLE are two things


class DatabaseError(SetupError):
    """The database or a login cannot be used as it is; the message says what to do."""


@dataclass(frozen=True)
class Roles:
    """The names of the four roles of one database."""

    owner: str
    app: str
    blind: str
    linker: str


def roles_of(database: str) -> Roles:
    """The names of the roles of that database. Raises DatabaseError where the name leaves no room for them."""
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_-]{0,49}", database):
        raise DatabaseError(f"The database is called {database!r}: letters, figures, _ and - only, 50 at most.")
    return Roles(f"{database}_owner", f"{database}_app", f"{database}_blind", f"{database}_linker")


def password_of(role: str, folder: Path) -> str:
    """The password of a role: a secret of the data folder, called after it."""
    return secret("role-" + re.sub(r"[^a-z0-9_-]", "-", role.lower()), folder=folder)


# Rights inside the database: a question that is answered with true where all is well, and the statement where not.
RIGHTS = (
    # First, while our login acts as the schema's owner: as a member of a role with grant options it acts as that one,
    # and takes back that one's grants only.
    (
        "NOT EXISTS (SELECT FROM pg_namespace, aclexplode(nspacl) WHERE nspname = 'public' AND grantee = 0)",
        "REVOKE ALL ON SCHEMA public FROM PUBLIC",
    ),
    (
        "has_schema_privilege({owner_}, 'public', 'CREATE WITH GRANT OPTION')"
        " AND has_schema_privilege({owner_}, 'public', 'USAGE WITH GRANT OPTION')",
        "GRANT ALL ON SCHEMA public TO {owner} WITH GRANT OPTION",
    ),
    (
        "has_schema_privilege({app_}, 'public', 'USAGE') AND has_schema_privilege({blind_}, 'public', 'USAGE')"
        " AND has_schema_privilege({linker_}, 'public', 'USAGE')",
        "GRANT USAGE ON SCHEMA public TO {app}, {blind}, {linker}",
    ),
    (
        "has_database_privilege({owner_}, current_database(), 'CREATE')",
        "GRANT ALL ON DATABASE {database} TO {owner}",
    ),
    (
        "has_database_privilege({app_}, current_database(), 'CONNECT')"
        " AND has_database_privilege({app_}, current_database(), 'TEMPORARY')",
        "GRANT CONNECT, TEMPORARY ON DATABASE {database} TO {app}",
    ),
    # What the owner makes, the application may use; migrations take back what it must not touch, such as the audit.
    (
        "(SELECT count(*) = 4 FROM pg_default_acl, aclexplode(defaclacl) WHERE defaclrole = {owner_id}"
        " AND defaclnamespace = 'public'::regnamespace AND defaclobjtype = 'r' AND grantee = {app_id}"
        " AND privilege_type IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE'))",
        "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA public"
        " GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {app}",
    ),
    (
        "(SELECT count(*) = 1 FROM pg_default_acl, aclexplode(defaclacl) WHERE defaclrole = {owner_id}"
        " AND defaclnamespace = 'public'::regnamespace AND defaclobjtype = 'S' AND grantee = {app_id}"
        " AND privilege_type = 'USAGE')",
        "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA public GRANT USAGE ON SEQUENCES TO {app}",
    ),
)


def one(conn: Connection, question: str | sql.Composable, *values: object) -> Any:
    """The first value of the first row."""
    query = question.encode() if isinstance(question, str) else question.as_string(conn).encode()
    row = conn.execute(query, values or None).fetchone()
    return row[0] if row else None


def role_steps(
    conn: Connection, names: Roles, folder: Path, *, owner_signs_in: bool, app_login: str | None
) -> list[sql.Composed]:
    """The statements that make the roles and their memberships, as far as they lack."""
    steps = [
        *_role(conn, names.owner, folder, signs_in=owner_signs_in),
        *_role(conn, names.app, folder, signs_in=app_login is None),
        *_role(conn, names.blind, folder, signs_in=False),
        *_role(conn, names.linker, folder, signs_in=False),
        *_membership(conn, names.blind, names.owner),
        # What inherits nothing has to say SET ROLE before it is the linker: no forgotten filter does that by accident.
        *_inherits_nothing(conn, names.app),
        *_membership(conn, names.linker, names.app),
    ]
    if not owner_signs_in:
        steps += _membership(conn, names.owner, str(one(conn, "SELECT session_user")))
    if app_login is not None and app_login != names.app:
        steps += _membership(conn, names.app, app_login)
    return steps


def right_steps(database: str, names: Roles, conn: Connection | None = None) -> Iterator[sql.Composed]:
    """The statements that give the roles their rights: with a connection those that lack, each asked for in turn."""
    words: dict[str, sql.Composable] = {"database": sql.Identifier(database)}
    for role in ("owner", "app", "blind", "linker"):
        name = str(getattr(names, role))
        words[role] = sql.Identifier(name)
        words[f"{role}_"] = sql.Literal(name)
        # regrole reads its text as SQL does: without quotes capitals are lost
        words[f"{role}_id"] = sql.SQL("{}::regrole").format(sql.Literal(f'"{name}"'))
    for question, statement in RIGHTS:
        if conn is None or not one(conn, sql.SQL("SELECT " + question).format(**words)):
            yield sql.SQL(statement).format(**words)


def run(conn: Connection, database: str, names: Roles, steps: list[sql.Composed], *, rights: bool) -> None:
    """Run the steps, and then, if asked, those of the rights that lack: all or nothing.

    Raises DatabaseError, with every statement in words, where this login may not run them.
    """
    try:
        with conn.transaction():
            for step in steps:
                conn.execute(step)
            for step in right_steps(database, names, conn) if rights else ():
                conn.execute(step)
            # A GRANT that one may not make can end with a mere warning: so ask again.
            for step in right_steps(database, names, conn) if rights else ():
                raise psycopg.errors.InsufficientPrivilege(f"no right to {step.as_string(conn)}")
    except psycopg.errors.InsufficientPrivilege as error:
        said = "\n".join(f"    {step.as_string(conn)};" for step in (*steps, *right_steps(database, names)))
        raise DatabaseError(
            f"The login {conn.info.user} may not prepare the database {database}: {str(error).splitlines()[0]}. "
            f"Let an administrator run this in that database, then try again:\n{said}"
        ) from error


def _role(conn: Connection, name: str, folder: Path, *, signs_in: bool) -> Iterator[sql.Composed]:
    """Make a role, or mend its password: the test of it is to sign in."""
    exists = one(conn, "SELECT count(*) FROM pg_roles WHERE rolname = %s", name)
    if not signs_in:
        if not exists:
            yield sql.SQL("CREATE ROLE {} NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE").format(
                sql.Identifier(name)
            )
        return
    password = password_of(name, folder)
    if exists and _signs_in(conn, name, password):
        return
    verifier = conn.pgconn.encrypt_password(password.encode(), name.encode(), b"scram-sha-256").decode()
    start = sql.SQL(
        "ALTER ROLE {} LOGIN" if exists else "CREATE ROLE {} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE"
    )
    # not the password itself: statements are logged by servers, and shown to administrators
    yield start.format(sql.Identifier(name)) + sql.SQL(" PASSWORD {}").format(sql.Literal(verifier))


def _signs_in(conn: Connection, name: str, password: str) -> bool:
    try:
        psycopg.connect(make_conninfo(conn.info.dsn, user=name, password=password, options="")).close()
    except psycopg.OperationalError:
        return False
    return True


def _inherits_nothing(conn: Connection, name: str) -> Iterator[sql.Composed]:
    if not one(conn, "SELECT count(*) FROM pg_roles WHERE rolname = %s AND NOT rolinherit", name):
        yield sql.SQL("ALTER ROLE {} NOINHERIT").format(sql.Identifier(name))


def _membership(conn: Connection, role: str, member: str) -> Iterator[sql.Composed]:
    right = "SET" if conn.info.server_version >= SELF_GRANT_SINCE else "MEMBER"
    both = one(conn, "SELECT count(*) FROM pg_roles WHERE rolname IN (%s, %s)", role, member) == 2
    if not both or not one(conn, "SELECT pg_has_role(%s, %s, %s)", member, role, right):
        yield sql.SQL("GRANT {} TO {}").format(sql.Identifier(role), sql.Identifier(member))
