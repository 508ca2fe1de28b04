"""docs/openapi.json is what the server says of itself, and says all that a client needs.

UPDATE_OPENAPI=1 pytest tests/contracts/test_rest_description.py writes it anew.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from hueandcry.exchange.rest.api import api

COMMITTED = Path(__file__).parents[2] / "docs" / "openapi.json"
WRITING = ("post", "patch", "delete")


@pytest.fixture(scope="module")
def described() -> dict[str, Any]:
    return dict(json.loads(json.dumps(api.get_openapi_schema())))


def operations(described: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def test_the_committed_copy_is_equal(described: dict[str, Any]) -> None:
    text = json.dumps(described, indent=1, ensure_ascii=False) + "\n"
    if os.environ.get("UPDATE_OPENAPI"):
        COMMITTED.write_text(text, "utf-8")
    assert COMMITTED.read_text("utf-8") == text, "UPDATE_OPENAPI=1 pytest tests/contracts/test_rest_description.py"


def test_every_operation_says_what_it_does_and_who_may(described: dict[str, Any]) -> None:
    for path, method, operation in operations(described):
        place = f"{method} {path}"
        assert operation["summary"], place
        assert operation["description"].rstrip(".").splitlines()[-1].startswith("Scope: "), place
        assert operation["security"] == [{"token": []}, {"password": []}], place
        assert operation["tags"], place
        assert len({operation["operationId"] for _p, _m, operation in operations(described)}) == len(
            list(operations(described))
        )
    assert set(described["components"]["securitySchemes"]) == {"token", "password"}


def test_every_operation_has_its_errors_with_an_example(described: dict[str, Any]) -> None:
    schema = described["components"]["schemas"]["ErrorOut"] | {"components": described["components"]}
    for path, method, operation in operations(described):
        answers = operation["responses"]
        wanted = {"200", "400", "401", "403", "422", "429"}
        wanted |= {"404", "409", "413"} if method in WRITING else {"404"} if "{" in path else set()
        assert wanted <= set(answers), (method, path)
        for status in wanted - {"200"}:
            content = answers[status]["content"]["application/json"]
            assert content["schema"] == {"$ref": "#/components/schemas/ErrorOut"}
            jsonschema_rs.validate(schema, content["example"])
        assert "Retry-After" in answers["429"]["headers"]


def test_writing_operations_take_a_key(described: dict[str, Any]) -> None:
    for path, method, operation in operations(described):
        names = [one["name"] for one in operation.get("parameters", ())]
        assert ("Idempotency-Key" in names) == (method in WRITING), (method, path)


def test_every_reference_leads_somewhere_and_bodies_have_examples(described: dict[str, Any]) -> None:
    for name in {part.split('"')[0] for part in json.dumps(described).split('"#/components/schemas/')[1:]}:
        assert name in described["components"]["schemas"], name
    for path, method, operation in operations(described):
        content = operation.get("requestBody", {}).get("content", {}).get("application/json")
        if content:
            schema = described["components"]["schemas"][content["schema"]["$ref"].rpartition("/")[2]]
            assert schema.get("example"), (method, path)
            jsonschema_rs.validate(schema | {"components": described["components"]}, schema["example"])


def test_lists_bound_their_pages(described: dict[str, Any]) -> None:
    found = 0
    for path, _method, operation in operations(described):
        for one in operation.get("parameters", ()):
            if one["name"] == "limit":
                found += 1
                assert one["schema"]["minimum"] == 1, path
                assert 1 <= one["schema"]["maximum"] <= 200, path
                assert {"after"} <= {other["name"] for other in operation["parameters"]}, path
    assert found >= 6
