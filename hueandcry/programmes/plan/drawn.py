"""A plan as bars in time, money as ribbons from fund to programme to component. SVG, no scripts. Pure.

Colours come from classes (programmes.css); what they show stands beside them in a table, which readers get instead.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape

WIDE, ROW, NAMES = 900, 30, 260


@dataclass(frozen=True, slots=True)
class Bar:
    """A component with its days; ``kind`` names its colour."""

    name: str
    starts: date
    ends: date
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Point:
    """A milestone."""

    name: str
    day: date
    done: bool


def gantt(bars: Sequence[Bar], points: Sequence[Point], *, today: date, label: str) -> str:
    """Bars and milestones under each other on one axis of months; a line stands where today is."""
    days = [day for bar in bars for day in (bar.starts, bar.ends)] + [point.day for point in points]
    if not days:
        return ""
    first, last = min(days), max(days)
    span = max(1, (last - first).days)

    def x(day: date) -> float:
        return NAMES + (WIDE - NAMES - 14) * (day - first).days / span

    high = ROW * (len(bars) + len(points) + 1)
    parts = [_months(first, last, x, high)]
    for n, bar in enumerate(bars):
        y = ROW * (n + 1)
        parts.append(
            f'<text class="gantt-name" x="0" y="{y + 19}">{_named(bar.name)}</text>'
            f'<rect class="gantt-bar {escape(bar.kind)}" x="{x(bar.starts):.1f}" y="{y + 7}" rx="3" height="16"'
            f' width="{max(3.0, x(bar.ends) - x(bar.starts)):.1f}"><title>{escape(bar.name)}: {bar.starts} – {bar.ends}'
            "</title></rect>"
        )
    for n, point in enumerate(points):
        y, at = ROW * (len(bars) + n + 1), x(point.day)
        state = "gantt-done" if point.done else "gantt-late" if point.day < today else "gantt-due"
        parts.append(
            f'<text class="gantt-name" x="0" y="{y + 19}">{_named(point.name)}</text>'
            f'<path class="{state}" d="M{at:.1f} {y + 7}l8 8l-8 8l-8-8z">'
            f"<title>{escape(point.name)}: {point.day}</title></path>"
        )
    if first <= today <= last:
        parts.append(f'<path class="gantt-today" d="M{x(today):.1f} {ROW - 6}V{high}"/>')
    return (
        f'<svg class="gantt" viewBox="0 0 {WIDE} {high}" role="img" aria-label="{escape(label)}">{"".join(parts)}</svg>'
    )


def _named(name: str) -> str:
    return f"{escape(_short(name))}<title>{escape(name)}</title>"


def _short(name: str, most: int = 36) -> str:
    return name if len(name) <= most else name[: most - 1] + "…"


def _months(first: date, last: date, x: Callable[[date], float], high: int) -> str:
    months = (last.year - first.year) * 12 + last.month - first.month
    step = next((n for n in (1, 3, 6, 12) if months / n <= 8), 24)
    made = []
    for n in range(months + 1):
        year, month = first.year + (first.month - 1 + n) // 12, (first.month - 1 + n) % 12 + 1
        day = date(year, month, 1)
        if n % step == 0 and day >= first:
            made.append(
                f'<path class="gantt-grid" d="M{x(day):.1f} {ROW - 6}V{high}"/>'
                f'<text class="gantt-month" x="{x(day) + 3:.1f}" y="16">{year}-{month:02d}</text>'
            )
    return "".join(made)


@dataclass(frozen=True, slots=True)
class Flow:
    """So much money from one place to the next; places are told by column and name."""

    source: tuple[int, str]
    target: tuple[int, str]
    amount: int


def sankey(flows: Sequence[Flow], *, label: str, links: dict[tuple[int, str], str] | None = None) -> str:
    """Ribbons as wide as the money they carry, left to right; what comes in and what goes on stand under each other."""
    if not flows:
        return ""
    places = sorted({place for flow in flows for place in (flow.source, flow.target)})
    size = {
        place: max(sum(f.amount for f in flows if f.target == place), sum(f.amount for f in flows if f.source == place))
        for place in places
    }
    columns = sorted({column for column, _name in places})
    most = max(sum(size[place] for place in places if place[0] == column) for column in columns)
    lines = max(sum(place[0] == column for place in places) for column in columns)
    high = max(160, 26 * lines + 120)
    scale = (high - 26 * lines) / most if most else 1.0
    gap, left = (WIDE - 16 - 250) / max(1, len(columns) - 1), {}
    top: dict[tuple[int, str], float] = {}
    for n, column in enumerate(columns):
        y = 8.0
        for place in sorted((p for p in places if p[0] == column), key=lambda p: (-size[p], p)):
            left[place], top[place] = n * gap, y
            y += size[place] * scale + 24
    leaves, enters = dict(top), dict(top)
    parts = []
    for flow in sorted(flows, key=lambda f: (top[f.source], top[f.target])):
        thick = flow.amount * scale
        a, b, x1, x2 = leaves[flow.source], enters[flow.target], left[flow.source] + 16, left[flow.target]
        leaves[flow.source] += thick
        enters[flow.target] += thick
        bend = (x1 + x2) / 2
        parts.append(
            f'<path class="flow flow-{flow.source[0]}"'
            f' d="M{x1:.1f} {a:.1f}C{bend:.1f} {a:.1f} {bend:.1f} {b:.1f} {x2:.1f} {b:.1f}'
            f'V{b + thick:.1f}C{bend:.1f} {b + thick:.1f} {bend:.1f} {a + thick:.1f} {x1:.1f} {a + thick:.1f}Z">'
            f"<title>{escape(flow.source[1])} → {escape(flow.target[1])}</title></path>"
        )
    for place in places:
        x, y = left[place], top[place]
        words = f'<text class="flow-name" x="{x + 20:.1f}" y="{y + 12:.1f}">{escape(_short(place[1], 34))}</text>'
        address = (links or {}).get(place)
        parts.append(
            f'<rect class="flow-place" x="{x:.1f}" y="{y:.1f}" width="14" height="{max(2, size[place] * scale):.1f}"/>'
            + (f'<a href="{escape(address)}">{words}</a>' if address else words)
        )
    deep = max(top[place] + size[place] * scale for place in places) + 20
    role = "group" if links else "img"
    drawn = "".join(parts)
    return (
        f'<svg class="sankey" viewBox="0 0 {WIDE} {deep:.0f}" role="{role}" aria-label="{escape(label)}">{drawn}</svg>'
    )
