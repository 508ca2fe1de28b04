"""Which moves a call and an assignment can make, and who makes them. Pure.

The database holds the same tables (capacity/migrations/0005_clearing.sql); a test tries every pair there.
"""

from __future__ import annotations

CALL = frozenset(
    {
        ("draft", "open"),
        ("draft", "withdrawn"),
        ("open", "agreed"),
        ("open", "withdrawn"),
        ("agreed", "open"),
        ("agreed", "done"),
        ("agreed", "withdrawn"),
    }
)
ASSIGNMENT = frozenset(
    {
        ("provider", "chosen", "confirmed"),
        ("provider", "chosen", "declined"),
        ("provider", "confirmed", "declined"),
        ("asker", "chosen", "released"),
        ("asker", "confirmed", "released"),
        ("asker", "confirmed", "done"),
        ("asker", "confirmed", "failed"),
    }
)
UNDER_WAY = ("chosen", "confirmed")  # nobody has said yet what came of it
LIVE = (*UNDER_WAY, "done")  # an assignment that takes its place and somebody's time
