"""An element with its way from the root, so that whatever is found can be found again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from hueandcry.capacity.register.iati_xml import Node


@dataclass(frozen=True, slots=True)
class At:
    """``path``: as in XPath, /iati-activities/iati-activity[1]/result[2]."""

    node: Node
    path: str

    def __str__(self) -> str:
        return f"line {self.node.line}: {self.path}"

    def attribute(self, name: str) -> str:
        """The place of one of its attributes."""
        return f"{self}/@{name}"

    def get(self, name: str) -> str:
        """An attribute without spaces around it; "" where there is none."""
        return self.node.get(name)

    def has(self, name: str) -> bool:
        """Whether the attribute stands there, be it empty."""
        return name in self.node.attributes

    def each(self, *way: str) -> Iterator[At]:
        """What stands at the end of a way of tags: ``each("transaction", "sector")``."""
        if not way:
            yield self
            return
        for number, child in enumerate(self.node.each(way[0]), start=1):
            yield from At(child, f"{self.path}/{way[0]}[{number}]").each(*way[1:])

    def first(self, *way: str) -> At | None:
        """The first of ``each``."""
        return next(self.each(*way), None)

    def walk(self) -> Iterator[At]:
        """It and all that is within it, in the order of the file."""
        yield self
        seen: Counter[str] = Counter()
        for child in self.node.children:
            seen[child.tag] += 1
            yield from At(child, f"{self.path}/{child.tag[:60]}[{seen[child.tag]}]").walk()
