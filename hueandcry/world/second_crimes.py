"""The second simulated world, first half: who cheats, whom, when, and what that leaves behind. See second.py."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

START: Final = date(2023, 1, 2)  # a Monday: day 0
DAYS: Final = 1_000

KINDS: Final = ("business", "law-enforcement", "cert", "government", "non-profit")
COUNTRIES: Final = ("SE", "NO", "FI", "CH", "AT", "GR", "RO", "CZ", "BR", "ZA", "IN", "JP", "MX", "TR")
CURRENCY: Final = ("SEK", "NOK", "EUR", "CHF", "EUR", "EUR", "RON", "CZK", "BRL", "ZAR", "INR", "JPY", "MXN", "TRY")
RATE: Final = (11.4, 11.6, 1.0, 0.95, 1.0, 1.0, 4.97, 25.1, 6.1, 19.7, 92.0, 163.0, 19.5, 36.0)  # for a euro, day 0
HOURS: Final = (1, 1, 2, 1, 1, 2, 2, 1, -3, 2, 5, 9, -6, 3)  # from UTC
NEVER: Final = -1


class Way(NamedTuple):
    """A way of cheating: who hears of it, what it leaves behind, what it costs."""

    name: str
    share: float
    heard: tuple[float, ...]  # by KINDS, how readily each takes it up
    firms: float  # share of victims that are firms
    median: float  # loss in euro
    spread: float
    paid: float  # share with a loss
    leaves: tuple[tuple[str, float], ...]  # type of value -> mean number


WAYS: Final = (
    Way("parcel", 0.21, (3, 1, 2, 0.3, 0.4), 0.05, 95, 0.7, 0.8,
        (("domain-name", 1.5), ("url", 1.2), ("phone-number", 0.9), ("ipv4-addr", 0.7), ("iban", 0.3))),
    Way("marketplace", 0.18, (2, 3, 0.2, 0.2, 0.6), 0.06, 310, 0.9, 0.97,
        (("user-account", 1.1), ("iban", 1.4), ("email-addr", 0.7), ("phone-number", 0.7))),
    Way("romance", 0.07, (2, 3, 0.05, 0.2, 1.5), 0.0, 9_000, 1.2, 0.9,
        (("user-account", 1.5), ("email-addr", 0.9), ("phone-number", 0.8), ("iban", 1.2), ("btc-address", 0.7))),
    Way("trading", 0.12, (2, 3, 0.3, 0.5, 0.5), 0.03, 17_000, 1.3, 0.95,
        (("domain-name", 1.6), ("phone-number", 1.2), ("eth-address", 1.1), ("iban", 0.9), ("email-addr", 0.8))),
    Way("invoice", 0.09, (3, 3, 0.7, 0.4, 0.2), 1.0, 24_000, 1.2, 0.75,
        (("email-addr", 1.4), ("iban", 1.4), ("domain-name", 0.8))),
    Way("callcentre", 0.13, (3, 2, 0.1, 0.3, 0.5), 0.05, 4_200, 0.9, 0.85,
        (("phone-number", 1.8), ("iban", 1.2), ("domain-name", 0.3))),
    Way("locker", 0.06, (0.6, 2, 3, 1, 0.1), 1.0, 75_000, 1.5, 0.35,
        (("sha256", 1.5), ("ipv4-addr", 1.6), ("btc-address", 0.9), ("email-addr", 0.7), ("url", 0.4))),
    Way("stealer", 0.09, (0.5, 1, 4, 0.5, 0.1), 0.4, 500, 1.1, 0.25,
        (("sha256", 1.5), ("ipv4-addr", 1.4), ("domain-name", 1.2), ("url", 0.8))),
    Way("flood", 0.05, (1, 1, 4, 1, 0.1), 1.0, 5_000, 1.0, 0.2,
        (("ipv4-addr", 4.1), ("email-addr", 0.8), ("btc-address", 0.8))),
)  # fmt: skip
TYPES: Final = tuple(dict.fromkeys(kind for way in WAYS for kind, _mean in way.leaves))
# Days that a group uses one value of a type, at the median: what is cheap to replace is replaced.
KEPT_FOR: Final = {
    "domain-name": 11, "url": 6, "phone-number": 40, "ipv4-addr": 30, "iban": 16, "user-account": 30, "email-addr": 33,
    "btc-address": 70, "eth-address": 80, "sha256": 45,
}  # fmt: skip
PERSONS: Final = 0.012  # of crimes hit somebody who was hit before: who paid once is called again


@dataclass(frozen=True, slots=True)
class Groups:
    """Criminal groups: ``style`` 0 sprays, 1 goes on steadily, 2 hunts few large victims."""

    way: Ints
    style: Ints
    start: Ints
    life: Ints
    weight: Floats
    targets: Ints  # countries by group, four each, repeated where fewer
    pace: Floats  # by what its values are kept longer or shorter than others'
    price: Floats  # what a spray asks for


@dataclass(frozen=True, slots=True)
class Crimes:
    """What happened: one entry each. ``group`` is NEVER for nobody's."""

    group: Ints
    way: Ints
    day: Ints
    hour: Ints
    country: Ints
    firm: Flags
    sector: Ints
    size: Ints
    area: Ints
    euro: Floats  # nought: no loss
    victim: Ints  # the victim's own value, for those who write it down
    host: Ints  # the shared host that it used or that was met beside it
    burst: Ints  # which burst of its group; what its text has in common with others


