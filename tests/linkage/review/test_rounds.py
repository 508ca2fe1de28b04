"""A round of review: drawn out of what its organisation sees, read blind, settled by readers, closed."""

from __future__ import annotations

import re
from uuid import UUID

import pytest
from django.db import ProgrammingError, connection
from django.test.utils import CaptureQueriesContext

from hueandcry.exchange import actions_report
from hueandcry.exchange.models import Report
from hueandcry.linkage.models import Judgement, PairReading, ReviewRound, ReviewStratum, SampledPair
from hueandcry.linkage.review import actions, actions_round, queries
from hueandcry.members.actions import Refused
from hueandcry.members.models import Person
from hueandcry.members.viewer import viewer
from tests import factory
from tests.linkage.review import alliance
from tests.linkage.review.alliance import Scene

pytestmark = pytest.mark.usefixtures("database")
SIZE = 200


@pytest.fixture
def scene() -> Scene:
    """Five frauds told twice each, and one report that the bank does not see."""
    made = alliance.scene()
    alliance.frauds(made.bank, "at the bank", 5)
    alliance.frauds(made.police, "at the police", 5)
    alliance.fraud(made.outsider, "Secret", 0, alliance.STRICT)
    alliance.estimated()
    return made


def draw(person: Person) -> ReviewRound:
    reference = actions_round.draw(by=factory.as_viewer(person), wanted=SIZE)
    return ReviewRound.objects.using("owner").get(reference=reference)


def pairs(found: ReviewRound) -> list[SampledPair]:
    return list(SampledPair.objects.using("owner").filter(round=found).select_related("stratum").order_by("place"))


def read(person: Person, found: ReviewRound, place: int, verdict: str) -> None:
    by = factory.as_viewer(person)
    actions_round.read(by=by, round_=found.reference, place=place, verdict=verdict)


def as_linked(pair: SampledPair) -> str:
    return "same" if pair.stratum.linked else "different"


def against(pair: SampledPair) -> str:
    return "different" if pair.stratum.linked else "same"


def read_all(scene: Scene, found: ReviewRound) -> None:
    """Two readers go through all of it and find linkage right."""
    for person in (scene.bank, scene.colleague):
        for pair in pairs(found):
            try:
                read(person, found, pair.place, as_linked(pair))
            except Refused:
                continue


def test_what_is_drawn(scene: Scene) -> None:
    found = draw(scene.bank)
    drawn = pairs(found)
    secret = Report.objects.using("owner").get(title="Secret").pk
    assert len(drawn) >= 10
    assert not any(secret in (pair.left, pair.right) for pair in drawn)
    assert sum(pair.stratum.linked for pair in drawn) >= 5
    assert not all(pair.stratum.linked for pair in drawn)
    for pair in drawn:
        same = alliance.together(list(Report.objects.using("owner").filter(pk__in=(pair.left, pair.right))))
        assert same == pair.stratum.linked
    assert found.reports == 10
    assert found.share > 0


def test_one_round_at_a_time(scene: Scene) -> None:
    draw(scene.bank)
    with pytest.raises(Refused):
        draw(scene.colleague)
    draw(scene.police)


def test_nothing_linked_is_nothing_to_draw() -> None:
    alone = factory.person(factory.organisation())
    alliance.fraud(alone, "One")
    alliance.estimated()
    with pytest.raises(Refused):
        draw(alone)


@pytest.mark.parametrize("wanted", [0, -1, 7, 10**9])
def test_odd_sizes_are_refused(scene: Scene, wanted: int) -> None:
    with pytest.raises(Refused):
        actions_round.draw(by=factory.as_viewer(scene.bank), wanted=wanted)


def test_what_speaks_against_linkage_is_read_again_before_it_binds(scene: Scene) -> None:
    found = draw(scene.bank)
    pair = next(p for p in pairs(found) if p.stratum.linked and not p.twice)
    both = list(Report.objects.using("owner").filter(pk__in=(pair.left, pair.right)))
    read(scene.bank, found, pair.place, "different")
    assert alliance.together(both)
    assert Judgement.objects.using("owner").count() == 0
    with pytest.raises(Refused):  # not by the same person
        read(scene.bank, found, pair.place, "different")
    read(scene.colleague, found, pair.place, "different")
    assert not alliance.together(both)
    made = Judgement.objects.using("owner").get()
    assert (made.verdict, made.sample, made.organisation) == ("different", pair.pk, scene.bank.organisation_id)


