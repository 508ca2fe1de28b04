"""The same crimes on a cluster: a master and two workers as processes, and the settings that reports are linked by."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from hueandcry.linkage.matching import gateway
from hueandcry.linkage.matching.engine import Duck
from hueandcry.linkage.matching.estimate import Failed
from hueandcry.linkage.matching.gateway import Java
from hueandcry.linkage.matching.prepared import prepare
from hueandcry.linkage.matching.reports import SETTINGS
from hueandcry.linkage.matching.settings import Blocking, Comparer, Level, Settings, Training, missing, otherwise
from hueandcry.linkage.matching.spark import Spark, translated
from hueandcry.world import second

REPORTS = 1_000
# Processes that do not live long, on few rows: compiling for them takes longer than running.
QUICK = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
PLAIN = {
    "spark.sql.codegen.wholeStage": "false", "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.adaptive.enabled": "false",
}  # fmt: skip
# As ever, but that not all reports are learnt from: which ones, both engines must agree.
LATEST = replace(SETTINGS, training=replace(SETTINGS.training, sample_matches=REPORTS * 2 // 3))


def _unresolvable(folder: Path) -> str:
    """An option of Java: this machine's own name is known to nobody, as in a container."""
    (folder / "hosts").write_text("127.0.0.1 localhost\n")
    return f"-Djdk.net.hosts.file={folder / 'hosts'}"


def _no_java() -> bool:
    java = shutil.which("java")
    return java is None or subprocess.run([java, "-version"], capture_output=True, check=False).returncode != 0


needs_spark = pytest.mark.skipif(_no_java(), reason="needs Java 17")


@needs_spark
@pytest.mark.filterwarnings("ignore::ResourceWarning")  # py4j leaves its sockets to the garbage collector
def test_the_same_crimes_on_a_cluster(tmp_path: Path) -> None:
    pytest.importorskip("pyspark", reason="needs the group spark")
    from bench.spark import cluster, compared, labels

    prepared = prepare(second.generate(1, REPORTS).facts)
    path = tmp_path / "prepared.parquet"
    pq.write_table(prepared, path)
    model = Duck().learn(prepared, LATEST)
    duck = Duck().pairs(prepared, LATEST, model, least=LATEST.threshold - 5)
    before = set(os.environ)
    with (
        cluster(tmp_path, java=f"{QUICK} {_unresolvable(tmp_path)}") as (master, config),
        Spark(master, tmp_path / "lake", partitions=1, config=config | PLAIN) as engine,
    ):
        again = engine.learn(path, LATEST)
        spark = engine.pairs(path, LATEST, again, least=LATEST.threshold - 5)
        with pytest.raises(Failed, match="no column report"):
            engine.pairs(pa.table({"a": [1]}), LATEST, model, least=0)
        assert "SPARK_LOCAL_IP" not in set(os.environ) - before
    assert [one.name for one in (tmp_path / "lake").rglob("*") if one.is_file()] == []  # nothing of reports is left
    assert again == model
    missing_pairs, apart = compared(duck, spark)
    assert missing_pairs == 0
    assert apart < 1e-9
    assert spark.schema.names == duck.schema.names
    found = labels(duck, prepared)
    assert (found == labels(spark, prepared)).all()
    assert len(np.unique(found)) < 0.95 * prepared.num_rows


@needs_spark
def test_what_java_says_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pyspark", reason="needs the group spark")
    monkeypatch.delenv("SPARK_LOCAL_IP", raising=False)
    with pytest.raises(Failed, match=r"UnknownHostException.*HUEANDCRY_SPARK_DRIVER"):
        Java({"spark.driver.extraJavaOptions": f"{QUICK} {_unresolvable(tmp_path)}"}, "")


def test_what_is_missing_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pyspark", reason="needs the group spark")
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(Failed, match="install Java 17"), Spark("local[1]", tmp_path) as engine:
        engine.learn(pa.table({"report": [1]}), SETTINGS)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "java").touch(mode=0o700)
    for master in ("spark://127.0.0.1:1", "spark://127.0.0.1"):
        with pytest.raises(Failed, match="No Spark answers at"), Spark(master, tmp_path) as engine:
            engine.learn(pa.table({"report": [1]}), SETTINGS)


def test_a_master_without_workers_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    here = SimpleNamespace(getExecutorMemoryStatus=lambda: SimpleNamespace(size=lambda: 1))
    told = {"spark.executor.memory": "4g", "spark.driver.host": "10.0.0.5"}
    context = SimpleNamespace(_jsc=SimpleNamespace(sc=lambda: here), getConf=lambda: told)
    with pytest.raises(Failed, match=r"No worker of spark://head:7077 .* 4g .* 10\.0\.0\.5"):
        gateway._staffed(context, "spark://head:7077", 0.0)
    gateway._staffed(context, "local[2]", 0.0)


def test_no_cluster_is_our_own_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pyspark.sql", None)
    with pytest.raises(Failed, match="PySpark is not installed"), Spark("local[1]", tmp_path) as engine:
        engine.learn(pa.table({"report": [1]}), SETTINGS)


def test_conditions_in_sparks_words() -> None:
    words = Comparer(
        "words", "words", ("words",),
        (
            missing("words"),
            Level("several", "len(list_intersect(words_l, words_r)) >= 2"),
            Level("any", "list_has_any(words_l, words_r) AND len(words_l) > 1"),
            Level("near", "jaro_winkler_similarity(name_l, name_r) >= 0.9 AND len(name_l) > 3"),
            Level("said for Spark", "duck_only(name_l)", spark="spark_only(name_l)"),
            otherwise(),
        ),
    )  # fmt: skip
    made = Settings("made", "1", "id", (words,), (Blocking.on("name"),), Training(rules=("l.name = r.name",)), 0.0)
    levels = [level.spark for level in translated(made, {"words"}).comparers[0].levels]
    assert levels == [
        "`words_l` IS NULL OR `words_r` IS NULL",
        "SIZE(ARRAY_INTERSECT(words_l, words_r)) >= 2",
        "SIZE(ARRAY_INTERSECT(words_l, words_r)) > 0 AND SIZE(words_l) > 1",
        "JARO_WINKLER(name_l, name_r) >= 0.9 AND LENGTH(name_l) > 3",
        "spark_only(name_l)",
        "",
    ]
    assert translated(made, {"words"}).blocking[0].spark == "l.`name` = r.`name`"
