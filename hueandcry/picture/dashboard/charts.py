"""The charts of the picture out of one answer: each with its unit, uncertainty, source, how it was made and citation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from django.utils.translation import gettext as _

from hueandcry.picture.cells import Shown
from hueandcry.picture.dashboard import words
from hueandcry.picture.dashboard.answers import COMPARED, Answer, narrowed
from hueandcry.picture.dashboard.overlap import kinds
from hueandcry.picture.question import SOURCES, Dimension
from hueandcry.web.charts import SUPPRESSED, Cell, Chart, Column, Mark
from hueandcry.web.numbers import grouped

METHOD: Final = "/picture/method/"
ROWS: Final = 20  # of a ranking; the rest is in the file
DELAY_MONTHS: Final = 3  # drawn as provisional where nothing better is known
RANKED: Final[tuple[tuple[str, Dimension], ...]] = (
    ("classes", "class"), ("sectors", "sector"), ("by-country", "country"), ("types", "type"), ("sources", "source"),
    ("sizes", "size"), ("natures", "nature"), ("techniques", "technique"), ("regions", "region"), ("years", "year"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ground:
    """What every chart stands on: the answer, where its page is, and where the reports are for whoever may read some."""

    answer: Answer
    address: str = ""  # of the installation, without a slash at its end
    page: str = "/picture/"
    reports_url: str = ""


def drawn(ground: Ground) -> dict[str, Chart]:
    """Every chart that says something, by name, in the order of the page."""
    made = [over_time(ground), compared(ground), by_country(ground), class_by_sector(ground)]
    made += [ranking(ground, name, dimension) for name, dimension in RANKED]
    made += [overlap(ground), offences(ground), *quality(ground)]
    if ground.answer.question.number == "estimated":
        made = [estimated(ground, name, dimension) for name, dimension in ESTIMATED] + made
    return {chart.id: chart for chart in made if chart is not None and chart.rows}


def _made(ground: Ground, chart: Chart, how: str) -> Chart:
    """The chart with what all charts have."""
    answer = ground.answer
    at, number = answer.frozen.at, answer.frozen.number
    query = answer.question.address()
    tail = f"?{query}" if query else ""
    return replace(
        chart,
        source=words.source(at, number),
        method=f"{words.counting(answer.question)} {how} {words.protection(answer.question)}",
        method_url=METHOD,
        csv_url=f"/picture/{chart.id}.csv{tail}",
        parquet_url=f"/picture/{chart.id}.parquet{tail}",
        reports_url=ground.reports_url,
        citation=words.citation(chart.title, at, number, f"{ground.address}{ground.page}{tail}"),
        note=chart.note or (_HATCHED() if chart.withheld else ""),
    )


def _HATCHED() -> str:  # noqa: N802 - a sentence that is asked for in the reader's language
    return _("Hatched: held back, because it could tell of single members. It may be none.")


def value(cell: Shown, bound: float | None, measure: str) -> Cell:
    """A cell's value or bound as a chart takes it: losses in whole euro."""
    if cell.value is None:
        return SUPPRESSED
    if bound is None:
        return None
    return round(bound / 100) if measure == "loss" else round(bound)


def bounded(cell: Shown, measure: str) -> list[Cell]:
    """Value, low and high of a cell."""
    if cell.value is None:
        return [SUPPRESSED, None, None]
    return [value(cell, bound, measure) for bound in (cell.value, cell.low, cell.high)]


def _three(key: str, label: str) -> list[Column]:
    return [Column(key, label), Column(key, _("%(what)s, at least") % {"what": label}, "low"),
            Column(key, _("%(what)s, at most") % {"what": label}, "high")]  # fmt: skip


def over_time(ground: Ground) -> Chart | None:
    """By month: as counted, and what the last months will come to; changes of level; what is to come."""
    answer = ground.answer
    question, unit = answer.question, words.unit(answer.question)
    per_month = _("%(unit)s a month") % {"unit": unit}
    if answer.series is None:
        return _plain_months(ground, per_month)
    series, rows, marks = answer.series, [], []
    inside = [m for m in series.months if (not question.first or m.month >= question.first)
              and (not question.last or m.month <= question.last)]  # fmt: skip
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
        "months", "line", _("Over time"), per_month,
        [Column("month", _("Month"), "time"), Column("counted", _("Counted so far")), *_three("expected", _("Expected in the end"))],
        rows, "-", "-", provisional_from=provisional, forecast_from=forecast, marks=marks, note=why,
    )  # fmt: skip
    return _made(ground, chart, how)


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
    """Months as counted, where no series is told (sums of losses)."""
    answer = ground.answer
    cells = [cell for cell in answer.table("month") if cell.key[0]]
    present = f"{answer.frozen.at:%Y-%m}"
    cells = [cell for cell in cells if cell.key[0] <= present]
    if not cells:
        return None
    late = _before(present, DELAY_MONTHS - 1)
    chart = Chart(
        "months", "line", _("Over time"), unit,
        [Column("month", _("Month"), "time"), *_three("value", words.unit(answer.question))],
        [[cell.key[0], *bounded(cell, answer.question.measure)] for cell in cells], "-", "-",
        provisional_from=late if any(cell.key[0] >= late for cell in cells) else "",
    )  # fmt: skip
    return _made(ground, chart, _("The last three months are provisional: reports come late."))


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
        "countries-over-time", "line", _("Countries over time"),
        _("%(unit)s a month") % {"unit": words.unit(answer.question)},
        [Column("month", _("Month"), "time"), *(Column(code, words.country(code)) for code in countries)],
        rows, "-", "-", provisional_from=late if months and months[-1] >= late else "",
        note=_("Gaps: held back, or none. More reports can mean more crime, more members or better reporting: compare rates, and look at who reports."),
    )  # fmt: skip
    return _made(ground, chart, _("A crime with victims in two of the countries counts in both."))


