"""The estimate as a whole, and its command."""

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from hueandcry.picture.mse.decomposable import averaged
from hueandcry.picture.mse.estimate import estimate
from hueandcry.picture.mse.linkage_error import LinkageError, Rate
from hueandcry.picture.mse.loglinear import Design
from hueandcry.picture.mse.table import Table
from hueandcry.project.commands.picture_estimate import estimate as command

DATA = Path(__file__).parents[4] / "shared" / "data" / "mse"


def world(seed: int, total: int = 6000) -> Table:
    """Four lists, the first two of which depend on one another."""
    rng = np.random.default_rng(seed)
    on = ((np.arange(16)[:, None] >> np.arange(4)) & 1).astype(float)
    odds = on @ np.array([-1.5, -1.2, -1.8, -1.0]) + 1.0 * on[:, 0] * on[:, 1]
    counts = rng.multinomial(total, np.exp(odds) / np.exp(odds).sum())
    return Table(tuple("ABCD"), {h: int(counts[h]) for h in range(1, 16) if counts[h]})


def test_dependence_between_two_lists_is_found_and_the_truth_covered():
    covered = 0
    for seed in range(6):
        found = estimate(world(seed), seed=seed, replicates=60)
        assert not found.refused
        covered += found.low <= 6000 <= found.high
        assert found.high - found.low < 6000
    assert covered >= 5


def test_one_seed_is_one_answer_and_the_order_of_lists_does_not_matter():
    table = world(1)
    first, again = (estimate(table, seed=7, replicates=40) for _ in range(2))
    assert first == again
    turned = Table(table.lists[::-1], {int(f"{h:04b}"[::-1], 2): n for h, n in table.counts.items()})
    other = estimate(turned, seed=7, replicates=40)
    assert other.estimate == pytest.approx(first.estimate, rel=1e-6)
    assert other.lower_bound == pytest.approx(first.lower_bound)


@pytest.mark.parametrize(
    ("table", "code"),
    [
        (Table(("A", "B"), {1: 100, 2: 80, 3: 20}), "few_lists"),
        (Table(("A",), {1: 100}), "few_lists"),
        (Table(("A", "B", "C"), {1: 100, 2: 80, 4: 70}), "little_overlap"),
        (Table(tuple("ABCDEFGHIJK"), {1 << at: 50 for at in range(11)} | {2047: 40}), "many_lists"),
    ],
)
def test_a_refusal_still_tells_what_is_known(table, code):
    found = estimate(table)
    assert (found.refused, found.code) == (True, code)
    assert (found.estimate, found.low, found.high) == (None, None, None)
    assert found.reason
    assert found.observed == sum(table.counts.values())
    assert found.lower_bound >= found.observed
    json.dumps(found.to_json(), allow_nan=False)


def test_lists_that_feed_each_other_are_refused():
    found = estimate(world(1), feeds=[("A", "B")], replicates=40)
    assert found.code == "feeding"


def test_missed_links_are_taken_out_again():
    table = world(2, total=20_000)
    rng = np.random.default_rng(0)
    recall, kept = 0.8, 0.8**0.5
    counts: dict[int, int] = {}
    for history, count in table.counts.items():
        bits = [1 << at for at in range(4) if history >> at & 1]
        for _ in range(count):
            stays = [bit for bit in bits if rng.random() < kept]
            for found in (sum(stays), *(bit for bit in bits if bit not in stays)):
                if found:
                    counts[found] = counts.get(found, 0) + 1
    split = Table(table.lists, counts)
    error = LinkageError(Rate(1.0, 1.0, 1.0), Rate(recall, 0.77, 0.83))
    plain, mended = estimate(split, replicates=40), estimate(split, replicates=40, linkage=error)
    assert plain.estimate > 1.15 * 20_000
    assert mended.low <= 20_000 <= mended.high
    assert mended.observed == split.observed


def test_ten_lists_end_in_time():
    rng = np.random.default_rng(1)
    on = rng.random((3000, 10)) < rng.uniform(0.05, 0.2, 10)
    counts: dict[int, int] = {}
    for history in (on @ (1 << np.arange(10))).tolist():
        if history:
            counts[history] = counts.get(history, 0) + 1
    found = estimate(Table(tuple("ABCDEFGHIJ"), counts), replicates=20)
    assert found.low <= 3000 <= found.high
    assert Design(10).matrix.shape == (1023, 56)


def test_the_command_reads_files_and_tells_faults_in_one_line(tmp_path):
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    rows = [",".join(str(h >> at & 1) for at in range(4)) + f",{n}" for h, n in world(1).counts.items()]
    good.write_text("\n".join(["A,B,C,D,Count", *rows]))
    told = json.loads(CliRunner().invoke(command, [str(good), "--json", "--bootstrap", "40"]).output)
    assert told.keys() >= {
        "observed", "lists", "estimate", "low", "high", "lower_bound", "models", "refused", "reason",
    }  # fmt: skip
    assert told["lists"] == ["A", "B", "C", "D"]
    assert told["low"] < told["estimate"] < told["high"]
    assert "log-linear: A:B" in CliRunner().invoke(command, [str(good), "--bootstrap", "40"]).output
    bad.write_text("A,B,C,count\n1,0,0,3\n0,1,0,-1\n")
    fault = CliRunner().invoke(command, [str(bad), "--json"])
    assert fault.exit_code == 2
    assert "row 3, column count: '-1'" in fault.output


@pytest.mark.skipif(not DATA.is_dir(), reason="../shared/data is not there")
@pytest.mark.parametrize("name", ["HIV", "Kosovo", "UKdat_4", "lesbian"])
def test_published_tables_are_answered(name):
    told = json.loads(CliRunner().invoke(command, [str(DATA / f"{name}.json"), "--json", "--bootstrap", "40"]).output)
    assert not told["refused"]
    assert told["observed"] < told["low"] < told["estimate"] < told["high"]


def test_the_lower_bound_never_contradicts_the_estimate_and_is_never_absurd():
    # Two lists that keep apart lift Chao's bound above what models of pairs say.
    rng = np.random.default_rng(5)
    on = ((np.arange(16)[:, None] >> np.arange(4)) & 1).astype(float)
    odds = on @ np.array([-1.0, -0.8, -1.8, -2.0]) - 2.5 * on[:, 0] * on[:, 1]
    counts = rng.multinomial(6000, np.exp(odds) / np.exp(odds).sum())
    found = estimate(Table(tuple("ABCD"), {h: int(counts[h]) for h in range(1, 16) if counts[h]}), replicates=40)
    assert found.chao > 1.2 * 6000
    assert found.observed <= found.lower_bound <= found.low <= found.estimate <= 1.1 * 6000
    assert any("keep apart" in note for note in found.notes)
    apart = estimate(Table(("A", "B", "C"), {1: 600, 2: 600, 4: 543}))
    assert apart.refused
    assert apart.chao > 500_000
    assert apart.lower_bound == apart.observed == 1743


def test_decomposable_graphs_weigh_tables_of_any_size_without_a_warning():
    table = Table(("A", "B", "C"), {1: 900_000, 2: 800_000, 4: 700_000, 3: 40_000, 5: 30_000, 6: 20_000, 7: 900})
    assert np.isfinite(averaged(table).estimate)


def test_a_file_that_is_not_there_is_one_line():
    fault = CliRunner().invoke(command, ["/nowhere/at-all.csv", "--json"])
    assert fault.exit_code == 2
    assert fault.output.strip().count("\n") == 0
    assert "No such file" in fault.output
