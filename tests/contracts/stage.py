"""Everybody and everything of the truth tables, as it lies in a database: reports took the real way in.

Half of them came as STIX, half as rows of a table, because both leave by other ways.
"""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass, field

from django.db import connections
from django.test import Client

from hueandcry.exchange import actions_report
from hueandcry.exchange.alerts import actions as alerts
from hueandcry.exchange.alerts import look
from hueandcry.exchange.handling import Handling
from hueandcry.exchange.models import Alert, Collection
from hueandcry.exchange.publication import actions as publication
from hueandcry.exchange.recall import actions_permission
from hueandcry.members import actions as members
from hueandcry.members.models import ALLIANCE, EVERYONE, Person, Token
from hueandcry.members.viewer import ANYONE, Viewer
from hueandcry.notices import sealing
from hueandcry.notices.models import Preference, Webhook
from tests import factory
from tests.contracts.truth import TRUTH, Row, gate
from tests.exchange import send

PROBE = 99  # its number; odd ones come as STIX
COMMON_WORD, COMMON_VALUE = "leakcommon", "leak-common.pt"
CIRCLE = "the-ring"
SEEN = f"indicator--{uuid.uuid4()}"  # the probe's indicator, which every case that came as STIX saw too
MAIL = {"circle": "at once", "person": "weekly"}  # the others have their letters as one gets them unless one asks
RESTRICTION = "Follow this before you read on."
# What asks for most twice, so that it comes as STIX and as a row.
GATED = (
    *(("H0",), ("H1",), ("H2",), ("H2",), ("H3",), ("H3",), ("H1", "H2", "H3")),
    *(("PAP:AMBER",), ("PAP:AMBER",), ("PAP:RED",)),
)


@dataclass
class Case:
    """One report of the table as it lies in the database."""

    row: Row
    word: str  # stands in the report's title, and as a value's first label in its observable
    value: str
    codes: tuple[str, ...] = ()  # of its handling, PAP with them
    id: int = 0
    reference: uuid.UUID = field(default_factory=uuid.uuid4)
    object: int = 0
    submission: int = 0
    receipt: uuid.UUID = field(default_factory=uuid.uuid4)
    stix: str = ""  # the id of its report or incident in STIX
    sights: bool = False  # came as STIX, with a sighting of the probe's indicator

    def in_circle(self, who: str) -> bool:
        """Whether its owner shares it with the circle of this viewer."""
        return who == "circle" in self.row.seen_by and (self.row.choice == "circle" or bool(self.codes))

    def passes(self, who: str, door: str, use: str = "") -> bool:
        """Whether it goes out to this viewer at this door of the table of codes. "named" has asked, was allowed, and
        has read every restriction; nobody else has."""
        if who not in self.row.seen_by:
            return False
        if who in ("submitter", "colleague"):
            return True
        words = [gate(code, door) for code in self.codes]
        opened = who == "named" and not {"no", "passive"} & set(words)
        return opened or all(w in ("open", "stamp", "as sent") or (w == "passive" and use == "passive") for w in words)


@dataclass
class Search:
    """A saved search for what stands in all reports, served as a collection; made before any of them was sent."""

    name: str
    reference: uuid.UUID
    collection: uuid.UUID


@dataclass
class Stage:
    """Everybody and everything of the table."""

    people: dict[str, Person]
    viewers: dict[str, Viewer]
    tokens: dict[str, dict[str, str]]  # by use, by who
    browsers: dict[str, Client]
    cases: list[Case]
    probe: Case  # seen by everybody; shares its value with all others
    searches: dict[str, Search]
    setters: dict[int, str]  # by organisation, who set up its webhook


