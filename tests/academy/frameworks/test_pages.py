"""Pages of competences: who opens them, what they show, what they refuse, and that no code breaks an address."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from hueandcry.academy.frameworks import model, shipped
from hueandcry.academy.frameworks.comparison import Pair, compare
from hueandcry.academy.frameworks.model import COMPETENCE, ROLE, Element, Framework, Relation
from hueandcry.academy.frameworks.shipped import Line
from hueandcry.academy.models import FrameworkVersion
from tests import factory
from tests.academy.frameworks.test_frameworks import FILE, real

pytestmark = pytest.mark.usefixtures("database")
OURS = shipped.law_enforcement()
OWN = f"/competences/{OURS.code}/{OURS.version}/"
NICE = "/competences/nice/2.0.0/"
PAGES = ("/competences/", "/competences/crosswalk/", "/competences/crosswalk/crosswalk.csv", OWN,
         f"{OWN}relations.csv", f"{OWN}framework.json", f"{OWN}roles/CCI/", f"{OWN}roles/CCI/?with=DFE",
         f"{OWN}elements/EV-01/", f"/competences/{OURS.code}/changes/",
         f"/competences/{OURS.code}/changes/changes.csv")  # fmt: skip
SMALL = Framework(
    "forensics", "1", "Forensics of a ministry", "The ministry", "en", {"lab": "Laboratory"},
    (Element("EX", ROLE, "Examiner"), Element("HD", ROLE, "Head"),
     Element("I", COMPETENCE, "Images a disk", "Makes an image.", "lab", {5: "Makes one alone."}),
     Element("R", COMPETENCE, "Reports", "Writes a report.", "lab"), Element("N", COMPETENCE, "Nobody's", group="lab")),
    (Relation("EX", "I", 5), Relation("EX", "R"), Relation("HD", "I", 4)),
)  # fmt: skip


def browser(*roles: str, **more: object) -> Client:
    return factory.signed_in(factory.person(factory.organisation(**more), roles or ("reader",)))  # type: ignore[arg-type]


def imported(content: bytes | Framework, who: Client | None = None) -> str:
    """Import by the form; where it leads."""
    given = content if isinstance(content, bytes) else model.written(content)
    answer = (who or browser("trainer")).post("/competences/import/", {"upload": SimpleUploadedFile("f.json", given)})
    assert answer.status_code == 302, text(answer)
    return str(answer["Location"])


def text(answer: object) -> str:
    """What a reader reads: the page without its tags."""
    html = re.sub(r"<(script|style)\b.*?</\1>", " ", answer.content.decode(), flags=re.S)  # type: ignore[attr-defined]
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html)))


def rows(answer: object) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.content.decode())))  # type: ignore[attr-defined]


def test_outsiders_see_no_page_and_members_see_all() -> None:
    reader, suspended = browser(), browser(state="suspended")
    for address in (*PAGES, "/competences/import/"):
        assert Client().get(address).status_code == 302
        assert suspended.get(address).status_code in (302, 403)
    for address in PAGES:
        assert reader.get(address).status_code == 200, address
    assert reader.get("/competences/import/").status_code == 403
    assert "Import a framework" not in text(reader.get("/competences/"))
    assert "Import a framework" in text(browser("trainer").get("/competences/"))


@pytest.mark.parametrize("address", [
    "/competences/none/1/", f"/competences/{OURS.code}/9/", f"{OWN}roles/EV-01/", f"{OWN}roles/XX/",
    f"{OWN}elements/XX-01/", f"{OWN}roles/CCI/?with=XX", f"{OWN}roles/CCI/?with=none:XX", "/competences/none/changes/",
    f"/competences/{OURS.code}/changes/?to=9", f"/competences/{OURS.code}/changes/?from=9", "/competences/%00/1/",
])  # fmt: skip
def test_what_is_not_there_is_not_found(address: str) -> None:
    assert browser().get(address).status_code == 404


def test_a_text_with_a_null_breaks_no_page() -> None:
    reader = browser()
    for address in ("/competences/%00/1/", f"{OWN}roles/CCI/?with=a%00:b", f"{OWN}?q=%00&area=%00&role=%00"):
        assert reader.get(address).status_code in (200, 404)


def test_the_matrix_shows_each_level_that_each_role_wants() -> None:
    html = browser().get(OWN).content.decode()
    table = html[html.index("<table") : html.index("</table>")]
    heads = re.findall(r'<th scope="col"><a [^>]*>(\w+)<', table)
    assert heads == [role.code for role in OURS.of_kind(ROLE)]
    shown = {}
    for line in re.findall(r'<tr><th scope="row">(.*?)</tr>', table, re.S):
        code = re.search(r'class="code">([^<]+)<', line).group(1)  # type: ignore[union-attr]
        cells = [re.sub(r"<span class=\"hidden-text\">.*?</span>|<[^>]+>", "", cell).strip()
                 for cell in re.findall(r"<td>(.*?)</td>", line, re.S)]  # fmt: skip
        shown |= {(role, code): int(cell) for role, cell in zip(heads, cells, strict=True) if cell}
    assert shown == {(each.source, each.target): each.level for each in OURS.relations}
    assert table.count('scope="rowgroup"') == 9
    assert "<caption" in table


def test_filters_narrow_the_matrix_and_the_csv_alike() -> None:
    reader = browser()
    asked = "?area=evidence&role=CCI&role=DFE"
    page = text(reader.get(OWN + asked))
    found = rows(reader.get(f"{OWN}relations.csv{asked}"))
    expected = {(each.source, each.target, str(each.level)) for each in OURS.relations
                if each.source in ("CCI", "DFE") and OURS.by_code[each.target].group == "evidence"}  # fmt: skip
    assert {(row["source"], row["target"], row["eqf_level"]) for row in found} == expected
    wanted = {target for _source, target, _level in expected}
    for each in OURS.of_kind(COMPETENCE):
        assert (f"{each.code} {each.title}" in page) == (each.code in wanted), each.code
    whole = rows(reader.get(f"{OWN}relations.csv"))
    assert len(whole) == len(OURS.relations)
    assert whole[0]["source_title"] == OURS.by_code[whole[0]["source"]].title
    assert "Nothing fits" in text(reader.get(f"{OWN}?q=zebra"))
    searched = text(reader.get(f"{OWN}?q=evidence map"))
    assert "Nothing fits" in searched, "what shows a competence is not searched, its statement is"
    assert "EV-01 Find sources" in text(reader.get(f"{OWN}?q=SOURCES electronic"))


def test_the_document_that_is_given_is_imported_elsewhere() -> None:
    given = browser().get(f"{OWN}framework.json")
    assert model.read(given.content) == OURS
    assert 'filename="hueandcry-le-1.0.json"' in given["Content-Disposition"]
    other = json.loads(given.content) | {"code": "theirs"}
    assert imported(json.dumps(other).encode()) == "/competences/theirs/1.0/"


def test_a_role_says_what_shows_each_thing_at_its_level_first() -> None:
    html = browser().get(f"{OWN}roles/CCI/").content.decode()
    for code, level in OURS.wants("CCI").items():
        at = html.index(f'class="code">{code}<')
        line = unescape(html[at : html.index("</li>", at)])
        first, _details, rest = line.partition("<details>")
        assert OURS.by_code[code].shown[level] in first
        assert all(shows in rest for other, shows in OURS.by_code[code].shown.items() if other != level)


def test_two_roles_are_compared() -> None:
    reader = browser()
    imported(SMALL)
    page = text(reader.get("/competences/forensics/1/roles/EX/?with=HD"))
    assert "1 thing is wanted of both, 1 only of Examiner, 0 only of Head" in page
    assert "higher for Examiner" in page
    assert "higher for Examiner" in text(reader.get("/competences/forensics/1/roles/HD/?with=EX"))
    crossed = text(reader.get(f"{OWN}roles/CCI/?with=forensics:EX"))
    assert (
        f"0 lines of the crosswalk tie what they want, {len(OURS.wants('CCI'))} only of Cybercrime investigator"
        in crossed
    )
    assert "No line of the crosswalk ties" in crossed


def test_comparison_is_what_sets_say() -> None:
    for one in OURS.of_kind(ROLE):
        for other in OURS.of_kind(ROLE):
            mine, theirs = OURS.wants(one.code), OURS.wants(other.code)
            made = compare(OURS, one.code, OURS, other.code)
            assert (
                {pair.here for pair in made.both} == {pair.there for pair in made.both} == mine.keys() & theirs.keys()
            )
            assert made.only_here.keys() == mine.keys() - theirs.keys()
            assert made.only_there.keys() == theirs.keys() - mine.keys()
            assert all((pair.level_here > pair.level_there) == (pair.way == "higher") for pair in made.both)
    lines = [Line("EV-01", "I", "near", ""), Line("EV-02", "absent", "near", ""), Line("LE-07", "R", "near", "")]
    made = compare(OURS, "GCI", SMALL, "EX", lines)
    assert made.both == (Pair("EV-01", "I", 4, 5, "near"),)
    assert made.only_there == {"R": 0}
    back = compare(SMALL, "EX", OURS, "GCI", lines)
    assert [(pair.here, pair.there, pair.way) for pair in back.both] == [("I", "EV-01", "higher")]


def test_a_competence_says_who_wants_it_and_what_answers_to_it() -> None:
    page = text(browser().get(f"{OWN}elements/ON-01/"))
    one = OURS.by_code["ON-01"]
    assert one.text in page
    assert all(shows in page for shows in one.shown.values())
    for role in OURS.of_kind(ROLE):
        level = OURS.wants(role.code).get("ON-01")
        assert (f"EQF level {level} {role.title}" in page) == (level is not None)
    [line] = [line for line in shipped.crosswalk_to_nice() if line.own == "ON-01"]
    assert line.reason in page
    assert line.other in page
    assert "not imported here" in page
    assert browser().get(f"{OWN}elements/CCI/")["Location"] == f"{OWN}roles/CCI/"
    imported(SMALL)
    assert "No role of this framework wants it" in text(browser().get("/competences/forensics/1/elements/N/"))
    assert "What answers to it" not in text(browser().get("/competences/forensics/1/elements/I/"))


def test_the_crosswalk_is_a_table_and_a_file() -> None:
    reader = browser()
    page, found = text(reader.get("/competences/crosswalk/")), rows(reader.get("/competences/crosswalk/crosswalk.csv"))
    lines = shipped.crosswalk_to_nice()
    assert [(row["own"], row["other"], row["relation"], row["reason"]) for row in found] == [
        (line.own, line.other, line.relation, line.reason) for line in lines]  # fmt: skip
    assert all(line.reason in page for line in lines)
    assert f"{len(lines)} lines" in page
    assert "not imported here" in page


@real
def test_nice_is_listed_by_roles_searched_and_tied_both_ways() -> None:
    assert imported(FILE.read_bytes()) == NICE
    reader = browser()
    page = text(reader.get(NICE))
    assert re.search(r"41 roles of 41; 2\s111 statements", page)
    assert "Competences by roles" not in page
    category = text(reader.get(f"{NICE}?area=IN"))
    assert "2 roles of 41" in category
    found = reader.get(f"{NICE}?q=digital evidence")
    assert "statements fit" in text(found)
    assert "Cybercrime Investigation IN-WRL-001" in text(found)
    assert len(rows(reader.get(f"{NICE}relations.csv"))) == 5_544
    role = text(reader.get(f"{NICE}roles/IN-WRL-001/"))
    assert "It wants" in role
    assert "What answers to it elsewhere" in role
    assert "Cybercrime investigator" in role
    skill = text(reader.get(f"{NICE}elements/S0695/"))
    assert "ON-01" in skill
    assert "the same" in skill
    assert "not imported here" not in text(reader.get(f"{OWN}elements/ON-01/"))
    assert "not imported here" not in text(reader.get("/competences/crosswalk/"))
    crossed = text(reader.get(f"{OWN}roles/ONI/?with=nice:IN-WRL-001"))
    assert "1 line of the crosswalk ties what they want" in crossed
    assert "ON-01" in crossed
    assert reader.get(f"{NICE}roles/IN-WRL-001/?with={OURS.code}:CCI").status_code == 200
    listed = text(reader.get("/competences/"))
    assert "Workforce Framework for Cybersecurity" in listed
    assert "SP_800_181_rev_1" in listed
    assert "What belongs to it" in text(reader.get(f"{NICE}elements/NF-COM-007/"))


def test_what_changed_between_two_versions() -> None:
    reader = browser()
    assert "There is no version before this one" in text(reader.get(f"/competences/{OURS.code}/changes/"))
    imported(SMALL)
    imported(replace(SMALL, version="2", relations=(Relation("EX", "I", 6), Relation("EX", "R")),
                     elements=(*SMALL.elements[:4], Element("W", COMPETENCE, "Wipes", group="lab"))))  # fmt: skip
    page = text(reader.get("/competences/forensics/changes/"))
    assert "What changed from 1 to 2" in page
    assert "4 changes" in page
    assert "EX -> I another level 5 6" in page
    found = rows(reader.get("/competences/forensics/changes/changes.csv"))
    assert sorted((row["what"], row["code"]) for row in found) == [
        ("added", "W"), ("level", "EX -> I"), ("no longer asked", "HD -> I"), ("removed", "N")]  # fmt: skip
    assert "1 change 1 another level" in text(reader.get("/competences/forensics/changes/?what=level"))
    back = rows(reader.get("/competences/forensics/changes/changes.csv?from=2&to=1"))
    assert sorted(row["what"] for row in back) == ["added", "asked", "level", "removed"]
    assert "Nothing differs" in text(reader.get("/competences/forensics/changes/?from=1&to=1"))


@pytest.mark.parametrize(("content", "said"), [
    (b"", "empty"), (b"{", "no JSON"), (b'{"code": "x"}', "version is missing"),
    (json.dumps({"code": "x", "version": "1", "title": "t", "elements": [{"code": "a", "kind": "role"}, 3]}).encode(),
     "element 2 is no object"),
    (b'{"code": "x",\n"version": "1", "title": "a\\u0000b"}', "Line 2"),
    (model.written(OURS), "comes with the program"),
    (json.dumps({"documents": [{"doc_identifier": "d", "website": "w", "version": 7, "name": "n"}], "relationships": [],
                 "elements": [{"element_type": "work_role", "element_identifier": "a", "title": "t", "text": "t"}],
                 }).encode(), "version is missing or no text"),
])  # fmt: skip
def test_a_file_that_is_no_framework_is_refused_with_the_place(content: bytes, said: str) -> None:
    answer = browser("examiner").post("/competences/import/", {"upload": SimpleUploadedFile("f.json", content)})
    assert answer.status_code == 422
    assert said in text(answer)
    assert not FrameworkVersion.objects.using("owner").exists()


def test_a_version_is_imported_once() -> None:
    imported(SMALL)
    answer = browser("officer").post(
        "/competences/import/", {"upload": SimpleUploadedFile("f.json", model.written(SMALL))}
    )
    assert answer.status_code == 422
    assert "here already" in text(answer)


@pytest.mark.parametrize("odd", ["a/b", "..", ".", "~1~0~2", "x?y#z&w", "é ü", "%2F", "line\nbreak", '"><b>', "a:b"])
def test_no_code_breaks_an_address(odd: str) -> None:
    who = browser("trainer")
    made = Framework(odd, odd, "Odd", elements=(Element(odd, ROLE, "Role"), Element(f"{odd}2", COMPETENCE, "Thing")),
                     relations=(Relation(odd, f"{odd}2", 5),))  # fmt: skip
    address = imported(made, who)
    page = who.get(address)
    assert "Thing" in text(page)
    links = {unescape(each) for each in re.findall(r'href="(/competences/[^"]*)"', page.content.decode())}
    own = {each for each in links if each.startswith(address)}
    assert len(own) == 4, "its role, its competence, the CSV and the JSON"
    for each in own | {each for each in links if "/changes/" in each}:
        assert who.get(each).status_code == 200, each
    assert address in unescape(who.get("/competences/").content.decode())
