"""The evidence of a pair as a page draws it: each step in words, both values beside it, bars in bits that add up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.utils import formats
from django.utils.translation import gettext as _

from hueandcry.exchange.classification import LABELS
from hueandcry.exchange.models import Observable
from hueandcry.exchange.sectors import SHORT
from hueandcry.linkage.crimes.shown import Evidence
from hueandcry.linkage.matching.reports import SETTINGS
from hueandcry.members.models import Organisation
from hueandcry.members.viewer import Viewer
from hueandcry.web.numbers import grouped

if TYPE_CHECKING:
    from hueandcry.linkage.matching.evidence import Step

WIDE = 400.0  # units of the drawing
VALUES = 3  # of a list that are named
HELD = frozenset({"shared", "exact", "money", "contact", "infrastructure", "victims"})  # columns of observables' ids
UNSAID = frozenset({"currency", "worth", "sketch"})  # said beside another column, or numbers of ours


@dataclass(frozen=True, slots=True)
class Bar:
    """One step: its words, what either report says, its bits, and where its bar lies (0 to WIDE)."""

    label: str
    finding: str
    left: str
    right: str
    weight: float
    start: float
    width: float
    total: bool = False  # the sum

    @property
    def against(self) -> bool:
        """It speaks against one crime."""
        return self.weight < 0


@dataclass(frozen=True, slots=True)
class Waterfall:
    """The steps that say something, from the prior to the sum; those that say nothing by name."""

    bars: list[Bar]
    silent: list[str]
    zero: float
    threshold: float
    evidence: Evidence


def waterfall(viewer: Viewer, evidence: Evidence) -> Waterfall:
    """The evidence as it is drawn, in the reader's language."""
    steps = [step for step in evidence.steps if step.kind == "prior" or abs(step.weight) >= 0.005]
    names = _names(viewer, steps)
    ends = [0.0]
    for step in steps:
        ends.append(ends[-1] + step.weight)
    low, high = min(*ends, evidence.threshold), max(*ends, evidence.threshold)
    scale = WIDE / ((high - low) or 1)

    def bar(at: float, to: float, **words: Any) -> Bar:
        return Bar(start=(min(at, to) - low) * scale, width=max(abs(to - at) * scale, 1.5), **words)

    bars = [
        bar(at, to, label=_label(step), finding=_finding(step), weight=step.weight,
            left=_said(step, step.value_l, names), right=_said(step, step.value_r, names))
        for step, at, to in zip(steps, ends, ends[1:], strict=False)
    ]  # fmt: skip
    bars.append(bar(0, ends[-1], label=_("All together"), finding="", left="", right="", weight=ends[-1], total=True))
    said = {bar.label for bar in bars}
    silent = [label for step in evidence.steps if step.kind == "comparer" and (label := _label(step)) not in said]
    return Waterfall(bars, list(dict.fromkeys(silent)), -low * scale, (evidence.threshold - low) * scale, evidence)


def _label(step: Step) -> str:
    if step.kind == "prior":
        return _("Before anything is compared")
    head, _comma, _when = step.label.partition(", ")  # "day, values in common": the finding says the rest
    return str(_(head)).capitalize() if step.kind == "comparer" else _("How rare it is")


def _finding(step: Step) -> str:
    if step.kind == "prior":
        return _("how seldom two reports that are compared tell of one crime")
    return str(_(step.level))


def _said(step: Step, values: Sequence[Any], names: Mapping[str, Mapping[int, str]]) -> str:
    columns = next((c.columns for c in SETTINGS.comparers if c.name == step.comparer), ())
    if step.kind != "comparer":
        return ""
    row = dict(zip(columns, values, strict=False))
    if "shared" in row and columns[0] != "shared":  # it only says which of two comparisons this is
        row.pop("shared")
    words = [_word(name, value, row, names) for name, value in row.items() if _is_said(name)]
    return ", ".join(word for word in words if word) or _("not told")


def _is_said(name: str) -> bool:
    return name not in UNSAID and not name.startswith("within_")


def _word(name: str, value: Any, row: Mapping[str, Any], names: Mapping[str, Mapping[int, str]]) -> str:
    if value is None or value == "" or value == []:
        return ""
    if name in HELD:
        return _some([names["value"].get(one, "") for one in value])
    if name == "labels":
        return str(len(value))
    if name == "amount":
        return f"{grouped(float(value))} {row.get('currency') or ''}".strip()
    if name == "reference":
        return _("held, under a key")
    if name == "organisation":
        return names["organisation"].get(int(value), "")
    if name == "source_kind":
        return str(Organisation.Kind(value).label) if value in Organisation.Kind.values else str(value)
    return _plain(name, value)


def _plain(name: str, value: Any) -> str:
    if name in ("main_class", "classes"):
        codes = [value] if isinstance(value, str) else value
        return _some([str(LABELS.get((c.partition("/")[0], c.partition("/")[2])) or c) for c in codes])
    if name == "sector":
        return str(SHORT.get(value, value))
    if name == "day" and isinstance(value, int):
        value = date(2000, 1, 1) + timedelta(days=value)  # as matching/prepared.sql counts days
    if isinstance(value, date):
        return formats.date_format(value, "j N Y", use_l10n=False)
    return _some([str(v) for v in value]) if isinstance(value, list | tuple) else str(value)


def _some(words: Iterable[str]) -> str:
    told = [word for word in words if word]
    more = len(told) - VALUES
    return ", ".join(told[:VALUES]) + (_(" and %(n)s more") % {"n": more} if more > 0 else "")


def _names(viewer: Viewer, steps: Sequence[Step]) -> dict[str, dict[int, str]]:
    """Names of the values and organisations that the steps hold by number. Both reports are the viewer's to see, and so
    are their values."""
    values: set[int] = set()
    bodies: set[int] = set()
    for step in steps:
        columns = next((c.columns for c in SETTINGS.comparers if c.name == step.comparer), ())
        for side in (step.value_l, step.value_r):
            for name, value in zip(columns, side, strict=False):
                if name in HELD and value:
                    values.update(value)
                if name == "organisation" and value is not None:
                    bodies.add(int(value))
    return {
        "value": dict(Observable.objects.filter(pk__in=sorted(values)[:2_000]).values_list("pk", "value")),
        "organisation": dict(Organisation.objects.filter(pk__in=bodies).values_list("pk", "name")),
    }
