"""One statement that scores pairs by a model: for the few records that come in one at a time, and for all at night.

Splink writes its SQL anew for every run, which takes longer than comparing a report with its neighbours; and it asks
again at each level what another level asked, which for lists is most of the time of a million reports. The
arithmetic is the same (the prior's bits, each comparer's level, each shared value's rarity, added up), and a test holds
the two against each other.
"""

# ruff: noqa: S608 - statements are made of names, which Settings lets be identifiers only, and of its conditions

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from math import log2

import pyarrow as pa

from hueandcry.linkage.matching.model import Model
from hueandcry.linkage.matching.settings import Blocking, Comparer, Level, Settings, gamma

# A call of two columns, and the length of what such a call gives.
_CALL = re.compile(r"\blen\(\w+\(\w+_l, \w+_r\)\)|\b\w+\(\w+_l, \w+_r\)")
_MET = re.compile(r"list_has_any\((\w+_l), (\w+_r)\)")


def with_shares(table: pa.Table, settings: Settings, model: Model) -> pa.Table:
    """The table with ``tf_<column>`` for each column whose values' rarity counts: how common each value is."""
    for column, rarest in settings.term_frequencies.items():
        shares = model.frequencies.get(column, {})
        values = table[column].to_pylist()
        found = [None if value is None else shares.get(str(value), rarest) for value in values]
        table = table.append_column(f"tf_{column}", pa.array(found, pa.float64()))
    return table


def between(settings: Settings, model: Model, columns: Sequence[str], *, least: float, gammas: bool) -> str:
    """Pairs of ``new_records`` (id_l) and ``old_records`` (id_r), of these columns and those of ``with_shares``."""
    blocked = " UNION ".join(_blocked(rule, settings.unique_id) for rule in settings.blocking)
    held = [*columns, *(f"tf_{column}" for column in settings.term_frequencies)]
    sides = ", ".join(f'{side}."{column}" AS "{column}_{side}"' for column in held for side in ("l", "r"))
    levels = ", ".join(f"{level_of(comparer)} AS at_{comparer.name}" for comparer in settings.comparers)
    weight = " + ".join([_double(model.prior_weight), *(_weight(comparer, model) for comparer in settings.comparers)])
    kept = ", ".join(["id_l", "id_r", *(f"at_{one.name}" for one in settings.comparers)])
    told = (
        "".join(f", {_gamma(comparer)} AS gamma_{comparer.name}" for comparer in settings.comparers) if gammas else ""
    )
    key = settings.unique_id
    return f"""
        WITH blocked AS ({blocked}),
        paired AS (SELECT b.id_l AS id_l, b.id_r AS id_r, {sides} FROM blocked b
            JOIN new_records l ON l."{key}" = b.id_l JOIN old_records r ON r."{key}" = b.id_r),
        levelled AS (SELECT *, {levels} FROM paired),
        weighed AS (SELECT {kept}, {weight} AS match_weight FROM levelled)
        SELECT id_l, id_r, match_weight, 1 / (1 + pow(2.0, -match_weight)) AS match_probability{told} FROM weighed
        WHERE match_weight >= {least!r} ORDER BY id_l, id_r
    """


