"""Columns recognised by name: in several languages, never an answer."""

from __future__ import annotations

import pytest

from hueandcry.linkage.matching.columns import id_column, plain, recognised


@pytest.mark.parametrize(
    ("name", "trait"),
    [
        ("First Name", "given"), ("given_name", "given"), ("Vorname", "given"), ("prénom", "given"),
        ("firstName", "given"),
        ("imię", "given"), ("nombre", "given"), ("surname", "surname"), ("Nachname", "surname"), ("nom", "surname"),
        ("apellidos", "surname"), ("Příjmení", "surname"), ("full_name", "full"), ("Name", "full"),
        ("victim name", "full"),
        ("first_and_surname", "full"), ("dob", "born"), ("Date of Birth", "born"), ("Geburtsdatum", "born"),
        ("fecha de nacimiento", "born"), ("data_urodzenia", "born"), ("date_of_birth", "born"), ("Town", "place"),
        ("Wohnort", "place"), ("ville", "place"), ("birth_place", "place"), ("suburb", "place"), ("PLZ", "postcode"),
        ("postcode_fake", "postcode"), ("Code postal", "postcode"), ("E-Mail", "email"), ("victim_email", "email"),
        ("courriel", "email"), ("Telefonnummer", "phone"), ("mobile number", "phone"), ("soc_sec_id", "national"),
        ("PESEL", "national"), ("codice fiscale", "national"), ("address_1", "street"),
        ("Straße", "street"),
        ("street_number", "house"), ("Hausnummer", "house"),
        ("state", "region"), ("gender", "sex"), ("occupation", "work"),
    ],
)  # fmt: skip
def test_recognised(name: str, trait: str) -> None:
    assert recognised([name]) == {trait: (name,)}


@pytest.mark.parametrize(
    "name",
    [
        "cluster", "Cluster name", "label", "true_name_label", "group name", "truth", "entity", "match_name",
        "is_duplicate",
        "last_updated", "company name", "created", "status", "amount", "", "id", "unique_id", "split", "first_seen",
        "statement", "network", "update",
    ],
)  # fmt: skip
def test_not_recognised(name: str) -> None:
    assert recognised([name]) == {}


def test_the_best_of_several_comes_first() -> None:
    assert recognised(["email of the bank", "email"])["email"] == ("email", "email of the bank")


def test_names_are_plain() -> None:
    assert plain(" Vor-Name_des KUNDEN ") == "vor name des kunden"
    assert plain("dateOfBirth") == "date of birth"


def test_the_column_of_ids() -> None:
    assert id_column(["name", "Rec ID", "town"]) == "Rec ID"
    assert id_column(["id", "unique_id"]) == "unique_id"
    assert id_column(["name", "cluster"]) is None
