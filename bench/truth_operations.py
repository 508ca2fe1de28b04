"""How true the operations are that linkage finds: pairs of crimes, on worlds whose operations are known.

    uv run python -m bench.truth_operations [1 2 3]

For each seed: the simulated world through the real intake (kept as Parquet beside bench/worlds.py's), with the true
crimes and with those that linkage finds; as it is, and with values of shared hosting added to 30 % of reports (40, 300
and 3000 addresses of thousands of sites). Then the second world, whose facts know four groups of values and no types.
Precision and recall over pairs of crimes in one operation; of pairs across takedowns too. "reach" is the recall that
connecting all crimes of one operation that share any value at all would have, told by no hidden report: what nobody
shares, no means can tie. "components" is the largest found by connected components over the same values.
"""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from bench import worlds
from bench.installation import scratch

HOSTING = (0, 40, 300, 3000)
SHARE = 0.3
TABLES = ("reports", "values", "observations", "truth")
# The groups of values that facts know, as types of about their kind.
GROUPS = {"money": "iban", "contact": "phone-number", "infrastructure": "domain-name", "exact": "url"}
NOBODY = pa.table({"crime": pa.array([], pa.int64()), "operation": pa.array([], pa.int64())})
Tables = dict[str, pa.Table]


@dataclass(frozen=True)
class Score:
    """Pairs of crimes in one operation: precision, recall, and the sizes of the largest."""

    precision: float
    recall: float
    found: int
    true: int
    largest: int
    largest_true: int


def main(seeds: list[int]) -> None:
    """Print the table."""
    print("world      crimes  shared hosting  precision  recall  reach  operations (true)  largest (true)  components")
    for seed in seeds:
        known = _known(seed)
        for crimes in ("true", "found"):
            for hosts in HOSTING:
                print(_line(f"{seed}", crimes, hosts, _hosted(known, hosts, seed), crimes == "true"), flush=True)
        print(_line(f"second {seed}", "true", 0, _second(seed), True), flush=True)


def _line(world: str, crimes: str, hosts: int, tables: Tables, true_crimes: bool) -> str:
    from hueandcry.linkage.operations import graph, snapshot

    reports = _of_true_crimes(tables["reports"], tables["truth"]) if true_crimes else tables["reports"]
    seen = snapshot.arranged(reports, tables["values"], tables["observations"], NOBODY)
    truth = _operations(seen.crimes, reports, tables["truth"])
    found = score(graph.operations(seen.held, seen.values, seen.of_crimes).label, truth)
    reach, components = _reach(seen, truth)
    return (
        f"{world:9}  {crimes:6}  {hosts or '-':>14}  {found.precision:9.4f}  {found.recall:6.3f}  {reach:5.3f}"
        f"  {found.found:10,} ({found.true})  {found.largest:7,} ({found.largest_true:,})  {components:10,}"
    )


def score(label: np.ndarray, truth: np.ndarray) -> Score:
    """Compare labels with true ones; -1 is none in both."""
    both = (label >= 0) & (truth >= 0)
    _, joint = np.unique(label[both].astype(np.int64) * (int(truth.max()) + 1) + truth[both], return_counts=True)
    sizes, true_sizes = np.bincount(label[label >= 0], minlength=1), np.bincount(truth[truth >= 0], minlength=1)
    hit = _pairs(joint)
    return Score(
        hit / max(1, _pairs(sizes)), hit / max(1, _pairs(true_sizes)), int((sizes > 1).sum()),
        int((true_sizes > 1).sum()), int(sizes.max()), int(true_sizes.max()),
    )  # fmt: skip


