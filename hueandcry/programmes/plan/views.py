"""Pages of programmes: all, one, a new one. HTTP only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hueandcry.academy.acting import offered, take
from hueandcry.audit import actions as audit
from hueandcry.capacity import choices
from hueandcry.capacity.assessment.model import model
from hueandcry.linkage import asked
from hueandcry.members.access import member, public, role
from hueandcry.members.actions import Refused
from hueandcry.members.models import Person
from hueandcry.members.queries import organisation_names
from hueandcry.members.viewer import Viewer, viewer
from hueandcry.members.views import csv_file, found, who
from hueandcry.programmes.ledger import money as amounts
from hueandcry.programmes.models import Component, Evaluation, Programme
from hueandcry.programmes.plan import actions, chain, drawn, offers, outlines, queries
from hueandcry.programmes.plan import forms as told
from hueandcry.web.clock import today
from hueandcry.web.filters import Filter, Option

officer = role("officer")
MOST = 500  # programmes on one page


@require_safe
@public
def programmes(request: HttpRequest) -> HttpResponse:
    """All programmes that the viewer may see, with what was given, committed and spent."""
    by = who(request)
    with viewer(by):
        rows = list(_narrowed(by, request).prefetch_related("components")[:MOST])
        paid = queries.money(by, [row.pk for row in rows])
        names = organisation_names(by, [row.organisation for row in rows])
        audit.record(by=by, verb="read", kind="programmes", count=len(rows))
    flows, links = _flows(rows, paid)
    lines = [_line(row, paid.get(row.pk, []), names.get(row.organisation, "")) for row in rows]
    context = {
        "lines": lines,
        "filters": _filters(),
        "may_begin": by.vetted and by.may("officer"),
        "flows": mark_safe(drawn.sankey(flows, label=_("Money from funds to programmes"), links=links)),  # noqa: S308
        "counted": _counted(lines),
    }
    return render(request, "programmes/plan/programmes.html", context)


def _narrowed(by: Viewer, request: HttpRequest) -> Any:
    wanted = {name: request.GET.get(name, "") for name in ("words", "kind", "state", "country", "aspect")}
    return queries.programmes(by, mine=request.GET.get("mine") == "1", **wanted)


def _filters() -> list[Filter]:
    return [
        Filter("words", _("Words"), kind="text"),
        Filter("state", _("State"), "one", [Option(word, str(name)) for word, name in Programme.State.choices]),
        Filter("kind", _("Kind"), "one", [Option(word, str(name)) for word, name in Programme.Kind.choices]),
        Filter("country", _("Country"), "one", [Option(*each) for each in choices.country_choices()]),
        Filter("aspect", _("Aspect"), "one", [Option(*each) for each in choices.aspect_choices()]),
    ]


def _line(row: Programme, paid: Sequence[queries.Money], owner: str) -> dict[str, Any]:
    return {
        "row": row,
        "owner": owner,
        "planned": amounts.written(sum(part.cost for part in row.components.all()), row.currency),
        "committed": _sums(paid, "committed"),
        "spent": _sums(paid, "spent"),
        "state": _tone(row.state),
    }


def _sums(paid: Sequence[queries.Money], what: str) -> list[str]:
    """Sums by the currency of the funds: different currencies are never added."""
    totals: dict[str, int] = defaultdict(int)
    for each in paid:
        totals[each.fund.currency] += getattr(each, what)
    return [amounts.written(total, currency) for currency, total in sorted(totals.items()) if total]


def _tone(state: str) -> str:
    return {"running": "good", "agreed": "good", "evaluated": "good", "suspended": "doubt", "dropped": "doubt"}.get(
        state, ""
    )


def _counted(lines: Sequence[dict[str, Any]]) -> list[tuple[str, int]]:
    counts: dict[str, int] = defaultdict(int)
    for line in lines:
        counts[line["row"].get_state_display()] += 1
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))


def _flows(
    rows: Sequence[Programme], paid: dict[int, list[queries.Money]]
) -> tuple[list[drawn.Flow], dict[tuple[int, str], str]]:
    """Of the currency in which most is paid: amounts of several currencies are not put on one scale."""
    by_currency: dict[str, int] = defaultdict(int)
    for given in paid.values():
        for each in given:
            by_currency[each.fund.currency] += each.spent + each.committed
    if not by_currency:
        return [], {}
    most = max(sorted(by_currency), key=lambda code: by_currency[code])
    sums: dict[tuple[tuple[int, str], tuple[int, str]], int] = defaultdict(int)
    links = {}
    for row in rows:
        for each in paid.get(row.pk, []):
            if each.fund.currency != most or not each.spent + each.committed:
                continue
            fund, place = (0, f"{each.fund.giver}: {each.fund.name}"), (1, f"{row.code} {row.title}")
            links[place] = reverse("programmes:programme", args=[row.reference])
            sums[fund, place] += each.spent + each.committed
    return [drawn.Flow(source, target, amount) for (source, target), amount in sorted(sums.items())], links


@require_safe
@public
def as_csv(request: HttpRequest) -> HttpResponse:
    """The same programmes as a table."""
    by = who(request)
    with viewer(by):
        rows = list(_narrowed(by, request).prefetch_related("components")[:MOST])
        paid = queries.money(by, [row.pk for row in rows])
        audit.record(by=by, verb="export", kind="programmes", count=len(rows))
    header = (
        "code",
        "kind",
        "title",
        "state",
        "countries",
        "aspect",
        "starts",
        "ends",
        "planned",
        "currency",
        "fund",
        "fund currency",
        "committed",
        "spent",
    )
    lines = []
    for row in rows:
        plain = [
            row.code,
            row.kind,
            row.title,
            row.state,
            " ".join(row.countries),
            row.aspect,
            row.starts,
            row.ends,
            amounts.decimal(sum(p.cost for p in row.components.all()), row.currency),
            row.currency,
        ]
        totals: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
        for each in paid.get(row.pk, []):
            totals[each.fund.code, each.fund.currency][0] += each.committed
            totals[each.fund.code, each.fund.currency][1] += each.spent
        for (code, currency), both in sorted(totals.items()) or [(("", ""), [0, 0])]:
            money = [amounts.decimal(each, currency) if code else "" for each in both]
            lines.append([*plain, code, currency, *money])
    return csv_file(f"programmes-{today().isoformat()}", header, lines)


@officer
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A new programme out of a gap: what it is for, then what it could be made of."""
    by = who(request)
    first = {
        "kind": request.GET.get("kind", "NCAP"),
        "countries": request.GET.getlist("country"),
        "aspect": request.GET.get("aspect", ""),
    }
    form = told.BeginForm(request.POST or None, initial=first)
    known = _known(by, form, first)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        begun = actions.Begun(
            given["kind"],
            tuple(given["countries"]),
            given["aspect"],
            given["currency"],
            given["months"],
            _references(request.POST.getlist("course")),
            _references(request.POST.getlist("resource")),
            asked.reference(request.POST.get("priority", "")),
            asked.reference(request.POST.get("request", "")),
        )
        try:
            made = actions.begin(by=by, told=begun)
        except Refused as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, _("Begun. Put costs to its parts, then put it up for appraisal."))
            return redirect("programmes:programme", made)
    context = {
        "form": form,
        **known,
        "priority": request.GET.get("priority") or request.POST.get("priority", ""),
        "asked": request.GET.get("request") or request.POST.get("request", ""),
    }
    return render(request, "programmes/plan/new.html", context, status=422 if form.errors else 200)