@dataclass(frozen=True, slots=True)
class Left:
    """Values that crimes left behind: ``key`` is what is hashed, ``crime`` ascending."""

    crime: Ints
    type: Ints  # place in TYPES
    key: Ints


def stream(seed: int, name: str) -> np.random.Generator:
    """A stream of random numbers of its own for each purpose."""
    return np.random.Generator(np.random.PCG64([seed, *name.encode()]))


def hashed(*parts: Ints | int) -> Ints:
    """A signed 64-bit hash of integers (the finaliser of splitmix64, Steele et al. 2014), as linkage's values are."""
    state = np.asarray(np.uint64(0x2545F4914F6CDD1D))
    with np.errstate(over="ignore"):
        for part in parts:
            state = (state ^ np.asarray(part).astype(np.uint64)) + np.uint64(0x9E3779B97F4A7C15)
            state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
            state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
            state = state ^ (state >> np.uint64(31))
    return state.view(np.int64)


def groups(rng: np.random.Generator, count: int) -> Groups:
    """Criminal groups of all sizes."""
    weight = np.minimum(0.04 + rng.pareto(1.15, count), 0.012 * count + 12)  # nobody commits a tenth of all crime
    many = rng.integers(1, 5, count)
    targets = rng.integers(0, len(COUNTRIES), (count, 4))
    for nth in range(1, 4):
        targets[:, nth] = np.where(nth < many, targets[:, nth], targets[:, 0])
    shares = np.array([way.share for way in WAYS])
    return Groups(
        way=rng.choice(len(WAYS), count, p=shares / shares.sum()),
        style=rng.choice(3, count, p=(0.4, 0.45, 0.15)),
        start=rng.integers(-150, DAYS - 30, count),
        life=np.clip(rng.lognormal(np.log(140), 0.9, count), 5, 900).astype(np.int64),
        weight=weight,
        targets=targets,
        pace=rng.lognormal(0, 0.5, count),
        price=rng.choice((19.9, 29.0, 49.95, 79.0, 99.0, 149.0, 199.0, 250.0, 495.0), count),
    )


def crimes(rng: np.random.Generator, count: int, groups: Groups) -> Crimes:
    """What happened, a third of it by nobody organised."""
    weight = groups.weight / groups.weight.sum()
    group = np.where(rng.random(count) < 0.34, NEVER, rng.choice(len(weight), count, p=weight))
    organised = group != NEVER
    shares = np.array([way.share for way in WAYS])
    way = np.where(organised, groups.way[group], rng.choice(len(WAYS), count, p=shares / shares.sum()))
    day, burst = _days(rng, group, groups)
    country = np.where(
        organised, groups.targets[group, rng.integers(0, 4, count)], rng.integers(0, len(COUNTRIES), count)
    )
    firm = rng.random(count) < np.array([w.firms for w in WAYS])[way]
    victim = hashed(11, np.arange(count))
    made = Crimes(
        group=group, way=way, day=day, hour=rng.integers(0, 24, count), country=country, firm=firm,
        sector=rng.integers(0, 21, count), size=np.where(firm, rng.choice(4, count, p=(0.5, 0.27, 0.15, 0.08)), NEVER),
        area=_areas(rng, country), euro=_losses(rng, way, group, groups), victim=victim,
        host=(rng.zipf(1.3, count) - 1) % 300, burst=burst,
    )  # fmt: skip
    return _called_again(rng, made)


def _days(rng: np.random.Generator, group: Ints, groups: Groups) -> tuple[Ints, Ints]:
    """(day, burst). A spray comes in bursts of a few days, the others go on over their lives."""
    count = len(group)
    start, life = groups.start[group], groups.life[group]
    bursts = 1 + life // 80
    burst = (rng.random(count) * bursts).astype(np.int64)
    centre = start + (hashed(3, group, burst) % 997) / 997 % 1 * life
    sprayed = centre + np.minimum(rng.exponential(1.6, count), 9)
    steady = start + rng.random(count) * life
    day = np.where(groups.style[group] == 0, sprayed, steady)
    alone = group == NEVER
    day = np.where(alone, rng.integers(0, DAYS, count), day)
    # What lies outside the world's days happened inside them too, or there would be an edge without crime.
    return np.floor(day).astype(np.int64) % DAYS, np.where(groups.style[group] == 0, burst, NEVER)


def _areas(rng: np.random.Generator, country: Ints) -> Ints:
    """Areas 0 to 999 of a country; half the people live in forty of them."""
    crowded = (rng.pareto(0.6, len(country)) * 9).astype(np.int64) % 1_000
    return hashed(5, country, crowded) % 1_000


