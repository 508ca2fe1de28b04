"""Telling: who is told, what is kept, and that a notice is its reader's alone."""

import pytest
from django.db import ProgrammingError, connection

from hueandcry.members.models import Person
from hueandcry.members.viewer import viewer
from hueandcry.notices import actions
from hueandcry.notices.models import Notice
from tests import factory

pytestmark = pytest.mark.usefixtures("database")


def told(person: Person) -> list[str]:
    with viewer(factory.as_viewer(person)):
        return list(Notice.objects.order_by("pk").values_list("title", flat=True))


def test_the_roles_of_an_organisation_are_told_and_nobody_else() -> None:
    bank, other = factory.organisation(), factory.organisation()
    analyst, reader = factory.person(bank), factory.person(bank, ["reader"])
    closed, stranger = factory.person(bank, active=False), factory.person(other)
    assert actions.tell(kind="hit", title="A hit", organisations=[bank.pk]) == 1
    assert (told(analyst), told(reader), told(stranger)) == (["A hit"], [], [])
    assert Notice.objects.using("owner").filter(person=closed.pk).count() == 0


def test_people_are_told_once_whoever_names_them() -> None:
    bank = factory.organisation()
    analyst, reader = factory.person(bank), factory.person(bank, ["reader"])
    many = actions.tell(kind="answer", title="Answered", organisations=[bank.pk], people=[analyst.pk, reader.pk])
    assert many == 2
    assert (told(analyst), told(reader)) == (["Answered"], ["Answered"])


def test_told_inside_a_viewer_goes_with_its_transaction() -> None:
    bank, other = factory.organisation(), factory.organisation()
    analyst, stranger = factory.person(bank), factory.person(other)
    with pytest.raises(RuntimeError, match="no"), viewer(factory.as_viewer(analyst)):
        actions.tell(kind="hit", title="Not so", organisations=[other.pk])
        raise RuntimeError("no")
    with viewer(factory.as_viewer(analyst)):
        actions.tell(kind="hit", title="So", organisations=[other.pk])
    assert told(stranger) == ["So"]


def test_who_has_left_is_not_told() -> None:
    left = factory.organisation(state="left")
    factory.person(left)
    assert actions.tell(kind="hit", title="A hit", organisations=[left.pk]) == 0


def test_a_notice_stays_with_the_organisation_it_came_to() -> None:
    bank, other = factory.organisation(), factory.organisation()
    analyst = factory.person(bank)
    actions.tell(kind="hit", title="For the bank", people=[analyst.pk])
    Person.objects.filter(pk=analyst.pk).update(organisation_id=other.pk)
    assert told(analyst) == []


def test_without_a_viewer_there_are_no_notices() -> None:
    analyst = factory.person(factory.organisation())
    actions.tell(kind="hit", title="A hit", people=[analyst.pk])
    assert Notice.objects.count() == 0


def test_what_was_said_stays_said() -> None:
    analyst = factory.person(factory.organisation())
    actions.tell(kind="hit", title="A hit", people=[analyst.pk])
    with pytest.raises(ProgrammingError, match="permission denied"), viewer(factory.as_viewer(analyst)):
        Notice.objects.update(title="No hit")
    connection.close()


@pytest.mark.parametrize("link", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:1"])
def test_links_lead_nowhere_else(link: str) -> None:
    with pytest.raises(ValueError, match="path of this site"):
        actions.tell(kind="hit", title="A hit", link=link)


def test_unknown_kinds_are_refused_and_titles_are_one_line() -> None:
    with pytest.raises(ValueError, match="no kind"):
        actions.tell(kind="gossip", title="x")
    analyst = factory.person(factory.organisation())
    actions.tell(kind="hit", title="A hit\r\nBcc: everybody@example.org\0", people=[analyst.pk])
    assert told(analyst) == ["A hit Bcc: everybody@example.org"]