def _references(words: Sequence[str]) -> tuple[UUID, ...]:
    return tuple(each for each in map(asked.reference, words[:50]) if each)


def _known(by: Viewer, form: forms.Form, first: dict[str, Any]) -> dict[str, Any]:
    """What is known of the gap, and what could close it: once country and aspect are known."""
    given = form.data if form.is_bound else None
    countries = given.getlist("countries") if given is not None else first["countries"]  # type: ignore[attr-defined]
    aspect = str(given.get("aspect", "")) if given is not None else first["aspect"]
    known = {code for code, _name in choices.country_choices()}
    countries = [code for code in countries if code in known][:30]
    if not countries or aspect not in model().aspects:
        return {"known": False}
    with viewer(by):
        cells = queries.gaps_of(by, countries, aspect)
        return {
            "known": True,
            "standing": [queries.standing(cell) for cell in cells],
            "courses": queries.courses_for(by, aspect)[:40],
            "resources": queries.resources_for(by, countries, aspect)[:40],
        }


@require_safe
@public
def programme(request: HttpRequest, reference: UUID) -> HttpResponse:
    """One programme: its story, plan, money and results; what one can do."""
    return _page(request, reference)


@member
@require_POST
def act(request: HttpRequest, reference: UUID, act: str) -> HttpResponse:
    """Something is done with a programme."""
    by = who(request)
    with viewer(by):
        row = found(lambda: Programme.objects.get(reference=reference))
        acts = offers.offers(by, row)
    return take(
        request,
        acts,
        act,
        lambda: reverse("programmes:programme", args=[reference]),
        lambda failed: _page(request, reference, failed),
    )


