"""The number of distinct crimes that a page says: inside its own interval, never more than reports, never past the
truth."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hueandcry.picture.cells import Shown
from hueandcry.picture.dashboard import charts, figures, words
from hueandcry.picture.dashboard.answers import Answer
from hueandcry.picture.dashboard.ground import Ground
from hueandcry.picture.disclosure.cellkey import NOISE
from hueandcry.picture.estimates import Ranged
from hueandcry.picture.freezes.reader import Frozen
from hueandcry.picture.question import Question
from hueandcry.web.charts import SUPPRESSED

AS_FOUND = Ranged(424, None, None, "as-found")


def moved(value: int) -> Shown:
    return Shown((), value, "", value - NOISE, value + NOISE)


def told(distinct: Shown, reported: Shown, ranged: Ranged = AS_FOUND) -> Answer:
    nothing = cast(Any, None)  # no freeze: these numbers are made of shown cells alone
    return Answer(nothing, Question(number="distinct"), {}, reported, distinct, ranged, {}, None, (), None)


@given(st.integers(20, 5_000), st.data())
def test_as_found_it_holds_the_truth_and_itself(reports: int, data: st.DataObject) -> None:
    crimes = data.draw(st.integers(15, reports))
    noise = st.integers(-NOISE, NOISE)
    reported = moved(reports + data.draw(noise))
    known = told(moved(crimes + data.draw(noise)), reported).known
    assert known is not None
    assert None not in (known.value, known.low, known.high, reported.value, reported.high)
    assert cast(float, known.low) <= cast(float, known.value) <= cast(float, known.high)
    assert cast(float, known.low) <= crimes <= cast(float, known.high)
    assert cast(float, known.value) <= cast(float, reported.value)
    assert cast(float, known.high) <= cast(float, reported.high)


@pytest.mark.parametrize(
    ("ranged", "shown"),
    [(AS_FOUND, (418, 418, 423)), (Ranged(431, 420, 450, "corrected"), (418, 418, 423)),
     (Ranged(400, 380, 450, "corrected"), (400, 380, 423)), (Ranged(400, 380, 410, "corrected"), (400, 380, 410))],
)  # fmt: skip
def test_the_figure_says_one_thing(ranged: Ranged, shown: tuple[int, int, int]) -> None:
    answer = told(moved(424), moved(418), ranged)
    figure = figures.distinct(answer)
    assert (figure["value"], figure["low"], figure["high"]) == shown
    assert answer.crimes == shown[0]
    assert f"{shown[0]} distinct crimes" in figures.title(answer)
    assert ("not been measured" in figure["since"]) == (ranged.how == "as-found")


def test_what_is_held_back_stays_so() -> None:
    answer = told(Shown((), None, "few"), moved(418), Ranged(9, 8, 11, "corrected"))
    assert answer.crimes is None
    assert figures.distinct(answer)["value"] == "held back"


def test_a_title_names_its_subject_where_only_a_period_is_asked() -> None:
    assert words.subject(Question(first="2020-01")) == "Cybercrime as the alliance sees it, since 2020-01"


@pytest.mark.parametrize(("last", "ends"), [("", "2026-01"), ("2025-11", "2025-11"), ("2027-05", "2026-01")])
def test_a_line_goes_on_to_the_present_where_its_last_months_are_held_back(last: str, ends: str) -> None:
    freeze = Frozen(1, datetime(2026, 1, 20, tzinfo=UTC), "f", "0", {})
    cells = [replace(moved(60), key=(f"2025-{month:02d}",)) for month in (5, 6, 8)]
    answer = replace(told(moved(300), moved(400)), frozen=freeze, tables={("month",): cells})
    answer = replace(answer, question=Question(last=last))
    made = charts._plain_months(Ground(answer), "crimes")
    assert made is not None
    assert (made.rows[0][0], made.rows[-1][0]) == ("2025-05", ends)
    assert [row[0] for row in made.rows if row[1] is not SUPPRESSED] == ["2025-05", "2025-06", "2025-08"]
    assert made.provisional_from == "2025-11"
