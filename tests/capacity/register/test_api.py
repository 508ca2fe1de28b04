"""The register over REST."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from django.utils.timezone import now

from hueandcry.capacity.models import Resource, ResourceShown
from hueandcry.capacity.register import actions
from hueandcry.capacity.register.drafts import ResourceDraft
from hueandcry.members import actions as members
from hueandcry.members.models import Person
from tests import factory

pytestmark = pytest.mark.usefixtures("database")


def officer(**more: Any) -> Person:
    return factory.person(factory.organisation(**more), ("officer", "integrator", "administrator"))


def call(person: Person, path: str, body: object = None, scopes: tuple[str, ...] = ("read", "submit")) -> Any:
    secret = members.add_token(by=factory.as_viewer(person), name="test", scopes=scopes)
    headers = {"Authorization": f"Bearer {secret}"}
    if body is None:
        return Client().get(f"/api/v1/{path}", headers=headers)
    return Client().post(f"/api/v1/{path}", json.dumps(body), content_type="application/json", headers=headers)


def listed(number: int) -> None:
    by = factory.as_viewer(officer())
    for n in range(number):
        actions.propose(by=by, draft=ResourceDraft("course", f"Course number {n}", countries=("AO",)), another=True)
    Resource.objects.using("owner").update(state="listed", confirmed_at=now())


def test_no_token_no_scope_no_answer() -> None:
    assert Client().get("/api/v1/resources").status_code == 401
    assert call(officer(), "resources", {"kind": "course", "title": "A"}, scopes=("read",)).status_code == 403
    assert call(officer(), "resources", scopes=("submit",)).status_code == 403


def test_pages_of_results_with_reasons_hold_each_once() -> None:
    listed(7)
    who, seen, after = officer(), [], ""
    while True:
        told = call(who, f"resources?q=course&country=AO&limit=3&after={after}").json()
        assert told["count"] == 7
        seen += [one["place"] for one in told["resources"]]
        assert all("serves Angola" in one["why"] for one in told["resources"])
        after = told["next"]
        if after is None:
            break
    assert seen == list(range(1, 8))
    assert call(who, "resources?q=course&limit=3&after=nonsense").status_code == 422
    assert call(who, "resources?colour=red").status_code == 422


def test_one_resource_and_nothing_of_what_one_may_not_see() -> None:
    listed(1)
    one = Resource.objects.using("owner").get()
    told = call(officer(), f"resources/{one.reference}").json()
    assert (told["title"], told["state"], told["countries"]) == ("Course number 0", "listed", ["AO"])
    assert ResourceShown.objects.using("owner").get().asked == 1
    hidden = actions.propose(
        by=factory.as_viewer(officer()), draft=ResourceDraft("course", "Course number 0", countries=("AO",))
    )
    assert call(officer(), f"resources/{hidden}").status_code == 404


def test_proposing_says_what_is_alike() -> None:
    who = officer()
    body = {"kind": "course", "title": "Digital forensics for first responders", "countries": ["AO"]}
    first = call(who, "resources", body).json()
    assert (first["state"], first["alike"]) == ("review", [])
    again = call(officer(), "resources", body).json()
    assert (again["state"], again["alike"]) == ("proposed", [first["reference"]])
    assert call(officer(), "resources", body | {"another": True}).json()["state"] == "review"
    assert Resource.objects.using("owner").get(reference=first["reference"]).source == "rest"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"kind": "expert", "title": "A"}, 422),
        ({"kind": "course", "title": ""}, 422),
        ({"title": "A"}, 422),
        ({"kind": "course", "title": "A", "countries": ["ZZ"]}, 422),
        ({"kind": "course", "title": "A", "url": "ftp://a"}, 422),
        ({"kind": "course", "title": "A", "colour": "red"}, 422),
        ({"kind": "course", "title": "A\u0000"}, 422),
        ({"kind": "course", "title": "A", "starts": "2026-02-02", "ends": "2026-02-01"}, 422),
    ],
)
def test_what_cannot_be_a_resource_is_refused_with_its_part(body: dict[str, object], status: int) -> None:
    answer = call(officer(), "resources", body)
    assert answer.status_code == status
    assert answer.json()["error"]["message"]


def test_a_reader_proposes_nothing() -> None:
    who = factory.person(factory.organisation(), ("reader", "integrator"))
    assert call(who, "resources", {"kind": "course", "title": "A"}).status_code == 403
