"""An installation as an operator has it: its commands, its data folder, its port. And REST, as a member's program."""

from __future__ import annotations

import contextlib
import fcntl
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
    environment: dict[str, str]

    def command(self, *words: str) -> str:
        """What a command of the program says, run beside the server."""
        return _run(*words, environment=self.environment)

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


def demonstration(shared: Path, data: Path, *, size: str = "small") -> dict[str, Any]:
    """Make ``data`` the data folder that `hueandcry demo` leaves, and give what that said. All processes of one test
    session, which share the folder ``shared``, fill one and copy it: filling takes half a minute, copying a second."""
    filled, said = shared / f"demonstration-{size}", shared / f"demonstration-{size}.json"
    with (shared / "demonstration.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not said.exists():
            # Filled where it will not stay: a short path, as the database's socket is in it, that its user may walk.
            first = Path(tempfile.mkdtemp(prefix="hc-demo-", dir="/tmp"))
            first.chmod(0o755)
            try:
                told = _run("demo", "--size", size, "--json", environment=environment_of(first, 8799))
                assert not list(first.rglob("postmaster.pid")), "the embedded database outlived `hueandcry demo`"
                _copy(first, filled)
                said.write_text(told, encoding="utf-8")
            finally:
                shutil.rmtree(first, ignore_errors=True)
    _copy(filled, data)
    made: dict[str, Any] = json.loads(said.read_text(encoding="utf-8"))
    return made


def _copy(there: Path, here: Path) -> None:
    """With owners and modes, which the database insists on."""
    here.mkdir(exist_ok=True)
    subprocess.run(["cp", "-a", "--reflink=auto", f"{there}/.", str(here)], check=True)


def environment_of(data: Path, port: int) -> dict[str, str]:
    """What a command of the program on this data folder is started with."""
    kept = {name: value for name, value in os.environ.items() if name not in NOT_OURS}
    return kept | {"HUEANDCRY_DATA": str(data), "PORT": str(port)}


@contextlib.contextmanager
def run_alliance(shared: Path, *, size: str) -> Iterator[Alliance]:
    """Serve the demonstration alliance from a scratch folder; end it and check that it ended."""
    data = Path(tempfile.mkdtemp(prefix="hc-journeys-", dir="/tmp"))  # a short path: the database's socket is in it
    data.chmod(0o755)  # as root the database is a user of its own, who has to walk through
    url = f"http://127.0.0.1:{(port := _free_port())}"
    try:
        said = demonstration(shared, data, size=size)
        accounts = {each["role"]: Account(**each) for each in said["accounts"]}
        with _served(environment_of(data, port), url):
            yield Alliance(url, accounts, environment_of(data, port))
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
