"""Rounds on common priorities: two chambers agree; nobody reads another ballot; a phase allows what belongs to it."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import orjson
import pytest
from django.db import IntegrityError, ProgrammingError, connection
from hypothesis import given
from hypothesis import strategies as st

from hueandcry.capacity.models import Ballot, Priority, Proposal, Round
from hueandcry.capacity.priorities import actions, queries
from hueandcry.capacity.priorities.actions import Opening, Proposed, today
from hueandcry.capacity.priorities.counted import counted, digest
from hueandcry.capacity.priorities.phases import KINDS, phase
from hueandcry.members.actions import Refused
from hueandcry.members.models import Organisation
from hueandcry.members.viewer import Viewer, viewer
from hueandcry.notices.models import Notice
from tests import factory

pytestmark = pytest.mark.usefixtures("database")
DAY = timedelta(days=1)


def office() -> Viewer:
    return factory.as_viewer(factory.person(factory.office(), ("secretary",)))


def somebody(kind: str = "law-enforcement", *roles: str) -> Viewer:
    return factory.as_viewer(factory.person(factory.organisation(kind=kind), roles or ("officer",)))


def opened(by: Viewer, **more: Any) -> UUID:
    plain = {
        "title": "What comes first in 2027",
        "question": "Which crimes?",
        "chambers": ["private-sector", "law-enforcement"],
        "discuss_on": today() + DAY,
        "vote_on": today() + 2 * DAY,
        "close_on": today() + 3 * DAY,
        "top": 1,
    }
    return actions.open_round(by=by, opening=Opening(**(plain | more)))


def at(reference: UUID, name: str) -> None:
    """Put a round's days so that today is in this phase."""
    far = {"propose": (1, 2, 3), "discuss": (0, 1, 2), "vote": (-2, -1, 0), "count": (-3, -2, -1)}[name]
    days = dict(zip(("discuss_on", "vote_on", "close_on"), (today() + n * DAY for n in far), strict=True))
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE capacity_round DISABLE TRIGGER round_guarded")
        Round.objects.using("owner").filter(reference=reference).update(**days)
        cursor.execute("ALTER TABLE capacity_round ENABLE TRIGGER round_guarded")


def proposed(by: Viewer, reference: UUID, *titles: str) -> list[UUID]:
    return [actions.propose(by=by, of=reference, told=Proposed(title, "It hurts many.")) for title in titles]


def test_two_chambers_agree_on_what_comes_first() -> None:
    secretary, police, forces = office(), somebody(), [somebody() for _ in range(4)]
    banks = [somebody("business") for _ in range(2)]
    made = opened(secretary)
    ransom, __, mules = proposed(police, made, "Ransomware on hospitals", "Fraud by telephone", "Money mules")
    at(made, "discuss")
    actions.comment(by=banks[0], proposal=mules, text="We see them weekly.")
    at(made, "vote")
    for force in forces:  # the police want ransomware first, the banks mules; both can live with fraud by telephone
        actions.vote(by=force, of=made, ranks={1: 1, 2: 2, 3: 3}, opinions={1: 1, 3: -1})
    for bank in banks:
        actions.vote(by=bank, of=made, ranks={3: 1, 2: 2, 1: 3}, opinions={})
    with pytest.raises(Refused):
        actions.count(by=secretary, of=made)
    at(made, "count")
    actions.count(by=secretary, of=made)
    with viewer(banks[0]):
        one = Round.objects.get(reference=made)
        assert one.result is not None
        assert one.result["adopted"] == [2] and one.result["silent"] == []
        assert [(c["chamber"], c["voted"], c["members"]) for c in one.result["chambers"]] == [
            ("law-enforcement", 4, 5), ("private-sector", 2, 2)
        ]  # fmt: skip
        held = queries.current(banks[0]).get()
        assert held.proposal.title == "Fraud by telephone" and queries.touching(banks[0], "PT") == [held]
    actions.dissent(by=banks[0], of=made, text="Mules should have come first.")
    with pytest.raises(Refused, match="already"):
        actions.dissent(by=banks[0], of=made, text="Again.")
    with pytest.raises(Refused):
        actions.count(by=secretary, of=made)
    actions.review(
        by=secretary, priority=held.reference, state="renewed", words="Still so.", review_on=today() + 400 * DAY
    )
    actions.review(by=secretary, priority=held.reference, state="ended", words="Fell by half.")
    with viewer(police):
        assert not queries.current(police).exists()
    assert str(ransom) != str(mules)


