"""What ties the crimes of an operation together, as far as the viewer sees it: the graph, and why a crime is in it."""

from __future__ import annotations

import heapq
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from hueandcry.linkage.operations import queries
from hueandcry.linkage.operations.shown import CrimeLine, Edge, Graph, Holder, Means, Node, NodeKind, Step
from hueandcry.members.viewer import Viewer

NODES = 500  # what a browser draws smoothly
HOLDINGS = 40_000  # crime and value together that are looked at
MEANS = 10_000


@dataclass
class _Seen:
    """The visible part of an operation: crimes, values, and which crime holds which value."""

    crimes: dict[int, CrimeLine]
    values: dict[int, Means]
    holders: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))  # value -> crimes
    held: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))  # crime -> values
    told_by: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))  # crime -> organisations

    def weight(self, value: int) -> float:
        """How telling a shared value is: that of its type, falling with the crimes that hold it; 0: it is alone."""
        n = len(self.holders[value])
        return self.values[value].weight / math.log(1 + n) if n > 1 else 0.0


def graph(viewer: Viewer, operation: int, *, most: int = NODES, holders: Sequence[Holder] | None = None) -> Graph:
    """The visible graph of an operation, of at most ``most`` nodes; what ties least is folded away and counted.

    Crimes hang on the values they share, organisations on the crimes they reported. Values that one crime alone holds
    tie nothing and are folded first. Four queries, three for whoever has read the ``holders`` already.
    """
    seen = _seen(viewer, operation)
    organisations = {one.id: one for one in (queries.holders(viewer, operation) if holders is None else holders)}
    shared = sorted((v for v in seen.values if len(seen.holders[v]) > 1), key=lambda v: _rank(seen, v))
    room = max(0, most - min(len(organisations), most // 10))
    values = shared[: max(0, max(room * 2 // 5, room - len(seen.crimes)))]
    crimes = sorted(seen.crimes, key=lambda c: (-_tied(seen, c, set(values)), -c))[: room - len(values)]
    bodies = list(organisations)[: most - len(values) - len(crimes)]
    nodes = [_crime_node(seen.crimes[c], _tied(seen, c, set(shared))) for c in crimes]
    nodes += [_value_node(seen.values[v], seen.weight(v)) for v in values]
    for one in (organisations[b] for b in bodies):
        nodes.append(Node(f"o{one.id}", "organisation", one.id, one.name, one.kind, float(one.crimes)))
    drawn, kept = set(crimes), set(bodies)
    edges = [Edge(f"c{c}", f"v{v}", seen.weight(v)) for v in values for c in seen.holders[v] if c in drawn]
    edges += [Edge(f"o{o}", f"c{c}", 0.0) for c in crimes for o in sorted(seen.crimes[c].organisations) if o in kept]
    folded: dict[NodeKind, int] = {
        "crime": len(seen.crimes) - len(crimes),
        "value": len(seen.values) - len(values),
        "organisation": len(organisations) - len(bodies),
    }
    return Graph(nodes, edges, folded)


def evidence(
    viewer: Viewer, operation: int, crime: int, *, most: int = 20, crimes: Sequence[CrimeLine] | None = None
) -> list[Step]:
    """Why a crime is in the operation: the values that it shares with other crimes that the viewer sees, the most
    telling first, each with the nearest of these crimes in time. Empty: it is tied by what others hold. Three queries,
    two for whoever has read the ``crimes`` already."""
    seen = _seen(viewer, operation, crimes)
    if crime not in seen.crimes:
        return []
    values = sorted((v for v in seen.held[crime] if len(seen.holders[v]) > 1), key=lambda v: _rank(seen, v))
    return [_step(seen, crime, v, None) for v in values[:most]]


def path(viewer: Viewer, operation: int, start: int, goal: int) -> list[Step]:
    """The most telling chain of values and crimes from one crime of an operation to another, only through what the
    viewer sees. Empty where there is none (what ties them is held by others), or where both are one.

    Dijkstra's algorithm with the cost 1 / weight of each value passed.
    """
    seen = _seen(viewer, operation)
    cost, came = {start: 0.0}, dict[int, tuple[int, int]]()
    queue = [(0.0, start)]
    while queue and goal in seen.crimes and start in seen.crimes:
        far, at = heapq.heappop(queue)
        if at == goal:
            break
        for value, other in _next(seen, at, far, cost):
            cost[other] = far + 1 / seen.weight(value)
            came[other] = (at, value)
            heapq.heappush(queue, (cost[other], other))
    steps: list[Step] = []
    while goal in came:
        before, value = came[goal]
        steps.append(_step(seen, before, value, goal))
        goal = before
    return steps[::-1]


def _next(seen: _Seen, at: int, far: float, cost: dict[int, float]) -> Iterable[tuple[int, int]]:
    for value in seen.held[at]:
        weight = seen.weight(value)
        if weight:
            for other in seen.holders[value]:
                if far + 1 / weight < cost.get(other, math.inf):
                    yield value, other


def _seen(viewer: Viewer, operation: int, crimes: Sequence[CrimeLine] | None = None) -> _Seen:
    seen = _Seen(
        {one.id: one for one in (queries.crimes(viewer, operation) if crimes is None else crimes)},
        {one.id: one for one in queries.infrastructure(viewer, operation, most=MEANS)},
    )
    pairs = Counter[tuple[int, int]]()
    for crime, value, organisation in queries.holdings(viewer, operation, values=list(seen.values), most=HOLDINGS):
        if crime in seen.crimes and value in seen.values:
            pairs[crime, value] += 1
            seen.told_by[crime].add(organisation)
    for crime, value in pairs:
        seen.holders[value].append(crime)
        seen.held[crime].append(value)
    return seen


def _rank(seen: _Seen, value: int) -> tuple[float, int, str]:
    return (-seen.weight(value), -len(seen.holders[value]), seen.values[value].value)


def _tied(seen: _Seen, crime: int, values: set[int]) -> float:
    return sum(seen.weight(v) for v in seen.held[crime] if v in values)


def _step(seen: _Seen, at: int, value: int, to: int | None) -> Step:
    here = seen.crimes[at].day
    near = [c for c in seen.holders[value] if c != at]
    other = to if to is not None else min(near, key=lambda c: (abs((seen.crimes[c].day - here).days), c))
    return Step(seen.values[value], seen.crimes[other], len(near) - 1)


def _crime_node(crime: CrimeLine, weight: float) -> Node:
    return Node(
        f"c{crime.id}",
        "crime",
        crime.id,
        crime.title,
        crime.main_class,
        weight,
        reference=crime.reference,
        day=crime.day,
    )


def _value_node(value: Means, weight: float) -> Node:
    return Node(f"v{value.id}", "value", value.id, value.value, value.type, weight, day=value.last)
