"""What can be linked: each desk registers the kinds of thing it has, and how to find and open one. Nobody imports it.

A thing that the viewer may not find has no title here: a link to it is as if it were not there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.utils.functional import Promise

from hueandcry.members.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Shown:
    """A thing as a link says it: its title, its address on this site, and the title's TLP where it has one."""

    title: str
    url: str
    tlp: str = ""


@dataclass(frozen=True, slots=True)
class Thing:
    """A kind of thing. ``find`` runs inside the caller's viewer and gives None where there is nothing to be seen."""

    label: str | Promise
    icon: str
    find: Callable[[Viewer, str], Shown | None]


_kinds: dict[str, Thing] = {}


def register(kind: str, thing: Thing) -> None:
    """Make a kind of thing known; called once, when its desk is ready. Raises ValueError for a word taken already."""
    if _kinds.setdefault(kind, thing) is not thing:
        raise ValueError(f"{kind!r} is a thing of somebody else's already")


def kinds() -> dict[str, Thing]:
    """Every kind that is known, by its word."""
    return dict(_kinds)


def find(viewer: Viewer, kind: str, reference: str) -> Shown | None:
    """One thing; None where the kind is unknown, there is none, or the viewer may not see it: all alike."""
    thing = _kinds.get(kind)
    return thing.find(viewer, reference) if thing else None


def find_all(viewer: Viewer, wanted: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Shown]:
    """Those of these things (kind, reference) that the viewer may find, each looked for once."""
    found = {(kind, reference): find(viewer, kind, reference) for kind, reference in dict.fromkeys(wanted)}
    return {key: shown for key, shown in found.items() if shown is not None}
