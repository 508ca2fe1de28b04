"""Pages of crimes: the list, one crime, and two reports beside each other with the evidence and what people judge."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hueandcry.audit import actions as audit
from hueandcry.chain import queries as things
from hueandcry.exchange import kept_back
from hueandcry.exchange import queries as exchange
from hueandcry.exchange.handling import TLP_ORDER
from hueandcry.exchange.models import Report
from hueandcry.exchange.recall import deliveries
from hueandcry.linkage import asked, leaving
from hueandcry.linkage.analysis import stamp
from hueandcry.linkage.analysis.words import class_words, type_words
from hueandcry.linkage.crimes import actions, forms, queries, sharing, words
from hueandcry.linkage.crimes.shown import CrimeLine, CrimeReportLine
from hueandcry.linkage.crimes.waterfall import Waterfall, waterfall
from hueandcry.linkage.deconfliction.actions import may_register
from hueandcry.linkage.models import Crime, CrimeEvent
from hueandcry.linkage.operations import queries as operations
from hueandcry.linkage.review import actions as review
from hueandcry.linkage.review import queries as judged
from hueandcry.members.access import ViewerRequest, member, role
from hueandcry.members.actions import Refused
from hueandcry.members.viewer import Viewer, viewer
from hueandcry.members.views import csv_file, who

EXPORTED = 10_000  # crimes in one table
SHOWN = 200  # reports of a crime on its page

analyst = role(*review.ROLES)


@member
@require_safe
def crimes(request: ViewerRequest) -> HttpResponse:
    """The crimes that the viewer sees a report of."""
    query = asked.lists(request.GET)
    wanted = forms.wanted(query)
    with viewer(request.viewer) as by:
        page = queries.crimes(by, wanted, after=forms.place(request.GET.get("after", "")))
        audit.record(by=by, verb="list", kind="crime", count=len(page.crimes))
    filters = forms.list_filters()
    context = {
        "rows": [{"crime": line, "what": what(line.classes), "tlp": strictest(line.reports)} for line in page.crimes],
        "count": page.count,
        "more": page.more,
        "next": forms.placed(page.next),
        "filters": filters,
        "narrowed": any(value.strip() for f in filters for value in query.get(f.name, ())),
        "with_loss": bool(wanted.currency),
        "may_review": request.viewer.may(*review.ROLES),
    }
    return render(request, "linkage/crimes/list.html", context)


@member
@require_safe
def export(request: ViewerRequest) -> HttpResponseBase:
    """What is filtered, as a table: of what its handling lets out into a file."""
    wanted = forms.wanted(asked.lists(request.GET))
    with viewer(replace(request.viewer, channel="export")) as by:
        page = queries.crimes(by, wanted, most=EXPORTED)
        shown = [line.id for line in page.crimes]
        marks = stamp.of_crimes(by, shown)
        made_of = queries.report_ids(request.viewer, wanted, shown, most=EXPORTED)
        held = leaving.note(by=by, thing="crime", count=len(shown), reports=made_of)
    return kept_back.told(request, csv_file("hue-and-cry-crimes", HEADER, _table(page.crimes, marks)), held)


HEADER = (
    "reference", "title", "reports", "organisations", "began", "last_reported", "countries", "sectors", "classes",
    "losses", "disputed", *stamp.COLUMNS,
)  # fmt: skip


def _table(lines: Sequence[CrimeLine], marks: Mapping[int, stamp.Stamp]) -> Iterator[Sequence[object]]:
    for line in (each for each in lines if each.id in marks):  # none: its reports left in between
        yield (
            line.reference, line.title, line.size, "; ".join(line.organisations), line.first.date(), line.last.date(),
            "; ".join(line.countries), "; ".join(line.sectors), "; ".join(line.classes),
            "; ".join(f"{loss.amount} {loss.currency}" for loss in line.losses), "yes" if line.disputed else "",
            *marks[line.id].cells,
        )  # fmt: skip


@member
@require_safe
def crime(request: ViewerRequest, reference: UUID) -> HttpResponse:
    """One crime. One that was merged into another leads there."""
    with viewer(request.viewer) as by:
        try:
            found = queries.crime(by, reference)
        except Crime.DoesNotExist:
            raise Http404 from None
        if found.reference != reference:
            messages.info(request, _("What this address led to was merged into this crime."))
            return redirect("linkage:crime", found.reference)
        ids = [line.id for line in found.reports[:SHOWN]]
        others = queries.others(by, found.id)
        values = sharing.shared(by, ids)
        said = judged.judgements(by, ids)
        operation = operations.of_crimes(by, [found.id]).get(found.id)
        events = queries.events(by, found.id)
        chain = things.joined(by, "crime", found.reference, _chain(found, operation))
        audit.record(by=by, verb="read", kind="crime", thing=found.id, count=len(ids))
    by_id = {line.id: line for line in found.reports}
    common = words.in_common(found.reports[:SHOWN], values)
    context = {
        "crime": found,
        "reports": found.reports[:SHOWN],
        "rows": [(line, common[line.id]) for line in found.reports[:SHOWN]],
        "why": words.why(found, values) if found.size > 1 else "",
        "operation": operation,
        "what": what(found.classes),
        "tlp": strictest(found.reports),
        "others": others,
        "amounts": [line for line in found.reports if line.loss_amount is not None],
        "agree": len({(line.loss_amount, line.loss_currency) for line in found.reports if line.loss_amount}) < 2,
        "values": [{"value": value, "kind": type_words(value.type)} for value in values],
        "judgements": [_with_reports(each, by_id) for each in said],
        "events": [{"event": e, "here": [by_id[r] for r in e.reports if r in by_id]} for e in events],
        "days": (found.last - found.first).days,
        "may_judge": request.viewer.may(*review.ROLES),
        "may_register": may_register(request.viewer),
        "own": request.viewer.organisation,
        **chain,
    }
    return render(request, "linkage/crimes/crime.html", context)


@member
@require_http_methods(["GET", "HEAD", "POST"])
def pair(request: HttpRequest, left: UUID, right: UUID) -> HttpResponse:
    """Two reports beside each other: the evidence, what organisations judge, and one's own judgement."""
    by = who(request)
    form = forms.JudgementForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            disputed = review.judge(by=by, left=left, right=right, **form.cleaned_data)
        except Report.DoesNotExist:
            raise Http404 from None
        except Refused as refusal:
            form.add_error(None, refusal.reason)
        else:
            _say_judged(request, disputed)
            return redirect("linkage:pair", left, right)
    with viewer(by):
        one, other = (_report(by, reference) for reference in (left, right))
        if one.pk == other.pk:
            raise Http404
        shown = sharing.beside(by, one.pk, other.pk)
        drawn = _evidence(by, shown)
        held = queries.of_reports(by, [one.pk, other.pk])
        together = held.get(one.pk) is not None and held.get(one.pk) == held.get(other.pk)
        context = {
            "pair": shown,
            "waterfall": drawn,
            "odds": words.odds(drawn.evidence.weight) if drawn else "",
            "form": form,
            "judgements": judged.judgements_between(by, one.pk, other.pk),
            "together": together,
            "verdict": words.verdict(drawn.evidence, together=together) if drawn else "",
            "crime": queries.of_report(by, one.pk),
            "may_judge": by.may(*review.ROLES),
            "labels": [what(each.classes) for each in shown.both],
        }
        if shown.closed is None:
            deliveries.note_reports(by=by, channel="page", reports=[one.pk, other.pk])
        audit.record(by=by, verb="read", kind="report", count=2, detail={"reports": [one.pk, other.pk], "part": "pair"})
    return render(request, "linkage/crimes/pair.html", context, status=422 if form.errors else 200)