def by_country(ground: Ground) -> Chart | None:
    """The map of the victims' countries."""
    answer = ground.answer
    if len(answer.question.country) == 1:
        return None
    unit = words.unit(answer.question)
    chart = Chart(
        "countries", "map", _("By country of the victim"), unit,
        [Column("country", _("Country"), "country"), Column("value", unit)],
        [[cell.key[0], value(cell, cell.value, answer.question.measure)] for cell in answer.table("country") if cell.key[0]],
        "-", "-", note=_("Grey: none. Hatched: held back, and may be none."),
    )  # fmt: skip
    return _made(
        ground,
        chart,
        _("One with victims in several countries counts in each of them; one that names none is not on the map."),
    )


def ranking(ground: Ground, name: str, dimension: Dimension) -> Chart | None:
    """One dimension as bars, the longest first, then what is held back."""
    answer = ground.answer
    fixed = answer.question.filters.get(dimension, ())
    cells = [cell for cell in answer.table(dimension) if cell.key[0] and (not fixed or cell.key[0] in fixed)]
    if len(cells) < 2:  # one bar says nothing
        return None
    if dimension == "year":
        cells.sort(key=lambda cell: cell.key)
    else:
        cells.sort(key=lambda cell: (-(cell.value if cell.value is not None else -1), cell.key))
    titles: dict[Dimension, str] = {
        "class": _("By class"), "sector": _("By sector of the victim"), "country": _("Countries with the most"),
        "type": _("By type"), "source": _("By who sent it"), "size": _("By size of the victim"),
        "nature": _("By nature"), "technique": _("By technique (ATT&CK)"), "region": _("By region of the victim"),
        "year": _("By year"),
    }  # fmt: skip
    unit = words.unit(answer.question)
    chart = Chart(
        name, "ranking", titles[dimension], unit,
        [Column(dimension, _("Value"), "category"), *_three("value", unit)],
        [[words.said(dimension, cell.key[0]), *bounded(cell, answer.question.measure)] for cell in cells[:ROWS]],
        "-", "-",
        note=_("The %(n)s largest of %(all)s.") % {"n": ROWS, "all": len(cells)} if len(cells) > ROWS else "",
    )  # fmt: skip
    hows: dict[Dimension, str] = {
        "class": _("Classes are those of the Common Taxonomy for Law Enforcement and CSIRTs."),
        "type": _("Types are those of the Common Taxonomy for Law Enforcement and CSIRTs."),
        "sector": _("Sectors are the sections of NACE Rev. 2.1; those that nobody told are left out."),
        "size": _("Sizes as in Recommendation 2003/361/EC."),
        "source": _("A crime of which several kinds of source told counts in each."),
        "technique": _("Techniques are those of MITRE ATT&CK; one crime may show several."),
        "region": _("Regions are those of the United Nations (M49)."),
    }
    return _made(ground, chart, hows.get(dimension, ""))


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
            [words.sector(sector), *(None if cell is None else value(cell, cell.value, measure) for cell in held)]
        )
    chart = Chart(
        "class-by-sector", "heat", _("Class by sector of the victim"), words.unit(answer.question),
        [Column("sector", _("Sector"), "category"), *(Column(c, str(words.CLASS_SHORT[c])) for c in classes)],
        rows, "-", "-", note=_("Hatched: held back or none. Rows and columns without any number are left out."),
    )  # fmt: skip
    return _made(ground, chart, _("Classes of the Common Taxonomy by sections of NACE Rev. 2.1."))


