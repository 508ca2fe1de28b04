"""Pages: in order, each object once, none skipped, whatever happens between two of them. The traps of other servers."""

from __future__ import annotations

import json
import threading
import time
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, connections

from hueandcry.exchange import actions
from hueandcry.exchange.handling import Handling
from hueandcry.exchange.publication import actions as publication
from hueandcry.exchange.taxii import pages, timestamps
from hueandcry.members.models import ALLIANCE, Person
from tests import factory
from tests.exchange.taxii import given
from tests.exchange.taxii.given import Taxii, error

pytestmark = pytest.mark.usefixtures("database")
LAST = "X-TAXII-Date-Added-Last"


def walk(taxii: Taxii, path: str, how: str = "next", most: int = 1_000, **query: Any) -> list[Any]:
    """Everything that a client gets that goes on by ``next`` or by the date of the last object."""
    found: list[Any] = []
    more: dict[str, Any] = {}
    for _turn in range(most):
        response = taxii.get(path, **query | more)
        assert response.status_code == 200, response.content
        content = json.loads(response.content)
        piece = content.get("objects", content.get("versions", []))
        assert len(piece) <= query.get("limit", 10_000)
        found += piece
        if not content.get("more"):
            assert "next" not in content
            return found
        assert piece
        more = {"next": content["next"]} if how == "next" else {"added_after": response[LAST]}
    pytest.fail("the pages never end")


def ids(objects: list[Any]) -> list[str]:
    return [one["id"] for one in objects]


@pytest.fixture
def sent(other: Person) -> list[str]:
    """Ids of 25 objects in the alliance's collection, in the order they came."""
    objects = given.indicators(25)
    given.share(other, objects)
    return ids(objects)


@pytest.mark.parametrize("how", ["next", "added_after"])
@pytest.mark.parametrize("limit", [1, 4, 5, 24, 25, 26])
@pytest.mark.parametrize("page", ["objects/", "manifest/"])
def test_every_page_size_gives_each_object_once_in_order(
    taxii: Taxii, sent: list[str], how: str, limit: int, page: str
) -> None:
    assert ids(walk(taxii, taxii.collection() + page, how, limit=limit)) == sent


def test_manifest_and_objects_tell_of_the_same(taxii: Taxii, sent: list[str]) -> None:
    path = taxii.collection()
    manifest = walk(taxii, path + "manifest/", limit=7)
    assert ids(walk(taxii, path + "objects/", limit=7)) == ids(manifest) == sent
    added = [one["date_added"] for one in manifest]
    assert added == sorted(added), "the oldest comes first"
    assert len(set(added)) == len(added), "two that share one date cannot be told apart by added_after"
    for one in manifest:
        assert one["version"] == given.STAMP
        assert one["media_type"] == "application/stix+json;version=2.1"
        moment = timestamps.moment(one["date_added"])
        assert moment is not None
        assert timestamps.written(moment) == one["date_added"]


def test_objects_that_came_in_one_act_differ_in_their_dates(taxii: Taxii, other: Person) -> None:
    """The trap of records that share one date_added: 500 objects of one file."""
    given.share(other, given.indicators(500))
    manifest = walk(taxii, taxii.collection() + "manifest/", "added_after", limit=99)
    assert len({one["date_added"] for one in manifest}) == len(manifest) == 500


def test_the_headers_are_the_dates_of_the_page(taxii: Taxii, sent: list[str]) -> None:
    path = taxii.collection()
    added = {one["id"]: one["date_added"] for one in walk(taxii, path + "manifest/")}
    response = taxii.get(path + "objects/", limit=10)
    page = ids(json.loads(response.content)["objects"])
    assert response["X-TAXII-Date-Added-First"] == added[page[0]]
    assert response[LAST] == added[page[-1]]


def test_a_limit_holds_and_what_fits_is_all_there(taxii: Taxii, sent: list[str]) -> None:
    path = taxii.collection() + "objects/"
    for limit, count, more in ((1, 1, True), (24, 24, True), (25, 25, False), (26, 25, False), (99_999_999, 25, False)):
        content = json.loads(taxii.get(path, limit=limit).content)
        assert len(content["objects"]) == count
        assert content.get("more", False) is more
        assert ("next" in content) is more


@pytest.mark.parametrize("page", ["objects/", "manifest/"])
def test_next_and_added_after_together(taxii: Taxii, sent: list[str], page: str) -> None:
    path = taxii.collection() + page
    start = taxii.get(path, limit=10)[LAST]
    assert ids(walk(taxii, path, limit=4, added_after=start)) == sent[10:]
    # and a client that keeps its first added_after, drops it, or sets it forward while it follows next
    first = taxii.get(path, limit=4, added_after=start)
    place, end = json.loads(first.content)["next"], first[LAST]
    for more in ({"added_after": start}, {}, {"added_after": end}):
        assert ids(walk(taxii, path, limit=4, next=place, **more) if not more else
                   json.loads(taxii.get(path, next=place, **more).content)["objects"]) == sent[14:]  # fmt: skip


