"""Writes of this part: mailboxes and senders, and the round that takes letters in and answers them.

A letter is taken once, whatever happens: its row is there before it is taken, known by its hash in its mailbox; the
submission is found again by its bytes; and only then is it marked in the mailbox. An answer goes out at most once.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.timezone import now
from django.utils.translation import gettext as _

from hueandcry.audit import actions as audit
from hueandcry.exchange import actions as exchange
from hueandcry.exchange import receipts
from hueandcry.exchange.actions import Refused
from hueandcry.exchange.handling import BadHandling
from hueandcry.exchange.mailbox import answers, head, imap, maildir, proof
from hueandcry.exchange.mailbox.incoming import CannotRead, Incoming
from hueandcry.exchange.models import Letter, Mailbox, Sender, Submission
from hueandcry.exchange.remotes import credentials
from hueandcry.members.models import Person
from hueandcry.members.viewer import Viewer, identify, viewer
from hueandcry.web import locks

log = logging.getLogger(__name__)
LOCK = 3  # key of the advisory lock: one process reads a mailbox

# Nobody holds this role: it stands for the machine itself and for its operator at the command line.
OPERATOR = Viewer(principals=(), roles=frozenset({"operator"}), channel="e-mail")
LARGEST = 32 * 1024 * 1024  # bytes of a letter
A_ROUND = 100  # letters of one mailbox taken in a round
LONGEST_PAUSE = timedelta(hours=1)
PATIENCE = timedelta(hours=1)  # for a name server that does not answer
WAIT_FOR_READING = timedelta(minutes=10)  # then the answer says that it is still being read
ANSWERS_AN_HOUR = 60  # to one address; more is a loop
RESENT_FOR = timedelta(days=1)


# Mailboxes, by the operator


def add_mailbox(
    *, name: str, kind: str, place: str, login: str = "", password: str = "", every: int = 60, done_folder: str = ""
) -> int:
    """Read this mailbox from now on. Raises Refused for one that cannot be, CannotRead where it cannot be opened."""
    if kind == Mailbox.Kind.IMAP and not (place.startswith("imaps://") and login and "\n" not in login):
        raise Refused(_("An IMAP mailbox wants imaps://host/folder, a login and a password."))
    mailbox = Mailbox(name=name[:200], kind=kind, place=place, every=max(10, every), done_folder=done_folder)
    if login:
        mailbox.credentials = credentials.seal(f"{login}\n{password}")
    with _opened(mailbox):
        pass
    try:
        with viewer(OPERATOR):
            mailbox.save(force_insert=True)
            audit.record(by=OPERATOR, verb="add", kind="mailbox", thing=mailbox.pk)
    except IntegrityError:
        raise Refused(_("There is a mailbox of this name.")) from None
    return mailbox.pk


def remove_mailbox(*, name: str) -> bool:
    """Read a mailbox no more, and forget what came in it; what was taken stays. False where there is none."""
    with viewer(OPERATOR):
        found = Mailbox.objects.filter(name=name).first()
        if found is None:
            return False
        audit.record(by=OPERATOR, verb="remove", kind="mailbox", thing=found.pk)
        found.delete()
    return True


# Senders, by an organisation's administrator


def add_sender(*, by: Viewer, address: str, person: int, dkim_required: bool = True) -> None:
    """Take letters from this address on behalf of a person of one's own organisation. Raises Refused."""
    _require_administrator(by)
    address = address.strip().lower()
    if head.read(f"From: {address}\n\n".encode("ascii", "replace")).sender != address:
        raise Refused(_("This is no address that letters can be told apart by."))
    if address == _own_address():
        raise Refused(_("This is our own address."))
    with viewer(by):
        whose = Person.objects.filter(pk=person, organisation=by.organisation or 0, is_active=True).first()
        if whose is None or not set(whose.roles) & set(exchange.SUBMITTERS):
            raise Refused(_("Name somebody of your organisation who may send files."))
        if Person.objects.filter(email=address).exclude(organisation=by.organisation or 0).exists():
            raise Refused(_("This address cannot be used."))
        try:
            with transaction.atomic():
                Sender.objects.create(
                    organisation=by.organisation or 0, person=person, address=address, dkim_required=dkim_required
                )
        except IntegrityError:
            raise Refused(_("This address cannot be used.")) from None
        audit.record(by=by, verb="add", kind="sender", detail={"address": audit.keyed(address)})


