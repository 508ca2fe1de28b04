"""The second simulated world, second half: who reports what of a crime, when, and what goes wrong on the way.

See second.py for what is assumed. Chances are per report unless a desk's habit says always or never.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from hueandcry.world import second_words
from hueandcry.world.second_crimes import (
    COUNTRIES,
    CURRENCY,
    DAYS,
    HOURS,
    KINDS,
    NEVER,
    RATE,
    START,
    TYPES,
    WAYS,
    Crimes,
    Flags,
    Floats,
    Ints,
    Left,
    hashed,
    stream,
)
from hueandcry.world.second_desks import Desks, desks_of, worse

REPORTERS: Final = (0.64, 0.23, 0.09, 0.03, 0.01)  # share of reported crimes that one, two, ... desks report first-hand
# What desks of each kind write down of what a crime left, by TYPES; what they do not meet in their work stays out.
SEEN: Final = {
    "domain-name": (0.55, 0.8, 0.97, 0.75, 0.7), "url": (0.3, 0.5, 0.93, 0.4, 0.45),
    "phone-number": (0.6, 0.88, 0.15, 0.5, 0.85), "ipv4-addr": (0.3, 0.45, 0.96, 0.7, 0.05),
    "iban": (0.96, 0.87, 0.1, 0.4, 0.6), "user-account": (0.35, 0.8, 0.5, 0.3, 0.8),
    "email-addr": (0.6, 0.85, 0.8, 0.5, 0.75), "btc-address": (0.35, 0.85, 0.6, 0.6, 0.5),
    "eth-address": (0.35, 0.85, 0.5, 0.6, 0.5), "sha256": (0.1, 0.4, 0.97, 0.8, 0.02),
}  # fmt: skip
DELAY: Final = (2.0, 5.0, 1.4, 12.0, 7.0)  # scale in days, by KINDS
VICTIM: Final = (0.12, 0.18, 0.03, 0.02, 0.15)  # share that holds a value of the victim's own
FORWARDED, SENT_TWICE, QUOTED = 0.07, 0.004, 0.55


@dataclass(frozen=True, slots=True)
class Told:
    """Reports in the order they came; ``source`` is the report that one was copied from, NEVER for first-hand ones."""

    crime: Ints
    desk: Ints
    source: Ints
    reported: Ints
    desks: Desks
    occurred: Ints  # day; NEVER - DAYS where not told
    until: Ints
    amount: Floats  # NaN where not told
    currency: Ints  # place in CURRENCY
    country: Ints
    sector: Ints
    size: Ints
    area: Ints
    cut: Flags  # only the beginning of the area's code
    reference: Ints  # 0: none
    label: Ints
    wrong_class: Ints  # NEVER, or which class it gives instead
    sketch: Ints  # 32 columns; the greatest int64 where there are fewer words
    hidden: Flags
    seen_report: Ints  # observations: report, key, type, role
    seen_key: Ints
    seen_type: Ints
    seen_role: Ints


UNTOLD: Final = NEVER - 10 * DAYS  # of days


def tell(seed: int, crimes: Crimes, left: Left, reports: int, noise: float, shared_hosting: float) -> Told:
    """The first ``reports`` reports that these crimes bring about."""
    rng = stream(seed, "reports")
    desks = desks_of(stream(seed, "desks"), 5 * len(COUNTRIES) + reports // 250)
    crime, desk, source, reported = _who(rng, crimes, desks, reports)
    slips = noise * desks.care[desk]
    copied = source != NEVER
    occurred, until = _days(rng, crimes, desks, crime, desk, noise)
    amount, currency = _amounts(rng, crimes, desks, crime, desk, reported, slips, noise)
    facts = _facts(rng, crimes, desks, crime, desk, slips, noise)
    reference = _references(rng, crime, source, desks.kind[desk], noise)
    if copied.any():
        of = source[copied]
        dated = rng.random(len(of)) < worse(0.25, noise)
        occurred[copied] = np.where(dated, reported[of], occurred[of])
        until[copied] = UNTOLD
        rounded = np.where(rng.random(len(of)) < 0.3, _rounded(amount[of]), amount[of])
        amount[copied] = np.where(desks.no_amount[desk[copied]], np.nan, rounded)
        currency[copied] = currency[of]
        reference[copied] = np.where(rng.random(len(of)) < 0.2, reference[of], 0)
    seen = _seen(rng, crimes, left, desks, crime, desk, source, slips, noise, shared_hosting)
    return Told(
        crime, desk, source, reported, desks, occurred, until, amount, currency, *facts, reference,
        *second_words.words(rng, crimes, desks, crime, desk, source, noise),
        rng.random(len(crime)) < desks.hidden[desk], *seen,
    )  # fmt: skip


def _who(rng: np.random.Generator, crimes: Crimes, desks: Desks, reports: int) -> tuple[Ints, Ints, Ints, Ints]:
    """(crime, desk, source, day reported) of each report, first-hand ones and copies, in the order of days."""
    many = rng.choice(5, len(crimes.way), p=REPORTERS) + 1
    enough = int(np.searchsorted(np.cumsum(many), reports)) + 1
    many = many[:enough]
    heard = np.log(np.array([way.heard for way in WAYS]))[crimes.way[:enough]]
    # The k kinds that take it up, without one twice: the greatest k of weights with Gumbel noise (Vieira 2014).
    ranked = np.argsort(-(heard + rng.gumbel(size=heard.shape)), axis=1)
    crime = np.repeat(np.arange(enough), many)
    nth = np.arange(len(crime)) - np.repeat(np.cumsum(many) - many, many)
    kind = ranked[crime, nth]
    abroad = rng.random(len(crime)) < 0.07
    there = np.where(abroad, rng.integers(0, len(COUNTRIES), len(crime)), crimes.country[crime])
    desk = _desk_of(rng, desks, kind, there)
    reported = crimes.day[crime] + (rng.pareto(1.35, len(crime)) * np.array(DELAY)[kind]).astype(np.int64).clip(0, 800)
    reported = _opened(reported, desks.weekdays[desk])
    first = np.full(len(crime), NEVER)
    again = [
        _copies(rng, desks, crime, desk, reported, FORWARDED),
        _copies(rng, desks, crime, desk, reported, SENT_TWICE),
    ]
    crime, desk, source, reported = (
        np.concatenate(c) for c in zip((crime, desk, first, reported), *again, strict=True)
    )
    # Crimes stand in no order of time, so the first ones are any; a copy is left out where its source is.
    number = np.lexsort((source, crime))[:reports]
    chosen = np.zeros(len(crime), bool)
    chosen[number] = True
    kept = np.flatnonzero(chosen & ((source == NEVER) | chosen[source]))
    order = kept[np.argsort(reported[kept], kind="stable")]
    place = np.full(len(crime), NEVER)
    place[order] = np.arange(len(order))
    return crime[order], desk[order], np.where(source[order] == NEVER, NEVER, place[source[order]]), reported[order]


def _desk_of(rng: np.random.Generator, desks: Desks, kind: Ints, country: Ints) -> Ints:
    """Any desk of that kind in that country."""
    pool = desks.kind * len(COUNTRIES) + desks.country
    order = np.argsort(pool, kind="stable")
    starts = np.searchsorted(pool[order], np.arange(len(KINDS) * len(COUNTRIES) + 1))
    wanted = kind * len(COUNTRIES) + country
    sizes = starts[wanted + 1] - starts[wanted]
    chosen: Ints = order[starts[wanted] + (rng.random(len(kind)) * sizes).astype(np.int64)]
    return chosen


def _opened(day: Ints, weekdays: Flags) -> Ints:
    """The next day on which the desk is open; day 0 is a Monday."""
    return day + np.where(weekdays, np.array((0, 0, 0, 0, 0, 2, 1))[day % 7], 0)


def _copies(
    rng: np.random.Generator, desks: Desks, crime: Ints, desk: Ints, reported: Ints, share: float
) -> tuple[Ints, Ints, Ints, Ints]:
    """Reports passed on by somebody else, later; with SENT_TWICE, by the same desk again."""
    of = np.flatnonzero(rng.random(len(crime)) < share)
    forwarders = np.flatnonzero(desks.forwards)
    by = desk[of] if share == SENT_TWICE else rng.choice(forwarders, len(of)) if len(forwarders) else desk[of]
    later = 1 + (rng.pareto(1.6, len(of)) * 7).astype(np.int64).clip(0, 200)
    return crime[of], by, of, _opened(reported[of] + later, desks.weekdays[by])


def _days(
    rng: np.random.Generator, crimes: Crimes, desks: Desks, crime: Ints, desk: Ints, noise: float
) -> tuple[Ints, Ints]:
    """(day it happened, day it ended) as told: in another time zone, noticed later, day and month swapped, cut."""
    count, hours = len(crime), np.array(HOURS)
    clock = crimes.hour[crime] - hours[crimes.country[crime]] + np.where(desks.utc[desk], 0, hours[desks.country[desk]])
    day = crimes.day[crime] + clock // 24
    noticed = rng.random(count) < worse(0.13, noise)
    day = day + np.where(noticed, rng.geometric(0.4, count), 0)
    dates = np.datetime64(START, "D") + day
    months = dates.astype("datetime64[M]")
    dom = (dates - months).astype(np.int64) + 1
    month = months.astype(np.int64) % 12 + 1
    turned = (rng.random(count) < worse(desks.swaps[desk], noise)) & (dom <= 12)
    swapped = (dates.astype("datetime64[Y]").astype("datetime64[M]") + (dom - 1)).astype("datetime64[D]") + (month - 1)
    dates = np.where(turned, swapped, dates)
    dates = np.where(desks.monthly[desk], dates.astype("datetime64[M]").astype("datetime64[D]"), dates)
    told = (dates - np.datetime64(START, "D")).astype(np.int64)
    untold = desks.no_day[desk] | (rng.random(count) < worse(0.04, noise))
    lasted = (rng.random(count) < 0.12) & ~untold
    return np.where(untold, UNTOLD, told), np.where(lasted, told + rng.geometric(0.3, count), UNTOLD)


def _amounts(
    rng: np.random.Generator, crimes: Crimes, desks: Desks, crime: Ints, desk: Ints, reported: Ints, slips: Floats,
    noise: float,
) -> tuple[Floats, Ints]:  # fmt: skip
    """(amount, place of its currency) as told."""
    count, rate = len(crime), np.array(RATE)
    home, own = crimes.country[crime], desks.country[desk]
    steps = stream(len(rate), "rates").normal(
        0, 0.006, (len(rate), DAYS + 1_200)
    )  # the same in every world: drawn once
    drift = np.exp(np.cumsum(steps, axis=1))
    drift[np.array(CURRENCY) == "EUR"] = 1.0
    when = np.clip(reported, 0, drift.shape[1] - 1)
    local = np.round(crimes.euro[crime] * rate[home], 2)
    fee = rng.random(count) < worse(0.08, noise)
    local = np.where(fee, local * (1 + rng.choice((-1, 1), count) * rng.uniform(0.005, 0.03, count)), local)
    several = rng.integers(2, 6, count)
    instalment = rng.random(count) < worse(0.05, noise)
    whole = np.where(rng.random(count) < 0.5, 1, several - 1)
    local = np.where(instalment, local * whole / several, local)
    same = np.array(CURRENCY)[home] == np.array(CURRENCY)[own]
    converts = ~same & (rng.random(count) < 0.5)
    there = rate[own] * drift[own, when] / (rate[home] * drift[home, when]) * (1 - rng.uniform(0, 0.025, count))
    amount = np.where(converts, local * there, local)
    amount = np.where(rng.random(count) < worse(0.2, noise), _rounded(amount), amount)
    amount = _slipped(rng, amount, rng.random(count) < worse(0.015, slips))
    untold = desks.no_amount[desk] | (crimes.euro[crime] <= 0) | (rng.random(count) < worse(0.06, noise))
    return np.where(untold, np.nan, np.round(amount, 2)), np.where(converts, own, home)


def _rounded(amount: Floats) -> Floats:
    """To two figures."""
    step = 10.0 ** (np.floor(np.log10(np.maximum(np.nan_to_num(amount), 1.0))) - 1)
    return np.round(amount / step) * step


def _slipped(rng: np.random.Generator, amount: Floats, slips: Flags) -> Floats:
    """A digit misread, two neighbours swapped, one left out, or the point one place off."""
    whole = np.floor(np.nan_to_num(amount)).astype(np.int64)
    figures = np.floor(np.log10(np.maximum(whole, 1))).astype(np.int64) + 1
    power = 10 ** (rng.random(len(amount)) * figures).astype(np.int64)
    digit, next_one = whole // power % 10, whole // (power * 10) % 10
    misread = whole + (np.array((8, 7, 7, 8, 9, 6, 5, 1, 3, 4))[digit] - digit) * power
    swapped = whole + (next_one - digit) * power + (digit - next_one) * power * 10
    dropped = whole // (power * 10) * power + whole % power
    moved = np.where(rng.random(len(amount)) < 0.5, whole * 10, whole // 10)
    form = rng.integers(0, 4, len(amount))
    return np.where(slips, np.choose(form, (misread, swapped, dropped, moved)).astype(float), amount)


def _facts(
    rng: np.random.Generator, crimes: Crimes, desks: Desks, crime: Ints, desk: Ints, slips: Floats, noise: float
) -> tuple[Ints, Ints, Ints, Ints, Flags]:
    """(country, sector, size, area, whether it is cut) of the victim as told; NEVER where not told."""
    count = len(crime)

    def left_out(never: Flags, chance: float) -> Flags:
        return never | (rng.random(count) < worse(chance, noise))

    own = rng.random(count) < worse(0.03, noise)
    country = np.where(own, desks.country[desk], crimes.country[crime])
    country = np.where(left_out(np.zeros(count, bool), 0.04), NEVER, country)
    other = rng.random(count) < worse(0.06, noise)
    sector = np.where(other, rng.integers(0, 21, count), crimes.sector[crime])
    sector = np.where(left_out(desks.no_sector[desk], 0.1) | ~crimes.firm[crime], NEVER, sector)
    size = np.where(crimes.firm[crime], crimes.size[crime], 4)  # 4: a person
    size = np.where(left_out(desks.no_size[desk], 0.1), NEVER, size)
    area = crimes.area[crime] + np.where(rng.random(count) < worse(0.06, noise), rng.choice((-1, 1), count), 0)
    area = np.where(rng.random(count) < worse(0.02, slips), rng.integers(0, 1_000, count), area) % 1_000
    area = np.where(left_out(desks.no_area[desk], 0.12), NEVER, area)
    return country, sector, size, area, rng.random(count) < worse(0.05, noise)


def _references(rng: np.random.Generator, crime: Ints, source: Ints, kind: Ints, noise: float) -> Ints:
    """A number that two reporters of some crimes hold, and numbers that only their writers know."""
    order = np.lexsort((np.arange(len(crime)), hashed(53, np.arange(len(crime))), crime))
    rank = np.zeros(len(crime), np.int64)
    starts = np.flatnonzero(np.r_[True, crime[order][1:] != crime[order][:-1]])
    rank[order] = np.arange(len(crime)) - np.repeat(starts, np.diff(np.r_[starts, len(crime)]))
    shared = (hashed(59, crime) % 1_000 < 200) & (rank < 2) & (source == NEVER)
    writes = rng.random(len(crime)) < 1 - worse(0.4, noise)
    own = np.isin(kind, (0, 1)) & (rng.random(len(crime)) < 0.1)
    return np.where(shared & writes, hashed(61, crime), np.where(own, hashed(67, np.arange(len(crime)), crime), 0))


def _seen(
    rng: np.random.Generator, crimes: Crimes, left: Left, desks: Desks, crime: Ints, desk: Ints, source: Ints,
    slips: Floats, noise: float, shared_hosting: float,
) -> tuple[Ints, Ints, Ints, Ints]:  # fmt: skip
    """Observations: (report, key, type, role), sorted by report. Roles: 0 attacker, 1 mule, 2 victim, 3 unknown."""
    genuine = np.flatnonzero(source == NEVER)
    row, slot = _spread(
        genuine, np.searchsorted(left.crime, crime[genuine]), np.searchsorted(left.crime, crime[genuine], "right")
    )
    kind, by = left.type[slot], desk[row]
    chance = np.array([SEEN[name] for name in TYPES])[kind, desks.kind[by]]
    salient = np.r_[True, left.crime[1:] != left.crime[:-1]][slot]  # what anybody is told first: the page, the number
    chance = np.where(salient, np.maximum(chance, 0.75), chance)
    kept = _kept(rng, row, 1 - worse(1 - chance, noise), 1 - worse(0.12, noise))
    row, slot, kind, by = row[kept], slot[kept], kind[kept], by[kept]
    slip = rng.random(len(row)) < worse(0.02, slips[row])
    key = np.where(slip, hashed(137, left.key[slot], row), left.key[slot])
    mule = (kind == TYPES.index("iban")) & (rng.random(len(row)) < 0.75)
    role = np.where(mule, 1, np.where(hashed(139, by) % 5 == 0, 3, 0))
    copies = np.flatnonzero(source != NEVER)
    of = source[copies]
    copy, at = _spread(copies, np.searchsorted(row, of), np.searchsorted(row, of, "right"))
    quoted = rng.random(len(copy)) < 1 - worse(1 - QUOTED, noise)
    parts = [(row, key, kind, role), tuple(a[quoted] for a in (copy, key[at], kind[at], role[at]))]
    theirs = np.flatnonzero((rng.random(len(crime)) < np.array(VICTIM)[desks.kind[desk]]) & (source == NEVER))
    parts.append(_alike(theirs, crimes.victim[crime[theirs]], TYPES.index("phone-number"), 2))
    hosted = np.flatnonzero(rng.random(len(crime)) < shared_hosting)
    parts.append(_alike(hosted, hashed(149, crimes.host[crime[hosted]]), TYPES.index("ipv4-addr"), 3))
    report, keys, types, roles = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = np.lexsort((keys, report))
    report, keys, types, roles = report[order], keys[order], types[order], roles[order]
    new = np.r_[True, (report[1:] != report[:-1]) | (keys[1:] != keys[:-1])] if len(report) else np.zeros(0, bool)
    return report[new], keys[new], types[new], roles[new]


def _kept(rng: np.random.Generator, row: Ints, chance: Floats, knows: Floats) -> Flags:
    """Which values are written down. Most who would tell of none came to hear of it by one: their likeliest is kept."""
    drawn = chance - rng.random(len(row))
    kept: Flags = drawn > 0
    starts = np.flatnonzero(np.r_[True, row[1:] != row[:-1]]) if len(row) else np.zeros(0, np.int64)
    if not len(starts):
        return kept
    best = np.maximum.reduceat(drawn, starts)
    lacking = (best <= 0) & (rng.random(len(starts)) < knows)
    lengths = np.diff(np.r_[starts, len(row)])
    kept |= np.repeat(lacking, lengths) & (drawn == np.repeat(best, lengths))
    return kept


def _alike(report: Ints, key: Ints, kind: int, role: int) -> tuple[Ints, Ints, Ints, Ints]:
    return report, key, np.full(len(report), kind), np.full(len(report), role)


def _spread(report: Ints, start: Ints, end: Ints) -> tuple[Ints, Ints]:
    """Each report repeated for every place from its start to its end, with the places."""
    counts = end - start
    rows = np.repeat(report, counts)
    places = np.arange(len(rows)) - np.repeat(np.cumsum(counts) - counts, counts) + np.repeat(start, counts)
    return rows, places.astype(np.int64)


__all__ = ["UNTOLD", "Told", "tell", "worse"]
