"""What waits for somebody in the academy, by what they are: learner, officer, trainer, assessor, examiner, office.

Each list is what the page behind a row lets them do next; who may is decided there. The caller has entered the viewer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from hueandcry.academy.models import (
    Accreditation,
    Candidacy,
    Certificate,
    Enrolment,
    Finding,
    Mark,
    PaperItem,
    Part,
    Question,
    Session,
)
from hueandcry.members.models import Person
from hueandcry.members.queries import organisation_names
from hueandcry.members.viewer import Viewer

MOST = 50  # rows of one list


@dataclass(frozen=True, slots=True)
class Row:
    """One thing: what it is, whose, where it is done, since when or by which day."""

    title: str
    whose: str
    url: str
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Waits:
    """A list of one kind of thing to be done; ``key`` names its place on the page."""

    key: str
    title: str
    rows: list[Row]


def waiting(viewer: Viewer) -> list[Waits]:
    """Every list that holds something, in the order of a training: from a place to a certificate."""
    today = datetime.now(UTC).date()
    told = (
        Waits(key, title(), list(rows(viewer, today))[:MOST])
        for roles, key, title, rows in LISTS
        if viewer.person and (not roles or viewer.may(*roles))
    )
    return [each for each in told if each.rows]


def _names(people: Iterable[int]) -> dict[int, str]:
    return dict(Person.objects.filter(pk__in=set(people)).values_list("pk", "name"))


def _candidacies(rows: Iterable[Candidacy], viewer: Viewer) -> Iterator[Row]:
    held = list(rows)
    names = _names(row.person for row in held)
    for row in held:
        url = reverse("academy:candidacy", args=[row.reference])
        yield Row(
            row.scheme.title, "" if row.person == viewer.person else names.get(row.person, ""), url, row.at.date()
        )


def _accreditations(rows: Iterable[Accreditation], viewer: Viewer) -> Iterator[Row]:
    held = list(rows)
    bodies = organisation_names(viewer, [row.organisation for row in held])
    for row in held:
        title = f"{row.get_kind_display()}: {', '.join(row.scope)}"
        url = reverse("academy:accreditation", args=[row.reference])
        yield Row(title, bodies.get(row.organisation, ""), url, row.created_at.date())


def _own_papers(viewer: Viewer, today: date) -> Iterator[Row]:
    rows = Candidacy.objects.filter(person=viewer.person or 0, state="sitting").select_related("scheme")
    yield from _candidacies(rows.order_by("at")[:MOST], viewer)


def _own_refusals(viewer: Viewer, today: date) -> Iterator[Row]:
    rows = Candidacy.objects.filter(person=viewer.person or 0, state="refused").select_related("scheme")
    yield from _candidacies(rows.order_by("at")[:MOST], viewer)


def _own_ending(viewer: Viewer, today: date) -> Iterator[Row]:
    rows = Certificate.objects.filter(person=viewer.person or 0, state="valid", until__gt=today).select_related(
        "scheme"
    )
    for row in rows.order_by("until")[:MOST]:
        if (row.until - today).days <= 180:
            yield Row(row.scheme.title, "", reverse("academy:certificate", args=[row.reference]), row.until)


def _enrolments(rows: Iterable[Enrolment]) -> Iterator[Row]:
    held = list(rows)
    names = _names(row.person for row in held)
    for row in held:
        url = reverse("academy:session", args=[row.session.reference])
        yield Row(row.session.course.title, names.get(row.person, ""), url, row.session.starts)


def _to_approve(viewer: Viewer, today: date) -> Iterator[Row]:
    rows = Enrolment.objects.filter(organisation=viewer.organisation or 0, state="asked", session__state="open")
    yield from _enrolments(rows.exclude(person=viewer.person or 0).select_related("session__course")
                           .order_by("session__starts")[:MOST])  # fmt: skip


def _to_place(viewer: Viewer, today: date) -> Iterator[Row]:
    rows = Enrolment.objects.filter(provider=viewer.organisation or 0, state__in=["approved", "waiting"])
    yield from _enrolments(rows.filter(session__state="open").select_related("session__course")
                           .order_by("session__starts")[:MOST])  # fmt: skip


def _to_hold(viewer: Viewer, today: date) -> Iterator[Row]:
    rows = Session.objects.filter(organisation=viewer.organisation or 0, state="open", ends__lt=today)
    for row in rows.select_related("course").order_by("ends")[:MOST]:
        yield Row(row.course.title, row.place, reverse("academy:session", args=[row.reference]), row.ends)


def _to_correct(viewer: Viewer, today: date) -> Iterator[Row]:
    open_ones = Finding.objects.filter(accreditation=OuterRef("pk"), closed_at=None, answered_at=None)
    rows = Accreditation.objects.filter(Exists(open_ones), organisation=viewer.organisation or 0, state="corrective")
    yield from _accreditations(rows.order_by("pk")[:MOST], viewer)


def _to_assess(viewer: Viewer, today: date) -> Iterator[Row]:
    """What one was asked to take part in and is at the step of one's part, or awaits one's declaration."""
    mine = Part.objects.filter(person=viewer.person or 0)
    steps = {"assessor": ["review"], "panel": ["decision"], "appeal": ["appealed"]}
    waits = Q(pk__in=mine.filter(no_conflict=None).values("accreditation"))
    for kind, states in steps.items():
        waits |= Q(pk__in=mine.filter(no_conflict=True, kind=kind).values("accreditation"), state__in=states)
    closed = ["refused", "upheld", "abandoned", "accredited", "withdrawn", "expired"]
    rows = Accreditation.objects.filter(waits).exclude(state__in=closed)
    yield from _accreditations(rows.order_by("pk")[:MOST], viewer)


def _to_assign(viewer: Viewer, today: date) -> Iterator[Row]:
    if viewer.secretariat:
        rows = Accreditation.objects.filter(state__in=["applied", "appealed"])
        yield from _accreditations(rows.order_by("pk")[:MOST], viewer)


def _of_body(viewer: Viewer, *states: str) -> Iterator[Row]:
    rows = Candidacy.objects.filter(body=viewer.organisation or 0, state__in=states).exclude(person=viewer.person or 0)
    yield from _candidacies(rows.select_related("scheme").order_by("at")[:MOST], viewer)


def _to_mark(viewer: Viewer, today: date) -> Iterator[Row]:
    """Papers with an answer that this examiner has not marked and that has fewer than two marks as far as they see."""
    own = Mark.objects.filter(item=OuterRef("pk"), marker=viewer.person or 0)
    unmarked = PaperItem.objects.filter(
        ~Q(question__kind="choice"), ~Exists(own), candidacy=OuterRef("pk"), attempt=OuterRef("attempt")
    )
    rows = Candidacy.objects.filter(Exists(unmarked), body=viewer.organisation or 0, state="examined")
    yield from _candidacies(rows.select_related("scheme").order_by("at")[:MOST], viewer)


def _to_sign(viewer: Viewer, today: date) -> Iterator[Row]:
    rows = Certificate.objects.filter(body=viewer.organisation or 0, state="valid", credential=None)
    held = list(rows.select_related("scheme").order_by("pk")[:MOST])
    names = _names(row.person for row in held)
    for row in held:
        yield Row(
            row.scheme.title, names.get(row.person, ""), reverse("academy:certificate", args=[row.reference]), row.since
        )


def _to_review(viewer: Viewer, today: date) -> Iterator[Row]:
    rows = Question.objects.filter(body=viewer.organisation or 0, state="draft").exclude(author=viewer.person or 0)
    held = list(rows.select_related("scheme").order_by("pk")[:MOST])
    names = _names(row.author for row in held)
    for row in held:
        yield Row(
            f"{row.scheme.code} {row.competence}",
            names.get(row.author, ""),
            reverse("academy:questions"),
            row.at.date(),
        )


def _appeals(viewer: Viewer, today: date) -> Iterator[Row]:
    rows = (
        Candidacy.objects.filter(state="appealed")
        .exclude(person=viewer.person or 0)
        .exclude(decided_by=viewer.person or 0)
    )
    yield from _candidacies(rows.select_related("scheme").order_by("at")[:MOST], viewer)


Lister = Callable[[Viewer, date], Iterator[Row]]
APPLICANTS, HOME = ("trainer", "administrator", "officer"), ("officer", "administrator")
# For which roles (none: for everybody), the key, the title, the rows.
LISTS: tuple[tuple[tuple[str, ...], str, Callable[[], str], Lister], ...] = (
    ((), "sit", lambda: _("Your paper is open"), _own_papers),
    ((), "refused", lambda: _("You were refused: you can appeal"), _own_refusals),
    ((), "ending", lambda: _("Your certificates that end within half a year"), _own_ending),
    (HOME, "approve", lambda: _("Your people ask to take part"), _to_approve),
    (("trainer",), "place", lambda: _("Approved, without a place yet"), _to_place),
    (("trainer",), "hold", lambda: _("Sessions that are over: say that they were held, and who was there"), _to_hold),
    (APPLICANTS, "correct", lambda: _("Findings to answer"), _to_correct),
    (("assessor",), "assess", lambda: _("Accreditations that wait for you"), _to_assess),
    (("secretary",), "assign", lambda: _("Applications that want assessors or an appeal"), _to_assign),
    (("examiner",), "eligible", lambda: _("Candidates to find eligible"), lambda v, day: _of_body(v, "applied")),
    (("examiner",), "paper", lambda: _("Papers to draw and to open"), lambda v, day: _of_body(v, "eligible")),
    (("examiner",), "review", lambda: _("Questions of colleagues to make ready"), _to_review),
    (("examiner",), "mark", lambda: _("Papers to mark"), _to_mark),
    (("examiner",), "decide", lambda: _("To be decided by who neither taught nor marked"),
     lambda v, day: _of_body(v, "marked")),
    (("examiner",), "appeals", lambda: _("Appeals"), _appeals),
    (("examiner",), "sign", lambda: _("Certificates to sign"), _to_sign),
)  # fmt: skip
