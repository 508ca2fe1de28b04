"""The server as an operator runs it, and the clients that people have: taxii2-client unchanged, curl, raw HTTP."""

from __future__ import annotations

import http.client
import json
import shutil
import subprocess
import threading
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from django.db import connection
from taxii2client.v21 import ApiRoot, Collection, Server, as_pages

from hueandcry.members.models import Person
from tests.exchange.taxii import given
from tests.exchange.taxii.given import MEDIA, ROOT, Taxii, error

EMAIL = "ana@bank.example"


@pytest.fixture
def collection(served: str, bank: Person, taxii: Taxii) -> Collection:
    """The alliance's collection, as taxii2-client finds it from the root of the server."""
    server = Server(f"{served}/taxii2/", user=EMAIL, password=taxii.secret)
    assert server.title
    assert server.default.url.endswith(ROOT)
    (root,) = server.api_roots
    assert isinstance(root, ApiRoot)
    assert root.versions == [MEDIA]
    assert root.collections[0].alias == "public"
    found = next(one for one in root.collections if one.alias == "alliance")
    assert found.can_read
    assert found.can_write
    return found


def test_taxii2_client_reads_page_by_page(collection: Collection, other: Person) -> None:
    objects = given.indicators(23)
    given.share(other, objects)
    pages = list(as_pages(collection.get_objects, per_request=5))
    assert [len(page["objects"]) for page in pages] == [5, 5, 5, 5, 3]
    assert [one for page in pages for one in page["objects"]] == objects
    manifest = [one["id"] for page in as_pages(collection.get_manifest, per_request=7) for one in page["objects"]]
    assert manifest == [one["id"] for one in objects]
    assert collection.get_object(objects[3]["id"])["objects"] == [objects[3]]
    assert collection.object_versions(objects[3]["id"]) == {"versions": [given.STAMP]}
    assert len(collection.get_objects(type=["indicator", "malware"], version="all")["objects"]) == 23
    assert collection.get_objects(id=[objects[1]["id"], objects[2]["id"]])["objects"] == objects[1:3]
    assert "objects" not in collection.get_objects(added_after="2199-01-01T00:00:00.000000Z")


def test_taxii2_client_adds_follows_and_deletes(collection: Collection, served: str, taxii: Taxii) -> None:
    objects = [*given.indicators(3), {"type": "indicator", "id": "indicator--broken"}]
    status = collection.add_objects({"objects": objects}, timeout=30)
    assert status.status == "complete"
    assert (status.success_count, status.failure_count, status.pending_count) == (3, 1, 0)
    assert status.failures[0]["id"] == "indicator--broken"
    root = ApiRoot(f"{served}{ROOT}", user=EMAIL, password=taxii.secret)
    assert root.get_status(status.id).success_count == 3
    assert collection.get_objects()["objects"] == objects[:3]
    collection.delete_object(objects[0]["id"])
    assert collection.get_objects()["objects"] == objects[1:3]
    with pytest.raises(requests.HTTPError) as refused:
        collection.get_object(objects[0]["id"])
    assert refused.value.response.status_code == 404


def test_taxii2_client_with_a_wrong_token(served: str, bank: Person) -> None:
    with pytest.raises(requests.HTTPError) as refused:
        Server(f"{served}/taxii2/", user=EMAIL, password="hc_wrong").refresh()
    assert refused.value.response.status_code == 401


@pytest.mark.skipif(shutil.which("curl") is None, reason="no curl here")
def test_curl(served: str, other: Person, taxii: Taxii) -> None:
    objects = given.indicators(3)
    given.share(other, objects)
    accept = ("-H", f"Accept: {MEDIA}")
    address = f"{served}{ROOT}collections/alliance/objects/"

    def curl(*words: str) -> Any:
        said = subprocess.run(["curl", "-sS", "--fail-with-body", *words], capture_output=True, timeout=60, check=False)
        return json.loads(said.stdout)

    basic, bearer = ("-u", f"{EMAIL}:{taxii.secret}"), ("-H", f"Authorization: Bearer {taxii.secret}")
    for known in (basic, bearer):
        assert curl(*known, *accept, address + "?limit=2")["objects"] == objects[:2]
    new = given.envelope(given.indicators(2))
    status = curl(*bearer, *accept, "-H", f"Content-Type: {MEDIA}", "--data-binary", new.decode(), address)
    assert (status["status"], status["success_count"]) == ("complete", 2)
    assert curl(*accept, address)["http_status"] == "401"


