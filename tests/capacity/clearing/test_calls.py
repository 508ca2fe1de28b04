"""Calls, offers and choices: a whole one, and what the database refuses whoever writes and however."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, ProgrammingError, connection

from hueandcry.capacity.clearing import actions, life, queries
from hueandcry.capacity.clearing.actions import Asked, PlaceAsked
from hueandcry.capacity.models import Assignment, Call, Offer, Place, Resource
from hueandcry.capacity.register import experts
from hueandcry.capacity.register.drafts import Unfit
from hueandcry.capacity.register.experts import ExpertDraft
from hueandcry.exchange.merge import intern
from hueandcry.members.actions import Refused
from hueandcry.members.models import ALLIANCE, Organisation
from hueandcry.members.viewer import Viewer, viewer
from tests import factory

pytestmark = pytest.mark.usefixtures("database")
FROM = datetime.now(UTC).date() + timedelta(days=60)
UNTIL = FROM + timedelta(days=11)


def somebody(*roles: str, country: str = "PT", kind: str = "law-enforcement") -> Viewer:
    return factory.as_viewer(factory.person(factory.organisation(kind=kind, country=country), roles or ("officer",)))


def expert(by: Viewer, name: str = "", **more: Any) -> UUID:
    plain: dict[str, Any] = {
        "skills": ("digital forensics", "training"), "speaks": (("pt", "native"),), "everywhere": True,
        "consent_by": "They", "consent_how": "By letter", "shown_to": "alliance",
        "free": ((FROM - timedelta(days=30), UNTIL + timedelta(days=30)),),
    }  # fmt: skip
    return experts.propose(by=by, draft=ExpertDraft(name or "An expert", **(plain | more)))


def opened(by: Viewer, times: int = 1, *, closed: bool = False, **place: Any) -> UUID:
    made = actions.draft(
        by=by, asked=Asked("MZ", "Three trainers in digital forensics", parties=["Acme SA"], closed=closed)
    )
    plain: dict[str, Any] = {"skills": ["digital forensics"], "languages": {"pt": "C1"}, "times": times}
    actions.add_places(by=by, call=made, asked=PlaceAsked(FROM, UNTIL, **(plain | place)))
    actions.open_call(by=by, call=made)
    return made


def offered(by: Viewer, call: UUID, resource: UUID) -> Offer:
    actions.offer(by=by, call=call, resource=resource, no_conflict=True)
    return Offer.objects.using("owner").get(resource=Resource.objects.using("owner").get(reference=resource).pk)


def state(call: UUID) -> str:
    return Call.objects.using("owner").get(reference=call).state


def test_a_call_from_draft_to_what_came_of_it() -> None:
    asker, other = somebody(country="MZ"), somebody()
    call = actions.draft(by=asker, asked=Asked("MZ", "Trainers in digital forensics", aspects=["4.3.a"]))
    with viewer(other):
        assert not queries.calls(other).exists(), "a draft is its organisation's"
    with pytest.raises(Refused, match="at least one place"):
        actions.open_call(by=asker, call=call)
    actions.add_places(by=asker, call=call, asked=PlaceAsked(FROM, UNTIL, skills=["digital forensics"], times=2))
    actions.drop_place(by=asker, call=call, number=2)
    actions.open_call(by=asker, call=call)
    with viewer(other):
        assert queries.calls(other, country="MZ", words="forensics").count() == 1
    with pytest.raises(Refused):
        actions.edit(by=asker, call=call, asked=Asked("AO", "Something else entirely"))
    mine = expert(other)
    actions.invite(by=asker, call=call, resource=mine)
    offer = offered(other, call, mine)
    with pytest.raises(Refused, match="Nobody is confirmed"):
        actions.agree(by=asker, call=call)
    actions.choose(by=asker, call=call, place=1, offer=offer.pk)
    with pytest.raises(Refused, match="taken"):
        actions.choose(by=asker, call=call, place=1, offer=offer.pk)
    with pytest.raises(Refused, match="not been confirmed"):
        actions.agree(by=asker, call=call)
    chosen = Assignment.objects.using("owner").get().pk
    with pytest.raises(Refused, match="other side"):
        actions.move(by=asker, assignment=chosen, state="confirmed")
    with pytest.raises(Refused, match="decline the choice first"):
        actions.withdraw_offer(by=other, offer=offer.pk)
    actions.move(by=other, assignment=chosen, state="confirmed")
    actions.agree(by=asker, call=call)
    with pytest.raises(Refused, match="whether it took place"):
        actions.finish(by=asker, call=call, outcome="Well.")
    with pytest.raises(Refused, match="how many days"):
        actions.move(by=asker, assignment=chosen, state="done", outcome="Twelve people trained.")
    actions.move(by=asker, assignment=chosen, state="done", outcome="Twelve people trained.", days=10, rating=5)
    with pytest.raises(Refused, match="what came of it"):
        actions.finish(by=asker, call=call, outcome=" ")
    actions.finish(by=asker, call=call, outcome="They train others now.")
    assert state(call) == "done"
    with pytest.raises(Refused):
        actions.withdraw(by=asker, call=call)


def test_three_portuguese_speaking_trainers_are_found_and_everybody_else_has_a_reason() -> None:
    asker, other = somebody(country="MZ"), somebody()
    call = opened(asker, 3)
    fit = [expert(other, f"Fit {n}") for n in range(3)]
    wrong = {
        "speaks English": expert(other, "speaks English", speaks=(("en", "native"),)),
        "of the country": expert(other, "of the country", home="MZ"),
        "elsewhere": expert(other, "elsewhere", everywhere=False, countries=("AO",)),
        "busy": expert(other, "busy", free=()),
        "conflict": expert(other, "conflict"),
        "at Acme": expert(other, "at Acme"),
    }
    experts.declare(by=other, resource=wrong["conflict"], why="Married to the minister.", country="MZ")
    experts.declare(by=other, resource=wrong["at Acme"], why="A contract.", party="ACME SA")
    expert(other, "hidden", shown_to="secretariat")
    with viewer(asker):
        one = Call.objects.get(reference=call)
        found = queries.matched(asker, one)
    assert {each.resource.reference for each in found.proposed.values()} == set(fit)
    why = {each.resource.title: [r.word for r in each.against] for each in found.others[1]}
    assert {name: words for name, words in why.items() if not name.startswith("Fit")} == {
        "speaks English": ["language"], "of the country": ["conflict"], "busy": ["dates"],
        "conflict": ["conflict"], "at Acme": ["conflict"],
    }  # fmt: skip
    assert found.matching.proven and found.weighed == 8, "who may not be seen, or goes elsewhere, is not weighed"


@pytest.mark.parametrize("against", ["country", "party", "asker", "employer", "home", "at once", "withdrawn", "kind"])
def test_nobody_with_a_conflict_or_without_time_is_chosen_by_a_direct_write(against: str) -> None:
    asker, other = somebody(country="MZ"), somebody()
    first, call = opened(asker), opened(asker, 2, kind="course" if against == "kind" else "expert")
    mine = expert(other, home="MZ" if against == "home" else "")
    offer = offered(other, call, mine)
    if against in ("country", "party", "asker"):
        given = {"country": "MZ"} if against == "country" else {"party": " acme sa"} if against == "party" else {}
        experts.declare(
            by=other, resource=mine, why="So.", organisation=asker.organisation if not given else None, **given
        )
    elif against == "employer":
        Resource.objects.using("owner").get(reference=mine).expert.__class__.objects.using("owner").update(
            employer=asker.organisation
        )
    elif against == "at once":
        actions.offer(by=other, call=first, resource=mine, no_conflict=True)
        earlier = Offer.objects.using("owner").get(call__reference=first)
        actions.choose(by=asker, call=first, place=1, offer=earlier.pk)
    elif against == "withdrawn":
        actions.withdraw_offer(by=other, offer=offer.pk)
    with pytest.raises((ProgrammingError, Refused, Offer.DoesNotExist)):
        actions.choose(by=asker, call=call, place=1, offer=offer.pk)
    with pytest.raises(ProgrammingError), viewer(asker):
        Assignment.objects.create(
            call=Call.objects.get(reference=call), place=Place.objects.get(call__reference=call, number=1),
            offer_id=offer.pk, audience=offer.audience, resource=offer.resource,
            organisation=asker.organisation or 0, person=asker.person or 0, provider=other.organisation or 0,
        )  # fmt: skip


def test_a_choice_that_matching_refuses_needs_a_reason_unless_it_is_a_conflict() -> None:
    asker, other = somebody(country="MZ"), somebody()
    call = opened(asker)
    offer = offered(other, call, expert(other, speaks=(("pt", "B2"),)))
    with pytest.raises(Refused, match="below the level"):
        actions.choose(by=asker, call=call, place=1, offer=offer.pk)
    actions.choose(by=asker, call=call, place=1, offer=offer.pk, differs="An interpreter comes along.")
    made = Assignment.objects.using("owner").get()
    assert made.reasons == [["level", "pt"]] and made.differs


def test_one_person_fills_one_place_at_a_time_and_a_released_one_is_free_again() -> None:
    asker, other = somebody(country="MZ"), somebody()
    call = opened(asker, 2)
    offer = offered(other, call, expert(other))
    actions.choose(by=asker, call=call, place=1, offer=offer.pk)
    with pytest.raises(Refused):
        actions.choose(by=asker, call=call, place=2, offer=offer.pk)
    actions.move(by=asker, assignment=Assignment.objects.using("owner").get().pk, state="released")
    actions.choose(by=asker, call=call, place=2, offer=offer.pk)
    with viewer(asker):
        found = queries.matched(asker, Call.objects.get(reference=call))
    assert found.matching.assigned == {2: offer.resource} and found.others[1][0].against[0].word == "same time"


def test_who_offers_what_to_whom() -> None:
    asker, other, third = somebody(country="MZ"), somebody(), somebody(kind="business")
    call, closed = opened(asker), opened(asker, closed=True)
    hidden, mine = expert(other, "hidden", shown_to="secretariat"), expert(other)
    with pytest.raises(Refused, match="not agreed"):
        actions.offer(by=other, call=call, resource=hidden, no_conflict=True)
    with pytest.raises(Refused, match="conflict"):
        actions.offer(by=other, call=call, resource=mine, no_conflict=False)
    with pytest.raises(Resource.DoesNotExist):
        actions.offer(by=third, call=call, resource=mine, no_conflict=True)
    with pytest.raises(Refused):
        actions.offer(by=asker, call=call, resource=expert(asker), no_conflict=True)
    with pytest.raises(Call.DoesNotExist):
        actions.offer(by=third, call=closed, resource=expert(third), no_conflict=True)
    with pytest.raises(Refused):
        actions.offer(by=somebody("reader"), call=call, resource=mine, no_conflict=True)
    offered(other, call, mine)
    with pytest.raises(Refused, match="already"):
        actions.offer(by=other, call=call, resource=mine, no_conflict=True)
    with viewer(third):
        assert not Offer.objects.exists(), "an offer is between two"
    with viewer(other):
        row = Resource.objects.get(reference=hidden)
        both = intern(
            list(
                Organisation.objects.filter(pk__in=[other.organisation, asker.organisation]).values_list(
                    "principal_id", flat=True
                )
            )
        )
    for audience in (both, None):  # past the action: to somebody who may not see the expert, or to everybody
        with pytest.raises(ProgrammingError), viewer(other):
            Offer.objects.create(
                call=Call.objects.get(reference=call), audience=audience or intern([ALLIANCE]), resource=row.pk,
                organisation=other.organisation or 0, person=other.person or 0, no_conflict=True,
            )  # fmt: skip


def test_moves_of_a_call_are_those_of_the_table_whoever_writes() -> None:
    asker = somebody(country="MZ")
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    for before, after in product(Call.State.values, Call.State.values):
        if before == after:
            continue
        call = actions.draft(by=asker, asked=Asked("MZ", f"From {before} to {after}"))
        path = {"draft": [], "open": ["open"], "agreed": ["open", "agreed"], "done": ["open", "agreed", "done"],
                "withdrawn": ["withdrawn"]}[before]  # fmt: skip
        for step in path:
            with viewer(asker):
                assert Call.objects.filter(reference=call).update(state=step, outcome="So.") == 1
        moved = 0
        try:
            with viewer(asker):
                moved = Call.objects.filter(reference=call).update(state=after, outcome="So.")
        except ProgrammingError:
            pass
        assert bool(moved) == ((before, after) in life.CALL), (before, after)


def test_moves_of_an_assignment_are_those_of_the_table_whoever_writes() -> None:
    asker, other, third = somebody(country="MZ"), somebody(), somebody()
    call = opened(asker)
    offer = offered(other, call, expert(other))
    ways: dict[str, list[tuple[Viewer, str]]] = {
        "chosen": [], "confirmed": [(other, "confirmed")], "declined": [(other, "declined")],
        "released": [(asker, "released")], "done": [(other, "confirmed"), (asker, "done")],
        "failed": [(other, "confirmed"), (asker, "failed")],
    }  # fmt: skip
    for before, after in product(Assignment.State.values, Assignment.State.values):
        for side, by in (("asker", asker), ("provider", other), ("", third)):
            if before == after:
                continue
            Assignment.objects.using("owner").all().delete()
            actions.choose(by=asker, call=call, place=1, offer=offer.pk)
            for mover, step in ways[before]:
                with viewer(mover):
                    assert Assignment.objects.update(state=step) == 1
            moved = 0
            try:
                with viewer(by):
                    moved = Assignment.objects.update(state=after)
            except ProgrammingError:
                pass
            assert bool(moved) == ((side, before, after) in life.ASSIGNMENT), (side, before, after)


def test_who_sends_does_not_rate_and_nothing_is_deleted() -> None:
    asker, other = somebody(country="MZ"), somebody()
    call = opened(asker)
    offer = offered(other, call, expert(other))
    actions.choose(by=asker, call=call, place=1, offer=offer.pk)
    with pytest.raises(ProgrammingError), viewer(other):
        Assignment.objects.update(state="confirmed", rating=5)
    for statement in (
        "DELETE FROM capacity_assignment", "DELETE FROM capacity_offer", "DELETE FROM capacity_call",
        "UPDATE capacity_assignment SET provider = organisation", "UPDATE capacity_place SET from_elsewhere = false",
        "UPDATE capacity_offer SET resource = 1",
    ):  # fmt: skip
        with pytest.raises(ProgrammingError), viewer(asker), connection.cursor() as cursor:
            cursor.execute(statement)
    actions.move(by=other, assignment=Assignment.objects.using("owner").get().pk, state="confirmed")
    with pytest.raises(IntegrityError), viewer(asker):
        Assignment.objects.update(state="done", rating=6)


def test_pages_of_a_call() -> None:
    asking = factory.person(factory.organisation(kind="law-enforcement", country="MZ"), ("officer",))
    giving = factory.person(factory.organisation(kind="law-enforcement"), ("officer",))
    client, other = factory.signed_in(asking), factory.signed_in(giving)
    assert "Nobody asks for help yet" in client.get("/clearing/").content.decode()
    assert client.post("/clearing/new/", {"title": "Hi", "country": ""}).status_code == 422
    made = client.post(
        "/clearing/new/", {"title": "Trainers in digital forensics", "country": "MZ", "parties": "Acme\n"}
    )
    page = made["Location"]
    days = {"starts": FROM.isoformat(), "ends": UNTIL.isoformat()}
    place = {"times": "3", "kind": "expert", "skills": "digital forensics", "languages": ["pt"], "level": "C1"} | days
    assert client.post(f"{page}places/", place | {"starts": date(2020, 1, 1).isoformat()}).status_code == 422
    assert client.post(f"{page}places/", place | {"from_elsewhere": "on"}).status_code == 302
    assert other.get(page).status_code == 404
    client.post(f"{page}open/")
    mine = expert(factory.as_viewer(giving), "Ana Reis")
    said = client.get(page).content.decode()
    assert "3 open places" in said and "Ana Reis" in said and "For 2 places nobody fits" in said
    client.post(f"{page}invite/", {"resource": str(mine)})
    assert "asked for" in client.get(page).content.decode()
    assert other.post(f"{page}offer/", {"resource": str(mine)}).status_code == 422
    assert other.post(f"{page}offer/", {"resource": str(mine), "no_conflict": "on"}).status_code == 302
    offer = Offer.objects.using("owner").get().pk
    assert client.post(f"{page}choose/", {"place": "1", "offer": offer}).status_code == 302
    assert "2 open places" in client.get(page).content.decode()
    chosen = Assignment.objects.using("owner").get().pk
    other.post(f"{page}move/", {"assignment": chosen, "state": "confirmed"})
    said = client.get(page).content.decode()
    assert "confirmed" in said and "What came of it" in said
    client.post(f"{page}agree/")
    came = {"assignment": chosen, "state": "done", "days": "9", "rating": "4", "outcome": "Twelve trained."}
    client.post(f"{page}move/", came)
    client.post(f"{page}finish/", {"outcome": "They train others now."})
    assert "They train others now." in other.get(page).content.decode()
    assert "Trainers in digital forensics,MZ,done,3" in other.get("/clearing/calls.csv?state=done").content.decode()
    assert client.post(f"{page}nonsense/").status_code == 404
    assert (
        factory.signed_in(factory.person(factory.organisation(), ("reader",))).get("/clearing/new/").status_code == 403
    )


def test_nationalities_and_missions_at_one_time_are_told_with_an_expert() -> None:
    asker, other = somebody(country="MZ"), somebody()
    call = opened(asker)
    expert(other, "National", nationalities=("MZ", "PT"))
    both = expert(other, "Two at once", at_once=2)
    with viewer(asker):
        found = queries.matched(asker, Call.objects.get(reference=call))
    why = {each.resource.title: [(r.word, r.about) for r in each.against] for each in found.others[1]}
    assert why == {"National": [("conflict", "nationality")]}
    for each in (call, opened(asker)):
        offer = offered_again(other, each, both)
        actions.choose(by=asker, call=each, place=1, offer=offer.pk)
    third = opened(asker)
    with pytest.raises(Refused, match="taken"):
        actions.choose(by=asker, call=third, place=1, offer=offered_again(other, third, both).pk)
    with pytest.raises(Unfit):
        expert(other, nationalities=("ZZ",))


def offered_again(by: Viewer, call: UUID, resource: UUID) -> Offer:
    actions.offer(by=by, call=call, resource=resource, no_conflict=True)
    return Offer.objects.using("owner").get(call__reference=call)
