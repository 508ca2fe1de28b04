"""The index of needs: 195 countries x 60 indicators x 10,000 draws. Bar: 10 s.

python -m bench.needs
"""

from __future__ import annotations

import resource
import time

import numpy as np

from hueandcry.capacity.index.computed import Choices, computed
from hueandcry.capacity.index.definition import Definition, Group, Indicator
from hueandcry.capacity.index.table import Table

BAR = 10.0  # seconds


def world(units: int, indicators: int, *, missing: float) -> tuple[Definition, Table]:
    """Numbers of every sort of shape, one in ten unknown, in twelve groups of two halves."""
    random = np.random.default_rng(20261123)
    held = tuple(Indicator(f"i{n}", f"i{n}", f"g{n % 12}", 1 if n % 3 else -1) for n in range(indicators))
    groups = (Group("top", "top", ""), Group("h0", "h0", "top"), Group("h1", "h1", "top"))
    groups += tuple(Group(f"g{n}", f"g{n}", f"h{n % 2}") for n in range(12))
    values = random.normal(size=(units, indicators))
    values[:, ::4] = np.exp(1.5 * values[:, ::4])  # long tails, to be treated
    values[random.random(values.shape) < missing] = np.nan
    names = tuple(f"u{n}" for n in range(units))
    return Definition(held, groups), Table(names, names, values, {}, ())


def main() -> None:
    print(
        f"{'countries':>9} {'indicators':>10} {'draws':>7} {'unknown':>8} {'seconds':>8} {'CPU s':>7} {'of the bar':>10}"
    )
    for units, indicators, draws, missing in ((51, 49, 10_000, 0.02), (195, 60, 10_000, 0.0), (195, 60, 10_000, 0.1)):
        definition, table = world(units, indicators, missing=missing)
        started, spent = time.perf_counter(), time.process_time()
        made = computed(definition, table, Choices(draws=draws, seed=1))
        took, cpu = time.perf_counter() - started, time.process_time() - spent
        assert made.spread.draws == draws
        print(f"{units:>9} {indicators:>10} {draws:>7} {missing:>8.0%} {took:>8.2f} {cpu:>7.2f} {took / BAR:>10.2f}")
    print(f"Most memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MiB")


if __name__ == "__main__":
    main()
