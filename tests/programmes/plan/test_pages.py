"""Pages of programmes: an officer turns a gap into a plan, others read it, strangers what is public."""

from __future__ import annotations

import pytest

from hueandcry.capacity.models import Resource
from hueandcry.exchange.merge import intern
from hueandcry.members.models import ALLIANCE
from hueandcry.members.viewer import viewer
from hueandcry.programmes.ledger import actions as ledger
from hueandcry.programmes.ledger import entries
from hueandcry.programmes.ledger.entries import Draft
from hueandcry.programmes.models import Component, Programme
from hueandcry.programmes.plan import chain, outlines
from tests import factory
from tests.programmes import worlds
from tests.programmes.worlds import TODAY

pytestmark = pytest.mark.usefixtures("database")
ASPECT = "1.1.a"


def test_an_officer_turns_a_gap_into_a_programme() -> None:
    officer = worlds.officer()
    client = factory.signed_in(officer)
    page = client.get(f"/programmes/new/?country=KE&aspect={ASPECT}").content.decode()
    assert "no evidence yet" in page
    told = {"kind": "NCAP", "countries": ["KE"], "aspect": ASPECT, "currency": "eur", "months": "12"}
    answer = client.post("/programmes/new/", told)
    assert answer.status_code == 302, answer.content.decode()[:2000]
    address = answer["Location"]
    with viewer(factory.as_viewer(officer)):
        made = Programme.objects.get()
        assert (made.code[:8], made.state, made.currency) == ("NCAP-KE-", "draft", "EUR")
        assert {risk.kind for risk in made.risks.all()} >= set(worlds.SAFEGUARDS)
    assert "Kenya" in client.get(address).content.decode()

    wrong = client.post(f"{address}component/", {"kind": "course", "title": "x", "cost": "12.345"})
    assert wrong.status_code == 422
    assert "Write an amount of EUR in digits" in wrong.content.decode()
    part = {"kind": "course", "title": "Telephones", "cost": "12,500.00", "aspect": ASPECT, "people": "20"}
    assert client.post(f"{address}component/", part).status_code == 302
    assert "12,500.00 EUR" in client.get(address).content.decode()
    # nobody knows where the country stands: what it is judged by has to be told with where that stands
    refused = client.post(f"{address}appraisal/", follow=True).content.decode()
    assert "an indicator with baseline and target" in refused
    judged = {"source": "told", "title": "Requests answered", "better": "1", "baseline": "12", "target": "40"}
    assert client.post(f"{address}indicator/", judged | {"target_day": "2028-01-01"}).status_code == 302
    assert client.post(f"{address}appraisal/").status_code == 302
    with viewer(factory.as_viewer(officer)):
        assert Programme.objects.get().state == "appraisal"
        key = Component.objects.get().pk
    assert client.post(f"{address}remove-component-{key}/").status_code == 302  # not offered any more
    with viewer(factory.as_viewer(officer)):
        assert Component.objects.filter(pk=key).exists()


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"kind": "NCAP", "countries": ["KE", "UG"]}, "take an international one"),
        ({"kind": "ICAP", "countries": ["KE"]}, "two countries or more"),
        ({"currency": "XXY"}, "code of three letters"),
        ({"countries": []}, "required"),
    ],
)
def test_what_is_wrong_is_named_at_the_form(wrong: dict[str, object], says: str) -> None:
    client = factory.signed_in(worlds.officer())
    told = {"kind": "NCAP", "countries": ["KE"], "aspect": ASPECT, "currency": "EUR", "months": "12"} | wrong
    answer = client.post("/programmes/new/", told)
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert 'value="12"' in answer.content.decode()


def test_an_appraiser_answers_on_the_page() -> None:
    made = worlds.programme(factory.as_viewer(worlds.officer()), full=True)
    worlds.in_state(made, "appraisal")
    address = f"/programmes/{made.reference}/"
    client = factory.signed_in(worlds.officer("Foundation", "NL", "non-profit"))
    with_answers = dict.fromkeys(outlines.questions(), "Yes.") | {"verdict": "returned", "words": "Costs too low."}
    assert client.post(f"{address}appraise/", with_answers).status_code == 422  # no conflict of interest is declared
    assert client.post(f"{address}appraise/", with_answers | {"no_conflict": "on"}).status_code == 302
    assert "Costs too low." in client.get(address).content.decode()
    nobody = factory.signed_in(factory.person(factory.organisation(), roles=("analyst",)))
    assert nobody.get(address).status_code == 404  # it is a draft again


def test_strangers_read_what_is_public_and_the_chain_holds() -> None:
    from django.test import Client

    office = factory.as_viewer(worlds.office())
    owner = worlds.officer()
    made = worlds.in_state(worlds.programme(factory.as_viewer(owner)), "running")
    hidden = worlds.programme(factory.as_viewer(owner))
    fund = worlds.fund(office, name="Fund for forensics", giver="Ministry of Justice")
    with viewer(office):
        part = made.components.order_by("pk")[0]
    paid = entries.disbursement(worlds.euro(fund, 400_00), overhead=False)
    ledger.book(
        by=office,
        drafts=[
            Draft("receipt", TODAY, "Gift", entries.receipt(worlds.euro(fund, 500_00))),
            Draft("disbursement", TODAY, "x", paid, made.pk, part.pk, "Secret payee Ltd"),
        ],
    )
    stranger = Client()
    told = stranger.get("/programmes/").content.decode()
    assert made.code in told
    assert hidden.code not in told
    page = stranger.get(f"/programmes/{made.reference}/").content.decode()
    for words in ("400.00 EUR", "Ministry of Justice", "Fund for forensics", "From gift to result"):
        assert words in page
    assert "Secret payee" not in page
    assert stranger.get(f"/programmes/{hidden.reference}/").status_code == 404
    assert stranger.post(f"/programmes/{made.reference}/lesson/", {"words": "x"}).status_code == 302  # to sign in
    table = stranger.get("/programmes/programmes.csv").content.decode()
    assert "400.00" in table
    assert hidden.code not in table
    with viewer(office):
        steps = chain.walk(office, made, chain.moved(made))
    assert [(step.money.spent, step.broken) for step in steps] == [(400_00, ())]
    assert "€" not in page  # a code says which currency, in every language


def test_others_at_the_same_thing_are_judged_before_it_is_put_up() -> None:
    officer = worlds.officer()
    by = factory.as_viewer(officer)
    made = worlds.programme(by)
    client, address = factory.signed_in(officer), f"/programmes/{made.reference}/"
    assert "knows of no other programme" in client.get(address).content.decode()
    with viewer(by):
        audience = intern([ALLIANCE])
    other = Resource.objects.using("owner").create(
        kind="programme", state="listed", audience=audience, organisation=by.organisation, person=by.person,
        title="Octopus", provider="Council of Europe", countries=["KE"], aspects=[ASPECT],
    )  # fmt: skip
    assert "nobody has said how it stands" in client.get(address).content.decode()
    refused = client.post(f"{address}appraisal/", follow=True).content.decode()
    assert "Say first how it stands to Octopus" in refused
    told = {"verdict": "duplicates", "words": "The same course."}
    assert client.post(f"{address}overlap-{other.reference}/", told).status_code == 302
    assert "Say first" in client.post(f"{address}appraisal/", follow=True).content.decode()
    client.post(f"{address}overlap-{other.reference}/", {"verdict": "complements", "words": "It teaches judges."})
    client.post(f"{address}appraisal/")
    with viewer(by):
        assert Programme.objects.get().state == "appraisal"
