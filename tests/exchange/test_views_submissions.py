"""Pages of submissions: sending with and without scripts, the receipt, raw bytes, reading again, erasing, mapping."""

from __future__ import annotations

import re
from uuid import UUID, uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from hueandcry.audit.models import Act
from hueandcry.exchange import actions
from hueandcry.exchange.models import Mapping, Report, Submission
from hueandcry.members.models import ALLIANCE, Organisation, Person
from tests import factory
from tests.exchange import send

pytestmark = pytest.mark.usefixtures("database")
CSV = b"title,date,ip,label\nOne,2026-01-01,198.51.100.1,phishing\nTwo,2026-01-02,198.51.100.2,phishing,too,many\n"


@pytest.fixture
def bank() -> Person:
    return factory.person(factory.organisation("Example Bank"))


@pytest.fixture
def client(bank: Person) -> Client:
    return factory.signed_in(bank)


def plain(page: bytes) -> str:
    """The words of a page."""
    return " ".join(re.sub(r"<[^>]+>", " ", page.decode()).split())


def kept(reference: object) -> Submission:
    return Submission.objects.using("owner").get(reference=reference)


def post(client: Client, raw: bytes = CSV, json: bool = False, **fields: object) -> object:
    data = {"files": SimpleUploadedFile("table.csv", raw), "tlp": "GREEN", "to_alliance": "on", **fields}
    headers = {"accept": "application/json"} if json else {}
    return client.post("/submissions/add/", data, headers=headers)


def test_a_file_becomes_a_receipt(client: Client) -> None:
    answer = post(client)
    receipt = client.get(answer.headers["Location"])  # type: ignore[attr-defined]
    words = plain(receipt.content)
    assert "It made 1 report." in words
    assert "2 objects read" in words
    assert "1 refused" in words
    refusals = plain(client.get(answer.headers["Location"] + "?part=refusals").content)  # type: ignore[attr-defined]
    assert "line 3" in refusals
    assert "has 6 cells where the header has 4" in refusals


def test_the_drop_zone_gets_json(client: Client) -> None:
    answer = post(client, json=True)
    assert answer.status_code == 200  # type: ignore[attr-defined]
    told = answer.json()  # type: ignore[attr-defined]
    assert told["state"] == "done"
    assert client.get(told["url"]).status_code == 200
    assert post(client, json=True).json()["repeat"] is True  # type: ignore[attr-defined]
    refused = post(client, json=True, tlp="PURPLE")
    assert refused.status_code == 400  # type: ignore[attr-defined]
    assert set(refused.json()["error"]) == {"what", "kept", "do", "reference"}  # type: ignore[attr-defined]


def test_several_files_and_none(client: Client) -> None:
    files = [SimpleUploadedFile(f"{n}.csv", CSV.replace(b"One", n.encode())) for n in "abc"]
    answer = client.post("/submissions/add/", {"files": files, "tlp": "GREEN"})
    assert answer.headers["Location"] == "/submissions/"
    assert Submission.objects.using("owner").count() == 3
    assert client.post("/submissions/add/", {"tlp": "GREEN"}).status_code == 400
    assert Submission.objects.using("owner").count() == 3


def test_a_file_too_large_is_refused_before_it_is_kept(client: Client, settings: object) -> None:
    settings.SUBMISSION_LIMIT = 50  # type: ignore[attr-defined]
    assert post(client).status_code == 400  # type: ignore[attr-defined]
    assert not Submission.objects.using("owner").exists()


def test_handling_is_the_organisations_default_and_can_be_chosen(bank: Person, client: Client) -> None:
    circle = factory.circle("Ring", [bank.organisation])  # type: ignore[list-item]
    other = factory.person(factory.organisation("Other Bank"))
    post(
        client, tlp="AMBER", to_circles=[str(circle.principal_id)], to_addresses=other.email, pap="GREEN", codes=["H2"]
    )
    report = Report.objects.using("owner").get()
    assert (report.tlp, report.pap, report.codes) == ("AMBER", "GREEN", ["H2"])
    assert report.recipients == [ALLIANCE, circle.principal_id, other.principal_id]
    page = client.get("/submissions/add/").content.decode()
    assert re.search(r'name="tlp" value="GREEN"[^>]*checked', page)
    assert re.search(r'name="to_alliance"[^>]*checked', page)


