"""Servers of tests, on real sockets of this machine: whatever a test makes answer, and nodes of our own.

serve     a server whose answers a test writes; gives its address and keeps what it was asked
node      our own application on a port, as the node that a name stands for. Several of them share one database:
          each has organisations and circles of its own, and a key of its own, so what they tell each other takes
          the way it takes between two installations. Two installations in two processes: test_two_nodes.py
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: F401  loaded before threads need it
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.db import connections

from hueandcry.exchange.remotes import identity

_ME: ContextVar[str] = ContextVar("node", default="")


@pytest.fixture(autouse=True)
def _private(monkeypatch: pytest.MonkeyPatch) -> None:
    """Servers of tests are on this machine."""
    monkeypatch.setattr(settings, "PRIVATE_REMOTES", True)


@dataclass
class Asked:
    """One request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Serving:
    """A server of a test."""

    url: str
    asked: list[Asked] = field(default_factory=list)


Answerer = Callable[[Asked, BaseHTTPRequestHandler], None]


class Quiet(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that gives up is no fault of the test."""


@pytest.fixture
def serve() -> Iterator[Callable[[Answerer], Serving]]:
    """Make a server that answers as ``answerer`` does."""
    running: list[Quiet] = []

    def start(answerer: Answerer) -> Serving:
        made = Serving("")

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _take(self) -> None:
                size = int(self.headers.get("Content-Length", 0))
                asked = Asked(self.command, self.path, dict(self.headers), self.rfile.read(size))
                made.asked.append(asked)
                self.close_connection = True
                answerer(asked, self)

            do_GET = do_POST = _take  # noqa: N815

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
                """Quiet."""

        server = Quiet(("127.0.0.1", 0), Handler)
        running.append(server)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        made.url = f"http://127.0.0.1:{server.server_port}"
        return made

    yield start
    for server in running:
        server.shutdown()
        server.server_close()


def send(to: BaseHTTPRequestHandler, body: bytes, status: int = 200, **headers: str) -> None:
    """Answer with these bytes."""
    to.send_response(status)
    for name, value in headers.items():
        to.send_header(name.replace("_", "-"), value)
    to.send_header("Content-Length", str(len(body)))
    to.end_headers()
    to.wfile.write(body)


@contextmanager
def being(name: str) -> Iterator[None]:
    """Inside, this process is the node of that name."""
    token = _ME.set(name)
    try:
        yield
    finally:
        _ME.reset(token)


class _Threading(ThreadingMixIn, WSGIServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Quiet."""


class _Silent(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Quiet."""


@pytest.fixture
def node(database: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], str]]:
    """Start a node; gives its address."""
    own = identity._own

    def mine() -> Any:
        name = _ME.get()
        return identity._key(name.encode().ljust(32, b".")) if name else own()

    monkeypatch.setattr(identity, "_own", mine)
    running: list[_Threading] = []
    app = WSGIHandler()

    def start(name: str) -> str:
        def answering(environ: Any, respond: Any) -> Any:
            try:
                with being(name):
                    answer = app(environ, respond)
                    body = b"".join(answer)
                    answer.close()
                return [body]
            finally:
                connections.close_all()

        server = make_server("127.0.0.1", 0, answering, server_class=_Threading, handler_class=_Silent)
        assert isinstance(server, _Threading)
        running.append(server)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server in running:
        server.shutdown()
        server.server_close()
