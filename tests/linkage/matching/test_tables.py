"""Somebody's own table: read as it comes, matched without labels, told as pairs; errors that say what to do."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest

from hueandcry.linkage.matching.engine import Duck
from hueandcry.linkage.matching.settings import Blocking, Comparer, Level, Settings, Training, missing, otherwise
from hueandcry.linkage.matching.tables import Found, Unusable, match, read, write
from tests.linkage.matching.people_made import people

DATA = Path(__file__).parents[4] / "shared" / "data" / "linkage"
LABELLED = pytest.mark.skipif(not DATA.is_dir(), reason="needs ../shared/data/linkage")


def measures(found: Found, truth: dict[str, object], least: float = 0.0) -> tuple[float, float, float]:
    """F1, precision and recall of the pairs of at least this probability."""
    groups: dict[object, list[str]] = {}
    for key, thing in truth.items():
        groups.setdefault(thing, []).append(key)
    wanted = sum(len(keys) * (len(keys) - 1) // 2 for keys in groups.values())
    rows = [row for row in found.pairs.to_pylist() if row["match_probability"] >= least]
    right = sum(truth[row["id_l"]] == truth[row["id_r"]] for row in rows)
    precision, recall = right / max(len(rows), 1), right / wanted
    return 2 * right / (len(rows) + wanted), precision, recall


@pytest.fixture(scope="module")
def made() -> tuple[Found, dict[str, int]]:
    table, truth = people(400)
    return match(table, "people"), truth


def test_people_are_found(made: tuple[Found, dict[str, int]]) -> None:
    found, truth = made
    for least in (0, 0.5, 0.9):
        assert measures(found, truth, least)[0] > 0.97
    assert found.traits == {
        "given": "first name", "surname": "Surname", "born": "Date of Birth", "place": "Town", "email": "E-mail",
    }  # fmt: skip


def test_pairs_and_clusters_say_the_same(made: tuple[Found, dict[str, int]]) -> None:
    found, _ = made
    assert found.pairs.schema.names == ["id_l", "id_r", "match_weight", "match_probability"]
    groups: dict[int, list[str]] = {}
    for row in found.clusters.to_pylist():
        groups.setdefault(row["cluster"], []).append(row["id"])
    wanted = {frozenset(pair) for keys in groups.values() for pair in combinations(keys, 2)}
    told = [frozenset((row["id_l"], row["id_r"])) for row in found.pairs.to_pylist()]
    assert set(told) == wanted
    assert len(told) == len(wanted)
    assert found.groups == sum(len(keys) > 1 for keys in groups.values())
    assert all(row["match_probability"] >= 0.5 for row in found.pairs.to_pylist())


def test_an_answer_in_the_table_changes_nothing(made: tuple[Found, dict[str, int]]) -> None:
    table, truth = people(400)
    answered = table.append_column("cluster", pa.array([str(truth[key]) for key in table["rec_id"].to_pylist()]))
    answered = answered.append_column("label", pa.array(["same name"] * table.num_rows))
    assert match(answered, "people").pairs.equals(made[0].pairs)


def test_a_higher_threshold_claims_less(made: tuple[Found, dict[str, int]]) -> None:
    found = match(people(400)[0], "people", threshold=12.0)
    assert 0 < found.pairs.num_rows < made[0].pairs.num_rows


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", ", "])
def test_any_delimiter_and_encoding(tmp_path: Path, encoding: str, delimiter: str) -> None:
    rows = [["Nachname", "Geburtsdatum"], ["Müller", "1980-01-01"], ["Großmann", ""], ["Kröger", "1970-02-02"]]
    path = tmp_path / "Liste.csv"
    path.write_text("\n".join(delimiter.join(row) for row in rows) + "\n", encoding=encoding)
    assert read(path).to_pydict() == {
        "Nachname": ["Müller", "Großmann", "Kröger"], "Geburtsdatum": ["1980-01-01", None, "1970-02-02"],
    }  # fmt: skip


def test_rows_without_ids_are_numbered() -> None:
    found = match(people(60)[0].drop_columns(["rec_id"]), "people")
    assert found.pairs["id_l"].type == pa.string() or pa.types.is_integer(found.pairs["id_l"].type)
    assert set(map(int, found.clusters["id"].to_pylist())) == set(range(1, found.records + 1))


@pytest.mark.parametrize(
    ("content", "said"),
    [("", "is empty"), ("name,town\n", "no record")],
)
def test_what_cannot_be_read(tmp_path: Path, content: str, said: str) -> None:
    path = tmp_path / "list.csv"
    path.write_text(content)
    with pytest.raises(Unusable, match=said):
        match(read(path), "people")


def test_what_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(Unusable, match="no file"):
        read(tmp_path / "none.csv")
    (tmp_path / "bad.parquet").write_bytes(b"PAR1 not really")
    with pytest.raises(Unusable, match="could not be read"):
        read(tmp_path / "bad.parquet")


def test_what_cannot_be_matched() -> None:
    table, _ = people(20)
    with pytest.raises(Unusable, match="no column key"):
        match(table, "people", unique_id="key")
    with pytest.raises(Unusable, match="Town is no id"):
        match(table.set_column(4, "Town", pa.array(["x"] * table.num_rows)), "people", unique_id="Town")
    with pytest.raises(Unusable, match="no rec_id"):
        match(table.set_column(0, "rec_id", pa.array([None] * table.num_rows, pa.string())), "people")
    with pytest.raises(Unusable, match=r"tells people apart.*amount"):
        match(pa.table({"id": ["1", "2"], "amount": ["3", "4"]}), "people")


def test_ids_may_be_numbers_and_one_record_is_no_pair() -> None:
    assert match(pa.table({"id": [7], "email": ["a@example.org"], "name": ["ann bee"]}), "people").pairs.num_rows == 0


def test_a_list_of_a_few() -> None:
    """Who looks at five names knows which two are one; so must this, with nothing to learn from."""
    names = ["Ann Bee", "Bee, Anna", "Joe Doe", "Mary Moe", "Kim Poe"]
    mails = ["a.bee@example.org", "a.bee@example.org", "joe@example.org", "mary@example.org", None]
    found = match(pa.table({"name": names, "e-mail": mails}), "people")
    assert [(row["id_l"], row["id_r"]) for row in found.pairs.to_pylist()] == [("1", "2")]


def test_settings_of_ones_own() -> None:
    table, truth = people(200)
    table = table.rename_columns(["rec_id", "given", "surname", "born", "town", "mail"])
    same = [
        Comparer(c, c, (c,), (missing(c), Level("the same", f"{c}_l = {c}_r"), otherwise()))
        for c in table.column_names[1:]
    ]
    settings = Settings(
        "own", "1", "whatever", tuple(same), (Blocking.on("mail"), Blocking.on("surname", "given")),
        Training(rules=("l.mail = r.mail", "l.surname = r.surname AND l.given = r.given"), sample=300), 0.0,
    )  # fmt: skip
    assert measures(match(table, settings, engine=Duck(memory_mib=512)), truth)[0] > 0.9


def test_written(made: tuple[Found, dict[str, int]], tmp_path: Path) -> None:
    write(made[0], tmp_path / "pairs.parquet", tmp_path / "clusters.parquet")
    assert pq.read_table(tmp_path / "pairs.parquet").equals(made[0].pairs)
    assert pq.read_table(tmp_path / "clusters.parquet").schema.names == ["id", "cluster"]
    with pytest.raises(Unusable, match="could not be written"):
        write(made[0], tmp_path / "none" / "pairs.parquet", None)


@LABELLED
def test_febrl3() -> None:
    found = match(read(DATA / "febrl3.csv"), "people")
    truth = {key: key.split("-")[1] for key in found.clusters["id"].to_pylist()}
    assert min(measures(found, truth, least)[0] for least in (0, 0.5, 0.9)) >= 0.998


@LABELLED
def test_historical_figures() -> None:
    table = read(DATA / "historical_figures_with_errors_50k.parquet")
    found = match(table.drop_columns(["cluster"]), "people")
    truth = dict(zip(table["unique_id"].to_pylist(), table["cluster"].to_pylist(), strict=True))
    assert min(measures(found, truth, least)[0] for least in (0, 0.5, 0.9)) >= 0.85
