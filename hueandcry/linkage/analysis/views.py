"""Pages on which analysts write about an operation: hypotheses, evidence, notes, tasks, a name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hueandcry.audit import actions as audit
from hueandcry.linkage.analysis import actions, actions_note, actions_task, audiences, likelihood, queries, words
from hueandcry.linkage.analysis.forms import EvidenceForm, HypothesisForm, NameForm, NoteForm, TaskForm
from hueandcry.linkage.analysis.writing import WRITERS, Written
from hueandcry.linkage.models import AnalysisRevision, Operation
from hueandcry.linkage.operations import queries as operations
from hueandcry.linkage.operations.shown import Line
from hueandcry.members.access import ViewerRequest, member, role
from hueandcry.members.actions import Refused
from hueandcry.members.viewer import Viewer, viewer
from hueandcry.web import clock
from hueandcry.web.filters import Filter, Option

writer = role(*WRITERS)
OFFERED = 100  # values, and reports, offered as evidence: those of most crimes, the latest


def _line(who: Viewer, reference: UUID) -> Line:
    try:
        return operations.operation(who, reference)
    except Operation.DoesNotExist:
        raise Http404 from None


def _operation_of(written: Written) -> UUID:
    """Inside a viewer. What is about an operation of which nothing is seen has no page there."""
    try:
        return Operation.objects.get(pk=written.operation).reference
    except Operation.DoesNotExist:
        raise Http404 from None


def _to(operation: UUID, part: str) -> HttpResponse:
    return redirect(f"{reverse('linkage:operation', args=[operation])}?part={part}")


def _done(request: ViewerRequest, act: Callable[[], object], said: str) -> bool:
    """Do it and say so; what is refused is said too, and what is not there is not there."""
    try:
        act()
    except ObjectDoesNotExist:
        raise Http404 from None
    except Refused as refusal:
        messages.error(request, refusal.reason)
        return False
    messages.success(request, said)
    return True


# Hypotheses


@writer
@require_http_methods(["GET", "HEAD", "POST"])
def suppose(request: ViewerRequest, reference: UUID) -> HttpResponse:
    """State a hypothesis about an operation."""
    with viewer(request.viewer) as who:
        line = _line(who, reference)
        form = HypothesisForm(request.POST or None, tables=audiences.tables(who))
    del form.fields["state"]
    if request.method == "POST" and form.is_valid():
        made = lambda: actions.suppose(by=request.viewer, operation=reference, **form.cleaned_data)  # noqa: E731
        if _done(request, made, _("Stated. Now say what speaks for it and against it.")):
            return _to(line.reference, "hypotheses")
    shown = {"form": form, "line": line, "title": words.title(line)}
    return render(request, "linkage/analysis/hypothesis_add.html", shown, status=422 if form.errors else 200)


@member
@require_http_methods(["GET", "HEAD", "POST"])
def hypothesis(request: ViewerRequest, reference: UUID) -> HttpResponse:
    """One hypothesis: what speaks for it and against it, what it said before; its authors change it here."""
    with viewer(request.viewer) as who:
        try:
            found, by = queries.hypothesis(who, reference)
        except ObjectDoesNotExist:
            raise Http404 from None
        line = _line(who, _operation_of(found))
        board = queries.board(who, line.id)
        may_write = who.may(*WRITERS)
        things = _things(who, line) if may_write else []
        past = queries.revisions(who, AnalysisRevision.Kind.HYPOTHESIS, found.pk)
        audit.record(by=who, verb="read", kind="hypothesis", thing=found.pk)
    one = next(each for each in board.hypotheses if each.hypothesis.pk == found.pk)
    changing = request.method == "POST" and "statement" in request.POST
    form = HypothesisForm(
        request.POST if changing else None,
        initial={name: getattr(found, name) for name in ("statement", "likelihood", "confidence", "state")},
    )
    form.without_audience()
    weighing = EvidenceForm(request.POST if request.method == "POST" and not changing else None, things=things)
    if changing and form.is_valid():
        act = lambda: actions.change(by=request.viewer, hypothesis=reference, **form.cleaned_data)  # noqa: E731
        if _done(request, act, _("Changed. What it said before is kept.")):
            return redirect("linkage:hypothesis", reference)
    elif weighing.is_bound and weighing.is_valid():
        weigh = lambda: _weigh(request.viewer, reference, weighing.cleaned_data)  # noqa: E731
        if _done(request, weigh, _("Weighed.")):
            return redirect("linkage:hypothesis", reference)
    pieces = [{"piece": p, "thing": board.things[p.thing]} for p in one.pieces if p.thing in board.things]
    shown = {
        "one": found, "by": by, "line": line, "title": words.title(line), "pieces": pieces, "form": form,
        "weighing": weighing, "past": past, "may_write": may_write, "may_change": may_write and by.own,
        "term": likelihood.BY_KEY[found.likelihood],
    }  # fmt: skip
    wrong = form.errors or weighing.errors
    return render(request, "linkage/analysis/hypothesis.html", shown, status=422 if wrong else 200)


def _things(who: Viewer, line: Line) -> list[tuple[str, Any]]:
    """What is offered as evidence: the values of most crimes and the latest reports of the operation."""
    values = [
        (f"value:{one.id}", f"{words.type_words(one.type)}: {one.value[:80]}")
        for one in operations.infrastructure(who, line.id, most=OFFERED)
    ]
    reports = [
        (f"report:{one.reference}", f"{one.title[:80]} ({one.organisation.name})")
        for one in queries.reports(who, line.id, most=OFFERED)
    ]
    return [(_("Values"), values), (_("Reports"), reports)]


def _weigh(by: Viewer, hypothesis: UUID, given: dict[str, Any]) -> None:
    kind, _sep, key = given["thing"].partition(":")
    about: dict[str, Any] = {"report": UUID(key)} if kind == "report" else {"observable": int(key)}
    actions.weigh(by=by, hypothesis=hypothesis, bearing=given["bearing"], words=given["words"], **about)


@writer
@require_POST
def unweigh(request: ViewerRequest, number: int) -> HttpResponse:
    """Take back what one's organisation said of a thing."""
    try:
        back = actions.unweigh(by=request.viewer, evidence=number)
    except ObjectDoesNotExist:
        raise Http404 from None
    messages.success(request, _("Taken back."))
    return redirect("linkage:hypothesis", back)


