"""Pages of the picture's reference: exchange rates, denominators, regions, and the legal crosswalk."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from hueandcry.audit import actions as audit
from hueandcry.exchange.regions import name_of
from hueandcry.exchange.sectors import SHORT
from hueandcry.exchange.table import defuse
from hueandcry.members.access import ViewerRequest, member, public, secretariat
from hueandcry.members.actions import Refused
from hueandcry.members.paging import page
from hueandcry.members.viewer import Viewer, viewer
from hueandcry.members.views import who
from hueandcry.picture.models import Denominator
from hueandcry.picture.reference import actions, crosswalk, export, queries, regions, shown
from hueandcry.picture.reference.csv_file import BadFile
from hueandcry.picture.reference.forms import LoadForm
from hueandcry.web.countries import country_name
from hueandcry.web.filters import Filter, Option

FILES: dict[str, tuple[str, Callable[[str], str]]] = {
    "csv": ("text/csv; charset=utf-8", export.as_csv),
    "json": ("application/json", export.as_json),
    "ttl": ("text/turtle; charset=utf-8", export.as_turtle),
}
DENOMINATOR_ORDERS = {"country": "country", "year": "year", "value": "value", "kind": "kind", "sector": "sector"}


def _tabs(current: str) -> list[dict[str, Any]]:
    labels = {
        "reference": _("Overview"), "rates": _("Exchange rates"), "denominators": _("Denominators"),
        "crosswalk": _("Legal crosswalk"), "regions": _("Regions"),
    }  # fmt: skip
    return [{"label": label, "url": reverse(f"picture:{n}"), "current": n == current} for n, label in labels.items()]


def _in_office(by: Viewer) -> bool:
    return by.secretariat and by.may("secretary", "administrator")


@member
@require_safe
def reference(request: ViewerRequest) -> HttpResponse:
    """What the picture stands on beside reports, and how much of it is loaded."""
    with viewer(request.viewer) as by:
        rates, denominators = queries.loaded_rates(), queries.loaded_denominators()
        audit.record(by=by, verb="read", kind="picture reference")
    context = {
        "tabs": _tabs("reference"), "rates": rates, "denominators": denominators,
        "version": crosswalk.versions()[-1], "lines": len(crosswalk.lines()), "laws": len(crosswalk.laws()),
        "regions": len(regions.REGIONS), "office": _in_office(request.viewer),
    }  # fmt: skip
    return render(request, "picture/reference/reference.html", context)


@member
@require_safe
def rates(request: ViewerRequest) -> HttpResponse:
    """The currencies that rates are loaded for; of one of them, each day. ``format=csv`` for the table."""
    currency = request.GET.get("currency", "")[:3]
    with viewer(request.viewer) as by:
        held = queries.currencies()
        if request.GET.get("format") == "csv":
            rows = queries.rates(currency).order_by("currency", "day")
            made = [(r.currency, r.day, f"{r.per_euro.normalize():f}", r.source) for r in rows.iterator()]
            audit.record(by=by, verb="export", kind="picture rates", count=len(made))
            return _csv("exchange-rates", ("currency", "day", "per_euro", "source"), made)
        days = page(queries.rates(currency), request.GET, {"day": "day"}, "-day") if currency else None
        audit.record(by=by, verb="list", kind="picture rates", count=len(held))
    options = [Option(c.currency, shown.currency_label(c.currency)) for c in held]
    context = {
        "tabs": _tabs("rates"), "currencies": held, "days": days, "currency": currency,
        "filters": [Filter("currency", _("Currency"), "one", options)], "form": LoadForm(),
        "office": _in_office(request.viewer),
    }  # fmt: skip
    return render(request, "picture/reference/rates.html", context)


@member
@require_safe
def denominators(request: ViewerRequest) -> HttpResponse:
    """Inhabitants and enterprises by country and year, with who counted. ``format=csv`` for the table."""
    asked = {name: request.GET.get(name, "")[:20] for name in ("kind", "country", "year")}
    with viewer(request.viewer) as by:
        found = queries.denominators(**asked)
        if request.GET.get("format") == "csv":
            names = ("kind", "country", "sector", "size", "year", "value", "source")
            made = list(found.order_by(*names[:5]).values_list(*names))
            audit.record(by=by, verb="export", kind="picture denominators", count=len(made))
            return _csv("denominators", names, made)
        rows = page(found, request.GET, DENOMINATOR_ORDERS, "country")
        total = found.count()
        countries, years = queries.countries_and_years()
        audit.record(by=by, verb="list", kind="picture denominators", count=total)
    kinds = [Option(value, str(label)) for value, label in Denominator.Kind.choices]
    named = sorted((Option(code, country_name(code)) for code in countries), key=lambda option: option.label)
    filters = [
        Filter("kind", _("Of what"), "one", kinds),
        Filter("country", _("Country"), "one", named),
        Filter("year", _("Year"), "one", [Option(str(year), str(year)) for year in years]),
    ]
    context = {
        "tabs": _tabs("denominators"), "page": rows, "total": total, "filters": filters, "sectors": SHORT,
        "any": bool(countries), "form": LoadForm(), "office": _in_office(request.viewer),
        "rows": [(row, SHORT.get(row.sector, row.sector)) for row in rows.rows],
    }  # fmt: skip
    return render(request, "picture/reference/denominators.html", context)


@secretariat
@require_POST
def load(request: HttpRequest, kind: str) -> HttpResponse:
    """Load a file, or check it only; the page says what became of it."""
    if kind not in actions.KINDS:
        raise Http404
    form = LoadForm(request.POST, request.FILES)
    if not form.is_valid():
        messages.error(request, " ".join(str(told) for errors in form.errors.values() for told in errors))
        return redirect(f"picture:{kind}")
    dry_run = request.POST.get("act") == "check"
    try:
        done = actions.load(
            by=who(request), kind=kind, raw=form.cleaned_data["file"].read(), source=form.cleaned_data["source"],
            dry_run=dry_run,
        )  # fmt: skip
    except (BadFile, Refused) as error:
        messages.error(request, _("Nothing of the file was taken."))
        for problem in error.problems if isinstance(error, BadFile) else (error.reason,):
            messages.error(request, problem)
        return redirect(f"picture:{kind}")
    messages.success(request, _became(done))
    for reason, count in sorted(done.passed.items()):
        messages.info(request, _("Passed over: %(count)s (%(reason)s).") % {"count": count, "reason": reason})
    return redirect(f"picture:{kind}")


def _became(done: actions.Loaded) -> str:
    told = {"read": done.read, "new": done.new, "changed": done.changed, "same": done.same}
    told |= {"first": done.first, "last": done.last}  # type: ignore[dict-item]
    if done.dry_run:
        return ngettext(
            "Nothing is wrong: %(read)d figure, %(first)s to %(last)s; %(new)d would be new, %(changed)d changed.",
            "Nothing is wrong: %(read)d figures, %(first)s to %(last)s; %(new)d would be new, %(changed)d changed.",
            done.read,
        ) % told  # fmt: skip
    return ngettext(
        "%(read)d figure is loaded, %(first)s to %(last)s: %(new)d new, %(changed)d changed, %(same)d as before.",
        "%(read)d figures are loaded, %(first)s to %(last)s: %(new)d new, %(changed)d changed, %(same)d as before.",
        done.read,
    ) % told + " " + _("The next freeze counts with them.")  # fmt: skip


@member
@require_safe
def crosswalk_page(request: ViewerRequest) -> HttpResponse:
    """The legal crosswalk, from offence to types or from type to offences, with reasons; searched and filtered."""
    way = "type" if request.GET.get("way") == "type" else "offence"
    words, law = request.GET.get("q", "")[:100], request.GET.get("of", "")
    laws = crosswalk.laws()
    filters = [
        Filter("q", _("Words"), "text", help=_("In titles, types and reasons.")),
        Filter("of", _("Law"), "one", [Option(key, each.short) for key, each in laws.items()]),
        Filter("relation", _("Relation"), "one", [Option(r, shown.relation(r).label) for r in crosswalk.RELATIONS]),
    ]
    lines = shown.matching(words, law, request.GET.get("relation", ""))
    context = {
        "tabs": _tabs("crosswalk"), "way": way, "filters": filters, "version": crosswalk.versions()[-1],
        "groups": shown.by_type(lines) if way == "type" else shown.by_offence(lines), "count": len(lines),
        "laws": laws.values(), "relations": [shown.relation(r) for r in crosswalk.RELATIONS],
        "versions": crosswalk.versions(), "unreached": shown.unreached(),
    }  # fmt: skip
    return render(request, "picture/reference/crosswalk.html", context)


@public
@require_safe
def crosswalk_file(request: HttpRequest, form: str) -> HttpResponse:
    """The crosswalk as a file: csv, json or ttl; of an earlier version with ``version=``. It tells of laws alone."""
    if form not in FILES:
        raise Http404
    media, write = FILES[form]
    try:
        text = write(request.GET.get("version", ""))
    except ValueError:
        raise Http404 from None
    response = HttpResponse(text, content_type=media)
    response["Content-Disposition"] = (
        f'attachment; filename="legal-crosswalk-{crosswalk.versions()[-1].version}.{form}"'
    )
    return response


@member
@require_safe
def regions_page(request: ViewerRequest) -> HttpResponse:
    """The regions and groups that the picture can be asked for, with their countries, source and day."""
    rows = [(region, sorted(name_of(code) for code in region.countries)) for region in regions.REGIONS.values()]
    return render(request, "picture/reference/regions.html", {"tabs": _tabs("regions"), "rows": rows})


def _csv(name: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    out = csv.writer(response)
    out.writerow(header)
    for row in rows:
        out.writerow([defuse(str(cell)) for cell in row])
    return response
