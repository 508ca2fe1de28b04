"""Pages of courses: catalogue, calendar, one course, one session, one's own learning, comparison. HTTP only."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hueandcry.academy.acting import Act, offered, take
from hueandcry.academy.courses import actions, queries
from hueandcry.academy.courses import forms as told
from hueandcry.academy.frameworks import shipped
from hueandcry.academy.models import Certificate, Course, Enrolment, Evaluation, Session
from hueandcry.academy.plans.equivalence import equivalence
from hueandcry.academy.workbench import waiting
from hueandcry.audit import actions as audit
from hueandcry.capacity import choices
from hueandcry.members.access import member, role
from hueandcry.members.actions import Refused
from hueandcry.members.models import Person
from hueandcry.members.paging import page, words
from hueandcry.members.queries import organisation_names
from hueandcry.members.viewer import Viewer, viewer
from hueandcry.members.views import csv_file, found, who
from hueandcry.web.filters import Filter, Option

trainer = role("trainer")
SORTS = {"added": "pk", "title": "title", "hours": "hours"}
HEADER = (
    "reference",
    "title",
    "provider",
    "country",
    "languages",
    "mode",
    "hours",
    "roles",
    "teaches",
    "state",
    "version",
)


def _asked(request: HttpRequest) -> dict[str, str]:
    given = request.GET
    return {
        "words": words(given, "q"),
        "role": given.get("role", "")[:20],
        "language": given.get("language", "")[:8],
        "country": given.get("country", "")[:2].upper(),
        "competence": given.get("competence", "")[:20],
        "mode": given.get("mode", "") if given.get("mode", "") in Course.Mode.values else "",
        "state": given.get("state", "") if given.get("state", "") in Course.State.values else "",
    }


@require_safe
@member
def courses(request: HttpRequest) -> HttpResponse:
    """The catalogue, narrowed."""
    by, asked = who(request), _asked(request)
    with viewer(by):
        rows = queries.courses(by, **asked)
        total = rows.count()
        shown = page(rows, request.GET, SORTS, "-added")
        names = organisation_names(by, [row.organisation for row in shown.rows])
        lines = [(row, names.get(row.organisation, "")) for row in shown.rows]
    known = shipped.law_enforcement()
    filters = [
        Filter("q", _("Words"), "text"),
        Filter("role", _("Role"), "one", [Option(each.code, each.title) for each in known.of_kind("role")]),
        Filter(
            "competence",
            _("Teaches"),
            "one",
            [Option(each.code, f"{each.code} {each.title}") for each in known.of_kind("competence")],
        ),
        Filter("language", _("Language"), "one", [Option(*each) for each in choices.language_choices()]),
        Filter("country", _("Country"), "one", [Option(*each) for each in choices.country_choices()]),
        Filter(
            "mode", _("How it is given"), "one", [Option(value, str(label)) for value, label in Course.Mode.choices]
        ),
        Filter("state", _("State"), "one", [Option(value, str(label)) for value, label in Course.State.choices]),
    ]
    context = {
        "lines": lines,
        "page": shown,
        "total": total,
        "filters": filters,
        "narrowed": any(asked.values()),
        "may_write": by.may("trainer"),
    }
    return render(request, "academy/courses/courses.html", context)


@require_safe
@member
def as_csv(request: HttpRequest) -> HttpResponse:
    """The same, as a file."""
    by = who(request)
    with viewer(by):
        rows = list(queries.courses(by, **_asked(request)).order_by("-pk")[:10_000])
        names = organisation_names(by, [row.organisation for row in rows])
        audit.record(by=by, verb="export", kind="course", count=len(rows))
    return csv_file(
        "courses",
        HEADER,
        [
            (
                row.reference,
                row.title,
                names.get(row.organisation, ""),
                row.country,
                " ".join(row.languages),
                row.mode,
                row.hours,
                " ".join(row.roles),
                " ".join(f"{code}:{level}" for code, level in sorted(row.teaches.items())),
                row.state,
                row.version,
            )
            for row in rows
        ],
    )


@require_safe
@member
def calendar(request: HttpRequest) -> HttpResponse:
    """Sessions to come."""
    by = who(request)
    with viewer(by):
        rows = list(queries.calendar(by, since=datetime.now(UTC).date())[:200])
        full = queries.fullness(by, [row.pk for row in rows])
        names = organisation_names(by, [row.organisation for row in rows])
    lines = [(row, names.get(row.organisation, ""), *full.get(row.pk, (0, 0))) for row in rows]
    return render(request, "academy/courses/calendar.html", {"lines": lines})


@require_safe
@member
def as_calendar(request: HttpRequest) -> HttpResponse:
    """The same as iCalendar (RFC 5545)."""
    from icalendar import Calendar, Event

    by = who(request)
    with viewer(by):
        rows = list(queries.calendar(by, since=datetime.now(UTC).date() - timedelta(days=30))[:1_000])
    made = Calendar()
    made.add("prodid", "-//Hue & Cry//courses//EN")
    made.add("version", "2.0")
    for row in rows:
        event = Event()
        event.add("uid", f"{row.reference}@hueandcry")
        event.add("dtstamp", datetime.now(UTC))
        event.add("dtstart", row.starts)
        event.add("dtend", row.ends + timedelta(days=1))  # whole days end before the one named (RFC 5545, 3.6.1)
        event.add("summary", row.course.title)
        event.add("location", ", ".join(each for each in (row.place, choices.country(row.country)) if each))
        event.add("url", request.build_absolute_uri(reverse("academy:session", args=[row.reference])))
        made.add_component(event)
    headers = {"Content-Disposition": 'attachment; filename="courses.ics"'}
    return HttpResponse(made.to_ical(), content_type="text/calendar; charset=utf-8", headers=headers)


@require_safe
@member
def mine(request: HttpRequest) -> HttpResponse:
    """One's own learning: places in courses, certificates."""
    by = who(request)
    with viewer(by):
        rows = list(Enrolment.objects.filter(person=by.person or 0).select_related("session__course").order_by("-pk"))
        certificates = list(Certificate.objects.filter(person=by.person or 0).select_related("scheme").order_by("-pk"))
        waiting = list(
            Enrolment.objects.filter(organisation=by.organisation or 0, state="asked")
            .exclude(person=by.person or 0)
            .select_related("session__course")
            .order_by("pk")[:200]
        )
        names = dict(Person.objects.filter(pk__in=[row.person for row in waiting]).values_list("pk", "name"))
    context = {
        "rows": rows,
        "certificates": certificates,
        "waiting": [(row, names.get(row.person, "")) for row in waiting],
    }
    return render(request, "academy/courses/mine.html", context)


