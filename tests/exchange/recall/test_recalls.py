"""Recalls: whoever got a report, by whatever way, is told what happened to it; nobody else learns anything."""

from __future__ import annotations

import json
import subprocess
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from hueandcry.exchange import actions as exchange
from hueandcry.exchange import actions_report, export
from hueandcry.exchange.actions import Refused
from hueandcry.exchange.handling import Handling
from hueandcry.exchange.models import Recall, RecallReceipt, Report
from hueandcry.exchange.recall import actions, deliveries, queries, signing, statements
from hueandcry.members.models import ALLIANCE, EVERYONE, Person
from hueandcry.members.viewer import ANYONE, viewer
from tests import factory
from tests.exchange import send
from tests.exchange.recall.giving import owner, taken, told, within

GREEN = Handling(tlp="GREEN", recipients=(ALLIANCE,))


@pytest.fixture
def bank(database: Any) -> Person:
    return factory.person(factory.organisation("Bank"), ["analyst", "administrator"])


@pytest.fixture
def shop(database: Any) -> Person:
    return factory.person(factory.organisation("Shop"), ["analyst", "administrator"])


@pytest.fixture
def other(database: Any) -> Person:
    return factory.person(factory.organisation("Other"), ["analyst", "administrator"])


def withdrawn(bank: Person, report: Report) -> None:
    actions_report.withdraw(by=factory.as_viewer(bank), report=report.pk, reason="it was a false alarm")
    told()


def receipts() -> list[tuple[Any, ...]]:
    return owner(
        "SELECT r.kind, t.organisation, t.person, t.channel FROM exchange_recallreceipt t"
        " JOIN exchange_recall r ON r.id = t.recall_id ORDER BY r.id, t.organisation NULLS LAST, t.channel"
    )


def collection_of(principal: int) -> int:
    return int(owner("SELECT id FROM exchange_collection WHERE principal = %s", principal)[0][0])


def stretch(who: Person | None, principal: int, channel: str = "taxii") -> None:
    """All that is in the collection of this principal went to them."""
    by = factory.as_viewer(who) if who else ANYONE
    number = collection_of(principal)
    last = int(owner("SELECT last_entry FROM exchange_collection WHERE id = %s", number)[0][0])
    with viewer(by):
        deliveries.note_stretch(by=by, channel=channel, collection=number, first=1, last=last)


@pytest.mark.parametrize("channel", ["page", "export", "rest", "misp", "e-mail", "webhook"])
def test_who_took_the_report_is_told(bank: Person, shop: Person, other: Person, channel: str) -> None:
    report = send.form(bank, handling=GREEN)
    told()
    taken(shop, report, channel=channel)
    withdrawn(bank, report)
    assert receipts() == [("withdrawn", shop.organisation_id, None, channel)]
    assert owner("SELECT person, kind FROM notices_notice WHERE kind = 'recall'") == [(shop.pk, "recall")]


def test_who_followed_a_collection_is_told(bank: Person, shop: Person, other: Person) -> None:
    report = send.form(bank, handling=GREEN)
    told()
    stretch(shop, ALLIANCE)
    later = send.form(bank, "something else", handling=GREEN)
    told()
    withdrawn(bank, later)
    assert receipts() == []  # the stretch ended before it
    withdrawn(bank, report)
    assert receipts() == [("withdrawn", shop.organisation_id, None, "taxii")]


def test_who_exported_everything_is_told(bank: Person, shop: Person, other: Person) -> None:
    early = factory.as_viewer(other)
    list(export.csv_table(early))  # before there was anything
    report = send.form(bank, handling=GREEN)
    told()
    list(export.csv_table(factory.as_viewer(shop)))
    withdrawn(bank, report)
    assert receipts() == [("withdrawn", shop.organisation_id, None, "export")]


def test_who_could_not_see_it_then_got_nothing_and_hears_nothing(bank: Person, shop: Person, other: Person) -> None:
    report = send.form(bank, handling=Handling(tlp="AMBER", recipients=(shop.organisation.principal_id,)))
    told()
    for who in (shop, other):
        list(export.csv_table(factory.as_viewer(who)))
    withdrawn(bank, report)
    assert receipts() == [("withdrawn", shop.organisation_id, None, "export")]


def test_what_its_handling_kept_back_was_not_given_away(bank: Person, shop: Person) -> None:
    report = send.form(bank, handling=Handling(tlp="GREEN", recipients=(ALLIANCE,), codes=("H2",)))
    told()
    stretch(shop, ALLIANCE)
    list(export.csv_table(factory.as_viewer(shop)))
    withdrawn(bank, report)
    assert receipts() == []


