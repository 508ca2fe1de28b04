"""A second simulated world, for measuring linkage on errors that its authors did not tune on.

It shares nothing with the rest of ``world``: no constants, no tables, no way of drawing. It makes what linkage compares
(the columns of ``linkage/models/crime.py Fact``), what each report observed, and the truth, as Arrow tables; values are
64-bit hashes, since linkage never reads more of them. One seed, size and noise give the same tables.

What it assumes, and why:

* Reports come late with a tail like a power law (most within days, some after a year), and never on a day when the desk
  is closed, so that Mondays are crowded.
* Each desk has habits that do not change with the crime: some never give a sector, an amount or an area; some write the
  day before the month; each is careful or careless to its own degree. So what is missing or wrong comes in clusters.
* An amount is told after fees, as one of several instalments, in the desk's own currency at the rate of the day it
  looked, rounded, or with a slip: a digit misread, two swapped, one dropped, the point moved (Damerau 1964).
* Some organisations forward what others told them, later and shortened, errors included, and now and then with the day
  that they got it in place of the day it happened. A few send a thing twice.
* Sprays: hundreds of frauds in days by one text, at one price, from one number, at different victims: nearly the same
  report each time, and each a crime of its own.
* Means change hands: mule accounts are let to several groups, hosts are shared by thousands, telephone numbers and
  addresses come back from the provider months later to somebody else, and a few mail addresses are anybody's.
* Groups come in all sizes (a power law), most tiny; a third of all crimes are nobody's. Some victims are hit twice.
* The page or number that a crime began with is what anybody hears first; few report who hold nothing at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
from pyarrow import parquet

from hueandcry.world import second_crimes, second_tables
from hueandcry.world.second_crimes import stream
from hueandcry.world.second_reports import tell

MOST: Final = 1_000_000  # reports; beyond it memory is the limit and not the model


@dataclass(frozen=True, slots=True)
class World:
    """Tables of one world: ``facts`` as linkage compares them, ``observations`` (report, observable, type, role, day),
    ``truth`` (report, crime, operation; NULL where nobody organised stands behind it)."""

    facts: pa.Table
    observations: pa.Table
    truth: pa.Table

    def write(self, folder: Path) -> None:
        """The three tables as Parquet: facts.parquet, observations.parquet, truth.parquet."""
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("facts", "observations", "truth"):
            parquet.write_table(getattr(self, name), folder / f"{name}.parquet")


def generate(seed: int, reports: int, *, noise: float = 1.0, shared_hosting: float = 0.15) -> World:
    """A world of exactly that many reports, numbered in the order they came in.

    ``noise`` multiplies the odds of every error and omission that is not a desk's habit; ``shared_hosting`` is the
    share of reports that hold an address of a host shared by thousands. Raises ValueError for what makes no sense.
    """
    if not 1 <= reports <= MOST or noise < 0 or not 0 <= shared_hosting <= 1:
        raise ValueError(f"1 to {MOST} reports, noise from 0 up, a share of hosting from 0 to 1")
    groups = second_crimes.groups(stream(seed, "groups"), max(4, reports // 60))
    crimes = second_crimes.crimes(stream(seed, "crimes"), reports, groups)  # each has a report: enough, and more
    left = second_crimes.left(stream(seed, "values"), crimes, groups)
    told = tell(seed, crimes, left, reports, noise, shared_hosting)
    return World(second_tables.facts(told, crimes), second_tables.observations(told), second_tables.truth(told, crimes))


def in_common(world: World) -> float:
    """The share of pairs of reports of one crime that have anything to go by: a value, a reference, or the amount to a
    hundredth within three days. What no linkage can find is outside it."""
    facts, truth = world.facts, world.truth
    crime = truth["crime"].to_numpy()
    order = np.argsort(crime, kind="stable")
    ends = np.flatnonzero(np.diff(crime[order])) + 1
    held = second_tables.values_by_report(world.observations, len(crime))
    amount = facts["amount"].to_numpy(zero_copy_only=False)
    day = facts["occurred"].cast(pa.int32()).to_numpy(zero_copy_only=False)
    reference = facts["reference"].to_pylist()
    pairs = found = 0
    for members in np.split(order, ends):
        for at, left in enumerate(members):
            for right in members[at + 1 :]:
                pairs += 1
                alike = (
                    abs(amount[left] - amount[right]) <= 0.01 * abs(amount[left]) and abs(day[left] - day[right]) <= 3
                )
                found += bool(
                    held[left] & held[right] or (reference[left] and reference[left] == reference[right]) or alike
                )
    return found / pairs if pairs else 1.0
