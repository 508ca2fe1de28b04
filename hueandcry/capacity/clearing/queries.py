"""Reads of the clearing house. The caller has entered the viewer: whom one may not see is no candidate."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.db import connection
from django.db.models import Count, Q, QuerySet

from hueandcry.capacity.clearing.life import LIVE
from hueandcry.capacity.clearing.matching import Against, Candidate, Matching, Reason, Wanted, fit, match
from hueandcry.capacity.models import Assignment, Availability, Call, Conflict, Expert, Offer, Place, Resource
from hueandcry.capacity.register.state import STANDING
from hueandcry.members.viewer import Viewer

MOST = 400  # candidates of the register that are weighed for one call


def calls(viewer: Viewer, *, state: str = "", country: str = "", words: str = "", mine: bool = False) -> QuerySet[Call]:
    """The calls that the viewer may see, newest first, with how many places they have."""
    found = Call.objects.annotate(number_of_places=Count("places")).order_by("-pk")
    if state:
        found = found.filter(state=state)
    if country:
        found = found.filter(country=country)
    if words:
        found = found.filter(Q(title__icontains=words) | Q(about__icontains=words))
    return found.filter(organisation=viewer.organisation or 0) if mine else found


def wanted(call: Call, place: Place) -> Wanted:
    """A place as matching takes it."""
    return Wanted(
        place.number, call.country, place.starts, place.ends, asker=call.organisation, kind=place.kind,
        skills=tuple(place.skills), useful=tuple(place.useful), languages=place.languages,
        any_language=place.any_language, parties=tuple(call.parties), from_elsewhere=place.from_elsewhere,
    )  # fmt: skip


def candidates(viewer: Viewer, resources: Sequence[int]) -> list[Candidate]:
    """These resources as matching takes them; one that the viewer may not see, or that is not listed, is left out. Six
    statements however many there are."""
    rows = Resource.objects.filter(pk__in=resources, kind__in=Place.Kind.values, state__in=STANDING).in_bulk()
    experts = Expert.objects.filter(pk__in=rows, consent_withdrawn_at=None).in_bulk()
    free: dict[int, list[tuple[date, date]]] = defaultdict(list)
    taken: dict[int, list[tuple[date, date]]] = defaultdict(list)
    against: dict[int, list[Against]] = defaultdict(list)
    served: dict[int, int] = defaultdict(int)
    for time in Availability.objects.filter(resource__in=rows):
        free[time.resource_id].append((time.starts, time.ends))
    for each in Conflict.objects.filter(resource__in=rows).order_by("pk"):
        against[each.resource_id].append(Against(each.country, each.organisation, each.party, each.since, each.until))
    with connection.cursor() as cursor:
        cursor.execute("SELECT resource_id, starts, ends, done FROM hueandcry_engaged(%s::bigint[])", [list(rows)])
        for key, starts, ends, done in cursor.fetchall():
            taken[key].append((starts, ends))
            served[key] += done
    return [
        _expert(row, experts[key], free[key], taken[key], served[key], against[key]) if row.kind == "expert"
        else _course(row, served[key], against[key])
        for key, row in sorted(rows.items()) if row.kind != "expert" or key in experts
    ]  # fmt: skip


def _expert(
    row: Resource, told: Expert, free: list[tuple[date, date]], taken: list[tuple[date, date]], served: int,
    against: list[Against],
) -> Candidate:  # fmt: skip
    return Candidate(
        row.pk, skills=frozenset(told.skills), speaks=told.speaks, goes_to=frozenset(row.countries),
        everywhere=row.everywhere, worked_in=frozenset(told.worked_in),
        nationalities=frozenset({*told.nationalities, row.home} - {""}),
        employer=told.employer, free=tuple(free), engaged=tuple(taken), at_once=told.at_once, served=served,
        against=tuple(against),
    )  # fmt: skip


def _course(row: Resource, served: int, against: list[Against]) -> Candidate:
    """A course has the skills that its words name, is given in its languages, and takes place from its first to its
    last day; one without days is there whenever it is wanted."""
    times = ((row.starts or date.min, row.ends or date.max),)
    return Candidate(
        row.pk, kind="course", skills=frozenset({f"{row.title} {row.about}"}),
        speaks=dict.fromkeys(row.languages or [row.language], "native"), goes_to=frozenset(row.countries),
        everywhere=row.everywhere, free=times, served=served, against=tuple(against),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Found:
    """Somebody for one place: the resource, the standing offer where there is one, what speaks for and against."""

    resource: Resource
    offer: Offer | None
    value: int
    why: tuple[Reason, ...]
    against: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Matched:
    """Matching of a whole call: by place's number who is proposed and everybody else with reasons, best first."""

    matching: Matching
    proposed: dict[int, Found]
    others: dict[int, list[Found]]
    weighed: int


