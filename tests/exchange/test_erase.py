"""Erasing: the live rows, the bytes and the key go; a receipt with the sha256 stays; nobody else's copy changes."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest
from django.db import connections

from hueandcry.exchange import actions, actions_report, receipts, vault
from hueandcry.exchange.handling import Handling
from hueandcry.exchange.models import Object, Observation, Report, Revision, Submission, SubmissionChunk
from hueandcry.exchange.outcomes import actions as outcomes
from hueandcry.exchange.recall import actions_permission
from hueandcry.members.models import ALLIANCE, Person
from hueandcry.members.viewer import viewer
from tests import factory
from tests.exchange.test_intake import T1, T2, T3, bundle, indicator, one, report, titles, values

pytestmark = pytest.mark.usefixtures("database")
WORDS = b"a sentence that stands nowhere else: quokka-marzipan"
TABLE = b"title,date,domain,iban\n" + WORDS + b",2026-01-02,quokka-bank.pt,PT50000201231234567890154\n"


@pytest.fixture
def bank() -> Person:
    return factory.person(factory.organisation("A Bank"))


def sent(person: Person, raw: bytes, **more: Any) -> actions.Received:
    handling = more.pop("handling", Handling(tlp="GREEN", recipients=(ALLIANCE,)))
    return actions.receive(by=factory.as_viewer(person), raw=raw, handling=handling, at_once=True, **more)


def erase(person: Person, got: actions.Received) -> None:
    actions.erase(by=factory.as_viewer(person), submission=got.submission, reason="the victim asked")


def everything_in_the_tables(words: str) -> list[str]:
    """The tables in which these words can be read by who owns the database."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 1"
        )
        tables = [row[0] for row in cursor.fetchall()]
        found = []
        for table in tables:
            cursor.execute(f'SELECT 1 FROM "{table}" t WHERE t::text ILIKE %s LIMIT 1', [f"%{words}%"])  # noqa: S608
            if cursor.fetchone():
                found.append(table)
        return found


def test_what_goes_and_what_stays(bank: Person) -> None:
    got = sent(bank, TABLE, filename="quokka-marzipan.csv")
    assert everything_in_the_tables("quokka-marzipan") == ["exchange_object", "exchange_report", "exchange_submission"]
    erase(bank, got)
    assert everything_in_the_tables("quokka-marzipan") == []
    assert everything_in_the_tables("the victim asked") == []
    by = factory.as_viewer(bank)
    with viewer(by):
        assert not (Report.objects.exists() or Object.objects.exists() or Observation.objects.exists())
        receipt = receipts.receipt(by, got.submission)
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT count(*) FROM exchange_submissionkey), (SELECT count(*) FROM exchange_submissionchunk)"
        )
        assert cursor.fetchone() == (0, 0)
    assert (receipt.state, receipt.filename, receipt.refusals) == ("erased", "", [])
    assert receipt.sha256 == hashlib.sha256(TABLE).hexdigest()
    assert (receipt.read, receipt.stored) == (1, 1)
    with pytest.raises(actions.Refused, match="not kept any more"):
        actions.raw_bytes(by=by, submission=got.submission)
    page = factory.signed_in(bank).get(f"/submissions/{got.reference}/raw/")
    assert page.status_code == 302


def test_the_same_bytes_may_come_anew(bank: Person) -> None:
    first = sent(bank, TABLE)
    erase(bank, first)
    again = sent(bank, TABLE)
    assert (again.repeat, again.state) == (False, "done")
    assert again.submission != first.submission
    assert len(titles(bank)) == 1


def test_who_may_erase(bank: Person) -> None:
    got = sent(bank, TABLE)
    other = factory.person(factory.organisation())
    with pytest.raises(Submission.DoesNotExist):
        erase(other, got)
    with pytest.raises(actions.Refused):
        erase(factory.person(bank.organisation, ["reader"]), got)
    assert len(titles(other)) == 1
    erase(factory.person(bank.organisation), got)  # a colleague who may send files may
    assert titles(other) == []


def test_another_organisations_copy_stays(bank: Person) -> None:
    other = factory.person(factory.organisation())
    got = sent(bank, TABLE)
    theirs = sent(other, TABLE)
    erase(bank, got)
    assert len(titles(other)) == 1
    assert values(other, titles(other)[0]) == {"quokka-bank.pt", "PT50000201231234567890154"}
    assert actions.raw_bytes(by=factory.as_viewer(other), submission=theirs.submission) == TABLE


def test_a_later_version_is_undone_with_its_submission(bank: Person) -> None:
    """What the erased file said of a report that was there before goes; the report says again what it said."""
    sent(bank, one(1, "First words", "first-domain.pt"))
    later = sent(bank, one(1, "quokka-marzipan", "quokka-bank.pt", T2))
    assert titles(bank) == ["quokka-marzipan"]
    actions_report.correct(
        by=factory.as_viewer(bank), report=Report.objects.using("owner").get().pk, reason="", labels=["x"]
    )
    erase(bank, later)
    assert everything_in_the_tables("quokka-marzipan") == []
    assert titles(bank) == ["First words"]
    assert values(bank, "First words") == {"first-domain.pt"}
    with viewer(factory.as_viewer(bank)):
        assert Report.objects.get().objects_count == Object.objects.count() == 2


