"""Reads of programmes. The caller has entered the viewer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from hueandcry.academy.models import Course
from hueandcry.academy.picture import call
from hueandcry.capacity import choices
from hueandcry.capacity.gaps import queries as gaps
from hueandcry.capacity.gaps.classes import Cell
from hueandcry.capacity.gaps.classes import Programme as Working
from hueandcry.capacity.models import Resource
from hueandcry.capacity.register import queries as register
from hueandcry.members.viewer import Viewer
from hueandcry.programmes.ledger import entries
from hueandcry.programmes.ledger import queries as ledger
from hueandcry.programmes.models import Overlap, Programme
from hueandcry.web.clock import today

GOES_ON = ("approved", "agreed", "running", "suspended")


@dataclass(frozen=True, slots=True)
class Giver:
    """A fund as everybody may know it, where it paid for a programme that is told to everybody."""

    fund: int
    code: str
    name: str
    giver: str
    currency: str


@dataclass(slots=True)
class Money:
    """What one fund gave one component, in the fund's currency: still committed, spent; and what was paid in each."""

    fund: Giver
    component: int | None
    committed: int = 0
    spent: int = 0
    paid: dict[str, int] = field(default_factory=lambda: defaultdict(int))  # by currency, of its smallest unit


def programmes(
    viewer: Viewer, *, words: str = "", kind: str = "", state: str = "", country: str = "", aspect: str = "",
    mine: bool = False,
) -> QuerySet[Programme]:  # fmt: skip
    """The programmes that the viewer may see, the newest first."""
    rows = Programme.objects.order_by("-pk")
    if words:
        rows = rows.filter(Q(title__icontains=words) | Q(code__icontains=words) | Q(objective__icontains=words))
    if kind:
        rows = rows.filter(kind=kind)
    if state:
        rows = rows.filter(state=state)
    if country:
        rows = rows.filter(countries__contains=[country])
    if aspect:
        rows = rows.filter(Q(aspect=aspect) | Q(components__aspect=aspect)).distinct()
    return rows.filter(organisation=viewer.organisation or 0) if mine else rows


def givers() -> dict[int, Giver]:
    """The funds that may be named to the viewer."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT fund, code, name, giver, currency FROM hueandcry_givers()")
        return {row[0]: Giver(*row) for row in cursor.fetchall()}


def money(viewer: Viewer, programmes: Iterable[int]) -> dict[int, list[Money]]:
    """By programme what each fund gave each of its components."""
    known, wanted = givers(), set(programmes)
    made: dict[tuple[int, int, int | None], Money] = {}
    for row in ledger.books(viewer, today()):
        if row.programme not in wanted or row.fund not in known:
            continue
        one = made.setdefault((row.programme, row.fund, row.component), Money(known[row.fund], row.component))
        if row.account in (entries.COMPONENTS, entries.OVERHEADS):
            one.spent += row.value
            one.paid[row.currency] += row.amount
        elif row.account == entries.COMMITTED:
            one.committed += row.value
    found: dict[int, list[Money]] = defaultdict(list)
    for (programme, _fund, _component), one in made.items():  # in the order of the books
        if one.spent or one.committed:
            found[programme].append(one)
    return dict(found)


def gaps_of(viewer: Viewer, countries: Sequence[str], aspect: str) -> list[Cell]:
    """The cells of the gap board that a programme is for."""
    board = gaps.board(viewer, countries=list(countries))
    return [board.cells[country, aspect].cell for country in countries]


def standing(cell: Cell) -> str:
    """Where a country stands, in words."""
    told = {"country": choices.country(cell.country), "stage": cell.stage, "target": cell.target}
    if cell.stage is None:
        return _("%(country)s: no evidence yet, so nobody knows") % told
    if cell.target is None:
        return _("%(country)s: stage %(stage)s, nobody has said what is aimed at") % told
    return _("%(country)s: stage %(stage)s of the %(target)s aimed at") % told


def courses_for(viewer: Viewer, aspect: str) -> list[Course]:
    """Published courses for roles that serve an aspect."""
    rows = Course.objects.filter(state="published").order_by("title")
    return [row for row in rows if aspect in {call.aspect_of(role) for role in row.roles}]


def courses_by_reference(viewer: Viewer, wanted: Iterable[UUID]) -> list[Course]:
    """Published courses by their references."""
    return list(Course.objects.filter(reference__in=list(wanted), state="published").order_by("title"))


def resources_for(viewer: Viewer, countries: Sequence[str], aspect: str) -> list[Resource]:
    """What the register has for an aspect in each of these countries, programmes left out."""
    found = {
        row.pk: row
        for country in countries
        for row in register.for_aspects(viewer, country, [aspect])[aspect]
        if row.kind not in ("programme", "organisation", "fund", "publication")
    }
    return list(found.values())


def resources_by_reference(viewer: Viewer, wanted: Iterable[UUID]) -> list[Resource]:
    """Resources of the register by their references."""
    return list(Resource.objects.filter(reference__in=list(wanted)).order_by("title"))


def overlapping(viewer: Viewer, programme: Programme) -> list[Resource]:
    """Programmes of others at the same thing in the same place and time, as far as the register knows."""
    aspects = {each.aspect for each in programme.components.all() if each.aspect} | {programme.aspect} - {""}
    rows = Resource.objects.filter(kind="programme", state__in=["listed", "fading"], aspects__overlap=sorted(aspects))
    rows = rows.filter(Q(everywhere=True) | Q(countries__overlap=list(programme.countries)))
    if programme.starts and programme.ends:
        rows = rows.filter(Q(ends=None) | Q(ends__gte=programme.starts), Q(starts=None) | Q(starts__lte=programme.ends))
    return list(rows.order_by("title")[:100])


def overlaps(viewer: Viewer, programme: Programme) -> list[tuple[Resource, Overlap | None]]:
    """Each of them with what was said of it."""
    said = {each.resource: each for each in Overlap.objects.filter(programme=programme)}
    return [(other, said.get(other.reference)) for other in overlapping(viewer, programme)]


def unjudged(viewer: Viewer, programme: Programme) -> list[Resource]:
    """Those of them that nobody has said anything of, or that were said to do the same."""
    return [row for row, said in overlaps(viewer, programme) if said is None or said.verdict == "duplicates"]


def who_am_i(programme: Programme) -> frozenset[str]:
    """What the viewer is to a programme: owner, office, board, country, appraiser, evaluator."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT hueandcry_programme_who(%s)", [programme.pk])
        return frozenset(cursor.fetchone()[0])


def working(viewer: Viewer, countries: Sequence[str] | None) -> dict[tuple[str, str], list[Working]]:
    """Our own programmes that go on, as the gap board takes those of the register."""
    rows = Programme.objects.filter(state__in=GOES_ON).prefetch_related("components")
    if countries is not None:
        rows = rows.filter(countries__overlap=list(countries))
    named: dict[UUID, frozenset[str]] = defaultdict(frozenset)
    for overlap in Overlap.objects.exclude(verdict="duplicates").select_related("programme"):
        named[overlap.programme.reference] |= {str(overlap.resource)}
    made: dict[tuple[str, str], list[Working]] = defaultdict(list)
    for row in rows:
        one = Working(str(row.reference), row.code, row.starts, row.ends, named[row.reference])
        for part in row.components.all():
            for country in [part.country] if part.country else row.countries:
                if part.aspect and one not in made[country, part.aspect]:
                    made[country, part.aspect].append(one)
    return dict(made)
