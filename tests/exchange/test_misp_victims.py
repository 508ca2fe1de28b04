"""Whom a MISP event says it hit, in the places that communities use; own tickets and movements of money are neither."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hueandcry.exchange import misp, misp_victims
from hueandcry.exchange.drafts import Loss, Options, ReportDraft

UUID = "5bbe59a6-2e48-4da3-9e01-01550a016219"
NUMBER = "GB-2026-1234567"


def attribute(kind: str, value: Any, category: str = "Other", **more: Any) -> dict[str, Any]:
    return {"type": kind, "category": category, "value": value, "comment": "", **more}


def item(name: str, *told: tuple[str, str], **more: Any) -> dict[str, Any]:
    rows = [attribute("text", value, object_relation=relation, **more) for relation, value in told]
    return {"name": name, "Attribute": rows}


def read(*attributes: Any, objects: Any = (), **more: Any) -> tuple[ReportDraft, list[str]]:
    event = {
        "uuid": UUID,
        "info": "Phishing",
        "date": "2026-03-04",
        "Attribute": list(attributes),
        "Object": list(objects),
    }
    drafts = list(misp.read(json.dumps({"Event": event | more}).encode(), Options()))
    report = next(one for one in drafts if isinstance(one, ReportDraft))
    return report, [one.what for one in drafts if isinstance(one, Loss)]


@pytest.mark.parametrize(
    ("attributes", "objects"),
    [
        ([], [item("victim", ("reference", NUMBER), ("regions", "GB"))]),
        ([], [item("report", ("case-number", NUMBER), ("title", "Fraud"))]),
        ([attribute("text", NUMBER, "Internal reference", comment="police case number")], []),
        ([attribute("text", f"Crime reference {NUMBER}", "Internal reference")], []),
        ([attribute("comment", f"Reported to the police, crime reference {NUMBER}.")], []),
        ([], [item("annotation", ("text", f"Police report number: {NUMBER}"))]),
    ],
    ids=["victim", "report", "labelled", "within", "comment", "annotation"],
)
def test_the_number_of_a_case_is_read_where_communities_write_it(attributes: Any, objects: Any) -> None:
    assert read(*attributes, objects=objects)[0].victim_reference == "GB20261234567"


@pytest.mark.parametrize(
    "one",
    [
        attribute("text", NUMBER, "Internal reference"),
        attribute("text", NUMBER, "Internal reference", comment="our ticket"),
        attribute("text", NUMBER, "Other"),
        attribute("link", f"https://rt.example/Ticket?id={NUMBER}", "Internal reference", comment="case number"),
        attribute("comment", f"Our reference: {NUMBER}"),
        attribute("comment", f"crime reference {NUMBER}", deleted=True),
        attribute("text", "+44 113 496 0000", "Internal reference", comment="police case number"),
        attribute("text", "DE89370400440532013000", "Internal reference", comment="case number"),
    ],
)
def test_a_number_of_the_publishers_own_is_none_that_others_hold(one: Any) -> None:
    assert read(one)[0].victim_reference == ""


def test_several_numbers_are_told_and_none_is_taken() -> None:
    report, losses = read(objects=[item("victim", ("reference", NUMBER), ("reference", "GB-2026-7654321"))])
    assert report.victim_reference == "" and any("2 numbers of cases" in one for one in losses)


def test_country_and_area_of_a_target() -> None:
    place = attribute("target-location", "DE", "Targeting data", comment="victim, postal code 28195")
    assert (read(place)[0].victim_countries, read(place)[0].victim_area) == (("DE",), "281")
    there = attribute("target-location", "28195 Bremen, Germany", "Targeting data", comment="PLZ 28195")
    assert (read(there)[0].victim_countries, read(there)[0].victim_area) == (("DE",), "281")
    two = attribute("target-location", "FR", "Targeting data", comment="code postal 75011")
    assert read(place, two)[0].victim_area == ""
    assert read(place, two)[0].victim_countries == ("DE", "FR")


def test_where_a_server_stands_is_not_where_the_victim_lives() -> None:
    assert read(objects=[item("geolocation", ("zipcode", "28195"), ("country", "DE"))])[0].victim_area == ""
    told = item("geolocation", ("zipcode", "28195"), comment="address of the victim")
    assert read(objects=[told])[0].victim_area == "281"


def test_branch_and_kind_of_victim() -> None:
    report, _ = read(objects=[item("victim", ("sectors", "healthcare"), ("classification", "organization"))])
    assert (report.victim_sector, report.victim_size) == ("R", "")
    assert read(objects=[item("victim", ("classification", "individual"), ("regions", "x"))])[0].victim_size == "person"


def test_the_sum_of_one_transaction_is_a_loss_and_of_several_none() -> None:
    paid = item("transaction", ("amount", "1.200,50 EUR"), ("date", "2026-03-04"))
    assert (read(objects=[paid])[0].loss_amount, read(objects=[paid])[0].loss_currency) == (Decimal("1200.50"), "EUR")
    bare, account = item("transaction", ("amount", "1200")), item("bank-account", ("currency-code", "PLN"))
    assert read(objects=[bare])[0].loss_amount is None
    assert read(objects=[bare, account])[0].loss_currency == "PLN"
    assert read(objects=[paid, paid])[0].loss_amount is None
    assert read(objects=[item("transaction", ("amount", "all of it"))])[0].loss_amount is None


def test_what_our_own_tags_say_comes_first() -> None:
    tags = [{"name": 'hueandcry:victim-country="PL"'}, {"name": 'hueandcry:victim-area="009"'}]
    place = attribute("target-location", "DE", "Targeting data", comment="PLZ 28195")
    report, _ = read(place, Tag=tags)
    assert (report.victim_countries, report.victim_area) == (("PL",), "009")


def test_only_so_many_attributes_are_looked_at() -> None:
    many = [attribute("comment", f"line {n}") for n in range(misp_victims.MOST)]
    assert read(*many, attribute("comment", f"crime reference {NUMBER}"))[0].victim_reference == ""


@given(
    st.sampled_from(["victim", "report", "transaction", "bank-account", "geolocation", "annotation", "x"]),
    st.sampled_from(["reference", "regions", "sectors", "case-number", "amount", "currency-code", "zipcode", "text"]),
    st.sampled_from(["text", "comment", "target-location"]),
    st.one_of(st.text(max_size=40), st.integers(), st.none(), st.lists(st.integers(), max_size=2)),
    st.one_of(st.text(max_size=40), st.none(), st.integers()),
)
def test_nothing_is_raised(name: str, relation: str, kind: str, value: Any, comment: Any) -> None:
    one = {
        "type": kind,
        "value": value,
        "comment": comment,
        "object_relation": relation,
        "category": "Internal reference",
    }
    read(one, objects=[{"name": name, "Attribute": [one]}])