def _page(request: HttpRequest, reference: UUID, failed: tuple[str, forms.Form] | None = None) -> HttpResponse:
    by = who(request)
    with viewer(by):
        row = found(lambda: Programme.objects.get(reference=reference))
        acts = offers.offers(by, row) if by.vetted else []
        parts, points = list(row.components.order_by("pk")), list(row.milestones.order_by("due", "pk"))
        moves = list(row.moves.order_by("pk")) if by.vetted else []
        appraisals = list(row.appraisals.order_by("pk")) if by.vetted else []
        moved = chain.moved(row)
        steps = chain.walk(by, row, moved)
        overlaps = queries.overlaps(by, row) if by.vetted else []
        people = {each.person or 0 for each in moves} | {each.person for each in appraisals}
        names = dict(Person.objects.filter(pk__in=people).values_list("pk", "name")) if by.vetted else {}
        bodies = organisation_names(by, [row.organisation, *(each.organisation for each in appraisals)])
        evaluation = Evaluation.objects.filter(programme=row).first()
        builds = list(Programme.objects.filter(reference__in=row.builds_on))
        risks, partners, lessons = (
            list(row.risks.order_by("pk")),
            list(row.partners.order_by("pk")),
            list(row.lessons.all()),
        )
        audit.record(by=by, verb="read", kind="programme", thing=row.pk)
    states = dict(Programme.State.choices)

    def url(word: str) -> str:
        return reverse("programmes:programme-act", args=[reference, word])

    shown = offered(acts, url, failed)
    days = [(part, part.starts or row.starts, part.ends or row.ends) for part in parts]
    bars = [drawn.Bar(part.title, first, last, f"gantt-{part.kind}") for part, first, last in days if first and last]
    marks = [drawn.Point(each.title, each.due, each.done is not None) for each in points]
    paid = [step.money for step in steps]
    context = {
        "row": row,
        "tone": _tone(row.state),
        "owner": bodies.get(row.organisation, ""),
        "aspect": model().aspects.get(row.aspect),
        "parts": [_part(part, row, [s for s in steps if s.component.pk == part.pk], shown) for part in parts],
        "planned": amounts.written(sum(part.cost for part in parts), row.currency),
        "committed": _sums(paid, "committed"),
        "spent": _sums(paid, "spent"),
        "steps": [_step(step) for step in steps],
        "gantt": mark_safe(drawn.gantt(bars, marks, today=today(), label=_("The plan in time"))),  # noqa: S308
        "points": [
            (each, _late(each), _of(shown, f"done-{each.pk}", f"seen-{each.pk}", f"remove-milestone-{each.pk}"))
            for each in points
        ],
        "risks": [(each, _of(shown, f"remove-risk-{each.pk}")) for each in risks],
        "partners": [(each, _of(shown, f"remove-partner-{each.pk}")) for each in partners],
        "indicators": [
            (each, _of(shown, f"tell-{each.indicator.pk}", f"remove-indicator-{each.indicator.pk}")) for each in moved
        ],
        "overlaps": [(other, said, _of(shown, f"overlap-{other.reference}")) for other, said in overlaps],
        "appraisals": [
            (
                each,
                names.get(each.person, ""),
                bodies.get(each.organisation, ""),
                [(q, each.answers.get(k, "")) for k, q in outlines.questions().items()],
            )
            for each in appraisals
        ],
        "evaluation": evaluation,
        "grades": [(text, evaluation.grades.get(key)) for key, text in outlines.criteria().items()]
        if evaluation
        else [],
        "lessons": lessons,
        "builds": builds,
        "moves": [(states[m.before], states[m.after], names.get(m.person or 0, ""), m.at, m.reason) for m in moves],
        "offered": [each for each in shown if not each.act.word.startswith(_INSIDE)],
    }
    return render(request, "programmes/plan/programme.html", context, status=422 if failed else 200)


_INSIDE = ("done-", "seen-", "overlap-", "tell-", "remove-", "alter-")


def _of(shown: Sequence[Any], *words: str) -> list[Any]:
    return [each for each in shown if each.act.word in words]


def _part(part: Component, row: Programme, steps: Sequence[chain.Step], shown: Sequence[Any]) -> dict[str, Any]:
    paid = [step.money for step in steps]
    return {
        "part": part,
        "cost": amounts.written(part.cost, row.currency),
        "aspect": model().aspects.get(part.aspect),
        "committed": _sums(paid, "committed"),
        "spent": _sums(paid, "spent"),
        "course": next((step.course for step in steps if step.course), None),
        "acts": _of(shown, f"alter-{part.pk}", f"remove-component-{part.pk}"),
    }


def _step(step: chain.Step) -> dict[str, Any]:
    return {
        "step": step,
        "spent": amounts.written(step.money.spent, step.money.fund.currency),
        "committed": amounts.written(step.money.committed, step.money.fund.currency),
        "paid": [
            amounts.written(n, code)
            for code, n in sorted(step.money.paid.items())
            if code != step.money.fund.currency and n
        ],
    }


def _late(point: Any) -> bool:
    return point.done is None and point.due < today()
