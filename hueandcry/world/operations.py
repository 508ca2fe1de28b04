"""Criminal operations: what they do, how they grow, fall to a takedown and come back with some of their means."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta
from typing import NamedTuple

from hueandcry.world import crimes, means, places
from hueandcry.world.countries import COUNTRIES, Country
from hueandcry.world.crimes import Crime, Speciality
from hueandcry.world.means import Value

# Crimes that share one value of a kind before the next is used.
PER_VALUE = {
    "domain": 8, "onion": 30, "ipv4": 14, "email": 9, "iban": 6, "phone": 11, "btc": 5, "eth": 12, "trx": 12,
    "sha256": 10, "telegram": 30,
}  # fmt: skip
# Means that may outlive a takedown: money and people are harder to replace than servers.
LASTING = ("iban", "btc", "eth", "trx", "phone", "telegram", "sha256")


class Phase(NamedTuple):
    """A stretch of activity between two takedowns, in days from the start of the world."""

    start: int
    end: int
    strength: float


class Operation(NamedTuple):
    """A group of criminals as it truly is."""

    id: str
    speciality: str
    base: str  # country where the mules and numbers come from
    targets: tuple[str, ...]
    weight: float
    phases: tuple[Phase, ...]
    kept: tuple[str, ...]  # kinds of value that go on after a takedown

    def activity(self, day: int) -> tuple[int, float]:
        """(number of the phase, strength) on a day; strength 0 when it rests. A phase grows for five weeks."""
        for number, phase in enumerate(self.phases):
            if phase.start <= day < phase.end:
                return number, self.weight * phase.strength * min(1.0, (day - phase.start + 7) / 42)
        return 0, 0.0


def operation(seed: int, number: int, days: int, lands: tuple[Country, ...]) -> Operation:
    """The operation of that number; the same seed gives the same one."""
    rng = random.Random(f"{seed}/operation/{number}")
    speciality = rng.choices(crimes.SPECIALITIES, [s.weight for s in crimes.SPECIALITIES])[0]
    weights = [c.weight for c in lands]
    targets = tuple(dict.fromkeys(c.code for c in rng.choices(lands, weights, k=rng.randint(1, 7))))
    return Operation(
        id=f"O{number:05d}",
        speciality=speciality.code,
        base=rng.choice(COUNTRIES).code,
        targets=targets,
        weight=rng.lognormvariate(0, 1.1),
        phases=_life(rng, days),
        kept=tuple(kind for kind in LASTING if rng.random() < 0.5),
    )


def _life(rng: random.Random, days: int) -> tuple[Phase, ...]:
    """From a start that may lie before the world's, through takedowns, to an end."""
    at = rng.randint(-120, days - 20)
    last = at + int(rng.lognormvariate(5.3, 0.7)) + 20
    strength = 1.0
    phases = []
    while at < last:
        end = min(last, at + rng.randint(40, 260))
        phases.append(Phase(at, end, strength))
        at = end + rng.randint(10, 60)
        strength *= rng.uniform(0.4, 0.9)
    return tuple(phases)


class Workshop:
    """Commits the crimes of all operations in the order of days, and remembers which means are in use."""

    def __init__(self, seed: int, start: date, lands: tuple[Country, ...]) -> None:
        self.seed = seed
        self.start = start
        self.lands = lands
        self.number = 0
        self._done: dict[tuple[str, int], int] = {}  # crimes so far by operation and phase (-1: all phases)
        self._values: dict[str, str] = {}  # values in use by their stream

    def commit(self, day: int, operation: Operation | None, phase: int) -> Crime:
        """One more crime, by an operation or by somebody alone."""
        self.number += 1
        rng = random.Random(f"{self.seed}/crime/{self.number}")
        if operation is None:
            speciality = rng.choices(crimes.SPECIALITIES, [s.weight for s in crimes.SPECIALITIES])[0]
            land = rng.choices(self.lands, [c.weight for c in self.lands])[0]
            harmed = crimes.victim(rng, speciality, (land.code,))
            values = self._alone(rng, speciality, harmed.country)
        else:
            speciality = crimes.BY_CODE[operation.speciality]
            harmed = crimes.victim(rng, speciality, operation.targets)
            values = self._shared(rng, speciality, operation, phase)
        # A stream of their own, so that what was drawn before these were thought of stays as it was.
        around = random.Random(f"{self.seed}/crime/{self.number}/victim")
        harmed = harmed._replace(postal=places.postal_code(around, harmed.country))
        on, lost = self.start + timedelta(days=day), crimes.loss(rng, speciality, harmed.size)
        return Crime(
            id=f"C{self.number:07d}",
            operation=operation.id if operation else "",
            speciality=speciality.code,
            day=on,
            victim=harmed,
            loss=lost,
            values=values,
            reference=crimes.reference(around, harmed.country, on),
        )

    def _alone(self, rng: random.Random, speciality: Speciality, country: str) -> tuple[Value, ...]:
        def fresh(kind: str, nth: int) -> str:
            return means.make(kind, f"{self.seed}/alone/{self.number}/{kind}/{nth}", country)

        return _values(rng, speciality, fresh)

    def _shared(
        self, rng: random.Random, speciality: Speciality, operation: Operation, phase: int
    ) -> tuple[Value, ...]:
        def current(kind: str, nth: int) -> str:
            era = -1 if kind in operation.kept else phase
            used = self._done.get((operation.id, era), 0) // PER_VALUE[kind]
            index = max(0, used - rng.choices((0, 1, 2, 5), (65, 20, 10, 5))[0]) * 3 + nth  # old means come up again
            name = f"{self.seed}/{operation.id}/{era}/{kind}/{index}"
            if name not in self._values:
                self._forget()
                self._values[name] = means.make(kind, name, operation.base)
            return self._values[name]

        values = _values(rng, speciality, current)
        for era in (-1, phase):
            self._done[operation.id, era] = self._done.get((operation.id, era), 0) + 1
        return values

    def _forget(self) -> None:
        """Keep the store of values small; what is dropped is made again from its stream, the same."""
        if len(self._values) > 50_000:
            for name in list(self._values)[:25_000]:
                del self._values[name]


def _values(rng: random.Random, speciality: Speciality, give: Callable[[str, int], str]) -> tuple[Value, ...]:
    found: list[Value] = []
    counts: dict[str, int] = {}
    site = ""
    for kind, share in speciality.means:
        if rng.random() >= share:
            continue
        if kind == "url":
            if site:
                found.append(
                    Value("url", f"https://{site}/{rng.choice(_PATHS)}{rng.choice('abcdef')}{rng.randrange(9)}")
                )
            continue
        nth = counts.get(kind, 0)
        counts[kind] = nth + 1
        value = give(kind, nth)
        site = value if kind == "domain" else site
        found.append(Value(kind, value, "mule" if kind == "iban" else "attacker"))
    return tuple(found)


_PATHS = ("login/", "pay/", "verify?id=", "track/", "invest/", "c/", "doc/")
