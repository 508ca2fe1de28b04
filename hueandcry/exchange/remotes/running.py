"""One run of a remote: read, apply, send, note how it went, and say when the next one comes."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _

from hueandcry.exchange import actions
from hueandcry.exchange.models import Remote, RemoteRun
from hueandcry.exchange.remotes import applying, node_in, pushing, taking
from hueandcry.exchange.remotes.credentials import Unsealable, unseal
from hueandcry.exchange.remotes.outward import RemoteError, Server
from hueandcry.members.viewer import Viewer, identify, viewer
from hueandcry.notices import actions as notices
from hueandcry.web import locks

log = logging.getLogger(__name__)
LOCK = 7204  # key of the advisory lock: one process is at a remote

CHANNELS = {"taxii": "taxii pull", "misp": "misp pull", "node": "node pull"}
LASTS = 120.0  # seconds of a run; what is left comes with the next, at once
WORST = 86_400.0  # seconds between two tries of a server that fails and fails
FIRST_AGAIN = 60.0  # seconds until the second try at the longest; the first failure is often a short one
TELL_AT = 3  # failures in a row from which on people are told
RUNS_KEPT = 200
FAULT = "A fault of ours; it is tried again. The operator finds it in the log."


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run went. ``wait``: seconds the server asked for; ``again``: there is more, so the next comes at once."""

    pulled: int = 0
    pushed: int = 0
    error: str = ""
    wait: float | None = None
    closed: bool = False
    again: bool = False


@dataclass(slots=True)
class _Counts:
    pulled: int = 0
    pushed: int = 0


def run(*, remote: int, person: int) -> Outcome | None:
    """Run a remote on behalf of its person; None where another process is at it, or it is not theirs any more."""
    with locks.alone(LOCK, remote) as alone:
        if not alone:
            return None
        by = identify(person)
        with viewer(by):
            found = Remote.objects.filter(pk=remote, paused=False).first()
            if found is None:
                return None
            noted = RemoteRun.objects.create(remote=found)
        by = identify(person, channel=CHANNELS[found.kind])
        outcome = _tried(by, found)
        _finish(by, found, noted, outcome)
        return outcome


def _tried(by: Viewer, remote: Remote) -> Outcome:
    until = time.monotonic() + LASTS
    counts = _Counts()
    try:
        actions.require_submitter(by)
        wrong = _work(by, remote, lambda: time.monotonic() > until, counts)
    except RemoteError as error:
        return Outcome(counts.pulled, counts.pushed, error=error.reason, wait=error.wait, closed=error.closed)
    except (actions.Refused, Unsealable) as error:
        return Outcome(counts.pulled, counts.pushed, error=str(error), closed=True)
    except Exception:
        log.exception("the remote %s failed", remote.pk)
        return Outcome(counts.pulled, counts.pushed, error=FAULT)
    return Outcome(counts.pulled, counts.pushed, error=wrong, again=time.monotonic() > until and not wrong)


def _work(by: Viewer, remote: Remote, ended: Callable[[], bool], counts: _Counts) -> str:
    """Do what the remote is for; gives what is wrong with single things that came."""
    wrong = ""
    if remote.kind == Remote.Kind.MISP and remote.url.startswith(taking.FOLDER):
        counts.pulled, wrong = taking.take_misp(by=by, remote=remote, fetch=taking.feed_folder(remote.url), ended=ended)
        return wrong
    server = server_of(remote)
    if remote.kind == Remote.Kind.NODE:
        failed = _share(by, remote, server, ended, counts)
        return (
            _("%(count)s changes cannot be applied; they are kept and tried again.") % {"count": failed}
            if failed
            else ""
        )
    if remote.kind == Remote.Kind.MISP:
        counts.pulled, wrong = taking.take_misp(by=by, remote=remote, fetch=taking.feed_server(server), ended=ended)
        return wrong
    if remote.pulls:
        counts.pulled = taking.take_taxii(by=by, remote=remote, server=server, ended=ended)
    if remote.pushes:
        counts.pushed = pushing.push(by=by, remote=remote, server=server, ended=ended)
    return wrong


def _share(by: Viewer, remote: Remote, server: Server, ended: Callable[[], bool], counts: _Counts) -> int:
    """Read another node and apply what it tells, in turns; what waits from the last run first, whether the node answers
    or not. Gives how many reports have a change that cannot be applied."""
    stuck: set[tuple[str, str]] = set()
    applying.apply(by=by, remote=remote, ended=ended, stuck=stuck)
    hello = node_in.greet(by=by, remote=remote, server=server)
    more = True
    while more:
        taken, more = node_in.pull(by=by, remote=remote, server=server, hello=hello)
        counts.pulled += taken
        applying.apply(by=by, remote=remote, ended=ended, stuck=stuck)
        if ended():
            break
    return len(stuck)


def server_of(remote: Remote) -> Server:
    """The server of a remote with its credentials. Raises Unsealable."""
    login, secret = split(unseal(bytes(remote.credentials))) if remote.credentials else ("", "")
    return Server(remote.url, login, secret)


def split(kept: str) -> tuple[str, str]:
    """(login, secret) of what is sealed: a login and a password, or a token alone."""
    login, _newline, secret = kept.partition("\n")
    return login, secret


def next_try(failures: int, every: int, wait: float | None) -> float:
    """Seconds until the next try after so many failures in a row: soon at first, twice as long each time, with jitter
    so that clients of a server that comes back do not all come at once; never sooner than the server asks for."""
    longest = min(WORST, min(every, FIRST_AGAIN) * 2.0 ** min(failures - 1, 20))
    jittered = longest * random.uniform(0.5, 1.0)  # noqa: S311  no secret
    return max(jittered, wait or 0.0)


def _finish(by: Viewer, remote: Remote, noted: RemoteRun, outcome: Outcome) -> None:
    failures = remote.failures + 1 if outcome.error else 0
    with viewer(by):
        RemoteRun.objects.filter(pk=noted.pk).update(
            ended_at=now(), pulled=outcome.pulled, pushed=outcome.pushed, error=outcome.error[:1_000]
        )
        Remote.objects.filter(pk=remote.pk).update(failures=failures, next_at=_next_at(remote, outcome, failures))
        old = RemoteRun.objects.filter(remote=remote).order_by("-pk").values_list("pk", flat=True)[RUNS_KEPT:]
        RemoteRun.objects.filter(pk__in=list(old)).delete()
        first_closed = outcome.closed and failures == 1
        if failures == TELL_AT or first_closed:
            _tell(remote, outcome)


def _next_at(remote: Remote, outcome: Outcome, failures: int) -> datetime:
    if outcome.again:
        return now()
    if failures:
        return now() + timedelta(seconds=next_try(failures, remote.every, outcome.wait))
    return now() + timedelta(seconds=remote.every)


def _tell(remote: Remote, outcome: Outcome) -> None:
    notices.tell(
        kind="connection",
        title=_("The connection “%(name)s” does not work") % {"name": remote.name},
        text=outcome.error,
        link=reverse("exchange:connection", args=[remote.reference]),
        organisations=[remote.organisation],
        roles=("administrator", "integrator"),
    )
