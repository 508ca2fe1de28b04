"""Other people's servers may be slow, large, broken or hostile: each is answered with one plain error, in time."""

from __future__ import annotations

import gzip
import socket
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
from django.conf import settings

from hueandcry.exchange.remotes import outward
from hueandcry.exchange.remotes.outward import RemoteError, Server, allowed, checked_url
from tests.exchange.remotes.conftest import Asked, Serving, send

Serve = Callable[[Callable[[Asked, BaseHTTPRequestHandler], None]], Serving]


def test_answer_comes_whole_with_credentials(serve: Serve) -> None:
    def answer(asked: Asked, to: BaseHTTPRequestHandler) -> None:
        send(to, b'{"a":1}', Content_Type="application/json")

    there = serve(answer)
    assert Server(there.url, "ana", "s3cret").get("/x?y=1", accept="application/json").body == b'{"a":1}'
    assert Server(there.url, "", "t0ken").get("/z").body == b'{"a":1}'
    assert [a.path for a in there.asked] == ["/x?y=1", "/z"]
    assert there.asked[0].headers["Authorization"].startswith("Basic ")
    assert there.asked[1].headers["Authorization"] == "Bearer t0ken"


def test_secret_does_not_show_in_words_of_a_server() -> None:
    assert "s3cret" not in repr(Server("https://example.org", "ana", "s3cret"))


def refused(server: Server, path: str = "/") -> RemoteError:
    with pytest.raises(RemoteError) as caught:
        server.get(path)
    return caught.value


def test_redirect_to_another_host_is_not_followed(serve: Serve) -> None:
    inside = serve(lambda asked, to: send(to, b"secret things"))
    there = serve(lambda asked, to: send(to, b"", 302, Location=f"{inside.url}/admin"))
    assert "another host" in refused(Server(there.url, "", "t0ken")).reason
    assert inside.asked == []


@pytest.mark.parametrize("target", ["file:///etc/passwd", "gopher://127.0.0.1/", "https://127.0.0.1:1/", "//[::1]/"])
def test_redirect_to_another_scheme_is_not_followed(serve: Serve, target: str) -> None:
    there = serve(lambda asked, to: send(to, b"", 307, Location=target))
    refused(Server(there.url))
    assert len(there.asked) == 1


def test_redirect_on_the_same_host_is_followed_and_ends(serve: Serve) -> None:
    def answer(asked: Asked, to: BaseHTTPRequestHandler) -> None:
        if asked.path == "/a":
            send(to, b"", 301, Location="/a/")
        elif asked.path == "/a/":
            send(to, b"there")
        else:
            send(to, b"", 302, Location="/round")

    there = serve(answer)
    assert Server(there.url).get("/a").body == b"there"
    assert "without end" in refused(Server(there.url), "/round").reason


def test_huge_answer_is_given_up(serve: Serve) -> None:
    def answer(asked: Asked, to: BaseHTTPRequestHandler) -> None:
        to.send_response(200)
        to.end_headers()
        while True:
            to.wfile.write(b"x" * 65_536)

    assert "larger than 1 MiB" in refused(Server(serve(answer).url, most=1024 * 1024)).reason


def test_packed_answer_counts_unpacked(serve: Serve) -> None:
    packed = gzip.compress(b"\0" * 50_000_000)
    there = serve(lambda asked, to: send(to, packed, Content_Encoding="gzip"))
    assert "larger than" in refused(Server(there.url, most=1024 * 1024)).reason


def test_answer_packed_wrongly(serve: Serve) -> None:
    there = serve(lambda asked, to: send(to, b"no gzip at all", Content_Encoding="gzip"))
    assert "cannot be unpacked" in refused(Server(there.url)).reason


@pytest.mark.parametrize("part", [b"HTTP/1.1 200 OK\r\nX-A: ", b"HTTP/1.1 200 OK\r\n\r\n"])
def test_slow_drip_ends_in_time(serve: Serve, part: bytes) -> None:
    """A byte now and then, in the head or in the body, does not keep us."""

    def answer(asked: Asked, to: BaseHTTPRequestHandler) -> None:
        to.wfile.write(part)
        for _ in range(100):
            time.sleep(0.1)
            to.wfile.write(b"a")
            to.wfile.flush()

    start = time.monotonic()
    refused(Server(serve(answer).url, seconds=1.0))
    assert time.monotonic() - start < 4


