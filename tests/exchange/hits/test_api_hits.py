"""Hits and requests through REST: the same rules, in the same shape of error."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from datetime import timedelta
from types import ModuleType
from typing import Any

import pytest
from django.test import Client
from django.urls import include, path

from hueandcry.exchange.handling import Handling
from hueandcry.exchange.hits import actions_ask, api
from hueandcry.members import actions as members
from hueandcry.members.models import Person
from tests import factory
from tests.exchange import send

pytestmark = pytest.mark.usefixtures("database", "mounted")
VALUE = "telling-value.pt"
GIVEN = {"purpose": "investigation", "words": "false invoices", "case": "7/26"}


@pytest.fixture
def mounted(settings: Any) -> Iterator[None]:
    """The router at /api/v1/, also where exchange/rest has not mounted it."""
    from hueandcry.exchange.rest.api import api as rest

    if any(path_.startswith("/hits") for bound in rest._get_bound_routers() for path_ in bound.path_operations):
        yield
        return
    from hueandcry.exchange.rest import errors
    from hueandcry.exchange.rest.api import Api, Renderer
    from hueandcry.project import urls

    made = Api(title="t", version="hits", renderer=Renderer(), urls_namespace="hits-test", docs_url=None)
    errors.handle_all(made)
    made.add_router("", api.router)
    module = ModuleType("hits_test_urls")
    patterns, _app, _name = made.urls
    module.urlpatterns = [path("api/v1/", include((patterns, "hits-test"))), *urls.urlpatterns]  # type: ignore[attr-defined]
    sys.modules[module.__name__] = module
    settings.ROOT_URLCONF = module.__name__
    yield
    api.router.api = None


@pytest.fixture
def asker() -> Person:
    return factory.person(factory.organisation("Example Police", kind="law-enforcement"))


@pytest.fixture
def holder() -> Person:
    return factory.person(factory.organisation("Holder Bank"))


class Program:
    """A program with a token of this person."""

    def __init__(self, person: Person, *scopes: str) -> None:
        self.secret = members.add_token(by=factory.as_viewer(person), name="t", scopes=scopes or ("read", "submit"))

    def __call__(self, address: str, body: Any = None) -> Any:
        headers = {"Authorization": f"Bearer {self.secret}"}
        if body is None:
            return Client().get("/api/v1" + address, headers=headers)
        return Client().post("/api/v1" + address, json.dumps(body), content_type="application/json", headers=headers)


def kept(person: Person, value: str = VALUE) -> Any:
    return send.form(person, f"kept {value}", Handling(tlp="AMBER", discoverability="anonymous"), known=value)


def test_asking_and_reading_again(asker: Person, holder: Person) -> None:
    kept(holder)
    program = Program(asker)
    told = program("/hits", GIVEN | {"values": ["hxxp://x y", VALUE, "absent.pt", VALUE]})
    assert told.status_code == 200, told.content
    body = told.json()
    assert (body["asked"], body["hits"], body["repeated"], len(body["unread"])) == (2, 1, 1, 1)
    (hit,) = body["answers"]
    assert (hit["type"], hit["value"], hit["organisations"], hit["names"]) == ("domain-name", VALUE, 1, [])
    assert len(hit["last_seen"]) == len("2026-01")
    assert program(f"/hits/{body['reference']}").json() == body
    assert "Holder" not in told.content.decode()


def test_who_may_not(asker: Person, holder: Person) -> None:
    kept(holder)
    body = GIVEN | {"values": [VALUE]}
    reader = factory.person(asker.organisation, ("reader",))
    assert Program(reader, "read")("/hits", body).status_code == 403
    assert Program(asker, "submit")("/hits", body).status_code == 403
    assert Client().post("/api/v1/hits", json.dumps(body), content_type="application/json").status_code == 401
    reference = Program(asker)("/hits", body).json()["reference"]
    for person in (holder, factory.person(asker.organisation)):
        assert Program(person)(f"/hits/{reference}").status_code == 404
    assert Program(reader, "read")("/requests").status_code == 403


def test_the_budget_says_when_to_come_back(asker: Person) -> None:
    program = Program(asker)
    numbers = [f"+35191{n * 7919:07}" for n in range(250)]
    assert program("/hits", GIVEN | {"values": numbers}).status_code == 200
    refused = Program(asker)("/hits", GIVEN | {"values": ["+351960000001"]})
    assert (refused.status_code, refused.json()["error"]["code"]) == (429, "budget"), "another token, the same budget"
    assert 0 < int(refused.headers["Retry-After"]) <= 3600
    never = program("/hits", GIVEN | {"values": [f"+35193{n * 7919:07}" for n in range(300)]})
    assert (never.status_code, never.headers.get("Retry-After")) == (422, None)


@pytest.mark.parametrize(
    "body",
    [
        {},
        GIVEN | {"values": []},
        GIVEN | {"values": ["x"] * 10_001},
        GIVEN | {"values": ["what is this"]},
        GIVEN | {"values": [VALUE], "purpose": "statistics"},
        GIVEN | {"values": [VALUE], "words": " "},
        GIVEN | {"values": [VALUE], "words": "a\0b"},
        GIVEN | {"values": [VALUE], "type": "nonsense"},
        GIVEN | {"values": "a string"},
        [],
    ],
)
def test_bodies_without_sense(asker: Person, body: Any) -> None:
    answer = Program(asker)("/hits", body)
    assert answer.status_code == 422
    assert answer.json()["error"]["message"]


def test_a_request_there_and_back(asker: Person, holder: Person) -> None:
    report = kept(holder)
    mine, theirs = Program(asker), Program(holder)
    mine("/hits", GIVEN | {"values": [VALUE]})
    day = (actions_ask.today() + timedelta(days=3)).isoformat()
    asked = mine("/requests", GIVEN | {"values": [VALUE], "answer_by": day})
    assert asked.status_code == 200, asked.content
    body = asked.json()
    assert (body["mine"], body["overdue"], [v["value"] for v in body["values"]]) == (True, False, [VALUE])
    assert [(p["owner"], p["state"], p["reports"]) for p in body["parts"]] == [("", "open", [])]
    reference = body["reference"]

    assert [r["reference"] for r in theirs("/requests").json()["requests"]] == [reference]
    (part,) = theirs(f"/requests/{reference}").json()["parts"]
    assert (part["reports"], part["values"]) == ([str(report.reference)], [{"type": "domain-name", "value": VALUE}])
    theirs(f"/requests/parts/{part['reference']}/question", {"words": "Which account?"})
    replied = mine(f"/requests/{reference}/reply/{part['reference']}", {"words": "The one of May"})
    assert replied.json()["parts"][0]["reply"] == "The one of May"
    for person in (asker, factory.person(factory.organisation())):
        assert Program(person)(f"/requests/parts/{part['reference']}/answer", {"reports": []}).status_code == 404
    wrong = theirs(f"/requests/parts/{part['reference']}/answer", {"reports": ["00000000-0000-4000-8000-000000000000"]})
    assert wrong.status_code == 422
    done = theirs(
        f"/requests/parts/{part['reference']}/answer", {"reports": [str(report.reference)], "conditions": "this case"}
    )
    assert done.json()["parts"][0]["granted"] == [str(report.reference)]
    seen = mine(f"/requests/{reference}").json()["parts"][0]
    assert (seen["owner"], seen["state"], seen["granted"]) == ("Holder Bank", "granted", [str(report.reference)])
    assert mine(f"/reports/{report.reference}").status_code == 200
    assert theirs(f"/requests/parts/{part['reference']}/take-back", {}).json()["parts"][0]["state"] == "taken back"
    assert mine(f"/reports/{report.reference}").status_code == 404


def test_only_hits_can_be_asked_for(asker: Person, holder: Person) -> None:
    kept(holder)
    day = actions_ask.today().isoformat()
    answer = Program(asker)("/requests", GIVEN | {"values": [VALUE], "answer_by": day})
    assert answer.status_code == 403
    assert "Look them up first" in answer.json()["error"]["message"]
    assert Program(asker, "read")("/requests", GIVEN | {"values": [VALUE], "answer_by": day}).status_code == 403
