"""Reads of priorities. The caller has entered the viewer."""

from __future__ import annotations

from django.db.models import QuerySet

from hueandcry.capacity.models import Priority, Proposal, Round
from hueandcry.members.viewer import Viewer


def current(viewer: Viewer) -> QuerySet[Priority]:
    """The priorities that hold, of the newest round first, in their order."""
    held = Priority.objects.exclude(state=Priority.State.ENDED).select_related("proposal__round")
    return held.order_by("-adopted_on", "-proposal__round_id", "place")


def touching(viewer: Viewer, country: str) -> list[Priority]:
    """The priorities that hold and name a country, or none at all, so that they are for every one."""
    return [each for each in current(viewer) if not each.proposal.countries or country in each.proposal.countries]


def rounds(viewer: Viewer) -> QuerySet[Round]:
    """Rounds, the newest first."""
    return Round.objects.order_by("-pk")


def standing(viewer: Viewer) -> QuerySet[Proposal]:
    """Proposals that are neither put to others nor taken back."""
    return Proposal.objects.filter(withdrawn_at=None, merged_into=None)


def proposals(viewer: Viewer, of: Round) -> list[Proposal]:
    """Every proposal of a round by number, those put to others and taken back among them."""
    return list(Proposal.objects.filter(round=of).select_related("merged_into").order_by("number"))
