"""``hueandcry linkage match``: counts as JSON or in words, pairs as Parquet, errors as one line."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow
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
        assert said.exit_code == 2
        assert told in said.output
        assert not (tmp_path / "p.parquet").exists()


def test_what_is_not_as_it_should_be_names_the_place(tmp_path: Path) -> None:
    given, out = written(tmp_path), tmp_path / "p.parquet"
    content = given.read_bytes()
    for name, changed, told in (
        ("excel.csv", b"PK\x03\x04" + bytes(40), "save the sheet as CSV"),
        ("empty.csv", b"", "is empty"),
        ("header.csv", content.splitlines(keepends=True)[0], "holds no record"),
        ("huge.csv", content + b"1," + b"a" * 3_000_000 + b"\n", "Maximum line size"),
        ("strange.csv", b"a,b\n1,2\n3,4\n", "No column tells people apart"),
    ):
        (tmp_path / name).write_bytes(changed)
        _refused([str(tmp_path / name), "--out", str(out)], name, told)
    settings = tmp_path / "mine.yaml"
    for text, told in (
        ("name: [x\n", "mine.yaml is neither YAML nor JSON: line 2"),
        ("[" * 20_000, "nested too deep"),
        ("name: x\nblok: 1\n", "mine.yaml: settings knows no 'blok'"),
        (SOUND.format("company_l === 1"), "is no condition in SQL"),
        (SOUND.format("true") + "learn: {certain: 5}\n", "mine.yaml: learn.certain must be a list"),
    ):
        settings.write_text(text)
        _refused([str(given), "--out", str(out), "--settings", str(settings)], "mine.yaml", told)
    _refused([str(given), "--out", str(tmp_path / "none" / "p.parquet")], "there is no folder", "none")
    _refused([str(given), "--out", str(given)], "the table itself", "")
    _refused([str(given), "--out", str(out), "--clusters", str(out)], "named for two results", "")
    _refused([str(given), "--out", str(out), "--threshold", "nan"], "--threshold", "")
    assert given.read_bytes() == content
    assert not out.exists()


LETTERS = "abcdefghijklmnopqrst"
SOUND = """
name: made
compare: [{{name: company, columns: [company], levels: [{{label: same, when: "{}"}}]}}]
block: ["l.company = r.company"]
"""


def _refused(arguments: list[str], *told: str) -> None:
    said = CliRunner().invoke(linkage, ["match", *arguments])
    assert said.exit_code == 2, (arguments, said.output)
    assert said.output.count("\n") == 1
    assert all(one in said.output for one in told), said.output


def test_lines_within_quotation_marks_and_names_that_mislead(tmp_path: Path) -> None:
    rows = "id,first name,surname,birthday,address\n" + "".join(
        f'{at},"Ann",Smith{LETTERS[at % 20] * 3},19{at % 20 + 10}-02-03,"flat {at % 20}\n""The Mill"", High Street"\n'
        for at in range(80)
    )
    (tmp_path / "lines.csv").write_bytes(b"\xef\xbb\xbf" + rows.encode())
    table = pyarrow.table({"id": [1, 2, 3], "surname": ["Smith", "Smith", "Weaver"], "e-mail": ["a@b.example"] * 3})
    pq.write_table(table, tmp_path / "parquet.csv")
    for name, records in (("lines.csv", 80), ("parquet.csv", 3)):
        said = CliRunner().invoke(
            linkage, ["match", str(tmp_path / name), "--out", str(tmp_path / "p.parquet"), "--json"]
        )
        assert said.exit_code == 0, said.output
        assert json.loads(said.output)["records"] == records


def test_ids_that_are_none_are_shown(tmp_path: Path) -> None:
    people = {"surname": ["Smith", "Smith", "Weaver"], "email": ["a@b.example"] * 3}
    for ids, told in (
        (["a", "b", "a"], "such as a"), (["a", None, "c"], "record 2"), ([["a"], ["b"], ["c"]], "several values"),
    ):  # fmt: skip
        pq.write_table(pyarrow.table({"id": ids} | people), tmp_path / "t.parquet")
        _refused([str(tmp_path / "t.parquet"), "--out", str(tmp_path / "p.parquet")], "t.parquet", told)
