"""Reports of different audiences in one crime and one operation, and what people wrote about both, as in a database.

Each report carries canaries of its own: a word in its title, one in its account, a value, a sum, a country, a day. Who
may see which is the truth table's (docs/handling.md); crimes are put together across it, as linkage does.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cached_property, lru_cache
from itertools import pairwise

from django.test import Client

from hueandcry.chain import actions as chain
from hueandcry.exchange import actions_report
from hueandcry.exchange.handling import Handling
from hueandcry.exchange.models import Report
from hueandcry.exchange.staging import hash64
from hueandcry.linkage.analysis import actions as hypotheses
from hueandcry.linkage.analysis import actions_note, actions_task
from hueandcry.linkage.deconfliction.actions import Wish, register
from hueandcry.linkage.forum import actions as forum
from hueandcry.linkage.forum.files import File
from hueandcry.linkage.models import (
    Crime,
    CrimeEvent,
    Judgement,
    Operation,
    OperationCrime,
    OperationEvent,
    OperationSuggestion,
    ReviewRound,
    ReviewStratum,
    SampledPair,
)
from hueandcry.linkage.rooms import actions as rooms
from hueandcry.members.models import ALLIANCE, Person
from hueandcry.members.viewer import ANYONE, Viewer
from hueandcry.web.countries import country_name
from tests import factory
from tests.contracts import stage as table
from tests.contracts.truth import CHOICES, TRUTH, Row
from tests.exchange import send
from tests.linkage import found

COMMON = "link-common.pt"  # in all of them, so that it ties the crimes
# One for each report; no name is part of another's, and no organisation of the stage is at home in one.
COUNTRIES = (
    *("AL", "AD", "AM", "AT", "AZ", "BY", "BA", "BG", "HR", "CY", "CZ", "DK", "EE", "FI", "GE"),
    *("GR", "HU", "IS", "IT", "KZ", "LV", "LI", "LT", "LU", "MT", "MD", "ME", "NO", "PL", "RO"),
    *("RS", "SK", "SI", "SE", "CH", "TR", "UA", "AR", "AU", "BO", "BR", "CA", "CL", "CO"),
)  # fmt: skip
GATED = (("H2",), ("H3",), ("PAP:RED",))
FORMED = datetime(2019, 7, 13, tzinfo=UTC)  # when everything was first found: before anybody's report came
OPERATIONS = (("organisation", "circle", "alliance"), ("everyone", "person", "grant"), ("none",))


@dataclass(eq=False)
class Told(table.Case):
    """One report, what only it says, and whose it is."""

    number: int = 0
    observable: int = 0  # its value's number
    holder: str = "Sender"
    discoverability: str = ""
    account: str = ""  # a word of its account
    amount: Decimal = Decimal(0)
    country: str = ""
    day: date = date.min
    crime: str = ""  # key of the crime that it tells of

    def __hash__(self) -> int:
        return self.number

    @property
    def hidden(self) -> bool:
        """Nobody is to learn that it is there: its owner says so, or it is RED and its owner says nothing."""
        return self.discoverability == "hidden" or (not self.discoverability and self.row.tlp == "RED")

    @cached_property
    def marks(self) -> dict[str, Callable[[str], bool]]:
        """Whether a text tells something of this report. Countries stand in every panel of filters."""
        sum_ = f"{self.amount:.0f}"
        amount = re.compile(rf"(?<!\d){sum_[:-3]}[^\d\w<>]{{0,6}}{sum_[-3:]}(?!\d)")
        country = country_name(self.country, "en")
        return {
            "title": lambda text: self.word in text,
            "account": lambda text: self.account in text,
            "value": lambda text: self.value in text,
            "amount": lambda text: sum_[-3:] in text and bool(amount.search(text)),
            "day": lambda text: self.day in days_in(text),
            "country": lambda text: country in text,
        }


DAY = re.compile(r"(?<!\d)(?:(\d{1,2})\s+([A-Z][a-z]{2})[a-z.]*\s+(\d{4})|(\d{4}-\d\d-\d\d))(?!\d)")
MONTHS = {f"{date(2000, month, 1):%b}": month for month in range(1, 13)}


@lru_cache(maxsize=1)
def days_in(text: str) -> set[date]:
    """The days that a text names, as pages and files write them."""
    found = set()
    for day, month, year, iso in DAY.findall(text):
        with suppress(ValueError):  # 31 Feb, or a number that looks like a day
            found.add(date.fromisoformat(iso) if iso else date(int(year), MONTHS.get(month, 0), int(day)))
    return found


@dataclass
class Written:
    """Something that somebody wrote, with a canary; ``readers``: who of the viewers may read it where it hangs."""

    word: str
    readers: set[str]
    place: str = ""  # address of its own page
    kind: str = ""
    about: Told | None = None  # it shows with this report only


@dataclass
class Linked:
    """Everybody and everything of this stage."""

    people: dict[str, Person]
    viewers: dict[str, Viewer]
    browsers: dict[str, Client]
    told: list[Told]
    crimes: dict[str, Crime]
    operations: dict[str, Operation]
    written: list[Written] = field(default_factory=list)
    round: uuid.UUID = field(default_factory=uuid.uuid4)
    pairs: list[tuple[Told, Told]] = field(default_factory=list)  # drawn for the round of Sender

    def of_crime(self, key: str) -> list[Told]:
        """All reports of a crime, whoever sees them."""
        return [one for one in self.told if one.crime == key]

    def of_operation(self, key: str) -> list[Told]:
        """All reports of an operation."""
        return [one for one in self.told if one.crime in key.split("+")]


def build() -> Linked:
    """Set it up."""
    people, principals = table._people()
    viewers = {who: factory.as_viewer(person) for who, person in people.items()} | {"nobody": ANYONE}
    browsers = {who: factory.signed_in(person) for who, person in people.items()} | {"nobody": Client()}
    nobody_else = {
        kept: factory.person(factory.organisation(f"Holder {kept}", country="IE"))
        for kept in ("hidden", "anonymous", "named")
    }
    told = [_case(n, row, row.choice) for n, row in enumerate(TRUTH)]
    alliance = next(row for row in TRUTH if (row.tlp, row.choice) == ("GREEN", "alliance"))
    told += [_case(len(told) + n, alliance, "alliance", codes) for n, codes in enumerate(GATED)]
    for kept in nobody_else:
        for crime in ("alliance", "everyone"):
            one = _case(len(told), Row("AMBER+STRICT", "none", set()), crime)
            one.holder, one.discoverability = f"Holder {kept}", kept
            told.append(one)
    for one in told:
        by = nobody_else[one.discoverability] if one.discoverability else people["submitter"]
        _send(one, by, principals)
        table._open_to_named(one, viewers)
    crimes = {key: found.crime(*_reports(each for each in told if each.crime == key)) for key in CHOICES}
    operations = {"+".join(keys): found.operation(*(crimes[key] for key in keys)) for keys in OPERATIONS}
    Operation.objects.using("owner").update(formed_at=FORMED)
    for key, crime in crimes.items():  # tied, as linkage finds it, by values that one report alone may tell
        own = [one.observable for one in told if one.crime == key]
        OperationCrime.objects.using("owner").filter(crime=crime.pk).update(via=own)
    stage = Linked(people, viewers, browsers, told, crimes, operations)
    _happened(stage)
    _judged(stage)
    _reviewed(stage)
    _analysed(stage)
    _talked(stage)
    _deconflicted(stage)
    stage.viewers |= {who: factory.as_viewer(person) for who, person in people.items()}  # with their new circles
    return stage


def _case(number: int, row: Row, crime: str, codes: tuple[str, ...] = ()) -> Told:
    day = date(2025, 1, 7) + timedelta(days=2 * number)
    return Told(
        row, f"linkword{number:02d}q", f"link-value{number:02d}.pt", codes, number=number, crime=crime,
        account=f"accountword{number:02d}q", amount=Decimal(31_417 + 1_009 * number), country=COUNTRIES[number],
        day=day + timedelta(days=1) if day.weekday() == 0 else day,  # no Monday: those begin the weeks of a time line
    )  # fmt: skip


def _send(one: Told, by: Person, principals: dict[str, int]) -> None:
    chosen = () if one.row.choice in ("none", "grant") else (principals[one.row.choice],)
    pap = next((code.removeprefix("PAP:") for code in one.codes if code.startswith("PAP:")), "")
    handling = Handling(
        tlp=one.row.tlp, recipients=chosen, pap=pap, codes=tuple(c for c in one.codes if not c.startswith("PAP:")),
        restriction=table.RESTRICTION if "H3" in one.codes else "", discoverability=one.discoverability,
    )  # fmt: skip
    made = send.form(
        by, f"{one.word} false invoice", handling, kind="invoice", known=f"{one.account} {one.value} {COMMON}",
        country=one.country, lost=f"{one.amount}", currency="EUR", when=one.day.isoformat(),
    )  # fmt: skip
    one.id, one.reference, one.observable = made.pk, made.reference, hash64("domain-name", one.value)
    if one.row.choice == "grant":
        actions_report.grant(
            by=factory.as_viewer(by), report=one.id, principals=[principals["grant"]], reason="they are needed"
        )


def _reports(told: object) -> list[Report]:
    return list(Report.objects.using("owner").filter(pk__in=[one.id for one in told]))  # type: ignore[attr-defined]


def _happened(stage: Linked) -> None:
    """Each report came out of a crime of its own, and each crime out of an operation."""
    for one in stage.told:
        before = Crime(merged_into=stage.crimes[one.crime].pk)
        before.save(using="owner")
        CrimeEvent(kind="merged", crime=stage.crimes[one.crime].pk, other=before.pk, report=one.id).save(using="owner")
    first, second, third = stage.operations.values()
    for key, crime in stage.crimes.items():
        into = next(op for name, op in stage.operations.items() if key in name.split("+"))
        OperationEvent(kind="merged", operation=into.pk, other=third.pk, crimes=[crime.pk]).save(using="owner")
    OperationSuggestion(
        operation=first.pk, other=second.pk, crime=stage.crimes["organisation"].pk, shared=1
    ).save(using="owner")  # fmt: skip


def _judged(stage: Linked) -> None:
    """Of each crime, each pair of neighbours, by two organisations that see both or do not; they contradict."""
    bodies = (stage.people["submitter"], stage.people["other"])
    for key in stage.crimes:
        held = stage.of_crime(key)
        for one, other in pairwise(held):
            left, right = sorted((one.id, other.id))
            for person, verdict in zip(bodies, ("same", "different"), strict=True):
                word = f"judgeword{one.number:02d}{verdict}q"
                Judgement(
                    left=left, right=right, verdict=verdict, reason=word, organisation=person.organisation_id or 0,
                    person=person.pk,
                ).save(using="owner")  # fmt: skip
                both = one.row.seen_by & other.row.seen_by
                stage.written.append(Written(word, both, f"{one.reference}/{other.reference}", "judgement"))


def _reviewed(stage: Linked) -> None:
    """A round of Sender's that drew pairs of all crimes, those among them that a colleague does not see."""
    sender = stage.people["submitter"]
    made = ReviewRound(
        organisation=sender.organisation_id or 0,
        person=sender.pk,
        model=0,
        seed=1,
        reports=99,
        share=1.0,
        left_out={"older": 0, "judged": 0},
    )
    made.save(using="owner")
    stage.round = made.reference
    stratum = ReviewStratum(round=made, number=1, linked=True, pairs=99, drawn=99)
    stratum.save(using="owner")
    for key in stage.crimes:
        held = [one for one in stage.of_crime(key) if one.holder == "Sender"]
        for one, other in pairwise(held):
            left, right = sorted((one.id, other.id))
            stage.pairs.append((one, other))
            SampledPair(
                round=made, stratum=stratum, place=len(stage.pairs), left=left, right=right, twice=True
            ).save(using="owner")  # fmt: skip


