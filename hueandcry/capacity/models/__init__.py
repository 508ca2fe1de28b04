"""The tables of this desk, a file for each part."""

from hueandcry.capacity.models.assessment import CountryAnswer, EvidenceReview, IndicatorEvidence, TreatyStatus
from hueandcry.capacity.models.channel import Channel, ChannelUse
from hueandcry.capacity.models.clearing import Assignment, Call, Invitation, Offer, Place
from hueandcry.capacity.models.gap import Target
from hueandcry.capacity.models.resource import (
    Availability,
    Confirmation,
    Conflict,
    Expert,
    Objection,
    Resource,
    ResourceDuplicate,
    ResourceEvent,
    ResourceImport,
    ResourceShown,
)

__all__ = [
    "Assignment",
    "Availability",
    "Call",
    "Channel",
    "ChannelUse",
    "Confirmation",
    "Conflict",
    "CountryAnswer",
    "EvidenceReview",
    "Expert",
    "IndicatorEvidence",
    "Invitation",
    "Objection",
    "Offer",
    "Place",
    "Resource",
    "ResourceDuplicate",
    "ResourceEvent",
    "ResourceImport",
    "ResourceShown",
    "Target",
    "TreatyStatus",
]