def test_two_that_differ_are_decided_by_a_third(scene: Scene) -> None:
    found = draw(scene.bank)
    pair = next(p for p in pairs(found) if not p.stratum.linked)
    third = factory.person(scene.bank.organisation)
    read(scene.bank, found, pair.place, "same")
    read(scene.colleague, found, pair.place, "different")
    for person in (scene.bank, scene.colleague):
        with pytest.raises(Refused):
            read(person, found, pair.place, "same")
    read(third, found, pair.place, "different")
    assert Judgement.objects.using("owner").get().verdict == "different"
    assert PairReading.objects.using("owner").count() == 3


def test_a_round_read_whole_is_estimated_and_kept(scene: Scene) -> None:
    found = draw(scene.bank)
    with pytest.raises(Refused):
        actions_round.close(by=factory.as_viewer(scene.bank), round_=found.reference, publish=False)
    read_all(scene, found)
    actions_round.close(by=factory.as_viewer(scene.bank), round_=found.reference, publish=True)
    kept = ReviewRound.objects.using("owner").get(pk=found.pk)
    assert kept.figures["precision"][0] == 1
    assert kept.figures["recall"][0] == 1
    assert kept.figures["read"] == len(pairs(found))
    assert sum(s["pairs"] for s in kept.figures["strata"]) == sum(
        s.pairs for s in ReviewStratum.objects.using("owner").filter(round=found)
    )
    with pytest.raises(Refused):
        read(scene.bank, found, 1, "same")


def test_judged_pairs_are_not_drawn_again(scene: Scene) -> None:
    first, second = (Report.objects.using("owner").get(title=f"Fraud 0 at the {who}") for who in ("bank", "police"))
    by = factory.as_viewer(scene.police)
    actions.judge(by=by, left=first.reference, right=second.reference, verdict="same")
    found = draw(scene.bank)
    assert (min(first.pk, second.pk), max(first.pk, second.pk)) not in {(p.left, p.right) for p in pairs(found)}
    assert found.left_out["judged"] == 1


# Attacks


def test_another_organisation_sees_nothing_of_it(scene: Scene) -> None:
    found = draw(scene.bank)
    read(scene.bank, found, 1, as_linked(pairs(found)[0]))
    who = factory.as_viewer(scene.police)
    with viewer(who):
        for model in (ReviewRound, ReviewStratum, SampledPair, PairReading):
            assert model.objects.count() == 0  # type: ignore[attr-defined]
    for act in (
        lambda: read(scene.police, found, 1, "same"),
        lambda: actions_round.close(by=who, round_=found.reference, publish=True),
    ):
        with pytest.raises(ReviewRound.DoesNotExist):
            act()
    client = factory.signed_in(scene.police)
    assert client.get(f"/review/{found.reference}/").status_code == 404
    assert client.get(f"/review/{found.reference}/1/").status_code == 404


def test_what_is_published_shows_figures_and_no_pair(scene: Scene) -> None:
    found = draw(scene.bank)
    read_all(scene, found)
    actions_round.close(by=factory.as_viewer(scene.bank), round_=found.reference, publish=True)
    who = factory.as_viewer(scene.outsider)
    with viewer(who):
        assert [each.pk for each, _name in queries.rounds(who)] == [found.pk]
        assert SampledPair.objects.count() == ReviewStratum.objects.count() == PairReading.objects.count() == 0
    page = factory.signed_in(scene.outsider).get(f"/review/{found.reference}/").content.decode()
    assert "Precision" in page
    assert "Fraud 1" not in page
    assert factory.signed_in(scene.outsider).get(f"/review/{found.reference}/1/").status_code == 404


def test_a_pair_that_became_invisible_is_gone_and_said(scene: Scene) -> None:
    found = draw(scene.bank)
    held = pairs(found)
    theirs = Report.objects.using("owner").get(title="Fraud 3 at the police")
    touched = [p for p in held if theirs.pk in (p.left, p.right)]
    assert touched
    actions_report.handle(
        by=factory.as_viewer(scene.police), report=theirs.pk, handling=alliance.STRICT, reason="A mistake"
    )
    with pytest.raises(SampledPair.DoesNotExist):
        read(scene.bank, found, touched[0].place, "same")
    who = factory.as_viewer(scene.bank)
    with viewer(who):
        seen = queries.stands(queries.own_round(who, found.reference))
        assert len(seen) == len(held) - len(touched)
        assert sum(row.missing for row in queries.rows(found, seen)) == len(touched)
    assert PairReading.objects.using("owner").count() == 0
    page = factory.signed_in(scene.bank).get(f"/review/{found.reference}/{touched[0].place}/", follow=True)
    assert "Fraud 3 at the police" not in page.content.decode()