def _analysed(stage: Linked) -> None:
    """What analysts of three organisations write: for themselves, and for a circle of the three."""
    members = ("submitter", "other", "named")
    bodies = [stage.people[who].organisation for who in members]
    circle = factory.circle("Linked Three", [body for body in bodies if body])
    viewers = {who: factory.as_viewer(stage.people[who]) for who in members}
    stage.viewers |= {who: factory.as_viewer(person) for who, person in stage.people.items()}
    key, operation = next(iter(stage.operations.items()))
    for number, (who, own) in enumerate([(who, own) for who in members for own in (True, False)]):
        by, body = viewers[who], stage.people[who].organisation
        assert body is not None
        principal = body.principal_id if own else circle.principal_id
        readers = {
            v for v in _seers(stage, key) if _body(stage, v) in ([body.pk] if own else [b.pk for b in bodies if b])
        }
        to, about = {"by": by, "operation": operation.reference, "principal": principal}, f"{number:02d}q"
        supposed = hypotheses.suppose(**to, statement=f"supposeword{about}", likelihood="likely", confidence="low")  # type: ignore[arg-type]
        given = actions_task.give(**to, title=f"taskword{about}", words=f"taskmore{about}")  # type: ignore[arg-type]
        noted = actions_note.write(**to, words=f"noteword{about}")  # type: ignore[arg-type]
        actions_note.name(**to, words=f"nameword{about}")  # type: ignore[arg-type]
        stage.written += [
            Written(f"supposeword{about}", readers, f"/operations/hypotheses/{supposed}/", "hypothesis"),
            Written(f"taskword{about}", readers, f"/operations/tasks/{given}/", "task"),
            Written(f"taskmore{about}", readers, "", "task"),
            Written(f"noteword{about}", readers, f"/operations/notes/{noted}/", "note"),
            Written(f"nameword{about}", readers, "", "name"),
        ]
        if own or who != "submitter":
            continue
        for one in [each for each in stage.of_operation(key) if who in each.row.seen_by]:
            word = f"weighword{one.number:02d}q"
            hypotheses.weigh(by=by, hypothesis=supposed, bearing="for", report=one.reference, words=word)
            stage.written.append(Written(word, readers & one.row.seen_by, "", "evidence", one))
            ends = ("report", str(one.reference)), ("crime", str(stage.crimes["circle"].reference))
            chain.link(by=by, from_=ends[0], to=ends[1], relation=_relation(), audience=[circle.principal_id])
            chain.link(
                by=by, from_=ends[0], to=("operation", str(operation.reference)), relation=_relation(),
                audience=[ALLIANCE],
            )  # fmt: skip


