"""Operations for many observations: seconds, memory and bytes on disk, reading and writing PostgreSQL included.

    uv run python -m bench.operations [1000000 10000000] [--live 300]

Synthetic reports put in by COPY as the owner, with facts and crimes as linkage keeps them: five values a report, four
reports for three crimes, operations of very different sizes that go through values one after the other, a third of all
values told once, and one observation in fifty of an address that thousands of sites share. What is timed is
``operations.rebuild.rebuild()`` on an installation that has none yet, and once more with nothing changed. Memory is the
sum over this process and all of the database's (proportional set sizes, sampled), at its highest. Last, crimes taken out
of their operations are attached one by one, as they would be by day.
"""

from __future__ import annotations

import argparse
import io
import os
import threading
import time
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from pyarrow import csv

from bench.installation import machine, scratch

PART = 1_000_000
KINDS = ("domain-name", "iban", "ipv4-addr", "phone-number", "email-addr")
WEIGHTS = (0.8, 1.0, 0.5, 0.9, 0.9)
PER_VALUE = 9  # crimes of an operation that share a value before the next is used
HOSTS = 2_000
CLASSES = ("fraud", "malware", "intrusion", "availability", "information-gathering")
COUNTRIES = ("PT", "ES", "FR", "DE", "IT", "NL", "BE", "PL", "CZ", "AT", "IE", "DK", "SE", "FI", "GR")
# A row of a table of pairs: header and line pointer 28, two ids and a weight 20, and its two entries in indexes by
# either side, 24 each with their share of the page.
PAIR_BYTES = 28 + 20 + 2 * 24


def main(sizes: list[int], live: int) -> None:
    """Print the table."""
    print(machine())
    print(
        "observations  reports    crimes     operations  seconds  CPU s (of these the database)  again  peak GiB"
        "  bytes/obs: all  of these linkage's  pairs/obs  as pairs: bytes/obs"
    )
    apart = get_context("spawn")  # an installation is a process's for good
    for size in sizes:
        one = apart.Process(target=measure, args=(size, live))
        one.start()
        one.join()
        if one.exitcode:
            raise SystemExit(f"{size:,} observations: failed")


def measure(size: int, live: int) -> None:
    """Print the lines of one size."""
    with scratch():
        began = time.perf_counter()
        filling = get_context("spawn").Process(target=fill, args=(size, os.environ["HUEANDCRY_DATA"]))
        filling.start()
        filling.join()
        if filling.exitcode:
            raise SystemExit("filling failed")
        print(f"    filled in {time.perf_counter() - began:.0f} s", flush=True)
        print(_measured(size), flush=True)
        if live:
            print(_attached(live), flush=True)


def _measured(size: int) -> str:
    from hueandcry.linkage.operations.rebuild import rebuild

    with _Peak() as peak:
        start, own, base = time.perf_counter(), time.process_time(), _database_seconds()
        run = rebuild()
        first = time.perf_counter() - start
        own, base = time.process_time() - own, _database_seconds() - base
        start = time.perf_counter()
        rebuild()
        again = time.perf_counter() - start
    disk, ours, pairs = _disk()
    figures = run.figures
    print("   ", {k: v for k, v in figures.items() if k in ("seconds", "peak_mib", "capped", "pieces", "came back")})
    return (
        f"{figures['observations']:12,}  {_count('linkage_fact'):9,}  {figures['crimes']:9,}  {figures['operations']:10,.0f}"
        f"  {first:7.1f}  {own + base:5.1f} ({base:5.1f})  {again:5.1f}  {peak.bytes / 2**30:8.2f}  {disk / size:9.0f}"
        f"  {ours / size:13.1f}  {pairs / size:9.1f}  {pairs * PAIR_BYTES / size:8.0f} ({pairs * PAIR_BYTES / 2**30:.1f} GiB)"
    )


