"""Blind match: the same as a plain intersection, and nothing else comes out; over files, and over HTTP with a token."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from hueandcry.audit.models import Act
from hueandcry.exchange.actions import Refused
from hueandcry.exchange.handling import Handling
from hueandcry.exchange.hits import actions_match, blind_match, budget
from hueandcry.exchange.models import LookupSpend
from hueandcry.members import actions as members
from hueandcry.members.models import Person
from hueandcry.project.commands.psi import psi
from tests import factory
from tests.exchange import send

TYPES = st.sampled_from(["domain-name", "iban", "text"])
PAIRS = st.lists(st.tuples(TYPES, st.text(min_size=1, max_size=20)), max_size=12)


@settings(max_examples=60, deadline=None)
@given(mine=PAIRS.filter(bool), theirs=PAIRS, mode=st.sampled_from(blind_match.MODES))
def test_it_is_the_intersection(mine: list[Any], theirs: list[Any], mode: str) -> None:
    asked, secret = blind_match.request(mine, mode=mode)
    outcome = blind_match.finish(blind_match.answer(blind_match.opened(asked), theirs), secret)
    shared = [pair for pair in dict.fromkeys(mine) if pair in set(theirs)]
    assert outcome.count == len(shared)
    assert outcome.values == (shared if mode == "elements" else None)


def test_a_thousand_against_ten_thousand() -> None:
    mine = [("domain-name", f"made-up-{n}.example") for n in range(1_000)]
    theirs = [("domain-name", f"made-up-{n}.example") for n in range(990, 10_990)]
    asked, secret = blind_match.request(mine, mode="elements")
    assert blind_match.finish(blind_match.answer(blind_match.opened(asked), theirs), secret).values == mine[990:]


def test_no_value_is_readable_on_the_way() -> None:
    values = [("domain-name", "telling-value.pt")]
    asked, secret = blind_match.request(values, mode="elements")
    answered = blind_match.answer(blind_match.opened(asked), [*values, ("domain-name", "another.pt")])
    for sent in (asked, answered):
        assert b"telling" not in sent
        assert b"another" not in sent
    again = blind_match.answer(blind_match.opened(asked), values)
    assert again != blind_match.answer(blind_match.opened(asked), values), "a key of its own for each answer"
    assert b"telling" in secret, "the secret stays with who asks"


def test_what_is_not_what_it_should_be() -> None:
    values = [("domain-name", "telling-value.pt")]
    asked, secret = blind_match.request(values)
    answered = blind_match.answer(blind_match.opened(asked), values)
    other, other_secret = blind_match.request([*values, ("domain-name", "another.pt")])
    elements = json.loads(blind_match.request(values, mode="elements")[0])
    for raw in (
        b"", b"{}", b"[]", b"\xff", secret, answered, b"[" * 100_000,
        json.dumps(json.loads(asked) | {"mode": "elements"}).encode(),
        json.dumps(json.loads(asked) | {"request": "***"}).encode(),
        json.dumps(json.loads(asked) | {"request": "AAAA"}).encode(),
        json.dumps(json.loads(asked) | {"types": "domain-name"}).encode(),
        json.dumps(elements | {"mode": "cardinality"}).encode(),
    ):  # fmt: skip
        with pytest.raises(blind_match.BlindMatchError):
            blind_match.opened(raw)
    points = blind_match._library().Request()
    points.encrypted_elements.append(b"no point on the curve")
    forged = json.dumps(json.loads(asked) | {"request": blind_match._text(points.SerializeToString())}).encode()
    with pytest.raises(blind_match.BlindMatchError):
        blind_match.answer(blind_match.opened(forged), values)
    for wrong in (asked, b"x", json.dumps(json.loads(answered) | {"setup": "AAAA"}).encode()):
        with pytest.raises(blind_match.BlindMatchError):
            blind_match.finish(wrong, secret)
    with pytest.raises(blind_match.BlindMatchError, match="another request"):
        blind_match.finish(answered, other_secret)
    assert blind_match.finish(blind_match.answer(blind_match.opened(other), values), other_secret).count == 1
    for too in ([], [("port", str(n)) for n in range(blind_match.MOST + 1)]):
        with pytest.raises(blind_match.BlindMatchError, match="from 1 to 10,000"):
            blind_match.request(too)
    with pytest.raises(blind_match.BlindMatchError, match="cardinality, elements"):
        blind_match.request(values, mode="all")


def test_without_the_library_the_error_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "private_set_intersection.python", None)
    with pytest.raises(blind_match.Missing, match=r"pip install hueandcry\[psi\]"):
        blind_match.request([("port", "1")])


# Over one's own reports


@pytest.fixture
def holder(database: Path) -> Person:
    person = factory.person(factory.organisation("Holder Bank"))
    for number, (value, more) in enumerate(
        {
            "found.pt": {},
            "named.pt": {"discoverability": "named"},
            "hidden.pt": {"discoverability": "hidden"},
            "red.pt": {"tlp": "RED", "discoverability": ""},
            "other-purpose.pt": {"purpose": ("prevention",)},
        }.items()
    ):
        handling = Handling(**({"tlp": "AMBER", "discoverability": "anonymous"} | more))  # type: ignore[arg-type]
        send.form(person, f"kept {number}", handling, known=value)
    elsewhere = factory.person(factory.organisation("Elsewhere"))
    send.form(elsewhere, "theirs", known="elsewhere.pt")
    return person


WANTED = [
    ("domain-name", name)
    for name in ("found.pt", "named.pt", "hidden.pt", "red.pt", "other-purpose.pt", "elsewhere.pt", "absent.pt")
]


def test_only_what_its_owner_lets_be_found_for_this_purpose(holder: Person) -> None:
    by = factory.as_viewer(holder)
    asked, secret = blind_match.request(WANTED, mode="elements")
    found = blind_match.finish(actions_match.answer(by=by, raw=asked, purpose="investigation"), secret)
    assert found.values == [("domain-name", "found.pt"), ("domain-name", "named.pt")]
    act = Act.objects.using("owner").get(verb="blind match")
    assert (act.count, act.detail["mode"], act.detail["held"]) == (7, "elements", 2)
    assert "found.pt" not in json.dumps(act.detail)
    spent = LookupSpend.objects.using("owner").get()
    assert (spent.door, spent.amount, spent.guessable) == ("psi", 7, 0)


def test_types_that_can_be_guessed_cost_as_guesses_and_no_lie_about_them_helps(holder: Person) -> None:
    by = factory.as_viewer(holder)
    numbers = [("phone-number", f"+35191{n * 7919:07}") for n in range(1_001)]
    send.form(holder, "a number", Handling(tlp="AMBER", discoverability="anonymous"), known=numbers[0][1])
    asked, _secret = blind_match.request(numbers)
    with pytest.raises(budget.OverBudget):
        actions_match.answer(by=by, raw=asked, purpose="investigation")
    lie = json.dumps(json.loads(asked) | {"types": ["domain-name"]}).encode()
    told = blind_match.finish(actions_match.answer(by=by, raw=lie, purpose="investigation"), _secret)
    assert told.count == 0


@pytest.mark.parametrize("roles", [("reader",), ("reporter",), ("integrator",)])
def test_who_may_not_answer(holder: Person, roles: tuple[str, ...]) -> None:
    asked, _secret = blind_match.request(WANTED)
    person = factory.person(holder.organisation, roles)
    with pytest.raises(Refused):
        actions_match.answer(by=factory.as_viewer(person), raw=asked, purpose="investigation")
    with pytest.raises(Refused):
        actions_match.answer(by=factory.as_viewer(holder), raw=asked, purpose="curiosity")


def post(secret: str, raw: bytes, query: str = "?purpose=investigation") -> Any:
    headers = {"Authorization": f"Bearer {secret}"} if secret else {}
    return Client().post("/node/v1/psi" + query, raw, content_type="application/json", headers=headers)


def test_over_http(holder: Person) -> None:
    by = factory.as_viewer(holder)
    secret = members.add_token(by=by, name="a node", scopes=("read",))
    submit = members.add_token(by=by, name="a sender", scopes=("submit",))
    asked, kept = blind_match.request(WANTED)
    answered = post(secret, asked)
    assert answered.status_code == 200, answered.content
    assert blind_match.finish(answered.content, kept) == blind_match.Outcome(2, None)
    assert post("", asked).status_code == 401
    assert post(submit, asked).status_code == 403
    assert post(secret, asked, "").status_code == 403
    assert post(secret, b"nonsense").status_code == 422
    assert post(secret, b"x" * (2 * 1024 * 1024 + 1)).status_code == 413
    assert Client().get("/node/v1/psi", headers={"Authorization": f"Bearer {secret}"}).status_code == 405
    numbers = [("phone-number", f"+35191{n * 7919:07}") for n in range(600)]
    assert post(secret, blind_match.request(numbers)[0]).status_code == 200
    over = post(secret, blind_match.request(numbers)[0])
    assert over.status_code == 429
    assert 0 < int(over.headers["Retry-After"]) <= 86_400


def test_by_files_on_the_command_line(holder: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from contextlib import nullcontext

    from hueandcry.project.commands import psi as commands

    monkeypatch.setattr(commands, "installation", nullcontext)  # the tests' own is running already
    monkeypatch.chdir(tmp_path)
    Path("values.txt").write_text("found.pt\nabsent.pt\nwhat is this\n")
    run = CliRunner().invoke
    asked = run(psi, ["request", "values.txt", "--output", "r.psi", "--secret", "s.psi", "--mode", "elements"])
    assert asked.exit_code == 0, asked.output
    assert "line 3 is no value and is left out: what is this" in asked.output
    assert Path("s.psi").stat().st_mode & 0o777 == 0o600
    answered = run(psi, ["answer", "r.psi", "--output", "a.psi", "--as", holder.email, "--purpose", "investigation"])
    assert answered.exit_code == 0, answered.output
    said = run(psi, ["finish", "a.psi", "--secret", "s.psi"])
    assert said.output.split("\n") == ["The other side holds 1 of the values.", "  domain-name found.pt", ""]
    told = json.loads(run(psi, ["finish", "a.psi", "--secret", "s.psi", "--json"]).output)
    assert told == {"count": 1, "values": [{"type": "domain-name", "value": "found.pt"}]}
    wrong = run(psi, ["finish", "r.psi", "--secret", "s.psi"])
    assert (wrong.exit_code, "no answer" in wrong.output) == (1, True)
