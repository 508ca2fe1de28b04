"""How many there are, from lists that overlap; or why that cannot be said. Pure.

    found = estimate(read(path.read_bytes()))
    found.observed, found.estimate, found.low, found.high      # 2744, 13_502, 10_100, 29_800
    found.refused, found.reason                                # False, ""

What is done, in this order; docs/picture-estimates.md tells why:

1. What stands against any estimate (refusal.before) refuses it; Chao's lower bound is given all the same.
2. Log-linear models up to pairs are fitted (loglinear.search); models that determine no finite total are out
   (identifiable). The estimate is their average by exp(-BIC / 2).
3. The interval is that of a bootstrap in which each replicate weighs the best models anew, between BIC and
   AIC, made wider where the mixture of the models' own intervals reaches further, and where a model of heterogeneity
   fits as well as they do.
4. Linkage error, where its rates are given, is taken out of the table and out of each replicate with rates drawn anew.
5. What stands against giving it out (refusal.after: methods too far apart, too wide) refuses it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from hueandcry.picture.mse import bootstrap, chao, heterogeneity, identifiable, loglinear, refusal
from hueandcry.picture.mse.loglinear import Design, Fits, Floats, Ints
from hueandcry.picture.mse.table import Table

if TYPE_CHECKING:
    from hueandcry.picture.mse.linkage_error import LinkageError

MAX_LISTS: Final = 10  # 45 pairs, 1,023 histories
MAX_DECOMPOSABLE: Final = 6  # lists; more decomposable graphs take too long for an answer while you wait
KEPT: Final = 60
REPLICATES: Final = 400
SHOWN: Final = 12  # models that are told of
# The interval gives larger models more room than BIC does, since BIC drops weak dependence that biases the total more
# than it shows in the fit: replicates weigh models halfway between BIC and AIC, and the mixture of the models' own
# intervals goes by AIC. Chosen on simulated worlds of other seeds than those that bench/truth_picture reports.
LENIENT: Final = 0.5
SAME_FIT: Final = 2.0  # of BIC: a difference "not worth more than a bare mention" (Kass & Raftery 1995)
WINDOW: Final = 14.0  # of BIC or AIC: exp(-7) of the best one's weight
MIN_RECAPTURES: Final = 20  # on two lists or more; with fewer, Chao's bound is a guess: its f2 is too small
UNDETERMINED: Final = 0.5  # of the weight of all models, from which on the data determine no total


@dataclass(frozen=True, slots=True)
class Told:
    """One model or method: what it says with its own 95 % limits, and what it weighs in the estimate (0: a second
    opinion). ``low`` and ``high`` are None where a method has none."""

    method: str  # "log-linear", "decomposable", "heterogeneity"
    model: str
    estimate: float
    low: float | None
    high: float | None
    weight: float
    bic: float | None
    aic: float | None = None
    error: float | None = None  # standard error of the total


@dataclass(frozen=True, slots=True)
class Estimate:
    """The answer. ``estimate``, ``low`` and ``high`` are None where it is refused; ``template`` and ``values`` make
    ``reason`` in another language (see refusal)."""

    observed: int
    lists: tuple[str, ...]
    estimate: float | None
    low: float | None
    high: float | None
    lower_bound: float  # observed <= lower_bound <= low; without linkage error
    models: tuple[Told, ...]
    refused: bool
    reason: str
    code: str = ""
    template: str = ""
    values: dict[str, str | int | float] | None = None
    replicates: int = 0
    seed: int = 0
    notes: tuple[str, ...] = ()
    chao: float | None = None  # Chao's point bound as it comes out of the data

    def to_json(self) -> dict[str, Any]:
        """The answer as JSON holds it: numbers with one decimal, weights with four."""
        held = asdict(self)
        for name in ("template", "values"):
            held.pop(name)
        held["lists"], held["notes"] = list(self.lists), list(self.notes)
        for name in ("estimate", "low", "high", "lower_bound", "chao"):
            held[name] = _rounded(held[name])
        held["models"] = [
            {
                **told,
                **{name: _rounded(told[name]) for name in ("estimate", "low", "high")},
                "weight": round(told["weight"], 4),
                **{name: _rounded(told[name], 3) for name in ("bic", "aic", "error")},
            }
            for told in held["models"]
        ]
        return held


def _rounded(value: float | None, digits: int = 1) -> float | None:
    return None if value is None or not math.isfinite(value) else round(float(value), digits)


def estimate(
    table: Table,
    *,
    seed: int = 0,
    replicates: int = REPLICATES,
    linkage: LinkageError | None = None,
    feeds: Iterable[tuple[str, str]] = (),
) -> Estimate:
    """Estimate the total of a table of capture histories, or refuse.

    ``seed`` and ``replicates`` of the bootstrap: one seed, one answer. ``linkage``: precision and recall of the linkage
    that made the table. ``feeds``: pairs (giver, receiver) of lists that pass on what they hold. Ten lists at most are
    estimated from; more are refused. Raises ValueError where replicates are fewer than 20.
    """
    if replicates < 20:
        raise ValueError("an interval takes 20 replicates or more")
    whole = table
    base = _without_error(table, linkage)
    bound = _bound(base)
    stop = _too_many(base) or refusal.first(refusal.before(base, feeds=feeds))
    if stop is None:
        base = base.kept()
        return _estimated(whole, base, bound, seed, replicates, linkage)
    return _refused(whole, bound, stop, (), seed, 0)


@dataclass(frozen=True, slots=True)
class _Bound:
    """``value``: what is given out as the least; ``chao``: the point it comes from; ``notes``: why they differ."""

    value: float
    chao: float | None
    notes: tuple[str, ...] = ()

    def below(self, low: float) -> _Bound:
        """The same where fitted models say that there may be as few as ``low``: lists that keep apart lift Chao's
        bound above the truth, and models of pairs see that where the bound does not."""
        return self if self.value <= low else _Bound(low, self.chao, (*self.notes, _LOWERED))


_LOWERED: Final = (
    "The lower bound is the low end of the interval: Chao's lies above it, which it may where lists keep apart."
)
_SEEN: Final = (
    "The lower bound is what was observed: with so little overlap lists may keep apart, and Chao's bound does not hold."
)
_THREE: Final = (
    "With three lists one cannot tell lists that depend on one another from individuals that differ in how readily they"
    " are told of; if the latter, the truth may lie above the interval."
)


def _without_error(table: Table, linkage: LinkageError | None) -> Table:
    if linkage is None:
        return table
    from hueandcry.picture.mse.linkage_error import corrected

    precision, recall = linkage.central
    return corrected(table, precision, recall)


def _bound(table: Table) -> _Bound:
    """Chao's bound at its lower one-sided 95 % limit; what was seen where too few are on two lists."""
    seen = float(table.observed)
    if len(table.lists) < 2:
        return _Bound(seen, None)
    found = chao.lower_bound(table)
    recaptures = sum(count for history, count in table.counts.items() if history.bit_count() > 1)
    apart = any(stop.code == "little_overlap" for stop in refusal.before(table))
    if apart or recaptures < MIN_RECAPTURES:
        return _Bound(seen, found.value, (_SEEN,))
    return _Bound(max(found.least, seen), found.value)