def remove_sender(*, by: Viewer, sender: int) -> None:
    """Take no more letters from an address. Raises Sender.DoesNotExist for one that is not one's own."""
    _require_administrator(by)
    with viewer(by):
        found = Sender.objects.get(pk=sender, organisation=by.organisation or 0)
        audit.record(by=by, verb="remove", kind="sender", thing=sender, detail={"address": audit.keyed(found.address)})
        found.delete()


def _require_administrator(by: Viewer) -> None:
    if by.organisation is None or not by.vetted or not by.may("administrator"):
        raise Refused(_("Only an administrator of a member organisation can do this."))


# The round


def read_due(resolve: proof.Resolve = proof.look_up) -> int:
    """Read every mailbox whose time has come, and send the answers that are due; gives how many letters came."""
    with viewer(OPERATOR):
        due = list(Mailbox.objects.filter(paused=False, next_at__lte=now()).order_by("next_at"))
    taken = sum(read_mailbox(mailbox=mailbox.pk, resolve=resolve) for mailbox in due)
    answer_due()
    return taken


def read_mailbox(*, mailbox: int, resolve: proof.Resolve = proof.look_up, most: int = A_ROUND) -> int:
    """Take in what waits in one mailbox; gives how many letters. A mailbox that cannot be read is left for longer and
    longer, and says why."""
    with locks.alone(LOCK, mailbox) as alone:
        if not alone:
            return 0
        with viewer(OPERATOR):
            found = Mailbox.objects.get(pk=mailbox)
        try:
            count = _read(found, resolve, most)
        except (CannotRead, credentials.Unsealable) as error:
            pause = min(LONGEST_PAUSE, timedelta(seconds=found.every * 2 ** min(found.failures, 10)))
            _note(found, failures=found.failures + 1, error=str(error)[:500], next_at=now() + pause)
            return 0
        _note(found, failures=0, error="", next_at=now() + timedelta(seconds=found.every))
        return count


def _read(mailbox: Mailbox, resolve: proof.Resolve, most: int) -> int:
    count = 0
    with _opened(mailbox) as box:
        for letter in box.letters(most, LARGEST):
            if not _take(mailbox, letter, resolve):
                break  # later: its proof cannot be looked up just now
            box.done(letter)
            count += 1
            if isinstance(box, imap.Folder):
                _note(mailbox, validity=box.validity, last_uid=box.last)
    return count


@contextmanager
def _opened(mailbox: Mailbox) -> Iterator[maildir.Maildir | imap.Folder]:
    if mailbox.kind == Mailbox.Kind.MAILDIR:
        with maildir.opened(mailbox.place) as box:
            yield box
        return
    login, _line, password = credentials.unseal(bytes(mailbox.credentials or b"")).partition("\n")
    with imap.opened(
        mailbox.place, login, password, validity=mailbox.validity, last=mailbox.last_uid,
        done_folder=mailbox.done_folder,
    ) as folder:  # fmt: skip
        yield folder


def _note(mailbox: Mailbox, **changes: object) -> None:
    with viewer(OPERATOR):
        Mailbox.objects.filter(pk=mailbox.pk).update(**changes)


# One letter


@dataclass(frozen=True, slots=True)
class _Known:
    """On whose behalf a letter is taken, and whether its DKIM has to hold."""

    person: int
    organisation: int
    dkim_required: bool


def _take(mailbox: Mailbox, letter: Incoming, resolve: proof.Resolve) -> bool:
    """Take one letter, or record why not; False where it has to wait."""
    said = letter.raw if letter.raw else f"{letter.name} {letter.size}".encode()
    digest = hashlib.sha256(said).digest()
    with viewer(OPERATOR):
        earlier = Letter.objects.filter(mailbox=mailbox, sha256=digest).first()
    if earlier is not None and earlier.state in (Letter.State.TAKEN, Letter.State.REFUSED):
        return True  # taken before: the mark in the mailbox was lost, or somebody sent it twice
    row = earlier or Letter(mailbox=mailbox, sha256=digest, state=Letter.State.TAKING)
    if not letter.raw:
        return _refuse(row, f"larger than {LARGEST:,} bytes, or empty")
    told = head.read(letter.raw)
    row.sender, row.message_id = told.sender, told.message_id
    if not told.sender:
        return _refuse(row, told.doubt)
    known = _known(told.sender)
    if known is None:
        return _refuse(row, "nobody is known by this address")
    row.person, row.organisation = known.person, known.organisation
    proven = proof.check(letter.raw, told.sender, resolve)
    row.dkim = str(proven)[:300]
    if known.dkim_required and proven.word == "not checked" and (row.pk is None or now() - row.received_at < PATIENCE):
        _keep(row)
        return False
    if known.dkim_required and proven.word != "pass":
        return _refuse(row, f"it is not proven to be from {told.sender}: DKIM {proven}")
    row.answer = not told.automatic
    _keep(row)
    _submit(row, letter.raw)
    return True


