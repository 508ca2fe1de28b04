"""Crimes, operations and what is written about them: nothing of a report shows to who may not see the report.

The stage puts reports of every row of docs/handling.md into the same crimes and operations. What each viewer is to be
told is computed here, from that table alone; each page, file and table is then read for what it must not say.
"""

from __future__ import annotations

import csv
import html
import io
import re
import sys
import time
import uuid
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from django.db import connection
from django.template.loader import render_to_string

from hueandcry.linkage.analysis import dossier
from hueandcry.linkage.models import Attachment, Operation
from hueandcry.linkage.operations import queries as operations
from hueandcry.members.viewer import viewer
from tests.contracts import linked
from tests.contracts.doors import ASKED_FOR, body
from tests.contracts.linked import Linked, Told
from tests.contracts.test_leak_matrix import Count
from tests.contracts.truth import VIEWERS, door

PARTS = ("graph", "crimes", "time", "map", "values", "holders", "harm", "hypotheses", "notes", "tasks", "history")
# Taken out of what is read, for any digits stand there by chance: "b34-426f" of a reference, or 37.248 seconds, look
# like a sum; the microseconds .201931, or a token against forged forms, hold the year 2019.
CHANCE = re.compile(
    r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}"  # references
    r"|(?<=\d)T\d\d:\d\d:\d\d(?:\.\d+)?"  # the time of a day, which stays
    r"|\b\w{32,}\b"  # tokens and digests: nobody here writes a word that long
)
MARKS = {"title", "account", "value", "amount", "country", "day"}
# Texts where a mark of another report may stand without telling of it: every country stands in the panel of filters.
WITH_FILTERS = ("/crimes/", "/operations/", "/forum/", "/operations/tasks/")


@pytest.fixture
def stage(database: Any) -> Linked:
    return linked.build()


def test_nothing_shows_through_crimes_and_operations(stage: Linked, capsys: pytest.CaptureFixture[str]) -> None:
    count, controls = Count(), set[str]()
    began = time.perf_counter()
    for who in VIEWERS:
        _in_the_database(stage, who, count)
        if door("pages", who) != "open":
            _closed(stage, who, count)
            continue
        pages = _texts(stage, who, count, controls)
        _figures(stage, who, count, pages)
        _one_by_one(stage, who, count)
    with capsys.disabled():
        took = time.perf_counter() - began
        sys.stdout.write(f"\nlinkage: {count.tried:,} cells, {len(count.wrong)} wrong ({took:.0f} s)\n")
    assert not count.wrong, "\n".join(count.wrong[:60])
    assert controls == MARKS, "a mark that is found nowhere proves nothing"
    assert count.tried > 40_000


# What is told, whole


def _addresses(stage: Linked, who: str) -> Iterator[str]:
    """Pages that show many things, or one of which the viewer sees a part."""
    yield from ("/crimes/", "/crimes/?sort=-reports", "/crimes/?sort=-loss&currency=EUR", "/operations/", "/review/")
    yield from ("/review/disputes/", "/review/model/", "/rooms/", "/forum/", "/deconfliction/", "/operations/tasks/")
    if who in ("submitter", "colleague"):
        yield f"/review/{stage.round}/"
    for key, crime in stage.crimes.items():
        if _open(stage.of_crime(key), who):
            yield f"/crimes/{crime.reference}/"
    for key, operation in stage.operations.items():
        if _open(stage.of_operation(key), who):
            yield from (f"/operations/{operation.reference}/?part={part}" for part in PARTS)
            yield f"/operations/{operation.reference}/?part=crimes&crime={stage.crimes[key.split('+')[0]].reference}"
    for one in _open(stage.told, who)[len(who) % 2 :: 2]:  # every second: each is opened by some who may see it
        yield f"/reports/{one.reference}/"
    for one, other in _pairs(stage):
        if {one, other} <= _seen(stage.told, who):
            yield f"/crimes/pair/{one.reference}/{other.reference}/"
    yield from sorted({each.place for each in stage.written if each.place.startswith("/") and who in each.readers})


