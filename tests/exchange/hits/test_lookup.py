"""Hit or no hit: who learns what, what never counts, what is recorded, what it costs."""

from __future__ import annotations

from datetime import date
from itertools import count
from typing import Any

import pytest
from django.db import DatabaseError, connection, connections

from hueandcry.audit.models import Act
from hueandcry.exchange import actions_report
from hueandcry.exchange.actions import Refused
from hueandcry.exchange.handling import Handling
from hueandcry.exchange.hits import actions, queries, values
from hueandcry.exchange.models import Lookup, LookupAnswer, LookupNotice
from hueandcry.members.models import ALLIANCE, Person
from hueandcry.members.viewer import viewer
from hueandcry.notices.models import Notice
from tests import factory
from tests.exchange import send

pytestmark = pytest.mark.usefixtures("database")
VALUE = "telling-value.pt"
_numbers = count(1)  # the same bytes twice would be one submission


@pytest.fixture
def asker() -> Person:
    return factory.person(factory.organisation("Example Police", kind="law-enforcement"))


@pytest.fixture
def holder() -> Person:
    return factory.person(factory.organisation("Holder Bank"))


def kept(person: Person, discoverability: str = "anonymous", value: str = VALUE, **more: Any) -> Any:
    """A report that only its owner sees."""
    handling = Handling(**({"tlp": "AMBER", "discoverability": discoverability} | more))
    return send.form(person, f"kept {next(_numbers)}", handling, known=value)


def look(person: Person, *texts: str, purpose: str = "investigation") -> actions.Told:
    return actions.look_up(
        by=factory.as_viewer(person),
        asked=values.asked(enumerate(texts, 1)),
        purpose=purpose,
        words="fraud",
        case="7/26",
    )


def answer(person: Person, *texts: str, purpose: str = "investigation") -> LookupAnswer | None:
    told = look(person, *texts, purpose=purpose)
    with viewer(factory.as_viewer(person)) as who:
        return queries.answers(who, told.lookup).first()


def test_a_hit_says_that_others_hold_it_and_no_more(asker: Person, holder: Person) -> None:
    kept(holder)
    found = answer(asker, VALUE)
    assert found is not None
    assert (found.organisations, found.kinds, found.names, found.exact) == (1, [], [], False)
    assert found.last_seen is not None
    assert found.last_seen.day == 1, "of few owners the month alone is told"


@pytest.mark.parametrize(
    ("discoverability", "tlp", "hits", "names"),
    [
        ("hidden", "AMBER", 0, []),
        ("anonymous", "AMBER", 1, []),
        ("named", "AMBER", 1, ["Holder Bank"]),
        ("", "RED", 0, []),
        ("anonymous", "RED", 1, []),
        ("named", "RED", 1, ["Holder Bank"]),
    ],
)
def test_as_its_owner_lets_it_be_discovered(
    asker: Person, holder: Person, discoverability: str, tlp: str, hits: int, names: list[str]
) -> None:
    kept(holder, discoverability, tlp=tlp)
    assert look(asker, VALUE).hits == hits
    found = answer(asker, VALUE)
    assert (found.names if found else []) == names


def test_what_never_counts(asker: Person, holder: Person) -> None:
    """Withdrawn and superseded reports, another purpose, owners who left, what one sees or holds oneself."""
    by = factory.as_viewer(holder)
    actions_report.withdraw(by=by, report=kept(holder).pk, reason="wrong")
    actions_report.supersede(
        by=by, report=kept(holder).pk, successor=kept(holder, value="another.pt").pk, reason="newer"
    )
    kept(holder, purpose=("prevention", "statistics"))
    kept(factory.person(factory.organisation("Gone", state="vetted")))
    from hueandcry.members.models import Organisation

    Organisation.objects.using("owner").filter(name="Gone").update(state="suspended")
    kept(asker)
    assert look(asker, VALUE).hits == 0
    assert look(asker, VALUE, purpose="prevention").hits == 1


def test_what_one_may_see_is_told_apart(asker: Person, holder: Person) -> None:
    shared = send.form(holder, "shared", known=VALUE)
    told = look(asker, VALUE)
    assert told.hits == 0
    with viewer(factory.as_viewer(asker)) as who:
        found = queries.answers(who, told.lookup).get()
        seen = queries.seen(who, [found.observable])[found.observable]
    assert (found.organisations, seen.count, seen.reports) == (0, 1, [(shared.reference, "shared")])


