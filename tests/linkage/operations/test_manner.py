"""Groups that came back: by the same kind of crime against the same countries, soon after."""

from __future__ import annotations

import random

import numpy as np

from hueandcry.linkage.operations import manner
from hueandcry.linkage.operations.arrays import Crimes, trait
from hueandcry.linkage.operations.options import OPTIONS


def world(specs: list[tuple[int, list[int], int, int]], seed: int = 1) -> tuple[np.ndarray, Crimes]:
    """Groups of (class, countries, first day, crimes), one crime a day; and many others as a background."""
    rng = random.Random(seed)  # noqa: S311
    label, cls, country, day = [], [], [], []
    others = [(rng.randrange(6), rng.sample(range(30), 3), rng.randrange(600), 25) for _ in range(60)]
    for group, (kind, lands, first, crimes) in enumerate(specs + others):
        for n in range(crimes):
            label.append(group)
            cls.append(kind)
            country.append(rng.choice(lands))
            day.append(first + n)
    n = len(label)
    return np.array(label), Crimes(
        np.array(cls), np.array(country), np.array(day), np.full(n, -1), np.ones(1, np.int64),
        traits=(trait(np.arange(n), np.array(cls)), trait(np.arange(n), np.array(country))),
    )  # fmt: skip


def same(label: np.ndarray, crimes_each: int) -> bool:
    return bool(label[0] == label[crimes_each])


def test_one_that_came_back_is_one() -> None:
    label, crimes = world([(2, [3, 9, 17, 25], 100, 40), (2, [3, 9, 17, 25], 160, 40)])
    found, joined = manner.joined(label, crimes, OPTIONS)
    assert same(found, 40)
    assert joined >= 1


def test_another_kind_of_crime_other_countries_or_years_later_is_another() -> None:
    for second in ((4, [3, 9, 17, 25], 160, 40), (2, [1, 4, 20, 28], 160, 40), (2, [3, 9, 17, 25], 600, 40)):
        label, crimes = world([(2, [3, 9, 17, 25], 100, 40), second])
        found, _ = manner.joined(label, crimes, OPTIONS)
        assert not same(found, 40), second


def test_too_few_crimes_have_no_manner() -> None:
    label, crimes = world([(2, [3, 9], 100, 2), (2, [3, 9], 110, 2)])
    assert not same(manner.joined(label, crimes, OPTIONS)[0], 2)


def test_what_most_do_is_no_manner() -> None:
    """A hundred gangs of one class in one country: alike as they are, none is taken for another."""
    specs = [(0, [0], 7 * n, 10) for n in range(100)]
    label, crimes = world(specs)
    found, _ = manner.joined(label, crimes, OPTIONS)
    assert len(np.unique(found[:1000])) == 100
