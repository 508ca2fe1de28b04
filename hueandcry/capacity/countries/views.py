"""The page of a country and its profile on paper. HTTP only."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hueandcry.audit import actions as audit
from hueandcry.capacity import choices
from hueandcry.capacity.assessment import wheel
from hueandcry.capacity.assessment.model import model
from hueandcry.capacity.assessment.stages import AspectStage
from hueandcry.capacity.clearing import actions as clearing
from hueandcry.capacity.countries.gathered import Country, gather
from hueandcry.capacity.gaps.views import REASONS, WORDS
from hueandcry.capacity.models import TreatyStatus
from hueandcry.capacity.needs import queries as needs
from hueandcry.capacity.needs.strata import NAMES
from hueandcry.members.access import member
from hueandcry.members.viewer import viewer
from hueandcry.members.views import who

STYLE = Path(__file__).parent / "profile.css"


@require_safe
@member
def country(request: HttpRequest, code: str) -> HttpResponse:
    """What is known of a country across the desks, each part with the way to its evidence."""
    return render(request, "capacity/countries/country.html", _told(request, code, "page"))


@require_safe
@member
def profile(request: HttpRequest, code: str) -> HttpResponse:
    """The same on paper, as PDF; where it cannot be made, why."""
    from hueandcry.picture.countries.briefing import missing, paper  # its engines: loaded by who asks

    if why := missing():
        messages.error(request, why)
        return redirect("capacity:country", code)
    made = _told(request, code, "profile") | {"language": get_language()}
    content = paper("capacity/countries/profile.html", made, STYLE)
    name = f"profile-{code}-{made['one'].day.isoformat()}.pdf"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


def _told(request: HttpRequest, code: str, page: str) -> dict[str, Any]:
    choices.addressed(code)
    by = who(request)
    with viewer(by):
        one = gather(by, code)
        names = needs.names(by)
        audit.record(by=by, verb="read", kind="country", detail={"country": code, "page": page})
    held = model()
    reached = {key: one.stages.get(key) or AspectStage(key, None, {}, {}, ()) for key in held.aspects}
    address = reverse("capacity:assessment", args=[code]) if page == "page" else ""
    drawn = wheel.svg(held, reached, address=address, label=_("Stages of every aspect"))
    words = dict(TreatyStatus.Status.choices)
    return {
        "one": one, "model": held, "may_ask": by.may(*clearing.ROLES),
        "code": code, "name": choices.country(code), "of": len(held.aspects),
        "wheel": mark_safe(drawn),  # noqa: S308 - ours: names of the model are escaped in it
        "groups": [NAMES[each.key] for each in one.groups],
        "treaties": [(treaty, words.get(standing.status, "") if standing else "") for treaty, standing in one.standing],
        "counted": [(WORDS[kind], number) for kind, number in one.counted if number],
        "open": [(each, held.aspects[each.cell.aspect], WORDS[each.kind], REASONS[each.reason]) for each in one.open],
        "moved": _moved(one, names),
        "dimensions": [
            (each, [(a, reached[a.id]) for factor in each.factors for a in factor.aspects]) for each in held.dimensions
        ],
    }  # fmt: skip


def _moved(one: Country, names: dict[str, str]) -> list[tuple[str, float]]:
    return [(names.get(key, key), part) for key, part in one.need.moved[:3]] if one.need else []
