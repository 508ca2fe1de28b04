"""``hueandcry programmes allocate`` on files: what it prints, what it says of what is wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from hueandcry.project.cli import cli

PORTFOLIO: dict[str, Any] = {
    "funds": [{"id": "tulip", "amount": 100_000_00, "countries": ["KE", "MZ"]}, {"id": "core", "amount": 30_000_00}],
    "programmes": [
        {"id": "ncap-ke", "country": "KE", "year": 2027, "components": [
            {"id": "course", "cost": 60_000_00, "aspect": "4.3.a", "reduces": 0.5, "must": True},
            {"id": "laboratory", "cost": 40_000_00, "aspect": "4.3.a", "reduces": 0.5, "builds_on": ["course"]},
        ]},
        {"id": "ncap-gh", "country": "GH", "components": [
            {"id": "course", "cost": 50_000_00, "aspect": "4.3.b", "reduces": 1.0},
        ]},
    ],
    "needs": {"KE": 0.9, "GH": 0.3}, "priorities": {"4.3.b": 0.5},
}  # fmt: skip


def run(folder: Path, content: Any, *words: str) -> Result:
    path = folder / "portfolio.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return CliRunner().invoke(cli, ["programmes", "allocate", str(path), *words])


def test_it_chooses_and_says_why(tmp_path: Path) -> None:
    told = json.loads(run(tmp_path, PORTFOLIO, "--json", "--more", "2000000").output)
    assert (told["worth"], told["proven"], told["spent"], told["short"]) == (0.9, True, 100_000_00, {})
    assert [(each["programme"], each["component"]) for each in told["funded"]] == [
        ("ncap-ke", "course"), ("ncap-ke", "laboratory"),
    ]  # fmt: skip
    assert sum(each["left"] for each in told["left"]) == 30_000_00
    (refused,) = told["not_funded"]
    assert (refused["programme"], refused["why"]) == (
        "ncap-gh", "cannot be funded beside the floors, caps and capacities",
    )  # fmt: skip
    gained = {each["what"]: (each["worth"], each["comes"]) for each in told["more"]["buys"]}
    assert gained == {"core": (0.15, ["ncap-gh"]), "tulip": (0.0, [])}
    assert {each["what"]: each["comes"] for each in told["restrictions"]} == {"fund tulip: countries": []}
    words = run(tmp_path, PORTFOLIO).output
    assert "Worth 0.900 weighted stages for 10,000,000: no choice is better." in words
    assert "Funded: ncap-ke" in words


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"fund": []}, "fund: no such part"),
        ({"funds": [{"id": "a", "amount": 1.5}]}, "funds[0].amount: a whole number"),
        ({"funds": [{"id": "a", "amount": 1}, {"id": "a", "amount": 1}]}, "two have one key: fund a"),
        ({"needs": {"KE": 2}}, "needs.KE: a number from 0 to 1"),
        ({"programmes": [{"id": "p", "country": "KE", "components": []}]}, "programme p has no component"),
        ({"programmes": [{"id": "p", "country": "KE", "components": [{"id": "c", "cost": 1, "builds_on": ["d"]}]}]},
         "component c of p builds on d, which is no other of it"),
        ({"programmes": [{"id": "p", "country": "KE", "components": [{"id": "c", "kost": 1}]}]},
         "programmes[0].components[0].kost: no such field"),
        ("[1", "no JSON"),
        ("[]", "the file is no object"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_its_place(tmp_path: Path, change: Any, words: str) -> None:
    found = run(tmp_path, change if isinstance(change, str) else PORTFOLIO | change)
    assert found.exit_code == 2
    assert words in found.output


def test_a_file_that_is_not_there() -> None:
    found = CliRunner().invoke(cli, ["programmes", "allocate", "/nowhere/portfolio.json"])
    assert found.exit_code == 2
    assert "No such file" in found.output
