"""Who fills which places of a call: an assignment by integer programming (HiGHS), and why anybody else does not. Pure.

First as many places as possible, then the best fit of those who fill them. What stands against somebody is hard: no
count of merits sends an expert who has a conflict of interest. Every place left empty and everybody not assigned comes
with reasons.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from hueandcry.capacity import highs
from hueandcry.capacity.register.drafts import LEVELS

FILLED = 1_000_000  # what a filled place is worth; more than all fits of one call together
MOST_PLACES = 500

# Words for why somebody does not fill a place; each has a sentence on the page (clearing/words.py).
SKILL, LANGUAGE, LEVEL, COUNTRY, DATES, CONFLICT, ENGAGED, KIND, SAME_TIME, OTHERS = (
    "skill", "language", "level", "country", "dates", "conflict", "engaged", "kind", "same time", "others fit better"
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Against:
    """A conflict of interest: with a country, an organisation of the alliance, or a name; within days (None: open)."""

    country: str = ""
    organisation: int | None = None
    party: str = ""
    since: date | None = None
    until: date | None = None

    def meets(self, starts: date, ends: date) -> bool:
        """Whether it lasts into these days."""
        return (self.since or date.min) <= ends and starts <= (self.until or date.max)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A place of a call. ``languages``: language -> least level, all of them, or with ``any_language`` one of them;
    ``useful``: skills that are welcome; ``parties``: names concerned; ``from_elsewhere``: nobody of that country."""

    key: int
    country: str
    starts: date
    ends: date
    asker: int = 0
    kind: str = "expert"
    skills: tuple[str, ...] = ()
    useful: tuple[str, ...] = ()
    languages: Mapping[str, str] = field(default_factory=dict)
    any_language: bool = False
    parties: tuple[str, ...] = ()
    from_elsewhere: bool = True


@dataclass(frozen=True, slots=True)
class Candidate:
    """Who or what could fill a place. ``free``: days from and to (none told: not known to be free, so never sent);
    ``engaged``: days of other calls; ``at_once``: how many calls at one time; ``served``: how often sent before."""

    key: int
    kind: str = "expert"
    skills: frozenset[str] = frozenset()
    speaks: Mapping[str, str] = field(default_factory=dict)
    goes_to: frozenset[str] = frozenset()
    everywhere: bool = False
    worked_in: frozenset[str] = frozenset()
    nationalities: frozenset[str] = frozenset()
    employer: int | None = None
    free: tuple[tuple[date, date], ...] = ()
    engaged: tuple[tuple[date, date], ...] = ()
    at_once: int = 1
    served: int = 0
    against: tuple[Against, ...] = ()


@dataclass(frozen=True, slots=True)
class Reason:
    """Why somebody does not fill a place, or what speaks for them: a word and what it is about."""

    word: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class Matching:
    """``assigned``: place -> candidate; ``value``: filled places x FILLED and the sum of fits; ``proven``: nothing
    better exists, else time was up; ``refused``: (place, candidate) -> why, for every pair that
    is not assigned."""

    assigned: Mapping[int, int]
    value: int
    proven: bool
    refused: Mapping[tuple[int, int], tuple[Reason, ...]]


def has_skill(wanted: str, held: frozenset[str]) -> bool:
    """Whether one of the skills held has every word of the one wanted, in any order, in any case."""
    words = set(wanted.casefold().split())
    return any(words <= set(each.casefold().split()) for each in held)


def _speaks(candidate: Candidate, language: str, level: str) -> bool:
    held = candidate.speaks.get(language, "")
    return held in LEVELS and LEVELS.index(held) >= LEVELS.index(level)