def test_counts_are_rounded_and_kinds_told_where_three_are_of_it(asker: Person) -> None:
    banks = [factory.person(factory.organisation()) for _n in range(4)]
    lonely = factory.person(factory.organisation("The University", kind="academia"))
    for person in (*banks[:3], lonely):
        kept(person)
    found = answer(asker, VALUE)
    assert found is not None
    assert (found.organisations, found.kinds, found.exact) == (3, ["business"], True)
    kept(banks[3])
    after = answer(asker, VALUE)
    assert after is not None
    assert after.organisations == 5


def test_owners_learn_who_asked_for_what(asker: Person, holder: Person) -> None:
    report = kept(holder)
    kept(holder, value="second.pt")
    stranger = factory.person(factory.organisation())
    look(asker, VALUE, "second.pt", "absent.pt")
    notice = Notice.objects.using("owner").get(person=holder.pk)
    assert (notice.kind, "Example Police" in notice.title, "2 values" in notice.title) == ("hit", True, True)
    assert VALUE not in notice.title + notice.text
    with viewer(factory.as_viewer(holder)) as who:
        rows, _more = queries.asked_of_us(who)
    assert {(r.value, r.asker, r.purpose) for r in rows} == {
        (VALUE, "Example Police", "investigation"), ("second.pt", "Example Police", "investigation"),
    }  # fmt: skip
    assert report.reference in {r.report for r in rows}
    for other in (asker, stranger):
        with viewer(factory.as_viewer(other)) as who:
            assert queries.asked_of_us(who) == ([], None)


def test_a_red_reports_question_is_told_to_its_person_alone(asker: Person, holder: Person) -> None:
    colleague = factory.person(holder.organisation)
    kept(holder, tlp="RED")
    look(asker, VALUE)
    assert list(Notice.objects.using("owner").filter(kind="hit").values_list("person", flat=True)) == [holder.pk]
    with viewer(factory.as_viewer(colleague)) as who:
        assert queries.asked_of_us(who) == ([], None)


def test_the_record_holds_counts_and_keyed_hashes_and_no_value(asker: Person, holder: Person) -> None:
    kept(holder)
    look(asker, VALUE, "absent.pt")
    act = Act.objects.using("owner").get(verb="look up")
    assert (act.count, act.detail["hits"], len(act.detail["hashes"])) == (2, 1, 2)
    assert actions.hash_of("domain-name", VALUE) in act.detail["hashes"]
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM audit_act WHERE detail::text LIKE '%absent%' OR detail::text LIKE '%telling%'"
        )
        assert cursor.fetchone()[0] == 0
        cursor.execute("SELECT count(*) FROM exchange_lookupanswer WHERE value = 'absent.pt'")
        assert cursor.fetchone()[0] == 0, "a value that was no hit is kept nowhere"


@pytest.mark.parametrize(
    ("roles", "state"), [(("reader",), "vetted"), (("reporter",), "vetted"), (("integrator", "dpo"), "vetted"),
                         (("analyst",), "applicant"), (("analyst",), "suspended"), (("administrator",), "left")]
)  # fmt: skip
def test_who_may_not_ask(roles: tuple[str, ...], state: str) -> None:
    person = factory.person(factory.organisation(state=state), roles)
    with pytest.raises(Refused):
        look(person, VALUE)
    assert not Lookup.objects.using("owner").exists()


