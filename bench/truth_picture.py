"""Estimates against the truth: published answers, and simulated worlds whose true number is known.

    .venv/bin/python -m bench.truth_picture [--worlds 240] [--processes 2] [--replicates 400] [--only published|worlds]

Worlds: three to six sources, 500 to 30,000 crimes, each source telling of 3 to 35 % of them.
- pairs: some pairs of sources depend on one another (a share of 0 to half of the pairs, log odds ratio 0.3 to 1.5, two
  of three positive): dependence lies in the class of models that is fitted. Goal: 90 % or more of intervals cover.
- dense: half to all of the pairs depend, and there are only 300 to 5,000 crimes.
- heterogeneity: crimes differ in how readily they are told of (normal on the log odds, standard deviation 0.3 to 1).
- linkage: as pairs; links are missed with recall 0.95 down to 0.7, and the estimate is told how many.
"one model": one model found by steps by AIC, with a normal interval, as is often published.

The rule of the interval was chosen on seeds below 10,000; reported are seeds from 10,000 on.
"""

from __future__ import annotations

import argparse
import json
import math
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hueandcry.picture.mse import bootstrap, heterogeneity, loglinear
from hueandcry.picture.mse.decomposable import NegativeBinomial, averaged
from hueandcry.picture.mse.estimate import estimate
from hueandcry.picture.mse.linkage_error import LinkageError, Rate, distinct
from hueandcry.picture.mse.loglinear import Design
from hueandcry.picture.mse.table import Table, read

DATA = Path(__file__).parent.parent.parent / "shared" / "data" / "mse"
FIRST_SEED = 10_000
KINDS = ("pairs", "dense", "heterogeneity", "linkage")


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--worlds", type=int, default=240, help="of each kind")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--replicates", type=int, default=400)
    parser.add_argument("--kinds", nargs="+", default=list(KINDS), choices=KINDS)
    parser.add_argument("--only", choices=["published", "worlds"])
    asked = parser.parse_args()
    if asked.only != "worlds":
        published()
    if asked.only != "published":
        worlds(asked.kinds, asked.worlds, asked.processes, asked.replicates)


def published() -> None:
    """Answers that others published, and ours."""
    print(f"{'what':<52} {'published':>20} {'ours':>22}")
    madigan_york = (0, 60, 49, 4, 247, 112, 142, 12)  # column-major: the first list changes fastest
    table = Table(("a", "b", "c"), {h: n for h, n in enumerate(madigan_york) if n})
    known = averaged(table, delta=1.0, prior=NegativeBinomial(13.14, 55.17), missing=(1, 300), complete=True)
    best = known.graphs[0]
    _line("Madigan-York: best graph, probability", ".37", f"{best.probability:.2f}")
    _line("  its mean, mode", "731, 729", f"{best.estimate:.0f}, {best.mode}")
    _line("  averaged mean, mode", "731, 728", f"{known.estimate:.0f}, {known.mode}")
    if not DATA.exists():
        print(f"the tables are not there ({DATA})")
        return
    tables = {path.stem: read(path.read_bytes()) for path in sorted(DATA.glob("*.json"))}
    hare = tables["hare"]
    mth = next(m for m in heterogeneity.family(hare) if m.name == "Mth Poisson2")
    _line("hare: Mth Poisson2: total (error), AIC", "81.1 (5.7), 146", f"{_with_error(mth)}, {mth.aic:.0f}")
    mt = next(m for m in heterogeneity.family(hare, without=frozenset({63})) if m.name == "Mt")
    _line("hare: Mt without those on all lists", "76.8 (3.9)", _with_error(mt))
    five = tables["UKdat_5"]
    design = Design(5)
    cells = design.cells(five)
    fits = loglinear.search(design, cells)
    order = np.argsort(fits.bic, kind="stable")[:60]
    value = five.observed + float(fits.missing[order[0]])
    for name, rows in (("", bootstrap.tables(cells, value, 1000)),):
        low, high = bootstrap.picked(bootstrap.resample(design, rows, fits, order))
        _line(f"UK 2013, five lists: re-selecting bootstrap{name}", "9,958 to 33,511", f"{low:,.0f} to {high:,.0f}")
    four = tables["UKdat_4"]
    one = single(four)
    _line("UK 2013, four lists: one model by steps", "10,000 to 13,000", f"{one[1]:,.0f} to {one[2]:,.0f}")
    print(f"\n{'table':<12} {'observed':>8} {'bound':>9} {'estimate':>10} {'low':>10} {'high':>10}  or why not")
    for name, held in tables.items():
        found = estimate(held)
        if found.estimate is None or found.low is None or found.high is None:
            print(f"{name:<12} {found.observed:>8,} {found.lower_bound:>9,.0f} {'':>32}  {found.reason}")
        else:
            print(
                f"{name:<12} {found.observed:>8,} {found.lower_bound:>9,.0f} {found.estimate:>10,.0f}"
                f" {found.low:>10,.0f} {found.high:>10,.0f}", flush=True,
            )  # fmt: skip