def _too_many(table: Table) -> _Many | None:
    held = len(table.kept().lists)
    return _Many(held) if held > MAX_LISTS else None


@dataclass(frozen=True, slots=True)
class _Many:
    """More lists than are estimated from; reads as a Refusal does."""

    found: int
    code: str = "many_lists"
    template: str = "Too many sources: at most %(most)s are estimated from, and there are %(found)s. Merge some."

    @property
    def values(self) -> dict[str, str | int | float]:
        return {"most": MAX_LISTS, "found": self.found}

    @property
    def reason(self) -> str:
        return self.template % self.values


def _refused(
    table: Table, bound: _Bound, stop: refusal.Refusal | _Many, told: tuple[Told, ...], seed: int, replicates: int
) -> Estimate:
    return Estimate(
        table.observed, table.lists, None, None, None, bound.value, told, True, stop.reason, str(stop.code),
        stop.template, dict(stop.values), replicates, seed, (*table.notes, *bound.notes), bound.chao,
    )  # fmt: skip


def _estimated(
    whole: Table, base: Table, bound: _Bound, seed: int, replicates: int, linkage: LinkageError | None
) -> Estimate:
    design = Design(len(base.lists))
    cells = design.cells(base)
    fits = loglinear.search(design, cells)
    replicates, keep = bootstrap.affordable(design, replicates, KEPT)
    order, lost = _usable(design, cells, fits, keep)
    if lost > UNDETERMINED or not len(order):
        return _refused(whole, bound, refusal.Refusal("not_identifiable"), (), seed, 0)
    shares = _shares(fits.bic[order])
    seen = base.observed
    value = seen + float(shares @ fits.missing[order])

    drawn = _drawn(whole, base, cells, value, replicates, seed, linkage)
    again = bootstrap.resample(design, drawn, fits, order)
    low, high = bootstrap.interval(again, lenient=LENIENT)
    mixed_low, mixed_high = _mixture(seen, fits, order)
    low, high = min(low, mixed_low), max(high, mixed_high)

    told = _models(design, base, fits, order, shares)
    methods = {"log-linear models": value}
    if len(base.lists) <= MAX_DECOMPOSABLE:
        from hueandcry.picture.mse.decomposable import averaged

        second = averaged(base)
        if math.isfinite(second.estimate):
            methods["decomposable graphs"] = second.estimate
            told.append(Told("decomposable", "average of graphs", second.estimate, second.low, second.high, 0.0, None))
    family = heterogeneity.family(base)
    best = min([float(fits.bic[order].min()), *(model.bic for model in family)])
    for model in family:
        told.append(
            Told(
                "heterogeneity",
                model.name,
                model.estimate,
                model.low,
                model.high,
                0.0,
                model.bic,
                model.aic,
                model.error,
            )
        )
        if model.bic <= best + SAME_FIT and "Chao" not in model.name and model.name not in ("M0", "Mt"):
            methods[f"heterogeneity {model.name}"] = model.estimate
            low, high = min(low, model.low), max(high, model.high)
    told += _without_the_always_found(base)
    # What was seen is there; what linkage corrected away is not.
    low = max(low, float(seen if linkage is None else min(seen, low)))
    bound = bound.below(low)
    stop = (
        refusal.first(refusal.after(methods, low=low, high=high, lower_bound=bound.chao))
        if math.isfinite(high)
        else refusal.Refusal("not_identifiable")
    )
    if stop is not None:
        return _refused(whole, bound, stop, tuple(told), seed, replicates)
    return Estimate(
        whole.observed, whole.lists, value, low, high, bound.value, tuple(told), False, "",
        replicates=replicates, seed=seed, chao=bound.chao,
        notes=(*whole.notes, *bound.notes, *((_THREE,) if len(base.lists) == 3 else ())),
    )  # fmt: skip


