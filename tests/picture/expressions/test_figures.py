"""Every cell against a count in plain Python, over questions drawn at random."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hueandcry.picture.disclosure import adhoc
from hueandcry.picture.expressions import figures, told, wider
from hueandcry.picture.freezes.reader import Frozen
from hueandcry.picture.question import SIZES, SOURCES, Dimension, Question
from tests.picture.expressions import small

MONTHS = ["", "2024-03", "2024-12", "2025-06"]
TABLES = small.rows()


@pytest.fixture(scope="module")
def freeze(tmp_path_factory: pytest.TempPathFactory) -> Frozen:
    return small.frozen(TABLES, tmp_path_factory.mktemp("freeze"), "figures")


def some(values: list[str]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.one_of(
        st.just(()),
        st.just(()),
        st.just(()),
        st.lists(st.sampled_from(values), min_size=1, max_size=2, unique=True).map(tuple),
    )


QUESTIONS = st.builds(
    Question, number=st.sampled_from(["reported", "distinct", "estimated"]),
    time=st.sampled_from(["occurred", "reported", "arrived"]),
    first=st.sampled_from(MONTHS), last=st.sampled_from(MONTHS),
    country=some(["PT", "US", "SE"]), region=some(["eu", "m49:150", "m49:019", "none-such"]), sector=some(["K", "Q"]),
    size=some(list(SIZES[:2])), cls=some(["fraud", "malware"]), type=some(sorted({k for _c, k in small.KINDS if k})),
    nature=some(["cyber-dependent", "cyber-enabled"]), technique=some(small.TECHNIQUES), source=some(list(SOURCES)),
    offence=some(["budapest:2", "budapest:8"]),
)  # fmt: skip


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(question=QUESTIONS, dimensions=st.lists(st.sampled_from(get_args(Dimension)), min_size=1, max_size=2).map(tuple))
def test_each_cell_is_what_counting_one_by_one_gives(
    freeze: Frozen, question: Question, dimensions: tuple[Dimension, ...]
) -> None:
    if "none-such" in question.region:
        question = question.without("region", "none-such") if len(question.region) > 1 else question.without("region")
    assert figures.counted(freeze, question, dimensions) == small.brute(TABLES, question, dimensions)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(question=QUESTIONS)
def test_the_wholes_of_wider_questions_are_those_asked_one_at_a_time(freeze: Frozen, question: Question) -> None:
    asked = [question, *adhoc.wider(question).values()]
    if len(told.wanted(question)) > wider.MOST:
        with pytest.raises(ValueError, match="At most"):
            wider.wholes(freeze, question, asked)
        return
    assert wider.wholes(freeze, question, asked) == {each: small.brute(TABLES, each, ()) for each in asked}


@pytest.mark.parametrize("number", ["reported", "distinct"])
def test_every_dimension_is_exact(freeze: Frozen, number: str) -> None:
    tables = [(dimension,) for dimension in get_args(Dimension)] + [("class", "sector"), ("month", "source")]
    question = Question(number=number)  # type: ignore[arg-type]
    found = figures.several(freeze, question, tables)
    assert found == {table: small.brute(TABLES, question, table) for table in tables}
    assert len(found["country",]) == 6
    assert any(cell.loss for cell in found["total",])


@pytest.mark.parametrize("losses", [True, False])
@pytest.mark.parametrize("number", ["reported", "distinct"])
@pytest.mark.parametrize("shared", [0, 20, 1000])
def test_tables_asked_together_are_those_asked_one_at_a_time(
    freeze: Frozen, number: str, losses: bool, shared: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether their codes are summed first, some of them, or none."""
    monkeypatch.setattr(figures, "SHARED", shared)
    tables = [("class", "sector"), (), ("total",), ("month", "country"), *((each,) for each in get_args(Dimension))]
    for question in (
        Question(number=number),
        Question(number=number, country=("PT",), last="2024-12", time="reported"),
    ):  # type: ignore[arg-type]
        alone = {table: figures.several(freeze, question, [table], losses=losses)[table] for table in tables}
        assert figures.several(freeze, question, tables, losses=losses) == alone
    assert figures.several(freeze, Question(), []) == {}


def test_a_crime_of_two_countries_counts_in_both_and_once_in_the_whole(freeze: Frozen) -> None:
    question = Question()
    several = [row for row in TABLES["crimes"] if len(row["countries"]) > 1]
    assert several
    by_country = figures.counted(freeze, question, ("country",))
    (whole,) = figures.counted(freeze, question, ("total",))
    assert whole.count == len(TABLES["crimes"])
    assert sum(cell.count for cell in by_country) == whole.count + sum(len(row["countries"]) - 1 for row in several)


def test_a_region_that_is_none_holds_nothing(freeze: Frozen) -> None:
    assert figures.counted(freeze, Question(region=("none-such",)), ("total",)) == []


def test_no_dimension_is_the_one_cell_of_all(freeze: Frozen) -> None:
    (cell,) = figures.counted(freeze, Question(), ())
    assert (cell.key, cell.count) == ((), len(TABLES["crimes"]))
