"""Pages of plans: the shortest set of courses that closes what is missing, within limits. HTTP only."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hueandcry.academy.frameworks.model import Element, Framework
from hueandcry.academy.plans import answers, asking, queries, reasons
from hueandcry.academy.plans.answers import Question
from hueandcry.academy.plans.forms import ME, UNIT, PlanForm
from hueandcry.academy.plans.plan import MOST_GAPS, Plan
from hueandcry.academy.plans.plan import plan as planned
from hueandcry.academy.plans.shown import Shown
from hueandcry.academy.plans.unit import builds_on, sent
from hueandcry.audit import actions as audit
from hueandcry.capacity import choices
from hueandcry.members.access import member
from hueandcry.members.viewer import viewer
from hueandcry.members.views import csv_file, who

SECONDS = 5.0  # that a plan is searched for


@dataclass(frozen=True, slots=True)
class _Planned:
    """A plan that was made: for whom (``unit``: how many people), against which role, out of which sessions."""

    whose: str
    unit: int
    found: Framework
    role: Element
    question: Question
    made: Plan
    choices: dict[str, queries.Choice]
    sent: dict[str, int]


def _plan(request: HttpRequest, verb: str) -> tuple[PlanForm, _Planned | None]:
    by, today = who(request), asking.this_day()
    with viewer(by):
        people, known = queries.people(by), asking.all_frameworks(by)
        asked = request.GET.get("role", "")
        code = next((each.code for each in known if asked.startswith(f"{each.code}@{each.version}:")), known[0].code)
        form = PlanForm(request.GET, today=today, offers=queries.offers(by, code, today), frameworks=known,
                        people=asking.whose_choices(by, people, unit=True))  # fmt: skip
        if not form.is_valid():
            return form, None
        given = form.cleaned_data
        found, one = form.roles[given["role"]]
        if len(found.wants(one.code)) > MOST_GAPS:
            form.add_error("role", _("This role wants more than %(most)s things; no plan is made of so many.")
                           % {"most": MOST_GAPS})  # fmt: skip
            return form, None
        person = (by.person or 0) if given["whose"] == ME else 0 if given["whose"] == UNIT else int(given["whose"])
        shown = queries.shown(by, [person] if person else people, found.code, today)
        offered = {each.offered.key: each for each in queries.sessions(by, found.code, today, person)}
        audit.record(by=by, verb=verb, kind="plan", thing=person or f"unit {by.organisation}", count=len(shown))
    question = _question(form, found, one, person, shown)
    made = planned(question.missing, [each.offered for each in offered.values()], form.limits(), held=question.held,
                   seconds=SECONDS)  # fmt: skip
    name = by.name if not person else "" if person == by.person else people[person]
    return form, _Planned(name, 0 if person else len(people), found, one, question, made, offered,
                          sent(made, question.lacking, question.short))  # fmt: skip


def _question(
    form: PlanForm, found: Framework, one: Element, person: int, shown: dict[int, list[Shown]]
) -> Question:  # fmt: skip
    """What the plan is to close: of one person, or of a unit (0)."""
    given, counting = form.cleaned_data, asking.counting_of(form)
    profiles = {key: answers.profiled(found, one.code, rows, counting) for key, rows in shown.items()}
    if person:
        return answers.of_one(person, profiles[person], expiring=given["expiring"])
    number = len(profiles)
    return answers.of_unit(profiles, min(given.get("enough") or number, number), expiring=given["expiring"])


def _chosen(read: _Planned) -> list[dict[str, Any]]:
    """The sessions of a plan in order, each with what it closes, or what it comes before."""
    made = []
    for number, each in enumerate(read.made.chosen, 1):
        choice = read.choices[each.key]
        closes = [(read.found.by_code[code], each.teaches[code]) for code, key in read.made.closed.items()
                  if key == each.key]  # fmt: skip
        made.append({
            "number": number, "offered": each, "choice": choice, "row": choice.row, "closes": closes,
            "cost": each.cost / 100, "people": read.sent[each.key],
            "before": [read.choices[other.key].row.course.title for other in builds_on(read.made, each)],
            "language": choices.language(each.language), "online": not each.country, "several": each.days > 1,
            "short": read.unit and choice.free < read.sent[each.key],
        })  # fmt: skip
    return made


def _left(read: _Planned) -> list[dict[str, Any]]:
    made = []
    for each in read.made.left:
        near = read.choices.get(each.nearest)
        made.append({"element": read.found.by_code[each.wanted.competence], "level": each.wanted.level, "near": near,
                     "why": reasons.said(each, near.offered if near else None), "always": each.always})  # fmt: skip
    return made


@require_safe
@member
def plan(request: HttpRequest) -> HttpResponse:
    """The shortest set of courses that closes what is missing, within languages, days, money and travel."""
    form, read = _plan(request, "read")
    context = asking.shell(who(request), form)
    if read:
        always = Counter(word for each in read.made.left for word in each.always)
        context |= {
            "read": read, "chosen": _chosen(read), "left": _left(read), "query": request.GET.urlencode(),
            "profile_query": asking.address(form, *(() if read.unit else ("whose",))),
            "gaps": len(read.question.missing),
            "closed": len(read.made.closed), "cost": read.made.cost / 100, "currency": form.cleaned_data["currency"],
            "total": sum(each.cost * read.sent[each.key] for each in read.made.chosen) / 100,
            "seconds": int(SECONDS), "always": [(reasons.short(word), n) for word, n in always.most_common()],
            "offered": len(read.choices),
        }  # fmt: skip
    return render(request, "academy/plans/plan.html", context, status=asking.status_of(form))


PLAN = ("what", "order", "session", "course", "provider", "starts", "ends", "country", "place", "language", "cost",
        "currency", "people", "competences", "why")  # fmt: skip


@require_safe
@member
def plan_csv(request: HttpRequest) -> HttpResponse:
    """The same as a file: the sessions in order, then the gaps that stay open."""
    _form, read = _plan(request, "export")
    if read is None:
        return asking.back(request, "academy:plan")
    rows: list[tuple[object, ...]] = [
        ("session", each["number"], each["row"].reference, each["row"].course.title, each["choice"].provider,
         each["row"].starts, each["row"].ends, each["offered"].country, each["row"].place, each["row"].language,
         f"{each['cost']:.2f}", each["row"].currency, each["people"],
         " ".join(element.code for element, _level in each["closes"]), "")
        for each in _chosen(read)
    ]  # fmt: skip
    rows += [("gap", *[""] * 12, each["element"].code, " ".join(each["why"])) for each in _left(read)]
    return csv_file("plan", PLAN, rows)


@require_safe
@member
def plan_ics(request: HttpRequest) -> HttpResponse:
    """The sessions as iCalendar (RFC 5545)."""
    from icalendar import Calendar, Event

    _form, read = _plan(request, "export")
    if read is None:
        return asking.back(request, "academy:plan")
    made = Calendar()
    made.add("prodid", "-//Hue & Cry//plan//EN")
    made.add("version", "2.0")
    for each in _chosen(read):
        row, event = each["row"], Event()
        event.add("uid", f"{row.reference}@hueandcry")
        event.add("dtstamp", datetime.now(UTC))
        event.add("dtstart", row.starts)
        event.add("dtend", row.ends + timedelta(days=1))  # whole days end before the one named (RFC 5545, 3.6.1)
        event.add("summary", row.course.title)
        event.add("location", _("online") if each["online"] else ", ".join(filter(None, (row.place, row.country))))
        event.add("description", ", ".join(f"{element.code} {element.called}" for element, _level in each["closes"]))
        event.add("url", request.build_absolute_uri(reverse("academy:session", args=[row.reference])))
        made.add_component(event)
    headers = {"Content-Disposition": 'attachment; filename="plan.ics"', "Cache-Control": "no-store"}
    return HttpResponse(made.to_ical(), content_type="text/calendar; charset=utf-8", headers=headers)
