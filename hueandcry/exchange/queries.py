"""Every read of the exchange. The caller has entered the viewer; row-level security decides what is there."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, Q

from hueandcry.exchange import observables
from hueandcry.exchange.handling import CEILING, Handling, from_json
from hueandcry.exchange.listing import ORDERS, Place, Wanted
from hueandcry.exchange.models import Grant, Object, Observable, Remark, Report, Revision, Submission
from hueandcry.exchange.models import Mapping as SavedMapping
from hueandcry.exchange.staging import hash64
from hueandcry.exchange.statements import named
from hueandcry.members import queries as members
from hueandcry.members.models import ALLIANCE, EVERYONE, Circle, Organisation, Person
from hueandcry.members.viewer import Viewer

# What an organisation sends goes to the alliance unless it decides otherwise: sharing is why it joined.
DEFAULT_HANDLING = Handling(tlp="GREEN", recipients=(ALLIANCE,))

PAGE = 50  # rows of a page
COUNTED = 10_000  # reports counted for a list; beyond that "more than"
FOUND = 1_000  # reports that a search brings at most
SEARCH_SECONDS = 0.01  # that a search takes at least: many times what one takes that finds little or nothing

_RAW = named(Path(__file__).parent / "sql" / "page.sql")
FILTERS = _RAW["filters"]  # of a report ``r``; takes the parameters that ``Wanted.facts`` gives
SQL = {name: text.replace("{filters}", FILTERS) for name, text in _RAW.items()}
_STATEMENTS = {
    "-arrived": "by_arrival_down",
    "arrived": "by_arrival_up",
    "-reported": "by_date_down",
    "reported": "by_date_up",
}
_TURNED = {"-arrived": "arrived", "arrived": "-arrived", "-reported": "reported", "reported": "-reported"}


def default_handling(viewer: Viewer) -> Handling:
    """The handling that the viewer's organisation gives to what it sends."""
    content = Organisation.objects.values_list("handling", flat=True).get(pk=viewer.organisation or 0)
    return from_json(content, fallback=DEFAULT_HANDLING)


