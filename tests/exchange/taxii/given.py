"""What the tests of the TAXII server stand on: people with tokens, objects that took the real way in, a client."""

from __future__ import annotations

import base64
import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connections
from django.test import Client

from hueandcry.exchange import actions
from hueandcry.exchange.handling import Handling
from hueandcry.exchange.publication import actions as publication
from hueandcry.members import actions as members
from hueandcry.members.models import ALLIANCE, Person
from tests import factory

MEDIA = "application/taxii+json;version=2.1"
ROOT = "/taxii2/alliance/"
STAMP = "2026-01-02T03:04:05.000Z"


def indicator(name: str = "a false shop", *, ident: str = "", modified: str = STAMP, **more: Any) -> dict[str, Any]:
    """An indicator of STIX 2.1."""
    return {
        "type": "indicator", "spec_version": "2.1", "id": ident or f"indicator--{uuid.uuid4()}", "created": STAMP,
        "modified": modified, "name": name, "pattern_type": "stix", "valid_from": STAMP,
        "pattern": f"[domain-name:value = '{uuid.uuid4().hex[:12]}.example']", **more,
    }  # fmt: skip


def indicators(count: int) -> list[dict[str, Any]]:
    return [indicator(f"number {n}") for n in range(count)]


def domain(value: str = "") -> dict[str, Any]:
    """An observable: it has neither version nor creation."""
    return {
        "type": "domain-name", "spec_version": "2.1", "id": f"domain-name--{uuid.uuid4()}",
        "value": value or f"{uuid.uuid4().hex[:12]}.example",
    }  # fmt: skip


def envelope(objects: Sequence[Any]) -> bytes:
    return json.dumps({"objects": list(objects)}).encode()


@dataclass
class Taxii:
    """Calls of one program."""

    secret: str = ""
    email: str = ""  # then by Basic
    client: Client = field(default_factory=Client)

    def headers(self, more: dict[str, str] | None = None) -> dict[str, str]:
        headers = {"Accept": MEDIA}
        if self.email:
            pair = base64.b64encode(f"{self.email}:{self.secret}".encode()).decode()
            headers["Authorization"] = f"Basic {pair}"
        elif self.secret:
            headers["Authorization"] = f"Bearer {self.secret}"
        return headers | (more or {})

    def get(self, path: str = "", headers: dict[str, str] | None = None, **query: Any) -> Any:
        """GET below the API root, or an address from its own beginning."""
        where = path if path.startswith("/") else ROOT + path
        return self.client.get(where, {k.replace("__", "[") + "]" if "__" in k else k: v for k, v in query.items()},
                               headers=self.headers(headers))  # fmt: skip

    def post(self, path: str, body: bytes, headers: dict[str, str] | None = None, media: str = MEDIA) -> Any:
        return self.client.post(ROOT + path, body, content_type=media, headers=self.headers(headers))

    def delete(self, path: str, headers: dict[str, str] | None = None) -> Any:
        return self.client.delete(ROOT + path, headers=self.headers(headers))

    def collection(self, kind: str = "alliance") -> str:
        """The address of a collection by the beginning of its alias."""
        found = json.loads(self.get("collections/").content)["collections"]
        return next(f"collections/{one['id']}/" for one in found if one.get("alias", "").startswith(kind))

    def objects(self, path: str, **query: Any) -> list[dict[str, Any]]:
        """The objects of one page."""
        response = self.get(path, **query)
        assert response.status_code == 200, response.content
        return list(json.loads(response.content).get("objects", []))


def program(person: Person, *scopes: str, use: str = "passive") -> Taxii:
    """A program of this person."""
    by = factory.as_viewer(person)
    secret = members.add_token(by=by, name="siem", scopes=scopes or ("read", "submit"))
    if use != "passive":
        with connections["owner"].cursor() as cursor:
            cursor.execute("UPDATE members_token SET use = %s WHERE person_id = %s", [use, person.pk])
    return Taxii(secret)


def share(person: Person, objects: Sequence[Any], *recipients: int, tlp: str = "GREEN", **more: Any) -> None:
    """Objects of this person, taken in and published; for the alliance, unless told otherwise."""
    handling = Handling(tlp=tlp, recipients=recipients or (ALLIANCE,), **more)
    got = actions.receive(by=factory.as_viewer(person), raw=envelope(objects), handling=handling, at_once=True)
    assert got.state == "done", got
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT refused FROM exchange_submission WHERE id = %s", [got.submission])
        assert cursor.fetchone() == (0,), "the test's own objects are not good"
    publish()


def publish() -> None:
    """Everything that waits is entered into its collections."""
    publication.publish()


def error(response: Any, status: int) -> dict[str, Any]:
    """The error message of an answer; each has a title and names its own status."""
    assert response.status_code == status, response.content
    assert response["Content-Type"] == MEDIA
    message = json.loads(response.content)
    assert message["title"]
    assert message["http_status"] == str(status)
    assert message["error_id"]
    assert set(message) <= {"title", "description", "error_id", "error_code", "http_status", "details"}
    assert all(isinstance(message[name], str) for name in message if name != "details")
    return dict(message)
