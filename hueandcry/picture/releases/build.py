"""A release from a freeze: the same freeze, settings and program give the same bytes.

built = build(frozen, facts, earlier)
built.files         # every file of figures, in order
built.documents(facts)   # release.json and README.txt, which carry the number and so are written again on publishing
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from importlib.resources import files as package
from typing import TYPE_CHECKING, Any, Final

from hueandcry.picture.freezes.actions import canonical
from hueandcry.picture.releases import documents, figures, protection, sdmx
from hueandcry.picture.releases.contents import Settings
from hueandcry.picture.releases.documents import Denominator, Facts
from hueandcry.picture.releases.figures import Figures, observed, ordered, rates
from hueandcry.picture.releases.files import Column, File, as_csv, columns, csvw, parquet, table_csv
from hueandcry.picture.releases.observations import Observation, figure

if TYPE_CHECKING:
    from hueandcry.picture.disclosure.tables import Protected
    from hueandcry.picture.freezes.reader import Frozen

Step = Callable[[int], None]
STEPS: Final = 5  # counted, protected, series, estimates, files
PARQUET_NAME: Final = "release.parquet"
TURNS: Final = (
    Column("class", "string", "class of the Common Taxonomy; all"),
    Column("since", "string", "month in which the level changed"),
    Column("earliest", "string", "it changed no earlier than this month (95 %)"),
    Column("latest", "string", "nor later than this one"),
    Column("direction", "string", "up, down"),
    Column("ratio", "decimal", "new level over old, without season, delay and reporters who joined or left"),
    Column("low", "decimal", "lower end of its 95 % interval"),
    Column("high", "decimal", "upper end of it"),
    Column("false_alarms", "decimal", "changes as clear as this expected in a year in a series that never changes"),
)


@dataclass(slots=True)
class Built:
    """The files of figures, and what release.json says of how they came about."""

    files: list[File]
    tables: dict[str, list[Observation]]
    said: dict[str, Any]  # protection, refused, denominators, linkage; JSON
    withheld: protection.Held  # for the protection of later releases

    def documents(self, facts: Facts) -> list[File]:
        """release.json and README.txt, for these facts."""
        return written(facts, self.files, self.said)


def written(facts: Facts, files: Sequence[File], said: dict[str, Any]) -> list[File]:
    """release.json and README.txt over files of figures and what ``Built.said`` holds."""
    described = documents.description(
        facts, files,
        denominators=[Denominator(**each) for each in said["denominators"]],
        protection=said["protection"], estimates=said["estimates"], linkage=said["linkage"],
    )  # fmt: skip
    return [described, documents.readme(facts, [*files, described])]


def build(frozen: Frozen, facts: Facts, earlier: Sequence[Protected] = (), step: Step = lambda done: None) -> Built:
    """Count, protect and write. ``earlier``: what releases before show, which protection looks at as well.

    Outside a transaction, or in one whose viewer may read the freeze. ``step`` is told how many of STEPS are done.
    """
    from hueandcry.picture.releases import estimated

    settings = facts.settings
    cubes = settings.cubes
    counted = figures.count(frozen, settings, cubes)
    step(1)
    protected, report, withheld = protection.protect(counted, settings, earlier)
    del counted
    step(2)
    made = Figures(protection=report, denominators=_denominators(frozen, settings.last))
    for table in settings.chosen:
        held = [each for cube in table.cubes for each in observed(protected, cube, settings)]
        if table.rate:
            used = {each.key.get("country") for each in held}
            held = list(rates(held, table, made.denominators))
            made.denominators = [d for d in made.denominators if d.kind != table.rate or d.country in used]
        made.tables[table.name] = ordered(held)
    made.denominators = [d for d in made.denominators if d.kind in {table.rate for table in settings.chosen}]
    if "month-by-class" in made.tables:
        figures.with_series(frozen, settings, protected, made)
    step(3)
    estimated.add(frozen, settings, made)
    step(4)
    built = Built(_files(facts, made), made.tables, _said(frozen, made), withheld)
    step(5)
    return built


def again(frozen: Frozen, settings: Settings, withheld: protection.Held) -> Protected:
    """What an earlier release published, for the protection of a later one."""
    return protection.earlier(figures.count(frozen, settings, settings.cubes), settings, withheld)


def _files(facts: Facts, made: Figures) -> list[File]:
    said = {"publisher": documents.PUBLISHER, "source": f"freeze {facts.freeze_sha256}", "temporal": facts.period}
    found: list[File] = []
    for table in facts.settings.chosen:
        file = table_csv(table, made.tables[table.name])
        found += [file, csvw(file, f"{facts.title}: {table.title}", columns(table), said)]
    if "month-by-class" in made.tables:
        rows = [
            [each.cls or "all", each.since, each.earliest, each.latest, each.direction,
             *(figure(n) for n in (each.ratio, each.low, each.high, each.false_alarms))]
            for each in made.turns
        ]  # fmt: skip
        file = as_csv("change-points.csv", TURNS, rows)
        found += [file, csvw(file, f"{facts.title}: changes of level", TURNS, said)]
    held = [(table.name, each) for table in facts.settings.chosen for each in made.tables[table.name]]
    observations = [each for _table, each in held]
    first, last = facts.settings.first, facts.settings.last
    return [*found, sdmx.as_csv(observations, first, last), sdmx.structure(observations), parquet(PARQUET_NAME, held)]


def _said(frozen: Frozen, made: Figures) -> dict[str, Any]:
    return {
        "protection": made.protection,
        "estimates": made.estimates,
        "denominators": [each._asdict() for each in made.denominators],
        "linkage": linkage(frozen.manifest.get("linkage") or {}),
    }


def linkage(said: dict[str, Any]) -> dict[str, Any]:
    """What is told of linkage: by which settings, and how often it was found to err; no count of pairs or reports."""
    error = said.get("error") or {}
    found = error.get("figures") or error
    return {"settings": said.get("settings"), **{k: found[k] for k in ("precision", "recall") if k in found}}


def _denominators(frozen: Frozen, last: str) -> list[Denominator]:
    """Of each country the latest count up to the last month's year, as the freeze holds them: whole countries alone."""
    import pyarrow.parquet as pq

    from hueandcry.picture.freezes import reader

    found: dict[tuple[str, str, str], Denominator] = {}
    held = pq.read_table(reader.files(frozen)["denominators"]).to_pylist()
    for row in sorted(held, key=lambda row: row["year"]):
        if not row["sector"] and row["year"] <= int(last[:4]):
            key = (row["kind"], row["country"], row["size"])
            found[key] = Denominator(*key, row["year"], row["value"], row["source"])
    return [found[key] for key in sorted(found)]


def manifest(files: Sequence[File]) -> dict[str, Any]:
    """The manifest of a release: each file with its media type, size, rows and sha256."""
    return {"files": [documents.entry(file) for file in files]}


def manifest_sha256(held: dict[str, Any]) -> str:
    """The hash that stands for a whole release."""
    return hashlib.sha256(canonical(held)).hexdigest()


@cache
def program() -> str:
    """The version of the program with a hash over the code that makes figures: two programs of one version differ."""
    digest = hashlib.sha256()
    root = package("hueandcry.picture")
    waiting = [("", root)]
    found = []
    while waiting:
        path, here = waiting.pop()
        for each in here.iterdir():
            inner = f"{path}/{each.name}"
            if each.is_dir() and each.name not in ("__pycache__", "templates", "migrations", "static", "locale"):
                waiting.append((inner, each))
            elif each.is_file() and each.name.endswith((".py", ".sql", ".csv", ".json")):
                found.append((inner, each.read_bytes()))
    for inner, content in sorted(found):
        digest.update(inner.encode() + b"\0" + hashlib.sha256(content).digest())
    return f"{version('hueandcry')}+{digest.hexdigest()[:12]}"
