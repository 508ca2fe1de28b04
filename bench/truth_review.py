"""Does the estimate of linkage's error hold the true error? Coverage of the 95 % intervals of clerical review.

    .venv/bin/python -m bench.truth_review [--seeds 300] [--pairs 500] [--facts FOLDER]

Readers know the truth (fault 0) or err in 3 % of verdicts; pairs are drawn, read, read again and estimated by the
program's own code (review/drawing.py, reading.py, estimate.py). Populations: simulated weights with a truth of many
kinds (calibrated and not, rare errors, common ones, misses among a great many), a new one for each seed; and, with
--facts, the scored pairs of worlds (files NAME.parquet of id_l, id_r, match_weight, linked, same). The bar is 90 % of
seeds; each coverage stands with its own interval (Wilson 1927). Widths say what the coverage costs.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import sqrt
from pathlib import Path
from typing import Any

import numpy as np

from hueandcry.linkage.review import drawing
from hueandcry.linkage.review.estimate import DRAWS, Estimate, Readers, Stratum, estimate
from hueandcry.linkage.review.reading import Pair, Said, agreement, differed

THRESHOLD = 5.0  # bits
SHARE = 0.2
BAR = 0.9


@dataclass(frozen=True, slots=True)
class Population:
    """All pairs there are: weight in bits, linked or not, same or not."""

    weight: Any
    linked: Any
    same: Any

    @property
    def truth(self) -> tuple[float, float]:
        """Precision and recall of it."""
        right = float((self.linked & self.same).sum())
        return right / max(1.0, float(self.linked.sum())), right / max(1.0, float(self.same.sum()))


@dataclass(frozen=True, slots=True)
class Covered:
    """For each seed: whether the intervals hold the truth; and how wide they are."""

    precision: Any
    recall: Any
    widths: dict[str, Any]
    off: dict[str, Any]


def simulated(rng: np.random.Generator) -> Population:
    """Weights of matches and of others, with as many of either and as well apart as chance has it. The program takes
    its weights for true; here they may be too sure by half, or shifted, as real ones are."""
    matches, others = int(10 ** rng.uniform(2.3, 4.3)), int(10 ** rng.uniform(3, 5.5))
    high, low = rng.uniform(9, 18), rng.uniform(-24, -10)
    spread = rng.uniform(2.5, 6)
    weight = np.concatenate([rng.normal(high, spread, matches), rng.normal(low, spread, others)])
    same = np.concatenate([np.ones(matches, bool), np.zeros(others, bool)])
    flipped = rng.random(len(same)) < rng.choice([0, 1e-4, 1e-3])  # what no weight tells
    weight = np.where(flipped, rng.normal(-5, 8, len(same)), weight)
    linked = weight >= THRESHOLD
    moved = rng.random(len(same)) < rng.choice([0, 0.002])  # groups: linked through others, or cut
    linked = linked ^ (moved & (np.abs(weight - THRESHOLD) < 8))
    kept = linked | (weight >= THRESHOLD - drawing.STEPS_DOWN[-1])
    return Population(weight[kept], linked[kept], same[kept])


def reviewed(population: Population, rng: np.random.Generator, fault: float, pairs: int, draws: int) -> Estimate:
    """One round of review of this population, from the draw to the estimate."""
    numbers = np.arange(len(population.weight))
    candidates = drawing.Candidates(numbers, numbers, population.weight, population.linked)
    drawn = drawing.draw(candidates, THRESHOLD, pairs, rng)
    _order, twice = drawing.spread([len(one.left) for one in drawn], SHARE, rng)
    two = iter(twice.tolist())
    strata, states = [], []
    for one in drawn:
        read = [_read(bool(same), one.band.linked, next(two), rng, fault) for same in population.same[one.left]]
        strata.append(Stratum(one.band.linked, one.pairs, len(read), sum(bool(state.wrong) for state in read)))
        states += read
    told, opposite = differed(agreement(states))
    return estimate(strata, Readers(told, opposite, SHARE), draws=draws, seed=int(rng.integers(2**31)))


def _read(same: bool, linked: bool, twice: bool, rng: np.random.Generator, fault: float) -> Pair:
    pair = Pair(linked, twice, several=True)
    while not pair.verdict:
        said = same != (rng.random() < fault)
        pair = Pair(linked, twice, True, (*pair.readings, Said(len(pair.readings), "same" if said else "different")))
    return pair


def covered(
    *, seeds: Iterable[int], fault: float, pairs: int = 500, draws: int = DRAWS, given: Population | None = None
) -> Covered:
    """Rounds of review, one for each seed; of ``given``, or of a population that the seed makes."""
    found = []
    for seed in seeds:
        rng = np.random.default_rng([seed, int(fault * 1000)])
        population = given or simulated(rng)
        made = reviewed(population, rng, fault, pairs, draws)
        found.append(
            [_row(each, true) for each, true in zip((made.precision, made.recall), population.truth, strict=True)]
        )
    table = np.array(found)
    return Covered(
        table[:, 0, 0], table[:, 1, 0], {"precision": table[:, 0, 1], "recall": table[:, 1, 1]},
        {"precision": table[:, 0, 2], "recall": table[:, 1, 2]},
    )  # fmt: skip


def _row(found: Any, true: float) -> tuple[float, float, float]:
    inside = found.low - 1e-4 <= true <= found.high + 1e-4  # limits are found to 0.006 %
    return float(inside), found.high - found.low, abs(found.value - true)


def wilson(share: float, n: int) -> tuple[float, float]:
    """The 95 % interval of a share seen ``n`` times (Wilson 1927, JASA 22:209)."""
    z = 1.959964
    middle, half = share + z * z / (2 * n), z * sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return (middle - half) / (1 + z * z / n), (middle + half) / (1 + z * z / n)


def worlds(folder: Path) -> Iterator[tuple[str, Population]]:
    """Scored pairs of worlds, as linkage's bench wrote them."""
    import pyarrow.parquet as pq

    for path in sorted(folder.glob("*.parquet")):
        table = pq.read_table(path, columns=["match_weight", "linked", "same"])
        weight, linked, same = (table[name].to_numpy() for name in ("match_weight", "linked", "same"))
        yield path.stem, Population(weight, linked, same)


