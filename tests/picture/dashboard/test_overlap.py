"""Who tells of the same crimes, as cells: each crime in one set, and sets of few organisations held back."""

from __future__ import annotations

import pytest

from hueandcry.picture.dashboard import overlap
from hueandcry.picture.expressions import overlap as expressions
from hueandcry.picture.expressions import reported
from hueandcry.picture.freezes import actions, reader
from hueandcry.picture.question import Question
from tests.picture import rows


def test_kinds_are_the_bits_of_a_set() -> None:
    assert overlap.kinds(0b1011) == [0, 1, 3]


@pytest.mark.usefixtures("database")
def test_sets_are_those_of_estimation_and_protect() -> None:
    rows.put(rows.bodies(3), 60)
    rows.put(rows.bodies(2, kind="cert"), 60, source_kind="cert")
    actions.take()
    frozen = reader.latest()
    assert frozen is not None
    question = Question()
    exact = {int(cell.key[0]): cell.count for cell in expressions.counted(frozen, question)}
    estimated = {
        sum(1 << at for at, n in enumerate(composition) if n): count
        for composition, count in reported.compositions(frozen, question).items()
    }
    assert exact == estimated == {1: 60, 8: 60}
    shown = {int(cell.key[0]): cell for cell in overlap.shown(frozen, question)}
    assert 8 not in shown, "two organisations stand behind it; that they do is not told either"
    assert 1 not in shown, "else what is left of the whole is theirs"
