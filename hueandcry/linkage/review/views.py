"""Pages of review: rounds of clerical review, one pair a page, disputes of judgements, and the model."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hueandcry.audit import actions as audit
from hueandcry.exchange.models import Report
from hueandcry.exchange.recall import deliveries
from hueandcry.linkage.crimes import sharing
from hueandcry.linkage.crimes.views import what
from hueandcry.linkage.models import Judgement, ReviewRound, SampledPair
from hueandcry.linkage.review import actions, actions_round, queries, words
from hueandcry.linkage.review.estimate import TooLittleError
from hueandcry.members.access import ViewerRequest, member, role
from hueandcry.members.actions import Refused
from hueandcry.members.viewer import viewer
from hueandcry.members.views import who

analyst = role(*actions.ROLES)


class RoundForm(forms.Form):
    """How many pairs a new round has."""

    wanted = forms.TypedChoiceField(
        label=gettext_lazy("Pairs to read"), coerce=int, initial=300,
        choices=[(n, gettext_lazy("about %(n)s") % {"n": n}) for n in actions_round.SIZES],
        help_text=gettext_lazy("300 take two people about three hours. More pairs make the intervals narrower."),
    )  # fmt: skip


@member
@require_safe
def review(request: ViewerRequest) -> HttpResponse:
    """Rounds of one's own, and what others published: how good linkage is."""
    with viewer(request.viewer) as by:
        found = queries.rounds(by)
        readers = queries.readers(by)
        audit.record(by=by, verb="list", kind="review round", count=len(found))
    rows: list[dict[str, Any]] = [
        {"round": each, "by": name, "own": each.organisation == by.organisation, "figures": words.kept(each.figures)}
        for each, name in found
    ]
    context = {
        "rows": rows,
        "may_review": by.may(*actions.ROLES),
        "open": next((row for row in rows if row["own"] and not row["round"].closed_at), None),
        "latest": next((row for row in rows if row["figures"]), None),
        "form": RoundForm(),
        "readers": readers,
        "most": actions_round.MOST_REPORTS,
    }
    return render(request, "linkage/review/rounds.html", context)


@analyst
@require_POST
def draw(request: HttpRequest) -> HttpResponse:
    """Draw a new round."""
    form = RoundForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose how many pairs to read."))
        return redirect("linkage:review")
    try:
        made = actions_round.draw(by=who(request), wanted=form.cleaned_data["wanted"])
    except Refused as refusal:
        messages.error(request, refusal.reason)
        return redirect("linkage:review")
    return redirect("linkage:review-round", made)


@member
@require_safe
def one_round(request: ViewerRequest, reference: UUID) -> HttpResponse:
    """One round: how far it is read and what it came to; of others, what was published alone."""
    with viewer(request.viewer) as by:
        try:
            found = queries.round_of(by, reference)
        except ReviewRound.DoesNotExist:
            raise Http404 from None
        own = found.organisation == by.organisation
        held = queries.stands(found) if own else []
        figures, why = words.kept(found.figures), ""
        if own and found.closed_at is None:
            try:
                figures = words.kept(queries.as_figures(queries.result_of(found, held)))
            except TooLittleError as error:
                why = queries.why_not(error)
        readers = queries.readers(by)
        upcoming = queries.next_pair(by, held, readers) if own and by.may(*actions.ROLES) else None
        audit.record(by=by, verb="read", kind="review round", thing=found.pk)
    context = {
        "round": found,
        "own": own,
        "progress": queries.progress(held),
        "missing": sum(row.missing for row in queries_rows(figures)),
        "next": upcoming[0].place if upcoming and not found.closed_at else None,
        "figures": figures,
        "why_not": why,
        "several": found.share > 0,
        "readers": readers,
        "may_review": by.may(*actions.ROLES),
    }
    return render(request, "linkage/review/round.html", context)


def queries_rows(figures: words.Kept | None) -> list[words.KeptStratum]:
    """The strata of what a round came to."""
    return figures.strata if figures else []


