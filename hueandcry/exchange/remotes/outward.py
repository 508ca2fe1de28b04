"""Requests to other people's servers: bounded in time and size, to the host that was agreed and to no other.

What an answer may be is limited before it is believed: a total time however slowly it drips, a total size after
decompression, no redirect to another host, certificates verified. A name that resolves to an address of a private
network is refused, at the moment of connecting, so that no later answer of a name server leads inside.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
import time
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, cast
from urllib.parse import urljoin, urlsplit

import httpcore
import httpx
from django.conf import settings

from hueandcry.web.addresses import is_public

SECONDS = 60.0  # a whole request with its answer
STEP = 15.0  # waiting for the next byte
MOST = 64 * 1024 * 1024  # bytes of an answer
STRETCH = 1024 * 1024  # bytes that are unpacked at one time
REDIRECTS = 3
LONGEST_WAIT = 86_400.0  # seconds of a Retry-After that is believed
_PACKED = "The server's answer is packed in a way that cannot be unpacked."


class RemoteError(Exception):
    """The other server cannot be used now; ``reason`` says why in plain words, without credentials.

    ``wait`` is the seconds it asked for, ``closed`` that it refused our credentials: trying again will not help.
    """

    def __init__(self, reason: str, *, wait: float | None = None, closed: bool = False, status: int = 0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.wait = wait
        self.closed = closed
        self.status = status


def checked_url(url: str) -> str:
    """The address, or RemoteError saying why it is not one we speak to."""
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError:
        raise RemoteError("The port in the address is none.") from None
    if parts.scheme not in ("https", "http") or not parts.hostname or port == 0:
        raise RemoteError("The address has to begin with https:// and name a server.")
    if parts.scheme == "http" and not settings.PRIVATE_REMOTES:
        raise RemoteError("The address has to begin with https://: what is sent over http:// can be read on its way.")
    if parts.username or parts.password:
        raise RemoteError("Leave the password out of the address; it has a field of its own.")
    return url


def allowed(address: str) -> bool:
    """Whether an IP address is one of the public internet, or the operator allows private ones."""
    if settings.PRIVATE_REMOTES:
        ip = ipaddress.ip_address(address.partition("%")[0])
        return not (ip.is_multicast or ip.is_unspecified)
    return is_public(address)


class _Stream(httpcore.NetworkStream):
    """A connection that ends when its time is over, however fast the next byte comes."""

    def __init__(self, inner: httpcore.NetworkStream, deadline: float) -> None:
        self.inner = inner
        self.deadline = deadline

    def _left(self, timeout: float | None) -> float:
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("the time for this request is over")
        return min(left, timeout if timeout is not None else STEP)

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self.inner.read(max_bytes, self._left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self.inner.write(buffer, self._left(timeout))

    def close(self) -> None:
        self.inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _Stream(self.inner.start_tls(ssl_context, server_hostname, self._left(timeout)), self.deadline)

    def get_extra_info(self, info: str) -> Any:
        return self.inner.get_extra_info(info)


class _Backend(httpcore.NetworkBackend):
    """Connects to the public addresses of a name only."""

    def __init__(self, deadline: float) -> None:
        self.deadline = deadline
        self.inner = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError:
            raise httpcore.ConnectError("its name is not known") from None
        addresses = [str(each[4][0]) for each in found if allowed(str(each[4][0]))]
        if not addresses:
            raise RemoteError(
                "The address leads into a private network, and this installation speaks to public ones only."
            )
        failure: Exception = httpcore.ConnectError("no address answers")
        for address in addresses[:3]:
            try:
                stream = self.inner.connect_tcp(
                    address, port, min(STEP, timeout or STEP), local_address, socket_options
                )
                return _Stream(stream, self.deadline)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure


class _Body(httpx.SyncByteStream):
    def __init__(self, response: httpcore.Response, pool: httpcore.ConnectionPool) -> None:
        self.response = response
        self.pool = pool

    def __iter__(self) -> Iterator[bytes]:
        yield from cast("Iterable[bytes]", self.response.stream)

    def close(self) -> None:
        self.response.close()
        self.pool.close()


class _Transport(httpx.BaseTransport):
    """One request over one connection of ours."""

    def __init__(self, deadline: float) -> None:
        self.deadline = deadline

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        pool = httpcore.ConnectionPool(
            ssl_context=ssl.create_default_context(), network_backend=_Backend(self.deadline), retries=0
        )
        url = request.url
        asked = httpcore.Request(
            request.method,
            httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
            headers=request.headers.raw,
            content=request.stream,
            extensions={"timeout": {"connect": STEP, "read": STEP, "write": STEP, "pool": STEP}},
        )
        try:
            answer = pool.handle_request(asked)
        except BaseException:
            pool.close()
            raise
        return httpx.Response(answer.status, headers=answer.headers, stream=_Body(answer, pool))


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: only answers of success."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(slots=True)
class Server:
    """One server with our credentials there; every request goes to its host and port and to no other."""

    url: str
    login: str = ""  # with it: Basic; without: Bearer
    secret: str = field(default="", repr=False)
    seconds: float = SECONDS
    most: int = MOST

    def get(self, url: str, *, accept: str = "application/json") -> Answer:
        """Fetch an address of this server. Raises RemoteError."""
        return self._ask("GET", url, {"Accept": accept}, None)

    def post(self, url: str, body: bytes, *, accept: str, content_type: str) -> Answer:
        """Send to an address of this server. Raises RemoteError."""
        return self._ask("POST", url, {"Accept": accept, "Content-Type": content_type}, body)

    def _ask(self, method: str, url: str, headers: dict[str, str], body: bytes | None) -> Answer:
        deadline = time.monotonic() + self.seconds
        headers |= {"User-Agent": "hueandcry/1", "Accept-Encoding": "gzip"}
        auth = (self.login, self.secret) if self.login else None
        if self.secret and not self.login:
            headers["Authorization"] = f"Bearer {self.secret}"
        target = urljoin(self.url, url)
        for _attempt in range(REDIRECTS + 1):
            self._same_host(target)
            try:
                with (
                    httpx.Client(transport=_Transport(deadline), trust_env=False, auth=auth) as client,
                    client.stream(method, target, headers=headers, content=body) as answer,
                ):
                    if answer.is_redirect and method == "GET":
                        target = urljoin(target, answer.headers["location"])
                        continue
                    return self._read(answer, deadline)
            except (httpx.HTTPError, httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError) as error:
                raise _explained(error) from None
            except (httpcore.UnsupportedProtocol, httpx.InvalidURL, ValueError):
                raise RemoteError("The server answered something that is not HTTP, or its address is none.") from None
        raise RemoteError("The server sends us from one address to the next without end.")

    def _same_host(self, target: str) -> None:
        ours, theirs = urlsplit(checked_url(self.url)), urlsplit(checked_url(target))
        if (ours.scheme, ours.hostname, ours.port) != (theirs.scheme, theirs.hostname, theirs.port):
            raise RemoteError("The server sends us to another host; we go only where you said.")

    def _read(self, answer: httpx.Response, deadline: float) -> Answer:
        parts: list[bytes] = []
        size = 0
        limit = self.most if answer.is_success else 4_096
        for part in _unpacked(answer):
            size += len(part)
            if size > limit:
                if not answer.is_success:
                    break
                raise RemoteError(f"The answer is larger than {self.most // 1024 // 1024} MiB; nothing of it was kept.")
            if time.monotonic() > deadline:
                raise RemoteError(f"The answer was not there after {self.seconds:.0f} seconds; nothing of it was kept.")
            parts.append(part)
        if not answer.is_success:
            raise _refusal(answer)
        return Answer(answer.status_code, {k.lower(): v for k, v in answer.headers.items()}, b"".join(parts))


def _unpacked(answer: httpx.Response) -> Iterator[bytes]:
    """The body, unpacked in steps of at most ``STRETCH`` bytes. httpx unpacks what came in one go, and as often as the
    header says: 5 kB packed twice over would take all the memory there is."""
    coding = answer.headers.get("content-encoding", "").strip().lower()
    if coding in ("", "identity"):
        yield from answer.iter_raw(65_536)
        return
    if coding not in ("gzip", "deflate"):
        raise RemoteError(_PACKED)
    unpack = zlib.decompressobj(zlib.MAX_WBITS | 32)  # a header of gzip or of zlib
    try:
        for packed in answer.iter_raw(65_536):
            while packed:
                yield unpack.decompress(packed, STRETCH)
                packed = unpack.unconsumed_tail
    except zlib.error:
        raise RemoteError(_PACKED) from None


def _explained(error: Exception) -> RemoteError:
    """A fault of the net in plain words."""
    if isinstance(error, httpx.TimeoutException | httpcore.TimeoutException):
        return RemoteError("The server did not answer in time.")
    if "CERTIFICATE_VERIFY_FAILED" in str(error):
        return RemoteError("The server's certificate does not prove that it is the server you named.")
    if isinstance(error, httpx.ConnectError | httpcore.ConnectError):
        return RemoteError("The server cannot be reached: its name is not known, or nothing answers there.")
    return RemoteError("The connection broke off before the answer was whole; nothing of it was kept.")


def _refusal(answer: httpx.Response) -> RemoteError:
    status, wait = answer.status_code, _retry_after(answer.headers.get("retry-after", ""))
    words = {
        401: "The server does not take our credentials. Enter them again.",
        403: "The server knows us and does not let us in there. Ask its operator.",
        404: "There is nothing at this address of the server, or it does not show it to us.",
        406: "The server does not speak the version we ask for.",
        413: "The server finds what we sent too large.",
        422: "The server does not understand what we sent.",
        429: "The server asks us to come back later.",
        503: "The server is busy and asks us to come back later.",
    }
    if 300 <= status < 400:
        return RemoteError("The server sends what we send elsewhere; we go only where you said.", status=status)
    said = words.get(status, f"The server answered with an error of its own ({status}).")
    return RemoteError(said, wait=wait, closed=status in (401, 403), status=status)


def _retry_after(text: str) -> float | None:
    """Seconds of a Retry-After header: figures or a date (RFC 9110, section 10.2.3)."""
    if text.strip().isascii() and text.strip().isdecimal():
        return min(float(text), LONGEST_WAIT)
    try:
        when = parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    if when.tzinfo is None:
        when = when.replace(tzinfo=UTC)
    return min(max(0.0, (when - datetime.now(UTC)).total_seconds()), LONGEST_WAIT)