def _attached(count: int) -> str:
    """Crimes attached one by one, each in a transaction of its own: wall and CPU of each."""
    from django.db import connections

    from hueandcry.linkage.crimes import writing
    from hueandcry.linkage.linker import linker
    from hueandcry.linkage.operations import live

    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT setseed(0.5)")
        cursor.execute("SELECT crime FROM linkage_operationcrime ORDER BY random() LIMIT %s", [count])
        crimes = [row[0] for row in cursor.fetchall()]
        cursor.execute("DELETE FROM linkage_operationcrime WHERE crime = ANY (%s)", [crimes])
    taken, joined, own, base = [], 0, time.process_time(), _database_seconds()
    for crime in crimes:
        start = time.perf_counter()
        with linker() as cursor:
            writing.lock(cursor)
            joined += len(live.attach(cursor, [crime]))
        taken.append(1000 * (time.perf_counter() - start))
    own, base = (
        1000 * (now - was) / len(crimes) for now, was in ((time.process_time(), own), (_database_seconds(), base))
    )
    p50, p95 = np.percentile(taken, (50, 95))
    return (
        f"    attached by day: {joined} of {len(crimes)}; p50 {p50:.1f}, p95 {p95:.1f} ms;"
        f" CPU {own:.1f} ms here, {base:.1f} ms in the database each"
    )


def _disk() -> tuple[int, int, int]:
    """Bytes of what holds observations and what linkage keeps of them, indexes and TOAST included, after VACUUM; of
    these linkage's; and the pairs of reports that share a value, counted from the degree of each value."""
    from django.db import connections

    linked = (
        "linkage_operation",
        "linkage_operationcrime",
        "linkage_operationvalue",
        "linkage_operationevent",
        "linkage_crime",
        "linkage_crimereport",
        "linkage_fact",
    )
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"VACUUM ANALYZE {', '.join(linked)}")
        sizes = "SELECT sum(pg_total_relation_size(t::regclass)) FROM unnest(%s::text[]) t"
        cursor.execute(sizes, [list(linked)])
        own = int(cursor.fetchone()[0])
        cursor.execute(sizes, [["exchange_observation", "exchange_observable"]])
        base = int(cursor.fetchone()[0])
        cursor.execute("SELECT relname, pg_total_relation_size(oid) FROM pg_class WHERE relname = ANY (%s)", [
            [*linked, "exchange_observation", "exchange_observable"]])  # fmt: skip
        print("   ", {name: f"{size / 2**20:,.0f} MiB" for name, size in cursor.fetchall()})
        cursor.execute(
            "SELECT sum(n * (n - 1) / 2) FROM (SELECT count(DISTINCT report_id) AS n FROM exchange_observation GROUP BY observable) d"
        )
        return own + base, own, int(cursor.fetchone()[0])


def _count(table: str) -> int:
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        return int(cursor.fetchone()[0])


class _Peak:
    """The most memory that this process and the database's processes held together, sampled twice a second."""

    def __enter__(self) -> _Peak:
        self.bytes = 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(0.5):
            self.bytes = max(self.bytes, sum(_held(pid) for pid in _ours()))


def _ours() -> list[int]:
    """This process and those of the server that runs in this data folder."""
    folder = os.environ["HUEANDCRY_DATA"]
    postmasters = [int(p.read_text().split()[0]) for p in Path(folder).rglob("postmaster.pid")]
    found = [os.getpid(), *postmasters]
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            if int(stat.read_text().rpartition(")")[2].split()[1]) in postmasters:
                found.append(int(stat.parent.name))
        except OSError:
            continue
    return found


def _database_seconds() -> float:
    """CPU of the server, those of its processes included that have ended."""
    total = 0
    for pid in _ours()[1:]:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        total += sum(map(int, fields[11:15]))  # user and system, own and of children waited for
    return total / os.sysconf("SC_CLK_TCK")


def _held(pid: int) -> int:
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    except OSError:
        return 0
    return 0


def fill(size: int, folder: str) -> None:
    """Put so many observations into the installation in ``folder``, in a process of its own."""
    os.environ["HUEANDCRY_DATA"] = folder
    from hueandcry.project.installation import installation

    with installation():
        from django.db import connections

        from hueandcry.members.models import Organisation, Person

        rng = np.random.default_rng(7)
        reports, crimes = size // 5, size * 3 // 20
        with connections["owner"].cursor() as cursor:
            body, person = (
                Organisation.objects.using("owner").order_by("pk")[0],
                Person.objects.using("owner").order_by("pk")[0],
            )
            cursor.execute(SUBMISSION, {"organisation": body.pk, "person": person.pk})
            cursor.execute("ALTER TABLE exchange_report DISABLE TRIGGER USER")
            for table in COPIED:  # COPY does not work under row-level security, which binds the owner too
                cursor.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
            later = _bared(cursor)
            cursor.execute(REPORTS, {"organisation": body.pk, "person": person.pk, "reports": reports})
            cursor.execute(CRIMES, {"crimes": crimes})
            _facts(cursor, rng, reports, crimes)
            _observations(cursor, rng, reports, crimes)
            cursor.execute(VALUES, {"kinds": list(KINDS), "weights": list(WEIGHTS)})
            for table in COPIED:
                cursor.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
            cursor.execute("SET maintenance_work_mem = '512MB'")
            for statement in later:
                cursor.execute(statement)
            cursor.execute(
                "VACUUM ANALYZE exchange_observation, exchange_observable, linkage_fact, linkage_crimereport, linkage_crime"
            )


