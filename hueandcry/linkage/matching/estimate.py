"""Splink, contained: our settings and model in its words, learning, and scored pairs, on whichever engine it computes.

Contract: ``learn`` and ``scored`` take a Splink database and names of tables in it; out come our Model, or the name of
a table in that database. Its own talk is silenced and its errors come out as ``Failed``. Splink 5,
https://moj-analytical-services.github.io/splink/.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from splink import Linker
from splink.internals.exceptions import EMTrainingException, SplinkException

from hueandcry.linkage.matching.model import Learnt, Model
from hueandcry.linkage.matching.settings import OTHERWISE, Blocking, Comparer, Level, Settings, gamma

# Pseudo-counts, so that a level never seen among a sample's matches does not weigh infinitely: as if half a pair more
# had been seen at each level among so many matches.
MATCHES_SEEN = 1000
DIGITS = 9  # parameters are rounded to so many: sums over threads differ further down
NOT_SEEN = 1e-6  # what Splink says where a level was never seen

logging.getLogger("splink").setLevel(logging.CRITICAL)


class Failed(RuntimeError):
    """The engine could not do it; the message says what it said."""


@dataclass(frozen=True)
class Tables:
    """Names of tables in one database: all records, those to draw pairs at random from, those to learn matches from."""

    records: str
    sample: str
    matches: str


@contextmanager
def contained() -> Iterator[None]:
    """Nothing of Splink's comes out but ``Failed``: no warning, no error class of its own or of its database."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except (SplinkException, ValueError) as error:
        raise Failed(_first_line(error)) from error


def _first_line(error: BaseException) -> str:
    text = str(error)
    return text.rsplit("Error was:", 1)[-1].strip().split("\n")[0] or type(error).__name__


def settings_of(settings: Settings, model: Model | None, *, dialect: str, gammas: bool = False) -> dict[str, Any]:
    """Our settings, with what was learnt where there is a model, as Splink's dictionary."""
    return {
        "link_type": "dedupe_only",
        "unique_id_column_name": settings.unique_id,
        "probability_two_random_records_match": model.prior if model else settings.training.prior or 1e-4,
        "comparisons": [_comparison(one, model, dialect) for one in settings.comparers],
        "blocking_rules_to_generate_predictions": [_blocking(rule, dialect) for rule in settings.blocking],
        "retain_matching_columns": gammas,
        "retain_intermediate_calculation_columns": False,
        "max_iterations": 30,
        "em_convergence": 1e-5,
    }


def _comparison(comparer: Comparer, model: Model | None, dialect: str) -> dict[str, Any]:
    learnt = model.levels[comparer.name] if model else (None,) * len(comparer.levels)
    return {
        "output_column_name": comparer.name,
        "comparison_description": comparer.label,
        "comparison_levels": [
            _level(level, known, dialect) for level, known in zip(comparer.levels, learnt, strict=True)
        ],
    }


def _level(level: Level, known: Learnt | None, dialect: str) -> dict[str, Any]:
    said: dict[str, Any] = {"sql_condition": sql_for(level, dialect), "label_for_charts": level.label}
    if level.null:
        return said | {"is_null_level": True}
    m, u = (known.m, known.u) if known else (level.m, level.u)
    if m is not None:
        said |= {"m_probability": m, "fix_m_probability": True}
    if u is not None:
        said |= {"u_probability": u, "fix_u_probability": True}
    if level.term_frequency and known:
        said |= {"tf_adjustment_column": level.term_frequency, "tf_adjustment_weight": 1.0}
        said |= {"tf_minimum_u_value": level.rarest, "disable_tf_exact_match_detection": True}
    return said


def _blocking(rule: Blocking, dialect: str) -> dict[str, Any]:
    said: dict[str, Any] = {"blocking_rule": sql_for(rule, dialect), "sql_dialect": dialect}
    return said | ({"arrays_to_explode": list(rule.explode)} if rule.explode else {})


def sql_for(part: Level | Blocking, dialect: str) -> str:
    """A condition in the words of this dialect."""
    return part.spark if dialect == "spark" and part.spark else part.condition


def linker_on(database: Any, table: str, settings: Settings, model: Model | None, *, gammas: bool = False) -> Any:
    """Splink's linker on a table of this database."""
    dialect = database.sql_dialect.sql_dialect_str
    frame = database.table_to_splink_dataframe("records", table)
    return Linker(
        frame, settings_of(settings, model, dialect=dialect, gammas=gammas), log_level=None, validate_settings=False
    )


def learn(
    database: Any, tables: Tables, settings: Settings, *, records: int, frequencies: Mapping[str, Mapping[str, float]]
) -> Model:
    """Estimate u, m and the prior (see ``Training``).

    Raises Failed where no training rule gives pairs, or where the certain rules find more pairs than ``recall`` allows.
    """
    with contained():
        prior = settings.training.prior or _prior(database, tables.records, settings)
        linker = linker_on(database, tables.sample, settings, None)
        linker.training.estimate_u_using_random_sampling(max_pairs=1e15, min_count_per_level=None, num_chunks=1)
        u = _values(linker, "u_probability")
        m = _learn_m(database, tables.matches, settings, u, prior)
    pairs = settings.training.sample**2 / 2
    levels = {one.name: _levels(one, m[one.name], u[one.name], pairs) for one in settings.comparers}
    return Model(
        settings=settings.name,
        version=settings.version,
        prior=_rounded(prior),
        levels=levels,
        frequencies=frequencies,
        records=records,
    )


