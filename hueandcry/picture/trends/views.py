"""Pages of signals: all of them, and setting one aside."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from hueandcry.audit import actions as audit
from hueandcry.members.access import ViewerRequest, member, secretariat
from hueandcry.members.actions import Refused
from hueandcry.members.queries import works_in_office
from hueandcry.members.viewer import viewer
from hueandcry.members.views import who
from hueandcry.picture.models import Signal
from hueandcry.picture.trends import actions, queries, words
from hueandcry.picture.trends.signals import ALARMS, CASES, ORGANISATIONS


class DismissForm(forms.Form):
    """Why a signal is set aside."""

    why = forms.CharField(
        label=gettext_lazy("Why it is set aside"),
        max_length=actions.LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Everybody in the alliance reads this, with the signal."),
    )


@member
@require_safe
def signals(request: ViewerRequest) -> HttpResponse:
    """What rose or fell out of the ordinary: open, set aside, gone."""
    with viewer(request.viewer) as by:
        found = queries.signals(by)
        audit.record(by=by, verb="list", kind="signal", count=len(found))
    rows = [
        {
            "signal": signal,
            "series": words.called(words.asks(signal)),
            "since": words.month_name(signal.since),
            "by_chance": words.by_chance(signal.false_alarms),
        }
        for signal in found
    ]
    context = {
        "rows": rows,
        "standing": sum(1 for signal in found if signal.gone_at is None and signal.dismissed_at is None),
        "may_dismiss": works_in_office(request.viewer),
        "alarms": ALARMS,
        "cases": CASES,
        "organisations": ORGANISATIONS,
    }
    return render(request, "picture/signals/signals.html", context)


@secretariat
@require_http_methods(["GET", "HEAD", "POST"])
def dismiss(request: HttpRequest, reference: UUID) -> HttpResponse:
    """Set a signal aside, saying why."""
    by = who(request)
    form = DismissForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.dismiss(by=by, reference=reference, why=form.cleaned_data["why"])
            messages.success(request, _("The signal is set aside."))
        except Signal.DoesNotExist:
            raise Http404 from None
        except Refused as refusal:
            messages.error(request, refusal.reason)
        return redirect("picture:signals")
    with viewer(by) as reader:
        try:
            signal = queries.signal_of(reader, reference)
        except Signal.DoesNotExist:
            raise Http404 from None
        audit.record(by=by, verb="read", kind="signal", thing=signal.pk)
    context = {"form": form, "signal": signal, "line": words.line(signal)}
    return render(request, "picture/signals/dismiss.html", context)