def _bared(cursor: Any) -> list[str]:
    """Take indexes and foreign keys off what is filled, which row by row would take most of the time; gives what puts
    them back (foreign keys unchecked: what is put in has its other end)."""
    cursor.execute(
        "SELECT format('ALTER TABLE %%s DROP CONSTRAINT %%I', conrelid::regclass, conname),"
        " format('ALTER TABLE %%s ADD CONSTRAINT %%I %%s NOT VALID', conrelid::regclass, conname, pg_get_constraintdef(oid))"
        " FROM pg_constraint WHERE contype = 'f' AND conrelid = ANY (%s::regclass[])"
        " UNION ALL SELECT format('DROP INDEX %%s', i.indexrelid::regclass), pg_get_indexdef(i.indexrelid) FROM pg_index i"
        " WHERE i.indrelid = ANY (%s::regclass[]) AND NOT EXISTS ("
        "SELECT 1 FROM pg_constraint c WHERE c.conindid = i.indexrelid AND c.contype IN ('p', 'u', 'x'))",
        [list(FILLED)] * 2,
    )
    taken = cursor.fetchall()
    for statement, _back in taken:
        cursor.execute(statement)
    return [back for _statement, back in taken]


FILLED = ("linkage_fact", "linkage_crimereport", "exchange_observation", "exchange_report", "exchange_observable")
COPIED = ("linkage_fact", "linkage_crimereport", "exchange_observation")
SUBMISSION = """
INSERT INTO exchange_submission (reference, organisation_id, person_id, audience, sha256, size, filename, claimed, format,
    channel, handling, state, place, reason, consumed, total, read, stored, known, refused, reports)
VALUES (gen_random_uuid(), %(organisation)s, %(person)s, 1, 'x', 1, '', '', 'stix', 'bench', '{}', 'done', '', '', 0, 0, 0, 0, 0, 0, 0)
"""
REPORTS = """
INSERT INTO exchange_report (id, reference, organisation_id, person_id, submission_id, audience, key, state, kind, source_kind,
    title, account, language, classes, main_class, techniques, labels, reported_at, victim_countries, victim_sector,
    victim_size, loss_currency, objects_count, holds, tlp, pap, codes, source_grade, information_grade, discoverability, purpose,
    legal_basis, recipients)
OVERRIDING SYSTEM VALUE
SELECT n, gen_random_uuid(), %(organisation)s, %(person)s, (SELECT max(id) FROM exchange_submission), 1, 'r' || n,
    'current', 'incident', 'business', '', '', '', '{fraud}', 'fraud', '{}', '{}', now(), '{PT}', '', '', '', 0, '{}', 'GREEN',
    '', '{}', '', '', 'anonymous', '{statistics}', '', '{}'
FROM generate_series(1, %(reports)s) n
"""
CRIMES = "INSERT INTO linkage_crime (id) OVERRIDING SYSTEM VALUE SELECT generate_series(1, %(crimes)s)"
# A value's number says its type: what is left over on division by the number of types.
VALUES = """
INSERT INTO exchange_observable (id, type, value, weight, warnings)
SELECT v, (%(kinds)s::text[])[1 + v %% 5], (%(kinds)s::text[])[1 + v %% 5] || '-' || v || '.example',
    (%(weights)s::float8[])[1 + v %% 5], '{}'
FROM (SELECT DISTINCT observable AS v FROM exchange_observation) d
"""


