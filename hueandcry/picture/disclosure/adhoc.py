"""What may be shown of a table that somebody asks for: thresholds, dominance, remainders, cell-key noise. Pure.

What is shown of one freeze is the same for everybody and whichever way it is asked. A value tells its bounds: the truth
lies within ``low`` and ``high``. Releases do otherwise (tables.py): exact, with secondary suppression.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace

from hueandcry.picture.cells import Counted, Shown
from hueandcry.picture.disclosure import cellkey
from hueandcry.picture.disclosure.rules import CASES, ORGANISATIONS, PERCENT, at_least, sensitive
from hueandcry.picture.question import FILTERS, Dimension, Measure, Question

# A report or crime may be of several of these at once; of source where crimes are counted.
OVERLAPPING = frozenset({"country", "region", "technique", "offence"})


def shown(
    cells: Iterable[Counted],
    *,
    measure: Measure = "count",
    partition: Collection[int] = (),
    whole: Counted | None = None,
) -> list[Shown]:
    """The cells of one table, in their order, each with its value and bounds or why not.

    Counts get whole noise of at most cellkey.NOISE and stay withheld where that takes them below the threshold; sums of
    losses (cents) get noise of up to a round sum that is at least p % of the largest contributor's part.

    ``partition``: places in the keys whose cells share nothing and make up the line (month, sector; not country).
    ``whole``: all that the table is about. Both are for remainders: a cell is withheld as well where the line or the
    whole less this cell would be a small group, else total and cell would be asked for together in many ways until
    their noise averages out.
    """
    held = list(cells)
    rests = _rests(held, measure, sorted(partition), whole)
    return [_shown(cell, measure, small) for cell, small in zip(held, rests, strict=True)]


def alike(cells: Iterable[Shown], every: Collection[str] = ()) -> list[Shown]:
    """The cells as people get them: what is held back and what is not there at all look alike, as else a cell without
    a number would tell that there is a case. Only cells with a number stand; with ``every``, the keys that there can
    be, each of them stands, in that order, with "few" where it has no number to show."""
    held = {cell.key: cell for cell in cells if cell.value is not None}
    return [held.get((key,), Shown((key,), None, "few")) for key in every] if every else list(held.values())


def _shown(cell: Counted, measure: Measure, small_rest: bool) -> Shown:
    reason = sensitive(cell, measure)
    if not reason and small_rest:
        reason = "secondary"
    if reason:
        return Shown(cell.key, None, reason)
    if measure == "loss":
        value, low, high = loss(cell)
        return Shown(cell.key, value, "", low, high, at_least(cell.loss_organisations))
    moved = cell.count + cellkey.perturbation(cell.count, cell.record_key)
    if moved < CASES:
        return Shown(cell.key, None, "few")
    low, high = max(CASES, moved - cellkey.NOISE), moved + cellkey.NOISE
    return Shown(cell.key, moved, "", low, high, at_least(cell.organisations))


def loss(cell: Counted) -> tuple[float, float, float]:
    """A sum of losses as it is shown, with its bounds, in cents.

    The noise is a fifth of a round sum (1, 2 or 5 with noughts, the next above p % of the largest part) times the noise
    of the count of losses, and the result is rounded to such a fifth, so that its last digits tell nothing."""
    if cell.loss is None:
        raise ValueError("no loss is known here")
    fifth = max(1, _round_up(cell.loss_largest * PERCENT // 100) // cellkey.NOISE)
    moved = cell.loss + fifth * cellkey.perturbation(cell.loss_count, cell.record_key)
    value = (2 * moved + fifth) // (2 * fifth) * fifth
    reach = fifth * cellkey.NOISE + fifth // 2 + 1
    return max(0, value), max(0, value - reach), value + reach


def _round_up(cents: int) -> int:
    if cents <= 100:
        return 100
    power: int = 10 ** (math.ceil(math.log10(cents)) - 1)
    while power * 10 <= cents:  # where the logarithm was a hair too low
        power *= 10
    return next(m * power for m in (1, 2, 5, 10) if m * power >= cents)


def _rests(held: Sequence[Counted], measure: Measure, partition: list[int], whole: Counted | None) -> list[bool]:
    """Of each cell whether the line along one of these places, or the whole, less this cell is a small group."""
    small = [False] * len(held)
    if whole is not None:
        for i, cell in enumerate(held):
            small[i] = _is_small(_number(whole, measure) - _number(cell, measure), _bodies(whole, measure))
    for place in partition:
        lines: dict[tuple[str, ...], list[int]] = defaultdict(list)
        for i, cell in enumerate(held):
            lines[(*cell.key[:place], *cell.key[place + 1 :])].append(i)
        for line in lines.values():
            numbers = {i: _number(held[i], measure) for i in line}
            together = sum(numbers.values())
            # Organisations of the others: at least those of the one with most of them.
            by_bodies = sorted(line, key=lambda i: -_bodies(held[i], measure))[:2]
            for i in line:
                bodies = next((_bodies(held[j], measure) for j in by_bodies if j != i), 0)
                small[i] |= _is_small(together - numbers[i], bodies)
    return small


def _number(cell: Counted, measure: Measure) -> int:
    return cell.count if measure == "count" else cell.loss_count


def _bodies(cell: Counted, measure: Measure) -> int:
    return cell.organisations if measure == "count" else cell.loss_organisations


def _is_small(count: int, organisations: int) -> bool:
    return count > 0 and (count < CASES or organisations < ORGANISATIONS)


def narrow(
    question: Question, counted: Callable[[Question, tuple[Dimension, ...]], Sequence[Counted]]
) -> dict[str, tuple[str, ...]]:
    """Filters of a question that single out a small group, each with the values that do; {} where it may be asked.

    Noise alone does not guard a small group where filters hold any set of values: the answers for many sets with the
    group, each less the same set without it, average the noise away. So no question may have a small group as one of
    its parts: each value of each filter, under the other filters, holds enough; so do the first and the last month of a
    period; what all filters together leave out, one filter or several at a time, is nothing or enough.
    Then whatever two questions of the same or fewer filters differ by holds a part that is large enough itself.
    A value that nobody told of is refused like a small one: the answer "none" would tell that "too few" is some.

    ``counted`` gives the exact cells of a question; it is asked once for each filter and each set of filters (at most
    16 sets). A filter named in the answer with no values leaves out a small group."""
    found: dict[str, tuple[str, ...]] = {}
    for name in question.filters:
        dimension: Dimension = "offence" if name == "law" else name  # type: ignore[assignment]
        values = getattr(question, FILTERS[name])
        cells = {c.key[0]: c for c in counted(question, (dimension,))}
        small = tuple(v for v in values if v not in cells or _small(cells[v], question.measure))
        if small:
            found[name] = small
    if question.first or question.last:
        months = sorted(c.key[0] for c in counted(question, ("month",)) if c.key[0])
        edges = {c.key[0]: c for c in counted(question, ("month",)) if months and c.key[0] in (months[0], months[-1])}
        small = tuple(m for m, c in sorted(edges.items()) if _small(c, question.measure))
        if small or not months:
            found["period"] = small
    inside = _whole(counted(question, ()))
    for out, wide in wider(question).items():
        around = _whole(counted(wide, ()))
        if _is_small(_rest(around, question) - _rest(inside, question), around.organisations if around else 0):
            for name in out:
                found.setdefault(name, ())
    return found


def _small(cell: Counted, measure: Measure) -> bool:
    return _is_small(_number(cell, measure), _bodies(cell, measure))


def _whole(cells: Sequence[Counted]) -> Counted | None:
    return cells[0] if cells else None


def _rest(cell: Counted | None, question: Question) -> int:
    return _number(cell, question.measure) if cell else 0


def wider(question: Question) -> dict[tuple[str, ...], Question]:
    """The questions whose wholes ``narrow`` asks for besides the question's own, by the filters that each is without
    ("period" for the first and last month)."""
    names = [*question.filters, *(["period"] if question.first or question.last else [])]
    return {out: _without(question, out) for out in _sets(names)}


def _without(question: Question, names: Sequence[str]) -> Question:
    for name in names:
        question = replace(question, first="", last="") if name == "period" else question.without(name)
    return question


def _sets(names: Sequence[str]) -> list[tuple[str, ...]]:
    """Each name, all of them, and with up to four names every set."""
    if len(names) > 4:
        return [*((n,) for n in names), tuple(names)]
    return [tuple(n for i, n in enumerate(names) if mask >> i & 1) for mask in range(1, 1 << len(names))]
