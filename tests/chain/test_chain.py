"""Links between things of any desk: walked both ways, by those who see both ends."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.db import DatabaseError

from hueandcry.audit.models import Act
from hueandcry.chain import actions, queries, things
from hueandcry.chain.models import Link
from hueandcry.chain.relations import LATER, RELATIONS
from hueandcry.chain.things import Shown, Thing
from hueandcry.members.actions import Refused
from hueandcry.members.models import ALLIANCE, Person
from hueandcry.members.viewer import Viewer, viewer
from tests import factory

pytestmark = pytest.mark.usefixtures("database")
SECRET = "for Porto only"


def _find(viewer: Viewer, reference: str) -> Shown | None:
    """Made-up things: one whose reference begins with a country is for its people."""
    place, _dash, name = reference.partition("-")
    return Shown(f"{name} {SECRET}", f"/made-up/{name}/") if place in ("", viewer.country) else None


@pytest.fixture(autouse=True)
def _known() -> Iterator[None]:
    before = things.kinds()
    things.register("plan", Thing("plan", "route", _find))
    things.register("step", Thing("step", "check", _find))
    yield
    things._kinds.clear()
    things._kinds.update(before)


@pytest.fixture
def ana() -> Person:
    return factory.person(factory.organisation("Porto", country="PT"))


@pytest.fixture
def luc() -> Person:
    return factory.person(factory.organisation("Lyon", country="FR"))


def link(by: Person, from_: str = "-a", to: str = "-b", relation: str = "leads to", audience: int = ALLIANCE) -> None:
    actions.link(
        by=factory.as_viewer(by), from_=("plan", from_), to=("step", to), relation=relation, audience=[audience]
    )


def links(person: Person | None, kind: str, reference: str) -> list[tuple[str, str, bool]]:
    with viewer(factory.as_viewer(person)) as who:
        return [(each.words, each.thing, each.before) for each in queries.links(who, kind, reference)]


def test_a_link_is_walked_both_ways_in_its_own_words(ana: Person, luc: Person) -> None:
    link(ana)
    assert links(luc, "plan", "-a") == [("Leads to", "-b", False)]
    assert links(luc, "step", "-b") == [("Comes from", "-a", True)]
    with viewer(factory.as_viewer(luc)) as who:
        assert queries.both_ways(who, "step", "-b") == {
            "before": [{"kind": "Comes from: plan", "text": f"a {SECRET}", "url": "/made-up/a/", "icon": "route"}],
            "after": [],
        }


@pytest.mark.parametrize("relation", RELATIONS)
def test_each_relation_has_a_side_for_each_end(relation: str, ana: Person) -> None:
    link(ana, relation=relation)
    (_f, _t, first), (_b, _a, second) = *links(ana, "plan", "-a"), *links(ana, "step", "-b")
    assert first is not second and first == (relation in LATER)


def test_a_far_end_that_cannot_be_found_is_no_link(ana: Person, luc: Person) -> None:
    link(ana, "-a", "PT-b")
    assert links(ana, "plan", "-a") == [("Leads to", "PT-b", False)]
    assert links(luc, "plan", "-a") == []
    assert links(luc, "step", "PT-b") == []  # nor by its number, where the near end is hidden
    assert links(None, "plan", "-a") == []


def test_a_link_shows_to_its_audience(ana: Person, luc: Person) -> None:
    assert ana.organisation
    link(ana, audience=ana.organisation.principal_id)
    assert links(ana, "plan", "-a") and not links(luc, "plan", "-a")
    with viewer(factory.as_viewer(luc)):
        assert not Link.objects.exists()


def test_whoever_links_sees_both_ends_and_is_in_the_audience(ana: Person, luc: Person) -> None:
    by = factory.as_viewer(luc)
    for refused in (
        lambda: link(luc, "PT-a"),
        lambda: link(luc, "-a", "PT-b"),
        lambda: link(luc, audience=ana.organisation.principal_id if ana.organisation else 0),
        lambda: link(luc, relation="married to"),
        lambda: actions.link(by=by, from_=("plan", "-a"), to=("plan", "-a"), relation="about", audience=[2]),
        lambda: actions.link(by=by, from_=("plan", "-a"), to=("ghost", "-a"), relation="about", audience=[2]),
        lambda: link(factory.person(factory.organisation(state="suspended"))),
    ):  # fmt: skip
        with pytest.raises(Refused):
            refused()
    assert not Link.objects.using("owner").exists()


def test_the_same_said_twice_is_one_link_and_by_two_is_told_once(ana: Person, luc: Person) -> None:
    link(ana)
    link(ana)
    assert Link.objects.using("owner").count() == 1
    link(luc)  # nobody learns by a refusal that it was said before
    assert Link.objects.using("owner").count() == 2
    with viewer(factory.as_viewer(ana)) as who:
        assert [each.own for each in queries.links(who, "plan", "-a")] == [True]


def test_only_who_linked_takes_it_back(ana: Person, luc: Person) -> None:
    link(ana)
    one = Link.objects.using("owner").get().reference
    with pytest.raises(Refused):
        actions.unlink(by=factory.as_viewer(luc), reference=one)
    with viewer(factory.as_viewer(luc)):
        assert Link.objects.all().delete()[0] == 0  # nor by the table
    with pytest.raises(DatabaseError), viewer(factory.as_viewer(ana)):
        Link.objects.update(audience=1)
    with pytest.raises(Link.DoesNotExist):
        actions.unlink(by=factory.as_viewer(ana), reference=uuid4())
    actions.unlink(by=factory.as_viewer(factory.person(ana.organisation)), reference=one)
    assert not Link.objects.using("owner").exists()
    assert list(Act.objects.using("owner").order_by("pk").values_list("verb", flat=True)) == ["link", "unlink"]


def test_a_link_in_the_name_of_another_is_refused_by_the_table(ana: Person, luc: Person) -> None:
    link(luc)
    audience = Link.objects.using("owner").get().audience
    with pytest.raises(DatabaseError), viewer(factory.as_viewer(luc)):
        Link.objects.create(
            from_kind="plan", from_reference="x", to_kind="step", to_reference="y", relation="about",
            audience=audience, organisation=ana.organisation_id, person=ana.pk,
        )  # fmt: skip


def test_a_word_is_taken_once() -> None:
    with pytest.raises(ValueError, match="plan"):
        things.register("plan", Thing("plan", "x", _find))
