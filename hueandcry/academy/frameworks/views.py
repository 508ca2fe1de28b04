"""Pages of frameworks: which there are, what each role wants, what shows a competence, what changed. HTTP only."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from hueandcry.academy.frameworks import actions, model, queries, shipped
from hueandcry.academy.frameworks.comparison import Comparison, compare
from hueandcry.academy.frameworks.forms import ImportForm
from hueandcry.academy.frameworks.model import ROLE, Element, Framework
from hueandcry.academy.models import FrameworkVersion
from hueandcry.members.access import member, role
from hueandcry.members.actions import Refused
from hueandcry.members.paging import chosen, words
from hueandcry.members.viewer import Viewer, viewer
from hueandcry.members.views import csv_file, who
from hueandcry.web.filters import Filter, Option

MOST_ROLES, MOST_CELLS = 30, 4_000  # beyond these a matrix is no longer read, and roles are listed
SHOWN = 200  # statements or changes on one page; the rest are counted, and in the CSV
CROSSED = ("nice", "2.0.0")  # what the crosswalk that we ship leads to


@require_safe
@member
def frameworks(request: HttpRequest) -> HttpResponse:
    """Which frameworks there are."""
    by = who(request)
    with viewer(by):
        rows = [(*row, queries.framework(by, row[0], row[1]).source) for row in queries.frameworks(by)]
    versions = Counter(row[0] for row in rows)
    lines = [(*row, versions[row[0]] > 1) for row in rows]
    return render(request, "academy/frameworks/frameworks.html", {"rows": lines, "may_import": by.may(*actions.ROLES)})


@role(*actions.ROLES)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Import a framework from a file of ours or of NIST's."""
    form = ImportForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            found = actions.load(by=who(request), content=form.cleaned_data["upload"])
        except Refused as refusal:
            form.add_error("upload", refusal.reason)
        else:
            messages.success(request, _("Imported. Every member can read it; this version never changes."))
            return redirect("academy:framework", found.code, found.version)
    return render(request, "academy/frameworks/import.html", {"form": form}, status=422 if form.errors else 200)


def _framework(by: Viewer, code: str, version: str = "") -> Framework:
    try:
        return queries.framework(by, code, version)
    except FrameworkVersion.DoesNotExist as error:
        raise Http404 from error


def _kind(kind: str) -> str:
    known = {
        ROLE: pgettext("of a framework", "role"), "competence": _("competence"), "task": _("task"),
        "knowledge": _("knowledge"), "skill": _("skill"), "area": _("area"), "category": _("category"),
        "occupation": _("occupation"),
    }  # fmt: skip
    return known.get(kind, kind)


def _group(found: Framework, group: str) -> str:
    return found.groups.get(group, group)


def _filters(found: Framework, *, big: bool) -> list[Filter]:
    roles = found.of_kind(ROLE)
    held = roles if big else found.of_kind(*model.HELD)
    areas = Counter(each.group for each in held if each.group)
    return [
        Filter("q", _("Words"), "text"),
        Filter("area", _("Area"), options=[Option(each, _group(found, each), n) for each, n in areas.items()]),
        Filter("role", _("Role"), options=[Option(each.code, each.called) for each in roles]),
    ]


def _fits(found: Framework, query: Any, *, big: bool) -> tuple[list[Element], list[Element]]:
    """The roles and what they want, narrowed; areas are those of roles where the framework is big."""
    areas, roles, asked = (set(chosen(query, "area")), set(chosen(query, "role")), words(query, "q").casefold().split())

    def says(each: Element) -> bool:
        text = f"{each.code} {each.title} {each.text}".casefold()
        return all(word in text for word in asked)

    kept = [each for each in found.of_kind(ROLE) if not roles or each.code in roles]
    held = [each for each in found.of_kind(*model.HELD) if says(each)]
    if big:
        return [each for each in kept if not areas or each.group in areas], held
    return kept, [each for each in held if not areas or each.group in areas]


def _is_big(found: Framework) -> bool:
    roles, held = len(found.of_kind(ROLE)), len(found.of_kind(*model.HELD))
    return roles > MOST_ROLES or roles * held > MOST_CELLS


def _grouped(found: Framework, elements: Iterable[Element]) -> dict[str, list[Element]]:
    made: dict[str, list[Element]] = {}
    for each in elements:
        made.setdefault(_group(found, each.group), []).append(each)
    return made


