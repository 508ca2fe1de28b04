"""H1, H2, H3 and PAP at pages and in files: what goes, what waits for whom, and what opens it."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from hueandcry.exchange import actions_report, export
from hueandcry.exchange.actions import Refused
from hueandcry.exchange.handling import Handling
from hueandcry.exchange.models import Permission, Report
from hueandcry.exchange.recall import actions_permission as actions
from hueandcry.exchange.recall import court, signing
from hueandcry.members import actions as members
from hueandcry.members.models import ALLIANCE, Person
from hueandcry.members.viewer import Viewer, viewer
from tests import factory
from tests.exchange import send
from tests.exchange.recall.giving import owner, within

TEXT = "Ask us before you speak to the account holder."


@pytest.fixture
def bank(database: Any) -> Person:
    return factory.person(factory.organisation("Bank"), ["analyst", "administrator"])


@pytest.fixture
def shop(database: Any) -> Person:
    return factory.person(factory.organisation("Shop"), ["analyst", "administrator"])


def sent(bank: Person, *codes: str, pap: str = "", restriction: str = "", word: str = "secretword") -> Report:
    handling = Handling(tlp="GREEN", recipients=(ALLIANCE,), codes=codes, pap=pap, restriction=restriction)
    return send.form(bank, f"{word} was told", handling=handling, known="evil-secret.pt")


def files(by: Viewer) -> bytes:
    return b"".join(export.stix_bundle(by)) + b"".join(export.csv_table(by))


def court_of(by: Viewer) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(b"".join(court.court_file(by)))) as held:
        return {name: held.read(name) for name in held.namelist()}


def test_h2_leaves_no_file_before_the_originator_allowed_it(bank: Person, shop: Person) -> None:
    report = sent(bank, "H2")
    by, originator = factory.as_viewer(shop), factory.as_viewer(bank)
    assert b"secretword" in factory.signed_in(shop).get(f"/reports/{report.reference}/").content
    assert b"secretword" not in files(by)
    assert b"secretword" in files(originator)  # one's own
    asked = actions.ask(by=by, report=report.pk, code="H2", reason="our SIEM")
    assert b"secretword" not in files(by)
    with pytest.raises(Refused, match="asked already"):
        actions.ask(by=by, report=report.pk, code="H2", reason="again")
    actions.answer(by=originator, permission=asked, allowed=True, conditions="the SIEM only")
    assert b"secretword" in files(by)
    actions.answer(by=originator, permission=asked, allowed=False, conditions="no more")
    assert b"secretword" not in files(by)


def test_a_permission_is_for_who_asked_and_for_that_code(bank: Person, shop: Person) -> None:
    other = factory.as_viewer(factory.person(factory.organisation("Other")))
    report = sent(bank, "H1", "H2")
    asked = actions.ask(by=factory.as_viewer(shop), report=report.pk, code="H1", reason="a trial")
    actions.answer(by=factory.as_viewer(bank), permission=asked, allowed=True)
    assert b"secretword" not in files(factory.as_viewer(shop))
    assert b"secretword" not in files(other)


def test_nobody_answers_for_the_originator(bank: Person, shop: Person) -> None:
    report = sent(bank, "H2")
    by = factory.as_viewer(shop)
    asked = actions.ask(by=by, report=report.pk, code="H2", reason="our SIEM")
    with pytest.raises(Permission.DoesNotExist):
        actions.answer(by=by, permission=asked, allowed=True)
    with within(shop):  # past the actions, the database holds
        assert Permission.objects.filter(reference=asked).update(allowed=True) == 0
        with pytest.raises(Exception, match="row-level security"):
            Permission.objects.create(
                report=report, code="H1", organisation=shop.organisation_id, person=shop.pk, allowed=True
            )
    other = factory.person(factory.organisation("Other"))
    with within(other):
        assert not Permission.objects.exists()
    with pytest.raises(Permission.DoesNotExist):
        actions.answer(by=factory.as_viewer(other), permission=asked, allowed=True)


def test_what_is_not_seen_cannot_be_asked_about(bank: Person, shop: Person) -> None:
    report = send.form(bank, handling=Handling(tlp="AMBER", codes=("H2",)))
    with pytest.raises(Report.DoesNotExist):
        actions.ask(by=factory.as_viewer(shop), report=report.pk, code="H2", reason="x")
    assert factory.signed_in(shop).get(f"/reports/{report.reference}/permission/?code=H2").status_code == 404


def test_h3_is_read_before_the_report_shows(bank: Person, shop: Person) -> None:
    report = sent(bank, "H3", restriction=TEXT)
    client, path = factory.signed_in(shop), f"/reports/{report.reference}/"
    page = client.get(path)
    assert TEXT.encode() in page.content
    assert b"evil-secret.pt" not in page.content
    (number,) = owner("SELECT min(id) FROM exchange_object WHERE report_id = %s AND NOT ours", report.pk)[0]
    assert client.get(f"{path}objects/{number}/").status_code == 302
    assert b"secretword" not in files(factory.as_viewer(shop))
    digest = page.content.split(b'name="read" value="')[1].split(b'"')[0].decode()
    client.post(f"{path}restriction/", {"read": "0" * 64})
    assert b"evil-secret.pt" not in client.get(path).content
    client.post(f"{path}restriction/", {"read": digest})
    assert b"evil-secret.pt" in client.get(path).content
    assert client.get(f"{path}objects/{number}/").status_code == 200
    assert b"secretword" in files(factory.as_viewer(shop))
    colleague = factory.person(shop.organisation)
    assert b"evil-secret.pt" in factory.signed_in(colleague).get(path).content
    stranger = factory.person(factory.organisation("Other"))
    assert b"evil-secret.pt" not in factory.signed_in(stranger).get(path).content


def test_a_new_text_is_to_be_read_again(bank: Person, shop: Person) -> None:
    report = sent(bank, "H3", restriction=TEXT)
    actions.acknowledge(by=factory.as_viewer(shop), report=report.pk, read=actions.digest(TEXT))
    stricter = replace(actions_report.handling_of(now(report)), restriction="Tell nobody.")
    actions_report.handle(by=factory.as_viewer(bank), report=report.pk, handling=stricter, reason="it got worse")
    client = factory.signed_in(shop)
    assert b"evil-secret.pt" not in client.get(f"/reports/{report.reference}/").content
    actions.acknowledge(by=factory.as_viewer(shop), report=report.pk, read=actions.digest("Tell nobody."))
    assert b"evil-secret.pt" in client.get(f"/reports/{report.reference}/").content


def now(report: Report) -> Report:
    return Report.objects.using("owner").get(pk=report.pk)


@pytest.mark.parametrize(("pap", "leaves"), [("GREEN", True), ("AMBER", True), ("RED", False)])
def test_pap_red_stays_on_the_page(bank: Person, shop: Person, pap: str, leaves: bool) -> None:
    report = sent(bank, pap=pap)
    assert b"evil-secret.pt" in factory.signed_in(shop).get(f"/reports/{report.reference}/").content
    assert (b"secretword" in files(factory.as_viewer(shop))) == leaves


@pytest.mark.parametrize(("use", "pap", "leaves"), [("passive", "AMBER", True), ("active", "AMBER", False),
                                                    ("", "AMBER", False), ("passive", "RED", False)])  # fmt: skip
def test_pap_amber_is_for_passive_programs(bank: Person, shop: Person, use: str, pap: str, leaves: bool) -> None:
    sent(bank, pap=pap)
    by = replace(factory.as_viewer(shop, channel="api"), use=use)
    assert (b"secretword" in files(by)) == leaves


def test_stamps_stand_in_the_files_and_on_the_page(bank: Person, shop: Person) -> None:
    report = sent(bank, "H0", "H1", pap="AMBER")
    by = factory.as_viewer(shop)
    assert b"not to be used as evidence" in factory.signed_in(shop).get(f"/reports/{report.reference}/").content
    (row,) = csv.DictReader(io.StringIO(b"".join(export.csv_table(by)).decode("utf-8-sig")))
    assert (row["codes"], row["pap"]) == ("H0; H1", "AMBER")
    objects = json.loads(b"".join(export.stix_bundle(by)))["objects"]
    (note,) = [one for one in objects if one["type"] == "note"]
    assert note["labels"] == ["handling:H0", "handling:H1", "pap:amber"]
    assert note["object_refs"] == [f"incident--{report.reference}"]


def test_the_court_file_leaves_h1_out_and_counts_it(bank: Person, shop: Person) -> None:
    sent(bank, word="plainword")
    report = sent(bank, "H0", "H1", word="notforcourt")
    by = factory.as_viewer(shop)
    held = court_of(by)
    assert b"plainword" in held["reports.csv"]
    assert b"plainword" in held["reports.stix.json"]
    assert not any(b"notforcourt" in content or str(report.reference).encode() in content for content in held.values())
    manifest = json.loads(held["manifest.json"])
    assert manifest["left_out"] == [{"reports": 1, "because": ["H1"]}]
    for name, said in manifest["files"].items():
        assert hashlib.sha256(held[name]).hexdigest() == said["sha256"]
    assert signing.verify(held["manifest.json"], held["manifest.sig"], signing.public_key())
    assert not signing.verify(held["manifest.json"] + b" ", held["manifest.sig"], signing.public_key())
    asked = actions.ask(by=by, report=report.pk, code="H1", reason="the trial in May")
    actions.answer(by=factory.as_viewer(bank), permission=asked, allowed=True, conditions="Name us as the source.")
    held = court_of(by)
    assert b"notforcourt" in held["reports.csv"]
    kept = {one["report"]: one for one in json.loads(held["manifest.json"])["reports"]}
    assert kept[str(report.reference)]["allowed_on_condition"] == "Name us as the source."


def test_the_court_file_is_offered_on_the_list(bank: Person, shop: Person) -> None:
    sent(bank)
    response = factory.signed_in(shop).get("/reports/export/?format=court")
    assert response.status_code == 200
    assert zipfile.is_zipfile(io.BytesIO(response.getvalue()))  # type: ignore[attr-defined]


@pytest.mark.parametrize(("kind", "kept"), [("stix", 2), ("csv", 2), ("misp", 2), ("court", 3)])
def test_a_file_says_how_many_reports_were_kept_back(bank: Person, shop: Person, kind: str, kept: int) -> None:
    for codes in ("H2", "H3", "H1", "H0"):
        sent(bank, codes, word=codes, restriction=TEXT if codes == "H3" else "")
    browser = factory.signed_in(shop)
    response = browser.get(f"/reports/export/?format={kind}")
    assert response.headers[export.KEPT_BACK] == str(kept)
    assert response.getvalue()  # type: ignore[attr-defined]
    page = browser.get("/reports/").content.decode()
    assert f"{kept} reports are not in the file that you took" in page  # once
    assert "2 reports on this page are in no file for now" in page
    assert "that you took" not in browser.get("/reports/").content.decode()
    owner_of_all = factory.signed_in(bank).get(f"/reports/export/?format={kind}")
    assert owner_of_all.headers[export.KEPT_BACK] == "0"
    assert b"in no file for now" not in factory.signed_in(bank).get("/reports/").content


@pytest.mark.parametrize("kind", ["stix", "csv", "misp"])
def test_a_program_is_told_too(bank: Person, shop: Person, kind: str) -> None:
    hidden, shown = sent(bank, "H2"), sent(bank, word="another")
    secret = members.add_token(by=factory.as_viewer(shop), name="x", scopes=["export"], days=3)
    for query, kept in (
        ("", "1"), (f"&report={hidden.reference}&report={shown.reference}", "1"), (f"&report={shown.reference}", "0")
    ):  # fmt: skip
        response = Client().get(f"/api/v1/export?format={kind}{query}", headers={"Authorization": f"Bearer {secret}"})
        assert (response.status_code, response.headers[export.KEPT_BACK]) == (200, kept)


def test_the_command_line_says_so_beside_the_file(
    bank: Person, shop: Person, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from hueandcry.project.commands import exchange as commands

    for codes in ("H2", "H1", "H0"):
        sent(bank, codes, word=codes)
    monkeypatch.setattr(commands, "installation", nullcontext)
    assert commands.export.callback
    for kind, said in (("csv", "1 report is not in the file"), ("court", "2 reports are not in the file")):
        commands.export.callback(kind=kind, email=shop.email, output=tmp_path / kind)
        assert capsys.readouterr().err.startswith(said)
    commands.export.callback(kind="csv", email=bank.email, output=tmp_path / "own")
    assert capsys.readouterr().err == ""


def test_files_are_noted_as_delivered(bank: Person, shop: Person) -> None:
    report = sent(bank)
    closed = sent(bank, "H2")
    by = factory.as_viewer(shop)
    list(export.csv_table(by, [report.pk, closed.pk]))
    list(export.stix_bundle(by))
    assert owner("SELECT channel, report, everything FROM exchange_delivery ORDER BY id") == [
        ("export", report.pk, False),
        ("export", None, True),
    ]


def test_the_pages_of_permissions(bank: Person, shop: Person) -> None:
    report = sent(bank, "H2")
    asker, answerer = factory.signed_in(shop), factory.signed_in(bank)
    page = asker.get(f"/reports/{report.reference}/").content
    assert b"Ask to pass it on" in page
    assert asker.get(f"/reports/{report.reference}/permission/?code=H1").status_code == 404
    assert asker.get(f"/reports/{report.reference}/permission/?code=H2").status_code == 200
    answer = asker.post(f"/reports/{report.reference}/permission/", {"code": "H2", "reason": "Our SIEM needs it"})
    assert answer.status_code == 302
    assert b"you have asked" in asker.get(f"/reports/{report.reference}/").content
    assert b"Bank" in asker.get("/permissions/").content
    assert b"asks for a permission" in answerer.get(f"/reports/{report.reference}/").content
    assert b"Shop asks you" in answerer.get("/permissions/?side=theirs&state=waiting").content
    shown = answerer.get(answer.headers["Location"])
    assert b"Our SIEM needs it" in shown.content
    answerer.post(answer.headers["Location"], {"answer": "allow", "conditions": "Only the SIEM"})
    assert b"Only the SIEM" in asker.get(answer.headers["Location"]).content
    assert b"Take it back" not in asker.get(answer.headers["Location"]).content
    third = factory.signed_in(factory.person(factory.organisation("Other")))
    assert third.get(answer.headers["Location"]).status_code == 404
    assert b"Only the SIEM" not in third.get("/permissions/").content


def test_whoever_is_asked_is_told_and_so_is_who_asked(bank: Person, shop: Person) -> None:
    report = sent(bank, "H2")
    asked = actions.ask(by=factory.as_viewer(shop), report=report.pk, code="H2", reason="our SIEM")
    assert _notices(bank) == [("request", f"/permissions/{asked}/")]
    actions.answer(by=factory.as_viewer(bank), permission=asked, allowed=False)
    assert _notices(shop) == [("answer", f"/permissions/{asked}/")]


def _notices(person: Person) -> list[tuple[Any, ...]]:
    return owner("SELECT kind, link FROM notices_notice WHERE person = %s ORDER BY id", person.pk)


def test_reviews_that_are_due(bank: Person, shop: Person) -> None:
    report = sent(bank, word="oldword")
    owner("UPDATE exchange_report SET review_on = current_date - 1 WHERE id = %s", report.pk)
    client = factory.signed_in(bank)
    assert b"oldword" in client.get("/reviews/").content
    assert b"oldword" not in factory.signed_in(shop).get("/reviews/").content
    assert factory.signed_in(shop).post(f"/reviews/{report.reference}/", {}).status_code == 404
    assert client.post(f"/reviews/{report.reference}/", {"review_on": "2020-01-01"}).status_code == 422
    assert client.post(f"/reviews/{report.reference}/", {"review_on": "2999-01-01"}).status_code == 302
    assert b"oldword" not in client.get("/reviews/").content


def test_h3_needs_its_text(bank: Person) -> None:
    report = sent(bank)
    client: Client = factory.signed_in(bank)
    given = {"tlp": "GREEN", "to_alliance": "on", "codes": "H3", "reason": "stricter", "purpose": "prevention"}
    assert b"say which, or leave H3 out" in client.post(f"/reports/{report.reference}/handling/", given).content
    client.post(f"/reports/{report.reference}/handling/", given | {"restriction": TEXT})
    assert (now(report).codes, now(report).restriction) == (["H3"], TEXT)
    with viewer(factory.as_viewer(bank)):
        assert actions_report.handling_of(now(report)).restriction == TEXT
