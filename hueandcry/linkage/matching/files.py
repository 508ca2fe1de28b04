"""Settings out of a file that somebody wrote, YAML or JSON: what ``docs/linkage-tables.md`` describes.

    name: suppliers
    columns: [name, vat, town]            # optional: what must be there
    compare:
      - name: company
        label: company name
        columns: [name]
        levels:
          - {label: the same, when: "name_l = name_r", rarity: name}
          - {label: nearly the same letters, when: "jaro_winkler_similarity(name_l, name_r) >= 0.92"}
    block: ["l.vat = r.vat", {when: "l.word = r.word", explode: [word]}]
    learn: {from: ["l.vat = r.vat", "l.name = r.name"]}
    threshold: 0

"Not known" (a value is missing) and "different" are added to each comparer. Conditions are run by DuckDB on the table
in memory, where reading files and loading extensions is switched off.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import sqlglot
import yaml

from hueandcry.linkage.matching.settings import (
    Blocking,
    Comparer,
    Level,
    Settings,
    Training,
    Unsound,
    missing,
    otherwise,
)

LARGEST = 1_000_000  # bytes


def settings_from(path: Path) -> Settings:
    """The settings of a file. Raises Unsound, naming the part that is wrong."""
    if not path.is_file():
        raise Unsound(f"There are no settings {path}: say people, reports, or name a file.")
    if path.stat().st_size > LARGEST:
        raise Unsound(f"{path} is too large for settings.")
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8-sig"))  # JSON is YAML
    except UnicodeDecodeError as error:
        raise Unsound(f"{path} is not in UTF-8: byte {error.start} is none of it.") from error
    except yaml.YAMLError as error:
        mark, problem = getattr(error, "problem_mark", None), getattr(error, "problem", None)
        told = f"line {mark.line + 1}: {problem}" if mark else str(error).splitlines()[0]
        raise Unsound(f"{path} is neither YAML nor JSON: {told}.") from error
    except (RecursionError, OSError) as error:
        told = getattr(error, "strerror", None) or "it is nested too deep"
        raise Unsound(f"{path} could not be read: {told}.") from error
    try:
        return settings_of(content)
    except Unsound as error:
        raise Unsound(f"{path}: {error}") from error


def settings_of(content: object) -> Settings:
    """The settings that this content describes. Raises Unsound, naming the part that is wrong."""
    top = _mapping(content, "settings", {"name", "version", "id", "columns", "compare", "block", "learn", "threshold",
                                         "source", "leaf"})  # fmt: skip
    block = tuple(_blocking(one) for one in _list(top.get("block"), "block"))
    return Settings(
        name=_text(top.get("name"), "name"),
        version=str(top.get("version", 1)),
        unique_id=str(top.get("id", "id")),
        comparers=tuple(_comparer(one) for one in _list(top.get("compare"), "compare")),
        blocking=block,
        training=_training(top.get("learn") or {}, block),
        threshold=_number(top.get("threshold", 0), "threshold"),
        source=str(top.get("source", "")),
        leaf=str(top.get("leaf", "")),
    )


def _training(content: object, block: Sequence[Blocking]) -> Training:
    """How it is learnt; from the blocking rules where nothing else is said."""
    learn = _mapping(content, "learn", {"from", "certain", "recall", "prior", "sample", "seed"})
    rules = [rule.condition for rule in block if not rule.explode]
    if learn.get("from"):
        rules = [_condition(rule, "learn.from") for rule in _list(learn["from"], "learn.from")]
    certain = _list(learn["certain"], "learn.certain") if learn.get("certain") else ()
    usual = Training()
    return Training(
        rules=tuple(rules),
        certain=tuple(_condition(rule, "learn.certain") for rule in certain),
        recall=_share(learn, "recall", usual.recall, "learn"),
        prior=_share(learn, "prior", 0.0, "learn") or None,
        sample=int(_number(learn.get("sample", usual.sample), "learn.sample")),
        seed=int(_number(learn.get("seed", usual.seed), "learn.seed")),
    )


def _comparer(content: object) -> Comparer:
    one = _mapping(content, "compare", {"name", "label", "columns", "levels"})
    name = _text(one.get("name"), "compare.name")
    columns = tuple(_text(column, f"{name}.columns") for column in _list(one.get("columns"), f"{name}.columns"))
    for column in columns:
        if not column.isidentifier():
            raise Unsound(f"{name}: {column!r} cannot be a column's name here; letters, digits and _ can.")
    levels = tuple(_level(level, name) for level in _list(one.get("levels"), f"{name}.levels"))
    return Comparer(name, str(one.get("label", name)), columns, (missing(*columns), *levels, otherwise()))


def _level(content: object, comparer: str) -> Level:
    one = _mapping(content, f"{comparer}.levels", {"label", "when", "rarity", "rarest", "m", "u", "spark"})
    return Level(
        _text(one.get("label"), f"{comparer}.label"),
        _condition(one.get("when"), comparer),
        term_frequency=str(one.get("rarity", "")),
        spark=str(one.get("spark", "")),
        rarest=_share(one, "rarest", 1e-4, comparer),
        m=_share(one, "m", 0.0, comparer) or None,
        u=_share(one, "u", 0.0, comparer) or None,
    )


def _blocking(content: object) -> Blocking:
    if isinstance(content, str):
        return Blocking(_condition(content, "block"))
    one = _mapping(content, "block", {"when", "explode", "spark"})
    held = _list(one["explode"], "block.explode") if one.get("explode") else ()
    explode = tuple(_text(column, "block.explode") for column in held)
    return Blocking(_condition(one.get("when"), "block"), explode, str(one.get("spark", "")))


def _condition(value: object, where: str) -> str:
    """One expression: nothing that ends it and begins another statement, or hides the rest."""
    text = _text(value, where)
    if re.search(r";|--|/\*", text) or text.count("(") != text.count(")"):
        raise Unsound(f"{where}: {text!r} is not one condition.")
    try:
        sqlglot.parse_one(text, read="duckdb")
    except sqlglot.errors.SqlglotError as error:
        raise Unsound(f"{where}: {text!r} is no condition in SQL.") from error
    return text


def _mapping(content: object, where: str, known: set[str]) -> Mapping[str, Any]:
    if not isinstance(content, Mapping):
        raise Unsound(f"{where} must be a mapping, not {type(content).__name__}.")
    strange = sorted(str(key) for key in content if key not in known)
    if strange:
        raise Unsound(f"{where} knows no {strange[0]!r}; it knows {', '.join(sorted(known))}.")
    return content


def _list(content: object, where: str) -> Sequence[Any]:
    if not isinstance(content, list) or not content:
        raise Unsound(f"{where} must be a list with something in it.")
    return content


def _text(content: object, where: str) -> str:
    if not isinstance(content, str) or not content.strip():
        raise Unsound(f"{where} must be a text.")
    return content


def _number(content: object, where: str) -> float:
    if isinstance(content, bool) or not isinstance(content, int | float):
        raise Unsound(f"{where} must be a number.")
    return float(content)


def _share(content: Mapping[str, Any], key: str, usual: float, where: str) -> float:
    if key not in content:
        return usual
    share = _number(content[key], f"{where}.{key}")
    if not 0 < share < 1:
        raise Unsound(f"{where}.{key} must be a share between 0 and 1.")
    return share
