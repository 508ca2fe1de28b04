"""The pages of the audit record: what shows, filters, export, and that reading it is recorded."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client

from hueandcry.audit import actions as audit
from hueandcry.audit import chain
from hueandcry.audit.models import Act
from hueandcry.exchange.handling import Handling
from hueandcry.members.models import Person
from hueandcry.members.viewer import viewer
from hueandcry.members.views import record
from tests import factory
from tests.exchange import send

pytestmark = pytest.mark.usefixtures("database")


def act(person: Person, verb: str, number: int = 1) -> None:
    by = factory.as_viewer(person)
    with viewer(by):
        for _each in range(number):
            audit.record(by=by, verb=verb, kind="report", thing=7, detail={"roles": ["=cmd()"]})


@pytest.fixture
def people() -> dict[str, Person]:
    one, two = factory.organisation("One"), factory.organisation("Two")
    made = {
        "admin": factory.person(one, ["administrator"], name="Ana Admin"),
        "analyst": factory.person(one, ["analyst"], name="Nuno Analyst"),
        "stranger": factory.person(two, ["dpo"], name="Stella Stranger"),
        "secretary": factory.person(factory.office(), ["secretary"], name="Sofia Secretary"),
    }
    for name in ("analyst", "stranger"):
        act(made[name], f"verb of {name}")
    return made


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def rows(client: Client, address: str) -> list[dict[str, Any]]:
    answer: Any = client.get(address)
    assert answer["Content-Type"].startswith("text/csv")
    return list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode())))


def test_each_sees_what_concerns_them(people: dict[str, Person]) -> None:
    admin = factory.signed_in(people["admin"])
    page = text(admin, "/audit/")
    assert "verb of analyst" in page
    assert "Nuno Analyst" in page
    assert "verb of stranger" not in page
    assert "Stella" not in page
    assert "verb of analyst" not in text(admin, "/audit/mine/")
    assert "verb of analyst" in text(factory.signed_in(people["analyst"]), "/audit/mine/")
    whole = text(factory.signed_in(people["secretary"]), "/audit/")
    assert "verb of analyst" in whole
    assert "Stella Stranger" in whole


def test_things_have_names_and_lead_to_their_pages(people: dict[str, Person]) -> None:
    """Where the viewer may go there; the number alone where not."""
    admin, other = people["admin"], people["stranger"]
    by = factory.as_viewer(admin)
    with viewer(by):
        audit.record(by=by, verb="change", kind="organisation", thing=admin.organisation_id)
        audit.record(by=by, verb="close", kind="person", thing=people["analyst"].pk)
        audit.record(by=by, verb="close", kind="person", thing=other.pk)
        audit.record(by=by, verb="erase", kind="report", thing="9" * 30)
        audit.record(by=replace(by, person=None, channel="e-mail"), verb="send", kind="letter", thing=admin.pk)
    page = text(factory.signed_in(admin), "/audit/")
    assert '<a href="/organisations/one/">One</a>' in page
    assert f'<a href="?kind=person&amp;thing={people["analyst"].pk}">Nuno Analyst</a>' in page
    assert f'<a href="?kind=letter&amp;thing={admin.pk}">Ana Admin</a>' in page
    assert f'person <span class="code">{other.pk}</span>' in page
    assert "the program" in page
    narrowed = text(factory.signed_in(admin), f"/audit/?kind=person&thing={people['analyst'].pk}")
    assert (narrowed.count("data-row"), "close" in narrowed) == (1, True)


def test_a_thing_is_found_by_the_address_of_its_page(people: dict[str, Person]) -> None:
    """By who may see it; an e-mail that came is not taken for a person of its number."""
    report = send.form(people["analyst"], "kaluva", Handling(tlp="RED"))
    by = factory.as_viewer(people["analyst"])
    with viewer(by):
        audit.record(by=by, verb="read", kind="report", thing=report.pk)
    address = f"https://hue.example/reports/{report.reference}/?tab=links"
    for name, found in (("analyst", {"report"}), ("stranger", set())):
        where = "/audit/mine/" if name == "analyst" else "/audit/"
        listed = rows(factory.signed_in(people[name]), f"{where}?format=csv&thing={quote(address)}")
        assert {(row["kind"], row["thing"]) for row in listed} == {(kind, str(report.pk)) for kind in found}
    with viewer(by):
        audit.record(by=by, verb="letter: taken", kind="letter", thing=people["stranger"].pk)
    page = text(factory.signed_in(people["secretary"]), "/audit/?kind=letter")
    assert "Stella" not in page


def test_reading_it_is_recorded(people: dict[str, Person]) -> None:
    client = factory.signed_in(people["admin"])
    client.get("/audit/?verb=read&person=nuno")
    read = Act.objects.using("owner").get(verb="read", kind="audit record")
    assert (read.person, read.detail) == (people["admin"].pk, {"filters": ["person", "verb"]})
    rows(client, "/audit/?format=csv")
    assert Act.objects.using("owner").filter(verb="export", kind="audit record").count() == 1


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("verb=verb of analyst", 1),
        ("person=nuno", 1),
        ("person=stella", 0),
        ("person=nobody by this name", 0),
        ("thing=7", 1),
        ("since=2999-01-01", 0),
        ("until=2000-01-01", 0),
        ("since=never", 1),
        ("verb=verb of analyst%00", 1),
        ("organisation=Two", 1),  # is no filter of one's own record: it changes nothing, and opens nothing
    ],
)
def test_filters(people: dict[str, Person], query: str, found: int) -> None:
    listed = rows(factory.signed_in(people["admin"]), f"/audit/?format=csv&kind=report&{query}")
    assert [row["verb"] for row in listed] == ["verb of analyst"] * found


def test_the_secretariat_narrows_to_an_organisation(people: dict[str, Person]) -> None:
    listed = rows(factory.signed_in(people["secretary"]), "/audit/?format=csv&kind=report&organisation=two")
    assert [row["verb"] for row in listed] == ["verb of stranger"]


def test_the_export_goes_on_over_stretches_and_is_no_formula(
    people: dict[str, Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(record, "STRETCH", 3)
    act(people["analyst"], "=HYPERLINK(1)", 10)
    listed = rows(factory.signed_in(people["admin"]), "/audit/?format=csv&kind=report")
    assert [row["verb"] for row in listed] == ["'=HYPERLINK(1)"] * 10 + ["verb of analyst"]
    assert len({row["id"] for row in listed}) == 11


def test_pages_walk_the_whole_record_once(people: dict[str, Person]) -> None:
    act(people["analyst"], "many", 120)
    client = factory.signed_in(people["admin"])
    seen: list[int] = []
    address = "/audit/?kind=report"
    for _page in range(4):
        answer: Any = client.get(address)
        seen += [row["act"].pk for row in answer.context["rows"]]
        if answer.context["page"].next is None:
            break
        address = f"/audit/?kind=report&after={answer.context['page'].next}"
    assert len(seen) == len(set(seen)) == 121
    assert seen == sorted(seen, reverse=True)


def test_the_chain_is_shown(people: dict[str, Person], database: Path) -> None:
    chain.seal(database)
    page = text(factory.signed_in(people["secretary"]), "/audit/")
    head = chain.heads_file(database).read_text("utf-8").splitlines()[-1]
    assert "hueandcry audit verify" in page
    assert page.count("sealed") >= 2
    assert any(len(word) == 64 and word in page for word in head.split('"'))


def test_the_number_of_queries_is_constant(people: dict[str, Person], django_assert_num_queries: Any) -> None:
    client = factory.signed_in(people["secretary"])
    client.get("/audit/")
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as few:
        client.get("/audit/")
    for each in range(10):
        act(factory.person(factory.organisation()), f"verb {each}")
    with django_assert_num_queries(len(few)):
        client.get("/audit/")
