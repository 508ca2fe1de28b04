"""Files of a release as bytes: codes, formats, formulas. No database."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime

import pytest

from hueandcry.picture import estimates
from hueandcry.picture.estimates import Ranged
from hueandcry.picture.freezes.reader import Frozen
from hueandcry.picture.releases import estimated, files, sdmx
from hueandcry.picture.releases.contents import FORMAT, Settings, Table, settings
from hueandcry.picture.releases.figures import Figures
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


def test_crimes_without_linkages_errors_are_never_more_than_reports(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on the pages of the picture: the value and its upper limit come down to the reports of the same table."""
    ranged = iter(
        [Ranged(430, 425, 450, "corrected"), Ranged(300, 280, 350, "corrected"), Ranged(90, 80, 95, "corrected")]
    )
    monkeypatch.setattr(estimates, "distinct", lambda *_: next(ranged))
    monkeypatch.setattr(estimates, "estimated", lambda *_: estimates._refusal("failed"))
    made = Figures({"overall": [], "country-by-class": []})
    for key, reports, crimes in (({}, 420, 410), ({"class": "fraud"}, 320, 310), ({"class": "malware"}, None, 100)):
        held = Observation("reported", "count", key, reports, withheld="" if reports else "secondary")
        made.tables["country-by-class" if key else "overall"] += [held, Observation("distinct", "count", key, crimes)]
    estimated.add(Frozen(1, datetime(2026, 1, 20, tzinfo=UTC), "f", "0", {}), Settings("2025-01", "2025-12"), made)
    found = [each for table in made.tables.values() for each in table if each.measure == "linkage"]
    assert [(e.value, e.low, e.high) for e in found] == [(420, 420, 420), (300, 280, 320), (90, 80, 95)]
