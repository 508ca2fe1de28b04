"""Letters: in whose hands, how often, what they say, and that two workers send one."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.db import connection
from django.test import Client

from hueandcry.audit.models import Act
from hueandcry.members.models import Organisation, Person
from hueandcry.members.viewer import Viewer
from hueandcry.notices import actions, letters, naming
from hueandcry.notices.models import Notice, Preference
from tests import factory

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def reader() -> Person:
    return factory.person(factory.organisation(), email="ana@example.org")


@pytest.fixture
def vouched() -> Iterator[set[str]]:
    """Links that a desk above vouches for."""
    links: set[str] = set()

    def check(by: Viewer, asked: frozenset[str]) -> frozenset[str]:
        return asked & links

    kept, naming._checks[:] = list(naming._checks), [check]
    yield links
    naming._checks[:] = kept


def prefer(person: Person, how: str, muted: tuple[str, ...] = ()) -> None:
    actions.set_preference(by=factory.as_viewer(person), mail=how, muted=muted)


def tell(person: Person, title: str = "A hit", link: str = "", kind: str = "hit") -> None:
    actions.tell(kind=kind, title=title, text="Not in a letter", link=link, people=[person.pk])


def passed(days: float) -> None:
    """Let time pass for who was written to."""
    then = datetime.now(UTC) - timedelta(days=days)
    Preference.objects.using("owner").update(mailed_at=then)


def sent() -> list[EmailMultiAlternatives]:
    letters.mail_due()
    found = list(mail.outbox)
    mail.outbox.clear()
    return found  # type: ignore[return-value]


def test_at_once_is_the_next_round_and_only_once(reader: Person) -> None:
    prefer(reader, "at once")
    tell(reader, "Somebody holds your wallet", "/hits/")
    (letter,) = sent()
    assert (letter.to, letter.subject) == (["ana@example.org"], "Somebody holds your wallet")
    assert sent() == []
    tell(reader, "Another")
    assert [one.subject for one in sent()] == ["Another"]
    acts = Act.objects.using("owner").filter(kind="letter", verb="send").order_by("pk")
    told = [(act.person, act.organisation, act.thing, act.channel) for act in acts]
    assert told == [(None, reader.organisation_id, str(reader.pk), "e-mail")] * 2  # who is written to did nothing


def test_a_day_is_one_letter(reader: Person) -> None:
    tell(reader, "First")
    assert len(sent()) == 1  # daily unless said otherwise
    tell(reader, "Second")
    tell(reader, "Third")
    assert sent() == []
    passed(1.01)
    (letter,) = sent()
    assert letter.subject == "2 notices from Hue & Cry"
    assert letter.body.index("Third") < letter.body.index("Second")
    assert "First" not in letter.body
    assert sent() == []


def test_weekly_never_and_muted(reader: Person) -> None:
    prefer(reader, "weekly", ("alert",))
    tell(reader, "Muted", kind="alert")
    assert sent() == []
    tell(reader, "First")
    assert len(sent()) == 1
    tell(reader, "Second")
    passed(6.9)
    assert sent() == []
    passed(7.1)
    (letter,) = sent()
    assert "Muted" not in letter.body
    prefer(reader, "never")
    tell(reader, "Third")
    passed(8)
    assert sent() == []


def test_what_was_read_or_is_old_is_no_news(reader: Person) -> None:
    tell(reader, "Read")
    actions.mark_read(by=factory.as_viewer(reader))
    tell(reader, "Old")
    Notice.objects.using("owner").filter(title="Old").update(at=datetime.now(UTC) - timedelta(days=15))
    assert sent() == []


def test_a_letter_has_no_text_and_can_be_ended(reader: Person) -> None:
    tell(reader, "<b>A hit</b>", "/hits/")
    (letter,) = sent()
    page = str(letter.alternatives[0][0])
    assert "Not in a letter" not in letter.body + page
    assert "&lt;b&gt;A hit" in page and "<b>A hit</b>" in letter.body
    assert letter.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = letter.extra_headers["List-Unsubscribe"].strip("<>")
    path = "/" + address.split("/", 3)[3]
    stranger = Client(enforce_csrf_checks=True)
    assert b"No more letters?" in stranger.get(path).content
    assert Preference.objects.using("owner").get().mail == "daily", "looking ends nothing"
    assert stranger.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert Preference.objects.using("owner").get().mail == "never"
    assert stranger.post(path[:-3] + "xx/").status_code == 404


def test_reports_are_named_only_where_somebody_vouches(reader: Person, vouched: set[str]) -> None:
    prefer(reader, "at once")
    vouched.add("/reports/open/")
    tell(reader, "Open report", "/reports/open/", "outcome")
    tell(reader, "Closed report", "/reports/closed/", "outcome")
    tell(reader, "A request", "/requests/1/", "request")
    (letter,) = sent()
    said = letter.body + str(letter.alternatives[0][0])
    assert "Open report" in said and "A request" in said and "What came of a report you may see" in said
    assert "Closed report" not in said


def test_nobody_out_of_standing_is_written_to(reader: Person) -> None:
    tell(reader)
    Organisation.objects.using("owner").filter(pk=reader.organisation_id).update(state="suspended")
    assert sent() == []
    Organisation.objects.using("owner").filter(pk=reader.organisation_id).update(state="vetted")
    Person.objects.filter(pk=reader.pk).update(is_active=False)
    assert sent() == []
    Person.objects.filter(pk=reader.pk).update(is_active=True)
    assert len(sent()) == 1


def test_a_letter_that_fails_is_tried_again_and_holds_up_nobody(
    reader: Person, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    other = factory.person(factory.organisation(), email="zoe@example.org")
    tell(reader)
    tell(other)
    send = EmailMultiAlternatives.send

    def broken(self: EmailMultiAlternatives, fail_silently: bool = False) -> int:
        if self.to == ["ana@example.org"]:
            raise ConnectionRefusedError("no mail server")
        return send(self, fail_silently)

    monkeypatch.setattr(EmailMultiAlternatives, "send", broken)
    assert [letter.to for letter in sent()] == [["zoe@example.org"]]
    assert "could not be sent" in caplog.text
    monkeypatch.setattr(EmailMultiAlternatives, "send", send)
    assert sent() == [], "not before its time"
    Preference.objects.using("owner").update(next_at=datetime.now(UTC))
    assert [letter.to for letter in sent()] == [["ana@example.org"]]


def test_two_workers_write_one_letter(reader: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    tell(reader)
    here, go = threading.Barrier(2, timeout=10), threading.Event()
    send = EmailMultiAlternatives.send

    def slow(self: EmailMultiAlternatives, fail_silently: bool = False) -> int:
        go.wait(0.5)  # the other is at work meanwhile
        return send(self, fail_silently)

    monkeypatch.setattr(EmailMultiAlternatives, "send", slow)

    def work() -> None:
        here.wait()
        try:
            letters.write_to(reader.pk)
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(timeout=20)
    assert len(mail.outbox) == 1
    mail.outbox.clear()
    assert sent() == []
