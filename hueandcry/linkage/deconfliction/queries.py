"""Reads of deconfliction. The caller has entered the viewer; row-level security leaves an agency its own rows alone,
and of the other side there is only what a blind function gives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from django.db import connection
from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from hueandcry.linkage.models import Crime, Interest, InterestValue, Operation, OverlapMessage, OverlapSide
from hueandcry.members.viewer import Viewer
from hueandcry.web import clock

NEAR = timedelta(days=14)  # an action day within so many is urgent, as hueandcry_live_interests says too


@dataclass(frozen=True, slots=True)
class Other:
    """What an overlap's page may say of the other side. ``there``: its interest holds still. ``holds_back``: it would
    tell more to somebody who tells more."""

    there: bool
    name: str
    country: str
    contact: str
    note: str
    stand: str
    stand_at: datetime | None
    outcome: str
    closed_at: datetime | None
    holds_back: bool

    @property
    def stand_words(self) -> str:
        """Where it stands, in words."""
        return str(OverlapSide.Stand(self.stand).label) if self.stand else ""

    @property
    def outcome_words(self) -> str:
        """How it ended for it, in words."""
        return str(OverlapSide.Outcome(self.outcome).label) if self.outcome else ""


@dataclass(frozen=True, slots=True)
class Budget:
    """What one rule leaves: of a person or an organisation, within so many hours."""

    whose: str
    hours: int
    most: int
    left: int
    most_guessable: int
    left_guessable: int


def takes_part(organisation: int | None) -> bool:
    """Whether this organisation is a law-enforcement agency in good standing. Works outside a viewer too."""
    if organisation is None:
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT hueandcry_deconflicts(%s)", [organisation])
        return bool(cursor.fetchone()[0])


def interests(viewer: Viewer) -> QuerySet[Interest]:
    """The interests of the viewer's own agency."""
    return Interest.objects.filter(organisation=viewer.organisation or 0)


def of_state(rows: QuerySet[Interest], state: str) -> QuerySet[Interest]:
    """Those that hold ("open"), or those that ended or were taken back ("ended"); all for any other word."""
    today = clock.today()
    ended = Q(withdrawn_at__isnull=False) | Q(until__lt=today)
    return rows.filter(ended) if state == "ended" else rows.exclude(ended) if state == "open" else rows


def worded(rows: QuerySet[Interest], words: str) -> QuerySet[Interest]:
    """Those whose title or case holds these words; all where there are none."""
    return rows.filter(Q(title__icontains=words) | Q(case__icontains=words)) if words else rows


def interest(viewer: Viewer, reference: UUID) -> Interest:
    """One of the own agency's interests. Raises Interest.DoesNotExist."""
    return interests(viewer).get(reference=reference)


def holds(one: Interest, today: date | None = None) -> bool:
    """Whether it meets anything still."""
    return one.withdrawn_at is None and one.until >= (today or clock.today())


def is_near(one: Interest, now: datetime | None = None) -> bool:
    """Whether its action day is near."""
    now = now or datetime.now(UTC)
    return one.action_at is not None and now - timedelta(days=1) <= one.action_at <= now + NEAR


def values(viewer: Viewer, interest: int, only: Sequence[int] | None = None) -> list[InterestValue]:
    """An own interest's values; ``only`` these of them."""
    rows = InterestValue.objects.filter(interest=interest, organisation=viewer.organisation or 0)
    rows = rows.order_by("type", "value")
    return list(rows if only is None else rows.filter(pk__in=list(only)))


def counts(viewer: Viewer, interests: Sequence[int]) -> dict[int, tuple[int, int]]:
    """(values, overlaps) of each of these own interests."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT i, (SELECT count(*) FROM linkage_interestvalue v WHERE v.interest = i),"
            " (SELECT count(*) FROM linkage_overlapside s WHERE s.interest = i) FROM unnest(%s::bigint[]) i",
            [list(interests)],
        )
        return {number: (held, met) for number, held, met in cursor.fetchall()}


def sides(viewer: Viewer, *, closed: bool | None = None, urgent: bool = False) -> QuerySet[OverlapSide]:
    """The own agency's sides of overlaps: with ``urgent`` those before an action day, the longest urgent first."""
    rows = OverlapSide.objects.filter(organisation=viewer.organisation or 0)
    if closed is not None:
        rows = rows.filter(closed_at__isnull=not closed)
    if urgent:
        rows = rows.filter(urgent_at__isnull=False)
    return rows.order_by("urgent_at", "pk") if urgent else rows


