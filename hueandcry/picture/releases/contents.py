"""What a release holds: its tables and the cubes they are made of, and the settings that its figures hang on. Pure.

A cube is one set of cells: a number, a measure, and the dimensions it is told apart by. Each cube is counted and
protected once and stands in every table that shows it, so that no two tables say different things of one cell.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final, NamedTuple

from django.utils.translation import gettext_noop as _

from hueandcry.picture.question import Dimension, Measure, Number, Question

FORMAT: Final = 1  # of the files
METHOD: Final = "2026-11"  # of the figures; docs/picture-method.md
ENTERPRISES: Final = ("micro", "small", "medium", "large")
NUMBERS: Final[tuple[Number, ...]] = ("reported", "distinct")
TECHNIQUES: Final = 20  # that are named; the most frequent of what may be shown

# In the order of the columns and of the SDMX dimensions. Time comes last, as SDMX has it.
DIMENSIONS: Final[tuple[Dimension, ...]] = (
    "country", "region", "sector", "size", "class", "nature", "technique", "source", "offence", "month",
)  # fmt: skip


class Cube(NamedTuple):
    """Cells of one number and measure, told apart by these dimensions (in the order of DIMENSIONS)."""

    number: Number
    measure: Measure
    dimensions: tuple[Dimension, ...]

    def question(self, settings: Settings) -> Question:
        """What the freeze is asked for it."""
        return Question(
            number=self.number, measure=self.measure, time=settings.time, first=settings.first, last=settings.last,
        )  # fmt: skip


class Table(NamedTuple):
    """One table, in a file of its own. ``rate``: per 100,000 inhabitants or per 10,000 enterprises of a country."""

    name: str
    title: str  # marked for translation
    dimensions: tuple[Dimension, ...]
    measure: Measure = "count"
    rate: str = ""
    estimated: bool = False  # a row for the estimated number where one is told

    @property
    def cubes(self) -> tuple[Cube, ...]:
        """What it is made of: itself and its margins, for each number."""
        return tuple(
            Cube(number, self.measure, dimensions) for number in NUMBERS for dimensions in _subsets(self.dimensions)
        )


TABLES: Final = (
    Table("overall", _("Reported, distinct and estimated"), (), estimated=True),
    Table("month-by-class", _("By month and class"), ("class", "month")),
    Table("country-by-class", _("By country of the victim and class"), ("country", "class"), estimated=True),
    Table("sector-by-class", _("By sector of the victim and class"), ("sector", "class")),
    Table("size-by-class", _("By size of the victim and class"), ("size", "class")),
    Table("source", _("By kind of organisation that reported"), ("source",)),
    Table("nature", _("Cyber-dependent and cyber-enabled"), ("nature",)),
    Table("region", _("By region of the victim"), ("region",)),
    Table("technique", _("By technique (ATT&CK)"), ("technique",)),
    Table("offence", _("By offence of the legal crosswalk"), ("offence",)),
    Table("loss-by-class", _("Losses by class"), ("class",), measure="loss"),
    Table("loss-by-country", _("Losses by country of the victim"), ("country",), measure="loss"),
    Table("country-by-size", _("By country and size of the victim"), ("country", "size")),
    Table("rate-inhabitants", _("Per 100,000 inhabitants"), ("country",), rate="inhabitants"),
    Table("rate-enterprises", _("Per 10,000 enterprises"), ("country", "size"), rate="enterprises"),
)


def _subsets(dimensions: tuple[Dimension, ...]) -> tuple[tuple[Dimension, ...], ...]:
    found: list[tuple[Dimension, ...]] = [()]
    for dimension in dimensions:
        found += [(*held, dimension) for held in found]
    return tuple(sorted(found, key=lambda held: (len(held), held)))


@dataclass(frozen=True, slots=True)
class Settings:
    """All that the figures hang on, beside the freeze and the program. Kept with the release as JSON."""

    first: str  # month, in
    last: str
    time: Any = "occurred"
    tables: tuple[str, ...] = tuple(table.name for table in TABLES)
    crosswalk: str = ""  # version
    previous: tuple[int, ...] = ()  # numbers of releases that protection looks at too
    format: int = FORMAT

    def as_json(self) -> dict[str, Any]:
        """As it is kept; ``settings`` reads it back."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}

    @property
    def chosen(self) -> tuple[Table, ...]:
        """The tables asked for, in their order."""
        return tuple(table for table in TABLES if table.name in self.tables)

    @property
    def cubes(self) -> tuple[Cube, ...]:
        """Every cube of those tables, each once."""
        return tuple(dict.fromkeys(cube for table in self.chosen for cube in table.cubes))


def settings(held: Mapping[str, Any]) -> Settings:
    """The settings that ``as_json`` wrote. Raises TypeError on a name it does not know, ValueError on a format of a
    later program."""
    given: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in held.items()}
    made = Settings(**given)
    if made.format > FORMAT:
        raise ValueError(f"a release of format {made.format}: this program knows formats up to {FORMAT}")
    return made