@require_safe
@member
def compare(request: HttpRequest) -> HttpResponse:
    """Two courses side by side: what of one the other covers."""
    by = who(request)
    with viewer(by):
        rows = list(Course.objects.exclude(state="retired").order_by("title")[:500])
        pair = [
            next((row for row in rows if str(row.reference) == request.GET.get(name, "")), None)
            for name in ("one", "other")
        ]
    one, other = pair
    known = shipped.law_enforcement().by_code
    same = bool(one and other and one.framework == other.framework and one.teaches)
    told_of = equivalence(one.teaches, other.teaches) if one and other and same else None
    context = {
        "rows": rows,
        "one": one,
        "other": other,
        "told": told_of,
        "mixed": bool(one and other) and told_of is None,
        "titles": {code: each.title for code, each in known.items()},
    }
    return render(request, "academy/courses/compare.html", context)


@trainer
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Describe a course."""
    form = told.CourseForm(request.POST or None, initial={"country": who(request).country, "languages": ["en"]})
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.draft(by=who(request), told=form.described())
        except Refused as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, _("Begun. Your organisation alone sees it until you publish it."))
            return redirect("academy:course", made)
    context = {"form": form, "title": _("Describe a course"), "button": _("Begin"), "back": reverse("academy:courses")}
    return render(request, "academy/form.html", context, status=422 if form.errors else 200)


@trainer
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, reference: UUID) -> HttpResponse:
    """Change a draft."""
    by = who(request)
    with viewer(by):
        row = found(lambda: Course.objects.get(reference=reference, organisation=by.organisation or 0, state="draft"))
    form = told.CourseForm(request.POST or None, initial=told.CourseForm.told(row))
    if request.method == "POST" and form.is_valid():
        try:
            actions.edit(by=by, course=reference, told=form.described())
        except Refused as refusal:
            form.add_error(None, refusal.reason)
        else:
            return redirect("academy:course", reference)
    context = {
        "form": form,
        "title": _("Change the draft"),
        "button": _("Save"),
        "back": reverse("academy:course", args=[reference]),
    }
    return render(request, "academy/form.html", context, status=422 if form.errors else 200)


@require_safe
@member
def course(request: HttpRequest, reference: UUID) -> HttpResponse:
    """A course in the standard form, with its sessions."""
    by = who(request)
    with viewer(by):
        row = found(lambda: Course.objects.get(reference=reference))
        sessions = list(row.sessions.order_by("-starts"))
        full = queries.fullness(by, [each.pk for each in sessions])
        name = organisation_names(by, [row.organisation]).get(row.organisation, "")
        before = Course.objects.filter(pk=row.follows).first() if row.follows else None
        after = Course.objects.filter(follows=row.pk).order_by("pk").first()
        accredited = queries.accredited([row.pk]).get(row.pk)
        audit.record(by=by, verb="read", kind="course", thing=row.pk)
    known = shipped.law_enforcement().by_code
    context = {
        "row": row,
        "provider": name,
        "accredited": accredited,
        "mine": _mine(by, row),
        "before": before,
        "after": after,
        "teaches": _told(known, row.teaches),
        "requires": _told(known, row.requires),
        "roles": [(code, known[code].title) for code in row.roles if code in known],
        "languages": [choices.language(code) for code in row.languages],
        "sessions": [(each, *full.get(each.pk, (0, 0))) for each in sessions],
        "texts": [
            (label, text)
            for label, text in (
                (_("What learners can do afterwards"), row.outcomes),
                (_("How that is assessed"), row.assessment),
                (_("Marking scheme"), row.marking),
                (_("Material for trainers"), row.trainer_material),
                (_("Material for learners"), row.student_material),
                (_("Results of the pilot"), row.pilot),
            )
            if text
        ],
    }
    return render(request, "academy/courses/course.html", context)


def _told(known: Any, levels: dict[str, int]) -> list[tuple[str, Any, int, str]]:
    return [
        (code, known.get(code), level, known[code].shown.get(level, "") if code in known else "")
        for code, level in sorted(levels.items())
    ]


def _mine(by: Viewer, row: Course | Session) -> bool:
    return row.organisation == by.organisation and by.may("trainer")


@trainer
@require_POST
def act(request: HttpRequest, reference: UUID, act: str) -> HttpResponse:
    """Publish, retire, or begin the next version."""
    by = who(request)
    acts = [
        Act(
            "publish",
            "",
            lambda v: actions.move(by=by, course=reference, state="published"),
            _("Every member sees it now."),
        ),
        Act("retire", "", lambda v: actions.move(by=by, course=reference, state="retired"), _("Retired.")),
        Act(
            "renew",
            "",
            lambda v: actions.renew(by=by, course=reference),
            _("A draft of the next version is in the catalogue."),
        ),
    ]
    return take(request, acts, act, lambda: reverse("academy:course", args=[reference]), _absent)


def _absent(failed: tuple[str, forms.Form]) -> HttpResponse:
    raise Http404  # these acts have no field that could be wrong


@trainer
@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: HttpRequest, reference: UUID) -> HttpResponse:
    """Plan a session."""
    by = who(request)
    with viewer(by):
        row = found(
            lambda: Course.objects.get(reference=reference, organisation=by.organisation or 0, state="published")
        )
    form = told.SessionForm(request.POST or None, initial={"country": row.country})
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.plan(by=by, course=reference, told=form.planned())
        except Refused as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, _("Planned. Open it when people can enrol."))
            return redirect("academy:session", made)
    context = {
        "form": form,
        "title": _("Plan a session"),
        "button": _("Plan it"),
        "back": reverse("academy:course", args=[reference]),
    }
    return render(request, "academy/form.html", context, status=422 if form.errors else 200)


@require_safe
@member
def session(request: HttpRequest, reference: UUID) -> HttpResponse:
    """A session: when and where, how full, who takes part as far as one may know."""
    return _session(request, reference)


@member
@require_POST
def act_session(request: HttpRequest, reference: UUID, act: str) -> HttpResponse:
    """Something is done with a session or a place in it."""
    by = who(request)
    with viewer(by):
        row = found(lambda: Session.objects.select_related("course").get(reference=reference))
        acts = _acts(by, row)
    return take(
        request,
        acts,
        act,
        lambda: reverse("academy:session", args=[reference]),
        lambda failed: _session(request, reference, failed),
    )


def _session(request: HttpRequest, reference: UUID, failed: tuple[str, forms.Form] | None = None) -> HttpResponse:
    by = who(request)
    with viewer(by):
        row = found(lambda: Session.objects.select_related("course").get(reference=reference))
        enrolments = list(row.enrolments.order_by("pk"))
        placed, waiting = queries.fullness(by, [row.pk]).get(row.pk, (0, 0))
        people = {*(each.person for each in enrolments), *row.trainers}
        names = dict(Person.objects.filter(pk__in=people).values_list("pk", "name"))
        bodies = organisation_names(by, [row.organisation, *(each.organisation for each in enrolments)])
        evaluated = queries.evaluations(by, row)
        acts = _acts(by, row)
        audit.record(by=by, verb="read", kind="session", thing=row.pk)
    context = {
        "row": row,
        "provider": bodies.get(row.organisation, ""),
        "placed": placed,
        "waiting": waiting,
        "free": max(row.places - placed, 0),
        "cost": row.cost / 100,
        "language": choices.language(row.language),
        "trainers": [names[key] for key in row.trainers if key in names],
        "lines": [
            (each, names.get(each.person, ""), bodies.get(each.organisation, ""), _next(by, each))
            for each in enrolments
        ],
        "evaluated": [(dict(Evaluation.Level.choices)[level], number, mean) for level, number, mean in evaluated],
        "offered": offered(
            [each for each in acts if each.word != "answer"],
            lambda word: reverse("academy:session-act", args=[reference, word]),
            failed,
        ),
    }
    return render(request, "academy/courses/session.html", context, status=422 if failed else 200)


def _next(by: Viewer, row: Enrolment) -> list[tuple[str, str]]:
    """What the viewer can do with a place: state and word."""
    home = row.organisation == by.organisation and row.person != by.person and by.may(*actions.HOME)
    provider = row.provider == by.organisation and by.may("trainer") and row.person != by.person
    made = []
    if home and row.state == "asked":
        made += [("approved", _("Approve")), ("refused", _("Refuse"))]
    if provider and row.state == "waiting":
        made.append(("placed", _("Give a place")))
    if provider and row.state == "placed":
        made += [("attended", _("Attended")), ("absent", _("Absent"))]
    if (home and row.state in ("waiting", "placed")) or (
        row.person == by.person and row.state in ("asked", "waiting", "placed")
    ):
        made.append(("withdrawn", _("Withdraw")))
    return made


def _acts(by: Viewer, row: Session) -> list[Act]:
    key = row.reference
    made = [
        Act(
            "answer",
            "",
            lambda v: actions.answer(by=by, enrolment=v["enrolment"], state=v["state"], reason=v["reason"]),
            _("Noted."),
            told.AnswerForm,
        )
    ]
    own = row.enrolments.filter(person=by.person or 0).exclude(state__in=["withdrawn", "refused"]).first()
    if row.state == "open" and own is None and by.person not in row.trainers:
        made.append(
            Act(
                "enrol",
                _("Ask to take part"),
                lambda v: actions.enrol(by=by, session=key, reason=v["reason"]),
                _("Asked. Your agency answers first."),
                told.EnrolForm,
                main=True,
            )
        )
    if own and own.state == "attended":
        made.append(
            Act(
                "evaluate",
                _("Say what came of it"),
                lambda v: actions.evaluate(by=by, **v),
                _("Thank you."),
                told.EvaluateForm,
                {"enrolment": own.pk},
            )
        )
    if _mine(by, row):
        words = {"open": _("Open it for enrolment"), "held": _("It was held"), "cancelled": _("Cancel it")}
        for before, after in (("planned", "open"), ("open", "held"), ("planned", "cancelled"), ("open", "cancelled")):
            if row.state == before:
                made.append(
                    Act(
                        after,
                        words[after],
                        lambda v, after=after: actions.move_session(  # type: ignore[misc]
                            by=by, session=key, state=after
                        ),
                        _("Done."),
                        main=after != "cancelled",
                    )
                )
        if row.state in ("planned", "open"):
            made.append(
                Act(
                    "teach",
                    _("Say who teaches"),
                    lambda v: actions.teach(by=by, session=key, trainers=v["trainers"].split()),
                    _("Noted."),
                    told.TeachForm,
                )
            )
    return made


@require_safe
@member
def workbench(request: HttpRequest) -> HttpResponse:
    """What waits for the viewer in the academy: as learner, officer, trainer, assessor, examiner or office."""
    by = who(request)
    with viewer(by):
        lists = waiting(by)
        audit.record(by=by, verb="list", kind="workbench", count=sum(len(each.rows) for each in lists))
    return render(request, "academy/courses/workbench.html", {"lists": lists})