def test_a_chamber_that_did_not_vote_agrees_to_nothing() -> None:
    secretary, police = office(), somebody()
    made = opened(secretary)
    proposed(police, made, "Ransomware", "Fraud by telephone")
    at(made, "vote")
    actions.vote(by=police, of=made, ranks={1: 1, 2: 2}, opinions={})
    at(made, "count")
    actions.count(by=secretary, of=made)
    found = Round.objects.using("owner").get(reference=made).result
    assert found is not None
    assert found["silent"] == ["private-sector"] and found["adopted"] == [] and found["order"] == [[1], [2]]
    assert not Priority.objects.using("owner").exists()


def test_nobody_reads_the_ballot_of_another() -> None:
    secretary, police, other, bank = office(), somebody(), somebody(), somebody("business")
    made = opened(secretary)
    shown = opened(secretary, ballots="published")
    for each in (made, shown):
        proposed(police, each, "Ransomware", "Fraud by telephone")
        at(each, "vote")
        actions.vote(by=police, of=each, ranks={1: 1}, opinions={})
        actions.vote(by=bank, of=each, ranks={2: 1}, opinions={})

    def seen(by: Viewer, each: UUID) -> int:
        with viewer(by):
            return Ballot.objects.filter(round__reference=each).count()

    def anonymous(by: Viewer, each: UUID) -> int:
        with viewer(by):
            return len(actions.cast(by, Round.objects.get(reference=each)))

    for now in ("vote", "count", "result"):
        for each in (made, shown):
            if now == "count":
                at(each, "count")
            if now == "result":
                actions.count(by=secretary, of=each)
            public = now == "result" and each == shown
            assert [seen(by, each) for by in (police, other, secretary)] == ([2, 2, 2] if public else [1, 0, 0])
            assert [anonymous(by, each) for by in (police, other)] == [0, 0]
            assert anonymous(secretary, each) == (0 if now == "vote" else 2)


def test_who_may_vote_for_whom_and_when_by_a_direct_write_too() -> None:
    secretary, police, bank, school = office(), somebody(), somebody("business"), somebody("academia")
    made = opened(secretary)
    proposed(police, made, "Ransomware", "Fraud by telephone")

    def write(by: Viewer, **more: Any) -> None:
        with viewer(by):
            found = Round.objects.get(reference=made)
            plain = {
                "organisation": by.organisation,
                "person": by.person,
                "chamber": "law-enforcement",
                "ranks": {"1": 1},
            }
            Ballot.objects.create(round=found, **(plain | more))

    for now in ("propose", "discuss", "count"):
        at(made, now)
        with pytest.raises(Refused):
            actions.vote(by=police, of=made, ranks={1: 1}, opinions={})
        with pytest.raises(ProgrammingError):
            write(police)
    at(made, "vote")
    for by, more in (
        (bank, {}), (school, {"chamber": "academia"}), (police, {"organisation": bank.organisation}),
        (somebody("law-enforcement", "reader"), {}),
    ):  # fmt: skip
        with pytest.raises(ProgrammingError):
            write(by, **more)
    for wrong in ({"ranks": {}}, {"ranks": {9: 1}}, {"ranks": {1: 3}}, {"ranks": {1: 0}}, {"opinions": {1: 2}}):
        with pytest.raises(Refused):
            actions.vote(by=police, of=made, **({"ranks": {1: 1}, "opinions": {}} | wrong))  # type: ignore[arg-type]
    with pytest.raises(Refused, match="chamber"):
        actions.vote(by=school, of=made, ranks={1: 1}, opinions={})
    write(police)
    with pytest.raises(IntegrityError):
        write(police)
    actions.vote(by=police, of=made, ranks={2: 1}, opinions={})
    assert Ballot.objects.using("owner").get().ranks == {"2": 1}
    at(made, "count")
    for by, statement in (
        (police, "UPDATE capacity_ballot SET ranks = '{}'"), (secretary, "UPDATE capacity_ballot SET ranks = '{}'"),
        (police, "DELETE FROM capacity_ballot"), (police, "UPDATE capacity_ballot SET chamber = 'private-sector'"),
    ):  # fmt: skip
        try:
            with viewer(by), connection.cursor() as cursor:
                cursor.execute(statement)
        except ProgrammingError:
            pass
        assert Ballot.objects.using("owner").get().ranks == {"2": 1}


