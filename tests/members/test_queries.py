"""Reads of the desk: people stay within their organisation, and names are said to whom they concern."""

from __future__ import annotations

import pytest

from hueandcry.members import queries
from hueandcry.members.viewer import ANYONE, viewer
from tests import factory

pytestmark = pytest.mark.usefixtures("database")


def test_a_person_is_known_by_name_in_their_own_organisation_only() -> None:
    one, two = factory.organisation("One"), factory.organisation("Two")
    ana = factory.person(one, name="Ana")
    ring = factory.circle("Ring", [one])
    asked = [1, 2, ana.principal_id, one.principal_id, ring.principal_id]
    with viewer(factory.as_viewer(factory.person(one))) as by:
        assert by.vetted
        assert list(queries.names_of(asked).values()) == ["everyone", "the alliance", "Ana", "One", "Ring"]
    with viewer(factory.as_viewer(factory.person(two))):
        assert list(queries.names_of(asked).values()) == ["everyone", "the alliance", "a person of One", "One"]
    with viewer(factory.as_viewer(factory.person(factory.office(), ["secretary"]))):
        assert queries.names_of(asked)[ana.principal_id] == "Ana"
    with viewer(ANYONE):
        said = queries.names_of(asked)
        assert "Ana" not in said.values()
        assert "One" not in said.values()


def test_whose_people_show() -> None:
    one, two = factory.organisation("One"), factory.organisation("Two")
    out = factory.organisation("Out", state="suspended")
    ana = factory.person(one, ["reader"], name="Ana")
    truth = {
        factory.person(one, ["reader"]): True,
        factory.person(two, ["administrator"]): False,
        factory.person(one, []): False,
        factory.person(factory.office(), ["secretary"]): True,
    }
    for person, sees in truth.items():
        by = factory.as_viewer(person)
        with viewer(by):
            assert queries.people(by, one.pk).filter(pk=ana.pk).exists() is sees
            assert (ana.pk in queries.person_names(by, [ana.pk])) is sees
    by = factory.as_viewer(factory.person(out, ["administrator"]))
    with viewer(by):
        assert not queries.people(by, out.pk).exists()


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ({}, ["Bank of B", "cert of A", "Police of B"]),
        ({"words": "of b"}, ["Bank of B", "Police of B"]),
        ({"words": "clients"}, ["Bank of B"]),
        ({"kinds": ["cert", "business"]}, ["Bank of B", "cert of A"]),
        ({"countries": ["EE"]}, ["cert of A"]),
        ({"states": ["suspended"]}, ["Police of B"]),
        ({"kinds": ["cert"], "countries": ["PT"]}, []),
    ],
)
def test_the_directory_is_narrowed(asked: dict[str, object], names: list[str]) -> None:
    bank = factory.organisation("Bank of B", about="We look after clients")
    factory.organisation("cert of A", kind="cert", country="EE")
    factory.organisation("Police of B", kind="law-enforcement", state="suspended")
    by = factory.as_viewer(factory.person(bank))
    with viewer(by):
        found = queries.directory(by, **asked).order_by("name_key")  # type: ignore[arg-type]
        assert list(found.values_list("name", flat=True)) == names
        assert queries.facets(by)["country"] == {"EE": 1, "PT": 2}


def test_who_has_not_accepted_is_told_to_the_office_only() -> None:
    bank = factory.organisation("Bank")
    by = factory.as_viewer(factory.person(bank, ["administrator"]))
    with viewer(by):
        assert queries.directory(by, without_agreement="x").count() == 1
        assert queries.agreements(by, bank.pk) == []