def _texts(stage: Linked, who: str, count: Count, controls: set[str]) -> dict[str, Any]:
    """What may not be seen is on no page and in no file; what is to be read there, is. Gives the pages."""
    browser, pages = stage.browsers[who], dict[str, Any]()
    for address in _addresses(stage, who):
        pages[address] = response = browser.get(address)
        right = 403 if address == "/deconfliction/" else 200  # for agencies, and none of them is one
        count.cell(f"{who}: {address}: {response.status_code}", response.status_code == right)
        _read(stage, who, f"page {address}", "page", body(response).decode(), count, controls)
    for key, operation in stage.operations.items():
        if not _open(stage.of_operation(key), who):
            continue
        response = browser.get(f"/operations/{operation.reference}/grouping.json")
        taken = _open(stage.of_operation(key), who, "export")
        count.cell(f"{who}: grouping {key}", response.status_code == (200 if taken else 302))
        told = body(response).decode()
        _read(stage, who, f"grouping {key}", "export", told, count, controls)
        for one in taken:
            count.cell(f"{who}: grouping {key}: {one.row} {one.codes} is missing", one.word in told)
        if taken:
            _read(stage, who, f"dossier {key}", "export", _dossier(stage, who, operation), count, controls)
    return pages


def _dossier(stage: Linked, who: str, operation: Operation) -> str:
    """The text that is drawn as the PDF."""
    by = replace(stage.viewers[who], channel="export")
    with viewer(by):
        line = operations.operation(by, operation.reference)
    return render_to_string("linkage/analysis/dossier.html", dossier.gather(by, line, written=True))


def _read(stage: Linked, who: str, place: str, way: str, told: str, count: Count, controls: set[str]) -> None:
    text = CHANCE.sub(" ", html.unescape(told))
    seen, open_ = _seen(stage.told, who), set(map(id, _open(stage.told, who, way)))
    path = place.removeprefix("page ").split("?")[0]
    for one in stage.told:
        for mark, tells in one.marks.items():
            if mark == "country" and path in WITH_FILTERS:
                continue
            there = tells(text)
            if id(one) in open_:
                controls |= {mark} if there else set()
            elif one in seen:  # lists show the title of a report whose restriction is to be read, files show nothing
                right = not there or (way == "page" and mark in ("title", "value"))
                count.cell(f"{who}: {place}: {mark} of what is closed: {one.row} {one.codes}", right)
            else:
                count.cell(f"{who}: {place}: {mark} of {one.row} {one.holder}", not there)
    for each in stage.written:
        there = each.word in text
        count.cell(f"{who}: {place}: {each.kind} {each.word}", not there or who in each.readers)
        if path == each.place and who in each.readers:
            count.cell(f"{who}: {place}: {each.kind} {each.word} is missing", there)
    for kept in ("hidden", "anonymous"):
        count.cell(f"{who}: {place}: holder {kept}", f"Holder {kept}" not in text)
    count.cell(f"{who}: {place}: when it was first found", "2019" not in text)


# Figures: what is counted and summed, computed anew


