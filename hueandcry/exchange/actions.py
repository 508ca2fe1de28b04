"""Every write about submissions: receive, read, read again or otherwise, erase. Reports: actions_report.py.

Each is one transaction (reading a large submission: one a chunk), audited inside it, on behalf of ``by``. One life, so
one file: kept, read, read again and erased share how a reading begins, ends and starts over.
"""

from __future__ import annotations

import hashlib
import logging
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import islice
from typing import Any

from django.conf import settings
from django.db import IntegrityError
from django.db.models import F
from django.utils.timezone import now

from hueandcry.audit import actions as audit
from hueandcry.exchange import formats, mapping_edit, queries, table, vault
from hueandcry.exchange import handling as rules
from hueandcry.exchange import mapping as mappings
from hueandcry.exchange.ahead import Ahead
from hueandcry.exchange.drafts import Options, Unreadable
from hueandcry.exchange.handling import Handling
from hueandcry.exchange.mapping import BadMapping
from hueandcry.exchange.merge import Merge, intern
from hueandcry.exchange.models import (
    Mapping as SavedMapping,
)
from hueandcry.exchange.models import (
    Submission,
    SubmissionChunk,
    SubmissionKey,
)
from hueandcry.exchange.publication.actions import Alongside, soon
from hueandcry.exchange.removal import remove_content
from hueandcry.exchange.staging import Chunk
from hueandcry.exchange.statements import binding
from hueandcry.members import queries as members
from hueandcry.members.viewer import Viewer, viewer
from hueandcry.web import locks

log = logging.getLogger(__name__)
LOCK = 1  # key of the advisory lock: one process reads a submission

CHUNK = 5_000  # drafts merged in one transaction
LARGE = 4 * 1024 * 1024  # bytes of a file that surely has several chunks
UNFINISHED = (Submission.State.RECEIVED, Submission.State.READING)
SUBMITTERS = ("analyst", "reporter", "administrator", "integrator")


