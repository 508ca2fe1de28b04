"""Opinion groups and group-informed consensus, as opinion mapping (Polis) does it. Pure.

Small, Bjorkegren, Erkkila, Shaw and Megill, Polis: Scaling deliberation by mapping high dimensional opinion spaces,
Recerca 26 (2021). Votes are 1 (agree), -1 (disagree), 0 (pass) and missing (not seen). Missing votes take the mean of
their statement; people who saw few statements are drawn outwards by sqrt(statements / seen), so that they do not all
lie in the middle. Groups are k-means clusters on the first two principal components, k by silhouette.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.vq import kmeans2
from scipy.spatial.distance import cdist

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MOST_GROUPS = 5
ENOUGH = 7  # statements that somebody voted on, to be among those that groups are made of (as Polis has it)
FEWEST = 4  # people who voted on something; of fewer there is one group
STARTS = 8  # of k-means for each k: the best is kept
SAMPLE = 1_500  # people of whom the silhouette is computed


@dataclass(frozen=True, slots=True)
class Opinions:
    """Where people stand and which group each is in; ``agree[g, s]``: the share of group g that agrees with s,
    smoothed; ``consensus[s]``: its product over groups; ``silhouette`` None where there is one group."""

    points: Floats
    groups: Ints
    explained: tuple[float, float]
    agree: Floats
    disagree: Floats
    seen: Ints
    consensus: Floats
    silhouette: float | None

    @property
    def number(self) -> int:
        """How many groups there are."""
        return len(self.agree)


def mapped(votes: Floats, *, seed: int = 0) -> Opinions:
    """The opinion map of votes (people x statements; NaN where somebody did not see a statement).

    Groups are found among people who voted on at least ``ENOUGH`` statements; the others join the group that lies
    nearest. The same for any order of people and statements: both are put into an order before anything is drawn.
    """
    rows = _order(votes)
    enough = (~np.isnan(votes[rows])).sum(axis=1) >= min(ENOUGH, votes.shape[1])
    points, explained = _components(votes[rows], enough)
    groups: Ints = np.zeros(len(rows), np.int64)
    groups[enough], width = _grouped(points[enough], seed)
    if width is not None:
        centres = np.stack([points[enough][groups[enough] == g].mean(axis=0) for g in range(groups.max() + 1)])
        groups[~enough] = cdist(points[~enough], centres).argmin(axis=1)
    back = np.empty_like(rows)
    back[rows] = np.arange(len(rows))
    groups, points = groups[back], points[back]
    agree, disagree, seen = probabilities(votes, groups)
    return Opinions(points, groups, explained, agree, disagree, seen, agree.prod(axis=0), width)


def _order(votes: Floats) -> Ints:
    """People by their votes, in a way that does not depend on the order of statements: by their sums, then by their
    votes on the statements, which are put in the order of what was voted on them."""
    if not votes.size:
        return np.arange(len(votes))
    filled = np.nan_to_num(votes, nan=3.0)
    statements = np.lexsort(np.sort(filled, axis=0)[::-1])
    return np.lexsort([*filled[:, statements].T[::-1], np.nansum(votes, axis=1)])


def _components(votes: Floats, enough: NDArray[np.bool_]) -> tuple[Floats, tuple[float, float]]:
    """Everybody on the first two principal components of those who voted ``enough``, and the share of variance that
    each component explains."""
    people, statements = votes.shape
    made = np.zeros((people, 2))
    if not enough.any() or not statements:
        return made, (0.0, 0.0)
    seen = ~np.isnan(votes)
    counts = seen[enough].sum(axis=0)
    means = np.where(counts > 0, np.nansum(votes[enough], axis=0) / np.maximum(1, counts), 0.0)
    centred = np.where(seen, votes, means) - means
    _u, sizes, axes = np.linalg.svd(centred[enough], full_matrices=False)
    kept = min(2, len(sizes))
    for one in range(kept):  # the sign of a component means nothing: the largest loading points upwards
        if axes[one][np.argmax(np.abs(axes[one]))] < 0:
            axes[one] = -axes[one]
    stretch = np.sqrt(statements / np.maximum(1, seen.sum(axis=1)))
    made[:, :kept] = (centred @ axes[:kept].T) * stretch[:, None]
    total = float((sizes**2).sum()) or 1.0
    shares = [float(size**2) / total for size in sizes[:2]] + [0.0, 0.0]
    return made, (shares[0], shares[1])


def _grouped(points: Floats, seed: int) -> tuple[Ints, float | None]:
    """A group for each point, largest group first; and the silhouette of that grouping."""
    different = len(np.unique(points.round(9), axis=0))
    one: Ints = np.zeros(len(points), np.int64)
    if len(points) < FEWEST or different < 3:
        return one, None
    best: tuple[float, Ints] | None = None
    for k in range(2, min(MOST_GROUPS, different - 1) + 1):
        labels = _clusters(points, k, seed)
        if len(np.unique(labels)) < k:
            continue
        width = silhouette(points, labels)
        if best is None or width > best[0] + 1e-12:
            best = (width, labels)
    return (_by_size(best[1], points), best[0]) if best else (one, None)


def _clusters(points: Floats, k: int, seed: int) -> Ints:
    """The best of several starts of k-means, by the sum of squares within."""
    best: tuple[float, Ints] | None = None
    for start in range(STARTS):
        random = np.random.default_rng([seed, k, start])
        centres, labels = kmeans2(points, k, minit="++", iter=50, seed=random, missing="warn")
        spread = float(((points - centres[labels]) ** 2).sum())
        if best is None or spread < best[0] - 1e-9:
            best = (spread, labels.astype(np.int64))
    assert best is not None  # noqa: S101 - there is at least one start
    return best[1]


def _by_size(labels: Ints, points: Floats) -> Ints:
    """Groups numbered by size, then by where they lie."""
    held = [(-(labels == g).sum(), tuple(points[labels == g].mean(axis=0)), g) for g in np.unique(labels)]
    number = {g: n for n, (_size, _centre, g) in enumerate(sorted(held))}
    return np.array([number[g] for g in labels], np.int64)


def silhouette(points: Floats, labels: Ints) -> float:
    """The mean silhouette width (Rousseeuw 1987); of evenly chosen points where there are many."""
    chosen = np.unique(np.linspace(0, len(points) - 1, min(len(points), SAMPLE)).astype(int))
    held, of = points[chosen], labels[chosen]
    groups = np.unique(of)
    if len(groups) < 2:
        return -1.0
    apart = cdist(held, held)
    sums = np.stack([apart[:, of == g].sum(axis=1) for g in groups], axis=1)
    sizes = np.array([(of == g).sum() for g in groups])
    own = np.searchsorted(groups, of)
    rows = np.arange(len(held))
    within = sums[rows, own] / np.maximum(1, sizes[own] - 1)
    means = sums / sizes
    means[rows, own] = np.inf
    nearest = means.min(axis=1)
    width = (nearest - within) / np.maximum(np.maximum(within, nearest), 1e-300)
    return float(np.where(sizes[own] == 1, 0.0, width).mean())


def probabilities(votes: Floats, groups: Ints) -> tuple[Floats, Floats, Ints]:
    """For each group and statement the shares that agree and disagree among those who saw it, (n + 1) / (seen + 2), and
    how many saw it. What nobody of a group saw is at one half: nothing is known of it."""
    number = int(groups.max()) + 1 if len(groups) else 1
    agree = np.empty((number, votes.shape[1]))
    disagree, seen = np.empty_like(agree), np.empty(agree.shape, np.int64)
    for g in range(number):
        held = votes[groups == g]
        seen[g] = (~np.isnan(held)).sum(axis=0)
        agree[g] = ((held == 1).sum(axis=0) + 1) / (seen[g] + 2)
        disagree[g] = ((held == -1).sum(axis=0) + 1) / (seen[g] + 2)
    return agree, disagree, seen


def representative(found: Opinions, group: int, *, most: int = 3) -> list[tuple[int, bool, float]]:
    """What tells a group from the others: (statement, agrees or disagrees, how many times likelier than elsewhere)."""
    others = [g for g in range(found.number) if g != group]
    if not others:
        return []
    made = []
    for agrees, shares in ((True, found.agree), (False, found.disagree)):
        weights = found.seen[others].clip(1)
        elsewhere = (shares[others] * weights).sum(axis=0) / weights.sum(axis=0)
        ratio = shares[group] / elsewhere
        made += [(s, agrees, float(ratio[s])) for s in range(len(ratio)) if shares[group][s] > 0.5 and ratio[s] > 1]
    return sorted(made, key=lambda each: (-each[2], each[0]))[:most]
