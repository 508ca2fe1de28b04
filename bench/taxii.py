"""How fast a TAXII 2.1 server takes objects in and gives them out, at several sizes.

    uv run python -m bench.taxii [10000 100000 1000000]                 ours, on an installation of its own for each size
    uv run python -m bench.taxii --url https://... --collection /taxii2/alliance/collections/<id>/
                                 --user ... --password ... [10000]      any server, into and out of one collection

Real objects: the ATT&CK bundle and two indicator bundles of ../shared/data/stix, again and again with new ids (see
bench/ingest.py). Into ours, what is measured on the way out goes by the action that every door uses; what is measured
on the way in goes by POST. The client shares the machine with the server and its database.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson

from bench.ingest import grown, texts
from bench.installation import machine, scratch
from bench.taxii_client import Client, Target, size_of, timed, together

CLIENTS = 8
SECONDS = float(os.environ.get("BENCH_SECONDS", "5"))  # that each rate is measured
POSTED = 250  # objects an envelope: below what ours reads at once
PATIENCE = 300.0  # seconds that a status may stay pending
BESIDE = 100  # objects an envelope of the writer beside
SHARE = 0.00005  # of all objects: what the viewer of few may see
AUDIENCES = 1_000
ROOT = "/taxii2/alliance/"

Row = dict[str, float]


def envelopes(count: int, each: int) -> Iterator[bytes]:
    """``count`` new objects in envelopes."""
    for raw in grown(texts(), count, salt=uuid.uuid4().int):
        objects = [orjson.dumps(one) for one in orjson.loads(raw)["objects"]]
        for start in range(0, len(objects), each):
            yield b'{"objects":[' + b",".join(objects[start : start + each]) + b"]}"


def take_in(target: Target, count: int) -> float:
    """Objects a second that clients at once post, until the server has them all."""
    waiting = list(envelopes(count, POSTED))
    turn = iter(waiting)
    lock = threading.Lock()

    def post(_number: int) -> int:
        client, sent = Client(target), 0
        while True:
            with lock:
                body = next(turn, None)
            if body is None:
                return sent
            status = json.loads(client.call("POST", f"{target.collection}objects/", body))
            root = target.collection.partition("collections/")[0]
            until = time.monotonic() + PATIENCE
            while status["status"] != "complete":
                if time.monotonic() > until:
                    raise RuntimeError(f"still pending: {status['id']}")
                time.sleep(0.05)
                status = json.loads(client.call("GET", f"{root}status/{status['id']}/"))
            if status["failure_count"]:
                raise RuntimeError(f"failures: {status['failures'][:2]}")
            sent += status["success_count"]

    sent, seconds = together(CLIENTS, post)
    return sent / seconds


def give_out(target: Target) -> Row:
    """Rates and times of reading one collection."""
    client = Client(target)
    size, ids, last = _walked(client)
    row: Row = {"objects": size}
    row["first page of 100, ms p50"], row["first page of 100, ms p95"] = timed([lambda: client.page(100)] * 200)
    row["last page of 100, ms p50"], _ = timed([lambda: client.page(100, last)] * 200)
    path = f"{target.collection}objects/"
    calls: list[Callable[[], object]] = [lambda one=one: client.call("GET", f"{path}{one}/") for one in ids]  # type: ignore[misc]
    row["one object, ms p50"], row["one object, ms p95"] = timed(calls)
    row["pages of 100, 1 client, /s"] = client.read(100, SECONDS) / SECONDS
    row["pages of 1000, 1 client, /s"] = client.read(1_000, SECONDS) / SECONDS
    for limit in (100, 1_000):
        row[f"pages of {limit}, {CLIENTS} clients, /s"] = _rate(target, limit)
    return row


def _walked(client: Client) -> tuple[int, list[str], str]:
    """The whole collection once: how many objects it has, ids from all over it, the place of the last page of 100."""
    size, ids, content = 0, [], b""
    for content, _asked in client.pages(1_000):
        found = [one["id"] for one in orjson.loads(content)["objects"]]
        size += len(found)
        ids.append(found[len(found) // 2])
    kept = ids[:: max(1, len(ids) // 300)]
    added = json.loads(client.call("GET", f"{client.target.collection}manifest/?match[id]={found[0]}"))
    start = added["objects"][-1]["date_added"]
    place, last = "", ""
    for _turn in itertools.count():
        path = f"{client.target.collection}objects/?limit=100&added_after={start}" + (f"&next={place}" if place else "")
        content = client.call("GET", path)
        following = orjson.loads(content).get("next")
        if not following:
            break
        place = last = following
    return size, kept * (1 + 200 // len(kept)), last


def _rate(target: Target, limit: int) -> float:
    count, seconds = together(CLIENTS, lambda _number: Client(target).read(limit, SECONDS))
    return count / seconds


@contextmanager
def writing(target: Target) -> Iterator[list[int]]:
    """Somebody who posts all the while; gives a list that grows with what was written."""
    ended = threading.Event()
    written: list[int] = []

    def write() -> None:
        client = Client(target)
        for body in itertools.chain.from_iterable(envelopes(20_000, BESIDE) for _turn in itertools.count()):
            if ended.is_set():
                return
            client.call("POST", f"{target.collection}objects/", body)
            written.append(BESIDE)

    thread = threading.Thread(target=write)
    thread.start()
    try:
        yield written
    finally:
        ended.set()
        thread.join()


def measured(target: Target) -> Row:
    """Reading, and reading while somebody writes."""
    row = give_out(target)
    with writing(target) as written:
        row["with a writer: pages of 1000, 8 clients, /s"] = _rate(target, 1_000)
        client = Client(target)
        row["with a writer: first page of 100, ms p50"], _ = timed([lambda: client.page(100)] * 200)
    row["with a writer: written, /s"] = sum(written) / SECONDS
    return row


def ours(size: int, posted: int) -> Row:
    """One size on an installation of our own; in a process of its own, since one process serves one installation."""
    with scratch() as data:
        from bench import taxii_setting as setting

        people = setting.people()
        few = max(5, round(size * SHARE))
        setting.fill(people, grown(texts(), size, salt=size), grown(texts(), few, salt=size + 1))
        with served(data) as url:
            big, inbox, entry = setting.targets(people, url)
            row: Row = {}
            row |= measured(big)
            client = Client(inbox)
            content, _next = client.page(1_000)
            row["viewer of few: objects"] = size_of(content)
            row["viewer of few: first page, ms p50"], _ = timed([lambda: client.page(100)] * 200)
            setting.widen(people, AUDIENCES)
            reader = Client(big)
            row[f"{AUDIENCES} audiences: pages of 1000, {CLIENTS} clients, /s"] = _rate(big, 1_000)
            row[f"{AUDIENCES} audiences: first page of 100, ms p50"], _ = timed([lambda: reader.page(100)] * 200)
            row["taken in by POST, 8 clients, /s"] = take_in(entry, posted)
        return row


@contextmanager
def served(data: Path) -> Iterator[str]:
    """Web server and worker as an operator starts them; gives the address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = os.environ | {"HUEANDCRY_DATA": str(data), "PORT": str(port)}
    commands = ("web", "work")
    running = [subprocess.Popen([sys.executable, "-m", "hueandcry.project", one], env=environment) for one in commands]
    url = f"http://127.0.0.1:{port}"
    try:
        for _turn in range(600):
            try:
                Client(Target(url, "", "", "")).call("GET", "/taxii2/")
                break
            except OSError:
                time.sleep(0.1)
        yield url
    finally:
        for one in running:
            one.terminate()
        for one in running:
            one.wait(timeout=60)  # `hueandcry web` ends its own children