def _operation_of(crimes: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """By crime its operation (-1: nobody organised) and its place in it: sizes as uneven as in life."""
    sizes = np.minimum(1 + rng.lognormal(2.2, 1.4, crimes // 8).astype(np.int64), 20_000)
    sizes = sizes[np.cumsum(sizes) < crimes * 85 // 100]
    operation = np.full(crimes, -1, np.int64)
    operation[: sizes.sum()] = np.repeat(np.arange(len(sizes)), sizes)
    place = (
        np.arange(crimes) - np.repeat(np.cumsum(sizes) - sizes, sizes).tolist()[0]
        if not len(sizes)
        else np.zeros(crimes, np.int64)
    )
    place[: sizes.sum()] = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return operation, place


def _facts(cursor: Any, rng: np.random.Generator, reports: int, crimes: int) -> None:
    operation, place = _operation_of(crimes, np.random.default_rng(11))
    crime = _crime_of(reports, crimes)
    speciality = np.random.default_rng(12).integers(0, len(CLASSES), crimes)
    home = np.random.default_rng(13).integers(0, len(COUNTRIES), crimes)
    of = np.where(operation[crime] >= 0, operation[crime], crime)
    cls = np.array(CLASSES)[
        np.where(rng.random(reports) < 0.95, speciality[of], rng.integers(0, len(CLASSES), reports))
    ]
    country = np.array(COUNTRIES)[(home[of] + rng.integers(0, 3, reports)) % len(COUNTRIES)]
    day = np.datetime64("2024-11-01") + (of * 37 % 500 + np.minimum(place[crime] // 2, 200)).astype("timedelta64[D]")
    number = np.arange(1, reports + 1)
    nothing = np.full(reports, "")
    columns = (
        "report, organisation, source_kind, leaf, occurred, reported, currency, country, sector, size, area, reference,"
        " main_class, classes, labels, sketch, exact, money, contact, infrastructure, victims"
    )
    empty = np.full(reports, "{}")
    _copy(
        cursor, f"linkage_fact ({columns})", number, 1 + number % 120, np.full(reports, "business"), number % 13 == 0,
        day, day, nothing, country, nothing, nothing, nothing, nothing, cls, *([empty] * 8),
    )  # fmt: skip
    _copy(cursor, "linkage_crimereport (report, crime)", number, crime + 1)


def _crime_of(reports: int, crimes: int) -> np.ndarray:
    return np.minimum(np.arange(reports) * 3 // 4, crimes - 1)


def _observations(cursor: Any, rng: np.random.Generator, reports: int, crimes: int) -> None:
    operation, place = _operation_of(crimes, np.random.default_rng(11))
    base = np.cumsum(np.bincount(operation[operation >= 0], minlength=1) // PER_VALUE + 2)
    shared = int(base[-1]) * len(KINDS)
    number, following = np.arange(reports), shared + HOSTS * len(KINDS)
    crime = _crime_of(reports, crimes)
    for low in range(0, reports, PART // 5):
        at = number[low : low + PART // 5]
        for kind in range(len(KINDS)):
            c = crime[at]
            chance = rng.random(len(at))
            back = rng.choice([0, 1, 2], len(at), p=[0.7, 0.2, 0.1])
            slot = base[np.maximum(0, operation[c])] - 1 - np.maximum(0, place[c] // PER_VALUE - back)
            value = np.where(operation[c] >= 0, slot, -1)
            once = (chance < 0.33) | (value < 0)
            value = np.where(once, following + np.arange(len(at)), value)
            following += len(at)
            if KINDS[kind] == "ipv4-addr":
                value = np.where(chance > 0.9, shared + rng.integers(0, HOSTS, len(at)), value)
            one = np.ones(len(at), np.int64)
            _copy(
                cursor, "exchange_observation (report_id, organisation, audience, observable, role, claimed, told_by)",
                at + 1, 1 + (at + 1) % 120, one, value * len(KINDS) + kind, np.full(len(at), "attacker"),
                np.full(len(at), "-"), np.full(len(at), kind),
            )  # fmt: skip


def _copy(cursor: Any, into: str, *columns: np.ndarray) -> None:
    plain = csv.WriteOptions(include_header=False, quoting_style="all_valid")
    for low in range(0, len(columns[0]), PART):
        text = io.BytesIO()
        csv.write_csv(pa.table({str(n): column[low : low + PART] for n, column in enumerate(columns)}), text, plain)
        with cursor.copy(f"COPY {into} FROM STDIN (FORMAT csv)") as copy:
            copy.write(text.getvalue())


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("sizes", nargs="*", type=int, default=[1_000_000, 10_000_000])
    parser.add_argument("--live", type=int, default=300)
    asked = parser.parse_args()
    main(asked.sizes, asked.live)
