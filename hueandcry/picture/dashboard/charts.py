"""The charts of the picture out of one answer: each with unit, uncertainty, source, how it was made and citation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hueandcry.picture.cells import Shown
from hueandcry.picture.dashboard import words
from hueandcry.picture.dashboard.answers import COMPARED, Answer
from hueandcry.picture.dashboard.evidence import ESTIMATED, estimated, offences, overlap, quality
from hueandcry.picture.dashboard.ground import ROWS, Ground, bounded, finished, three, value
from hueandcry.picture.question import Dimension
from hueandcry.web.charts import SUPPRESSED, Cell, Chart, Column, Mark

DELAY_MONTHS: Final = 3  # drawn as provisional where nothing better is known
RANKED: Final[tuple[tuple[str, Dimension], ...]] = (
    ("classes", "class"),
    ("sectors", "sector"),
    ("by-country", "country"),
    ("types", "type"),
    ("sources", "source"),
    ("sizes", "size"),
    ("natures", "nature"),
    ("techniques", "technique"),
    ("regions", "region"),
    ("years", "year"),
)
TITLES: Final[dict[Dimension, str | Promise]] = {
    "class": gettext_lazy("By class"),
    "sector": gettext_lazy("By sector of the victim"),
    "country": gettext_lazy("Countries with the most"),
    "type": gettext_lazy("By type"),
    "source": gettext_lazy("By who sent it"),
    "size": gettext_lazy("By size of the victim"),
    "nature": gettext_lazy("By nature"),
    "technique": gettext_lazy("By technique (ATT&CK)"),
    "region": gettext_lazy("By region of the victim"),
    "year": gettext_lazy("By year"),
}


def drawn(ground: Ground) -> dict[str, Chart]:
    """Every chart that says something, by name, in the order of the page."""
    made = [over_time(ground), compared(ground), by_country(ground), class_by_sector(ground)]
    made += [ranking(ground, name, dimension) for name, dimension in RANKED]
    made += [overlap(ground), offences(ground), *quality(ground)]
    if ground.answer.question.number == "estimated":
        made = [estimated(ground, name, dimension) for name, dimension in ESTIMATED] + made
    return {chart.id: chart for chart in made if chart is not None and _says_something(chart)}


def _says_something(chart: Chart) -> bool:
    """Whether any number of it is shown: one that is held back whole, or empty, is a frame with nothing in it."""
    places = [place for place, column in enumerate(chart.columns) if column.role == "value"]
    return any(isinstance(row[place], int | float) for row in chart.rows for place in places)


def silent(answer: Answer) -> list[str]:
    """Titles of charts of which no number is shown: all is held back, or there is none, which is one answer."""
    asked: list[tuple[Dimension, str]] = [("month", _("Over time"))]
    asked += [(dimension, str(TITLES[dimension])) for _name, dimension in RANKED]
    return [
        title
        for dimension, title in asked
        if not any(cell.key[0] and cell.value is not None for cell in answer.table(dimension))
    ]


def over_time(ground: Ground) -> Chart | None:
    """By month: as counted, and what the last months will come to; changes of level; what is to come."""
    answer = ground.answer
    question, unit = answer.question, words.unit(answer.question)
    per_month = _("%(unit)s a month") % {"unit": unit}
    if answer.series is None:
        return _plain_months(ground, per_month)
    series, rows, marks = answer.series, [], []
    inside = [
        m
        for m in series.months
        if (not question.first or m.month >= question.first) and (not question.last or m.month <= question.last)
    ]
    for month in inside:
        late: list[Cell] = [None, None, None]
        if month.provisional and month.corrected is not None:
            late = [month.corrected, _least(month.low, month.corrected), _most(month.high, month.corrected)]
        rows.append([month.month, SUPPRESSED if month.observed is None else month.observed, *late])
    provisional = next((m.month for m in inside if m.provisional), "")
    forecast = ""
    if rows and not question.last:
        last = inside[-1].month
        for coming in series.coming:
            if coming.month > last:
                forecast = forecast or coming.month
                rows.append([coming.month, None, round(coming.expected), round(coming.low), round(coming.high)])
    names = {row[0] for row in rows}
    for change in series.changes:
        if change.since in names and _may_mark(inside, change.since):
            way = _("level up") if change.direction == "up" else _("level down")
            marks.append(Mark(change.since, f"{way}: × {change.ratio:.2f} ({change.low:.2f}–{change.high:.2f})"))
    from hueandcry.picture.trends.words import REASONS

    why = " ".join(str(REASONS[each]) for each in series.refused if each in REASONS)
    how = _(
        "The last months are provisional: what is still to come is worked out of how late earlier reports came (chain"
        " ladder), with a 95 %% interval. Changes of level are marked after delay, joiners and leavers and seasons are"
        " taken out, each with its ratio and interval; forecasts hold if reporters stay as they are."
    ).replace("%%", "%")
    chart = Chart(
        "months",
        "line",
        _("Over time"),
        per_month,
        [
            Column("month", _("Month"), "time"),
            Column("counted", _("Counted so far")),
            *three("expected", _("Expected in the end")),
        ],
        rows,
        "-",
        "-",
        provisional_from=provisional,
        forecast_from=forecast,
        marks=marks,
        note=why,
    )
    return finished(ground, chart, how)


def _least(low: float | None, middle: float) -> float | None:
    return None if low is None else min(low, middle)


def _most(high: float | None, middle: float) -> float | None:
    return None if high is None else max(high, middle)


def _may_mark(inside: Sequence[object], since: str) -> bool:
    """A change tells of the months around it: where they are withheld, so is it."""
    held = [m for m in inside if abs(_months(m.month) - _months(since)) <= 1]  # type: ignore[attr-defined]
    return bool(held) and all(m.observed is not None for m in held)  # type: ignore[attr-defined]


def _months(month: str) -> int:
    return int(month[:4]) * 12 + int(month[5:])


def _plain_months(ground: Ground, unit: str) -> Chart | None:
    """Months as counted, where no series is told (sums of losses, the home page): from the first that is shown to the
    present or the last that is asked for, so that data do not seem to end where months are held back."""
    answer = ground.answer
    cells = [cell for cell in answer.table("month") if cell.key[0]]
    present = f"{answer.frozen.at:%Y-%m}"
    cells = [cell for cell in cells if cell.key[0] <= present]
    if not cells:
        return None
    held = {cell.key[0]: cell for cell in cells}
    last = min(present, answer.question.last or present)
    months = [_before(last, back) for back in range(_months(last) - _months(min(held)), -1, -1)]
    cells = [held.get(month, Shown((month,), None, "few")) for month in months]
    late = _before(present, DELAY_MONTHS - 1)
    chart = Chart(
        "months",
        "line",
        _("Over time"),
        unit,
        [Column("month", _("Month"), "time"), *three("value", words.unit(answer.question))],
        [[cell.key[0], *bounded(cell, answer.question.measure)] for cell in cells],
        "-",
        "-",
        provisional_from=late if last >= late else "",
    )
    return finished(ground, chart, _("The last three months are provisional: reports come late."))


def _before(month: str, back: int) -> str:
    at = int(month[:4]) * 12 + int(month[5:]) - 1 - back
    return f"{at // 12:04d}-{at % 12 + 1:02d}"


def compared(ground: Ground) -> Chart | None:
    """A line for each of the countries that are compared."""
    answer = ground.answer
    countries, cells = answer.question.country, answer.table("month", "country")
    if not 1 < len(countries) <= COMPARED or not cells:
        return None
    held = {cell.key: cell for cell in cells}
    months = sorted({cell.key[0] for cell in cells if cell.key[0] and cell.key[0] <= f"{answer.frozen.at:%Y-%m}"})
    measure = answer.question.measure
    rows: list[list[Cell]] = []
    for month in months:
        found = [held.get((month, code)) for code in countries]
        rows.append([month, *(0 if cell is None else value(cell, cell.value, measure) for cell in found)])
    rows = [[row[0], *(SUPPRESSED if cell == 0 else cell for cell in row[1:])] for row in rows]
    late = _before(f"{answer.frozen.at:%Y-%m}", DELAY_MONTHS - 1)
    chart = Chart(
        "countries-over-time",
        "line",
        _("Countries over time"),
        _("%(unit)s a month") % {"unit": words.unit(answer.question)},
        [Column("month", _("Month"), "time"), *(Column(code, words.country(code)) for code in countries)],
        rows,
        "-",
        "-",
        provisional_from=late if months and months[-1] >= late else "",
        note=_(
            "Gaps: held back, or none. More reports can mean more crime, more members or better"
            " reporting: compare rates, and look at who reports."
        ),
    )
    return finished(ground, chart, _("A crime with victims in two of the countries counts in both."))


def by_country(ground: Ground) -> Chart | None:
    """The map of the victims' countries."""
    answer = ground.answer
    if len(answer.question.country) == 1:
        return None
    unit = words.unit(answer.question)
    chart = Chart(
        "countries",
        "map",
        _("By country of the victim"),
        unit,
        [Column("country", _("Country"), "country"), Column("value", unit)],
        [
            [cell.key[0], value(cell, cell.value, answer.question.measure)]
            for cell in answer.table("country")
            if cell.key[0]
        ],
        "-",
        "-",
        note=_("Grey: none, or held back because it could tell of single members."),
    )
    return finished(
        ground,
        chart,
        _("One with victims in several countries counts in each of them; one that names none is not on the map."),
    )


