"""Reads of assessments. The caller has entered the viewer: stages come from the evidence that this viewer sees."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from hueandcry.capacity.assessment import stages as rules
from hueandcry.capacity.assessment import treaties
from hueandcry.capacity.assessment.model import OURS, model
from hueandcry.capacity.assessment.stages import AspectStage, Evidence, Review
from hueandcry.capacity.models import CountryAnswer, EvidenceReview, IndicatorEvidence, TreatyStatus
from hueandcry.members.viewer import Viewer


def today() -> date:
    """The day it is, in UTC."""
    return datetime.now(UTC).date()


def held(viewer: Viewer, *, countries: Iterable[str] | None = None, of: str = OURS) -> dict[str, list[Evidence]]:
    """All evidence with its reviews, by country, in two reads."""
    rows = IndicatorEvidence.objects.filter(model=of)
    if countries is not None:
        rows = rows.filter(country__in=list(countries))
    reviews: dict[int, list[Review]] = defaultdict(list)
    said = EvidenceReview.objects.filter(evidence__in=rows.values("pk"))
    for pk, organisation, person, verdict, at in said.values_list(
        "evidence", "organisation", "person", "verdict", "at"
    ).order_by("pk"):
        reviews[pk].append(_review(organisation, person, verdict, at))
    made: dict[str, list[Evidence]] = defaultdict(list)
    for row in rows.order_by("pk").iterator(chunk_size=5_000):
        made[row.country].append(_evidence(row, reviews.get(row.pk, ())))
    return dict(made)


def evidence_of(row: IndicatorEvidence, reviews: Iterable[EvidenceReview]) -> Evidence:
    """A row with its reviews as the rules of stages take it."""
    return _evidence(row, [_review(each.organisation, each.person, each.verdict, each.at) for each in reviews])


def _review(organisation: int, person: int, verdict: str, at: datetime) -> Review:
    return Review(organisation, person, verdict == EvidenceReview.Verdict.ACCEPTED, at)


def _evidence(row: IndicatorEvidence, reviews: Sequence[Review]) -> Evidence:
    return Evidence(
        str(row.reference), row.indicator, row.holds, row.source, row.dated, row.expires, row.organisation,
        row.recorded_at, row.withdrawn_at, tuple(reviews),
    )  # fmt: skip


def stages(
    viewer: Viewer, *, countries: Iterable[str] | None = None, day: date | None = None, of: str = OURS
) -> dict[str, dict[str, AspectStage]]:
    """The stage of every aspect in every country of which there is evidence, as of a day by what was known on it."""
    used, on = model(of), day or today()
    return {
        country: rules.stages(used, evidence, day=on)
        for country, evidence in held(viewer, countries=countries, of=of).items()
    }


def changes(
    viewer: Viewer, *, since: date, until: date | None = None, countries: Iterable[str] | None = None, of: str = OURS
) -> dict[str, list[rules.Change]]:
    """What differs between what was known on two days, by country; a country without any difference is left out."""
    used, on = model(of), until or today()
    made = {
        country: rules.changes(rules.stages(used, told, day=since), rules.stages(used, told, day=on))
        for country, told in held(viewer, countries=countries, of=of).items()
    }
    return {country: changed for country, changed in made.items() if changed}


def as_of(viewer: Viewer, country: str, *, day: date, of: str = OURS) -> bytes:
    """What was known of a country on a day, as canonical JSON."""
    return rules.as_of(model(of), country, held(viewer, countries=[country], of=of).get(country, []), day=day)


def evidence(viewer: Viewer, reference: UUID) -> IndicatorEvidence:
    """One piece of evidence. Raises IndicatorEvidence.DoesNotExist."""
    return IndicatorEvidence.objects.get(reference=reference)


def of_indicators(
    viewer: Viewer, country: str, indicators: Iterable[str], *, of: str = OURS
) -> dict[str, list[IndicatorEvidence]]:
    """The evidence on these indicators, newest first, each with ``said`` (its reviews, oldest first)."""
    rows = IndicatorEvidence.objects.filter(model=of, country=country, indicator__in=list(indicators))
    made: dict[str, list[IndicatorEvidence]] = defaultdict(list)
    listed = list(rows.order_by("-dated", "-pk"))
    said = reviews(viewer, [row.pk for row in listed])
    for row in listed:
        row.said = said.get(row.pk, [])  # type: ignore[attr-defined]
        made[row.indicator].append(row)
    return dict(made)


def reviews(viewer: Viewer, evidence: Iterable[int]) -> dict[int, list[EvidenceReview]]:
    """Reviews by evidence, oldest first."""
    made: dict[int, list[EvidenceReview]] = defaultdict(list)
    for row in EvidenceReview.objects.filter(evidence__in=list(evidence)).order_by("at", "pk"):
        made[row.evidence_id].append(row)
    return dict(made)


def waiting(viewer: Viewer, *, of: str = OURS) -> QuerySet[IndicatorEvidence]:
    """Evidence of other organisations that the viewer has not reviewed and that still wants reviewers, oldest first."""
    own = EvidenceReview.objects.filter(person=viewer.person or 0).values("evidence")
    rows = IndicatorEvidence.objects.filter(model=of, withdrawn_at=None, expires__gt=today())
    rows = rows.exclude(organisation=viewer.organisation or 0).exclude(pk__in=own)
    accepted = Count("reviews__organisation", filter=Q(reviews__verdict="accepted"), distinct=True)
    return rows.annotate(accepted=accepted).filter(accepted__lt=rules.REVIEWERS).order_by("pk")


def expiring(viewer: Viewer, country: str, *, days: int = 180, of: str = OURS) -> list[Evidence]:
    """What counts today and expires within so many days, soonest first."""
    return rules.expiring(held(viewer, countries=[country], of=of).get(country, []), day=today(), days=days)


def answers(viewer: Viewer, country: str, *, of: str = OURS) -> dict[str, list[CountryAnswer]]:
    """What a country answered, by aspect, newest first."""
    made: dict[str, list[CountryAnswer]] = defaultdict(list)
    for row in CountryAnswer.objects.filter(model=of, country=country, withdrawn_at=None).order_by("-at"):
        made[row.aspect].append(row)
    return dict(made)


def statements(viewer: Viewer, *, country: str = "", treaty: str = "") -> list[treaties.Statement]:
    """What was said of treaties, those taken back included (a replay of a past day wants them)."""
    rows = TreatyStatus.objects.all()
    for name, value in (("country", country), ("treaty", treaty)):
        if value:
            rows = rows.filter(**{name: value})
    return [
        treaties.Statement(
            row.pk, row.country, row.treaty, row.provision, row.status, row.day, row.law, row.note, row.source,
            row.recorded_at, row.withdrawn_at,
        )
        for row in rows.order_by("pk")
    ]  # fmt: skip