@analyst
@require_POST
def apart(request: HttpRequest, reference: UUID) -> HttpResponse:
    """Those ticked on a crime's page tell of another crime, or of the same: judged pair by pair."""
    by = who(request)
    ticked = {one for text in request.POST.getlist("report") if (one := asked.reference(text))}
    reason = request.POST.get("reason", "")
    with viewer(by):
        try:
            found = queries.crime(by, reference)
        except Crime.DoesNotExist:
            raise Http404 from None
    rest = [line.reference for line in found.reports if line.reference not in ticked]
    chosen = [line.reference for line in found.reports if line.reference in ticked]
    try:
        count = review.judge_apart(by=by, reports=chosen, rest=rest, reason=reason)
    except Report.DoesNotExist:
        raise Http404 from None
    except Refused as refusal:
        messages.error(request, refusal.reason)
    else:
        said = ngettext(
            "Judged: %(n)s pair tells of different crimes.", "Judged: %(n)s pairs tell of different crimes.", count
        )
        messages.success(request, said % {"n": count})
    return redirect("linkage:crime", reference)


@analyst
@require_POST
def undo(request: HttpRequest, reference: UUID, event: int) -> HttpResponse:
    """Take back a merger or a split, by judgements in the name of one's organisation."""
    try:
        count = actions.undo(by=who(request), event=event)
    except CrimeEvent.DoesNotExist:
        raise Http404 from None
    except Refused as refusal:
        messages.error(request, refusal.reason)
    else:
        said = ngettext("Undone, by %(n)s judgement.", "Undone, by %(n)s judgements.", count)
        messages.success(request, said % {"n": count})
    return redirect("linkage:crime", reference)


def _say_judged(request: HttpRequest, disputed: bool) -> None:
    if disputed:
        messages.warning(
            request,
            _("Judged; but another organisation judges the opposite. Neither binds until you agree; both are told."),
        )
    else:
        messages.success(request, _("Judged. It binds from now on, in every later run as well."))


def _report(by: Viewer, reference: UUID) -> Report:
    try:
        return exchange.report(by, reference)
    except Report.DoesNotExist:
        raise Http404 from None


def _evidence(by: Viewer, shown: sharing.Beside) -> Waterfall | None:
    if shown.closed is not None:
        return None
    found = queries.evidence(by, shown.left.pk, shown.right.pk)
    return waterfall(by, found) if found else None


def _with_reports(each: judged.Judged, by_id: dict[int, CrimeReportLine]) -> dict[str, Any]:
    made = each.judgement
    return {"said": each, "left": by_id.get(made.left), "right": by_id.get(made.right)}


def _chain(found: CrimeLine, operation: UUID | None) -> dict[str, Any]:
    before = []
    for line in found.reports[:5]:
        url = reverse("linkage:report", args=[line.reference])
        before.append({"kind": _("Report"), "text": line.title, "icon": "file-text", "url": url})
    after = []
    if operation is not None:
        url = reverse("linkage:operation", args=[operation])
        text = _("the one it belongs to")
        after.append({"kind": _("Operation"), "text": text, "icon": "sitemap", "url": url})
    return {"before": before, "after": after}


# Words


def what(classes: Sequence[str]) -> str:
    """What happened first of all, in words; "" where nobody says it."""
    return class_words(classes[0]) if classes else ""


def strictest(reports: Sequence[CrimeReportLine]) -> str:
    """The TLP that what is shown of these reports together has to be handled by."""
    return max((line.tlp for line in reports), key=TLP_ORDER.index, default="")
