"""``hueandcry programmes iati check``: answers, versions, and files that mean harm."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from hueandcry.capacity.register import iati_xml
from hueandcry.programmes.iati.check import MOST_ERRORS, check
from hueandcry.project.cli import cli
from tests.programmes.iati.samples import ACTIVITY, DATA, NOW, OLD, ORGANISATION, needs_data


def run(*words: object) -> Result:
    return CliRunner().invoke(cli, ["programmes", "iati", *map(str, words)])


def kept(folder: Path, text: str | bytes) -> Path:
    path = folder / "file.xml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


@pytest.mark.parametrize(("text", "kind"), [(ACTIVITY, "iati-activities"), (ORGANISATION, "iati-organisations")])
def test_a_valid_file(tmp_path: Path, text: str, kind: str) -> None:
    answer = run("check", kept(tmp_path, text), "--json")
    told = json.loads(answer.output)
    assert (answer.exit_code, told["valid"], told["errors"], told["kind"]) == (0, True, [], kind)
    assert (told["version"], told["records"], told["notes"]) == ("2.03", 1, [])
    assert "valid" in run("check", kept(tmp_path, text)).output


def test_a_lacking_attribute_is_found_at_its_place(tmp_path: Path) -> None:
    path = kept(tmp_path, ACTIVITY.replace('measure="1" ', ""))
    answer = run("check", path, "--json")
    told = json.loads(answer.output)
    assert (answer.exit_code, told["valid"]) == (1, False)
    assert told["errors"] == [
        {
            "place": "line 57: /iati-activities/iati-activity[1]/result[1]/indicator[1]",
            "rule": "attribute",
            "message": '"indicator" lacks its attribute "measure"',
        }
    ]
    words = run("check", path)
    assert words.exit_code == 1
    assert '"indicator" lacks its attribute "measure" [attribute]' in words.output


STRUCTURE = [
    ('<activity-status code="2"/>', "", "element", "iati-activity[1]"),
    ('<activity-scope code="4"/>', '<activity-scope code="4"/><activity-scope code="4"/>', "element",
     "iati-activity[1]/activity-scope[2]"),
    ('<activity-scope code="4"/>', '<scope code="4"/>', "element", "iati-activity[1]/scope[1]"),
    ('code="4"/>\n    <recipient', 'code="4" colour="red"/>\n    <recipient', "attribute",
     "iati-activity[1]/activity-scope[1]/@colour"),
    ('iso-date="2025-02-01"', 'iso-date="2025-02-30"', "type", "iati-activity[1]/activity-date[2]/@iso-date"),
    (">100000.50<", ">100.000,50<", "type", "iati-activity[1]/budget[1]/value[1]"),
    ('<activity-scope code="4"/>\n', '<activity-scope code="4"/><activity-status code="2"/>\n', "order",
     "iati-activity[1]"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "rule", "path"), STRUCTURE)
def test_what_is_wrong_with_the_structure_has_its_rule_and_place(old: str, new: str, rule: str, path: str) -> None:
    assert ACTIVITY.count(old) == 1
    found = check(ACTIVITY.replace(old, new).encode(), now=NOW).errors
    assert (rule, f"/iati-activities/{path}") in {(each.rule, each.place.split(": ")[1]) for each in found}


def test_an_unreadable_path(tmp_path: Path) -> None:
    answer = run("check", tmp_path / "none.xml", "--json")
    assert answer.exit_code == 2
    assert "No such file" in answer.output
    assert run("convert", tmp_path / "none.xml").exit_code == 2


BOMB = '<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
HOSTILE = [
    (ACTIVITY.replace("<iati-activities", BOMB + "<iati-activities", 1), "document type"),
    ('<!DOCTYPE x SYSTEM "file:///etc/passwd"><iati-activities/>', "document type"),
    ("<iati-activities><iati-activity>" + "<a>" * 500, "deep"),
    ("<iati-activities><iati-activity>" + "<a/>" * (iati_xml.MOST_NODES + 1), "elements"),
    ("<iati-activities><iati-activity><title>" + "x" * (iati_xml.MOST_TEXT + 1) + "</title>", "characters"),
    ("<rss/>", "it begins with"),
    ("", "not well-formed"),
    ("<iati-activities>", "not well-formed"),
    ('<?xml version="1.0" encoding="none-such"?><iati-activities/>', ""),
]


@pytest.mark.parametrize(("text", "said"), HOSTILE)
def test_what_means_harm_or_is_none_is_one_clear_error(text: str, said: str) -> None:
    (found,) = [each for each in check(text.encode(), now=NOW).errors if each.rule == "xml"]
    assert said in found.message


def test_time_is_bounded() -> None:
    answer = check(ACTIVITY.replace("</iati-activities>", " " * 200_000 + "</iati-activities>").encode(), now=NOW,
                   seconds=0)  # fmt: skip
    assert any("took longer" in each.message for each in answer.errors)


def test_errors_are_capped_and_that_is_said() -> None:
    answer = check(ACTIVITY.replace("<tag ", "<no/>" * (MOST_ERRORS + 50) + "<tag ").encode(), now=NOW)
    assert (len(answer.errors), answer.left_out) == (MOST_ERRORS, 50)
    assert answer.notes == ["50 more are not told; 1,000 of each are"]


def test_a_file_of_no_version_is_held_against_structure_alone(tmp_path: Path) -> None:
    path = kept(tmp_path, ACTIVITY.replace('version="2.03"', 'version="xx"').replace('code="MZ"', 'code="ZZ"'))
    told = json.loads(run("check", path, "--json").output)
    assert told["valid"]
    assert told["notes"] == [
        'The version it tells is "xx", which is none of 2.01, 2.02, 2.03: its structure is held against 2.03; '
        "codes and rules are not"
    ]
    assert not json.loads(run("check", path, "--json", "--as", "2.03").output)["valid"]


def test_a_file_of_1_x_is_no_file_of_2_03_and_its_conversion_is_checked() -> None:
    (only,) = check(OLD.encode(), now=NOW).errors
    assert only.rule == "version"
    assert "IATI 1.05" in only.message


@needs_data
def test_the_real_file_says_its_version() -> None:
    answer = check((DATA / "worldbank-activities.xml").read_bytes(), now=NOW)
    assert (answer.version, answer.records, answer.errors[0].rule) == ("1.0", 16, "version")


@settings(max_examples=300, deadline=None)
@given(st.integers(0, len(ACTIVITY) - 1), st.integers(0, 40), st.binary(max_size=20))
def test_nothing_but_an_answer_comes_of_any_bytes(start: int, length: int, put: bytes) -> None:
    for text in (ACTIVITY, OLD, ORGANISATION):
        raw = text.encode()
        check(raw[:start] + put + raw[start + length :], now=NOW)
