"""New crimes attached to their operation as they come, by what the last night found of their values.

Bounded: a few values of each crime, and few holders of each. Two operations are never made one here, nor is a crime
taken out of one; a crime that points to a second operation makes a suggestion, and the night decides.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from django.db.backends.utils import CursorWrapper

from hueandcry.exchange.statements import named
from hueandcry.linkage.operations import weights
from hueandcry.linkage.operations.options import OPTIONS
from hueandcry.linkage.operations.snapshot import KINDS
from hueandcry.linkage.words import TELLING

SQL = named(Path(__file__).parent / "sql" / "live.sql")
VALUES = 500  # of one report that are looked at
HOLDERS = 40  # observations of a value that the night does not know; more than so many tell nothing of anybody
VIA = 5
_LEAST_DOUBT = 1e-4


@dataclass(slots=True)
class _Crime:
    """What one crime points to: operations and single crimes, with the values and how sure each is."""

    hidden: bool = False
    operations: dict[int, dict[int, float]] = field(default_factory=lambda: defaultdict(dict))
    alone: dict[int, dict[int, float]] = field(default_factory=lambda: defaultdict(dict))


@dataclass(frozen=True, slots=True)
class _Told:
    """A value of a crime: its type's prior, and the night's probability and operation where it knows it."""

    crime: int
    hidden: bool
    observable: int
    day: date
    type: str
    prior: float
    strength: float | None
    operation: int | None


def attach(cursor: CursorWrapper, crimes: Sequence[int]) -> tuple[int, ...]:
    """Attach crimes that came or changed to their operations; gives those that joined one.

    As the linker, with the lock of ``crimes.writing`` held, inside the caller's transaction. Six statements at most,
    and one for each crime that joins.
    """
    if not crimes:
        return ()
    cursor.execute(SQL["gone"], {"crimes": list(crimes)})
    told = _told(cursor, crimes)
    cursor.execute(SQL["members"], {"crimes": list(crimes)})
    member = dict(cursor.fetchall())
    found = _pointed(cursor, told)
    joined = []
    for crime in sorted(found):
        joined += _settle(cursor, crime, found[crime], member)
    return tuple(joined)


def _told(cursor: CursorWrapper, crimes: Sequence[int]) -> list[_Told]:
    cursor.execute(
        SQL["told"],
        {"crimes": list(crimes), "values": VALUES, "telling": TELLING, "types": list(KINDS),
         "unknown": weights.ROLES["unknown"]},
    )  # fmt: skip
    return [_Told(*row) for row in cursor.fetchall()]


def _pointed(cursor: CursorWrapper, told: list[_Told]) -> dict[int, _Crime]:
    """What each crime points to, by values that the night knows, and by those it does not."""
    found: dict[int, _Crime] = defaultdict(_Crime)
    for one in told:
        found[one.crime].hidden = one.hidden
        if one.operation is not None and one.strength is not None and one.strength >= OPTIONS.weak:
            found[one.crime].operations[one.operation][one.observable] = one.strength
    fresh = [one for one in told if one.strength is None and one.prior >= OPTIONS.single]
    holders = _holders(cursor, sorted({one.observable for one in fresh}))
    for one in fresh:
        others = holders.get(one.observable, [])
        if len(others) >= HOLDERS:
            continue
        for crime, day, operation in others:
            if crime == one.crime or abs((day - one.day).days) > weights.rest(one.type):
                continue
            into = found[one.crime]
            (into.alone[crime] if operation is None else into.operations[operation])[one.observable] = one.prior
    return found


def _holders(cursor: CursorWrapper, observables: list[int]) -> dict[int, list[tuple[int, date, int | None]]]:
    if not observables:
        return {}
    cursor.execute(SQL["others"], {"observables": observables, "most": HOLDERS})
    found: dict[int, list[Any]] = defaultdict(list)
    for observable, crime, day, operation in cursor.fetchall():
        found[observable].append((crime, day, operation))
    return found


def _settle(cursor: CursorWrapper, crime: int, points: _Crime, member: dict[int, int]) -> list[int]:
    """Put one crime into the operation it points to most, or form one with another that is alone as well."""
    for other, values in points.alone.items():  # an operation that this round has formed
        if other in member:
            points.operations[member[other]].update(values)
    ranked = sorted(points.operations, key=lambda o: (-_sum(points.operations[o]), o))
    ranked = [o for o in ranked if _sum(points.operations[o]) >= _doubt(OPTIONS.single)]
    joined = []
    if crime not in member and ranked:
        joined = [_join(cursor, crime, ranked[0], points.operations[ranked[0]], member)]
    elif crime not in member and not points.hidden:
        joined = _formed(cursor, crime, points, member)
    for other in ranked:
        if crime in member and other != member[crime] and _sum(points.operations[other]) >= _doubt(OPTIONS.together):
            cursor.execute(
                SQL["suggest"],
                {"operation": member[crime], "other": other, "crime": crime, "shared": len(points.operations[other])},
            )
    return joined


def _formed(cursor: CursorWrapper, crime: int, points: _Crime, member: dict[int, int]) -> list[int]:
    """A new operation of this crime and the one it shares most with; nothing where it shares nothing."""
    alone = {other: values for other, values in points.alone.items() if other not in member}
    if not alone:
        return []
    other = min(alone, key=lambda o: (-_sum(alone[o]), o))
    if _sum(alone[other]) < _doubt(OPTIONS.single):
        return []
    cursor.execute(SQL["found"])
    operation = cursor.fetchone()[0]
    return [_join(cursor, one, operation, alone[other], member) for one in (other, crime)]


def _join(cursor: CursorWrapper, crime: int, operation: int, values: dict[int, float], member: dict[int, int]) -> int:
    best = sorted(values, key=lambda v: (-values[v], v))[:VIA]
    cursor.execute(
        SQL["join"],
        {"crime": crime, "operation": operation, "via": best, "weight": round(sum(values.values()), 4)},
    )
    member[crime] = operation
    return crime


def _sum(values: dict[int, float]) -> float:
    """Nats against all of these being chance."""
    return sum(map(_doubt, values.values()))


def _doubt(probability: float) -> float:
    return -math.log(max(_LEAST_DOUBT, 1 - probability))
