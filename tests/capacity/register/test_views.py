"""Pages of the register: outsiders first, then who may."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.timezone import now

from hueandcry.capacity.models import Objection, Resource, ResourceImport, ResourceShown
from hueandcry.capacity.register import actions
from hueandcry.capacity.register.drafts import ResourceDraft
from tests import factory

pytestmark = pytest.mark.usefixtures("database")
COURSE = ResourceDraft(
    "course",
    "Digital forensics for first responders",
    about="Seizing phones.",
    provider="Academy",
    countries=("AO",),
    languages=("pt",),
    aspects=("4.1.a",),
    cost="free",
)
PAGES = (
    "/resources/",
    "/resources/new/",
    "/resources/import/",
    "/resources/imports/",
    "/resources/resources.csv",
    "/experts/",
    "/experts/new/",
    "/experts/experts.csv",
)


def browser(*roles: str, **more: object) -> Client:
    return factory.signed_in(factory.person(factory.organisation(**more), roles or ("officer",)))  # type: ignore[arg-type]


def told(state: str = "listed", draft: ResourceDraft = COURSE) -> Resource:
    by = factory.as_viewer(factory.person(factory.organisation(), ("officer",)))
    made = actions.propose(by=by, draft=draft, another=True)
    Resource.objects.using("owner").filter(reference=made).update(state=state, confirmed_at=now())
    return Resource.objects.using("owner").get(reference=made)


def test_outsiders_see_no_page() -> None:
    one = told()
    for address in (*PAGES, f"/resources/{one.reference}/"):
        assert Client().get(address).status_code == 302
        assert browser(state="suspended").get(address).status_code in (302, 403)
    assert browser("reader").get("/resources/new/").status_code == 403
    assert browser("reader").get(f"/resources/{one.reference}/").status_code == 200


def test_every_page_opens_empty_and_full() -> None:
    who = browser()
    for _again in range(2):
        for address in PAGES:
            assert who.get(address).status_code == 200, address
        told()


def test_a_list_says_why_and_counts_what_was_shown_and_opened() -> None:
    one = told()
    who = browser()
    page = who.get("/resources/?q=forensics&country=AO&language=pt").content.decode()
    assert "Digital forensics for first responders" in page
    assert "Why it is here:" in page
    assert "serves Angola" in page
    assert "seldom shown" in page
    shown = ResourceShown.objects.using("owner").get(resource=one)
    assert (shown.times, shown.asked) == (1, 0)
    who.get(f"/resources/{one.reference}/?from=list")
    who.get(f"/resources/{one.reference}/")
    assert ResourceShown.objects.using("owner").get(resource=one).asked == 1


def test_the_number_of_statements_does_not_grow(django_assert_max_num_queries: object) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    who, counts = browser(), []
    for number in (1, 12):
        for n in range(number):
            told(draft=ResourceDraft("course", f"Course {n} of {number}", countries=("AO",)))
        with CaptureQueriesContext(connection) as seen:
            assert who.get("/resources/?q=course").status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_proposing_takes_a_kind_and_a_title_and_keeps_what_was_typed() -> None:
    who = browser()
    wrong = who.post(
        "/resources/new/",
        {"kind": "course", "title": "Coast", "url": "javascript:alert(1)", "cost": "free", "language": "en"},
    )
    assert wrong.status_code == 422
    assert "no address of the web" in wrong.content.decode()
    assert 'value="Coast"' in wrong.content.decode()
    made = who.post(
        "/resources/new/", {"kind": "course", "title": "Coast", "cost": "free", "language": "en"}, follow=True
    )
    assert "Under no-objection review" in made.content.decode()
    assert Resource.objects.using("owner").get().state == "review"


def test_acts_on_a_resource() -> None:
    one = told("review")
    other, office = browser(), factory.signed_in(factory.person(factory.office(), ("secretary", "officer")))
    base = f"/resources/{one.reference}/"
    assert "It ended." in other.post(base + "object/", {"reason": "It ended."}, follow=True).content.decode()
    objection = Objection.objects.using("owner").get()
    assert other.post(f"{base}objections/{objection.pk}/", {"upheld": "yes", "words": "x"}).status_code == 403
    assert office.post(f"{base}objections/{objection.pk}/", {"upheld": "no", "words": "It goes on."}).status_code == 302
    assert "It goes on." in other.get(base).content.decode()
    other.post(base + "confirm/", {"words": "Seen in May"})
    assert "Seen in May" in other.get(base).content.decode()
    assert "proposed it does that" in other.post(base + "withdraw/", follow=True).content.decode()
    assert office.post(base + "withdraw/").status_code == 302
    assert Resource.objects.using("owner").get().state == "withdrawn"
    assert other.post("/resources/00000000-0000-0000-0000-000000000000/confirm/").status_code == 404


def test_changing_keeps_a_history() -> None:
    who = browser()
    who.post("/resources/new/", {"kind": "course", "title": "Coast", "cost": "free", "language": "en"})
    one = Resource.objects.using("owner").get()
    page = who.post(
        f"/resources/{one.reference}/edit/",
        {"kind": "tool", "title": "Shore", "cost": "paid", "language": "en"},
        follow=True,
    )
    assert "“Coast”" in page.content.decode()


def test_a_file_has_a_receipt() -> None:
    who = browser()
    file = SimpleUploadedFile("list.csv", b"title,countries\nA,AO\nB,Atlantis\n")
    page = who.post("/resources/import/", {"upload": file}, follow=True).content.decode()
    assert "line 3, column &quot;countries&quot;" in page
    one = ResourceImport.objects.using("owner").get()
    assert browser().get(f"/resources/imports/{one.reference}/").status_code == 404
    bad = who.post("/resources/import/", {"upload": SimpleUploadedFile("a.xml", b"<!DOCTYPE a><iati-activities/>")})
    assert bad.status_code == 422
    assert "document type" in bad.content.decode()


def test_the_table_that_goes_out_cannot_run_a_formula() -> None:
    told(draft=ResourceDraft("tool", '=HYPERLINK("http://evil")', countries=("AO",)))
    rows = browser().get("/resources/resources.csv").content.decode()
    assert "'=HYPERLINK" in rows


@pytest.mark.parametrize(
    "query",
    [
        "?after=99999999",
        "?after=x",
        "?country=ZZ&kind=nothing",
        "?q=%00",
        "?q=" + "a" * 5000,
        "?aspect=%27&language=%22",
        "?state=withdrawn",
    ],
)
def test_addresses_that_we_did_not_write(query: str) -> None:
    told()
    assert browser().get("/resources/" + query).status_code == 200
    assert browser().get("/experts/" + query).status_code == 200
