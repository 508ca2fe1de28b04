"""Channels: told, seen by whom they are for, confirmed, withdrawn; and what others learn of requests over them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection

from hueandcry.capacity.channels import actions, queries
from hueandcry.capacity.channels.actions import Told
from hueandcry.capacity.models import Channel, ChannelUse
from hueandcry.members.actions import Refused
from hueandcry.members.viewer import ANYONE, Viewer, viewer
from tests import factory

pytestmark = pytest.mark.usefixtures("database")
TODAY = date.today()  # noqa: DTZ011 - the day that the action compares with is UTC's; the tests use days well before it


def told(**more: Any) -> Told:
    held: dict[str, Any] = {
        "country": "MZ",
        "kind": "24/7",
        "name": "Serviço Nacional de Investigação Criminal",
        "source": "Council of Europe, list of 24/7 points of contact",
        "source_day": date(2026, 3, 1),
        "email": "247@example.org",
        "requests": ["preservation"],
        "languages": ["pt"],
    }
    return Told(**(held | more))


def officer(kind: str = "law-enforcement", country: str = "PT", roles: tuple[str, ...] = ("officer",)) -> Viewer:
    return factory.as_viewer(factory.person(factory.organisation(kind=kind, country=country), roles))


def seen(by: Viewer) -> list[str]:
    with viewer(by):
        return [row.name for row in queries.channels(by)]


def test_a_country_outside_the_alliance_is_reachable_like_one_inside() -> None:
    by = officer()
    actions.add(by=by, told=told())
    assert seen(officer(kind="business")) == ["Serviço Nacional de Investigação Criminal"]


def test_outsiders_see_no_channel() -> None:
    by = officer()
    actions.add(by=by, told=told())
    suspended = factory.as_viewer(factory.person(factory.organisation(state="suspended"), ("officer",)))
    applicant = factory.as_viewer(factory.person(factory.organisation(state="applicant"), ("officer",)))
    assert [seen(each) for each in (ANYONE, suspended, applicant)] == [[], [], []]


def test_a_closed_channel_is_for_law_enforcement_and_who_told_it() -> None:
    bank = officer(kind="business")
    actions.add(by=bank, told=told(closed=True))
    assert seen(bank) and seen(officer())
    assert not seen(officer(kind="business"))


@pytest.mark.parametrize(
    "wrong",
    [
        {"country": "ZZ"},
        {"kind": "friend"},
        {"name": "  "},
        {"source": ""},
        {"requests": ["favour"]},
        {"source_day": TODAY + timedelta(days=3)},
        {"email": ""},
    ],
)
def test_what_is_wrong_is_refused_and_nothing_is_kept(wrong: dict[str, Any]) -> None:
    by = officer()
    with pytest.raises(Refused):
        actions.add(by=by, told=told(**wrong))
    assert seen(by) == []


def test_a_reader_writes_no_channel() -> None:
    with pytest.raises(Refused):
        actions.add(by=officer(roles=("reader",)), told=told())


def test_only_who_told_it_or_the_secretariat_withdraws_it() -> None:
    by = officer()
    made = actions.add(by=by, told=told())
    with pytest.raises(Refused):
        actions.withdraw(by=officer(), channel=made)
    office = factory.as_viewer(factory.person(factory.office(), ("secretary", "administrator")))
    actions.withdraw(by=office, channel=made)
    assert seen(by) == []


def test_a_median_shows_only_once_three_organisations_told() -> None:
    by = officer()
    made = actions.add(by=by, told=told())
    for number, days in enumerate((2, 10, 4)):
        asker = officer(country="FR")
        sent = date(2026, 5, 1)
        with viewer(by):
            pk = queries.channel(by, made).pk
            assert queries.times(by, [pk]) == {}, number
        actions.asked(
            by=asker, channel=made, request="preservation", sent_on=sent,
            answered_on=sent + timedelta(days=days), outcome="answered",
        )  # fmt: skip
    actions.asked(by=by, channel=made, request="police", sent_on=date(2026, 6, 1), answered_on=None, outcome="waiting")
    with viewer(by):
        assert queries.times(by, [pk]) == {pk: queries.Times(4.0, 3, 1)}
        assert [use.request for use in queries.own_uses(by, pk)] == ["police"]


def test_a_waiting_request_is_answered_by_its_own_organisation_alone() -> None:
    by = officer()
    made = actions.add(by=by, told=told())
    sent = date(2026, 5, 1)
    actions.asked(by=by, channel=made, request="police", sent_on=sent, answered_on=None, outcome="waiting")
    use = ChannelUse.objects.using("owner").get()
    with pytest.raises(ChannelUse.DoesNotExist):
        actions.answered(by=officer(), use=use.pk, answered_on=sent, outcome="answered")
    with pytest.raises(Refused):
        actions.answered(by=by, use=use.pk, answered_on=sent - timedelta(days=1), outcome="answered")
    actions.answered(by=by, use=use.pk, answered_on=sent + timedelta(days=3), outcome="refused")
    assert ChannelUse.objects.using("owner").get().outcome == "refused"


def test_a_direct_write_in_somebody_elses_name_changes_nothing() -> None:
    by = officer()
    made = actions.add(by=by, told=told())
    with viewer(officer()), connection.cursor() as cursor:
        cursor.execute("UPDATE capacity_channel SET email = 'evil@example.org'")
        assert cursor.rowcount == 0
    assert Channel.objects.using("owner").get(reference=made).email == "247@example.org"
