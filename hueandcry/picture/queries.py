"""Reads of the picture: what may be shown of the last freeze, and the cells of the present page."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Generic, TypeVar

from django.conf import settings
from django.db import connection

from hueandcry.members.viewer import Viewer
from hueandcry.picture.cells import Counted, Shown
from hueandcry.picture.figures import Cells, Question
from hueandcry.picture.models import Freeze
from hueandcry.picture.question import Dimension
from hueandcry.picture.question import Question as Asked

if TYPE_CHECKING:
    from hueandcry.picture.freezes.reader import Frozen

KEPT = 200  # answers held in one process
TABLES_KEPT = 4000  # tables of figures held in one process: some 300 pages
Dimensions = tuple[Dimension, ...]
Cell = TypeVar("Cell", Counted, Shown)


class _Kept(Generic[Cell]):
    """The tables of the questions asked last, by freeze: the same for all threads of a process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: OrderedDict[tuple[Frozen, Asked, Dimensions], list[Cell]] = OrderedDict()

    def get(self, key: tuple[Frozen, Asked, Dimensions]) -> list[Cell] | None:
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
            return self._held.get(key)

    def keep(self, key: tuple[Frozen, Asked, Dimensions], cells: list[Cell]) -> list[Cell]:
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
    _narrow.cache_clear()


def latest(viewer: Viewer) -> Freeze | None:
    """The row of the last freeze; None where there is none, or the viewer is not of the alliance. Inside the viewer."""
    return Freeze.objects.order_by("-at", "-pk").first() if viewer.vetted else None


def freezes(viewer: Viewer, *, most: int = 100) -> list[Freeze]:
    """Freezes, the latest first. Inside the viewer."""
    return list(Freeze.objects.order_by("-at", "-pk")[:most]) if viewer.vetted else []


def figures(
    viewer: Viewer, question: Asked, tables: Sequence[Dimensions], *, frozen: Frozen | None = None
) -> dict[Dimensions, list[Shown]]:
    """The tables asked for, of the last freeze (or of this one), as they may be shown: {} where there is no freeze or
    the viewer is not of the alliance. A question for an estimate is answered with crimes.

    Where a filter singles out a small group (``narrow``) nothing shows: the total is withheld, other tables are empty.
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


def narrow(viewer: Viewer, question: Asked, *, frozen: Frozen | None = None) -> Mapping[str, tuple[str, ...]]:
    """Filters that single out a small group, with the values that do, so that a page can say which to take off; {}
    where the question may be asked. Inside the viewer."""
    frozen = _freeze_of(viewer, frozen)
    return _narrow(frozen, _counting(question)) if frozen is not None else {}


def _freeze_of(viewer: Viewer, frozen: Frozen | None) -> Frozen | None:
    from hueandcry.picture.freezes import reader

    return (frozen or reader.latest()) if viewer.vetted else None


def _counting(question: Asked) -> Asked:
    return replace(question, number="distinct") if question.number == "estimated" else question


def _make(frozen: Frozen, question: Asked, tables: Sequence[Dimensions]) -> dict[Dimensions, list[Shown]]:
    from hueandcry.picture.disclosure import adhoc

    total: Dimensions = ("total",)
    if _narrow(frozen, question):
        return {one: [Shown(("",), None, "few")] if one == total else [] for one in tables}
    exact = _count(frozen, question, [*tables, total])
    whole = exact[total][0] if exact[total] else None
    overlapping = adhoc.OVERLAPPING | ({"source"} if question.number != "reported" else set())
    found = {}
    for one in tables:
        alone = one == total
        parts = tuple(place for place, dimension in enumerate(one) if dimension not in {*overlapping, "total"})
        found[one] = adhoc.shown(
            exact[one], measure=question.measure, partition=parts, whole=None if alone else whole
        )  # fmt: skip
    return found


def _count(frozen: Frozen, question: Asked, tables: Sequence[Dimensions]) -> dict[Dimensions, list[Counted]]:
    """Exact cells, which stay in here; with losses where they are asked for."""
    from hueandcry.picture.expressions.figures import several

    held = {one: _exact.get((frozen, question, one)) for one in dict.fromkeys(tables)}
    missing = [one for one, cells in held.items() if cells is None]
    made = several(frozen, question, missing, losses=question.measure == "loss") if missing else {}
    for one, cells in made.items():
        held[one] = _exact.keep((frozen, question, one), cells)
    return {one: cells or [] for one, cells in held.items()}


@lru_cache(maxsize=TABLES_KEPT)
def _narrow(frozen: Frozen, question: Asked) -> Mapping[str, tuple[str, ...]]:
    from hueandcry.picture.disclosure import adhoc

    if not question.filtered:
        return {}
    return adhoc.narrow(question, lambda asked, dimensions: _count(frozen, asked, [dimensions])[dimensions])


# The answer is the same for everybody whom the function answers at all, so a process keeps it for a minute.
_kept: OrderedDict[Question, tuple[float, Cells]] = OrderedDict()


def cells(viewer: Viewer, question: Question) -> Cells:
    """The cells that may be shown; none at all unless the viewer is of the alliance. One query, or none where the same
    was asked within ``settings.PICTURE_SECONDS``."""
    if not viewer.vetted:
        return _asked(question)  # the function itself closes the door
    at, found = _kept.get(question, (0.0, None))
    if found is None or time.monotonic() - at > settings.PICTURE_SECONDS:
        found = _asked(question)
        _kept[question] = (time.monotonic(), found)
        _kept.move_to_end(question)
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return found


def _asked(question: Question) -> Cells:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT dimension, cell, reports, organisations"
            " FROM hueandcry_picture(%s::integer, %s::text, %s::text, %s::text, %s::text)",
            [question.year, question.country, question.sector, question.cls, question.source],
        )
        return Cells.of(cursor.fetchall())
