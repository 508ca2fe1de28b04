"""Pages of assessments and treaties."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from hueandcry.capacity.assessment import actions
from hueandcry.capacity.assessment.model import model
from hueandcry.capacity.models import EvidenceReview, IndicatorEvidence
from tests import factory
from tests.capacity.assessment.test_actions import somebody, told

pytestmark = pytest.mark.usefixtures("database")
YESTERDAY = (datetime.now(UTC).date() - timedelta(days=1)).isoformat()
PAGES = ("/assessments/", "/assessments/MZ/", "/assessments/MZ/4.3.a/", "/assessments/MZ/as-of.json",
         "/assessments/MZ/assessment.csv", "/treaties/", "/treaties/ETS-185/MZ/")  # fmt: skip


def signed_in(*roles: str, kind: str = "law-enforcement", country: str = "PT") -> Client:
    return factory.signed_in(factory.person(factory.organisation(kind=kind, country=country), roles or ("assessor",)))


@pytest.mark.parametrize("path", PAGES)
def test_pages_are_for_members_and_say_that_it_is_no_cmm_review(path: str) -> None:
    assert Client().get(path).status_code == 302
    said = signed_in("reader").get(path)
    assert said.status_code == 200
    if said["Content-Type"].startswith("text/html") and path.startswith("/assessments"):
        assert "not a CMM review" in said.content.decode()


def test_evidence_goes_from_the_form_over_two_reviews_to_a_stage() -> None:
    teller = signed_in("officer")
    for indicator in [i for i in model().aspects["4.3.a"].indicators if i.stage == 1]:
        given = {"holds": "yes", "kind": indicator.evidence[0], "source": "Order 12 of 2026", "dated": YESTERDAY}
        path = f"/assessments/MZ/{indicator.id}/evidence/"
        wrong = teller.post(path, given | {"source": "x"})
        assert wrong.status_code == 422 and "Order" not in wrong.content.decode()
        assert teller.post(path, given).status_code == 302
    rows = list(IndicatorEvidence.objects.using("owner"))
    first = signed_in()
    assert str(rows[0].reference) in first.get("/assessments/waiting/").content.decode()
    for reviewer in (first, signed_in()):
        for row in rows:
            assert reviewer.post(f"/assessments/evidence/{row.reference}/", {"verdict": "accepted"}).status_code == 302
    page = teller.get("/assessments/MZ/").content.decode()
    assert f"1 of {len(model().aspects)} aspects are known" in page
    assert "1 start-up" in teller.get("/assessments/MZ/4.3.a/").content.decode()
    assert json.loads(teller.get("/assessments/MZ/as-of.json").content)["aspects"]["4.3.a"]["stage"] == 1
    assert "4.3.a" in teller.get("/assessments/MZ/assessment.csv").content.decode()
    assert 'href="/assessments/MZ/"' in teller.get("/assessments/").content.decode()


def test_a_refusal_needs_a_reason_and_ones_own_is_not_reviewed() -> None:
    body = factory.organisation(kind="law-enforcement")
    own, teller = factory.signed_in(factory.person(body, ("assessor",))), factory.person(body, ("officer",))
    reference = actions.add(by=factory.as_viewer(teller), told=told())
    path = f"/assessments/evidence/{reference}/"
    assert own.post(path, {"verdict": "accepted"}).status_code == 422
    assert signed_in().post(path, {"verdict": "refused"}).status_code == 422
    assert signed_in("analyst").post(path, {"verdict": "accepted"}).status_code == 422
    assert not EvidenceReview.objects.using("owner").exists()


def test_evidence_that_one_may_not_see_is_not_there() -> None:
    reference = actions.add(by=somebody(), told=told(closed=True))
    assert signed_in(kind="business").get(f"/assessments/evidence/{reference}/").status_code == 404
    assert signed_in().get(f"/assessments/evidence/{reference}/").status_code == 200


def test_a_table_is_taken_whole_or_not_at_all() -> None:
    client = signed_in("officer")
    kind = model().indicators["4.3.a-1-1"].evidence[0]
    good = f"country,indicator,kind,source,dated\nMZ,4.3.a-1-1,{kind},Order 12 of 2026,{YESTERDAY}\n"
    for wrong, said in (
        ("MZ,4.3.a-1-1,x,Order,someday\n", "line 3, column dated"),
        ("QQ,a,b,c,2026-01-01\n", "country"),
    ):
        page = client.post("/assessments/load/", {"file": SimpleUploadedFile("e.csv", (good + wrong).encode())})
        assert page.status_code == 422 and said in page.content.decode()
    assert not IndicatorEvidence.objects.using("owner").exists()
    client.post("/assessments/load/", {"file": SimpleUploadedFile("e.csv", good.encode())})
    assert IndicatorEvidence.objects.using("owner").count() == 1


def test_a_day_of_the_past_shows_what_was_known_then() -> None:
    actions.add(by=somebody(), told=told())
    client = signed_in("reader")
    assert "As it was known on" in client.get("/assessments/MZ/?on=2020-01-01").content.decode()
    assert client.get("/assessments/MZ/?on=never").status_code == 200


def test_a_country_that_is_none_is_not_there() -> None:
    client = signed_in()
    assert [client.get(f"/assessments/{code}/").status_code for code in ("ZZ", "mz", "MOZ")] == [404, 404, 404]
    assert client.get("/assessments/MZ/9.9.z/").status_code == 404


def test_a_treaty_is_said_and_taken_back() -> None:
    client = signed_in("officer")
    given = {"status": "ratified", "day": "2012-01-01", "source": "Treaty Office"}
    assert client.post("/treaties/ETS-185/MZ/", given | {"status": "in law"}).status_code == 422
    assert client.post("/treaties/ETS-185/MZ/", given).status_code == 302
    law = given | {"status": "in law", "provision": "ETS-185:2", "law": "Penal Code, art. 317"}
    assert client.post("/treaties/ETS-185/MZ/", law).status_code == 302
    assert "Penal Code, art. 317" in client.get("/treaties/ETS-185/MZ/").content.decode()
    assert "ratified" in client.get("/treaties/").content.decode()
    assert "ETS-185:2" in client.get("/treaties/?csv=1").content.decode()
    assert "in law" not in client.get("/treaties/?on=2011-01-01&csv=1").content.decode()
