"""Asking for what was hit: routed to each owner, answered in all, part or nothing, taken back, over with its day."""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, connections

from hueandcry.audit.models import Act
from hueandcry.exchange import actions_report
from hueandcry.exchange.actions import Refused
from hueandcry.exchange.handling import Handling
from hueandcry.exchange.hits import actions, actions_ask, queries, values
from hueandcry.exchange.models import Ask, AskPart, AskValue, Report
from hueandcry.members.models import Person
from hueandcry.members.viewer import viewer
from hueandcry.notices.models import Notice
from tests import factory
from tests.exchange import send

pytestmark = pytest.mark.usefixtures("database")
VALUE, OTHER = "telling-value.pt", "second-value.pt"
_numbers = count(1)


@pytest.fixture
def asker() -> Person:
    return factory.person(factory.organisation("Example Police", kind="law-enforcement"))


@pytest.fixture
def holder() -> Person:
    return factory.person(factory.organisation("Holder Bank"))


def kept(person: Person, value: str = VALUE, **more: Any) -> Report:
    handling = Handling(**({"tlp": "AMBER", "discoverability": "anonymous"} | more))
    return send.form(person, f"kept {next(_numbers)}", handling, known=value)


def asked(person: Person, *texts: str, days: int = 7, purpose: str = "investigation") -> UUID:
    by = factory.as_viewer(person)
    told = actions.look_up(by=by, asked=values.asked(enumerate(texts, 1)), purpose=purpose)
    with viewer(by):
        found = list(queries.answers(by, told.lookup).values_list("observable", flat=True))
    return actions_ask.ask(
        by=by, observables=found, purpose=purpose, words="A case of fraud",
        answer_by=actions_ask.today() + timedelta(days=days), case="7/26",
    )  # fmt: skip


def parts(person: Person, request: UUID) -> list[queries.Part]:
    with viewer(factory.as_viewer(person)) as who:
        return queries.parts_of(who, [queries.ask(who, request).pk]).get(queries.ask(who, request).pk, [])


def part_of(owner: Person) -> AskPart:
    with viewer(factory.as_viewer(owner)) as who:
        return queries.parts_to_us(who).get()


def sees(person: Person, report: Report) -> bool:
    with viewer(factory.as_viewer(person)):
        return Report.objects.filter(pk=report.pk).exists()


def test_each_owner_gets_its_part_and_no_more(asker: Person, holder: Person) -> None:
    second = factory.person(factory.organisation("Second Bank"))
    report = kept(holder)
    kept(holder, "hidden-too.pt", discoverability="hidden")
    kept(second, OTHER)
    request = asked(asker, VALUE, OTHER, "hidden-too.pt")
    assert [(p.name, p.state, p.granted) for p in parts(asker, request)] == [("", "open", [])] * 2
    mine = part_of(holder)
    with viewer(factory.as_viewer(holder)) as who:
        held, reports = queries.held_by(who, mine)
        assert ([v.value for v in held], [r.pk for r in reports]) == ([VALUE], [report.pk])
        assert queries.values_of(who, [mine.ask_id]) == {}, "an owner learns of no value that it does not hold"
        assert queries.ask(who, request).words == "A case of fraud"
    told = Notice.objects.using("owner").get(kind="request", person=holder.pk)
    assert "Example Police" in told.title
    assert told.link == f"/requests/{request}/"
    assert VALUE not in told.title + told.text


def test_the_asker_cannot_read_owner_or_reports_in_any_way(asker: Person, holder: Person) -> None:
    report = kept(holder)
    request = asked(asker, VALUE)
    with viewer(factory.as_viewer(asker)), connection.cursor() as cursor:
        for statement in (
            "SELECT count(*) FROM exchange_askpart",
            "SELECT count(*) FROM exchange_lookupnotice",
            f"SELECT count(*) FROM exchange_report WHERE id = {report.pk}",  # noqa: S608  our own number
            "SELECT count(*) FROM hueandcry_asks_to_tell()",
            "SELECT count(*) FROM hueandcry_hits_to_tell()",
            "SELECT count(*) FROM hueandcry_asks_over()",
            f"SELECT cardinality(hueandcry_still('{{{report.pk}}}'))",
        ):
            cursor.execute(statement)
            assert cursor.fetchone()[0] == 0, statement
    assert str(holder.organisation) not in repr(parts(asker, request))
    stranger = factory.person(factory.organisation())
    with viewer(factory.as_viewer(stranger)) as who:
        assert not Ask.objects.exists()
        assert not AskValue.objects.exists()
        assert queries.parts_of(who, [Ask.objects.using("owner").get().pk]) == {}


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE exchange_askpart SET owner = 1",
        "UPDATE exchange_askpart SET reports = '{1}'",
        "UPDATE exchange_askpart SET reply = 'forged'",
        "DELETE FROM exchange_askpart",
        "UPDATE exchange_ask SET words = 'other'",
        "INSERT INTO exchange_askpart (reference, ask_id, owner) SELECT gen_random_uuid(), id, 1 FROM exchange_ask",
    ],
)
def test_an_owner_writes_its_answer_and_nothing_else(asker: Person, holder: Person, statement: str) -> None:
    kept(holder)
    asked(asker, VALUE)
    with pytest.raises(DatabaseError, match="denied"), viewer(factory.as_viewer(holder)):
        connection.cursor().execute(statement)


