"""``hueandcry linkage match``: counts as JSON or in words, pairs as Parquet, errors as one line."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.csv
import pyarrow.parquet as pq
from click.testing import CliRunner

from hueandcry.project.commands.linkage import linkage
from tests.linkage.matching.people_made import people


def written(tmp_path: Path) -> Path:
    path = tmp_path / "victims.csv"
    pyarrow.csv.write_csv(people(120)[0], path)
    return path


def test_counts_and_pairs(tmp_path: Path) -> None:
    out, groups = tmp_path / "pairs.parquet", tmp_path / "clusters.parquet"
    said = CliRunner().invoke(
        linkage, ["match", str(written(tmp_path)), "--out", str(out), "--clusters", str(groups), "--json"]
    )
    counts = json.loads(said.output)
    pairs = pq.read_table(out)
    assert pairs.schema.names == ["id_l", "id_r", "match_weight", "match_probability"]
    assert counts["records"] == pq.read_table(groups).num_rows == people(120)[0].num_rows
    assert counts["pairs"] == pairs.num_rows > 50
    assert 0 < counts["clusters"] <= counts["pairs"]
    assert counts["threshold"] == 0
    assert counts["columns"]["born"] == "Date of Birth"


def test_in_words_with_the_weights(tmp_path: Path) -> None:
    said = CliRunner().invoke(
        linkage, ["match", str(written(tmp_path)), "--out", str(tmp_path / "p.parquet"), "--explain"]
    )
    assert said.exit_code == 0
    assert "pairs are the same" in said.output
    assert "among matches" in said.output


def test_what_goes_wrong_is_one_line(tmp_path: Path) -> None:
    out = ["--out", str(tmp_path / "p.parquet")]
    for arguments, told in (
        ([str(tmp_path / "none.csv")], "There is no file"),
        ([str(written(tmp_path)), "--id", "key"], "There is no column key"),
        ([str(written(tmp_path)), "--settings", "suppliers"], "There are no settings"),
        ([str(written(tmp_path)), "--settings", "reports"], "no table of facts"),
    ):
        said = CliRunner().invoke(linkage, ["match", *arguments, *out])
        assert said.exit_code == 1
        assert told in said.output
        assert not (tmp_path / "p.parquet").exists()
