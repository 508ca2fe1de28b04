"""An index computed whole: what it says of each unit, how sure that is, what was done on the way. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from hueandcry.capacity.index import pipeline, uncertainty
from hueandcry.capacity.index.definition import Definition
from hueandcry.capacity.index.pipeline import Aggregate, Floats, Missing, Normalise, Screened, Treated
from hueandcry.capacity.index.table import Table


@dataclass(frozen=True, slots=True)
class Choices:
    """The rules that were chosen; all of them are published with a result."""

    normalise: Normalise = "minmax"
    aggregate: Aggregate = "arithmetic"
    missing: Missing = "exclude"
    treat: bool = True
    least_known: float = pipeline.LEAST_KNOWN
    least_in_group: float = pipeline.LEAST_IN_GROUP
    draws: int = 10_000
    seed: int = 0
    top: int = 10
    share: float = 0.9

    def told(self) -> dict[str, Any]:
        """As JSON."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Computed:
    """What came out, units in the order of the table. ``most`` is true for units among the first ``top`` by need in at
    least ``share`` of the draws; ``parts`` are contributions (units x indicators) against ``references``."""

    definition: Definition
    table: Table
    choices: Choices
    screening: tuple[Screened, ...]
    treatment: tuple[Treated, ...]
    scores: Mapping[str, Floats]
    ranks: Floats
    spread: uncertainty.Spread
    most: tuple[bool, ...]
    normal: Floats
    parts: Floats
    references: Floats


def computed(definition: Definition, table: Table, choices: Choices) -> Computed:
    """Compute an index. Raises BadIndexError where nothing is left to compute, or goalposts lack."""
    screening = pipeline.screened(definition, table.values, least_known=choices.least_known)
    refused = frozenset(each.code for each in screening if each.refused)
    kept = [n for n, each in enumerate(definition.indicators) if each.code not in refused]
    used, values = definition.without(refused), table.values[:, kept]
    fixed = choices.normalise == "goalposts"
    cleaned, treatment = pipeline.treated(used, values) if choices.treat and not fixed else (values, [])
    normal = pipeline.normalised(used, cleaned, choices.normalise)
    known = ~np.isnan(values)
    weights = pipeline.effective_weights(used, known, least=choices.least_in_group)
    scored = ~np.isnan(weights[used.top][:, 0])
    if choices.missing == "mean":
        normal = pipeline.filled(normal)
        whole = pipeline.effective_weights(used, np.ones_like(known))
        weights = {code: np.where(np.isnan(weights[code]), np.nan, held) for code, held in whole.items()}
    scores = {code: pipeline.scores(normal, held, choices.aggregate) for code, held in weights.items()}
    norms: tuple[Normalise, ...] = ("goalposts",) if fixed else ("minmax", "zscore", "rank")
    found = uncertainty.spread(
        used, values, scored, draws=choices.draws, seed=choices.seed, top=choices.top, normalisations=norms,
        treat=choices.treat,
    )  # fmt: skip
    parts, references = pipeline.contributions(normal, weights[used.top], choices.aggregate)
    ranks = pipeline.need_ranks(scores[used.top])
    most = tuple(bool(share >= choices.share) for share in np.nan_to_num(found.share, nan=0.0))
    return Computed(
        used, table, choices, tuple(screening), tuple(treatment), scores, ranks, found, most, normal, parts, references
    )


def told(made: Computed, *, moved: int = 5) -> dict[str, Any]:
    """All of it as JSON: units by need, groups, screening, treatment, public weights, choices."""
    return {
        "choices": made.choices.told(),
        "methods": list(made.spread.methods),
        "units": [_unit(made, n, moved) for n in _by_need(made)],
        "indicators": [
            {name: getattr(each, name) for name in each.__slots__} | _done(made, each.code) for each in made.screening
        ],
        "weights": {
            "indicators": {each.code: each.weight for each in made.definition.indicators},
            "groups": {each.code: each.weight for each in made.definition.groups},
        },
        "unused_columns": list(made.table.unused),
    }


def _by_need(made: Computed) -> list[int]:
    order = np.argsort(np.where(np.isnan(made.ranks), np.inf, made.ranks), kind="stable")
    return [int(n) for n in order]


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _done(made: Computed, code: str) -> dict[str, Any]:
    found = next((each for each in made.treatment if each.code == code), None)
    return {"treatment": found.done if found else "none", "winsorised": [found.low, found.high] if found else [0, 0]}


def _unit(made: Computed, n: int, moved: int) -> dict[str, Any]:
    top = made.definition.top
    low, middle, high = (_number(each) for each in made.spread.ranks[n])
    return {
        "code": made.table.codes[n],
        "name": made.table.names[n],
        "score": _number(made.scores[top][n]),
        "scores": {code: _number(held[n]) for code, held in made.scores.items()},
        "need_rank": _number(made.ranks[n]),
        "rank_interval": [low, high],
        "rank_median": middle,
        "share_in_top": _number(made.spread.share[n]),
        "most_in_need": made.most[n],
        "reference": _number(made.references[n]),
        "moved": what_moved(made, n, moved),
        "strata": {name: held[n] for name, held in made.table.strata.items()},
    }


def what_moved(made: Computed, n: int, most: int) -> list[dict[str, Any]]:
    """The indicators that move a unit furthest from the middle, the strongest first."""
    parts = made.parts[n]
    if np.isnan(parts).all():
        return []
    order = np.argsort(-np.abs(parts), kind="stable")[:most]
    return [{"indicator": made.definition.indicators[i].code, "part": float(parts[i])} for i in order if parts[i] != 0]