def test_the_database_keeps_readings_as_they_are(scene: Scene) -> None:
    found = draw(scene.bank)
    read(scene.bank, found, 1, as_linked(pairs(found)[0]))
    for statement in (
        "UPDATE linkage_pairreading SET verdict = 'same'",
        "DELETE FROM linkage_pairreading",
        "UPDATE linkage_reviewstratum SET pairs = 1",
        "UPDATE linkage_sampledpair SET place = 900",
        "UPDATE linkage_reviewround SET seed = 1",
    ):
        with pytest.raises(ProgrammingError), viewer(factory.as_viewer(scene.bank)), connection.cursor() as cursor:
            cursor.execute(statement)


def test_a_reading_in_the_name_of_another_is_refused_by_the_database(scene: Scene) -> None:
    found = draw(scene.bank)
    pair = pairs(found)[0]
    with pytest.raises(ProgrammingError), viewer(factory.as_viewer(scene.bank)):
        PairReading.objects.create(pair_id=pair.pk, number=1, person=scene.colleague.pk, verdict="same")


# Pages


def words(page: bytes) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page.decode()).split())


def test_a_pair_is_read_without_its_weight_and_without_what_another_said(scene: Scene) -> None:
    found = draw(scene.bank)
    pair = next(p for p in pairs(found) if p.stratum.linked)
    address = f"/review/{found.reference}/{pair.place}/"
    before = factory.signed_in(scene.colleague).get(address)
    client = factory.signed_in(scene.bank)
    answer = client.post(address, {"verdict": "different", "reason": "Two victims"}, follow=True)
    assert answer.status_code == 200
    after = factory.signed_in(scene.colleague).get(address)
    for page in (before, after):
        said = words(page.content)
        assert page.status_code == 200
        assert "Fraud" in said
        assert not re.search(r"\bbits?\b|linked|Two victims|weight", said), said
    plain = [re.sub(r'value="[^"]{60,}"', "", page.content.decode()) for page in (before, after)]
    assert plain[0] == plain[1]


def test_pages_of_a_round(scene: Scene) -> None:
    client = factory.signed_in(scene.bank)
    assert "Draw the pairs" in client.get("/review/").content.decode()
    answer = client.post("/review/draw/", {"wanted": "200"}, follow=True)
    assert "no estimate yet" in answer.content.decode()
    found = ReviewRound.objects.using("owner").get()
    read_all(scene, found)
    page = words(client.get(f"/review/{found.reference}/").content)
    assert "Precision" in page
    assert "0 pairs are left to read" in page
    client.post(f"/review/{found.reference}/close/", {"publish": "1"})
    assert "published" in words(client.get("/review/").content)
    assert (
        factory.signed_in(factory.person(scene.bank.organisation, ["reader"])).post("/review/draw/").status_code == 403
    )


def test_the_number_of_queries_does_not_grow(scene: Scene) -> None:
    found = draw(scene.bank)
    client = factory.signed_in(scene.bank)

    def count(address: str) -> int:
        client.get(address)
        with CaptureQueriesContext(connection) as caught:
            assert client.get(address).status_code == 200
        return len(caught)

    place = pairs(found)[-1].place
    before = count(f"/review/{found.reference}/"), count(f"/review/{found.reference}/{place}/")
    for pair in pairs(found)[:8]:
        read(scene.bank, found, pair.place, as_linked(pair))
    after = count(f"/review/{found.reference}/"), count(f"/review/{found.reference}/{place}/")
    assert after[0] <= before[0]  # one fewer while a second reading is awaited
    assert after[1] == before[1]


def test_the_model_stands_in_one_table(scene: Scene) -> None:
    client = factory.signed_in(factory.person(scene.bank.organisation, ["reader"]))
    page = words(client.get("/review/model/").content)
    assert "values in common" in page.lower()
    assert "Bits" in page
    for than in ("0", "1", "999999999999999999999", "x"):
        assert client.get(f"/review/model/?than={than}").status_code == 200


@pytest.mark.parametrize("address", ["/review/", "/review/model/", "/review/disputes/"])
def test_outsiders_do_not_come_in(address: str) -> None:
    from django.test import Client

    assert Client().get(address).status_code == 302
    applicant = factory.person(factory.organisation(state="applicant"))
    assert factory.signed_in(applicant).get(address).status_code == 302


def test_rounds_that_are_not_there() -> None:
    client = factory.signed_in(factory.person(factory.organisation()))
    absent = UUID(int=7)
    for path in (f"/review/{absent}/", f"/review/{absent}/1/"):
        assert client.get(path).status_code == 404
    assert client.post(f"/review/{absent}/close/").status_code == 404
    assert client.post("/review/judgements/99999999/withdraw/").status_code == 404
