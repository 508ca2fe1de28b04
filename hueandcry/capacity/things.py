"""What this desk lets others link to. Each is found by its reference under row-level security."""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import Any

from django.utils.translation import gettext_lazy

from hueandcry.capacity.models import Call, Priority, Proposal, Resource
from hueandcry.chain import things
from hueandcry.chain.things import Shown, Thing
from hueandcry.linkage import asked
from hueandcry.members.viewer import Viewer

Find = Callable[[Viewer, str], Shown | None]


def register() -> None:
    """Make this desk's things known; called when Django is ready."""
    say, proposed = things.register, Priority.objects.select_related("proposal")
    say("resource", Thing(gettext_lazy("resource"), "books", _by(Resource.objects, "/resources/")))
    say("call", Thing(gettext_lazy("call for help"), "heart-handshake", _by(Call.objects, "/clearing/")))
    say("priority", Thing(gettext_lazy("common priority"), "list-numbers",
                          _by(proposed, "/priorities/", lambda row: row.proposal.title)))  # fmt: skip
    say("proposal", Thing(gettext_lazy("proposed priority"), "list-numbers",
                          _by(Proposal.objects, "/priorities/proposals/")))  # fmt: skip


def _by(rows: Any, under: str, title: Callable[[Any], str] = attrgetter("title")) -> Find:
    """Finds one of ``rows`` by its reference; its page lies ``under`` an address."""

    def find(viewer: Viewer, reference: str) -> Shown | None:
        key = asked.reference(reference)
        found = rows.filter(reference=key).first() if key else None
        return Shown(title(found), f"{under}{found.reference}/") if found else None

    return find