def test_only_what_was_a_hit_can_be_asked_for(asker: Person, holder: Person) -> None:
    """Asking is no way round the budget, the record or the purpose of a lookup."""
    kept(holder)
    kept(holder, OTHER, purpose=("prevention",))
    by = factory.as_viewer(asker)
    day = actions_ask.today()
    from hueandcry.exchange.staging import hash64

    wanted = hash64("domain-name", VALUE)
    with pytest.raises(Refused, match="Look them up first"):
        actions_ask.ask(by=by, observables=[wanted], purpose="investigation", words="x", answer_by=day)
    colleague = factory.person(asker.organisation)
    asked(colleague, VALUE)
    with pytest.raises(Refused, match="Look them up first"):
        actions_ask.ask(by=by, observables=[wanted], purpose="investigation", words="x", answer_by=day)
    told = actions.look_up(by=by, asked=values.asked([(1, OTHER)]), purpose="prevention")
    with pytest.raises(Refused, match="for this purpose"):
        actions_ask.ask(
            by=by, observables=[hash64("domain-name", OTHER)], purpose="investigation", words="x", answer_by=day
        )
    assert told.hits == 1
    assert Ask.objects.using("owner").count() == 1


def test_granting_all_part_and_nothing(asker: Person, holder: Person) -> None:
    first, second = kept(holder), kept(holder)
    request = asked(asker, VALUE)
    by, part = factory.as_viewer(holder), part_of(holder)
    actions_ask.answer(by=by, part=part.reference, reports=[first.pk], conditions="For this case only")
    (seen,) = parts(asker, request)
    assert (seen.state, seen.name, seen.conditions, seen.granted) == (
        "partly", "Holder Bank", "For this case only", [first.reference],
    )  # fmt: skip
    assert (sees(asker, first), sees(asker, second)) == (True, False)
    actions_ask.answer(by=by, part=part.reference, reports=[first.pk, second.pk])
    assert parts(asker, request)[0].state == "granted"
    assert sees(asker, second)
    actions_ask.answer(by=by, part=part.reference, reports=[])
    assert parts(asker, request)[0].state == "refused"
    assert not sees(asker, first)
    titles = (
        Notice.objects.using("owner")
        .filter(kind="answer", person=asker.pk)
        .order_by("pk")
        .values_list("title", flat=True)
    )
    assert list(titles) == ["Your request was granted in part", "Your request was granted", "Your request was refused"]


def test_a_refusal_names_its_owner_only_where_the_owner_wants_it(asker: Person, holder: Person) -> None:
    kept(holder)
    request = asked(asker, VALUE)
    by, part = factory.as_viewer(holder), part_of(holder)
    actions_ask.answer(by=by, part=part.reference, reports=[], conditions="Ask the court")
    assert [(p.name, p.conditions) for p in parts(asker, request)] == [("", "Ask the court")]
    assert "Holder Bank" not in str(
        list(Notice.objects.using("owner").filter(person=asker.pk).values_list("title", "text"))
    )
    actions_ask.answer(by=by, part=part.reference, reports=[], named=True)
    assert parts(asker, request)[0].name == "Holder Bank"


def test_taking_back_and_what_stays(asker: Person, holder: Person) -> None:
    report = kept(holder)
    request, again = asked(asker, VALUE), asked(asker, VALUE)
    by = factory.as_viewer(holder)
    with viewer(by) as who:
        first, second = queries.parts_to_us(who).order_by("pk")
    for part in (first, second):
        actions_ask.answer(by=by, part=part.reference, reports=[report.pk])
    actions_ask.take_back(by=by, part=first.reference)
    assert parts(asker, request)[0].state == "taken back"
    assert sees(asker, report), "the other request still discloses it"
    actions_ask.take_back(by=by, part=second.reference)
    assert not sees(asker, report)
    assert parts(asker, again)[0].granted == []
    with pytest.raises(Refused):
        actions_ask.take_back(by=by, part=second.reference)


