"""Looking: what changed is found by the searches of those who may see it, told once, forgotten with the sight of it."""

import threading
from collections.abc import Iterator

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hueandcry.exchange import actions_report
from hueandcry.exchange.alerts import actions, look
from hueandcry.exchange.handling import Handling
from hueandcry.exchange.models import Alert, AlertMatch, Change, Entry, Report
from hueandcry.exchange.publication.actions import publish
from hueandcry.members.models import Organisation, Person
from hueandcry.members.viewer import viewer
from hueandcry.notices.models import Notice, WebhookCall
from tests import factory
from tests.exchange import send

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def bank() -> Person:
    return factory.person(factory.organisation("Example Bank"))


@pytest.fixture
def police() -> Person:
    return factory.person(factory.organisation("Example Police", kind="law-enforcement"))


def save(person: Person, query: str = "", often: str = "at once", name: str = "", served: bool = False) -> Alert:
    by = factory.as_viewer(person)
    reference = actions.save(by=by, name=name or query or "all", query=query, often=often, served=served)
    return Alert.objects.using("owner").get(reference=reference)


def look_now() -> None:
    publish()
    look.look_due()


def found(alert: Alert, person: Person) -> list[str]:
    with viewer(factory.as_viewer(person)):
        ids = AlertMatch.objects.filter(alert=alert).order_by("report").values_list("report", flat=True)
        return list(Report.objects.filter(pk__in=list(ids)).order_by("pk").values_list("title", flat=True))


def told(person: Person) -> list[str]:
    return list(Notice.objects.using("owner").filter(person=person.pk).order_by("pk").values_list("title", flat=True))


def test_filters_words_and_values_find_what_the_list_finds(bank: Person, police: Person) -> None:
    queries = [
        "", "class=malware", "country=PT", "q=parcels", "q=PT50+0002+0123+1234+5678+9015+4", "q=pt500002",
        "q=parcel[.]example[.]com", "q=nothing-like-it", "q=parcels&country=PT", "organisation=example-bank",
        "organisation=nobody", "own=1", "holds=iban", "tlp=GREEN", "until=2020-01-01", "source=cert", "state=withdrawn",
    ]  # fmt: skip
    alerts = {query: save(police, query) for query in queries}
    send.form(bank, "Ransom note", kind="ransom")
    send.form(bank, "Mule accounts", kind="invoice", country="PT", known="PT50 0002 0123 1234 5678 9015 4")
    send.form(bank, "False parcels", known="parcel[.]example[.]com")
    look_now()
    client = factory.signed_in(police)
    for query, alert in alerts.items():
        page = client.get(f"/reports/?{query}").content.decode()
        listed = [title for title in ("Ransom note", "Mule accounts", "False parcels") if f"data-open>{title}<" in page]
        assert found(alert, police) == listed, query
    assert sum(bool(found(alert, police)) for alert in alerts.values()) >= 8


def test_one_notice_a_look_and_nothing_twice(bank: Person, police: Person) -> None:
    save(police, "q=invoice", name="Invoices")
    for number in range(3):
        send.form(bank, f"A false invoice {number}")
    look_now()
    assert told(police) == ["3 new reports: Invoices"]
    look_now()
    Alert.objects.using("owner").update(looked=0)  # as if a worker had died after its commit
    look_now()
    assert told(police) == ["3 new reports: Invoices"]
    send.form(bank, "One more invoice")
    look_now()
    assert told(police)[1:] == ["1 new report: Invoices"]


def test_what_was_there_before_is_no_news(bank: Person, police: Person) -> None:
    send.form(bank, "An old invoice")
    publish()
    alert = save(police)
    look_now()
    assert (found(alert, police), told(police)) == ([], [])


def test_it_looks_with_its_owners_eyes(bank: Person, police: Person) -> None:
    hidden = Handling(tlp="AMBER+STRICT", recipients=())
    alert, own = save(police, "q=invoice"), save(bank, "q=invoice")
    send.form(bank, "A hidden invoice", handling=hidden)
    look_now()
    assert (found(alert, police), told(police)) == ([], [])
    assert found(own, bank) == ["A hidden invoice"]
    assert AlertMatch.objects.using("owner").filter(alert=alert).count() == 0


