"""Noise by cell key: spread, mean, and the same answers as the library of the ONS."""

from __future__ import annotations

import math
import random

import pytest

from hueandcry.picture.disclosure import cellkey


def _moments(chances: list[float]) -> tuple[float, float, float]:
    values = range(-(len(chances) // 2), len(chances) // 2 + 1)
    mean = sum(p * v for p, v in zip(chances, values, strict=True))
    return sum(chances), mean, sum(p * v * v for p, v in zip(chances, values, strict=True))


@pytest.mark.parametrize(("noise", "variance"), [(2, 1.0), (5, 5.0), (5, 9.5), (10, 3.0)])
def test_the_spread_has_its_variance_and_the_greatest_entropy(noise: int, variance: float) -> None:
    chances = cellkey.spread(noise, variance)
    assert _moments(chances) == pytest.approx((1, 0, variance), abs=1e-9)

    def entropy(ps: list[float]) -> float:
        return -sum(p * math.log(p) for p in ps if p > 0)

    rnd = random.Random(1)  # noqa: S311  repeatable, no secret
    n = len(chances)
    for _ in range(200):  # no small change that keeps sum, mean and variance raises it
        a, b, c = sorted(rnd.sample(range(n), 3))
        # Weights on three values and their mirror that keep the sum and the second moment; mirrored, so the mean too.
        va, vb, vc = ((i - noise) ** 2 for i in (a, b, c))
        change = [0.0] * n
        for i, d in ((a, vb - vc), (b, vc - va), (c, va - vb)):
            change[i] += d * 1e-6
            change[n - 1 - i] += d * 1e-6
        for sign in (1, -1):
            other = [p + sign * d for p, d in zip(chances, change, strict=True)]
            if min(other) > 0:
                assert entropy(other) <= entropy(chances) + 1e-12


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(ValueError, match="variance"):
        cellkey.spread(5, 10.0)
    with pytest.raises(ValueError, match="nothing"):
        cellkey.perturbation(0, 3)


def test_every_row_is_unbiased_bounded_and_ordered_anew() -> None:
    rows = [cellkey.row(count) for count in (1, 9, 10, 11, 500, 750)]
    for row in rows:
        assert len(row) == cellkey.KEYS
        assert sum(row) == 0
        assert max(map(abs, row)) == cellkey.NOISE
        assert sum(v * v for v in row) / cellkey.KEYS == cellkey.variance() == pytest.approx(5, abs=0.1)
    assert len(set(rows)) == len(rows)


def test_the_table_stays_what_it_is() -> None:
    """Another table would move every figure that was shown: its name has to change with it."""
    assert cellkey.TABLE == "2026-11"
    assert [cellkey.perturbation(n, k) for n, k in ((10, 0), (10, 1), (11, 1), (750, 255), (751, 3), (501, 3))] == [
        -2, 4, -1, 2, -1, -1,
    ]  # fmt: skip


def test_the_library_gives_the_same_counts() -> None:
    """cell-key-perturbation (ONS), on the same records with the same table. Ours withholds below the threshold before
    noise as well, so only cells of ten and more are compared."""
    pandas = pytest.importorskip("pandas")
    from cell_key_perturbation.create_perturbed_table import create_perturbed_table

    rnd = random.Random(7)  # noqa: S311  repeatable, no secret
    groups = {f"g{i}": n for i, n in enumerate((9, 10, 11, 12, 14, 40, 251, 499, 502, 749, 750, 751, 1003))}
    records = [(name, "x", rnd.randrange(256)) for name, n in groups.items() for _ in range(n)]
    # The library wants the largest key in the data and in the table to be one number.
    records[-1] = (records[-1][0], "x", 255)
    data = pandas.DataFrame(records, columns=["group", "other", "key"])
    wanted = {n if n <= cellkey.ROWS else (n - 1) % 250 + 501 for n in groups.values()}
    ptable = pandas.DataFrame(
        [(n, key, v) for n in sorted(wanted) for key, v in enumerate(cellkey.row(n))], columns=["pcv", "ckey", "pvalue"]
    )
    theirs = create_perturbed_table(data, ptable, ["group"], ["other"], "key", use_existing_ons_id=False, threshold=10)
    compared = 0
    for line in theirs.to_dict("records"):
        n = groups[line["group"]]
        if n >= 10:
            key = sum(k for name, _, k in records if name == line["group"]) % 256
            ours = n + cellkey.perturbation(n, key)
            assert (None if pandas.isna(line["count"]) else line["count"]) == (ours if ours >= 10 else None)
            compared += 1
    assert compared == 12


def test_the_whole_table_can_be_published() -> None:
    first = next(iter(cellkey.table()))
    assert first == (1, 0, cellkey.row(1)[0])
