"""The wheel of stages: every aspect as a wedge, as long as its stage; unknown ones hatched. SVG, no scripts. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping
from html import escape

from hueandcry.capacity.assessment.model import Model
from hueandcry.capacity.assessment.stages import AspectStage

SIZE = 520
INNER, OUTER = 46.0, 228.0
GAP = 0.035  # radians between dimensions


def svg(model: Model, found: Mapping[str, AspectStage], *, address: str = "", label: str = "") -> str:
    """The wheel as SVG markup; ``address`` is what the id of an aspect is put behind, to link each wedge.

    Colours come from classes (capacity.css). What it shows stands beside it in a table, which readers get instead.
    """
    count = len(model.aspects)
    turn = (2 * math.pi - GAP * len(model.dimensions)) / max(1, count)
    ring = (OUTER - INNER) / len(model.stages)
    parts, at = [], -math.pi / 2
    for dimension in model.dimensions:
        start = at
        for factor in dimension.factors:
            for aspect in factor.aspects:
                parts.append(_aspect(found[aspect.id], f"{aspect.id} {aspect.name}", at, at + turn, ring, address))
                at += turn
        parts.append(_name(dimension.number, start, at))
        at += GAP
    rings = "".join(
        f'<circle class="wheel-ring" cx="0" cy="0" r="{INNER + ring * stage.number:.1f}"/>' for stage in model.stages
    )
    half, role = SIZE / 2, "group" if address else "img"  # what holds links is no image
    return (
        f'<svg class="wheel" viewBox="{-half} {-half} {SIZE} {SIZE}" role="{role}" aria-label="{escape(label)}">'
        '<defs><pattern id="wheel-unknown" width="5" height="5" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><path class="wheel-hatch" d="M0 0V5"/></pattern></defs>'
        f"{''.join(parts)}{rings}</svg>"
    )


def _aspect(found: AspectStage, name: str, start: float, end: float, ring: float, address: str) -> str:
    stage = found.stage
    radius = INNER + ring * (5 if stage is None else max(stage, 0.18))
    kind = "wheel-not-known" if stage is None else f"wheel-stage-{stage}"
    wedge = (
        f'<path class="{kind}" d="{_wedge(start + 0.004, end - 0.004, radius)}"><title>{escape(name)}</title></path>'
    )
    return f'<a href="{escape(address)}{found.aspect}/">{wedge}</a>' if address else wedge


def _wedge(start: float, end: float, radius: float) -> str:
    a, b = (INNER * math.cos(start), INNER * math.sin(start)), (radius * math.cos(start), radius * math.sin(start))
    c, d = (radius * math.cos(end), radius * math.sin(end)), (INNER * math.cos(end), INNER * math.sin(end))
    return (
        f"M{a[0]:.1f} {a[1]:.1f}L{b[0]:.1f} {b[1]:.1f}A{radius:.1f} {radius:.1f} 0 0 1 {c[0]:.1f} {c[1]:.1f}"
        f"L{d[0]:.1f} {d[1]:.1f}A{INNER:.1f} {INNER:.1f} 0 0 0 {a[0]:.1f} {a[1]:.1f}Z"
    )


def _name(number: int, start: float, end: float) -> str:
    middle = (start + end) / 2
    x, y = (OUTER + 16) * math.cos(middle), (OUTER + 16) * math.sin(middle)
    return f'<text class="wheel-name" x="{x:.1f}" y="{y + 5:.1f}" text-anchor="middle">D{number}</text>'
