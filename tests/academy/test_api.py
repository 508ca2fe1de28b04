"""REST of the academy: moves meet the same refusals as pages and direct writes; credentials are checked."""

from __future__ import annotations

from itertools import product
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from hueandcry.academy import life
from hueandcry.academy.certification import actions as certifying
from hueandcry.academy.models import Candidacy
from hueandcry.academy.moves import Move
from hueandcry.members import actions as members
from hueandcry.members.viewer import viewer
from tests.academy import scene
from tests.academy.test_forbidden import put

pytestmark = pytest.mark.usefixtures("database")


def token(who: scene.Scene, name: str) -> str:
    return members.add_token(by=getattr(who, name), name="test", scopes=["read", "submit"])


def asking(secret: str, path: str, body: dict[str, Any] | None) -> Any:
    if body is not None:
        return called(secret, path, body)
    return Client().get(f"/api/v1/academy/{path}", headers={"Authorization": f"Bearer {secret}"})


def called(secret: str, path: str, body: dict[str, Any]) -> Any:
    return Client().post(f"/api/v1/academy/{path}", body, content_type="application/json",
                         headers={"Authorization": f"Bearer {secret}"})  # fmt: skip


def test_no_forbidden_move_gets_through_rest() -> None:
    who = scene.scene()
    scene.ready(who)
    scene.trained(who)
    key = scene.sat(who)
    scene.marked(who, key)
    with viewer(who.decider):
        row = Candidacy.objects.get(reference=key)
    roles = {"candidate": {"learner"}, "body": {"trainer", "marker", "decider"}, "marker": {"marker"},
             "decider": {"decider"}, "appeal": {"decider"}}  # fmt: skip
    secrets = {name: token(who, name) for name in ("learner", "trainer", "marker", "decider", "officer")}
    tries, let = 0, []
    for before, after in product(life.MOVES.states("candidacy"), repeat=2):
        put("candidacy", row.pk, before)
        for name, secret in secrets.items():
            mine = {role for role, names in roles.items() if name in names}
            if any(life.MOVES.may("candidacy", before, after, role) for role in mine):
                continue
            tries += 1
            status = called(secret, f"candidacy/{key}/moves", {"state": after, "reason": "because"}).status_code
            if status not in (403, 404):
                let.append(f"{name}: {before} -> {after}: {status}")
    assert let == []
    assert tries > 400
    with viewer(who.learner):
        assert Candidacy.objects.get().state == before
    put("candidacy", row.pk, "marked")
    done = called(secrets["decider"], f"candidacy/{key}/moves", {"state": "certified", "reason": "Passed."})
    assert done.json() == {"machine": "candidacy", "reference": str(key), "state": "certified"}
    assert called(secrets["decider"], f"candidacy/{key}/moves", {"state": "nowhere"}).status_code == 422


def test_a_credential_is_checked() -> None:
    who = scene.scene()
    scene.ready(who)
    credential = certifying.sign(by=who.learner, certificate=scene.certified(who))
    secret = token(who, "officer")
    found = called(secret, "check", {"credential": credential, "about": who.people["learner"].email}).json()
    assert found["valid"]
    assert [link["what"] for link in found["chain"]] == ["credential", "accreditation", "root"]
    forged = called(secret, "check", {"credential": credential | {"name": "Head of unit"}}).json()
    assert (forged["valid"], forged["problems"][0]["code"]) == (False, "signature-wrong")
    table = Client().get("/api/v1/academy/moves", headers={"Authorization": f"Bearer {secret}"}).json()["moves"]
    assert {Move(**each) for each in table} == life.MOVES.all


def test_tokens_of_another_scope_and_of_nobody() -> None:
    who = scene.scene()
    body = {"state": "certified", "reason": "because"}
    for path, asked, scope in (
        ("moves", None, "read"),
        ("check", {"credential": {}}, "read"),
        (f"candidacy/{uuid4()}/moves", body, "submit"),
    ):
        kept = {
            each: members.add_token(by=who.officer, name=each, scopes=[each]) for each in ("read", "submit", "export")
        }
        status = {each: asking(secret, path, asked).status_code for each, secret in kept.items()}
        others = {each for each in kept if each != scope}
        assert {each: status[each] for each in others} == dict.fromkeys(others, 403), path
        assert status[scope] in (200, 404), path
        assert asking("hc_never-made", path, asked).status_code == 401, path