def _usable(design: Design, cells: Floats, fits: Fits, keep: int) -> tuple[Ints, float]:
    """Places of the best models that determine a finite total, the best by BIC first, and the weight of those that do
    not. Two thirds are the best by BIC, and a third by AIC: with a few hundred observed BIC has none of the larger ones
    among its best, and they may be true."""
    by_bic, by_aic = (np.argsort(criterion, kind="stable") for criterion in (fits.bic, fits.aic))
    by_bic = by_bic[: 2 * keep][fits.bic[by_bic[: 2 * keep]] <= fits.bic[by_bic[0]] + WINDOW]
    by_aic = by_aic[: 2 * keep][fits.aic[by_aic[: 2 * keep]] <= fits.aic[by_aic[0]] + WINDOW]
    both = np.union1d(by_bic, by_aic)
    both = both[np.argsort(fits.bic[both], kind="stable")]
    status = identifiable.checked(design, cells, fits.models[both])
    known = np.array([s != "undetermined" for s in status], dtype=bool) & np.isfinite(fits.missing[both])
    lost = float(_shares(fits.bic[both])[~known].sum())
    good = set(both[known].tolist())
    first = [at for at in by_bic.tolist() if at in good][: keep - keep // 3]
    second = [at for at in by_aic.tolist() if at in good and at not in first][: keep - len(first)]
    held = np.array(first + second, dtype=np.int64)
    return held[np.argsort(fits.bic[held], kind="stable")], lost


def _shares(bic: Floats) -> Floats:
    raw = np.exp(-(bic - bic.min()) / 2) if len(bic) else bic
    shares: Floats = raw / raw.sum()
    return shares


def _drawn(
    whole: Table, base: Table, cells: Floats, value: float, replicates: int, seed: int, linkage: LinkageError | None
) -> Floats:
    """Replicates of the table, a row each; with linkage error each is drawn as found and then corrected with rates
    of its own."""
    if linkage is None:
        return bootstrap.tables(cells, value, replicates, seed=seed)
    from hueandcry.picture.mse.linkage_error import corrected

    held = tuple(whole.lists.index(name) for name in base.lists)
    design = Design(len(whole.lists))
    found = bootstrap.tables(design.cells(whole), value * whole.observed / base.observed, replicates, seed=seed)
    generator = np.random.default_rng([seed, 2])
    rows = np.zeros((replicates, len(cells)))
    for at, (precision, recall) in enumerate(linkage.draws(replicates, seed=seed)):
        counts = {int(h) + 1: int(found[at, h]) for h in np.flatnonzero(found[at])}
        for history, count in corrected(Table(whole.lists, counts), precision, recall, generator).counts.items():
            place = sum(1 << new for new, old in enumerate(held) if history >> old & 1)
            if place:
                rows[at, place - 1] += count
    return rows


def _mixture(seen: int, fits: Fits, order: Ints) -> tuple[float, float]:
    """The limits of the mixture of log-normal laws of the models, weighed by AIC."""
    shares = _shares(fits.aic[order])
    missing, error = fits.missing[order], fits.error[order]
    # Those on no list are themselves a draw: their own variance comes on top of that of their mean.
    spread = np.sqrt(error**2 + 1 / np.maximum(missing, 1.0))
    values = seen + missing[:, None] * np.exp(np.clip(spread[:, None] * _NORMAL, -20, 20))
    low, high = bootstrap.quantiles(values.ravel(), np.repeat(shares / len(_NORMAL), len(_NORMAL)), (0.025, 0.975))
    return low, high


def _normal_points(count: int) -> Floats:
    from statistics import NormalDist

    law = NormalDist()
    return np.array([law.inv_cdf((at + 0.5) / count) for at in range(count)])


_NORMAL: Final = _normal_points(400)


def _without_the_always_found(table: Table) -> list[Told]:
    """Independent lists where those on every list are left out of the fit: a few that all know of make lists look more
    alike than they are (Baillargeon & Rivest 2007, section 3.2, on the hares)."""
    everywhere = (1 << len(table.lists)) - 1
    if everywhere not in table.counts:
        return []
    family = heterogeneity.family(table, without=frozenset({everywhere}))
    return [
        Told("heterogeneity", "Mt without those on all lists", m.estimate, m.low, m.high, 0.0, m.bic, m.aic, m.error)
        for m in family
        if m.name == "Mt"
    ]


def _models(design: Design, table: Table, fits: Fits, order: Ints, shares: Floats) -> list[Told]:
    told = []
    for at, share in zip(order[:SHOWN], shares[:SHOWN], strict=True):
        missing, error = float(fits.missing[at]), float(fits.error[at])
        low, high = (table.observed + missing * math.exp(min(sign * 1.959964 * error, 50)) for sign in (-1, 1))
        spread = math.sqrt(missing + (missing * error) ** 2)
        name = design.named(int(fits.models[at]), table.lists)
        told.append(
            Told(
                "log-linear",
                name,
                table.observed + missing,
                low,
                high,
                float(share),
                float(fits.bic[at]),
                float(fits.aic[at]),
                spread,
            )
        )
    return told
