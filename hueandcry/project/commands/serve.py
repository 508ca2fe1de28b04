"""``hueandcry up``: database, web server and worker in one go; ``web`` and ``work`` run each alone."""

from __future__ import annotations

import asyncio
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from types import FrameType
from typing import Any

import click

from hueandcry.project.folder import data_folder, port
from hueandcry.project.installation import database_server, installation

ORDER_TO_STOP = 20  # seconds a child has for ending by itself
RESTART_PAUSE = 1.0


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
def up(host: str) -> None:
    """Run everything: embedded database (without DATABASE_URL), web server, worker. Ends with Ctrl-C."""
    with installation():
        pass  # brings tables and roles up to date as the owner; what runs afterwards has the app login only
    with database_server():
        _run(host, {"web server": _web(host), "worker": [sys.executable, "-m", "hueandcry.project", "work"]})


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
def web(host: str) -> None:
    """Run the web server alone, against a database that is up and migrated."""
    _run(host, {"web server": _web(host)})


def _web(host: str) -> list[str]:
    return [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port()),
        "--workers", os.environ.get("HUEANDCRY_WEB_WORKERS", "2"), "--blocking-threads", "4", "--no-ws",
        "--log-level", "warning", "hueandcry.project.wsgi:application",
    ]  # fmt: skip


@click.command()
def work() -> None:
    """Run the worker alone: jobs, sealing of the audit record, publication, alerts, remotes, mailboxes, letters."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hueandcry.project.settings")
    django.setup()
    from procrastinate.contrib.django import app

    from hueandcry.project.jobs import Keeper

    keeper = Keeper(data_folder())
    with app.replace_connector(app.connector.get_worker_connector()) as worker:  # type: ignore[attr-defined]
        asyncio.run(_work(worker, keeper))
    keeper.stop(within=5)


async def _work(worker: Any, keeper: Any) -> None:
    """Jobs first: what the rounds find waiting after a crash may keep all of Python busy, and the worker's connections
    would not be open in time."""
    async with worker.open_async():
        keeper.start()
        # what a job was given can be an address: it is not kept beyond its use
        await worker.run_worker_async(concurrency=1, install_signal_handlers=True, delete_jobs="successful")


PR_SET_PDEATHSIG = 1  # linux/prctl.h


def _end_with_parent() -> None:
    """In the child: end when the parent does, however that ended. An orphan would keep the port and a stale program."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class _Stop(Exception):
    """Asked to end."""


def _asked(number: int, frame: FrameType | None) -> None:
    raise _Stop


def _run(host: str, commands: Mapping[str, list[str]]) -> None:
    """Start each command, start again whichever dies, end all when asked to."""
    environment = {k: v for k, v in os.environ.items() if k != "HUEANDCRY_OWNER"}
    environment["DJANGO_SETTINGS_MODULE"] = "hueandcry.project.settings"
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _asked)
    children: dict[str, subprocess.Popen[bytes]] = {}
    try:
        click.echo(f"Hue & Cry is at http://{host}:{port()}/  (Ctrl-C ends it)")
        while True:
            for name, command in commands.items():
                child = children.get(name)
                if child is None or child.poll() is not None:
                    if child is not None:
                        click.echo(f"The {name} ended with {child.returncode}; starting it again.", err=True)
                        time.sleep(RESTART_PAUSE)
                    children[name] = subprocess.Popen(command, env=environment, preexec_fn=_end_with_parent)  # noqa: S603  our own words
            time.sleep(0.5)
    except (_Stop, KeyboardInterrupt):
        click.echo("Ending.")
    finally:
        _end(children)


def _end(children: dict[str, subprocess.Popen[bytes]]) -> None:
    for child in children.values():
        child.terminate()
    deadline = time.monotonic() + ORDER_TO_STOP
    for child in children.values():
        try:
            child.wait(timeout=max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.kill()
