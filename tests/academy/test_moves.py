"""The table of moves: one in the program, one in the database, one in the docs; all the same."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import connections

from hueandcry.academy import life
from hueandcry.academy.models import Accreditation, Candidacy, Certificate, Course, Enrolment, Session
from hueandcry.academy.moves import Move

MODELS = {"course": Course, "session": Session, "enrolment": Enrolment, "accreditation": Accreditation,
          "candidacy": Candidacy, "certificate": Certificate}  # fmt: skip


@pytest.mark.usefixtures("database")
def test_the_database_holds_the_same_table() -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT machine, before, after, who FROM academy_moverule")
        assert {Move(*row) for row in cursor.fetchall()} == life.MOVES.all


@pytest.mark.parametrize("machine", list(life.MOVES.first))
def test_every_state_is_reached_and_known(machine: str) -> None:
    states = set(life.MOVES.states(machine))
    assert states == set(MODELS[machine].State.values)
    reached = {life.MOVES.first[machine]}
    for _turn in states:
        reached |= {move.after for move in life.MOVES.all if move.machine == machine and move.before in reached}
    assert reached == states


def test_the_drawings_in_the_docs_are_of_the_table() -> None:
    assert (Path(__file__).parents[2] / "docs" / "academy-moves.md").read_text(encoding="utf-8") == life.page()
