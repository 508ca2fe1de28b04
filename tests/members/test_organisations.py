"""The directory and the profile: what the forms do, what is exported, what is said."""

from __future__ import annotations

import csv
import io

import pytest
from django.core import mail

from hueandcry.audit.models import Act
from hueandcry.members.actions import AGREEMENT
from hueandcry.members.models import Agreement, Organisation, Person
from tests import factory

pytestmark = pytest.mark.usefixtures("database")


def now(slug: str) -> Organisation:
    return Organisation.objects.using("owner").get(slug=slug)


def test_from_applicant_to_member() -> None:
    client = factory.signed_in(factory.person(factory.office(), ["secretary"]))
    given = {"name": "Banco Novo", "kind": "business", "country": "PT", "sector": "L", "tier": "member"}
    landed = client.post("/organisations/add/", given)
    assert landed["Location"] == "/organisations/banco-novo/people/"
    assert now("banco-novo").state == "applicant"
    refused = client.post("/organisations/add/", given)
    assert "There is an organisation called" in refused.content.decode()
    page = client.get("/organisations/banco-novo/").content.decode()
    assert 'value="vetted">Admit' in page
    assert "Suspend" not in page
    silent = client.post("/organisations/banco-novo/state/", {"state": "vetted", "reason": ""}, follow=True)
    assert "Give the reason" in silent.content.decode()
    assert now("banco-novo").state == "applicant"
    assert "nobody is told. Tell it yourself." in page
    admitted = client.post("/organisations/banco-novo/state/", {"state": "vetted", "reason": "Checked"}, follow=True)
    assert "nobody is told" in admitted.content.decode()
    assert mail.outbox == []
    assert now("banco-novo").state == "vetted"
    client.post("/organisations/banco-novo/edit/", given | {"contact": "soc@novo.example"})
    assert "its contact soc@novo.example is told" in client.get("/organisations/banco-novo/").content.decode()
    jump = client.post("/organisations/banco-novo/state/", {"state": "applicant", "reason": "no"}, follow=True)
    assert "cannot become" in jump.content.decode()
    factory.person(now("banco-novo"), ["administrator"])
    assert "Its administrators are told" in client.get("/organisations/banco-novo/").content.decode()
    end = {"state": "left", "reason": "It wound up"}
    asked = client.post("/organisations/banco-novo/state/", end).content.decode()
    assert "End the membership of Banco Novo?" in asked
    assert "It wound up" in asked
    assert now("banco-novo").state == "vetted"
    client.post("/organisations/banco-novo/state/", end | {"sure": "yes"})
    assert now("banco-novo").state == "left"
    subject, said = mail.outbox[-1].subject, mail.outbox[-1].body
    assert (subject, said.split("\n\n")[0]) == (
        "The membership of Banco Novo", "Banco Novo is not a member of the alliance."
    )  # fmt: skip
    assert "It wound up" in said
    assert "/membership/" in said


def test_who_admits_is_told_that_the_agreement_is_not_accepted() -> None:
    office = factory.signed_in(factory.person(factory.office(), ["secretary"]))
    body = factory.organisation("One", state="applicant")
    said = "has not accepted the agreement"
    assert said in office.get("/organisations/one/").content.decode()
    Agreement.objects.using("owner").create(organisation=body, version=AGREEMENT)
    assert said not in office.get("/organisations/one/").content.decode()


def test_an_administrator_edits_what_is_theirs_to_say() -> None:
    one = factory.organisation("One", about="Old", country="PT")
    client = factory.signed_in(factory.person(one, ["administrator"]))
    assert 'name="country"' not in client.get("/organisations/one/edit/").content.decode()
    given = {"about": "New", "contact": "soc@example.org", "sector": "L", "name": "Europol", "country": "NL"}
    assert client.post("/organisations/one/edit/", given)["Location"] == "/organisations/one/"
    changed = now("one")
    assert (changed.about, changed.contact, changed.sector) == ("New", "soc@example.org", "L")
    assert (changed.name, changed.country) == ("One", "PT")
    act = Act.objects.using("owner").get(verb="change")
    assert act.detail == {"fields": ["about", "contact", "sector"]}


