import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from hueandcry.project import cluster, folder, postgres, system_user

root_only = pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as another user")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def value(server: postgres.Server, query: bytes) -> object:
    with psycopg.connect(server.dsn(), autocommit=True) as conn:
        row = conn.execute(query).fetchone()
        return row[0] if row else None


def processes(data: Path) -> list[int]:
    """The server's processes: all of them work in the cluster's folder."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if (entry / "cwd").samefile(data):
                    found.append(int(entry.name))
            except OSError:
                continue
    return found


def kill_all(data: Path) -> None:
    while pids := processes(data):
        for pid in pids:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        time.sleep(0.01)


def in_another_process(place: Path, statements: str) -> subprocess.Popen[str]:
    code = f"import pathlib; from hueandcry.project import postgres\nplace = pathlib.Path({str(place)!r})\n{statements}"
    return subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def test_it_is_postgresql_18_as_we_want_it(server: postgres.Server) -> None:
    assert str(value(server, b"SHOW server_version")).startswith("18.")
    assert value(server, b"SHOW data_checksums") == "on"
    assert value(server, b"SHOW server_encoding") == "UTF8"
    assert value(server, b"SELECT datlocprovider::text || datlocale FROM pg_database LIMIT 1") == "bC.UTF-8"
    assert (
        value(server, "SELECT upper('\N{LATIN SMALL LETTER E WITH ACUTE}')".encode())
        == "\N{LATIN CAPITAL LETTER E WITH ACUTE}"
    )
    assert value(server, b"SHOW listen_addresses") == "", "no network"


def test_a_wrong_password_is_refused(server: postgres.Server) -> None:
    for wrong in ("wrong", ""):
        with pytest.raises(psycopg.OperationalError, match=r"password"):
            psycopg.connect(make_conninfo(server.dsn(), password=wrong, passfile="/dev/null"))


def test_every_way_in_asks_for_scram(server: postgres.Server) -> None:
    with psycopg.connect(server.dsn()) as conn:
        methods = {row[0] for row in conn.execute("SELECT auth_method FROM pg_hba_file_rules")}
        verifiers = {row[0][:14] for row in conn.execute("SELECT rolpassword FROM pg_authid WHERE rolcanlogin")}
        assert conn.pgconn.used_password
    assert methods == {"scram-sha-256"}
    assert verifiers == {"SCRAM-SHA-256$"}


def test_the_socket_is_closed_to_others(server: postgres.Server) -> None:
    assert mode(server.socket) == 0o700
    assert mode(server.socket / ".s.PGSQL.5432") == 0o700
    assert mode(server.folder / "postgres") == 0o700
    assert mode(server.folder / "postgres" / "data") == 0o700


def test_passwords_and_logs_are_closed_to_others(server: postgres.Server) -> None:
    private = [*(server.folder / "secrets").iterdir(), *(server.folder / "postgres" / "log").iterdir()]
    private += server.folder.glob("postgres.*")
    assert len(private) >= 5
    assert {path.name: mode(path) for path in private if mode(path) != 0o600} == {}
    assert mode(server.folder / "secrets") == 0o700


def test_the_password_is_not_on_the_command_line_nor_in_the_log(server: postgres.Server) -> None:
    password = folder.secret("postgres", folder=server.folder)
    for pid in processes(server.folder / "postgres" / "data"):
        assert password not in Path(f"/proc/{pid}/cmdline").read_text()
    assert not list((server.folder / "postgres").glob("tmp*")), "the file it was handed over in is gone"
    assert password not in postgres.log_tail(server.folder, 10_000)


@root_only
def test_as_root_another_user_runs_it_without_our_environment(
    server: postgres.Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = pwd.getpwnam(system_user.NAME)
    pid = processes(server.folder / "postgres" / "data")[0]
    status = Path(f"/proc/{pid}/status").read_text()
    assert f"Uid:\t{owner.pw_uid}\t{owner.pw_uid}" in status
    assert "Groups:\t \n" in status or f"Groups:\t{owner.pw_gid} \n" in status
    assert set(system_user.ENVIRONMENT) == {"PATH", "LC_ALL", "TZ"}
    assert b"HOME=" not in Path(f"/proc/{pid}/environ").read_bytes()
    assert owner.pw_shell.endswith(("false", "nologin"))


def test_parents_keep_their_modes(place: Path) -> None:
    parent = place / "parent"
    parent.mkdir()
    parent.chmod(0o751)
    data = folder.adopt(parent / "data")
    before = {path: mode(path) for path in (data, *data.parents)}
    wheel = Path(postgres.__file__).parents[2] / ".venv"
    before |= {path: mode(path) for path in (wheel, *wheel.parents) if path.exists()}
    postgres.start(data, fast=True).stop()
    assert {path: mode(path) for path in before} == before


@root_only
def test_a_closed_parent_is_named_and_stays_closed(place: Path) -> None:
    closed = place / "closed"
    closed.mkdir(mode=0o700)
    with pytest.raises(folder.SetupError, match=rf"{closed} is closed .*HUEANDCRY_DATA=/var/lib"):
        postgres.start(folder.adopt(closed / "data"), fast=True)
    assert mode(closed) == 0o700


@root_only
def test_programs_out_of_reach_are_copied_once(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As where the project was cloned into /root."""
    reachable = system_user.SystemUser.can_run
    monkeypatch.setattr(
        system_user.SystemUser, "can_run", lambda self, path: place in path.parents and reachable(self, path)
    )
    data = folder.adopt(place / "data")
    with postgres.start(data, fast=True) as server:
        running = Path(f"/proc/{postgres._postmaster(data)}/exe").readlink()
        assert data / "postgres.programs" in running.parents
        assert str(value(server, b"SHOW server_version")).startswith("18.")
    copied = {path: path.stat().st_mtime_ns for path in (data / "postgres.programs").rglob("*")}
    postgres.start(data, fast=True).stop()
    assert {path: path.stat().st_mtime_ns for path in (data / "postgres.programs").rglob("*")} == copied


