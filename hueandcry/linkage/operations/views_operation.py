"""The page of one operation: what it is, what ties it together, who holds what, and what analysts made of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from hueandcry.audit import actions as audit
from hueandcry.chain import queries as things
from hueandcry.linkage.analysis import audiences, dossier, likelihood, pictures, stamp, words
from hueandcry.linkage.analysis import queries as analysis
from hueandcry.linkage.analysis.forms import NameForm, NoteForm, TaskForm
from hueandcry.linkage.analysis.writing import WRITERS
from hueandcry.linkage.deconfliction.actions import may_register
from hueandcry.linkage.models import Operation
from hueandcry.linkage.operations import queries, ties
from hueandcry.linkage.operations.shown import CrimeLine, Line
from hueandcry.linkage.operations.views import scored
from hueandcry.linkage.words import telling
from hueandcry.members import queries as members
from hueandcry.members.access import ViewerRequest, member
from hueandcry.members.viewer import Viewer, viewer
from hueandcry.web import clock
from hueandcry.web.numbers import grouped

CRIMES, VALUES, MANY_VALUES = 100, 60, 500

Part = Callable[[Viewer, Line, ViewerRequest], dict[str, Any]]


@member
@require_safe
def operation(request: ViewerRequest, reference: UUID) -> HttpResponse:
    """One operation. What the viewer may not see and what is not there answer alike; a merged one leads on."""
    part = request.GET.get("part", "graph")
    part = part if part in PARTS else "graph"
    with viewer(request.viewer) as who:
        try:
            line = queries.operation(who, reference)
        except Operation.DoesNotExist:
            raise Http404 from None
        if line.reference != reference:
            return redirect("linkage:operation", line.reference)
        written = analysis.counts(who, line.id)
        others = queries.others(who, line.id)
        mark, held = stamp.standing(who, line.id)
        state, kind = words.life(line.last, datetime.now(UTC))
        context = {
            "line": line, "part": part, "title": words.title(line), "called": written.names, "state": state,
            "state_kind": kind, "state_means": words.life_means(kind), "acting": words.acting(line.parts),
            "summary": words.summary(line), "more": words.more(others), "others": others,
            "stamp": mark, "held": held,
            "figures": _figures(line), "may_write": who.may(*WRITERS),
            "may_register": may_register(who),
            "tabs": _tabs(part, line, written), "pdf_missing": dossier.missing(),
            **things.joined(who, "operation", line.reference, _chain(line)),
            **PARTS[part](who, line, request),
        }  # fmt: skip
        audit.record(by=who, verb="read", kind="operation", thing=line.id, detail={"part": part})
    return render(request, "linkage/operations/operation.html", context)


def _figures(line: Line) -> list[dict[str, Any]]:
    """At most four, each with how it was made."""
    seen = _("From what you may see; what others hold besides is not in it.")
    shown: list[dict[str, Any]] = [
        {
            "label": _("Crimes"), "value": line.crimes,
            "since": _told(line),
            "method": _("Several reports may tell of one crime; it counts once. An operation never lessens the count.")
            + " " + seen,
        },
        {
            "label": _("Countries hit"), "value": len(line.countries),
            "since": words.lands(line.countries), "method": _("Where the reports say the victims are.") + " " + seen,
        },
    ]  # fmt: skip
    if line.losses:
        first, rest = line.told_losses[0], len(line.losses) - 1
        told = _("told of %(n)s of %(all)s crimes") % {"n": grouped(first.crimes), "all": grouped(line.crimes)}
        more = ngettext("%(n)s more currency", "%(n)s more currencies", rest) % {"n": rest}
        shown.append(
            {
                "label": _("Known losses"), "value": first.amount, "unit": first.currency,
                "since": f"{told}; {more}" if rest else told,
                "method": _(
                    "The sum of what the first report of each crime that tells a loss in this currency says. The"
                    " currency that most crimes tell theirs in stands here; currencies are not added up."
                ) + " " + seen,
            }
        )  # fmt: skip
    shown.append(
        {
            "label": _("Last seen"), "value": words.day_words(line.last),
            "since": _("first seen %(day)s") % {"day": words.day_words(line.first)},
            "method": _("The latest and the first day on which a crime of it happened, or was reported.") + " " + seen,
        }
    )  # fmt: skip
    return shown


def _told(line: Line) -> str:
    return ngettext("told in %(n)s report", "told in %(n)s reports", line.reports) % {"n": grouped(line.reports)}


def _tabs(part: str, line: Line, written: analysis.Counts) -> list[dict[str, Any]]:
    named = (
        ("graph", _("Graph"), None),
        ("crimes", _("Crimes"), line.crimes),
        ("time", _("Time line"), None),
        ("map", _("Map"), None),
        ("values", _("Evidence"), None),
        ("holders", _("Who holds what"), line.organisations),
        ("harm", _("Harm"), None),
        ("hypotheses", _("Hypotheses"), written.hypotheses),
        ("notes", _("Notes"), written.notes),
        ("tasks", _("Tasks"), written.tasks),
        ("history", _("History"), None),
    )
    return [{"label": label, "url": f"?part={key}", "current": key == part, "count": n} for key, label, n in named]


def _chain(line: Line) -> dict[str, Any]:
    crimes = ngettext("%(n)s crime", "%(n)s crimes", line.crimes) % {"n": grouped(line.crimes)}
    before = [{"kind": f"{crimes},", "text": _told(line), "url": "?part=crimes", "icon": "files"}]
    after = [
        {"kind": _("Dossier"), "text": "PDF", "url": reverse("linkage:operation-dossier", args=[line.reference])},
        {"kind": _("Grouping"), "text": "STIX 2.1", "url": reverse("linkage:operation-stix", args=[line.reference])},
    ]
    return {"before": before, "after": after}


# The parts of the page, each with what it alone needs


def _graph(who: Viewer, line: Line, request: ViewerRequest) -> dict[str, Any]:
    holders = queries.holders(who, line.id)
    return {
        "graph": pictures.graph(ties.graph(who, line.id, holders=holders), holders),
        "tellers": words.tellers(holders),
    }


def _crimes(who: Viewer, line: Line, request: ViewerRequest) -> dict[str, Any]:
    found = queries.crimes(who, line.id)
    asked = next((one for one in found if str(one.reference) == request.GET.get("crime", "")), None)
    bodies = members.organisation_names(who, {body for one in found[:CRIMES] for body in one.organisations})
    rows = [
        {
            "crime": one, "what": words.class_words(one.main_class),
            "bodies": [bodies[b] for b in one.organisations if b in bodies],
        }
        for one in (found if request.GET.get("all") else found[:CRIMES])
    ]  # fmt: skip
    return {"crimes": rows, "crimes_all": len(found), "asked": _why(who, line, asked, found) if asked else None}


def _why(who: Viewer, line: Line, crime: CrimeLine, crimes: list[CrimeLine]) -> dict[str, Any]:
    steps = ties.evidence(who, line.id, crime.id, crimes=crimes)
    return {"crime": crime, "steps": [{"step": s, "kind": words.type_words(s.value.type)} for s in steps]}


def _time(who: Viewer, line: Line, request: ViewerRequest) -> dict[str, Any]:
    found = queries.timeline(who, line.id)
    return {"weeks": pictures.weeks(found), "uses": pictures.uses(found.values)}


def _map(who: Viewer, line: Line, request: ViewerRequest) -> dict[str, Any]:
    return {"map": pictures.countries(line.countries, line.crimes)}


def _values(who: Viewer, line: Line, request: ViewerRequest) -> dict[str, Any]:
    most = MANY_VALUES if request.GET.get("all") else VALUES
    found = queries.infrastructure(who, line.id, most=most + 1)
    shown = [
        {
            "value": one, "kind": words.type_words(one.type),
            "telling": telling(one.type, one.weight, max(0, one.reports - 1), one.warnings, False),
        }
        for one in found[:most]
    ]  # fmt: skip
    return {"values": shown, "values_more": len(found) > most, "values_most": MANY_VALUES}


def _holders(who: Viewer, line: Line, request: ViewerRequest) -> dict[str, Any]:
    found = [{"one": one, "kind": words.body_words(one.kind)} for one in queries.holders(who, line.id)]
    return {"holders": found}


def _harm(who: Viewer, line: Line, request: ViewerRequest) -> dict[str, Any]:
    found = queries.techniques(who, line.id)
    ranked = queries.rank(who, line.id)
    return {
        "ranked": ranked,
        "scored": scored(who, ranked),
        "losses": line.told_losses,
        "classes": [(words.class_words(code), n) for code, n in line.classes],
        "techniques": pictures.techniques(found) if found else None,
    }


def _hypotheses(who: Viewer, line: Line, request: ViewerRequest) -> dict[str, Any]:
    board = analysis.board(who, line.id)
    rows = [
        {"row": row, "thing": board.things[row.thing], "kind": words.type_words(board.things[row.thing].type)}
        for row in board.matrix.rows
        if row.thing in board.things
    ]
    standing = {one.hypothesis.pk: one for one in board.hypotheses}
    columns = [
        {"one": standing[key], "number": number, "against": against, "for": for_}
        for number, (key, against, for_) in enumerate(
            zip(board.matrix.hypotheses, board.matrix.against, board.matrix.for_, strict=True), 1
        )
    ]
    cards = [{"one": one, "term": likelihood.BY_KEY[one.hypothesis.likelihood]} for one in board.hypotheses]
    return {"board": board, "rows": rows, "columns": columns, "cards": cards, "things": board.things}


def _notes(who: Viewer, line: Line, request: ViewerRequest) -> dict[str, Any]:
    tables = audiences.tables(who)
    return {
        "notes": analysis.notes(who, line.id),
        "note_form": NoteForm(tables=tables),
        "name_form": NameForm(tables=tables),
    }


def _tasks(who: Viewer, line: Line, request: ViewerRequest) -> dict[str, Any]:
    form = TaskForm(tables=audiences.tables(who), viewer=who)
    return {"tasks": analysis.tasks(who, line.id), "task_form": form, "today": clock.today()}


def _history(who: Viewer, line: Line, request: ViewerRequest) -> dict[str, Any]:
    return {"events": queries.events(who, line.id), "suggestions": queries.suggestions(who, line.id)}


PARTS: dict[str, Part] = {
    "graph": _graph, "crimes": _crimes, "time": _time, "map": _map, "values": _values, "holders": _holders,
    "harm": _harm, "hypotheses": _hypotheses, "notes": _notes, "tasks": _tasks, "history": _history,
}  # fmt: skip