def test_people_show_to_their_own_and_reading_them_is_recorded() -> None:
    one = factory.organisation("One")
    factory.person(one, name="Ana Hidden")
    assert (
        "Ana Hidden"
        not in factory.signed_in(factory.person(factory.organisation("Two")))
        .get("/organisations/one/")
        .content.decode()
    )
    assert not Act.objects.using("owner").filter(kind="person", verb="read").exists()
    assert "Ana Hidden" in factory.signed_in(factory.person(one)).get("/organisations/one/").content.decode()
    act = Act.objects.using("owner").get(kind="person", verb="read")
    assert (act.count, act.detail) == (2, {"organisation": one.pk})


def test_circles_in_common() -> None:
    one, two, three = (factory.organisation(name) for name in ("One", "Two", "Three"))
    factory.circle("Shared ring", [one, two])
    factory.circle("Other ring", [one, three])
    page = factory.signed_in(factory.person(two)).get("/organisations/one/").content.decode()
    assert "Shared ring" in page
    assert "Other ring" not in page


@pytest.mark.parametrize(
    ("address", "kind", "first"),
    [
        ("/organisations/?format=csv&sort=name", "organisation", "'=cmd One"),
        ("/organisations/cmd-one/people/?format=csv&sort=name&q=cmd", "person", "'=cmd Ana"),
        ("/circles/?format=csv", "circle", "'=cmd Ring"),
    ],
)
def test_exports_are_defused_and_recorded(address: str, kind: str, first: str) -> None:
    one = factory.organisation("=cmd One")
    factory.person(one, name="=cmd Ana")
    factory.circle("=cmd Ring", [one])
    answer = factory.signed_in(factory.person(one, ["reader"], name="Zoe")).get(address)
    assert answer["Content-Type"].startswith("text/csv")
    rows = list(csv.reader(io.StringIO(answer.content.decode())))
    assert [row[0] for row in rows] == ["name", first]
    assert Act.objects.using("owner").get(verb="export").kind == kind


def test_what_somebody_wrote_is_never_markup() -> None:
    one = factory.organisation("One", about="<script>alert(1)</script>")
    client = factory.signed_in(factory.person(one, ["administrator"], name="<img src=x>"))
    for address in ("/organisations/one/", "/organisations/one/people/", "/account/profile/"):
        page = client.get(address).content.decode()
        assert "<script>alert" not in page
        assert "<img src=x>" not in page


def test_roles_and_account_from_the_persons_page() -> None:
    one = factory.organisation("One")
    ana = factory.person(one, ["reader"])
    client = factory.signed_in(factory.person(one, ["administrator"]))
    client.post(f"/organisations/one/people/{ana.pk}/", {"roles": ["analyst", "dpo"]})
    assert Person.objects.get(pk=ana.pk).roles == ["analyst", "dpo"]
    client.post(f"/organisations/one/people/{ana.pk}/account/", {"active": "no"})
    assert not Person.objects.get(pk=ana.pk).is_active
    client.post(f"/organisations/one/people/{ana.pk}/account/", {"active": "yes"})
    assert Person.objects.get(pk=ana.pk).is_active


def test_profile_is_saved() -> None:
    ana = factory.person(factory.organisation("One"))
    client = factory.signed_in(ana)
    assert client.post("/account/profile/", {"name": "Ana B", "language": "en-gb"})["Location"] == "/account/profile/"
    assert Person.objects.get(pk=ana.pk).name == "Ana B"
    assert client.post("/account/profile/", {"name": "Ana C", "language": "xx"}).status_code == 200
    assert Person.objects.get(pk=ana.pk).name == "Ana B"


def test_a_circle_is_made_filled_and_closed() -> None:
    one = factory.organisation("One")
    client = factory.signed_in(factory.person(factory.office(), ["secretary"]))
    assert client.post("/circles/add/", {"name": "Ring"})["Location"] == "/circles/ring/members/"
    member = factory.signed_in(factory.person(one))
    assert member.get("/circles/ring/").status_code == 404
    client.post("/circles/ring/members/", {"organisations": [str(one.pk)]})
    assert member.get("/circles/ring/").status_code == 200
    client.post("/circles/ring/close/")
    assert member.get("/circles/ring/").status_code == 404
    assert "closed" in client.get("/circles/ring/").content.decode()
