"""REST v1: its routers, its errors, its description. For programs: bearer tokens, JSON, one shape of error."""

from __future__ import annotations

from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern
from ninja import NinjaAPI
from ninja.renderers import BaseRenderer

from hueandcry.exchange.hits import api as hits
from hueandcry.exchange.rest import actions, acts, description, directory, errors, files, guard, submissions, told
from hueandcry.exchange.rest import sightings as seen


class Renderer(BaseRenderer):
    """JSON by orjson: dates, UUIDs and decimals as strings."""

    media_type = "application/json"

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> bytes:
        return orjson.dumps(data, default=str)


class Api(NinjaAPI):
    """ninja's API with a completed description, and a door around every view."""

    def get_openapi_schema(self, *args: Any, **kwargs: Any) -> Any:
        """The description; see description.py."""
        return description.complete(super().get_openapi_schema(*args, **kwargs), self.scopes())

    def scopes(self) -> dict[str, str]:
        """The scope of each operation by its id."""
        found = {}
        for router in self._get_bound_routers():
            for view in router.path_operations.values():
                for operation in view.operations:
                    rules = [getattr(rule, "access", "") for rule in operation.auth_callbacks]
                    name = operation.operation_id or self.get_openapi_operation_id(operation)
                    found[name] = "".join(rules).removeprefix("token: ")
        return found

    def get_openapi_operation_id(self, operation: Any) -> str:
        """The function's name: short names for clients that are made out of the description."""
        return str(operation.view_func.__name__)

    def _get_urls(self) -> list[Any]:
        found, parameters = super()._get_urls(), self._parameters()
        for pattern in found:
            if isinstance(pattern, URLPattern):
                pattern.callback = guard.door(pattern.callback, parameters.get(pattern.name or "", {}))
        return found

    def _parameters(self) -> dict[str, guard.Parameters]:
        """What each address takes behind its question mark, by the names of its operations."""
        found: dict[str, guard.Parameters] = {}
        for router in self._get_bound_routers():
            for view in router.path_operations.values():
                taken = {method: _named(operation) for operation in view.operations for method in operation.methods}
                found |= {self.get_operation_url_name(one, router.template): taken for one in view.operations}
        return found


def _named(operation: Any) -> frozenset[str]:
    of_query = [model for model in operation.models if model.__ninja_param_source__ == "query"]
    return frozenset(name for model in of_query for name in model.__ninja_flatten_map__)


api = Api(
    title="Hue & Cry",
    version="1",
    description="Reports of cybercrime: send them, follow them, read what you may see.",
    docs_url=None,  # its page loads scripts from elsewhere; the description itself is at openapi.json
    renderer=Renderer(),
    urls_namespace="rest",
)
errors.handle_all(api)


@api.exception_handler(actions.Replay)
def _again(request: HttpRequest, error: actions.Replay) -> HttpResponse:
    return error.response


for _part in (submissions, acts, files, seen, hits, directory, told):  # acts brings the router of reports with it
    api.add_router("", _part.router)


def nowhere(request: HttpRequest, rest: str = "") -> HttpResponse:
    """What stands at no operation's address: absent, in the same shape as every error."""
    return errors.absent()


nowhere.access = "public"  # type: ignore[attr-defined]
