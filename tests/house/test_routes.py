"""Every address states who may come in, or stands in a short list with the reason."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

# Addresses without a rule of ours, each with the reason
EXCUSED = {
    "account/": "django-allauth: signing in and out, password, TOTP; its own views decide who is signed in",
    "api/v1/": "django-ninja: each operation states its rule, see test_each_operation_states_its_rule",
    "robots.txt": "the same for everybody, and `web` imports no desk, not even the one with the rules",
    "style/": "the style guide: made-up content, the same for everybody; `web` imports no desk",
}


def routes(resolver: Any, before: str = "") -> Iterator[tuple[str, Any]]:
    for pattern in resolver.url_patterns:
        path = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern, path)
        else:
            assert isinstance(pattern, URLPattern)
            yield path, pattern.callback


def test_each_address_states_its_rule() -> None:
    found = list(routes(get_resolver()))
    bare = [path for path, view in found if not getattr(view, "access", "") and not path.startswith(tuple(EXCUSED))]
    assert bare == []
    assert len(found) > 60
    assert all(any(path.startswith(start) for path, _ in found) for start in EXCUSED), "a reason without an address"


def test_allauths_addresses_are_allauths() -> None:
    """Nothing of ours hides among the addresses that are excused; what ours replaces states its rule."""
    for path, view in routes(get_resolver()):
        if path.startswith("account/") and not getattr(view, "access", ""):
            assert view.__module__.startswith("allauth."), path


def test_each_operation_states_its_rule() -> None:
    from hueandcry.exchange.rest.api import api

    found = {}
    for prefix, router in api._routers:
        for path, view in router.path_operations.items():
            for operation in view.operations:
                found[prefix + path] = [getattr(rule, "access", "") for rule in operation.auth_callbacks]
    assert len(found) >= 5
    assert {path: rules for path, rules in found.items() if not rules or not all(rules)} == {}
    # What else ninja answers to: its description, with no page of scripts from elsewhere
    others = {path for path, _view in routes(get_resolver()) if path.startswith("api/v1/")} - {
        "api/v1" + path for path in found
    }
    assert {path.removeprefix("api/v1/") for path in others} <= {
        "openapi.json",
        "",
        "<path:rest>",
        *_as_patterns(found),
    }


def _as_patterns(paths: Any) -> set[str]:
    return {path.lstrip("/").replace("{", "<").replace("}", ">") for path in paths}
