"""Maturity models: dimensions, factors, aspects and, for each aspect and stage, indicators. A model is data. Pure.

A model is a folder: ``model.toml`` (id, name, version, notice, stages, kinds of evidence) and ``dimension-<n>.toml``
files. The structure of ours follows the CMM 2021 (GCSCC); the words are ours.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "models"
OURS = "hue-and-cry-1"
LARGEST = 4 * 2**20  # bytes of one file
MOST_INDICATORS = 5_000
_ASPECT = re.compile(r"[0-9]{1,2}\.[0-9]{1,2}\.[a-z]")


class BadModelError(ValueError):
    """A model cannot be read; the message names the file and the place."""


@dataclass(frozen=True, slots=True)
class Indicator:
    """A statement that is true or not of a country; ``valid`` in months."""

    id: str
    aspect: str
    stage: int
    says: str
    evidence: tuple[str, ...]
    check: str
    valid: int


@dataclass(frozen=True, slots=True)
class Aspect:
    """One aspect with its indicators, lowest stage first."""

    id: str
    name: str
    about: str
    indicators: tuple[Indicator, ...]


@dataclass(frozen=True, slots=True)
class Factor:
    """Aspects that belong together."""

    id: str
    name: str
    aspects: tuple[Aspect, ...]


@dataclass(frozen=True, slots=True)
class Dimension:
    """Factors that belong together."""

    number: int
    name: str
    factors: tuple[Factor, ...]


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage: its number from 1, its name, and what it means."""

    number: int
    name: str
    about: str


@dataclass(frozen=True)
class Model:
    """A whole model, checked."""

    id: str
    name: str
    version: str
    notice: str
    structure: str
    kinds: tuple[str, ...]
    stages: tuple[Stage, ...]
    dimensions: tuple[Dimension, ...]

    @cached_property
    def aspects(self) -> dict[str, Aspect]:
        """Every aspect by its id, in the model's order."""
        return {a.id: a for d in self.dimensions for f in d.factors for a in f.aspects}

    @cached_property
    def indicators(self) -> dict[str, Indicator]:
        """Every indicator by its id, in the model's order."""
        return {i.id: i for a in self.aspects.values() for i in a.indicators}

    def factor_of(self, aspect: str) -> Factor:
        """The factor that an aspect belongs to. Raises KeyError."""
        return self._factors[aspect]

    @cached_property
    def _factors(self) -> dict[str, Factor]:
        return {a.id: f for d in self.dimensions for f in d.factors for a in f.aspects}


@cache
def model(name: str = OURS) -> Model:
    """A model that comes with the program, by the name of its folder. Raises KeyError for one that there is not."""
    if name not in names():
        raise KeyError(name)
    return load(FOLDER / name)


@cache
def names() -> tuple[str, ...]:
    """The models that come with the program."""
    return tuple(sorted(each.name for each in FOLDER.iterdir() if (each / "model.toml").is_file()))


def load(folder: Path) -> Model:
    """Read and check a model's folder. Raises BadModelError."""
    head = _toml(folder / "model.toml")
    where = "model.toml"
    stages = tuple(
        Stage(_of(each, "number", int, where), _of(each, "name", str, where), _of(each, "about", str, where))
        for each in head.get("stage", ())
    )
    if [each.number for each in stages] != list(range(1, len(stages) + 1)) or not stages:
        raise BadModelError(f"{where}: stages are numbered from 1 without a gap")
    kinds = tuple(_of(head, "kinds", list, where))
    files = sorted(folder.glob("dimension-*.toml"))
    if not files:
        raise BadModelError(f"{folder.name}: there is no dimension-<number>.toml")
    dimensions = tuple(_dimension(each, len(stages), kinds) for each in files)
    words = {key: _of(head, key, str, where) for key in ("id", "name", "version", "notice", "structure")}
    made = Model(**words, kinds=kinds, stages=stages, dimensions=dimensions)
    _once(made)
    return made


def _toml(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > LARGEST:
            raise BadModelError(f"{path.name}: larger than {LARGEST} bytes")
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadModelError(f"{path.name}: {error}") from error


def _of(row: Any, key: str, kind: type, where: str) -> Any:
    value = row.get(key) if isinstance(row, dict) else None
    if not isinstance(value, kind) or isinstance(value, bool) or value in ("", []):
        raise BadModelError(f"{where}: “{key}” is missing or not of its kind")
    return value


def _dimension(path: Path, stages: int, kinds: tuple[str, ...]) -> Dimension:
    read, where = _toml(path), path.name
    head = _of(read, "dimension", dict, where)
    factors = tuple(_factor(each, where, stages, kinds) for each in _of(read, "factor", list, where))
    return Dimension(_of(head, "number", int, where), _of(head, "name", str, where), factors)


def _factor(row: Any, where: str, stages: int, kinds: tuple[str, ...]) -> Factor:
    key = _of(row, "id", str, where)
    inside = f"{where}, factor {key}"
    aspects = tuple(_aspect(each, inside, stages, kinds) for each in _of(row, "aspect", list, inside))
    return Factor(key, _of(row, "name", str, inside), aspects)


def _aspect(row: Any, where: str, stages: int, kinds: tuple[str, ...]) -> Aspect:
    key = _of(row, "id", str, where)
    if not _ASPECT.fullmatch(key):
        raise BadModelError(f"{where}: “{key}” is no id of an aspect (as 4.1.a)")
    inside = f"{where}, aspect {key}"
    read = [_indicator(each, key, inside, stages, kinds) for each in _of(row, "indicator", list, inside)]
    if missing := set(range(1, stages + 1)) - {each.stage for each in read}:
        raise BadModelError(f"{inside}: stage {min(missing)} has no indicator, so it could not be told from the next")
    read.sort(key=lambda each: (each.stage, each.id))
    return Aspect(key, _of(row, "name", str, inside), _of(row, "about", str, inside), tuple(read))


def _indicator(row: Any, aspect: str, where: str, stages: int, kinds: tuple[str, ...]) -> Indicator:
    key = _of(row, "id", str, where)
    inside = f"{where}, indicator {key}"
    stage, valid = _of(row, "stage", int, inside), _of(row, "valid", int, inside)
    if not 1 <= stage <= stages or not re.fullmatch(rf"{re.escape(aspect)}-{stage}-[0-9]{{1,2}}", key):
        raise BadModelError(f"{inside}: the id does not fit aspect {aspect} and stage {stage}")
    if not 1 <= valid <= 120:
        raise BadModelError(f"{inside}: evidence stands for 1 to 120 months, not {valid}")
    shown = tuple(_of(row, "evidence", list, inside))
    if unknown := set(shown) - set(kinds):
        raise BadModelError(f"{inside}: there is no kind of evidence “{sorted(map(str, unknown))[0]}”")
    return Indicator(key, aspect, stage, _of(row, "says", str, inside), shown, _of(row, "check", str, inside), valid)


def _once(made: Model) -> None:
    held = [each.id for d in made.dimensions for f in d.factors for each in f.aspects]
    every = [each.id for d in made.dimensions for f in d.factors for a in f.aspects for each in a.indicators]
    for ids in (held, every):
        if doubled := sorted(each for each in set(ids) if ids.count(each) > 1):
            raise BadModelError(f"{made.id}: {doubled[0]} stands there twice")
    if len(every) > MOST_INDICATORS:
        raise BadModelError(f"{made.id}: more than {MOST_INDICATORS} indicators")
