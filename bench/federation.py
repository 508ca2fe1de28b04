"""Two nodes that share a circle, as two installations in processes of their own, both killed at random.

    uv run python -m bench.federation [objects [kills]]        100,000 objects, ten kills by default

Node A takes real STIX in (the bundles of ../shared/data/stix, again and again with new ids), in reports of a few
hundred objects; node B reads A over HTTP. While it does, all processes of a node or of both (web server, worker,
database) are killed with SIGKILL at random moments, as by a power cut, and started again. At the end each object of
A is looked for at B: lost, twice, and out of order (an object whose place among those of its report is another).
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from bench.ingest import bundle, texts
from bench.installation import machine

PORTS = {"A": 8741, "B": 8742}
REPORT = 250  # objects of a report
SEND = 20_000  # objects of a submission
PATIENCE = 1_800.0  # seconds without the end, after which it is called lost
CIRCLE = "shared"


@dataclass
class Node:
    """One installation: its folder, its database server (held by one process), its web server and worker."""

    name: str
    folder: Path
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)
    keeper: subprocess.Popen[bytes] | None = None

    @property
    def port(self) -> int:
        return PORTS[self.name]

    @property
    def environment(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "DATABASE_APP_URL")}
        return kept | {
            "HUEANDCRY_DATA": str(self.folder), "PORT": str(self.port), "HUEANDCRY_PRIVATE_REMOTES": "1",
            "HUEANDCRY_WEB_WORKERS": "1", "DJANGO_SETTINGS_MODULE": "hueandcry.project.settings",
        }  # fmt: skip

    def python(self, *words: str) -> str:
        """Run a step of this file in a process of this node; gives what it prints."""
        done = subprocess.run(
            [sys.executable, "-m", "bench.federation", *words],
            env=self.environment, check=True, stdout=subprocess.PIPE,
        )  # fmt: skip
        return done.stdout.decode().strip().rsplit("\n", 1)[-1]

    def open(self) -> None:
        """Start the database; held until ``close`` or ``kill``."""
        self.keeper = subprocess.Popen(
            [sys.executable, "-m", "bench.federation", "keep"],
            env=self.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip
        assert self.keeper.stdout is not None
        if self.keeper.stdout.readline().strip() != b"up":
            raise SystemExit(f"the database of {self.name} does not start")

    def close(self) -> None:
        """Let the database end as it should."""
        if self.keeper is not None:
            self.keeper.communicate()

    def start(self) -> None:
        """Start the web server and the worker, and wait until the first answers."""
        hueandcry = str(Path(sys.executable).parent / "hueandcry")
        log = (self.folder / "bench.log").open("ab")
        for command in ("web", "work"):
            self.running.append(
                subprocess.Popen(
                    [hueandcry, command], env=self.environment, stdout=log, stderr=log, start_new_session=True
                )
            )
        for _attempt in range(600):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.1)
        raise SystemExit(f"the web server of {self.name} does not start; see {log.name}")

    def kill(self, *, database: bool = False) -> None:
        """Kill everything as a power cut would: at once, with all children, unasked."""
        if database:
            os.kill(int((self.folder / "postgres" / "data" / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
            if self.keeper is not None:
                self.keeper.kill()
                self.keeper.wait()
        for process in self.running:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
        for process in self.running:
            process.wait()
        self.running = []


def reports(count: int) -> Iterator[bytes]:
    """Bundles of about SEND objects: reports of REPORT objects each, of real ones with ids of their own."""
    import orjson

    from bench.ingest import grown

    held: list[bytes] = []
    wanted = count
    left = [0]

    def made(objects: list[bytes]) -> bytes:
        left[0] += 1
        ident = f"report--{left[0]:08x}-0000-4000-8000-{random.getrandbits(48):012x}"
        refs = [json.loads(one)["id"] for one in objects]
        head = {
            "type": "report", "spec_version": "2.1", "id": ident, "name": f"Report {left[0]}", "object_refs": refs,
            "created": "2026-01-01T00:00:00.000Z", "modified": "2026-01-01T00:00:00.000Z",
            "published": "2026-01-01T00:00:00Z",
        }  # fmt: skip
        return orjson.dumps(head)

    plain = [one for one in texts() if b'"type":"report"' not in one and b'"object_refs"' not in one]
    for raw in grown(plain, wanted, salt=count):
        objects = [orjson.dumps(one) for one in orjson.loads(raw)["objects"]]
        for start in range(0, len(objects), REPORT - 1):
            part = objects[start : start + REPORT - 1]
            held += [made(part), *part]
            if len(held) >= SEND:
                yield bundle(held)
                held = []
    if held:
        yield bundle(held)


# Steps inside a node's own process


def keep() -> None:
    """Hold the node's database open until our parent lets go."""
    from hueandcry.project.installation import database_server

    with database_server():
        print("up", flush=True)
        sys.stdin.read()


