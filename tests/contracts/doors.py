"""Every way out, as somebody of the table stands before it. Each gives what of the cases came through.

A door that gives many things at once yields (place, door of the table of codes, use of the token, words that came); one
that is closed to this viewer altogether yields a status in place of the words.
"""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, NamedTuple

import orjson
from django.test import Client

from hueandcry.exchange import export
from hueandcry.exchange.hits import actions as hits
from hueandcry.exchange.hits import queries as hit_queries
from hueandcry.exchange.hits.values import asked
from hueandcry.exchange.recall import court
from hueandcry.members.viewer import viewer
from hueandcry.notices import actions as notices
from tests.contracts.stage import CIRCLE, COMMON_VALUE, COMMON_WORD, Stage

TAXII = "application/taxii+json;version=2.1"
USES = ("passive", "active")
# What an answer that refuses repeats of the question, or takes from the log
ASKED_FOR = re.compile(rb"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?<=/objects/)\d+|\b[0-9a-f]{8}\b")


class Came(NamedTuple):
    """What came through one door."""

    place: str
    door: str  # column of the table of codes; "" where only sight counts
    use: str
    found: set[str] | int
    sightings: bool = False  # only what came as STIX has one of the probe
    exact: bool = False  # a collection that holds its reader's own too


def body(response: Any) -> bytes:
    """All of an answer."""
    return response.getvalue() if response.streaming else response.content  # type: ignore[no-any-return]


def words(stage: Stage, content: bytes) -> set[str]:
    """The cases whose word stands in it."""
    return {case.word for case in stage.cases if case.word.encode() in content}


def _came(stage: Stage, place: str, door: str, response: Any, use: str = "", content: bytes | None = None) -> Came:
    found = words(stage, body(response) if content is None else content)
    return Came(place, door, use, found if response.status_code == 200 or found else response.status_code)


def pages(stage: Stage, who: str) -> Iterator[Came]:
    """Lists, searches, exports of the pages, notices, and the feed of notices."""
    browser = stage.browsers[who]
    ticked = {"format": "csv", "report": [str(case.reference) for case in stage.cases]}
    asked_for: dict[str, tuple[str, Callable[[], Any]]] = {
        "list": ("", lambda: browser.get("/reports/")),
        "list by date": ("", lambda: browser.get("/reports/?sort=reported")),
        "search by word": ("", lambda: browser.get("/reports/", {"q": COMMON_WORD})),
        "search by value": ("", lambda: browser.get("/reports/", {"q": COMMON_VALUE})),
        "export of a search": ("export", lambda: browser.get("/reports/export/", {"q": COMMON_WORD, "format": "csv"})),
        "export as table": ("export", lambda: browser.get("/reports/export/?format=csv")),
        "export as STIX": ("export", lambda: browser.get("/reports/export/?format=stix")),
        "export as MISP": ("export", lambda: browser.get("/reports/export/?format=misp")),
        "export of what is ticked": ("export", lambda: browser.post("/reports/export/", ticked)),
        "links": ("", lambda: browser.get(f"/reports/{stage.probe.reference}/?part=links")),
    }
    for name, (door, ask) in asked_for.items():
        response = ask()
        came = _came(stage, f"page: {name}", door, response)
        if name.startswith(("list", "search")):  # a page holds fifty
            came = _with_next(stage, browser, "/reports/", response, came)
        if name == "links" and response.status_code == 200 and isinstance(came.found, set):
            came = came._replace(found=came.found | {stage.probe.word})
        yield came
    path = f"/alerts/{stage.searches.get(who, stage.searches['other']).reference}/"
    response = browser.get(path)
    yield _with_next(stage, browser, path, response, _came(stage, "page: saved search", "", response))
    response = browser.get("/reports/export/?format=court")
    yield _came(stage, "page: file for a court", "court file", response, content=_unzipped(response))


def _with_next(stage: Stage, browser: Client, path: str, response: Any, came: Came) -> Came:
    link = re.search(rb'href="(\?[^"]*after=[^"]+)"', body(response))
    if link is None or not isinstance(came.found, set):
        return came
    more = browser.get(path + link[1].decode().replace("&amp;", "&"))
    return came._replace(found=came.found | words(stage, body(more)))