def ranking(ground: Ground, name: str, dimension: Dimension) -> Chart | None:
    """One dimension as bars, the longest first; of a known list then what is held back or none."""
    answer = ground.answer
    fixed = answer.question.filters.get(dimension, ())
    cells = [cell for cell in answer.table(dimension) if cell.key[0] and (not fixed or cell.key[0] in fixed)]
    if len(cells) < 2:  # one bar says nothing
        return None
    if dimension == "year":
        cells.sort(key=lambda cell: cell.key)
    else:
        cells.sort(key=lambda cell: (-(cell.value if cell.value is not None else -1), cell.key))
    unit = words.unit(answer.question)
    chart = Chart(
        name,
        "ranking",
        str(TITLES[dimension]),
        unit,
        [Column(dimension, _("Value"), "category"), *three("value", unit)],
        [[words.said(dimension, cell.key[0]), *bounded(cell, answer.question.measure)] for cell in cells[:ROWS]],
        "-",
        "-",
        note=_("The %(n)s largest of %(all)s.") % {"n": ROWS, "all": len(cells)} if len(cells) > ROWS else "",
    )
    hows: dict[Dimension, str] = {
        "class": _("Classes are those of the Common Taxonomy for Law Enforcement and CSIRTs."),
        "type": _("Types are those of the Common Taxonomy for Law Enforcement and CSIRTs."),
        "sector": _("Sectors are the sections of NACE Rev. 2.1; those that nobody told are left out."),
        "size": _("Sizes as in Recommendation 2003/361/EC."),
        "source": _("A crime of which several kinds of source told counts in each."),
        "technique": _(
            "Techniques are those of MITRE ATT&CK (attack.mitre.org has their names); the words here are those by which"
            " reports are classified. One crime may show several."
        ),
        "region": _("Regions are those of the United Nations (M49)."),
    }
    return finished(ground, chart, hows.get(dimension, ""))