def _pairs(sizes: np.ndarray) -> int:
    return int((sizes.astype(np.int64) * (sizes - 1) // 2).sum())


def _reach(seen: Any, truth: np.ndarray) -> tuple[float, int]:
    """Recall of components within each true operation, and the largest component where nobody looks at operations."""
    firm = ~seen.held.leaf
    crime, value = seen.held.crime[firm].astype(np.int64), seen.held.value[firm].astype(np.int64)
    n = len(truth)
    own = np.where(truth[crime] >= 0, truth[crime], -1 - crime)
    inside = np.unique(value * (4 * n) + own + n, return_inverse=True)[1]
    linked = _components(crime, inside, n)
    return score(linked, truth).recall, int(np.bincount(_components(crime, value, n)).max())


def _components(crime: np.ndarray, value: np.ndarray, n: int) -> np.ndarray:
    size = n + int(value.max()) + 1
    graph = coo_matrix((np.ones(len(crime), np.int8), (crime, n + value)), shape=(size, size))
    return np.asarray(connected_components(graph, directed=False)[1][:n])


def _operations(crimes: np.ndarray, reports: pa.Table, truth: pa.Table) -> np.ndarray:
    """By crime the number of the operation that most of its reports are truly of, -1 none."""
    told_of = zip(truth["report"].to_pylist(), truth["operation"].to_pylist(), strict=True)
    of = {report: "" if operation is None else str(operation) for report, operation in told_of}
    named = sorted({*of.values()} - {""})
    number = {name: n for n, name in enumerate(named)} | {"": -1}
    told = np.array([number[of.get(report, "")] for report in reports["report"].to_pylist()])
    at = np.searchsorted(crimes, reports["crime"].to_numpy())
    width = len(named) + 1
    key, count = np.unique(at * width + told + 1, return_counts=True)
    found = np.full(len(crimes), -1)
    order = np.argsort(count, kind="stable")
    found[key[order] // width] = key[order] % width - 1
    return found


def _of_true_crimes(reports: pa.Table, truth: pa.Table) -> pa.Table:
    named = {name: n for n, name in enumerate(sorted(set(truth["crime"].to_pylist())), 1)}
    of = {r: named[c] for r, c in zip(truth["report"].to_pylist(), truth["crime"].to_pylist(), strict=True)}
    kept = reports.filter(pa.array([r in of for r in reports["report"].to_pylist()]))
    crime = pa.array([of[r] for r in kept["report"].to_pylist()], pa.int64())
    return kept.set_column(kept.schema.get_field_index("crime"), "crime", crime)


def _hosted(known: Tables, hosts: int, seed: int) -> Tables:
    """With addresses of shared hosting in 30 % of reports."""
    if not hosts:
        return known
    from hueandcry.linkage.operations.snapshot import KINDS

    rng = np.random.default_rng(seed)
    reports = known["reports"]["report"].to_numpy()
    reports = reports[rng.random(len(reports)) < SHARE]
    last = int(known["values"]["id"].to_numpy().max())
    ids = last + 1 + np.arange(hosts)
    values = pa.table(
        {
            "id": ids,
            "kind": np.full(hosts, KINDS.index("ipv4-addr") + 1, np.int16),
            "weight": np.full(hosts, 0.5, np.float32),
        }
    )
    told = pa.table(
        {"report": reports, "observable": rng.choice(ids, len(reports)), "unknown": np.zeros(len(reports), np.bool_),
         "day": np.full(len(reports), -1, np.int32)}
    )  # fmt: skip
    return known | {
        "values": pa.concat_tables([known["values"], values.cast(known["values"].schema)]),
        "observations": pa.concat_tables([known["observations"], told.cast(known["observations"].schema)]),
    }


def _second(seed: int) -> Tables:
    """The second world's facts, its groups of values taken for types."""
    from hueandcry.linkage.operations.snapshot import KINDS

    made = worlds.second(seed)
    facts, rows, kind_of = made.facts, [], {}
    for group, kind in GROUPS.items():
        for report, held in zip(facts["report"].to_pylist(), facts[group].to_pylist(), strict=True):
            for value in held or ():
                rows.append((report, value))
                kind_of[value] = KINDS.index(kind) + 1
    ids = sorted(kind_of)
    weight = dict(zip([KINDS.index(k) + 1 for k in GROUPS.values()], (1.0, 0.9, 0.7, 0.9), strict=True))
    occurred, reported = facts["occurred"].to_pylist(), facts["reported"].to_pylist()
    reports = pa.table(
        {
            "report": facts["report"], "crime": facts["report"], "organisation": facts["organisation"], "leaf": facts["leaf"],
            "day": pa.array([(a or b).toordinal() for a, b in zip(occurred, reported, strict=True)], pa.int32()),
            "main_class": facts["main_class"], "country": facts["country"],
            "classes": pa.array([" ".join(one or ()) for one in facts["classes"].to_pylist()], pa.string()),
        }
    ).sort_by("report")  # fmt: skip
    return {
        "reports": reports,
        "values": pa.table(
            {"id": pa.array(ids, pa.int64()), "kind": pa.array([kind_of[i] for i in ids], pa.int16()),
             "weight": pa.array([weight[kind_of[i]] for i in ids], pa.float32())}
        ),
        "observations": pa.table(
            {"report": pa.array([r for r, _ in rows], pa.int64()), "observable": pa.array([v for _, v in rows], pa.int64()),
             "unknown": pa.array([False] * len(rows)), "day": pa.array([-1] * len(rows), pa.int32())}
        ),
        "truth": made.truth,
    }  # fmt: skip


def _known(seed: int) -> Tables:
    folder = worlds.FOLDER / f"operations-{seed}-{worlds._digest()}"
    if not (folder / "truth.parquet").exists():
        folder.mkdir(parents=True, exist_ok=True)
        subprocess.run(
            [sys.executable, "-m", "bench.truth_operations", "make", str(seed), str(folder)],
            check=True, cwd=worlds.ROOT, stdout=subprocess.DEVNULL,
        )  # fmt: skip
    return {name: pq.read_table(folder / f"{name}.parquet") for name in TABLES}


def _make(seed: int, folder: Path) -> None:
    with scratch() as data:
        from hueandcry.linkage.crimes.rebuild import rebuild
        from hueandcry.members.actions import OPERATOR_EMAIL
        from hueandcry.members.models import Person
        from hueandcry.members.viewer import identify
        from hueandcry.world import alliance

        operator = identify(Person.objects.values_list("pk", flat=True).get(email=OPERATOR_EMAIL))
        alliance.load(
            data, operator=operator, seed=seed, size="demo", until=worlds.UNTIL, told=lambda _done, _all: None
        )
        rebuild()
        _kept(seed, folder)


def _kept(seed: int, folder: Path) -> None:
    """The tables of the installation that is up, as Parquet."""
    from hueandcry.linkage import linker
    from hueandcry.linkage.operations.snapshot import KINDS, _table
    from hueandcry.linkage.words import TELLING

    with linker.snapshot() as connection, connection.cursor() as cursor:
        for name in TABLES[:3]:
            pq.write_table(_table(cursor, name, types=list(KINDS), least=TELLING), folder / f"{name}.parquet")
    pq.write_table(worlds._truth(seed, "demo", 1.0), folder / "truth.parquet")


if __name__ == "__main__":
    if sys.argv[1:2] == ["make"]:
        _make(int(sys.argv[2]), Path(sys.argv[3]))
    else:
        main([int(one) for one in sys.argv[1:]] or [1, 2, 3])