class Refused(Exception):
    """An act that may not be done; ``reason`` says why in words for the person who tried."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Received:
    """What ``receive`` answers: the submission, and whether the same bytes had come before."""

    submission: int
    reference: uuid.UUID
    state: str
    repeat: bool = False


def receive(
    *,
    by: Viewer,
    raw: bytes,
    filename: str = "",
    claimed: str = "",
    handling: Handling | None = None,
    mapping: Mapping[str, Any] | None = None,
    at_once: bool | None = None,
    received_at: datetime | None = None,
    told: Callable[[int], None] = lambda count: None,
    publish: bool = True,
) -> Received:
    """Keep the bytes, encrypted, and then read them: at once when small, by a job when large.

    The same bytes from the same person give the first submission again. Raises Refused where ``by`` may not submit
    and BadHandling where ``handling`` cannot be taken. Whatever is wrong with the bytes themselves stands in the
    receipt, not in an exception. ``told`` hears after each chunk how many drafts are in. ``publish=False`` is for who
    sends many files in a row and publishes them together: a turn for each of them costs more than all at once.
    """
    require_submitter(by)
    if len(raw) > settings.SUBMISSION_LIMIT:
        limit = settings.SUBMISSION_LIMIT // (1024 * 1024)
        raise Refused(f"The file is too large: at most {limit} MiB are taken at once. Send it in parts.")
    keep = partial(
        _keep,
        by=by, raw=raw, filename=filename, claimed=claimed, handling=handling, mapping=mapping, received_at=received_at,
    )  # fmt: skip
    try:
        kept, work = keep()
    except IntegrityError:  # the same bytes came in twice at once, and the other was first: now they are found
        kept, work = keep()
    if kept.state not in UNFINISHED:
        return kept
    if at_once is None:
        at_once = len(raw) <= settings.SUBMISSION_AT_ONCE
    if not at_once:
        if kept.state == Submission.State.RECEIVED:
            from hueandcry.exchange import tasks

            tasks.read_submission.defer(submission=kept.submission, person=by.person or 0)
        return kept
    with locks.alone(LOCK, kept.submission) as alone:  # also goes on with what a killed process left half read
        state = _read(work or _begin(by, kept.submission), raw, told) if alone else kept.state
    if publish:
        soon()
    return Received(kept.submission, kept.reference, state, kept.repeat)


def require_submitter(by: Viewer) -> tuple[int, int]:
    """The organisation and person of who may send files. Raises Refused with the reason for everybody else."""
    if by.organisation is None or by.person is None:
        raise Refused("Only somebody of a member organisation can send files. Sign in first.")
    if not by.vetted:
        raise Refused("Your organisation is not yet, or no longer, a member in good standing; ask the secretariat.")
    if not by.may(*SUBMITTERS):
        raise Refused("Your role does not let you send files; ask your organisation's administrator.")
    return by.organisation, by.person


def _keep(
    *,
    by: Viewer,
    raw: bytes,
    filename: str,
    claimed: str,
    handling: Handling | None,
    mapping: Mapping[str, Any] | None,
    received_at: datetime | None,
) -> tuple[Received, _Work | None]:
    """Store the encrypted bytes and commit: from here on nothing can be lost. Gives what reading them needs as well."""
    sha256 = hashlib.sha256(raw).digest()
    with viewer(by):
        earlier = (
            Submission.objects.filter(organisation=by.organisation, person=by.person, sha256=sha256)
            .exclude(state=Submission.State.ERASED)
            .first()
        )
        if earlier is not None:
            return _again(by, earlier), None
        chosen = rules.checked(handling or queries.default_handling(by))
        owner = members.owner_principals(by)
        submission = Submission(
            organisation_id=by.organisation or 0,
            person_id=by.person or 0,
            audience=intern([owner.person if chosen.tlp == "RED" else owner.organisation]),
            sha256=sha256,
            size=len(raw),
            filename=_one_line(filename),
            claimed=claimed,
            channel=by.channel,
            handling=chosen.as_json(),
            mapping=dict(mapping) if mapping is not None else _saved_mapping(by, raw),
            received_at=received_at or now(),
        )
        forbidden = formats.forbidden(raw)
        if forbidden is not None:
            submission.state, submission.place, submission.reason = "unreadable", forbidden.place, forbidden.reason
            submission.finished_at = now()
        submission.save(force_insert=True)
        if forbidden is None:
            key = vault.new_key()
            SubmissionKey.objects.create(submission=submission, key=key)
            _keep_bytes(submission.pk, vault.encrypted(raw, key))
        audit.record(by=by, verb="submit", kind="submission", thing=submission.pk, detail={"size": len(raw)})
        return Received(submission.pk, submission.reference, submission.state), _work(by, submission, owner, chosen)


def _keep_bytes(submission: int, parts: Iterable[bytes]) -> None:
    """Store the encrypted parts, sent as they are."""
    with binding() as cursor:
        cursor.executemany(
            "INSERT INTO exchange_submissionchunk (submission_id, number, content) VALUES (%s, %s, %b)",
            [(submission, number, part) for number, part in enumerate(parts)],
        )


def _saved_mapping(by: Viewer, raw: bytes) -> dict[str, Any] | None:
    """The mapping that the sender's organisation saved for tables with this very header; None where there is none."""
    saved = list(SavedMapping.objects.filter(organisation_id=by.organisation or 0).values_list("header", "content"))
    if not saved:
        return None
    try:
        header = table.open_table(mapping_edit.head(raw)).header
    except Unreadable:
        return None
    return next((content for names, content in saved if names == header), None)


def _again(by: Viewer, earlier: Submission) -> Received:
    audit.record(by=by, verb="submit again", kind="submission", thing=earlier.pk)
    state = earlier.state
    if state == Submission.State.FAILED:  # failed for a fault of ours: the same bytes are a wish to try again
        state = Submission.State.RECEIVED
        _start_over(by, earlier.pk, state=state)
    return Received(earlier.pk, earlier.reference, state, repeat=True)


def _one_line(name: str) -> str:
    return "".join(c for c in name if c.isprintable())[-255:]


def read(*, by: Viewer, submission: int, raw: bytes | None = None) -> str:
    """Read a kept submission into reports, in chunks that each commit; gives the state it ends in.

    Goes on where a killed reading stopped: readers are deterministic, so the drafts already merged are passed over.
    """
    with locks.alone(LOCK, submission) as alone:
        state = _read(_begin(by, submission), raw) if alone else Submission.State.READING
    soon()
    return state