def _line(what: str, theirs: str, ours: str) -> None:
    print(f"{what:<52} {theirs:>20} {ours:>22}", flush=True)


def _with_error(model: heterogeneity.Model) -> str:
    return f"{model.estimate:.1f} ({model.error:.1f})"


def single(table: Table) -> tuple[float, float, float]:
    """One model by steps, as is often published: from independence, the pair that lowers AIC most is added as long as one
    does; total and normal 95 % interval of that model alone."""
    design = Design(len(table.lists))
    cells = design.cells(table)
    fits = loglinear.fit(design, cells, np.array([0]))
    while True:
        held = int(fits.models[0])
        more = np.array([held | 1 << at for at in range(len(design.pairs)) if not held >> at & 1], dtype=np.int64)
        tried = loglinear.fit(design, cells, more)
        value = np.where(np.isfinite(tried.missing), tried.aic, np.inf)
        if not len(more) or value.min() >= fits.aic[0]:
            break
        fits = loglinear.fit(design, cells, more[[int(value.argmin())]])
    missing, error = float(fits.missing[0]), float(fits.error[0])
    spread = 1.959964 * math.sqrt(missing + (missing * error) ** 2) if math.isfinite(missing) else math.inf
    value_now = table.observed + missing
    return value_now, max(table.observed, value_now - spread), value_now + spread


def world(kind: str, seed: int) -> tuple[Table, int, int, LinkageError | None]:
    """A simulated world of a kind: its table, its true number, how many of those are told of, and what is known of
    linkage."""
    rng = np.random.default_rng([seed, KINDS.index(kind)])
    size = int(rng.integers(3, 7))
    dense = kind == "dense"
    total = int(np.exp(rng.uniform(*np.log([300, 5000] if dense else [500, 30_000]))))
    told = rng.uniform(0.03, 0.35, size)
    share = 0.0 if kind == "heterogeneity" else rng.uniform(0.5, 1.0) if dense else rng.uniform(0.0, 0.5)
    strength = {
        pair: rng.choice([1, 1, -1]) * rng.uniform(0.3, 1.5) if rng.random() < share else 0.0
        for pair in ((i, j) for i in range(size) for j in range(i + 1, size))
    }
    on = ((np.arange(1 << size)[:, None] >> np.arange(size)) & 1).astype(float)
    pairs = sum((value * on[:, i] * on[:, j] for (i, j), value in strength.items()), np.zeros(1 << size))
    if kind == "heterogeneity":
        points = rng.uniform(0.3, 1.0) * np.array([-1.73, -0.74, 0.0, 0.74, 1.73])
        odds = np.log(told / (1 - told)) + points[:, None]
        p = 1 / (1 + np.exp(-odds))
        chances = np.array([np.prod(np.where(on > 0, q, 1 - q), axis=1) for q in p]).mean(axis=0)
    else:
        main = np.log(told / (1 - told))
        chances = _with_margins(on, main, pairs, told)
    counts = rng.multinomial(total, chances)
    counts[0] = 0
    names = tuple("ABCDEF"[:size])
    error, seen = None, int(counts.sum())
    if kind == "linkage":
        recall = float(rng.uniform(0.7, 0.95))
        counts = _missed(rng, counts, math.sqrt(recall), size)
        error = LinkageError(Rate(1.0, 1.0, 1.0), Rate(recall, max(0.0, recall - 0.03), min(1.0, recall + 0.03)))
    return Table(names, {h: int(n) for h, n in enumerate(counts) if n}), total, seen, error