def among(settings: Settings, model: Model, *, least: float, blocked: str = "blocked") -> str:
    """Pairs of ``records`` that the table ``blocked`` names (id_l, id_r), where no value's rarity counts.

    Levels ask the same of two lists again and again, and a CASE keeps nothing: what several conditions ask is worked
    out once for each pair beforehand. For the comparing of lists that is most of the time of a run.
    """
    levels = [level_of(comparer) for comparer in settings.comparers]
    asked = Counter(call for level in levels if "'" not in level for call in _CALL.findall(level))
    known = {call: f"known_{at}" for at, call in enumerate(one for one, times in asked.items() if times > 1)}
    found = "".join(f", {_met(call)} AS {name}" for call, name in known.items())
    levels = [level if "'" in level else _CALL.sub(lambda call: known.get(call[0], call[0]), level) for level in levels]
    columns = [column for column in settings.columns if column != settings.unique_id]
    read = [c for c in columns if re.search(rf"\b{c}_[lr]\b", " ".join([*levels, found]))]
    sides = "".join(f', {side}."{column}" AS "{column}_{side}"' for column in read for side in ("l", "r"))
    at = ", ".join(f"{level} AS at_{one.name}" for one, level in zip(settings.comparers, levels, strict=True))
    weight = " + ".join([_double(model.prior_weight), *(_weight(comparer, model) for comparer in settings.comparers)])
    key = settings.unique_id
    return f"""
        WITH paired AS (SELECT b.id_l AS id_l, b.id_r AS id_r{sides} FROM {blocked} b
            JOIN records l ON l."{key}" = b.id_l JOIN records r ON r."{key}" = b.id_r),
        answered AS (SELECT *{found} FROM paired),
        levelled AS (SELECT id_l, id_r, {at} FROM answered),
        weighed AS (SELECT id_l, id_r, {weight} AS match_weight FROM levelled)
        SELECT id_l, id_r, match_weight, 1 / (1 + pow(2.0, -match_weight)) AS match_probability FROM weighed
        WHERE match_weight >= {least!r}
    """


def _met(call: str) -> str:
    """The call, not made where one of two lists is empty: then they have nothing in common."""
    lists = _MET.fullmatch(call)
    if lists is None:
        return call
    one, other = lists.groups()
    return (
        f"CASE WHEN len({one}) = 0 AND {other} IS NOT NULL OR len({other}) = 0 AND {one} IS NOT NULL THEN FALSE"
        f" ELSE {call} END"
    )


def candidates(settings: Settings) -> str:
    """Pairs (id_l < id_r) of ``records`` that any blocking rule brings together, each once: ids and nothing else."""
    key = settings.unique_id
    return " UNION ".join(
        f'{_blocked(rule, key, "records", "records")} WHERE l."{key}" < r."{key}"' for rule in settings.blocking
    )


def _blocked(rule: Blocking, key: str, one: str = "new_records", other: str = "old_records") -> str:
    replaced = ", ".join(f'unnest("{column}") AS "{column}"' for column in rule.explode)
    side = "{0}" if not replaced else f"(SELECT * REPLACE ({replaced}) FROM {{0}})"
    new, old = side.format(one), side.format(other)
    return f'SELECT l."{key}" AS id_l, r."{key}" AS id_r FROM {new} l JOIN {old} r ON ({rule.condition})'


def _double(bits: float) -> str:
    """The number as SQL. Without an exponent it would be an exact decimal: slower, and a column of them no floats."""
    said = repr(float(bits))
    return said if "e" in said else f"{said}e0"


def level_of(comparer: Comparer) -> str:
    """The position of the level that a pair is at."""
    whens = " ".join(f"WHEN {level.condition} THEN {at}" for at, level in enumerate(comparer.levels[:-1]))
    return f"CASE {whens} ELSE {len(comparer.levels) - 1} END"


def _weight(comparer: Comparer, model: Model) -> str:
    cases = []
    for at, level in enumerate(comparer.levels):
        said = _double(model.weight(comparer.name, at))
        cases.append(f"WHEN {at} THEN {said}{_rarity(comparer, at, level, model)}")
    return f"CASE at_{comparer.name} {' '.join(cases)} END"


def _rarity(comparer: Comparer, at: int, level: Level, model: Model) -> str:
    u = model.levels[comparer.name][at].u
    if not level.term_frequency or u is None:
        return ""
    one, other = (f'"tf_{level.term_frequency}_{side}"' for side in ("l", "r"))
    bits = f"{log2(u)!r} - log2(greatest({one}, {other}, {level.rarest!r}))"
    return f" + CASE WHEN coalesce({one}, {other}) IS NULL THEN 0 ELSE {bits} END"


def _gamma(comparer: Comparer) -> str:
    cases = " ".join(f"WHEN {at} THEN {gamma(comparer, at)}" for at in range(len(comparer.levels)))
    return f"CASE at_{comparer.name} {cases} END"
