"""Feeds: the secret is the key, and opens what its owner may read at that moment."""

from xml.etree import ElementTree

import pytest
from django.test import Client

from hueandcry.members.models import Organisation, Person
from hueandcry.notices import actions, feeds
from tests import factory

pytestmark = pytest.mark.usefixtures("database")
ATOM = {"a": feeds.NAMESPACE}


@pytest.fixture
def reader() -> Person:
    return factory.person(factory.organisation())


def titles(content: bytes) -> list[str]:
    return [one.text or "" for one in ElementTree.fromstring(content).findall("a:entry/a:title", ATOM)]  # noqa: S314


def test_a_feed_reads_as_its_owner_now(reader: Person) -> None:
    address = f"/feeds/{actions.new_feed(by=factory.as_viewer(reader))}/notices.atom"
    actions.tell(kind="hit", title="A <hit> & more\x0b", link="/hits/", people=[reader.pk])
    actions.tell(kind="outcome", title="Secret title", link="/reports/x/", people=[reader.pk])
    colleague = factory.person(reader.organisation)
    actions.tell(kind="hit", title="For a colleague", people=[colleague.pk])
    answer = Client().get(address)
    assert answer.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    assert titles(answer.content) == ["What came of a report you may see", "A <hit> & more"]
    Organisation.objects.using("owner").filter(pk=reader.organisation_id).update(state="suspended")
    assert Client().get(address).status_code == 404
    Organisation.objects.using("owner").filter(pk=reader.organisation_id).update(state="vetted")
    Person.objects.filter(pk=reader.pk).update(is_active=False)
    assert Client().get(address).status_code == 404
    Person.objects.filter(pk=reader.pk).update(is_active=True, roles=[])
    assert Client().get(address).status_code == 404


def test_a_new_address_closes_the_old_one_and_closing_closes_both(reader: Person) -> None:
    by = factory.as_viewer(reader)
    old, new = actions.new_feed(by=by), actions.new_feed(by=by)
    status = [Client().get(f"/feeds/{one}/notices.atom").status_code for one in (old, new, "guess")]
    assert status == [404, 200, 404]
    actions.end_feed(by=by)
    assert Client().get(f"/feeds/{new}/notices.atom").status_code == 404


def test_who_has_it_is_told_so(reader: Person) -> None:
    address = f"/feeds/{actions.new_feed(by=factory.as_viewer(reader))}/notices.atom"
    first = Client().get(address)
    etag = first.headers["ETag"]
    again = Client().get(address, headers={"if-none-match": f'"other", W/{etag}'})
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", etag)
    actions.tell(kind="hit", title="News", people=[reader.pk])
    assert Client().get(address, headers={"if-none-match": etag}).status_code == 200


def test_the_secret_is_shown_once(reader: Person) -> None:
    client = factory.signed_in(reader)
    page = client.post("/notices/preferences/feed/", {"new": "1"}, follow=True).content.decode()
    address = page.split('<code class="value">http://testserver')[1].split("</code>")[0]
    assert Client().get(address).status_code == 200
    assert address not in client.get("/notices/preferences/").content.decode()
    client.post("/notices/preferences/feed/", {"end": "1"})
    assert Client().get(address).status_code == 404
