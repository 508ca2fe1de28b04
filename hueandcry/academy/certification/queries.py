"""Reads of certification. The caller has entered the viewer."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from hueandcry.academy.certification.papers import Agreement, agreement
from hueandcry.academy.models import Candidacy, Mark, PaperItem, Scheme
from hueandcry.members.models import Organisation
from hueandcry.members.viewer import Viewer

RECORD = ("reference", "scheme", "title", "state", "country", "since", "until", "body", "name")


def register() -> list[dict[str, Any]]:
    """The public register: certificates that their holders agreed to show."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM hueandcry_register()")
        return [dict(zip(RECORD, row, strict=True)) for row in cursor.fetchall()]


def bodies(scheme: Scheme) -> list[tuple[int, str]]:
    """Who may certify for a scheme today."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT organisation FROM hueandcry_accreditations() WHERE kind = 'provider' AND state = 'accredited'"
            " AND %s = ANY (scope) AND current_date >= valid_from AND current_date < valid_until",
            [scheme.code],
        )
        keys = [row[0] for row in cursor.fetchall()]
    return list(Organisation.objects.filter(pk__in=keys).order_by("name").values_list("pk", "name"))


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as the candidate sees it. ``options``: with the place that each has in the bank, in an order of this
    paper's own, so that where an option stands says nothing."""

    item: int
    number: int
    kind: str
    competence: str
    question: str
    options: list[tuple[int, str]]
    points: int
    answer: str
    choice: int | None
    ai_use: str


def paper(candidacy: Candidacy) -> list[Asked]:
    """One's own paper, without key and guide; nothing where it is not one's own or not sat yet."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM hueandcry_paper(%s)", [candidacy.pk])
        rows = [Asked(*row) for row in cursor.fetchall()]
    return [replace(row, options=_mixed(row.item, row.options)) for row in rows]


def _mixed(item: int, options: Sequence[Any]) -> list[tuple[int, str]]:
    drawn = list(enumerate(options))
    random.Random(item).shuffle(drawn)  # noqa: S311 - the same at each reading, no secret
    return drawn


def score(candidacy: Candidacy) -> list[tuple[str, float, float]]:
    """Competence, points, out of; of one that the viewer may see."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT competence, points, out_of FROM hueandcry_score(%s) ORDER BY 1", [candidacy.pk])
        return [(code, float(points), float(out_of)) for code, points, out_of in cursor.fetchall()]


def items(viewer: Viewer, candidacy: Candidacy) -> QuerySet[PaperItem]:
    """The answers of the attempt that counts, with their questions, for examiners."""
    rows = PaperItem.objects.filter(candidacy=candidacy, attempt=candidacy.attempt).select_related("question")
    return rows.prefetch_related("marks").order_by("number")


def agreed(viewer: Viewer, candidacy: Candidacy) -> Agreement:
    """How far the markers agree, as far as the viewer sees marks."""
    rows: dict[int, list[float]] = {}
    marks = Mark.objects.filter(candidacy=candidacy.pk).select_related("item__question").order_by("pk")
    for each in marks:
        rows.setdefault(each.item_id, []).append(100 * float(each.points) / each.item.question.points)
    return agreement(list(rows.values()))