def _django() -> None:
    import django

    django.setup()


def prepare() -> None:
    """Make a member with a circle, and the organisation that stands for the other node; prints a token of it."""
    from hueandcry.project.installation import installation

    with installation():
        from hueandcry.members import actions as members
        from hueandcry.members.models import Person
        from hueandcry.members.viewer import identify
        from tests import factory

        body, other = factory.organisation("Member"), factory.organisation("Other node")
        factory.circle(CIRCLE, [body, other])
        factory.person(body, ["analyst"], email="member@example.org")
        stand = factory.person(other, ["integrator"], email="node@example.org")
        assert isinstance(stand, Person)
        print(members.add_token(by=identify(stand.pk), name="node", scopes=["export"], days=30))


def connect(url: str, secret: str) -> None:
    """Make the connection to the other node."""
    _django()
    from hueandcry.exchange.remotes import actions
    from hueandcry.members.models import Person
    from hueandcry.members.viewer import identify, viewer

    by = identify(Person.objects.get(email="node@example.org").pk)
    with viewer(by):
        from hueandcry.members.models import Circle

        circle = Circle.objects.get(slug=CIRCLE).principal_id
    actions.add(
        by=by,
        wish=actions.Wish(
            kind="node", name="The other", url=url, secret=secret, every=10, circle=circle, filter={"circle": CIRCLE}
        ),
    )


def tell(count: str) -> None:
    """Take the objects in and publish them."""
    _django()
    from hueandcry.exchange import actions
    from hueandcry.exchange.handling import Handling
    from hueandcry.exchange.publication.actions import publish
    from hueandcry.members.models import Circle, Person
    from hueandcry.members.viewer import identify, viewer

    by = identify(Person.objects.get(email="member@example.org").pk, channel="command line")
    with viewer(by):
        circle = Circle.objects.get(slug=CIRCLE).principal_id
    for raw in reports(int(count)):
        got = actions.receive(by=by, raw=raw, handling=Handling(tlp="AMBER", recipients=(circle,)), at_once=True)
        assert got.state == "done", got
    publish()


def change() -> None:
    """What happens to some reports while the other node reads: corrected, withdrawn, erased by themselves."""
    _django()
    from hueandcry.exchange import actions_report
    from hueandcry.exchange.models import Report
    from hueandcry.members.models import Person
    from hueandcry.members.viewer import identify, viewer

    by = identify(Person.objects.get(email="member@example.org").pk, channel="command line")
    with viewer(by):
        ids = list(Report.objects.order_by("pk").values_list("pk", flat=True)[::10])
    for number, ident in enumerate(ids):
        actions_report.correct(by=by, report=ident, reason="bench", title=f"Corrected {number}")
        if number % 2:
            actions_report.withdraw(by=by, report=ident, reason="bench")


_CONTENT = (
    "SELECT r.title, r.state, o.key, o.version, o.digest FROM exchange_object o JOIN exchange_report r"
    " ON r.id = o.report_id WHERE NOT o.ours AND o.kind <> 'envelope' ORDER BY r.id, o.id"
)


def count() -> None:
    """Print what the node holds, as the member sees it."""
    _django()
    from django.db import connection

    from hueandcry.exchange.models import Report
    from hueandcry.members.models import Person
    from hueandcry.members.viewer import identify, viewer

    by = identify(Person.objects.get(email="member@example.org").pk)
    with viewer(by), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM exchange_object WHERE NOT ours AND kind <> 'envelope'")
        objects = cursor.fetchone()[0]
        states = {s: Report.objects.filter(state=s).count() for s in ("current", "withdrawn")}
        corrected = Report.objects.filter(title__startswith="Corrected").count()
    print(json.dumps({"objects": objects, "corrected": corrected, **states}))


def dump(place: str) -> None:
    """Write what the node holds into a file: of each report its title and state, and its objects in order."""
    _django()
    from django.db import connection

    from hueandcry.members.models import Person
    from hueandcry.members.viewer import identify, viewer

    by = identify(Person.objects.get(email="member@example.org").pk)
    with viewer(by), connection.cursor() as cursor, Path(place).open("w") as file:
        cursor.execute(_CONTENT)
        for title, state, key, version, digest in cursor:
            file.write(json.dumps([title, state, f"{key} {version} {bytes(digest).hex()}"]) + "\n")


