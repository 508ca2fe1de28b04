"""Files of a release as bytes: codes, formats, formulas. No database."""

from __future__ import annotations

import csv
import io

import pytest

from hueandcry.picture.releases import files, sdmx
from hueandcry.picture.releases.contents import FORMAT, Settings, Table, settings
from hueandcry.picture.releases.observations import Observation, code, figure

TABLE = Table("sector", "By sector", ("sector",))
HELD = [
    Observation("reported", "count", {}, 120.0),
    Observation("reported", "count", {"sector": "=cmd|' /C calc'!A0"}, 12.0),
    Observation("distinct", "count", {"sector": ""}, None, withheld="secondary"),
    Observation("estimated", "count", {"sector": "K"}, 310.0, 250.0, 400.0),
]


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, ""), (0.1 + 0.2, "0.3"), (1e20, "100000000000000000000"), (-0.0, "0"), (12.0, "12"), (1 / 3, "0.333333")],
)
def test_numbers_have_one_form(value: float | None, text: str) -> None:
    assert figure(value) == text


def test_a_formula_is_no_formula() -> None:
    rows = list(csv.reader(io.StringIO(files.table_csv(TABLE, HELD).content.decode(), newline="")))
    assert rows[2][0] == "'=cmd|' /C calc'!A0"
    assert all(cell[:1] not in ("=", "+", "@") for row in rows for cell in row)


def test_held_back_is_never_nought() -> None:
    text = files.table_csv(TABLE, HELD).content.decode()
    assert text.endswith("\r\n"), "RFC 4180"
    row = next(csv.DictReader(io.StringIO(text.split("\r\n", 3)[0] + "\r\n" + text.split("\r\n", 4)[3], newline="")))
    assert (row["sector"], row["value"], row["status"], row["confidentiality"]) == ("not told", "", "Q", "D")
    assert files.read_parquet(files.parquet("a", [("sector", HELD[2])]).content)[0][1].value is None


def test_parquet_reads_back() -> None:
    held = [("sector", each) for each in HELD]
    assert files.read_parquet(files.parquet("a", held).content) == held
    assert files.parquet("a", held).content == files.parquet("a", held).content


def test_codes_and_periods() -> None:
    assert [code(value) for value in (None, "", "budapest:2", "T1566.001")] == ["_T", "_U", "budapest_2", "T1566_001"]
    assert sdmx.period("2024-11", "2025-02") == "2024-11-01/P4M"


def test_one_cell_says_one_thing() -> None:
    other = Observation("reported", "count", {}, 121.0)
    assert sdmx.as_csv([HELD[0], HELD[0]], "2025-01", "2025-02").rows == 1
    with pytest.raises(ValueError, match="two values"):
        sdmx.as_csv([HELD[0], other], "2025-01", "2025-02")


def test_settings_are_kept_whole() -> None:
    held = Settings(first="2025-01", last="2025-06", previous=(1, 2))
    assert settings(held.as_json()) == held
    with pytest.raises(ValueError, match="format"):
        settings(held.as_json() | {"format": FORMAT + 1})
    with pytest.raises(TypeError):
        settings(held.as_json() | {"colour": "red"})