def test_added_after_is_after(taxii: Taxii, sent: list[str]) -> None:
    path = taxii.collection() + "objects/"
    start = taxii.get(path, limit=10)[LAST]
    moment = timestamps.moment(start)
    assert moment is not None
    just_before = timestamps.written(moment - timedelta(microseconds=1))
    assert ids(taxii.objects(path, added_after=start)) == sent[10:]
    assert ids(taxii.objects(path, added_after=just_before)) == sent[9:]
    assert taxii.objects(path, added_after="2199-01-01T00:00:00.000000Z") == []
    assert len(taxii.objects(path, added_after="0001-01-01T00:00:00.000000Z")) == 25


def test_an_empty_page_says_from_where_to_go_on(taxii: Taxii, sent: list[str], other: Person) -> None:
    path = taxii.collection() + "objects/"
    end = taxii.get(path)[LAST]
    empty = taxii.get(path, added_after=end)
    assert (empty.content, empty[LAST]) == (b"{}", end)
    new = given.indicators(2)
    given.share(other, new)
    assert ids(taxii.objects(path, added_after=empty[LAST])) == ids(new)


def test_a_next_belongs_to_its_question(taxii: Taxii, bank: Person, sent: list[str]) -> None:
    ring = factory.circle("The Ring", [bank.organisation])
    given.share(bank, given.indicators(5), ring.principal_id, tlp="AMBER")
    path, elsewhere = taxii.collection(), taxii.collection("circle")
    place = json.loads(taxii.get(path + "objects/", limit=2).content)["next"]
    assert taxii.get(path + "objects/", limit=3, next=place).status_code == 200, "the limit may change"
    for address, query in (
        (elsewhere + "objects/", {}),
        (path + "manifest/", {}),
        (path + f"objects/{sent[0]}/", {}),
        (path + "objects/", {"match__type": "indicator"}),
        (path + "objects/", {"match__version": "all"}),
        (path + "objects/", {"match__id": sent[0]}),
    ):
        assert error(taxii.get(address, next=place, **query), 400)["details"] == {"parameter": "next"}
    for forged in (place[:-2], place + "AA", "1", "MTIz", place.swapcase(), "é", "x" * 5_000):
        error(taxii.get(path + "objects/", next=forged), 400)


def test_somebody_elses_next_opens_no_more_than_ones_own(taxii: Taxii, sent: list[str]) -> None:
    path = taxii.collection() + "objects/"
    place = json.loads(taxii.get(path, limit=2).content)["next"]
    suspended = given.program(factory.person(factory.organisation("Out")))
    with connections["owner"].cursor() as cursor:
        cursor.execute("UPDATE members_organisation SET state = 'suspended' WHERE name = 'Out'")
    error(suspended.get(path, next=place), 403)
    error(Taxii().get(path, next=place), 401)


def test_objects_added_while_paging_come_at_the_end(taxii: Taxii, sent: list[str], other: Person) -> None:
    path = taxii.collection() + "objects/"
    first = json.loads(taxii.get(path, limit=20).content)
    new = given.indicators(3)
    given.share(other, new)
    assert ids(first["objects"]) + ids(walk(taxii, path, limit=20, next=first["next"])) == sent + ids(new)


def test_a_client_that_stops_in_the_middle_goes_on_by_date(taxii: Taxii, sent: list[str], other: Person) -> None:
    path = taxii.collection() + "objects/"
    first = taxii.get(path, limit=10)
    new = given.indicators(3)
    given.share(other, new)
    rest = walk(taxii, path, "added_after", limit=10, added_after=first[LAST])
    assert ids(json.loads(first.content)["objects"]) + ids(rest) == sent + ids(new)


def test_a_new_version_while_paging_is_neither_lost_nor_early(taxii: Taxii, sent: list[str], other: Person) -> None:
    """What a page had as the latest version has a newer one when the next page is asked for."""
    path = taxii.collection() + "objects/"
    first = json.loads(taxii.get(path, limit=20).content)
    newer = [given.indicator("newer", ident=sent[n], modified="2026-02-02T00:00:00.000Z") for n in (3, 22)]
    given.share(other, newer)
    rest = walk(taxii, path, limit=20, next=first["next"])
    assert ids(rest) == [sent[n] for n in (20, 21, 23, 24, 3, 22)]
    assert [one["name"] for one in rest[-2:]] == ["newer", "newer"]


