"""Pages of common priorities: those that hold, rounds, proposals, ballots, results. HTTP only."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hueandcry.audit import actions as audit
from hueandcry.capacity.assessment.model import model
from hueandcry.capacity.models import Ballot, Dissent, Priority, Proposal, ProposalComment, Round
from hueandcry.capacity.priorities import actions, queries
from hueandcry.capacity.priorities.forms import BallotForm, DaysForm, ProposalForm, ReviewForm, RoundForm
from hueandcry.capacity.priorities.phases import CHAMBERS, FEWEST, KINDS, WORDS, phase
from hueandcry.members.access import member, role
from hueandcry.members.actions import Refused
from hueandcry.members.models import Organisation
from hueandcry.members.queries import organisation_names
from hueandcry.members.viewer import Viewer, viewer
from hueandcry.members.views import acted, csv_file, found, who
from hueandcry.web.charts import Chart, Column

writer = role(*actions.WRITERS)
office = role(*actions.OFFICE)
HEADER = ("place", "title", "state", "adopted", "review", "countries", "aspects", "reference")


@require_safe
@member
def priorities(request: HttpRequest) -> HttpResponse:
    """What the alliance puts first, and the rounds in which it is agreed."""
    by = who(request)
    with viewer(by):
        held = list(queries.current(by))
        rounds = [(each, WORDS[phase(each, actions.today())]) for each in queries.rounds(by)[:50]]
        audit.record(by=by, verb="list", kind="priority", count=len(held))
    context = {"held": held, "rounds": rounds, "today": actions.today(),
               "may_open": by.secretariat and by.may(*actions.OFFICE)}  # fmt: skip
    return render(request, "capacity/priorities/priorities.html", context)


@require_safe
@member
def as_csv(request: HttpRequest) -> HttpResponse:
    """The priorities that hold, as a file."""
    by = who(request)
    with viewer(by):
        held = list(queries.current(by))
        audit.record(by=by, verb="export", kind="priority", count=len(held))
    rows = [
        (each.place, each.proposal.title, each.state, each.adopted_on, each.review_on,
         " ".join(each.proposal.countries), " ".join(each.proposal.aspects), each.reference)
        for each in held
    ]  # fmt: skip
    return csv_file("priorities", HEADER, rows)


@member
@require_http_methods(["GET", "HEAD", "POST"])
def priority(request: HttpRequest, reference: UUID) -> HttpResponse:
    """One priority: what it says, who agreed, what it touches; the office reviews it here."""
    by = who(request)
    form = ReviewForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.review(by=by, priority=reference, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, refusal.reason)
        except Priority.DoesNotExist:
            raise Http404 from None
        else:
            messages.success(request, _("Reviewed."))
            return redirect("capacity:priority", reference)
    with viewer(by):
        one = found(lambda: Priority.objects.select_related("proposal__round").get(reference=reference))
        audit.record(by=by, verb="read", kind="priority", thing=one.pk)
    result = one.proposal.round.result or {}
    number = one.proposal.number
    context = {
        "one": one, "form": form, "due": one.state != "ended" and one.review_on <= actions.today(),
        "places": [(CHAMBERS[each["chamber"]], each["places"][str(number)]) for each in result.get("chambers", ())],
        "against": [CHAMBERS[each["chamber"]] for each in result.get("dissent", ()) if each["number"] == number],
        "aspects": [model().aspects[key] for key in one.proposal.aspects if key in model().aspects],
        "may_review": by.secretariat and by.may(*actions.OFFICE) and one.state != "ended",
    }  # fmt: skip
    return render(request, "capacity/priorities/priority.html", context, status=422 if form.errors else 200)


@office
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Open a round."""
    form = RoundForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.open_round(by=who(request), opening=form.opening())
        except Refused as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, _("Open. Members of its chambers are told."))
            return redirect("capacity:round", made)
    context = {"form": form, "heading": _("Open a round"), "act": _("Open it")}
    return render(request, "capacity/priorities/form.html", context, status=422 if form.errors else 200)


