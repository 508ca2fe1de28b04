"""Attack on releases: how many sensitive cells linear programming recovers from all published tables (goal: none).

    python -m bench.truth_disclosure [--cases 4000 20000] [--organisations 60] [--worlds 3]

For each simulated world two successive releases of seven linked tables are protected. Then each organisation attacks:
it knows its own cases exactly, reads both releases, and solves for every sensitive cell (disclosure/attack.py, which
shares no code with the audit inside the protection). To show that the attack bites, it is made on the same releases
without secondary suppression as well. Last, noise: what averaging over many questions would yield.
"""

from __future__ import annotations

import argparse
import random
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import NamedTuple

from hueandcry.picture.cells import Counted
from hueandcry.picture.disclosure.lines import Table
from hueandcry.picture.question import Dimension, Measure

CLASSES = "abusive-content malware availability fraud information-gathering intrusion intrusion-attempts other".split()
DIMENSIONS: tuple[tuple[Dimension, ...], ...] = (
    ("month", "class"), ("country", "class"), ("sector", "class"), ("country", "sector"), ("source", "class"),
    ("size", "class"), ("sector", "size"),
)  # fmt: skip


class Case(NamedTuple):
    """One report or crime of a simulated world."""

    values: dict[str, tuple[str, ...]]
    organisations: tuple[int, ...]
    record_key: int
    loss: int | None


def world(seed: int, cases: int, organisations: int, months: int = 36) -> list[Case]:
    """Cases whose attributes are as uneven as real ones: few values hold most; organisations report from where they
    are, and a few report most."""
    rnd = random.Random(seed)
    countries = [f"{a}{b}" for a in "ABCDE" for b in "RSTUVWXY"]
    home = [rnd.choices(countries, [1 / (i + 1) for i in range(40)])[0] for _ in range(organisations)]
    kind = [rnd.choice(("business", "cert", "law-enforcement", "government")) for _ in range(organisations)]
    busy = [rnd.paretovariate(0.9) for _ in range(organisations)]
    made = []
    for _ in range(cases):
        bodies = {rnd.choices(range(organisations), busy)[0]}
        while rnd.random() < 0.15:
            bodies.add(rnd.choices(range(organisations), busy)[0])
        told = tuple(sorted(bodies))
        month = rnd.randrange(months)
        where = {home[told[0]]} if rnd.random() < 0.7 else {rnd.choices(countries, [1 / (i + 1) for i in range(40)])[0]}
        if rnd.random() < 0.08:
            where.add(rnd.choice(countries))
        values = {
            "month": (f"{2023 + month // 12}-{month % 12 + 1:02}",),
            "year": (str(2023 + month // 12),),
            "country": tuple(sorted(where)),
            "sector": (rnd.choices("CGHIJKLMNOPQRSTUVABDE", [1 / (i + 1) for i in range(21)])[0],),
            "class": (rnd.choices(CLASSES, [5, 9, 3, 30, 6, 4, 2, 1])[0],),
            "size": (rnd.choices(("", "person", "micro", "small", "medium", "large"), [3, 9, 4, 3, 2, 1])[0],),
            "source": tuple(sorted({kind[b] for b in told})),
        }
        loss = int(rnd.lognormvariate(11, 2)) if rnd.random() < 0.4 else None
        made.append(Case(values, told, rnd.randrange(256), loss))
    return made


def cells(cases: Iterable[Case], dimensions: Sequence[Dimension]) -> list[Counted]:
    """What ``expressions.figures.counted`` would say of them, reckoned one by one."""
    groups: dict[tuple[str, ...], list[Case]] = defaultdict(list)
    for case in cases:
        keys: list[tuple[str, ...]] = [()]
        for d in dimensions:
            keys = [(*k, v) for k in keys for v in case.values[d]]
        for key in keys:
            groups[key].append(case)
    return [_cell(key, group) for key, group in sorted(groups.items())]


def _cell(key: tuple[str, ...], group: Sequence[Case]) -> Counted:
    by: dict[int, int] = defaultdict(int)
    lost: dict[int, int] = defaultdict(int)
    known = [c for c in group if c.loss is not None]
    for case in group:
        for body in case.organisations:
            by[body] += 1
            if case.loss is not None:
                lost[body] += case.loss
    most, losses = sorted(by.values(), reverse=True) + [0, 0], sorted(lost.values(), reverse=True) + [0, 0]
    return Counted(
        key, len(group), len(by), most[0], most[1], sum(c.record_key for c in group) % 256,
        sum(c.loss or 0 for c in known) if known else None, len(known), losses[0], losses[1], len(lost),
    )  # fmt: skip


def table(cases: Sequence[Case], dimensions: tuple[Dimension, ...], measure: Measure = "count") -> Table:
    """A table with its margins."""
    parts = {among: cells(cases, among) for n in range(len(dimensions) + 1) for among in combinations(dimensions, n)}
    name = f"{'-'.join(dimensions)}-{measure}"
    return Table.of(name, dimensions, parts, number="distinct", measure=measure)


def own(cases: Sequence[Case], tables: Sequence[Table], organisation: int) -> dict[str, dict[tuple[str, ...], int]]:
    """What an organisation knows of each table from its own cases, by the table's name and the cell's key."""
    mine = [c for c in cases if organisation in c.organisations]
    return {
        t.name: {c.key: t.number_of(c) for c in table(mine, t.dimensions, t.measure).cells if t.number_of(c)}
        for t in tables
    }
