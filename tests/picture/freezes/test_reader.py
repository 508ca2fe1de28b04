from __future__ import annotations

from pathlib import Path

from hueandcry.picture.expressions.figures import several
from hueandcry.picture.expressions.overlap import lists
from hueandcry.picture.freezes import actions, reader
from hueandcry.picture.question import Question
from tests.picture.rows import bodies, put


def test_counts(database: Path) -> None:
    made = bodies(3)
    put(made, 7, loss_amount="12.50", loss_currency="EUR")
    actions.take()
    frozen = reader.latest()
    assert frozen is not None
    found = several(
        frozen,
        Question(number="reported", country=("PT",)),
        [("total",), ("class", "country"), ("month",), ("region",)],
    )
    print(found)
    assert found["total",][0].count == 7
    print(lists(frozen, Question()))
    held = reader.opened(frozen)
    assert held.rows(held.table("crimes").count().as_table()) == [(7,)]
