"""The victim's area and shared reference from every way in to every way out: kept as little, shown as less."""

from __future__ import annotations

import json
import uuid
from typing import Any

import orjson
import pytest
from django.conf import settings

from hueandcry.exchange import actions_report, export, misp_tags, stix_out, victims
from hueandcry.exchange.actions import Refused
from hueandcry.exchange.drafts import Options
from hueandcry.exchange.misp_feed import files, tags
from hueandcry.exchange.models import Report, Revision
from hueandcry.exchange.stix import read as read_stix
from hueandcry.members import actions as members
from hueandcry.members.models import Person
from tests import factory
from tests.exchange import send

pytestmark = pytest.mark.usefixtures("database")
NUMBER = "PT-2026-0012345"
HEADER = "case number,date,victim country,ip,victim postcode,crime reference number"


@pytest.fixture
def bank() -> Person:
    return factory.person(factory.organisation("A Bank"))


@pytest.fixture
def police() -> Person:
    return factory.person(factory.organisation("A Police", kind="law-enforcement"))


def only(person: Person) -> Report:
    return Report.objects.using("owner").get(organisation=person.organisation)


def hash_of(number: str) -> str:
    return victims.hashed(victims.reference(number), settings.SECRET_KEY)


def bundle(**more: Any) -> bytes:
    stamp = {"created": "2026-01-01T00:00:00.000Z", "modified": "2026-01-01T00:00:00.000Z", "spec_version": "2.1"}
    ids = {kind: f"{kind}--{uuid.uuid4()}" for kind in ("incident", "location", "relationship", "bundle")}
    objects = [
        {"type": "incident", "id": ids["incident"], "name": "A fraud", **stamp, **more},
        {"type": "location", "id": ids["location"], "country": "DE", "postal_code": "28195", **stamp},
        {
            "type": "relationship", "id": ids["relationship"], "relationship_type": "located-at",
            "source_ref": ids["incident"], "target_ref": ids["location"], **stamp,
        },
    ]  # fmt: skip
    return json.dumps({"type": "bundle", "id": ids["bundle"], "objects": objects}).encode()


def test_a_table_s_columns_are_guessed_and_kept_as_area_and_fingerprint(bank: Person) -> None:
    send.file(bank, f"{HEADER}\nA-1,2026-03-01,PT,198.51.100.7,1000-205,{NUMBER}\n".encode(), "table.csv")
    report = only(bank)
    assert (report.victim_area, report.victim_reference) == ("100", hash_of(NUMBER))


def test_several_reporters_share_it_however_each_writes_it(bank: Person, police: Person) -> None:
    send.form(bank, "A false invoice", country="PT", area="1000-205", reference="pt 2026 0012345")
    reference = {"source_name": "National crime reference number", "external_id": NUMBER}
    send.file(police, bundle(external_references=[{"source_name": "blog", "external_id": "x-99999999"}, reference]))
    assert only(bank).victim_reference == only(police).victim_reference == hash_of(NUMBER)
    assert (only(bank).victim_area, only(police).victim_area) == ("100", "281")


def test_an_internal_number_of_a_bundle_is_no_shared_one(police: Person) -> None:
    send.file(police, bundle(external_references=[{"source_name": "our ticket", "external_id": NUMBER}]))
    assert only(police).victim_reference == ""


def test_what_is_neither_is_told_without_being_repeated(bank: Person) -> None:
    send.file(bank, f"{HEADER}\nA-1,2026-03-01,PT,198.51.100.7,Rua Augusta 9,see letter\n".encode(), "table.csv")
    report = only(bank)
    assert (report.victim_area, report.victim_reference) == ("", "")
    reasons = [remark.reason for remark in report.submission.remarks.using("owner").filter(kind="loss")]
    assert any("is no postal code" in reason for reason in reasons)
    assert any("cannot be a shared reference" in reason for reason in reasons)
    assert not any("Augusta" in reason or "letter" in reason for reason in reasons)


def test_a_row_sent_again_says_what_it_now_says(bank: Person) -> None:
    for area, number in (("1000-205", NUMBER), ("2000-100", "")):
        send.file(bank, f"{HEADER}\nA-1,2026-03-01,PT,198.51.100.7,{area},{number}\n".encode(), "table.csv")
    report = only(bank)
    assert (report.victim_area, report.victim_reference) == ("200", "")
    before = Revision.objects.using("owner").get(report=report).before
    assert before["victim_area"] == "100" and hash_of(NUMBER) not in json.dumps(before)


