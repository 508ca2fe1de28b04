"""What may be asked over an official channel, and under which rule. Pure.

Articles: Budapest Convention (ETS 185), its second protocol (CETS 224), the network of 24/7 contacts (ETS 185 art. 35).
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Request:
    """A kind of request: its words, and where it is founded."""

    label: str | Promise
    basis: str


REQUESTS: dict[str, Request] = {
    "preservation": Request(_("Preserve data before it is deleted"), "ETS 185, art. 29"),
    "traffic-data": Request(_("Disclose preserved traffic data"), "ETS 185, art. 30"),
    "subscriber": Request(_("Tell who a subscriber is"), "CETS 224, art. 7"),
    "domain": Request(_("Tell who registered a domain"), "CETS 224, art. 6"),
    "emergency": Request(_("Disclose in an emergency, where a life is at risk"), "CETS 224, art. 9"),
    "mutual-assistance": Request(_("Mutual legal assistance: search, seize, hear"), "ETS 185, art. 25, 27 and 31"),
    "extradition": Request(_("Extradite"), "ETS 185, art. 24"),
    "joint-team": Request(_("Set up a joint investigation team"), "CETS 224, art. 12"),
    "police": Request(_("Police information, without evidence"), ""),
    "freeze-money": Request(_("Stop or freeze a payment"), ""),
    "victim": Request(_("Warn victims or take down"), ""),
}
"""Keys are kept in rows of channels and of their uses; labels are shown."""
