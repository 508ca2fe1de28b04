"""Each label and recipient, each kind of viewer, each door: as docs/handling.md has it, cell by cell.

The reports take the real way in; half of them as STIX, half as rows of a table, because both leave by other ways.
"""

from __future__ import annotations

import json
import re
import sys
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import connection, connections
from django.test import Client

from hueandcry.exchange import actions_report, export, queries
from hueandcry.exchange.handling import Handling
from hueandcry.exchange.listing import Wanted
from hueandcry.linkage import queries as linkage
from hueandcry.members import actions as members
from hueandcry.members.models import ALLIANCE, EVERYONE, Person, Token
from hueandcry.members.viewer import ANYONE, Viewer, viewer
from tests import factory
from tests.contracts.truth import DOORS, TRUTH, VIEWERS, Row, door
from tests.exchange import send

# What an answer that refuses repeats of the question, or takes from the log
ASKED_FOR = re.compile(rb"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?<=/objects/)\d+|\b[0-9a-f]{8}\b")
COMMON_WORD, COMMON_VALUE = "leakcommon", "leak-common.pt"


@dataclass
class Case:
    """One report of the table as it lies in the database."""

    row: Row
    word: str  # stands in the report's title, and as a value's first label in its observable
    value: str
    id: int = 0
    reference: uuid.UUID = field(default_factory=uuid.uuid4)
    object: int = 0
    submission: int = 0
    receipt: uuid.UUID = field(default_factory=uuid.uuid4)


@dataclass
class Stage:
    """Everybody and everything of the table."""

    people: dict[str, Person]
    viewers: dict[str, Viewer]
    tokens: dict[str, str]
    browsers: dict[str, Client]
    cases: list[Case]
    probe: Case  # seen by everybody; shares its value with all others


@dataclass
class Count:
    """Cells tried, and what was wrong with those that were."""

    tried: int = 0
    wrong: list[str] = field(default_factory=list)

    def cell(self, place: str, right: bool) -> None:
        self.tried += 1
        if not right:
            self.wrong.append(place)


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


def _stix(case: Case) -> bytes:
    """A report of one indicator with two values."""
    stamp = {"created": "2026-01-02T03:04:05.000Z", "modified": "2026-01-02T03:04:05.000Z", "spec_version": "2.1"}
    indicator = {
        "type": "indicator", "id": f"indicator--{uuid.uuid4()}", **stamp, "name": f"domain of {case.word}",
        "pattern_type": "stix", "valid_from": "2026-01-02T03:04:05Z",
        "pattern": f"[domain-name:value = '{case.value}'] OR [domain-name:value = '{COMMON_VALUE}']",
    }  # fmt: skip
    report = {
        "type": "report", "id": f"report--{uuid.uuid4()}", **stamp, "name": f"{case.word} {COMMON_WORD}",
        "published": "2026-01-02T03:04:05Z", "object_refs": [indicator["id"]],
    }  # fmt: skip
    return json.dumps({"type": "bundle", "id": f"bundle--{uuid.uuid4()}", "objects": [report, indicator]}).encode()


def _row(case: Case) -> bytes:
    return f"title,date,domain,domain\n{case.word} {COMMON_WORD},2026-01-02,{case.value},{COMMON_VALUE}\n".encode()


def _sent(number: int, row: Row, people: dict[str, Person], principals: dict[str, int]) -> Case:
    case = Case(row, f"leakword{number:02d}q", f"leak-value{number:02d}.pt")
    chosen = () if row.choice in ("none", "grant") else (principals[row.choice],)
    raw = _stix(case) if number % 2 else _row(case)
    case.receipt = send.file(people["submitter"], raw, handling=Handling(tlp=row.tlp, recipients=chosen))
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT r.id, r.reference, s.id, (SELECT max(o.id) FROM exchange_object o WHERE o.report_id = r.id)"
            " FROM exchange_submission s JOIN exchange_report r ON r.submission_id = s.id WHERE s.reference = %s",
            [case.receipt],
        )
        ((case.id, case.reference, case.submission, case.object),) = cursor.fetchall()
    by = factory.as_viewer(people["submitter"])
    if row.choice == "grant":
        actions_report.grant(by=by, report=case.id, principals=[principals["grant"]], reason="they are needed")
    actions_report.correct(by=by, report=case.id, reason="so that it has a history", labels=["seen"])
    return case