def test_the_door_without_djangos_middleware_is_the_same_door(served: str, other: Person, taxii: Taxii) -> None:
    """What project/wsgi.py serves beside the pages, against what the urls serve."""
    shown = given.indicator()
    given.share(other, [shown])
    path = taxii.collection()
    for address in ("/taxii2/", ROOT, f"{ROOT}collections/", f"{ROOT}{path}", f"{ROOT}{path}objects/",
                    f"{ROOT}{path}manifest/", f"{ROOT}{path}objects/{shown['id']}/versions/"):  # fmt: skip
        inside = taxii.get(address)
        outside = requests.get(served + address, headers=taxii.headers(), timeout=30)
        assert outside.status_code == 200
        assert outside.content == inside.content
        for name in inside.headers.keys() - {"Vary", "Content-Language", "Set-Cookie"}:
            assert outside.headers[name] == inside.headers[name], name
        assert "Set-Cookie" not in outside.headers
    page = requests.get(served + "/about/", timeout=30)
    assert page.headers["Content-Type"].startswith("text/html"), "pages are served beside it"


def raw(served: str, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, bytes, Any]:
    """One request, written out as it stands."""
    where = urlsplit(served)
    asked = http.client.HTTPConnection(str(where.hostname), where.port, timeout=30)
    asked.putrequest(method, path, skip_host="Host" in headers, skip_accept_encoding=True)
    for name, value in headers.items():
        asked.putheader(name.replace("_", "-"), value)
    asked.endheaders(body or None)
    answer = asked.getresponse()
    try:
        return answer.status, answer.read(), answer.headers
    finally:
        asked.close()


def test_hostile_requests_get_the_message_of_the_standard(served: str, taxii: Taxii) -> None:
    known = {"Authorization": f"Bearer {taxii.secret}", "Accept": MEDIA}
    objects = f"{ROOT}collections/alliance/objects/"
    tries = [
        (400, "GET", "/taxii2/", b"", {"Host": "evil.example"}),
        (404, "GET", "/taxii2/../taxii2/", b"", {}),
        (404, "GET", f"{ROOT}collections/%ff%fe/", b"", known),
        (404, "GET", f"{ROOT}%2e%2e/", b"", known),
        (400, "GET", f"{objects}?limit=%ff", b"", known),
        (401, "GET", objects, b"", {"Authorization": "Basic \xe9", "Accept": MEDIA}),
        (405, "BREW", objects, b"", known),
        (413, "POST", objects, b"", known | {"Content-Type": MEDIA, "Content-Length": "99999999999"}),
        (415, "POST", objects, b"{}", known | {"Content-Type": "text/xml", "Content-Length": "2"}),
        (422, "POST", objects, b"{]", known | {"Content-Type": MEDIA, "Content-Length": "2"}),
    ]  # fmt: skip
    for status, method, path, body, headers in tries:
        got, content, answered = raw(served, method, path, body, **headers)
        assert got == status, (method, path, content)
        assert answered["Content-Type"] == MEDIA
        message = json.loads(content)
        assert message["title"]
        assert message["http_status"] == str(status)


def test_a_body_in_pieces_without_a_length(served: str, taxii: Taxii) -> None:
    def pieces() -> Any:
        yield b'{"objects":['
        yield json.dumps(given.indicator()).encode()
        yield b"]}"

    headers = taxii.headers({"Content-Type": MEDIA})
    answer = requests.post(f"{served}{ROOT}collections/alliance/objects/", data=pieces(), headers=headers, timeout=30)
    assert (answer.status_code, answer.json()["success_count"]) == (202, 1)


def test_a_connection_that_the_database_closed_is_made_anew(served: str, other: Person, taxii: Taxii) -> None:
    given.share(other, given.indicators(1))
    address = f"{served}{ROOT}collections/alliance/objects/"
    for _turn in range(3):
        assert requests.get(address, headers=taxii.headers(), timeout=30).status_code == 200
        with connection.cursor() as cursor:  # the same login as the server's
            cursor.execute(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                " WHERE usename = current_user AND pid <> pg_backend_pid()"
            )
            assert cursor.fetchone()[0] >= 1
    assert requests.get(address, headers=taxii.headers(), timeout=30).status_code == 200


def test_eight_clients_at_once_each_get_everything(served: str, bank: Person, other: Person, taxii: Taxii) -> None:
    objects = given.indicators(120)
    given.share(other, objects)
    got: dict[int, list[str]] = {}

    def read(number: int) -> None:
        mine = Collection(f"{served}{ROOT}collections/{reference}/", user=EMAIL, password=taxii.secret)
        pages = as_pages(mine.get_objects, per_request=7 + number)
        got[number] = [one["id"] for page in pages for one in page["objects"]]

    reference = taxii.collection().split("/")[1]
    threads = [threading.Thread(target=read, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [got.get(number) for number in range(8)] == [[one["id"] for one in objects]] * 8


def test_errors_of_the_urls_are_errors_of_the_door(taxii: Taxii) -> None:
    error(taxii.get("/taxii2/nowhere/"), 404)