@dataclass(frozen=True, slots=True)
class Unanswered:
    """An own side of an overlap where the other waits for a word; ``title`` is that of one's own interest."""

    side: OverlapSide
    title: str


def unanswered(viewer: Viewer) -> list[Unanswered]:
    """The open sides where the own agency has said nothing, or where the other wrote last; before an action day first.
    At most fifty."""
    last = OverlapMessage.objects.filter(overlap=OuterRef("overlap")).order_by("-pk").values("side")[:1]
    rows = sides(viewer, closed=False).annotate(last=Subquery(last))
    waits = Q(stand="") | (Q(last__isnull=False) & ~Q(last=F("pk")))
    found = list(rows.filter(waits).order_by(F("urgent_at").asc(nulls_last=True), "-pk")[:50])
    titles = dict(interests(viewer).filter(pk__in=[one.interest for one in found]).values_list("pk", "title"))
    return [Unanswered(one, titles.get(one.interest, "")) for one in found]


def side(viewer: Viewer, reference: UUID) -> OverlapSide:
    """One's own side of an overlap. Raises OverlapSide.DoesNotExist, for another's as for one that is not there."""
    return OverlapSide.objects.get(reference=reference, organisation=viewer.organisation or 0)


def other(viewer: Viewer, reference: UUID) -> Other | None:
    """What may be known of the other side; None where it is no member in good standing any more."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT there, name, country, contact, note, stand, stand_at, outcome, closed_at, holds_back"
            " FROM hueandcry_other_side(%s)",
            [reference],
        )
        row = cursor.fetchone()
    return Other(*row) if row else None


def other_address(side: UUID) -> tuple[int, UUID] | None:
    """The organisation of the other side and its own address of the overlap, for a notice and nothing else."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT organisation, reference FROM hueandcry_other_address(%s)", [side])
        row = cursor.fetchone()
    return (int(row[0]), row[1]) if row else None


def messages(viewer: Viewer, side: OverlapSide) -> list[OverlapMessage]:
    """What both sides wrote, the oldest first; the latest five hundred."""
    rows = OverlapMessage.objects.filter(overlap=side.overlap).order_by("-pk")[:500]
    return sorted(rows, key=lambda row: row.pk)


def thing(viewer: Viewer, one: Interest) -> tuple[str, UUID] | None:
    """What an interest is in, as ("crime" or "operation", reference) where the viewer sees it still."""
    if one.crime is not None:
        found = Crime.objects.filter(pk=one.crime).values_list("reference", flat=True).first()
        return ("crime", found) if found else None
    if one.operation is not None:
        found = Operation.objects.filter(pk=one.operation).values_list("reference", flat=True).first()
        return ("operation", found) if found else None
    return None


def budget(viewer: Viewer) -> list[Budget]:
    """What is left of the budget of values, the tightest rule first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT b.whose, b.hours, b.amount, greatest(0, b.amount - coalesce(sum(s.amount), 0)), b.guessable,"
            " greatest(0, b.guessable - coalesce(sum(s.guessable), 0)) FROM hueandcry_interest_budget() b"
            " LEFT JOIN linkage_interestspend s ON s.organisation = hueandcry_organisation()"
            " AND s.at > clock_timestamp() - make_interval(hours => b.hours)"
            " AND (b.whose = 'organisation' OR s.person = hueandcry_person())"
            " GROUP BY b.whose, b.hours, b.amount, b.guessable"
        )
        found = [Budget(*row) for row in cursor.fetchall()]
    return sorted(found, key=lambda rule: rule.left)
