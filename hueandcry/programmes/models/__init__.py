"""Tables of the desk: money, its sources, programmes, and what the board decides."""

from hueandcry.programmes.models.board import Ballot, Portfolio, Seat, Vote
from hueandcry.programmes.models.ledger import Account, Balance, Close, Entry, Fund, Posting, Rate
from hueandcry.programmes.models.programme import (
    Appraisal,
    Component,
    Evaluation,
    Indicator,
    Lesson,
    Milestone,
    Move,
    MoveRule,
    Overlap,
    Partner,
    Programme,
    Reading,
    Risk,
)
from hueandcry.programmes.models.source import BankLine, Bid, Call, Fee, Interest, Invoice, Redirection

__all__ = [
    "Account",
    "Appraisal",
    "Balance",
    "Ballot",
    "BankLine",
    "Bid",
    "Call",
    "Close",
    "Component",
    "Entry",
    "Evaluation",
    "Fee",
    "Fund",
    "Indicator",
    "Interest",
    "Invoice",
    "Lesson",
    "Milestone",
    "Move",
    "MoveRule",
    "Overlap",
    "Partner",
    "Portfolio",
    "Posting",
    "Programme",
    "Rate",
    "Reading",
    "Redirection",
    "Risk",
    "Seat",
    "Vote",
]
