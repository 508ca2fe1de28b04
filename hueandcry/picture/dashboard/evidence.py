"""Charts of what the picture stands on: who tells of the same crimes, law, how good the data are, estimates."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from django.utils.translation import gettext as _

from hueandcry.picture.cells import Shown
from hueandcry.picture.dashboard import words
from hueandcry.picture.dashboard.ground import ROWS, Ground, bounded, finished, three, value
from hueandcry.picture.dashboard.overlap import kinds
from hueandcry.picture.question import SOURCES, Dimension
from hueandcry.web.charts import SUPPRESSED, Cell, Chart, Column
from hueandcry.web.numbers import grouped


def overlap(ground: Ground) -> Chart | None:
    """Which kinds of source tell of the same crimes, as UpSet plot; combinations by size."""
    cells = sorted(ground.answer.overlap, key=lambda cell: (-(cell.value if cell.value is not None else -1), cell.key))
    cells = cells[:ROWS]
    present = [at for at in range(len(SOURCES)) if any(at in kinds(int(cell.key[0])) for cell in cells)]
    if len(present) < 2:
        return None
    chart = Chart(
        "overlap",
        "upset",
        _("Who tells of the same crimes"),
        _("crimes"),
        [Column("sources", _("Told by"), "category"), *[Column("crimes", _("Crimes"))]],
        [
            [
                " + ".join(str(words.SOURCE_LABELS[SOURCES[at]]) for at in kinds(int(cell.key[0]))),
                value(cell, cell.value, "count"),
            ]
            for cell in cells
        ],
        "-",
        "-",
        sets=[str(words.SOURCE_LABELS[SOURCES[at]]) for at in present],
        members=[[present.index(at) for at in kinds(int(cell.key[0]))] for cell in cells],
        note=_("Each column is one combination of sources. Where sources overlap much, few crimes escape all of them."),
    )
    return finished(
        ground,
        chart,
        _(
            "Each crime counts in exactly one combination: the kinds of source that told of it. Estimates"
            " of what nobody reported stand on these overlaps."
        ),
    )


def offences(ground: Ground) -> Chart | None:
    """By offence in law, through the crosswalk."""
    from hueandcry.picture.reference import crosswalk

    cells = {cell.key[0]: cell for cell in ground.answer.table("offence") if cell.key[0]}
    keys = [key for key in crosswalk.titles() if key in cells]
    if not keys:
        return None
    unit, measure = words.unit(ground.answer.question), ground.answer.question.measure
    chart = Chart(
        "offences",
        "ranking",
        _("By offence in law"),
        unit,
        [Column("offence", _("Offence"), "category"), *three("value", unit)],
        [[crosswalk.label_of(key), *bounded(cells[key], measure)] for key in keys],
        "-",
        "-",
    )
    return finished(
        ground,
        chart,
        _(
            "Types of the Common Taxonomy are counted under each offence that the legal crosswalk"
            " (version %(version)s) leads to, so one counts under several laws."
        )
        % {"version": crosswalk.versions()[-1].version},
    )


FIELD_NAMES: Final[dict[str, Callable[[], str]]] = {
    "occurred": lambda: _("day of the crime"),
    "class": lambda: _("class"),
    "type": lambda: _("type"),
    "country": lambda: _("country of the victim"),
    "sector": lambda: _("sector of the victim"),
    "size": lambda: _("size of the victim"),
    "technique": lambda: _("technique"),
    "loss": lambda: _("loss"),
}
BAND_NAMES: Final[dict[str, Callable[[], str]]] = {
    "0": lambda: _("the same day"),
    "7": lambda: _("within a week"),
    "30": lambda: _("within 30 days"),
    "90": lambda: _("within 90 days"),
    "365": lambda: _("within a year"),
    "more": lambda: _("later"),
    "": lambda: _("day of the crime not told"),
}


def quality(ground: Ground) -> list[Chart]:
    """Completeness by field and timeliness by days, in per cent of what is counted; coverage by country."""
    held, total = ground.answer.quality, ground.answer.total
    if held is None or total is None or not total.value or ground.answer.question.measure == "loss":
        return []
    made: list[Chart] = []
    for name, title, cells, names, how in (
        (
            "completeness",
            _("What reports tell"),
            held.fields,
            FIELD_NAMES,
            _("How many of those counted tell the field at all."),
        ),
        (
            "timeliness",
            _("How soon reports come"),
            held.delays,
            BAND_NAMES,
            _("Days from the crime to the arrival of its first report."),
        ),
    ):
        rows = [[names[cell.key[0]](), *_share(cell, total.value)] for cell in cells if cell.key[0] in names]
        chart = Chart(
            name,
            "ranking",
            title,
            _("in 100"),
            [Column("what", _("What"), "category"), *three("share", _("In 100"))],
            rows,
            "-",
            "-",
        )
        made.append(finished(ground, chart, how))
    made.append(coverage(ground, held.members))
    return made


def _share(cell: Shown, whole: float) -> list[Cell]:
    if cell.value is None:
        return [SUPPRESSED, None, None]
    middle, low, high = (
        min(100.0, round(100 * (cell.value if bound is None else bound) / whole, 1))
        for bound in (cell.value, cell.low, cell.high)
    )
    return [middle, min(low, middle), max(high, middle)]


def coverage(ground: Ground, members: object) -> Chart:
    """Member organisations by country and kind: whom reports can come from. Members are known to all members."""
    held: dict[tuple[str, str], int] = members  # type: ignore[assignment]
    sources = [kind for kind in SOURCES if any(kind == key[1] for key in held)]
    by_land: dict[str, dict[str, int]] = {}
    for (land, kind), n in held.items():
        by_land.setdefault(land, {})[kind] = n
    ordered = sorted(by_land, key=lambda land: (-sum(by_land[land].values()), land))[:ROWS]
    chart = Chart(
        "coverage",
        "bars",
        _("Who could report, by country"),
        _("member organisations"),
        [
            Column("country", _("Country"), "category"),
            *(Column(kind, str(words.SOURCE_LABELS[kind])) for kind in sources),
        ],
        [[words.country(land), *(by_land[land].get(kind, 0) for kind in sources)] for land in ordered]
        if sources
        else [],
        "-",
        "-",
        stacked=True,
        note=_("Where nobody is a member, crime shows only when others tell of it."),
    )
    return finished(ground, chart, _("Organisations by their own country, whether or not they reported."))


ESTIMATED: Final[tuple[tuple[str, Dimension], ...]] = (
    ("estimated-classes", "class"),
    ("estimated-countries", "country"),
    ("estimated-years", "year"),
)


def estimated(ground: Ground, name: str, dimension: Dimension) -> Chart | None:
    """Estimates with their intervals, of the values of one dimension for which there is one."""
    answer = ground.answer
    base = replace(answer.question, number="distinct", measure="count")
    rows: list[list[Cell]] = []
    refused = 0
    for cell in answer.table(dimension):
        if not cell.key[0] or cell.value is None:
            continue
        found = answer.estimate(base.within((dimension,), cell.key))
        if found is None:
            continue
        if found.estimate is None:
            refused += 1
            continue
        low, high = found.low, found.high
        middle = round(found.estimate)
        rows.append(
            [
                words.said(dimension, cell.key[0]),
                middle,
                min(middle, round(low)) if low is not None else None,
                max(middle, round(high)) if high is not None else None,
            ]
        )
    if not rows:
        return None
    if dimension != "year":
        rows.sort(key=lambda row: -row[1])  # type: ignore[operator]
    titles = {"class": _("Estimated by class"), "country": _("Estimated by country"), "year": _("Estimated by year")}
    chart = Chart(
        name,
        "ranking",
        titles[dimension],
        _("crimes, reported or not"),
        [Column(dimension, _("Value"), "category"), *three("estimate", _("Estimated"))],
        rows[:ROWS],
        "-",
        "-",
        note=_("For %(n)s more the data do not carry an estimate.") % {"n": grouped(refused)} if refused else "",
    )
    return finished(
        ground,
        chart,
        _(
            "Multiple-systems estimation from the overlaps of kinds of source: log-linear models"
            " averaged, 95 % intervals from a bootstrap that selects models anew."
        ),
    )