def show(rows: list[Row]) -> None:
    """A table: a line a measure, a column a size, and the ratio of the last size to the first."""
    names = list(dict.fromkeys(itertools.chain.from_iterable(rows)))
    for name in names:
        values = [row.get(name, float("nan")) for row in rows]
        ratio = f"   x {values[-1] / values[0]:.2f}" if len(values) > 1 and values[0] else ""
        print(f"{name:52}" + "".join(f"{value:>14,.{2 if ', ms' in name else 0}f}" for value in values) + ratio)


def main() -> None:
    """Run for each size and print one table."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("sizes", nargs="*", type=int)
    asked.add_argument("--url")
    asked.add_argument("--collection", default="")
    asked.add_argument("--user", default="")
    asked.add_argument("--password", default="")
    asked.add_argument("--posted", type=int, default=20_000, help="objects taken in by POST")
    asked.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    given: Any = asked.parse_args()
    sizes = given.sizes or [10_000, 100_000, 1_000_000]
    if given.one:
        print(json.dumps(ours(sizes[0], given.posted)))
        return
    print(machine())
    if given.url:
        target = Target(given.url.rstrip("/"), given.collection, given.user, given.password)
        rate = take_in(target, sizes[0])
        show([{"taken in by POST, 8 clients, /s": rate} | measured(target)])
        return
    rows = []
    for size in sizes:
        command = [sys.executable, "-m", "bench.taxii", "--one", "--posted", str(given.posted), str(size)]
        said = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True).stdout
        rows.append(json.loads(said.strip().splitlines()[-1]))
    show(rows)


if __name__ == "__main__":
    main()
