"""Handling labels as their owners define them. No Django here.

TLP 2.0: https://www.first.org/tlp/ ("TLP:RED" and so on, no space, capitals; the colours stand in styles/_tokens.scss).
PAP: the permissible actions protocol of MISP's taxonomy ``PAP``.
"""

from __future__ import annotations

from typing import NamedTuple


class Label(NamedTuple):
    """One label: what it says, which colour class draws it, what it means for the reader."""

    text: str
    colour: str
    meaning: str


TLP = {
    "RED": Label("TLP:RED", "red", "For the eyes and ears of individual recipients only, no further disclosure."),
    "AMBER+STRICT": Label(
        "TLP:AMBER+STRICT", "amber", "Recipients may share on a need-to-know basis within their organisation only."
    ),
    "AMBER": Label(
        "TLP:AMBER", "amber", "Recipients may share on a need-to-know basis within their organisation and its clients."
    ),
    "GREEN": Label("TLP:GREEN", "green", "Recipients may share within their community."),
    "CLEAR": Label("TLP:CLEAR", "clear", "Recipients may share this with the world."),
}

PAP = {
    "RED": Label("PAP:RED", "red", "Passive action only, and nothing that the target could notice."),
    "AMBER": Label("PAP:AMBER", "amber", "Passive cross-checks only; no direct contact with the target."),
    "GREEN": Label("PAP:GREEN", "green", "Active action allowed, such as blocking; no contact that goes further."),
    "CLEAR": Label("PAP:CLEAR", "clear", "No limit on what may be done with it."),
}


def tlp(level: str) -> Label:
    """The label of a TLP level: "AMBER", "amber+strict" or "TLP:AMBER". Raises ``ValueError`` for any other word."""
    return _find(TLP, level, "TLP")


def pap(level: str) -> Label:
    """The label of a PAP level, likewise."""
    return _find(PAP, level, "PAP")


def _find(labels: dict[str, Label], level: str, scheme: str) -> Label:
    word = level.strip().upper().removeprefix(f"{scheme}:")
    if word not in labels:
        raise ValueError(f"{level!r} is not a {scheme} level; use one of {', '.join(labels)}")
    return labels[word]
