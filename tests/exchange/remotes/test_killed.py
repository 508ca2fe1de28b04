"""A node that is killed in the middle, at any step, ends up with everything once and in order."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from hueandcry.exchange import actions, actions_report
from hueandcry.exchange.models import Change, Envelope, Object, Report
from hueandcry.exchange.publication.actions import publish
from tests.exchange.remotes.test_federation import Node, build, connect, indicator, objects_of, read, tell

# The reader as a process of its own, which kills itself at the n-th time that it comes to a place.
CHILD = """
import os, signal, sys, django
django.setup()
from django.conf import settings
settings.PRIVATE_REMOTES = True
from importlib import import_module
from hueandcry.exchange import actions
from hueandcry.exchange.remotes import identity, running
remote, person, place, nth, after = sys.argv[1:]
key = identity._key(b"B".ljust(32, b"."))
identity._own = lambda: key
actions.CHUNK = 3
module, _, name = place.rpartition(".")
module = import_module(module)
step, seen = getattr(module, name), []
def stepping(*args, **kwargs):
    seen.append(1)
    last = len(seen) == int(nth)
    if last and after == "before":
        os.kill(os.getpid(), signal.SIGKILL)
    found = step(*args, **kwargs)
    if last:
        os.kill(os.getpid(), signal.SIGKILL)
    return found
setattr(module, name, stepping)
running.run(remote=int(remote), person=int(person))
"""

PLACES = [
    ("hueandcry.exchange.remotes.node_in._take", 1, "after"),
    ("hueandcry.exchange.actions._merge_chunk", 2, "after"),  # inside its transaction
    ("hueandcry.exchange.remotes.applying._merge", 1, "after"),
    ("hueandcry.exchange.remotes.applying._settle", 1, "before"),
    ("hueandcry.exchange.remotes.applying._settle", 1, "after"),
    ("hueandcry.exchange.actions_report.withdraw", 1, "before"),
    ("hueandcry.exchange.remotes.removing._hand_over", 1, "after"),
]


def killed(folder: Path, reader: Node, told: Node, place: str, nth: int, when: str) -> None:
    remote = reader.remote(told.name)
    environment = {k: v for k, v in os.environ.items() if k != "HUEANDCRY_OWNER"}
    environment |= {"HUEANDCRY_DATA": str(folder), "DJANGO_SETTINGS_MODULE": "hueandcry.project.settings"}
    command = [sys.executable, "-c", CHILD, str(remote.pk), str(remote.person), place, str(nth), when]
    done = subprocess.run(command, env=environment, timeout=120, check=False)
    assert done.returncode == -signal.SIGKILL, f"it never came to {place}"


@pytest.mark.parametrize(("place", "nth", "when"), PLACES)
def test_killed_at(node: Callable[[str], str], database: Path, place: str, nth: int, when: str) -> None:
    a, b = build("A", node("A"), ["B"]), build("B", node("B"), ["A"])
    connect(b, a)
    gone = tell(a, [indicator("Gone", "198.51.100.99")])
    publish()
    assert read(b, a).error == ""
    reports = [tell(a, [indicator(f"{r} {n}", f"198.51.{r}.{n}") for n in range(5)]) for r in range(3)]
    actions_report.correct(by=a.by, report=reports[0], reason="x", title="Corrected")
    actions_report.correct(by=a.by, report=reports[1], reason="x", title="Withdrawn")
    actions_report.withdraw(by=a.by, report=reports[1], reason="x")
    actions.erase(by=a.by, submission=Report.objects.using("owner").get(pk=gone).submission_id, reason="x")
    publish()

    killed(database, b, a, place, nth, when)
    outcome = read(b, a)
    assert outcome.error == ""
    there = {r.key.rsplit(":", 1)[1]: r for r in b.reports()}
    here = list(Report.objects.using("owner").filter(pk__in=reports).order_by("pk"))
    assert set(there) == {str(r.reference) for r in here}
    for one in here:
        copy = there[str(one.reference)]
        assert (copy.title, copy.state) == (one.title, one.state)
        assert objects_of(copy) == objects_of(one)
    organisation = b.stands["A"].organisation_id
    held = Object.objects.using("owner").filter(organisation=organisation, ours=False).exclude(kind="envelope")
    assert held.count() == held.values("key").distinct().count() == 15
    assert not Envelope.objects.using("owner").filter(applied_at=None).exists()
    publish()
    acts = Change.objects.using("owner").filter(organisation=organisation).exclude(kind__in=["added", "gone"])
    assert sorted(acts.values_list("kind", flat=True)) == ["erased", "withdrawn"]
