"""What the menu at the top offers somebody who is signed in: a context processor, without a query."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _


def menu(request: HttpRequest) -> dict[str, Any]:
    """``user_links`` for web/base.html."""
    person = getattr(request, "user", None)
    if person is None or not person.is_authenticated:
        return {"user_links": []}
    return {
        "user_links": [
            {"name": _("Your account"), "url": reverse("members:profile"), "icon": "user"},
            {"name": _("API tokens"), "url": reverse("members:tokens"), "icon": "webhook"},
            {"name": _("The agreement"), "url": reverse("members:agreement"), "icon": "scale"},
            {"name": _("What is recorded of you"), "url": reverse("members:audit_mine"), "icon": "clipboard-list"},
        ]
    }
