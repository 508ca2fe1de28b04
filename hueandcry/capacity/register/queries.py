"""Reads of the register. The caller has entered the viewer. Search runs in a blind function, and is read again here."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

import orjson
from django.db import connection
from django.db.models import Count
from django.utils import timezone

from hueandcry.capacity.models import (
    Confirmation,
    Resource,
    ResourceDuplicate,
    ResourceEvent,
    ResourceShown,
)
from hueandcry.capacity.register import ranking
from hueandcry.capacity.register.ranking import Found, Query, Ranked
from hueandcry.exchange.folded import folded
from hueandcry.members.viewer import Viewer

MOST = 200  # results that are ranked; who wants others asks more narrowly
MOST_COUNTED = 10_000  # rows that are looked at to count; half where no word is asked for
_OPERATORS = re.compile(r'"|(?:^|\s)-|\bor\b', re.IGNORECASE)  # who writes these means it exactly
FACETS = ("kind", "country", "language", "aspect", "cost", "state")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for: words, and by facet what is wanted of it (any of them)."""

    words: str = ""
    facets: dict[str, tuple[str, ...]] = field(default_factory=dict)
    without_experts: bool = False

    def asked(self) -> dict[str, list[str]]:
        """The facets as the search function takes them."""
        told = {name: list(values) for name, values in self.facets.items() if values and name in FACETS}
        return told | ({"not_kind": ["expert"]} if self.without_experts else {})


@dataclass(frozen=True, slots=True)
class Result:
    """A resource with where it stands and why."""

    resource: Resource
    ranked: Ranked
    place: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What a search gave. ``count`` of what fits, as far as counted; ``near``: found by words spelt nearly so."""

    ranked: list[Ranked]
    count: int
    facets: dict[str, dict[str, int]]
    near: bool = False
    capped: bool = False  # there may be more than were counted


def search(viewer: Viewer, wanted: Wanted, *, day: date | None = None) -> Answer:
    """What fits, ranked. Words are looked for in the dictionary of each resource's language."""
    words = wanted.words.replace("\0", " ").strip()[:300]
    told, near = _looked(words, wanted, near=False), False
    if words and not told["count"] and not _OPERATORS.search(words):  # nothing has these words: what is spelt nearly so
        told, near = _looked(words, wanted, near=True), True
    ids = [key for key, _rank in told["found"]]
    best = max((rank for _key, rank in told["found"]), default=0) or 1.0
    relevance = {key: rank / best for key, rank in told["found"]}
    query = Query(_asked_words(words), {name: values for name, values in wanted.facets.items() if values})
    found = _found(ids, relevance, query, near=near)
    return Answer(
        ranking.ranked(found, day=day or timezone.localdate(), query=query), told["count"], told["facets"], near
    )


def _looked(words: str, wanted: Wanted, *, near: bool) -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT hueandcry_resources(%s, %s::jsonb, %s, %s, %s)::text",
            [words, orjson.dumps(wanted.asked()).decode(), MOST, MOST_COUNTED, near],
        )
        told: dict[str, Any] = orjson.loads(cursor.fetchone()[0])
        return told


def _found(ids: Sequence[int], relevance: dict[int, float], query: Query, *, near: bool) -> list[Found]:
    """What ranking takes, of these resources; three statements however many there are."""
    shown = {one.resource_id: one for one in ResourceShown.objects.filter(resource_id__in=ids)}
    told = Confirmation.objects.filter(resource_id__in=ids).values("resource_id")
    confirmed = dict(told.annotate(n=Count("organisation", distinct=True)).values_list("resource_id", "n"))
    columns = (
        "id",
        "kind",
        "title",
        "about",
        "provider",
        "evidence",
        "confirmed_at",
        "countries",
        "everywhere",
        "languages",
        "aspects",
        "cost",
        "state",
    )
    found = []
    for row in Resource.objects.filter(pk__in=ids).values(*columns):
        seen = shown.get(row["id"])
        found.append(
            Found(
                row["id"],
                relevance=relevance.get(row["id"], 0.0),
                examined=seen.looks if seen else 0.0,
                asked=seen.asked if seen else 0,
                evidence=bool(row["evidence"]) + confirmed.get(row["id"], 0),
                confirmed_on=row["confirmed_at"].date() if row["confirmed_at"] else None,
                near=near,
                fits=_fits(row, query),
            )
        )
    return found


