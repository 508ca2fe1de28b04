"""The roles and their rights, on the embedded PostgreSQL 18 and on Debian's 15."""

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from hueandcry.project import database, folder, postgres, system_user

DEBIAN = Path("/usr/lib/postgresql/15/bin")
needs_15 = pytest.mark.skipif(
    not (DEBIAN / "initdb").exists() or not (DEBIAN / "postgres").exists(),
    reason="PostgreSQL 15 is not installed (apt-get install postgresql-15; .ci/run does)",
)


@pytest.fixture(scope="module")
def debian() -> Iterator[str]:
    """A cluster of Debian's PostgreSQL 15: how its superuser connects."""
    place = Path(tempfile.mkdtemp(prefix="hc-"))
    place.chmod(0o755)
    user = system_user.server_user()
    for made in (place / "socket", place / "home"):
        made.mkdir(mode=0o700)
        user.own(made)
    (place / "password").write_text("superuser's")
    user.own(place / "password")
    data = place / "home" / "data"
    initdb = [str(DEBIAN / "initdb"), "-D", str(data), "-U", "postgres", f"--pwfile={place / 'password'}"]
    done = user.run([*initdb, "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-sync"], cwd=place)
    assert done.returncode == 0, done.stderr
    run = [str(DEBIAN / "postgres"), "-D", str(data), "-c", "listen_addresses=", "-c", "fsync=off"]
    dsn = make_conninfo(host=str(place / "socket"), user="postgres", password="superuser's", dbname="postgres")
    with (place / "log").open("wb") as log:
        server = user.spawn([*run, "-c", f"unix_socket_directories={place / 'socket'}"], cwd=data, output=log)
    for _ in range(200):
        try:
            psycopg.connect(dsn).close()
            break
        except psycopg.OperationalError:
            time.sleep(0.05)
    yield dsn
    server.terminate()
    server.wait(30)
    shutil.rmtree(place)


@pytest.fixture(params=["18", pytest.param("15", marks=needs_15)])
def superuser(request: pytest.FixtureRequest) -> str:
    """How the superuser of a foreign server connects: one of each version."""
    if request.param == "15":
        return str(request.getfixturevalue("debian"))
    server: postgres.Server = request.getfixturevalue("server")
    return server.dsn()


@pytest.fixture
def foreign(superuser: str) -> Iterator[Callable[[str], str]]:
    """Makes a database of the operator's, owned by a login with the given attributes; gives that login's string."""
    made: list[str] = []

    def make(attributes: str) -> str:
        name = f"alliance{len(made)}"
        made.append(name)
        with psycopg.connect(superuser, autocommit=True) as conn:
            conn.execute(f"CREATE ROLE {name}_operator LOGIN PASSWORD 'theirs' {attributes}".encode())
            conn.execute(f"CREATE DATABASE {name} OWNER {name}_operator".encode())
        return make_conninfo(superuser, user=f"{name}_operator", password="theirs", dbname=name)

    yield make
    with psycopg.connect(superuser, autocommit=True) as conn:
        for name in made:
            conn.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())
            left = "SELECT rolname FROM pg_roles WHERE rolname LIKE %s OR rolname = 'ready_login'"
            for (role,) in conn.execute(left, [f"{name}\\_%"]).fetchall():
                conn.execute(f"DROP OWNED BY {role}".encode())
                conn.execute(f"DROP ROLE {role}".encode())


def connect(entry: dict[str, object]) -> psycopg.Connection[tuple[object, ...]]:
    """Connect as Django would."""
    names = {"HOST": "host", "PORT": "port", "USER": "user", "PASSWORD": "password", "NAME": "dbname"}
    words = {libpq: entry[django] or None for django, libpq in names.items()}
    options = entry["OPTIONS"]
    assert isinstance(options, dict)
    return psycopg.connect(make_conninfo(**words, **options), autocommit=True)  # type: ignore[arg-type]


def as_url(dsn: str) -> str:
    part = conninfo_to_dict(dsn)
    return f"postgresql://{part['user']}:{part['password']}@/{part['dbname']}?host={part['host']}"