def test_after_everything_was_killed_it_starts_and_has_what_was_committed(place: Path) -> None:
    holder = in_another_process(
        place,
        "import psycopg, time\ns = postgres.start(place)\nc = psycopg.connect(s.dsn(), autocommit=True)\n"
        "c.execute('CREATE TABLE kept (n int)'); c.execute('INSERT INTO kept VALUES (7)')\n"
        "print('in', flush=True)\ntime.sleep(60)",
    )
    assert holder.stdout is not None and holder.stdout.readline() == "in\n"
    holder.kill()
    holder.communicate()
    kill_all(place / "postgres" / "data")
    assert (place / "postgres" / "data" / "postmaster.pid").exists()
    assert not postgres.running(place)
    with postgres.start(place) as server:
        assert server.started_here
        assert value(server, b"SELECT n FROM kept") == 7
        assert "redo" in postgres.log_tail(place, 200) or "not properly shut down" in postgres.log_tail(place, 200)


def test_after_the_postmaster_alone_was_killed_it_starts(place: Path) -> None:
    first = postgres.start(place, fast=True)
    with psycopg.connect(first.dsn()):  # this one's process outlives the postmaster for a moment
        pid = postgres._postmaster(place)
        assert pid
        os.kill(pid, signal.SIGKILL)
        with postgres.start(place, fast=True) as again:
            assert again.started_here
            assert value(again, b"SELECT 1") == 1
    first.stop()


def test_a_number_that_another_process_has_by_now_does_not_stop_it(place: Path) -> None:
    postgres.start(place, fast=True).stop()
    user = system_user.server_user()
    bystander = user.spawn(["/bin/sleep", "60"], cwd=Path("/"), output=sys.__stdout__.buffer)
    try:
        stale = place / "postgres" / "data" / "postmaster.pid"
        stale.write_text(f"{bystander.pid}\n{stale.parent}\n1\n5432\n{place}\n\n\n")
        user.own(stale)
        postgres.start(place, fast=True).stop()
        assert bystander.poll() is None, "the bystander lives"
    finally:
        bystander.kill()
        bystander.wait()


