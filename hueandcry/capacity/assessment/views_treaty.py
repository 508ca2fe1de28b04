"""Pages of treaties: all countries by treaty, one country with one treaty. HTTP only."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hueandcry.audit import actions as audit
from hueandcry.capacity import choices
from hueandcry.capacity.assessment import actions, queries, treaties
from hueandcry.capacity.assessment.forms import OnForm, TreatyForm
from hueandcry.capacity.models import TreatyStatus
from hueandcry.exchange.countries import is_code
from hueandcry.members.access import member, role
from hueandcry.members.actions import Refused
from hueandcry.members.viewer import viewer
from hueandcry.members.views import attempt, csv_file, who

writer = role(*actions.WRITERS)
HEADER = ("country", "treaty", "provision", "status", "since", "law", "note", "source", "disputed")


@require_safe
@member
def matrix(request: HttpRequest) -> HttpResponse:
    """Which country stands where with which treaty, as of a day."""
    if (code := request.GET.get("country", "")) and (treaty := request.GET.get("treaty", "")):
        return redirect("capacity:treaty", treaty, code)
    by = who(request)
    day, as_file = OnForm(request.GET or None).day(queries.today()), "csv" in request.GET
    with viewer(by):
        held = treaties.matrix(queries.statements(by), day=day)
        audit.record(by=by, verb="export" if as_file else "list", kind="treaty status", count=len(held))
    if as_file:
        return csv_file(f"treaties-{day.isoformat()}", HEADER, _rows(held))
    codes = sorted({code for code, _of in held}, key=choices.country)
    lines = [(code, [_cell(held, code, treaty) for treaty in treaties.treaties().values()]) for code in codes]
    context = {
        "treaties": treaties.treaties().values(), "lines": lines, "day": day,
        "countries": choices.country_choices(),
    }  # fmt: skip
    return render(request, "capacity/assessment/treaties.html", context)


def _cell(held: dict[tuple[str, str], treaties.Standing], code: str, treaty: treaties.Treaty) -> dict[str, Any]:
    of = [held.get((code, each.id)) for each in treaty.provisions]
    in_law = sum(each is not None and each.status == "in law" for each in of)
    told = sum(each is not None for each in of)
    standing = held.get((code, treaty.id))
    return {"treaty": treaty, "standing": standing, "in_law": in_law, "told": told, "of": len(of),
            "word": dict(TreatyStatus.Status.choices).get(standing.status, "") if standing else ""}  # fmt: skip


def _rows(held: dict[tuple[str, str], treaties.Standing]) -> list[list[object]]:
    return [
        [each.by.country, each.by.treaty, each.by.provision, each.status, each.since.isoformat(), each.by.law,
         each.by.note, each.by.source, "yes" if each.disputed else ""]
        for _key, each in sorted(held.items())
    ]  # fmt: skip


@member
@require_http_methods(["GET", "HEAD", "POST"])
def treaty(request: HttpRequest, key: str, code: str) -> HttpResponse:
    """One country and one treaty: its provisions; POST says what was done (``provision`` empty: with the treaty)."""
    by, one = who(request), treaties.treaties().get(key)
    if one is None or not is_code(code):
        raise Http404
    provision = request.POST.get("provision", "") or request.GET.get("provision", "")
    if provision and provision not in treaties.provisions():
        raise Http404
    words = dict(TreatyStatus.Status.choices)
    offered = treaties.OF_PROVISION if provision else treaties.OF_TREATY
    form = TreatyForm(request.POST or None, statuses=[(each, words[each]) for each in offered])
    if request.method == "POST" and form.is_valid():
        try:
            actions.state(by=by, country=code, treaty=key, provision=provision, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, _("Said. It stands in the matrix with its source."))
            return redirect("capacity:treaty", key, code)
    with viewer(by):
        held = treaties.matrix(queries.statements(by, country=code), day=queries.today())
        audit.record(by=by, verb="read", kind="treaty status", thing=code, detail={"treaty": key})
    context = {
        "treaty": one, "code": code, "name": choices.country(code), "form": form,
        "standing": held.get((code, key)), "chosen": treaties.provisions().get(provision),
        "lines": [_line(each, held, code, words) for each in one.provisions], "may_write": by.may(*actions.WRITERS),
        "standing_word": words.get(held[code, key].status) if (code, key) in held else "",
    }  # fmt: skip
    return render(request, "capacity/assessment/treaty.html", context, status=422 if form.errors else 200)


def _line(
    provision: treaties.Provision, held: dict[tuple[str, str], treaties.Standing], code: str, words: dict[str, Any]
) -> dict[str, Any]:
    own = held.get((code, provision.id))
    alike = [(treaties.provisions()[other], held[code, other]) for other in provision.same_as if (code, other) in held]
    return {"provision": provision, "standing": own, "word": words.get(own.status) if own else "",
            "alike": [(other, words.get(standing.status)) for other, standing in alike]}  # fmt: skip


@writer
@require_POST
def take_back(request: HttpRequest, status: int) -> HttpResponse:
    """Take a statement back."""
    by = who(request)
    try:
        attempt(request, lambda: actions.unstate(by=by, status=status), _("Taken back."))
    except TreatyStatus.DoesNotExist:
        raise Http404 from None
    return redirect("capacity:treaties")