def conflicts(place: Wanted, candidate: Candidate) -> list[Reason]:
    """What conflict of interest stands against sending somebody to a place: declared ones that last into its days, the
    asker as employer, and their own country where somebody from elsewhere is wanted."""
    names = {name.casefold().strip() for name in place.parties}
    found = []
    for each in candidate.against:
        if not each.meets(place.starts, place.ends):
            continue
        if each.country and each.country == place.country:
            found.append(Reason(CONFLICT, each.country))
        if each.organisation is not None and each.organisation == place.asker:
            found.append(Reason(CONFLICT, "asker"))
        if each.party and each.party.casefold().strip() in names:
            found.append(Reason(CONFLICT, each.party))
    if candidate.employer is not None and candidate.employer == place.asker:
        found.append(Reason(CONFLICT, "employer"))
    if place.from_elsewhere and place.country in candidate.nationalities:
        found.append(Reason(CONFLICT, "nationality"))
    return found


def stands_against(place: Wanted, candidate: Candidate) -> tuple[Reason, ...]:
    """Everything for which a candidate cannot fill a place; empty: they can."""
    if candidate.kind != place.kind:
        return (Reason(KIND, candidate.kind),)
    found = conflicts(place, candidate)
    found += [Reason(SKILL, skill) for skill in place.skills if not has_skill(skill, candidate.skills)]
    found += _languages(place, candidate)
    if not candidate.everywhere and place.country not in candidate.goes_to:
        found.append(Reason(COUNTRY, place.country))
    if not any(a <= place.starts and place.ends <= b for a, b in candidate.free):
        found.append(Reason(DATES))
    if candidate.kind == "expert" and busiest(candidate.engaged, place.starts, place.ends) >= candidate.at_once:
        found.append(Reason(ENGAGED))
    return tuple(dict.fromkeys(found))


def _languages(place: Wanted, candidate: Candidate) -> list[Reason]:
    lacking = [
        Reason(LEVEL if language in candidate.speaks else LANGUAGE, language)
        for language, level in sorted(place.languages.items())
        if not _speaks(candidate, language, level)
    ]
    return [] if place.any_language and len(lacking) < len(place.languages) else lacking


def busiest(engaged: Sequence[tuple[date, date]], starts: date, ends: date) -> int:
    """How many of these times meet on the busiest day from ``starts`` to ``ends``."""
    meet = [(a, b) for a, b in engaged if a <= ends and starts <= b]
    days = {starts, *(a for a, _b in meet if a >= starts)}  # the count can only rise where a time begins
    return max((sum(a <= day <= b for a, b in meet) for day in days), default=0)


def fit(place: Wanted, candidate: Candidate) -> tuple[int, tuple[Reason, ...]]:
    """How well somebody who can fill a place fits, from 0 to 1,000, and why: useful skills, language above what is
    asked, work in that country before, and, so that the same few are not always sent, seldom sent."""
    why: list[Reason] = []
    useful = [skill for skill in place.useful if has_skill(skill, candidate.skills)]
    why += [Reason("useful", skill) for skill in useful]
    value = 400 * len(useful) // len(place.useful) if place.useful else 400
    above = [language for language in place.languages if candidate.speaks.get(language) in ("C2", "native")]
    why += [Reason("fluent", language) for language in above]
    value += 200 * len(above) // len(place.languages) if place.languages else 200
    if place.country in candidate.worked_in:
        value += 200
        why.append(Reason("worked there", place.country))
    if candidate.served == 0:
        why.append(Reason("seldom sent"))
    return value + 200 // (1 + candidate.served), tuple(why)