def _unzipped(response: Any) -> bytes:
    if response.status_code != 200:
        return body(response)
    with zipfile.ZipFile(io.BytesIO(body(response))) as held:
        return b"".join(held.read(name) for name in held.namelist())


def called(stage: Stage, who: str, path: str, use: str = "passive", **headers: str) -> Any:
    """What a program of theirs gets."""
    if who in stage.tokens[use]:
        headers = {"Authorization": f"Bearer {stage.tokens[use][who]}"} | headers
    return Client().get(path, headers=headers)


def rest(stage: Stage, who: str) -> Iterator[Came]:
    """REST, for passive and for active programs."""
    for use in USES:
        for name, path in {
            "list": "reports?limit=100",
            "search by word": f"reports?limit=100&q={COMMON_WORD}",
            "search by value": f"reports?limit=100&q={COMMON_VALUE}",
            "export as STIX": "export?format=stix",
            "export as table": "export?format=csv",
            "export as MISP": "export?format=misp",
        }.items():
            response = called(stage, who, f"/api/v1/{path}", use)
            yield _came(stage, f"REST: {name}", "REST", response, use)
        for name, query in {
            "sightings of a report": f"report={stage.probe.reference}",
            "sightings of a value": f"type=domain-name&value={COMMON_VALUE}",
        }.items():
            response = called(stage, who, f"/api/v1/sightings?{query}", use)
            yield _came(stage, f"REST: {name}", "REST", response, use)._replace(sightings=True)


def node(stage: Stage, who: str) -> Iterator[Came]:
    """What another node of the circle is told, for its stand-in."""
    found: set[str] = set()
    after, more = "0.0", True
    while more:
        response = called(stage, who, f"/node/v1/circles/{CIRCLE}/envelopes?after={after}")
        if response.status_code == 404:
            absent = called(stage, who, "/node/v1/circles/no-such-circle/envelopes")
            assert absent.content == response.content, "a circle that one is not in is told from one that is not there"
            break
        if response.status_code != 200:
            yield Came("node: envelopes", "node", "", response.status_code)
            return
        told = orjson.loads(response.content)
        assert told["next"] != after or not told["more"], "an answer that leads nowhere"
        found |= words(stage, response.content)
        after, more = told["next"], told["more"]
    yield Came("node: envelopes", "node", "", found)


def command_line(stage: Stage, who: str) -> Iterator[Came]:
    """The functions that `hueandcry export` calls."""
    by = replace(stage.viewers[who], channel="command line")
    held = b"".join(court.court_file(by))
    with zipfile.ZipFile(io.BytesIO(held)) as bundle:
        court_words = words(stage, b"".join(bundle.read(name) for name in bundle.namelist()))
    yield Came("command line: STIX", "export", "", words(stage, b"".join(export.stix_bundle(by))))
    yield Came("command line: table", "export", "", words(stage, b"".join(export.csv_table(by))))
    yield Came("command line: file for a court", "court file", "", court_words)


def taxii(stage: Stage, who: str) -> Iterator[Came]:
    """Objects and manifests of every collection, in pages as a client follows them; then object by object, in the
    collection that showed it, or in one after the other where none did."""
    of = {case.stix: case.word for case in stage.cases}
    for use in USES if who != "nobody" else ("",):
        listed = _taxii(stage, who, "collections/", use)
        if listed.status_code != 200:
            yield Came("TAXII: collections", "TAXII", use, listed.status_code)
            continue
        found: dict[str, set[str]] = {"objects": set(), "manifest": set(), "versions": set()}
        text: set[str] = set()
        search: set[str] = set()
        own_search = str(stage.searches[who].collection) if who in stage.searches else ""
        collections = orjson.loads(listed.content).get("collections", [])
        shown_in: dict[str, str] = {}
        for one in collections:
            for what in ("objects", "manifest"):
                for page in _followed(stage, who, f"collections/{one['id']}/{what}/", use):
                    told = orjson.loads(page.content).get("objects", [])
                    found[what] |= {of[each["id"]] for each in told if each["id"] in of}
                    shown_in |= {each["id"]: one["id"] for each in told}
                    text |= words(stage, page.content) if what == "objects" else set()
                    search |= words(stage, page.content) if (one["id"], what) == (own_search, "objects") else set()
        for number, case in enumerate(stage.cases):
            if use == "active" and not case.codes:
                found["versions"] |= {case.word} & found["objects"]  # as for a passive program
                continue
            if case.stix not in shown_in and (number + len(who)) % 2:
                continue  # of what is refused, every second viewer tries each
            place = shown_in.get(case.stix) or collections[number % len(collections)]["id"]
            path = f"collections/{place}/objects/{case.stix}/"
            got = _taxii(stage, who, path, use)
            held = _taxii(stage, who, path + "versions/", use) if got.status_code == 200 or number % 3 == 0 else got
            if case.word.encode() in got.content:
                found["versions"] |= {case.word} if held.status_code == 200 else set()
            elif held.status_code == 200 or got.status_code == 200:
                found["versions"] |= {"(an answer without the object)"}
        others = {str(found.collection) for found in stage.searches.values()} - {own_search}
        assert not others & {one["id"] for one in collections}, "somebody else's saved search"
        if who in stage.searches:
            yield Came("TAXII: saved search", "TAXII", use, search, exact=True)
        yield Came("TAXII: objects", "TAXII", use, text)
        yield Came("TAXII: ids of objects", "TAXII", use, found["objects"])
        yield Came("TAXII: manifest", "TAXII", use, found["manifest"])
        yield Came("TAXII: one object, and its versions", "TAXII", use, found["versions"])


