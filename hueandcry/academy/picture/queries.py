"""Reads of the picture of training. The caller has entered the viewer; cells under five people never leave the
database."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.db import connection

from hueandcry.academy.models import Scheme
from hueandcry.academy.picture import call
from hueandcry.academy.picture.ahead import Month, Renewals, ahead
from hueandcry.academy.picture.results import Association, Unit, association
from hueandcry.capacity.assessment import queries as assessments
from hueandcry.capacity.gaps import queries as gaps
from hueandcry.capacity.needs import queries as needs
from hueandcry.members.viewer import Viewer

AHEAD = 36  # months


@dataclass(frozen=True, slots=True)
class Trained:
    """People of a country who hold a scheme's certificate: how many, how many of them within half a year not any more,
    and the day of the newest."""

    country: str
    scheme: str
    people: int
    expiring: int
    newest: date


def trained() -> list[Trained]:
    """By country and scheme; fewer than five people are no line."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT country, scheme, people, expiring, newest FROM hueandcry_training_picture() ORDER BY 1, 2"
        )
        return [Trained(*row) for row in cursor.fetchall()]


def months() -> dict[str, list[Month]]:
    """By scheme, how many will still be certified, month by month."""
    known = renewals()
    with connection.cursor() as cursor:
        cursor.execute("SELECT scheme, month, people FROM hueandcry_training_ahead(%s)", [AHEAD])
        standing: dict[str, list[int | None]] = defaultdict(list)
        for code, _month, people in cursor.fetchall():
            standing[code].append(people)
    return {code: ahead(each, known.get(code)) for code, each in standing.items()}


def renewals() -> dict[str, Renewals]:
    """By scheme, how many certificates ended in three years and how many of them were renewed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT scheme, ended, renewed FROM hueandcry_training_renewed()")
        return {code: Renewals(ended, renewed) for code, ended, renewed in cursor.fetchall()}


def results() -> list[Association]:
    """What goes with having somebody certified; nothing of measures of which too few units are known."""
    units: dict[str, list[Unit]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute("SELECT measure, certified, n, mean FROM hueandcry_training_results()")
        for measure, certified, n, mean in cursor.fetchall():
            units[measure].append(Unit(certified, n, mean))
    found = (association(measure, units[measure]) for measure in ("report", "answer") if measure in units)
    return [each for each in found if each is not None]


def people_by_aspect(rows: list[Trained]) -> dict[tuple[str, str], int]:
    """By country and aspect of capacity, how many certificates are in force for roles that serve it."""
    roles = dict(Scheme.objects.values_list("code", "role"))
    made: dict[tuple[str, str], int] = defaultdict(int)
    for row in rows:
        made[row.country, call.aspect_of(roles[row.scheme])] += row.people
        made[row.country, call.UPTAKE] += row.people
    return dict(made)


def called_for(viewer: Viewer, rows: list[Trained]) -> list[call.Line]:
    """What each country's needs call for, beside what it has."""
    held = assessments.stages(viewer)
    stages = {country: {code: stage.stage for code, stage in each.items()} for country, each in held.items()}
    aims = {key: target.stage for key, target in gaps.targets(viewer).items()}
    shares = {country: need.share for country, need in needs.needs(needs.newest(viewer)).items() if country in stages}
    return call.lines(stages, aims, shares, people_by_aspect(rows))


def accredited_countries() -> list[str]:
    """Countries that have a provider whose accreditation is in force."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT country FROM hueandcry_accreditations() WHERE kind = 'provider' AND state = 'accredited'"
            " AND current_date >= valid_from AND current_date < valid_until ORDER BY 1"
        )
        return [row[0] for row in cursor.fetchall()]
