"""Pages of accreditation: who is accredited, the standards, one application. HTTP only."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hueandcry.academy import life
from hueandcry.academy.accreditation import actions
from hueandcry.academy.accreditation import forms as told
from hueandcry.academy.accreditation import standards as published
from hueandcry.academy.acting import Act, Reason, offered, take
from hueandcry.academy.models import Accreditation, Course, Move, Part, Scheme
from hueandcry.audit import actions as audit
from hueandcry.members.access import member, role
from hueandcry.members.actions import Refused
from hueandcry.members.models import Person
from hueandcry.members.queries import organisation_names
from hueandcry.members.viewer import Viewer, viewer
from hueandcry.members.views import found, who

applicant = role("trainer", "administrator", "officer")


@require_safe
@member
def accreditations(request: HttpRequest) -> HttpResponse:
    """Who is accredited for what; and the applications that one has to do with."""
    by = who(request)
    with viewer(by):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT reference, kind, state, organisation, scope, valid_from, valid_until, looked_at"
                " FROM hueandcry_accreditations()"
            )
            rows = cursor.fetchall()
        mine = list(Accreditation.objects.order_by("-pk")[:200])
        names = organisation_names(by, [row[3] for row in rows] + [row.organisation for row in mine])
        parts = dict(Part.objects.filter(person=by.person or 0).values_list("accreditation", "kind"))
    kinds, states = dict(Accreditation.Kind.choices), dict(Accreditation.State.choices)
    today = datetime.now(UTC).date()
    lines = [
        {
            "kind": kinds[row[1]],
            "state": states[row[2]],
            "good": row[2] == "accredited",
            "who": names.get(row[3], ""),
            "scope": row[4],
            "since": row[5],
            "until": row[6],
            "looked": row[7],
            "next": _next(row[5], row[6], row[7]) if row[2] == "accredited" else None,
            "late": row[2] == "accredited" and _next(row[5], row[6], row[7]) < today,
        }
        for row in rows
    ]
    own = [
        (row, names.get(row.organisation, ""), dict(Part.Kind.choices).get(parts.get(row.pk, ""), "")) for row in mine
    ]
    context = {"lines": lines, "own": own, "may_apply": by.may("trainer", "administrator", "officer")}
    return render(request, "academy/accreditation/accreditations.html", context)


def _next(since: date, until: date, looked: date | None) -> date:
    """The day by which somebody looks again: a year after the last time, before it ends."""
    return min(max(since, looked or since) + timedelta(days=365), until)


@require_safe
@member
def standards(request: HttpRequest) -> HttpResponse:
    """What is asked of whom the alliance accredits."""
    return render(request, "academy/accreditation/standards.html", {"standards": published.standards().values()})


@applicant
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Begin an application."""
    by = who(request)
    with viewer(by):
        schemes = [
            (row.code, f"{row.code} {row.title}") for row in Scheme.objects.filter(retired_at=None).order_by("code")
        ]
        courses = [
            (str(row.reference), row.title)
            for row in Course.objects.filter(organisation=by.organisation or 0).order_by("title")
        ]
    form = told.ApplyForm(request.POST or None, schemes=schemes, courses=courses)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        course = UUID(given["course"]) if given["course"] else None
        try:
            made = actions.draft(
                by=by, kind=given["kind"], scope=given["scope"], course=course, examiner=given["examiner"]
            )
        except Refused as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, _("Begun. Now say how each requirement is met, and apply."))
            return redirect("academy:accreditation", made)
    context = {"form": form, "none": not schemes}
    return render(request, "academy/accreditation/new.html", context, status=422 if form.errors else 200)


@require_safe
@member
def accreditation(request: HttpRequest, reference: UUID) -> HttpResponse:
    """One application: what it says, what was found, what one can do."""
    return _page(request, reference)


@member
@require_POST
def act(request: HttpRequest, reference: UUID, act: str) -> HttpResponse:
    """Something is done with an application."""
    by = who(request)
    with viewer(by):
        row = found(lambda: Accreditation.objects.get(reference=reference))
        acts = _acts(by, row)
    return take(
        request,
        acts,
        act,
        lambda: reverse("academy:accreditation", args=[reference]),
        lambda failed: _page(request, reference, failed),
    )


def _page(request: HttpRequest, reference: UUID, failed: tuple[str, forms.Form] | None = None) -> HttpResponse:
    by = who(request)
    with viewer(by):
        row = found(lambda: Accreditation.objects.get(reference=reference))
        acts = _acts(by, row)
        parts, findings = list(row.parts.order_by("pk")), list(row.findings.order_by("pk"))
        visits = list(row.visits.order_by("pk"))
        moves = list(Move.objects.filter(machine="accreditation", thing=row.pk).order_by("pk"))
        people = {each.person for each in parts} | {each.person for each in findings} | {row.examiner, row.person}
        people |= {each.person for each in visits} | {each.person for each in moves}
        names = dict(Person.objects.filter(pk__in=[each for each in people if each]).values_list("pk", "name"))
        bodies = organisation_names(by, [row.organisation, *(each.organisation for each in parts)])
        course = Course.objects.filter(pk=row.course).first() if row.course else None
        audit.record(by=by, verb="read", kind="accreditation", thing=row.pk)
    standard = published.standards()[row.kind]
    states = dict(Accreditation.State.choices)

    def url(word: str) -> str:
        return reverse("academy:accreditation-act", args=[reference, word])

    shown = offered(acts, url, failed)
    context = {
        "row": row,
        "standard": standard,
        "who": bodies.get(row.organisation, ""),
        "course": course,
        "examiner": names.get(row.examiner or 0, ""),
        "requirements": [(code, text, row.answers.get(code, "")) for code, text in standard.requirements.items()],
        "parts": [(each, names.get(each.person, ""), bodies.get(each.organisation, "")) for each in parts],
        "visits": [(each, names.get(each.person, "")) for each in visits],
        "findings": [(each, names.get(each.person, ""), _of(shown, each.pk)) for each in findings],
        "moves": [
            (states[each.before], states[each.after], names.get(each.person or 0, ""), each.at) for each in moves
        ],
        "offered": [each for each in shown if not each.act.word.startswith(("correct-", "close-"))],
    }
    return render(request, "academy/accreditation/accreditation.html", context, status=422 if failed else 200)