def test_who_will_see_it_is_said_before_sending(client: Client) -> None:
    factory.organisation("Another")
    assert "The 2 organisations of the alliance." in plain(client.get("/submissions/add/").content)
    seen = plain(client.post("/handling/sight/", {"tlp": "AMBER", "to_alliance": "on"}).content)
    assert "Cut by TLP:AMBER: the alliance." in seen
    without_scripts = client.post("/submissions/add/", {"tlp": "RED", "to_alliance": "on", "preview": "1"})
    assert "Cut by TLP:RED: the alliance." in plain(without_scripts.content)
    assert not Submission.objects.using("owner").exists()


def test_an_unknown_address_is_named(client: Client) -> None:
    answer = post(client, to_addresses="nobody@example.org")
    assert "Nobody here has this address: nobody@example.org" in plain(answer.content)  # type: ignore[attr-defined]


def test_another_organisation_has_no_receipt(bank: Person) -> None:
    reference = send.file(bank, CSV, "table.csv")
    other = factory.signed_in(factory.person(factory.organisation("Other Bank")))
    for path in ("", "progress/", "raw/", "erase/", "mapping/"):
        hidden = other.get(f"/submissions/{reference}/{path}")
        absent = other.get(f"/submissions/{uuid4()}/{path}")
        assert (hidden.status_code, hidden.content) == (absent.status_code, absent.content)
        assert hidden.status_code == 404
    assert other.post(f"/submissions/{reference}/erase/", {"reason": "x"}).status_code == 404
    assert "table.csv" not in other.get("/submissions/").content.decode()


def test_raw_bytes_come_back_as_no_browser_opens_them_and_are_recorded(bank: Person, client: Client) -> None:
    reference = send.file(bank, CSV, "table.csv")
    answer = client.get(f"/submissions/{reference}/raw/")
    assert answer.content == CSV
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert Act.objects.using("owner").filter(verb="read raw", person=bank.pk).exists()