def test_it_finds_what_is_shared_later(bank: Person, police: Person) -> None:
    alert = save(police)
    report = send.form(bank, "An invoice", handling=Handling(tlp="AMBER", recipients=()))
    look_now()
    assert found(alert, police) == []
    by = factory.as_viewer(bank)
    assert police.organisation
    actions_report.grant(by=by, report=report.pk, principals=[police.organisation.principal_id], reason="asked")
    look_now()
    assert (found(alert, police), len(told(police))) == (["An invoice"], 1)


def test_what_its_owner_lost_sight_of_is_neither_shown_nor_counted(bank: Person, police: Person) -> None:
    alert = save(police, often="daily")
    report = send.form(bank, "A false invoice")
    publish()
    while (chunk := look._chunk()) is not None:  # matched, and not told yet
        for person in chunk.people:
            look.look_for(person, chunk)
    assert found(alert, police) == ["A false invoice"]
    actions_report.handle(
        by=factory.as_viewer(bank), report=report.pk, handling=Handling(tlp="AMBER+STRICT", recipients=()),
        reason="ours alone",
    )  # fmt: skip
    look_now()
    with viewer(factory.as_viewer(police)):
        assert AlertMatch.objects.count() == 0
    assert told(police) == []
    page = factory.signed_in(police).get(f"/alerts/{alert.reference}/").content
    assert b"A false invoice" not in page and b"0 reports" in page


def test_daily_is_told_once_a_day(bank: Person, police: Person) -> None:
    alert = save(police, often="daily", name="Daily")
    send.form(bank, "First")
    look_now()
    send.form(bank, "Second")
    send.form(bank, "Third")
    look_now()
    assert told(police) == ["1 new report: Daily"]
    with connection.cursor() as cursor, viewer(factory.as_viewer(police)):
        cursor.execute("UPDATE exchange_alert SET told_at = now() - interval '25 hours'")
    look_now()
    look_now()
    assert told(police) == ["1 new report: Daily", "2 new reports: Daily"]
    assert len(found(alert, police)) == 3


def test_only_when_one_looks_tells_nothing(bank: Person, police: Person) -> None:
    alert = save(police, often="never")
    send.form(bank, "First")
    look_now()
    assert (found(alert, police), told(police)) == (["First"], [])


def test_who_is_suspended_is_looked_for_afterwards(bank: Person, police: Person) -> None:
    alert = save(police)
    Organisation.objects.using("owner").filter(pk=police.organisation_id).update(state="suspended")
    send.form(bank, "Meanwhile")
    look_now()
    assert AlertMatch.objects.using("owner").count() == 0
    Organisation.objects.using("owner").filter(pk=police.organisation_id).update(state="vetted")
    look_now()
    assert found(alert, police) == ["Meanwhile"]


def test_a_search_stays_with_the_organisation_it_was_made_in(bank: Person, police: Person) -> None:
    save(police)
    Person.objects.filter(pk=police.pk).update(organisation_id=bank.organisation_id)
    send.form(bank, "For the bank", handling=Handling(tlp="AMBER+STRICT", recipients=()))
    look_now()
    assert (AlertMatch.objects.using("owner").count(), told(police)) == (0, [])


def test_webhooks_of_the_organisation_are_called(bank: Person, police: Person) -> None:
    from hueandcry.notices import actions_webhook

    keeper = factory.person(police.organisation, ["integrator"])
    actions_webhook.add(by=factory.as_viewer(keeper), name="SIEM", url="https://siem.example.org/", kinds=["alert"])
    save(police, name="Invoices")
    send.form(bank, "A false invoice")
    look_now()
    assert '"1 new report: Invoices"' in WebhookCall.objects.using("owner").get().body
    assert told(keeper) == []


@pytest.mark.parametrize("often", ["at once", "daily"])
def test_a_machine_of_the_organisation_hears_nothing_of_what_is_for_one_person(
    bank: Person, police: Person, often: str
) -> None:
    from hueandcry.notices import actions_webhook

    keeper = factory.person(police.organisation, ["integrator"])
    actions_webhook.add(by=factory.as_viewer(keeper), name="SIEM", url="https://siem.example.org/", kinds=["alert"])
    red = Handling(tlp="RED", recipients=(police.principal_id,))
    save(police, "q=invoice", often, name="Invoices")
    save(police, "q=whisper", often, name="Whispers")
    send.form(bank, "A false invoice")
    send.form(bank, "A whispered invoice", handling=red)
    send.form(bank, "A whisper", handling=red)
    look_now()
    assert sorted(told(police)) == ["1 new report: Whispers", "2 new reports: Invoices"]
    [call] = WebhookCall.objects.using("owner").all()  # and none about whispers
    assert '"1 new report: Invoices"' in call.body


