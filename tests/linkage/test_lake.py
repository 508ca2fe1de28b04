"""The lake: one moment of what linkage compares, whole or refused, narrow, recorded, its owner's alone."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from hueandcry.audit.models import Act
from hueandcry.linkage import lake
from hueandcry.linkage.crimes.facts import COLUMNS
from hueandcry.linkage.linker import linker
from tests import factory

FACT = """INSERT INTO linkage_fact (report, organisation, source_kind, leaf, reported, currency, country, sector, size,
    area, reference, main_class, sketch, exact, money, contact, infrastructure, victims, classes, labels)
    VALUES (%s, 1, 'police', false, '2026-01-01', '', 'PT', '', '', '', '', '', '{}', '{}', '{1,2}', '{}', '{}', '{}',
        '{}', '{}')"""


@pytest.fixture
def facts(database: None) -> int:
    with linker() as cursor:
        for report in range(1, 4):
            cursor.execute(FACT, [report])
    return 3


def test_an_export_is_whole_narrow_and_recorded(facts: int, tmp_path: Path) -> None:
    person = factory.person(factory.organisation())
    folder = tmp_path / "lake"
    held = lake.export(factory.as_viewer(person), folder)
    assert held["facts"].rows == facts
    table = pq.read_table(lake.table(folder, "facts"))
    assert table.column_names == list(COLUMNS)
    assert table["report"].to_pylist() == [1, 2, 3]
    assert table["money"].to_pylist() == [[1, 2]] * 3
    assert set(json.loads((folder / "manifest.json").read_text())["tables"]) == {"facts", "judgements", "crimes"}
    modes = {stat.S_IMODE(path.stat().st_mode) & 0o077 for path in [folder, *folder.glob("*.parquet")]}
    assert modes == {0}
    act = Act.objects.using("owner").filter(kind="lake").latest("id")
    assert (act.verb, act.count) == ("export", facts)


def test_a_second_export_replaces_the_first(facts: int, tmp_path: Path) -> None:
    by = factory.as_viewer(factory.person(factory.organisation()))
    (tmp_path / "mine.parquet").write_text("kept")
    lake.export(by, tmp_path)
    with linker() as cursor:
        cursor.execute(FACT, [9])
    lake.export(by, tmp_path)
    assert pq.read_table(lake.table(tmp_path, "facts")).num_rows == facts + 1
    assert len(list(tmp_path.glob("facts-*.parquet"))) == 1
    assert (tmp_path / "mine.parquet").read_text() == "kept"


def test_what_is_torn_is_refused(facts: int, tmp_path: Path) -> None:
    with pytest.raises(lake.Torn, match="lake export"):
        lake.table(tmp_path, "facts")
    lake.export(factory.as_viewer(factory.person(factory.organisation())), tmp_path)
    path = lake.table(tmp_path, "facts")
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(lake.Torn, match="not what its manifest says"):
        lake.table(tmp_path, "facts")
    with pytest.raises(lake.Torn):
        lake.table(tmp_path, "names")