def _read(work: _Work, raw: bytes | None, told: Callable[[int], None] = lambda count: None) -> str:
    by, submission = work.merge.by, work.merge.submission
    try:
        if raw is None:
            raw = raw_bytes(by=by, submission=submission)
        found, drafts = formats.read(raw, work.options, work.claimed)
        work.merge.remember(islice(drafts, work.consumed))
        first = CHUNK // 5 if len(raw) >= LARGE else None
        with Ahead(drafts, CHUNK, first) as ahead, Alongside() as publisher:
            while True:
                chunk = ahead.next()
                with viewer(by):
                    _merge_chunk(work, chunk, found.name)
                    if not ahead.more():  # so that the last chunk and the end of the reading are one transaction
                        _finish(by, submission, Submission.State.DONE)
                        return Submission.State.DONE
                publisher.go_on()
                work.consumed += len(chunk.drafts)
                told(work.consumed)
    except Unreadable as error:
        return _end_unreadable(by, submission, error)
    except Exception:
        log.exception("reading submission %s failed", submission)
        with viewer(by):
            _finish(by, submission, Submission.State.FAILED, reason=FAULT)
        return Submission.State.FAILED


FAULT = "Reading stopped for a fault of ours, not of your file. The file is kept and can be read again."


@dataclass(slots=True)
class _Work:
    """A submission about to be read."""

    merge: Merge
    options: Options
    claimed: str
    consumed: int


def _begin(by: Viewer, submission: int) -> _Work:
    with viewer(by):
        kept = Submission.objects.get(pk=submission)
        Submission.objects.filter(pk=submission).update(state=Submission.State.READING)
        return _work(by, kept, members.owner_principals(by), rules.from_json(kept.handling))


def _work(by: Viewer, kept: Submission, owner: members.Owner, handling: Handling) -> _Work:
    merge = Merge(
        by=by,
        submission=kept.pk,
        source_kind=owner.kind,
        owner_organisation=owner.organisation,
        owner_person=owner.person,
        handling=handling,
        kinds=members.kinds_of(handling.recipients),
        received_at=kept.received_at,
    )
    options = Options(kept.filename, kept.mapping, kept.received_at, owner.address)
    return _Work(merge, options, kept.claimed, kept.consumed)


def _merge_chunk(work: _Work, chunk: Chunk, form: str) -> None:
    counts = work.merge.chunk(chunk)
    Submission.objects.filter(pk=work.merge.submission).update(
        format=form,
        consumed=F("consumed") + len(chunk.drafts),
        read=F("read") + counts.read,
        stored=F("stored") + counts.stored,
        known=F("known") + counts.known,
        refused=F("refused") + counts.refused,
        reports=F("reports") + counts.reports,
    )


def _end_unreadable(by: Viewer, submission: int, error: Unreadable) -> str:
    """Nothing half-stored: what chunks before the place of the fault had brought goes again."""
    with viewer(by):
        _start_over(by, submission, place=error.place[:200])
        _finish(by, submission, Submission.State.UNREADABLE, reason=error.reason)
    return Submission.State.UNREADABLE


def _finish(by: Viewer, submission: int, state: str, *, reason: str = "") -> None:
    """Note how a reading ended; inside a viewer."""
    Submission.objects.filter(pk=submission).update(state=state, reason=reason[:2000], finished_at=now())
    counts = Submission.objects.values("read", "stored", "known", "refused").get(pk=submission)
    audit.record(by=by, verb=f"read: {state}", kind="submission", thing=submission, detail=dict(counts))


def _start_over(by: Viewer, submission: int, **changes: Any) -> None:
    """As if nothing of it had been read: what it brought goes, its counts are nought. The drafts of another version of
    a reader may be others, so a reading that failed does not go on in the middle."""
    remove_content(submission, person=by.person)
    Submission.objects.filter(pk=submission).update(
        **({"consumed": 0, "total": 0, "read": 0, "stored": 0, "known": 0, "refused": 0, "reports": 0} | changes)
    )


