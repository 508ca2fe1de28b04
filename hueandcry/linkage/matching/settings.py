"""What a linkage compares, as data: comparers with their levels, blocking rules, how it is learnt. It reads as a list.

The words are those of Fellegi and Sunter ("A Theory for Record Linkage", JASA 64, 1969), as Splink uses them: a
*comparer* looks at one trait of two records and says which of its *levels* they are at, from the best to "different";
a *blocking* rule says which pairs are looked at at all. Conditions are SQL that DuckDB and Spark both understand
(``x_l`` and ``x_r`` in levels, ``l.x`` and ``r.x`` in blocking); where the two differ, ``spark`` says it for Spark.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

OTHERWISE = "ELSE"


class Unsound(ValueError):
    """Settings that cannot work; the message says which part and why."""


@dataclass(frozen=True)
class Level:
    """One way in which two records may be alike in a trait.

    ``null``: it says nothing (a value is missing), weight 0. ``term_frequency``: a column; agreement on a rare value of
    it weighs more than on a common one. ``m`` and ``u`` (chances of this level among matches, among others) are learnt
    where they are not given here.
    """

    label: str
    condition: str
    null: bool = False
    term_frequency: str = ""
    rarest: float = 1e-4  # a value rarer than this share counts as this rare: 2**-13.3
    m: float | None = None
    u: float | None = None
    spark: str = ""


@dataclass(frozen=True)
class Comparer:
    """One trait that is compared. The first level whose condition holds is the one."""

    name: str
    label: str
    columns: tuple[str, ...]
    levels: tuple[Level, ...]


@dataclass(frozen=True)
class Blocking:
    """Pairs for which ``condition`` holds are compared. ``explode``: list columns of which one element may serve."""

    condition: str
    explode: tuple[str, ...] = ()
    spark: str = ""

    @classmethod
    def on(cls, *columns: str, explode: Iterable[str] = ()) -> Blocking:
        """Pairs that agree on each of these columns."""
        return cls(" AND ".join(f'l."{column}" = r."{column}"' for column in columns), tuple(explode))


@dataclass(frozen=True)
class Training:
    """How m, u and the prior are learnt without labels.

    u: from all pairs of ``sample`` records drawn by a hash of their id. m: expectation maximisation among the pairs of
    each of ``rules`` (what a rule reads is learnt from the other rules), of ``sample_matches`` records. Prior:
    ``certain`` rules, whose pairs are nearly all matches and which find the share ``recall`` of matches; where there
    are none, from the matches expected among all pairs that blocking gives; or given as ``prior``.

    ``compared``: instead of all that, m, u and the prior are learnt together among the pairs that blocking gives, and
    the prior is theirs: the chance that two records match that were compared at all (see ``latent``). ``latest``: a
    column; the records with the highest values in it are learnt from, not some drawn from all, so that none lacks its
    neighbours.

    ``precision``, with ``compared``: the share of claimed pairs that shall be right in expectation. Where the threshold
    has to lie for that is learnt as well (``Model.threshold``).
    """

    rules: tuple[str, ...] = ()
    compared: bool = False
    latest: str = ""
    certain: tuple[str, ...] = ()
    recall: float = 0.7
    prior: float | None = None
    sample: int = 3000
    sample_matches: int = 250_000
    seed: int = 1
    precision: float | None = None


@dataclass(frozen=True)
class Settings:
    """One linkage. ``threshold`` in bits: a pair of this match weight is claimed, unless the model has learnt another.

    ``source``: a column; one source tells a thing once, so two records of one source are not the same (``""``: they
    may be). ``leaf``: a boolean column of records that never tie two others together.
    """

    name: str
    version: str
    unique_id: str
    comparers: tuple[Comparer, ...]
    blocking: tuple[Blocking, ...]
    training: Training
    threshold: float
    source: str = ""
    leaf: str = ""

    def __post_init__(self) -> None:
        """Refuse what could not work, here rather than in the database."""
        if not self.comparers:
            raise Unsound(f"{self.name}: nothing is compared.")
        if not self.blocking:
            raise Unsound(f"{self.name}: no rule says which pairs to compare.")
        names = [comparer.name for comparer in self.comparers]
        for name in names:
            if not name.isidentifier() or names.count(name) > 1:
                raise Unsound(f"{self.name}: {name!r} is not a name, or two comparers have it.")
        for column in self.columns:
            if not column.isidentifier():
                raise Unsound(f"{self.name}: {column!r} cannot be a column's name here; letters, digits and _ can.")
        for comparer in self.comparers:
            _check_levels(comparer)

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that comparers read, the id first; blocking may name more."""
        named = [self.unique_id]
        for comparer in self.comparers:
            named += comparer.columns
            named += [level.term_frequency for level in comparer.levels if level.term_frequency]
        named += [column for rule in self.blocking for column in rule.explode]
        named += [column for column in (self.source, self.leaf) if column]
        return tuple(dict.fromkeys(named))

    @property
    def term_frequencies(self) -> dict[str, float]:
        """Columns whose values' rarity counts, with the share below which none counts as rarer."""
        found: dict[str, float] = {}
        for comparer in self.comparers:
            for level in comparer.levels:
                if level.term_frequency:
                    found[level.term_frequency] = min(level.rarest, found.get(level.term_frequency, 1.0))
        return found


def _check_levels(comparer: Comparer) -> None:
    if not comparer.levels or comparer.levels[-1].condition != OTHERWISE:
        raise Unsound(f"{comparer.name}: the last level must be {OTHERWISE}.")
    if any(level.condition == OTHERWISE for level in comparer.levels[:-1]):
        raise Unsound(f"{comparer.name}: {OTHERWISE} is for the last level only.")
    if sum(not level.null for level in comparer.levels) < 2:
        raise Unsound(f"{comparer.name}: two levels at least must say something.")


def missing(*columns: str) -> Level:
    """The level of pairs of which one lacks a value in any of these columns; it says nothing."""
    return Level("not known", " OR ".join(f'"{c}_l" IS NULL OR "{c}_r" IS NULL' for c in columns), null=True)


def otherwise(label: str = "different") -> Level:
    """The level of all other pairs."""
    return Level(label, OTHERWISE)


def gamma(comparer: Comparer, position: int) -> int:
    """The number by which a level at this position is stored: -1 says nothing, 0 is the last, more is more alike."""
    if comparer.levels[position].null:
        return -1
    return sum(not level.null for level in comparer.levels[position + 1 :])


__all__ = [
    "OTHERWISE", "Blocking", "Comparer", "Level", "Settings", "Training", "Unsound", "gamma", "missing", "otherwise",
]  # fmt: skip