def prove(urls: database.Urls, names: database.Roles) -> None:
    """What the design asks of the four roles, tried out."""
    with connect(urls.owner) as owner, connect(urls.app) as app:
        owner.execute("CREATE TABLE report (id bigserial PRIMARY KEY, seen_by text)")
        owner.execute("ALTER TABLE report ENABLE ROW LEVEL SECURITY")
        owner.execute("ALTER TABLE report FORCE ROW LEVEL SECURITY")
        owner.execute(f"CREATE POLICY migrating ON report TO {names.owner} USING (true)".encode())
        owner.execute(f"CREATE POLICY looking ON report FOR SELECT TO {names.blind} USING (true)".encode())
        seen = "seen_by = current_setting('hc.viewer', true)"
        owner.execute(f"CREATE POLICY viewing ON report TO {names.app} USING ({seen}) WITH CHECK (true)".encode())
        owner.execute(f"GRANT SELECT ON report TO {names.blind}".encode())
        body = (
            "LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public AS 'SELECT count(*) FROM public.report'"
        )
        owner.execute(f"CREATE FUNCTION hits() RETURNS bigint {body}".encode())
        owner.execute(database.own_by_blind("hits()", names.blind).encode())
        assert owner.execute("SELECT tableowner FROM pg_tables WHERE tablename = 'report'").fetchone() == (names.owner,)

        app.execute("INSERT INTO report (seen_by) VALUES ('bank'), ('police')")
        assert app.execute("SELECT count(*) FROM report").fetchone() == (0,), "no viewer, nothing seen"
        app.execute("SELECT set_config('hc.viewer', 'bank', false)")
        assert app.execute("SELECT count(*) FROM report").fetchone() == (1,)
        assert app.execute("SELECT hits()").fetchone() == (2,), "the blind function counts all"
        changed = owner.execute("UPDATE report SET seen_by = upper(seen_by)").rowcount
        assert changed == 2, "a migration changes every row"

        database.check_app_login(app)
        for forbidden in ("CREATE TABLE mine (n int)", f"SET ROLE {names.owner}", f"SET ROLE {names.blind}"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute(forbidden.encode())
        for forbidden in ("ALTER TABLE report DISABLE ROW LEVEL SECURITY", "DROP TABLE report", "TRUNCATE report"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute(forbidden.encode())
        with pytest.raises(database.DatabaseError):
            database.check_app_login(owner)
        # the blind role may create in the schema no longer
        assert owner.execute("SELECT has_schema_privilege(%s, 'public', 'CREATE')", [names.blind]).fetchone() == (
            False,
        )


def facts(dsn: str) -> list[tuple[object, ...]]:
    """Everything `prepare` may touch, but for the passwords."""
    with psycopg.connect(dsn) as conn:
        queries = (
            b"SELECT rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolcanlogin FROM pg_roles ORDER BY 1",
            b"SELECT roleid::regrole::text, member::regrole::text, grantor::regrole::text FROM pg_auth_members"
            b" ORDER BY 1, 2, 3",
            b"SELECT nspacl::text FROM pg_namespace WHERE nspname = 'public'",
            b"SELECT datacl::text FROM pg_database WHERE datname = current_database()",
            b"SELECT defaclrole::regrole::text, defaclobjtype, defaclacl::text FROM pg_default_acl ORDER BY 1, 2",
        )
        return [row for query in queries for row in conn.execute(query).fetchall()]


def test_embedded(server: postgres.Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("DATABASE_APP_URL", raising=False)
    names = database.prepare_installation(server.folder, server)
    assert names == database.Roles("hueandcry_owner", "hueandcry_app", "hueandcry_blind", "hueandcry_linker")
    prove(database.urls(server.folder), names)
    before = facts(server.dsn("hueandcry"))
    assert database.prepare_installation(server.folder, server) == names
    assert facts(server.dsn("hueandcry")) == before, "a second time changes nothing"
    with (
        psycopg.connect(server.dsn("hueandcry")) as conn,
        pytest.raises(database.DatabaseError, match="sees every row"),
    ):
        conn.execute(f"SET ROLE {names.app}".encode())
        database.check_app_login(conn)  # SET ROLE is not enough: it can be undone


def test_a_lost_secret_is_replaced(server: postgres.Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    database.prepare(server.dsn(), "lost", folder=server.folder, create=True)
    (server.folder / "secrets" / "role-lost_app").unlink()
    database.prepare(server.dsn(), "lost", folder=server.folder, create=True)
    connect(database.urls(server.folder, "lost").app).close()


@pytest.mark.parametrize("attributes", ["SUPERUSER", "CREATEROLE"])
def test_with_a_database_of_the_operators(
    attributes: str, foreign: Callable[[str], str], place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dsn = foreign(attributes)
    monkeypatch.setenv("DATABASE_URL", as_url(dsn))
    monkeypatch.delenv("DATABASE_APP_URL", raising=False)
    names = database.prepare_installation(place, None)
    before = facts(dsn)
    database.prepare_installation(place, None)
    assert facts(dsn) == before, "a second time changes nothing"
    prove(database.urls(place), names)


def test_what_the_login_may_not_do_is_said_in_words_that_work(
    foreign: Callable[[str], str], superuser: str, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dsn = foreign("NOCREATEROLE")
    monkeypatch.setenv("DATABASE_URL", as_url(dsn))
    monkeypatch.delenv("DATABASE_APP_URL", raising=False)
    with pytest.raises(database.DatabaseError, match="administrator") as refused:
        database.prepare_installation(place, None)
    statements = [line.strip() for line in str(refused.value).splitlines() if line.startswith("    ")]
    assert database.urls(place).app["PASSWORD"] not in str(refused.value)
    with psycopg.connect(make_conninfo(superuser, dbname=conninfo_to_dict(dsn)["dbname"])) as conn:
        for statement in statements:
            conn.execute(statement.encode())
    prove(database.urls(place), database.prepare_installation(place, None))


def test_with_a_ready_login_for_the_application(
    foreign: Callable[[str], str], superuser: str, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dsn = foreign("CREATEROLE")
    with psycopg.connect(superuser, autocommit=True) as conn:
        conn.execute("CREATE ROLE ready_login LOGIN PASSWORD 'ready'")
    ready = as_url(make_conninfo(dsn, user="ready_login", password="ready"))
    monkeypatch.setenv("DATABASE_URL", as_url(dsn))
    monkeypatch.setenv("DATABASE_APP_URL", ready)
    names = database.prepare_installation(place, None)
    urls = database.urls(place)
    assert urls.app["USER"] == "ready_login"
    prove(urls, names)
    monkeypatch.delenv("DATABASE_URL")
    assert database.prepare_installation(place, None) == names, "no owner's rights are needed to run"
    assert database.urls(place).owner["USER"] == "ready_login"


@pytest.mark.parametrize("attribute", ["SUPERUSER", "BYPASSRLS", "CREATEROLE"])
def test_a_login_that_row_level_security_does_not_bind_is_refused(
    attribute: str, foreign: Callable[[str], str]
) -> None:
    with psycopg.connect(foreign(attribute)) as conn, pytest.raises(database.DatabaseError, match="can become"):
        database.check_app_login(conn)


def test_an_old_server_is_refused() -> None:
    class Old:
        def cursor(self) -> "Old":
            return self

        def __enter__(self) -> "Old":
            return self

        def __exit__(self, *_: object) -> None: ...

        def execute(self, _: str) -> None: ...

        def fetchone(self) -> tuple[object, ...]:
            return ("app", 140012, None, 0, None)

    with pytest.raises(database.DatabaseError, match=r"PostgreSQL 14; 15 or later"):
        database.check_app_login(Old())


def test_a_url_in_all_its_parts(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://ada:p%40ss@db.example:6432/alliance?sslmode=verify-full")
    monkeypatch.delenv("DATABASE_APP_URL", raising=False)
    urls = database.urls(place)
    assert urls.owner["HOST"] == urls.app["HOST"] == "db.example"
    assert urls.owner["PORT"] == urls.app["PORT"] == "6432"
    assert (urls.owner["USER"], urls.owner["PASSWORD"]) == ("ada", "p@ss")
    assert urls.owner["OPTIONS"] == {"sslmode": "verify-full", "options": "-c role=alliance_owner"}
    assert urls.app["USER"] == "alliance_app"
    assert urls.app["OPTIONS"] == {"sslmode": "verify-full"}
    assert len(urls.app["PASSWORD"]) == 64
    assert set(database.django_databases(place)) == {"default"}
    assert set(database.django_databases(place, with_owner=True)) == {"default", "owner"}


@pytest.mark.parametrize(
    "url", ["mysql://a@b/c", "postgresql://host/db", "postgresql://user@host", "postgresql://user@host/a%27b", "??"]
)
def test_a_bad_url_is_refused_without_repeating_it(url: str, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    with pytest.raises(database.DatabaseError) as refused:
        database.urls(place)
    assert url not in str(refused.value)


def test_a_server_that_is_not_there_is_said(place: Path) -> None:
    dsn = make_conninfo(host=str(place), user="ada", dbname="alliance")
    with pytest.raises(database.DatabaseError, match="cannot be reached"):
        database.prepare(dsn, "alliance", folder=folder.adopt(place))
