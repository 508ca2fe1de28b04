"""A paper out of a bank, by a blueprint; and how far markers agree. Pure."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

POINTS = 100  # of a paper, as near as the bank allows


@dataclass(frozen=True, slots=True)
class Bank:
    """A question that is ready."""

    key: int
    competence: str
    kind: str
    points: int


def composed(bank: Sequence[Bank], blueprint: Mapping[str, int], *, seed: int) -> tuple[list[int], list[str]]:
    """Questions whose points by competence come near the shares of the blueprint (percent), and the competences on
    which there is none. At least one of each; drawn by ``seed``, in a drawn order."""
    draw = random.Random(seed)  # noqa: S311 - which of the questions, not a secret
    by_competence: dict[str, list[Bank]] = defaultdict(list)
    for each in bank:
        by_competence[each.competence].append(each)
    chosen: list[Bank] = []
    for competence, share in sorted(blueprint.items()):
        held = by_competence.get(competence, [])
        draw.shuffle(held)
        points = 0.0
        for each in held:
            # one more only where it brings the points nearer to the share
            if points and abs(points + each.points - share * POINTS / 100) >= abs(points - share * POINTS / 100):
                continue
            chosen.append(each)
            points += each.points
    draw.shuffle(chosen)
    lacking = [competence for competence in sorted(blueprint) if not by_competence.get(competence)]
    return [each.key for each in chosen], lacking


def covered(paper: Sequence[Bank], blueprint: Mapping[str, int]) -> dict[str, tuple[int, float]]:
    """Competence -> percent that the blueprint wants, percent that the paper gives."""
    total = sum(each.points for each in paper) or 1
    given: dict[str, float] = defaultdict(float)
    for each in paper:
        given[each.competence] += 100 * each.points / total
    return {code: (share, given.get(code, 0.0)) for code, share in sorted(blueprint.items())}


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far two markers agree: answers that both marked, mean difference in percent of the points, the intraclass
    correlation ICC(2,1) (Shrout and Fleiss 1979), None where the answers do not differ."""

    answers: int
    apart: float
    icc: float | None


def agreement(marks: Sequence[Sequence[float]]) -> Agreement:
    """Of answers with the marks of each, in percent of their points; those with fewer than two are left out, of more
    than two the first two count."""
    pairs = [(row[0], row[1]) for row in marks if len(row) >= 2]
    n = len(pairs)
    if not n:
        return Agreement(0, 0.0, None)
    apart = sum(abs(a - b) for a, b in pairs) / n
    return Agreement(n, apart, _icc(pairs))


def _icc(pairs: Sequence[tuple[float, float]]) -> float | None:
    n, k = len(pairs), 2
    if n < 2:
        return None
    mean = sum(a + b for a, b in pairs) / (n * k)
    rows = sum(k * ((a + b) / k - mean) ** 2 for a, b in pairs)
    columns = sum(n * (sum(pair[j] for pair in pairs) / n - mean) ** 2 for j in range(k))
    total = sum((x - mean) ** 2 for pair in pairs for x in pair)
    between, raters = rows / (n - 1), columns / (k - 1)
    error = max(total - rows - columns, 0.0) / ((n - 1) * (k - 1))
    below = between + (k - 1) * error + k * (raters - error) / n
    return None if abs(below) < 1e-12 else (between - error) / below
