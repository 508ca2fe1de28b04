"""The estimate of linkage's error: exact where theory is, covering where simulation alone tells, refusing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import beta, norm

from hueandcry.linkage.review.estimate import Readers, Stratum, TooLittleError, estimate, final_faults, kappa, shares

SURE = Stratum(True, 1_000_000_000, 200, 0)


@pytest.mark.parametrize(("wrong", "read"), [(0, 150), (1, 150), (7, 150), (149, 150), (150, 150)])
def test_one_stratum_is_clopper_and_pearson(wrong: int, read: int) -> None:
    found = estimate([Stratum(True, 1_000_000_000, read, wrong)], draws=40_000).precision
    low = 1 - (beta.ppf(0.975, wrong + 1, read - wrong) if wrong < read else 1)
    high = 1 - (beta.ppf(0.025, wrong, read - wrong + 1) if wrong else 0)
    assert found == pytest.approx((1 - wrong / read, low, high), abs=0.002)


def test_what_is_read_to_the_last_pair_is_known() -> None:
    found = estimate([Stratum(True, 120, 120, 6), Stratum(False, 80, 80, 4)])
    assert found.precision == pytest.approx((0.95, 0.95, 0.95), abs=1e-3)
    assert found.recall == pytest.approx((114 / 118,) * 3, abs=1e-3)


def test_none_found_among_many_leaves_room() -> None:
    found = estimate([Stratum(True, 1_000, 100, 0), Stratum(False, 10_000, 100, 0)]).recall
    assert found.value == found.high == 1
    # with 370 missed pairs among 10 000, a sample of 100 shows none in 2.5 % of cases
    assert found.low == pytest.approx(1_000 / 1_370, abs=0.03)


def test_readers_faults_are_taken_out() -> None:
    """Of 100 000 pairs rightly unlinked, faulty readers call some one crime; recall is not what they make of it."""
    fault, share, read = 0.05, 0.2, 4_000
    said_wrong, _missed = final_faults(fault, share)
    linked = Stratum(True, 2_000, 500, round(500 * said_wrong))
    unlinked = Stratum(False, 100_000, read, round(read * said_wrong))
    naive = estimate([linked, unlinked]).recall
    taken_out = estimate([linked, unlinked], Readers(900, round(900 * 2 * fault * (1 - fault)), share)).recall
    assert naive.high < 0.95
    assert taken_out.value == pytest.approx(1, abs=0.03)
    assert taken_out.high == pytest.approx(1, abs=0.01)


@pytest.mark.parametrize("fault", [0.0, 0.03, 0.2])
@pytest.mark.parametrize("share", [0.0, 0.2, 1.0])
def test_final_faults_are_those_of_the_readings(fault: float, share: float) -> None:
    """As reading.py settles pairs, with readers that err independently."""
    from hueandcry.linkage.review.reading import Pair, Said

    rng = np.random.default_rng(3)
    wrong = {}
    for right in (True, False):  # whether linkage has the pairs right; they are linked
        count = 0
        for _ in range(20_000):
            truth = right != (rng.random() < 0)  # linked pairs: same where linkage is right
            pair = Pair(True, bool(rng.random() < share), True)
            while not pair.verdict:
                said = truth != (rng.random() < fault)
                who = Said(len(pair.readings), "same" if said else "different")
                pair = Pair(True, pair.twice, True, (*pair.readings, who))
            count += pair.wrong == right
        wrong[right] = count / 20_000
    assert (wrong[True], wrong[False]) == pytest.approx(final_faults(fault, share), abs=0.012)


@pytest.mark.parametrize(
    ("strata", "why"),
    [
        ([Stratum(False, 500, 200, 1)], "nothing-linked"),
        ([Stratum(True, 500, 60, 1), Stratum(False, 500, 39, 1)], "few"),
        ([Stratum(True, 500, 200, 1), Stratum(False, 500, 9, 0)], "stratum"),
        ([], "nothing-linked"),
    ],
)
def test_data_that_do_not_carry_it_are_refused(strata: list[Stratum], why: str) -> None:
    with pytest.raises(TooLittleError) as refused:
        estimate(strata)
    assert refused.value.why == why


def test_a_small_stratum_read_whole_carries_it() -> None:
    assert estimate([Stratum(True, 500, 200, 1), Stratum(False, 4, 4, 1)]).recall.value > 0.9


@given(
    st.lists(
        st.tuples(st.booleans(), st.integers(10, 10_000), st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=6
    ),
    st.integers(0, 30),
)
@settings(max_examples=25, deadline=None)
def test_the_value_lies_in_its_interval(parts: list[tuple[bool, int, float, float]], differed: int) -> None:
    held = []
    for linked, pairs, read, wrong in parts:
        n = max(10, int(pairs * read))
        held.append(Stratum(linked, pairs, n, int(n * wrong)))
    held.append(SURE)
    found = estimate(held, Readers(100, differed, 0.2), draws=300)
    for each in (found.precision, found.recall, found.fault):
        assert 0 <= each.low <= each.value <= each.high <= 1


def test_the_same_data_give_the_same_numbers() -> None:
    data = [Stratum(True, 500, 200, 3), Stratum(False, 5_000, 200, 2)]
    assert estimate(data) == estimate(data)


@pytest.mark.parametrize("bad", [(10, 11, 0), (10, 5, 6), (10, 5, -1)])
def test_counts_that_cannot_be_are_refused(bad: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="cannot be"):
        Stratum(True, *bad)


def test_kappa_is_cohens() -> None:
    assert kappa([[20, 5], [10, 15]]) == pytest.approx(0.4)  # agreed 0.7, by chance 0.5
    assert kappa([[45, 15], [25, 15]]) == pytest.approx(0.1304, abs=1e-4)  # Smeeton 1985: 0.60 agreed, 0.54 by chance
    assert kappa([[30, 0], [0, 12]]) == 1
    assert kappa([[0, 0], [0, 0]]) is None
    assert kappa([[9, 0], [0, 0]]) is None


@given(st.lists(st.tuples(st.integers(1, 10**6), st.floats(0, 1)), min_size=1, max_size=9), st.integers(0, 2_000))
@settings(max_examples=60, deadline=None)
def test_shares_give_each_its_part(parts: list[tuple[int, float]], wanted: int) -> None:
    sizes = [size for size, _guess in parts]
    given_ = shares(sizes, [guess for _size, guess in parts], wanted)
    assert all(min(size, 20) <= n <= size for size, n in zip(sizes, given_, strict=True))
    least = sum(min(size, 20) for size in sizes)
    assert sum(given_) == max(least, min(wanted, sum(sizes)))


def test_uncertain_strata_are_read_more() -> None:
    few, many = shares([1_000, 1_000], [0.005, 0.5], 300)
    assert many > 4 * few


def test_it_covers_the_truth() -> None:
    """The quick version of bench/truth_review: 60 populations with readers that err in 3 % of verdicts."""
    from bench.truth_review import covered

    found = covered(seeds=range(60), fault=0.03, draws=300)
    least = 0.9 - norm.ppf(0.99) * (0.9 * 0.1 / 60) ** 0.5
    assert found.precision.mean() >= least
    assert found.recall.mean() >= least
    assert found.widths["precision"].mean() < 0.25  # an interval of everything would cover as well
