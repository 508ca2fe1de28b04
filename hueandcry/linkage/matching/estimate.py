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
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from splink import Linker
from splink.internals.exceptions import SplinkException

from hueandcry.linkage.matching import latent
from hueandcry.linkage.matching.contest import Contest
from hueandcry.linkage.matching.expectation import Patterns, maximised
from hueandcry.linkage.matching.model import Learnt, Model
from hueandcry.linkage.matching.settings import Blocking, Comparer, Level, Settings

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
    """Estimate u, m and the prior (see ``Training``); the numbers are found by ``expectation.py``.

    Where the rules give no pairs, m is what one would expect of any table. Raises Failed where the certain rules find
    more pairs than ``recall`` allows.
    """
    if settings.training.compared:
        with contained():
            pairs = _compared(database, tables.matches, settings)
        prior, levels, threshold = latent.learnt(settings, pairs)
        return Model(settings.name, settings.version, prior, levels, frequencies, records, threshold)
    every = max(records * (records - 1) // 2, 1)
    with contained():
        linker = linker_on(database, tables.sample, settings, None)
        linker.training.estimate_u_using_random_sampling(max_pairs=1e15, min_count_per_level=None, num_chunks=1)
        random = _random(linker, settings)
        trained = [_patterns(database, tables.matches, settings, rule) for rule in settings.training.rules]
        given = settings.training.prior
        if given is None and settings.training.certain:
            given = _prior(database, tables.records, settings)
        candidates = None if given else _patterns(database, tables.records, settings, None)
    seen = min(records, settings.training.sample)
    learnt, prior = maximised(settings, random, trained, candidates, given, drawn=seen * (seen - 1) // 2, every=every)
    return Model(settings.name, settings.version, prior, learnt, frequencies, records)


def _random(linker: Any, settings: Settings) -> dict[str, list[float]]:
    """By comparer, the share of each level among pairs drawn at random; 0 where it was never seen."""
    found = {}
    for comparison in linker._settings_obj.comparisons:
        seen = [not level.is_null_level and level._has_estimated_u_values for level in comparison.comparison_levels]
        found[comparison.output_column_name] = [
            float(level.u_probability) if known else 0.0
            for known, level in zip(seen, comparison.comparison_levels, strict=True)
        ]
    return found


def _prior(database: Any, table: str, settings: Settings) -> float:
    linker = linker_on(database, table, settings, None)
    training = settings.training
    linker.training.estimate_probability_two_random_records_match(list(training.certain), training.recall)
    prior = linker._settings_obj._probability_two_random_records_match
    # None found: as rare as can be among so many pairs, not impossible.
    return min(max(float(prior), 1e-12), 0.5)


def _patterns(database: Any, table: str, settings: Settings, rule: str | None) -> Patterns:
    """How often each combination of levels comes up among the pairs of a rule (None: of the blocking rules)."""
    if rule is not None:
        settings = replace(settings, blocking=(Blocking(rule),))
    linker = linker_on(database, table, settings, None, gammas=True)
    pairs = linker.inference.predict(warning_mode="never")
    columns = ", ".join(gamma_columns(settings))
    counted = database.query_sql(
        f"SELECT {columns}, count(*) AS times FROM {pairs.physical_name} GROUP BY {columns}"  # noqa: S608 - names
    )
    return Patterns.of(counted.as_record_list(), gamma_columns(settings), rule)


def _compared(database: Any, table: str, settings: Settings) -> latent.Compared:
    """The pairs that blocking gives, with their levels, records and sources. Raises Failed where there are none."""
    linker = linker_on(database, table, settings, None, gammas=True)
    pairs = linker.inference.predict(warning_mode="never").physical_name
    key, source, leaf = settings.unique_id, settings.source or settings.unique_id, settings.leaf
    hidden = f"a.{leaf} OR b.{leaf}" if leaf else "FALSE"
    levels = ", ',', ".join(f"CAST({column} AS VARCHAR)" for column in gamma_columns(settings))
    rows = database.query_sql(
        f"""SELECT p.{key}_l AS l, p.{key}_r AS r, a.{source} AS source_l, b.{source} AS source_r,
                {hidden} AS hidden, concat({levels}) AS levels
            FROM {pairs} p JOIN {table} a ON a.{key} = p.{key}_l JOIN {table} b ON b.{key} = p.{key}_r
            ORDER BY 1, 2"""  # noqa: S608 - names of ours
    ).as_record_list()
    if not rows:
        raise Failed("Blocking gives no pair to learn from.")
    said = sorted({row["levels"] for row in rows})
    number = {one: at for at, one in enumerate(said)}
    patterns = np.array([[int(level) for level in one.split(",")] for one in said], dtype=np.int64)
    sides = ([row[name] for row in rows] for name in ("l", "r", "source_l", "source_r", "hidden"))
    which = np.array([number[row["levels"]] for row in rows], dtype=np.int64)
    return latent.Compared(patterns, which, Contest.between(*sides))


def scored(database: Any, table: str, settings: Settings, model: Model, *, least: float, gammas: bool) -> str:
    """The name of a table of pairs of at least ``least`` bits within this table."""
    model.check(settings)
    with contained():
        linker = linker_on(database, table, settings, model, gammas=gammas)
        for column in settings.term_frequencies:
            frame = database.table_to_splink_dataframe(f"frequency_{column}", frequency_table(column))
            linker.table_management.register_term_frequency_lookup(frame, column)
        result = linker.inference.predict(threshold_match_weight=least, warning_mode="never")
        return str(result.physical_name)


def frequency_table(column: str) -> str:
    """The name under which an engine keeps a column's values and shares (``tf_<column>``) for ``scored``."""
    return f"frequency_{column}"


def gamma_columns(settings: Settings) -> list[str]:
    """Names of the columns that carry levels."""
    return [f"gamma_{comparer.name}" for comparer in settings.comparers]