def match(
    places: Sequence[Wanted], candidates: Sequence[Candidate], *, kept: Mapping[int, int] | None = None,
    seconds: float = 5.0,
) -> Matching:  # fmt: skip
    """Assign candidates to places: most places filled, then the best sum of fits; nobody twice at one time.

    ``kept``: place -> candidate already chosen, which stays (their place takes no other, their time is taken). Stops
    after ``seconds`` with the best found. The same input gives the same answer. Raises ValueError beyond MOST_PLACES.
    """
    if len(places) > MOST_PLACES:
        raise ValueError(f"more than {MOST_PLACES} places")
    kept = kept or {}
    by_key = {each.key: each for each in places}
    taken = {who: [by_key[place] for place, held in kept.items() if held == who and place in by_key]
             for who in set(kept.values())}  # fmt: skip
    open_places = sorted((each for each in places if each.key not in kept), key=lambda each: each.key)
    against: dict[tuple[int, int], tuple[Reason, ...]] = {}
    can: list[tuple[int, int, int]] = []  # place's position, candidate's position, fit
    who = sorted(candidates, key=lambda each: each.key)
    for p, place in enumerate(open_places):
        for c, candidate in enumerate(who):
            found = stands_against(place, candidate)
            if (
                not found
                and candidate.kind == "expert"
                and any(_meet(place, other) for other in taken.get(candidate.key, ()))
            ):
                found = (Reason(SAME_TIME),)
            if found:
                against[place.key, candidate.key] = found
            else:
                can.append((p, c, fit(place, candidate)[0]))
    chosen, proven = _solved(open_places, who, can, seconds)
    assigned = {open_places[can[n][0]].key: who[can[n][1]].key for n in chosen}
    value = sum(FILLED + can[n][2] for n in chosen)
    refused = against | _passed_over(open_places, who, can, set(chosen), assigned, by_key)
    return Matching({**{p: c for p, c in kept.items() if p in by_key}, **assigned}, value, proven, refused)


def _meet(one: Wanted, other: Wanted) -> bool:
    return one.starts <= other.ends and other.starts <= one.ends


def _crowds(places: Sequence[Wanted], mine: Sequence[int]) -> list[list[int]]:
    """Of the places at these positions, those that share a day: of each such set a person fills one at most. Times that
    meet pairwise share a day, so the sets at the first days of places are all that are needed."""
    made = {
        tuple(n for n in mine if places[n].starts <= places[at].starts <= places[n].ends) for at in mine
    }  # fmt: skip
    return [list(each) for each in sorted(made) if len(each) > 1 and not any(set(each) < set(o) for o in made)]


def _solved(
    places: Sequence[Wanted], who: Sequence[Candidate], can: Sequence[tuple[int, int, int]], seconds: float
) -> tuple[list[int], bool]:
    """Positions in ``can`` that are chosen, and whether that is proven to be best."""
    if not can:
        return [], True
    rows: list[list[int]] = []
    of_place: dict[int, list[int]] = {}
    of_person: dict[int, dict[int, int]] = {}
    for n, (p, c, _value) in enumerate(can):
        of_place.setdefault(p, []).append(n)
        if who[c].kind == "expert":
            of_person.setdefault(c, {})[p] = n
    rows += of_place.values()
    for mine in of_person.values():
        rows += [[mine[p] for p in crowd] for crowd in _crowds(places, sorted(mine))]
    solver = highs.solver(
        [FILLED + value for _p, _c, value in can], [highs.Row(dict.fromkeys(row, 1.0), high=1) for row in rows],
        most=True, time_limit=seconds, mip_abs_gap=0.5,
    )  # fmt: skip
    values, proven = highs.answer(solver)
    return [n for n in range(len(can)) if values is not None and values[n] > 0.5], proven and values is not None


def _passed_over(
    places: Sequence[Wanted], who: Sequence[Candidate], can: Sequence[tuple[int, int, int]], chosen: set[int],
    assigned: Mapping[int, int], by_key: Mapping[int, Wanted],
) -> dict[tuple[int, int], tuple[Reason, ...]]:  # fmt: skip
    """Why those who could fill a place do not: they fill another at the same time, or others fit better."""
    filled: dict[int, list[Wanted]] = {}
    for number, key in assigned.items():
        filled.setdefault(key, []).append(by_key[number])
    told: dict[tuple[int, int], tuple[Reason, ...]] = {}
    for n, (p, c, value) in enumerate(can):
        if n in chosen:
            continue
        place, candidate = places[p], who[c]
        own = [other for other in filled.get(candidate.key, ()) if _meet(place, other)]
        why = Reason(SAME_TIME, str(own[0].key)) if own and candidate.kind == "expert" else Reason(OTHERS, str(value))
        told[place.key, candidate.key] = (why,)
    return told
