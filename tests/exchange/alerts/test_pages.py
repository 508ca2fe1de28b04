"""Pages and feed of saved searches."""

from xml.etree import ElementTree

import pytest
from django.test import Client

from hueandcry.exchange.alerts import actions, look
from hueandcry.exchange.handling import Handling
from hueandcry.exchange.models import Alert, Collection
from hueandcry.exchange.publication.actions import publish
from hueandcry.members.actions import Refused
from hueandcry.members.models import Person
from hueandcry.notices import actions as notices
from hueandcry.notices import feeds
from tests import factory
from tests.exchange import send

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def bank() -> Person:
    return factory.person(factory.organisation("Example Bank"))


@pytest.fixture
def police() -> Person:
    return factory.person(factory.organisation("Example Police", kind="law-enforcement"))


def test_from_the_list_to_a_saved_search_and_back(bank: Person, police: Person) -> None:
    send.form(bank, "A false invoice", country="PT")
    client = factory.signed_in(police)
    page = client.get("/reports/?country=PT&q=invoice&after=1.2").content.decode()
    assert 'href="/alerts/add/?country=PT&amp;q=invoice"' in page
    form = client.get("/alerts/add/?country=PT&q=invoice&after=1.2").content.decode()
    assert "Words, or a value: invoice · Country of the victim: Portugal" in form
    saved = client.post("/alerts/add/?country=PT&q=invoice", {"name": "Invoices", "often": "at once", "served": "on"})
    assert saved.status_code == 302
    alert = Alert.objects.using("owner").get()
    assert (alert.query, alert.served) == ("country=PT&q=invoice", True)
    again = client.post("/alerts/add/?q=x", {"name": "Invoices", "often": "at once"})
    assert again.status_code == 422 and b"of this name already" in again.content
    send.form(bank, "Another false invoice", country="PT")
    publish()
    look.look_due()
    page = client.get("/alerts/").content.decode()
    assert "Invoices" in page and "at once" in page and "served" in page
    page = client.get(f"/alerts/{alert.reference}/").content.decode()
    assert "Another false invoice" in page and "1 report that you may see" in page
    assert str(Collection.objects.using("owner").get(alert=alert.pk).reference) in page
    client.post(f"/alerts/{alert.reference}/", {"name": "Renamed", "often": "weekly"})
    alert.refresh_from_db(using="owner")
    assert (alert.name, alert.often, alert.served) == ("Renamed", "weekly", False)
    assert Collection.objects.using("owner").filter(alert=alert.pk).count() == 0
    client.post(f"/alerts/{alert.reference}/delete/")
    assert b"No saved search yet" in client.get("/alerts/").content


def test_others_searches_are_not_there(bank: Person, police: Person) -> None:
    reference = actions.save(by=factory.as_viewer(police), name="Mine", query="q=invoice", often="daily")
    for person in (bank, factory.person(police.organisation)):
        client = factory.signed_in(person)
        assert b"Mine" not in client.get("/alerts/").content
        assert client.get(f"/alerts/{reference}/").status_code == 404
        assert client.post(f"/alerts/{reference}/", {"name": "x", "often": "daily"}).status_code == 404
        assert client.post(f"/alerts/{reference}/delete/").status_code == 404
        with pytest.raises(Alert.DoesNotExist):
            actions.change(by=factory.as_viewer(person), reference=reference, name="x", often="daily", served=True)
    assert Alert.objects.using("owner").get().name == "Mine"


def test_hostile_addresses_are_kept_as_searches(police: Person) -> None:
    client = factory.signed_in(police)
    for query in ("q=%00%22%3Cscript%3E", "q=" + "x" * 9_000, "class=';DROP TABLE x", "%ff=%fe&country[]=PT", ""):
        assert client.get(f"/alerts/add/?{query}").status_code == 200
        answer = client.post(f"/alerts/add/?{query}", {"name": query[:50] or "all", "often": "never"})
        assert answer.status_code in (302, 422)
    page = client.get("/alerts/").content
    assert b"<script>" not in page.replace(b"<script src", b"").replace(b'<script type="module"', b"")
    publish()
    look.look_due()
    with pytest.raises(Refused):
        actions.save(by=factory.as_viewer(police), name="x", query="", often="hourly")


def test_the_feed_shows_what_its_owner_sees_and_names_what_may_go(bank: Person, police: Person) -> None:
    by = factory.as_viewer(police)
    secret = notices.new_feed(by=by)
    reference = actions.save(by=by, name="All", query="", often="never")
    send.form(bank, "Open report")
    send.form(bank, "Closed report", handling=Handling(tlp="GREEN", recipients=(2,), codes=("H2",)))
    send.form(bank, "Hidden report", handling=Handling(tlp="AMBER+STRICT", recipients=()))
    publish()
    look.look_due()
    address = f"/feeds/{secret}/alerts/{reference}.atom"
    answer = Client().get(address)
    found = ElementTree.fromstring(answer.content)  # noqa: S314
    titles = [one.text for one in found.findall("a:entry/a:title", {"a": feeds.NAMESPACE})]
    assert titles == ["A saved search found a report you may see", "Open report"]
    assert Client().get(address, headers={"if-none-match": answer.headers["ETag"]}).status_code == 304
    stranger = notices.new_feed(by=factory.as_viewer(bank))
    assert Client().get(f"/feeds/{stranger}/alerts/{reference}.atom").status_code == 404
    assert Client().get(f"/feeds/guess/alerts/{reference}.atom").status_code == 404