def _prior(database: Any, table: str, settings: Settings) -> float:
    linker = linker_on(database, table, settings, None)
    training = settings.training
    linker.training.estimate_probability_two_random_records_match(list(training.certain), training.recall)
    prior = linker._settings_obj._probability_two_random_records_match
    # None found: as rare as can be among so many pairs, not impossible.
    return min(max(float(prior), 1e-12), 0.5)


def _learn_m(
    database: Any, table: str, settings: Settings, u: Mapping[str, list[float]], prior: float
) -> dict[str, list[float]]:
    start = _start(settings, u, prior)
    linker = linker_on(database, table, settings, start)
    for comparison in linker._settings_obj.comparisons:  # free again what `start` fixed, but for what settings fix
        comparer = next(one for one in settings.comparers if one.name == comparison.output_column_name)
        for stated, level in zip(comparer.levels, comparison.comparison_levels, strict=True):
            level._fix_m_probability = stated.m is not None
            level._tf_adjustment_column = None
    learnt = 0
    for rule in settings.training.rules:
        try:
            linker.training.estimate_parameters_using_expectation_maximisation(
                rule, estimate_without_term_frequencies=True
            )
        except EMTrainingException:  # no pairs under this rule: the others may do
            continue
        learnt += 1
    if not learnt:
        raise Failed("No training rule gives any pair to learn from.")
    return _values(linker, "m_probability")


def _start(settings: Settings, u: Mapping[str, list[float]], prior: float) -> Model:
    """Where expectation maximisation starts: u as estimated, m falling by a factor of three from level to level."""
    levels = {}
    for comparer in settings.comparers:
        said = [position for position, level in enumerate(comparer.levels) if not level.null]
        shares = [3.0**-rank for rank in range(len(said))]
        m = {position: share / sum(shares) for position, share in zip(said, shares, strict=True)}
        levels[comparer.name] = tuple(
            Learnt(
                level.label,
                None if level.null else level.m or m[position],
                None if level.null else level.u or max(u[comparer.name][position], NOT_SEEN),
            )
            for position, level in enumerate(comparer.levels)
        )
    return Model(settings.name, settings.version, prior, levels)


def _values(linker: Any, which: str) -> dict[str, list[float]]:
    return {
        comparison.output_column_name: [
            0.0 if level.is_null_level else getattr(level, which) or 0.0 for level in comparison.comparison_levels
        ]
        for comparison in linker._settings_obj.comparisons
    }


def _levels(comparer: Comparer, m: list[float], u: list[float], pairs: float) -> tuple[Learnt, ...]:
    said = sum(not level.null for level in comparer.levels)

    def smoothed(value: float, seen: float) -> float:
        return _rounded((value * seen + 0.5) / (seen + 0.5 * said))

    return tuple(
        Learnt(level.label, None, None)
        if level.null
        else Learnt(level.label, level.m or smoothed(m[at], MATCHES_SEEN), level.u or smoothed(u[at], pairs))
        for at, level in enumerate(comparer.levels)
    )


def _rounded(value: float) -> float:
    return float(f"{value:.{DIGITS}g}")


def scored(
    database: Any, tables: str | tuple[str, str], settings: Settings, model: Model, *, least: float, gammas: bool
) -> str:
    """The name of a table of pairs of at least ``least`` bits: within a table, or between two (new, old)."""
    model.check(settings)
    with contained():
        main = tables if isinstance(tables, str) else tables[1]
        linker = linker_on(database, main, settings, model, gammas=gammas)
        for column in settings.term_frequencies:
            frame = database.table_to_splink_dataframe(f"frequency_{column}", frequency_table(column))
            linker.table_management.register_term_frequency_lookup(frame, column)
        if isinstance(tables, str):
            result = linker.inference.predict(threshold_match_weight=least, warning_mode="never")
        else:
            frames = [database.table_to_splink_dataframe(name, name) for name in tables]
            result = linker.inference.predict_between(*frames, threshold_match_weight=least, warning_mode="never")
        return str(result.physical_name)


def frequency_table(column: str) -> str:
    """The name under which an engine keeps a column's values and shares (``tf_<column>``) for ``scored``."""
    return f"frequency_{column}"


def gamma_columns(settings: Settings) -> list[str]:
    """Names of the columns that carry levels."""
    return [f"gamma_{comparer.name}" for comparer in settings.comparers]


__all__ = ["OTHERWISE", "Failed", "Tables", "contained", "frequency_table", "gamma", "gamma_columns", "learn", "scored"]