def build() -> Stage:
    """Set it up."""
    people, principals = _people()
    viewers = {who: factory.as_viewer(person) for who, person in people.items()} | {"nobody": ANYONE}
    tokens = {use: {who: _token(viewers[who], people[who], use) for who in people} for use in ("passive", "active")}
    browsers = {who: factory.signed_in(person) for who, person in people.items()} | {"nobody": Client()}
    searches = {who: _search(who, viewers[who], person) for who, person in people.items()}
    setters = _told_by_machine(people)
    everybody = next(row for row in TRUTH if (row.tlp, row.choice) == ("CLEAR", "everyone"))
    alliance = next(row for row in TRUTH if (row.tlp, row.choice) == ("GREEN", "alliance"))
    wanted = [(row, ()) for row in TRUTH] + [(alliance, codes) for codes in GATED]
    cases = [_sent(n, row, codes, people, principals) for n, (row, codes) in enumerate(wanted)]
    probe = _sent(PROBE, everybody, (), people, principals)
    for case in cases:
        _open_to_named(case, viewers)
    publication.publish()
    look.look_due()
    return Stage(people, viewers, tokens, browsers, [*cases, probe], probe, searches, setters)


def _search(who: str, by: Viewer, person: Person) -> Search:
    """A saved search; of somebody who is not in good standing one from when they were."""
    name, query = f"search of {who}", f"q={COMMON_WORD}"
    if by.vetted:
        made = alerts.save(by=by, name=name, query=query, often="at once", served=True)
        row = Alert.objects.using("owner").get(reference=made)
        collection = Collection.objects.using("owner").get(alert=row.pk)
    else:
        row = Alert.objects.using("owner").create(
            organisation=person.organisation_id or 0, person=person.pk, name=name, query=query, often="at once",
            served=True,
        )  # fmt: skip
        collection = Collection.objects.using("owner").create(
            kind="search", organisation=row.organisation, alert=row.pk
        )
    return Search(name, row.reference, collection.reference)


def _told_by_machine(people: dict[str, Person]) -> dict[int, str]:
    """A webhook of each organisation, and letters as its people want them."""
    setters: dict[int, str] = {}
    for who, person in people.items():
        Preference.objects.using("owner").create(person=person.pk, mail=MAIL.get(who, "daily"))
        setters[person.organisation_id or 0] = who  # of two of one organisation the second: whom nothing is RED for
    for organisation, who in setters.items():
        Webhook.objects.using("owner").create(
            organisation=organisation, person=people[who].pk, name="matrix", url="https://hook.example.org/",
            secret=sealing.seal(b"matrix"),
        )  # fmt: skip
    return setters


def _people() -> tuple[dict[str, Person], dict[str, int]]:
    """Who looks, and the principals that reports are addressed to."""
    bank, named, beside, ring, granted, other = (
        factory.organisation(name) for name in ("Sender", "Named", "Beside", "Ring", "Granted", "Other")
    )
    suspended = factory.organisation("Out", state="suspended")
    applicant = factory.organisation("New", state="applicant")
    office = factory.office()
    people = {
        "submitter": factory.person(bank),
        "colleague": factory.person(bank, ["analyst", "administrator"]),
        "named": factory.person(named),
        "person": factory.person(beside),
        "beside": factory.person(beside),
        "circle": factory.person(ring),
        "grantee": factory.person(granted),
        "other": factory.person(other),
        "office": factory.person(office, ["secretary", "administrator", "analyst"]),
        "suspended": factory.person(suspended),
        "applicant": factory.person(applicant),
    }
    circle = factory.circle("The Ring", [ring, suspended, applicant])
    return people, {
        "organisation": named.principal_id,
        "circle": circle.principal_id,
        "alliance": ALLIANCE,
        "everyone": EVERYONE,
        "person": people["person"].principal_id,
        "grant": granted.principal_id,
    }


def _token(by: Viewer, person: Person, use: str) -> str:
    """A token; of a suspended organisation one made while it was still a member in good standing."""
    scopes = ("read", "submit", "export")
    if by.roles:
        return members.add_token(by=by, name=f"matrix {use}", scopes=scopes, use=use)
    secret = f"hc_from-before-the-suspension-{use}"
    Token.objects.using("owner").create(
        person_id=person.pk, name="old", hint="hc_from", digest=members.digest_of(secret), use=use,
        scopes=sorted(scopes), expires_at="2099-01-01T00:00:00Z",
    )  # fmt: skip
    return secret