@pytest.mark.parametrize("now", ["propose", "discuss", "vote", "count"])
def test_each_phase_allows_what_belongs_to_it(now: str) -> None:
    secretary, police = office(), somebody()
    made = opened(secretary)
    first, second = proposed(police, made, "Ransomware", "Fraud by telephone")
    at(made, now)
    told = Proposed("Money mules", "Weekly.")
    tries: dict[str, Any] = {
        "propose": lambda: actions.propose(by=police, of=made, told=told),
        "edit": lambda: actions.edit(by=police, proposal=first, told=told),
        "comment": lambda: actions.comment(by=police, proposal=first, text="So."),
        "merge": lambda: actions.merge(by=secretary, proposal=second, into=1, why="The same."),
        "vote": lambda: actions.vote(by=police, of=made, ranks={1: 1}, opinions={}),
        "count": lambda: actions.count(by=secretary, of=made),
        "dissent": lambda: actions.dissent(by=police, of=made, text="So."),
        "withdraw": lambda: actions.withdraw(by=police, proposal=first),
    }
    allowed = set()
    for name, act in tries.items():
        try:
            act()
        except Refused:
            continue
        allowed.add(name)
    assert allowed == {
        "propose": {"propose", "edit", "comment", "merge", "withdraw"}, "discuss": {"comment", "merge", "withdraw"},
        "vote": {"vote"}, "count": {"count", "dissent"},  # once counted there is a result to dissent from
    }[now]  # fmt: skip


@pytest.mark.parametrize("now", ["propose", "discuss", "vote", "count"])
def test_the_database_and_the_program_agree_on_the_phase(now: str) -> None:
    made = opened(office())
    at(made, now)
    for change in ({}, {"cancelled_at": "2026-01-01T00:00Z"}):
        one = Round.objects.using("owner").get(reference=made)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT hueandcry_round_phase(jsonb_populate_record(NULL::capacity_round, %s::jsonb))",
                [
                    orjson.dumps(
                        {"discuss_on": one.discuss_on, "vote_on": one.vote_on, "close_on": one.close_on, **change}
                    ).decode()
                ],
            )
            said = cursor.fetchone()[0]
        held = SimpleNamespace(discuss_on=one.discuss_on, vote_on=one.vote_on, close_on=one.close_on, result=None,
                               cancelled_at=change.get("cancelled_at"))  # fmt: skip
        assert said == phase(held, today()) == (now if not change else "cancelled")
    with connection.cursor() as cursor:
        for kind in Organisation.Kind.values:
            cursor.execute("SELECT hueandcry_chamber(%s)", [kind])
            assert cursor.fetchone()[0] == KINDS[kind]