@analyst
@require_http_methods(["GET", "HEAD", "POST"])
def read(request: HttpRequest, reference: UUID, place: int) -> HttpResponse:
    """One sampled pair, two reports beside each other, without its weight and without what others said."""
    by = who(request)
    if request.method == "POST":
        return _read(request, reference, place)
    with viewer(by):
        try:
            found = queries.own_round(by, reference)
        except ReviewRound.DoesNotExist:
            raise Http404 from None
        held = queries.stands(found)
        readers = queries.readers(by)
        here = next((each for each in held if each[0].place == place), None)
        if found.closed_at is not None or here is None or not here[1].waits_for(by.person or 0, readers):
            upcoming = None if found.closed_at else queries.next_pair(by, held, readers, after=place)
            if upcoming is None:
                return redirect("linkage:review-round", reference)
            return redirect("linkage:review-read", reference, upcoming[0].place)
        pair, state = here
        try:
            shown = sharing.beside(by, pair.left, pair.right)
        except Report.DoesNotExist:  # it has become invisible between two statements
            raise Http404 from None
        if shown.closed is None:
            deliveries.note_reports(by=by, channel="page", reports=[pair.left, pair.right])
        audit.record(
            by=by, verb="read", kind="sampled pair", thing=pair.pk, detail={"reports": [pair.left, pair.right]}
        )
    settling = len(state.readings) == 2
    context = {
        "round": found,
        "place": place,
        "pair": shown,
        "labels": [what(each.classes) for each in shown.both],
        "progress": queries.progress(held),
        "verdicts": list(zip(Judgement.Verdict.choices, "sdu", strict=True)),
        "settling": settling,
        "deciding_own": settling and any(r.person == by.person for r in state.readings),
        "skip": _skip(reference, queries.next_pair(by, held, readers, after=place), place),
    }
    return render(request, "linkage/review/read.html", context)


def _skip(reference: UUID, upcoming: tuple[SampledPair, Any] | None, place: int) -> str:
    if upcoming is None or upcoming[0].place == place:
        return ""
    return reverse("linkage:review-read", args=[reference, upcoming[0].place])


def _read(request: HttpRequest, reference: UUID, place: int) -> HttpResponse:
    verdict, reason = request.POST.get("verdict", ""), request.POST.get("reason", "")
    try:
        actions_round.read(by=who(request), round_=reference, place=place, verdict=verdict, reason=reason)
    except (ReviewRound.DoesNotExist, SampledPair.DoesNotExist):
        raise Http404 from None
    except Refused as refusal:
        messages.error(request, refusal.reason)
    return redirect("linkage:review-read", reference, place)  # it is read: its address leads on to the next


@analyst
@require_POST
def close(request: HttpRequest, reference: UUID) -> HttpResponse:
    """End a round."""
    try:
        actions_round.close(by=who(request), round_=reference, publish=request.POST.get("publish") == "1")
    except ReviewRound.DoesNotExist:
        raise Http404 from None
    except Refused as refusal:
        messages.error(request, refusal.reason)
    else:
        messages.success(request, _("Closed. What it came to is kept."))
    return redirect("linkage:review-round", reference)


@member
@require_safe
def disputes(request: ViewerRequest) -> HttpResponse:
    """Pairs that organisations judge differently."""
    with viewer(request.viewer) as by:
        found = queries.disputes(by)
        audit.record(by=by, verb="list", kind="judgement", count=len(found))
    context = {"disputes": found, "may_judge": by.may(*actions.ROLES)}
    return render(request, "linkage/review/disputes.html", context)


@analyst
@require_POST
def withdraw(request: HttpRequest, judgement: int) -> HttpResponse:
    """Take back what one's organisation judged."""
    by = who(request)
    try:
        left, right = actions.withdraw(by=by, judgement=judgement)
    except Judgement.DoesNotExist:
        raise Http404 from None
    messages.success(request, _("Taken back. It binds no longer."))
    with viewer(by):
        references = dict(Report.objects.filter(pk__in=(left, right)).values_list("pk", "reference"))
    if len(references) < 2:
        return redirect("linkage:disputes")
    return redirect("linkage:pair", references[left], references[right])


@member
@require_safe
def model(request: ViewerRequest) -> HttpResponse:
    """The model in one table: what is compared, and how much each finding weighs; and earlier ones beside it."""
    with viewer(request.viewer) as by:
        found = queries.models(by)
        audit.record(by=by, verb="read", kind="model", count=len(found))
    asked = request.GET.get("than", "")
    context = words.model_page(found, int(asked) if asked.isdecimal() and len(asked) < 19 else 0)
    return render(request, "linkage/review/model.html", context)
