"""The simulated alliance: a world from a seed, the files its members send in, and the truth behind them.

Everything is drawn from ``random.Random`` streams named by purpose, so a world is the same on every machine and any
part of it can be made again by itself. The world goes day by day and holds only what is under way.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import Any, Literal, NamedTuple

from hueandcry.world import bundles, letters, organisations, reporters, tables
from hueandcry.world.crimes import SPECIALITIES
from hueandcry.world.operations import Operation, Workshop, operation
from hueandcry.world.organisations import Circle, Organisation, Person
from hueandcry.world.organisations import Size as Size  # part of this module's face
from hueandcry.world.reporters import Account, Desks

Format = Literal["csv", "stix", "misp", "text", "eml"]

DAYS = 730  # two years
UNTIL = date(2026, 11, 15)  # the demonstration's last day, where the caller names none
REPORTS: dict[Size, int] = {"small": 600, "demo": 20_000, "large": 1_000_000}
OPERATIONS: dict[Size, int] = {"small": 24, "demo": 260, "large": 4_000}
ALONE = 0.15  # share of crimes behind which no operation stands
ARRIVE = 0.985  # share of reports that arrive before the world ends; the others are still on their way
CORRECTED = 0.03  # share of reports that are later corrected or withdrawn
# Share of reports by TLP, and how widely each may be found by those who may not see it.
TLP = {"CLEAR": 0.10, "GREEN": 0.45, "AMBER": 0.25, "AMBER+STRICT": 0.12, "RED": 0.08}
_FOUND = {"CLEAR": "named", "GREEN": "named", "AMBER": "anonymous", "AMBER+STRICT": "anonymous", "RED": "hidden"}
WAIT = (45, 120)  # days after which a file is sent though it is not full: least and most


class WorldFile(NamedTuple):
    """One file as a member sends it. ``handling`` has the words of exchange.handling, but ``recipients`` are pairs
    of a kind of principal and its slug or mail address."""

    organisation_slug: str
    person_email: str
    name: str
    format: Format
    raw: bytes
    handling: dict[str, Any]
    received_at: datetime


class Truth(NamedTuple):
    """What a report in a file truly tells of; a correction, which has the same key, repeats no line."""

    key: str  # STIX id, MISP uuid, a row's case number (its reader puts "row:<mapping>:" before it), a letter's digest
    crime: str
    operation: str  # "" where nobody organised stands behind it
    reporter: str  # slug
    file: str  # name of the file


@dataclass(frozen=True)
class World:
    """A world: who is in it. What happens in it is told by ``files`` and ``truth``, again the same each time."""

    seed: int
    size: Size
    until: date
    organisations: tuple[Organisation, ...]
    circles: tuple[Circle, ...]
    people: tuple[Person, ...]
    noise: float = 1.0  # multiplies the odds of every error and omission of those who report

    @property
    def start(self) -> date:
        """The first day."""
        return self.until - timedelta(days=DAYS)

    @cached_property
    def operations(self) -> tuple[Operation, ...]:
        """All criminal operations, made when first asked for."""
        lands = organisations.lands_of(self.size)
        return tuple(operation(self.seed, n, DAYS, lands) for n in range(1, OPERATIONS[self.size] + 1))

    @cached_property
    def senders(self) -> dict[str, str]:
        """The mail address of the person who sends in an organisation's reports."""
        return {person.organisation: person.email for person in reversed(self.people) if "reporter" in person.roles}


def generate(seed: int, size: Size, until: date = UNTIL, noise: float = 1.0) -> World:
    """The world of a seed. The same seed, size, last day and noise always give the same world.

    ``noise`` multiplies the odds of what reporters get wrong or leave out: dates, amounts, values, facts. What happened
    and who hears of it stays the same. Raises ValueError below 0.
    """
    if noise < 0:
        raise ValueError("noise multiplies odds: it cannot be below 0")
    members = organisations.organisations(seed, size)
    return World(seed, size, until, members, organisations.circles(members), organisations.people(seed, members), noise)


def files(world: World) -> Iterator[WorldFile]:
    """The files that members send in, in the order of their days."""
    return (file for file, _ in stream(world))


def truth(world: World) -> Iterator[Truth]:
    """For each report in ``files`` what it truly tells of, in the same order."""
    return (line for _, lines in stream(world) for line in lines)


