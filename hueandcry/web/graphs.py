"""What a graph says, apart from how it is drawn: nodes of a few groups, ties between them, what was folded. No Django.

A view builds a ``Graph``; ``{% graph that %}`` writes it as a table (works without scripts, is what a screen reader
gets) and, beside it, as the JSON that scripts/charts/graph.js draws. Places are computed beforehand, on the server: the
same things stand at the same places tomorrow, in the page and in a PDF, and the browser has nothing to settle.

    Graph(
        id="means", title="What ties these crimes together",
        groups=[Group("crime", "Crimes", "circle", 1), Group("value", "Values", "diamond", 2)],
        nodes=[Node("c1", "False invoice", "crime", 0.0, 0.0), Node("v1", "PT50 …", "value", 1.0, 0.5)],
        edges=[Edge("c1", "v1", 3.2, "names it")],
        source="Reports that you may see", method="…",
    )
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any, Literal

Shape = Literal["circle", "diamond", "rect", "triangle", "roundRect", "pin"]

MAX_NODES = 500  # what stays smooth to drag in a browser; whoever builds the graph folds the rest and says so
MAX_GROUPS = 7  # look.md: at most seven categories
SMALLEST, LARGEST = 9, 34  # pixels across


class BadGraphError(ValueError):
    """The graph contradicts itself; the message says where. A mistake of the program, never of the data."""


@dataclass(frozen=True, slots=True)
class Group:
    """Nodes of one kind: told apart by shape and by colour, so that either alone is enough."""

    key: str
    label: str
    shape: Shape
    colour: int  # 1 to 7: --cat-1 to --cat-7 of the style sheet


@dataclass(frozen=True, slots=True)
class Node:
    """One thing at its place; ``size`` is 0 to 1, ``detail`` stands beside the label, ``url`` is where a click goes."""

    id: str
    label: str
    group: str
    x: float
    y: float
    size: float = 0.0
    url: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Edge:
    """Two nodes that belong together; the greater the weight the wider the line."""

    source: str
    target: str
    weight: float = 1.0
    label: str = ""


@dataclass(frozen=True, slots=True)
class Graph:
    """One graph. ``folded`` says in a sentence what is not drawn; empty where all is."""

    id: str
    title: str
    groups: Sequence[Group]
    nodes: Sequence[Node]
    edges: Sequence[Edge]
    source: str
    method: str
    folded: str = ""
    note: str = ""  # one sentence: what to see in it
    csv_url: str = ""

    def __post_init__(self) -> None:
        _check(self)

    def spec(self) -> dict[str, Any]:
        """All that the drawing needs, as JSON: nodes as arrays, for there are many; edges name nodes by number."""
        at = {node.id: number for number, node in enumerate(self.nodes)}
        groups = {group.key: number for number, group in enumerate(self.groups)}
        most = max((edge.weight for edge in self.edges), default=1.0)
        return {
            "kind": "graph",
            "title": self.title,
            "unit": "",
            "groups": [{"label": g.label, "shape": g.shape, "colour": g.colour} for g in self.groups],
            "rows": [
                [n.label, groups[n.group], round(n.x, 1), round(n.y, 1), pixels(n.size), n.detail] for n in self.nodes
            ],
            "edges": [[at[e.source], at[e.target], round(width(e.weight, most), 2), e.label] for e in self.edges],
            "links": [n.url for n in self.nodes],
        }

    def ties(self) -> dict[str, int]:
        """How many edges each node has."""
        found = dict.fromkeys((node.id for node in self.nodes), 0)
        for edge in self.edges:
            found[edge.source] += 1
            found[edge.target] += 1
        return found


def pixels(size: float) -> int:
    """How large a node of this size is drawn, in pixels across; its area grows with ``size``."""
    return round(SMALLEST + (LARGEST - SMALLEST) * float(min(1.0, max(0.0, size)) ** 0.5))


def width(weight: float, most: float) -> float:
    """How wide an edge of this weight is drawn, in pixels: 0.6 to 4."""
    return 0.6 + 3.4 * min(1.0, max(0.0, weight / most)) if most > 0 else 0.6


def _check(graph: Graph) -> None:
    if len(graph.nodes) > MAX_NODES:
        raise BadGraphError(f"{graph.id}: {len(graph.nodes)} nodes; fold all but {MAX_NODES}, and say so")
    groups = {group.key for group in graph.groups}
    if len(groups) != len(graph.groups) or len(groups) > MAX_GROUPS:
        raise BadGraphError(f"{graph.id}: groups need keys of their own, and there are at most {MAX_GROUPS}")
    ids = {node.id for node in graph.nodes}
    if len(ids) != len(graph.nodes):
        raise BadGraphError(f"{graph.id}: two nodes carry one id")
    for node in graph.nodes:
        if node.group not in groups:
            raise BadGraphError(f"{graph.id}: {node.id} is of the group {node.group!r}, which is none")
        if not (isfinite(node.x) and isfinite(node.y)):
            raise BadGraphError(f"{graph.id}: {node.id} has no place")
    for edge in graph.edges:
        if edge.source not in ids or edge.target not in ids:
            raise BadGraphError(f"{graph.id}: {edge.source} to {edge.target}: an end of it is no node")
