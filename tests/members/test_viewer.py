"""The viewer and row-level security of the members desk: who sees which organisation, circle, agreement."""

from __future__ import annotations

import pytest
from django.db import ProgrammingError, connection, transaction

from hueandcry.members import actions_circle
from hueandcry.members.models import Agreement, Circle, CircleMember, Organisation
from hueandcry.members.viewer import ANYONE, Viewer, viewer
from tests import factory

pytestmark = pytest.mark.usefixtures("database")


def seen(who: Viewer) -> tuple[set[str], set[str], int, int]:
    """Organisations, circles, memberships of circles and agreements that this viewer sees."""
    with viewer(who):
        return (
            set(Organisation.objects.values_list("name", flat=True)),
            set(Circle.objects.values_list("name", flat=True)),
            CircleMember.objects.count(),
            Agreement.objects.count(),
        )


def test_no_viewer_sees_nothing() -> None:
    one = factory.organisation("One")
    factory.circle("Ring", [one])
    assert not Organisation.objects.exists()
    assert not Circle.objects.exists()
    assert not CircleMember.objects.exists()
    assert not Agreement.objects.exists()


def test_who_sees_which_organisation_and_circle() -> None:
    one, two = factory.organisation("One"), factory.organisation("Two")
    applicant = factory.organisation("New", state="applicant")
    suspended = factory.organisation("Out", state="suspended")
    office = factory.office()
    factory.circle("Ring", [one, two])
    factory.circle("Pair", [two, suspended])
    Agreement.objects.using("owner").create(organisation_id=one.pk, version="2026-11")
    everything = {"One", "Two", "New", "Out", "Secretariat"}
    truth = {
        "anonymous": (ANYONE, (set(), set(), 0, 0)),
        "own": (factory.as_viewer(factory.person(one)), (everything, {"Ring"}, 2, 1)),
        "other": (factory.as_viewer(factory.person(two)), (everything, {"Ring", "Pair"}, 4, 0)),
        "applicant": (factory.as_viewer(factory.person(applicant)), ({"New"}, set(), 0, 0)),
        "suspended": (factory.as_viewer(factory.person(suspended)), ({"Out"}, set(), 0, 0)),
        "secretary": (factory.as_viewer(factory.person(office, ["secretary"])), (everything, {"Ring", "Pair"}, 4, 1)),
        "reader of the office": (factory.as_viewer(factory.person(office, ["reader"])), (everything, set(), 0, 0)),
    }
    assert {name: seen(who) for name, (who, _) in truth.items()} == {name: right for name, (_, right) in truth.items()}


def test_a_closed_account_is_nobody() -> None:
    closed = factory.as_viewer(factory.person(factory.organisation("One"), active=False))
    assert closed.principals == (1,)


def test_a_viewer_inside_a_transaction_is_refused() -> None:
    with viewer(ANYONE), pytest.raises(RuntimeError), viewer(ANYONE):
        pass
    with transaction.atomic(), pytest.raises(RuntimeError), viewer(ANYONE):
        pass


def test_sight_ends_with_the_block() -> None:
    who = factory.as_viewer(factory.person(factory.organisation("One")))
    with viewer(who):
        assert Organisation.objects.count() == 1
    assert not Organisation.objects.exists()


def test_raw_sql_writes_are_bound_too() -> None:
    """Another member can change neither an organisation nor a circle, whatever SQL it gets to run."""
    one = factory.organisation("One")
    factory.circle("Ring", [one])
    who = factory.as_viewer(factory.person(factory.organisation("Two"), ["administrator"]))
    with viewer(who), connection.cursor() as cursor:
        cursor.execute("UPDATE members_organisation SET name = 'Hacked' WHERE id = %s", [one.pk])
        assert cursor.rowcount == 0
        cursor.execute("DELETE FROM members_circlemember")
        assert cursor.rowcount == 0
        cursor.execute("UPDATE members_circle SET closed_at = now()")
        assert cursor.rowcount == 0


def test_a_circle_that_closes_shows_no_more() -> None:
    one = factory.organisation("One")
    ring = factory.circle("Ring", [one])
    member = factory.person(one)
    assert ring.principal_id in factory.as_viewer(member).principals
    secretary = factory.as_viewer(factory.person(factory.office(), ["secretary"]))
    actions_circle.close_circle(by=secretary, circle=ring.pk)
    assert ring.principal_id not in factory.as_viewer(member).principals


@pytest.mark.parametrize("change", [{"state": "left"}, {"secretariat": True}, {"name": "Another"}, {"country": "FR"}])
def test_a_member_cannot_change_its_own_standing_even_with_sql_of_its_own(change: dict[str, object]) -> None:
    member = factory.organisation("One")
    by = factory.as_viewer(factory.person(member, roles=["administrator"]))
    with pytest.raises(ProgrammingError, match="only the secretariat"), viewer(by):
        Organisation.objects.filter(pk=member.pk).update(**change)
    with viewer(by):
        Organisation.objects.filter(pk=member.pk).update(about="We sell books.")  # what is its own to say stays so
