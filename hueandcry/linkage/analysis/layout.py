"""Where the things of a graph stand: near what they are tied to. Pure; igraph does the work.

Deterministic: the same ties give the same places, on the page and in a PDF, today and tomorrow. Each component is laid
out by itself (Kamada and Kawai 1989, from a circle: 25 ms for 400 nodes), and the components are packed in rows, the
largest first.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import igraph

WIDE = 1.7  # breadth of the whole to its height, as the frames it is drawn in
APART = 34.0  # between two neighbours
FEW, MARGIN = 0.02, 0.15  # the outermost, of all; how far beyond the rest they stand at most, of its breadth

Place = tuple[float, float]


@lru_cache(maxsize=64)
def places(nodes: int, edges: tuple[tuple[int, int], ...]) -> tuple[Place, ...]:
    """A place for each of ``nodes`` things, numbered from 0, with these ties between them; units are pixels or so."""
    if not nodes:
        return ()
    import igraph  # here: most pages of a process draw no graph

    whole = igraph.Graph(nodes, list(edges))
    found: list[Place] = [(0.0, 0.0)] * nodes
    parts = sorted((list(part) for part in whole.connected_components()), key=lambda part: (-len(part), part[0]))
    boxes = [_component(whole.induced_subgraph(part)) for part in parts]
    for part, box, (left, top) in zip(parts, boxes, _packed([_size(box) for box in boxes]), strict=True):
        for node, (x, y) in zip(part, box, strict=True):
            found[node] = (left + x, top + y)
    return tuple(found)


def _component(part: igraph.Graph) -> list[Place]:
    n = part.vcount()
    if n == 1:
        return [(APART / 2, APART / 2)]
    start = [
        [math.cos(2 * math.pi * i / n) * n, math.sin(2 * math.pi * i / n) * n] for i in range(n)
    ]  # a circle: nothing is left to chance
    laid = part.layout_kamada_kawai(maxiter=min(1500, 10 * n), seed=start)
    return _scaled([(float(x), float(y)) for x, y in laid], n)


def _scaled(laid: Sequence[Place], n: int) -> list[Place]:
    """Into a box as large as so many things need, and as wide as WIDE."""
    xs, ys = _drawn_in([x for x, _ in laid]), _drawn_in([y for _, y in laid])
    height = APART * max(1.0, math.sqrt(n / WIDE)) * 1.5
    wide, high = height * (WIDE if n > 2 else 1.0), height if n > 2 else APART
    across, down = (min(xs), max(xs)), (min(ys), max(ys))
    return [(APART + wide * _part(x, *across), APART + high * _part(y, *down)) for x, y in zip(xs, ys, strict=True)]


def _drawn_in(along: Sequence[float]) -> list[float]:
    """Places along one side, of which a few that stand far out come nearer: one would press all others together."""
    ordered, out = sorted(along), int(len(along) * FEW)
    low, high = ordered[out], ordered[-1 - out]
    margin = MARGIN * (high - low)
    return [min(high + margin, max(low - margin, each)) for each in along] if high > low else list(along)


def _part(value: float, low: float, high: float) -> float:
    return (value - low) / (high - low) if high > low else 0.5


def _size(box: Sequence[Place]) -> Place:
    return max(x for x, _ in box) + APART, max(y for _, y in box) + APART


def _packed(sizes: Sequence[Place]) -> list[Place]:
    """The upper left corner of each box, in rows of about the same breadth, given largest first."""
    breadth = max(max(w for w, _ in sizes), math.sqrt(sum(w * h for w, h in sizes) * WIDE))
    corners: list[Place] = []
    left = top = high = 0.0
    for w, h in sizes:
        if left and left + w > breadth:
            left, top, high = 0.0, top + high, 0.0
        corners.append((left, top))
        left, high = left + w, max(high, h)
    return corners
