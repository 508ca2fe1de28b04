"""Every write about connections by people, and the worker's round. Each is one transaction, audited inside it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection
from django.utils.timezone import now
from django.utils.translation import gettext as _

from hueandcry.audit import actions as audit
from hueandcry.exchange.actions import Refused, require_submitter
from hueandcry.exchange.models import Remote
from hueandcry.exchange.remotes import running, taking
from hueandcry.exchange.remotes.credentials import seal
from hueandcry.exchange.remotes.outward import RemoteError, checked_url
from hueandcry.members.viewer import Viewer, viewer

ROLES = ("administrator", "integrator")
SIDE_BY_SIDE = 4  # remotes that run at the same time in a worker
LEAST_EVERY = 10  # seconds; a node that shares a circle may be asked often


@dataclass(frozen=True, slots=True)
class Wish:
    """How a connection shall be. ``secret`` None leaves what is kept as it is, "" removes it."""

    kind: str
    name: str
    url: str
    login: str = ""
    secret: str | None = field(default=None, repr=False)
    every: int = 900
    pulls: bool = True
    pushes: bool = False
    circle: int | None = None
    filter: dict[str, Any] = field(default_factory=dict)
    handling: dict[str, Any] = field(default_factory=dict)
    passes_on: bool = False


def _require(by: Viewer) -> int:
    organisation, _person = require_submitter(by)
    if not by.may(*ROLES):
        raise Refused(_("Connections are made by administrators and integrators."))
    return organisation


def _checked(by: Viewer, wish: Wish) -> dict[str, Any]:
    """The fields of a remote. Raises Refused."""
    if not wish.url.startswith(taking.FOLDER) or wish.kind != Remote.Kind.MISP:
        try:
            checked_url(wish.url)
        except RemoteError as error:
            raise Refused(error.reason) from None
    if wish.kind == Remote.Kind.NODE and wish.circle is None:
        raise Refused(_("Choose the circle that is shared with the node."))
    if wish.pushes and wish.circle is None:
        raise Refused(_("Choose the circle whose objects are sent."))
    if wish.circle is not None and wish.circle not in by.principals:
        raise Refused(_("Your organisation is not in this circle."))
    if not (wish.pulls or wish.pushes):
        raise Refused(_("A connection that neither reads nor sends does nothing. Choose one; to stop it, pause it."))
    return {
        "kind": wish.kind, "name": wish.name.strip()[:200], "url": wish.url.strip()[:2_000],
        "every": max(LEAST_EVERY, min(wish.every, 7 * 86_400)), "pulls": wish.pulls, "pushes": wish.pushes,
        "circle": wish.circle, "filter": wish.filter, "handling": wish.handling, "passes_on": wish.passes_on,
    }  # fmt: skip


def add(*, by: Viewer, wish: Wish) -> UUID:
    """Make a connection; gives its reference. It runs with the worker's next round. Raises Refused."""
    organisation = _require(by)
    fields = _checked(by, wish)
    made = Remote(organisation=organisation, person=by.person or 0, **fields)
    if wish.secret:
        made.credentials = seal(f"{wish.login}\n{wish.secret}")
    try:
        with viewer(by):
            made.save(force_insert=True)
            audit.record(by=by, verb="add", kind="remote", thing=made.pk, detail={"kind": wish.kind})
    except IntegrityError:
        raise Refused(_("There is a connection of this name already.")) from None
    return made.reference


def change(*, by: Viewer, remote: int, wish: Wish) -> None:
    """Change a connection. Where its address changes, reading begins anew and its credentials have to be given again:
    a secret for one server is never sent to another. Raises Refused."""
    _require(by)
    fields = _checked(by, wish)
    try:
        with viewer(by):
            found = Remote.objects.select_for_update().get(pk=remote)
            if found.url != fields["url"] or found.kind != fields["kind"]:
                found.credentials, found.position, found.node = None, {}, None
            for name, value in fields.items():
                setattr(found, name, value)
            if wish.secret is not None:
                found.credentials = seal(f"{wish.login}\n{wish.secret}") if wish.secret else None
            found.person = by.person or 0  # it acts for who last decided about it
            found.failures, found.next_at = 0, now()
            found.save()
            audit.record(by=by, verb="change", kind="remote", thing=remote)
    except IntegrityError:
        raise Refused(_("There is a connection of this name already.")) from None


def pause(*, by: Viewer, remote: int, paused: bool) -> None:
    """Stop a connection for a while, or let it go on."""
    _require(by)
    with viewer(by):
        Remote.objects.filter(pk=remote).update(paused=paused, failures=0, next_at=now())
        audit.record(by=by, verb="pause" if paused else "go on", kind="remote", thing=remote)


def run_soon(*, by: Viewer, remote: int) -> None:
    """Let the worker run a connection at once. Raises Refused where it is paused."""
    _require(by)
    with viewer(by):
        if not Remote.objects.filter(pk=remote, paused=False).update(next_at=now()):
            raise Refused(_("It is paused. Let it go on first."))
        audit.record(by=by, verb="run", kind="remote", thing=remote)


def remove(*, by: Viewer, remote: int) -> None:
    """Delete a connection with its credentials; what came through it stays."""
    _require(by)
    with viewer(by):
        Remote.objects.filter(pk=remote).delete()
        audit.record(by=by, verb="remove", kind="remote", thing=remote)


def run_due() -> None:
    """The worker's round: run whatever is due, a few side by side, so that one slow server holds up no other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT remote, person FROM hueandcry_remotes_due(%s)", [SIDE_BY_SIDE * 5])
        due = cursor.fetchall()
    if not due:
        return
    with ThreadPoolExecutor(max_workers=min(SIDE_BY_SIDE, len(due)), thread_name_prefix="remote") as pool:
        for outcome in [pool.submit(_run, remote, person) for remote, person in due]:
            outcome.result()


def _run(remote: int, person: int) -> None:
    try:
        running.run(remote=remote, person=person)
    finally:
        connection.close()
