"""The board: classes out of evidence, targets and programmes, and its pages."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import ProgrammingError, connection
from django.test import Client

from hueandcry.capacity.gaps import actions, queries
from hueandcry.capacity.models import Resource, Target
from hueandcry.exchange.merge import intern
from hueandcry.members.actions import Refused
from hueandcry.members.models import ALLIANCE
from hueandcry.members.viewer import Viewer, viewer
from tests import factory
from tests.capacity.assessment.test_actions import ASPECT, prove, somebody

pytestmark = pytest.mark.usefixtures("database")


def programme(by: Viewer, provider: str, *, ends: date | None = None, aspects: tuple[str, ...] = (ASPECT,)) -> None:
    with viewer(by):
        audience = intern([ALLIANCE])
    Resource.objects.using("owner").create(
        kind="programme", state="listed", audience=audience, organisation=by.organisation, person=by.person,
        title=f"Programme of {provider}", provider=provider, countries=["MZ"], aspects=list(aspects), ends=ends,
    )  # fmt: skip


def kind(by: Viewer, country: str = "MZ") -> str:
    with viewer(by):
        return queries.board(by, countries=[country]).cells[country, ASPECT].kind


def test_a_cell_goes_from_unknown_to_gap_to_covered() -> None:
    officer, one, other = somebody("officer", "assessor"), somebody(), somebody()
    assert kind(officer) == "unknown"
    prove(officer, [one, other], up_to=1)
    assert kind(officer) == "unknown"  # nobody has said what is aimed at
    actions.aim(by=officer, aspects=[ASPECT], stage=2, why="Agreed at the assembly.")
    assert kind(officer) == "gap"
    programme(officer, "UNODC", ends=date(2020, 1, 1))
    programme(officer, "UNODC", aspects=())
    assert kind(officer) == "gap"  # one has ended, the other does not say what it covers
    programme(officer, "UNODC")
    assert kind(officer) == "partly covered"
    programme(officer, "Council of Europe")
    assert kind(officer) == "duplicated effort"
    Resource.objects.using("owner").update(state="withdrawn")
    actions.aim(by=officer, aspects=[ASPECT], stage=1, country="MZ", why="Its own plan.")
    assert kind(officer) == "covered"


def test_who_sets_what_is_aimed_at() -> None:
    officer = somebody("officer")
    for wrong in ({"aspects": []}, {"aspects": ["9.9.z"]}, {"stage": 6}, {"why": " "}, {"country": "ZZ"}):
        with pytest.raises(Refused):
            actions.aim(by=officer, **({"aspects": [ASPECT], "stage": 2, "why": "So."} | wrong))  # type: ignore[arg-type]
    with pytest.raises(Refused):
        actions.aim(by=somebody("analyst"), aspects=[ASPECT], stage=2, why="So.")
    actions.aim(by=officer, aspects=[ASPECT], stage=2, why="So.")
    for statement in ("UPDATE capacity_target SET stage = 5", "DELETE FROM capacity_target"):
        with pytest.raises(ProgrammingError), viewer(officer), connection.cursor() as cursor:
            cursor.execute(statement)
    assert Target.objects.using("owner").get().stage == 2


def test_pages_of_the_board() -> None:
    assert Client().get("/gaps/").status_code == 302
    by = factory.person(factory.organisation(kind="law-enforcement"), ("officer", "assessor"))
    client, officer = factory.signed_in(by), factory.as_viewer(by)
    assert "No country can be told of yet" in client.get("/gaps/").content.decode()
    prove(officer, [somebody(), somebody()], up_to=1)
    given = {"country": "", "aspects": [ASPECT], "stage": "3", "why": "Agreed."}
    assert client.post("/gaps/targets/", given | {"why": ""}).status_code == 422
    assert client.post("/gaps/targets/", given).status_code == 302
    said = client.get("/gaps/").content.decode()
    assert "Mozambique" in said and f'href="/gaps/MZ/{ASPECT}/"' in said and "What comes first" in said
    assert "No cell fits" in client.get("/gaps/?class=covered").content.decode()
    assert f"MZ,{ASPECT},Law Enforcement,gap,3,1,2,2,0,0" in client.get("/gaps/gaps.csv?class=gap").content.decode()
    page = client.get(f"/gaps/MZ/{ASPECT}/").content.decode()
    assert "no programme works on it" in page and "Draft a programme" in page
    assert client.get("/gaps/MZ/9.9.z/").status_code == 404
    assert (
        factory.signed_in(factory.person(factory.organisation(), ("reader",))).get("/gaps/targets/").status_code == 403
    )


def test_programmes_that_name_each_other_by_identifier_are_no_duplicated_effort() -> None:
    officer, one, other = somebody("officer", "assessor"), somebody(), somebody()
    prove(officer, [one, other], up_to=1)
    actions.aim(by=officer, aspects=[ASPECT], stage=2, why="So.")
    programme(officer, "UNODC")
    programme(officer, "Council of Europe")
    assert kind(officer) == "duplicated effort"
    rows = Resource.objects.using("owner").order_by("pk")
    rows.filter(provider="UNODC").update(identifier="XM-DAC-41128-1")
    rows.filter(provider="Council of Europe").update(details={"related": [["2", "XM-DAC-41128-1"]]})
    assert kind(officer) == "partly covered"


def test_a_draft_of_a_programme_begins_with_the_gap() -> None:
    client = factory.signed_in(factory.person(factory.organisation(), ("officer",)))
    page = client.get(f"/resources/new/?kind=programme&countries=MZ&aspects={ASPECT}").content.decode()
    for value in ("programme", "MZ", ASPECT):
        assert f'<option value="{value}" selected>' in page