def overlap(ground: Ground) -> Chart | None:
    """Which kinds of source tell of the same crimes, as UpSet plot; combinations by size."""
    cells = sorted(ground.answer.overlap, key=lambda cell: (-(cell.value if cell.value is not None else -1), cell.key))
    cells = cells[:ROWS]
    present = [at for at in range(len(SOURCES)) if any(at in kinds(int(cell.key[0])) for cell in cells)]
    if len(present) < 2:
        return None
    chart = Chart(
        "overlap", "upset", _("Who tells of the same crimes"), _("crimes"),
        [Column("sources", _("Told by"), "category"), *[Column("crimes", _("Crimes"))]],
        [[" + ".join(str(words.SOURCE_LABELS[SOURCES[at]]) for at in kinds(int(cell.key[0]))), value(cell, cell.value, "count")] for cell in cells],
        "-", "-", sets=[str(words.SOURCE_LABELS[SOURCES[at]]) for at in present],
        members=[[present.index(at) for at in kinds(int(cell.key[0]))] for cell in cells],
        note=_("Each column is one combination of sources. Where sources overlap much, few crimes escape all of them."),
    )  # fmt: skip
    return _made(
        ground,
        chart,
        _(
            "Each crime counts in exactly one combination: the kinds of source that told of it. Estimates of what nobody reported stand on these overlaps."
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
        "offences", "ranking", _("By offence in law"), unit,
        [Column("offence", _("Offence"), "category"), *_three("value", unit)],
        [[crosswalk.label_of(key), *bounded(cells[key], measure)] for key in keys], "-", "-",
    )  # fmt: skip
    return _made(
        ground,
        chart,
        _(
            "Types of the Common Taxonomy are counted under each offence that the legal crosswalk (version %(version)s) leads to, so one counts under several laws."
        )
        % {"version": crosswalk.versions()[-1].version},
    )


FIELD_NAMES: Final[dict[str, Callable[[], str]]] = {
    "occurred": lambda: _("day of the crime"), "class": lambda: _("class"), "type": lambda: _("type"),
    "country": lambda: _("country of the victim"), "sector": lambda: _("sector of the victim"),
    "size": lambda: _("size of the victim"), "technique": lambda: _("technique"), "loss": lambda: _("loss"),
}  # fmt: skip
BAND_NAMES: Final[dict[str, Callable[[], str]]] = {
    "0": lambda: _("the same day"), "7": lambda: _("within a week"), "30": lambda: _("within 30 days"),
    "90": lambda: _("within 90 days"), "365": lambda: _("within a year"), "more": lambda: _("later"),
    "": lambda: _("day of the crime not told"),
}  # fmt: skip


def quality(ground: Ground) -> list[Chart]:
    """Completeness by field and timeliness by days, in per cent of what is counted; coverage by country."""
    held, total = ground.answer.quality, ground.answer.total
    if held is None or total is None or not total.value or ground.answer.question.measure == "loss":
        return []
    made: list[Chart] = []
    for name, title, cells, names, how in (
        ("completeness", _("What reports tell"), held.fields, FIELD_NAMES,
         _("How many of those counted tell the field at all.")),
        ("timeliness", _("How soon reports come"), held.delays, BAND_NAMES,
         _("Days from the crime to the arrival of its first report.")),
    ):  # fmt: skip
        rows = [[names[cell.key[0]](), *_share(cell, total.value)] for cell in cells if cell.key[0] in names]
        chart = Chart(
            name, "ranking", title, _("in 100"), [Column("what", _("What"), "category"), *_three("share", _("In 100"))],
            rows, "-", "-",
        )  # fmt: skip
        made.append(_made(ground, chart, how))
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
        "coverage", "bars", _("Who could report, by country"), _("member organisations"),
        [Column("country", _("Country"), "category"), *(Column(kind, str(words.SOURCE_LABELS[kind])) for kind in sources)],
        [[words.country(land), *(by_land[land].get(kind, 0) for kind in sources)] for land in ordered] if sources else [],
        "-", "-", stacked=True, note=_("Where nobody is a member, crime shows only when others tell of it."),
    )  # fmt: skip
    return _made(ground, chart, _("Organisations by their own country, whether or not they reported."))


ESTIMATED: Final[tuple[tuple[str, Dimension], ...]] = (
    ("estimated-classes", "class"), ("estimated-countries", "country"), ("estimated-years", "year"),
)  # fmt: skip


def estimated(ground: Ground, name: str, dimension: Dimension) -> Chart | None:
    """Estimates with their intervals, of the values of one dimension for which there is one."""
    answer = ground.answer
    base = replace(answer.question, number="distinct", measure="count")
    rows: list[list[Cell]] = []
    refused = 0
    for cell in answer.table(dimension):
        if not cell.key[0] or cell.value is None:
            continue
        found = answer.estimate(narrowed(base, dimension, cell.key[0]))
        if found is None:
            continue
        if found.value is None:
            refused += 1
            continue
        low, high = found.low, found.high
        middle = round(found.value)
        rows.append([words.said(dimension, cell.key[0]), middle, min(middle, round(low)) if low is not None else None,
                     max(middle, round(high)) if high is not None else None])  # fmt: skip
    if not rows:
        return None
    if dimension != "year":
        rows.sort(key=lambda row: -row[1])  # type: ignore[operator]
    titles = {"class": _("Estimated by class"), "country": _("Estimated by country"), "year": _("Estimated by year")}
    chart = Chart(
        name, "ranking", titles[dimension], _("crimes, reported or not"),
        [Column(dimension, _("Value"), "category"), *_three("estimate", _("Estimated"))], rows[:ROWS], "-", "-",
        note=_("For %(n)s more the data do not carry an estimate.") % {"n": grouped(refused)} if refused else "",
    )  # fmt: skip
    return _made(
        ground,
        chart,
        _(
            "Multiple-systems estimation from the overlaps of kinds of source: log-linear models averaged, 95 % intervals from a bootstrap that selects models anew."
        ),
    )
