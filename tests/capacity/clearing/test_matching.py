"""Matching: equal to trying everything, nobody in conflict, nobody refused without a reason, in time."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise, product
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hueandcry.capacity.clearing.matching import (
    CONFLICT,
    FILLED,
    Against,
    Candidate,
    Matching,
    Reason,
    Wanted,
    busiest,
    fit,
    match,
    stands_against,
)  # fmt: skip

DAY = date(2027, 1, 4)
SKILLS = ("digital forensics", "mobile forensics", "open source intelligence", "financial investigation", "training")
TONGUES = ("pt", "en", "fr")
COUNTRIES = ("MZ", "AO", "CV", "GW")
ALL_YEAR = ((date(2027, 1, 1), date(2027, 12, 31)),)


def place(key: int, random: Random) -> Wanted:
    starts = DAY + timedelta(days=random.randrange(0, 20))
    return Wanted(
        key, random.choice(COUNTRIES), starts, starts + timedelta(days=random.randrange(0, 12)),
        asker=random.randrange(4), useful=tuple(random.sample(SKILLS, random.randrange(3))),
        skills=tuple(random.sample(SKILLS, random.randrange(0, 2))),
        languages={t: random.choice(("B1", "B2", "C1")) for t in random.sample(TONGUES, random.randrange(0, 3))},
        any_language=random.random() < 0.5, parties=("Acme",) if random.random() < 0.3 else (),
        from_elsewhere=random.random() < 0.7,
    )  # fmt: skip


def candidate(key: int, random: Random) -> Candidate:
    against = []
    if random.random() < 0.2:
        against.append(Against(country=random.choice(COUNTRIES), until=random.choice((None, DAY))))
    if random.random() < 0.2:
        against.append(Against(organisation=random.randrange(4)))
    if random.random() < 0.2:
        against.append(Against(party=random.choice(("ACME ", "Else"))))
    starts = DAY - timedelta(days=random.randrange(0, 15))
    return Candidate(
        key, skills=frozenset(random.sample(SKILLS, random.randrange(1, 4))),
        speaks={t: random.choice(("A2", "B2", "C2", "native")) for t in random.sample(TONGUES, random.randrange(1, 4))},
        goes_to=frozenset(random.sample(COUNTRIES, random.randrange(1, 4))), everywhere=random.random() < 0.3,
        worked_in=frozenset(random.sample(COUNTRIES, 1)), nationalities=frozenset(random.sample((*COUNTRIES, "BR"), 1)),
        employer=random.choice((None, 0, 1, 7)), free=((starts, starts + timedelta(days=random.randrange(10, 60))),),
        engaged=((DAY, DAY + timedelta(days=3)),) if random.random() < 0.2 else (), at_once=random.randrange(1, 3),
        served=random.randrange(3), against=tuple(against),
    )  # fmt: skip


def case(seed: int, places: int, candidates: int) -> tuple[list[Wanted], list[Candidate]]:
    random = Random(seed)  # noqa: S311 - cases, not secrets
    return [place(n, random) for n in range(places)], [candidate(100 + n, random) for n in range(candidates)]


def in_conflict(place: Wanted, one: Candidate) -> bool:
    """Read from the issue anew, not from the code: a declared conflict in those days, one's employer, one's country."""
    for each in one.against:
        if (each.since and each.since > place.ends) or (each.until and each.until < place.starts):
            continue
        if each.country == place.country or (each.organisation is not None and each.organisation == place.asker):
            return True
        if each.party.strip().lower() in {p.strip().lower() for p in place.parties}:
            return True
    return one.employer == place.asker or (place.from_elsewhere and place.country in one.nationalities)


def best(places: Sequence[Wanted], candidates: Sequence[Candidate]) -> int:
    """The best value, by trying every way to fill the places."""
    by_key = {each.key: each for each in candidates}
    ways = [[None, *(c.key for c in candidates if not stands_against(p, c))] for p in places]
    found = 0
    for way in product(*ways):
        pairs = [(p, by_key[k]) for p, k in zip(places, way, strict=True) if k is not None]
        if any(a is b and p is not q and p.starts <= q.ends and q.starts <= p.ends
               for n, (p, a) in enumerate(pairs) for q, b in pairs[n + 1:]):  # fmt: skip
            continue
        found = max(found, sum(FILLED + fit(p, c)[0] for p, c in pairs))
    return found


def check(
    places: Sequence[Wanted], candidates: Sequence[Candidate], made: Matching, kept: Mapping[int, int] = {}
) -> None:
    by_place, by_key = {p.key: p for p in places}, {c.key: c for c in candidates}
    for key, who in made.assigned.items():
        if key not in kept:
            assert not in_conflict(by_place[key], by_key[who])
            assert not stands_against(by_place[key], by_key[who])
    for p in places:
        for c in candidates:
            if p.key not in kept and made.assigned.get(p.key) != c.key:
                assert made.refused[p.key, c.key], "nobody is refused without a reason"
                assert in_conflict(p, c) == any(r.word == CONFLICT for r in made.refused[p.key, c.key])


@pytest.mark.parametrize("seed", range(60))
def test_equal_to_trying_everything(seed: int) -> None:
    places, candidates = case(seed, 1 + seed % 4, 2 + seed % 5)
    made = match(places, candidates)
    assert made.proven
    assert made.value == best(places, candidates)
    check(places, candidates, made)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**9), st.integers(0, 10), st.integers(0, 25))
def test_nobody_in_conflict_is_assigned_and_nobody_refused_without_a_reason(seed: int, n: int, m: int) -> None:
    places, candidates = case(seed, n, m)
    made = match(places, candidates)
    check(places, candidates, made)
    for key in set(made.assigned.values()):
        mine = sorted((p.starts, p.ends) for p in places if made.assigned.get(p.key) == key)
        assert all(a[1] < b[0] for a, b in pairwise(mine)), "one place at a time"
    assert made == match(list(reversed(places)), list(reversed(candidates))), "the order of the input says nothing"


def test_forty_places_and_four_hundred_candidates_in_five_seconds() -> None:
    places, candidates = case(7, 40, 400)
    before = time.perf_counter()
    made = match(places, candidates)
    assert made.proven and time.perf_counter() - before < 30  # the figure itself is bench/clearing.py's
    check(places, candidates, made)


def trainer(key: int, **told: object) -> Candidate:
    plain = Candidate(
        key, skills=frozenset({"digital forensics"}), speaks={"pt": "native"}, everywhere=True, free=ALL_YEAR
    )
    return replace(plain, **told)  # type: ignore[arg-type]


def test_three_portuguese_speaking_trainers_without_conflict() -> None:
    want = Wanted(1, "MZ", date(2027, 3, 1), date(2027, 3, 12), asker=5, skills=("Forensics digital",),
                  languages={"pt": "C1"}, parties=("Acme SA",))  # fmt: skip
    places = [replace(want, key=n) for n in (1, 2, 3)]
    held = [
        trainer(11), trainer(12, worked_in=frozenset({"MZ"})), trainer(13, served=2), trainer(14),
        trainer(21, nationalities=frozenset({"MZ"})), trainer(22, employer=5), trainer(23, speaks={"pt": "B2"}),
        trainer(24, against=(Against(party="acme sa"),)), trainer(25, skills=frozenset({"training"})),
        trainer(26, free=((date(2027, 3, 2), date(2027, 3, 12)),)), trainer(27, everywhere=False),
        trainer(28, engaged=((date(2027, 3, 12), date(2027, 4, 1)),)), trainer(29, speaks={"es": "native"}),
    ]  # fmt: skip
    made = match(places, held)
    assert sorted(made.assigned.values()) == [11, 12, 14]
    words = {key: [(r.word, r.about) for r in made.refused[1, key]] for key in range(21, 30)}
    assert words == {
        21: [("conflict", "nationality")], 22: [("conflict", "employer")], 23: [("level", "pt")],
        24: [("conflict", "acme sa")], 25: [("skill", "Forensics digital")], 26: [("dates", "")],
        27: [("country", "MZ")], 28: [("engaged", "")], 29: [("language", "pt")],
    }  # fmt: skip
    assert made.refused[1, 13] == (Reason("others fit better", "666"),)
    kept = match(places, held, kept={2: 13})
    assert kept.assigned[2] == 13 and len(set(kept.assigned.values())) == 3


def test_what_is_kept_takes_its_time_too() -> None:
    one = Wanted(1, "MZ", date(2027, 3, 1), date(2027, 3, 12), skills=("digital forensics",))
    other = replace(one, key=2, starts=date(2027, 3, 12), ends=date(2027, 3, 20))
    made = match([one, other], [trainer(11)], kept={1: 11})
    assert made.assigned == {1: 11} and made.refused[2, 11] == (Reason("same time"),)
    later = replace(other, starts=date(2027, 3, 13))
    assert match([one, later], [trainer(11)], kept={1: 11}).assigned == {1: 11, 2: 11}


def test_a_course_fills_as_many_places_as_are_wanted() -> None:
    want = Wanted(1, "MZ", date(2027, 3, 1), date(2027, 3, 12), kind="course")
    course = Candidate(5, kind="course", everywhere=True, free=((date.min, date.max),))
    assert match([want, replace(want, key=2)], [course, trainer(6)]).assigned == {1: 5, 2: 5}


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 9)), max_size=8), st.integers(0, 30), st.integers(0, 9))
def test_the_busiest_day_is_that_of_counting_day_by_day(told: list[tuple[int, int]], first: int, length: int) -> None:
    times = [(DAY + timedelta(days=a), DAY + timedelta(days=a + n)) for a, n in told]
    starts, ends = DAY + timedelta(days=first), DAY + timedelta(days=first + length)
    days = [starts + timedelta(days=n) for n in range(length + 1)]
    assert busiest(times, starts, ends) == max(sum(a <= day <= b for a, b in times) for day in days)
