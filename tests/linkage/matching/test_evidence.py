"""The waterfall of a pair, without an engine: it adds up to what Splink says of the pair."""

from __future__ import annotations

import random
import subprocess
import sys

import pyarrow as pa
import pytest

from hueandcry.linkage.matching import reports
from hueandcry.linkage.matching.engine import Duck
from hueandcry.linkage.matching.evidence import evidence, levels
from hueandcry.linkage.matching.model import Model, Stale, probability
from hueandcry.linkage.matching.prepared import prepare
from hueandcry.linkage.matching.settings import Blocking, Comparer, Level, Settings, Training, gamma, missing, otherwise
from tests.linkage.matching.facts_made import table_of
from tests.linkage.matching.people_made import people


def _column(name: str) -> Comparer:
    same = Level("the same", f"{name}_l = {name}_r", term_frequency=name, rarest=1e-3)
    near = Level("as long", f"len({name}_l) = len({name}_r)")
    return Comparer(name, name, (name,), (missing(name), same, near, otherwise()))


COLUMNS = ("given", "surname", "born", "town")
SETTINGS = Settings(
    "made", "1", "id", tuple(map(_column, COLUMNS)), (Blocking.on("given", "surname"), Blocking.on("born")),
    Training(rules=("l.given = r.given AND l.surname = r.surname", "l.born = r.born"), sample=300), 0.0,
)  # fmt: skip


@pytest.fixture(scope="module")
def table() -> pa.Table:
    found, _ = people(250)
    return found.rename_columns(["id", "given", "surname", "born", "town", "mail"])


@pytest.fixture(scope="module")
def model(table: pa.Table) -> Model:
    return Duck().learn(table, SETTINGS)


def test_it_adds_up_to_the_match_weight(table: pa.Table, model: Model) -> None:
    records = {row["id"]: row for row in table.to_pylist()}
    found = Duck().pairs(table, SETTINGS, model, least=-30, gammas=True).to_pylist()
    assert len(found) > 200
    for row in found[:: len(found) // 60]:
        steps = evidence(records[row["id_l"]], records[row["id_r"]], SETTINGS, model)
        assert sum(step.weight for step in steps) == pytest.approx(row["match_weight"], abs=1e-9)
        assert probability(row["match_weight"]) == pytest.approx(row["match_probability"])
        assert steps[0].kind == "prior"
        assert [step.comparer for step in steps if step.kind == "comparer"] == list(COLUMNS)


@pytest.mark.parametrize("seed", range(3))
def test_of_reports_each_level_is_the_one_that_splink_finds(seed: int) -> None:
    table = prepare(table_of(random.Random(seed), 150))  # noqa: S311 - a seed, not a secret
    records = {row["report"]: row for row in table.to_pylist()}
    model = reports.starting()
    found = Duck().pairs(table, reports.SETTINGS, model, least=-60, gammas=True).to_pylist()
    met: dict[str, set[int]] = {comparer.name: set() for comparer in reports.SETTINGS.comparers}
    for row in found:
        left, right = records[row["id_l"]], records[row["id_r"]]
        at = levels(reports.SETTINGS)(left, right)
        said = {c.name: gamma(c, place) for c, place in zip(reports.SETTINGS.comparers, at, strict=True)}
        assert said == {name: row[f"gamma_{name}"] for name in said}
        assert sum(s.weight for s in evidence(left, right, reports.SETTINGS, model)) == pytest.approx(
            row["match_weight"]
        )
        for name, level in said.items():
            met[name].add(level)
    assert len(found) > 500
    assert all(len(seen) > 1 for seen in met.values()), met


def test_by_hand(model: Model) -> None:
    left = {"given": "anna", "surname": "morne", "born": "1980-01-02", "town": None}
    right = {"given": "anna", "surname": "morne", "born": "1955-11", "town": "lanta"}
    steps = evidence(left, right, SETTINGS, model)
    rare = {name: max(model.frequencies[name].get(str(left[name]), 0), 1e-3) for name in ("given", "surname")}
    expected = 1.0 * model.prior / (1 - model.prior)
    for name in ("given", "surname"):
        m = model.levels[name][1].m
        assert m is not None
        expected *= m / rare[name]
    last = model.levels["born"][-1]
    assert last.m is not None
    assert last.u is not None
    expected *= last.m / last.u
    assert 2 ** sum(step.weight for step in steps) == pytest.approx(expected)
    assert [step.level for step in steps if step.comparer == "town"] == ["not known"]


def test_what_lacks_or_does_not_fit_is_refused(model: Model) -> None:
    with pytest.raises(KeyError, match="town"):
        evidence(*[{"given": None, "surname": None, "born": None}] * 2, SETTINGS, model)
    with pytest.raises(Stale):
        evidence({}, {}, reports.SETTINGS, model)


def test_no_engine_is_loaded() -> None:
    load = (
        "import sys; from hueandcry.linkage.matching import evidence, few, reports;"
        " evidence.levels(reports.SETTINGS);"
        " print(sorted({'numpy', 'pyarrow', 'duckdb', 'splink', 'sqlglot', 'scipy'} & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", load], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
