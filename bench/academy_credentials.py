"""How long it takes to issue credentials, and to check them with their whole chain.

    .venv/bin/python bench/academy_credentials.py [--check 1000] [--issue 10000] [--workers 2]

Cold: a checker made anew for each credential, as on the command line. Warm: one checker for all, as on the page.
"""

from __future__ import annotations

import argparse
import time
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import sha256
from uuid import UUID

from rich.console import Console
from rich.table import Table

from hueandcry.academy.credentials import identity
from hueandcry.academy.credentials.issue import (
    Achievement,
    Aligned,
    Signer,
    Status,
    accreditation,
    badge,
    status_list,
)
from hueandcry.academy.credentials.trust import Bundle, Root, bundle
from hueandcry.academy.credentials.verify import Checker

AT = datetime(2026, 11, 1, tzinfo=UTC)
ROOT, PROVIDER = (Signer(name, sha256(name.encode()).digest()) for name in ("root", "provider"))
SCHEME = Achievement("urn:example:scheme", "First responder, EQF 4", "Secures devices.", "Examined.")
LISTS = "https://alliance.example/academy/status/"


def certificate(number: int) -> dict[str, object]:
    """The certificate of the person of this number."""
    subject = {"identifier": [identity.hashed(f"{number}@police.example")]}
    return badge(PROVIDER, reference=UUID(int=number), achievement=SCHEME, subject=subject, since=AT,
                 until=AT + timedelta(days=1000), status=Status(number, f"{LISTS}r", f"{LISTS}s"))  # fmt: skip


def held() -> Bundle:
    """What checking needs."""
    until = AT + timedelta(days=400)
    lists = [status_list(PROVIDER, address=f"{LISTS}{end}", indexes=[1], since=AT, until=until, purpose=purpose)
             for end, purpose in (("r", "revocation"), ("s", "suspension"))]  # fmt: skip
    given = accreditation(ROOT, reference=UUID(int=1), provider=PROVIDER.did, name="provider", since=AT, until=until,
                          covers=[Aligned(SCHEME.id, SCHEME.name)])  # fmt: skip
    return bundle([Root(ROOT.did)], [given], lists)


def _check(trust: Bundle, documents: list[dict[str, object]]) -> int:
    checker = Checker(trust, at=AT + timedelta(days=10))
    return sum(checker.credential(each).valid for each in documents)


def main() -> None:
    """Print the table."""
    told = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    told.add_argument("--check", type=int, default=1_000)
    told.add_argument("--issue", type=int, default=10_000)
    told.add_argument("--workers", type=int, default=2)
    asked = told.parse_args()
    trust, rows = held(), []

    def measured(what: str, number: int, done: object) -> None:
        rows.append((what, number, done))

    with ProcessPoolExecutor(asked.workers) as pool:
        list(pool.map(certificate, range(20)))  # processes have started
        begin = time.perf_counter()
        made = list(pool.map(certificate, range(10, asked.issue + 10), chunksize=100))
        measured(f"issue, {asked.workers} processes", asked.issue, time.perf_counter() - begin)
        sample = made[: asked.check]
        begin = time.perf_counter()
        cold = sum(Checker(trust, at=AT + timedelta(days=10)).credential(each).valid for each in sample[:200])
        measured("check, cold", 200, time.perf_counter() - begin)
        begin = time.perf_counter()
        warm = _check(trust, sample)
        measured("check, warm", len(sample), time.perf_counter() - begin)
        parts = [sample[n :: asked.workers] for n in range(asked.workers)]
        begin = time.perf_counter()
        many = sum(pool.map(partial(_check, trust), parts))
        measured(f"check, warm, {asked.workers} processes", len(sample), time.perf_counter() - begin)
    assert cold == min(200, len(sample)) and warm == many == len(sample), (cold, warm, many)

    table = Table("what", "credentials", "seconds", "a second", "against cold")
    slow = next(seconds / number for what, number, seconds in rows if what == "check, cold")
    for what, number, seconds in rows:
        ratio = "" if what.startswith("issue") else f"{slow / (seconds / number):.1f}"
        table.add_row(what, f"{number:,}", f"{seconds:.1f}", f"{number / seconds:,.0f}", ratio)
    Console().print(table)


if __name__ == "__main__":
    main()