@require_safe
@member
def one_round(request: HttpRequest, reference: UUID) -> HttpResponse:
    """A round: what is asked, its proposals, who has voted, and once counted what came out."""
    by = who(request)
    with viewer(by):
        one = found(lambda: Round.objects.get(reference=reference))
        context = _context(by, one)
        audit.record(by=by, verb="read", kind="priority round", thing=one.pk)
    return render(request, "capacity/priorities/round.html", context)


def _context(by: Viewer, one: Round) -> dict[str, Any]:
    held = queries.proposals(by, one)
    now = phase(one, actions.today())
    mine = KINDS.get(Organisation.objects.values_list("kind", flat=True).get(pk=by.organisation or 0), "")
    ballot = Ballot.objects.filter(round=one, organisation=by.organisation or 0).first()
    dissents = list(Dissent.objects.filter(round=one).order_by("pk"))
    names = organisation_names(by, sorted({*(d.organisation for d in dissents), *(p.organisation for p in held)}))
    shown = (
        list(Ballot.objects.filter(round=one).order_by("pk")) if now == "result" and one.ballots == "published" else []
    )
    names |= organisation_names(by, sorted({each.organisation for each in shown}))
    turnout = [
        (CHAMBERS[chamber], voted, members, voted < FEWEST) for chamber, voted, members in actions.turnout(by, one)
    ]
    in_office = by.secretariat and by.may(*actions.OFFICE)
    return {
        "round": one, "phase": now, "phase_word": WORDS[now], "turnout": turnout,
        "chambers": [CHAMBERS[each] for each in one.chambers], "ballot": ballot,
        "standing": [(p, names.get(p.organisation, "")) for p in held if p.stands],
        "gone": [p for p in held if not p.stands],
        "may_write": by.may(*actions.WRITERS), "votes": mine in one.chambers and by.may(*actions.WRITERS),
        "office": in_office, "few": any(few for _c, _v, _m, few in turnout), "fewest": FEWEST,
        "days_form": DaysForm(initial={"discuss_on": one.discuss_on, "vote_on": one.vote_on, "close_on": one.close_on}),
        "dissents": [(d, names.get(d.organisation, "")) for d in dissents],
        "has_dissented": any(d.organisation == by.organisation for d in dissents),
        "published": [(b, names.get(b.organisation, ""), CHAMBERS.get(b.chamber, "")) for b in shown],
        **(_result(one, {p.number: p for p in held}) if now == "result" else {}),
    }  # fmt: skip


def _result(one: Round, held: dict[int, Proposal]) -> dict[str, Any]:
    """What the frozen result says, with the proposals that its numbers name."""
    told = one.result or {}
    by_number = {
        each.proposal.number: each for each in Priority.objects.filter(proposal__round=one).select_related("proposal")
    }
    chambers = told["chambers"]
    lines = [
        {
            "place": place, "proposal": held[number], "priority": by_number.get(number),
            "by_chamber": [(CHAMBERS[each["chamber"]], each["places"][str(number)]) for each in chambers],
            "tied": len(level) > 1,
        }
        for place, level in enumerate(told["order"], start=1) for number in level
    ]  # fmt: skip
    return {
        "told": told, "lines": lines, "chart": _chart(one, lines, chambers) if lines else None,
        "heads": [CHAMBERS[each["chamber"]] for each in chambers],
        "silent": [CHAMBERS[each] for each in told["silent"]],
        "against": [(CHAMBERS[each["chamber"]], held[each["number"]], each["place"]) for each in told["dissent"]],
        "moving": [held[number] for number in told["sensitivity"]["moving"]],
        "groups": [
            (each["people"], [held[int(n)] for n, share in each["agrees"].items() if share > 0.6 and int(n) in held])
            for each in told["groups"]
        ],
    }  # fmt: skip


def _places(line: dict[str, Any]) -> list[float]:
    return [place for _chamber, place in line["by_chamber"]]