def stream(world: World) -> Iterator[tuple[WorldFile, list[Truth]]]:
    """Files with their truth in one pass."""
    rng = random.Random(f"{world.seed}/days")
    desks = Desks(world.organisations)
    workshop = Workshop(world.seed, world.start, organisations.lands_of(world.size))
    post = _Post(world)
    rates = _Rates(world)
    due: dict[int, list[Account]] = {}
    for day in range(DAYS):
        for by, phase in rates.crimes(rng, day):
            crime = workshop.commit(day, by, phase)
            for organisation, delay in reporters.witnesses(rng, crime, desks):
                if day + delay < DAYS:
                    reported = world.start + timedelta(days=day + delay)
                    post.number += 1
                    account = reporters.account(world.seed, post.number, crime, organisation, reported, world.noise)
                    due.setdefault(day + delay, []).append(account)
        for account in due.pop(day, ()):
            yield from post.take(day, account)
        yield from post.age(day)
    yield from post.age(DAYS + WAIT[1])


class _Rates:
    """How many crimes each operation commits on a day, so that the whole comes near the size's number of reports."""

    def __init__(self, world: World) -> None:
        self._operations = world.operations
        total = sum(o.activity(day)[1] for o in self._operations for day in range(DAYS))
        weights = sum(s.weight for s in SPECIALITIES)
        mean = sum(s.weight * sum(chance for _, chance in s.seen_by) for s in SPECIALITIES) / weights
        alone = REPORTS[world.size] / ARRIVE * ALONE / mean
        self._alone = alone / DAYS
        heard = {s.code: sum(chance for _, chance in s.seen_by) for s in SPECIALITIES}
        # Each operation gets its share of the reports, not of the crimes, so that the total holds for every seed.
        self._per = {
            o.id: REPORTS[world.size] / ARRIVE * (1 - ALONE) / total / heard[o.speciality] for o in self._operations
        }

    def crimes(self, rng: random.Random, day: int) -> Iterator[tuple[Operation | None, int]]:
        """(operation, phase) of each crime of the day; None for a crime by somebody alone."""
        for by in self._operations:
            phase, strength = by.activity(day)
            if strength:
                for _ in range(_poisson(rng, strength * self._per[by.id])):
                    yield by, phase
        for _ in range(_poisson(rng, self._alone)):
            yield None, 0


def _poisson(rng: random.Random, mean: float) -> int:
    """A count with that mean (Knuth); in steps of 20, since e to the minus mean would run out of digits."""
    if mean > 20:
        return _poisson(rng, 20) + _poisson(rng, mean - 20)
    limit, product, count = 2.718281828459045**-mean, rng.random(), 0
    while product > limit:
        product *= rng.random()
        count += 1
    return count


@dataclass
class _Pile:
    """Accounts of one organisation that wait for the next file."""

    send_on: int
    limit: int
    accounts: list[Account] = field(default_factory=list)
    handling: dict[str, Any] = field(default_factory=dict)  # set for corrections: that of the first telling