def read_again(*, by: Viewer, submission: int) -> str:
    """Read a submission again that failed for a fault of ours, or could not be read by an earlier version."""
    require_submitter(by)
    with viewer(by):
        kept = Submission.objects.get(pk=submission)
        if kept.state not in (Submission.State.FAILED, Submission.State.UNREADABLE):
            raise Refused("Only a submission that could not be read can be read again.")
        if not SubmissionKey.objects.filter(submission=kept).exists():
            raise Refused("Its bytes were not kept, so they cannot be read again.")
        _start_over(by, submission, place="", reason="", finished_at=None)
        audit.record(by=by, verb="read again", kind="submission", thing=submission)
    return read(by=by, submission=submission)


def remap(*, by: Viewer, submission: int, mapping: Mapping[str, Any]) -> str:
    """Read a table again by another mapping: what the first reading brought goes, the bytes stay; gives its state.

    Raises Refused where the submission is no table, is being read, or its bytes are not kept any more.
    """
    require_submitter(by)
    try:
        plain = mappings.to_plain(mappings.from_plain(mapping))
    except BadMapping as error:
        raise Refused(f"The mapping cannot be used: {error}.") from None
    with viewer(by):
        kept = Submission.objects.select_for_update().get(pk=submission)
        if kept.organisation_id != by.organisation:
            raise Refused("Only the organisation that sent it can have it read in another way.")
        if kept.format != "csv" or kept.state in UNFINISHED:
            raise Refused("Only a table that has been read can be read in another way.")
        if not SubmissionKey.objects.filter(submission=kept).exists():
            raise Refused("Its bytes are not kept any more, so it cannot be read again.")
        _start_over(
            by, submission, mapping=plain, state=Submission.State.RECEIVED, place="", reason="", finished_at=None
        )
        audit.record(by=by, verb="read by another mapping", kind="submission", thing=submission)
    if kept.size <= settings.SUBMISSION_AT_ONCE:
        return read(by=by, submission=submission)
    from hueandcry.exchange import tasks

    tasks.read_submission.defer(submission=submission, person=by.person or 0)
    return Submission.State.RECEIVED


def raw_bytes(*, by: Viewer, submission: int) -> bytes:
    """The bytes of a submission as they came. Raises Refused where they were erased or never kept."""
    with viewer(by):
        key = SubmissionKey.objects.filter(submission_id=submission).values_list("key", flat=True).first()
        if key is None:
            raise Refused("The bytes of this submission are not kept any more.")
        chunks = SubmissionChunk.objects.filter(submission_id=submission).order_by("number")
        raw = vault.decrypted(map(bytes, chunks.values_list("content", flat=True).iterator(chunk_size=16)), bytes(key))
        audit.record(by=by, verb="read raw", kind="submission", thing=submission)
    return raw


def erase(*, by: Viewer, submission: int, reason: str) -> None:
    """Erase a submission: its live rows go, its key is destroyed, a redacted receipt with the sha256 stays."""
    require_submitter(by)
    with viewer(by):
        kept = Submission.objects.get(pk=submission)
        if kept.organisation_id != by.organisation:
            raise Refused("Only the organisation that sent it can erase it.")
        remove_content(submission, person=by.person)
        SubmissionKey.objects.filter(submission=kept).delete()
        SubmissionChunk.objects.filter(submission=kept).delete()
        Submission.objects.filter(pk=submission).update(
            state=Submission.State.ERASED, filename="", place="", reason="", mapping=None, finished_at=now()
        )
        audit.record(by=by, verb="erase", kind="submission", thing=submission, detail={"reason": audit.keyed(reason)})
    soon()


def save_mapping(*, by: Viewer, name: str, header: Sequence[str], content: Mapping[str, Any]) -> None:
    """Keep a way of reading a CSV under a name, for everybody of the organisation; the same name replaces it."""
    require_submitter(by)
    with viewer(by):
        SavedMapping.objects.update_or_create(
            organisation_id=by.organisation or 0,
            name=name[:200],
            defaults={"header": list(header), "content": dict(content)},
        )
        audit.record(by=by, verb="save mapping", kind="mapping")
