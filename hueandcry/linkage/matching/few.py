"""Facts of few reports made ready in Python: what ``prepared.prepare`` makes of many, without an engine.

    records = ready(facts, about={42})    # facts as mappings, by the columns of linkage_fact

Starting an engine's statement takes longer than comparing one report with what is near it. This says in Python what
``prepared.sql`` says in SQL: who changes one changes the other, and a test holds both against each other. Keys by which
records meet are tuples here and hashes there; nothing but their being equal counts.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, TypeAlias

from hueandcry.linkage.matching.prepared import (
    BLOCK,
    CROWD,
    DAYS,
    KINDS,
    PLACE_DAYS,
    RATES,
    SUM_DAYS,
    SUM_WIDTH,
    TIERS,
)

Fact: TypeAlias = Mapping[str, Any]
Key: TypeAlias = tuple[Any, ...]

_FIRST = date(2000, 1, 1).toordinal()
_TAKEN = ("report", "organisation", "leaf", "source_kind", "classes", "labels", *KINDS)
_SAID = ("country", "reference", "sector", "size")  # "" is not told
READ = tuple(dict.fromkeys((*_TAKEN, *_SAID, "area", "occurred", "reported", "amount", "currency")))  # of a fact


def ready(facts: Sequence[Fact], *, about: Collection[int] | None = None) -> list[dict[str, Any]]:
    """What ``reports.SETTINGS`` compares, a record for each fact, in the order given.

    ``about``: reports of which each pair shall have one. What none of these holds is then left out of ``shared`` and
    what follows from it: it makes no difference to such a pair.
    """
    told = [(fact["occurred"] or fact["reported"]).toordinal() - _FIRST for fact in facts]
    values = [frozenset().union(*(fact[kind] for kind in KINDS)) for fact in facts]
    if about is not None:
        asked = frozenset().union(*(v for fact, v in zip(facts, values, strict=True) if fact["report"] in about))
        values = [held & asked for held in values]
    worth = [_worth(fact) for fact in facts]
    sums = [_sums(fact, day, one) for fact, day, one in zip(facts, told, worth, strict=True)]
    places = [_places(fact, day) for fact, day in zip(facts, told, strict=True)]
    rare = _rare(facts, values, told)
    meeting = _meeting(facts, (*sums, *places))
    made = []
    for fact, day, one, own, kept, by_sum, by_place in zip(facts, told, worth, values, rare, sums, places, strict=True):
        record = {name: fact[name] for name in _TAKEN} | {name: fact[name] or None for name in _SAID}
        paid = fact["amount"] is not None and fact["amount"] > 0
        record["day"] = None if fact["occurred"] is None else day
        record["amount"] = fact["amount"] if paid else None
        record["currency"] = (fact["currency"] or None) if paid else None
        record["worth"] = one
        record["area"] = f"{fact['country']} {fact['area']}" if fact["area"] and fact["country"] else None
        record |= _held(kept, own, day)
        record["sums"] = [key for key in by_sum if fact["leaf"] in meeting.get(key, ())]
        record["places"] = [key for key in by_place if fact["leaf"] in meeting.get(key, ())]
        made.append(record)
    return made


def _held(kept: Mapping[int, tuple[int, int]], own: Iterable[int], day: int) -> dict[str, Any]:
    """The values that may tie, by how many held them in those weeks, and the keys by which they make reports meet."""
    shared = sorted(value for value in own if value in kept)
    record: dict[str, Any] = {"shared": shared}
    for tier in TIERS:
        record[f"within_{tier}"] = [value for value in shared if kept[value][0] <= tier]
    bucket = _part(day, DAYS)
    record["near"] = [(value, bucket + n) for value in shared if kept[value][1] > 1 for n in (0, 1)]
    return record


def _rare(
    facts: Sequence[Fact], values: Sequence[Collection[int]], told: Sequence[int]
) -> list[dict[int, tuple[int, int]]]:
    """By fact, of each value that no crowd holds: how many reports hold it within three weeks, and within five."""
    weeks = [_part(day, 7) for day in told]
    seen: Counter[tuple[int, int]] = Counter()
    every: Counter[tuple[int, int]] = Counter()
    for fact, held, week in zip(facts, values, weeks, strict=True):
        keys = [(value, week) for value in held]
        every.update(keys)
        if not fact["leaf"]:
            seen.update(keys)
    counted: dict[tuple[int, int], tuple[int, int]] = {}
    found = []
    for fact, held, week in zip(facts, values, weeks, strict=True):
        kept = {}
        for value in held:
            if (value, week) not in counted:
                counted[value, week] = (
                    sum(seen[value, week + n] for n in (-1, 0, 1)), sum(every[value, week + n] for n in range(-2, 3)),
                )  # fmt: skip
            crowd, around = counted[value, week]
            if crowd + fact["leaf"] <= CROWD:
                kept[value] = (crowd + int(fact["leaf"]), around)
        found.append(kept)
    return found


def _worth(fact: Fact) -> float | None:
    """The sum in euros, as a natural logarithm; None where there is none or its currency is not known."""
    rate = RATES.get(fact["currency"])
    amount = fact["amount"]
    return math.log(amount / rate) if rate and amount is not None and amount > 0 else None


def _sums(fact: Fact, day: int, worth: float | None) -> list[Key]:
    if worth is None or not fact["country"]:
        return []
    return [
        (
            fact["country"], i // 4, math.floor(worth / (SUM_WIDTH if i < 4 else SUM_WIDTH / 8)) + i // 2 % 2,
            _part(day, SUM_DAYS if i < 4 else PLACE_DAYS) + i % 2,
        )
        for i in range(8)
    ]  # fmt: skip


def _places(fact: Fact, day: int) -> list[Key]:
    if not (fact["area"] and fact["country"]):
        return []
    return [(fact["country"], fact["area"], _part(day, PLACE_DAYS) + i) for i in range(2)]


def _meeting(facts: Sequence[Fact], keyed: Sequence[Sequence[Key]]) -> dict[Key, tuple[bool, ...]]:
    """Keys of sums and places by which records meet, with whom they bring together: open ones (False), hidden ones
    (True). Hidden ones do not count for others; a key that too many hold, or one alone, brings nothing together."""
    every: Counter[Key] = Counter()
    hidden: Counter[Key] = Counter()
    for at, keys in enumerate(keyed):
        every.update(keys)
        if facts[at % len(facts)]["leaf"]:
            hidden.update(keys)
    found = {}
    for key, held in every.items():
        if held > 1:
            found[key] = tuple(leaf for leaf, many in ((False, held - hidden[key]), (True, held)) if many <= BLOCK)
    return found


def _part(day: int, width: int) -> int:
    """The bucket of a day; towards nought, as DuckDB divides whole numbers."""
    return day // width if day >= 0 else -(-day // width)