def test_a_grant_ends_with_its_day(asker: Person, holder: Person) -> None:
    report = kept(holder)
    request = asked(asker, VALUE)
    part = part_of(holder)
    actions_ask.answer(
        by=factory.as_viewer(holder), part=part.reference, reports=[report.pk], until=actions_ask.today()
    )
    actions.forget_due()
    assert sees(asker, report), "its day is not over"
    AskPart.objects.using("owner").update(until=actions_ask.today() - timedelta(days=1))
    Person.objects.using("owner").filter(pk=holder.pk).update(is_active=False)
    actions.forget_due()
    assert sees(asker, report), "nobody is left who could"
    factory.person(holder.organisation, ("administrator",))
    actions.forget_due()
    assert not sees(asker, report)
    assert parts(asker, request)[0].state == "taken back"


def test_red_is_for_the_person_who_asked_and_answered_by_the_person_who_sent_it(asker: Person, holder: Person) -> None:
    report = kept(holder, tlp="RED")
    request = asked(asker, VALUE)
    colleague, of_asker = factory.person(holder.organisation), factory.person(asker.organisation)
    part = part_of(holder)
    with viewer(factory.as_viewer(colleague)) as who:
        assert not queries.parts_to_us(who).exists()
    with pytest.raises(AskPart.DoesNotExist):
        actions_ask.answer(by=factory.as_viewer(colleague), part=part.reference, reports=[])
    assert list(Notice.objects.using("owner").filter(kind="request").values_list("person", flat=True)) == [holder.pk]
    actions_ask.answer(by=factory.as_viewer(holder), part=part.reference, reports=[report.pk])
    assert (sees(asker, report), sees(of_asker, report)) == (True, False)
    actions_ask.take_back(by=factory.as_viewer(holder), part=part.reference)
    assert not sees(asker, report)
    assert parts(asker, request)[0].state == "taken back"


def test_a_report_that_became_red_is_taken_back_all_the_same(asker: Person, holder: Person) -> None:
    report = kept(holder)
    asked(asker, VALUE)
    part, by = part_of(holder), factory.as_viewer(holder)
    actions_ask.answer(by=by, part=part.reference, reports=[report.pk])
    actions_report.handle(by=by, report=report.pk, handling=Handling(tlp="RED"), reason="stricter")
    with pytest.raises(Refused, match="a colleague's alone"):
        actions_ask.take_back(by=factory.as_viewer(factory.person(holder.organisation)), part=part.reference)
    assert sees(asker, report), "the grant still lets them see it"
    actions_ask.take_back(by=by, part=part.reference)
    assert not sees(asker, report)


def test_asking_back(asker: Person, holder: Person) -> None:
    kept(holder)
    request = asked(asker, VALUE)
    part = part_of(holder)
    by = factory.as_viewer(asker)
    (open_part,) = parts(asker, request)
    with pytest.raises(Refused, match="Nobody waits"):
        actions_ask.reply(by=by, part=open_part.reference, words="unasked")
    actions_ask.question(by=factory.as_viewer(holder), part=part.reference, words="Which account?")
    (asked_back,) = parts(asker, request)
    assert (asked_back.question, asked_back.name) == ("Which account?", "")
    stranger = factory.person(factory.organisation())
    with pytest.raises(Refused, match="Nobody waits"):
        actions_ask.reply(by=factory.as_viewer(stranger), part=open_part.reference, words="forged")
    actions_ask.reply(by=by, part=open_part.reference, words="The one of May")
    assert part_of(holder).reply == "The one of May"
    assert "answered what you asked" in Notice.objects.using("owner").filter(kind="request").latest("pk").title


def test_nobody_else_answers(asker: Person, holder: Person) -> None:
    report = kept(holder)
    mine = kept(asker)
    asked(asker, VALUE)
    part = part_of(holder)
    stranger = factory.person(factory.organisation())
    for person in (asker, stranger):
        with pytest.raises(AskPart.DoesNotExist):
            actions_ask.answer(by=factory.as_viewer(person), part=part.reference, reports=[report.pk])
    reader = factory.person(holder.organisation, ("reader",))
    with pytest.raises(Refused):
        actions_ask.answer(by=factory.as_viewer(reader), part=part.reference, reports=[report.pk])
    for wrong in (mine.pk, kept(holder, "unrelated.pt").pk):
        with pytest.raises(Refused, match="Only reports that were hit"):
            actions_ask.answer(by=factory.as_viewer(holder), part=part.reference, reports=[wrong])
    assert not sees(asker, report)


def test_the_record_of_a_request_holds_no_value(asker: Person, holder: Person) -> None:
    report = kept(holder)
    asked(asker, VALUE)
    actions_ask.answer(
        by=factory.as_viewer(holder), part=part_of(holder).reference, reports=[report.pk], conditions="secret"
    )
    verbs = list(
        Act.objects.using("owner").filter(kind__startswith="request").order_by("pk").values_list("verb", flat=True)
    )
    assert verbs == ["ask", "answer: granted"]
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM audit_act WHERE detail::text ~ 'telling|secret|fraud'")
        assert cursor.fetchone()[0] == 0
