"""The round over mailboxes: known and proven senders only, each letter once, one answer, and what goes wrong."""

from __future__ import annotations

import threading
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.db import connections

from hueandcry.exchange import actions as exchange
from hueandcry.exchange.actions import Refused
from hueandcry.exchange.mailbox import actions, imap
from hueandcry.exchange.mailbox.incoming import CannotRead
from hueandcry.exchange.models import Letter, Mailbox, Report, Sender, Submission
from hueandcry.members.models import Person
from hueandcry.members.viewer import viewer
from tests import factory
from tests.exchange.mailbox import server
from tests.exchange.mailbox.letters import TABLE, letter, resolve, signed

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture(autouse=True)
def _outbox(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    mail.outbox = []


@pytest.fixture
def bank() -> Person:
    return factory.person(factory.organisation("A Bank"), ["analyst", "administrator"], email="a@bank.example")


@pytest.fixture
def box(tmp_path: Path) -> Path:
    for name in ("new", "cur", "tmp"):
        (tmp_path / "mail" / name).mkdir(parents=True)
    actions.add_mailbox(name="main", kind="maildir", place=str(tmp_path / "mail"))
    return tmp_path / "mail"


def put(box: Path, *raws: bytes) -> None:
    for raw in raws:
        number = len(list(box.rglob("*")))
        (box / "new" / f"17000{number:05}.x").write_bytes(raw)


def run() -> int:
    Mailbox.objects.using("owner").update(next_at="2020-01-01T00:00:00Z")
    return actions.read_due(resolve)


def letters() -> list[Letter]:
    return list(Letter.objects.using("owner").order_by("pk"))


def test_a_proven_letter_is_taken_and_answered(bank: Person, box: Path) -> None:
    put(box, signed(letter(cases__csv=TABLE)))
    assert run() == 1
    (one,) = letters()
    assert (one.state, one.dkim, one.sender, one.organisation) == (
        "taken",
        "pass (bank.example)",
        "a@bank.example",
        bank.organisation_id,
    )
    submission = Submission.objects.using("owner").get()
    assert (submission.format, submission.channel, submission.state) == ("letter", "e-mail", "done")
    assert Report.objects.using("owner").get().title == "A false shop"
    (answer,) = mail.outbox
    assert answer.to == ["a@bank.example"]
    headers = answer.extra_headers
    assert (headers["Auto-Submitted"], headers["In-Reply-To"]) == ("auto-replied", "<one@bank.example>")
    assert str(submission.reference) in answer.body
    assert "Stored: 1." in answer.body
    assert "A false shop" not in answer.body + answer.subject
    assert [path.name[-4:] for path in (box / "cur").iterdir()] == [":2,S"]
    assert (run(), len(mail.outbox), len(letters())) == (0, 1, 1)


def test_refusals_are_told(bank: Person, box: Path) -> None:
    put(box, signed(letter(broken__json=b"{", cases__csv=TABLE)), signed(letter(text=" ")))
    run()
    first, second = (answer.body for answer in mail.outbox)
    assert "- broken.json" in first
    assert "Refused: 1." in first
    assert "could not be read" in second


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (letter("x@unknown.example"), "nobody is known"),
        (letter(), "not proven"),
        (signed(letter(), "evil.example", 1), "not proven"),
        (signed(letter()).replace(b"See the table", b"See the cable"), "not proven"),
        (signed(letter()).replace(b"From: a@", b"From: x@evil.example\r\nFrom: a@"), "several From"),
        (letter("a@bank.example, b@evil.example"), "beyond doubt"),
        (letter('"a@bank.example" <x@evil.example>'), "nobody is known"),
        (b"no letter at all", "no From"),
        (b"", "empty"),
    ],
)
def test_strangers_and_forgers_are_recorded_and_hear_nothing(bank: Person, box: Path, raw: bytes, reason: str) -> None:
    put(box, raw)
    run()
    (one,) = letters()
    assert one.state == "refused"
    assert reason in one.reason
    assert mail.outbox == []
    assert Submission.objects.using("owner").count() == 0
    assert list((box / "new").iterdir()) == []


def test_a_letter_too_large_is_not_read(bank: Person, box: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "LARGEST", 1_000)
    put(box, signed(letter(text="x" * 2_000)))
    run()
    assert "larger than" in letters()[0].reason


def test_machines_are_heard_and_not_answered(bank: Person, box: Path) -> None:
    for line in (b"Auto-Submitted: auto-generated", b"Precedence: bulk", b"List-Id: <x.example>"):
        put(box, signed(line + b"\r\n" + letter(text=f"about {line[:4].hex()}.evil.example")))
    run()
    assert [one.state for one in letters()] == ["taken"] * 3
    assert mail.outbox == []


