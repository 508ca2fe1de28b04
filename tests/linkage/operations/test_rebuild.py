"""The nightly run: what it writes, what stays the same, and what it never gives away."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hueandcry.linkage.linker import linker
from hueandcry.linkage.models import Operation, OperationCrime, OperationEvent, OperationValue, Run
from hueandcry.linkage.operations import queries
from hueandcry.linkage.operations.rebuild import identity, rebuild
from hueandcry.members.models import Person
from hueandcry.members.viewer import viewer
from tests import factory
from tests.linkage.operations import crimes_told as told
from tests.linkage.operations.crimes_told import WALLETS

Drawn = st.lists(st.integers(-1, 4), min_size=1, max_size=12)


@pytest.fixture
def bank(database: object) -> Person:
    return factory.person(factory.organisation("Example Bank"))


@pytest.fixture
def other(database: object) -> Person:
    return factory.person(factory.organisation("Other Bank", country="ES"))


@pytest.fixture
def third(database: object) -> Person:
    return factory.person(factory.organisation("Police", kind="law-enforcement", country="FR"))


def test_crimes_that_share_a_wallet_are_one_operation(bank: Person, other: Person) -> None:
    one, two, alone = told.crime(bank, WALLETS[0]), told.crime(other, WALLETS[0]), told.crime(bank, WALLETS[1])
    run = rebuild()
    assert told.operation(one) == told.operation(two) is not None
    assert told.operation(alone) is None
    kept = told.member(one)
    value = OperationValue.objects.using("owner").get()
    assert (kept.via, kept.run, kept.part) == ([value.observable], run.pk, 0)
    assert (value.operation, value.crimes) == (told.operation(one), 2)
    assert (run.kind, run.error, run.figures["operations"]) == (Run.Kind.OPERATIONS, "", 1)
    assert run.figures["crimes"] == 3, "an operation never makes fewer crimes"


def test_run_again_nothing_is_written(bank: Person, other: Person) -> None:
    one = told.crime(bank, WALLETS[0])
    told.crime(other, WALLETS[0])
    rebuild()
    before = (told.member(one).since, list(Operation.objects.using("owner").values_list("pk", flat=True)))
    figures = rebuild().figures
    assert [figures[name] for name in ("founded", "leave", "move", "join", "values_changed", "values_new")] == [0] * 6
    assert (told.member(one).since, list(Operation.objects.using("owner").values_list("pk", flat=True))) == before


def test_one_that_grows_together_keeps_the_larger_ones_name(bank: Person, other: Person, third: Person) -> None:
    large = [told.crime(by, WALLETS[0]) for by in (bank, other, third)]
    small = [told.crime(by, WALLETS[1]) for by in (bank, other)]
    rebuild()
    kept, gone = told.operation(large[0]), told.operation(small[0])
    told.crime(third, WALLETS[0], WALLETS[1])
    rebuild()
    assert {told.operation(c) for c in (*large, *small)} == {kept}
    assert Operation.objects.using("owner").get(pk=gone).merged_into == kept
    event = OperationEvent.objects.using("owner").get()
    assert (event.kind, event.operation, event.other, event.crimes) == ("merged", kept, gone, small)
    with viewer(factory.as_viewer(bank)) as who:
        reference = Operation.objects.get(pk=gone).reference
        assert queries.operation(who, reference).id == kept


def test_a_report_that_is_erased_ties_nothing_any_more(bank: Person, other: Person, third: Person) -> None:
    left, right = told.crime(bank, WALLETS[0]), told.crime(other, WALLETS[1])
    bridge = told.crime(third, WALLETS[0], WALLETS[1])
    rebuild()
    assert told.operation(left) == told.operation(right)
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute("DELETE FROM exchange_observation WHERE report_id = %s", [told.report_of(bridge)])
        cursor.execute("DELETE FROM exchange_report WHERE id = %s", [told.report_of(bridge)])
    with viewer(factory.as_viewer(bank)) as who:
        assert queries.of_crimes(who, [bridge]) == {}, "at once, before any run"
    rebuild()
    assert [told.operation(c) for c in (left, right, bridge)] == [None] * 3
    assert OperationValue.objects.using("owner").count() == 0


def test_nobody_learns_of_a_hidden_report_by_an_operation(bank: Person, other: Person) -> None:
    """Theirs is hidden and holds what mine holds. I learn nothing, and neither do they from me being in one."""
    mine, theirs = told.crime(bank, WALLETS[0]), told.crime(other, WALLETS[0], handling=told.CLOSED_HIDDEN)
    rebuild()
    assert told.operation(mine) is None
    assert told.operation(theirs) is None
    with viewer(factory.as_viewer(bank)) as who:
        assert queries.operations(who).count == 0


def test_a_hidden_report_joins_what_stands_without_it(bank: Person, other: Person, third: Person) -> None:
    mine, more = told.crime(bank, WALLETS[0]), told.crime(third, WALLETS[0])
    rebuild()
    with viewer(factory.as_viewer(bank)) as who:
        before = queries.operations(who).lines[0]
        others = queries.others(who, before.id)
    hidden = told.crime(other, WALLETS[0], handling=told.CLOSED_HIDDEN)
    rebuild()
    assert told.operation(hidden) == told.operation(mine) == told.operation(more)
    with viewer(factory.as_viewer(bank)) as who:
        after = queries.operations(who).lines[0]
        assert (after.crimes, after.reports, after.organisations, after.score) == (
            before.crimes, before.reports, before.organisations, before.score,
        )  # fmt: skip
        assert queries.others(who, after.id) == others
    with viewer(factory.as_viewer(other)) as who:
        assert queries.operations(who).lines[0].crimes == 3


def test_what_others_hold_is_counted_as_they_allow(bank: Person, other: Person, third: Person) -> None:
    mine = told.crime(bank, WALLETS[0])
    told.crime(other, WALLETS[0], handling=told.CLOSED)
    told.crime(third, WALLETS[0], handling=told.OPEN)
    rebuild()
    with viewer(factory.as_viewer(bank)) as who:
        shown = queries.operations(who).lines[0]
        assert (shown.crimes, shown.organisations) == (2, 2)
        found = queries.others(who, shown.id)
    assert (found.crimes, found.reports, found.organisations, list(found.names)) == (1, 1, 1, [])
    outsider = factory.person(factory.organisation("Applicant", state="applicant"))
    with viewer(factory.as_viewer(outsider)) as who:
        assert queries.operations(who).count == 0
        assert queries.others(who, told.operation(mine) or 0).reports == 0
        with pytest.raises(Operation.DoesNotExist):
            queries.operation(who, shown.reference)


def test_who_forgets_the_viewer_sees_nothing(bank: Person, other: Person) -> None:
    told.crime(bank, WALLETS[0])
    told.crime(other, WALLETS[0])
    rebuild()
    assert not Operation.objects.exists()
    assert not OperationCrime.objects.exists()
    with viewer(factory.as_viewer(bank)):
        assert OperationCrime.objects.count() == 2
        assert not OperationValue.objects.exists(), "what a value tells is nobody's to read"
    with linker():
        assert OperationValue.objects.count() == 1


def test_a_fault_leaves_operations_as_they_were(bank: Person, other: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    one = told.crime(bank, WALLETS[0])
    told.crime(other, WALLETS[0])
    rebuild()
    monkeypatch.setattr("hueandcry.linkage.operations.rebuild._via", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        rebuild()
    assert told.operation(one) is not None
    with linker():
        assert "ZeroDivisionError" in Run.objects.latest("id").error


@settings(max_examples=200, deadline=None)
@given(Drawn)
def test_the_same_groups_keep_their_operations(label: list[int]) -> None:
    drawn, none = np.array(label), np.zeros(len(label), np.int64)
    leaves = np.zeros(len(label), np.bool_)
    first = identity(drawn, none, leaves).crimes
    numbered = np.where(first < 0, 100 - first, 0)
    again = identity(drawn + np.where(drawn >= 0, 7, 0), numbered, leaves)
    assert (again.crimes == numbered).all()
    assert (again.fresh, len(again.moved), len(again.ended)) == (0, 0, 0)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.integers(-1, 4), st.integers(0, 3)), min_size=1, max_size=12))
def test_an_operation_goes_on_as_what_most_of_its_crimes_are_in(drawn: list[tuple[int, int]]) -> None:
    label, before = (np.array([row[i] for row in drawn]) for i in range(2))
    found = identity(label, before, np.zeros(len(label), np.bool_))
    assert ((found.crimes == 0) == (label < 0)).all(), "alone is in none, and nobody else is"
    for group in np.unique(label[label >= 0]):
        assert len(np.unique(found.crimes[label == group])) == 1, "a group is one operation"
    taken = [int(found.crimes[label == group][0]) for group in np.unique(label[label >= 0])]
    assert len(set(taken)) == len(taken), "no two groups are one operation"
    assert sorted(-x for x in taken if x < 0) == list(range(1, found.fresh + 1))
    for old, new in zip(found.ended, found.into, strict=True):
        assert old not in found.crimes
        assert new == 0 or new in found.crimes[before == old]
    best = {
        o: max(((before == o) & (label == g)).sum() for g in np.unique(label[label >= 0]))
        for o in set(before[label >= 0]) - {0}
    }
    if best:
        surest = max(best, key=lambda o: (best[o], -o))
        assert surest in taken or list(best.values()).count(best[surest]) > 1, "the largest overlap is kept"
