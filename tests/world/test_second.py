"""The second simulated world: in linkage's form, the same for a seed, of a shape that it claims, and nobody's copy."""

from __future__ import annotations

import ast
import hashlib
import os
import subprocess
import sys
from collections import defaultdict
from functools import cache
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from hueandcry.linkage.models import Fact
from hueandcry.world import second, second_crimes, second_desks, second_reports, second_tables, second_words

SIZE = 12_000


@cache
def world(noise: float = 1.0, seed: int = 1, shared_hosting: float = 0.15) -> second.World:
    return second.generate(seed, SIZE, noise=noise, shared_hosting=shared_hosting)


def digest(made: second.World) -> str:
    told = hashlib.sha256()
    for table in (made.facts, made.observations, made.truth):
        for column in table.itercolumns():
            told.update(repr(column.to_pylist()).encode())
    return told.hexdigest()


def days(column: pa.ChunkedArray) -> np.ndarray:
    return np.array(column.cast(pa.int32()).to_numpy(zero_copy_only=False), dtype=float)


# -- form ----------------------------------------------------------------------------------------------------------


def test_facts_have_the_columns_of_linkage_in_its_order_and_types() -> None:
    facts = world().facts
    fields = list(Fact._meta.concrete_fields)
    assert facts.column_names == [field.column for field in fields]
    kinds = {
        "BigIntegerField": pa.int64(), "TextField": pa.string(), "BooleanField": pa.bool_(), "DateField": pa.date32(),
        "FloatField": pa.float64(),
    }  # fmt: skip
    for field in fields:
        told = facts.schema.field(field.column).type
        base = getattr(field, "base_field", None)
        wanted = pa.list_(kinds[base.get_internal_type()]) if base else kinds[field.get_internal_type()]
        assert told == wanted, field.column
        assert field.null or facts[field.column].null_count == 0, field.column


def test_every_report_stands_once_and_the_truth_names_each() -> None:
    made = world()
    wanted = list(range(1, SIZE + 1))
    assert made.facts["report"].to_pylist() == made.truth["report"].to_pylist() == wanted
    assert set(made.observations["report"].to_pylist()) <= set(wanted)
    assert days(made.facts["reported"]).tolist() == sorted(days(made.facts["reported"]).tolist())


def test_values_of_facts_are_those_observed() -> None:
    made = world()
    seen: dict[int, set[int]] = defaultdict(set)
    for row in zip(*(made.observations[name].to_pylist() for name in ("report", "observable")), strict=True):
        seen[row[0]].add(row[1])
    groups = ("exact", "money", "contact", "infrastructure", "victims")
    for report, *lists in zip(*(made.facts[name].to_pylist() for name in ("report", *groups)), strict=True):
        assert sorted(value for one in lists for value in one) == sorted(seen[report])
        assert all(one == sorted(one) for one in lists)


def test_the_tables_are_written_and_read_again(tmp_path: Path) -> None:
    world().write(tmp_path / "deep" / "folder")
    again = [
        parquet.read_table(tmp_path / "deep" / "folder" / f"{n}.parquet") for n in ("facts", "observations", "truth")
    ]
    assert [table.num_rows for table in again] == [SIZE, world().observations.num_rows, SIZE]
    assert again[0].equals(world().facts)


@pytest.mark.parametrize("wrong", [{"reports": 0}, {"reports": 10**9}, {"noise": -1.0}, {"shared_hosting": 1.5}])
def test_what_makes_no_sense_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="reports"):
        second.generate(1, **({"reports": 10} | wrong))  # type: ignore[arg-type]


@pytest.mark.parametrize("reports", [1, 2, 50, 1_001])
def test_small_worlds_work_too(reports: int) -> None:
    assert second.generate(3, reports).facts.num_rows == reports


# -- the same for a seed, and nobody's copy ------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_tables_in_any_process() -> None:
    code = (
        "import sys; sys.path.insert(0, 'tests/world'); from hueandcry.world import second; import hashlib;"
        "made = second.generate(1, 2000); told = hashlib.sha256();"
        "[told.update(repr(c.to_pylist()).encode()) for t in (made.facts, made.observations, made.truth)"
        " for c in t.itercolumns()]; print(told.hexdigest())"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "7"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, check=True, text=True)
    assert done.stdout.strip() == digest(second.generate(1, 2000))
    assert digest(second.generate(2, 2000)) != digest(second.generate(1, 2000))


def test_it_imports_nothing_else_of_the_world_nor_of_linkage() -> None:
    for module in (second, second_crimes, second_desks, second_reports, second_tables, second_words):
        assert module.__file__
        for node in ast.walk(ast.parse(Path(module.__file__).read_text())):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.module:
                names = [f"{node.module}.{a.name}" for a in node.names]
            ours = [name for name in names if name.startswith("hueandcry")]
            assert all(name.startswith("hueandcry.world.second") for name in ours if name != "hueandcry.world"), ours


# -- shape ---------------------------------------------------------------------------------------------------------


def test_delays_have_a_heavy_tail_and_desks_close() -> None:
    facts = world().facts
    late = days(facts["reported"]) - days(facts["occurred"])
    late = late[~np.isnan(late) & (late >= 0)]
    assert np.median(late) < 6
    assert np.percentile(late, 99.5) > 25 * max(1.0, np.median(late))
    monday = np.datetime64(second_crimes.START, "D").astype(int)
    weekday = np.bincount((days(facts["reported"]).astype(int) - monday) % 7, minlength=7)
    assert weekday[0] > 1.4 * weekday[1] > 3 * weekday[6]