class _Post:
    """Collects accounts until a file is worth sending, and sends it."""

    def __init__(self, world: World) -> None:
        self.number = 0
        self._world = world
        self._rng = random.Random(f"{world.seed}/post")
        self._piles: dict[tuple[str, str], _Pile] = {}
        self._later: dict[int, list[tuple[Account, dict[str, Any]]]] = {}
        self._sent: dict[tuple[str, str], int] = {}  # reports by format and TLP
        self._serial: dict[str, int] = {}
        self._circles: dict[str, list[Circle]] = {}
        for circle in world.circles:
            for slug in circle.members:
                self._circles.setdefault(slug, []).append(circle)
        self._police = [p.email for p in world.people if p.role in {"police-analyst", "secretary"}]

    def take(self, day: int, account: Account) -> Iterator[tuple[WorldFile, list[Truth]]]:
        """Put an account on its organisation's pile, and send the pile when it is full."""
        key = (account.reporter.slug, "")
        pile = self._piles.get(key) or self._open(day, key, account.reporter)
        pile.accounts.append(account)
        if len(pile.accounts) >= pile.limit:
            yield self._send(day, key)

    def age(self, day: int) -> Iterator[tuple[WorldFile, list[Truth]]]:
        """Send what has waited long enough, and bring up corrections that fall due."""
        for account, handling in self._later.pop(day, ()):
            key = (account.reporter.slug, repr(handling))
            pile = self._piles.setdefault(key, _Pile(day + 7, 10_000, handling=handling))
            pile.accounts.append(account)
        for key in [key for key, pile in self._piles.items() if day >= pile.send_on]:
            yield self._send(min(day, DAYS - 1), key)

    def _open(self, day: int, key: tuple[str, str], organisation: Organisation) -> _Pile:
        self._piles[key] = _Pile(day + self._rng.randint(*WAIT), self._limit(organisation))
        return self._piles[key]

    def _limit(self, organisation: Organisation) -> int:
        if organisation.desk in {"victim", "shop"}:
            return 1
        return self._rng.randint(100, 300) if format_of(organisation) == "csv" else self._rng.randint(20, 80)

    def _send(self, day: int, key: tuple[str, str]) -> tuple[WorldFile, list[Truth]]:
        pile = self._piles.pop(key)
        first = pile.accounts[0]
        organisation = first.reporter
        form = format_of(organisation, first.number)
        handling = pile.handling or self._handling(organisation, form, len(pile.accounts))
        sender = self._world.senders[organisation.slug]
        raw, keys = _written(self._world.seed, form, pile.accounts, handling["tlp"], sender)
        self._serial[organisation.slug] = serial = self._serial.get(organisation.slug, 0) + 1
        name = f"{organisation.slug}-{serial:04d}.{_ENDING[form]}"
        received = datetime.combine(self._world.start + timedelta(days=day), time(18), UTC)
        self._plan_corrections(day, form, pile, handling)
        lines = [
            Truth(key, a.crime.id, a.crime.operation, organisation.slug, name)
            for key, a in zip(keys, pile.accounts, strict=True)
            if not a.version
        ]
        return WorldFile(organisation.slug, sender, name, form, raw, handling, received), lines

    def _plan_corrections(self, day: int, form: Format, pile: _Pile, handling: dict[str, Any]) -> None:
        if form in {"text", "eml"}:
            return  # nobody writes a second letter
        for account in pile.accounts:
            if not account.version and self._rng.random() < CORRECTED:
                later = day + self._rng.randint(7, 60)
                if later < DAYS:
                    on = self._world.start + timedelta(days=later)
                    told = reporters.corrected(self._world.seed, account, on)
                    self._later.setdefault(later, []).append((told, handling))

    def _handling(self, organisation: Organisation, form: Format, count: int) -> dict[str, Any]:
        """The TLP that is furthest behind its share among files of this format, and recipients within its ceiling."""
        total = sum(self._sent.get((form, tlp), 0) for tlp in TLP) + count
        tlp = max(TLP, key=lambda t: TLP[t] * total - self._sent.get((form, t), 0))
        self._sent[form, tlp] = self._sent.get((form, tlp), 0) + count
        return {
            "tlp": tlp,
            "recipients": self._recipients(organisation, tlp),
            "discoverability": _FOUND[tlp],
            "pap": {"RED": "RED", "AMBER+STRICT": "AMBER"}.get(tlp, ""),
            "purpose": ["prevention", "investigation", "statistics"],
            "legal_basis": "public task" if organisation.kind != "business" else "legitimate interests",
        }

    def _recipients(self, organisation: Organisation, tlp: str) -> list[list[str]]:
        if tlp == "CLEAR":
            return [["everyone", ""]]
        if tlp == "GREEN":
            return [["alliance", ""]]
        circle = self._rng.choice(self._circles[organisation.slug])
        if tlp == "AMBER":
            return [["circle", circle.slug]]
        if tlp == "RED":
            return [["person", self._rng.choice(self._police)]]
        others = [slug for slug in circle.members if slug != organisation.slug]
        return [["organisation", slug] for slug in sorted(self._rng.sample(others, min(2, len(others))))]


_ENDING: dict[Format, str] = {"csv": "csv", "stix": "json", "misp": "misp.json", "text": "txt", "eml": "eml"}


def format_of(organisation: Organisation, number: int = 0) -> Format:
    """The format an organisation works in; small businesses write a text or a mail, now one, now the other."""
    turn = sum(organisation.slug.encode())
    if organisation.desk == "bank":
        return "csv"
    if organisation.desk == "police":
        return "stix" if turn % 5 < 2 else "csv"
    if organisation.desk == "cert":
        return "misp" if turn % 2 else "stix"
    if organisation.desk == "hoster":
        return "misp" if turn % 2 else "csv"
    if organisation.desk == "government":
        return "stix"
    return "text" if number % 2 else "eml"


def _written(seed: int, form: Format, accounts: list[Account], tlp: str, sender: str) -> tuple[bytes, list[str]]:
    """The bytes of a file and the key of each report in it."""
    if form == "csv":
        return tables.write(accounts), [tables.key(a) for a in accounts]
    if form == "stix":
        return bundles.stix(seed, accounts, tlp), [bundles.stix_key(seed, a) for a in accounts]
    if form == "misp":
        return bundles.misp(seed, accounts, tlp), [bundles.misp_key(seed, a) for a in accounts]
    if form == "text":
        raw = letters.text(accounts[0])
        return raw, [letters.text_key(raw)]
    raw = letters.mail(accounts[0], sender)
    return raw, [letters.mail_key(raw)]
