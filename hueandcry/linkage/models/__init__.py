"""The tables of linkage, one file per noun."""

from hueandcry.linkage.models.analysis import AnalysisRevision, Evidence, Hypothesis, Note, OperationName, Task
from hueandcry.linkage.models.crime import Crime, CrimeEvent, CrimeReport, Fact, Model, Run
from hueandcry.linkage.models.forum import (
    Attachment,
    AttachmentChunk,
    AttachmentKey,
    Post,
    PostRevision,
    Reading,
    Thread,
)
from hueandcry.linkage.models.interest import (
    Interest,
    InterestSpend,
    InterestValue,
    Overlap,
    OverlapMessage,
    OverlapSide,
)
from hueandcry.linkage.models.judgement import Judgement
from hueandcry.linkage.models.operation import (
    Operation,
    OperationCrime,
    OperationEvent,
    OperationSuggestion,
    OperationValue,
)
from hueandcry.linkage.models.review import PairReading, ReviewRound, ReviewStratum, SampledPair
from hueandcry.linkage.models.room import Room, RoomEvent, RoomOrganisation, RoomPerson

__all__ = [
    "AnalysisRevision",
    "Attachment",
    "AttachmentChunk",
    "AttachmentKey",
    "Crime",
    "CrimeEvent",
    "CrimeReport",
    "Evidence",
    "Fact",
    "Hypothesis",
    "Interest",
    "InterestSpend",
    "InterestValue",
    "Judgement",
    "Model",
    "Note",
    "Operation",
    "OperationCrime",
    "OperationEvent",
    "OperationName",
    "OperationSuggestion",
    "OperationValue",
    "Overlap",
    "OverlapMessage",
    "OverlapSide",
    "PairReading",
    "Post",
    "PostRevision",
    "Reading",
    "ReviewRound",
    "ReviewStratum",
    "Room",
    "RoomEvent",
    "RoomOrganisation",
    "RoomPerson",
    "Run",
    "SampledPair",
    "Task",
    "Thread",
]
