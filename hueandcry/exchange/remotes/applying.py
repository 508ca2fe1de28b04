"""Applying envelopes: what another node told becomes reports of the organisation that stands for it here.

New reports and new objects go in many at once, as submissions in the format "envelope", by the way of every file; acts
of the originator (correct, withdraw, change the handling, erase) are done one by one by the actions that a member would
use, so that all that follows from them here follows as well. Each step can be done again after a crash: objects that
came before are known, and an act that is done already changes nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date

import msgspec
from django.utils.timezone import now

from hueandcry.exchange import actions, actions_report
from hueandcry.exchange.drafts import Unreadable
from hueandcry.exchange.handling import TLP_ORDER, BadHandling, Handling, checked
from hueandcry.exchange.models import Envelope as Kept
from hueandcry.exchange.models import Remote, Report, Submission
from hueandcry.exchange.remotes import envelope
from hueandcry.exchange.remotes.node_in import pages, unsealed
from hueandcry.exchange.remotes.removing import remove_report
from hueandcry.members.viewer import Viewer, viewer

log = logging.getLogger(__name__)

TURN = 5_000  # envelopes looked at in one turn
PAGE = 5_000_000  # characters of elements in one submission
FAULT = "A fault of ours; it is tried again at the next run."
# The hash of a shared reference is made with a node's own key and stays there: another node's would match nothing.
CORRECTABLE = tuple(name for name in actions_report.CORRECTABLE if name != "victim_reference")
Held = tuple[int, envelope.Envelope]


class Unapplied(Exception):
    """An envelope that cannot be applied now; ``reason`` says why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def apply(*, by: Viewer, remote: Remote, ended: Callable[[], bool], stuck: set[tuple[str, str]]) -> int:
    """Apply what waits with this remote; gives how many envelopes were applied.

    ``stuck`` holds reports, by origin and reference, whose next change could not be applied in this run; more are
    added. Two runs of one remote must not be in here at once.
    """
    applied = 0
    while not ended():
        turn = _next(by, remote, stuck)
        if not turn:
            break
        for group in _groups(remote, turn):
            done, wrong = _apply_page(by, remote, group)
            applied += len(done)
            stuck |= {_report(one) for _number, one in wrong}
            if ended():
                break
    return applied


def _report(one: envelope.Envelope) -> tuple[str, str]:
    return str(one.origin), str(one.report)


def _next(by: Viewer, remote: Remote, stuck: set[tuple[str, str]]) -> list[Held]:
    """The next envelopes that wait, the first of each report."""
    turn: list[Held] = []
    met, size = set(stuck), 0
    with viewer(by):
        rows = Kept.objects.filter(remote=remote.pk, applied_at=None).order_by("pk")
        for number, origin, report, content in rows.values_list("pk", "origin", "report", "content")[
            : TURN + len(stuck)
        ].iterator(chunk_size=200):
            place = (str(origin), str(report))
            if place in met:
                continue
            met.add(place)
            try:
                turn.append((number, unsealed(content)))
            except Unreadable as error:
                Kept.objects.filter(pk=number).update(error=str(error)[:500])
                stuck.add(place)
            size += len(content)
            if size > 4 * PAGE:
                break
    return turn


def _groups(remote: Remote, turn: Sequence[Held]) -> Iterator[list[Held]]:
    """Pages of envelopes that are handled alike, since a submission has one handling; what is gone comes by itself."""
    alike: dict[bytes, list[Held]] = {}
    for one in turn:
        alike.setdefault(msgspec.json.encode(one[1].handling), []).append(one)
    for held in alike.values():
        yield from pages(held, PAGE)


def _apply_page(by: Viewer, remote: Remote, page: list[Held]) -> tuple[list[Held], list[Held]]:
    """Apply a page; where it fails as a whole, each of its envelopes by itself. Gives (applied, not applied)."""
    try:
        _apply_all(by, remote, page)
    except actions.Refused:
        raise  # we may not submit at all: the run fails, and the envelopes wait
    except Exception as error:
        if len(page) > 1:
            outcomes = [_apply_page(by, remote, [one]) for one in page]
            return [o for done, _w in outcomes for o in done], [o for _d, wrong in outcomes for o in wrong]
        known = isinstance(error, Unapplied | BadHandling | Unreadable)
        if not known:
            log.exception("envelope %s cannot be applied", page[0][0])
        with viewer(by):
            Kept.objects.filter(pk=page[0][0]).update(error=str(error)[:500] if known else FAULT)
        return [], page
    return page, []


def _apply_all(by: Viewer, remote: Remote, page: list[Held]) -> None:
    told = [one for _number, one in page if one.said is not None]
    if told and any(one.head or one.objects for one in told):
        _merge(by, remote, [one for one in told if one.head or one.objects])
    reports = _reports(by, page)
    for _number, one in page:
        if one.said is None:
            _end(by, one, reports.get(one.key))
        elif one.kind != "added" or one.said.state != "current":
            _act(by, remote, one, reports.get(one.key))
    _settle(by, [one for one in told if one.head], page)


def _merge(by: Viewer, remote: Remote, told: Sequence[envelope.Envelope]) -> None:
    handling = handling_of(remote, told[0])
    raw = envelope.page([envelope.write(one) for one in told])
    got = actions.receive(
        by=by, raw=raw, filename=f"{remote.name}.envelopes", claimed=envelope.KIND, handling=handling, at_once=True
    )
    if got.state != Submission.State.DONE:
        with viewer(by):
            kept = Submission.objects.get(pk=got.submission)
        raise Unapplied(kept.reason or f"its submission is {got.state}")