@require_safe
@member
def framework(request: HttpRequest, code: str, version: str) -> HttpResponse:
    """One framework: roles by competences, or its roles where that would be too much to read."""
    by = who(request)
    with viewer(by):
        found = _framework(by, code, version)
        versions = sum(row[0] == code for row in queries.frameworks(by))
    big = _is_big(found)
    roles, held = _fits(found, request.GET, big=big)
    filters = _filters(found, big=big)
    narrowed = any(request.GET.get(each.name) for each in filters)
    context: dict[str, Any] = {
        "framework": found, "filters": filters, "narrowed": narrowed, "big": big, "versions": versions,
        "roles": roles, "levels": any(relation.level for relation in found.relations),
        "number_held": len(found.of_kind(*model.HELD)), "number_roles": len(found.of_kind(ROLE)),
    }  # fmt: skip
    if big:
        context |= _listed(found, roles, held, asked=words(request.GET, "q"))
    else:
        wants = [found.wants(each.code) for each in roles]
        picked = bool(chosen(request.GET, "role"))
        held = [each for each in held if not picked or any(each.code in want for want in wants)]
        context |= {"count": len(held), "areas": [
            (area, [(each, [want.get(each.code) for want in wants]) for each in some])
            for area, some in _grouped(found, held).items()
        ]}  # fmt: skip
    return render(request, "academy/frameworks/framework.html", context)


def _listed(found: Framework, roles: list[Element], held: list[Element], *, asked: str) -> dict[str, Any]:
    """Roles with how much each wants; where words are asked for, of what holds these words, and what does."""
    fits = {each.code for each in held}
    counted = [(each, _group(found, each.group), sum(code in fits for code in found.wants(each.code)))
               for each in roles]  # fmt: skip
    lines = [line for line in counted if line[2] or not asked]
    wanting = Counter(code for each in roles for code in found.wants(each.code))
    statements = [(each, _kind(each.kind), wanting[each.code]) for each in held if wanting[each.code]] if asked else []
    return {"count": len(lines), "lines": lines, "asked": asked, "statements": statements[:SHOWN],
            "statements_number": len(statements)}  # fmt: skip


def _filename(*parts: str) -> str:
    return re.sub(r"[^\w.-]+", "-", "-".join(parts), flags=re.ASCII)[:100]


@require_safe
@member
def relations_csv(request: HttpRequest, code: str, version: str) -> HttpResponse:
    """The relations as a file: all of them, or what the filters leave of what roles want."""
    by = who(request)
    with viewer(by):
        found = _framework(by, code, version)
    rows = [(each.source, each.target, each.level) for each in found.relations]
    if any(request.GET.get(name) for name in ("q", "area", "role")):
        roles, held = _fits(found, request.GET, big=_is_big(found))
        sources, targets = {each.code for each in roles}, {each.code for each in held}
        rows = [row for row in rows if row[0] in sources and row[1] in targets]
    named = found.by_code
    lines = [
        (source, _called(named.get(source)), target, named[target].kind if target in named else "",
         _called(named.get(target)), level or "")
        for source, target, level in rows
    ]  # fmt: skip
    header = ("source", "source_title", "target", "target_kind", "target_title", "eqf_level")
    return csv_file(_filename(code, version, "relations"), header, lines)


def _called(each: Element | None) -> str:
    return each.called if each else ""


@require_safe
@member
def document(request: HttpRequest, code: str, version: str) -> HttpResponse:
    """The framework's document, as it is imported elsewhere."""
    by = who(request)
    with viewer(by):
        found = _framework(by, code, version)
    return HttpResponse(model.written(found), headers={
        "Content-Type": "application/json", "Cache-Control": "no-store",
        "Content-Disposition": f'attachment; filename="{_filename(code, version)}.json"',
    })  # fmt: skip


def _in(found: Framework, code: str, fits: Callable[[Element], bool]) -> Element:
    one = found.by_code.get(code)
    if one is None or not fits(one):
        raise Http404
    return one


