"""Small made-up holdings: who holds what, written as one line a crime."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from hueandcry.exchange.observables import TYPES
from hueandcry.linkage.operations import weights
from hueandcry.linkage.operations.arrays import Crimes, Held, Values, trait
from hueandcry.linkage.operations.snapshot import KINDS

Line = tuple[str, ...]


def arrays(
    lines: Sequence[Line],
    *,
    cls: Sequence[int] | None = None,
    country: Sequence[int] | None = None,
    day: Sequence[int] | None = None,
    hidden: Mapping[int, int] | None = None,
    organisation: Sequence[int] | None = None,
    leaves: frozenset[tuple[int, str]] = frozenset(),
    background: int = 0,
) -> tuple[Held, Values, Crimes]:
    """Crimes 0, 1, ... with the values each holds ("iban:A"). ``hidden``: crimes that only hidden reports tell, and
    whose they are; ``leaves``: values of a crime that only a hidden report of it tells; ``background``: so many more
    crimes without values, of other classes and countries, so that it says something to agree in them."""
    lines, own = [*lines, *([()] * background)], len(lines)
    cls, country = (
        [*(given or [0] * own), *(n % base for n in range(background))] for given, base in ((cls, 6), (country, 11))
    )
    day, organisation = ([*(given or range(own)), *range(own, own + background)] for given in (day, organisation))
    n = len(lines)
    hidden = hidden or {}
    named = sorted({value for line in lines for value in line})
    rows = [(c, named.index(v), (c, v) in leaves or c in hidden) for c, line in enumerate(lines) for v in line]
    crime, value, leaf = (np.array([row[i] for row in rows]) for i in range(3))
    kinds = [value.partition(":")[0] for value in named]
    days = np.array(day)
    bodies = np.array(organisation)
    held = Held(crime.astype(np.int64), value.astype(np.int64), bodies[crime], days[crime], leaf.astype(np.bool_))
    values = Values(
        np.array([KINDS.index(k) for k in kinds]),
        np.array([weights.FAMILIES.index(weights.family(k)) for k in kinds]),
        np.array([weights.rest(k) for k in kinds]),
        np.array([TYPES[k].telling for k in kinds]),
    )
    crimes = Crimes(
        np.array(cls),
        np.array(country),
        days,
        np.array([hidden.get(c, -1) for c in range(n)]),
        np.bincount(bodies, minlength=1) + 50,  # each organisation reports other crimes besides
        traits=(trait(np.arange(n), np.array(cls)), trait(np.arange(n), np.array(country))),
    )
    return held, values, crimes


def together(label: np.ndarray) -> set[frozenset[int]]:
    """The groups that labels say."""
    return {frozenset(np.flatnonzero(label == one).tolist()) for one in np.unique(label[label >= 0])}
