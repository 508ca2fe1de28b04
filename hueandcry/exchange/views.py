"""Pages of reports: the list with search and filters, export, and one object as it came. The report's own page is
linkage's, which knows what a report shares with others; what can be done with it stands in views_acts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase, QueryDict, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from hueandcry.audit import actions as audit
from hueandcry.exchange import export as exports
from hueandcry.exchange import kept_back, listing, queries
from hueandcry.exchange.actions import SUBMITTERS
from hueandcry.exchange.classification import CLASSES, LABELS
from hueandcry.exchange.forms_report import countries
from hueandcry.exchange.handling import TLP_ORDER
from hueandcry.exchange.hits.actions import ROLES as ASKERS
from hueandcry.exchange.misp_feed.files import misp_events
from hueandcry.exchange.models import Object, Report
from hueandcry.exchange.observables import TYPES
from hueandcry.exchange.recall import court, deliveries
from hueandcry.exchange.recall import queries as recall
from hueandcry.exchange.sectors import SHORT
from hueandcry.members import queries as members
from hueandcry.members.access import ViewerRequest, member
from hueandcry.members.models import Organisation
from hueandcry.members.viewer import Viewer, viewer
from hueandcry.web.filters import Filter, Option

EXPORTED = 100_000  # reports in one export of a filtered list; everything goes without this bound


@member
@require_safe
def reports(request: ViewerRequest) -> HttpResponse:
    """The list of reports that the viewer may see."""
    query = _lists(request.GET)
    wanted = listing.wanted(query)
    if (exact := _reference(wanted.words)) is not None:
        return redirect("linkage:report", exact)
    after, before = (listing.place(request.GET.get(name, "")) for name in ("after", "before"))
    with viewer(request.viewer) as who:
        page = queries.reports_page(who, wanted, after=after, before=before)
        count = queries.reports_count(who, wanted) if page.count is None else page.count
        too = queries.reported_too(who, [r.pk for r in page.reports])
        bodies = list(members.organisations(who).exclude(state=Organisation.State.APPLICANT))
        held = recall.held(who, [r.pk for r in page.reports if r.codes or r.pap], door="export")
        value = queries.found_value(who, wanted.words) if wanted.words else None
        audit.record(by=who, verb="search" if wanted.words else "list", kind="report", count=len(page.reports))
    filters = list_filters(bodies)
    context = {
        "rows": [{"report": r, "too": too.get(r.pk, 0), "what": class_label(r.classes)} for r in page.reports],
        "page": page,
        "count": count,
        "held": held,
        "more": count > queries.COUNTED,
        "counted": queries.COUNTED,
        "filters": filters,
        "narrowed": any(query.get(f.name) for f in filters),
        "value": value,
        "value_kind": TYPES[value.type].label if value and value.type in TYPES else "",
        "bodies": _found_bodies(bodies, wanted.words),
        "search_words": wanted.words,
        "ask_for": wanted.words if request.viewer.may(*ASKERS) and _is_value(wanted.words) else "",
        "may_send": request.viewer.may(*SUBMITTERS),
        "default_sort": "" if wanted.words else listing.ORDERS[0],
    }
    return render(request, "exchange/reports.html", context)


def _lists(query: QueryDict) -> dict[str, list[str]]:
    return {key: [str(v) for v in values] for key, values in query.lists()}


def _is_value(words: str) -> bool:
    """Whether words look like a value, by their signs alone: one that is held looks no other than one that is not."""
    return any(sign.isdigit() or sign in "@./" for sign in words)


def _reference(words: str) -> UUID | None:
    try:
        return UUID(words) if len(words) == 36 else None
    except ValueError:
        return None


def class_label(classes: Sequence[str]) -> str:
    """What a report is first of all, in words; "" where it is not said."""
    if not classes:
        return ""
    cls, _sep, kind = classes[0].partition("/")
    return LABELS.get((cls, kind)) or LABELS.get((cls, ""), classes[0])


def _found_bodies(bodies: Sequence[Organisation], words: str) -> list[Organisation]:
    sought = words.casefold()
    return [b for b in bodies if len(sought) >= 3 and sought in b.name.casefold()][:5]


def list_filters(bodies: Sequence[Organisation]) -> list[Filter]:
    """The filters of the list of reports; a saved search is told in their words."""
    return [
        Filter("q", _("Words, or a value"), "text"),
        Filter("class", _("What happened"), "many", [Option(c.code, c.label) for c in CLASSES]),
        Filter("tlp", _("Handling"), "many", [Option(level, f"TLP:{level}") for level in TLP_ORDER]),
        Filter("country", _("Country of the victim"), "one", [Option(c, name) for c, name in countries()]),
        Filter("sector", _("Branch of the victim"), "one", [Option(c, name) for c, name in SHORT.items()]),
        Filter(
            "source",
            _("Who reported"),
            "one",
            [Option(kind.value, str(kind.label)) for kind in Organisation.Kind],
        ),
        Filter("organisation", _("Organisation"), "one", [Option(b.slug, b.name) for b in bodies]),
        Filter("own", _("Ours"), "one", [Option("1", _("Only what we reported"))]),
        Filter("kind", _("Kind"), "one", [Option(k.value, str(k.label)) for k in Report.Kind]),
        Filter("state", _("State"), "one", [Option(s.value, str(s.label)) for s in Report.State]),
        Filter("holds", _("Holds a value of type"), "one", _types()),
        Filter("since", _("Reported since"), "date"),
        Filter("until", _("Reported until"), "date"),
    ]


def _types() -> list[Option]:
    return sorted((Option(key, kind.label) for key, kind in TYPES.items()), key=lambda o: o.label.casefold())


@member
@require_safe
def search(request: ViewerRequest) -> HttpResponse:
    """The search box of every page leads to the list, searched."""
    query = QueryDict(mutable=True)
    query["q"] = request.GET.get("q", "")
    return redirect(f"{reverse('exchange:reports')}?{query.urlencode()}")


@member
@require_http_methods(["GET", "HEAD", "POST"])
def export(request: ViewerRequest) -> HttpResponseBase:
    """What is filtered (GET) or ticked (POST), as a STIX bundle, MISP events, a table, or a file for a court."""
    wanted_format = (request.POST if request.method == "POST" else request.GET).get("format", "")
    if wanted_format not in ("stix", "misp", "csv", "court"):
        raise Http404
    ids: list[int] | None
    with viewer(request.viewer) as who:
        if request.method == "POST":
            ids = queries.ids_of(who, _references(request.POST.getlist("report")))
        else:
            ids = _filtered(who, request.GET)
    if ids is not None and not ids:
        messages.warning(request, _("Nothing was chosen, so there is nothing to export. Tick reports first."))
        return redirect("exchange:reports")
    response = _file(request.viewer, wanted_format, ids)
    kept = exports.kept_back(request.viewer, ids, door=court.DOOR if wanted_format == "court" else "")
    return kept_back.told(request, response, kept)


def _file(who: Viewer, wanted_format: str, ids: list[int] | None) -> StreamingHttpResponse:
    if wanted_format == "court":
        return _download(court.court_file(who, ids), "application/zip", "zip")
    if wanted_format == "misp":
        return _download(misp_events(who, ids), "application/json", "misp.json")
    if wanted_format == "stix":
        return _download(exports.stix_bundle(who, ids), "application/stix+json;version=2.1", "json")
    return _download(exports.csv_table(who, ids), "text/csv; charset=utf-8", "csv")


def _filtered(who: Viewer, query: QueryDict) -> list[int] | None:
    asked = _lists(query)
    wanted = listing.wanted(asked)
    if wanted == listing.wanted({"sort": [wanted.order]}):
        return None
    return queries.report_ids(who, wanted, most=EXPORTED)


def _references(texts: Sequence[str]) -> list[UUID]:
    return [found for text in texts if (found := _reference(text)) is not None]


def _download(content: Any, media_type: str, extension: str) -> StreamingHttpResponse:
    response = StreamingHttpResponse(content, content_type=media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="hue-and-cry-reports.{extension}"'
    return response


@member
@require_safe
def one_object(request: ViewerRequest, reference: UUID, number: int) -> HttpResponse:
    """One object of a report, as the text received."""
    with viewer(request.viewer) as who:
        try:
            report = queries.report(who, reference)
            found = queries.one_object(who, report.pk, number)
        except (Report.DoesNotExist, Object.DoesNotExist):
            raise Http404 from None
        if recall.closed(who, report, door="page"):  # its restriction is to be read first, on the report's page
            return redirect("linkage:report", reference)
        deliveries.note_reports(by=who, channel="page", reports=[report.pk])
        audit.record(by=who, verb="read", kind="object", thing=found.pk)
    response = HttpResponse(found.text, content_type="text/plain; charset=utf-8")
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-store"
    return response