def test_correcting_cuts_and_hashes_and_history_has_no_hash(bank: Person) -> None:
    report = send.form(bank, "A false invoice", country="PT")
    by = factory.as_viewer(bank)
    for number in (NUMBER, "PT-2026-0054321"):
        actions_report.correct(by=by, report=report.pk, reason="x", victim_area="3000-111", victim_reference=number)
    found = only(bank)
    assert (found.victim_area, found.victim_reference) == ("300", hash_of("PT-2026-0054321"))
    told = json.dumps([one.before for one in Revision.objects.using("owner").filter(report=report)])
    assert hash_of(NUMBER) not in told and NUMBER not in told
    for wrong in ({"victim_area": "Lisboa"}, {"victim_reference": "n/a"}):
        with pytest.raises(Refused):
            actions_report.correct(by=by, report=report.pk, reason="x", **wrong)


def test_the_page_of_correcting_leaves_the_reference_as_it_is(bank: Person) -> None:
    report = send.form(bank, "A false invoice", country="PT", kind="invoice", area="1000-205", reference=NUMBER)
    client = factory.signed_in(bank)
    page = client.get(f"/reports/{report.reference}/correct/")
    assert hash_of(NUMBER) not in page.content.decode()
    sent = {f.name: f.value() for f in page.context["form"] if f.value() not in (None, "", [])}
    client.post(f"/reports/{report.reference}/correct/", sent | {"title": "Other", "reason": "x"})
    assert (only(bank).title, only(bank).victim_reference) == ("Other", hash_of(NUMBER))


def test_no_page_and_no_file_shows_number_or_hash(bank: Person, police: Person) -> None:
    report = send.form(bank, "A false invoice", country="PT", area="1000-205", reference=NUMBER)
    client = factory.signed_in(police)
    parts = ("values", "links", "account", "classes", "objects", "handling", "log")
    pages = {part: client.get(f"/reports/{report.reference}/?part={part}").content.decode() for part in parts}
    assert "Postal area" in pages["account"] and "has a reference that others may hold too" in pages["account"]
    by = factory.as_viewer(police)
    told = [
        *pages.values(),
        b"".join(export.stix_bundle(by)).decode(),
        b"".join(export.csv_table(by)).decode(),
        b"".join(files.misp_events(by)).decode(),
    ]
    for text in told:
        assert NUMBER not in text and hash_of(NUMBER) not in text and "1000-205" not in text
    assert '"victim_area":"100"' in told[len(parts)] and ",100," in told[len(parts) + 1]


def test_stix_and_misp_of_ours_bring_the_area_back(bank: Person) -> None:
    send.form(bank, "A false invoice", country="GB", area="SW1A 1AA", reference=NUMBER)
    report = only(bank)
    out = stix_out.OutReport(
        id=report.reference, title="x", created=report.created_at, modified=report.created_at,
        victim_countries=("GB",), victim_area=report.victim_area,
    )  # fmt: skip
    told = [orjson.loads(text) for text in stix_out.objects(out)]
    raw = orjson.dumps({"type": "bundle", "id": f"bundle--{uuid.uuid4()}", "objects": told})
    drafts = [one for one in read_stix(raw, Options()) if type(one).__name__ == "ReportDraft"]
    assert [one.victim_area for one in drafts] == ["SW1A"]  # type: ignore[union-attr]
    assert misp_tags.facts(tags.facts(out))["victim_area"] == "SW1A"


def test_rest_gives_the_area_and_takes_a_reference_without_giving_it_back(bank: Person) -> None:
    report = send.form(bank, "A false invoice", country="PT")
    token = members.add_token(by=factory.as_viewer(bank), name="t", scopes=["read", "submit"], days=1)
    headers = {"Authorization": f"Bearer {token}"}
    client = factory.signed_in(bank)
    path = f"/api/v1/reports/{report.reference}"
    body = json.dumps({"reason": "x", "victim_area": "4000-007", "victim_reference": NUMBER})
    assert client.patch(path, body, content_type="application/json", headers=headers).status_code == 200
    answer = client.get(path, headers=headers)
    assert answer.json()["victim_area"] == "400"
    assert NUMBER not in answer.content.decode() and hash_of(NUMBER) not in answer.content.decode()
    assert only(bank).victim_reference == hash_of(NUMBER)
    wrong = client.patch(path, body.replace(NUMBER, "n/a"), content_type="application/json", headers=headers)
    assert wrong.status_code == 422
