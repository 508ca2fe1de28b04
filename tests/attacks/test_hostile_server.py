"""A server that a member reads from turns on us: what it sends may not cost more than what it sends."""

from __future__ import annotations

import gzip
import threading
import tracemalloc
import zlib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.conf import settings

from hueandcry.exchange.remotes.outward import RemoteError, Server


@pytest.fixture
def there(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A server that gives what its address names, packed as the address says."""
    zeros = b"\0" * 40_000_000
    once = gzip.compress(zeros)
    bodies = {
        "/gzip": (once, "gzip"), "/twice": (gzip.compress(once), "gzip, gzip"),
        "/thrice": (zlib.compress(gzip.compress(once)), "gzip,gzip , deflate"), "/brotli": (b"\0", "br"),
        "/good": (gzip.compress(b"{}"), "gzip"), "/plain": (b"{}", "identity"),
        "/zlib": (zlib.compress(b"{}"), "deflate"),
    }  # fmt: skip

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body, packed = bodies[self.path]
            self.send_response(200)
            self.send_header("Content-Encoding", packed)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the stdlib's name
            """Quiet."""

    monkeypatch.setattr(settings, "PRIVATE_REMOTES", True)
    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield Server(f"http://127.0.0.1:{server.server_port}/", most=8_000_000)
    server.shutdown()
    server.server_close()


def test_what_is_packed_once_is_read(there: Server) -> None:
    assert {there.get(address).body for address in ("/good", "/plain", "/zlib")} == {b"{}"}


@pytest.mark.parametrize("address", ["/gzip", "/twice", "/thrice", "/brotli"])
def test_a_few_bytes_do_not_fill_the_memory(there: Server, address: str) -> None:
    tracemalloc.start()
    try:
        with pytest.raises(RemoteError, match=r"larger than|cannot be unpacked"):
            there.get(address)
        _now, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 3 * there.most