@require_safe
@member
def role_page(request: HttpRequest, code: str, version: str, role: str) -> HttpResponse:
    """What a role wants; with ``?with=``, beside what another wants: a role of this framework, or ``code:role``."""
    by, other = who(request), words(request.GET, "with")
    with viewer(by):
        found = _framework(by, code, version)
        one = _in(found, role, lambda each: each.kind == ROLE)
        others = [found, *_newest(by, code)]
        there, beside = _named(by, found, other) if other else (found, None)
        tied = _tied(by, found, role)
    wants = found.wants(role)
    context = {
        "framework": found, "role": one, "category": _group(found, one.group), "number": len(wants),
        "areas": [
            (area, [(each, wants[each.code], each.shown.get(wants[each.code], ""),
                     [(level, text) for level, text in sorted(each.shown.items()) if level != wants[each.code]])
                    for each in some])
            for area, some in _grouped(found, (found.by_code[wanted] for wanted in wants)).items()
        ],
        "tied": tied,
        "choices": [(each, [(_asks(found, each, its), its) for its in each.of_kind(ROLE) if its is not one])
                    for each in others],
        "other": other,
    }  # fmt: skip
    if beside:
        made = compare(found, role, there, beside.code, shipped.crosswalk_to_nice() if _crossed(found, there) else ())
        context |= {"there": there, "beside": beside, "compared": _told(made, found, there),
                    "crossed": found.code != there.code, "value": _asks(found, there, beside)}  # fmt: skip
    return render(request, "academy/frameworks/role.html", context)


def _newest(by: Viewer, besides: str) -> list[Framework]:
    codes = dict.fromkeys(row[0] for row in queries.frameworks(by) if row[0] != besides)
    return [_framework(by, each) for each in codes]


def _asks(found: Framework, there: Framework, role: Element) -> str:
    return role.code if there is found else f"{there.code}:{role.code}"


def _named(by: Viewer, found: Framework, asked: str) -> tuple[Framework, Element]:
    """The framework and role that ``asked`` names. Raises Http404."""
    one = found.by_code.get(asked)
    if one and one.kind == ROLE:
        return found, one
    code, _colon, role = asked.partition(":")
    there = _framework(by, code)
    return there, _in(there, role, lambda each: each.kind == ROLE)


def _crossed(*both: Framework) -> bool:
    return {(each.code, each.version) for each in both} == {_own(), CROSSED}


def _own() -> tuple[str, str]:
    own = shipped.law_enforcement()
    return own.code, own.version


def _told(made: Comparison, here: Framework, there: Framework) -> dict[str, Any]:
    return {
        "both": [(here.by_code[each.here], there.by_code[each.there], each, _relation(each.relation))
                 for each in made.both],
        "only_here": [(here.by_code[code], level) for code, level in made.only_here.items()],
        "only_there": [(there.by_code[code], level) for code, level in made.only_there.items()],
    }  # fmt: skip


def _relation(word: str) -> str:
    """How one of ours answers to one of another framework, in words."""
    told = {
        "equal": _("the same"), "part": _("ours is part of it"), "whole": _("it is part of ours"),
        "near": _("near: they overlap, neither holds the other"),
    }  # fmt: skip
    return told.get(word, "")


def _other(by: Viewer, code: str, version: str) -> Framework | None:
    """The framework, where it is here."""
    try:
        return queries.framework(by, code, version)
    except FrameworkVersion.DoesNotExist:
        return None


def _tied(by: Viewer, found: Framework, code: str) -> list[dict[str, Any]]:
    """The lines of the crosswalk that name an element of this framework, whichever side it is on."""
    here = (found.code, found.version)
    if here not in (_own(), CROSSED):
        return []
    ours = here == _own()
    there = CROSSED if ours else _own()
    other = _other(by, *there)
    made = []
    for line in shipped.crosswalk_to_nice():
        mine, theirs = (line.own, line.other) if ours else (line.other, line.own)
        if mine == code:
            made.append({"line": line, "code": theirs, "framework": other, "name": there[0],
                         "element": other.by_code.get(theirs) if other else None,
                         "relation": _relation(line.relation)})  # fmt: skip
    return made


