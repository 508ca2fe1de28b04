"""The tables of this desk, a file for each part."""

from hueandcry.capacity.models.assessment import CountryAnswer, EvidenceReview, IndicatorEvidence, TreatyStatus
from hueandcry.capacity.models.channel import Channel, ChannelUse
from hueandcry.capacity.models.clearing import Assignment, Call, Invitation, Offer, Place
from hueandcry.capacity.models.gap import Target
from hueandcry.capacity.models.need import Consultation, NeedIndex, NeedRun, Statistic, StatisticValue
from hueandcry.capacity.models.priority import Ballot, Dissent, Priority, Proposal, ProposalComment, Round
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
    "Ballot",
    "Call",
    "Channel",
    "ChannelUse",
    "Confirmation",
    "Conflict",
    "Consultation",
    "CountryAnswer",
    "Dissent",
    "EvidenceReview",
    "Expert",
    "IndicatorEvidence",
    "Invitation",
    "NeedIndex",
    "NeedRun",
    "Objection",
    "Offer",
    "Place",
    "Priority",
    "Proposal",
    "ProposalComment",
    "Resource",
    "ResourceDuplicate",
    "ResourceEvent",
    "ResourceImport",
    "ResourceShown",
    "Round",
    "Statistic",
    "StatisticValue",
    "Target",
    "TreatyStatus",
]
