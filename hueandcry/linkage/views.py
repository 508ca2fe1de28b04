"""The page of one report: what it says, what it shares with others, how it may be treated, what became of it.

It stands in this desk because it needs both the report and its links; what can be done with it is the exchange's.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from hueandcry.audit import actions as audit
from hueandcry.chain import queries as things
from hueandcry.exchange import actions as exchange
from hueandcry.exchange import actions_report, sightings
from hueandcry.exchange import queries as reports
from hueandcry.exchange.classification import LABELS, TYPES, Classification, classify
from hueandcry.exchange.handling import CODES, INFORMATION_GRADES, SOURCE_GRADES
from hueandcry.exchange.hits import actions as hits
from hueandcry.exchange.models import Report
from hueandcry.exchange.outcomes import queries as outcomes
from hueandcry.exchange.recall import deliveries
from hueandcry.exchange.recall import queries as recall
from hueandcry.exchange.recall.actions_permission import digest
from hueandcry.exchange.sectors import SECTIONS
from hueandcry.linkage import queries, words
from hueandcry.linkage.analysis.words import class_words, type_words
from hueandcry.linkage.crimes import queries as crimes
from hueandcry.linkage.crimes.shown import CrimeLine
from hueandcry.members.access import ViewerRequest, member
from hueandcry.members.models import ALLIANCE, EVERYONE
from hueandcry.members.viewer import Viewer, viewer

VALUES, MANY_VALUES = 100, 2_000  # values shown at first, and where all are asked for
LINKS = 50
ACCOUNT = 20_000  # characters of an account shown; the rest stands in the object

Part = Callable[[Viewer, Report, ViewerRequest], dict[str, Any]]


@member
@require_safe
def report(request: ViewerRequest, reference: UUID) -> HttpResponse:
    """One report. What the viewer may not see and what is not there answer alike."""
    with viewer(request.viewer) as who:
        try:
            found = reports.report(who, reference)
        except Report.DoesNotExist:
            raise Http404 from None
        standing = recall.standing(who, found)
        if standing.unread:
            audit.record(by=who, verb="read", kind="report", thing=found.pk, detail={"part": "restriction"})
            shown = {"report": found, "read": digest(found.restriction)}
            return render(request, "exchange/recall/restriction.html", shown)
        deliveries.note_reports(by=who, channel="page", reports=[found.pk])
        part = request.GET.get("part", "values")
        part = part if part in PARTS else "values"
        summary = queries.summary(who, found.pk)
        crime = crimes.of_report(who, found.pk)
        context = {
            "crime": crime,
            "crime_size": crime.size - 1 if crime else 0,
            "crime_others": crimes.others(who, crime.id) if crime else None,
            "report": found,
            "part": part,
            "own": found.organisation_id == who.organisation,
            "may_change": found.organisation_id == who.organisation and who.may(*exchange.SUBMITTERS),
            "may_ask": who.may(*hits.ROLES),
            "may_send": who.may(*exchange.SUBMITTERS),
            "standing": standing,
            "outcomes": outcomes.of(who, found.pk),
            "may_say": outcomes.may_say(who),
            "summary": summary,
            "others": queries.others(who, found.pk),
            "seen": sightings.summary(who, found),
            "tabs": _tabs(part, queries.values_count(who, found.pk), summary.reports, found.objects_count),
            "what": class_words(found.classes[0]) if found.classes else "",
            **_chain(who, found, summary, crime),
            **PARTS[part](who, found, request),
        }
        audit.record(by=who, verb="read", kind="report", thing=found.pk, detail={"part": part})
    return render(request, "linkage/report.html", context)


def _tabs(part: str, values: int, links: int, objects: int) -> list[dict[str, Any]]:
    named = (
        ("values", _("Observables"), values),
        ("links", _("Links"), links),
        ("account", _("Account"), None),
        ("classes", _("Classification"), None),
        ("objects", _("Objects"), objects),
        ("handling", _("Handling"), None),
        ("log", _("History"), None),
    )
    return [{"label": label, "url": f"?part={key}", "current": key == part, "count": n} for key, label, n in named]


def _chain(who: Viewer, found: Report, summary: queries.Summary, crime: CrimeLine | None) -> dict[str, Any]:
    before: list[dict[str, str]] = []
    submission = reports.submission_of(who, found)
    if submission is not None:
        url = reverse("exchange:submission", args=[submission.reference])
        text = submission.filename or _("The form filled in")
        before.append({"kind": _("Submission"), "text": text, "url": url, "icon": "file"})
    before += [_link(_("Takes the place of"), old, "history") for old in reports.superseded(who, found.pk)]
    after: list[dict[str, str]] = []
    if found.superseded_by is not None:
        after.append(_link(_("Replaced by"), found.superseded_by, "arrow-right"))
    if summary.reports:
        text = ngettext("%(n)s report", "%(n)s reports", summary.reports) % {"n": summary.reports}
        after.append({"kind": _("Linked"), "text": text, "url": "?part=links", "icon": "link"})
    if crime is not None:
        url = reverse("linkage:crime", args=[crime.reference])
        after.append({"kind": _("Crime"), "text": crime.title, "url": url, "icon": "layers-intersect"})
    return things.joined(who, "report", found.reference, {"before": before, "after": after})


def _link(kind: str, other: Report, icon: str) -> dict[str, str]:
    return {"kind": kind, "text": other.title, "url": reverse("linkage:report", args=[other.reference]), "icon": icon}


# The parts of the page, each with what it alone needs


def _values(who: Viewer, found: Report, request: ViewerRequest) -> dict[str, Any]:
    most = MANY_VALUES if request.GET.get("all") else VALUES
    rows = queries.shared_values(who, found.pk, most=most)
    shown = [
        {
            "value": row,
            "kind": _value_kind(row.type, row.claimed),
            "telling": words.telling(row.type, row.weight, row.reports, row.warnings, row.capped),
        }
        for row in rows
    ]
    return {"values": shown, "most": MANY_VALUES, "plain": "\n".join(row.value for row in rows)}


def _value_kind(kind: str, claimed: str) -> str:
    if not claimed:
        return type_words(kind)
    return _("%(label)s (said to be: %(claimed)s)") % {"label": type_words(kind), "claimed": type_words(claimed)}


def _links(who: Viewer, found: Report, request: ViewerRequest) -> dict[str, Any]:
    return {
        "links": [
            {"other": each, "what": class_words(each.main_class) if each.main_class else "", "best": _best(each.best)}
            for each in queries.neighbours(who, found.pk, most=LINKS)
        ],
        "links_most": LINKS,
    }


def _best(best: list[str]) -> list[tuple[str, str]]:
    pairs = (entry.partition(" ")[::2] for entry in best)
    return [(_value_kind(kind, ""), value) for kind, value in pairs]


def _account(who: Viewer, found: Report, request: ViewerRequest) -> dict[str, Any]:
    return {
        "account": found.account[:ACCOUNT],
        "cut": len(found.account) > ACCOUNT,
        "sector": SECTIONS.get(found.victim_sector, ""),
    }


def _classes(who: Viewer, found: Report, request: ViewerRequest) -> dict[str, Any]:
    known = {(t.cls, t.code): t.sentence for t in TYPES}
    given = classify(found.labels, found.techniques, found.title)
    return {
        "classes": [
            {"label": class_words(code), "under": _under(code), "sentence": known.get(_pair(code), "")}
            for code in found.classes
        ],
        "reasons": [
            {"reason": r, "classes": [class_words("/".join(filter(None, c))) for c in r.classes]} for r in given.reasons
        ],
        "unknown": _unread(found, given),
    }


def _pair(code: str) -> tuple[str, str]:
    cls, _sep, kind = code.partition("/")
    return cls, kind


def _under(code: str) -> str:
    return LABELS.get((code.partition("/")[0], ""), "") if "/" in code else ""


def _unread(found: Report, given: Classification) -> list[str]:
    """The sender's own labels that lead to no class; they stand beside it all the same."""
    told = {r.label for r in given.reasons if r.classes}
    return [label for label in found.labels if label not in told]


