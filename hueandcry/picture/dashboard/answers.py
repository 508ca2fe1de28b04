"""All that a page of the picture says about one question: read once, from one freeze, past disclosure control."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from hueandcry.members.viewer import Viewer
from hueandcry.picture.cells import Shown, brought_down, only
from hueandcry.picture.models import Estimate
from hueandcry.picture.question import Dimension, Question

if TYPE_CHECKING:
    from hueandcry.picture.estimates import Estimated, Ranged
    from hueandcry.picture.freezes.reader import Frozen
    from hueandcry.picture.trends.series import Series

Dimensions = tuple[Dimension, ...]
ALONE: Final[tuple[Dimension, ...]] = (
    "total", "month", "year", "country", "region", "sector", "size", "class", "type", "nature", "technique", "source",
    "offence",
)  # fmt: skip
TABLES: Final[tuple[Dimensions, ...]] = (*((one,) for one in ALONE), ("class", "sector"))
COMPARED: Final = 7  # countries beside each other: as many lines as can be told apart
KEPT: Final = 300  # parts of answers held in one process


@dataclass(frozen=True, slots=True)
class Quality:
    """How good the data are: cells by field, by days until arrival, and organisations by country and kind."""

    fields: Sequence[Shown]
    delays: Sequence[Shown]
    members: Mapping[tuple[str, str], int]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a freeze says to a question. ``tables`` are of reports where reports are asked for, else of crimes."""

    frozen: Frozen
    question: Question
    tables: Mapping[Dimensions, Sequence[Shown]]
    reported: Shown | None
    distinct: Shown | None
    corrected: Ranged | None  # distinct, with linkage's own errors taken out where they were measured
    estimates: Mapping[str, Estimated]  # by the address of their question
    series: Series | None
    overlap: Sequence[Shown]
    quality: Quality | None

    @property
    def total(self) -> Shown | None:
        """The cell of all that is asked about."""
        return only(self.tables.get(("total",), ()))

    @property
    def told(self) -> bool:
        """Whether there is a number at all."""
        return self.total is not None and self.total.value is not None

    @property
    def crimes(self) -> float | None:
        """The number of distinct crimes that a page says, as ``known`` has it."""
        return None if self.known is None else self.known.value

    @property
    def known(self) -> Shown | None:
        """Distinct crimes as a page says them: linkage's errors taken out where they were measured, else as found;
        never more than reports."""
        cell, ranged = self.distinct, self.corrected
        if cell is None or cell.value is None:
            return cell
        if ranged is not None and ranged.how == "corrected" and ranged.value is not None:
            cell = replace(cell, value=ranged.value, low=ranged.low, high=ranged.high)
        return brought_down(cell, self.reported)

    def table(self, *dimensions: Dimension) -> Sequence[Shown]:
        """The cells of a table; none where it was not asked for."""
        return self.tables.get(dimensions, ())

    def estimate(self, question: Question | None = None) -> Estimated | None:
        """The estimate kept for a question, that of the page by default."""
        return self.estimates.get(estimate_address(question or self.question))


def counting(question: Question) -> Question:
    """The question whose cells a page shows: an estimate has none of its own, so crimes stand beside it."""
    return replace(question, number="distinct") if question.number == "estimated" else question


def counts(question: Question) -> Question:
    """The question that is estimated where this one is asked: losses never are, so how many stands beside them."""
    return replace(question, measure="count")


def estimate_address(question: Question) -> str:
    """Under which address the estimate of a question is kept."""
    from hueandcry.picture import estimates

    return estimates.key(counts(question))