def test_the_office_does_not_alter_words_results_or_days_of_voting() -> None:
    secretary, police = office(), somebody()
    made = opened(secretary)
    proposed(police, made, "Ransomware", "Fraud by telephone")

    def refused(by: Viewer, statement: str) -> bool:
        try:
            with viewer(by), connection.cursor() as cursor:
                cursor.execute(statement)
                return cursor.rowcount == 0
        except (ProgrammingError, IntegrityError):
            return True

    assert refused(secretary, "UPDATE capacity_proposal SET title = 'Other'")
    assert refused(secretary, "UPDATE capacity_proposal SET withdrawn_at = now()")
    assert refused(
        police,
        "UPDATE capacity_proposal SET merged_into_id = (SELECT min(id) FROM capacity_proposal), merged_why = 'x'",
    )
    assert refused(secretary, "UPDATE capacity_round SET result = '{}'")
    assert refused(police, "UPDATE capacity_round SET close_on = close_on + 1")
    assert refused(
        secretary,
        "UPDATE capacity_round SET discuss_on = '2020-01-01', vote_on = '2020-01-02', close_on = '2020-01-03'",
    )
    at(made, "vote")
    assert refused(secretary, "UPDATE capacity_round SET vote_on = vote_on + 5, close_on = close_on + 9")
    assert refused(secretary, "UPDATE capacity_round SET close_on = close_on - 1")
    with pytest.raises(Refused, match="prolonged"):
        actions.move_days(
            by=secretary, of=made, discuss_on=today() - 2 * DAY, vote_on=today() - DAY, close_on=today() - DAY
        )
    assert not refused(secretary, "UPDATE capacity_round SET close_on = close_on + 1")
    at(made, "count")
    assert refused(secretary, "UPDATE capacity_round SET close_on = close_on + 1")
    with pytest.raises(ProgrammingError), viewer(secretary):
        Priority.objects.create(
            proposal=Proposal.objects.order_by("pk")[0], place=1, adopted_on=today(), review_on=today() + DAY
        )