def _figures(stage: Linked, who: str, count: Count, pages: dict[str, Any]) -> None:
    browser = stage.browsers[who]
    table = _table(browser, "/crimes/crimes.csv")
    right = {_crime_row(stage, key, who, "export") for key in stage.crimes} - {None}
    count.cell(f"{who}: table of crimes: {table} is not {right}", table == right)
    table = _table(browser, "/operations/operations.csv")
    right = {_operation_row(stage, key, who) for key in stage.operations} - {None}
    count.cell(f"{who}: table of operations: {table} is not {right}", table == right)
    for one in stage.told[len(who) % 4 :: 4]:  # what is asked for is no way to try out what is hidden
        crimes = len(_narrowed(browser, f"/crimes/crimes.csv?country={one.country}"))
        there = int(one.passes(who, "export"))
        count.cell(f"{who}: crimes in {one.country}: {crimes}: {one.row} {one.codes}", crimes == there)
        found = len(_narrowed(browser, f"/operations/operations.csv?value={one.value}"))
        count.cell(f"{who}: operations that use {one.value}: {found}: {one.row} {one.codes}", found == there)
    for key, crime in stage.crimes.items():
        held = stage.of_crime(key)
        if _open(held, who):
            shown = pages[f"/crimes/{crime.reference}/"]
            size = shown.context["crime"].size
            count.cell(f"{who}: {key}: {size} reports", size == len(_open(held, who)))
            _others(stage, who, f"crime {key}", held, body(shown).decode(), count)
        for one in _open(held, who):
            page = pages.get(f"/reports/{one.reference}/")
            if page is None:
                continue
            text = " ".join(re.sub(r"<[^>]+>", " ", body(page).decode()).split())
            more = int(m[1]) if (m := re.search(r"(\d+) other reports? that you see tells? of it", text)) else 0
            count.cell(f"{who}: {one.row}: {more} others of its crime", more == len(_open(held, who)) - 1)
            hold = int(m[1]) if (m := re.search(r"Others hold (\d+) more\.", text)) else 0
            count.cell(f"{who}: {one.row}: others hold {hold} more", hold == len(_discoverable(held, who)))
    for key, operation in stage.operations.items():
        if _open(stage.of_operation(key), who):
            told = body(pages[f"/operations/{operation.reference}/?part=history"]).decode()
            _others(stage, who, f"operation {key}", stage.of_operation(key), told, count)


def _others(stage: Linked, who: str, place: str, held: list[Told], told: str, count: Count) -> None:
    """How many more others hold, and their names: as their owners let themselves be discovered."""
    text = " ".join(re.sub(r"<[^>]+>", " ", told).split())
    more = _discoverable(held, who)
    found = re.search(r"Others hold (\d+) more reports?", text)
    count.cell(f"{who}: {place}: others hold {found}: not {len(more)}", int(found[1] if found else 0) == len(more))
    bodies = re.search(r"Others hold .{0,60}?(\d+) organisations?", text)
    right = len({one.holder for one in more})
    count.cell(f"{who}: {place}: others are {bodies}: not {right}", int(bodies[1] if bodies else 0) == right)
    named = any(one.discoverability == "named" for one in more)
    count.cell(f"{who}: {place}: others by name", ("Holder named" in text) == named)
    crimes = re.search(r"They tell of (\d+) crimes? more", text)
    unseen = {one.crime for one in more} - {one.crime for one in held if who in one.row.seen_by}
    count.cell(f"{who}: {place}: others add {crimes}", int(crimes[1] if crimes else 0) == len(unseen))


def _discoverable(held: list[Told], who: str) -> list[Told]:
    return [one for one in held if who not in one.row.seen_by and not one.hidden]


def _narrowed(browser: Any, address: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(body(browser.get(address)).decode("utf-8-sig"))))


def _table(browser: Any, address: str) -> set[tuple[str, ...]]:
    """The lines of a table, those columns of it that tell of reports."""
    names = ("reports", "organisations", "began", "first", "last", "countries", "losses", "crimes")
    return {tuple(_said(name, row[name]) for name in names if name in row) for row in _narrowed(browser, address)}


def _said(name: str, text: str) -> str:
    """A cell, in an order of our own."""
    if name == "losses":
        return str(sum(Decimal(number) for number in re.findall(r"[0-9.]+", text)).normalize())
    return "; ".join(sorted(text.split("; "))) if name == "countries" else text


def _crime_row(stage: Linked, key: str, who: str, way: str) -> tuple[str, ...] | None:
    held = _open(stage.of_crime(key), who, way)
    if not held:
        return None
    countries = "; ".join(sorted(one.country for one in held))
    first = min(held, key=lambda one: one.id)
    bodies = "; ".join(sorted({one.holder for one in held}))
    return (str(len(held)), bodies, min(one.day for one in held).isoformat(), countries, str(first.amount.normalize()))


