"""How fast real STIX goes in, end to end: kept, validated, made canonical, de-duplicated, stored, linked, published.

    uv run python -m bench.ingest [-v] [10000 100000 1000000]

The ATT&CK bundle and the two indicator bundles of ../shared/data/stix, again and again with new ids, in files of about
20,000 objects, through the same action that every door uses. The clock stops when each object has its entry in the
collection that members follow. Beside it, in the same run, a COPY of all rows that came of it into the same tables with
the same indexes and no row-level security: what that is exactly says bench/copied.py.
"""

from __future__ import annotations

import re
import resource
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import orjson

from bench.copied import copied
from bench.installation import machine, scratch

DATA = Path(__file__).parents[2] / "shared" / "data" / "stix"
BUNDLES = ("ics-attack-18.1.json", "amnesty-cytrox.stix2.json", "amnesty-wintego-helios.stix2.json")
UUID = re.compile(rb"--[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
FILE = 20_000  # objects a file


def texts() -> list[bytes]:
    """Every object of the three bundles as text."""
    return [orjson.dumps(o) for name in BUNDLES for o in orjson.loads((DATA / name).read_bytes())["objects"]]


def grown(objects: list[bytes], count: int, salt: int) -> Iterator[bytes]:
    """``count`` objects with new ids in bundles of FILE: the originals' ids, shifted by the copy's number."""
    held: list[bytes] = []
    copy = 0
    while count > 0:
        copy += 1
        shift = uuid.uuid5(uuid.NAMESPACE_OID, f"{salt} {copy}").int

        def moved(match: re.Match[bytes], shift: int = shift) -> bytes:
            ident = uuid.UUID(match.group()[2:].decode())
            return b"--" + str(uuid.UUID(int=ident.int ^ (shift & ~(0xF000C000 << 48)))).encode()

        for text in objects[:count]:
            held.append(UUID.sub(moved, text))
            if len(held) == FILE:
                yield bundle(held)
                held = []
        count -= len(objects)
    if held:
        yield bundle(held)


def bundle(held: list[bytes]) -> bytes:
    """A bundle of these objects."""
    return b'{"type":"bundle","id":"bundle--%s","objects":[%s]}' % (str(uuid.uuid4()).encode(), b",".join(held))


def published() -> tuple[int, bool]:
    """How many entries there are, and whether every object has one."""
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT count(*) FROM exchange_entry), NOT EXISTS (SELECT 1 FROM exchange_object o WHERE NOT EXISTS"
            " (SELECT 1 FROM exchange_entry e WHERE e.object = o.id))"
        )
        found = cursor.fetchone()
    return int(found[0]), bool(found[1])


def measure(size: int) -> None:
    """Print one row of the table: in a process of its own, since one process serves one installation."""
    objects = texts()
    with scratch():
        from hueandcry.exchange import actions
        from hueandcry.exchange.models import Report, Submission
        from hueandcry.members import queries
        from hueandcry.members.viewer import identify, viewer

        person = queries.person_by_email("operator@localhost")
        assert person is not None
        by = identify(person.pk, channel="command line")
        actions.receive(by=by, raw=bundle(objects[-50:]), at_once=True)  # loads the warning lists
        spent = 0.0
        for raw in grown(objects, size, salt=size):
            start = time.perf_counter()
            got = actions.receive(by=by, raw=raw, filename="bench.json", at_once=True)
            spent += time.perf_counter() - start
            assert got.state == "done", got
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        with viewer(by):
            stored = sum(Submission.objects.values_list("stored", flat=True)) - 50
            refused = sum(Submission.objects.values_list("refused", flat=True))
            assert (stored, refused) == (size, 0), (stored, refused)
            assert Report.objects.exists()
        entered, alike = published()
        assert (entered, alike) == (size + 50, True), (entered, alike)
        tables = copied()
        bare = sum(seconds for _rows, seconds in tables.values())
    print(
        f"{size:>10,} {spent:>9.1f} {size / spent:>10,.0f} {spent / size * 1e6:>10.0f} {size / bare:>11,.0f}"
        f" {bare / spent:>8.0%} {peak:>9,.0f}",
        flush=True,
    )
    if "-v" in sys.argv:
        for table, (rows, seconds) in tables.items():
            print(f"           {table:<28} {rows:>10,} rows {seconds / size * 1e6:>7.1f} us/object of COPY", flush=True)


def main(sizes: list[int]) -> None:
    """Print the table."""
    print(f"{machine()}; durable commits, files of {FILE:,} objects from {len(texts()):,} real ones")
    print("   objects   seconds  objects/s  us/object  COPY obj/s  of COPY  peak MiB", flush=True)
    for size in sizes:
        words = [word for word in sys.argv if word == "-v"]
        subprocess.run([sys.executable, "-m", "bench.ingest", "one", str(size), *words], check=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["one"]:
        measure(int(sys.argv[2]))
    else:
        main([int(a) for a in sys.argv[1:] if a.isdecimal()] or [10_000, 100_000, 1_000_000])