def _chart(one: Round, lines: list[dict[str, Any]], chambers: list[dict[str, Any]]) -> Chart:
    return Chart(
        id="places", kind="bars", title=_("Where each chamber puts each proposal"),
        unit=_("place, 1 is first, 0 is last"),
        columns=[Column("proposal", _("Proposal"), "category"),
                 *(Column(each["chamber"], str(CHAMBERS[each["chamber"]])) for each in chambers)],
        rows=[[f"{line['proposal'].number}. {line['proposal'].title}"[:60], *_places(line)] for line in lines[:20]],
        source=_("Ballots of the round “%(title)s”, counted on %(day)s")
        % {"title": one.title, "day": one.counted_at.date() if one.counted_at else ""},
        method=_("Schulze within each chamber; "
                 "across chambers a proposal is as good as the chamber that puts it lowest."),
    )  # fmt: skip


@require_safe
@member
def result_json(request: HttpRequest, reference: UUID) -> HttpResponse:
    """The frozen result with the digest of its ballots."""
    by = who(request)
    with viewer(by):
        one = found(lambda: Round.objects.exclude(result=None).get(reference=reference))
        titles = {str(p.number): p.title for p in queries.proposals(by, one)}
        audit.record(by=by, verb="export", kind="priority round", thing=one.pk)
    told = {"round": str(one.reference), "title": one.title, "question": one.question, "chambers": one.chambers,
            "digest": one.digest, "counted_at": one.counted_at, "proposals": titles, "result": one.result}  # fmt: skip
    return JsonResponse(told, headers={"Content-Disposition": 'attachment; filename="result.json"'})


@require_safe
@member
def result_csv(request: HttpRequest, reference: UUID) -> HttpResponse:
    """The result's order with each chamber's places."""
    by = who(request)
    with viewer(by):
        one = found(lambda: Round.objects.exclude(result=None).get(reference=reference))
        told = _result(one, {p.number: p for p in queries.proposals(by, one)})
        audit.record(by=by, verb="export", kind="priority round", thing=one.pk)
    names = [each["chamber"] for each in told["told"]["chambers"]]
    rows = [(line["place"], line["proposal"].number, line["proposal"].title, bool(line["priority"]),
             *_places(line))
            for line in told["lines"]]  # fmt: skip
    return csv_file("result", ("place", "number", "title", "adopted", *names), rows)


def _form(request: HttpRequest, form: Any, heading: str, act: str, back: Any) -> HttpResponse:
    context = {"form": form, "heading": heading, "act": act, "back": back}
    return render(request, "capacity/priorities/form.html", context, status=422 if form.errors else 200)


@writer
@require_http_methods(["GET", "HEAD", "POST"])
def propose(request: HttpRequest, reference: UUID) -> HttpResponse:
    """Propose a priority."""
    by = who(request)
    with viewer(by):
        one = found(lambda: Round.objects.get(reference=reference))
    form = ProposalForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.propose(by=by, of=reference, told=form.told())
        except Refused as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, _("Proposed. Every member reads it now."))
            return redirect("capacity:round", reference)
    return _form(request, form, _("Propose a priority"), _("Propose it"), one)