def live(viewer: Viewer, call: Call) -> dict[int, Assignment]:
    """By place's number the assignment that takes it."""
    rows = Assignment.objects.filter(call=call, state__in=LIVE).select_related("place")
    return {row.place.number: row for row in rows}


def register_candidates(viewer: Viewer, call: Call, places: Sequence[Place]) -> list[int]:
    """Experts and courses of the register who go to the country of a call, of the kinds it wants; those who speak one
    of its languages first, at most MOST."""
    kinds = sorted({place.kind for place in places})
    tongues = sorted({code for place in places for code in place.languages})
    rows = Resource.objects.filter(kind__in=kinds, state__in=STANDING)
    rows = rows.filter(Q(everywhere=True) | Q(countries__contains=[call.country])).order_by("-confirmed_at", "-pk")
    first = list(rows.filter(languages__overlap=tongues).values_list("pk", flat=True)[:MOST]) if tongues else []
    rest = list(rows.exclude(pk__in=first).values_list("pk", flat=True)[: MOST - len(first)])
    return first + rest


def matched(viewer: Viewer, call: Call, *, seconds: float = 5.0) -> Matched:
    """Match the places of a call to those who were offered and to the register, for who asks."""
    places = list(call.places.order_by("number"))
    offers = {each.resource: each for each in Offer.objects.filter(call=call, withdrawn_at=None)}
    kept, own = {}, defaultdict(list)
    for number, row in live(viewer, call).items():
        kept[number] = row.resource
        own[row.resource].append((row.place.starts, row.place.ends))
    held = candidates(viewer, sorted({*offers, *own, *register_candidates(viewer, call, places)}))
    asked = [wanted(call, place) for place in places]
    # whom this call has taken is not taken by others
    made = match(asked, [_freed(each, own.get(each.key, ())) for each in held], kept=kept, seconds=seconds)
    rows = Resource.objects.in_bulk([each.key for each in held])
    by_key = {each.key: each for each in held}
    proposed, others = {}, {}
    for place in asked:
        if place.key in kept:
            continue
        if (key := made.assigned.get(place.key)) is not None:
            proposed[place.key] = Found(rows[key], offers.get(key), *fit(place, by_key[key]), ())
        others[place.key] = sorted(
            (Found(rows[c.key], offers.get(c.key), *fit(place, c), made.refused[place.key, c.key])
             for c in held if made.assigned.get(place.key) != c.key and c.kind == place.kind),
            key=lambda each: (len(each.against), each.offer is None, -each.value, each.resource.pk),
        )  # fmt: skip
    return Matched(made, proposed, others, len(held))


def _freed(candidate: Candidate, own: Sequence[tuple[date, date]]) -> Candidate:
    left = list(candidate.engaged)
    for time in own:
        if time in left:
            left.remove(time)
    return replace(candidate, engaged=tuple(left))


def offerable(viewer: Viewer, call: Call) -> list[Resource]:
    """The viewer's own experts and courses that could be offered to a call, of the kinds it wants."""
    kinds = sorted(set(call.places.values_list("kind", flat=True)))
    offered = Offer.objects.filter(call=call, withdrawn_at=None).values_list("resource", flat=True)
    rows = Resource.objects.filter(organisation=viewer.organisation or 0, kind__in=kinds, state__in=STANDING)
    return list(rows.exclude(pk__in=list(offered)).order_by("title")[:500])