def _operation_row(stage: Linked, key: str, who: str) -> tuple[str, ...] | None:
    held = _open(stage.of_operation(key), who, "export")
    if not held:
        return None
    crimes = {one.crime for one in held}
    lost = sum(min((o for o in held if o.crime == crime), key=lambda o: o.id).amount for crime in crimes)
    return (
        str(len(held)), str(len({one.holder for one in held})), min(one.day for one in held).isoformat(),
        max(one.day for one in held).isoformat(), "; ".join(sorted(one.country for one in held)),
        str(Decimal(lost).normalize()), str(len(crimes)),
    )  # fmt: skip


# Opened one by one: what may not be seen answers as what is not there


def _one_by_one(stage: Linked, who: str, count: Count) -> None:
    stage.browsers[who].get("/reports/")  # says, this once, what the files just taken left out
    nothing = dict[str, tuple[int, bytes]]()  # by form of address: the answer where nothing is
    for form, reference, there in _things(stage, who):
        given = _answer(stage, who, form.format(reference))
        if there:
            count.cell(f"{who}: {form} {reference}: {given[0]}", given[0] == 200)
        else:
            if form not in nothing:
                nothing[form] = _answer(stage, who, form.format(uuid.uuid4()))
            absent = nothing[form]
            count.cell(f"{who}: {form}: {given[0]} is not {absent[0]}", given == absent and given[0] in (403, 404))


def _things(stage: Linked, who: str) -> Iterator[tuple[str, object, bool]]:
    """Address with a place for the reference, the reference, and whether it opens."""
    for key, crime in stage.crimes.items():
        yield "/crimes/{}/", crime.reference, bool(_open(stage.of_crime(key), who))
    for key, operation in stage.operations.items():
        there = bool(_open(stage.of_operation(key), who))
        for address in ("/operations/{}/", "/operations/{}/grouping.json", "/operations/{}/dossier.pdf?written=0"):
            if not there or address == "/operations/{}/":  # what leaves is read above
                yield address, operation.reference, there
    for one, other in _pairs(stage):
        both = {one, other} <= _seen(stage.told, who)
        if not both:
            yield f"/crimes/pair/{one.reference}/{{}}/", other.reference, False
            yield f"/crimes/pair/{{}}/{one.reference}/", other.reference, False
    for each in stage.written:
        if each.place.startswith("/") and who not in each.readers:
            yield each.place.replace(each.place.split("/")[-2], "{}"), each.place.split("/")[-2], False
    for file in Attachment.objects.using("owner").order_by("pk"):
        word = next(each for each in stage.written if each.word == file.filename.removesuffix(".txt"))
        yield "/forum/files/{}/", file.reference, who in word.readers
    yield "/review/{}/", stage.round, who in ("submitter", "colleague")


def _answer(stage: Linked, who: str, address: str) -> tuple[int, bytes]:
    response = stage.browsers[who].get(address)
    return response.status_code, b"" if response.status_code == 200 else ASKED_FOR.sub(b"", body(response))


def _closed(stage: Linked, who: str, count: Count) -> None:
    """To whom pages are closed, they are closed alike."""
    crime, operation = next(iter(stage.crimes.values())), next(iter(stage.operations.values()))
    for address in (
        *("/crimes/", "/crimes/crimes.csv", "/operations/", "/operations/operations.csv", "/review/", "/rooms/"),
        *("/review/disputes/", "/review/model/", "/forum/", "/deconfliction/", "/operations/tasks/"),
        f"/crimes/{crime.reference}/", f"/operations/{operation.reference}/",
        f"/operations/{operation.reference}/grouping.json", f"/operations/{operation.reference}/dossier.pdf",
        *(each.place for each in stage.written if each.place.startswith("/")),
    ):  # fmt: skip
        response = stage.browsers[who].get(address)
        count.cell(f"{who}: {address} is not closed: {response.status_code}", response.status_code == 302)


# The database itself


