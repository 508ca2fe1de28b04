"""The ledger under three writers that are killed at random: is anything lost, doubled, unbalanced or misspent? Bar: nothing
of 100,000 postings.

python -m bench.ledger [postings]
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

WRITERS, FUNDS, PROGRAMMES = 3, 8, 12
LONGEST = float(os.environ.get("SECONDS_AT_MOST", "3600"))
COUNTRIES, ASPECTS = ("KE", "UG", "TZ", "RW"), ("1.1.a", "3.1.a", "4.3.a")
CHILD = "import sys, django; django.setup(); from bench.ledger import write; write(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3])"


@dataclass
class Found:
    """What an independent reading of all that is booked says."""

    postings: int
    entries: int
    reversals: int
    closes: int
    unbalanced: int = 0  # entries that do not balance for a fund
    trial: int = 0  # funds whose values do not sum to nothing
    kept_wrong: int = 0  # balances that are not the sum of their postings
    lost: int = 0  # entries that a writer saw committed and that are not there
    doubled: int = 0
    misspent: int = 0  # spending that a fund's restrictions forbid
    overspent: int = 0  # funds that spent more than they received, or promised more than they have
    late: int = 0  # entries below a close that were written after it


def setting() -> int:
    """Funds of every restriction and programmes that run; the treasurer's number. Past the rules: a benchmark's world."""
    from hueandcry.members.models import Organisation
    from hueandcry.members.viewer import viewer
    from hueandcry.programmes.models import Component
    from tests import factory
    from tests.programmes import worlds

    rng = random.Random(9)
    office = Organisation.objects.using("owner").filter(secretariat=True).first() or factory.office()
    treasurer = factory.person(office, roles=("treasurer",))
    by = factory.as_viewer(treasurer)
    owner = factory.as_viewer(worlds.officer())
    since = worlds.TODAY - timedelta(days=400)
    for n in range(FUNDS):
        worlds.fund(
            by, f"F{n}", opens=since, running=n == 0, countries=rng.sample(COUNTRIES, 2) if n % 3 else [],
            aspects=rng.sample(ASPECTS, 2) if n % 2 else [], overhead=rng.choice((10, 20, 100)),
            share=rng.choice((60, 100)), closes=None if n % 4 else worlds.TODAY - timedelta(days=100),
        )  # fmt: skip
    for n in range(PROGRAMMES):
        made = worlds.programme(owner, COUNTRIES[n % len(COUNTRIES)], costs=(10**9, 10**9, 10**9, 2 * 10**8))
        with viewer(owner):
            parts = list(Component.objects.filter(programme=made).order_by("pk"))
            for part, aspect in zip(parts, ASPECTS, strict=False):
                Component.objects.filter(pk=part.pk).update(aspect=aspect)
            Component.objects.filter(pk=parts[3].pk).update(kind="overhead", aspect="")
        worlds.in_state(made, "running" if n % 6 else "suspended")
    return treasurer.pk


def write(person: int, seed: int, path: str) -> None:
    """Book at random until killed. The key of what is committed is written to ``path`` afterwards."""
    from hueandcry.members.actions import Refused
    from hueandcry.members.viewer import identify, viewer
    from hueandcry.programmes.ledger import actions
    from hueandcry.programmes.ledger.entries import Sum
    from hueandcry.programmes.models import Entry, Fund, Programme
    from hueandcry.web.clock import today

    rng, by, number = random.Random(f"{seed} {os.getpid()} {time.time_ns()}"), identify(person), 0
    with viewer(by):
        funds = list(Fund.objects.order_by("pk"))
        parts = [(p, c) for p in Programme.objects.order_by("pk") for c in p.components.order_by("pk")]
    with Path(path).open("a", buffering=1) as seen:
        while True:
            number += 1
            key = f"{os.getpid()} {seed} {number}"
            fund, (programme, part) = rng.choice(funds), rng.choice(parts)
            amount, day = rng.randrange(1, 500_00), today() - timedelta(days=rng.randrange(300))
            foreign = rng.random() < 0.2
            money = Sum(fund.pk, amount * 130 if foreign else amount, "KES" if foreign else "EUR", amount, "EUR")
            try:
                if (dice := rng.random()) < 0.08:
                    with viewer(by):
                        last = Entry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
                        open_ones = Entry.objects.exclude(kind="reversal").filter(reversed=None)
                        older = open_ones.filter(pk__gte=rng.randint(0, last)).order_by("pk").first()
                    if older:
                        actions.reverse(by=by, entry=older.reference, words="Taken back", day=today())
                elif dice < 0.083:  # up to half of the days, so that writing goes on
                    actions.close(by=by, until=today() - timedelta(days=rng.randrange(150, 300)))
                else:
                    actions.book(by=by, drafts=[_draft(rng, key, day, money, programme.pk, part)])
                    seen.write(key + "\n")
            except Refused:
                continue


def _draft(rng: random.Random, key: str, day: Any, money: Any, programme: int, part: Any) -> Any:
    from hueandcry.programmes.ledger import entries
    from hueandcry.programmes.ledger.entries import Draft

    kind = rng.choice(
        ("receipt", "receipt", "pledge", "commitment", "disbursement", "disbursement", "running", "refund")
    )
    over = part.kind == "overhead"
    lines = {
        "receipt": lambda: entries.receipt(money),
        "pledge": lambda: entries.pledge(money),
        "commitment": lambda: entries.commitment(money),
        # every tenth is booked as what it is not: refused
        "disbursement": lambda: entries.disbursement(
            money, overhead=over != (rng.random() < 0.1), promised=rng.choice((0, money.value // 2))
        ),
        "running": lambda: entries.running(money),
        "refund": lambda: entries.refund(money, overhead=over),
    }[kind]()
    of = (programme, part.pk) if kind in ("commitment", "disbursement", "refund") else (None, None)
    return Draft(kind, day, "At random", lines, *of, key=key)


def storm(postings: int, *, lives: float = 8.0, seconds: float = 3_600.0) -> tuple[list[str], int]:
    """Three writers, each killed after some ``lives`` seconds and begun anew, until there are so many postings: the keys
    that they saw committed, and how many were killed."""
    from django.db import connections

    person, rng, killed = setting(), random.Random(3), 0
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"DJANGO_SETTINGS_MODULE": "hueandcry.project.settings"}

        def begin(n: int) -> tuple[subprocess.Popen[bytes], float]:
            made = subprocess.Popen(
                [sys.executable, "-c", CHILD, str(person), str(n), f"{folder}/{n}"], env=environment
            )
            return made, time.monotonic() + rng.uniform(0.6, 1.4) * lives

        running, until = [begin(n) for n in range(WRITERS)], time.monotonic() + seconds
        with connections["owner"].cursor() as cursor:
            while time.monotonic() < until:
                time.sleep(0.2)
                cursor.execute("SELECT count(*) FROM programmes_posting")
                if cursor.fetchone()[0] >= postings:
                    break
                for n, (child, end) in enumerate(running):
                    if time.monotonic() > end or child.poll() is not None:
                        child.send_signal(signal.SIGKILL)
                        child.wait()
                        killed += 1
                        running[n] = begin(n)
        for child, _end in running:
            child.kill()
            child.wait()
        keys = [line for each in Path(folder).iterdir() for line in each.read_text().splitlines()]
    time.sleep(1)  # what was under way when they were killed is rolled back
    return keys, killed


def checked(keys: list[str]) -> Found:
    """Read everything that is booked, with no rule of the database, and count what is wrong."""
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT id, code, countries, aspects, opens, closes, share, running FROM programmes_fund")
        funds = {row[0]: row for row in cursor.fetchall()}
        cursor.execute("SELECT id, countries FROM programmes_programme")
        places = dict(cursor.fetchall())
        cursor.execute("SELECT id, programme_id, kind, aspect, cost FROM programmes_component")
        parts = {row[0]: row for row in cursor.fetchall()}
        cursor.execute("SELECT id, key, kind, day, programme_id, component_id, at, reverses_id FROM programmes_entry")
        entries = {row[0]: row for row in cursor.fetchall()}
        cursor.execute("SELECT entry_id, account_id, fund_id, value FROM programmes_posting")
        postings = cursor.fetchall()
        cursor.execute("SELECT fund, account, programme, component, value FROM programmes_balance")
        balances = {row[:4]: row[4] for row in cursor.fetchall() if row[4]}
        cursor.execute("SELECT until, at FROM programmes_close")
        closes = cursor.fetchall()
    found = Found(len(postings), len(entries), sum(e[7] is not None for e in entries.values()), len(closes))
    there = [entry[1] for entry in entries.values()]
    found.lost, found.doubled = len(set(keys) - set(there)), len(there) - len(set(there))
    each: dict[tuple[int, int], int] = defaultdict(int)
    whole: dict[int, int] = defaultdict(int)
    sums: dict[tuple[int, str, int, int], int] = defaultdict(int)
    for entry, account, fund, value in postings:
        each[entry, fund] += value
        whole[fund] += value
        told = entries[entry]
        sums[fund, account, told[4] or 0, told[5] or 0] += value
        if value > 0 and told[7] is None:
            found.misspent += _forbidden(account, told, funds[fund], places, parts)
    found.unbalanced, found.trial = sum(map(bool, each.values())), sum(map(bool, whole.values()))
    now = {key: value for key, value in sums.items() if value}
    found.kept_wrong = sum(now.get(key) != balances.get(key) for key in now.keys() | balances.keys())
    for fund in funds:
        cash = sum(value for key, value in now.items() if key[0] == fund and key[1] == "1000")
        promised = sum(value for key, value in now.items() if key[0] == fund and key[1] == "9000")
        found.overspent += cash < 0 or promised > cash or promised < 0
    paid: dict[tuple[int, int], int] = defaultdict(int)
    for (fund, account, programme, _part), value in now.items():
        if account in ("5000", "5100", "9000") and programme:
            paid[fund, programme] += value
    for (fund, programme), value in paid.items():
        plan = sum(part[4] for part in parts.values() if part[1] == programme)
        found.misspent += value * 100 > plan * funds[fund][6]
    # times are of the beginning of a transaction: only what began after the close was over can be late
    found.late = sum(
        entry[3] <= until and entry[6] > at + timedelta(seconds=5) for until, at in closes for entry in entries.values()
    )
    return found


def _forbidden(account: str, entry: Any, fund: Any, places: dict[int, list[str]], parts: dict[int, Any]) -> bool:
    _id, _code, countries, aspects, opens, closes, _share, running = fund
    if account not in ("5000", "5100", "5200", "9000"):
        return False
    if entry[3] < opens or (closes is not None and entry[3] > closes):
        return True
    if account == "5200":
        return not running
    part = parts.get(entry[5])
    if part is None or (account == "5100") != (part[2] == "overhead" and account != "9000"):
        return account != "9000" or part is None
    if countries and not set(places[entry[4]]) <= set(countries):
        return True
    return bool(aspects) and part[2] != "overhead" and part[3] not in aspects


def main() -> None:
    from bench.installation import machine, scratch

    os.environ["DJANGO_SETTINGS_MODULE"] = "hueandcry.project.settings"
    with scratch():
        import django

        django.setup()
        started = time.perf_counter()
        keys, killed = storm(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000, lives=20.0, seconds=LONGEST)
        took = time.perf_counter() - started
        found = checked(keys)
    print(f"{machine()}; {WRITERS} writers, {killed} killed, {took:.0f} s, {found.postings / took:.0f} postings/s")
    for name, value in vars(found).items():
        print(f"{name:>12} {value:>8}")


if __name__ == "__main__":
    main()
