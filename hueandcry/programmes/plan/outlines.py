"""What a draft begins with, what appraisers are asked, by what an evaluation judges: out of ``outlines.toml``. Pure."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class Outline:
    """Of a kind of programme: texts with places to fill in, milestones (title, share of the time), risks."""

    title: str
    objective: str
    theory: str
    milestones: tuple[tuple[str, float], ...]
    risks: tuple[Mapping[str, Any], ...]

    def filled(self, **told: str) -> tuple[str, str, str]:
        """Title, objective and theory of change with these words in their places."""
        return self.title.format(**told), self.objective.format(**told), self.theory.strip().format(**told)


@cache
def _told() -> dict[str, Any]:
    return tomllib.loads((files(__package__) / "outlines.toml").read_text(encoding="utf-8"))


def outline(kind: str) -> Outline:
    """The outline of an NCAP or an ICAP. Raises KeyError."""
    told, texts = _told(), _told()[kind]
    return Outline(
        texts["title"],
        texts["objective"],
        texts["theory"],
        tuple((each["title"], each["at"]) for each in told["milestones"]),
        tuple(told["risks"]),
    )


def questions() -> dict[str, str]:
    """What an appraiser answers, by key."""
    return {each["key"]: each["text"] for each in _told()["questions"]}


def criteria() -> dict[str, str]:
    """By what an evaluation judges, by key (OECD/DAC 2019)."""
    return {each["key"]: each["text"] for each in _told()["criteria"]}
