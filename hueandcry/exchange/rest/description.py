"""The OpenAPI description, completed: how to sign in, what every operation may answer, and the headers it takes."""

from __future__ import annotations

from typing import Any

from hueandcry.exchange.rest.shapes import ErrorOut

_SAID = {
    400: ("The request cannot be read.", "unreadable", "The request cannot be read."),
    401: ("No token, or one that is unknown, expired or revoked.", "closed", "This token has expired."),
    403: (
        "The token lacks the scope, its organisation is not in good standing, or the act is not yours to do.",
        "refused",
        "Only the organisation that reported it can change it.",
    ),
    404: ("Nothing by this name that you may see.", "absent", "There is nothing by this name that you may see."),
    409: ("The same call, by its Idempotency-Key, is being answered.", "running", "The same call is being answered."),
    413: ("The body is too large.", "large", "The body is larger than this operation takes. Nothing was kept."),
    422: ("A parameter is wrong; field names it.", "handling", "'PINK' is not one of: CLEAR, GREEN, AMBER"),
    429: ("The token has made its calls of this minute.", "rate", "Come back in 12 seconds."),
}
_RATE = {
    name: {"description": words, "schema": {"type": "integer"}}
    for name, words in (
        ("RateLimit-Limit", "calls of this kind that the token may make in a minute"),
        ("RateLimit-Remaining", "calls left in this minute"),
        ("RateLimit-Reset", "seconds until the minute ends"),
    )
}
_AGAIN = {"Retry-After": {"description": "seconds after which to call again", "schema": {"type": "integer"}}}
_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "A word of your own, new for each call: who repeats the call with it within 24 hours gets the first "
    "answer again, and nothing is done twice.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"},
}
_SCHEMES = {
    "token": {"type": "http", "scheme": "bearer", "description": "An API token, from the page /tokens/."},
    "password": {"type": "http", "scheme": "basic", "description": "Your e-mail address, and the token as password."},
}


def complete(described: dict[str, Any], scopes: dict[str, str]) -> dict[str, Any]:
    """``described`` as ninja writes it, completed in place. ``scopes`` gives each operation's scope by operationId."""
    components = described.setdefault("components", {})
    components["securitySchemes"] = _SCHEMES
    schema = ErrorOut.model_json_schema(ref_template="#/components/schemas/{model}")
    components.setdefault("schemas", {}).update(schema.pop("$defs", {}))
    components["schemas"]["ErrorOut"] = schema
    for operations in described["paths"].values():
        for method, operation in operations.items():
            _operation(method, operation, scopes.get(operation["operationId"], ""))
    return described


def _operation(method: str, operation: dict[str, Any], scope: str) -> None:
    operation["security"] = [{"token": []}, {"password": []}]
    words = "any" if scope == "any" else f"`{scope}`"
    operation["description"] = f"{operation.get('description', '')}\n\nScope: {words}.".strip()
    answers = operation["responses"] = {int(code): answer for code, answer in operation["responses"].items()}
    for status in _statuses(method):
        said, code, message = _SAID[status]
        answers[status] = {
            "description": said,
            "headers": (_AGAIN if status in (409, 429) else {}) | (_RATE if status == 429 else {}),
            "content": {
                "application/json": {
                    "schema": {"$ref": "#/components/schemas/ErrorOut"},
                    "example": {"error": {"code": code, "message": message}},
                }
            },
        }
    for status, answer in answers.items():
        if status < 300:
            answer["headers"] = answer.get("headers", {}) | _RATE
    if method in ("post", "patch", "delete"):
        operation.setdefault("parameters", []).append(_KEY)
    operation["responses"] = dict(sorted(answers.items()))


def _statuses(method: str) -> list[int]:
    found = [400, 401, 403, 404, 422, 429]  # a parameter may name a report as well
    return found if method == "get" else [*found, 409, 413]
