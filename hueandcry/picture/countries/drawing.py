"""The trend of a country as SVG, for paper: months, the band of what is still to come, provisional hatched. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import NamedTuple

INK, LINE, SOFT, BLUE = (
    "#10243e",
    "#d9d6cf",
    "#4d5b70",
    "#0072b2",
)  # as the style sheet has them, which paper cannot ask
LEFT, RIGHT, TOP, FOOT = 44, 8, 14, 22


class Point(NamedTuple):
    """One month: counted (None: held back), and what it will come to with its interval, where it is provisional."""

    month: str
    counted: float | None
    expected: float | None = None
    low: float | None = None
    high: float | None = None
    provisional: bool = False
    forecast: bool = False


def trend(points: Sequence[Point], words: tuple[str, str], *, breadth: int = 640, high: int = 190) -> str:
    """The chart, ``breadth`` by ``high``; "" where fewer than two months can be drawn. ``words``: "provisional" and
    "forecast", in the reader's language. Every text is escaped."""
    most = max((v for p in points for v in (p.counted, p.expected, p.high) if v is not None), default=0)
    if len(points) < 2 or not most:
        return ""
    top = _round_up(most)
    step = (breadth - LEFT - RIGHT) / (len(points) - 1)

    def x(at: float) -> float:
        return LEFT + step * at

    def y(value: float) -> float:
        return TOP + (high - TOP - FOOT) * (1 - value / top)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {breadth} {high}" width="{breadth}" height="{high}"'
        f' font-size="9" fill="{INK}"><defs><pattern id="late" width="6" height="6" patternUnits="userSpaceOnUse"'
        f' patternTransform="rotate(45)"><line x1="0" y1="0" x2="0" y2="6" stroke="{LINE}" stroke-width="2"/></pattern></defs>'  # noqa: E501  SVG
    ]
    for share in (0, 0.25, 0.5, 0.75, 1):
        parts.append(  # noqa: PERF401
            f'<line x1="{LEFT}" x2="{breadth - RIGHT}" y1="{y(top * share):.1f}" y2="{y(top * share):.1f}" stroke="{LINE}"'  # noqa: E501  SVG
            f' stroke-width="0.6"/><text x="{LEFT - 6}" y="{y(top * share) + 3:.1f}" text-anchor="end"'
            f' fill="{SOFT}">{_number(top * share)}</text>'
        )
    for flag, word in (("provisional", words[0]), ("forecast", words[1])):
        held = [at for at, point in enumerate(points) if getattr(point, flag)]
        if held:
            start, end = x(max(0, held[0] - 1)), x(held[-1])
            paint = "url(#late)" if flag == "provisional" else "#f1efe9"
            parts.append(
                f'<rect x="{start:.1f}" y="{TOP}" width="{max(1, end - start):.1f}" height="{high - TOP - FOOT}" fill="{paint}"/>'  # noqa: E501  SVG
                f'<text x="{(start + end) / 2:.1f}" y="{TOP - 4}" text-anchor="middle" fill="{SOFT}">{escape(word)}</text>'  # noqa: E501  SVG
            )
    band = [(at, p.low, p.high) for at, p in enumerate(points) if p.low is not None and p.high is not None]
    if len(band) > 1:
        edge = [f"{x(at):.1f},{y(h):.1f}" for at, _low, h in band]
        edge += [f"{x(at):.1f},{y(low):.1f}" for at, low, _high in reversed(band)]
        parts.append(f'<polygon points="{" ".join(edge)}" fill="{BLUE}" fill-opacity="0.2"/>')
    elif band:
        at, low, upper = band[0]
        parts.append(
            f'<line x1="{x(at):.1f}" x2="{x(at):.1f}" y1="{y(low):.1f}" y2="{y(upper):.1f}" stroke="{BLUE}" stroke-width="3" stroke-opacity="0.4"/>'  # noqa: E501  SVG
        )
    parts.append(_path([(x(at), y(p.counted)) if p.counted is not None else None for at, p in enumerate(points)], ""))
    parts.append(
        _path([(x(at), y(p.expected)) if p.expected is not None else None for at, p in enumerate(points)], "3 3")
    )
    every = max(1, len(points) // 6)
    for at in range(0, len(points), every):
        anchor = "start" if at == 0 else "end" if at == len(points) - 1 else "middle"
        parts.append(
            f'<text x="{x(at):.1f}" y="{high - 7}" text-anchor="{anchor}" fill="{SOFT}">{escape(points[at].month)}</text>'  # noqa: E501  SVG
        )
    return "".join([*parts, "</svg>"])


def _path(points: Sequence[tuple[float, float] | None], dash: str) -> str:
    """A line that is broken where a point is missing."""
    made, pen = [], "M"
    for point in points:
        if point is None:
            pen = "M"
            continue
        made.append(f"{pen}{point[0]:.1f} {point[1]:.1f}")
        pen = "L"
    return (
        f'<path d="{" ".join(made)}" fill="none" stroke="{BLUE}" stroke-width="1.8" stroke-dasharray="{dash or "none"}"/>'  # noqa: E501  SVG
        if made
        else ""
    )


def _round_up(value: float) -> float:
    power = 1.0
    while power * 10 <= value:
        power *= 10
    return next(power * m for m in (1, 2, 4, 5, 8, 10) if power * m >= value)


def _number(value: float) -> str:
    return f"{value:,.0f}".replace(",", "\u202f") if value >= 10 or value == int(value) else f"{value:.1f}"
