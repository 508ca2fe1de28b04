"""Reads of the picture: what may be shown of the last freeze."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Generic

from hueandcry.members.viewer import Viewer
from hueandcry.picture.cells import Cell, Counted, Shown, only
from hueandcry.picture.models import Freeze
from hueandcry.picture.question import KNOWN, Dimension, Question

if TYPE_CHECKING:
    from hueandcry.picture.freezes.reader import Frozen

TABLES_KEPT = 4000  # tables of figures held in one process: some 300 pages
Dimensions = tuple[Dimension, ...]


def _every(dimensions: Dimensions) -> tuple[str, ...]:
    """The values that a table has whatever is told; () where that tells something, or nobody knows them."""
    return KNOWN.get(dimensions[0], ()) if len(dimensions) == 1 else ()


class _Kept(Generic[Cell]):
    """The tables of the questions asked last, by freeze: the same for all threads of a process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: OrderedDict[tuple[Frozen, Question, Dimensions], list[Cell]] = OrderedDict()

    def get(self, key: tuple[Frozen, Question, Dimensions]) -> list[Cell] | None:
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
            return self._held.get(key)

    def keep(self, key: tuple[Frozen, Question, Dimensions], cells: list[Cell]) -> list[Cell]:
        with self._lock:
            self._held[key] = cells
            while len(self._held) > TABLES_KEPT:
                self._held.popitem(last=False)
        return cells

    def clear(self) -> None:
        with self._lock:
            self._held.clear()


_shown: _Kept[Shown] = _Kept()
_exact: _Kept[Counted] = _Kept()  # never leaves this module


def forget() -> None:
    """Keep no answers (benchmarks)."""
    _shown.clear()
    _exact.clear()
    narrow_in.cache_clear()


def latest(viewer: Viewer) -> Freeze | None:
    """The row of the last freeze; None where there is none, or the viewer is not of the alliance. Inside the viewer."""
    return Freeze.objects.order_by("-at", "-pk").first() if viewer.vetted else None


def freezes(viewer: Viewer, *, most: int = 100) -> list[Freeze]:
    """Freezes, the latest first. Inside the viewer."""
    return list(Freeze.objects.order_by("-at", "-pk")[:most]) if viewer.vetted else []


def figures(
    viewer: Viewer, question: Question, tables: Sequence[Dimensions], *, frozen: Frozen | None = None
) -> dict[Dimensions, list[Shown]]:
    """The tables asked for, of the last freeze (or of this one), as they may be shown: {} where there is no freeze or
    the viewer is not of the alliance. A question for an estimate is answered with crimes.

    Where a filter singles out a small group (``narrow``) nothing shows: the total is withheld, other tables are empty;
    no cell tells whether it is withheld or has nothing in it.
    Answers are kept by freeze and question, the same for everybody. Inside the viewer.
    """
    frozen = _freeze_of(viewer, frozen)
    if frozen is None:
        return {}
    question = _counting(question)
    found = {one: _shown.get((frozen, question, one)) for one in dict.fromkeys(tables)}
    missing = [one for one, cells in found.items() if cells is None]
    for one, cells in _make(frozen, question, missing).items() if missing else ():
        found[one] = _shown.keep((frozen, question, one), cells)
    return {one: cells or [] for one, cells in found.items()}


def narrow(viewer: Viewer, question: Question, *, frozen: Frozen | None = None) -> Mapping[str, tuple[str, ...]]:
    """Filters that single out a small group, with the values that do, so that a page can say which to take off; {}
    where the question may be asked. Inside the viewer."""
    frozen = _freeze_of(viewer, frozen)
    return narrow_in(frozen, _counting(question)) if frozen is not None else {}


def _freeze_of(viewer: Viewer, frozen: Frozen | None) -> Frozen | None:
    from hueandcry.picture.freezes import reader

    return (frozen or reader.latest()) if viewer.vetted else None


def _counting(question: Question) -> Question:
    return replace(question, number="distinct") if question.number == "estimated" else question


def _make(frozen: Frozen, question: Question, tables: Sequence[Dimensions]) -> dict[Dimensions, list[Shown]]:
    from hueandcry.picture.disclosure import adhoc

    total: Dimensions = ("total",)
    nothing = [Shown(("",), None, "few")]
    if narrow_in(frozen, question):
        return {one: nothing if one == total else [] for one in tables}
    exact = _count(frozen, question, [*tables, total])
    whole = only(exact[total])
    overlapping = adhoc.OVERLAPPING | ({"source"} if question.number != "reported" else set())
    found = {}
    for one in tables:
        alone = one == total
        parts = tuple(place for place, dimension in enumerate(one) if dimension not in {*overlapping, "total"})
        shown = adhoc.shown(exact[one], measure=question.measure, partition=parts, whole=None if alone else whole)
        found[one] = adhoc.alike(shown, _every(one)) if not alone else shown or nothing * question.filtered
    return found


def _count(frozen: Frozen, question: Question, tables: Sequence[Dimensions]) -> dict[Dimensions, list[Counted]]:
    """Exact cells, which stay in here; with losses where they are asked for."""
    from hueandcry.picture.expressions.figures import several

    held = {one: _exact.get((frozen, question, one)) for one in dict.fromkeys(tables)}
    missing = [one for one, cells in held.items() if cells is None]
    made = several(frozen, question, missing, losses=question.measure == "loss") if missing else {}
    for one, cells in made.items():
        held[one] = _exact.keep((frozen, question, one), cells)
    return {one: cells or [] for one, cells in held.items()}


@lru_cache(maxsize=TABLES_KEPT)
def narrow_in(frozen: Frozen, question: Question) -> Mapping[str, tuple[str, ...]]:
    """``narrow`` for the picture's own jobs, which look on nobody's behalf."""
    from hueandcry.picture.disclosure import adhoc

    if not question.filtered:
        return {}
    _ask_ahead(frozen, question)
    return adhoc.narrow(question, lambda asked, dimensions: _count(frozen, asked, [dimensions])[dimensions])


def _ask_ahead(frozen: Frozen, question: Question) -> None:
    """Have at hand what ``adhoc.narrow`` asks for, by few statements. What is not, it asks for one by one."""
    from hueandcry.picture.disclosure import adhoc
    from hueandcry.picture.expressions import told, wider

    own: list[Dimension] = ["offence" if name == "law" else name for name in question.filters]  # type: ignore[misc]
    period: list[Dimension] = ["month"] if question.first or question.last else []
    _count(frozen, question, [(one,) for one in [*own, *period]])
    if len(told.wanted(question)) <= wider.MOST:
        asked = [question, *adhoc.wider(question).values()]
        for one, cells in wider.wholes(frozen, question, asked, losses=question.measure == "loss").items():
            _exact.keep((frozen, one, ()), cells)