# Notes and names


@writer
@require_POST
def note_add(request: ViewerRequest, reference: UUID) -> HttpResponse:
    """Write a note about an operation."""
    with viewer(request.viewer) as who:
        line = _line(who, reference)
        form = NoteForm(request.POST, tables=audiences.tables(who))
    if not form.is_valid():
        return _again(request, line, form, _("Write a note"))
    act = lambda: actions_note.write(by=request.viewer, operation=reference, **form.cleaned_data)  # noqa: E731
    if not _done(request, act, _("Written.")):
        return _again(request, line, form, _("Write a note"))
    return _to(line.reference, "notes")


@member
@require_http_methods(["GET", "HEAD", "POST"])
def note(request: ViewerRequest, reference: UUID) -> HttpResponse:
    """One note, with what it said before; its authors change or delete it here."""
    with viewer(request.viewer) as who:
        try:
            found = queries.note(who, reference)
        except ObjectDoesNotExist:
            raise Http404 from None
        operation = _operation_of(found)
        line = _line(who, operation)
        shown_as = next(one for one in queries.notes(who, line.id) if one.note.pk == found.pk)
        past = queries.revisions(who, AnalysisRevision.Kind.NOTE, found.pk)
        audit.record(by=who, verb="read", kind="note", thing=found.pk)
    if request.method == "POST" and "delete" in request.POST:
        _done(request, lambda: actions_note.delete(by=request.viewer, note=reference), _("Deleted."))
        return _to(line.reference, "notes")
    form = NoteForm(request.POST or None, initial={"words": found.words})
    form.without_audience()
    if request.method == "POST" and form.is_valid():
        act = lambda: actions_note.change(by=request.viewer, note=reference, **form.cleaned_data)  # noqa: E731
        if _done(request, act, _("Changed. What it said before is kept.")):
            return _to(line.reference, "notes")
    may = shown_as.by.own and who.may(*WRITERS)
    shown = {"one": shown_as, "line": line, "title": words.title(line), "form": form, "past": past, "may_change": may}
    return render(request, "linkage/analysis/note.html", shown, status=422 if form.errors else 200)


@writer
@require_POST
def name(request: ViewerRequest, reference: UUID) -> HttpResponse:
    """Call an operation something, at one table."""
    with viewer(request.viewer) as who:
        line = _line(who, reference)
        form = NameForm(request.POST, tables=audiences.tables(who))
    if not form.is_valid():
        return _again(request, line, form, _("Give it a name"))
    given = form.cleaned_data
    act = lambda: actions_note.name(  # noqa: E731
        by=request.viewer, operation=reference, principal=given["principal"], words=given["name"]
    )
    _done(request, act, _("Named.") if given["name"] else _("It has no name there any more."))
    return _to(line.reference, "notes")