def _with_margins(
    on: NDArray[np.float64], main: NDArray[np.float64], pairs: NDArray[np.float64], told: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Chances of histories with these pairs of log odds ratios in which each list still has its share."""
    for _ in range(100):
        chances = np.exp(on @ main + pairs)
        chances /= chances.sum()
        now = chances @ on
        main = main + np.log(told / (1 - told)) - np.log(now / (1 - now))
    whole: NDArray[np.float64] = chances
    return whole


def _missed(rng: np.random.Generator, counts: NDArray[np.int64], kept: float, size: int) -> NDArray[np.int64]:
    """Linkage that leaves each report with the others of its crime with a chance, and else apart (linkage_error)."""
    found = np.zeros_like(counts)
    for history, count in enumerate(counts):
        bits = [at for at in range(size) if history >> at & 1]
        stays = rng.random((int(count), len(bits))) < kept if len(bits) > 1 else np.ones((int(count), len(bits)), bool)
        together = (stays * np.array([1 << at for at in bits], dtype=int)).sum(axis=1)
        found += np.bincount(together, minlength=len(counts))
        for column, at in enumerate(bits):
            found[1 << at] += int((~stays[:, column]).sum())
    found[0] = 0
    return found


@dataclass(frozen=True, slots=True)
class Outcome:
    """Of one world: what was said, relative to the truth."""

    kind: str
    size: int
    refused: str
    covers: bool
    width: float
    bias: float
    one_covers: bool
    one_width: float
    one_bias: float
    recall: float
    distinct_covers: bool
    distinct_bias: float


def outcome(task: tuple[str, int, int]) -> Outcome:
    """Estimate one world."""
    kind, seed, replicates = task
    table, truth, seen, error = world(kind, seed)
    sizes: dict[int, int] = {}
    for history, count in table.counts.items():
        sizes[history.bit_count()] = sizes.get(history.bit_count(), 0) + count
    told_of = distinct(sizes, error, seed=seed) if error else None
    whole = told_of is None or told_of.low <= seen <= told_of.high
    off = told_of.value / seen - 1 if told_of else 0.0
    found = estimate(table, seed=seed, replicates=replicates, linkage=error)
    recall = error.recall.value if error else 1.0
    value, low, high = single(table)
    one = (low <= truth <= high, (high - low) / truth, value / truth - 1)
    if found.estimate is None or found.low is None or found.high is None:
        return Outcome(kind, len(table.lists), found.code, False, math.nan, math.nan, *one, recall, whole, off)
    return Outcome(
        kind, len(table.lists), "", found.low <= truth <= found.high, (found.high - found.low) / truth,
        found.estimate / truth - 1, *one, recall, whole, off,
    )  # fmt: skip


def worlds(kinds: list[str], count: int, processes: int, replicates: int) -> None:
    """Coverage, width and bias over simulated worlds."""
    print(f"\n{count} worlds of each kind, seeds from {FIRST_SEED:,}, {replicates} replicates")
    print(
        f"{'':<22} {'worlds':>6} {'refused':>8} | {'covers':>7} {'width':>7} {'bias':>7} | one model: covers  width   bias"
    )
    with ProcessPoolExecutor(processes) as pool:
        for kind in kinds:
            tasks = [(kind, FIRST_SEED + at, replicates) for at in range(count)]
            outcomes = []
            for at, told in enumerate(pool.map(outcome, tasks), 1):
                outcomes.append(told)
                if at % 25 == 0 and at < count:
                    _row(f"({kind}, first {at})", outcomes)
            _row(kind, outcomes)
            for size in (3, 4, 5, 6):
                _row(f"  {size} sources", [o for o in outcomes if o.size == size])
            if kind == "linkage":
                for least, most in ((0.9, 1.0), (0.8, 0.9), (0.0, 0.8)):
                    part = [o for o in outcomes if least <= o.recall < most]
                    _row(f"  recall {most:g} to {least:g}", part)
                    share = np.mean([o.distinct_covers for o in part]) if part else math.nan
                    bias = np.median([o.distinct_bias for o in part]) if part else math.nan
                    print(f"    distinct: covers {100 * share:.1f} %, bias {100 * bias:+.1f} %", flush=True)
            why: dict[str, int] = {}
            for told in outcomes:
                if told.refused:
                    why[told.refused] = why.get(told.refused, 0) + 1
            if why:
                print(f"  refused for: {json.dumps(why)}", flush=True)


def _row(name: str, outcomes: list[Outcome]) -> None:
    answered = [o for o in outcomes if not o.refused]
    if not answered:
        print(f"{name:<22} {len(outcomes):>6} {'all' if outcomes else '':>8} |")
        return

    def share(values: list[bool]) -> float:
        return 100 * sum(values) / len(values)

    print(
        f"{name:<22} {len(outcomes):>6} {share([bool(o.refused) for o in outcomes]):>6.1f} % |"
        f" {share([o.covers for o in answered]):>5.1f} % {np.median([o.width for o in answered]):>7.2f}"
        f" {100 * np.median([o.bias for o in answered]):>+5.1f} % |"
        f" {share([o.one_covers for o in outcomes]):>15.1f} % {np.median([o.one_width for o in outcomes]):>6.2f}"
        f" {100 * np.median([o.one_bias for o in outcomes]):>+5.1f} %", flush=True,
    )  # fmt: skip


if __name__ == "__main__":
    main()