def _objects(who: Viewer, found: Report, request: ViewerRequest) -> dict[str, Any]:
    after = request.GET.get("after", "")
    start = int(after) if after.isdecimal() and len(after) < 19 else 0
    rows, following = reports.objects_page(who, found.pk, after=start)
    return {"objects": rows, "next": following, "kinds": reports.object_kinds(who, found.pk)}


def _handling(who: Viewer, found: Report, request: ViewerRequest) -> dict[str, Any]:
    """All of it; but to whom else it goes is its owner's to know."""
    own = found.organisation_id == who.organisation
    handling = actions_report.handling_of(found)
    shown: dict[str, Any] = {
        "codes": [(code, CODES[code]) for code in found.codes if code in CODES],
        "source_words": SOURCE_GRADES.get(found.source_grade, ""),
        "information_words": INFORMATION_GRADES.get(found.information_grade, ""),
    }
    if own:
        return shown | {"sight": reports.sight(who, handling), "grants": reports.grants(who, found.pk)}
    through = [p for p in found.recipients if p in who.principals]
    wide = [p for p in (EVERYONE, ALLIANCE) if p in through]
    return shown | {"through": reports.recipients(who, wide or through)}


def _log(who: Viewer, found: Report, request: ViewerRequest) -> dict[str, Any]:
    return {"steps": [{"step": s, "before": _before(s.revision.before)} for s in reports.history(who, found.pk)]}


# Fields of a revision that say who else is in the know; and those that are numbers of ours.
_UNSAID = frozenset({"recipients", "superseded_by_id"})


def _before(before: dict[str, Any]) -> list[tuple[str, str]]:
    return [(_field_words(name), _said(value)) for name, value in before.items() if name not in _UNSAID]


def _field_words(name: str) -> str:
    fields = {
        "title": _("Title"),
        "account": _("What happened"),
        "classes": _("Classes"),
        "labels": _("The sender's labels"),
        "techniques": _("Techniques"),
        "occurred_from": _("Began"),
        "occurred_to": _("Ended"),
        "victim_countries": _("Countries of the victims"),
        "victim_sector": _("Branch of the victim"),
        "victim_size": _("Size of the victim"),
        "victim_area": _("Postal area of the victim"),
        "victim_reference": _("Shared reference"),
        "loss_amount": _("Money lost"),
        "loss_currency": _("Currency"),
        "state": _("State"),
        "tlp": _("TLP"),
        "pap": _("PAP"),
        "codes": _("Handling codes"),
        "source_grade": _("Source"),
        "information_grade": _("Information"),
        "discoverability": _("When others hold the same"),
        "purpose": _("Purposes"),
        "legal_basis": _("Legal basis"),
        "review_on": _("Review on"),
        "restriction": _("Restriction"),
    }
    return fields.get(name, name)


def _said(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "–"
    return str(value)[:2_000] if value not in (None, "") else "–"


PARTS: dict[str, Part] = {
    "values": _values,
    "links": _links,
    "account": _account,
    "classes": _classes,
    "objects": _objects,
    "handling": _handling,
    "log": _log,
}