@require_safe
@member
def element(request: HttpRequest, code: str, version: str, element: str) -> HttpResponse:
    """One competence: what shows it at each level, who wants it, and what answers to it elsewhere."""
    by = who(request)
    with viewer(by):
        found = _framework(by, code, version)
        one = _in(found, element, lambda each: True)
        if one.kind == ROLE:
            return redirect("academy:framework-role", code, version, element)
        tied = _tied(by, found, element)
    roles = [(each, found.wants(each.code)[element]) for each in found.of_kind(ROLE) if element in
             found.wants(each.code)]  # fmt: skip
    wanting = {each.code for each, _level in roles}
    known = found.by_code
    context = {
        "framework": found, "element": one, "kind": _kind(one.kind), "group": _group(found, one.group), "tied": tied,
        "shown": [(level, text, [each for each, wanted in roles if wanted == level])
                  for level, text in sorted(one.shown.items())],
        "roles": sorted(roles, key=lambda pair: -pair[1]), "can_be_held": one.kind in model.HELD,
        "belongs": [known[each.source] for each in found.relations
                    if each.target == element and each.source in known and each.source not in wanting],
        "holds": [known[each.target] for each in found.relations if each.source == element and each.target in known],
    }  # fmt: skip
    return render(request, "academy/frameworks/element.html", context)


def _crosswalk(by: Viewer) -> list[dict[str, Any]]:
    ours, other = shipped.law_enforcement(), _other(by, *CROSSED)
    return [
        {"line": line, "own": ours.by_code[line.own], "other": other.by_code.get(line.other) if other else None,
         "relation": _relation(line.relation), "kind": _kind(ours.by_code[line.own].kind)}
        for line in shipped.crosswalk_to_nice()
    ]  # fmt: skip


@require_safe
@member
def crosswalk(request: HttpRequest) -> HttpResponse:
    """What of ours answers to what of NICE, how and why."""
    by = who(request)
    with viewer(by):
        lines, other = _crosswalk(by), _other(by, *CROSSED)
    context = {"lines": lines, "ours": shipped.law_enforcement(), "other": other, "crossed": CROSSED,
               "may_import": by.may(*actions.ROLES)}  # fmt: skip
    return render(request, "academy/frameworks/crosswalk.html", context)


@require_safe
@member
def crosswalk_csv(request: HttpRequest) -> HttpResponse:
    """The same, as a file."""
    by = who(request)
    with viewer(by):
        lines = _crosswalk(by)
    header = ("own", "own_title", "relation", "other_framework", "other_version", "other", "other_title", "reason")
    return csv_file("crosswalk", header, [
        (each["line"].own, each["own"].called, each["line"].relation, *CROSSED, each["line"].other,
         _called(each["other"]), each["line"].reason)
        for each in lines
    ])  # fmt: skip


def _said(what: str) -> str:
    told = {
        "added": _("added"), "removed": _("removed"), "reworded": _("reworded"), "asked": _("now wanted"),
        "no longer asked": _("no longer wanted"), "level": _("another level"),
    }  # fmt: skip
    return told.get(what, what)


def _changes(request: HttpRequest, code: str) -> tuple[list[str], str, str, list[model.Change]]:
    """The versions, the newest first; the two compared, "" where there are not two; what changed, narrowed."""
    by = who(request)
    with viewer(by):
        versions = [row[1] for row in queries.frameworks(by) if row[0] == code]
        if not versions:
            raise Http404
        new = words(request.GET, "to") or versions[0]
        if new not in versions:
            raise Http404
        old = words(request.GET, "from") or next(iter(versions[versions.index(new) + 1 :]), "")
        if not old:
            return versions, "", new, []
        if old not in versions:
            raise Http404
        found = model.differences(_framework(by, code, old), _framework(by, code, new))
    what = chosen(request.GET, "what")
    return versions, old, new, [each for each in found if not what or each.what in what]


@require_safe
@member
def changes(request: HttpRequest, code: str) -> HttpResponse:
    """What changed from one version to another."""
    versions, old, new, found = _changes(request, code)
    kinds = Counter(each.what for each in found)
    context = {
        "code": code, "versions": versions, "old": old, "new": new, "number": len(found), "most": SHOWN,
        "kinds": [(what, _said(what), n) for what, n in kinds.items()], "narrowed": chosen(request.GET, "what"),
        "lines": [(_said(each.what), each) for each in found[:SHOWN]],
    }  # fmt: skip
    return render(request, "academy/frameworks/changes.html", context)


@require_safe
@member
def changes_csv(request: HttpRequest, code: str) -> HttpResponse:
    """The same, as a file, all of it."""
    _versions, old, new, found = _changes(request, code)
    rows = [(each.what, each.code, each.before, each.after) for each in found]
    return csv_file(_filename(code, old, new, "changes"), ("what", "code", "before", "after"), rows)
