"""An installation as an operator has it: its commands, its data folder, its port. And REST, as a member's program."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

COMMAND = (sys.executable, "-m", "hueandcry.project")
NOT_OURS = ("DATABASE_URL", "DATABASE_APP_URL", "HUEANDCRY_OWNER", "HUEANDCRY_TEST_DATABASE_URL", "HUEANDCRY_HTTPS")
STARTS_WITHIN, ENDS_WITHIN, LOADS_WITHIN = 120, 40, 300  # seconds


@dataclass(frozen=True)
class Account:
    """Somebody of the demonstration alliance."""

    role: str
    email: str
    password: str
    token: str
    organisation: str


@dataclass(frozen=True)
class Answer:
    """What REST said."""

    status: int
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Alliance:
    """A served alliance."""

    url: str
    accounts: dict[str, Account]

    def rest(self, token: str, path: str, raw: bytes | None = None) -> Answer:
        """One request with a token over HTTP: a GET, or a POST of ``raw``."""
        request = urllib.request.Request(  # noqa: S310  our own server
            f"{self.url}/api/v1{path}", data=raw, headers={"Authorization": f"Bearer {token}"}
        )
        request.add_header("Content-Type", "application/octet-stream")
        try:
            with urllib.request.urlopen(request, timeout=60) as response:  # noqa: S310
                return Answer(response.status, response.read())
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.code, error.read())


@contextlib.contextmanager
def run_alliance(*, size: str) -> Iterator[Alliance]:
    """Fill a scratch folder with the demonstration alliance and serve it; end it and check that it ended."""
    data = Path(tempfile.mkdtemp(prefix="hc-journeys-", dir="/tmp"))  # a short path: the database's socket is in it
    data.chmod(0o755)  # as root the database is a user of its own, who has to walk through
    port = _free_port()
    environment = {name: value for name, value in os.environ.items() if name not in NOT_OURS}
    environment |= {"HUEANDCRY_DATA": str(data), "PORT": str(port)}
    try:
        said = json.loads(_run("demo", "--size", size, "--json", environment=environment))
        accounts = {each["role"]: Account(**each) for each in said["accounts"]}
        with _served(environment, said["url"].rstrip("/")):
            yield Alliance(said["url"].rstrip("/"), accounts)
        assert not list(data.rglob("postmaster.pid")), "the embedded database outlived `hueandcry up`"
    finally:
        shutil.rmtree(data, ignore_errors=True)


def _run(*words: str, environment: dict[str, str]) -> str:
    done = subprocess.run(
        [*COMMAND, *words], env=environment, capture_output=True, text=True, timeout=LOADS_WITHIN, check=False
    )
    assert done.returncode == 0, f"hueandcry {words[0]} ended with {done.returncode}:\n{done.stderr[-4000:]}"
    return done.stdout


@contextlib.contextmanager
def _served(environment: dict[str, str], url: str) -> Iterator[None]:
    with tempfile.TemporaryFile(dir="/tmp") as told:
        server = subprocess.Popen([*COMMAND, "up"], env=environment, stdout=told, stderr=told)

        def words() -> str:
            told.seek(0)
            return told.read().decode(errors="replace")[-4000:]

        try:
            _wait_for(url, server, words)
            yield
            server.send_signal(signal.SIGTERM)
            assert server.wait(ENDS_WITHIN) == 0, f"`hueandcry up` did not end well:\n{words()}"
            assert not _answers(url), "something still serves after `hueandcry up` has ended"
            assert not re.search(r"Internal Server Error| ERROR | CRITICAL ", words()), words()  # refusals are warnings
        finally:
            if server.poll() is None:
                server.terminate()
                with contextlib.suppress(subprocess.TimeoutExpired):
                    server.wait(ENDS_WITHIN)
                server.kill()
                server.wait()


def _wait_for(url: str, server: subprocess.Popen[bytes], words: Any) -> None:
    deadline = time.monotonic() + STARTS_WITHIN
    while not _answers(url):
        assert server.poll() is None, f"`hueandcry up` ended with {server.returncode}:\n{words()}"
        assert time.monotonic() < deadline, f"no page after {STARTS_WITHIN} s:\n{words()}"
        time.sleep(0.2)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/account/login/", timeout=5) as response:  # noqa: S310  our own server
            return bool(response.status == 200)
    except OSError:
        return False


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
