"""What pages say of reviews and models: kept figures read back, strata and weights in words, places of bars."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from hueandcry.linkage.matching import reports
from hueandcry.linkage.matching.model import Model as Learnt
from hueandcry.linkage.matching.model import Stale
from hueandcry.linkage.models import Model
from hueandcry.linkage.review.estimate import Interval
from hueandcry.web.numbers import grouped

WIDE = 300.0  # units of a drawing


@dataclass(frozen=True, slots=True)
class Share:
    """An interval as a page draws it, in per cent, with where it lies on a line of WIDE."""

    value: float
    low: float
    high: float
    start: float
    width: float
    at: float


@dataclass(frozen=True, slots=True)
class KeptStratum:
    """One stratum of what a round came to."""

    label: str
    linked: bool
    pairs: int
    read: int
    wrong: int
    unsure: int
    missing: int


@dataclass(frozen=True, slots=True)
class Kept:
    """What a round came to."""

    precision: Share
    recall: Share
    fault: Share
    read: int
    kappa: float | None
    twice: int
    unsure: int
    strata: list[KeptStratum]


@dataclass(frozen=True, slots=True)
class Weight:
    """A row of the model: a finding of a comparison, its chances, its bits, its bar; ``before`` in the older model."""

    comparer: str
    level: str
    m: float | None
    u: float | None
    weight: float
    start: float
    width: float
    first: bool
    before: float | None = None

    @property
    def m_percent(self) -> float | None:
        """Per cent of pairs of one crime; not of the prior, which is of all pairs."""
        return None if self.m is None or self.u is None else 100 * self.m

    @property
    def u_percent(self) -> float | None:
        """Per cent of other pairs."""
        return None if self.u is None else 100 * self.u


def kept(figures: Mapping[str, Any]) -> Kept | None:
    """The figures of a round as they were kept; None where there are none."""
    if not figures:
        return None
    strata = [
        KeptStratum(stratum(s["linked"], s["low"], s["high"], through=s["through"]), s["linked"], s["pairs"], s["read"],
                    s["wrong"], s["unsure"], s["missing"])
        for s in figures["strata"]
    ]  # fmt: skip
    precision, recall, fault = (_share(Interval(*figures[name])) for name in ("precision", "recall", "fault"))
    return Kept(
        precision, recall, fault, figures["read"], figures["kappa"], figures["twice"], figures["unsure"], strata
    )


def _share(found: Interval) -> Share:
    low, high = found.low * WIDE, found.high * WIDE
    return Share(found.value * 100, found.low * 100, found.high * 100, low, max(high - low, 1.0), found.value * WIDE)


def stratum(linked: bool, low: float | None, high: float | None, *, through: bool) -> str:
    """A stratum in words."""
    if through:
        return _("linked through other reports alone")
    said = _("linked") if linked else _("not linked")
    if low is None and high is None:
        return said
    if low is None:
        return _("%(said)s, under %(high)s bits") % {"said": said, "high": _bits(high)}
    if high is None:
        return _("%(said)s, %(low)s bits or more") % {"said": said, "low": _bits(low)}
    return _("%(said)s, %(low)s to %(high)s bits") % {"said": said, "low": _bits(low), "high": _bits(high)}


def _bits(value: float | None) -> str:
    return grouped(value or 0.0, 0).replace("-", "−")


def model_page(found: Sequence[Model], than: int) -> dict[str, Any]:
    """What the page of the model shows: the one in force, and an earlier one beside it where that is asked for."""
    current = next((row for row in found if row.current), None)
    model = (_learnt(current) if current else None) or reports.starting()
    older = next((row for row in found if row.pk == than and row is not current), None)
    beside = _learnt(older) if older else None
    return {
        "current": current,
        "model": model,
        "rows": weights(model, beside),
        "beside": older if beside else None,
        "earlier": [row for row in found if row is not current],
        "threshold": model.claims_from(reports.SETTINGS),
    }


def _learnt(row: Model) -> Learnt | None:
    try:
        return Learnt.from_json(row.content)
    except Stale:
        return None


def weights(model: Learnt, older: Learnt | None = None) -> list[Weight]:
    """The model as rows, in the order of the settings; comparers that this model does not know are left out."""
    labels = {comparer.name: comparer.label for comparer in reports.SETTINGS.comparers}
    prior = (_("any two reports that are compared"), _("before anything is compared"))
    rows: list[tuple[str, str, float | None, float | None, float, bool]] = [
        (*prior, model.prior, None, model.prior_weight, True)
    ]
    for name, levels in model.levels.items():
        said = [level for level in levels if level.m is not None]
        rows += [
            (str(_(labels.get(name, name))), str(_(level.label)), level.m, level.u, level.weight, at == 0)
            for at, level in enumerate(said)
        ]
    before = _before(older)
    low, high = min(0.0, *(row[4] for row in rows)), max(0.0, *(row[4] for row in rows))
    scale = WIDE / ((high - low) or 1)
    return [
        Weight(label, level, m, u, weight, (min(0.0, weight) - low) * scale, max(abs(weight) * scale, 1.0), first,
               before.get((label, level)))
        for label, level, m, u, weight, first in rows
    ]  # fmt: skip


def _before(older: Learnt | None) -> dict[tuple[str, str], float]:
    if older is None:
        return {}
    return {(row.comparer, row.level): row.weight for row in weights(older)}
