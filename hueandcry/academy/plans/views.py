"""Pages of profiles: what of a role a person or a unit holds, and what not. HTTP only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hueandcry.academy.frameworks.model import Element, Framework
from hueandcry.academy.plans import answers, asking, queries
from hueandcry.academy.plans.answers import STATES, Profile
from hueandcry.academy.plans.forms import ME, Asked, ProfileForm
from hueandcry.academy.plans.profile import EXPIRING, HELD, MISSING, TOO_LOW
from hueandcry.academy.plans.unit import LEAST, Tally, for_others, tallies
from hueandcry.audit import actions as audit
from hueandcry.members.access import member, role
from hueandcry.members.viewer import viewer
from hueandcry.members.views import csv_file, who

home = role(*queries.HOME)


def _state(state: str) -> str:
    told = {HELD: _("held"), EXPIRING: _("about to expire"), TOO_LOW: _("at a lower level"), MISSING: _("missing")}
    return told[state]


def _bar(counts: dict[str, int]) -> list[dict[str, Any]]:
    """The parts of a bar of states: which, its word, how many, where it begins and how wide it is in percent."""
    total, made, before = sum(counts.values()) or 1, [], 0
    for state in STATES:
        count = counts[state]
        made.append({"key": state.replace(" ", "-"), "word": _state(state), "count": count,
                     "start": f"{100 * before / total:.3f}", "width": f"{100 * count / total:.3f}"})  # fmt: skip
        before += count
    return made


# Profile


@dataclass(frozen=True, slots=True)
class _Read:
    """A profile that was read: of whom, by name; against which role."""

    name: str
    own: bool
    found: Framework
    role: Element
    profile: Profile


def _profile(request: HttpRequest, verb: str) -> tuple[ProfileForm, _Read | None]:
    by = who(request)
    with viewer(by):
        people = queries.people(by)
        form = ProfileForm(
            request.GET, people=asking.whose_choices(by, people, unit=False), frameworks=asking.all_frameworks(by)
        )
        if not form.is_valid():
            return form, None
        given = form.cleaned_data
        found, one = form.roles[given["role"]]
        person = (by.person or 0) if given["whose"] == ME else int(given["whose"])
        counting = asking.counting_of(form)
        shown = queries.shown(by, [person], found.code, counting.today)[person]
        audit.record(by=by, verb=verb, kind="profile", thing=person)
    made = answers.profiled(found, one.code, shown, counting)
    return form, _Read(people.get(person, ""), person == by.person, found, one, made)


@require_safe
@member
def profile(request: HttpRequest) -> HttpResponse:
    """A person against a role: what is held, about to expire, at a lower level, missing."""
    form, read = _profile(request, "read")
    context = asking.shell(who(request), form)
    if read:
        counts = read.profile.counts
        state = request.GET.get("state", "")
        query = asking.address(form, "whose")
        lines = [each for each in read.profile.lines if state not in STATES or each.standing.state == state]
        context |= {
            "read": read, "counts": counts, "bar": _bar(counts), "query": query, "tabs": _tabs(query, state, counts),
            "number": len(read.profile.lines), "standing": counts[HELD] + counts[EXPIRING],
            "open": counts[TOO_LOW] + counts[MISSING] + counts[EXPIRING], "areas": _areas(read.found, lines),
            "shown": bool(read.profile.held),
        }  # fmt: skip
    return render(request, "academy/plans/profile.html", context, status=asking.status_of(form))


def _tabs(query: str, state: str, counts: dict[str, int]) -> list[dict[str, Any]]:
    """All competences, and those of each state."""
    found = [
        ("", _("All"), sum(counts.values())),
        *((each, _state(each).capitalize(), counts[each]) for each in STATES),
    ]
    return [
        {"label": label, "url": f"?{query}" + (f"&{urlencode({'state': each})}" if each else ""),
         "current": each == (state if state in STATES else ""), "count": count}
        for each, label, count in found
    ]  # fmt: skip


def _areas(found: Framework, lines: Iterable[answers.Line]) -> list[tuple[str, list[answers.Line]]]:
    made: dict[str, list[answers.Line]] = {}
    for each in lines:
        made.setdefault(found.groups.get(each.element.group, each.element.group), []).append(each)
    return list(made.items())


PROFILE = ("code", "competence", "state", "wanted", "held", "by", "title", "recognised", "last_day")


def _profile_rows(read: _Read) -> list[tuple[object, ...]]:
    return [
        (each.element.code, each.element.called, each.standing.state, each.standing.wanted.level or "",
         each.standing.by.level if each.standing.by else "", each.source.basis if each.source else "",
         each.source.title if each.source else "", each.source.recognised if each.source else "",
         each.standing.by.until or "" if each.standing.by else "")
        for each in read.profile.lines
    ]  # fmt: skip


@require_safe
@member
def profile_csv(request: HttpRequest) -> HttpResponse:
    """The same as a file, a line for each competence."""
    _form, read = _profile(request, "export")
    return csv_file("profile", PROFILE, _profile_rows(read)) if read else asking.back(request, "academy:profile")


@require_safe
@member
def profile_json(request: HttpRequest) -> HttpResponse:
    """The same as JSON, with what it is against."""
    form, read = _profile(request, "export")
    if read is None:
        return asking.back(request, "academy:profile")
    told = {
        "person": read.name, "framework": read.found.code, "version": read.found.version, "role": read.role.code,
        "title": read.role.called, "day": asking.this_day(), "within_days": form.cleaned_data["within"],
        "counts": form.cleaned_data["counts"],
        "competences": [dict(zip(PROFILE, (value if value != "" else None for value in row), strict=True))
                        for row in _profile_rows(read)],
    }  # fmt: skip
    headers = {"Content-Disposition": 'attachment; filename="profile.json"', "Cache-Control": "no-store"}
    return JsonResponse(told, headers=headers)


# Unit


@dataclass(frozen=True, slots=True)
class _Unit:
    """A unit that was read: its people by name, each with a profile."""

    people: dict[int, str]
    found: Framework
    role: Element
    profiles: dict[int, Profile]
    tallied: list[Tally]


def _unit(request: HttpRequest, verb: str) -> tuple[Asked, _Unit | None]:
    by = who(request)
    with viewer(by):
        form = Asked(request.GET, frameworks=asking.all_frameworks(by))
        if not form.is_valid():
            return form, None
        people = queries.people(by)
        found, one = form.roles[form.cleaned_data["role"]]
        counting = asking.counting_of(form)
        shown = queries.shown(by, people, found.code, counting.today)
        audit.record(by=by, verb=verb, kind="profile", thing=f"unit {by.organisation}", count=len(people))
    profiles = {person: answers.profiled(found, one.code, rows, counting) for person, rows in shown.items()}
    return form, _Unit(people, found, one, profiles, tallies(each.standings for each in profiles.values()))


def _counts(tally: Tally) -> dict[str, int]:
    return dict(zip(STATES, (tally.held, tally.expiring, tally.too_low, tally.missing), strict=True))


@require_safe
@home
def unit(request: HttpRequest) -> HttpResponse:
    """The people of one's organisation against a role: how many hold each competence, and who."""
    by = who(request)
    form, read = _unit(request, "read")
    context = asking.shell(by, form)
    if read:
        query, lines = asking.address(form), [(read.found.by_code[each.wanted.competence], each, _bar(_counts(each)))
                                      for each in read.tallied]  # fmt: skip
        people = sorted(((person, read.people[person], each.counts) for person, each in read.profiles.items()),
                        key=lambda row: (-row[2][HELD] - row[2][EXPIRING], row[1]))  # fmt: skip
        total = Counter[str]()
        for _person, _name, counts in people:
            total.update(counts)
        context |= {
            "read": read, "query": query, "lines": lines, "number": len(read.profiles), "competences": len(lines),
            "people": [(ME if person == by.person else person, name, counts[HELD] + counts[EXPIRING], counts,
                        _bar(counts)) for person, name, counts in people],
            "nobody": sum(not each.holding for each in read.tallied),
            "alone": sum(each.holding == 1 for each in read.tallied),
            "whole": sum(len(lines) == counts[HELD] + counts[EXPIRING] for _person, _name, counts in people),
            "expiring": sum(each.expiring > 0 for each in read.tallied),
            "bar": _bar({state: total[state] for state in STATES}), "least": LEAST,
        }  # fmt: skip
    return render(request, "academy/plans/unit.html", context, status=asking.status_of(form))


@require_safe
@home
def unit_csv(request: HttpRequest) -> HttpResponse:
    """The same as a file for oneself: exact counts."""
    _form, read = _unit(request, "export")
    if read is None:
        return asking.back(request, "academy:unit")
    header = ("code", "competence", "wanted", "people", "held", "about_to_expire", "at_a_lower_level", "missing")
    return csv_file("unit", header, [
        (each.wanted.competence, read.found.by_code[each.wanted.competence].called, each.wanted.level or "",
         each.people, each.held, each.expiring, each.too_low, each.missing)
        for each in read.tallied
    ])  # fmt: skip


@require_safe
@home
def unit_others_csv(request: HttpRequest) -> HttpResponse:
    """The same to be given to others: no count from one to four, nor one from which such a count follows."""
    _form, read = _unit(request, "export")
    if read is None:
        return asking.back(request, "academy:unit")
    hidden = _("hidden")
    rows = []
    for each in read.tallied:
        told = for_others(each) or (hidden, hidden)
        rows.append((each.wanted.competence, read.found.by_code[each.wanted.competence].called,
                     each.wanted.level or "", *told))  # fmt: skip
    return csv_file("unit-for-others", ("code", "competence", "wanted", "hold_it", "do_not"), rows)
