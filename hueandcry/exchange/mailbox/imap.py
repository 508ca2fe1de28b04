"""An IMAP folder as a mailbox (RFC 3501 over TLS), read by growing UIDs, within bounds.

The number of the last letter read is kept with the mailbox; a server that renumbers (another UIDVALIDITY) is read from
the start, where each letter that was taken before is known by its hash.
"""

from __future__ import annotations

import imaplib
import re
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from hueandcry.exchange.mailbox.incoming import CannotRead, Incoming

TIMEOUT = 30  # seconds of each step
LARGEST_LITERAL = 64 * 1024 * 1024  # bytes of anything the server sends in one piece
FAULTS = (imaplib.IMAP4.error, OSError, ssl.SSLError, ValueError, EOFError)
_UID = re.compile(rb"UID (\d+)")
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")


class _Bounded(imaplib.IMAP4_SSL):
    """The standard client, which believes any length a server announces; this one does not."""

    def read(self, size: int) -> bytes:
        if size > LARGEST_LITERAL:
            raise imaplib.IMAP4.abort("the server sends too much in one piece")
        return super().read(size)


@dataclass(slots=True)
class Folder:
    """One folder that is open; ``validity`` is its UIDVALIDITY, ``last`` the UID read last."""

    client: imaplib.IMAP4
    validity: int
    last: int
    done_folder: str = ""

    def letters(self, most: int, limit: int) -> Iterator[Incoming]:
        """At most ``most`` letters after ``last``; one of more than ``limit`` bytes comes without its content."""
        data = self._uid("SEARCH", f"UID {self.last + 1}:*")
        uids = sorted({int(word) for word in _bytes(data).split() if word.isdigit()})
        for uid in [uid for uid in uids if uid > self.last][:most]:  # "n:*" gives the last one even below n
            size = self._size(uid)
            if size is None:
                continue  # gone meanwhile
            raw = self._content(uid, limit) if size <= limit else b""
            yield Incoming(str(uid), raw if len(raw) <= limit else b"", max(size, len(raw)))

    def done(self, letter: Incoming) -> None:
        """Mark a letter as seen, and move it where a folder for that is named."""
        self._uid("STORE", letter.name, "+FLAGS.SILENT", "(\\Seen)")
        if self.done_folder:
            if "MOVE" in self.client.capabilities:
                self._uid("MOVE", letter.name, _quoted(self.done_folder))
            else:
                self._uid("COPY", letter.name, _quoted(self.done_folder))
                self._uid("STORE", letter.name, "+FLAGS.SILENT", "(\\Deleted)")
                if "UIDPLUS" in self.client.capabilities:  # without it, EXPUNGE would take other people's letters too
                    self._uid("EXPUNGE", letter.name)
        self.last = max(self.last, int(letter.name))

    def _size(self, uid: int) -> int | None:
        for part in self._uid("FETCH", str(uid), "(UID RFC822.SIZE)"):
            text = part if isinstance(part, bytes) else part[0] if isinstance(part, tuple) else b""
            found = _SIZE.search(text)
            if found:
                return int(found[1])
        return None

    def _content(self, uid: int, limit: int) -> bytes:
        for part in self._uid("FETCH", str(uid), f"(UID BODY.PEEK[]<0.{limit + 1}>)"):
            if isinstance(part, tuple) and len(part) == 2 and isinstance(part[1], bytes):
                return part[1]
        return b""

    def _uid(self, command: str, *words: str) -> list[bytes | tuple[bytes, bytes]]:
        status, data = self.client.uid(command, *words)
        if status != "OK":
            raise CannotRead(f"the mail server refused {command}: {_told(data)}")
        return data


@contextmanager
def opened(
    place: str, login: str, password: str, *, validity: int, last: int, done_folder: str = "",
    context: Callable[[], ssl.SSLContext] = ssl.create_default_context,
) -> Iterator[Folder]:  # fmt: skip
    """The folder named by ``imaps://host:port/folder``. Raises CannotRead; its words hold no password."""
    address = urlsplit(place)
    if address.scheme != "imaps" or not address.hostname:
        raise CannotRead("an IMAP mailbox is named imaps://host/folder: without TLS none is read")
    client: imaplib.IMAP4 | None = None
    try:
        client = _Bounded(address.hostname, address.port or 993, ssl_context=context(), timeout=TIMEOUT)
        client.login(login, password)
        name = unquote(address.path.lstrip("/")) or "INBOX"
        status, data = client.select(_quoted(name))
        if status != "OK":
            raise CannotRead(f"there is no folder {name[:100]!r}: {_told(data)}")
        told = client.response("UIDVALIDITY")[1]
        now = int(told[0]) if told and told[0] else 0
        yield Folder(client, now, last if now == validity else 0, done_folder)
    except FAULTS as error:
        raise CannotRead(f"the mail server: {_clean(str(error), password)}") from error
    finally:
        if client is not None:
            with suppress(*FAULTS):
                client.logout()
            with suppress(*FAULTS):
                client.shutdown()


def _bytes(data: list[bytes | tuple[bytes, bytes]]) -> bytes:
    return data[0] if data and isinstance(data[0], bytes) else b""


def _quoted(name: str) -> str:
    if not name.isprintable() or not name.isascii():
        raise CannotRead("the name of an IMAP folder is written in printable ASCII (modified UTF-7)")
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _told(data: object) -> str:
    first = data[0] if isinstance(data, list) and data else b""
    return _clean(first.decode("ascii", "replace") if isinstance(first, bytes) else str(first), "")


def _clean(text: str, password: str) -> str:
    text = text.replace(password, "...") if password else text
    return "".join(sign if sign.isprintable() else "?" for sign in text)[:300]
