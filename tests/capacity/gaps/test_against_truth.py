"""The board against the simulated world, in which it is known what is so: each class exact; what one change does."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from hueandcry.capacity.assessment import actions as assessments
from hueandcry.capacity.assessment import queries as stages
from hueandcry.capacity.assessment.model import model
from hueandcry.capacity.gaps import actions, queries
from hueandcry.capacity.models import IndicatorEvidence
from hueandcry.members.viewer import Viewer, viewer
from hueandcry.world import lived_capacity
from hueandcry.world.capacity import AIMED, truth
from tests.capacity.assessment.test_actions import somebody

pytestmark = pytest.mark.usefixtures("database")
TODAY = datetime.now(UTC).date()


def classes(by: Viewer, countries: list[str]) -> dict[tuple[str, str], str]:
    with viewer(by):
        return {key: cell.kind for key, cell in queries.board(by, countries=countries).cells.items()}


@pytest.mark.parametrize("seed", [1, 2])
def test_classes_are_exactly_those_of_the_world(seed: int) -> None:
    officer, one, other = somebody("officer"), somebody(), somebody()
    countries, aspects = ["KE", "MZ"], list(model().aspects)[seed * 7 : seed * 7 + 18]
    facts = truth(seed, countries, aspects)
    assert {fact.kind for fact in facts.values()} == {
        "gap",
        "partly covered",
        "covered",
        "duplicated effort",
        "unknown",
    }
    lived_capacity.prove(facts, officer, [one, other], TODAY)
    lived_capacity.programmes_of(facts, officer, TODAY)
    actions.aim(by=officer, aspects=aspects, stage=AIMED, why="Agreed.")
    found = classes(officer, countries)
    assert {key: found[key] for key in facts} == {key: fact.kind for key, fact in facts.items()}
    assert {found[key] for key in found if key not in facts} == {"unknown"}
    with viewer(officer):
        seen = stages.stages(officer, countries=countries)
    assert {key: seen[key[0]][key[1]].stage for key in facts} == {key: fact.stage for key, fact in facts.items()}

    # one indicator's evidence taken back: its aspect drops below that indicator's stage, and nothing else moves
    covered = next(key for key, fact in facts.items() if fact.kind == "covered")
    lost = next(each for each in model().aspects[covered[1]].indicators if each.stage == AIMED)
    row = IndicatorEvidence.objects.using("owner").get(country=covered[0], indicator=lost.id)
    assessments.withdraw(by=officer, evidence=row.reference, why="It was repealed.")
    with viewer(officer):
        after = stages.stages(officer, countries=countries)
    changed = {key for key in facts if after[key[0]][key[1]].stage != facts[key].stage}
    assert changed == {covered} and after[covered[0]][covered[1]].stage == AIMED - 1