def test_answers_do_not_go_round(bank: Person, box: Path, monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    monkeypatch.setattr(actions, "ANSWERS_AN_HOUR", 3)
    put(box, *(signed(letter(text=f"words {n} about evil{n}.example")) for n in range(6)))
    run()
    assert len(mail.outbox) == 3
    settings.DEFAULT_FROM_EMAIL = "Hue & Cry <a@bank.example>"
    put(box, signed(letter(text="our own answer, come back")))
    run()
    assert letters()[-1].state == "refused"


def test_killed_at_any_place_each_letter_is_taken_once(
    bank: Person, box: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def dies(*args: Any, **kwargs: Any) -> Any:
        raise Killed

    real = {"keep": actions._keep, "receive": exchange.receive, "done": actions.maildir.Maildir.done}

    def after(function: Any) -> Any:
        def call(*args: Any, **kwargs: Any) -> Any:
            function(*args, **kwargs)
            raise Killed

        return call

    put(box, signed(letter(cases__csv=TABLE)))
    for target, name, wrapped in (
        (exchange, "receive", dies),
        (exchange, "receive", after(real["receive"])),
        (actions.maildir.Maildir, "done", dies),
        (actions.answers, "send", dies),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(target, name, wrapped)
            with pytest.raises(Killed):
                run()
    run()
    assert [one.state for one in letters()] == ["taken"]
    assert Submission.objects.using("owner").count() == 1
    assert Report.objects.using("owner").count() == 1
    assert len(mail.outbox) == 0  # killed while answering: once too few, never twice


def test_an_answer_that_cannot_be_sent_is_sent_later(bank: Person, box: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(box, signed(letter(cases__csv=TABLE)))
    with monkeypatch.context() as patch:
        patch.setattr("django.core.mail.EmailMessage.send", partial(_raise, OSError("no mail server")))
        patch.setattr(actions.answers.EmailMessage, "send", partial(_raise, OSError("no mail server")))
        run()
    assert (len(mail.outbox), letters()[0].answered_at) == (0, None)
    run()
    assert len(mail.outbox) == 1


def _raise(error: Exception, *args: Any, **kwargs: Any) -> None:
    raise error


def test_a_name_server_that_does_not_answer_is_waited_for(bank: Person, box: Path) -> None:
    factory.person(bank.organisation, email="a@down.example")
    put(box, signed(letter("a@down.example"), "down.example"))
    assert run() == 0
    assert ([one.state for one in letters()], len(list((box / "new").iterdir()))) == (["taking"], 1)
    Letter.objects.using("owner").update(received_at="2020-01-01T00:00:00Z")
    assert run() == 1
    (one,) = letters()
    assert (one.state, one.dkim[:11]) == ("refused", "not checked")


def test_who_may_not_send_hears_why(box: Path) -> None:
    factory.person(factory.organisation("A Bank"), ["reader"], email="a@bank.example")
    put(box, signed(letter()))
    run()
    (one,) = letters()
    assert (one.state, len(mail.outbox)) == ("refused", 1)
    assert "Your role does not let you send files" in mail.outbox[0].body


def test_named_addresses(bank: Person, box: Path) -> None:
    by = factory.as_viewer(bank)
    actions.add_sender(by=by, address="SOC@bank.example", person=bank.pk)
    actions.add_sender(by=by, address="old@nodkim.example", person=bank.pk, dkim_required=False)
    put(box, signed(letter("soc@bank.example", cases__csv=TABLE)), letter("old@nodkim.example", text="about x.example"))
    run()
    assert [(one.state, one.person) for one in letters()] == [("taken", bank.pk)] * 2
    other = factory.person(factory.organisation("Other"), ["administrator", "analyst"], email="o@other.example")
    theirs = factory.as_viewer(other)
    for address, person in (
        ("soc@bank.example", other.pk),
        ("a@bank.example", other.pk),
        ("new@other.example", bank.pk),
        ("not an address", other.pk),
        ("hueandcry@localhost", other.pk),
    ):
        with pytest.raises(Refused):
            actions.add_sender(by=theirs, address=address, person=person)
    with viewer(theirs):
        assert (Sender.objects.count(), Letter.objects.count(), Mailbox.objects.count()) == (0, 0, 0)
    with pytest.raises(Refused):
        actions.add_sender(
            by=factory.as_viewer(factory.person(bank.organisation)), address="z@z.example", person=bank.pk
        )
    with viewer(by):
        mine = Sender.objects.order_by("pk").first()
    assert mine is not None
    with pytest.raises(Sender.DoesNotExist):
        actions.remove_sender(by=theirs, sender=mine.pk)
    actions.remove_sender(by=by, sender=mine.pk)
    assert Sender.objects.using("owner").count() == 1


def test_a_mailbox_that_fails_is_left_longer_and_longer(box: Path) -> None:
    (box / "new").rename(box / "gone")
    waits = []
    for _ in range(3):
        run()
        found = Mailbox.objects.using("owner").get()
        waits.append(found.failures)
        assert "no maildir" in found.error
    assert waits == [1, 2, 3]
    (box / "gone").rename(box / "new")
    run()
    assert Mailbox.objects.using("owner").get().failures == 0


# IMAP


@pytest.fixture
def imap_box(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    held = server.Box()
    with server.running(held, tmp_path) as context:
        monkeypatch.setattr(imap, "opened", partial(imap.opened, context=lambda: context))
        yield held


def add_imap(held: server.Box, password: str = "", **more: Any) -> int:
    place = f"imaps://localhost:{held.port}/INBOX"
    return actions.add_mailbox(
        name="imap", kind="imap", place=place, login="me", password=password or held.password, **more
    )


def test_imap_goes_on_where_it_stopped(bank: Person, imap_box: server.Box) -> None:
    imap_box.letters = {n: signed(letter(text=f"words about evil{n}.example")) for n in (3, 5, 9)}
    add_imap(imap_box, done_folder="Done")
    assert run() == 3
    assert (imap_box.fetched, sorted(imap_box.seen), imap_box.moved) == ([3, 5, 9], [3, 5, 9], [3, 5, 9])
    imap_box.letters[12] = signed(letter(text="words about evil12.example"))
    assert (run(), imap_box.fetched) == (1, [3, 5, 9, 12])
    assert run() == 0
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT place || encode(credentials, 'escape') FROM exchange_mailbox")
        assert "right horse" not in cursor.fetchone()[0]


def test_imap_breaks_off_and_is_renumbered(bank: Person, imap_box: server.Box) -> None:
    imap_box.letters = {n: signed(letter(text=f"words about evil{n}.example")) for n in range(1, 5)}
    add_imap(imap_box)
    imap_box.hang_up_after = 2
    run()
    assert Mailbox.objects.using("owner").get().failures == 1
    assert len(letters()) == 2
    imap_box.hang_up_after = 0
    assert run() == 2
    imap_box.validity = 8  # every number means something else now
    run()
    assert len(letters()) == 4
    assert Submission.objects.using("owner").count() == 4
    assert len(mail.outbox) == 4


def test_imap_servers_that_lie_or_refuse(imap_box: server.Box) -> None:
    with pytest.raises(CannotRead) as refused:
        add_imap(imap_box, password="wrong horse")
    assert "wrong horse" not in str(refused.value)
    for place in ("imap://localhost/INBOX", "https://localhost/x"):
        with pytest.raises(Refused):
            actions.add_mailbox(name="x", kind="imap", place=place, login="me", password="p")
    add_imap(imap_box)
    imap_box.letters = {1: signed(letter())}
    imap_box.literal = 2**40
    run()
    found = Mailbox.objects.using("owner").get()
    assert "too much" in found.error


def test_two_workers_take_each_letter_once(bank: Person, box: Path) -> None:
    put(box, *(signed(letter(text=f"words about evil{n}.example")) for n in range(8)))
    Mailbox.objects.using("owner").update(next_at="2020-01-01T00:00:00Z")

    def work() -> None:
        from django.db import connection

        try:
            actions.read_due(resolve)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert (len(letters()), Submission.objects.using("owner").count(), len(mail.outbox)) == (8, 8, 8)


# The page


def test_the_page(bank: Person, box: Path) -> None:
    put(box, signed(letter(cases__csv=TABLE)))
    run()
    browser = factory.signed_in(bank)
    page = browser.get("/mail/").content.decode()
    assert "pass (bank.example)" in page
    answer = browser.post("/mail/", {"address": "soc@bank.example", "person": str(bank.pk), "dkim_required": "on"})
    assert answer.status_code == 302
    assert "soc@bank.example" in browser.get("/mail/").content.decode()
    assert browser.post("/mail/", {"address": "soc@bank.example", "person": str(bank.pk)}).status_code == 200
    sender = Sender.objects.using("owner").get()
    assert sender.dkim_required
    stranger = factory.signed_in(factory.person(factory.organisation("Other"), ["administrator"]))
    assert "bank.example" not in stranger.get("/mail/").content.decode()
    assert stranger.post(f"/mail/senders/{sender.pk}/remove/").status_code == 404
    assert factory.signed_in(factory.person(bank.organisation)).get("/mail/").status_code == 403
    assert browser.post(f"/mail/senders/{sender.pk}/remove/").status_code == 302
    assert Sender.objects.using("owner").count() == 0
    assert browser.get("/mail/?before=x").status_code == 200
    assert browser.get("/mail/?before=1").status_code == 200
