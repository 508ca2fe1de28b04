"""Reads of courses. The caller has entered the viewer."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import connection
from django.db.models import Avg, Count, Q, QuerySet

from hueandcry.academy.models import Course, Evaluation, Session
from hueandcry.members.viewer import Viewer


def courses(
    viewer: Viewer, *, words: str = "", role: str = "", language: str = "", country: str = "", competence: str = "",
    mode: str = "", state: str = "",
) -> QuerySet[Course]:  # fmt: skip
    """The courses that the viewer may see, narrowed; a version that another published one follows is left out."""
    rows = Course.objects.exclude(
        pk__in=Course.objects.filter(state="published").exclude(follows=None).values("follows")
    )
    rows = rows.filter(state=state) if state else rows.exclude(state="retired")
    if words:
        rows = rows.filter(Q(title__icontains=words) | Q(about__icontains=words) | Q(outcomes__icontains=words))
    if role:
        rows = rows.filter(roles__contains=[role])
    if language:
        rows = rows.filter(languages__contains=[language])
    if country:
        rows = rows.filter(country=country)
    if competence:
        rows = rows.filter(teaches__has_key=competence)
    return rows.filter(mode=mode) if mode else rows


def calendar(viewer: Viewer, *, since: date) -> QuerySet[Session]:
    """Sessions that end on this day or later, first first."""
    rows = Session.objects.filter(ends__gte=since, state__in=["planned", "open", "held"]).select_related("course")
    return rows.order_by("starts", "pk")


def fullness(viewer: Viewer, sessions: Iterable[int]) -> dict[int, tuple[int, int]]:
    """By session how many have a place and how many wait."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT session_id, placed, waiting FROM hueandcry_session_full(%s::bigint[])", [list(sessions)])
        return {key: (placed, waiting) for key, placed, waiting in cursor.fetchall()}


def evaluations(viewer: Viewer, session: Session) -> list[tuple[int, int, float]]:
    """Level, how many answered, mean score; of those that the viewer may see."""
    rows = Evaluation.objects.filter(enrolment__session=session).values("level").order_by("level")
    return [(row["level"], row["n"], row["mean"]) for row in rows.annotate(n=Count("pk"), mean=Avg("score"))]


def accredited(courses: Iterable[int]) -> dict[int, date]:
    """Of these courses those that are accredited today, and until when."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT course, max(valid_until) FROM hueandcry_accreditations() WHERE kind = 'course'"
            " AND course = ANY (%s) AND state = 'accredited' AND current_date >= valid_from"
            " AND current_date < valid_until GROUP BY 1",
            [list(courses)],
        )
        return dict(cursor.fetchall())
