"""What the shell shows on every page: the desks that the viewer has a use for, and the viewer's organisation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from hueandcry.linkage.deconfliction.queries import takes_part
from hueandcry.members.viewer import identify

SENDERS = ("analyst", "reporter", "administrator", "integrator")
LAW_ENFORCEMENT = "/deconfliction/"  # shown to law-enforcement agencies alone

Name = Callable[[], str]
# (name, url, icon, roles that see it; empty: everybody who is signed in), in groups of one line of work
DESKS: tuple[tuple[Name, tuple[tuple[Name, str, str, tuple[str, ...]], ...]], ...] = (
    (lambda: "", ((lambda: _("Home"), "/", "home", ()),)),
    (
        lambda: _("Report"),
        (
            (lambda: _("Reports"), "/reports/", "file-text", ()),
            (
                lambda: _("Submissions"),
                "/submissions/",
                "inbox",
                ("analyst", "reporter", "administrator", "integrator"),
            ),
            (lambda: _("Alerts"), "/alerts/", "bell", (*SENDERS, "reader")),
            (lambda: _("Recalls"), "/recalls/", "rotate", ("analyst", "administrator", "dpo")),
        ),
    ),
    (
        lambda: _("Link"),
        (
            (lambda: _("Crimes"), "/crimes/", "layers-intersect", ("analyst", "administrator", "reader")),
            (lambda: _("Operations"), "/operations/", "hierarchy", ("analyst", "administrator", "reader")),
            (lambda: _("Hits"), "/hits/", "target", ("analyst", "administrator")),
            (lambda: _("Requests"), "/requests/", "hand-stop", ("analyst", "administrator", "reporter")),
            (lambda: _("Deconfliction"), LAW_ENFORCEMENT, "git-merge", ("analyst", "administrator")),
            (lambda: _("Case rooms"), "/rooms/", "users-group", ("analyst", "administrator", "reader")),
            (lambda: _("Forum"), "/forum/", "messages", ("analyst", "administrator", "reader")),
        ),
    ),
    (
        lambda: _("Understand"),
        (
            (lambda: _("Picture"), "/picture/", "chart-bar", ()),
            (lambda: _("Countries"), "/picture/countries/", "map", ()),
            (lambda: _("Signals"), "/picture/signals/", "trending-up", ()),
            (lambda: _("Releases"), "/picture/releases/", "book", ()),
        ),
    ),
    (
        lambda: _("Help"),
        (
            (lambda: _("Resources"), "/resources/", "books", ()),
            (lambda: _("Experts"), "/experts/", "id-badge", ("officer", "analyst", "administrator", "secretary")),
            (lambda: _("Assessments"), "/assessments/", "checklist", ()),
            (lambda: _("Treaties"), "/treaties/", "gavel", ()),
            (lambda: _("Channels"), "/channels/", "phone", ()),
            (lambda: _("Needs"), "/needs/", "scale", ()),
            (lambda: _("Gaps"), "/gaps/", "layout-dashboard", ()),
            (lambda: _("Priorities"), "/priorities/", "list-numbers", ()),
            (lambda: _("Clearing house"), "/clearing/", "heart-handshake", ()),
        ),
    ),
    (
        lambda: _("Fund"),
        ((lambda: _("Programmes"), "/programmes/", "briefcase", ()),),
    ),
    (
        lambda: _("Train"),
        (
            (lambda: _("Competences"), "/competences/", "certificate", ()),
            (lambda: _("Courses"), "/courses/", "school", ()),
            (lambda: _("Accreditation"), "/accreditation/", "award", ()),
            (lambda: _("Certification"), "/certification/", "id", ()),
            (lambda: _("Check a certificate"), "/verify/", "rosette-discount-check", ()),
        ),
    ),
    (
        lambda: _("Alliance"),
        (
            (lambda: _("Organisations"), "/organisations/", "building", ()),
            (lambda: _("Circles"), "/circles/", "circles", ()),
            (lambda: _("Connections"), "/connections/", "plug", ("administrator", "integrator")),
            (lambda: _("E-mail"), "/mail/", "mail", ("administrator",)),
            (lambda: _("Audit"), "/audit/", "shield-check", ("administrator", "dpo", "secretary")),
        ),
    ),
)


def desks(request: HttpRequest) -> dict[str, Any]:
    """``desks``, ``organisation`` and ``search_words`` for the shell; nothing for somebody who is not signed in."""
    person = getattr(request, "user", None)
    if person is None or not person.is_authenticated:
        return {"desks": []}
    who = getattr(request, "viewer", None) or identify(person.pk)
    here = max((url for _group, lines in DESKS for _name, url, _icon, _roles in lines if _under(request.path, url)),
               key=len, default="")  # fmt: skip
    shown = [
        {"group": group(), "name": name(), "url": url, "icon": icon, "current": url == here}
        for group, lines in DESKS
        for name, url, icon, roles in lines
        if who.vetted and (not roles or who.may(*roles)) and (url != LAW_ENFORCEMENT or takes_part(who.organisation))
    ]
    return {
        "desks": shown,
        "organisation": {"name": who.name, "country": who.country},
        "search_words": request.GET.get("q", "") if request.path == "/reports/" else "",
    }


def _under(path: str, url: str) -> bool:
    return path == url if url == "/" else path.startswith(url)
