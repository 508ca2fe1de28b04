"""Crimes and operations against the truth: precision and recall by pairs, where pairs are lost, and tables of others.

    .venv/bin/python -m bench.truth_linkage [--seeds 3] [--size demo] [--noise 1 2]

The simulated world through the real intake (minutes a seed the first time, then kept; see bench/worlds.py), at the noise
named; the second world, which shares nothing with the first; weights by hand instead of learnt; then the tables under
../shared/data that people label, by `hueandcry linkage match`'s own code; then operations. Every figure is over all
pairs of reports of one crime. Bars: issue 4, "Truth, measured".
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from bench import worlds
from bench.installation import machine
from bench.truth_crimes import Measured, measure, together
from hueandcry.linkage.matching import reports

DATA = Path(__file__).parent.parent.parent / "shared" / "data" / "linkage"
# File, the least F1 asked for, its ids, and who each record truly is: never shown to what matches.
LABELLED = (
    ("febrl3.csv", 0.998, "rec_id", "rec_id", r"rec-(\d+)-"),
    ("historical_figures_with_errors_50k.parquet", 0.85, "unique_id", "cluster", "(.*)"),
)
HEAD = "world              precision  recall      F1 | true pairs, with anything in common, compared, weighed enough | largest  prior   bits  seconds"


def main() -> None:
    """Print the tables."""
    asked = _arguments()
    print(f"{machine()}; bars: precision 0.99, recall 0.93")
    print(HEAD)
    last: Measured | None = None
    for name, measured in _crimes(asked):
        _row(name, measured)
        last = last or measured
    if last:
        print("\nWhat a probability says (first row above): said, true, pairs")
        for said, true, pairs in last.reliability:
            print(f"  {said:6.3f} {true:6.3f} {pairs:>9,}")
    _people()
    _operations()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--size", default="demo", choices=["small", "demo"])
    parser.add_argument("--noise", type=float, nargs="+", default=[1.0, 2.0])
    parser.add_argument("--reports", type=int, default=20_000, help="of the second world")
    return parser.parse_args()


def _crimes(asked: argparse.Namespace) -> Iterator[tuple[str, Measured]]:
    for noise in asked.noise:
        for seed in range(1, asked.seeds + 1):
            yield f"first {seed} noise x{noise:g}", measure(worlds.world(seed, asked.size, noise))
    for noise in asked.noise:
        for seed in range(1, asked.seeds + 1):
            yield f"second {seed} noise x{noise:g}", measure(worlds.second(seed, asked.reports, noise))
    yield "first 1, by hand", measure(worlds.world(1, asked.size), model=reports.starting())


def _row(name: str, one: Measured) -> None:
    shares = (count / max(one.true, 1) for count in (one.comparable, one.compared, one.weighed))
    print(
        f"{name:<18} {one.precision:9.4f} {one.recall:7.4f} {one.f1:7.4f} | {one.true:>10,} "
        + " ".join(f"{share:7.3f}" for share in shares)
        + f" | {one.largest:>4} {one.prior:7.4f} {one.threshold:6.1f} {one.seconds:8.1f}",
        flush=True,
    )


def _people() -> None:
    from hueandcry.linkage.matching import tables

    print("\npeople                                        records  precision  recall      F1   asked")
    for name, bar, ids, column, entity in LABELLED:
        if not (DATA / name).exists():
            print(f"{name}: not there ({DATA})")
            continue
        table = tables.read(DATA / name)
        found = tables.match(table, "people")
        who = dict(zip(table[ids].to_pylist(), table[column].to_pylist(), strict=True))
        truth = [re.findall(entity, who[one])[0] for one in found.clusters["id"].to_pylist()]
        label = np.unique(np.array(truth), return_inverse=True)[1]
        cluster = np.unique(np.asarray(found.clusters["cluster"].to_pylist()), return_inverse=True)[1]
        right = together(np.unique(np.stack([label, cluster]), axis=1, return_inverse=True)[1].ravel())
        claimed, true = together(cluster), together(label)
        print(
            f"{name:<45} {table.num_rows:>7,} {right / max(claimed, 1):9.4f} {right / true:7.4f}"
            f" {2 * right / (claimed + true):7.4f} {bar:7.3f}", flush=True,
        )  # fmt: skip


def _operations() -> None:
    try:
        from bench import truth_operations
    except ImportError:
        print("\noperations: bench/truth_operations.py is not there")
        return
    print("\noperations: python -m bench.truth_operations\n" + (truth_operations.__doc__ or "").split("\n")[0])


if __name__ == "__main__":
    main()
