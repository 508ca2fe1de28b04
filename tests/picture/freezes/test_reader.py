"""Freezes are found, fetched once, checked, kept to their owner, and opened for counting by many threads."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.conf import settings

from hueandcry.members.viewer import ANYONE, identify, viewer
from hueandcry.picture import queries
from hueandcry.picture.expressions.figures import counted
from hueandcry.picture.freezes import actions, cached, reader
from hueandcry.picture.freezes.taking import arrow_schema
from hueandcry.picture.models import Freeze
from hueandcry.picture.question import Question
from tests import factory
from tests.picture.expressions import small
from tests.picture.rows import bodies, put


def test_finds_the_latest_and_any_by_number(database: Path) -> None:
    assert reader.latest() is None
    put(bodies(2), 3)
    first, second = actions.take(), actions.take()
    found = reader.latest()
    assert found is not None
    assert (found.number, found.sha256) == (second.pk, second.sha256)
    assert reader.numbered(first.pk).manifest == first.manifest
    with pytest.raises(LookupError):
        reader.numbered(second.pk + 1)
    with viewer(ANYONE):
        assert reader.latest() is None


def test_opened_has_the_tables_and_counts_them(database: Path) -> None:
    put(bodies(3), 7, loss_amount="12.50", loss_currency="EUR")
    frozen = reader.of(actions.take())
    held = reader.opened(frozen)
    assert held.rows(held.table("crimes").count().as_table()) == [(7,)]
    assert held.rows(held.table("organisations").count().as_table()) == [(3,)]
    (cell,) = counted(frozen, Question(number="reported", country=("PT",)), ("total",))
    assert (cell.count, cell.organisations, cell.largest, cell.loss) == (7, 3, 3, 8750)


def test_what_is_torn_is_fetched_again_and_what_is_false_is_refused(database: Path) -> None:
    put(bodies(1), 4)
    frozen = reader.of(actions.take())
    place = reader.files(frozen)["reports"]
    assert place.stat().st_mode & 0o777 == 0o600
    assert place.parent.stat().st_mode & 0o777 == 0o700
    whole = place.read_bytes()
    place.write_bytes(whole[: len(whole) // 2])
    assert reader.files(frozen)["reports"].read_bytes() == whole
    other = hashlib.sha256(b"other").hexdigest()
    with pytest.raises(cached.Torn):
        cached.file(other, lambda: b"not that")
    assert not (cached.folder() / f"{other}.parquet").exists()


def test_no_more_than_so_many_files_stay(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cached, "MOST", 3)
    for number in range(6):
        content = bytes([number])
        cached.file(hashlib.sha256(content).hexdigest(), lambda content=content: content)  # type: ignore[misc]
    assert len(list(cached.folder().glob("*.parquet"))) == 3
    assert not list(cached.folder().glob(".*"))
    assert cached.folder() == Path(settings.DATA) / "freezes"


def test_many_threads_read_it_once_and_get_the_same(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(bodies(4), 40)
    frozen = reader.of(actions.take())
    reader.files(frozen)
    reader.forget()
    opened: list[Any] = []
    made = reader.Opened

    def once(paths: dict[str, Path]) -> reader.Opened:
        opened.append(paths)
        return made(paths)

    monkeypatch.setattr(reader, "Opened", once)
    asked = [Question(number="reported", country=("PT",)), Question(sector=("L",)), Question()] * 4
    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(lambda question: counted(frozen, question, ("class",))[0].count, asked))
    assert found == [40] * 12
    assert len(opened) == 1


def test_a_process_holds_few_freezes_open(database: Path) -> None:
    put(bodies(1), 1)
    held = [reader.of(actions.take()) for _ in range(3)]
    first = reader.opened(held[0])
    for one in held[1:]:
        reader.opened(one)
    assert len(reader._held) == reader.HELD
    assert first.rows(first.table("reports").count().as_table()) == [(1,)]  # who counts on it goes on
    assert reader.opened(held[0]) is not first


def test_figures_are_for_members_and_small_groups_are_for_nobody(database: Path) -> None:
    made = bodies(4)
    put(made, 40)
    put(made[:1], 3, victim_sector="K")
    actions.take()
    member, stranger = (
        identify(factory.person(made[0]).pk),
        identify(factory.person(factory.organisation(state="left")).pk),
    )
    whole, asked = ("total",), Question(number="reported")
    with viewer(stranger):
        assert queries.figures(stranger, asked, [whole]) == {}
        assert queries.latest(stranger) is None
    with viewer(member):
        shown = queries.figures(member, asked, [whole, ("sector",)])
        (total,) = shown[whole]
        assert total.low is not None and total.high is not None and total.low <= 43 <= total.high
        assert {cell.key: cell.value for cell in shown["sector",]}["K",] is None
        few = Question(number="reported", sector=("K",))
        assert queries.narrow(member, few) == {"sector": ("K",)}
        ((held,),) = queries.figures(member, few, [whole]).values()
        assert (held.value, held.withheld) == (None, "few")
        assert queries.figures(member, few, [("class",)]) == {("class",): []}
        assert queries.figures(member, asked, [whole]) == {whole: [total]}
        latest = queries.latest(member)
        assert latest == Freeze.objects.get()
        assert queries.freezes(member) == [latest]


def test_an_answer_is_of_its_freeze(database: Path) -> None:
    made = bodies(4)
    put(made, 40)
    actions.take()
    member = identify(factory.person(made[0]).pk)
    whole = ("total",)
    with viewer(member):
        before = queries.figures(member, Question(number="reported"), [whole])[whole][0]
    put(made, 60)
    actions.take()
    with viewer(member):
        after = queries.figures(member, Question(number="reported"), [whole])[whole][0]
    assert before.high is not None and after.low is not None and before.high < after.low


def test_a_freeze_of_before_a_column_is_read_as_not_told(tmp_path: Path) -> None:
    """Else the first column that is added would take from every release the freeze that it stands on."""
    tables = small.rows()
    paths = {}
    for name, held in tables.items():
        paths[name] = tmp_path / f"{name}.parquet"
        whole = pa.Table.from_pylist(held, schema=arrow_schema(name))
        pq.write_table(whole.drop_columns([c for c in ("size", "techniques") if c in whole.column_names]), paths[name])
    opened = reader.Opened(paths)
    for name in ("reports", "crimes"):
        held, told, value = (opened.table(one) for one in (name, f"told_{name}", "value_size"))
        counted = held.group_by("size", "techniques").aggregate(n=held.count())
        assert opened.rows(counted) == [("", [], len(tables[name]))]
        by_size = told.join(value, told["size"] == value.code)
        assert opened.rows(by_size.group_by("value").aggregate(n=by_size.one.sum())) == [("", len(tables[name]))]
