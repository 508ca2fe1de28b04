"""When no number is given: the rules, each with its threshold and where that comes from. Pure.

    found = before(table, feeds=[("bank", "police")], identifiable=True)
    found += after({"log-linear": 9_800, "decomposable": 21_000}, low=5_000, high=40_000, lower_bound=7_000)
    first(found)            # the one that is said first; None: nothing stands against an estimate

A refusal is an answer: it says what the data would need. ``reason`` is its sentence in English; ``template`` and
``values`` make it in another language.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import permutations
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from hueandcry.picture.mse.table import Table

Code = Literal["few_lists", "feeding", "contained", "little_overlap", "not_identifiable", "below_bound", "disagree",
               "spread"]  # fmt: skip

# Two lists have one table cell too few for their dependence to be seen: any total fits (Fienberg 1972; Bishop, Fienberg
# & Holland 1975, ch. 6). A list counts from so many on.
MIN_LISTS: Final = 3
MIN_IN_LIST: Final = 10
# Seven recaptures keep the bias of a two-list estimate below 2 % with 95 % certainty (Robson & Regier 1964; Seber 1982,
# 3.1.2). Asked of each list with all others together.
MIN_OVERLAP: Final = 7
# A list of which this share is on another one adds next to nothing of its own: it is taken from there, or both from a
# third. A judgement: in ten published tables (hare, duck, HIV, Kosovo, UK, the Netherlands, ...) no list comes above
# 0.70.
CONTAINED: Final = 0.9
# Methods that rest on different assumptions and differ by more than this say that the assumptions, and not the data,
# make the number. A judgement; bench/truth_mse shows what other values would do.
MAX_RATIO: Final = 2.0
# From here on an interval tells the order of magnitude at best.
MAX_SPREAD: Final = 10.0
# A method may come out so far below the lower bound: that bound has an error of its own.
BOUND_SLACK: Final = 0.9


def _(text: str) -> str:
    return text  # marks a sentence for translation; pages translate it, this module knows no language


_SENTENCES: Final[dict[Code, str]] = {
    "few_lists": _(
        "Too few sources: an estimate takes at least %(least)s that each tell of %(each)s or more, and there are"
        " %(found)s."
    ),
    "feeding": _(
        "%(one)s passes what it knows on to %(other)s, so what both tell of says nothing about what neither does."
    ),
    "contained": _(
        "%(share)s %% of what %(one)s tells of, %(other)s tells of as well: one feeds the other, or both draw on the"
        " same."
    ),
    "little_overlap": _(
        "The sources hardly overlap: at least %(least)s of them must each share %(each)s or more with the others, and"
        " %(found)s do."
    ),
    "not_identifiable": _("These sources overlap in such a way that no model gives one finite answer."),
    "below_bound": _("The estimate of %(estimate)s lies below the lower bound of %(bound)s that the same data give."),
    "disagree": _(
        "The methods disagree: %(least)s by %(low)s, %(most)s by %(high)s, more than %(ratio)s times as many."
    ),
    "spread": _("The data say too little: anything from %(low)s to %(high)s would fit."),
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why no number is given."""

    code: Code
    values: Mapping[str, str | int | float] = field(default_factory=dict)

    @property
    def template(self) -> str:
        """The sentence with places for ``values``, as it stands in the catalogues of translations."""
        return _SENTENCES[self.code]

    @property
    def reason(self) -> str:
        """The sentence in English."""
        return self.template % self.values


def before(table: Table, *, feeds: Iterable[tuple[str, str]] = (), identifiable: bool | None = None) -> list[Refusal]:
    """What stands against estimating from a table of capture histories at all, in the order of its weight.

    ``feeds``: pairs (giver, receiver) of names of lists that are known to pass on what they hold, where neither was
    left out or merged. ``identifiable``: whether the estimate exists and is unique (Fienberg & Rinaldo 2012), where
    checked.
    """
    sizes = {at: _on(table, 1 << at) for at in range(len(table.lists))}
    counting = [at for at, size in sizes.items() if size >= MIN_IN_LIST]
    found: list[Refusal] = []
    if len(counting) < MIN_LISTS:
        found.append(Refusal("few_lists", {"least": MIN_LISTS, "each": MIN_IN_LIST, "found": len(counting)}))
    found += [
        Refusal("feeding", {"one": one, "other": other})
        for one, other in feeds
        if one in table.lists and other in table.lists
    ]
    for one, other in permutations(counting, 2):
        share = _on(table, 1 << one | 1 << other) / sizes[one]
        if share >= CONTAINED:
            names = {"one": table.lists[one], "other": table.lists[other]}
            found.append(Refusal("contained", {"share": int(100 * share), **names}))
    sharing = [at for at in sizes if _shared(table, at) >= MIN_OVERLAP]
    if len(counting) >= MIN_LISTS and len(sharing) < MIN_LISTS:
        found.append(Refusal("little_overlap", {"least": MIN_LISTS, "each": MIN_OVERLAP, "found": len(sharing)}))
    if identifiable is False:
        found.append(Refusal("not_identifiable"))
    return found


def after(methods: Mapping[str, float], *, low: float, high: float, lower_bound: float | None = None) -> list[Refusal]:
    """What stands against giving out what was estimated.

    ``methods``: totals by the name of the method, the one that is given out first; ``low``, ``high``: its 95 %
    interval; ``lower_bound``: of the total (chao.lower_bound). Totals must be positive.
    """
    found: list[Refusal] = []
    given = next(iter(methods.values()))
    if lower_bound is not None and high < BOUND_SLACK * lower_bound:
        found.append(Refusal("below_bound", {"estimate": round(given), "bound": round(lower_bound)}))
    least, most = min(methods, key=methods.__getitem__), max(methods, key=methods.__getitem__)
    if methods[most] > MAX_RATIO * methods[least]:
        found.append(
            Refusal(
                "disagree",
                {"least": round(methods[least]), "low": least, "most": round(methods[most]), "high": most,
                 "ratio": f"{MAX_RATIO:g}"},
            )
        )  # fmt: skip
    if high > MAX_SPREAD * low:
        found.append(Refusal("spread", {"low": round(low), "high": round(high)}))
    return found


def first(found: Sequence[Refusal]) -> Refusal | None:
    """The refusal that is said first; the others hold too."""
    return found[0] if found else None


def _on(table: Table, bits: int) -> float:
    """How many are on all these lists."""
    return sum(count for history, count in table.counts.items() if history & bits == bits)


def _shared(table: Table, at: int) -> float:
    """How many on this list are on another one as well."""
    bit = 1 << at
    return sum(count for history, count in table.counts.items() if history & bit and history != bit)