def _taxii(stage: Stage, who: str, path: str, use: str) -> Any:
    return called(stage, who, f"/taxii2/alliance/{path}", use or "passive", Accept=TAXII)


def _followed(stage: Stage, who: str, path: str, use: str) -> Iterator[Any]:
    following = "?limit=40"
    while following:
        page = _taxii(stage, who, path + following, use)
        assert page.status_code == 200, (who, path, page.content)
        yield page
        told = orjson.loads(page.content)
        assert bool(told.get("next")) == bool(told.get("more")), "more without next"
        assert not told.get("more") or told["objects"], "an empty page that says there is more"
        following = f"?limit=40&next={told['next']}" if told.get("more") else ""


def misp(stage: Stage, who: str) -> Iterator[Came]:
    """Each feed's manifest, hashes and events."""
    for use in USES if who != "nobody" else ("passive",):
        listed = called(stage, who, "/misp/", use)
        if listed.status_code != 200:
            yield Came("MISP: feeds", "MISP", use, listed.status_code)
            continue
        manifest, hashed, events = set(), set(), set()
        shown_in: dict[str, str] = {}  # the last feed that lists it; the first ones are the narrower
        for one in reversed(orjson.loads(listed.content)):
            path = "/misp/" + one["Feed"]["url"].split("/misp/")[1]
            told = body(called(stage, who, f"{path}manifest.json", use))
            manifest |= words(stage, told)
            shown_in |= dict.fromkeys(words(stage, told), path)
            sums = body(called(stage, who, f"{path}hashes.csv", use))
            hashed |= {c.word for c in stage.cases if hashlib.md5(c.value.encode()).hexdigest().encode() in sums}  # noqa: S324
            assert len(orjson.loads(told)) == len(words(stage, told)), "an event without a case, or two of one"
        for case in stage.cases:
            if use == "active" and not case.codes:
                events |= {case.word} & manifest  # as for a passive program
                continue
            if case.word not in manifest and (case.id + len(who)) % 2:
                continue  # of what is refused, every second viewer tries each
            path = shown_in.get(case.word, "/misp/everything/")
            if case.word.encode() in body(called(stage, who, f"{path}{case.reference}.json", use)):
                events |= {case.word}
        yield Came("MISP: manifest", "MISP", use, manifest)
        yield Came("MISP: hashes", "MISP", use, hashed)
        yield Came("MISP: events", "MISP", use, events)


def letters(stage: Stage, who: str) -> dict[str, bytes]:
    """What the feed of notices, the page of notices and hits say; none may say a word of any case."""
    by, browser = stage.viewers[who], stage.browsers[who]
    told = {"notices": body(browser.get("/notices/")), "permissions": body(browser.get("/permissions/"))}
    if by.person and by.vetted:
        secret = notices.new_feed(by=by)
        told["Atom"] = body(Client().get(f"/feeds/{secret}/notices.atom"))
        values = asked(enumerate(case.value for case in stage.cases))
        question = hits.look_up(by=by, asked=values, purpose="prevention")
        with viewer(by):
            told["hits"] = str(list(hit_queries.answers(by, question.lookup).values())).encode()
    return told
