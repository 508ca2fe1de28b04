"""People and programs of the tests of the TAXII server, and the server itself as an operator runs it."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hueandcry.members.models import Person
from tests import factory
from tests.exchange.taxii.given import Taxii, program


@pytest.fixture
def bank(database: Any) -> Person:
    """An analyst of a bank, who may also run things there."""
    return factory.person(factory.organisation("A Bank"), ["analyst", "administrator"], email="ana@bank.example")


@pytest.fixture
def other(database: Any) -> Person:
    """Somebody of another member."""
    return factory.person(factory.organisation("A Police", kind="police"), email="otto@police.example")


@pytest.fixture
def taxii(bank: Person) -> Taxii:
    """The bank's program."""
    return program(bank)


@pytest.fixture(scope="session")
def _served(installed: Path) -> Iterator[str]:
    """The web server of an installation, on the database of the tests; gives its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = os.environ | {
        "HUEANDCRY_DATA": str(installed),
        "DJANGO_SETTINGS_MODULE": "hueandcry.project.settings",
    }
    command = (
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port),
        "--workers", "1", "--blocking-threads", "4", "--no-ws", "--log-level", "warning",
        "hueandcry.project.wsgi:application",
    )  # fmt: skip
    running = subprocess.Popen(command, env=environment)
    try:
        _wait_for(port, running)
        yield f"http://127.0.0.1:{port}"
    finally:
        running.terminate()
        running.wait(timeout=30)


def _wait_for(port: int, running: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        assert running.poll() is None, "the web server ended"
        try:
            asked = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            asked.request("GET", "/taxii2/")
            asked.getresponse().read()
            asked.close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    pytest.fail("the web server does not answer")


@pytest.fixture
def served(_served: str, database: Any) -> str:
    """The address of a running server."""
    return _served
