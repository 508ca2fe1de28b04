"""What a round's ballots give, as it is frozen: orders by chamber, the common order, what is adopted. Pure.

Nobody speaks for a chamber that did not: where one of a round's chambers has no ballot, the orders of the others are
published and nothing is adopted.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from hueandcry.capacity.priorities.chambers import Ballot, Result, agreed, leaving


def digest(ballots: Sequence[tuple[str, Mapping[str, Any], Mapping[str, Any]]]) -> str:
    """SHA-256 over the ballots (chamber, ranks, opinions) in an order that does not depend on who asks."""
    lines = sorted(json.dumps(each, sort_keys=True, separators=(",", ":")) for each in ballots)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def counted(
    ballots: Sequence[tuple[str, Mapping[str, Any], Mapping[str, Any]]], numbers: Sequence[int], *,
    chambers: Sequence[str], members: Mapping[str, int], top: int, seed: int = 0,
) -> dict[str, Any]:  # fmt: skip
    """The result of a round as JSON. ``numbers``: the standing proposals; what a ballot says of others is not read."""
    place = {str(number): n for n, number in enumerate(numbers)}
    cast = [
        Ballot(f"{n:05d}", chamber, _ranks(ranks, place), _opinions(opinions, place))
        for n, (chamber, ranks, opinions) in enumerate(sorted(ballots, key=repr)) if chamber in chambers
    ]  # fmt: skip
    found = agreed(cast, len(numbers), members=members, seed=seed)
    silent = [each for each in chambers if each not in {held.name for held in found.chambers}]
    first = [] if silent else _first(found, top)
    gone = leaving(cast, len(numbers), top=top, seed=seed) if cast else []
    moving = sorted({n for each in gone for n in (*each.came, *each.went)})
    return {
        "order": [[numbers[n] for n in level] for level in found.levels] if cast else [],
        "adopted": [numbers[n] for n in first],
        "silent": silent,
        "chambers": [
            {
                "chamber": each.name, "voted": each.voted, "members": each.members or 0,
                "order": [[numbers[n] for n in level] for level in each.order.levels],
                "places": {str(numbers[n]): round(at, 6) for n, at in enumerate(found.places[each.name])},
            }
            for each in found.chambers
        ],
        "consensus": {str(numbers[n]): round(float(at), 6) for n, at in enumerate(found.opinions.consensus)}
        if found.opinions else {},
        "groups": _groups(found, numbers),
        "dissent": [
            {"chamber": each.chamber, "number": numbers[each.option], "place": round(each.place, 6)}
            for each in found.dissent
        ],
        "sensitivity": {"voters": len(cast), "matter": len(gone), "first": sum(each.first_changes for each in gone),
                        "moving": [numbers[n] for n in moving]},
    }  # fmt: skip


def _ranks(told: Mapping[str, Any], place: Mapping[str, int]) -> dict[int, int]:
    return {place[k]: v for k, v in told.items() if k in place and type(v) is int and 1 <= v <= 1_000}


def _opinions(told: Mapping[str, Any], place: Mapping[str, int]) -> dict[int, int]:
    return {place[k]: v for k, v in told.items() if k in place and type(v) is int and v in (-1, 0, 1)}


def _first(found: Result, top: int) -> list[int]:
    """The first so many, in their order, with all that are tied with the last of them."""
    held = found.top(top)
    return [option for level in found.levels for option in level if option in held]


def _groups(found: Result, numbers: Sequence[int]) -> list[dict[str, Any]]:
    """Opinion groups by size, and which proposals each agrees with; of fewer than three people nothing is told."""
    if found.opinions is None or found.opinions.number < 2:
        return []
    held = found.opinions
    sizes = [int((held.groups == g).sum()) for g in range(held.number)]
    return [
        {"people": size, "agrees": {str(numbers[n]): round(float(share), 3) for n, share in enumerate(held.agree[g])}}
        for g, size in enumerate(sizes) if size >= 3
    ]  # fmt: skip