def _fits(row: dict[str, Any], query: Query) -> dict[str, tuple[str, ...]]:
    """Which of the words and facets a row meets."""
    held = {
        "kind": {row["kind"]},
        "cost": {row["cost"]},
        "state": {row["state"]},
        "language": set(row["languages"]),
        "aspect": set(row["aspects"]),
        "country": set(row["countries"]),
    }
    fits = {name: tuple(v for v in values if v in held.get(name, ())) for name, values in query.facets.items()}
    if "country" in query.facets and row["everywhere"] and not fits["country"]:
        fits["country"] = ("*",)
    text = folded(f"{row['title']} {row['provider']} {row['about']}")
    words = tuple(word for word in query.words if word.strip('-"')[:5] in text)
    return fits | {"words": words or query.words}


def _asked_words(words: str) -> tuple[str, ...]:
    """The words asked for, each once, without operators."""
    plain = (word.strip('"') for word in folded(words).split() if not word.startswith("-"))
    return tuple(dict.fromkeys(word for word in plain if word and word != "or"))


def results(viewer: Viewer, ranked: Sequence[Ranked], *, first: int) -> list[Result]:
    """The resources of a page of results; ``first``: the place of the first of them."""
    rows = Resource.objects.in_bulk([one.found.key for one in ranked])
    kept = [(n, one) for n, one in enumerate(ranked, start=first) if one.found.key in rows]
    return [Result(rows[one.found.key], one, place) for place, one in kept]


def note_shown(viewer: Viewer, shown: Sequence[Result]) -> None:
    """Count that these were in front of somebody, by the chance that they looked so far down."""
    if shown:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT hueandcry_resources_shown(%s::bigint[], %s::float8[])",
                [[one.resource.pk for one in shown], [ranking.propensity(one.place) for one in shown]],
            )


def note_asked(viewer: Viewer, resource: Resource) -> None:
    """Count that a resource was opened out of a list, or asked for."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT hueandcry_resource_asked(%s)", [resource.pk])


def one(viewer: Viewer, reference: UUID) -> Resource:
    """One resource. Raises Resource.DoesNotExist."""
    return Resource.objects.get(reference=reference)


def events(viewer: Viewer, resource: Resource, *, size: int = 50) -> list[ResourceEvent]:
    """What happened to a resource, the latest first."""
    return list(ResourceEvent.objects.filter(resource=resource).order_by("-pk")[:size])


def twins(viewer: Viewer, resource: Resource) -> list[tuple[ResourceDuplicate, Resource]]:
    """What is presumably the same as a resource, and has not been told apart, the likeliest first."""
    rows = ResourceDuplicate.objects.select_related("resource", "other")
    mine = list(rows.filter(resource=resource).exclude(same=False))
    mine += list(rows.filter(other=resource).exclude(same=False))
    told = [(row, row.other if row.resource_id == resource.pk else row.resource) for row in mine]
    return sorted(told, key=lambda pair: (-pair[0].bits, pair[0].pk))[:10]


def for_aspects(viewer: Viewer, country: str, aspects: Sequence[str], *, most: int = 20) -> dict[str, list[Resource]]:
    """By aspect: the listed resources and experts that reach a country for it, the last confirmed first, ``most`` of
    each; an aspect that nothing reaches is there with an empty list. Two statements however many aspects there are."""
    found: dict[str, list[Resource]] = {aspect: [] for aspect in aspects}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT resource, aspect FROM hueandcry_resources_for(%s, %s::text[], %s)", [country, list(aspects), most]
        )
        told = cursor.fetchall()
    rows = Resource.objects.in_bulk({resource for resource, _aspect in told})
    for resource, aspect in told:
        if resource in rows:
            found[aspect].append(rows[resource])
    return found


def counts_for(viewer: Viewer, country: str, aspects: Sequence[str]) -> dict[str, dict[str, int]]:
    """By aspect and kind: how many reach a country for it (at most 20 of an aspect are counted)."""
    told: dict[str, dict[str, int]] = {}
    for aspect, rows in for_aspects(viewer, country, aspects).items():
        kinds: dict[str, int] = defaultdict(int)
        for row in rows:
            kinds[row.kind] += 1
        told[aspect] = dict(kinds)
    return told
