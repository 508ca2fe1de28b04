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
from dataclasses import replace
from itertools import combinations
from typing import NamedTuple

from hueandcry.picture.cells import Counted, Shown
from hueandcry.picture.disclosure import attack, cellkey
from hueandcry.picture.disclosure.lines import Table
from hueandcry.picture.disclosure.rules import protection
from hueandcry.picture.disclosure.tables import Protected, protect
from hueandcry.picture.question import Dimension, Measure

CLASSES = [
    "abusive-content",
    "malware",
    "availability",
    "fraud",
    "information-gathering",
    "intrusion",
    "intrusion-attempts",
    "other",
]
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
    most, losses = [*sorted(by.values(), reverse=True), 0], [*sorted(lost.values(), reverse=True), 0, 0]
    return Counted(
        key, len(group), len(by), most[0], sum(c.record_key for c in group) % 256,
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


class Outcome(NamedTuple):
    """What attacks on one world came to."""

    protected: int
    attacks: int
    recovered: int
    unprotected: int  # recovered where secondary suppression is left out
    withheld: float
    lost: float
    seconds: float


def attacked(seed: int, cases: int, organisations: int, attackers: int) -> Outcome:
    """Two successive releases of one world (the second has a tenth more cases, some of them of old months), protected
    and attacked by the organisations that report most and others drawn by chance."""
    made = world(seed, cases, organisations)
    rnd = random.Random(seed)
    late = {i for i in range(len(made)) if rnd.random() < 0.1}
    first = [case for i, case in enumerate(made) if i not in late]
    tables = [[table(of, d) for d in DIMENSIONS] for of in (first, made)]
    one = protect(tables[0])
    start = time.process_time()
    two = protect(tables[1], [one])
    seconds = time.process_time() - start
    by: dict[int, int] = defaultdict(int)
    for case in made:
        for body in case.organisations:
            by[body] += 1
    most = sorted(by, key=lambda b: (-by[b], b))
    chosen = most[: attackers // 2] + rnd.sample(
        most[attackers // 2 :], max(0, min(attackers, len(most)) - attackers // 2)
    )
    guarded: dict[attack.Cell, int] = {}
    sets = [attack.read(one), attack.read(two)]
    for at, release in enumerate((one, two)):
        for source, published in zip(release.sources, sets[at], strict=True):
            for cell, shown in zip(source.cells, published.cells, strict=True):
                if shown.withheld not in ("", "secondary"):
                    guarded[attack.place(at, published, cell.key)] = protection(cell)
    recovered = unprotected = 0
    bare = [_bare(release, tables_) for release, tables_ in zip((one, two), sets, strict=True)]
    for body in chosen:
        known = [own(of, release.sources, body) for of, release in ((first, one), (made, two))]
        found = attack.recover(sets, known, targets=guarded, enough=guarded.__getitem__)
        recovered += sum(high - low < guarded[cell] * (1 - 1e-6) for cell, (low, high) in found.items())
        if body == chosen[0]:
            found = attack.recover(bare, known, targets=guarded, enough=guarded.__getitem__)
            unprotected = sum(high - low < guarded[cell] * (1 - 1e-6) for cell, (low, high) in found.items())
    report = two.report
    return Outcome(
        len(guarded), len(chosen), recovered, unprotected, (report.primary + report.secondary) / report.cells,
        report.lost, seconds,
    )  # fmt: skip


def _bare(release: Protected, published: Sequence[attack.Published]) -> list[attack.Published]:
    """The same tables with what was withheld only for others' sake given back."""
    given = []
    for source, of in zip(release.sources, published, strict=True):
        cells = [
            Shown(s.key, float(source.number_of(c))) if s.withheld == "secondary" else s
            for c, s in zip(source.cells, of.cells, strict=True)
        ]
        given.append(replace(of, cells=cells))
    return given


def averaged(routes: int, group: int = 7, seed: int = 1) -> float:
    """How far off an attacker is who takes many sets with a small group, each less the same set without it, and
    averages, were every question answered (root mean square over 200 groups)."""
    rnd = random.Random(seed)
    errors = []
    for _ in range(200):
        told = []
        for _ in range(routes):
            count, key = rnd.randrange(50, 700), rnd.randrange(256)
            more = (key + sum(rnd.randrange(256) for _ in range(group))) % 256
            told.append(group + cellkey.perturbation(count + group, more) - cellkey.perturbation(count, key))
        errors.append((sum(told) / routes - group) ** 2)
    return (sum(errors) / 200) ** 0.5


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("--cases", type=int, nargs="+", default=[1500, 4000, 20000])
    parser.add_argument("--organisations", type=int, default=60)
    parser.add_argument("--attackers", type=int, default=6)
    parser.add_argument("--worlds", type=int, default=2)
    asked = parser.parse_args()
    print(
        f"{'cases':>8} {'world':>5} {'protected':>9} {'attackers':>9} {'recovered':>9} {'without secondary':>17}"
        f" {'withheld':>8} {'lost':>6} {'CPU s':>7}"
    )
    for cases in asked.cases:
        for seed in range(asked.worlds):
            o = attacked(seed, cases, asked.organisations, asked.attackers)
            print(
                f"{cases:>8} {seed:>5} {o.protected:>9} {o.attacks:>9} {o.recovered:>9} {o.unprotected:>17}"
                f" {o.withheld:>8.1%} {o.lost:>6.1%} {o.seconds:>7.1f}",
                flush=True,
            )
    print(f"\nnoise: variance {cellkey.variance():.2f}, at most {cellkey.NOISE}; a group of 7, differences averaged:")
    for routes in (1, 10, 100, 1000):
        print(f"{routes:>6} questions: off by {averaged(routes):.2f}")


if __name__ == "__main__":
    main()