# Lists of reports


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list, with the places where its neighbours begin; None: there is none that way. ``count``: how many
    the list has, where its page tells: a search has found them all, and so has the only page of a short list."""

    reports: list[Report]
    next: Place | None = None
    previous: Place | None = None
    count: int | None = None


def reports_page(
    viewer: Viewer, wanted: Wanted, *, after: Place | None = None, before: Place | None = None, size: int = PAGE
) -> Page:
    """One page of the reports the viewer may see, as asked for. At most four queries, however long the list is."""
    facts = wanted.facts(narrowed_to(viewer, wanted))
    if wanted.words:
        return _page_of(_among(wanted, facts, found_ids(viewer, wanted.words)), wanted.order, after, before, size)
    start = before or after
    order = _TURNED[wanted.order] if before else wanted.order
    rows = _rows(_STATEMENTS[order], facts | {"id": start and start.id, "at": start and start.at, "most": size + 1})
    ids = [row[0] for row in rows][:size]
    if before:
        ids.reverse()
    reports = _in_order(ids)
    more = len(rows) > size
    return Page(
        reports,
        next=_place(reports[-1]) if reports and (more or before) else None,
        previous=_place(reports[0]) if reports and (after if not before else more) else None,
        count=len(rows) if start is None and not more else None,
    )


def _page_of(ids: list[int], order: str, after: Place | None, before: Place | None, size: int) -> Page:
    """A page out of the few that a search found: by place in that list."""
    start = 0
    if after and after.id in ids:
        start = ids.index(after.id) + 1
    elif before and before.id in ids:
        start = max(0, ids.index(before.id) - size)
    reports = _in_order(ids[start : start + size])
    return Page(
        reports,
        next=_place(reports[-1]) if reports and start + size < len(ids) else None,
        previous=_place(reports[0]) if reports and start else None,
        count=len(ids),
    )


def _place(report: Report) -> Place:
    return Place(report.reported_at, report.pk)


def _in_order(ids: Sequence[int]) -> list[Report]:
    found = {
        r.pk: r for r in Report.objects.filter(pk__in=ids).select_related("organisation").defer("account", "document")
    }
    return [found[i] for i in ids if i in found]


def _among(wanted: Wanted, facts: dict[str, Any], ids: list[int]) -> list[int]:
    return [row[0] for row in _rows("among", facts | {"found": ids, "order": wanted.order})]


def reports_count(viewer: Viewer, wanted: Wanted) -> int:
    """How many there are; COUNTED + 1 stands for more than COUNTED."""
    facts = wanted.facts(narrowed_to(viewer, wanted))
    if wanted.words:
        return len(_among(wanted, facts, found_ids(viewer, wanted.words)))
    return int(_rows("count", facts | {"most": COUNTED + 1})[0][0])


def report_ids(viewer: Viewer, wanted: Wanted, *, most: int) -> list[int]:
    """The ids of the reports asked for, in order, at most ``most``: for exports."""
    facts = wanted.facts(narrowed_to(viewer, wanted))
    if wanted.words:
        return _among(wanted, facts, found_ids(viewer, wanted.words))[:most]
    rows = _rows(_STATEMENTS[wanted.order], facts | {"id": None, "at": None, "most": most})
    return [row[0] for row in rows]


def ids_of(viewer: Viewer, references: Sequence[UUID]) -> list[int]:
    """The ids of those of these reports that the viewer may see."""
    return list(Report.objects.filter(reference__in=references).values_list("pk", flat=True))


def narrowed_to(viewer: Viewer, wanted: Wanted) -> int | None:
    """The organisation a list is narrowed to; an unknown one narrows it to nothing."""
    if wanted.own:
        return viewer.organisation or 0
    if not wanted.organisation:
        return None
    return Organisation.objects.filter(slug=wanted.organisation).values_list("pk", flat=True).first() or 0


@dataclass(frozen=True, slots=True)
class FoundValue:
    """What a lone value in the search box was taken for, and how many reports hold it (no further than FOUND)."""

    type: str
    value: str
    reports: int
    weight: float
    warnings: Sequence[str]


def found_ids(viewer: Viewer, words: str) -> list[int]:
    """Reports that a search finds, best first: those holding the value that the words are, then those by words.

    It takes SEARCH_SECONDS at least: a report that is found and then not shown costs half a millisecond more than one
    that is not there, which somebody who asks often enough can tell."""
    ends = time.perf_counter() + SEARCH_SECONDS
    ids = [row[0] for row in _rows("holding", {"observable": _observable(words), "most": FOUND})]
    ids += [row[0] for row in _rows("search", {"words": words, "most": FOUND})]
    time.sleep(max(0.0, ends - time.perf_counter()))
    return list(dict.fromkeys(ids))[:FOUND]


def found_value(viewer: Viewer, words: str) -> FoundValue | None:
    """The value that the words are, in canonical form; None where they are only words or nobody visible holds it."""
    held = Observable.objects.filter(pk=_observable(words)).first()
    if held is None:
        return None
    reports = len(_rows("holding", {"observable": held.pk, "most": FOUND}))
    return FoundValue(held.type, held.value, reports, held.weight, held.warnings)


def _observable(words: str) -> int:
    value = observables.guess(words)
    return hash64(value.type, value.value)


def reported_too(viewer: Viewer, reports: Sequence[int]) -> dict[int, int]:
    """With how many visible reports of other organisations each of these shares a value that tells something."""
    return dict(_rows("reported_too", {"reports": list(reports)})) if reports else {}


# One report


def report(viewer: Viewer, reference: UUID) -> Report:
    """One report. Raises Report.DoesNotExist alike where there is none and where the viewer may not see it."""
    return Report.objects.select_related("organisation", "superseded_by").get(reference=reference)


def submission_of(viewer: Viewer, report: Report) -> Submission | None:
    """The submission that a report came in, where the viewer may see it: its own organisation's people do."""
    return Submission.objects.filter(pk=report.submission_id).first()


def superseded(viewer: Viewer, report: int) -> list[Report]:
    """The reports whose place this one takes."""
    return list(Report.objects.filter(superseded_by=report).defer("account", "document").order_by("pk")[:20])


