"""Each label, recipient and handling code, each kind of viewer, each door: as docs/handling.md has it, cell by cell."""

from __future__ import annotations

import sys
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import connection

from hueandcry.exchange import actions_report, queries, sightings
from hueandcry.exchange.listing import Wanted
from hueandcry.exchange.publication import actions as publication
from hueandcry.exchange.recall import actions as recalls
from hueandcry.linkage import queries as linkage
from hueandcry.members.viewer import ANYONE, Viewer, viewer
from tests.contracts import doors, unasked
from tests.contracts.doors import ASKED_FOR, USES, Came, body, called
from tests.contracts.stage import COMMON_VALUE, COMMON_WORD, Case, Stage, build
from tests.contracts.truth import DOORS, VIEWERS, door

OWN = ("submitter", "colleague")


@dataclass
class Count:
    """Cells tried, and what was wrong with those that were."""

    tried: int = 0
    wrong: list[str] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)

    def cell(self, place: str, right: bool) -> None:
        self.tried += 1
        if not right:
            self.wrong.append(place)


@pytest.fixture
def stage(database: Any) -> Stage:
    return build()


CONTENT = {
    "report": "SELECT id FROM exchange_report",
    "object": "SELECT report_id FROM exchange_object WHERE report_id <> 0",
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
    if by.vetted:
        yield "table alertmatch", {of[i] for i in _ids("SELECT report FROM exchange_alertmatch")}
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


def _sightings(by: Viewer, stage: Stage) -> list[sightings.Sighting]:
    report = queries.Report.objects.filter(pk=stage.probe.id).first()
    return sightings.of_report(by, report) if report else []


def _visible(of: dict[int, str]) -> set[str]:
    return {of[i] for i in _ids(CONTENT["report"])}


def _all_listed(by: Viewer) -> list[Any]:
    ids = queries.report_ids(by, Wanted(), most=1000)
    return list(queries.Report.objects.filter(pk__in=ids))


# The matrix


def test_leak_matrix(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    """Every cell; how many, and which were wrong, is said at the end."""
    count = Count()
    steps: dict[str, Callable[[Stage, str, Count], None]] = {
        "at once": _lists,
        "one by one": _one_by_one,
        "database": _in_the_database,
        "letters": _letters,
    }
    _told_unasked(stage, count, "before")
    for who in VIEWERS:
        for name, step in steps.items():
            began = time.perf_counter()
            step(stage, who, count)
            count.seconds[name] = count.seconds.get(name, 0) + time.perf_counter() - began
    _with_no_viewer(stage, count)
    _recalled(stage, count)
    _told_unasked(stage, count, "after")
    with capsys.disabled():
        took = ", ".join(f"{name} {seconds:.0f} s" for name, seconds in count.seconds.items())
        sys.stdout.write(f"\nleak matrix: {count.tried:,} cells, {len(count.wrong)} wrong ({took})\n")
    assert not count.wrong, "\n".join(count.wrong[:50])
    assert count.tried > 40_000


def _lists(stage: Stage, who: str, count: Count) -> None:
    """Doors through which everything comes at once: each report is a cell."""
    ways: dict[str, Callable[[Stage, str], Iterator[Came]]] = {
        "pages": doors.pages, "REST": doors.rest, "command line": doors.command_line, "TAXII": doors.taxii,
        "MISP": doors.misp, "node": doors.node,
    }  # fmt: skip
    for kind, way in ways.items():
        state = door(kind, who)
        if state == "no such person":
            continue
        for came in way(stage, who):
            _judged(stage, who, kind, state, came, count)


def _judged(stage: Stage, who: str, kind: str, state: str, came: Came, count: Count) -> None:
    place = f"{who}: {came.place} {came.use}"
    if state != "open":
        # a page leads to where one signs in, or to what stands in the way
        expected = 302 if kind == "pages" else 401 if state == "sign in" else 403
        for case in stage.cases:
            count.cell(f"{place}: {came.found} is not {expected}: {case.row}", came.found == expected)
        return
    assert isinstance(came.found, set), f"{place} is closed with {came.found}"
    count.cell(f"{place}: {came.found}", not came.found - {case.word for case in stage.cases})
    for case in stage.cases:
        right = case.passes(who, came.door, came.use) if came.door else who in case.row.seen_by
        there = case.word in came.found
        right = right and (case.sights or not came.sightings) and (case.in_circle(who) or kind != "node")
        # a collection need not hold what its reader sent: of that only too much is wrong
        own_copy = kind == "TAXII" and who in OWN and right and not came.exact
        count.cell(f"{place}: {there} is not {right}: {case.row} {case.codes}", there == right or own_copy)


def _one_by_one(stage: Stage, who: str, count: Count) -> None:
    """Doors that are opened report by report."""
    stage.browsers[who].get("/reports/")  # says, this once, what the files just taken left out
    absent = _answers(stage, who, Case(stage.probe.row, "", "", stix=f"report--{uuid.uuid4()}", object=1))
    for case in stage.cases:
        sees = who in case.row.seen_by
        if not sees and (case.id + VIEWERS.index(who)) % 2:
            continue  # lists ask for all; of what is refused one by one, every second viewer tries each
        holds = who == "submitter" or (who == "colleague" and case.row.tlp != "RED")
        for place, (status, told) in _answers(stage, who, case).items():
            kind, _colon, use = place.partition(": ")
            is_open = door("pages" if kind == "page" else kind, who) == "open"
            there, shown = case.word.encode() in told, case.value.encode() in told
            name = f"{who}: {place}: {case.row} {case.codes}: {status}"
            if "receipt" in place or "raw" in place:
                known = str(case.receipt) if kind == "REST" else case.word
                right = (
                    (status == 200 and known.encode() in told)
                    if holds and is_open
                    else _same(absent, place, told, status)
                )
            elif not (sees and is_open):
                right = not there and not shown and _same(absent, place, told, status)
            elif kind == "REST":
                right = (status == 200) == there == shown == case.passes(who, "REST", use.split()[0])
                right = right and status in (200, 403)
            elif "object" in place:
                right = (status == 200) == there == shown == case.passes(who, "page") and status in (200, 302)
            else:
                right = status == 200 and there and shown == case.passes(who, "page")
            count.cell(name, right)


def _same(absent: dict[str, tuple[int, bytes]], place: str, told: bytes, status: int) -> bool:
    """The very same answer as for what is not there."""
    return (status, told) == absent[place]


def _answers(stage: Stage, who: str, case: Case) -> dict[str, tuple[int, bytes]]:
    browser = stage.browsers[who]
    asked: dict[str, Callable[[], Any]] = {
        "page: the report": lambda: browser.get(f"/reports/{case.reference}/"),
        "page: an object": lambda: browser.get(f"/reports/{case.reference}/objects/{case.object}/"),
    }
    receipts: dict[str, Callable[[], Any]] = {
        "page: the receipt": lambda: browser.get(f"/submissions/{case.receipt}/"),
        "page: the raw bytes": lambda: browser.get(f"/submissions/{case.receipt}/raw/"),
        "REST: the receipt": lambda: called(stage, who, f"/api/v1/submissions/{case.receipt}"),
    }
    turn = list(receipts)[case.id % 3]  # in turns: each is the same question to the same table
    asked |= receipts if not case.id else {turn: receipts[turn]}
    for use in USES if case.codes or not case.id else USES[:1]:
        path = f"/api/v1/reports/{case.reference}"
        asked[f"REST: {use} report"] = lambda path=path, use=use: called(stage, who, path, use)  # type: ignore[misc]
    answers = {}
    for place, ask in asked.items():
        response = ask()
        told = response.headers.get("Location", "").encode() + body(response)
        if response.status_code != 200:
            told = ASKED_FOR.sub(b"(what was asked for)", told)
        answers[place] = (response.status_code, told)
    return answers


def _letters(stage: Stage, who: str, count: Count) -> None:
    """What is told unasked, and hits: never a word of what the reader may not see, and nothing of what is hidden."""
    for place, told in doors.letters(stage, who).items():
        for case in stage.cases:
            unseen = who not in case.row.seen_by
            count.cell(f"{who}: {place}: {case.row}", not (unseen and case.word.encode() in told))
            if place == "hits" and unseen and case.row.tlp == "RED":
                count.cell(f"{who}: a hit on what is hidden: {case.row}", case.value.encode() not in told)


def _told_unasked(stage: Stage, count: Count, when: str) -> None:
    """Letters, calls of webhooks, feeds: what their codes keep out of them is not there, nor what nobody may see."""
    began = time.perf_counter()
    for who, letters in unasked.written(stage).items():
        vetted = stage.viewers[who].vetted
        count.cell(f"{who}: {len(letters)} letters {when}", len(letters) == int(vetted))
        feeds = unasked.atom(stage, who) if vetted else {}
        stored = unasked.queued(stage, who)
        for case in stage.cases:
            by_mail = case.passes(who, "e-mail")
            for letter in letters:
                count.cell(
                    f"{who}: letter {when}: {case.row} {case.codes}", by_mail or case.word.encode() not in letter
                )
            for place, told in feeds.items():
                there = case.word.encode() in told
                right = there == by_mail if place != "Atom" else by_mail or not there
                own = who in OWN and not there  # of what is closed for others, its owner's feed says less than it might
                count.cell(f"{who}: {place} {when}: {case.row} {case.codes}: {there} is not {by_mail}", right or own)
            hidden = who not in case.row.seen_by and case.word.encode() in stored
            count.cell(f"{who}: calls of webhooks that wait {when}: {case.row}", not hidden)
    _told_to_machines(stage, count, when)
    count.seconds["unasked"] = count.seconds.get("unasked", 0) + time.perf_counter() - began


def _told_to_machines(stage: Stage, count: Count, when: str) -> None:
    for setter, told, counts, recalled in unasked.called(stage):
        body = stage.people[setter].organisation_id
        both = [who for who, person in stage.people.items() if person.organisation_id == body]
        for case in stage.cases:
            right = case.passes(setter, "webhook") or case.word.encode() not in told
            count.cell(f"{setter}: webhook {when}: {case.row} {case.codes}", right)
            heard = case.id in recalled
            vetted = stage.viewers[setter].vetted  # nobody else's webhooks are called
            right = when == "after" and vetted and all(_got(case, who) for who in both)
            count.cell(f"{setter}: webhook: recall: {case.row}: {heard} is not {right}", heard == right)
        for who in both if when == "before" and stage.viewers[setter].vetted else ():
            # what is for one person's eyes is not even counted to a machine of the organisation
            open_to_all = sum(who in case.row.seen_by and case.row.tlp != "RED" for case in stage.cases)
            found = counts.get(stage.searches[who].name, 0)
            count.cell(f"{who}: webhook: {found} found is not {open_to_all}", found == open_to_all)


def _recalled(stage: Stage, count: Count) -> None:
    """Everything is withdrawn: whoever got it by any door above is told, and nobody else."""
    began = time.perf_counter()
    by = stage.viewers["submitter"]
    for case in stage.cases:
        actions_report.withdraw(by=by, report=case.id, reason=f"a false alarm, {case.word}")
    publication.publish()
    while recalls.tell(most=1_000):
        pass
    got = {case.id: any(_got(case, v) for v in VIEWERS if v not in OWN) for case in stage.cases}
    for who in VIEWERS:
        with viewer(stage.viewers[who]):
            told = _ids("SELECT report FROM exchange_recall")
            receipts = _ids("SELECT r.report FROM exchange_recallreceipt t JOIN exchange_recall r ON r.id = t.recall_id"
                            " WHERE t.organisation IS DISTINCT FROM hueandcry_organisation()")  # fmt: skip
            deliveries = _ids("SELECT 1 FROM exchange_delivery WHERE person IS DISTINCT FROM hueandcry_person()")
        count.cell(f"{who}: deliveries of others", not deliveries)
        page = body(stage.browsers[who].get("/recalls/"))
        for case in stage.cases:
            right = got[case.id] and who in case.row.seen_by if who in OWN else _got(case, who)
            count.cell(f"{who}: recall: {case.row} {case.codes}: {right}", (case.id in told) == right)
            count.cell(f"{who}: receipts of others: {case.row}", who in OWN or case.id not in receipts)
            unseen = who not in case.row.seen_by
            count.cell(f"{who}: page of recalls: {case.row}", not (unseen and case.word.encode() in page))
    count.seconds["recalls"] = time.perf_counter() - began


def _got(case: Case, who: str) -> bool:
    """Whether somebody got it by name at one of the doors tried; strangers are recipients without a name."""
    if who == "nobody" or who in OWN:
        return False
    on_a_page = door("pages", who) == "open" and case.passes(who, "page")
    return on_a_page or case.passes(who, "export")


def _in_the_database(stage: Stage, who: str, count: Count) -> None:
    by = stage.viewers[who]
    truth = {case.word for case in stage.cases if who in case.row.seen_by}
    with viewer(by):
        for place, found in database_doors(stage, by):
            if isinstance(found, int):
                right = len(truth) - 1 if stage.probe.word in truth else -1
                count.cell(f"{who}: {place}: {found} is not {right}", found == right)
                continue
            for case in stage.cases:
                count.cell(f"{who}: {place}: {case.row}", (case.word in found) == (case.word in truth))
        seen = {row.told.words.removeprefix("seen with ") for row in _sightings(by, stage)}
        for case in stage.cases:
            right = case.sights and case.word in truth and stage.probe.word in truth
            count.cell(f"{who}: sightings: {case.row}", (case.word in seen) == right)
        own = who in OWN
        count.cell(f"{who}: saved searches of others", _ids("SELECT name FROM exchange_alert") <= {f"search of {who}"})
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
    assert set(DOORS) == {
        "pages",
        "REST",
        "TAXII",
        "MISP",
        "node",
        "command line",
        "database, as the application's role",
    }