@pytest.fixture
def stage(database: Any) -> Stage:
    people, principals = _people()
    viewers = {who: factory.as_viewer(person) for who, person in people.items()} | {"nobody": ANYONE}
    scopes = ("read", "submit", "export")
    tokens = {
        who: members.add_token(by=viewers[who], name="matrix", scopes=scopes) for who in people if who != "suspended"
    }
    tokens["suspended"] = _token_from_before(people["suspended"])
    browsers = {who: factory.signed_in(person) for who, person in people.items()} | {"nobody": Client()}
    cases = [_sent(n, row, people, principals) for n, row in enumerate(TRUTH)]
    everybody = next(row for row in TRUTH if (row.tlp, row.choice) == ("CLEAR", "everyone"))
    probe = _sent(99, everybody, people, principals)
    return Stage(people, viewers, tokens, browsers, [*cases, probe], probe)


def _token_from_before(person: Person) -> str:
    """A token made while its organisation was still a member in good standing."""
    secret = "hc_from-before-the-suspension"
    Token.objects.using("owner").create(
        person_id=person.pk, name="old", hint="hc_from", digest=members.digest_of(secret),
        scopes=["export", "read", "submit"], expires_at="2099-01-01T00:00:00Z",
    )  # fmt: skip
    return secret


# Doors. Each gives what of the cases came through, as a set of their words.


def _words(stage: Stage, content: bytes) -> set[str]:
    return {case.word for case in stage.cases if case.word.encode() in content}


def _body(response: Any) -> bytes:
    return response.getvalue() if response.streaming else response.content  # type: ignore[no-any-return]


def pages(stage: Stage, who: str) -> Iterator[tuple[str, set[str] | int]]:
    """Lists, searches, exports of the pages; a status where the door is closed."""
    browser = stage.browsers[who]
    everything = {"format": "csv", "report": [str(case.reference) for case in stage.cases]}
    asked: dict[str, Callable[[], Any]] = {
        "list": lambda: browser.get("/reports/"),
        "list by date": lambda: browser.get("/reports/?sort=reported"),
        "search by word": lambda: browser.get("/reports/", {"q": COMMON_WORD}),
        "search by value": lambda: browser.get("/reports/", {"q": COMMON_VALUE}),
        "export of a search": lambda: browser.get("/reports/export/", {"q": COMMON_WORD, "format": "csv"}),
        "export as table": lambda: browser.get("/reports/export/?format=csv"),
        "export as STIX": lambda: browser.get("/reports/export/?format=stix"),
        "export of what is ticked": lambda: browser.post("/reports/export/", everything),
        "links": lambda: browser.get(f"/reports/{stage.probe.reference}/?part=links"),
    }
    for name, ask in asked.items():
        response = ask()
        found = _words(stage, _body(response))
        if name == "links" and response.status_code == 200:
            found |= {stage.probe.word}
        yield f"page: {name}", found if response.status_code == 200 or found else response.status_code


def rest(stage: Stage, who: str) -> Iterator[tuple[str, set[str] | int]]:
    for name, path in {
        "list": "reports?limit=100",
        "search by word": f"reports?limit=100&q={COMMON_WORD}",
        "search by value": f"reports?limit=100&q={COMMON_VALUE}",
        "export as STIX": "export?format=stix",
        "export as table": "export?format=csv",
    }.items():
        response = _rest(stage, who, path)
        found = _words(stage, _body(response))
        yield f"REST: {name}", found if response.status_code == 200 or found else response.status_code


def _rest(stage: Stage, who: str, path: str) -> Any:
    headers = {"Authorization": f"Bearer {stage.tokens[who]}"} if who in stage.tokens else {}
    return Client().get(f"/api/v1/{path}", headers=headers)


