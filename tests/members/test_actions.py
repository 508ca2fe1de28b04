"""Acts of the members desk: who may (role by act), the life of a membership, and that nothing is half done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.core import mail

from hueandcry.audit.models import Act
from hueandcry.members import actions, actions_circle
from hueandcry.members.actions import Refused
from hueandcry.members.models import Agreement, Circle, CircleMember, Invitation, Organisation, Person, Token
from hueandcry.members.viewer import ANYONE, Viewer, identify
from tests import factory

pytestmark = pytest.mark.usefixtures("database")


@dataclass
class Scene:
    """One organisation that is acted upon, somebody in it, a circle, and those who try."""

    one: Organisation
    somebody: Person
    ring: Circle
    token: int
    offer: int
    by: dict[str, Viewer]


@pytest.fixture
def scene() -> Scene:
    one, two, office = factory.organisation("One"), factory.organisation("Two"), factory.office()
    somebody = factory.person(one, ["reader"])
    by = {
        "nobody": ANYONE,
        "analyst": factory.as_viewer(factory.person(one, ["analyst", "reporter", "integrator", "dpo"])),
        "administrator": factory.as_viewer(factory.person(one, ["administrator"])),
        "other administrator": factory.as_viewer(factory.person(two, ["administrator"])),
        "suspended": factory.as_viewer(
            factory.person(factory.organisation("Out", state="suspended"), ["administrator"])
        ),
        "secretary": factory.as_viewer(factory.person(office, ["secretary"])),
        "office analyst": factory.as_viewer(factory.person(office, ["analyst", "dpo"])),
    }
    actions.add_token(by=factory.as_viewer(somebody), name="T", scopes=["read"])
    actions.invite(by=by["administrator"], organisation=one.pk, email="new@example.org", roles=["reader"])
    token, offer = Token.objects.get().pk, Invitation.objects.get().pk
    return Scene(one, somebody, factory.circle("Ring", [one]), token, offer, by)


Do = Callable[[Scene, Viewer], Any]
ACTS: dict[str, Do] = {
    "add organisation": lambda s, by: actions.add_organisation(by=by, name="New", kind="cert", country="EE"),
    "suspend": lambda s, by: actions.change_state(by=by, organisation=s.one.pk, state="suspended", reason="r"),
    "describe": lambda s, by: actions.update_organisation(by=by, organisation=s.one.pk, about="Us"),
    "rename": lambda s, by: actions.update_organisation(by=by, organisation=s.one.pk, name="Europol"),
    "add person": lambda s, by: actions.add_person(by=by, organisation=s.one.pk, email="p@example.org"),
    "set roles": lambda s, by: actions.set_roles(by=by, person=s.somebody.pk, roles=["administrator"]),
    "close account": lambda s, by: actions.set_active(by=by, person=s.somebody.pk, active=False),
    "invite": lambda s, by: actions.invite(by=by, organisation=s.one.pk, email="q@example.org", roles=["reader"]),
    "revoke invitation": lambda s, by: actions.revoke_invitation(by=by, invitation=s.offer),
    "revoke token": lambda s, by: actions.revoke_token(by=by, token=s.token),
    "add circle": lambda s, by: actions_circle.add_circle(by=by, name="Other"),
    "set circle": lambda s, by: actions_circle.set_circle_members(by=by, circle=s.ring.pk, organisations=[]),
    "close circle": lambda s, by: actions_circle.close_circle(by=by, circle=s.ring.pk),
}
OFFICE = {"secretary"}
RUN = {"administrator", "secretary"}
MAY: dict[str, set[str]] = {
    "add organisation": OFFICE,
    "suspend": OFFICE,
    "describe": RUN,
    "rename": OFFICE,
    "add person": RUN,
    "set roles": RUN,
    "close account": RUN,
    "invite": RUN,
    "revoke invitation": RUN,
    "revoke token": RUN,
    "add circle": OFFICE,
    "set circle": OFFICE,
    "close circle": OFFICE,
}


WHO = ["nobody", "analyst", "administrator", "other administrator", "suspended", "secretary", "office analyst"]


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("name", WHO)
def test_who_may_do_what(scene: Scene, act: str, name: str) -> None:
    """An act that is allowed is in the record, once; one that is refused has left no trace."""
    before = Act.objects.using("owner").count()
    try:
        ACTS[act](scene, scene.by[name])
    except Refused:
        assert name not in MAY[act]
        assert Act.objects.using("owner").count() == before
    else:
        assert name in MAY[act]
        assert Act.objects.using("owner").count() == before + 1


STATES = ["applicant", "vetted", "suspended", "left"]
LIFE = {
    ("applicant", "vetted"),
    ("applicant", "left"),
    ("vetted", "suspended"),
    ("vetted", "left"),
    ("suspended", "vetted"),
    ("suspended", "left"),
    ("left", "applicant"),
}


def test_the_life_of_a_membership(scene: Scene) -> None:
    for now in STATES:
        for then in STATES:
            body = factory.organisation(f"{now} to {then}", state=now)
            try:
                actions.change_state(by=scene.by["secretary"], organisation=body.pk, state=then)
            except Refused:
                assert (now, then) not in LIFE
                assert Organisation.objects.using("owner").get(pk=body.pk).state == now
            else:
                assert (now, then) in LIFE
                assert Organisation.objects.using("owner").get(pk=body.pk).state == then


def test_the_secretariat_does_not_end_itself(scene: Scene) -> None:
    secretary = scene.by["secretary"]
    with pytest.raises(Refused):
        actions.change_state(by=secretary, organisation=secretary.organisation or 0, state="left")


def test_a_suspension_takes_all_sight_and_tells_the_administrators(scene: Scene) -> None:
    administrator = scene.by["administrator"]
    actions.change_state(
        by=scene.by["secretary"], organisation=scene.one.pk, state="suspended", reason="Data passed on"
    )
    now = identify(administrator.person)
    assert (now.principals, now.roles, now.state) == ((1,), frozenset(), "suspended")
    (letter,) = mail.outbox
    assert letter.to == [Person.objects.get(pk=administrator.person).email]
    assert "Data passed on" in letter.body
    detail = Act.objects.using("owner").get(verb="suspend").detail
    assert "Data" not in str(detail)


def test_names_are_taken_once_and_slugs_made_free(scene: Scene) -> None:
    by = scene.by["secretary"]
    first = actions.add_organisation(by=by, name="A & B", kind="business", country="pt")
    second = actions.add_organisation(by=by, name="A B", kind="business", country="PT")
    shadow = actions.add_organisation(by=by, name="Add", kind="business", country="PT")
    assert (first.slug, first.country, second.slug, shadow.slug) == ("a-b", "PT", "a-b-2", "add-2")
    with pytest.raises(Refused):
        actions.add_organisation(by=by, name="A & B", kind="business", country="PT")
    for wrong in ({"kind": "gang"}, {"country": "Portugal"}, {"tier": "gold"}, {"name": "  "}):
        with pytest.raises(Refused):
            actions.add_organisation(by=by, **{"name": "C", "kind": "business", "country": "PT"} | wrong)
    with pytest.raises(Refused):
        actions.update_organisation(by=by, organisation=second.pk, name="A & B")


def test_nobody_shuts_themselves_out(scene: Scene) -> None:
    administrator = scene.by["administrator"]
    with pytest.raises(Refused):
        actions.set_roles(by=administrator, person=administrator.person or 0, roles=["reader"])
    with pytest.raises(Refused):
        actions.set_active(by=administrator, person=administrator.person or 0, active=False)


@pytest.mark.parametrize("roles", [["secretary"], ["king"], ["reader", "secretary"]])
def test_roles_that_are_not_to_be_had(scene: Scene, roles: list[str]) -> None:
    with pytest.raises(Refused):
        actions.set_roles(by=scene.by["administrator"], person=scene.somebody.pk, roles=roles)
    assert Person.objects.get(pk=scene.somebody.pk).roles == ["reader"]


def test_a_circle_consists_of_whom_it_was_given(scene: Scene) -> None:
    secretary, two = scene.by["secretary"], scene.by["other administrator"].organisation or 0
    actions_circle.set_circle_members(by=secretary, circle=scene.ring.pk, organisations=[two, two])
    held = CircleMember.objects.using("owner").filter(circle=scene.ring.pk)
    assert list(held.values_list("organisation", flat=True)) == [two]


def test_the_agreement_is_accepted_in_the_version_that_was_read(scene: Scene) -> None:
    with pytest.raises(Refused):
        actions.accept_agreement(by=scene.by["administrator"], version="2019-01")
    with pytest.raises(Refused):
        actions.accept_agreement(by=scene.by["analyst"])
    actions.accept_agreement(by=scene.by["administrator"])
    actions.accept_agreement(by=scene.by["administrator"])
    held = Agreement.objects.using("owner").get()
    assert (held.organisation_id, held.version) == (scene.one.pk, actions.AGREEMENT)
    assert held.accepted_by == scene.by["administrator"].person
