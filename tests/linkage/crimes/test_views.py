"""Pages of crimes: for outsiders, for members who see a part, and what can be done from them."""

from __future__ import annotations

import csv
import io
import re
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from hueandcry.audit.models import Act
from hueandcry.exchange.models import Report
from hueandcry.linkage.models import Crime
from tests import factory
from tests.linkage.review import alliance
from tests.linkage.review.alliance import Scene

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def scene() -> Scene:
    return alliance.scene()


def crime(report: Report) -> str:
    """The address of the crime that a report is in."""
    return f"/crimes/{Crime.objects.using('owner').get(pk=alliance.crime_of(report)).reference}/"


def words(page: bytes) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page.decode()).split())


def both(scene: Scene, *, hidden: bool = False) -> tuple[Report, Report]:
    """One fraud told by the bank and, with others of it, by the police."""
    handling = alliance.STRICT if hidden else None
    made = alliance.fraud(scene.bank, "Mule account"), alliance.fraud(scene.police, "Told to the police", 0, handling)
    alliance.estimated()
    assert alliance.together(made)
    return made


def test_the_list_counts_filters_and_exports(scene: Scene) -> None:
    both(scene)
    alliance.fraud(scene.bank, "Another <b>fraud</b>", 3, country="ES")
    alliance.estimated()
    client = factory.signed_in(scene.bank)
    page = client.get("/crimes/").content
    assert "2 crimes" in words(page)
    assert b"<b>fraud" not in page
    assert "1 crime" in words(client.get("/crimes/?least=2").content)
    assert "Mule account" not in words(client.get("/crimes/?country=ES").content)
    assert "No crime fits" in words(client.get("/crimes/?country=FR").content)
    assert "1 crime" in words(client.get("/crimes/?currency=EUR&loss=2000").content)
    for odd in ("?country=XX&least=x&since=1&loss=NaN&currency=EUR&sort=;--&after=x~y", "?after=1e999999~1&sort=-loss"):
        assert client.get(f"/crimes/{odd}").status_code == 200
    rows = list(csv.DictReader(io.StringIO(client.get("/crimes/crimes.csv?least=2").content.decode())))
    assert [(row["title"], row["reports"]) for row in rows] == [("Mule account", "2")]


def test_an_empty_list_says_what_would_be_here() -> None:
    client = factory.signed_in(factory.person(factory.organisation()))
    assert "No crime here yet" in words(client.get("/crimes/").content)


def test_the_page_of_a_crime(scene: Scene) -> None:
    one, _other = both(scene)
    page = words(factory.signed_in(scene.bank).get(crime(one)).content)
    for said in ("Mule account", "Told to the police", "2 organisations report it", "1 200.00", "nowhere else"):
        assert said in page.replace("\u2009", " ").replace("\u202f", " "), said
    report = words(factory.signed_in(scene.bank).get(f"/reports/{one.reference}/").content)
    assert "1 other report that you see tells of it too" in report


def test_what_one_does_not_see_is_a_number_at_most(scene: Scene) -> None:
    one, other = both(scene, hidden=True)
    page = factory.signed_in(scene.bank).get(crime(one)).content
    assert "Told to the police" not in words(page)
    assert "Example Police" not in words(page)
    assert str(other.reference) not in page.decode()
    assert "Others hold 1 more report" in words(page)


def test_what_is_not_there_and_what_is_not_seen_answer_alike(scene: Scene) -> None:
    alone = alliance.fraud(scene.outsider, "Secret", 2, alliance.STRICT)
    alliance.estimated()
    client = factory.signed_in(scene.bank)
    answers = []
    for path in (crime(alone), f"/crimes/{uuid4()}/"):
        with CaptureQueriesContext(connection) as caught:
            answer = client.get(path)
        answers.append((answer.status_code, answer.content.decode().replace(path, ""), len(caught)))
    assert answers[0] == answers[1]
    assert answers[0][0] == 404
    seen = alliance.fraud(scene.bank, "Ours", 3)
    for path in (
        f"/crimes/pair/{seen.reference}/{alone.reference}/",
        f"/crimes/pair/{seen.reference}/{seen.reference}/",
    ):
        assert client.get(path).status_code == 404
        assert client.post(path, {"verdict": "same"}).status_code == 404


