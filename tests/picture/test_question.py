"""Questions: read from an address and written to one; and a dimension that is known here is known everywhere."""

from __future__ import annotations

from typing import get_args

import pytest

from hueandcry.picture.dashboard import words
from hueandcry.picture.expressions import told
from hueandcry.picture.freezes.facts import TABLES
from hueandcry.picture.question import FILTERS, Dimension, Question, addressed, asked
from hueandcry.picture.releases import contents, files

DIMENSIONS = set(get_args(Dimension))


def test_a_dimension_is_counted_said_and_published_or_not_there() -> None:
    """What a column of the picture needs, besides the statements that make it; CONTRIBUTING.md leads through it."""
    assert set(told.CODES) == DIMENSIONS - {"total"}
    assert set(told.CODES.values()) <= {"time", *told.COLUMNS}
    assert set(words.SAID) == DIMENSIONS
    assert set(contents.DIMENSIONS) == set(files._MEANINGS) <= DIMENSIONS
    assert {"law" if one == "offence" else one for one in DIMENSIONS} - {"total", "month", "year"} == set(FILTERS)


def test_every_filter_stands_on_the_page() -> None:
    held = Question(country=("PT",), type=("fraud/phishing",), technique=("T1566",))  # lists of what there is
    shown = {one.name for one in words.filters(held, {})}
    assert shown == {"number", "measure", "time", "from", "to", *FILTERS}


def test_reports_and_crimes_have_the_same_columns_of_what_happened() -> None:
    crimes, reports = ({column.name for column in TABLES[name]} for name in ("crimes", "reports"))
    assert crimes - reports == {"reports", "organisations", "sources", "delay"}


@pytest.mark.parametrize("name", FILTERS)
def test_an_address_asks_what_its_question_wrote(name: str) -> None:
    good = {
        "country": "PT", "region": "eu", "sector": "K", "size": "micro", "class": "fraud", "type": "fraud/phishing",
        "nature": "cyber-enabled", "technique": "T1566", "source": "cert", "law": "budapest:8",
    }  # fmt: skip
    question, strange = asked({name: [good[name], good[name]], "from": ["2025-02"]})
    assert (question.filters, question.first, strange) == ({name: (good[name],)}, "2025-02", [])
    assert addressed(question.address()) == question
    assert asked({name: ["no such thing!"]}) == (Question(), [(name, "no such thing!")])