def test_strangers_are_told_by_the_same_way_only(bank: Person) -> None:
    report = send.form(bank, handling=Handling(tlp="CLEAR", recipients=(EVERYONE,)))
    told()
    stretch(None, EVERYONE)
    withdrawn(bank, report)
    assert receipts() == [("withdrawn", None, None, "taxii")]
    assert owner("SELECT told_at FROM exchange_recallreceipt") == [(None,)]
    assert owner("SELECT 1 FROM notices_notice WHERE kind = 'recall'") == []


def test_a_remote_is_a_recipient_of_its_own(bank: Person, shop: Person) -> None:
    report = send.form(bank, handling=GREEN)
    told()
    for who in (bank, shop):
        by = factory.as_viewer(who)
        with viewer(by):
            deliveries.note_reports(by=by, channel="node", reports=[report.pk], remote=7)
    withdrawn(bank, report)
    assert [r[1:] for r in receipts()] == [(bank.organisation_id, None, "node"), (shop.organisation_id, None, "node")]


def test_each_change_is_told_once(bank: Person, shop: Person) -> None:
    report = send.form(bank, handling=GREEN)
    told()
    taken(shop, report)
    withdrawn(bank, report)
    told()
    assert len(receipts()) == 1
    actions_report.restore(by=factory.as_viewer(bank), report=report.pk, reason="it was true")
    actions_report.correct(by=factory.as_viewer(bank), report=report.pk, reason="a word", title="Another title")
    told()
    assert [r[0] for r in receipts()] == ["withdrawn", "restored", "corrected"]


def test_who_loses_sight_is_told_to_delete_and_no_more(bank: Person, shop: Person, other: Person) -> None:
    report = send.form(bank, "Secret matter", handling=GREEN)
    told()
    stretch(shop, ALLIANCE)
    taken(other, report)
    narrow = Handling(tlp="AMBER", recipients=(other.organisation.principal_id,))
    actions_report.handle(by=factory.as_viewer(bank), report=report.pk, handling=narrow, reason="Because of X")
    told()
    assert sorted(receipts()) == [
        ("handled", other.organisation_id, None, "page"),
        ("restricted", shop.organisation_id, None, "taxii"),
    ]
    with within(shop):
        (seen,), _next = queries.recalls(factory.as_viewer(shop), today=timezone.now().date())
        assert (seen.recall.kind, seen.title, seen.reason) == ("restricted", "", "")
    page = factory.signed_in(shop).get(f"/recalls/{seen.recall.reference}/").content
    assert b"Delete every copy" in page
    assert b"Secret matter" not in page
    assert b"Because of X" not in page
    with within(other):
        (seen,), _next = queries.recalls(factory.as_viewer(other), today=timezone.now().date())
        assert (seen.recall.kind, seen.title, seen.reason) == ("handled", "Secret matter", "Because of X")


def test_erasing_is_told_by_reference_alone(bank: Person, shop: Person, other: Person) -> None:
    report = send.form(bank, "Secret matter", handling=GREEN)
    told()
    stretch(shop, ALLIANCE)
    list(export.csv_table(factory.as_viewer(other)))
    exchange.erase(by=factory.as_viewer(bank), submission=report.submission_id, reason="a court said so")
    told()
    assert receipts() == [
        ("erased", shop.organisation_id, None, "taxii"),
        ("erased", other.organisation_id, None, "export"),
    ]
    ((text,),) = owner("SELECT statement FROM exchange_recall")
    assert json.loads(text)["report"] == str(report.reference)
    assert "Secret" not in text


def test_red_is_for_the_person_and_not_for_colleagues(bank: Person, shop: Person) -> None:
    colleague, sibling = factory.person(shop.organisation), factory.person(bank.organisation)
    report = send.form(bank, handling=Handling(tlp="RED", recipients=(shop.principal_id,)))
    told()
    taken(shop, report)
    withdrawn(bank, report)
    assert receipts() == [("withdrawn", shop.organisation_id, shop.pk, "page")]
    for who, seen in ((shop, 1), (bank, 1), (colleague, 0), (sibling, 0)):
        with within(who):
            assert (Recall.objects.count(), RecallReceipt.objects.count()) == (seen, seen), who
    assert owner("SELECT person FROM notices_notice WHERE kind = 'recall'") == [(shop.pk,)]


