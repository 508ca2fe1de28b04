"""Treaties against cybercrime, their provisions, and where a country stands with each on a day. Pure.

Facts about the treaties are in treaties.toml, with sources. A country's standing is made of dated statements; rows are
only added or withdrawn, so that what was known on a past day is computed from the same rows.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from hueandcry.capacity.assessment.stages import end_of

SOURCE = Path(__file__).with_name("treaties.toml")
OF_TREATY = ("signed", "ratified", "in force", "denounced")
OF_PROVISION = ("in law", "not in law")
KINDS = ("offence", "procedure", "jurisdiction", "cooperation", "safeguard", "institution", "other")


@dataclass(frozen=True, slots=True)
class Provision:
    """One provision: what it asks of a country, and which provisions of other treaties ask the same."""

    id: str
    treaty: str
    article: str
    name: str
    kind: str
    asks: str
    same_as: tuple[str, ...] = ()
    unsure: bool = False


@dataclass(frozen=True, slots=True)
class Treaty:
    """One treaty; ``in_force`` is empty while it is not known to be."""

    id: str
    name: str
    short: str
    opened: date
    in_force: date | None
    depositary: str
    source: str
    provisions: tuple[Provision, ...]


@cache
def treaties() -> dict[str, Treaty]:
    """Every treaty by its id, in the order of the file."""
    read = tomllib.loads(SOURCE.read_text(encoding="utf-8"))["treaty"]
    return {row["id"]: _treaty(row) for row in read}


def _treaty(row: dict[str, Any]) -> Treaty:
    provisions = tuple(
        Provision(
            each["id"], row["id"], each["article"], each["name"], each["kind"], each["asks"],
            tuple(each.get("same_as", ())), bool(each.get("unsure", False)),
        )
        for each in row["provision"]
    )  # fmt: skip
    force = row.get("in_force")
    return Treaty(
        row["id"], row["name"], row["short"], date.fromisoformat(row["opened"]),
        date.fromisoformat(force) if force else None, row["depositary"], row["source"], provisions,
    )  # fmt: skip


@cache
def provisions() -> dict[str, Provision]:
    """Every provision by its id."""
    return {each.id: each for treaty in treaties().values() for each in treaty.provisions}


@dataclass(frozen=True, slots=True)
class Statement:
    """Somebody says what a country did with a treaty (``provision`` empty) or a provision, on a day, by a source."""

    key: int
    country: str
    treaty: str
    provision: str
    status: str
    day: date
    law: str
    note: str
    source: str
    recorded_at: datetime
    withdrawn_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a country stands with a treaty or provision on a day: the status that counts, since when, by which
    statement; all statements that were known; whether two of the same day contradict each other."""

    status: str
    since: date
    by: Statement
    said: tuple[Statement, ...]
    disputed: bool = False


def matrix(statements: Iterable[Statement], *, day: date) -> dict[tuple[str, str], Standing]:
    """By (country, treaty or provision) where it stands on a day by what was known at its end.

    The furthest step of a treaty counts (signed, ratified, in force), until it is denounced; of a provision the newest
    statement counts. What nobody has said is not in the answer: it is unknown, not “no”.
    """
    known = end_of(day)
    held: dict[tuple[str, str], list[Statement]] = {}
    for each in statements:
        gone = each.withdrawn_at is not None and each.withdrawn_at < known
        if each.recorded_at < known and not gone and each.day <= day:
            held.setdefault((each.country, each.provision or each.treaty), []).append(each)
    return {key: _standing(said) for key, said in held.items()}


def _standing(said: list[Statement]) -> Standing:
    said.sort(key=lambda each: (each.day, each.recorded_at, each.key))
    newest = said[-1]
    if newest.status in OF_PROVISION:
        same_day = {each.status for each in said if each.day == newest.day}
        return Standing(newest.status, newest.day, newest, tuple(said), len(same_day) > 1)
    left = [each for each in said if each.status == "denounced"]
    after = [each for each in said if not left or each.day > left[-1].day]
    if not after:
        return Standing("denounced", left[-1].day, left[-1], tuple(said))
    furthest = max(after, key=lambda each: (OF_TREATY.index(each.status), -each.day.toordinal()))
    return Standing(furthest.status, furthest.day, furthest, tuple(said))