def test_silence_ends_in_time(serve: Serve) -> None:
    start = time.monotonic()
    assert "in time" in refused(Server(serve(lambda asked, to: time.sleep(5)).url, seconds=0.5)).reason
    assert time.monotonic() - start < 4


def test_garbage_is_no_http(serve: Serve) -> None:
    there = serve(lambda asked, to: to.wfile.write(b"\x16\x03\x01\x02\x00 not http at all\r\n\r\n"))
    refused(Server(there.url))


def test_connection_that_breaks_off(serve: Serve) -> None:
    def answer(asked: Asked, to: BaseHTTPRequestHandler) -> None:
        to.send_response(200)
        to.send_header("Content-Length", "1000")
        to.end_headers()
        to.wfile.write(b"half")

    assert "broke off" in refused(Server(serve(answer).url)).reason


def test_nothing_listens() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    assert "cannot be reached" in refused(Server(f"http://127.0.0.1:{port}")).reason


@pytest.mark.parametrize(("status", "closed"), [(401, True), (403, True), (404, False), (500, False), (503, False)])
def test_errors_of_the_server_in_words(serve: Serve, status: int, closed: bool) -> None:
    error = refused(Server(serve(lambda asked, to: send(to, b"<html>secret</html>" * 10_000, status)).url))
    assert (error.status, error.closed) == (status, closed)
    assert "secret" not in error.reason


def test_retry_after_is_honoured(serve: Serve) -> None:
    assert refused(Server(serve(lambda a, to: send(to, b"", 429, Retry_After="120")).url)).wait == 120
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=300), usegmt=True)
    wait = refused(Server(serve(lambda a, to: send(to, b"", 503, Retry_After=later)).url)).wait
    assert wait is not None and 290 < wait <= 300
    assert refused(Server(serve(lambda a, to: send(to, b"", 503, Retry_After="soon")).url)).wait is None
    assert refused(Server(serve(lambda a, to: send(to, b"", 503, Retry_After="9" * 30)).url)).wait == 86_400


# Addresses inside


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "192.168.0.1", "172.16.5.5", "169.254.169.254",
        "0.0.0.0", "100.64.0.1", "224.0.0.1",  # noqa: S104
        "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "2002:7f00:1::",
        "ff02::1", "192.0.2.1", "240.0.0.1", "64:ff9b:1::1", "64:ff9b::7f00:1",
    ],
)  # fmt: skip
def test_private_addresses_are_refused(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setattr(settings, "PRIVATE_REMOTES", False)
    assert not allowed(address)


def test_public_addresses_are_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "PRIVATE_REMOTES", False)
    assert allowed("93.184.215.14") and allowed("2606:2800:21f:cb07:6820:80da:af6b:8b2c")


def test_a_name_that_leads_inside_is_refused(monkeypatch: pytest.MonkeyPatch, serve: Serve) -> None:
    """Also where the name server answers otherwise at the second question: the address asked is the one connected."""
    there = serve(lambda asked, to: send(to, b"inside"))
    port = int(there.url.rsplit(":", 1)[1])
    monkeypatch.setattr(settings, "PRIVATE_REMOTES", False)
    answers = [[(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]]
    monkeypatch.setattr(outward.socket, "getaddrinfo", lambda *a, **k: answers[0])
    error = refused(Server(f"https://rebound.example:{port}/"))
    assert "private network" in error.reason
    assert there.asked == []


def test_plain_http_and_odd_addresses_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "PRIVATE_REMOTES", False)
    for url in (
        "http://example.org",
        "ftp://example.org",
        "https://",
        "https://a:b@example.org/",
        "//x",
        "https://x:0/",
    ):
        with pytest.raises(RemoteError):
            checked_url(url)
    assert checked_url("https://example.org/taxii2/") == "https://example.org/taxii2/"


def test_a_certificate_of_somebody_else_is_refused(tmp_path: Any) -> None:
    import ssl
    import threading

    from tests.exchange.remotes.certificate import self_signed

    cert, key = self_signed(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    listener = socket.create_server(("127.0.0.1", 0))

    def serve_once() -> None:
        conn, _ = listener.accept()
        try:
            with context.wrap_socket(conn, server_side=True) as wrapped:
                wrapped.recv(1)
        except OSError:
            pass

    thread = threading.Thread(target=serve_once, daemon=True)
    thread.start()
    error = refused(Server(f"https://localhost:{listener.getsockname()[1]}/"))
    thread.join(5)
    listener.close()
    assert "certificate" in error.reason