def test_reading_again(bank: Person, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as broken:
        broken.setattr("hueandcry.exchange.formats.read", lambda *_: 1 / 0)
        reference = send.file(bank, CSV, "table.csv")
    assert kept(reference).state == "failed"
    assert "Read it again" in plain(client.get(f"/submissions/{reference}/").content)
    client.post(f"/submissions/{reference}/again/")
    assert kept(reference).state == "done"


def test_what_cannot_be_read_says_where_and_why(bank: Person, client: Client) -> None:
    reference = send.file(bank, b'{"type": "bundle", "id": "bundle--1", "objects": [', "x.json")
    words = plain(client.get(f"/submissions/{reference}/").content)
    assert "It could not be read." in words
    assert kept(reference).reason in words.replace("&quot;", '"').replace("&#x27;", "'")


def test_erasing(bank: Person, client: Client) -> None:
    reference = send.file(bank, CSV, "table.csv")
    page = plain(client.get(f"/submissions/{reference}/erase/").content)
    assert "the 1 report that it made" in page
    client.post(f"/submissions/{reference}/erase/", {"reason": ""})
    assert kept(reference).state == "done"
    client.post(f"/submissions/{reference}/erase/", {"reason": "asked by the person"})
    assert kept(reference).state == "erased"
    assert not Report.objects.using("owner").exists()
    receipt = plain(client.get(f"/submissions/{reference}/").content)
    assert "It was erased" in receipt
    assert kept(reference).sha256.hex() in receipt
    assert client.get(f"/submissions/{reference}/raw/").status_code == 302


def test_progress_refreshes_the_page_once_it_is_done(bank: Person, client: Client) -> None:
    reference = send.file(bank, CSV, "table.csv")
    answer = client.get(f"/submissions/{reference}/progress/", headers={"hx-request": "true"})
    assert answer.headers["HX-Refresh"] == "true"
    Submission.objects.using("owner").update(state="reading", total=100, read=40, stored=40, known=0, refused=0)
    answer = client.get(f"/submissions/{reference}/progress/", headers={"hx-request": "true"})
    assert "HX-Refresh" not in answer.headers
    assert "40 of 100" in plain(answer.content)


def test_a_guessed_mapping_is_shown_corrected_saved_and_read_anew(bank: Person, client: Client) -> None:
    raw = b"a,b,c\nPaid for nothing,203.0.113.1,x\nPaid twice,203.0.113.2,y\n"
    reference = send.file(bank, raw, "odd.csv")
    path = f"/submissions/{reference}/mapping/"
    page = client.get(path).content.decode()
    assert "This is a guess" in page
    told = {
        "target-0": "title",
        "target-1": "observable",
        "type-1": "ipv4-addr",
        "role-1": "attacker",
        "target-2": "ignore",
    }
    shown = client.post(path, told)
    assert "Paid for nothing" in plain(shown.content)
    both = plain(client.post(path, told | {"target-2": "title"}).content)
    assert "So it cannot be read" in both
    answer = client.post(path, told | {"read": "1", "name": "Odd tables"})
    assert answer.headers["Location"] == f"/submissions/{reference}/"
    reports = Report.objects.using("owner").filter(submission__reference=reference)
    assert sorted(r.title for r in reports) == ["Paid for nothing", "Paid twice"]
    assert Mapping.objects.using("owner").get().name == "Odd tables"
    one = kept(reference)
    assert (one.state, one.read, one.stored, one.reports) == ("done", 2, 2, 2)
    assert "Odd tables" in client.get(path).content.decode()
    other = client.get(f"/submissions/{send.file(bank, CSV, 'table.csv')}/mapping/").content.decode()
    assert "Odd tables" not in other  # it names no column of this table
    assert "goes with the report to whoever sees it" in other


def test_only_a_table_of_ones_own_is_read_by_another_mapping(bank: Person) -> None:
    text = kept(send.file(bank, b"A story with 203.0.113.1 in it.", "x.txt"))
    with pytest.raises(actions.Refused):
        actions.remap(by=factory.as_viewer(bank), submission=text.pk, mapping={"columns": []})
    table = kept(send.file(bank, CSV, "table.csv"))
    with pytest.raises(actions.Refused):
        actions.remap(by=factory.as_viewer(bank), submission=table.pk, mapping={"rows": 1})
    stranger = factory.as_viewer(factory.person(factory.organisation("Other Bank")))
    with pytest.raises(Submission.DoesNotExist):
        actions.remap(by=stranger, submission=table.pk, mapping={"columns": []})
    assert Report.objects.using("owner").filter(submission=table.pk).count() == 1


def test_a_story_told_in_the_form_becomes_a_report(bank: Person, client: Client) -> None:
    page = client.get("/report/").content.decode()
    assert '<option value="PT" selected>' in page
    assert '<option value="EUR" selected>' in page
    Organisation.objects.using("owner").filter(pk=bank.organisation_id).update(country="KE")
    assert '<option value="KES" selected>' in client.get("/report/").content.decode()
    told = {"what": "A false invoice.", "kind": "invoice", "known": "PT50000201231234567890154", "country": "PT",
            "lost": "1250", "currency": "EUR", "when": "2026-01-05"}  # fmt: skip
    answer = client.post("/report/", told, follow=True)
    assert "It made 1 report." in plain(answer.content)
    report = Report.objects.using("owner").get()
    assert (report.title, report.main_class, str(report.loss_amount)) == ("A false invoice.", "fraud", "1250.00")
    assert report.recipients == [ALLIANCE]
    assert client.post("/report/", {"what": "", "kind": "invoice"}).status_code == 200
    late = client.post("/report/", told | {"when": "2026-01-05", "until": "2026-01-01"})
    assert "It ended before it began" in plain(late.content)
    assert Report.objects.using("owner").count() == 1


def test_a_story_can_be_kept_in_ones_own_organisation(bank: Person, client: Client) -> None:
    told = {"what": "Somebody took a loan in our name.", "kind": "other", "lost": "90000", "currency": "KES"}
    client.post("/report/", told | {"only_us": "on"}, follow=True)
    report = Report.objects.using("owner").get()
    assert (report.tlp, report.recipients, report.loss_currency) == ("AMBER+STRICT", [], "KES")
    later = client.post("/report/", told | {"when": "2999-01-05"})
    assert "still to come" in plain(later.content)


def test_a_receipt_says_what_is_wrong_in_words_and_that_nobody_said_what_columns_hold(
    bank: Person, client: Client
) -> None:
    whole = kept(send.file(bank, b"%PDF-1.4 no text", "invoice.pdf"))
    said = plain(client.get(f"/submissions/{whole.reference}/").content)
    assert "It could not be read. This is a PDF." in said
    assert "byte 0" not in said
    assert "Read it again" not in said  # a PDF stays one
    empty = plain(client.get(f"/submissions/{send.file(bank, b'', 'night.csv')}/").content)
    assert "The file is empty" in empty
    assert "once something stands in it" in empty
    assert "ead it again" not in empty
    bare = send.file(bank, b"title,date,ip\n", "none.csv")
    assert "nothing stands in it" in plain(client.get(f"/submissions/{bare}/").content)
    raw = b"title,date,iban,clerk\nOne,2026-01-01,PT50000201231234567890155,Ana\nTwo,2026-01-02,,Eva\n"
    odd = plain(client.get(f"/submissions/{send.file(bank, raw, 'w' * 100 + '.csv')}/").content)
    assert "1 of 4 columns was not read: clerk." in odd
    assert "1 thing could not be carried over" in odd
    assert "2 objects read" in odd
    letter = send.file(bank, b"One line of a letter.", "l.txt")
    assert "1 object read" in plain(client.get(f"/submissions/{letter}/").content)
    assert "w" * 61 not in odd
    table = kept(send.file(bank, CSV, "table.csv"))
    assert "Nobody has said yet what each column holds" in plain(client.get(f"/submissions/{table.reference}/").content)


def test_the_default_handling_is_the_administrators(bank: Person) -> None:
    boss = factory.signed_in(factory.person(bank.organisation, ["administrator"]))
    assert boss.get("/handling/default/").status_code == 200
    answer = boss.post("/handling/default/", {"tlp": "AMBER", "purpose": ["prevention"], "review_on": "2030-01-01"})
    assert answer.status_code == 302
    handling = Organisation.objects.using("owner").get(pk=bank.organisation_id).handling
    assert (handling["tlp"], handling["recipients"], handling["review_on"]) == ("AMBER", [], "2030-01-01")
    assert re.search(r'value="AMBER"[^>]*checked', boss.get("/handling/default/").content.decode())


def test_the_number_of_queries_does_not_grow(bank: Person, client: Client) -> None:
    def queries(path: str) -> int:
        with CaptureQueriesContext(connection) as caught:
            assert client.get(path).status_code == 200
        return len(caught)

    one = send.rows(bank, "One,2026-01-01,198.51.100.1,phishing")
    few = queries("/submissions/"), queries(f"/submissions/{one}/")
    many: UUID | None = None
    for n in range(2, 12):
        many = send.rows(bank, *(f"Row {m},2026-01-01,198.51.100.{m},phishing" for m in range(1, n * 3)))
    assert (queries("/submissions/"), queries(f"/submissions/{many}/")) == few
