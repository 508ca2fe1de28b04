"""The charts of the picture: each out of the same cells, with its unit, its source and how it was made."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils import formats, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hueandcry.exchange.classification import CLASSES
from hueandcry.exchange.sectors import SHORT
from hueandcry.picture.figures import ROUNDING, SOURCES, Cells, Question, over_closed, over_months
from hueandcry.web.charts import SUPPRESSED, Cell, Chart, Column
from hueandcry.web.countries import country_name

CLASS_KEYS = [c.code for c in CLASSES]
CLASS_LABELS = {c.code: c.label for c in CLASSES}
# For the heads of columns, where there is room for one word; the class itself has its full name elsewhere.
CLASS_SHORT = {
    "malware": gettext_lazy("Malware"),
    "availability": gettext_lazy("Disruption"),
    "information-gathering": gettext_lazy("Spying out"),
    "intrusion-attempt": gettext_lazy("Attempt"),
    "intrusion": gettext_lazy("Break-in"),
    "information-security": gettext_lazy("Breach"),
    "fraud": gettext_lazy("Fraud"),
    "abusive-content": gettext_lazy("Content"),
    "other": gettext_lazy("Other"),
}
SECTOR_KEYS = list(SHORT)
SOURCE_LABELS = {
    "business": gettext_lazy("businesses"),
    "law-enforcement": gettext_lazy("law enforcement"),
    "government": gettext_lazy("government"),
    "cert": gettext_lazy("CERTs"),
    "academia": gettext_lazy("academia"),
    "non-profit": gettext_lazy("non-profits"),
}


@dataclass(frozen=True, slots=True)
class Ground:
    """What every chart stands on."""

    cells: Cells
    question: Question
    today: date
    query: str = ""  # of the page, so that the CSV has the same filters


def source(today: date) -> str:
    """The line under every chart and figure."""
    day = formats.date_format(today, "j N Y", use_l10n=False)
    return _("Reports to the alliance whose purpose allows statistics, until %(day)s") % {"day": day}


def rule() -> str:
    """How cells protect, in words: what migrations/0001_cells.sql does."""
    return _(
        "A number is shown only for 10 reports or more from at least 3 organisations. It is also held back where"
        " taking filters off would leave fewer than that, and the smallest number shown is held back where what"
        " is left over is small. Reports are rounded to the nearest 5, so one is off by %(off)s at most, and they"
        " need not add up. What is held back may be none."
    ) % {"off": ROUNDING}


def counting() -> str:
    """The counting rule."""
    return _("Each current report is counted once; several reports may tell of the same crime.")


def not_shown() -> str:
    """What hatching means."""
    return _("Hatched: fewer than 10 reports, or fewer than 3 organisations; that may be none.")


def sector_label(key: str) -> str:
    """The short name of a NACE section with its letter."""
    return f"{_(SHORT[key])} ({key})" if key else _("sector not told")


def class_label(key: str) -> str:
    """The name of a class of the Common Taxonomy."""
    return _(CLASS_LABELS[key]) if key in CLASS_LABELS else _("not classified")


def source_label(key: str) -> str:
    """Reports by whom."""
    return str(SOURCE_LABELS.get(key, key))


def country_label(code: str) -> str:
    """A country's name in the reader's language."""
    return country_name(code, translation.get_language() or "en")


def over_time(ground: Ground) -> Chart:
    """Reports by month, the present month provisional."""
    rows = over_months(ground.cells.counts("month"), ground.question.year, ground.today)
    present = f"{ground.today:%Y-%m}"
    return Chart(
        "months", "line", _("Reports over time"), _("reports a month"),
        [Column("month", _("Month"), "time"), Column("reports", _("Reports"))],
        [[month, _held(n)] for month, n in rows],
        source(ground.today),
        " ".join((
            counting(),
            _("The month (UTC) is that in which the sender recorded it; where they gave none, in which it arrived."),
            _("Reports come late, so the present month will still grow."), rule(),
        )),
        csv_url=_csv("months", ground),
        provisional_from=present if any(month == present for month, _n in rows) else "",
    )  # fmt: skip


def by_country(ground: Ground) -> Chart:
    """Reports by country of victim."""
    counts = ground.cells.counts("country")
    return Chart(
        "countries", "map", _("Reports by country of the victim"), _("reports"),
        [Column("country", _("Country"), "country"), Column("reports", _("Reports"))],
        [[code, n] for code, n in counts.items()],
        source(ground.today),
        " ".join((
            counting(),
            _("A report that names victims in several countries counts in each of them; one that names none is not on"
              " the map."), rule(),
        )),
        csv_url=_csv("countries", ground),
        note=_("Grey: no number is shown, because there are too few reports or none."),
    )  # fmt: skip


def by_sector(ground: Ground) -> Chart:
    """Reports by branch of the victim."""
    how = _("Sectors are the sections of NACE Rev. 2.1; those that nobody told are left out.")
    return _ranking(
        "sectors", _("Reports by sector of the victim"), _("Sector"), how, "sector", SECTOR_KEYS, sector_label, ground
    )


def by_class(ground: Ground) -> Chart:
    """Reports by class."""
    how = _(
        "Classes are those of the Common Taxonomy for Law Enforcement and CSIRTs; a report with several counts under"
        " the main one."
    )
    return _ranking("classes", _("Reports by class"), _("Class"), how, "class", CLASS_KEYS, class_label, ground)


def by_source(ground: Ground) -> Chart:
    """Reports by kind of who sent them."""
    how = _("The kind is that of the organisation when it reported.")
    return _ranking(
        "sources", _("Reports by who sent them"), _("Sent by"), how, "source", list(SOURCES), source_label, ground
    )


def _ranking(
    name: str,
    title: str,
    head: str,
    how: str,
    dimension: str,
    keys: Sequence[str],
    label: Callable[[str], str],
    ground: Ground,
) -> Chart:
    rows = over_closed(ground.cells.counts(dimension), _asked_for(ground.question, dimension, keys))
    return Chart(
        name, "ranking", title, _("reports"),
        [Column(dimension, head, "category"), Column("reports", _("Reports"))],
        [[label(key), _held(n)] for key, n in rows],
        source(ground.today),
        " ".join((counting(), how, rule())),
        csv_url=_csv(name, ground),
        note=not_shown() if any(n is None for _key, n in rows) else "",
    )  # fmt: skip


def class_by_sector(ground: Ground) -> Chart:
    """Sectors down, classes across: those of which at least one number is shown."""
    counts = ground.cells.counts("class and sector")
    seen = {tuple(key.split("|", 1)) for key in counts}
    sectors = [s for s in _asked_for(ground.question, "sector", SECTOR_KEYS) if any(s == pair[1] for pair in seen)]
    classes = [c for c in _asked_for(ground.question, "class", CLASS_KEYS) if any(c == pair[0] for pair in seen)]
    return Chart(
        "class-by-sector", "heat", _("Class by sector of the victim"), _("reports"),
        [Column("sector", _("Sector"), "category"), *(Column(c, str(CLASS_SHORT[c])) for c in classes or CLASS_KEYS)],
        [[sector_label(s), *(_held(counts.get(f"{c}|{s}")) for c in classes)] for s in sectors] if classes else [],
        source(ground.today),
        " ".join((
            counting(), _("Classes of the Common Taxonomy by sections of NACE Rev. 2.1."),
            _("Rows and columns of which no number is shown are left out."), rule(),
        )),
        csv_url=_csv("class-by-sector", ground),
        note=not_shown(),
    )  # fmt: skip


CHARTS: dict[str, Callable[[Ground], Chart]] = {
    "months": over_time,
    "countries": by_country,
    "sectors": by_sector,
    "classes": by_class,
    "sources": by_source,
    "class-by-sector": class_by_sector,
}
# A chart over what a filter has fixed would hold one bar, so it is left out.
SILENCED_BY = {
    "country": "countries",
    "sector": "sectors",
    "cls": "classes",
    "source": "sources",
}


def drawn(ground: Ground) -> dict[str, Chart]:
    """The charts that say something about this question, by name."""
    silent = {SILENCED_BY[name] for name in ground.question.set_names() if name in SILENCED_BY}
    if ground.question.sector or ground.question.cls:
        silent.add("class-by-sector")
    made = {name: draw(ground) for name, draw in CHARTS.items() if name not in silent}
    return {name: chart for name, chart in made.items() if chart.rows and len(chart.columns) > 1}


def _asked_for(question: Question, dimension: str, keys: Sequence[str]) -> Sequence[str]:
    wanted = question.cls if dimension == "class" else getattr(question, dimension)
    return keys if wanted is None else [wanted]


def _held(n: int | None) -> Cell:
    return SUPPRESSED if n is None else n


def _csv(name: str, ground: Ground) -> str:
    return f"/picture/{name}.csv" + (f"?{ground.query}" if ground.query else "")
