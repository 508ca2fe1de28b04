"""The resources of the standard, what negotiates them, who may ask, and the message of every error."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest
from django.conf import settings
from django.db import connections
from django.test import Client

from hueandcry.members import actions as members
from hueandcry.members.models import EVERYONE, Person
from tests import factory
from tests.exchange.taxii import given
from tests.exchange.taxii.given import MEDIA, ROOT, Taxii, error

pytestmark = pytest.mark.usefixtures("database")


def test_discovery_is_at_the_root_and_public() -> None:
    response = Taxii().get("/taxii2/")
    found = json.loads(response.content)
    assert response.status_code == 200
    assert response["Content-Type"] == MEDIA
    assert isinstance(found["title"], str)
    assert found["title"]
    assert found["api_roots"]
    assert found["default"] in found["api_roots"]
    for root in found["api_roots"]:
        assert root.startswith("/")
        assert not root.startswith("//")
        assert "?" not in root
        assert root.endswith("/")


def test_the_api_root_says_what_it_speaks_and_how_much_it_takes() -> None:
    found = json.loads(Taxii().get("").content)
    assert found["title"]
    assert found["versions"] == [MEDIA]
    assert found["max_content_length"] == settings.SUBMISSION_LIMIT > 0
    assert isinstance(found["max_content_length"], int)


def test_collections_have_what_the_standard_wants(taxii: Taxii, bank: Person) -> None:
    factory.circle("The Ring", [bank.organisation])
    found = json.loads(taxii.get("collections/").content)["collections"]
    assert [one["alias"] for one in found] == ["public", "alliance", "circle-the-ring", "inbox-a-bank"]
    for one in found:
        assert uuid.UUID(one["id"]).version == 4
        assert one["title"]
        assert isinstance(one["title"], str)
        assert one["can_read"] is True
        assert one["can_write"] is True
        assert one["media_types"] == ["application/stix+json;version=2.1", "application/stix+json;version=2.0"]
        alone = taxii.get(f"collections/{one['id']}/")
        assert alone["Content-Type"] == MEDIA
        assert json.loads(alone.content) == one
        assert json.loads(taxii.get(f"collections/{one['alias']}/").content) == one


def test_collections_come_in_one_order(taxii: Taxii, bank: Person) -> None:
    for number in range(5):
        factory.circle(f"Ring {number}", [bank.organisation])
    first = taxii.get("collections/").content
    assert all(taxii.get("collections/").content == first for _ in range(3))
    assert len({one["alias"] for one in json.loads(first)["collections"]}) == 8


def test_what_may_be_done_is_what_the_token_is_for(bank: Person) -> None:
    reader, writer, neither = (given.program(bank, scope) for scope in ("read", "submit", "export"))
    for program, reads, writes in ((reader, True, False), (writer, False, True), (neither, False, False)):
        for one in json.loads(program.get("collections/").content)["collections"]:
            assert (one["can_read"], one["can_write"]) == (reads, writes)
        path = program.collection()
        for page in ("objects/", "manifest/", f"objects/{given.indicator()['id']}/versions/"):
            if not reads:
                error(program.get(path + page), 403)
        if not writes:
            error(program.post(path + "objects/", given.envelope(given.indicators(1))), 403)


def test_only_analysts_publish_to_everybody(bank: Person) -> None:
    reporter = given.program(factory.person(bank.organisation, ["reporter"]))
    onlooker = given.program(factory.person(bank.organisation, ["dpo"]))
    assert json.loads(reporter.get("collections/public/").content)["can_write"] is False
    assert json.loads(reporter.get("collections/alliance/").content)["can_write"] is True
    assert json.loads(onlooker.get("collections/alliance/").content)["can_write"] is False
    error(reporter.post("collections/public/objects/", given.envelope(given.indicators(1))), 403)
    error(onlooker.post("collections/alliance/objects/", given.envelope(given.indicators(1))), 403)


def test_an_empty_collection_is_an_empty_envelope(taxii: Taxii) -> None:
    for page in ("objects/", "manifest/"):
        response = taxii.get(taxii.collection() + page)
        assert response.status_code == 200
        assert response.content == b"{}"
        assert response["X-TAXII-Date-Added-First"] == response["X-TAXII-Date-Added-Last"]


GETS = (
    "/taxii2/", ROOT, ROOT + "collections/", "{c}", "{c}objects/", "{c}manifest/", "{c}objects/{o}/",
    "{c}objects/{o}/versions/",
)  # fmt: skip


@pytest.fixture
def addresses(taxii: Taxii, other: Person) -> list[str]:
    """Every address that answers a GET."""
    shown = given.indicator()
    given.share(other, [shown])
    status = json.loads(taxii.post("collections/alliance/objects/", given.envelope(given.indicators(1))).content)["id"]
    collection = ROOT + taxii.collection()
    return [one.format(c=collection, o=shown["id"]) for one in GETS] + [f"{ROOT}status/{status}/"]


def test_every_answer_names_its_media_type_and_version(taxii: Taxii, addresses: list[str]) -> None:
    for address in addresses:
        for accept in (MEDIA, "application/taxii+json", "*/*"):
            response = taxii.get(address, headers={"Accept": accept})
            assert response.status_code == 200, (address, response.content)
            assert response["Content-Type"] == MEDIA
            assert isinstance(json.loads(response.content), dict)


def test_what_cannot_be_accepted_is_406(taxii: Taxii, addresses: list[str]) -> None:
    for address in addresses:
        for accept in ("application/json", "application/taxii+json;version=2.0", "text/html"):
            error(taxii.get(address, headers={"Accept": accept}), 406)


def test_addresses_end_with_a_slash(taxii: Taxii, addresses: list[str]) -> None:
    for address in addresses[1:]:
        assert "slash" in error(taxii.get(address.rstrip("/")), 404)["description"]


def test_pages_carry_their_dates_and_others_need_not(taxii: Taxii, addresses: list[str]) -> None:
    from hueandcry.exchange.taxii import timestamps

    for address in addresses[4:8]:
        response = taxii.get(address)
        first, last = (response[f"X-TAXII-Date-Added-{which}"] for which in ("First", "Last"))
        for text in (first, last):
            moment = timestamps.moment(text)
            assert moment is not None
            assert timestamps.written(moment) == text
        assert first <= last


def test_a_program_without_a_name_is_served(taxii: Taxii, addresses: list[str]) -> None:
    """No User-Agent: section 8.2.1."""
    assert taxii.client.get(addresses[4], headers=taxii.headers(), HTTP_USER_AGENT="").status_code == 200


def test_head_is_a_get_without_its_body(taxii: Taxii, addresses: list[str]) -> None:
    for address in addresses:
        asked, told = taxii.get(address), taxii.client.head(address, headers=taxii.headers())
        assert (told.status_code, told.content, told["Content-Type"]) == (200, b"", MEDIA)
        assert told["Content-Length"] == str(len(asked.content)) or "next" in str(asked.content)


def test_other_methods_are_405(taxii: Taxii, addresses: list[str]) -> None:
    for address in addresses:
        for method in ("put", "patch", "options", "post", "delete"):
            taken = (method == "post" and address.endswith("/objects/")) or (
                method == "delete" and "/objects/indicator--" in address and "versions" not in address
            )
            if not taken:
                response = getattr(taxii.client, method)(address, headers=taxii.headers())
                error(response, 405)
                assert "GET" in response["Allow"]


def test_what_is_not_there_is_404(taxii: Taxii) -> None:
    path = taxii.collection()
    nobody, nothing = uuid.uuid4(), given.indicator()["id"]
    wrong = [
        "/taxii2/nowhere/", "/taxii2/nowhere/collections/", "status/x/", f"status/{nobody}/", "nowhere/",
        *(f"collections/{c}/{p}" for c in (nobody, "no-alias", "x" * 500) for p in ("", "objects/", "manifest/")),
        f"{path}objects/{nothing}/", f"{path}objects/{nothing}/versions/", f"{path}elsewhere/", f"{path}objects/%00/",
        f"{path}objects/{'a' * 5_000}/", f"{path}objects/..%2f/",
    ]  # fmt: skip
    for address in wrong:
        error(taxii.get(address), 404)
    error(taxii.delete(f"{path}objects/{nothing}/"), 404)


def test_basic_and_bearer_open_the_same(bank: Person, taxii: Taxii) -> None:
    basic = Taxii(taxii.secret, email="Ana@bank.example")
    assert basic.get("collections/").content == taxii.get("collections/").content


def test_whoever_is_not_known_is_asked(bank: Person, taxii: Taxii) -> None:
    path = taxii.collection()
    strangers = [Taxii("hc_wrong"), Taxii(taxii.secret, email="other@bank.example"), Taxii("x" * 2_000)]
    for who in strangers:
        for page in ("collections/", path, path + "objects/", path + "manifest/", "", "/taxii2/"):
            response = who.get(page)
            error(response, 401)
            assert "Basic" in response["WWW-Authenticate"]
            assert "Bearer" in response["WWW-Authenticate"]
        error(who.post(path + "objects/", given.envelope(given.indicators(1))), 401)
        error(who.delete(path + f"objects/{given.indicator()['id']}/"), 401)
    for header in ("Basic", "Basic !", "Digest abc", "Basic bm9jb2xvbg==", "Bearer", "\xff"):
        error(Client().get(ROOT + "collections/", headers={"Accept": MEDIA, "Authorization": header}), 401)


def test_without_a_name_only_what_is_public_is_there(bank: Person, taxii: Taxii) -> None:
    given.share(bank, given.indicators(2), EVERYONE, tlp="CLEAR")
    given.share(bank, given.indicators(3))
    stranger = Taxii()
    (public,) = json.loads(stranger.get("collections/").content)["collections"]
    assert (public["alias"], public["can_read"], public["can_write"]) == ("public", True, False)
    assert len(stranger.objects("collections/public/objects/")) == 2
    for address in (taxii.collection(), f"collections/{uuid.uuid4()}/", "collections/alliance/"):
        for page in ("", "objects/", "manifest/"):
            error(stranger.get(address + page), 401)
    error(stranger.post("collections/public/objects/", given.envelope(given.indicators(1))), 401)
    error(stranger.get(f"status/{uuid.uuid4()}/"), 401)


@pytest.mark.parametrize("state", ["applicant", "suspended", "left"])
def test_only_members_in_good_standing(state: str) -> None:
    person = factory.person(factory.organisation("Somebody"))
    program = given.program(person)
    with connections["owner"].cursor() as cursor:
        cursor.execute("UPDATE members_organisation SET state = %s", [state])
    error(program.get("collections/"), 403)
    error(program.post("collections/alliance/objects/", b"{}"), 403)


def test_a_revoked_token_opens_nothing(bank: Person, taxii: Taxii) -> None:
    from hueandcry.members.models import Token

    members.revoke_token(by=factory.as_viewer(bank), token=Token.objects.get().pk)
    error(taxii.get("collections/"), 401)


def test_bad_parameters_are_named(taxii: Taxii) -> None:
    path = taxii.collection()
    for name, value in (
        ("limit", "0"),
        ("added_after", "now"),
        ("match[version]", "new"),
        ("next", "abc"),
        ("next", ""),
    ):
        for page in ("objects/", "manifest/"):
            response = taxii.client.get(ROOT + path + page, {name: value}, headers=taxii.headers())
            assert error(response, 400)["details"] == {"parameter": name}


def test_a_fault_of_ours_is_told_by_the_same_message(taxii: Taxii, monkeypatch: Any) -> None:
    from hueandcry.exchange.taxii import door

    def broken(*_args: Any) -> Any:
        raise ValueError("secret of the machine")

    monkeypatch.setattr(door.collections, "visible", broken)
    response = taxii.get("collections/")
    error(response, 500)
    assert b"secret" not in response.content


def test_answers_carry_the_headers_that_every_answer_carries(taxii: Taxii) -> None:
    from hueandcry.web.middleware import HEADERS

    for response in (taxii.get("/taxii2/"), taxii.get("nowhere/")):
        assert HEADERS.items() <= dict(response.headers).items()
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["Cache-Control"] == "no-store"


def test_what_is_read_is_in_the_record(taxii: Taxii, other: Person) -> None:
    given.share(other, given.indicators(3))
    path = taxii.collection()
    for page in ("objects/", "manifest/"):
        taxii.get(path + page, limit=2)
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT verb, channel, count FROM audit_act WHERE kind = 'collection' ORDER BY id")
        assert cursor.fetchall() == [("read objects", "taxii", 2), ("read manifest", "taxii", 2)]
        cursor.execute("SELECT channel, last_entry - first_entry, person IS NOT NULL FROM exchange_delivery")
        assert cursor.fetchall() == [("taxii", 1, True)], "content went out once; a manifest is none"
