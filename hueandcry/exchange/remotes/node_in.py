"""Reading another node: its envelopes are fetched, proven, kept with the place where reading stopped, and applied.

Fetching and applying are apart. An envelope that is kept will not be asked for again; one that cannot be applied stays
with its error and keeps only the later ones of its own report waiting.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from urllib.parse import quote

import msgspec
from django.db import connection

from hueandcry.audit import actions as audit
from hueandcry.exchange.drafts import Unreadable
from hueandcry.exchange.models import Remote
from hueandcry.exchange.remotes import envelope, identity
from hueandcry.exchange.remotes.node_out import Sealed
from hueandcry.exchange.remotes.outward import RemoteError, Server
from hueandcry.members.viewer import Viewer, viewer

PAGES = 8  # fetched at a time, before what came is applied
NOT_OURS = "The server does not answer as a node of Hue & Cry does. Is the address right?"


class Hello(msgspec.Struct):
    """Who a node says it is."""

    node: uuid.UUID
    key: bytes
    name: str = ""


class Told(msgspec.Struct):
    """One answer of a node."""

    node: uuid.UUID
    next: str
    more: bool
    envelopes: list[Sealed]


def meet(server: Server) -> Hello:
    """Ask a node who it is. Raises RemoteError."""
    try:
        hello = msgspec.json.decode(server.get("/node/v1/").body, type=Hello)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        raise RemoteError(NOT_OURS) from None
    if identity.node_of(hello.key) != hello.node:
        raise RemoteError("The node's name does not fit its key; it is not the node it says it is.")
    return hello


def pull(*, by: Viewer, remote: Remote, server: Server, hello: Hello) -> tuple[int, bool]:
    """Fetch some pages of what the node has behind our place and keep them; gives how many envelopes were new, and
    whether there are more. Raises RemoteError."""
    taken, more = 0, True
    for _page in range(PAGES):
        told = _fetch(server, remote)
        if told.node != hello.node:
            raise RemoteError("The answer comes from another node than the one we met a moment ago.")
        taken += _take(by, remote, told)
        more = told.more
        if not more:
            break
    return taken, more


def greet(*, by: Viewer, remote: Remote, server: Server) -> Hello:
    """Ask who the node is: remember it at the first meeting; refuse another one ever after. Raises RemoteError."""
    hello = meet(server)
    if remote.node is None:
        if hello.node == identity.own_node():
            raise RemoteError("This is the address of this very node.")
        with viewer(by):
            Remote.objects.filter(pk=remote.pk).update(node=hello.node)
            audit.record(by=by, verb="meet node", kind="remote", thing=remote.pk, detail={"node": str(hello.node)})
        remote.node = hello.node
    elif remote.node != hello.node:
        raise RemoteError(
            "Another node answers at this address than at the first time. If its operator says that it has a new key,"
            " compare the fingerprint and make the connection anew."
        )
    return hello


def _fetch(server: Server, remote: Remote) -> Told:
    circle = quote(str(remote.filter.get("circle", "")), safe="")
    after = quote(str(remote.position.get("after", "")), safe="")
    try:
        told = msgspec.json.decode(server.get(f"/node/v1/circles/{circle}/envelopes?after={after}").body, type=Told)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        raise RemoteError(NOT_OURS) from None
    if len(told.next) > 50 or (told.more and told.next == remote.position.get("after")):
        raise RemoteError("The node answers with the same place again and again.")
    return told


def _take(by: Viewer, remote: Remote, told: Told) -> int:
    """Keep the envelopes and the new place in one transaction."""
    rows = [row for one in told.envelopes if (row := _proven(remote, one)) is not None]
    position = remote.position | {"after": told.next}
    with viewer(by):
        taken = 0
        if rows:
            columns = [list(column) for column in zip(*rows, strict=True)]
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT hueandcry_node_take(%s, %s::uuid[], %s::bigint[], %s::text[], %s::uuid[], %s::text[],"
                    " %s::boolean[])",
                    [remote.pk, *columns],
                )
                taken = int(cursor.fetchone()[0])
        Remote.objects.filter(pk=remote.pk, url=remote.url).update(position=position)
        audit.record(by=by, verb="take envelopes", kind="remote", thing=remote.pk, count=taken)
    remote.position = position
    return taken


def _proven(remote: Remote, one: Sealed) -> tuple[uuid.UUID, int, str, uuid.UUID, str, bool] | None:
    """One envelope as a row; None for what came back to where it began. Raises RemoteError for one that is not
    signed by the node it says it comes from: then the whole answer is refused."""
    try:
        found = envelope.parse(one.content)
    except Unreadable as error:
        raise RemoteError(f"An envelope cannot be read: {error.reason}") from None
    if not identity.is_signed(one.content, one.signature, one.key, found.origin):
        raise RemoteError(
            "An envelope is not signed by the node it says it comes from; nothing of the answer was kept."
        )
    if found.origin == identity.own_node():
        return None
    passes = remote.passes_on and may_pass(found)
    # PostgreSQL keeps no NUL in a text; JSON writes it as an escape, which stays one
    return found.origin, found.number, found.kind, found.report, msgspec.json.encode(one).decode(), passes


def may_pass(one: envelope.Envelope) -> bool:
    """Whether an envelope may go on to a third node: not what needs the originator's permission, nor PAP:RED."""
    handled = one.handling
    return handled is None or ("H2" not in handled.codes and handled.pap != "RED")


def unsealed(content: str) -> envelope.Envelope:
    """The envelope in what is kept. Raises Unreadable."""
    try:
        return envelope.parse(msgspec.json.decode(content, type=Sealed).content)
    except msgspec.MsgspecError as error:
        raise Unreadable("the envelope", str(error)) from None


def pages(held: Sequence[tuple[int, envelope.Envelope]], most: int) -> list[list[tuple[int, envelope.Envelope]]]:
    """Cut a list of envelopes into pages of about ``most`` characters of elements."""
    cut: list[list[tuple[int, envelope.Envelope]]] = []
    size = most + 1
    for one in held:
        more = sum(len(element.text) for element in one[1].objects)
        if size + more > most:
            cut.append([])
            size = 0
        cut[-1].append(one)
        size += more
    return cut
