"""The user the embedded database runs as. PostgreSQL refuses to run as root, and rightly so."""

import logging
import os
import pwd
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from hueandcry.project.folder import SetupError

log = logging.getLogger(__name__)

NAME = "hueandcry-db"
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}  # nothing of ours: it may hold secrets


class UserError(SetupError):
    """The database's user is lacking, or cannot reach what it has to; the message says what to do."""


@dataclass(frozen=True)
class SystemUser:
    """A user of this machine; `other` where that is not the one we run as ourselves."""

    name: str
    uid: int
    gid: int
    other: bool

    def run(self, command: Sequence[str], *, cwd: Path = Path("/")) -> subprocess.CompletedProcess[str]:
        """Run a program to its end as this user, with no rights of ours, and give what it said."""
        return subprocess.run(  # noqa: S603 a list of words, no shell
            list(command),
            cwd=cwd,
            env=ENVIRONMENT,
            capture_output=True,
            text=True,
            check=False,
            umask=0o077,
            user=self.uid if self.other else None,
            group=self.gid if self.other else None,
            extra_groups=[] if self.other else None,
        )

    def spawn(self, command: Sequence[str], *, cwd: Path, output: IO[bytes]) -> subprocess.Popen[bytes]:
        """Start a program as this user, in a session of its own: Ctrl-C on our terminal is not for it."""
        return subprocess.Popen(  # noqa: S603 a list of words, no shell
            list(command),
            cwd=cwd,
            env=ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            umask=0o077,
            user=self.uid if self.other else None,
            group=self.gid if self.other else None,
            extra_groups=[] if self.other else None,
        )

    def can_run(self, program: Path) -> bool:
        """Whether this user reaches that program and may run it."""
        return self.run(["/bin/sh", "-c", 'test -x "$1"', "sh", str(program)]).returncode == 0

    def require_way(self, place: Path, what: str) -> None:
        """Raise UserError where this user cannot enter `place`, naming the folder that is closed."""
        if self.run(["/bin/sh", "-c", 'cd "$1"', "sh", str(place)]).returncode == 0:
            return
        ways = [*reversed(place.parents), place]
        closed = next((way for way in ways if not self.can_run(way)), place)
        raise UserError(
            f"The database runs as the user {self.name} and cannot reach {what} in {place}: {closed} is closed to it. "
            f"Choose a data folder that it can reach, for instance HUEANDCRY_DATA=/var/lib/hueandcry, "
            f"or run as an ordinary user. (Nothing is opened for you: others could walk in too.)"
        )

    def own(self, path: Path) -> None:
        """Make this user the owner of something we made."""
        if self.other:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)

    def own_all(self, folder: Path) -> None:
        """Make this user the owner of a whole cluster, where it came from a backup or another machine."""
        if not self.other or folder.stat().st_uid == self.uid:
            return
        for path in (*folder.rglob("*"), folder):  # the folder last: half done is done again
            self.own(path)


def server_user() -> SystemUser:
    """The user the server runs as: ourselves; for root a system user of its own, made where absent.

    Raises UserError where there is no such user and none can be made.
    """
    if os.geteuid() != 0:
        return SystemUser(str(os.geteuid()), os.geteuid(), os.getegid(), other=False)
    entry = _entry(NAME) or _add(NAME)
    if entry is None:
        entry = _entry("nobody")
        log.warning("There is no useradd to make the user %s: the database runs as nobody.", NAME)
    if entry is None or entry.pw_uid == 0:
        raise UserError(f"PostgreSQL does not run as root. Add a system user called {NAME}, or run as another user.")
    return SystemUser(entry.pw_name, entry.pw_uid, entry.pw_gid, other=True)


def _entry(name: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None


def _add(name: str) -> pwd.struct_passwd | None:
    """Make the system user, without home, shell or password. None where this machine has no useradd."""
    useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    if useradd is None:
        return None
    words = ["--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent", "--shell", "/bin/false"]
    done = subprocess.run([useradd, *words, name], capture_output=True, text=True, check=False)  # noqa: S603 fixed words
    if done.returncode and _entry(name) is None:  # another process may have been quicker
        raise UserError(f"The system user {name} could not be made: {done.stderr.strip()}")
    return _entry(name)