STEPS = {
    "keep": keep,
    "prepare": prepare,
    "connect": connect,
    "tell": tell,
    "change": change,
    "count": count,
    "dump": dump,
}


# The whole


def compare(a: Path, b: Path) -> dict[str, int]:
    """What B holds against what A holds."""
    held: dict[str, dict[str, tuple[str, list[str]]]] = {}
    rows: dict[str, list[str]] = {}
    for name, place in (("A", a), ("B", b)):
        found: dict[str, tuple[str, list[str]]] = {}
        rows[name] = []
        for line in place.read_text().splitlines():
            title, state, one = json.loads(line)
            found.setdefault(title, (state, []))[1].append(one)
            rows[name].append(one)
        held[name] = found
    here, there = rows["A"], rows["B"]
    return {
        "objects": len(here),
        "lost": len(set(here) - set(there)),
        "twice": len(there) - len(set(there)),
        "strange": len(set(there) - set(here)),
        "out of order": sum(there_ != held["B"].get(title, ("", []))[1] for title, (_s, there_) in held["A"].items()),
        "state differs": sum(state != held["B"].get(title, ("", []))[0] for title, (state, _o) in held["A"].items()),
        "reports": len(held["A"]),
    }


def run(objects: int, kills: int, salt: int) -> dict[str, int]:
    """Two nodes, the objects, the kills, the comparison."""
    random.seed(salt)
    top = Path(tempfile.mkdtemp(prefix="hc-federation-", dir="/var/lib" if os.geteuid() == 0 else None))
    top.chmod(0o755)
    nodes = [Node(name, top / name) for name in PORTS]
    try:
        secrets = []
        for node in nodes:
            node.folder.mkdir()
            secrets.append(node.python("prepare"))
            node.open()
        a, b = nodes
        b.python("connect", f"http://127.0.0.1:{a.port}", secrets[0])
        start = time.perf_counter()
        a.python("tell", str(objects))
        print(f"  A holds them after {time.perf_counter() - start:.0f} s", flush=True)
        for node in nodes:
            node.start()
        start = time.perf_counter()
        _kill_at_random(nodes, kills)
        _wait(a, b)
        print(f"  B holds them after {time.perf_counter() - start:.0f} s, {kills} kills", flush=True)
        for node in nodes:
            node.python("dump", str(top / f"{node.name}.txt"))
        return compare(top / "A.txt", top / "B.txt")
    finally:
        for node in nodes:
            node.kill()
            node.close()
        shutil.rmtree(top, ignore_errors=True)


def _kill_at_random(nodes: list[Node], kills: int) -> None:
    """Kill one node or the other, or both, and start it again; half way through, reports change."""
    for number in range(kills):
        time.sleep(random.uniform(4.0, 14.0))  # a worker needs some seconds to start
        chosen = random.choice([[nodes[0]], [nodes[1]], nodes])
        for node in chosen:
            node.kill(database=True)
        for node in chosen:
            node.open()
        print(f"  killed {' and '.join(n.name for n in chosen)}; B holds {nodes[1].python('count')}", flush=True)
        for node in chosen:
            node.start()
        if number == kills // 2:
            nodes[0].python("change")


def _wait(a: Node, b: Node) -> None:
    """Until B holds what A holds and reports are as they are there."""
    wanted = a.python("count")
    until = time.monotonic() + PATIENCE
    while b.python("count") != wanted and time.monotonic() < until:
        time.sleep(2.0)
    time.sleep(2.0)


def main(words: list[str]) -> None:
    """Print the table."""
    objects = int(words[0]) if words else 100_000
    kills = int(words[1]) if len(words) > 1 else 10
    print(f"{machine()}; two nodes on this machine, {objects:,} objects, {kills} kills with SIGKILL", flush=True)
    found = run(objects, kills, salt=objects + kills)
    print("   objects  reports  lost  twice  strange  out of order  state differs")
    print(
        f"{found['objects']:>10,} {found['reports']:>8,} {found['lost']:>5} {found['twice']:>6} {found['strange']:>8}"
        f" {found['out of order']:>13} {found['state differs']:>14}"
    )
    sys.exit(any(found[name] for name in ("lost", "twice", "strange", "out of order", "state differs")))


if __name__ == "__main__":
    if sys.argv[1:2] and sys.argv[1] in STEPS:
        STEPS[sys.argv[1]](*sys.argv[2:])
    else:
        main(sys.argv[1:])
