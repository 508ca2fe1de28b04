"""How a table was read: shown, corrected, saved under a name, read again."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from hueandcry.exchange import actions, mapping_edit, queries
from hueandcry.exchange import mapping as mappings
from hueandcry.exchange.actions import SUBMITTERS, Refused
from hueandcry.exchange.drafts import Unreadable
from hueandcry.exchange.mapping import BadMapping
from hueandcry.exchange.models import Submission
from hueandcry.exchange.observables import TYPES
from hueandcry.exchange.views import class_label
from hueandcry.members.access import ViewerRequest, role
from hueandcry.members.viewer import viewer

ROLE_WORDS = {
    "unknown": gettext_lazy("anybody's"),
    "attacker": gettext_lazy("the criminals'"),
    "victim": gettext_lazy("the victim's"),
    "mule": gettext_lazy("a mule's"),
}
LIST_WORDS = {
    "": gettext_lazy("one value"),
    ",": gettext_lazy("several, with commas"),
    ";": gettext_lazy("several, with semicolons"),
    "|": gettext_lazy("several, with bars"),
    mappings.PYTHON: gettext_lazy("a Python list"),
}


@role(*SUBMITTERS)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: ViewerRequest, reference: UUID) -> HttpResponse:
    """The mapping of one table, with the first rows as they would be read by it."""
    one, saved = _table(request, reference)
    try:
        raw = actions.raw_bytes(by=request.viewer, submission=one.pk)
        use = next((s for s in saved if s.name == request.GET.get("use")), None)
        mapping, why = mapping_edit.current(raw, use.content if use else one.mapping)
        if request.method == "POST":
            mapping = mapping_edit.edited(mapping, request.POST.dict())
    except (Refused, Unreadable, BadMapping) as error:
        messages.error(request, str(error))
        return redirect("exchange:submission", reference)
    shown = mapping_edit.preview(raw, mapping, one.filename)
    if request.method == "POST" and "read" in request.POST and not shown.problems:
        return _read(request, one, mapping)
    return render(request, "exchange/mapping.html", _context(one, mapping, why, shown, saved))


def _table(request: ViewerRequest, reference: UUID) -> tuple[Submission, list[Any]]:
    with viewer(request.viewer) as who:
        try:
            one = queries.submission(who, reference)
        except Submission.DoesNotExist:
            raise Http404 from None
        if one.format != "csv" or one.organisation_id != who.organisation:
            raise Http404
        return one, queries.saved_mappings(who)


def _read(request: ViewerRequest, one: Submission, mapping: mappings.Mapping) -> HttpResponse:
    """Save the mapping where it got a name, and read the table by it."""
    name = request.POST.get("name", "").strip()
    plain = mappings.to_plain(mapping)
    try:
        if name:
            header = [column.name for column in mapping.columns]
            actions.save_mapping(by=request.viewer, name=name, header=header, content=plain)
        actions.remap(by=request.viewer, submission=one.pk, mapping=plain)
    except Refused as error:
        messages.error(request, error.reason)
    else:
        messages.success(request, _("The table was read anew, by the columns as you gave them."))
    return redirect("exchange:submission", one.reference)


def _kind(name: str) -> str:
    return TYPES[name].label if name in TYPES else name


def _context(
    one: Submission, mapping: mappings.Mapping, why: str, shown: mapping_edit.Preview, saved: list[Any]
) -> dict[str, Any]:
    names = {column.name for column in mapping.columns}
    columns = [
        {"number": number, "column": column, "sure": round(100 * column.confidence)}
        for number, column in enumerate(mapping.columns)
    ]
    rows = [
        {
            "row": row,
            "what": class_label(["/".join(filter(None, c)) for c in row.report.classes]) if row.report else "",
            "values": [(_kind(kind), value, _kind(claimed)) for kind, value, claimed in row.values[:6]],
            "more": max(0, len(row.values) - 6),
        }
        for row in shown.rows
    ]
    return {
        "one": one,
        "mapping": mapping,
        "why": why,
        "columns": columns,
        "used": sum(c.target != "ignore" for c in mapping.columns),
        "rows": rows,
        "problems": shown.problems,
        "targets": mappings.TARGETS.items(),
        "types": sorted(((k, t.label) for k, t in TYPES.items()), key=lambda pair: pair[1].casefold()),
        "roles": ROLE_WORDS.items(),
        "lists": LIST_WORDS.items(),
        "saved": [each for each in saved if names & set(each.header)],  # another table's says nothing of this one
    }
