"""Numbers as people read them: thin grouping, a real minus, an honest number of digits. No Django here."""

from __future__ import annotations

from decimal import Decimal

THIN = (
    "\u202f"  # narrow no-break space: ISO 80000-1 groups digits by a thin space, so that no comma is read as a decimal
)
MINUS = "\u2212"

Number = int | float | Decimal


def grouped(value: Number, places: int | None = None, point: str = ".") -> str:
    """``value`` with thin-spaced thousands. ``places`` decimals; without it, integers none and others at most two."""
    if places is None:
        text = f"{value:,.2f}".rstrip("0").rstrip(".") if value % 1 else f"{value:,.0f}"
    else:
        text = f"{value:,.{places}f}"
    return text.replace(",", THIN).replace(".", point).replace("-", MINUS)


def signed(value: Number, places: int | None = None, point: str = ".") -> str:
    """As ``grouped``, with + for a rise: for changes."""
    text = grouped(value, places, point)
    return f"+{text}" if value > 0 else text


def share(part: Number, whole: Number) -> float:
    """Per cent of ``whole`` that ``part`` is; nothing of nothing is 0."""
    return 100 * float(part) / float(whole) if whole else 0.0
