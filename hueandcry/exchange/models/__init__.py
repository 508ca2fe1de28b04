"""The tables of the exchange, one file per noun. See design, section 2, for the words."""

from hueandcry.exchange.models.alert import Alert, AlertMatch, Look, Outcome
from hueandcry.exchange.models.hit import (
    Ask,
    AskPart,
    AskValue,
    Lookup,
    LookupAnswer,
    LookupBlock,
    LookupNotice,
    LookupSpend,
)
from hueandcry.exchange.models.mailbox import Letter, Mailbox, Sender
from hueandcry.exchange.models.publication import Change, Collection, Entry
from hueandcry.exchange.models.recall import Delivery, Permission, Recall, RecallPosition, RecallReceipt
from hueandcry.exchange.models.remote import Envelope, Remote, RemoteRun
from hueandcry.exchange.models.report import (
    Grant,
    Mapping,
    Object,
    Observable,
    Observation,
    Remark,
    Report,
    Revision,
    Submission,
    SubmissionChunk,
    SubmissionKey,
)
from hueandcry.exchange.models.rest import CallCount, KeptAnswer

__all__ = [
    "Alert",
    "AlertMatch",
    "Ask",
    "AskPart",
    "AskValue",
    "CallCount",
    "Change",
    "Collection",
    "Delivery",
    "Entry",
    "Envelope",
    "Grant",
    "KeptAnswer",
    "Letter",
    "Look",
    "Lookup",
    "LookupAnswer",
    "LookupBlock",
    "LookupNotice",
    "LookupSpend",
    "Mailbox",
    "Mapping",
    "Object",
    "Observable",
    "Observation",
    "Outcome",
    "Permission",
    "Recall",
    "RecallPosition",
    "RecallReceipt",
    "Remark",
    "Remote",
    "RemoteRun",
    "Report",
    "Revision",
    "Sender",
    "Submission",
    "SubmissionChunk",
    "SubmissionKey",
]
