"""What the demonstration alliance's office has done with the picture: figures loaded, all of them made up for the
demonstration; freezes, with what each night brings after one; two releases, one after the other. Each by the
action that its page calls; done once, where loading goes on."""

from __future__ import annotations

import csv
import io
import logging
import random
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

from hueandcry.exchange.sectors import SHORT
from hueandcry.members.viewer import Viewer, viewer
from hueandcry.picture import estimates
from hueandcry.picture.freezes import actions as freezes
from hueandcry.picture.models import Release
from hueandcry.picture.question import SIZES
from hueandcry.picture.reference import actions as reference
from hueandcry.picture.releases import actions as releases
from hueandcry.world.countries import COUNTRIES, PER_EURO, Country
from hueandcry.world.simulation import DAYS

SOURCE: Final = "Made up for the demonstration"
PREPARING: Final = 10.0  # seconds from which on no new estimate is begun
SEED: Final = 2026
PEOPLE_A_WEIGHT: Final = 900_000  # inhabitants for each unit of a country's weight
ENTERPRISES_A_PERSON: Final = 0.07
# Shares of enterprises, rough and ours: most are small and in trade, building and services.
_SIZE_SHARES: Final = {"micro": 0.93, "small": 0.055, "medium": 0.012, "large": 0.003}
log = logging.getLogger(__name__)
_LARGE_SECTORS: Final = "CFGHINORST"  # these have five times as many enterprises as the others


def live(people: Mapping[str, Viewer], until: date) -> None:
    """Let the office load, freeze and publish; ``until`` is the last day of the world.

    Two releases of years that do not overlap: protecting one over months that an earlier one told of, as a correction
    does, takes four times as long (47 s against 11 s of CPU), which a demonstration does not have.
    """
    office = people["secretary"]
    years = range((until - timedelta(days=DAYS)).year - 1, until.year + 1)
    reference.load(by=office, kind="denominators", raw=denominators(years))
    with viewer(office):
        published = set(Release.objects.filter(state=Release.State.PUBLISHED).values_list("number", flat=True))
    reference.load(by=office, kind="rates", raw=rates(until))
    frozen = freezes.take(by=office)
    freezes.follow(frozen)
    estimates.prepare(frozen, seconds=PREPARING)  # what pages ask for first; the worker goes on
    year = until.year
    for number, title, first, last in (
        (1, f"Cybercrime in {year - 1}", f"{year - 1}-01", f"{year - 1}-12"),
        (2, f"Cybercrime in {year}, January to September", f"{year}-01", f"{year}-09"),
    ):
        if number not in published:
            _published(office, releases.draft(by=office, title=title, first=first, last=last, freeze=frozen.pk))


def _published(office: Viewer, draft: Release) -> None:
    """Make and publish; what cannot be made stays a draft that says so, and the demonstration goes on without it."""
    try:
        releases.make(by=office, reference=draft.reference)
    except Exception:
        log.exception("the demonstration's release %s could not be made", draft.title)
        return
    releases.publish(by=office, reference=draft.reference)


def rates(until: date) -> bytes:
    """A rate for each currency and working day of the world: a slow walk around what it really is about."""
    rng = random.Random(f"{SEED}/rates")  # made up: nothing hangs on it
    days = [until - timedelta(days=back) for back in range(DAYS + 400, -1, -1)]
    rows: list[Sequence[Any]] = []
    for currency, middle in sorted(PER_EURO.items()):
        if currency == "EUR":
            continue
        level = 1.0
        for day in days:
            if day.weekday() < 5:
                level += 0.02 * (1.0 - level) + rng.gauss(0, 0.003)
                rows.append((currency, day.isoformat(), f"{middle * level:.6g}", SOURCE))
    return _csv(("currency", "day", "per_euro", "source"), rows)


def denominators(years: Iterable[int]) -> bytes:
    """Inhabitants of each country of the world and its enterprises, in all, by section and by size, in each year."""
    rows: list[Sequence[Any]] = []
    for country in COUNTRIES:
        for year in years:
            rows += _of_country(country, year)
    return _csv(("kind", "country", "year", "value", "sector", "size", "source"), rows)


def _of_country(country: Country, year: int) -> Iterable[Sequence[Any]]:
    rng = random.Random(f"{SEED}/{country.code}")  # the same in each year, so that a country grows and does not jump
    grown = 1 + 0.004 * (year - SEED)
    people = round(country.weight * PEOPLE_A_WEIGHT * rng.uniform(0.7, 1.3) * grown)
    firms = round(people * ENTERPRISES_A_PERSON * rng.uniform(0.7, 1.3))
    yield "inhabitants", country.code, year, people, "", "", SOURCE
    yield "enterprises", country.code, year, firms, "", "", SOURCE
    for size, share in _SIZE_SHARES.items():
        if size in SIZES:
            yield "enterprises", country.code, year, max(1, round(firms * share)), "", size, SOURCE
    weights = {letter: (5 if letter in _LARGE_SECTORS else 1) * rng.uniform(0.5, 1.5) for letter in SHORT}
    whole = sum(weights.values())
    for letter, weight in weights.items():
        yield "enterprises", country.code, year, max(1, round(firms * weight / whole)), letter, "", SOURCE


def _csv(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue().encode()
