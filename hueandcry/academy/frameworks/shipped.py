"""The frameworks that come with the program: read once a process, from files beside this one."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from hueandcry.academy.frameworks.model import COMPETENCE, ROLE, Element, Framework, Relation, checked

OWN = "hueandcry-le"
FOLDER = Path(__file__).parent / "law_enforcement"
LEVELS = (4, 5, 6, 7)  # at which our own competences say what shows them
RELATIONS = ("equal", "part", "whole", "near")


@cache
def law_enforcement() -> Framework:
    """Our own, for law enforcement and the judiciary."""
    told = _file("framework.toml")
    competences = [
        Element(code, COMPETENCE, each["title"], each["statement"], each["area"],
                {level: each[f"l{level}"] for level in LEVELS})
        for code, each in _file("competences.toml").items()
    ]  # fmt: skip
    roles = [Element(code, ROLE, each["title"], each["text"], each["actor"]) for code, each in told["roles"].items()]
    relations = tuple(Relation(role, code, level) for role, each in told["roles"].items()
                      for code, level in each["wants"].items())  # fmt: skip
    return checked(
        Framework(
            told["code"], told["version"], told["title"], told["source"], told["language"],
            {**told["areas"], "law enforcement": "Law enforcement", "judiciary": "Judiciary"},
            (*roles, *competences), relations,
        )
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One of ours answers to one of another framework: how (``relation``, one of RELATIONS), and why."""

    own: str
    other: str
    relation: str
    reason: str


@cache
def crosswalk_to_nice() -> tuple[Line, ...]:
    """What of ours answers to what of NICE 2.0.0."""
    return tuple(Line(each["own"], each["other"], each["relation"], each["reason"])
                 for each in _file("nice.toml")["line"])  # fmt: skip


def _file(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))