def _relation() -> str:
    from hueandcry.chain.relations import RELATIONS

    return next(iter(RELATIONS))


def _seers(stage: Linked, key: str) -> set[str]:
    """Who sees a report of an operation that is open on a page."""
    return {who for who in stage.people for one in stage.of_operation(key) if one.passes(who, "page")}


def _body(stage: Linked, who: str) -> int:
    return stage.people[who].organisation_id or 0 if who in stage.people else 0


def _talked(stage: Linked) -> None:
    """A case room of two, threads in it, in a circle and among law enforcement, with a file each."""
    lead, guest = factory.as_viewer(stage.people["submitter"]), factory.as_viewer(stage.people["other"])
    crime = f"/crimes/{stage.crimes['alliance'].reference}/"
    room = rooms.open_room(
        by=lead, name="roomword01q", purpose="roomword02q", legal_basis="roomword03q", ceiling="AMBER+STRICT",
        about=crime,
    )  # fmt: skip
    lead = factory.as_viewer(stage.people["submitter"])  # who opened a room is in its circle from now on
    rooms.invite(by=lead, room=room, organisation=stage.people["other"].organisation_id or 0, words="roomword04q")
    rooms.answer(by=guest, room=room, accept=True)
    inside = {"submitter", "other"}
    for n in (1, 2, 3):
        stage.written.append(Written(f"roomword0{n}q", inside, f"/rooms/{room}/", "room"))
    police = factory.person(factory.organisation("Holder police", kind="law-enforcement", country="IE"))
    three = {
        who for who in stage.people if _body(stage, who) in {_body(stage, w) for w in ("submitter", "other", "named")}
    }
    places = (
        (lead, "circle-linked-three", three), (lead, f"room-{room}", inside), (factory.as_viewer(police), "le", set()),
    )  # fmt: skip
    for n, (by, place, readers) in enumerate(places):
        thread = forum.start(
            by=by, place=place, title=f"threadword{n}q", text=f"postword{n}q", tlp="AMBER",
            about=crime if by is lead else "",
            files=[File(name=f"fileword{n}q.txt", raw=f"inside{n}q".encode(), tlp="AMBER")],
        )  # fmt: skip
        for word in (f"threadword{n}q", f"postword{n}q", f"fileword{n}q"):
            stage.written.append(Written(word, set(readers), f"/forum/{thread}/", "thread"))


def _deconflicted(stage: Linked) -> None:
    """Two agencies at the same value, who are none of the viewers."""
    until = datetime.now(UTC).date() + timedelta(days=30)
    for n in (1, 2):
        agency = factory.person(factory.organisation(f"Holder agency {n}", kind="law-enforcement", country="IE"))
        wish = Wish(
            title=f"interestword{n}q", until=until, contact=f"contactword{n}q", note=f"interestnote{n}q",
            values=(("iban", "DE89370400440532013000"),),
        )  # fmt: skip
        register(by=factory.as_viewer(agency), wish=wish)
        for word in (f"interestword{n}q", f"contactword{n}q", f"interestnote{n}q"):
            stage.written.append(Written(word, set(), "", "interest"))
