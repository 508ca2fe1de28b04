"""What a handling code does at each way out. Pure but for SQL as text; the table in docs/handling.md is this one.

A *gate* is the set of a report's codes that ask for something, as bits; a *mask* is the set of bits that close the door
somebody stands at. What is closed opens by what the organisation did: asked and was allowed (H1, H2), or read the text
and promised to follow it (H3). PAP opens for nobody. One's own reports are never closed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.utils.translation import gettext_lazy as _

from hueandcry.members.viewer import Viewer

ASK, ACKNOWLEDGE, PASSIVE, NO_PROGRAM, STAMP = 1, 2, 4, 8, 16
BITS: Final = {"H1": STAMP, "H2": ASK, "H3": ACKNOWLEDGE, "PAP:AMBER": PASSIVE, "PAP:RED": NO_PROGRAM}
OPENED_BY: Final = {ASK: "H2", ACKNOWLEDGE: "H3", STAMP: "H1"}  # the code of the Permission that opens each

DOORS: Final = (
    "page", "export", "court file", "TAXII", "MISP", "REST", "e-mail", "webhook", "node", "drill-down",
)  # fmt: skip

# open: no difference. stamp: goes, and the code goes with it. as sent: the object goes byte by byte as its owner sent
# it, with what it says of itself; what we wrote carries the code. ask: closed until the originator allowed it.
# read: closed until somebody of the organisation read the text and promised to follow it. passive: only to a token
# that compares and shows. no: closed. Letters and calls of webhooks carry a title and a link; where "ask", "read" or
# "no" closes them, the link alone.
_ROWS: Final = {
    "H0":        ("stamp", "stamp", "stamp", "as sent", "stamp", "stamp", "open", "open", "stamp", "stamp"),
    "H1":        ("stamp", "stamp", "ask",   "as sent", "stamp", "stamp", "open", "open", "stamp", "stamp"),
    "H2":        ("stamp", "ask",   "ask",   "ask",     "ask",   "ask",   "ask",  "ask",  "ask",   "stamp"),
    "H3":        ("read",  "read",  "read",  "read",    "read",  "read",  "read", "read", "read",  "read"),
    "PAP:AMBER": ("stamp", "stamp", "stamp", "passive", "passive", "passive", "open", "no", "stamp", "stamp"),
    "PAP:RED":   ("stamp", "no",    "no",    "no",      "no",    "no",    "no",   "no",   "no",    "stamp"),
}  # fmt: skip
TABLE: Final[dict[tuple[str, str], str]] = {
    (code, door): word for code, words in _ROWS.items() for door, word in zip(DOORS, words, strict=True)
}

_DOOR_OF: Final = {
    "web": "page", "page": "page", "command line": "export", "export": "export", "court": "court file",
    "api": "REST", "rest": "REST", "taxii": "TAXII", "misp": "MISP", "e-mail": "e-mail", "mail": "e-mail",
    "webhook": "webhook", "atom": "e-mail", "node": "node",
}  # fmt: skip


def door_of(channel: str) -> str:
    """The door that a channel (of a viewer, of a delivery) goes through; "" for one that the table does not know."""
    return channel if channel in DOORS else _DOOR_OF.get(channel.lower(), "")


def mask(by: Viewer, door: str = "") -> int:
    """The bits that close the door ``by`` stands at, by default that of its channel. An unknown door closes for all.

    Use it as ``gate & mask = 0 OR organisation = hueandcry_organisation() OR hueandcry_opened(report, gate & mask)``.
    """
    name = door_of(door or by.channel)
    if not name:
        return ASK | ACKNOWLEDGE | PASSIVE | NO_PROGRAM
    return sum(bit for code, bit in BITS.items() if _closes(TABLE[code, name], by))


def _closes(word: str, by: Viewer) -> bool:
    return word in ("ask", "read", "no") or (word == "passive" and by.use != "passive")


def gate(codes: Sequence[str], pap: str) -> int:
    """The bits of a report's handling, as the SQL function hueandcry_gate gives them."""
    return sum(bit for code, bit in BITS.items() if code in codes or code == f"PAP:{pap}")


# The condition of SQL that a report ``r`` is open; takes the parameter ``mask``.
GATED_SQL: Final = (
    "(hueandcry_gate(r.codes, r.pap) & %(mask)s = 0 OR r.organisation_id = hueandcry_organisation()"
    " OR hueandcry_opened(r.id, hueandcry_gate(r.codes, r.pap) & %(mask)s))"
)


def open_reports(by: Viewer, *, door: str = "", table: str = "r") -> str:
    """GATED_SQL for this viewer, for rows of exchange_report under the name ``table``: no parameter is left in it."""
    if not table.isidentifier():
        raise ValueError(f"{table!r} is no name of a table")
    return GATED_SQL.replace("r.", f"{table}.") % {"mask": int(mask(by, door))}


WORDS: Final = {
    ASK: _("H2: the originator has to allow it first. Ask on the report's page."),
    ACKNOWLEDGE: _("H3: its restriction has to be read and acknowledged first, on the report's page."),
    PASSIVE: _("PAP:AMBER: only for programs that compare and show. This token is for active use."),
    NO_PROGRAM: _("PAP:RED: for people at a page only, for no program and no file."),
    STAMP: _("H1: not for use in court unless the originator allows it. Ask on the report's page."),
}


def why(bits: int) -> list[str]:
    """What stands before each of the closed ``bits``, and what to do, in words."""
    return [str(words) for bit, words in WORDS.items() if bits & bit]
