"""One POST to a stranger's server: to public addresses only, bounded in time, no redirect followed, no answer read.

The name is resolved once, its addresses are checked, and the connection goes to the address that was checked: a name
server that answers otherwise a moment later (DNS rebinding) changes nothing.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import threading
from contextlib import suppress
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from hueandcry.web.addresses import is_public

SECONDS = 10.0  # for all of it: name, connection, sending, the first lines of the answer
LONGEST_URL = 2_000


class Unsent(Exception):
    """The call was not taken; ``reason`` says why, ``status`` is the answer's where there was one."""

    def __init__(self, reason: str, status: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = status


def check(url: str) -> None:
    """Raise Unsent where this is no address that we call."""
    try:
        parts = urlsplit(url)
        _port = parts.port
    except ValueError:
        raise Unsent(_("This is no address of the web.")) from None
    schemes = ("https", "http") if settings.PRIVATE_REMOTES else ("https",)
    plain = url.isascii() and url.isprintable() and " " not in url and len(url) <= LONGEST_URL
    if parts.scheme not in schemes or not parts.hostname or not plain:
        raise Unsent(_("The address begins with https:// and names a server."))
    if parts.username is not None or parts.password is not None:
        raise Unsent(_("An address with a password in it would show that password to all who see the address."))
    with suppress(ValueError):  # a name is looked up when it is called
        _refuse_inner(str(ipaddress.ip_address(parts.hostname)))


def post(url: str, body: bytes, headers: dict[str, str], seconds: float = SECONDS) -> int:
    """Send ``body``; gives the status, from 200 to 299. Raises Unsent."""
    check(url)
    parts = urlsplit(url)
    host = str(parts.hostname)
    address, port = _checked(host, parts.port or (443 if parts.scheme == "https" else 80))
    connection = _Connection(host, address, port, parts.scheme == "https", seconds)
    ended = threading.Event()
    watch = threading.Timer(seconds, connection.cut, [ended])  # a socket's own timeout is for each byte anew
    watch.start()
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", path, body, {"User-Agent": "HueAndCry", "Connection": "close", **headers})
        status = connection.getresponse().status
        if ended.is_set():  # what was cut looks like an answer that ended
            raise TimeoutError
    except ssl.SSLCertVerificationError:
        raise Unsent(_("The server's certificate is not one that can be trusted.")) from None
    except (OSError, http.client.HTTPException) as error:
        slow = ended.is_set() or isinstance(error, TimeoutError)
        said = _("The server did not answer in %(seconds)s seconds.") % {"seconds": f"{seconds:g}"}
        raise Unsent(said if slow else _("The connection to the server broke, or it does not speak HTTP.")) from None
    finally:
        watch.cancel()
        connection.close()
    if not 200 <= status < 300:
        raise Unsent(_("The server answered %(status)s.") % {"status": status}, status)
    return status


class _Connection(http.client.HTTPConnection):
    """A connection to an address that was checked, under the name it was found by."""

    def __init__(self, host: str, address: str, port: int, secure: bool, seconds: float) -> None:
        super().__init__(f"[{host}]" if ":" in host else host, port, timeout=seconds)
        self.address, self.name, self.secure = address, host, secure
        self.default_port = 443 if secure else 80

    def connect(self) -> None:
        """To the address, then TLS under the name."""
        self.sock = socket.create_connection((self.address, self.port), self.timeout)
        if self.secure:
            context = ssl.create_default_context()
            # in two steps, so that a handshake that drips can be cut as well
            self.sock = context.wrap_socket(self.sock, server_hostname=self.name, do_handshake_on_connect=False)
            self.sock.do_handshake()

    def cut(self, ended: threading.Event) -> None:
        """End it from another thread: the time is over."""
        ended.set()
        if self.sock is not None:
            with suppress(OSError):
                socket.socket.shutdown(self.sock, socket.SHUT_RDWR)  # TLS's own would pull the rug from under a read


def _checked(host: str, port: int) -> tuple[str, int]:
    """An address of the host. Refuses it where any of its addresses is not of the public internet."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Unsent(_("The name of the server is not known.")) from None
    addresses = [str(entry[4][0]) for entry in found]
    for address in addresses:
        _refuse_inner(address)
    return addresses[0], port


def _refuse_inner(address: str) -> None:
    if not settings.PRIVATE_REMOTES and not is_public(address):
        raise Unsent(_("The address is not of the public internet; calls into inner networks are refused."))
