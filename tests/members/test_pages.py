"""Every page of the desk: who gets in (one truth table), and that what they get does not grow queries with rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from hueandcry.members import actions, urls
from tests import factory

pytestmark = pytest.mark.usefixtures("database")

IN, SIGN_IN, CLOSED, ABSENT, AWAY = 200, "sign in", 403, 404, "sent elsewhere"


@dataclass
class World:
    """One, which everything is about; Two, which shares a circle with it; and everybody who might knock."""

    one: Any = None
    clients: dict[str, Client] = field(default_factory=dict)
    addresses: dict[str, str] = field(default_factory=dict)


@pytest.fixture
def world() -> World:
    one, two = factory.organisation("One"), factory.organisation("Two")
    office = factory.office()
    factory.circle("Ring", [one])
    ana = factory.person(one, ["analyst"])
    people = {
        "analyst": ana,
        "administrator": factory.person(one, ["administrator"]),
        "dpo": factory.person(one, ["dpo"]),
        "stranger": factory.person(two, ["administrator"]),
        "applicant": factory.person(factory.organisation("New", state="applicant"), ["administrator"]),
        "suspended": factory.person(factory.organisation("Out", state="suspended"), ["administrator"]),
        "secretary": factory.person(office, ["secretary"]),
        "office reader": factory.person(office, ["reader"]),
    }
    clients = {"anonymous": Client()} | {name: factory.signed_in(person) for name, person in people.items()}
    return World(one, clients, {"person": f"/organisations/one/people/{ana.pk}/"})


# page: who gets what, in the order of WHO. "-" stands for sign-in, "x" closed, "0" absent, ">" sent elsewhere.
WHO = [
    "anonymous",
    "analyst",
    "administrator",
    "dpo",
    "stranger",
    "applicant",
    "suspended",
    "secretary",
    "office reader",
]
TABLE = {
    "/organisations/": "- + + + + + + + +",
    "/organisations/one/": "- + + + + 0 0 + +",
    "/organisations/nobody/": "- 0 0 0 0 0 0 0 0",
    "/organisations/add/": "- x x x x > > + x",
    "/organisations/one/edit/": "- > + > > 0 0 + >",
    "/organisations/one/people/": "- + + + x 0 0 + x",
    "person": "- + + + x 0 0 + x",
    "/invitations/not-a-secret/": "o o o o o o o o o",
    "/account/profile/": "- + + + + + + + +",
    "/account/email/": "- > > > > > > > >",
    "/membership/": "- + + + + + + + +",
    "/tokens/": "- + + + + + + + +",
    "/circles/": "- + + + + > > + +",
    "/circles/ring/": "- + + + 0 > > + 0",
    "/circles/add/": "- x x x x > > + x",
    "/circles/ring/members/": "- x x x x > > + x",
    "/agreement/": "- + + + + + + + +",
    "/audit/": "- x + + + > > + x",
    "/audit/mine/": "- + + + + + + + +",
}
SIGNS = {"+": 200, "x": 403, "0": 404, "o": 410}


@pytest.mark.parametrize("page", TABLE)
def test_who_gets_in(world: World, page: str) -> None:
    address = world.addresses.get(page, page)
    got = []
    for name in WHO:
        answer = world.clients[name].get(address)
        if answer.status_code == 302:
            got.append("-" if answer["Location"].startswith("/account/login/") else ">")
        else:
            got.append(next((sign for sign, status in SIGNS.items() if status == answer.status_code), "?"))
    assert " ".join(got) == TABLE[page]


def test_each_route_states_one_rule() -> None:
    assert [route.name for route in urls.urlpatterns if not getattr(route.callback, "access", "")] == []


def test_outsiders_change_nothing(world: World) -> None:
    """Each act that is posted, tried by everybody who may not; the tables stay as they are."""
    target = factory.person(world.one, ["reader"])
    admin = factory.as_viewer(factory.person(world.one, ["administrator"]))
    actions.invite(by=admin, organisation=world.one.pk, email="x@example.org", roles=["reader"])
    actions.add_token(by=factory.as_viewer(target), name="Mine", scopes=["read"])
    from hueandcry.members.models import Circle, CircleMember, Invitation, Organisation, Person, Token

    def state() -> list[Any]:
        return [
            list(model.objects.using("owner").order_by("pk").values())
            for model in (Circle, CircleMember, Invitation, Organisation, Token)
        ] + [list(Person.objects.order_by("pk").values("pk", "roles", "is_active"))]

    before = state()
    token, offer = Token.objects.get().pk, Invitation.objects.get().pk
    acts = {
        "/organisations/one/state/": {"state": "suspended", "reason": "because"},
        "/organisations/add/": {"name": "Fake", "kind": "business", "country": "PT", "tier": "member"},
        "/organisations/one/edit/": {"about": "Hacked"},
        "/organisations/one/people/invite/": {"email": "friend@example.org", "roles": ["administrator"]},
        f"/organisations/one/people/{target.pk}/": {"roles": ["administrator"]},
        f"/organisations/two/people/{target.pk}/": {"roles": ["administrator"]},
        f"/organisations/one/people/{target.pk}/account/": {"active": "no"},
        f"/organisations/one/invitations/{offer}/revoke/": {},
        f"/organisations/two/invitations/{offer}/revoke/": {},
        f"/tokens/{token}/revoke/": {},
        "/circles/add/": {"name": "Mine"},
        "/circles/ring/members/": {"organisations": []},
        "/circles/ring/close/": {},
    }
    for name in ("anonymous", "analyst", "dpo", "stranger", "applicant", "suspended", "office reader"):
        for address, given in acts.items():
            answer = world.clients[name].post(address, given)
            assert answer.status_code in (200, 302, 403, 404), (name, address, answer.status_code)
            assert state() == before, (name, address)


def test_a_form_needs_its_token(world: World) -> None:
    administrator = factory.person(world.one, ["administrator"])
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(administrator)
    assert strict.post("/organisations/one/edit/", {"about": "By another site"}).status_code == 403


@pytest.mark.parametrize(
    ("address", "grow"),
    [
        ("/organisations/", lambda n: factory.organisation()),
        ("/organisations/one/", lambda n: None),
        ("/organisations/one/people/", lambda n: None),
        ("/circles/", lambda n: factory.circle(f"Circle {n}", [])),
        ("/audit/", lambda n: None),
    ],
)
def test_the_number_of_queries_does_not_grow_with_rows(world: World, address: str, grow: Callable[[int], Any]) -> None:
    client = world.clients["secretary"]
    assert client.get(address).status_code == 200
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    for number in range(12):
        grow(number)
        person = factory.person(world.one)
        actions.add_token(by=factory.as_viewer(person), name="T", scopes=["read"])
    with CaptureQueriesContext(connection) as many:
        answer = client.get(address)
    assert answer.status_code == 200
    assert len(many) == len(few), [query["sql"] for query in many]
    assert len(many) < 40
