"""How long each part of a resource's life lasts, and who keeps the register. Facts, no Django."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

REVIEW: Final = timedelta(days=14)  # of no-objection
FADES: Final = timedelta(days=365)  # after the last confirmation
REMINDS: Final = timedelta(days=30)  # before it fades
STANDING: Final = ("listed", "fading")  # the states in which a resource is found, offered and counted
WRITERS: Final = ("officer", "assessor", "analyst", "administrator")
FIELDS: Final = (
    "kind",
    "title",
    "about",
    "language",
    "provider",
    "identifier",
    "countries",
    "everywhere",
    "languages",
    "aspects",
    "cost",
    "amount",
    "currency",
    "url",
    "evidence",
    "starts",
    "ends",
    "details",
)