def _again(request: ViewerRequest, line: Line, form: Any, heading: str) -> HttpResponse:
    """The form once more, with what is wrong; nothing typed is lost."""
    shown = {"form": form, "line": line, "title": words.title(line), "heading": heading}
    return render(request, "linkage/analysis/again.html", shown, status=422)


# Tasks


@member
@require_safe
def tasks(request: ViewerRequest) -> HttpResponse:
    """What is to be done about operations: by the viewer's organisation, and by others at its tables."""
    over, mine = request.GET.get("state") == "over", request.GET.get("whose") == "mine"
    with viewer(request.viewer) as who:
        found = queries.own_tasks(who, over=over, mine=mine)
        audit.record(by=who, verb="list", kind="task", count=len(found))
    filters = [
        Filter("state", _("Instead of what is to be done"), "many", [Option("over", _("what is over"))]),
        Filter("whose", _("Whose"), "many", [Option("mine", _("given to me by name"))]),
    ]
    shown = {
        "tasks": found, "filters": filters, "narrowed": over or mine, "today": clock.today(),
        "may_write": request.viewer.may(*WRITERS),
    }  # fmt: skip
    return render(request, "linkage/analysis/tasks.html", shown)


@writer
@require_POST
def task_add(request: ViewerRequest, reference: UUID) -> HttpResponse:
    """Give somebody something to do about an operation."""
    with viewer(request.viewer) as who:
        line = _line(who, reference)
        form = TaskForm(request.POST, tables=audiences.tables(who), viewer=who)
    if not form.is_valid():
        return _again(request, line, form, _("Give a task"))
    act = lambda: actions_task.give(by=request.viewer, operation=reference, **form.cleaned_data)  # noqa: E731
    if not _done(request, act, _("Given. Whoever has it is told.")):
        return _again(request, line, form, _("Give a task"))
    return _to(line.reference, "tasks")


@member
@require_http_methods(["GET", "HEAD", "POST"])
def task(request: ViewerRequest, reference: UUID) -> HttpResponse:
    """One task, with what it said before; who gave it changes it here."""
    with viewer(request.viewer) as who:
        try:
            found = queries.task(who, reference)
        except ObjectDoesNotExist:
            raise Http404 from None
        past = queries.revisions(who, AnalysisRevision.Kind.TASK, found.task.pk)
        table = [one for one in audiences.tables(who) if one.principal == found.task.principal]
        form = TaskForm(request.POST or None, tables=table, viewer=who, initial=_as_given(who, found))
        audit.record(by=who, verb="read", kind="task", thing=found.task.pk)
    form.without_audience()
    if request.method == "POST" and form.is_valid():
        act = lambda: actions_task.change(by=request.viewer, task=reference, **form.cleaned_data)  # noqa: E731
        if _done(request, act, _("Changed. What it said before is kept.")):
            return redirect("linkage:tasks")
    may = found.by.own and who.may(*WRITERS)
    go_on = request.viewer.may(*WRITERS) and (found.mine or found.by.own)
    shown = {
        "given": found,
        "form": form,
        "past": past,
        "may_change": may,
        "may_go_on": go_on,
        "today": clock.today(),
    }
    return render(request, "linkage/analysis/task.html", shown, status=422 if form.errors else 200)


def _as_given(who: Viewer, given: queries.Given) -> dict[str, Any]:
    task = given.task
    return {
        "title": task.title, "words": task.words, "assignee_person": task.assignee_person, "due_on": task.due_on,
        "assignee": "" if task.assignee == who.organisation else task.assignee,
    }  # fmt: skip


TOLD = {
    "done": gettext_lazy("Done. It stands under “over” from now on, where it can be opened again."),
    "dropped": gettext_lazy("Dropped. It stands under “over” from now on, where it can be opened again."),
    "open": gettext_lazy("Open again."),
}


@writer
@require_POST
def task_state(request: ViewerRequest, reference: UUID) -> HttpResponse:
    """Say how a task stands, or take it on."""
    mine = "mine" in request.POST
    state = "doing" if mine else request.POST.get("state", "")
    act = lambda: actions_task.go_on(by=request.viewer, task=reference, state=state, mine=mine)  # noqa: E731
    _done(request, act, _("Taken on.") if mine else str(TOLD.get(state, _("Recorded."))))
    return redirect("linkage:tasks")
