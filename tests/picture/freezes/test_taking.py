from __future__ import annotations

import io
from pathlib import Path

import pyarrow.parquet as pq

from hueandcry.picture.freezes import actions
from hueandcry.picture.freezes.facts import TABLES
from hueandcry.picture.models import Freeze, FreezeFile
from tests.picture.rows import bodies, put


def rows(freeze: Freeze, name: str) -> list[dict]:
    file = FreezeFile.objects.using("owner").get(freeze=freeze, name=name)
    return pq.read_table(io.BytesIO(bytes(file.content))).to_pylist()


def test_counts_what_is_current_and_meant_for_statistics(database: Path) -> None:
    made = bodies(3)
    put(made, 7)
    put(made, 2, state="withdrawn")
    put(made, 1, state="superseded")
    put(made, 4, kind="intelligence")
    put(made, 5, purpose=["prevention"])
    freeze = actions.take()
    assert (freeze.reports, freeze.crimes) == (7, 7)
    assert freeze.manifest["left_out"] == {"withdrawn": 2, "superseded": 1, "intelligence": 4, "purpose": 5}
    assert len(rows(freeze, "reports")) == 7
    assert set(freeze.manifest["files"]) == set(TABLES)