def class_by_sector(ground: Ground) -> Chart | None:
    """Sectors down, classes across: those of which at least one number is shown."""
    answer = ground.answer
    cells = {cell.key: cell for cell in answer.table("class", "sector") if all(cell.key)}
    shown = [key for key, cell in cells.items() if cell.value is not None]
    classes = [c for c in words.CLASS_LABELS if any(c == key[0] for key in shown)]
    sectors = sorted({key[1] for key in shown})
    if len(classes) < 2 or len(sectors) < 2:
        return None
    measure = answer.question.measure
    rows: list[list[Cell]] = []
    for sector in sectors:
        held = [cells.get((each, sector)) for each in classes]
        rows.append(
            [words.sector(sector), *(SUPPRESSED if cell is None else value(cell, cell.value, measure) for cell in held)]
        )
    chart = Chart(
        "class-by-sector",
        "heat",
        _("Class by sector of the victim"),
        words.unit(answer.question),
        [Column("sector", _("Sector"), "category"), *(Column(c, str(words.CLASS_SHORT[c])) for c in classes)],
        rows,
        "-",
        "-",
        note=_("Hatched: held back or none. Rows and columns without any number are left out."),
    )
    return finished(ground, chart, _("Classes of the Common Taxonomy by sections of NACE Rev. 2.1."))