@writer
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, reference: UUID) -> HttpResponse:
    """Change one's own proposal."""
    by = who(request)
    with viewer(by):
        one = found(
            lambda: Proposal.objects.select_related("round").get(reference=reference, organisation=by.organisation or 0)
        )
    form = ProposalForm(
        request.POST or None, initial={name: getattr(one, name) for name in ("title", "why", "aspects", "countries")}
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.edit(by=by, proposal=reference, told=form.told())
        except Refused as refusal:
            form.add_error(None, refusal.reason)
        except Proposal.DoesNotExist:
            raise Http404 from None
        else:
            return redirect("capacity:proposal", reference)
    return _form(request, form, _("Change your proposal"), _("Save"), one.round)


@writer
@require_http_methods(["GET", "HEAD", "POST"])
def vote(request: HttpRequest, reference: UUID) -> HttpResponse:
    """One's organisation's ballot; replaced until voting ends."""
    by = who(request)
    with viewer(by):
        one = found(lambda: Round.objects.get(reference=reference))
        standing = [p for p in queries.proposals(by, one) if p.stands]
        mine = Ballot.objects.filter(round=one, organisation=by.organisation or 0).first()
    initial = {f"rank-{n}": str(v) for n, v in mine.ranks.items()} | {
        f"opinion-{n}": str(v) for n, v in mine.opinions.items()} if mine else {}  # fmt: skip
    form = BallotForm(request.POST or None, standing=standing, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            actions.vote(by=by, of=reference, ranks=form.given("rank"), opinions=form.given("opinion"))
        except Refused as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, _("Your organisation's ballot is cast. It can be replaced until voting ends."))
            return redirect("capacity:round", reference)
    context = {"form": form, "round": one, "mine": mine, "secret": one.ballots == "secret"}
    return render(request, "capacity/priorities/vote.html", context, status=422 if form.errors else 200)


@office
@require_POST
def days(request: HttpRequest, reference: UUID) -> HttpResponse:
    """Move a round's days."""
    form = DaysForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Give all three days."))
        return redirect("capacity:round", reference)
    given = form.cleaned_data
    return _acted(request, reference, lambda: actions.move_days(by=who(request), of=reference, **given), _("Moved."))


@writer
@require_POST
def act(request: HttpRequest, reference: UUID, act: str) -> HttpResponse:
    """Something is done with a round: cancelled, counted, dissented from."""
    by, given = who(request), request.POST
    acts: dict[str, tuple[Callable[[], None], str]] = {
        "cancel": (lambda: actions.cancel(by=by, of=reference, why=given.get("why", "")), _("Cancelled.")),
        "count": (lambda: actions.count(by=by, of=reference), _("Counted. The result is frozen.")),
        "dissent": (
            lambda: actions.dissent(by=by, of=reference, text=given.get("text", "")),
            _("Published beside the result."),
        ),
    }
    if act not in acts:
        raise Http404
    return _acted(request, reference, *acts[act])


def _acted(request: HttpRequest, reference: UUID, done: Callable[[], None], words: str) -> HttpResponse:
    acted(request, done, words)
    return redirect("capacity:round", reference)


@require_safe
@member
def proposal(request: HttpRequest, reference: UUID) -> HttpResponse:
    """One proposal and what is said of it."""
    by = who(request)
    with viewer(by):
        one = found(lambda: Proposal.objects.select_related("round", "merged_into").get(reference=reference))
        comments = list(ProposalComment.objects.filter(proposal=one).order_by("pk"))
        names = organisation_names(by, sorted({one.organisation, *(each.organisation for each in comments)}))
        others = [p for p in queries.proposals(by, one.round) if p.pk != one.pk and p.stands]
        audit.record(by=by, verb="read", kind="priority proposal", thing=one.pk)
    now, mine = phase(one.round, actions.today()), one.organisation == by.organisation
    context = {
        "one": one, "by_name": names.get(one.organisation, ""), "others": others, "stands": one.stands,
        "comments": [(each, names.get(each.organisation, "")) for each in comments],
        "open": now in ("propose", "discuss"),
        "may_edit": one.stands and now == "propose" and mine and by.may(*actions.WRITERS),
        "may_withdraw": one.stands and now in ("propose", "discuss") and mine,
        "office": by.secretariat and by.may(*actions.OFFICE),
        "aspects": [model().aspects[key] for key in one.aspects if key in model().aspects],
    }  # fmt: skip
    return render(request, "capacity/priorities/proposal.html", context)


@member
@require_POST
def proposal_act(request: HttpRequest, reference: UUID, act: str) -> HttpResponse:
    """Something is done with a proposal: said of, taken back, put to another."""
    by, given = who(request), request.POST
    into = given.get("into", "")
    acts: dict[str, tuple[Callable[[], None], str]] = {
        "comment": (lambda: actions.comment(by=by, proposal=reference, text=given.get("text", "")), _("Said.")),
        "withdraw": (lambda: actions.withdraw(by=by, proposal=reference), _("Taken back.")),
        "merge": (
            lambda: actions.merge(by=by, proposal=reference, into=int(into) if into.isdigit() and len(into) < 5 else 0,
                                  why=given.get("why", "")),
            _("Put together."),
        ),
    }  # fmt: skip
    if act not in acts:
        raise Http404
    done, words = acts[act]
    acted(request, done, words)
    return redirect("capacity:proposal", reference)
