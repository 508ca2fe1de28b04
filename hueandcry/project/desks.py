"""What the shell shows on every page: the desks, the viewer's organisation, the links of the user menu."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

# (name, url, icon, roles that see it; empty: everybody who is signed in)
DESKS: tuple[tuple[Callable[[], str], str, str, tuple[str, ...]], ...] = (
    (lambda: _("Home"), "/", "home", ()),
    (lambda: _("Reports"), "/reports/", "file-text", ()),
    (lambda: _("Submissions"), "/submissions/", "inbox", ("analyst", "reporter", "administrator", "integrator")),
    (lambda: _("Picture"), "/picture/", "chart-bar", ()),
    (lambda: _("Organisations"), "/organisations/", "building", ()),
    (lambda: _("Circles"), "/circles/", "circles", ()),
    (lambda: _("Audit"), "/audit/", "shield-check", ("administrator", "dpo", "secretary")),
)


def desks(request: HttpRequest) -> dict[str, Any]:
    """``desks``, ``organisation`` and ``user_links`` for the shell; nothing for somebody who is not signed in."""
    person = getattr(request, "user", None)
    if person is None or not person.is_authenticated:
        return {"desks": []}
    shown = [
        {"name": name(), "url": url, "icon": icon, "current": _current(request.path, url)}
        for name, url, icon, roles in DESKS
        if not roles or set(roles) & set(person.roles)
    ]
    return {
        "desks": shown,
        "organisation": getattr(request, "organisation", None),
        "user_links": [
            {"name": _("Profile"), "url": "/account/profile/", "icon": "user"},
            {"name": _("API tokens"), "url": "/tokens/", "icon": "key"},
        ],
        "search_words": request.GET.get("q", "") if request.path == "/reports/" else "",
    }


def _current(path: str, url: str) -> bool:
    return path == url if url == "/" else path.startswith(url)
