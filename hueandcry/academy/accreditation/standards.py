"""The published standards that providers, courses and examiners are assessed against: read from a file. Pure."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("standards.toml")


@dataclass(frozen=True, slots=True)
class Standard:
    """A standard: its code with version, and what it requires, by number."""

    code: str
    title: str
    requirements: dict[str, str]


@cache
def standards() -> dict[str, Standard]:
    """By kind of what is accredited."""
    told = tomllib.loads(FILE.read_text(encoding="utf-8"))
    version = told.pop("version")
    return {kind: Standard(f"{kind} {version}", each["title"], each["requirements"]) for kind, each in told.items()}