def test_the_database_answers_nobody_past_the_rules(asker: Person, holder: Person) -> None:
    """What a fault in the application could try: an answer without a record, of another's record, twice, as another
    type, by somebody without the role."""
    from hueandcry.exchange.staging import hash64

    kept(holder, value="+351912345678")
    wanted = hash64("phone-number", "+351912345678")
    reader = factory.person(asker.organisation, ("reader",))

    def question(person: Person, asked: int = 1) -> int:
        made = Lookup(
            organisation=person.organisation_id, person=person.pk, channel="web", purpose="investigation", asked=asked
        )
        made.save(using="owner")
        return made.pk

    def ask(person: Person, lookup: int, kind: str) -> int:
        with viewer(factory.as_viewer(person)), connection.cursor() as cursor:
            cursor.execute("SELECT hueandcry_hits(%s, %s::bigint[], %s::text[])", [lookup, [wanted], [kind]])
            return int(cursor.fetchone()[0])

    for person, lookup in (
        (asker, 0),
        (holder, question(asker)),
        (reader, question(reader)),
        (asker, question(asker, 2)),
    ):
        with pytest.raises(DatabaseError, match="no such question"):
            ask(person, lookup, "phone-number")
    assert ask(asker, question(asker), "domain-name") == 0
    good = question(asker)
    assert ask(asker, good, "phone-number") == 1
    with pytest.raises(DatabaseError, match="no such question"):
        ask(asker, good, "phone-number")


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO exchange_lookupanswer (lookup_id, observable, type, value, organisations, kinds, names, exact)"
        " SELECT id, 1, 'x', 'x', 1, '{}', '{}', false FROM exchange_lookup",
        "DELETE FROM exchange_lookupspend",
        "UPDATE exchange_lookupspend SET amount = 0",
        "UPDATE exchange_lookup SET hits = 0",
        "DELETE FROM exchange_lookup",
        "SELECT hueandcry_held('{1}', 'investigation')",
        "INSERT INTO exchange_lookupnotice (lookup) VALUES (gen_random_uuid())",
        "DELETE FROM exchange_lookupblock",
    ],
)
def test_the_application_cannot_write_what_the_database_decides(asker: Person, holder: Person, statement: str) -> None:
    kept(holder)
    look(asker, VALUE)
    with pytest.raises(DatabaseError, match=r"denied|violates"), viewer(factory.as_viewer(asker)):
        connection.cursor().execute(statement)


def test_whose_questions_show(asker: Person, holder: Person) -> None:
    """The asker sees what was learnt; the administrator and the DPO that it was asked; others nothing."""
    kept(holder)
    told = look(asker, VALUE)
    colleague = factory.person(asker.organisation)
    dpo, chief = (factory.person(asker.organisation, (role,)) for role in ("dpo", "administrator"))
    seen = {}
    for name, person in {"asker": asker, "colleague": colleague, "dpo": dpo, "chief": chief, "holder": holder}.items():
        with viewer(factory.as_viewer(person)) as who:
            seen[name] = (queries.lookups(who).count(), queries.answers(who, told.lookup).count())
    assert seen == {"asker": (1, 1), "colleague": (0, 0), "dpo": (1, 0), "chief": (1, 0), "holder": (0, 0)}


def test_forgetting(asker: Person, holder: Person) -> None:
    kept(holder)
    told = look(asker, VALUE, "no value at all")
    actions.forget_due()
    assert LookupAnswer.objects.using("owner").count() == 1
    with connections["owner"].cursor() as cursor:
        cursor.execute("UPDATE exchange_lookup SET at = at - interval '31 days'")
        cursor.execute("UPDATE exchange_lookupnotice SET at = at - interval '2 years'")
    actions.forget_due()
    assert not LookupAnswer.objects.using("owner").exists()
    assert not LookupNotice.objects.using("owner").exists()
    left = Lookup.objects.using("owner").get(pk=told.lookup)
    assert (left.asked, left.hits, left.unread) == (1, 1, []), "that it was asked stays"


def test_shared_with_the_alliance_is_no_hit_for_who_is_in_it(asker: Person, holder: Person) -> None:
    kept(holder, tlp="GREEN", recipients=(ALLIANCE,))
    assert look(asker, VALUE).hits == 0


def test_last_seen_is_never_in_the_future(asker: Person, holder: Person) -> None:
    send.rows(holder, "kept,2199-01-02,203.0.113.9,phishing", handling=Handling(tlp="AMBER", discoverability="named"))
    found = answer(asker, "203.0.113.9")
    assert found is not None
    assert found.last_seen is not None
    assert found.last_seen <= date.today()  # noqa: DTZ011


def test_what_could_not_be_told_at_once_is_told_by_the_next_round(
    asker: Person, holder: Person, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    kept(holder)

    def broken(**_given: Any) -> int:
        raise OSError("no notices today")

    with monkeypatch.context() as patch:
        patch.setattr(actions.notices, "tell", broken)
        assert look(asker, VALUE).hits == 1
    assert "could not be told at once" in caplog.text
    assert not Notice.objects.using("owner").filter(kind="hit").exists()
    actions.forget_due()
    actions.forget_due()
    assert Notice.objects.using("owner").filter(kind="hit").count() == 1
