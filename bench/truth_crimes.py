"""How well crimes are found where the truth is known: what is claimed, what is missed, and where it was lost.

``measure(known)`` goes the way of the nightly run (hueandcry/linkage/crimes/rebuild.py) without a database: facts are
made ready, the model is learnt without labels, pairs scored, contested and grouped.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from bench.worlds import Known
from hueandcry.linkage.matching import reports
from hueandcry.linkage.matching.clusters import clusters
from hueandcry.linkage.matching.contest import contested
from hueandcry.linkage.matching.engine import Duck
from hueandcry.linkage.matching.model import Model
from hueandcry.linkage.matching.prepared import prepare

Ints = NDArray[np.int64]
LEAST = -6.0  # bits; pairs below neither contend nor speak against a group
BINS = (0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 0.98, 1.0)
# What two reports can have in common at all: a value, a sum (in whatever currency), the victim's area, a reference.
COMPARABLE = """
SELECT count(*) FILTER (WHERE list_has_any(a.named, b.named)
        OR (a.currency = b.currency AND abs(ln(a.amount / b.amount)) <= 0.1) OR (a.currency <> b.currency AND abs(a.worth - b.worth) <= 0.12)
        OR a.area = b.area OR a.reference = b.reference)
FROM (SELECT p.*, t.crime, list_concat(exact, money, contact, infrastructure, victims) AS named FROM ready p JOIN truth t USING (report)) a
JOIN (SELECT p.*, t.crime, list_concat(exact, money, contact, infrastructure, victims) AS named FROM ready p JOIN truth t USING (report)) b
    ON a.crime = b.crime AND a.report < b.report
"""


@dataclass(frozen=True)
class Measured:
    """Pairs of reports of one crime: true ones; those with anything in common; compared; claimed by crimes; right."""

    reports: int
    true: int
    comparable: int
    compared: int
    looked_at: int  # all pairs that were compared, true or not
    weighed: int  # true pairs at the threshold or above by themselves
    claimed: int
    right: int
    largest: int  # reports of the largest crime found
    prior: float
    threshold: float  # bits from which on a pair was claimed
    seconds: float
    reliability: tuple[tuple[float, float, int], ...]  # said, true, pairs: by bin of probability

    @property
    def precision(self) -> float:
        """Share of claimed pairs that are right."""
        return self.right / max(self.claimed, 1)

    @property
    def recall(self) -> float:
        """Share of true pairs that are claimed."""
        return self.right / max(self.true, 1)

    @property
    def f1(self) -> float:
        """Their harmonic mean."""
        return 2 * self.right / max(self.claimed + self.true, 1)


def measure(known: Known, *, model: Model | None = None, threads: int = 2) -> Measured:
    """Find the crimes of a world and compare them with its truth. ``model``: weights to use in place of learning."""
    start = time.perf_counter()
    ready = prepare(known.facts, threads=threads)
    engine = Duck(threads=threads)
    learnt = model or engine.learn(ready, reports.SETTINGS)
    pairs = engine.pairs(ready, reports.SETTINGS, learnt, least=-1000.0)
    compared = pairs.select(["id_l", "id_r"])
    pairs = pairs.filter(pa.compute.greater_equal(pairs["match_weight"], LEAST))
    ids, sources = ready["report"].to_numpy(), ready["organisation"].to_numpy()
    leaves = ready["leaf"].to_numpy(zero_copy_only=False)
    pairs = contested(pairs, ids, sources, leaves)
    threshold = learnt.claims_from(reports.SETTINGS)
    found = clusters(
        ids, pairs["id_l"].to_numpy(), pairs["id_r"].to_numpy(), pairs["match_weight"].to_numpy(),
        threshold=threshold, leaves=leaves, sources=sources,
    )  # fmt: skip
    seconds = time.perf_counter() - start
    at, crime = _truth(ids, known.truth)
    same = _same(ids, at, crime, pairs)
    weights, chances = pairs["match_weight"].to_numpy(), pairs["match_probability"].to_numpy()
    return Measured(
        reports=len(at), true=together(crime), comparable=_comparable(ready, known.truth),
        compared=int(_same(ids, at, crime, compared).sum()),
        looked_at=compared.num_rows,
        weighed=int((same & (weights >= threshold)).sum()), threshold=threshold,
        claimed=together(found[at]), right=together(_both(found[at], crime)),
        largest=int(np.bincount(found).max(initial=0)), prior=learnt.prior, seconds=seconds,
        reliability=_reliability(chances, same),
    )  # fmt: skip


def together(label: Ints) -> int:
    """How many pairs have one label."""
    _, sizes = np.unique(label, return_counts=True)
    return int((sizes * (sizes - 1) // 2).sum())


def _both(one: Ints, other: Ints) -> Ints:
    return np.unique(np.stack([one, other]), axis=1, return_inverse=True)[1].ravel()


def _truth(ids: Ints, truth: pa.Table) -> tuple[Ints, Ints]:
    """Positions of the reports whose crime is known, and the crime's number. (A demonstration's own few are not.)"""
    held = np.asarray(truth["report"].to_numpy())
    crime = np.unique(np.asarray(truth["crime"].to_pylist()), return_inverse=True)[1]
    known = np.isin(held, ids)
    return np.searchsorted(ids, held[known]), crime[known]


def _same(ids: Ints, at: Ints, crime: Ints, pairs: pa.Table) -> NDArray[np.bool_]:
    of = -1 - np.arange(len(ids))  # a report without truth is alone
    of[at] = crime
    left, right = (np.searchsorted(ids, pairs[name].to_numpy()) for name in ("id_l", "id_r"))
    return np.asarray(of[left] == of[right])


def _comparable(ready: pa.Table, truth: pa.Table) -> int:
    import duckdb

    with duckdb.connect(config={"threads": 2}) as connection:
        connection.register("ready", ready)
        connection.register("truth", truth)
        return int(connection.execute(COMPARABLE).fetchall()[0][0])


def _reliability(chances: NDArray[np.float64], same: NDArray[np.bool_]) -> tuple[tuple[float, float, int], ...]:
    bins = np.clip(np.digitize(chances, BINS) - 1, 0, len(BINS) - 2)
    rows = []
    for number in range(len(BINS) - 1):
        inside = bins == number
        if inside.any():
            rows.append((float(chances[inside].mean()), float(same[inside].mean()), int(inside.sum())))
    return tuple(rows)