def test_a_version_in_the_middle_is_undone_without_a_trace(bank: Person) -> None:
    sent(bank, one(1, "First words", "first-domain.pt"))
    middle = sent(bank, one(1, "quokka-marzipan", "quokka-bank.pt", T2))
    sent(bank, one(1, "Last words", "last-domain.pt", T3))
    erase(bank, middle)
    assert everything_in_the_tables("quokka-marzipan") == []
    assert titles(bank) == ["Last words"]
    assert values(bank, "Last words") == {"last-domain.pt"}
    with viewer(factory.as_viewer(bank)):
        assert "First words" in [r.before.get("title") for r in Revision.objects.all()]


def test_a_row_without_versions_is_undone_too(bank: Person) -> None:
    """Rows have an id and no version: their order of arrival counts."""
    told = [f"id,title,date\n1,{title},2026-01-02\n".encode() for title in ("First", "quokka-marzipan", "Last")]
    columns = [{"name": n, "target": t} for n, t in (("id", "key"), ("title", "title"), ("date", "occurred_from"))]
    by_id = {"mapping": {"columns": columns}}
    sent(bank, told[0], **by_id)
    middle = sent(bank, told[1], **by_id)
    assert titles(bank) == ["quokka-marzipan"]
    sent(bank, told[2], **by_id)
    erase(bank, middle)
    assert everything_in_the_tables("quokka-marzipan") == []
    assert titles(bank) == ["Last"]
    latest = sent(bank, told[1].replace(b"2026-01-02", b"2026-01-03"), **by_id)
    erase(bank, latest)
    assert everything_in_the_tables("quokka-marzipan") == []
    assert titles(bank) == ["Last"]


def test_an_object_more_for_an_old_report(bank: Person) -> None:
    """Values that a later file added to a report go with that file."""
    first = indicator(1, "first-domain.pt")
    sent(bank, bundle(report(1, "Words", [first["id"]]), first))
    second = indicator(2, "quokka-bank.pt")
    got = sent(bank, bundle(report(1, "Words", [first["id"], second["id"]], T2), first, second))
    assert values(bank, "Words") == {"first-domain.pt", "quokka-bank.pt"}
    erase(bank, got)
    assert values(bank, "Words") == {"first-domain.pt"}


def test_the_first_file_goes_and_the_later_stays_told(bank: Person) -> None:
    """Where the file that made a report goes, the report goes; the later file's receipt says what it brought."""
    first = sent(bank, one(1, "quokka-marzipan", "quokka-bank.pt", T1))
    sent(bank, one(1, "Other words", "other-domain.pt", T2))
    erase(bank, first)
    assert everything_in_the_tables("quokka-marzipan") == []


# At rest


def test_the_bytes_are_encrypted(bank: Person, database: Path) -> None:
    """Neither the table nor the files of the database hold the bytes; what was drawn from them is another matter."""
    secret = b"%% wombat-nougat stands in no row: it is no element " * 50
    got = sent(bank, b"PK\x03\x04 broken archive " + secret)
    assert got.state == "unreadable"
    assert actions.raw_bytes(by=factory.as_viewer(bank), submission=got.submission).endswith(secret)
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM exchange_submissionchunk WHERE position(%s::bytea in content) > 0", [b"wombat"]
        )
        assert cursor.fetchone() == (0,)
    assert everything_in_the_tables("wombat-nougat") == []
    held = [p for p in database.rglob("*") if p.is_file() and b"wombat-nougat" in p.read_bytes()]
    assert held == []


def test_bytes_that_were_tampered_with_are_not_given(bank: Person) -> None:
    raw = b"text " * (vault.CHUNK // 4)
    got = sent(bank, raw)
    chunks = SubmissionChunk.objects.using("owner").filter(submission=got.submission).order_by("number")
    first, second = chunks
    assert len(chunks) == 2
    by = factory.as_viewer(bank)
    for content in (bytes(first.content)[:-1] + b"\0", bytes(second.content)):
        SubmissionChunk.objects.using("owner").filter(pk=first.pk).update(content=content)
        with pytest.raises(vault.Tampered):
            actions.raw_bytes(by=by, submission=got.submission)
    SubmissionChunk.objects.using("owner").filter(pk=first.pk).update(content=first.content)
    assert actions.raw_bytes(by=by, submission=got.submission) == raw
    second.delete(using="owner")
    with pytest.raises(vault.Tampered):
        actions.raw_bytes(by=by, submission=got.submission)


def test_what_others_did_about_a_report_goes_with_it(bank: Person) -> None:
    """A permission that somebody asked, a restriction that somebody read, and what somebody said came of it."""
    police = factory.person(factory.organisation("A Police", kind="law-enforcement"))
    restricted = Handling(tlp="GREEN", recipients=(ALLIANCE,), codes=("H2", "H3"), restriction="Do not call.")
    got = sent(bank, TABLE, handling=restricted)
    by = factory.as_viewer(police)
    with viewer(by):
        found = Report.objects.get()
    actions_permission.ask(by=by, report=found.pk, code="H2", reason="quokka-reason")
    actions_permission.acknowledge(by=by, report=found.pk, read=actions_permission.digest("Do not call."))
    outcomes.say(by=by, report=found.reference, kind="opened", words="quokka-outcome")
    assert {"exchange_permission", "exchange_outcome"} <= set(everything_in_the_tables("quokka-"))
    erase(bank, got)
    assert everything_in_the_tables("quokka-reason") == everything_in_the_tables("quokka-outcome") == []
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT (SELECT count(*) FROM exchange_permission), (SELECT count(*) FROM exchange_outcome)")
        assert cursor.fetchone() == (0, 0)
