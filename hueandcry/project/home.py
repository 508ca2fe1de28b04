"""The home page: for whoever is signed out what this is, for members what waits, and what the alliance sees."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hueandcry.audit import actions as audit
from hueandcry.exchange.actions import SUBMITTERS
from hueandcry.exchange.formats import FORMATS
from hueandcry.exchange.models import Report
from hueandcry.exchange.views_submission import handling_form
from hueandcry.members import queries as members
from hueandcry.members.access import ViewerRequest, public
from hueandcry.members.models import Organisation
from hueandcry.members.viewer import Viewer, viewer
from hueandcry.picture.dashboard import charts, figures, words
from hueandcry.picture.dashboard.answers import answer
from hueandcry.picture.dashboard.views import ground_of
from hueandcry.picture.question import Question
from hueandcry.project import waiting
from hueandcry.web.charts import SUPPRESSED, Chart

LATEST = 5  # own reports shown


@public
@require_safe
def home(request: ViewerRequest) -> HttpResponse:
    """What waits for the viewer; for nobody, what this is and how to sign in."""
    who = request.viewer
    if who.person is None:
        return render(request, "project/home_public.html")
    if not who.vetted or who.organisation is None:
        return _outside(request)
    sending = _sending(request) if who.may(*SUBMITTERS) else {}
    with viewer(who):
        me = members.oneself(who)
        body = members.own_organisation(who)
        if body is None:  # it left between two statements
            return _outside(request)
        items = waiting.waiting(who, body)
        context = {
            "greeting": greeting(timezone.localtime().hour),
            "name": me.name,
            "items": items,
            "plain": who.may("reporter") and not who.may("analyst", "integrator"),
            "reports": _own_reports(who) if who.may("analyst", "reporter") else [],
            **_alliance(request, who, body),
            **sending,
        }
        audit.record(by=who, verb="read", kind="home", count=len(items))
    return render(request, "project/home.html", context)


def greeting(hour: int) -> str:
    """The part of the day in words, for an hour of 0 to 23. Who is here at night is greeted without an hour."""
    if hour < 5:
        return _("Hello")
    if hour < 12:
        return _("Good morning")
    return _("Good afternoon") if hour < 18 else _("Good evening")


def _outside(request: ViewerRequest) -> HttpResponse:
    """For people whose organisation is not a member in good standing: their state, and what to do."""
    with viewer(request.viewer) as who:
        body = members.own_organisation(who)
        applicant = who.state == Organisation.State.APPLICANT
        items = list(waiting.agreement(who, body)) if body and applicant and who.may("administrator") else []
    context = {
        "greeting": greeting(timezone.localtime().hour),
        "state": who.state,
        "body": body,
        "items": items,
        "applicant": applicant,
    }
    return render(request, "project/home_outside.html", context)


def _own_reports(who: Viewer) -> list[Report]:
    """The latest reports that this person sent."""
    mine = Report.objects.filter(person=who.person or 0).only("reference", "title", "reported_at", "state", "tlp")
    return list(mine.order_by("-pk")[:LATEST])


def _alliance(request: ViewerRequest, who: Viewer, body: Organisation) -> dict[str, Any]:
    """What the alliance sees in this organisation's sector; where that is too little to show, altogether. Inside the
    viewer. ``frozen`` None: there is no freeze yet, hence no figure."""
    question = Question(sector=(body.sector,)) if body.sector else Question()
    found = answer(who, question, deep=False)
    if found is not None and not found.told and question.filtered:
        question = Question()
        found = answer(who, question, deep=False)
    sector = words.sector(body.sector) if question.sector else ""
    if found is None or not found.told:
        return {"sector": sector, "frozen": found and found.frozen, "picture_url": "/picture/"}
    return {
        "sector": sector,
        "frozen": found.frozen,
        "headline": figures.title(found),
        "sentence": f"{figures.sentence(found)} {capfirst(words.as_of(found.frozen.at, found.frozen.number))}.",
        "trend": _trend(charts.over_time(ground_of(request, found))),
        "figures": figures.three(found),
        "picture_url": f"/picture/?{question.address()}" if question.address() else "/picture/",
    }


def _trend(made: Chart | None) -> Chart | None:
    """The line over time where at least half of it may be shown: a line of gaps says nothing at a glance."""
    shown = sum(row[1] is not SUPPRESSED for row in made.rows) if made else 0
    return made if made and 2 * shown >= len(made.rows) else None


def _sending(request: ViewerRequest) -> dict[str, Any]:
    """The drop zone, with the organisation's default handling in it."""
    form, sight = handling_form(request)
    return {
        "handling": form,
        "sight": sight,
        "formats": ",".join(sorted({f".{extension}" for one in FORMATS for extension in one.extensions})),
        "limit": settings.SUBMISSION_LIMIT // (1024 * 1024),
    }
