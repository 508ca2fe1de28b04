"""A series as a whole: what is told of it, what is refused, and what may be shown."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from hueandcry.picture.cells import Shown
from hueandcry.picture.trends import months, words
from hueandcry.picture.trends.series import Series, seen, series_of
from tests.picture.trends.made import panel_and_triangle

TODAY = date(2026, 11, 22)
RUNNING = months.of(TODAY)


def of(levels: list[tuple[float, int, int]], *, rise: float = 1.0, months_: int = 48, seed: int = 1) -> Series:
    triangle, panel = panel_and_triangle(levels, today=TODAY, months_=months_, rise=rise, seed=seed)
    return series_of(triangle, panel, TODAY)


def test_a_rise_among_joiners_with_seasons_and_late_reports() -> None:
    told = of([(20, 0, 49), (15, 0, 49), (8, 0, 30), (10, 0, 49), (60, 40, 49), (5, 20, 49)], rise=1.8)
    assert told.refused == ()
    assert [change.direction for change in told.changes] == ["up"]
    change = told.changes[0]
    assert abs(months.number(change.since) - (RUNNING - 10)) <= 1
    assert change.low < 1.8 < change.high
    assert change.false_alarms < 0.1
    assert told.year is not None
    assert told.year.reporters > 1.2
    assert told.season is not None
    assert int(np.argmax(told.season)) in (11, 0, 1)


def test_joiners_alone_are_no_change() -> None:
    told = of([(20, 0, 49), (15, 0, 49), (60, 40, 49), (50, 42, 49)])
    assert told.changes == ()
    assert told.year is not None
    assert told.year.total > 1.8
    assert told.year.each == pytest.approx(1.0, abs=0.15)


def test_the_last_months_are_provisional_and_the_running_one_is_open() -> None:
    told = of([(40, 0, 49)] * 3)
    assert told.months[-1].corrected is None
    assert told.months[-1].provisional
    late = [month for month in told.months[:-1] if month.provisional]
    assert late
    assert late == list(told.months[-1 - len(late) : -1]), "the last ones, all of them"
    for month in late:
        assert month.observed is not None
        assert month.corrected is not None
        assert month.low is not None
        assert month.high is not None
        assert month.observed <= month.low <= month.corrected <= month.high
    assert [each.month for each in told.coming] == [months.written(RUNNING + step) for step in range(6)]


def test_what_the_data_do_not_carry_is_refused() -> None:
    told = of([(40, 0, 49)] * 3, months_=5)
    assert set(told.refused) == {("delay", "young"), ("season", "short"), ("changes", "short"), ("forecast", "short")}
    assert told.changes == told.coming == ()
    assert told.season is told.year is None
    assert all(str(words.REASONS[why]) for why in told.refused)
    assert ("reporters", "few") in series_of({("2026-01", 0): 4}, {}, TODAY).refused
    empty = series_of({}, {}, TODAY)
    assert [month.observed for month in empty.months] == [0.0]


def test_all_that_came_in_one_go_has_no_delay_to_learn() -> None:
    """A file of years, sent this month: its months stand as they are, and nothing is made up."""
    triangle = {(months.written(RUNNING - back), back): 30 for back in range(60)}
    told = series_of(triangle, {(1, month): count for (month, _delay), count in triangle.items()}, TODAY)
    assert ("delay", "young") in told.refused
    assert [month.corrected for month in told.months[:-1]] == [30.0] * 59
    assert not any(month.low for month in told.months)


def test_every_reason_has_its_words() -> None:
    from hueandcry.picture.trends.series import Part, Why

    parts, whys = Part.__args__, Why.__args__  # type: ignore[attr-defined]
    assert {part for part, _why in words.REASONS} == set(parts)
    assert {why for _part, why in words.REASONS} == set(whys)


def test_what_is_withheld_stays_away() -> None:
    told = of([(12, 0, 49)] * 3)
    cells = [Shown((month.month,), (month.observed or 0) + 2, organisations=3) for month in told.months]
    hole = told.months[-8].month
    cells = [Shown(cell.key, None, "few") if cell.key == (hole,) else cell for cell in cells]
    shown = seen(told, cells)
    by = {month.month: month for month in shown.months}
    gap = by[hole]
    assert (gap.observed, gap.corrected, gap.low, gap.high, gap.adjusted, gap.reporters) == (None,) * 6
    exact = told.months[-3]
    assert exact.corrected is not None
    moved = by[exact.month]
    assert moved.observed == (exact.observed or 0) + 2
    assert moved.corrected != exact.corrected
    assert moved.corrected == pytest.approx(exact.corrected * moved.observed / (exact.observed or 1), abs=0.5)
    assert all(float(each.expected).is_integer() for each in shown.coming)


def test_nothing_is_foretold_of_what_is_withheld() -> None:
    told = of([(12, 0, 49)] * 3)
    assert told.coming
    assert seen(told, []).coming == ()
    assert [month.observed for month in seen(told, []).months] == [None], "not even from when on there was something"


def test_a_change_shows_where_its_months_do() -> None:
    told = of([(20, 0, 49), (15, 0, 49), (10, 0, 49)], rise=2.0)
    assert len(told.changes) == 1
    since = told.changes[0].since
    every = [Shown((month.month,), month.observed) for month in told.months]
    assert seen(told, every).changes == told.changes
    assert seen(told, every).year == told.year is not None
    before = [Shown(c.key, None, "few") if c.key[0] < since else c for c in every]
    after = [Shown(c.key, None, "few") if c.key[0] >= since else c for c in every]
    for held in (before, after, []):
        assert seen(told, held).changes == ()
        assert seen(told, held).year is None
