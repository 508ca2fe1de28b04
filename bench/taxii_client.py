"""A TAXII client for benchmarks: one kept connection, no parsing beyond what paging needs."""

from __future__ import annotations

import base64
import http.client
import re
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from urllib.parse import quote, urlsplit

import orjson

MEDIA = "application/taxii+json;version=2.1"
_NEXT = re.compile(rb'"next"\s*:\s*"((?:[^"\\]|\\.)*)"')
_MORE = re.compile(rb'"more"\s*:\s*true')
EDGE = 400  # bytes at either end of an envelope in which ``more`` and ``next`` stand


@dataclass
class Target:
    """A collection of some server, and who asks."""

    url: str  # of the server: http://127.0.0.1:8731
    collection: str  # path of the collection: /taxii2/alliance/collections/<id>/
    user: str
    password: str

    def headers(self) -> dict[str, str]:
        """What every request carries."""
        pair = base64.b64encode(f"{self.user}:{self.password}".encode()).decode()
        return {"Accept": MEDIA, "Authorization": f"Basic {pair}"} if self.user else {"Accept": MEDIA}


@dataclass
class Client:
    """One program with one connection."""

    target: Target
    connection: http.client.HTTPConnection = field(init=False)

    def __post_init__(self) -> None:
        where = urlsplit(self.target.url)
        kind = http.client.HTTPSConnection if where.scheme == "https" else http.client.HTTPConnection
        self.connection = kind(str(where.hostname), where.port, timeout=600)
        self.sent = self.target.headers()

    def call(self, method: str, path: str, body: bytes | None = None) -> bytes:
        """One request; raises where the answer is no success."""
        headers = self.sent | ({"Content-Type": MEDIA} if body is not None else {})
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        content = answer.read()
        if answer.status >= 300:
            raise RuntimeError(f"{method} {path}: {answer.status} {content[:300]!r}")
        return content

    def page(self, limit: int, place: str = "") -> tuple[bytes, str | None]:
        """One page of objects, and the place of the one behind it; None at the end."""
        more = f"&next={quote(place)}" if place else ""
        content = self.call("GET", f"{self.target.collection}objects/?limit={limit}{more}")
        edges = content[:EDGE] + content[-EDGE:]
        if not _MORE.search(edges):
            return content, None
        found = _NEXT.search(edges)
        if found is None:
            raise RuntimeError("there is more, and no next")
        return content, orjson.loads(b'"' + found[1] + b'"')

    def pages(self, limit: int) -> Iterator[tuple[bytes, str]]:
        """All pages, each with the place it was asked for by."""
        place: str | None = ""
        while place is not None:
            asked = place
            content, place = self.page(limit, asked)
            yield content, asked

    def read(self, limit: int, seconds: float) -> int:
        """How many objects come in about this time, from the beginning again where the end is reached."""
        count, until = 0, time.perf_counter() + seconds
        while True:
            place: str | None = ""
            while place is not None:
                content, place = self.page(limit, place)
                count += limit if place is not None else size_of(content)
                if time.perf_counter() > until:
                    return count


def size_of(content: bytes) -> int:
    """How many objects an envelope holds."""
    return len(orjson.loads(content).get("objects", []))


def together(clients: int, work: Callable[[int], int]) -> tuple[int, float]:
    """What several clients do at once: (their sum, seconds). A fault of one is a fault of all."""
    done: list[int] = []
    faults: list[BaseException] = []
    ready = threading.Barrier(clients + 1)

    def run(number: int) -> None:
        try:
            ready.wait()
            done.append(work(number))
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    ready.wait()
    start = time.perf_counter()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]
    return sum(done), time.perf_counter() - start


def timed(calls: Iterable[Callable[[], object]]) -> tuple[float, float]:
    """Median and 95th percentile of calls, in milliseconds."""
    took = []
    for call in calls:
        start = time.perf_counter()
        call()
        took.append((time.perf_counter() - start) * 1000)
    took.sort()
    return took[len(took) // 2], took[int(len(took) * 0.95)]
