"""docs/taxii.md lists each MUST and SHOULD of TAXII 2.1: every test it names is there and runs; no section lacks."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TESTS = ROOT / "tests" / "exchange" / "taxii"
# The sections of the standard that say MUST or SHOULD; B is the registration of its media type, which speaks of next.
SECTIONS = (
    "2", "3.1", "3.2", "3.3", "3.4", "3.4.1", "3.5", "3.6.1", "3.7", "3.8", "3.9", "4.1.1",
    "4.2", "4.2.1", "4.3", "4.3.1", "5.1", "5.1.1", "5.2", "5.2.1", "5.3", "5.3.1", "5.4", "5.5",
    "5.6", "5.7", "5.8", "5.8.1", "7.1.1", "8.1", "8.2.1", "8.2.2", "8.3.1", "8.4", "8.5", "B",
)  # fmt: skip
NAMED = re.compile(r"`(test_[a-z_]+\.py)::(test_[a-z0-9_]+)`")


def rows() -> list[list[str]]:
    """The lines of the table, by their cells."""
    text = (ROOT / "docs" / "taxii.md").read_text()
    table = text.partition("## Each MUST and SHOULD")[2]
    lines = [line for line in table.splitlines() if line.startswith("| ") and "::" in line]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def functions(name: str) -> dict[str, ast.FunctionDef]:
    """The tests of one file."""
    found = ast.parse((TESTS / name).read_text()).body
    return {one.name: one for one in found if isinstance(one, ast.FunctionDef)}


def test_every_test_named_is_there_and_runs() -> None:
    named = [match for row in rows() for match in NAMED.findall(" ".join(row))]
    assert len(named) == len(rows()) > 100
    for file, name in named:
        test = functions(file).get(name)
        assert test is not None, f"{file} has no {name}"
        marks = " ".join(ast.unparse(mark) for mark in test.decorator_list)
        # a machine without curl skips that one test, and taxii2-client shows the same
        assert not re.search("skip|xfail", marks) or name == "test_curl", f"{name} does not run"
        assert any(isinstance(part, ast.Assert | ast.With | ast.Call) for part in ast.walk(test)), (
            f"{name} asserts nothing"
        )


def test_every_section_is_there() -> None:
    found = {row[0] for row in rows() if len(row) == 4}
    assert found == set(SECTIONS)
    assert {row[1] for row in rows() if len(row) == 4} == {"server", "client", "operator"}
    assert all(re.search("MUST|SHOULD", row[2]) for row in rows() if len(row) == 4)


def test_every_trap_is_there() -> None:
    assert len([row for row in rows() if len(row) == 2]) == 16
