"""Attacks on the picture: nothing that it answers, alone or taken from one another, tells of a small group."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import product
from typing import Any

import pytest
from django.db import connection

from hueandcry.members.models import Organisation
from hueandcry.members.viewer import ANYONE, Viewer, viewer
from hueandcry.picture import queries
from hueandcry.picture.figures import Cells, Question
from tests import factory
from tests.picture import rows

pytestmark = pytest.mark.usefixtures("database")


def ask(who: Viewer, **filters: Any) -> Cells:
    with viewer(who):
        return queries.cells(who, Question(**filters))


def member(body: Organisation | None = None) -> Viewer:
    return factory.as_viewer(factory.person(body or factory.organisation()))


def test_ten_reports_of_three_organisations_show_and_fewer_do_not() -> None:
    three = rows.bodies(3)
    rows.put(three, 9)
    who = member()
    assert ask(who).rows == {}
    rows.put(three, 1)
    shown = ask(who)
    assert shown.total is not None
    assert (shown.total.reports, shown.total.organisations) == (10, 3)
    rows.put(three[:2], 10, main_class="malware")
    assert "malware" not in ask(who).counts("class"), "two organisations are too few, however many reports"


def test_what_is_counted() -> None:
    """RED and hidden reports count; those withdrawn, or whose purpose leaves statistics out, do not."""
    three = rows.bodies(3)
    rows.put(three, 12)
    rows.put(three, 30, purpose=["prevention"])
    rows.put(three, 30, state="withdrawn")
    total = ask(member()).total
    assert total is not None
    assert total.reports == 10  # 12, to the nearest 5


def test_a_country_named_twice_in_a_report_counts_once() -> None:
    rows.put(rows.bodies(3), 20, victim_countries=["PT", "PT", "ES"])
    assert ask(member()).counts("country") == {"PT": 20, "ES": 20}


@pytest.mark.parametrize("state", ["applicant", "suspended", "left"])
def test_outsiders_get_nothing(state: str) -> None:
    rows.put(rows.bodies(3), 40)
    outsider = member(factory.organisation(state=state))
    assert ask(outsider).rows == {}
    assert ask(ANYONE).rows == {}
    assert ask(member()).rows != {}


def test_the_function_itself_gives_nothing_without_a_viewer() -> None:
    rows.put(rows.bodies(3), 40)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM hueandcry_picture(NULL, NULL, NULL, NULL, NULL)")
        assert cursor.fetchone() == (0,)


def test_one_filter_does_not_give_the_rest_away() -> None:
    """100 reports, 95 of them from Portugal: to show both would show the 5."""
    three = rows.bodies(3)
    rows.put(three, 95)
    rows.put(three, 5, victim_countries=["ES"])
    who = member()
    assert ask(who).total is not None
    assert ask(who).counts("country") == {}
    assert ask(who, country="PT").rows == {}


def test_two_filters_that_go_together_do_not_give_the_rest_away() -> None:
    """Where the 5 fail both filters, neither filter alone shows more than both do."""
    three = rows.bodies(3)
    rows.put(three, 95)
    rows.put(three, 5, victim_sector="Q", source_kind="academia")
    who = member()
    assert ask(who).total is not None
    assert ask(who, sector="L", source="business").rows == {}


def test_the_rest_of_a_year_is_not_given_away_by_a_month() -> None:
    three = rows.bodies(3)
    rows.put(three, 95)
    rows.put(three, 5, reported_at=datetime(2025, 4, 5, tzinfo=UTC))
    rows.put(three, 60, reported_at=datetime(2024, 4, 5, tzinfo=UTC))
    cells = ask(member())
    assert cells.counts("year") == {"2025": 100, "2024": 60}
    assert "2025-03" not in cells.counts("month")


def test_a_remainder_hides_the_smallest_with_it() -> None:
    three = rows.bodies(3)
    for source, count in {"business": 50, "cert": 40, "academia": 15, "government": 3}.items():
        rows.put(three, count, source_kind=source)
    assert set(ask(member()).counts("source")) == {"business", "cert"}


def test_many_answers_leave_a_doubt_as_wide_as_a_small_cell() -> None:
    """The cell hidden with the remainder can be asked for by a filter; taken from the total, it still tells nothing."""
    three = rows.bodies(3)
    for source, count in {"business": 51, "cert": 41, "academia": 16, "government": 3}.items():
        rows.put(three, count, source_kind=source)
    who = member()
    answers = [ask(who, source=source).total for source in ("business", "cert", "academia")]
    total = ask(who).total
    assert total is not None
    shown = [answer.reports for answer in answers if answer]
    assert len(shown) == 3, "each may be shown: the others are many"
    left, doubt = total.reports - sum(shown), 2 * (len(shown) + 1)
    assert left - doubt <= 0
    assert left + doubt >= 9


VALUES: dict[str, Sequence[Any]] = {
    "year": (2024, 2025),
    "country": ("PT", "ES"),
    "sector": ("L", "Q"),
    "cls": ("fraud", "malware", "other"),
    "source": ("business", "cert"),
}
Row = dict[str, Any]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_no_two_nested_answers_differ_by_a_small_group(seed: int) -> None:
    """Every question is asked; every answer is compared with the truth, and with every answer that holds it."""
    truth = _population(seed)
    who = member()
    answers: dict[frozenset[tuple[str, Any]], int] = {}
    for filters in _questions():
        for part, cell in _parts(filters, ask(who, **filters)):
            assert answers.setdefault(part, cell) == cell, "one question, one answer, whichever way it is asked"
    assert len(answers) > 60
    groups = {part: [row for row in truth if _fits(row, part)] for part in answers}
    for part, shown in answers.items():
        assert _protected(groups[part]), part
        assert groups[part]
        assert abs(shown - len(groups[part])) <= 2
    for small, large in product(answers, answers):
        inside, around = groups[small], groups[large]
        if len(inside) < len(around) and _within(small, large):
            ids = {row["id"] for row in inside}
            assert _protected([row for row in around if row["id"] not in ids]), (small, large)


def _population(seed: int) -> list[Row]:
    """Reports whose attributes go together unevenly, so that there are large, small and empty groups."""
    chance = random.Random(seed)  # noqa: S311  a repeatable population, no secret
    six = rows.bodies(6)
    truth: list[Row] = []
    for number in range(60):
        row: Row = {
            "year": chance.choice((2024, 2025, 2025)),
            "month": chance.choice((1, 1, 1, 7)),
            "countries": chance.choice((["PT"], ["PT"], ["ES"], ["ES", "PT"], ["FR"], [])),
            "sector": chance.choice(("L", "L", "L", "Q", "")),
            "cls": chance.choice(("fraud", "fraud", "malware", "malware", "other")),
            "source": chance.choice(("business", "business", "cert")),
        }
        bodies = six[: chance.choice((1, 2, 6, 6, 6))]
        count = chance.choice((1, 2, 4, 9, 14, 20))
        rows.put(
            bodies, count, main_class=row["cls"], victim_sector=row["sector"], source_kind=row["source"],
            victim_countries=row["countries"], reported_at=datetime(row["year"], row["month"], 9, tzinfo=UTC),
        )  # fmt: skip
        truth += [row | {"id": (number, i), "body": bodies[i % len(bodies)].pk} for i in range(count)]
    return truth


def _questions() -> Iterator[dict[str, Any]]:
    for chosen in product(*((None, *values) for values in VALUES.values())):
        yield {name: value for name, value in zip(VALUES, chosen, strict=True) if value is not None}


def _parts(filters: dict[str, Any], cells: Cells) -> Iterator[tuple[frozenset[tuple[str, Any]], int]]:
    """Each cell as the set of conditions that a report in it fulfils."""
    for (dimension, key), cell in cells.rows.items():
        own: dict[str, Any]
        if dimension == "class and sector":
            own = dict(zip(("cls", "sector"), key.split("|"), strict=True))
        elif dimension == "month":
            own = {"month": key, "year": int(key[:4])}
        elif dimension == "year":
            own = {"year": int(key)}
        else:
            own = {} if dimension == "total" else {"cls" if dimension == "class" else dimension: key}
        conditions = {("country", c) for c in (filters.get("country"), own.pop("country", None)) if c}
        rest = {k: v for k, v in filters.items() if k != "country"} | own
        yield frozenset(conditions | set(rest.items())), cell.reports


def _fits(row: Row, part: frozenset[tuple[str, Any]]) -> bool:
    for name, value in part:
        if name == "country":
            fits = value in row["countries"]
        elif name == "month":
            fits = f"{row['year']}-{row['month']:02}" == value
        else:
            fits = row[name] == value
        if not fits:
            return False
    return True


def _within(small: frozenset[tuple[str, Any]], large: frozenset[tuple[str, Any]]) -> bool:
    return large < small


def _protected(group: Sequence[Row]) -> bool:
    return not group or (len(group) >= 10 and len({row["body"] for row in group}) >= 3)
