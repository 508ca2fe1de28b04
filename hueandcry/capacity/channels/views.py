"""Pages of official channels: all, those of a country, one. HTTP only."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hueandcry.audit import actions as audit
from hueandcry.capacity.channels import actions, queries
from hueandcry.capacity.channels.forms import AnswerForm, ChannelForm, UseForm
from hueandcry.capacity.channels.requests import REQUESTS
from hueandcry.capacity.choices import country, country_choices, language, language_choices
from hueandcry.capacity.models import Channel, ChannelUse
from hueandcry.members.access import member, role
from hueandcry.members.actions import Refused
from hueandcry.members.paging import words
from hueandcry.members.queries import organisation_names
from hueandcry.members.viewer import Viewer, viewer
from hueandcry.members.views import acted, csv_file, found, who
from hueandcry.web.filters import Filter, Option

writer = role(*actions.ROLES)
MOST = 1_000  # channels on one page: some five for each country of the world
HEADER = ("country", "kind", "name", "requests", "languages", "may_send", "how", "email", "phone", "url", "hours",
          "basis", "source", "source_day", "confirmed", "median_days", "answered", "unanswered")  # fmt: skip


def _asked(request: HttpRequest) -> dict[str, str]:
    return {name: request.GET.get(name, "")[:60] for name in ("country", "kind", "request", "language")} | {
        "words": words(request.GET, "q")
    }


@require_safe
@member
def channels(request: HttpRequest) -> HttpResponse:
    """Channels of all countries, narrowed."""
    by, wanted = who(request), _asked(request)
    with viewer(by):
        rows = list(queries.channels(by, **wanted)[:MOST])
        context = _listed(by, rows)
        audit.record(by=by, verb="list", kind="channel", count=len(rows))
    narrowed = any(wanted.values())
    context |= {"filters": _filters(), "narrowed": narrowed, "may_write": by.may(*actions.ROLES)}
    return render(request, "capacity/channels/channels.html", context)


def _listed(by: Viewer, rows: list[Channel]) -> dict[str, Any]:
    """Rows as the list draws them: in the order of their countries' names."""
    held = queries.times(by, [row.pk for row in rows])
    rows.sort(key=lambda row: (country(row.country), row.kind, row.pk))
    lines = [
        {
            "channel": row,
            "requests": [REQUESTS[key].label for key in row.requests if key in REQUESTS],
            "languages": [language(code) for code in row.languages],
            "times": held.get(row.pk),
        }
        for row in rows
    ]
    return {"lines": lines, "total": len(rows), "countries": len({row.country for row in rows})}


def _filters() -> list[Filter]:
    return [
        Filter("q", _("Words of the name"), "text"),
        Filter("country", _("Country"), "one", [Option(*each) for each in country_choices()]),
        Filter("request", _("What is asked"), "one", [Option(key, str(each.label)) for key, each in REQUESTS.items()]),
        Filter("kind", _("What it is"), "one", [Option(value, str(label)) for value, label in Channel.Kind.choices]),
        Filter("language", _("Language"), "one", [Option(*each) for each in language_choices()]),
    ]


@require_safe
@member
def as_csv(request: HttpRequest) -> HttpResponse:
    """The same, as a file."""
    by = who(request)
    with viewer(by):
        rows = list(queries.channels(by, **_asked(request)))
        held = queries.times(by, [row.pk for row in rows])
        audit.record(by=by, verb="export", kind="channel", count=len(rows))
    return csv_file("channels", HEADER, [_cells(row, held.get(row.pk)) for row in rows])


def _cells(row: Channel, times: queries.Times | None) -> list[object]:
    how = [times.median, times.answered, times.unanswered] if times else ["", "", ""]
    return [row.country, row.kind, row.name, " ".join(row.requests), " ".join(row.languages), row.may_send, row.how,
            row.email, row.phone, row.url, row.hours, row.basis, row.source, row.source_day.isoformat(),
            row.confirmed_at.date().isoformat(), *how]  # fmt: skip


@writer
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Tell of a channel; ``?country=`` fills in its country."""
    form = ChannelForm(request.POST or None, initial={"country": request.GET.get("country", "")})
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.add(by=who(request), told=form.told())
        except Refused as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, _("The channel is told. Whoever may see it finds it now."))
            return redirect("capacity:channel", made)
    return render(request, "capacity/channels/new.html", {"form": form}, status=422 if form.errors else 200)


@member
@require_http_methods(["GET", "HEAD", "POST"])
def channel(request: HttpRequest, reference: UUID) -> HttpResponse:
    """One channel, how it answered, and what one's own organisation asked; POST records a request over it."""
    by = who(request)
    form = UseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.asked(by=by, channel=reference, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, refusal.reason)
        except Channel.DoesNotExist:
            raise Http404 from None
        else:
            messages.success(request, _("Noted. Others learn the median, not that it was you."))
            return redirect("capacity:channel", reference)
    with viewer(by):
        one = found(lambda: queries.channel(by, reference))
        context = _listed(by, [one])["lines"][0] | {
            "uses": [_said(use) for use in queries.own_uses(by, one.pk)],
            "told_by": organisation_names(by, [one.organisation]).get(one.organisation, ""),
            "may_write": by.may(*actions.ROLES),
            "may_change": by.may(*actions.ROLES) and (one.organisation == by.organisation or by.secretariat),
            "fewest": queries.FEWEST,
            "form": form,
        }
        audit.record(by=by, verb="read", kind="channel", thing=one.pk)
    return render(request, "capacity/channels/channel.html", context, status=422 if form.errors else 200)


def _said(use: ChannelUse) -> ChannelUse:
    """With the words for what was asked and what came of it."""
    use.asked_for = REQUESTS[use.request].label if use.request in REQUESTS else use.request  # type: ignore[attr-defined]
    use.came = dict(AnswerForm.OUTCOMES).get(use.outcome, use.outcome)  # type: ignore[attr-defined]
    return use


@writer
@require_POST
def confirm(request: HttpRequest, reference: UUID) -> HttpResponse:
    """It is still as told."""
    acted(request, lambda: actions.confirm(by=who(request), channel=reference), _("Confirmed as of today."))
    return redirect("capacity:channel", reference)


@writer
@require_POST
def withdraw(request: HttpRequest, reference: UUID) -> HttpResponse:
    """It is taken back."""
    acted(request, lambda: actions.withdraw(by=who(request), channel=reference), _("Taken back: it shows no more."))
    return redirect("capacity:channel", reference)


@writer
@require_POST
def answered(request: HttpRequest, reference: UUID, use: int) -> HttpResponse:
    """What came of a request that waited."""
    form = AnswerForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say what came of it, and on which day."))
        return redirect("capacity:channel", reference)
    day, outcome = form.cleaned_data["answered_on"], form.cleaned_data["outcome"]
    acted(request, lambda: actions.answered(by=who(request), use=use, answered_on=day, outcome=outcome), _("Noted."))
    return redirect("capacity:channel", reference)