def main() -> int:
    """Print the table; 1 where an interval's coverage is surely under the bar."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--seeds", type=int, default=300)
    asked.add_argument("--pairs", type=int, default=500)
    asked.add_argument("--draws", type=int, default=1_000)
    asked.add_argument("--facts", type=Path)
    given = asked.parse_args()
    grounds: list[tuple[str, Population | None]] = [("simulated, one for each seed", None)]
    if given.facts and given.facts.is_dir():
        grounds += list(worlds(given.facts))
    else:
        print("Scored pairs of worlds are not there (--facts FOLDER); the simulated populations alone are looked at.\n")
    print(f"95 % intervals out of {given.pairs} pairs read, over {given.seeds} seeds each; the bar is {BAR:.0%}\n")
    print(f"{'population':30} {'fault':>5} {'measure':9} {'covered':>8} {'(95 %)':>13} {'width':>12} {'off by':>7}")
    failed = False
    for name, population in grounds:
        for fault in (0.0, 0.03):
            start = time.perf_counter()
            made = covered(
                seeds=range(given.seeds), fault=fault, pairs=given.pairs, draws=given.draws, given=population
            )
            for measure in ("precision", "recall"):
                share = float(getattr(made, measure).mean())
                low, high = wilson(share, given.seeds)
                width, off = made.widths[measure], made.off[measure]
                span = f"{np.median(width):.3f}, {np.quantile(width, 0.9):.3f}"
                print(
                    f"{name:30} {fault:5.0%} {measure:9} {share:8.1%} {low:5.1%} {high:6.1%} {span:>13} {np.median(off):7.3f}"
                )
                failed |= high < BAR
            print(f"{'':30} {time.perf_counter() - start:.0f} s")
    print("\nwidth: median and nine tenths of the intervals' widths; off by: median distance of estimate and truth")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
