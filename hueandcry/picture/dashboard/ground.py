"""What all charts of the picture have: source, method, citation, files; and cells as charts take them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from django.utils.translation import gettext as _

from hueandcry.picture.cells import Shown
from hueandcry.picture.dashboard import words
from hueandcry.picture.dashboard.answers import Answer
from hueandcry.web.charts import SUPPRESSED, Cell, Chart, Column

METHOD: Final = "/picture/method/"
ROWS: Final = 20  # of a ranking; the rest is in the picture by filter


@dataclass(frozen=True, slots=True)
class Ground:
    """What every chart stands on: the answer, where its page is, and where its reports are for who may read some."""

    answer: Answer
    address: str = ""  # of the installation, without a slash at its end
    page: str = "/picture/"
    reports_url: str = ""


def finished(ground: Ground, chart: Chart, how: str) -> Chart:
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
        note=chart.note or (_hatched() if chart.withheld else ""),
    )


def _hatched() -> str:
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


def three(key: str, label: str) -> list[Column]:
    """The columns of a value and its bounds."""
    return [
        Column(key, label),
        Column(key, _("%(what)s, at least") % {"what": label}, "low"),
        Column(key, _("%(what)s, at most") % {"what": label}, "high"),
    ]
