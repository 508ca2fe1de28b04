"""A few reports scored in milliseconds, by the same settings and model as the nightly run, levels and all.

Splink takes a good part of a second to write its SQL anew for each call, whatever the number of records. Here the
statement is written once for a settings table and kept. That both give the same weights is held by a test
(tests/linkage/crimes/test_scoring.py), pair by pair.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from hueandcry.linkage.matching import lane
from hueandcry.linkage.matching.model import Model
from hueandcry.linkage.matching.settings import Blocking, Comparer, Settings
from hueandcry.linkage.matching.statement import level_of


class Scorer:
    """Scores pairs among a few records, again and again. One at a time: callers wait for each other."""

    def __init__(self, settings: Settings, model: Model) -> None:
        """Raises ``model.Stale`` where the model is not of these settings."""
        model.check(settings)
        self.settings, self.model = settings, model
        self.statement = _statement(settings)

    def pairs(self, records: pa.Table, *, among: Sequence[bool] | None = None, least: float) -> pa.Table:
        """Pairs of at least ``least`` bits: id_l < id_r, match_weight. ``among``: by record whether it is new; pairs of
        which neither is are left out (None: all are looked at). As ``engine.pairs`` would score them."""
        new = pa.array([True] * records.num_rows if among is None else list(among), pa.bool_())
        found = lane.run(self._found, records.append_column("is_new__", new))
        weight = self._weights(found)
        kept = np.flatnonzero(weight >= least)
        return pa.table({"id_l": found["id_l"][kept], "id_r": found["id_r"][kept], "match_weight": weight[kept]})

    def _found(self, records: pa.Table) -> dict[str, Any]:
        connection = lane.connection()
        connection.register("given", records)
        try:  # not ``sql``, which plans the statement twice: for so few rows planning is what takes the time
            return connection.execute(self.statement).fetchnumpy()
        finally:
            connection.unregister("given")

    def _weights(self, found: Mapping[str, Any]) -> NDArray[np.float64]:
        total = np.full(len(found["id_l"]), self.model.prior_weight)
        for comparer in self.settings.comparers:
            at = found[f"level_{comparer.name}"]
            total += np.array([one.weight for one in self.model.levels[comparer.name]])[at]
            for position, level in enumerate(comparer.levels):
                if level.term_frequency:
                    self._add_rarity(total, found, comparer, position)
        return total

    def _add_rarity(self, total: Any, found: Mapping[str, Any], comparer: Comparer, position: int) -> None:
        level = comparer.levels[position]
        rows = np.flatnonzero(found[f"level_{comparer.name}"] == position)
        both = [found[f"tf_{comparer.name}_{position}_{side}"][rows].tolist() for side in "lr"]
        for row, left, right in zip(rows.tolist(), *both, strict=True):
            rare = [
                self.model.rarity(comparer.name, position, level.term_frequency, level.rarest, value)
                for value in (left, right)
                if value is not None
            ]
            total[row] += min(rare, default=0.0)  # the commoner of the two counts, as in Splink


def _statement(settings: Settings) -> str:
    key = f'"{settings.unique_id}"'
    blocked = " UNION ".join(_blocked(rule, key) for rule in settings.blocking)
    columns = [c for c in settings.columns if c != settings.unique_id]
    sides = ", ".join(f'{side}."{column}" AS "{column}_{side}"' for column in columns for side in "lr")
    wanted = ["id_l", "id_r"]
    for comparer in settings.comparers:
        wanted.append(f"{level_of(comparer)} AS level_{comparer.name}")
        wanted += [
            f'CAST("{level.term_frequency}_{side}" AS VARCHAR) AS tf_{comparer.name}_{position}_{side}'
            for position, level in enumerate(comparer.levels)
            if level.term_frequency
            for side in "lr"
        ]
    return f"""WITH blocked AS ({blocked}),
        pair AS (SELECT b.id_l, b.id_r, {sides}
            FROM blocked b JOIN given l ON l.{key} = b.id_l JOIN given r ON r.{key} = b.id_r)
        SELECT {", ".join(wanted)} FROM pair"""  # noqa: S608 - settings are ours


def _blocked(rule: Blocking, key: str) -> str:
    source = "given"
    for column in rule.explode:
        source = f'(SELECT * REPLACE (unnest("{column}") AS "{column}") FROM {source})'  # noqa: S608
    return (
        f"SELECT l.{key} AS id_l, r.{key} AS id_r FROM {source} l JOIN {source} r"  # noqa: S608
        f" ON ({rule.condition}) WHERE l.{key} < r.{key} AND (l.is_new__ OR r.is_new__)"
    )


_kept: tuple[int, Scorer] | None = None


def scorer(number: int, settings: Settings, model: Model) -> Scorer:
    """The scorer of the model of this number; made once for each model."""
    global _kept  # one model is current at a time, and making a scorer takes longer than using it
    found = _kept
    if found is None or found[0] != number or found[1].settings is not settings:
        found = _kept = (number, Scorer(settings, model))
    return found[1]