def _of(shown: list[Any], key: int) -> list[Any]:
    return [each for each in shown if each.act.word in (f"correct-{key}", f"close-{key}")]


def _acts(by: Viewer, row: Accreditation) -> list[Act]:
    """What the viewer can do now, by the table of moves and what belongs to each state. The database decides."""
    key = row.reference
    part = Part.objects.filter(accreditation=row, person=by.person or 0).first()
    is_who = _who(by, row, part)
    made = []
    if part and part.no_conflict is None:
        made.append(
            Act(
                "declare",
                _("Declare whether you have a conflict of interest"),
                lambda v: actions.declare(
                    by=by, accreditation=key, no_conflict=v["no_conflict"] == "yes", conflict=v["conflict"]
                ),
                _("Declared."),
                told.DeclareForm,
                main=True,
            )
        )
    if "applicant" in is_who and row.state in ("draft", "corrective"):
        made.append(
            Act(
                "answer",
                _("Say how requirements are met"),
                lambda v: actions.answer(by=by, accreditation=key, answers=v),
                _("Kept."),
                told.answers(published.standards()[row.kind].requirements),
                row.answers,
            )
        )
    if "office" in is_who and row.state in ("applied", "review", "decision", "appealed", "accredited", "suspended"):
        made.append(
            Act(
                "ask",
                _("Ask somebody to take part"),
                lambda v: actions.ask(by=by, accreditation=key, email=v["email"], part=v["part"]),
                _("Asked."),
                told.AskForm,
            )
        )
    if "assessor" in is_who and row.state in ("review", "accredited", "suspended"):
        made.append(
            Act(
                "look",
                _("Record what you looked at"),
                lambda v: actions.look(by=by, accreditation=key, **v),
                _("On record."),
                told.LookForm,
            )
        )
    if "assessor" in is_who and row.state == "review":
        made.append(
            Act(
                "find",
                _("Record a finding"),
                lambda v: actions.find(by=by, accreditation=key, **v),
                _("The applicant will answer it."),
                told.FindForm,
            )
        )
    for finding in row.findings.filter(closed_at=None):
        if "applicant" in is_who and row.state == "corrective":
            made.append(
                Act(
                    f"correct-{finding.pk}",
                    _("Answer the finding"),
                    lambda v: actions.correct(by=by, finding=v["finding"], answer=v["answer"]),
                    _("Answered."),
                    told.CorrectForm,
                    {"finding": finding.pk, "answer": finding.answer},
                )
            )
        if "assessor" in is_who and row.state == "review" and finding.answered_at:
            made.append(
                Act(
                    f"close-{finding.pk}",
                    _("Close the finding"),
                    lambda v: actions.close(by=by, finding=v["finding"]),
                    _("Closed."),
                    told.CloseForm,
                    {"finding": finding.pk},
                )
            )
    return made + [
        _move(by, row, after)
        for after in life.MOVES.states("accreditation")
        if any(life.MOVES.may("accreditation", row.state, after, each) for each in is_who)
        and (after != "expired" or (row.valid_until and row.valid_until <= datetime.now(UTC).date()))
    ]


def _who(by: Viewer, row: Accreditation, part: Part | None) -> set[str]:
    if row.organisation == by.organisation and by.may("trainer", "administrator", "officer"):
        return {"applicant"}
    mine = {part.kind} if part and part.no_conflict else set()
    return mine | ({"office"} if by.secretariat and by.may("secretary") else set())


def _move(by: Viewer, row: Accreditation, after: str) -> Act:
    words = {
        "applied": _("Apply"),
        "abandoned": _("Give the application up"),
        "review": _("Begin the review"),
        "corrective": _("Hand the findings to the applicant"),
        "decision": _("Put it before the panel"),
        "accredited": _("Accredit"),
        "refused": _("Refuse"),
        "appealed": _("Appeal"),
        "upheld": _("Uphold the refusal"),
        "suspended": _("Suspend"),
        "withdrawn": _("Withdraw the accreditation"),
        "expired": _("Note that it has ended"),
    }
    title = words[after]
    if row.state == "corrective" and after == "review":
        title = _("Hand the corrections in")
    if row.state == "suspended" and after == "accredited":
        title = _("Lift the suspension")
    form: type[forms.Form] = forms.Form
    if after == "accredited" and row.state != "suspended":
        form = told.AccreditForm
    elif after in ("accredited", "refused", "upheld", "suspended", "withdrawn", "appealed"):
        form = Reason

    def done(values: dict[str, Any]) -> None:
        actions.move(by=by, accreditation=row.reference, state=after, **values)

    main = after in ("applied", "review", "decision", "accredited")
    return Act(after, title, done, _("Done."), form, main=main)
