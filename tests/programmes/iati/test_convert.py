"""1.x as 2.03: what is carried, what is lost and told, and that what remains wrong is the source's own."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

import pytest
from click.testing import CliRunner

from hueandcry.exchange.drafts import Unreadable
from hueandcry.programmes.iati.check import check
from hueandcry.programmes.iati.convert import convert
from hueandcry.programmes.iati.xml import text
from hueandcry.project.cli import cli
from tests.programmes.iati.samples import ACTIVITY, DATA, NOW, OLD, needs_data

WORLD_BANK = DATA / "worldbank-activities.xml"


def test_a_whole_file_of_1_x_is_a_valid_file_of_2_03() -> None:
    made = convert(OLD.encode())
    raw = text(made.root)
    assert check(raw, now=NOW).errors == []
    said = raw.decode()
    for part in (
        "<narrative>Courts</narrative>\n      <narrative xml:lang=\"fr\">Tribunaux</narrative>",
        '<activity-date type="3" iso-date="2014-12-31"/>',
        '<participating-org role="4">',
        '<sector vocabulary="99" code="law">',
        '<transaction-type code="3"/>',
        '<value value-date="2012-01-01">500</value>',
        '<language code="en"/>',
        '<document-link url="https://example.org/courts" format="text/html">',
    ):  # fmt: skip
        assert part in said, part
    assert said.count("<description") == 2, "two languages of one description are one element; one in a transaction"
    lost = [each.what for each in made.changes if each.kind == "lost"]
    assert lost == [
        'the words of "activity-status": "Implementation"',
        'the words of "default-finance-type": "Grant"',
        'the words of "default-tied-status": "Untied"',
        'the words of "transaction-type": "Disbursement"',
        'the words of "category": "Plan"',
        'the words of "target": "Three"',
    ]


def test_a_file_of_2_03_is_not_converted() -> None:
    with pytest.raises(Unreadable, match="version"):
        convert(ACTIVITY.encode())


@needs_data
def test_what_remains_wrong_with_the_real_file_is_what_the_source_lacks() -> None:
    """Where a hand fills the gaps of the source itself, its conversion is valid."""
    source = WORLD_BANK.read_text(encoding="utf-8")
    remains = check(text(convert(source.encode()).root), now=NOW).errors
    assert Counter(each.rule for each in remains) == {
        "element": 48, "attribute": 32, "ruleset:atleast_one": 44, "ruleset:if_then": 16, "ruleset:strict_sum": 16,
    }  # fmt: skip
    filled = source.replace("<reporting-org>", '<reporting-org ref="44000" type="40">')
    filled = filled.replace("<description></description>", "<description>x</description><activity-status code='2'/>"
                            "<activity-date type='start-planned' iso-date='2007-01-01'/>")  # fmt: skip
    filled = re.sub(r'(provider-activity-id="\w+" ref=")"', r'\g<1>44000"', filled)
    filled = re.sub(r'(<sector [^>]*?) percentage="\d+"', r"\1", filled)
    first = iter(range(10**6))
    filled = re.sub(
        r"(<participating-org role=.implementing.[^\n]*\n)", r"\1<sector vocabulary='DAC' code='43010'/>", filled
    )
    filled = re.sub(r'<sector vocabulary="WB"', lambda _found: f'<sector vocabulary="WB" n="{next(first)}"', filled)
    filled = re.sub(r'<sector vocabulary="WB" n="\d+"[^\n]*\n', "", filled)
    assert check(text(convert(filled.encode()).root), now=NOW).errors == []


@needs_data
def test_the_command_tells_what_is_lost_and_what_remains(tmp_path: Path) -> None:
    new = tmp_path / "new.xml"
    answer = CliRunner().invoke(cli, ["programmes", "iati", "convert", str(WORLD_BANK), "-o", str(new), "--json"])
    told = json.loads(answer.output)
    assert (answer.exit_code, told["from"], told["valid"]) == (1, "1.0", False)
    assert Counter(each["kind"] for each in told["changes"]) == {"taken": 408, "lost": 50}
    assert len(told["remaining"]) == 156 and all(each["why"] for each in told["remaining"])
    assert [each.told() for each in check(new.read_bytes(), now=NOW).errors] == [
        {key: value for key, value in each.items() if key != "why"} for each in told["remaining"]
    ]


def test_the_new_file_goes_to_standard_output(tmp_path: Path) -> None:
    old = tmp_path / "old.xml"
    old.write_text(OLD, encoding="utf-8")
    answer = CliRunner().invoke(cli, ["programmes", "iati", "convert", str(old)])
    assert answer.exit_code == 0
    assert check(answer.stdout.encode(), now=NOW).valid
    assert "6 lost" in answer.stderr