def test_two_workers_tell_once(bank: Person, police: Person) -> None:
    people = [police, factory.person(police.organisation), factory.person(police.organisation)]
    for person in people:
        save(person, "q=invoice")
    send.rows(bank, *(f"Invoice {n},2026-01-01,,invoice" for n in range(50)))
    publish()
    together = threading.Barrier(2, timeout=10)

    def work() -> None:
        together.wait()
        try:
            look.look_due()
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(timeout=60)
    for person in people:
        assert told(person) == ["50 new reports: q=invoice"]


def test_one_that_fails_holds_up_nobody(
    bank: Person, police: Person, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    other = factory.person(police.organisation)
    save(police)
    save(other)
    send.form(bank, "A false invoice")
    whole = look.look_for

    def broken(person: int, chunk: look.Chunk) -> None:
        if person == police.pk:
            raise RuntimeError("a fault of ours")
        whole(person, chunk)

    monkeypatch.setattr(look, "look_for", broken)
    look_now()
    assert (told(police), len(told(other))) == ([], 1)
    assert "looking for one person failed" in caplog.text
    monkeypatch.setattr(look, "look_for", whole)
    look.look_due()
    assert (len(told(police)), len(told(other))) == (1, 1)


def test_chunks_lose_nothing(bank: Person, police: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(look, "CHUNK", 7)
    alert = save(police, often="never")
    send.rows(bank, *(f"Invoice {n},2026-01-01,,invoice" for n in range(30)))
    look_now()
    assert len(found(alert, police)) == 30
    assert Alert.objects.using("owner").get().looked == Change.objects.using("owner").order_by("-number")[0].number


def test_a_search_costs_one_query_more_whatever_changed(bank: Person, police: Person) -> None:
    for number in range(10):
        save(police, f"q=invoice+{number}&country=PT", often="never")

    def queries() -> int:
        publish()
        with CaptureQueriesContext(connection) as caught:
            look.look_due()
        return len(caught)

    send.rows(bank, "Invoice 1,2026-01-01,,x")
    few = queries()
    send.rows(bank, *(f"Invoice {n},2026-01-02,,x" for n in range(100)))
    many = queries()
    assert many <= few + 10
    for number in range(10):
        save(police, f"q=parcel+{number}", often="never")
    send.rows(bank, *(f"Invoice again {n},2026-01-02,,x" for n in range(100)))
    assert queries() <= many + 10


@pytest.fixture
def served(police: Person) -> Iterator[Alert]:
    yield save(police, "q=invoice", often="never", served=True)


def entered(alert: Alert) -> list[int]:
    entries = Entry.objects.using("owner").extra(
        where=["collection = (SELECT id FROM exchange_collection WHERE alert = %s)"], params=[alert.pk]
    )
    return list(entries.order_by("number").values_list("object", flat=True))


def test_a_served_search_holds_what_it_finds_and_follows_it(bank: Person, police: Person, served: Alert) -> None:
    report = send.form(bank, "A false invoice")
    send.form(bank, "Something else")
    look_now()
    first = entered(served)
    assert first
    with viewer(factory.as_viewer(police)):
        assert set(Report.objects.filter(objects_held__in=first).values_list("title", flat=True)) == {"A false invoice"}
    actions_report.withdraw(by=factory.as_viewer(bank), report=report.pk, reason="a mistake")
    look_now()
    assert len(entered(served)) > len(first), "the version that says it was withdrawn comes too"


def test_serving_begins_with_what_is_there_and_ends_whole(bank: Person, police: Person) -> None:
    send.form(bank, "A false invoice")
    publish()
    alert = save(police, "q=invoice", often="never")
    assert entered(alert) == []
    by = factory.as_viewer(police)
    actions.change(by=by, reference=alert.reference, name="x", often="never", served=True)
    assert entered(alert)
    actions.change(by=by, reference=alert.reference, name="x", often="never", served=False)
    assert entered(alert) == []
    assert Entry.objects.using("owner").filter(collection=0).count() == 0
