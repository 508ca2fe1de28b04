"""What is taken out of an operation: only what may leave, marked as strictly as the strictest of it, and recorded."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import zlib
from typing import Any

import pytest
import stix2

from hueandcry.audit.models import Act
from hueandcry.exchange.handling import Handling
from hueandcry.exchange.models import Delivery, Report
from hueandcry.exchange.stix_handling import TLP_ID
from hueandcry.linkage.analysis import actions, actions_note, dossier
from hueandcry.linkage.models import Operation
from hueandcry.members.models import ALLIANCE, Person
from hueandcry.members.viewer import viewer
from tests import factory
from tests.linkage import found

pytestmark = pytest.mark.usefixtures("database")
GREEN = Handling(tlp="GREEN", recipients=(ALLIANCE,))


def handled(**more: Any) -> Handling:
    return Handling(**({"tlp": "GREEN", "recipients": (ALLIANCE,)} | more))


def amber(whom: Person, **more: Any) -> Handling:
    assert whom.organisation
    return Handling(tlp="AMBER", recipients=(whom.organisation.principal_id,), **more)


@pytest.fixture
def bank() -> Person:
    return factory.person(factory.organisation("Example Bank"))


@pytest.fixture
def police() -> Person:
    return factory.person(factory.organisation("Example Police", kind="law-enforcement"))


def taken(person: Person, operation: Operation, what: str) -> bytes:
    answer = factory.signed_in(person).get(f"/operations/{operation.reference}/{what}")
    assert answer.status_code == 200, answer
    return b"".join(answer)  # type: ignore[call-overload]


def content(person: Person, operation: Operation, *, written: bool = True) -> dict[str, Any]:
    """What a dossier would say."""
    from dataclasses import replace

    from hueandcry.linkage.operations import queries

    by = replace(factory.as_viewer(person), channel="export")
    with viewer(by):
        line = queries.operation(by, operation.reference)
    return dossier.gather(by, line, written=written)


# Grouping


def test_the_grouping_holds_every_object_of_its_reports_and_parses(bank: Person, police: Person) -> None:
    operation = found.of_reports(
        found.told(bank, "Invoice of Porto"), found.told(bank, "Invoice of Braga", amber(police))
    )
    raw = taken(police, operation, "grouping.json")
    parsed = stix2.parse(raw.decode(), allow_custom=True)
    groupings = [each for each in parsed.objects if each["type"] == "grouping"]
    assert len(groupings) == 1
    grouping = groupings[0]
    ids = {each["id"] for each in json.loads(raw)["objects"]}
    assert set(grouping.object_refs) <= ids
    left = {
        key for key in ids - set(grouping.object_refs) if not key.startswith(("marking-", "extension-", "grouping"))
    }
    assert {key.partition("--")[0] for key in left} <= {"identity"}
    names = {each["name"] for each in json.loads(raw)["objects"] if each["type"] == "incident"}
    assert names == {"Invoice of Porto", "Invoice of Braga"}
    assert grouping.object_marking_refs == [TLP_ID["AMBER"]]
    assert {each["name"] for each in json.loads(raw)["objects"] if each["type"] == "identity"} >= {"Example Police"}
    assert taken(police, operation, "grouping.json").count(grouping.id.encode()) == 1, "the same id each time"


def test_what_its_handling_keeps_here_is_in_no_export(bank: Person, police: Person) -> None:
    operation = found.of_reports(
        found.told(bank, "Open to all", GREEN),
        found.told(bank, "Ask the bank", handled(codes=("H2",)), known="DE89370400440532013000", country="FR"),
        found.told(bank, "Read me first", handled(codes=("H3",), restriction="Only so."), lost="777"),
        found.told(bank, "For a page only", handled(pap="RED")),
        found.told(bank, "Not for them", found.hidden(bank)),
    )
    raw = taken(police, operation, "grouping.json").decode()
    said = json.dumps(content(police, operation), default=str)
    for secret in ("Ask the bank", "Read me first", "For a page only", "Not for them", "DE8937", "777", "France", "H2"):
        assert secret not in raw, secret
        assert secret not in said, secret
    assert "Open to all" in raw
    assert '"tlp:' not in raw
    assert json.loads(raw)["objects"][-1]["object_marking_refs"] == [TLP_ID["GREEN"]]
    assert content(police, operation)["held"] == 3
    client = factory.signed_in(police)
    answer = client.get(f"/operations/{operation.reference}/grouping.json")
    assert answer["X-Hueandcry-Kept-Back"] == "3"
    assert b"3 reports are not in the file that you took" in client.get(f"/operations/{operation.reference}/").content
    own = taken(bank, operation, "grouping.json").decode()
    assert all(title in own for title in ("Ask the bank", "Read me first", "For a page only", "Not for them"))


def test_codes_and_pap_travel_with_the_grouping(bank: Person, police: Person) -> None:
    operation = found.of_reports(found.told(bank, "Passive only", handled(codes=("H0", "H1"), pap="AMBER")))
    grouping = json.loads(taken(police, operation, "grouping.json"))["objects"][-1]
    assert grouping["labels"] == ["handling:H0", "handling:H1", "pap:amber"]
    assert "court" in grouping["description"]


def test_where_nothing_may_leave_it_says_so(bank: Person, police: Person) -> None:
    operation = found.of_reports(found.told(bank, "Ask the bank", handled(codes=("H2",))))
    client = factory.signed_in(police)
    for what in ("grouping.json", "dossier.pdf"):
        answer = client.get(f"/operations/{operation.reference}/{what}", follow=True)
        assert answer.redirect_chain[-1][0] == f"/operations/{operation.reference}/"
        assert b"Nothing can be taken out" in answer.content


@pytest.mark.parametrize("what", ["grouping.json", "dossier.pdf"])
def test_taking_is_recorded_and_who_got_what_is_noted(bank: Person, police: Person, what: str) -> None:
    operation = found.of_reports(found.told(bank, "One"), found.told(bank, "Two", handled(codes=("H2",))))
    taken(police, operation, what)
    act = Act.objects.using("owner").get(person=police.pk, verb="export")
    assert (act.kind, act.count, act.detail["held"]) == ("report", 1, 1)
    got = Delivery.objects.using("owner").filter(person=police.pk, channel="export").values_list("report", flat=True)
    assert set(got) == set(Report.objects.using("owner").filter(title="One").values_list("pk", flat=True))


# Dossier


def _unpacked(pdf: bytes) -> list[str]:
    found_streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL)
    texts = []
    for raw in found_streams:
        try:
            texts.append(zlib.decompress(raw).decode("latin-1"))
        except zlib.error:
            continue
    return texts


def test_it_is_a_tagged_pdf_with_the_stamp_on_every_page(bank: Person, police: Person) -> None:
    reports = [found.told(bank, f"Invoice {n}", amber(police, codes=("H1",)) if n == 3 else GREEN) for n in range(25)]
    operation = found.of_reports(*reports)
    made = content(police, operation)
    pages = pages_of(made)
    assert len(pages) >= 3
    for page in pages:
        assert "TLP:AMBER·H1" in page
        assert "Takenby" in page
        assert "ExamplePolice" in page
    raw = taken(police, operation, "dossier.pdf")
    assert raw.startswith(b"%PDF-1.7")
    unpacked = raw.decode("latin-1") + "".join(_unpacked(raw))
    assert "pdfuaid" in unpacked
    assert "/Lang" in unpacked


def pages_of(made: dict[str, Any]) -> list[str]:
    """The words on each page without their blanks (lines break within long values), asked of the layout itself."""
    import weasyprint
    from django.template.loader import render_to_string

    html = weasyprint.HTML(string=render_to_string("linkage/analysis/dossier.html", made))
    laid = html.render(stylesheets=[weasyprint.CSS(string=dossier.STYLE.read_text("utf-8"))])
    return ["".join("".join(words(page._page_box)).split()) for page in laid.pages]


def words(box: Any) -> list[str]:
    found_words = [box.text] if hasattr(box, "text") else []
    for child in box.all_children() if hasattr(box, "all_children") else getattr(box, "children", ()):
        found_words += words(child)
    return found_words


def test_it_says_what_is_in_it(bank: Person, police: Person) -> None:
    operation = found.of_reports(
        found.told(bank, "Invoice of Porto"), found.told(bank, "Invoice of Vigo", country="ES")
    )
    said = "".join(pages_of(content(police, operation)))
    for words_in_it in ("InvoiceofPorto", found.IBAN, "Spain", "ExampleBank", "EUR", "Howitwasmade"):
        assert words_in_it in said, words_in_it


def test_what_was_written_for_one_table_makes_it_stricter_and_can_be_left_out(bank: Person, police: Person) -> None:
    operation = found.of_reports(found.told(bank, "Invoice of Porto", GREEN))
    by = factory.as_viewer(police)
    principal = police.organisation.principal_id  # type: ignore[union-attr]
    where = {"by": by, "operation": operation.reference, "principal": principal}
    actions.suppose(**where, statement="One group", likelihood="likely", confidence="low")
    actions_note.write(**where, words="Look at Braga")
    actions_note.name(**where, words="Red Ink")
    with_notes, without = content(police, operation), content(police, operation, written=False)
    assert with_notes["stamp"].tlp == "AMBER+STRICT"
    assert without["stamp"].tlp == "GREEN"
    said = "".join(pages_of(with_notes))
    assert all(one in said for one in ("Onegroup", "likely(55to80%)", "LookatBraga", "RedInk"))
    said = "".join(pages_of(without))
    assert not any(one in said for one in ("Onegroup", "Braga", "RedInk"))
    theirs = "".join(pages_of(content(bank, operation)))
    assert not any(one in theirs for one in ("Onegroup", "LookatBraga", "RedInk"))


def test_evidence_of_what_may_not_leave_is_not_in_it(bank: Person, police: Person) -> None:
    closed = found.told(bank, "Ask the bank", handled(codes=("H2",)))
    operation = found.of_reports(found.told(bank, "Open to all", GREEN), closed)
    by = factory.as_viewer(police)
    principal = police.organisation.principal_id  # type: ignore[union-attr]
    hypothesis = actions.suppose(
        by=by, operation=operation.reference, principal=principal, statement="One group", likelihood="likely",
        confidence="low",
    )  # fmt: skip
    actions.weigh(by=by, hypothesis=hypothesis, bearing="for", report=closed.reference)
    assert b"Ask the bank" in factory.signed_in(police).get(f"/operations/hypotheses/{hypothesis}/").content
    assert "Askthebank" not in "".join(pages_of(content(police, operation)))


def test_hostile_names_stay_words_and_fetch_nothing(bank: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(dossier, "_nothing", lambda url, *a, **k: asked.append(url))
    evil = '</title><img src="file:///etc/passwd"><link rel=stylesheet href=http://evil.example/x.css><style>@page{}'
    monkeypatch.setattr(Person, "__str__", lambda self: evil)
    villain = factory.person(bank.organisation, name=evil)
    operation = found.of_reports(found.told(villain, evil), found.told(bank, "\u202eevil\ud7ff" + "A" * 3000))
    by = factory.as_viewer(villain)
    principal = bank.organisation.principal_id  # type: ignore[union-attr]
    actions_note.write(by=by, operation=operation.reference, principal=principal, words=evil * 20)
    made = content(villain, operation)
    assert dossier.pdf(made).startswith(b"%PDF")
    assert asked == []
    assert "file:///etc/passwd" in "".join(pages_of(made))


def test_nothing_is_fetched_even_where_something_asks() -> None:
    with pytest.raises(ValueError, match="fetches nothing"):
        dossier._nothing("file:///etc/passwd")


def test_where_pango_is_missing_the_page_says_so(bank: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    operation = found.of_reports(found.told(bank, "Invoice of Porto"))
    dossier.missing.cache_clear()
    monkeypatch.setattr(dossier, "find_library", lambda name: None)
    client = factory.signed_in(bank)
    try:
        answer = client.get(f"/operations/{operation.reference}/dossier.pdf", follow=True)
        assert answer.status_code == 200
        assert b"the library Pango is missing" in answer.content
        assert b"dossier.pdf?written=0" not in client.get(f"/operations/{operation.reference}/").content
        with pytest.raises(RuntimeError, match="Pango"):
            dossier.pdf({})
    finally:
        dossier.missing.cache_clear()


def test_pages_do_not_load_what_draws_pdfs() -> None:
    """Its libraries take memory in every process and may be missing."""
    run = "import hueandcry.linkage.analysis.dossier, sys; sys.exit('weasyprint' in sys.modules)"
    setting = {"DJANGO_SETTINGS_MODULE": "hueandcry.project.settings"}
    before = f"import os; os.environ.update({setting!r}); import django; django.setup();"
    assert subprocess.run([sys.executable, "-c", before + run], check=False).returncode == 0
