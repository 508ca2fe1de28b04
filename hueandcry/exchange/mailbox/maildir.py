"""A maildir as a mailbox: letters in new/, and those in cur/ that nobody has seen yet."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from hueandcry.exchange.mailbox.incoming import CannotRead, Incoming

SEEN = ":2,S"


@dataclass(slots=True)
class Maildir:
    """One maildir. A letter that was read is renamed into cur/ as seen: a move within one file system, so it is in one
    place at any moment."""

    root: Path

    def letters(self, most: int, limit: int) -> Iterator[Incoming]:
        """At most ``most`` letters, the oldest first; one of more than ``limit`` bytes comes without its content."""
        for path in self._waiting()[:most]:
            try:
                with path.open("rb") as file:
                    size = os.fstat(file.fileno()).st_size
                    raw = file.read(limit + 1) if size <= limit else b""
            except FileNotFoundError:  # a reader of the same maildir was here
                continue
            yield Incoming(str(path), raw if len(raw) <= limit else b"", max(size, len(raw)))

    def done(self, letter: Incoming) -> None:
        """Mark a letter as read."""
        path = Path(letter.name)
        base = path.name.partition(":2,")[0]
        try:
            path.rename(self.root / "cur" / f"{base}{SEEN}")
        except FileNotFoundError:
            return

    def _waiting(self) -> list[Path]:
        found = [path for path in (self.root / "new").iterdir() if not path.name.startswith(".")]
        found += [path for path in (self.root / "cur").iterdir() if "S" not in path.name.partition(":2,")[2]]
        return sorted((path for path in found if path.is_file() and not path.is_symlink()), key=lambda p: p.name)


@contextmanager
def opened(place: str) -> Iterator[Maildir]:
    """The maildir at this path. Raises CannotRead where there is none."""
    root = Path(place)
    if not (root / "new").is_dir() or not (root / "cur").is_dir():
        raise CannotRead(f"{place} is no maildir: it wants the folders new and cur")
    try:
        yield Maildir(root)
    except OSError as error:
        raise CannotRead(f"the maildir cannot be read: {error.strerror or error}") from error
