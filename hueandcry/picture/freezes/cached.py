"""The files of freezes, as kept in the data folder: fetched once as the linker, named after their SHA-256, checked at
each opening. Their folder and they are open to their owner alone; the oldest go when there are too many."""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Final

from django.conf import settings

MOST: Final = 40  # files: eight freezes
FOLDER: Final = "freezes"


class Torn(RuntimeError):
    """A file of a freeze is not what its manifest says, neither here nor in the database."""


def folder() -> Path:
    """Where the files lie, made where absent."""
    place = Path(settings.DATA) / FOLDER
    place.mkdir(mode=0o700, exist_ok=True)
    return place


def file(sha256: str, fetch: Callable[[], bytes]) -> Path:
    """The file with this content, checked; ``fetch`` gives its bytes where it is not here, or not whole.

    Two that ask at once both end up with a whole file. Raises Torn where what is fetched has another SHA-256.
    """
    path = folder() / f"{sha256}.parquet"
    with contextlib.suppress(OSError):
        if hashlib.sha256(path.read_bytes()).hexdigest() == sha256:
            os.utime(path)
            return path
    content = fetch()
    if hashlib.sha256(content).hexdigest() != sha256:
        raise Torn(f"The file {sha256[:16]} of a freeze is damaged in the database. Restore it from a backup.")
    draft = path.with_name(f".{sha256}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    _sweep(path)
    return path


def _sweep(fresh: Path) -> None:
    """No more than so many files; whoever has one open goes on reading it."""
    held = []
    for path in folder().glob("*.parquet"):
        with contextlib.suppress(OSError):  # another process was quicker
            held.append((path.stat().st_mtime, path))
    for _at, path in sorted(held, reverse=True)[MOST:]:
        if path != fresh:
            path.unlink(missing_ok=True)
