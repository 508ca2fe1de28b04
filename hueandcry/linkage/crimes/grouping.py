"""Reports grouped by the crime that they tell of: from scored pairs, judgements, and hidden reports as leaves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
from django.db.backends.utils import CursorWrapper

from hueandcry.linkage.crimes.identity import Bools, Ints
from hueandcry.linkage.matching.clusters import ABSENT, clusters
from hueandcry.linkage.matching.reports import SETTINGS

LEAST = min(SETTINGS.threshold, ABSENT) - 4  # bits; what scores lower counts as what was never looked at
Pair = tuple[int, int]

# What binds: judgements in force that say the same of a pair. Of those that contradict each other none does.
JUDGED = """
SELECT j.left, j.right, min(j.verdict) = 'same' FROM linkage_judgement j
WHERE j.withdrawn_at IS NULL AND j.verdict <> 'unsure'
  AND (%(reports)s::bigint[] IS NULL OR j.left = ANY (%(reports)s::bigint[]) AND j.right = ANY (%(reports)s::bigint[]))
GROUP BY j.left, j.right HAVING count(DISTINCT j.verdict) = 1 ORDER BY j.left, j.right
"""


@dataclass(frozen=True, slots=True)
class Judged:
    """Pairs of reports that people said are one crime, and those that are not."""

    together: list[Pair] = field(default_factory=list)
    apart: list[Pair] = field(default_factory=list)


def judged(cursor: CursorWrapper, reports: Sequence[int] | None = None) -> Judged:
    """The judgements that bind, of all reports or among these. As the linker."""
    cursor.execute(JUDGED, {"reports": None if reports is None else list(reports)})
    found = Judged()
    for left, right, same in cursor.fetchall():
        (found.together if same else found.apart).append((left, right))
    return found


@dataclass(frozen=True, slots=True)
class Records:
    """What grouping knows of reports: ids in rising order, which are leaves, who sent each."""

    ids: Ints
    leaves: Bools
    sources: Ints | None  # None: a source may tell of one thing twice

    @classmethod
    def of(cls, facts: pa.Table) -> Records:
        """From a table of facts that is sorted by report."""
        source = SETTINGS.source
        return cls(
            facts["report"].to_numpy().astype(np.int64),
            facts["leaf"].to_numpy().astype(np.bool_),
            facts[source].to_numpy().astype(np.int64) if source else None,
        )


def grouped(records: Records, pairs: pa.Table, judged: Judged, *, threshold: float) -> Ints:
    """The group of each report: any numbers, the same where reports tell of one crime. ``threshold``: bits from which
    on the model claims a pair."""
    known = set(records.ids.tolist()) if judged.together or judged.apart else set()
    return clusters(
        records.ids, pairs["id_l"].to_numpy(), pairs["id_r"].to_numpy(), pairs["match_weight"].to_numpy(),
        threshold=threshold,
        together=[pair for pair in judged.together if known.issuperset(pair)],
        apart=[pair for pair in judged.apart if known.issuperset(pair)],
        leaves=records.leaves, sources=records.sources,
    )  # fmt: skip
