"""What the pages of profiles and plans are asked, and what each of them shows of it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from hueandcry.academy.frameworks import queries as frameworks
from hueandcry.academy.frameworks.model import Framework
from hueandcry.academy.plans import queries
from hueandcry.academy.plans.answers import Counting
from hueandcry.academy.plans.forms import ME, UNIT, Asked
from hueandcry.members.viewer import Viewer


def this_day() -> date:
    """Today, in UTC."""
    return datetime.now(UTC).date()


def all_frameworks(by: Viewer) -> list[Framework]:
    """Every framework in each of its versions, ours first. The caller has entered the viewer."""
    return [frameworks.framework(by, row[0], row[1]) for row in frameworks.frameworks(by)]


def whose_choices(by: Viewer, people: dict[int, str], *, unit: bool) -> list[tuple[str, str]]:
    """For a form: oneself, one's unit, and each of its people whose training the viewer may see."""
    others = [(str(key), name) for key, name in people.items() if key != by.person]
    body = [(UNIT, _("All people of %(name)s") % {"name": by.name})] if unit and by.may(*queries.HOME) else []
    return [(ME, _("Me")), *body, *others]


def counting_of(form: Asked) -> Counting:
    """What counts, as the form says."""
    given = form.cleaned_data
    return Counting(this_day(), given["within"], given["counts"] == "both")


def address(form: Asked, *names: str) -> str:
    """What was asked, for the address of another page."""
    return urlencode({name: form.cleaned_data[name] for name in ("role", "within", "counts", *names)})


def shell(by: Viewer, form: Asked) -> dict[str, Any]:
    """What each of the pages shows."""
    return {"form": form, "home": by.may(*queries.HOME), "organisation_name": by.name}


def status_of(form: Asked) -> int:
    """422 where something is wrong with what was asked; nothing is with a form that nobody has filled in."""
    return 422 if form.errors else 200


def back(request: HttpRequest, name: str) -> HttpResponse:
    """To the page, which says what is wrong with what was asked."""
    return redirect(f"{reverse(name)}?{request.GET.urlencode()}")