def answer(viewer: Viewer, question: Question, *, deep: bool = True) -> Answer | None:
    """What the last freeze says; None where there is no freeze. Inside the viewer.

    ``deep``: with series, overlap and quality, which the home page has no use for."""
    from hueandcry.picture import estimates, queries
    from hueandcry.picture.freezes import reader

    frozen = reader.latest()
    if frozen is None:
        return None
    counted = counting(question)
    wanted: list[Dimensions] = list(TABLES) if deep else [("total",), ("month",), ("class",), ("country",)]
    if deep and 1 < len(question.country) <= COMPARED:
        wanted.append(("month", "country"))
    tables = queries.figures(viewer, counted, wanted)
    other = replace(counted, number="distinct" if counted.number == "reported" else "reported")
    beside = only(queries.figures(viewer, replace(other, measure="count"), [("total",)]).get(("total",), ()))
    own = only(tables.get(("total",), ()))
    if question.measure == "loss":
        own = only(queries.figures(viewer, replace(counted, measure="count"), [("total",)]).get(("total",), ()))
    reported, distinct = (own, beside) if counted.number == "reported" else (beside, own)
    shows = own is not None and own.value is not None
    crimes = replace(counted, number="distinct", measure="count")
    return Answer(
        frozen, question, tables, reported, distinct,
        estimates.distinct(frozen, crimes) if shows and distinct and distinct.value is not None else None,
        _estimates(frozen, crimes, tables) if shows else {},
        _series(frozen, counted, tables) if deep and shows and question.measure == "count" else None,
        _kept("overlap", frozen, crimes, _overlap) if deep and shows else (),
        _kept("quality", frozen, counted, _quality) if deep and shows else None,
    )  # fmt: skip


def asking(viewer: Viewer, found: Answer) -> dict[str, Any] | None:
    """What a page offers where nobody asked for its estimate yet: the ``question``, or that the answer ``waits``. None
    where there is an answer, or will never be one. Inside the viewer."""
    from hueandcry.picture import estimates

    question = counts(counting(found.question))
    if not viewer.vetted or not found.told or found.estimate(question) or estimates.never(question):
        return None
    waits = estimates.waiting(found.frozen, question)
    # An answer that came while this page was being made is no longer waited for, and was not there when it was read: it
    # is offered no second time, the page says to look again.
    came = not waits and estimates.kept(viewer, question, frozen=found.frozen) is not None
    return {"question": question.address(), "waits": waits or came}


_cache: OrderedDict[tuple[str, str, str], Any] = OrderedDict()
_lock = threading.Lock()


def _kept(part: str, frozen: Frozen, question: Question, made: Callable[[Frozen, Question], Any]) -> Any:
    """A part of an answer, the same for everybody, made once for each freeze and question in a process."""
    key = (part, frozen.sha256, question.address())
    with _lock:
        if key in _cache:
            _cache.move_to_end(key)
            return _cache[key]
    found = made(frozen, question)
    with _lock:
        _cache[key] = found
        while len(_cache) > KEPT:
            _cache.popitem(last=False)
    return found


def _series(frozen: Frozen, question: Question, tables: Mapping[Dimensions, Sequence[Shown]]) -> Series:
    from hueandcry.picture.trends import series

    exact = _kept("series", frozen, replace(question, first="", last=""), series.told)
    return series.seen(exact, tables[("month",)])


def _overlap(frozen: Frozen, question: Question) -> Sequence[Shown]:
    from hueandcry.picture.dashboard import overlap

    return overlap.shown(frozen, question)


def _quality(frozen: Frozen, question: Question) -> Quality:
    from hueandcry.picture.disclosure import adhoc
    from hueandcry.picture.expressions import figures, quality

    whole = only(figures.counted(frozen, question, ("total",)))
    return Quality(
        adhoc.alike(adhoc.shown(quality.completeness(frozen, question), whole=whole), tuple(quality.FIELDS)),
        adhoc.alike(adhoc.shown(quality.timeliness(frozen, question), partition=(0,), whole=whole), quality.DELAYS),
        quality.coverage(frozen),
    )


def _estimates(
    frozen: Frozen, question: Question, tables: Mapping[Dimensions, Sequence[Shown]]
) -> Mapping[str, Estimated]:
    """What is kept of this question and of each of its classes, countries and years: read, never computed here."""
    from hueandcry.picture import estimates

    parts: tuple[Dimensions, ...] = (("class",), ("country",), ("year",))
    asked = [question, *(question.within(part, cell.key) for part in parts for cell in tables.get(part, ())
                         if cell.key[0])]  # fmt: skip
    rows = Estimate.objects.filter(freeze_id=frozen.number, question__in={estimate_address(each) for each in asked})
    return {row.question: estimates.read(row.content) for row in rows}