def _losses(rng: np.random.Generator, way: Ints, group: Ints, groups: Groups) -> Floats:
    median = np.array([w.median for w in WAYS])[way]
    spread = np.array([w.spread for w in WAYS])[way]
    euro = np.round(median * rng.lognormal(0, 1, len(way)) ** spread, 2)
    large = np.where(groups.style[group] == 2, 8.0, 1.0)
    euro = np.where(group == NEVER, euro, np.round(euro * large, 2))
    # people send round sums as often as not
    step = 10.0 ** np.floor(np.log10(np.maximum(euro, 1)))
    euro = np.where(rng.random(len(way)) < 0.45, np.maximum(np.round(euro / step * 2) / 2 * step, 1), euro)
    asked = np.round(groups.price[group] * np.where(rng.random(len(way)) < 0.15, 2, 1), 2)
    sprayed = (group != NEVER) & (groups.style[group] == 0) & (rng.random(len(way)) < 0.8)
    euro = np.where(sprayed, asked, euro)
    return np.where(rng.random(len(way)) < np.array([w.paid for w in WAYS])[way], np.maximum(euro, 1.0), 0.0)


def _called_again(rng: np.random.Generator, crimes: Crimes) -> Crimes:
    """Some victims are hit a second time by somebody else: same person, same place, another crime."""
    again = np.flatnonzero(rng.random(len(crimes.day)) < PERSONS)
    before = rng.integers(0, len(crimes.day), len(again))
    for facts in (crimes.country, crimes.firm, crimes.sector, crimes.size, crimes.area, crimes.victim):
        facts[again] = facts[before]
    return crimes


def left(rng: np.random.Generator, crimes: Crimes, groups: Groups) -> Left:
    """What each crime left behind. A group's value lives for a while, several beside each other where it is large."""
    parts: list[tuple[Ints, Ints, Ints]] = []
    for number, kind in enumerate(TYPES):
        mean = np.array([dict(way.leaves).get(kind, 0.0) for way in WAYS])[crimes.way]
        whole = np.floor(mean).astype(np.int64)
        counts = whole + (rng.random(len(mean)) < mean - whole)
        crime = np.repeat(np.arange(len(mean)), counts)
        nth = np.arange(len(crime)) - np.repeat(np.cumsum(counts) - counts, counts)
        parts.append((crime, np.full(len(crime), number), _keys(rng, number, kind, crime, nth, crimes, groups)))
    crime, types, keys = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = np.argsort(crime, kind="stable")
    return Left(crime[order], types[order], keys[order])


def _keys(
    rng: np.random.Generator, number: int, kind: str, crime: Ints, nth: Ints, crimes: Crimes, groups: Groups
) -> Ints:
    group, day, count = crimes.group[crime], crimes.day[crime], len(crime)
    pool = 3 + len(groups.way) // 8
    kept = np.maximum(2.0, KEPT_FOR[kind] * groups.pace[group])
    offset = hashed(7, number, group) % 1_000 / 1_000 * kept  # groups do not change all they have on one day
    old = rng.choice(4, count, p=(0.86, 0.09, 0.03, 0.02)) * (rng.random(count) < 0.9)  # some use up what is left
    turn = np.maximum(0, ((day - np.minimum(0, groups.start[group]) + offset) / kept).astype(np.int64) - old)
    many = 1 + (np.sqrt(groups.weight[group]) / 2.5).astype(np.int64)
    wide = np.where(groups.style[group] == 0, 1, many)
    beside = (rng.random(count) * wide).astype(np.int64)
    key = hashed(13, number, group, turn, beside, nth)
    if kind == "url":  # each victim its own page, as often as not
        key = np.where(rng.random(count) < 0.6, hashed(17, crime, nth), key)
    if kind == "iban":  # let by brokers to whoever pays, for three weeks
        market = hashed(19, day // 21, (rng.pareto(0.9, count) * 6).astype(np.int64) % 400)
        key = np.where(rng.random(count) < 0.16, market, key)
    if kind in ("phone-number", "ipv4-addr"):  # come back to somebody else after some seven months
        bought = (groups.start[group] + turn * kept).astype(np.int64)
        key = np.where(
            hashed(23, number, group, turn) % 5 == 0, _returned(number, bought, hashed(23, group), pool), key
        )
    if kind == "email-addr":
        key = np.where(rng.random(count) < 0.02, hashed(31, rng.integers(0, 150, count)), key)
    own = hashed(37, number, crime, nth)
    if kind == "phone-number":
        own = np.where(rng.random(count) < 0.1, _returned(number, day, hashed(41, crime), pool), own)
    if kind == "iban":
        own = np.where(
            rng.random(count) < 0.1, hashed(19, day // 21, (rng.pareto(0.9, count) * 6).astype(np.int64) % 400), own
        )
    return np.where(group == NEVER, own, key)


def _returned(number: int, bought: Ints, by: Ints, pool: int) -> Ints:
    """Values that a provider gives out anew after 210 days, to whoever comes then: ``pool`` for each fortnight."""
    return hashed(29, number, bought // 15 % 14, by % pool)