def test_versions_have_pages_too(taxii: Taxii, other: Person) -> None:
    shown = given.indicator()
    stamps = [f"2026-02-{day:02d}T00:00:00.000Z" for day in range(1, 8)]
    for stamp in stamps:
        given.share(other, [{**shown, "modified": stamp}])
    path = taxii.collection() + f"objects/{shown['id']}/"
    for how in ("next", "added_after"):
        assert walk(taxii, path + "versions/", how, limit=3) == stamps
        assert [one["modified"] for one in walk(taxii, path, how, limit=3, match__version="all")] == stamps
    first = taxii.get(path + "versions/", limit=3)
    assert json.loads(first.content)["more"] is True
    assert first["X-TAXII-Date-Added-First"] < first[LAST]


def test_pages_end_before_they_grow_too_large(taxii: Taxii, sent: list[str], monkeypatch: Any) -> None:
    monkeypatch.setattr(pages, "LARGEST", 900)
    path = taxii.collection() + "objects/"
    sizes = []
    place: dict[str, str] = {}
    found: list[str] = []
    while True:
        content = json.loads(taxii.get(path, **place).content)
        sizes.append(len(content["objects"]))
        found += ids(content["objects"])
        if not content.get("more"):
            break
        place = {"next": content["next"]}
    assert found == sent
    assert set(sizes[:-1]) <= {1, 2, 3}
    monkeypatch.setattr(pages, "LARGEST", 1)
    assert len(taxii.objects(path)) == 1, "one object always goes, however large"


def test_writers_that_commit_late_are_not_missed(taxii: Taxii, bank: Person, other: Person) -> None:
    """Real threads: six writers, a publisher that never rests, one client that reads forward all the while."""
    path = taxii.collection() + "objects/"
    people = [bank, other, *(factory.person(factory.organisation(f"Member {n}")) for n in range(4))]
    wanted: set[str] = set()
    lock, done = threading.Lock(), threading.Event()
    faults: list[BaseException] = []

    def guarded(work: Any) -> Any:
        def run(*args: Any) -> None:
            try:
                work(*args)
            except BaseException as fault:
                faults.append(fault)
            finally:
                connection.close()

        return run

    def write(person: Person) -> None:
        by = factory.as_viewer(person)
        for _turn in range(6):
            objects = given.indicators(9)
            shared = Handling(tlp="GREEN", recipients=(ALLIANCE,))
            actions.receive(by=by, raw=given.envelope(objects), handling=shared, at_once=True)
            with lock:
                wanted.update(ids(objects))

    def keep_publishing() -> None:
        while not done.is_set():
            publication.publish()

    writers = [threading.Thread(target=guarded(write), args=(person,)) for person in people]
    publisher = threading.Thread(target=guarded(keep_publishing))
    for thread in (*writers, publisher):
        thread.start()
    got: list[str] = []
    after = "1970-01-01T00:00:00.000000Z"
    for _turn in range(2_000):
        finished = not any(thread.is_alive() for thread in writers)
        if finished:
            given.publish()
        response = taxii.get(path, limit=5, added_after=after)
        got += ids(json.loads(response.content).get("objects", []))
        after = response[LAST]
        if finished and not json.loads(response.content):
            break
    done.set()
    for thread in (*writers, publisher):
        thread.join()
    assert faults == []
    assert len(got) == len(set(got)), "an object came twice"
    assert set(got) == wanted
    assert len(wanted) == 6 * 6 * 9


def test_a_hundred_thousand_objects(taxii: Taxii, bank: Person, other: Person) -> None:
    """502 at other servers. Entries alone, over one object: what a page costs does not depend on how many there are."""
    given.share(other, [given.indicator()])
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT e.collection, c.reference FROM exchange_entry e JOIN exchange_collection c"
                       " ON c.id = e.collection WHERE c.kind = 'alliance'")  # fmt: skip
        collection, reference = cursor.fetchone()
        cursor.execute(
            "INSERT INTO exchange_entry (collection, number, key, version, kind, spec, object, added, latest, gate)"
            " SELECT %s, e.number + n, e.key + n, e.version, e.kind, 21, e.object,"
            " e.added + n * interval '1 microsecond', true, 0"
            " FROM exchange_entry e, generate_series(1, 100000) n WHERE e.collection = %s",
            [collection, collection],
        )
        cursor.execute("ANALYZE exchange_entry")
    path = f"collections/{reference}/"
    started = time.monotonic()
    first = taxii.get(path + "objects/", limit=1_000)
    middle = timestamps.moment(first[LAST])
    assert middle is not None
    late = taxii.get(
        path + "objects/", limit=1_000, added_after=timestamps.written(middle + timedelta(microseconds=90_000))
    )
    for response in (first, late):
        content = json.loads(response.content)
        assert len(content["objects"]) == 1_000
        assert content["more"] is True
    assert json.loads(taxii.get(path + "manifest/").content)["more"] is True
    assert time.monotonic() - started < 5
    assert uuid.UUID(str(reference))
