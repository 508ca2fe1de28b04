"""Reads of outcomes. The caller has entered the viewer; an outcome shows where its report does."""

from __future__ import annotations

from dataclasses import dataclass

from hueandcry.exchange.models import Outcome
from hueandcry.members.models import Organisation
from hueandcry.members.viewer import Viewer

WHO = (Organisation.Kind.LAW_ENFORCEMENT, Organisation.Kind.CERT)
ROLES = ("analyst", "administrator")


@dataclass(frozen=True, slots=True)
class Said:
    """One outcome with who said it."""

    outcome: Outcome
    organisation: str
    own: bool


def of(viewer: Viewer, report: int) -> list[Said]:
    """What came of a report, the latest first."""
    found = list(Outcome.objects.filter(report=report).order_by("-pk")[:50])
    names = dict(Organisation.objects.filter(pk__in={o.organisation for o in found}).values_list("pk", "name"))
    return [Said(o, names.get(o.organisation, ""), o.organisation == viewer.organisation) for o in found]


def may_say(viewer: Viewer) -> bool:
    """Whether the viewer is an analyst or administrator of police or of a CERT."""
    if not (viewer.vetted and viewer.may(*ROLES)):
        return False
    return Organisation.objects.filter(pk=viewer.organisation or 0, kind__in=WHO).exists()
