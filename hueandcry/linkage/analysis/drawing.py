"""A graph as SVG, for a page of paper: the same places, shapes and colours as on the screen. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from hueandcry.web.graphs import Graph, Group, pixels, width

# Okabe and Ito, jfly.uni-koeln.de/color; the same as --cat-1 to --cat-7 of the style sheet, which paper cannot ask
INKS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#c9b800")
LINE, TEXT = "#8b8980", "#10243e"
MARGIN, LEGEND = 40.0, 26.0
NAMED = 14  # nodes with their label beside them
LABEL = 26  # characters
LETTER = 4.6  # the breadth of one, about, at 8 pixels

Disc = tuple[float, float, float]  # where a shape stands, and half its breadth
Box = tuple[float, float, float, float]  # left, top, right, bottom


def svg(graph: Graph, *, breadth: int = 680) -> str:
    """The graph in a frame ``breadth`` wide; "" where nothing is drawn. Every text is escaped."""
    if not graph.nodes:
        return ""
    left, right = min(n.x for n in graph.nodes) - MARGIN, max(n.x for n in graph.nodes) + MARGIN
    top, bottom = min(n.y for n in graph.nodes) - MARGIN, max(n.y for n in graph.nodes) + MARGIN
    scale = min(breadth / (right - left), 620 / (bottom - top))  # no higher than a page of paper has room for
    at = {n.id: ((n.x - left) * scale, (n.y - top) * scale + LEGEND) for n in graph.nodes}
    high = (bottom - top) * scale + LEGEND
    most = max((edge.weight for edge in graph.edges), default=1.0)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {breadth} {high:.0f}" width="{breadth}"'
        f' height="{high:.0f}" font-size="8" fill="{TEXT}">',
        *_legend(graph),
    ]
    for edge in graph.edges:
        (x1, y1), (x2, y2) = at[edge.source], at[edge.target]
        parts.append(
            f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{LINE}" stroke-opacity="0.55"'
            f' stroke-width="{width(edge.weight, most) * 0.6:.2f}"/>'
        )
    groups = {group.key: group for group in graph.groups}
    shapes = {n.id: (*at[n.id], pixels(n.size) * 0.5 * min(1.0, max(0.35, scale))) for n in graph.nodes}
    parts += [_shape(groups[node.group], *shapes[node.id]) for node in graph.nodes]
    named = sorted(graph.nodes, key=lambda n: (-n.size, n.id))[:NAMED]
    parts += _labels([(shapes[n.id], _short(n.label)) for n in named], list(shapes.values()), breadth)
    return "".join([*parts, "</svg>"])


def _labels(named: Sequence[tuple[Disc, str]], shapes: Sequence[Disc], breadth: int) -> list[str]:
    """Labels over all shapes, right of theirs or left of it; one that would hide another or a shape is left out."""
    taken = [(x - r, y - r, x + r, y + r) for x, y, r in shapes]
    parts = []
    for (x, y, r), text in named:
        wide = LETTER * len(text)
        for left in (x + r + 2, x - r - 2 - wide):
            box = (left, y - 4, left + wide, y + 5)
            if left >= 0 and left + wide <= breadth and not any(_meet(box, other) for other in taken):
                taken.append(box)
                place = f'x="{left:.1f}" y="{y + 3:.1f}"'
                parts.append(
                    f'<text {place} stroke="#ffffff" stroke-width="2">{escape(text)}</text>'
                )  # lines behind it
                parts.append(f"<text {place}>{escape(text)}</text>")
                break
    return parts


def _meet(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _legend(graph: Graph) -> list[str]:
    parts, x = [], 8.0
    for group in graph.groups:
        parts.append(_shape(group, x, 9, 5))
        parts.append(f'<text x="{x + 9:.0f}" y="12">{escape(group.label)}</text>')
        x += 26 + LETTER * len(group.label)
    return parts


def _short(text: str) -> str:
    return text if len(text) <= LABEL else text[: LABEL - 1] + "…"


def _shape(group: Group, x: float, y: float, r: float) -> str:
    paint = f'fill="{INKS[group.colour - 1]}" stroke="#ffffff" stroke-width="0.6"'
    if group.shape == "circle":
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{r:.1f}" {paint}/>'
    if group.shape in ("rect", "roundRect"):
        corner = r / 3 if group.shape == "roundRect" else 0
        side = f'width="{2 * r:.1f}" height="{2 * r:.1f}" rx="{corner:.1f}"'
        return f'<rect x="{x - r:.1f}" y="{y - r:.1f}" {side} {paint}/>'
    corners = [(0, -1), (1, 1), (-1, 1)] if group.shape == "triangle" else [(0, -1), (1, 0), (0, 1), (-1, 0)]
    points = " ".join(f"{x + r * dx:.1f},{y + r * dy:.1f}" for dx, dy in corners)
    return f'<polygon points="{points}" {paint}/>'


def weeks(counted: list[tuple[str, int]], *, breadth: int = 680, high: int = 120) -> str:
    """Bars by week, first and last week named, the highest counted; "" for none. Every text is escaped."""
    if not counted:
        return ""
    most = max(n for _week, n in counted) or 1
    step = breadth / len(counted)
    bars = "".join(
        f'<rect x="{i * step:.2f}" y="{14 + (high - 30) * (1 - n / most):.1f}" width="{max(0.4, step * 0.8):.2f}"'
        f' height="{(high - 30) * n / most:.1f}" fill="{INKS[0]}"/>'
        for i, (_week, n) in enumerate(counted)
        if n
    )
    first, last = escape(counted[0][0]), escape(counted[-1][0])
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {breadth} {high}" width="{breadth}" height="{high}"'
        f' font-size="9" fill="{TEXT}"><line x1="0" x2="{breadth}" y1="{high - 16}" y2="{high - 16}" stroke="{LINE}"/>'
        f'{bars}<text x="0" y="{high - 4}">{first}</text>'
        f'<text x="{breadth}" y="{high - 4}" text-anchor="end">{last}</text>'
        f'<text x="0" y="9">{most}</text></svg>'
    )
