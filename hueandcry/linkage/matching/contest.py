"""One source tells a thing once: what else a record may be the same as lowers the chance of each.

Two reports of one bank cannot both be the police's one report. Fellegi and Sunter weigh each pair by itself and would
claim both; Jaro ("Advances in record-linkage methodology", JASA 84, 1989) assigns one to one afterwards. Here each pair
contends with the other pairs of its records that cannot hold together with it: with odds ``o``, and ``a`` and ``b`` the
odds summed over the left record's pairs with records of the right one's source, and the other way round,

    p = o / (1 + a + b - o)

which is exact where only one of the two sides has a choice. Hundreds of nearly equal reports in a day (one text, one
price, many victims) so lose their claims on each other without any rule of its own. Pure: arrays in, arrays out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import ArrayLike, NDArray

from hueandcry.linkage.matching.clusters import positions

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

MOST = 40.0  # bits: no odds are larger, so that sums stay exact


@dataclass(frozen=True)
class Contest:
    """Which pairs contend with each other. ``silent``: pairs of a leaf, which contend and are not contended with."""

    left: Ints  # by pair, the number of its group: the left record with the right one's source
    right: Ints
    silent: NDArray[np.bool_]

    @classmethod
    def between(
        cls, left: ArrayLike, right: ArrayLike, source_l: ArrayLike, source_r: ArrayLike, silent: ArrayLike
    ) -> Contest:
        """Pairs by their records and the sources of these; whole numbers all."""
        return cls(_numbered(left, source_r), _numbered(right, source_l), np.asarray(silent, dtype=bool))

    def chances(self, odds: Floats) -> Floats:
        """The chance of each pair, where others contend with it."""
        heard = np.where(self.silent, 0.0, odds)
        against = _summed(self.left, heard) + _summed(self.right, heard)
        own = np.where(self.silent, -odds, odds)  # of a silent pair nothing is in the sums
        return np.asarray(odds / (1 + against - own))


def contested(pairs: pa.Table, ids: ArrayLike, sources: ArrayLike | None, leaves: ArrayLike) -> pa.Table:
    """Pairs (id_l, id_r, match_weight in bits, ...) with weight and probability as after the contest.

    ``ids``, ``sources``, ``leaves``: of each record, in one order. A hidden record (leaf) never changes what two others
    weigh. Give every pair that may matter, also those below the threshold. Raises KeyError for a pair of a record that
    is not there.
    """
    if sources is None or not pairs.num_rows:
        return pairs
    known = np.asarray(ids)
    order = np.argsort(known, kind="stable")
    left, right = (positions(known, order, pairs[name].to_numpy()) for name in ("id_l", "id_r"))
    source, leaf = np.asarray(sources, dtype=np.int64), np.asarray(leaves, dtype=bool)
    contest = Contest.between(left, right, source[left], source[right], leaf[left] | leaf[right])
    odds = np.exp2(np.minimum(pairs["match_weight"].to_numpy(), MOST))
    chance = contest.chances(odds)
    with np.errstate(divide="ignore"):
        weight = np.where(chance < 1, np.log2(chance) - np.log2(1 - chance), MOST)
    given = {"match_weight": weight, "match_probability": chance}
    for name, values in given.items():
        at = pairs.schema.get_field_index(name)
        if at >= 0:
            pairs = pairs.set_column(at, name, pa.array(values, pa.float64()))
    return pairs


def _numbered(one: ArrayLike, other: ArrayLike) -> Ints:
    """A number for each combination of two whole numbers."""
    first, second = (np.unique(np.asarray(side), return_inverse=True)[1].astype(np.int64) for side in (one, other))
    _, numbers = np.unique(first * (int(second.max(initial=0)) + 1) + second, return_inverse=True)
    return np.asarray(numbers, dtype=np.int64)


def _summed(groups: Ints, values: Floats) -> Floats:
    return np.asarray(np.bincount(groups, weights=values)[groups] if len(groups) else values)
