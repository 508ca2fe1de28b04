"""Pages of who examines: the bank of questions, the keys that sign. HTTP only."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from hueandcry.academy.certification import actions
from hueandcry.academy.certification import forms as told
from hueandcry.academy.credentials import keys as signing
from hueandcry.academy.models import Question, SigningKey
from hueandcry.audit import actions as audit
from hueandcry.members.access import role
from hueandcry.members.actions import Refused
from hueandcry.members.models import Person
from hueandcry.members.viewer import viewer
from hueandcry.members.views import acted, who

examiner = role("examiner")
keeper = role("examiner", "administrator", "secretary")


@examiner
@require_http_methods(["GET", "HEAD", "POST"])
def questions(request: HttpRequest) -> HttpResponse:
    """The bank of one's body; a question is written here."""
    by = who(request)
    form = told.QuestionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        options = [line for line in given["options"].splitlines() if line.strip()]
        try:
            actions.write_question(by=by, told=actions.Asked(
                given["scheme"], given["competence"], given["kind"], given["text"], given["points"],
                options, 0 if options else None, given["guide"]))  # fmt: skip
        except Refused as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, _("In the bank as a draft: a colleague makes it ready."))
            return redirect("academy:questions")
    with viewer(by):
        rows = list(Question.objects.select_related("scheme").order_by("scheme__code", "competence", "pk")[:500])
        names = dict(Person.objects.filter(pk__in={row.author for row in rows}).values_list("pk", "name"))
        audit.record(by=by, verb="list", kind="question", count=len(rows))
    lines = [(row, names.get(row.author, ""), row.author == by.person) for row in rows]
    context = {"rows": lines, "form": form}
    return render(request, "academy/certification/questions.html", context, status=422 if form.errors else 200)


@examiner
@require_POST
def question_move(request: HttpRequest, reference: UUID, state: str) -> HttpResponse:
    """Make a question ready, or retire it."""
    if state not in ("ready", "retired"):
        raise Http404
    acted(request, lambda: actions.move_question(by=who(request), question=reference, state=state), _("Done."))
    return redirect("academy:questions")


@keeper
@require_http_methods(["GET", "HEAD", "POST"])
def keys(request: HttpRequest) -> HttpResponse:
    """The keys of one's organisation: made, ended."""
    by = who(request)
    form = told.KeyForm(request.POST if "did" in request.POST else None)
    if request.method == "POST":
        if "did" not in request.POST:
            root = request.POST.get("root") == "yes"
            acted(
                request, lambda: signing.make(by=by, root=root), _("Made. What is signed from now on is signed by it.")
            )
            return redirect("academy:keys")
        if form.is_valid():
            given = form.cleaned_data
            acted(request, lambda: signing.end(by=by, **given), _("Ended."))
            return redirect("academy:keys")
    with viewer(by):
        rows = list(SigningKey.objects.order_by("-pk"))
        names = dict(Person.objects.filter(pk__in={row.made_by for row in rows}).values_list("pk", "name"))
        audit.record(by=by, verb="list", kind="signing key", count=len(rows))
    context = {
        "rows": [(row, names.get(row.made_by, ""), told.KeyForm(initial={"did": row.did}, auto_id=f"{row.pk}-%s"))
                 for row in rows],
        "office": by.secretariat and by.may("secretary"), "makes": by.may("examiner", "administrator"),
        "ends": by.may("administrator", "secretary"),
        "has_own": any(row.state == "active" and not row.root for row in rows),
        "has_root": any(row.state == "active" and row.root for row in rows),
    }  # fmt: skip
    return render(request, "academy/certification/keys.html", context, status=422 if form.errors else 200)