def test_strangers_and_readers(scene: Scene) -> None:
    one, other = both(scene)
    pair = f"/crimes/pair/{one.reference}/{other.reference}/"
    for path in ("/crimes/", "/crimes/crimes.csv", crime(one), pair):
        assert Client().get(path).status_code == 302
    reader = factory.signed_in(factory.person(scene.bank.organisation, ["reader"]))
    assert "Your judgement" not in words(reader.get(pair).content)
    assert reader.post(pair, {"verdict": "different"}).status_code == 422
    assert reader.post(f"{crime(one)}apart/", {"report": str(one.reference)}).status_code == 403
    assert alliance.verdicts(one, other) == []
    assert alliance.together((one, other))


def test_two_beside_each_other_with_the_evidence(scene: Scene) -> None:
    one, other = both(scene)
    pair = f"/crimes/pair/{one.reference}/{other.reference}/"
    client = factory.signed_in(scene.bank)
    page = client.get(pair).content.decode()
    said = words(page.encode())
    assert "All together" in said
    assert "Before anything is compared" in said
    assert alliance.IBANS[0] in said
    # the bits in the column add up to the sum in its last row, but for rounding
    cells = re.findall(r'class="num nowrap"[^>]*>([^<]+)</td>', page)
    bits = [float(cell.replace("−", "-").replace("+", "")) for cell in cells]
    assert len(bits) > 3
    assert sum(bits[:-1]) == pytest.approx(bits[-1], abs=0.05 * len(bits) + 0.1)
    answer = client.post(pair, {"verdict": "different", "reason": "Two victims"}, follow=True)
    assert "different crimes" in words(answer.content)
    assert not alliance.together((one, other))
    acts = Act.objects.using("owner").filter(person=scene.bank.pk, verb="read", detail__part="pair")
    assert acts.exists()


def test_a_form_without_a_verdict_says_so(scene: Scene) -> None:
    one, other = both(scene)
    pair = f"/crimes/pair/{one.reference}/{other.reference}/"
    assert factory.signed_in(scene.bank).post(pair, {"reason": "x"}).status_code == 422


def test_those_ticked_are_another_crime_and_it_can_be_undone(scene: Scene) -> None:
    one, other = both(scene)
    address = crime(one)
    client = factory.signed_in(scene.bank)
    assert "Tick some of the reports" in words(client.post(f"{address}apart/", follow=True).content)
    client.post(f"{address}apart/", {"report": [str(other.reference), "x", str(uuid4())], "reason": "Two victims"})
    assert not alliance.together((one, other))
    page = client.get(crime(other)).content.decode()
    found = re.search(r'action="(/crimes/[^"]+/undo/\d+/)"', page)
    assert found, words(page.encode())
    client.post(found[1])
    assert alliance.together((one, other))
    assert alliance.verdicts(one, other) == ["same"]
    assert client.post("/crimes/" + str(uuid4()) + "/undo/99999999/").status_code == 404


def test_the_number_of_queries_does_not_grow(scene: Scene) -> None:
    first, _other = both(scene)
    client = factory.signed_in(scene.bank)

    def count(path: str) -> int:
        client.get(path)
        with CaptureQueriesContext(connection) as caught:
            assert client.get(path).status_code == 200
        return len(caught)

    before = count("/crimes/"), count(crime(first))
    alliance.fraud(scene.outsider, "A third tells of it")
    alliance.frauds(scene.police, "elsewhere", 4)
    alliance.estimated()
    assert (count("/crimes/"), count(crime(first))) == before