@pytest.mark.parametrize("change", [
    {"chambers": ["law-enforcement"]}, {"chambers": ["law-enforcement", "nobody"]}, {"question": " "}, {"top": 0},
    {"discuss_on": date(2020, 1, 1)}, {"close_on": date(2020, 1, 1)}, {"ballots": "sold"}, {"title": "Hm"},
])  # fmt: skip
def test_a_round_that_makes_no_sense_is_not_opened(change: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        opened(office(), **change)


def test_only_the_office_opens_and_a_cancelled_round_is_over() -> None:
    with pytest.raises(Refused):
        opened(somebody())
    secretary, police = office(), somebody()
    made = opened(secretary)
    with pytest.raises(Refused):
        actions.cancel(by=police, of=made, why="So.")
    actions.cancel(by=secretary, of=made, why="Too early.")
    with pytest.raises(Refused, match="cancelled"):
        proposed(police, made, "Ransomware")


def test_the_calendar_tells_of_voting_and_of_reviews_once() -> None:
    secretary, police, bank, school = office(), somebody(), somebody("business"), somebody("academia")
    made = opened(secretary)
    proposed(police, made, "Ransomware", "Fraud by telephone")

    def told(by: Viewer, words: str) -> int:
        return Notice.objects.using("owner").filter(person=by.person, title__contains=words).count()

    assert actions.calendar_due() == 0
    at(made, "vote")
    assert (actions.calendar_due(), actions.calendar_due()) == (1, 0)
    assert [told(each, "has begun") for each in (police, bank, school)] == [1, 1, 0]
    for by in (police, bank):
        actions.vote(by=by, of=made, ranks={1: 1}, opinions={})
    at(made, "count")
    actions.count(by=secretary, of=made)
    assert actions.calendar_due() == 0
    Priority.objects.using("owner").update(adopted_on=today() - 9 * DAY, review_on=today())
    assert (actions.calendar_due(), actions.calendar_due()) == (1, 0)
    assert (told(secretary, "reviewed"), told(police, "reviewed")) == (1, 0)


BALLOTS = st.lists(
    st.tuples(st.sampled_from(["a", "b"]), st.dictionaries(st.sampled_from("1234x"), st.integers(-1, 5), max_size=5),
              st.dictionaries(st.sampled_from("1234"), st.integers(-2, 2), max_size=4)),
    max_size=9,
)  # fmt: skip


@given(BALLOTS, st.randoms(use_true_random=False))
def test_counting_reads_what_makes_sense_and_does_not_depend_on_the_order(ballots: list[Any], random: Any) -> None:
    def count(held: list[Any]) -> dict[str, Any]:
        return counted(held, [1, 2, 3, 4], chambers=["a", "b"], members={"a": 9, "b": 9}, top=2)

    mixed = list(ballots)
    random.shuffle(mixed)
    found = count(ballots)
    assert found == count(mixed) and digest(ballots) == digest(mixed)
    assert (found["silent"] == []) == ({each[0] for each in ballots} == {"a", "b"})
    assert found["silent"] == [] or found["adopted"] == []
    orjson.dumps(found)


def test_pages_of_a_round() -> None:
    secretary = factory.signed_in(factory.person(factory.office(), ("secretary",)))
    police = factory.signed_in(factory.person(factory.organisation(kind="law-enforcement"), ("officer",)))
    bank = factory.signed_in(factory.person(factory.organisation(), ("analyst",)))
    assert "No round has been held yet" in police.get("/priorities/").content.decode()
    assert police.get("/priorities/rounds/new/").status_code == 403
    days = {"discuss_on": today() + DAY, "vote_on": today() + 2 * DAY, "close_on": today() + 3 * DAY}
    filled = {
        "title": "What comes first",
        "question": "Which?",
        "chambers": ["law-enforcement", "private-sector"],
        "top": 1,
        "ballots": "secret",
    } | days
    assert secretary.post("/priorities/rounds/new/", filled | {"question": ""}).status_code == 422
    page = secretary.post("/priorities/rounds/new/", filled)["Location"]
    made = UUID(page.split("/")[-2])
    assert police.post(f"{page}propose/", {"title": "Hm", "why": ""}).status_code == 422
    for title in ("Ransomware on hospitals", "Fraud by telephone", "Telephone fraud"):
        told = {"title": title, "why": "It hurts.", "aspects": ["4.3.a"], "countries": ["MZ"]}
        assert police.post(f"{page}propose/", told).status_code == 302
    third = Proposal.objects.using("owner").get(number=3).reference
    assert "Put it to another" in secretary.get(f"/priorities/proposals/{third}/").content.decode()
    police.post(f"/priorities/proposals/{third}/edit/", told | {"title": "Fraud over the telephone"})
    bank.post(f"/priorities/proposals/{third}/comment/", {"text": "We see it weekly."})
    secretary.post(f"/priorities/proposals/{third}/merge/", {"into": "2", "why": "The same."})
    said = bank.get(f"/priorities/proposals/{third}/").content.decode()
    assert "We see it weekly." in said and "The same." in said and "Fraud over the telephone" in said
    secretary.post(f"{page}days/", days | {"close_on": today() + 9 * DAY})
    at(made, "vote")
    assert "Your organisation has not voted yet" in bank.get(page).content.decode()
    assert bank.post(f"{page}vote/", {"rank-1": ""}).status_code == 422
    assert "Ransomware" in bank.get(f"{page}vote/").content.decode()
    for client in (police, bank):
        assert client.post(f"{page}vote/", {"rank-1": "2", "rank-2": "1", "opinion-2": "1"}).status_code == 302
    assert '<option value="1" selected>' in bank.get(f"{page}vote/").content.decode()
    assert "1 of 1 voted" in bank.get(page).content.decode()
    at(made, "count")
    secretary.post(f"{page}count/")
    said = bank.get(page).content.decode()
    assert "Where each chamber puts each proposal" in said and "fewer than 3 vote" in said
    bank.post(f"{page}dissent/", {"text": "We would have it otherwise."})
    assert "We would have it otherwise." in police.get(page).content.decode()
    told = bank.get(f"{page}result.json").json()
    assert told["result"]["adopted"] == [2] and len(told["digest"]) == 64
    assert "1,2,Fraud by telephone,True,1.0,1.0" in bank.get(f"{page}result.csv").content.decode()
    assert "Fraud by telephone" in bank.get("/priorities/").content.decode()
    assert "MZ" in bank.get("/priorities/priorities.csv").content.decode()
    one = f"/priorities/{Priority.objects.using('owner').get().reference}/"
    assert "/gaps/?aspect=4.3.a" in bank.get(one).content.decode()
    assert bank.post(one, {"state": "ended", "words": "So."}).status_code == 422
    assert secretary.post(one, {"state": "ended", "words": "It fell."}).status_code == 302
    assert "It fell." in bank.get(one).content.decode()
    assert bank.get(f"/priorities/{made}/").status_code == 404
    assert bank.post(f"{page}nonsense/").status_code == 404
