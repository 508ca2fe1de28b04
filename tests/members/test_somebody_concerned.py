"""Somebody writes: what do you hold on me, correct it, erase it. The way of docs/guides/data-protection-officer.md."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from hueandcry.audit import chain
from hueandcry.exchange.recall.actions import tell_due
from hueandcry.members.models import Person
from hueandcry.members.viewer import viewer
from tests import factory
from tests.exchange import send

pytestmark = pytest.mark.usefixtures("database")
VALUE = "augusta@kaluva.example"


def page(person: Person, address: str) -> str:
    answer = factory.signed_in(person).get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def acts(client: Client, query: str) -> list[tuple[str, str, str]]:
    """(organisation, verb, kind) of the record's acts that fit."""
    answer: Any = client.get(f"/audit/?format=csv&{query}")
    rows = csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode()))
    return [(row["organisation"], row["verb"], row["kind"]) for row in rows]


def test_found_told_erased_and_proven(database: Path) -> None:
    bank, police = factory.organisation("Bank"), factory.organisation("Police")
    analyst, officer = factory.person(bank, ["analyst"]), factory.person(bank, ["dpo"])
    reader, whole = factory.person(police, ["analyst"]), factory.person(factory.office(), ["dpo"])
    report = send.form(analyst, "An invoice in her name", known=VALUE)
    with viewer(factory.as_viewer(analyst)):
        where, sent = f"/reports/{report.reference}/", f"/submissions/{report.submission.reference}/"

    # find: the officer of the bank finds the report by the value; who read it, the alliance's officer sees
    assert "An invoice in her name" in page(officer, f"/reports/?q={VALUE}")
    page(reader, where)
    own = factory.signed_in(officer)
    own.get(where)
    assert (str(bank.pk), "read", "report") in acts(own, f"thing={where}")
    by_number = acts(factory.signed_in(whole), f"kind=report&thing={report.pk}")
    assert {(str(bank.pk), "read", "report"), (str(police.pk), "read", "report")} <= set(by_number)

    # erase, by who sent it; who had it is told, and the bank's officer sees who has confirmed
    assert factory.signed_in(analyst).post(f"{sent}erase/", {"reason": "She asked."}).status_code == 302
    tell_due()
    assert "rased" in page(reader, "/recalls/?side=theirs")
    assert "rased" in page(officer, "/recalls/?side=ours")
    for person in (analyst, officer, reader):
        assert "An invoice in her name" not in page(person, f"/reports/?q={VALUE}")

    # prove it: the act stands, sealed, under the address of the receipt; the record holds neither value nor reason
    assert (str(bank.pk), "erase", "submission") in acts(own, f"thing={sent}")
    chain.seal(database)
    assert chain.verify(database).faults == []
    assert VALUE not in page(whole, "/audit/")
