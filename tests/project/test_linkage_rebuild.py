"""``hueandcry linkage rebuild`` and ``hueandcry lake export``, as an operator gives them."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result
from django.db import connections

from hueandcry.audit import actions
from hueandcry.audit.models import Act
from hueandcry.exchange.models import Report
from hueandcry.linkage import lake as files
from hueandcry.linkage import runs
from hueandcry.linkage.matching import spark
from hueandcry.linkage.matching.engine import Duck
from hueandcry.linkage.matching.model import Model
from hueandcry.linkage.matching.settings import Settings
from hueandcry.linkage.models import CrimeReport, Run
from hueandcry.project.commands import lake, linkage
from tests import factory
from tests.linkage.crimes import told

pytestmark = pytest.mark.usefixtures("database")
ENVIRONMENT = ("HUEANDCRY_SPARK", "HUEANDCRY_LAKE", "HUEANDCRY_SPARK_DRIVER")
Asked = Callable[..., Result]


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Asked:
    """The command on the test's own installation."""

    @contextmanager
    def here() -> Iterator[Path]:
        yield tmp_path

    for module in (linkage, lake):
        monkeypatch.setattr(module, "installation", here)
    for name in ENVIRONMENT:
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)  # and back to what it was, whatever the command sets
    return lambda group, *arguments: CliRunner().invoke(group, list(arguments))


@pytest.fixture
def reports() -> list[Report]:
    people = [factory.person(factory.organisation(f"Body {number}")) for number in range(3)]
    return [told.fraud(person, number) for number in range(3) for person in people]


class Cluster:
    """Stands for Spark: it computes as DuckDB does, and says what it was told and that it was given back."""

    seen: ClassVar[list[Any]] = []

    def pairs(self, table: Any, settings: Settings, model: Model, *, least: float) -> pa.Table:
        return Duck().pairs(table, settings, model, least=least)

    def __enter__(self) -> Cluster:
        self.seen.append({name: os.environ[name] for name in ENVIRONMENT})
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.seen.append("given back")


def crimes() -> dict[int, int]:
    return dict(CrimeReport.objects.using("owner").values_list("report", "crime"))


def test_by_either_engine_the_same_crimes(
    reports: list[Report], asked: Asked, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = asked(linkage.linkage, "rebuild", "--json")
    first, second = (json.loads(line) for line in said.output.splitlines())
    assert (first["kind"], first["engine"], first["reports"], first["crimes"]) == ("crimes", "duckdb", 9, 3)
    assert second["kind"] == "operations"
    before = crimes()
    monkeypatch.setattr(spark, "Spark", Cluster)
    Cluster.seen.clear()
    arguments = ["--master", "spark://head:7077", "--lake", str(tmp_path / "shared"), "--driver", "10.0.0.5"]
    said = asked(linkage.linkage, "rebuild", "--engine", "spark", *arguments, "--json")
    figures = json.loads(said.output.splitlines()[0])
    assert (figures["engine"], figures["crimes"], figures["moved"]) == ("spark", 3, 0)
    assert crimes() == before
    assert Cluster.seen == [
        dict(zip(ENVIRONMENT, ("spark://head:7077", str(tmp_path / "shared"), "10.0.0.5"), strict=True)),
        "given back",
    ]


def test_what_cannot_be_is_one_line_and_changes_nothing(reports: list[Report], asked: Asked) -> None:
    asked(linkage.linkage, "rebuild")
    before = crimes()
    pytest.importorskip("pyspark", reason="needs the group spark")
    said = asked(linkage.linkage, "rebuild", "--engine", "spark", "--master", "spark://127.0.0.1:1")
    assert said.exit_code == 2
    assert "Java" in said.output or "No Spark answers at spark://127.0.0.1:1" in said.output
    assert said.output.count("\n") == 1
    assert crimes() == before
    last = Run.objects.using("owner").filter(kind="crimes").latest("id")
    assert (last.engine, last.error.partition(":")[0]) == ("spark", "Failed")
    said = asked(linkage.linkage, "rebuild", "--driver", "10.0.0.5")
    assert said.exit_code == 2
    assert "go with --engine spark" in said.output


def test_who_comes_second_is_told(reports: list[Report], asked: Asked) -> None:
    with connections["owner"].cursor() as other:
        other.execute("SELECT pg_advisory_lock(%s, 0)", [runs.LOCKS[Run.Kind.CRIMES]])
        said = asked(linkage.linkage, "rebuild", "--json")
        other.execute("SELECT pg_advisory_unlock(%s, 0)", [runs.LOCKS[Run.Kind.CRIMES]])
    assert said.exit_code == 2
    assert "another process" in said.output
    assert crimes() == {}


def test_an_export_of_nothing_and_of_something(asked: Asked, tmp_path: Path) -> None:
    operator = factory.person(factory.organisation("Operators"))
    out = tmp_path / "there"
    out.mkdir(mode=0o755)
    arguments = ["export", "--out", str(out), "--as", operator.email, "--json"]
    assert json.loads(asked(lake.lake, *arguments).output)["tables"]["facts"]["rows"] == 0
    report = told.fraud(operator, 1)
    asked(linkage.linkage, "rebuild")
    said = json.loads(asked(lake.lake, *arguments).output)
    assert said["tables"]["facts"]["rows"] == 1
    assert pq.read_table(files.table(out, "crimes")).to_pydict() == {
        "report": [report.pk],
        "crime": [crimes()[report.pk]],
    }
    assert stat.S_IMODE(out.stat().st_mode) == 0o755  # it was there: others may need it
    assert {stat.S_IMODE(one.stat().st_mode) for one in out.iterdir()} == {0o600}
    assert len(list(out.iterdir())) == len(files.QUERIES) + 1
    acts = Act.objects.using("owner").filter(kind="lake").order_by("id")
    assert [(act.verb, act.count) for act in acts] == [("export", 0), ("export", 1)]


def test_an_export_that_cannot_be_is_one_line(asked: Asked, tmp_path: Path) -> None:
    operator = factory.person(factory.organisation("Operators"))
    (tmp_path / "file").touch()
    for arguments, told_of in (
        (["--out", str(tmp_path / "file" / "lake"), "--as", operator.email], "could not be written"),
        (["--out", str(tmp_path / "lake"), "--as", "nobody@example.org"], "Nobody signs in as"),
    ):
        said = asked(lake.lake, "export", *arguments)
        assert said.exit_code != 0
        assert told_of in said.output
        assert said.output.count("\n") == 1
    assert not (tmp_path / "lake").exists()


def test_what_is_not_recorded_is_not_there(
    reports: list[Report], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    by = factory.as_viewer(factory.person(factory.organisation("Operators")))

    def refused(**_given: object) -> None:
        raise OSError("no room")

    monkeypatch.setattr(actions, "record", refused)
    with pytest.raises(OSError, match="no room"):
        files.export(by, tmp_path / "lake")
    assert list((tmp_path / "lake").iterdir()) == []
