"""Frameworks of competences: ours, NIST's in full, and what changed between versions."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from hueandcry.academy.frameworks import nice, shipped
from hueandcry.academy.frameworks.model import BadFramework, Element, Relation, differences, read, written

FILE = Path(__file__).parents[3].parent / "shared" / "data" / "training" / "nice-framework-2.0.0.json"
real = pytest.mark.skipif(not FILE.exists(), reason=f"no {FILE}")
OURS = shipped.law_enforcement()


def test_ten_roles_of_law_enforcement_and_two_of_the_judiciary_ask_at_least_eight_competences_each() -> None:
    assert Counter(role.group for role in OURS.of_kind("role")) == {"law enforcement": 10, "judiciary": 2}
    assert all(len(OURS.wants(role.code)) >= 8 for role in OURS.of_kind("role"))


def test_every_competence_says_at_each_level_what_shows_it_and_none_says_the_same() -> None:
    competences = OURS.of_kind("competence")
    lines = [text for each in competences for text in each.shown.values()]
    assert all(set(each.shown) == {4, 5, 6, 7} for each in competences)
    assert len(set(lines)) == len(lines) == 4 * len(competences)
    assert all(len(text) > 30 and text.endswith(".") for text in lines)


def test_every_competence_is_asked_of_somebody_and_belongs_to_an_area() -> None:
    asked = {code for role in OURS.of_kind("role") for code in OURS.wants(role.code)}
    assert asked == {each.code for each in OURS.of_kind("competence")}
    assert all(each.group in OURS.groups for each in OURS.elements)


def test_what_roles_ask_is_known() -> None:
    assert {each.target for each in OURS.relations} <= set(OURS.by_code)
    assert {each.level for each in OURS.relations} <= {4, 5, 6, 7}


@real
def test_nice_is_read_in_full() -> None:
    told = json.loads(FILE.read_text())
    found = nice.read(FILE.read_bytes())
    assert len(found.of_kind("role")) == 41
    assert len(found.relations) == 5_544
    pairs = [(each["source_element_identifier"], each["dest_element_identifier"]) for each in told["relationships"]]
    assert [(each.source, each.target) for each in found.relations] == pairs
    assert {each.code: each.text for each in found.elements} == {
        each["element_identifier"]: each["text"].strip() for each in told["elements"]}  # fmt: skip
    wanted = Counter(len(found.wants(role.code)) > 0 for role in found.of_kind("role"))
    assert wanted == {True: 41}
    # of the relationships those from a work role to what it wants, counted another way
    kinds = {each["element_identifier"]: each["element_type"] for each in told["elements"]}
    counted = sum(kinds.get(each["source_element_identifier"]) == "work_role"
                  and kinds.get(each["dest_element_identifier"]) in ("task", "knowledge", "skill")
                  for each in told["relationships"])  # fmt: skip
    assert sum(len(found.wants(role.code)) for role in found.of_kind("role")) == counted == 5_336
    assert read(written(found)) == found


@real
def test_each_line_of_the_crosswalk_names_what_there_is_and_why() -> None:
    other = nice.read(FILE.read_bytes())
    lines = shipped.crosswalk_to_nice()
    assert len({(line.own, line.other) for line in lines}) == len(lines) > 20
    for line in lines:
        assert line.own in OURS.by_code
        assert line.other in other.by_code
        assert line.relation in shipped.RELATIONS
        assert len(line.reason) > 30


def test_what_changed_between_versions_is_told_line_by_line() -> None:
    first = OURS.by_code["EV-01"]
    elements = [replace(first, title="Another") if each is first else each for each in OURS.elements
                if each.code != "LE-07"]  # fmt: skip
    relations = [each for each in OURS.relations if each.target != "LE-07"]
    relations[0] = replace(relations[0], level=4)
    new = replace(OURS, version="1.1", elements=(*elements, Element("X-01", "competence", "New")),
                  relations=(*relations, Relation("HOU", "X-01", 5)))  # fmt: skip
    found = Counter(change.what for change in differences(OURS, new))
    gone = sum(each.target == "LE-07" for each in OURS.relations)
    assert found == {"removed": 1, "added": 1, "reworded": 1, "level": 1, "asked": 1, "no longer asked": gone}
    assert differences(OURS, OURS) == []


def test_a_document_and_its_framework_are_the_same_thing() -> None:
    assert read(written(OURS)) == OURS
    assert read(written(OURS)).digest == OURS.digest


ONE = b'{"code": "x", "version": "1", "title": "t", "elements": '
ROLE = b'{"code": "a", "kind": "role"'


@pytest.mark.parametrize("content", [
    b"", b"{}", b"[]", b'{"code": "x"}', ONE + b"3}", ONE + b"[" + ROLE + b"}, " + ROLE + b"}]}",
    ONE + b'[{"code": "a", "kind": "competence"}]}', ONE + b"[" + ROLE + b', "shown": {"9": "x"}}]}',
    ONE + b"[" + ROLE + b'}], "relations": [["a", "b", 12]]}', ONE + b"[" + ROLE + b'}], "relations": [["a"]]}',
])  # fmt: skip
def test_what_is_no_framework_is_refused_with_the_place(content: bytes) -> None:
    with pytest.raises(BadFramework, match=r"\.$"):
        read(content)


@pytest.mark.parametrize(
    "content", [b"{", b'{"documents": []}', b'{"documents": [{}], "elements": [1], "relationships": []}']
)
def test_what_is_not_laid_out_as_nists_is_refused(content: bytes) -> None:
    with pytest.raises(BadFramework):
        nice.read(content)