def _known(address: str) -> _Known | None:
    if address == _own_address():
        return None
    person = Person.objects.filter(email=address, is_active=True, organisation__isnull=False).first()
    with viewer(OPERATOR):
        sender = Sender.objects.filter(address=address).first()
    if sender is not None and (person is None or person.organisation_id == sender.organisation):
        return _Known(sender.person, sender.organisation, sender.dkim_required)
    return _Known(person.pk, person.organisation_id or 0, True) if person is not None else None


def _own_address() -> str:
    return head.read(f"From: {settings.DEFAULT_FROM_EMAIL}\n\n".encode("ascii", "replace")).sender


def _submit(row: Letter, raw: bytes) -> None:
    by = identify(row.person, channel="e-mail")
    try:
        if by.organisation != row.organisation:
            raise Refused(_("The person whom this address stands for has left the organisation."))
        got = exchange.receive(by=by, raw=raw, filename="letter.eml", claimed="letter")
    except (Refused, BadHandling) as error:
        row.state, row.reason = Letter.State.REFUSED, error.reason
    except Exception:
        log.exception("letter %s could not be taken", row.pk)
        row.state, row.reason, row.answer = Letter.State.FAILED, exchange.FAULT, False
    else:
        row.state, row.submission = Letter.State.TAKEN, got.submission
    _keep(row)


def _refuse(row: Letter, reason: str) -> bool:
    """Record a letter that is not taken and gets no answer: who it says it is from may never have written it."""
    row.state, row.reason, row.answer = Letter.State.REFUSED, reason[:500], False
    _keep(row)
    return True


def _keep(row: Letter) -> None:
    with viewer(OPERATOR):
        if row.pk is None:
            row.received_at = now()
            row.save(force_insert=True)
        else:
            row.save()
        audit.record(by=OPERATOR, verb=f"letter: {row.state}", kind="e-mail", thing=row.pk)


# Answers


def answer_due() -> int:
    """Send the answers that are due; gives how many went out."""
    with viewer(OPERATOR):
        waiting = Letter.objects.filter(answer=True, answered_at=None, received_at__gt=now() - RESENT_FOR)
        due = list(waiting.exclude(state=Letter.State.TAKING).order_by("pk")[:200])
    return sum(_answer(letter) for letter in due)


def _answer(letter: Letter) -> bool:
    person = Person.objects.filter(pk=letter.person or 0).first()
    if person is None:
        return False
    receipt = _receipt(letter)
    finished = receipt is None or receipt.state not in exchange.UNFINISHED
    if not finished and now() - letter.received_at < WAIT_FOR_READING:
        return False
    with viewer(OPERATOR):
        lately = Letter.objects.filter(Q(sender=letter.sender) & Q(answered_at__gt=now() - timedelta(hours=1))).count()
        mine = Letter.objects.filter(pk=letter.pk, answered_at=None)
        if lately >= ANSWERS_AN_HOUR:
            mine.update(answer=False)
            return False
        # Noted before it goes: whoever is killed in between answers once too few, never twice.
        if not mine.update(answered_at=now()):
            return False
    if answers.send(letter, person, receipt, lambda path: settings.PUBLIC_URL + path):
        return True
    with viewer(OPERATOR):
        Letter.objects.filter(pk=letter.pk).update(answered_at=None)
    return False


def _receipt(letter: Letter) -> receipts.Receipt | None:
    if letter.submission is None:
        return None
    by = identify(letter.person, channel="e-mail")
    with viewer(by):
        try:
            return receipts.receipt(by, letter.submission, remarks=answers.SHOWN)
        except Submission.DoesNotExist:  # erased, or its sender may not see it any more
            return None