def test_recipients_do_not_see_each_other_and_others_nothing(bank: Person, shop: Person, other: Person) -> None:
    third = factory.person(factory.organisation("Third"))
    report = send.form(bank, handling=GREEN)
    told()
    taken(shop, report)
    taken(other, report)
    withdrawn(bank, report)
    for who in (shop, other):
        with within(who):
            (mine,) = RecallReceipt.objects.all()
            assert mine.organisation == who.organisation_id
    with within(bank):
        assert RecallReceipt.objects.count() == 2
    ((reference,),) = owner("SELECT reference FROM exchange_recall")
    for who in (third, factory.person(factory.organisation("New", state="applicant"))):
        client = factory.signed_in(who)
        assert client.get(f"/recalls/{reference}/").status_code in (302, 404)
        assert client.get(f"/recalls/{reference}/statement.json").status_code in (302, 404)
        assert client.post(f"/recalls/{reference}/", {"note": "x"}).status_code in (302, 403, 404)
        with within(who):
            assert not Recall.objects.exists()
            assert not RecallReceipt.objects.exists()
    with pytest.raises(Recall.DoesNotExist):
        actions.done(by=factory.as_viewer(third), recall=reference)
    with pytest.raises(Refused):  # its owner received nothing
        actions.done(by=factory.as_viewer(bank), recall=reference)
    assert b"Other" not in factory.signed_in(shop).get(f"/recalls/{reference}/").content.split(b"<main")[1]


def test_acting_on_it_shows_its_owner(bank: Person, shop: Person) -> None:
    report = send.form(bank, "A bad address", handling=GREEN)
    told()
    taken(shop, report)
    withdrawn(bank, report)
    ((reference,),) = owner("SELECT reference FROM exchange_recall")
    client, path = factory.signed_in(shop), f"/recalls/{reference}/"
    assert b"it was a false alarm" in client.get(path).content
    assert b"to be acted on" in client.get("/recalls/").content
    owner("UPDATE exchange_recall SET due_on = current_date - 1")
    assert b"overdue" in factory.signed_in(bank).get("/recalls/?state=overdue").content
    assert client.post(path, {"note": "unblocked at ten"}).status_code == 302
    assert b"unblocked at ten" in factory.signed_in(bank).get(path).content
    assert b"A bad address" not in factory.signed_in(bank).get("/recalls/?state=overdue").content


def test_taking_the_news_by_the_same_way_counts_as_fetched(bank: Person, shop: Person, other: Person) -> None:
    report = send.form(bank, handling=GREEN)
    told()
    stretch(shop, ALLIANCE)
    list(export.csv_table(factory.as_viewer(other)))
    withdrawn(bank, report)
    assert actions.look() == 0
    stretch(shop, ALLIANCE)
    assert actions.look() == 1
    list(export.csv_table(factory.as_viewer(other)))
    assert actions.look() == 1
    assert actions.look() == 0


def test_the_statement_is_signed_and_a_forged_one_fails(bank: Person, shop: Person, tmp_path: Path) -> None:
    report = send.form(bank, handling=GREEN)
    told()
    taken(shop, report)
    withdrawn(bank, report)
    ((reference, text, signature),) = owner("SELECT reference, statement, signature FROM exchange_recall")
    said, key = json.loads(text), signing.public_key()
    assert said["happened"] == "withdrawn"
    assert said["recall"] == str(reference)
    assert text == json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert signing.verify(text.encode(), bytes(signature), key)
    assert not signing.verify(text.replace("withdrawn", "restored").encode(), bytes(signature), key)
    assert not signing.verify(text.encode(), bytes(signature)[::-1], key)
    assert not signing.verify(text.encode(), b"", key)
    client = factory.signed_in(shop)
    for name in ("statement.json", "statement.sig"):
        (tmp_path / name).write_bytes(client.get(f"/recalls/{reference}/{name}").content)
    (tmp_path / "key.pem").write_bytes(client.get("/recalls/key.pem").content)
    check = ["openssl", "pkeyutl", "-verify", "-rawin", "-pubin", "-inkey", "key.pem", "-in", "statement.json"]
    done = subprocess.run([*check, "-sigfile", "statement.sig"], cwd=tmp_path, capture_output=True, check=False)
    assert b"Verified Successfully" in done.stdout
    assert client.get(f"/recalls/{reference}/secret.txt").status_code == 404


def test_reviews_are_told_once_a_day(bank: Person) -> None:
    report = send.form(bank)
    owner("UPDATE exchange_report SET review_on = current_date WHERE id = %s", report.pk)
    for _again in range(2):
        actions.remind(today=timezone.now())
    assert owner("SELECT person, link FROM notices_notice WHERE kind = 'request'") == [(bank.pk, "/reviews/")]


def test_a_killed_round_tells_later_what_it_did_not(
    bank: Person, shop: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = send.form(bank, handling=GREEN)
    told()
    taken(shop, report)

    def killed(*_args: object, **_more: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(actions, "_notify", killed)
        with pytest.raises(KeyboardInterrupt):
            withdrawn(bank, report)
    assert receipts() == []
    told()
    assert len(receipts()) == 1


def test_every_kind_has_its_words() -> None:
    kinds = set(Recall.Kind.values)
    assert set(statements.DUE_DAYS) == set(statements.DEMANDS) == set(statements.WORDS) == kinds
    made = statements.statement(recall=uuid.uuid4(), report=uuid.uuid4(), kind="erased", at=timezone.now(), node="key")
    assert json.loads(made)["demand"] == "delete every copy"