def _stix(case: Case, seen: str) -> bytes:
    """A report of one indicator with two values, and of a sighting."""
    stamp = {"created": "2026-01-02T03:04:05.000Z", "modified": "2026-01-02T03:04:05.000Z", "spec_version": "2.1"}
    indicator = {
        "type": "indicator", "id": seen or f"indicator--{uuid.uuid4()}", **stamp, "name": f"domain of {case.word}",
        "pattern_type": "stix", "valid_from": "2026-01-02T03:04:05Z",
        "pattern": f"[domain-name:value = '{case.value}'] OR [domain-name:value = '{COMMON_VALUE}']",
    }  # fmt: skip
    sighting = {
        "type": "sighting", "id": f"sighting--{uuid.uuid4()}", **stamp, "sighting_of_ref": SEEN, "count": 1,
        "description": f"seen with {case.word}",
    }  # fmt: skip
    objects = [indicator] if seen else [sighting, indicator]  # the last is opened by itself
    report = {
        "type": "report", "id": f"report--{uuid.uuid4()}", **stamp, "name": f"{case.word} {COMMON_WORD}",
        "published": "2026-01-02T03:04:05Z", "object_refs": [each["id"] for each in objects],
    }  # fmt: skip
    case.stix = str(report["id"])
    bundle = f"bundle--{uuid.uuid4()}"
    return json.dumps({"type": "bundle", "id": bundle, "objects": [report, *objects]}).encode()


def _row(case: Case) -> bytes:
    return f"title,date,domain,domain\n{case.word} {COMMON_WORD},2026-01-02,{case.value},{COMMON_VALUE}\n".encode()


def _sent(number: int, row: Row, codes: tuple[str, ...], people: dict[str, Person], principals: dict[str, int]) -> Case:
    case = Case(row, f"leakword{number:02d}q", f"leak-value{number:02d}.pt", codes)
    chosen = () if row.choice in ("none", "grant") else (principals[row.choice],)
    if codes:  # the circle's other node asks for them too
        chosen = (*chosen, principals["circle"])
    pap = next((code.removeprefix("PAP:") for code in codes if code.startswith("PAP:")), "")
    handling = Handling(
        tlp=row.tlp, recipients=chosen, pap=pap, codes=tuple(c for c in codes if not c.startswith("PAP:")),
        restriction=RESTRICTION if "H3" in codes else "",
    )  # fmt: skip
    is_probe = number == PROBE
    case.sights = bool(number % 2) and not is_probe
    raw = _stix(case, SEEN if is_probe else "") if number % 2 else _row(case)
    case.receipt = send.file(people["submitter"], raw, handling=handling)
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT r.id, r.reference, s.id,"
            " (SELECT max(o.id) FROM exchange_object o WHERE o.report_id = r.id AND NOT o.ours)"
            " FROM exchange_submission s JOIN exchange_report r ON r.submission_id = s.id WHERE s.reference = %s",
            [case.receipt],
        )
        ((case.id, case.reference, case.submission, case.object),) = cursor.fetchall()
    case.stix = case.stix or f"incident--{case.reference}"
    by = factory.as_viewer(people["submitter"])
    if row.choice == "grant":
        actions_report.grant(by=by, report=case.id, principals=[principals["grant"]], reason="they are needed")
    actions_report.correct(by=by, report=case.id, reason="so that it has a history", labels=["seen"])
    return case


def _open_to_named(case: Case, viewers: dict[str, Viewer]) -> None:
    """Ask for, and be given, whatever the codes of a report ask for."""
    named = viewers["named"]
    for code in case.codes:
        if code in ("H1", "H2"):
            asked = actions_permission.ask(by=named, report=case.id, code=code, reason="the matrix")
            actions_permission.answer(by=viewers["submitter"], permission=asked, allowed=True)
        elif code == "H3":
            actions_permission.acknowledge(by=named, report=case.id, read=actions_permission.digest(RESTRICTION))