def objects_page(viewer: Viewer, report: int, *, after: int = 0, size: int = 100) -> tuple[list[Object], int | None]:
    """Objects of a report without their text, in the order received, and the key of the next page."""
    rows = list(Object.objects.filter(report=report, pk__gt=after, ours=False).defer("text").order_by("pk")[: size + 1])
    return rows[:size], rows[size - 1].pk if len(rows) > size else None


def one_object(viewer: Viewer, report: int, number: int) -> Object:
    """One object with its text. Raises Object.DoesNotExist."""
    return Object.objects.get(report=report, pk=number)


def object_kinds(viewer: Viewer, report: int) -> list[tuple[str, int]]:
    """How many objects of each kind a report holds, the most first."""
    received = Object.objects.filter(report=report, ours=False)
    rows = received.values_list("kind").annotate(n=Count("pk")).order_by("-n", "kind")
    return [(kind, n) for kind, n in rows]


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a report's history, with the name of who did it."""

    revision: Revision
    person: str


def history(viewer: Viewer, report: int) -> list[Step]:
    """What a report said before each change, the latest first. People are named to their own organisation only."""
    revisions = list(Revision.objects.filter(report=report).order_by("-number")[:200])
    people = {r.person for r in revisions if r.person}
    names = {
        p.pk: str(p)
        for p in Person.objects.filter(pk__in=people, organisation=viewer.organisation)
        if viewer.organisation
    }
    return [Step(r, names.get(r.person or 0, "")) for r in revisions]


def grants(viewer: Viewer, report: int) -> list[tuple[Grant, str]]:
    """The grants in force with the names of who they are to; to the report's own organisation only."""
    found = list(Grant.objects.filter(report=report, revoked_at=None).order_by("granted_at"))
    names = members.names_of([g.principal for g in found])
    return [(g, names.get(g.principal, "")) for g in found]


# Who will see it


@dataclass(frozen=True, slots=True)
class Seer:
    """One recipient in words. ``kind`` is that of the principal, ``organisations`` how many it stands for."""

    principal: int
    kind: str
    name: str
    organisations: int = 1


@dataclass(frozen=True, slots=True)
class Sight:
    """Who a handling lets see something: besides the owner those who ``see`` it; and those whom TLP cuts."""

    tlp: str
    see: list[Seer]
    cut: list[Seer]

    @property
    def organisations(self) -> int:
        """How many organisations the widest recipient stands for; circles may overlap, so this is no sum."""
        return max((seer.organisations for seer in self.see), default=0)


def sight(viewer: Viewer, handling: Handling) -> Sight:
    """Who will see what is handled so, for a page to say before anything is sent."""
    seers = recipients(viewer, handling.recipients)
    allowed = CEILING[handling.tlp]
    return Sight(handling.tlp, [s for s in seers if s.kind in allowed], [s for s in seers if s.kind not in allowed])


def recipients(viewer: Viewer, principals: Sequence[int]) -> list[Seer]:
    """Principals in words, in the order given; one whose name the viewer may not see is named by its kind."""
    kinds, names = members.kinds_of(principals), members.names_of(principals)
    sizes = _sizes(principals, kinds)
    return [Seer(p, kinds[p], names.get(p, ""), sizes.get(p, 1)) for p in principals if p in kinds]


def _sizes(principals: Sequence[int], kinds: dict[int, str]) -> dict[int, int]:
    sizes: dict[int, int] = {}
    if ALLIANCE in principals:
        sizes[ALLIANCE] = Organisation.objects.filter(state=Organisation.State.VETTED).count()
    if "circle" in kinds.values():
        counted = Circle.objects.filter(principal__in=principals).annotate(n=Count("members"))
        sizes |= dict(counted.values_list("principal", "n"))
    return sizes


@dataclass(frozen=True, slots=True)
class Addressees:
    """Everybody a report can be addressed to by name, for a form."""

    alliance: int  # organisations in it
    circles: list[tuple[int, str, int]]  # principal, name, organisations
    organisations: list[tuple[int, str]]
    people: list[tuple[int, str]]  # of the viewer's own organisation