def test_two_servers_never_run_on_the_same_data(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process of a killed server that does not notice it keeps the next one out."""
    postgres.start(place, fast=True).stop()
    data = place / "postgres" / "data"
    orphan = system_user.server_user().spawn(["/bin/sleep", "60"], cwd=data, output=sys.__stdout__.buffer)
    monkeypatch.setattr(postgres, "ORPHAN_SECONDS", 0.2)
    try:
        with pytest.raises(folder.SetupError, match=rf"still work in .*{orphan.pid}"):
            postgres.start(place, fast=True)
    finally:
        orphan.kill()
        orphan.wait()
    postgres.start(place, fast=True).stop()


def test_a_cluster_half_made_is_made_again(place: Path) -> None:
    half = place / "postgres" / "data.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18")
    postgres.start(place, fast=True).stop()
    assert not half.exists()


def test_many_starts_at_once_make_one_server_and_the_last_one_out_stops_it(place: Path) -> None:
    folder.adopt(place)
    ask = (
        "s = postgres.start(place, fast=True)\nprint(s.started_here, flush=True)\ninput()\nprint(s.stop(), flush=True)"
    )
    users = [in_another_process(place, ask) for _ in range(3)]
    started = [user.stdout.readline() for user in users if user.stdout]
    assert sorted(started) == ["False\n", "False\n", "True\n"]
    pid = postgres._postmaster(place)
    users.insert(0, users.pop(started.index("True\n")))
    for user in users[:2]:  # the one that started it goes first: the others go on
        assert user.communicate("\n")[0] == "False\n"
        assert postgres._postmaster(place) == pid
        assert postgres.running(place)
    assert users[2].communicate("\n")[0] == "True\n"
    assert not postgres.running(place)


def test_who_forgets_to_stop_it_stops_it_at_the_end(place: Path) -> None:
    forgetful = in_another_process(place, "s = postgres.start(place, fast=True)\nraise SystemExit(0)")
    forgetful.communicate(timeout=60)
    assert processes(place / "postgres" / "data") == []


def test_a_user_that_was_killed_does_not_count(place: Path) -> None:
    killed = in_another_process(place, "s = postgres.start(place, fast=True)\nprint('in', flush=True)\ninput()")
    assert killed.stdout is not None and killed.stdout.readline() == "in\n"
    killed.kill()
    killed.communicate()
    with postgres.start(place, fast=True) as server:
        assert not server.started_here
        assert server.stop()
    assert processes(place / "postgres" / "data") == []


def test_a_path_too_long_for_a_socket(place: Path) -> None:
    data = folder.adopt(place / ("deep" * 30))
    with postgres.start(data, fast=True) as server:
        assert data not in server.socket.parents
        assert len(os.fsencode(server.socket / ".s.PGSQL.5432")) <= cluster.SOCKET_PATH_LIMIT
        assert mode(server.socket) == 0o700
        assert server.socket.stat().st_uid == system_user.server_user().uid
        assert value(server, b"SELECT 1") == 1
    shutil.rmtree(server.socket)


@pytest.mark.parametrize("trap", ["open folder", "link"])
def test_a_socket_folder_that_somebody_else_laid_out_is_refused(trap: str, place: Path) -> None:
    data = folder.adopt(place / ("deep" * 30))
    aside = cluster.socket_folder(data)
    if trap == "link":
        aside.symlink_to(place)
    else:
        aside.mkdir()
        aside.chmod(0o777)
    try:
        with pytest.raises(folder.SetupError, match="Remove it"):
            postgres.start(data, fast=True)
    finally:
        aside.unlink() if trap == "link" else aside.rmdir()


def test_an_error_carries_the_end_of_the_log(place: Path) -> None:
    postgres.start(place, fast=True).stop()
    with (place / "postgres" / "data" / "postgresql.conf").open("a") as file:
        file.write("no_such_setting = 1\n")
    with pytest.raises(folder.SetupError, match="no_such_setting"):
        postgres.start(place, fast=True)


def test_a_lost_password_is_said(place: Path) -> None:
    server = postgres.start(place, fast=True)
    kept = (place / "secrets" / "postgres").read_text()
    (place / "secrets" / "postgres").write_text("another\n")
    try:
        with pytest.raises(folder.SetupError, match="does not accept the password"):
            postgres.start(place, fast=True)
    finally:
        (place / "secrets" / "postgres").write_text(kept)
        assert server.stop()


def test_a_cluster_of_another_version_is_refused_in_words(place: Path) -> None:
    postgres.start(place, fast=True).stop()
    (place / "postgres" / "data" / "PG_VERSION").write_text("17\n")
    with pytest.raises(folder.SetupError, match=r"made by PostgreSQL 17; this installation has 18"):
        postgres.start(place, fast=True)
