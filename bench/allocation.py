"""The choice of what is funded: programmes x components, every kind of restriction. Bar: 400 x 2,000 "in a second or two"
for the workbench; seconds and proven gap are printed.

python -m bench.allocation
"""

from __future__ import annotations

import random
import time

from rich.console import Console
from rich.table import Table

from hueandcry.programmes.allocation.choice import broken, choose
from hueandcry.programmes.allocation.model import EXACT, Bound, Component, Fund, Portfolio, Programme
from hueandcry.programmes.allocation.reasons import leftovers

CASES = ((50, 250), (100, 500), (400, 2_000))
SECONDS = (2.0, 10.0, 60.0)
COUNTRIES = [f"{a}{b}" for a in "ABCDE" for b in "KLMNOPQR"]
ASPECTS = [f"{n}.{m}.{k}" for n in (1, 3, 4) for m in (1, 2) for k in "ab"]


def case(programmes: int, components: int, seed: int = 1) -> Portfolio:
    """A world of 40 countries, 12 aspects and 8 funds that hold a third of what is asked for."""
    rng = random.Random(f"{programmes} {components} {seed}")
    made, asked = [], 0
    for n in range(programmes):
        parts = []
        for k in range(components // programmes):
            cost = rng.randrange(20_000_00, 800_000_00, 5_000_00)
            asked += cost
            parts.append(Component(
                f"c{k}", cost, rng.choice(ASPECTS), rng.choice((0.1, 0.2, 0.3, 0.5, 1.0)),
                {f"deliverer {rng.randrange(10)}": rng.randint(1, 4)}, (f"c{k - 1}",) if k and rng.random() < 0.3 else (),
                k == 0, rng.random() < 0.1,
            ))  # fmt: skip
        before = (f"p{rng.randrange(n):04}",) if n and rng.random() < 0.1 else ()
        made.append(Programme(f"p{n:04}", rng.choice(COUNTRIES), tuple(parts), rng.choice((2026, 2027)), before,
                              rng.randint(1, 3)))  # fmt: skip
    funds = tuple(
        Fund(f"f{n}", asked // 24 // 1_000 * 1_000, frozenset(rng.sample(COUNTRIES, 15)) if n % 2 else frozenset(),
             frozenset(rng.sample(ASPECTS, 5)) if n % 3 == 1 else frozenset(), overhead=(100, 10, 25)[n % 3],
             share=(100, 50)[n % 4 == 3])
        for n in range(8)
    )  # fmt: skip
    bounds = [frozenset(rng.sample(COUNTRIES, 10)) for _n in range(4)]
    total = sum(f.amount for f in funds)
    return Portfolio(
        funds, tuple(made), {c: rng.random() for c in COUNTRIES}, {a: rng.random() for a in ASPECTS},
        {(c, a): float(rng.randint(0, 4)) for c in COUNTRIES for a in ASPECTS},
        tuple(Bound(f"floor {n}", total // 20, bounds[n]) for n in range(2)),
        tuple(Bound(f"cap {n}", total // 4, bounds[n + 2]) for n in range(2)),
        {f"deliverer {n}": components // 12 for n in range(10)},
    )  # fmt: skip


def main() -> None:
    names = ("programmes", "components", "given, s", "took, s", "worth", "at most", "gap", "short", "spent", "left why")
    table = Table(*names, title="What is funded")
    for programmes, components in CASES:
        portfolio = case(programmes, components)
        for seconds in SECONDS:
            started = time.perf_counter()
            found = choose(portfolio, seconds=seconds)
            took = time.perf_counter() - started
            assert not list(broken(portfolio, found))
            gap = (found.bound - found.worth) / found.bound if found.bound else 0.0
            told = "all" if all(each.why for each in leftovers(portfolio, found)) else "some"
            table.add_row(
                f"{programmes}", f"{components:,}", f"{seconds:.0f}", f"{took:.1f}", f"{found.worth / EXACT:,.2f}",
                f"{found.bound / EXACT:,.2f}", "0" if found.proven else f"{100 * gap:.2f} %",
                f"{sum(found.short.values()):,}",
                f"{100 * found.spent / sum(f.amount for f in portfolio.funds):.1f} %", told,
            )  # fmt: skip
            if found.proven:
                break
    Console(width=130).print(table)


if __name__ == "__main__":
    main()