def handling_of(remote: Remote, one: envelope.Envelope) -> Handling:
    """The originator's handling, for our circle; never wider than the connection allows. Raises BadHandling."""
    told = one.handling
    if told is None or remote.circle is None:
        raise Unapplied("It comes without handling.")
    if told.tlp not in TLP_ORDER:
        raise BadHandling("tlp", f"{told.tlp!r} is no TLP label")
    widest = remote.handling.get("widest", "CLEAR")
    return checked(
        Handling(
            tlp=max(told.tlp, widest, key=TLP_ORDER.index), recipients=(remote.circle,), pap=told.pap,
            codes=tuple(told.codes), source_grade=told.source_grade, information_grade=told.information_grade,
            discoverability=told.discoverability, purpose=tuple(told.purpose), legal_basis=told.legal_basis,
            review_on=date.fromisoformat(told.review_on) if told.review_on else None,
        )
    )  # fmt: skip


def _reports(by: Viewer, page: Sequence[Held]) -> dict[str, Report]:
    with viewer(by):
        found = Report.objects.filter(organisation=by.organisation, key__in=[one.key for _n, one in page])
        return {report.key: report for report in found.order_by("pk").defer("document")}


def _settle(by: Viewer, heads: Sequence[envelope.Envelope], page: Sequence[Held]) -> None:
    """Note that the page is applied; and of new reports what no file can say."""
    with viewer(by):
        for facts, keys in _facts(heads).items():
            Report.objects.filter(organisation=by.organisation, key__in=keys).update(
                source_kind=facts[0], restriction=facts[1]
            )
        for number, one in page:
            if one.said is None:  # what was told of it before goes on to nobody
                Kept.objects.filter(origin=one.origin, report=one.report, pk__lt=number).update(content="")
        numbers = [number for number, _one in page]
        Kept.objects.filter(pk__in=numbers).update(applied_at=now(), error="")
        Kept.objects.filter(pk__in=numbers, passes_on=False).update(content="")


def _facts(heads: Sequence[envelope.Envelope]) -> dict[tuple[str, str], list[str]]:
    found: dict[tuple[str, str], list[str]] = {}
    for one in heads:
        kind = one.reporter.kind if one.reporter else ""
        text = one.handling.restriction if one.handling else ""
        found.setdefault((kind, text), []).append(one.key)
    return found


# Acts of the originator


def _act(by: Viewer, remote: Remote, one: envelope.Envelope, report: Report | None) -> None:
    """Bring a report to what its originator now says of it."""
    if report is None or one.said is None:
        return  # it never came here, or was erased here
    reason = f"{one.kind} by its originator"
    _handle(by, handling_of(remote, one), report, reason)
    changes = _changes(one, report)
    if changes:
        actions_report.correct(by=by, report=report.pk, reason=reason, **changes)
    state = one.said.state
    if state == "current" and report.state != Report.State.CURRENT:
        actions_report.restore(by=by, report=report.pk, reason=reason)
    elif state == "superseded" and report.state != Report.State.SUPERSEDED:
        _supersede(by, one, report, reason)
    elif state == "withdrawn":
        actions_report.withdraw(by=by, report=report.pk, reason=reason)


def _changes(one: envelope.Envelope, report: Report) -> dict[str, object]:
    said = one.said
    if said is None:
        return {}
    says = {name: getattr(said, name) for name in CORRECTABLE}
    says["labels"] = list(envelope.labels(one))
    says["loss_amount"] = envelope.amount(said)
    says["title"] = said.title[:500] or one.key
    return {name: value for name, value in says.items() if getattr(report, name) != value}


def _handle(by: Viewer, handling: Handling, report: Report, reason: str) -> None:
    held = actions_report.handling_of(report)
    if _comparable(handling) != _comparable(held):
        actions_report.handle(by=by, report=report.pk, handling=handling, reason=reason)


def _comparable(handling: Handling) -> Handling:
    """The handling without what makes no difference: the order of words, and whether the default is spelt out."""
    return replace(
        handling,
        codes=tuple(sorted(handling.codes)),
        purpose=tuple(sorted(handling.purpose)),
        discoverability=handling.discoverable,
    )


def _supersede(by: Viewer, one: envelope.Envelope, report: Report, reason: str) -> None:
    """Its successor takes its place where that came here too; else it holds no more all the same."""
    with viewer(by):
        key = f"node:{one.origin}:{one.successor}"
        later = Report.objects.filter(organisation=by.organisation, key=key).values_list("pk", flat=True).first()
    if later is None:
        actions_report.withdraw(by=by, report=report.pk, reason=f"{reason}; its successor is not shared here")
    else:
        actions_report.supersede(by=by, report=report.pk, successor=later, reason=reason)


def _end(by: Viewer, one: envelope.Envelope, report: Report | None) -> None:
    """The originator erased a report, or shares it with the circle no more."""
    if report is None:
        return
    if one.kind == "erased":
        remove_report(by=by, report=report.pk, reason="erased by its originator")
        return
    reason = "no longer shared with this circle by its originator"
    if report.state == Report.State.CURRENT:
        actions_report.withdraw(by=by, report=report.pk, reason=reason)
    held = actions_report.handling_of(report)
    if held.recipients:
        actions_report.handle(by=by, report=report.pk, handling=replace(held, recipients=()), reason=reason)


def waiting(viewer_: Viewer, remote: int) -> tuple[int, int]:
    """How many envelopes wait with a remote, and how many of them could not be applied."""
    rows = Kept.objects.filter(remote=remote, applied_at=None)
    return rows.count(), rows.exclude(error="").count()