def command_line(stage: Stage, who: str) -> Iterator[tuple[str, set[str] | int]]:
    """The functions that `hueandcry export` calls."""
    by = stage.viewers[who]
    yield "command line: STIX", _words(stage, b"".join(export.stix_bundle(by)))
    yield "command line: table", _words(stage, b"".join(export.csv_table(by)))


CONTENT = {
    "report": "SELECT id FROM exchange_report",
    "object": "SELECT report_id FROM exchange_object",
    "observation": "SELECT report_id FROM exchange_observation",
    "revision": "SELECT report_id FROM exchange_revision",
}


def _ids(statement: str, values: Iterable[Any] = ()) -> set[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, list(values))
        return {row[0] for row in cursor.fetchall()}


def database_doors(stage: Stage, by: Viewer) -> Iterator[tuple[str, set[str] | int]]:
    """Tables and functions as the application's role, under this viewer."""
    of = {case.id: case.word for case in stage.cases}
    value_of = {case.value: case.word for case in stage.cases}
    for table, statement in CONTENT.items():
        yield f"table {table}", {of[i] for i in _ids(statement)}
    values = _ids("SELECT value FROM exchange_observable")
    yield "table observable", {value_of[v] for v in values if v in value_of}
    for words in (COMMON_WORD, COMMON_VALUE):
        found = _ids("SELECT report FROM hueandcry_search(%s, 1000)", [words])
        yield f"search function: {words}", {of[i] for i in found}
    yield "list query", {of[r.pk] for r in _all_listed(by)}
    if by.vetted:  # they are named by their organisation, so only who sees the directory is told of them
        near = {of[n.id] for n in linkage.neighbours(by, stage.probe.id)}
        yield "neighbours", near | ({stage.probe.word} & _visible(of))
    shared = {v.value: v.reports for v in linkage.shared_values(by, stage.probe.id)}
    yield "count beside a shared value", shared.get(COMMON_VALUE, -1)


def _visible(of: dict[int, str]) -> set[str]:
    return {of[i] for i in _ids(CONTENT["report"])}


def _all_listed(by: Viewer) -> list[Any]:
    ids = queries.report_ids(by, Wanted(), most=1000)
    return list(queries.Report.objects.filter(pk__in=ids))


# The matrix