def _in_the_database(stage: Linked, who: str, count: Count) -> None:
    """Tables and functions as the application's role, under this viewer, with no rule of a page before them."""
    seen = [one for one in stage.told if who in one.row.seen_by]
    ids, crimes = {one.id for one in seen}, {stage.crimes[one.crime].pk for one in seen}
    of = {key: stage.operations[key].pk for key in stage.operations}
    held = {pk for key, pk in of.items() if {stage.crimes[c].pk for c in key.split("+")} & crimes}
    first, second, third = of.values()
    suggested = {first} if {first, second} <= held and stage.crimes["organisation"].pk in crimes else set()
    statements: dict[str, set[Any]] = {
        "SELECT report FROM linkage_crimereport": ids,
        "SELECT report FROM linkage_crimeevent": ids,
        "SELECT id FROM linkage_crime WHERE merged_into IS NULL": crimes,
        "SELECT crime FROM linkage_operationcrime": crimes,
        "SELECT id FROM linkage_operation": held,
        "SELECT operation FROM linkage_operationsuggestion": suggested,
        "SELECT report FROM hueandcry_operations_all_seen()": ids,
        f"SELECT crime FROM hueandcry_operations_seen(ARRAY[{first}, {second}]::bigint[])": {  # noqa: S608
            stage.crimes[one.crime].pk for one in seen if one.crime != "none"
        },
        "SELECT has_any_column_privilege('linkage_operationevent', 'SELECT')": {False},
        f"SELECT sum(crimes) FROM hueandcry_operation_events({third}, 100)": {len(crimes) or None},  # noqa: S608
    }
    mine = (stage.people[who].organisation_id if who in stage.people else 0) or 0
    sender = stage.people["submitter"].organisation_id
    drawn = {n for n, pair in enumerate(stage.pairs, 1) if set(pair) <= set(seen) and mine == sender}
    statements["SELECT place FROM linkage_sampledpair"] = drawn
    with viewer(stage.viewers[who]), connection.cursor() as cursor:
        for statement, right in statements.items():
            cursor.execute(statement)
            found = {row[0] for row in cursor.fetchall()}
            count.cell(f"{who}: {statement}: {found ^ right}", found == right)
        cursor.execute("SELECT count(*) FROM linkage_crime WHERE merged_into IS NOT NULL")
        count.cell(f"{who}: crimes that were merged", cursor.fetchone()[0] == len(ids))
        cursor.execute(READABLE)
        for table, columns in cursor.fetchall():
            cursor.execute(f"SELECT concat_ws(' ', {', '.join(columns)}) FROM {table}")  # noqa: S608
            told = " ".join(row[0] for row in cursor.fetchall())
            for each in stage.written:
                count.cell(f"{who}: {table}: {each.word}", each.word not in told or who in each.readers)
            for one in stage.told:
                right = one.id in ids or not {one.word, one.account, str(one.observable)} & set(
                    re.findall(r"[\w-]+", told)
                )
                count.cell(f"{who}: {table}: {one.row} {one.holder}", right)


# Tables of these desks, and what of them the application's role may read
READABLE = """
SELECT c.table_name, array_agg(format('%I::text', c.column_name)) FROM information_schema.columns c
WHERE c.table_schema = 'public' AND (c.table_name LIKE 'linkage\\_%' OR c.table_name LIKE 'chain\\_%')
    AND has_column_privilege(c.table_name, c.column_name, 'SELECT')
GROUP BY c.table_name ORDER BY c.table_name
"""


# Who sees what, by the table alone


def _seen(told: list[Told], who: str) -> set[Told]:
    return {one for one in told if who in one.row.seen_by}


def _open(told: list[Told], who: str, way: str = "page") -> list[Told]:
    return [one for one in told if one.passes(who, way)]


def _pairs(stage: Linked) -> Iterator[tuple[Told, Told]]:
    """Neighbours in a crime, and one pair across two."""
    for key in stage.crimes:
        held = stage.of_crime(key)
        yield from pairwise(held)
    yield stage.of_crime("organisation")[0], stage.of_crime("everyone")[0]
