"""The alliance's agreement, read from agreement.md: a title, a version, and sections of points. No Django here."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("agreement.md")


@dataclass(slots=True)
class Section:
    """A heading and its points."""

    title: str
    points: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Text:
    """The whole agreement."""

    title: str = ""
    version: str = ""
    sections: list[Section] = field(default_factory=list)


def parse(text: str) -> Text:
    """Read the few marks the file uses: ``#`` title, ``Version``, ``##`` section, ``-`` point.

    Raises ValueError for any other line, so that nothing of an agreement is left out in silence.
    """
    made = Text()
    for line in filter(None, (each.strip() for each in text.splitlines())):
        if line.startswith("## "):
            made.sections.append(Section(line[3:]))
        elif line.startswith("# ") and not made.title:
            made.title = line[2:]
        elif line.startswith("Version ") and not made.version:
            made.version = line.removeprefix("Version ")
        elif line.startswith("- ") and made.sections:
            made.sections[-1].points.append(line[2:])
        else:
            raise ValueError(f"a line of the agreement that is neither heading nor point: {line[:60]!r}")
    return made


@cache
def current() -> Text:
    """The agreement that members accept now."""
    return parse(FILE.read_text(encoding="utf-8"))
