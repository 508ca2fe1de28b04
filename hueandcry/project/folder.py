"""The data folder: everything this installation keeps, and the secrets in it. No Django here."""

import os
import secrets as random
from pathlib import Path

DEFAULT_PORT = 8765
MODE_PRIVATE = 0o700
# As root the database runs as a user of its own, who has to walk through the data folder to reach its cluster in it:
# walk, not list. The secrets lie in a folder of mode 0700 besides.
MODE_WALK_THROUGH = 0o711


class SetupError(Exception):
    """Something this installation stands on cannot be used; the message is for the operator and says what to do."""


class FolderError(SetupError):
    """The data folder, or a secret in it, cannot be used; the message says what to do."""


def data_folder() -> Path:
    """The data folder, made where absent: HUEANDCRY_DATA, else /var/lib/hueandcry as root, else the XDG data home.

    Raises FolderError where it cannot be made or belongs to somebody else.
    """
    named = os.environ.get("HUEANDCRY_DATA", "")
    if named:
        return adopt(Path(named).expanduser().absolute())
    if os.geteuid() == 0:
        return adopt(Path("/var/lib/hueandcry"))
    home = os.environ.get("XDG_DATA_HOME", "")  # the XDG rules: a relative path is to be ignored
    return adopt((Path(home) if home.startswith("/") else Path.home() / ".local" / "share") / "hueandcry")


def adopt(folder: Path) -> Path:
    """Make `folder` where absent, closed to others, and give it back. Parents that exist keep their modes.

    A folder that exists is taken as it is, but for an empty one that is our own (what `mktemp -d` gives): it gets
    the mode that a new one would get.
    """
    mode = MODE_WALK_THROUGH if os.geteuid() == 0 else MODE_PRIVATE
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=mode)
        if folder.stat().st_uid == os.geteuid() and not any(folder.iterdir()):
            folder.chmod(mode)
    except OSError as error:
        raise FolderError(
            f"The data folder {folder} cannot be used: {error.strerror}. Name another with HUEANDCRY_DATA."
        ) from error
    return folder


def secret(name: str, nbytes: int = 32, *, folder: Path | None = None) -> str:
    """The secret called `name`: hexadecimal, `nbytes` of randomness, made on first use and the same ever after.

    It lies in `secrets/<name>` at mode 0600. Two processes that ask at once get the same one.
    Raises FolderError where it cannot be read or kept.
    """
    if not name or set(name) - set("abcdefghijklmnopqrstuvwxyz0123456789_-"):
        raise FolderError(f"{name!r} cannot be the name of a secret: small letters, figures, - and _ only.")
    place = (folder or data_folder()) / "secrets"
    try:
        place.mkdir(mode=MODE_PRIVATE, exist_ok=True)
        if not (place / name).exists():
            _keep(place, name, random.token_hex(nbytes))
        value = (place / name).read_text("ascii").strip()
    except OSError as error:
        raise FolderError(f"The secret {place / name} cannot be used: {error.strerror}.") from error
    if not value:
        raise FolderError(f"The secret {place / name} is empty. Restore it from a backup of the data folder.")
    return value


def _keep(place: Path, name: str, value: str) -> None:
    """Write the secret whole or not at all: beside its place, synced, then linked there unless another was quicker."""
    draft = place / f".{name}.{random.token_hex(8)}"
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(value + "\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, place / name)  # unlike a rename, a link never replaces what is there
        except FileExistsError:
            return
        _sync(place)
    finally:
        draft.unlink()


def _sync(place: Path) -> None:
    """Make the entries of a folder survive a power cut."""
    handle = os.open(place, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def port() -> int:
    """The port of the web server: PORT, else 8765. Raises FolderError where PORT is no port number."""
    text = os.environ.get("PORT", "") or str(DEFAULT_PORT)
    if not (text.isascii() and text.isdigit() and 0 < int(text[:6]) < 65536):
        raise FolderError(f"PORT is {text!r}; it has to be a number from 1 to 65535.")
    return int(text)
