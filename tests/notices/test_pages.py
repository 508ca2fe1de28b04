"""The list of notices, the bell, and how one is told."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hueandcry.members.models import Person
from hueandcry.notices import actions
from hueandcry.notices.models import Notice, Preference
from tests import factory

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def reader() -> Person:
    return factory.person(factory.organisation())


def test_nothing_told_says_what_would_be(reader: Person) -> None:
    page = factory.signed_in(reader).get("/notices/")
    assert b"Nothing to tell you yet" in page.content


def test_unread_first_then_read_singly_and_all(reader: Person) -> None:
    for title in ("One", "Two", "Three"):
        actions.tell(kind="hit", title=title, text="More words", link="/hits/", people=[reader.pk])
    client = factory.signed_in(reader)
    page = client.get("/notices/").content.decode()
    assert page.index("Three") < page.index("Two") < page.index("One")
    assert "3 unread" in page and "More words" in page
    one = Notice.objects.using("owner").get(title="Two")
    client.post("/notices/read/", {"notice": str(one.reference)})
    assert "Two" not in client.get("/notices/").content.decode()
    assert "Two" in client.get("/notices/?state=all").content.decode()
    went = client.get(f"/notices/{Notice.objects.using('owner').get(title='One').reference}/")
    assert went.headers["Location"] == "/hits/"
    assert "1 unread" in client.get("/notices/").content.decode()
    answer = client.post("/notices/read/", {"all": "1", "back": "state=all&kind=hit"})
    assert answer.headers["Location"] == "/notices/?state=all&kind=hit"
    assert "All read" in client.get("/notices/").content.decode()


def test_a_kind_narrows(reader: Person) -> None:
    actions.tell(kind="hit", title="Of a hit", people=[reader.pk])
    actions.tell(kind="recall", title="Of a recall", people=[reader.pk])
    page = factory.signed_in(reader).get("/notices/?kind=recall").content
    assert b"Of a recall" in page and b"Of a hit" not in page
    assert b"No notice fits" in factory.signed_in(reader).get("/notices/?kind=linked").content


def test_notices_of_others_are_not_there(reader: Person) -> None:
    colleague = factory.person(reader.organisation)
    actions.tell(kind="hit", title="For a colleague", people=[colleague.pk])
    one = Notice.objects.using("owner").get()
    client = factory.signed_in(reader)
    assert b"For a colleague" not in client.get("/notices/?state=all").content
    assert client.get(f"/notices/{one.reference}/").status_code == 404
    client.post("/notices/read/", {"notice": str(one.reference)})
    client.post("/notices/read/", {"all": "1"})
    one.refresh_from_db(using="owner")
    assert one.read_at is None


def test_what_a_notice_says_is_text(reader: Person) -> None:
    actions.tell(kind="hit", title="<script>x</script>", text="<img src=x>", people=[reader.pk])
    page = factory.signed_in(reader).get("/notices/").content
    assert b"<script>x" not in page and b"<img src=x>" not in page


def test_the_bell_counts_and_costs_one_query(reader: Person) -> None:
    client = factory.signed_in(reader)
    assert b'aria-label="Notices"' in client.get("/notices/preferences/").content
    for number in range(3):
        actions.tell(kind="hit", title=f"Hit {number}", people=[reader.pk])
    with CaptureQueriesContext(connection) as caught:
        page = client.get("/notices/preferences/").content
    assert b'aria-label="Notices, 3 unread"' in page
    assert sum("hueandcry_unread" in query["sql"] for query in caught.captured_queries) == 1


def test_preferences_are_kept_and_nonsense_is_refused(reader: Person) -> None:
    client = factory.signed_in(reader)
    client.post("/notices/preferences/", {"mail": "weekly", "told": ["hit", "recall"]})
    mine = Preference.objects.using("owner").get(person=reader.pk)
    assert mine.mail == "weekly"
    assert {"alert", "linked"} <= set(mine.muted) and not {"hit", "recall"} & set(mine.muted)
    assert client.post("/notices/preferences/", {"mail": "hourly"}).status_code == 422
    with pytest.raises(ValueError, match="no such preference"):
        actions.set_preference(by=factory.as_viewer(reader), mail="daily", muted=["gossip"])


def test_who_is_suspended_reads_none_of_it() -> None:
    person = factory.person(factory.organisation(state="suspended"))
    client = factory.signed_in(person)
    assert client.get("/notices/").status_code == 302
    assert client.get("/webhooks/").status_code == 302