def test_leak_matrix(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    """Every cell; how many, and which were wrong, is said at the end."""
    count = Count()
    for who in VIEWERS:
        truth = {case.word for case in stage.cases if who in case.row.seen_by}
        _lists(stage, who, truth, count)
        _one_by_one(stage, who, count)
        _in_the_database(stage, who, truth, count)
    _with_no_viewer(stage, count)
    with capsys.disabled():
        sys.stdout.write(f"\nleak matrix: {count.tried:,} cells, {len(count.wrong)} wrong\n")
    assert not count.wrong, "\n".join(count.wrong[:50])
    assert count.tried > 10_000


def _lists(stage: Stage, who: str, truth: set[str], count: Count) -> None:
    """Doors through which everything comes at once: each report is a cell."""
    closed = {"pages": 302, "REST": 403}  # a page leads to where one signs in, or to what stands in the way
    for kind, doors in {"pages": pages, "REST": rest, "command line": command_line}.items():
        state = door(kind, who)
        if state == "no such person":
            continue
        for place, found in doors(stage, who):
            if state == "open":
                assert isinstance(found, set), f"{who}: {place} is closed with {found}"
                for case in stage.cases:
                    count.cell(f"{who}: {place}: {case.row}", (case.word in found) == (case.word in truth))
            else:
                expected = 401 if (kind, state) == ("REST", "sign in") else closed[kind]
                for case in stage.cases:
                    count.cell(f"{who}: {place}: {found} is not {expected}: {case.row}", found == expected)


def _one_by_one(stage: Stage, who: str, count: Count) -> None:
    """Doors that are opened report by report."""
    absent = _answers(stage, who, Case(stage.probe.row, "", "", 0, uuid.uuid4(), 1, 0, uuid.uuid4()))
    for case in stage.cases:
        sees = who in case.row.seen_by
        holds = who == "submitter" or (who == "colleague" and case.row.tlp != "RED")
        for place, (status, body) in _answers(stage, who, case).items():
            is_open = door("REST" if place.startswith("REST") else "pages", who) == "open"
            may = (holds if "receipt" in place or "raw" in place else sees) and is_open
            name = f"{who}: {place}: {case.row}: {status}"
            if may:
                known = str(case.receipt) if place == "REST: the receipt" else case.word
                count.cell(name, status == 200 and known.encode() in body)
            else:  # the very same answer as for what is not there
                count.cell(name, case.word.encode() not in body and (status, body) == absent[place])


def _answers(stage: Stage, who: str, case: Case) -> dict[str, tuple[int, bytes]]:
    browser = stage.browsers[who]
    asked = {
        "page of the report": lambda: browser.get(f"/reports/{case.reference}/"),
        "page of an object": lambda: browser.get(f"/reports/{case.reference}/objects/{case.object}/"),
        "page of the receipt": lambda: browser.get(f"/submissions/{case.receipt}/"),
        "page of the raw bytes": lambda: browser.get(f"/submissions/{case.receipt}/raw/"),
        "REST: the report": lambda: _rest(stage, who, f"reports/{case.reference}"),
        "REST: the receipt": lambda: _rest(stage, who, f"submissions/{case.receipt}"),
    }
    answers = {}
    for place, ask in asked.items():
        response = ask()
        told = response.headers.get("Location", "").encode() + _body(response)
        if response.status_code != 200:
            told = ASKED_FOR.sub(b"(what was asked for)", told)
        answers[place] = (response.status_code, told)
    return answers


def _in_the_database(stage: Stage, who: str, truth: set[str], count: Count) -> None:
    by = stage.viewers[who]
    with viewer(by):
        for place, found in database_doors(stage, by):
            if isinstance(found, int):
                right = len(truth) - 1 if stage.probe.word in truth else -1
                count.cell(f"{who}: {place}: {found} is not {right}", found == right)
                continue
            for case in stage.cases:
                count.cell(f"{who}: {place}: {case.row}", (case.word in found) == (case.word in truth))
        own = who in ("submitter", "colleague")
        granted = _ids("SELECT report_id FROM exchange_grant")
        kept = {
            "submission": _ids("SELECT id FROM exchange_submission"),
            "key": _ids("SELECT submission_id FROM exchange_submissionkey"),
            "chunk": _ids("SELECT submission_id FROM exchange_submissionchunk"),
        }
        for case in stage.cases:
            right = own and case.row.choice == "grant" and who in case.row.seen_by
            count.cell(f"{who}: table grant: {case.row}", (case.id in granted) == right)
            holds = who == "submitter" or (who == "colleague" and case.row.tlp != "RED")
            for table, found in kept.items():
                count.cell(f"{who}: table {table}: {case.row}", (case.submission in found) == holds)


def _with_no_viewer(stage: Stage, count: Count) -> None:
    """The application's role, and nobody said on whose behalf."""
    tables = ("report", "object", "observation", "observable", "revision", "grant", "submission", "submissionkey")
    for table in (*tables, "submissionchunk", "remark", "mapping"):
        count.cell(f"no viewer: table {table}", not _ids(f"SELECT 1 FROM exchange_{table}"))  # noqa: S608
    for words in (COMMON_WORD, COMMON_VALUE):
        count.cell(f"no viewer: search {words}", not _ids("SELECT report FROM hueandcry_search(%s, 1000)", [words]))
    count.cell("no viewer: others", _ids("SELECT reports FROM hueandcry_others(%s)", [stage.probe.id]) == {0})
    count.cell("no viewer: list", queries.report_ids(ANYONE, Wanted(), most=1000) == [])
    count.cell("no viewer: neighbours", linkage.neighbours(ANYONE, stage.probe.id) == [])


def test_the_page_names_the_doors() -> None:
    assert set(DOORS) == {"pages", "REST", "command line", "database, as the application's role"}