def test_what_is_missing_is_missing_by_desk() -> None:
    facts = world().facts
    by: dict[int, list[bool]] = defaultdict(list)
    for desk, size, sector in zip(*(facts[c].to_pylist() for c in ("organisation", "size", "sector")), strict=True):
        if size != "person":
            by[desk].append(bool(sector))
    large = [held for held in by.values() if len(held) > 20]
    assert sum(not any(held) for held in large) > 0.15 * len(large)
    assert sum(sum(held) > 0.3 * len(held) for held in large) > 0.3 * len(large)


def test_crimes_of_several_reporters_and_of_nobody() -> None:
    truth = world().truth
    per = np.bincount(truth["crime"].to_numpy())
    assert 0.2 < (per > 1).sum() / (per > 0).sum() < 0.55
    assert 0.25 < truth["operation"].null_count / SIZE < 0.45
    sizes = np.sort(np.bincount(truth["operation"].drop_null().to_numpy()))[::-1]
    assert sizes[0] > 8 * np.median(sizes[sizes > 0])
    assert sizes[0] < 0.1 * SIZE


def test_nearly_all_pairs_have_something_to_go_by_and_fewer_where_it_is_noisier() -> None:
    plain, double = second.in_common(world()), second.in_common(world(2.0))
    assert 0.85 < plain < 0.99
    assert double < plain - 0.05


def test_sprays_are_nearly_the_same_report_of_different_crimes() -> None:
    facts, truth = world().facts, world().truth
    rows = zip(
        truth["crime"].to_pylist(), truth["operation"].to_pylist(), facts["occurred"].to_pylist(),
        facts["amount"].to_pylist(), facts["contact"].to_pylist(), facts["country"].to_pylist(), strict=True,
    )  # fmt: skip
    alike: dict[object, set[int]] = defaultdict(set)
    for crime, operation, day, amount, contact, country in rows:
        if operation and day and amount and contact:
            alike[operation, day, amount, contact[0], country].add(crime)
    assert sum(len(crimes) > 2 for crimes in alike.values()) > 10


def test_means_change_hands() -> None:
    made = world()
    operation = dict(zip(made.truth["report"].to_pylist(), made.truth["operation"].to_pylist(), strict=True))
    users: dict[tuple[str, int], set[int]] = defaultdict(set)
    held: dict[tuple[str, int], list[int]] = defaultdict(list)
    rows = zip(*(made.observations[c].to_pylist() for c in ("report", "type", "observable")), strict=True)
    occurred = days(made.facts["occurred"])
    for report, kind, value in rows:
        if operation[report]:
            users[kind, value].add(operation[report])
            held[kind, value].append(occurred[report - 1])
    shared = {
        kind: sum(len(found) > 1 for (k, _v), found in users.items() if k == kind) for kind in second_crimes.TYPES
    }
    assert shared["iban"] > 20
    assert shared["ipv4-addr"] > 20
    assert shared["sha256"] == 0
    again = [k for k, found in users.items() if len(found) > 1 and k[0] == "phone-number"]
    assert any(np.nanmax(held[key]) - np.nanmin(held[key]) > 120 for key in again)


@pytest.mark.parametrize("share", [0.0, 0.3])
def test_shared_hosting_is_in_the_share_asked_for(share: float) -> None:
    made = world(shared_hosting=share)
    hosts = {
        int(second_crimes.hashed(151, second_crimes.TYPES.index("ipv4-addr"), second_crimes.hashed(149, host)))
        for host in range(300)
    }
    rows = zip(*(made.observations[c].to_pylist() for c in ("report", "observable")), strict=True)
    reports = {report for report, value in rows if value in hosts}
    assert len(reports) / SIZE == pytest.approx(share, abs=0.02)


def test_copies_come_later_from_somebody_else_and_say_less() -> None:
    groups = second_crimes.groups(second_crimes.stream(1, "groups"), 50)
    crimes = second_crimes.crimes(second_crimes.stream(1, "crimes"), 3_000, groups)
    left = second_crimes.left(second_crimes.stream(1, "values"), crimes, groups)
    told = second_reports.tell(1, crimes, left, 3_000, 1.0, 0.0)
    copies = np.flatnonzero(told.source != second_crimes.NEVER)
    of = told.source[copies]
    assert 0.03 < len(copies) / 3_000 < 0.12
    assert (told.crime[copies] == told.crime[of]).all()
    assert (told.reported[copies] > told.reported[of]).all()
    assert 0.01 < (told.desk[copies] == told.desk[of]).mean() < 0.15
    held: dict[int, set[int]] = defaultdict(set)
    for report, key, role in zip(
        told.seen_report.tolist(), told.seen_key.tolist(), told.seen_role.tolist(), strict=True
    ):
        if role != second_tables.ROLES.index("victim"):
            held[report].add(key)
    assert all(held[copy] <= held[source] for copy, source in zip(copies.tolist(), of.tolist(), strict=True))
    assert sum(len(held[c]) for c in copies.tolist()) < 0.75 * sum(len(held[s]) for s in of.tolist())


# -- noise ---------------------------------------------------------------------------------------------------------


def test_noise_leaves_what_happened_and_spoils_what_is_told() -> None:
    plain, double = world(), world(2.0)
    assert plain.truth.equals(double.truth)
    assert plain.facts["organisation"].equals(double.facts["organisation"])
    assert double.observations.num_rows < 0.95 * plain.observations.num_rows

    def empty(made: second.World, column: str) -> int:
        return sum(value in ("", None) for value in made.facts[column].to_pylist())

    for column in ("amount", "country", "area", "occurred"):
        assert empty(double, column) > 1.03 * empty(plain, column), column
    assert second_reports.worse(0.5, 2.0) == pytest.approx(2 / 3)
    assert second_reports.worse(1.0, 0.0) == 1.0