def unlisted(viewer: Viewer, principals: Sequence[int], listed: Addressees) -> list[tuple[int, str]]:
    """Those of these principals that ``listed`` does not offer (people elsewhere, members suspended), with a name."""
    offered = {ALLIANCE, EVERYONE, *(c[0] for c in listed.circles), *(o[0] for o in listed.organisations)}
    offered |= {p[0] for p in listed.people}
    rest = [p for p in principals if p not in offered]
    return [(seer.principal, seer.name or seer.kind) for seer in recipients(viewer, rest)] if rest else []


def addressees(viewer: Viewer) -> Addressees:
    """Whom the viewer can address: the alliance, its circles, every organisation, its own people."""
    circles = Circle.objects.filter(closed_at=None).annotate(n=Count("members")).order_by("name")
    vetted = Organisation.objects.filter(state=Organisation.State.VETTED).order_by("name")
    people = Person.objects.filter(organisation=viewer.organisation, is_active=True).order_by("name", "email")
    bodies = list(vetted.values_list("principal", "name", "pk"))
    return Addressees(
        len(bodies),
        [(c.principal_id, c.name, c.n) for c in circles],
        [(p, name) for p, name, pk in bodies if pk != viewer.organisation],
        [(p.principal_id, str(p)) for p in people],
    )


# Submissions


def submissions_page(
    viewer: Viewer, *, state: str = "", after: int | None = None, size: int = PAGE
) -> tuple[list[Submission], int | None]:
    """The submissions of the viewer's organisation that it may see, the latest first, and the key of the next page."""
    found = Submission.objects.filter(organisation=viewer.organisation).select_related("person").order_by("-pk")
    if state:
        found = found.filter(state=state)
    rows = list(found.filter(Q(pk__lt=after) if after else Q())[: size + 1])
    return rows[:size], rows[size - 1].pk if len(rows) > size else None


def submission(viewer: Viewer, reference: UUID) -> Submission:
    """One submission. Raises Submission.DoesNotExist."""
    return Submission.objects.select_related("person", "organisation").get(reference=reference)


def remarks_page(
    viewer: Viewer, submission: int, kind: str, *, after: int = 0, size: int = PAGE
) -> tuple[list[Remark], int | None]:
    """Refusals or losses of one submission in the order met, and the key of the next page."""
    rows = list(Remark.objects.filter(submission=submission, kind=kind, pk__gt=after).order_by("pk")[: size + 1])
    return rows[:size], rows[size - 1].pk if len(rows) > size else None


def remark_counts(viewer: Viewer, submission: int) -> dict[str, int]:
    """How many refusals and losses a submission has."""
    return dict(Remark.objects.filter(submission=submission).values_list("kind").annotate(n=Count("pk")))


def made_reports(
    viewer: Viewer, submission: int, *, after: int = 0, size: int = PAGE
) -> tuple[list[Report], int | None]:
    """The reports that a submission made, in the order made, and the key of the next page."""
    found = Report.objects.filter(submission=submission, pk__gt=after).defer("account", "document").order_by("pk")
    rows = list(found[: size + 1])
    return rows[:size], rows[size - 1].pk if len(rows) > size else None


def submission_reported_too(viewer: Viewer, submission: int) -> int:
    """How many of a submission's reports share a telling value with reports of others; counted to COUNTED."""
    return int(_rows("submission_reported_too", {"submission": submission, "most": COUNTED})[0][0])


def has_bytes(viewer: Viewer, submission: int) -> bool:
    """Whether the bytes of a submission are still kept."""
    return Submission.objects.filter(pk=submission, submissionkey__isnull=False).exists()


def saved_mappings(viewer: Viewer) -> list[SavedMapping]:
    """The ways of reading tables that the viewer's organisation saved, by name."""
    return list(SavedMapping.objects.order_by("name"))


def _rows(name: str, facts: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(SQL[name], facts)
        return list(cursor.fetchall())


__all__ = ["ORDERS", "Page", "Sight"]
