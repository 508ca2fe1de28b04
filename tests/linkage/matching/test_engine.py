"""Splink on DuckDB behind our own words: determinism, one arithmetic on three ways, errors that are ours."""

from __future__ import annotations

import json
import logging
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from hueandcry.linkage.matching.engine import Duck
from hueandcry.linkage.matching.estimate import Failed
from hueandcry.linkage.matching.model import Model, Stale
from hueandcry.linkage.matching.settings import Blocking, Comparer, Level, Settings, Training, missing, otherwise
from tests.linkage.matching.people_made import people


def _column(name: str) -> Comparer:
    same = Level("the same", f"{name}_l = {name}_r", term_frequency=name, rarest=1e-3)
    near = Level("near", f"damerau_levenshtein({name}_l, {name}_r) <= 2")
    return Comparer(name, name, (name,), (missing(name), same, near, otherwise()))


COLUMNS = ("given", "surname", "born", "town")
SETTINGS = Settings(
    "made", "1", "id", tuple(map(_column, COLUMNS)),
    (
        Blocking.on("given", "surname"), Blocking.on("born"),
        Blocking("l.letters = r.letters AND l.surname = r.surname", ("letters",)),
    ),
    Training(rules=("l.given = r.given AND l.surname = r.surname", "l.born = r.born"), sample=300), 0.0,
)  # fmt: skip


@pytest.fixture(scope="module")
def table() -> pa.Table:
    found, _ = people(250)
    found = found.rename_columns(["id", "given", "surname", "born", "town", "mail"])
    letters = pa.array([list(set(word or "")) for word in found["given"].to_pylist()])
    return found.append_column("letters", letters)


@pytest.fixture(scope="module")
def model(table: pa.Table) -> Model:
    return Duck().learn(table, SETTINGS)


def rows(found: pa.Table) -> dict[tuple[str, str], dict[str, object]]:
    return {(row["id_l"], row["id_r"]): row for row in found.to_pylist()}


def test_the_same_records_give_the_same_model_and_pairs(table: pa.Table, model: Model) -> None:
    turned = table.take(list(range(table.num_rows))[::-1])
    again = Duck(threads=1).learn(turned, SETTINGS)
    assert again == model
    assert Duck().pairs(table, SETTINGS, model, least=0).equals(Duck(threads=1).pairs(turned, SETTINGS, again, least=0))


def test_a_stored_model_predicts_without_training(table: pa.Table, model: Model) -> None:
    stored = Model.from_json(json.loads(json.dumps(model.to_json())))
    assert stored == model
    assert Duck().pairs(table, SETTINGS, stored, least=0).num_rows > 100


def test_a_few_new_records_score_as_all_together(table: pa.Table, model: Model) -> None:
    together = rows(Duck().pairs(table, SETTINGS, model, least=-5, gammas=True))
    new, old = table.slice(0, 60), table.slice(60)
    inside = set(new["id"].to_pylist())
    between = Duck().between(new, old, SETTINGS, model, least=-5, gammas=True)
    across = {pair for pair in together if (pair[0] in inside) != (pair[1] in inside)}
    found = {tuple(sorted(pair)): row for pair, row in rows(between).items()}
    assert set(found) == across
    for pair in across:
        assert found[pair]["match_weight"] == pytest.approx(together[pair]["match_weight"], abs=1e-9)  # type: ignore[index]
        assert all(found[pair][f"gamma_{name}"] == together[pair][f"gamma_{name}"] for name in COLUMNS)  # type: ignore[index]
    assert set(between["id_l"].to_pylist()) <= inside


def test_a_table_may_be_a_file(table: pa.Table, model: Model, tmp_path: Path) -> None:
    path = tmp_path / "records.parquet"
    pq.write_table(table, path)
    assert Duck().learn(path, SETTINGS) == model
    assert Duck().pairs(path, SETTINGS, model, least=0).equals(Duck().pairs(table, SETTINGS, model, least=0))


def test_known_prior_and_certain_rules(table: pa.Table) -> None:
    given = replace(SETTINGS, training=replace(SETTINGS.training, prior=0.01))
    assert Duck().learn(table, given).prior == 0.01
    certain = replace(SETTINGS.training, certain=("l.given = r.given AND l.surname = r.surname AND l.born = r.born",))
    assert 1e-4 < Duck().learn(table, replace(SETTINGS, training=certain)).prior < 0.02


def test_a_model_of_other_settings_is_refused(table: pa.Table, model: Model) -> None:
    with pytest.raises(Stale, match="made 2"):
        Duck().pairs(table, replace(SETTINGS, version="2"), model, least=0)
    with pytest.raises(Stale):
        Duck().between(table, table, replace(SETTINGS, comparers=SETTINGS.comparers[:2]), model, least=0)
    with pytest.raises(Stale):
        Model.from_json({"settings": "made"})


def test_a_table_without_duplicates_gives_none(table: pa.Table) -> None:
    one = table.slice(0, 1)
    assert Duck().pairs(one, SETTINGS, Duck().learn(one, SETTINGS), least=0).num_rows == 0
    with pytest.raises(Failed, match="no record"):
        Duck().learn(table.slice(0, 0), SETTINGS)


def test_what_lacks_is_named(table: pa.Table) -> None:
    with pytest.raises(Failed, match="no column born"):
        Duck().learn(table.drop_columns(["born"]), SETTINGS)
    with pytest.raises(Failed, match="no id of their own"):
        Duck().learn(pa.concat_tables([table, table.slice(0, 2)]), SETTINGS)


def test_conditions_read_no_file(table: pa.Table, tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("a\n1\n")
    prying = Level("prying", f"(SELECT count(*) FROM read_csv('{secret}')) > 0")  # noqa: S608
    comparer = Comparer("given", "given", ("given",), (missing("given"), prying, otherwise()))
    with pytest.raises(Failed):
        Duck().learn(table, replace(SETTINGS, comparers=(comparer,)))


def test_splink_says_nothing(
    table: pa.Table, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        Duck().pairs(table, SETTINGS, Duck().learn(table, SETTINGS), least=0)
    said = capfd.readouterr()
    assert said.out == said.err == ""
    assert [record for record in caplog.records if record.name.startswith("splink")] == []


def test_the_model_reads_as_one_table(model: Model) -> None:
    table = list(model.rows(SETTINGS))
    assert table[0][:2] == ("any two records", "nothing known")
    assert ("born", "the same") in {row[:2] for row in table}
    assert sum(1 for _ in table) == 1 + 4 * len(COLUMNS)
    best, worst = (
        next(row[4] for row in table if row[:2] == ("surname", level)) for level in ("the same", "different")
    )
    assert best > 3 > 0 > worst
