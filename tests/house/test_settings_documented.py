"""docs/deployment.md has every environment variable the program reads, and the SQL an administrator runs."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from hueandcry.project.roles import right_steps, roles_of

ROOT = Path(__file__).parents[2]
DOCUMENT = ROOT / "docs" / "deployment.md"
ROW = re.compile(r"^\| `([A-Z_]+)` \|", re.M)


def environment_names(source: str) -> set[str]:
    """The names that a Python file asks of the environment or sets in it, whichever way."""
    return {name for node in ast.walk(ast.parse(source)) for name in _names(node)}


def _names(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Subscript) and _is_environment(node.value):
        yield from _word(node.slice)
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
        asked = _is_environment(node.func.value) and node.func.attr in ("get", "setdefault", "pop")
        if asked or ast.unparse(node.func) == "os.getenv":
            yield from _word(node.args[0])
    elif isinstance(node, ast.Compare) and any(map(_is_environment, node.comparators)):
        yield from _word(node.left)


def _is_environment(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "environ"


def _word(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value


def read_by_the_program() -> set[str]:
    files = (ROOT / "hueandcry").rglob("*.py")
    return {name for file in files for name in environment_names(file.read_text("utf-8"))}


def test_a_variable_stands_for_one_thing() -> None:
    """Two rows of one name would be two meanings: who sets it for the one gets the other as well."""
    rows = ROW.findall(DOCUMENT.read_text("utf-8"))
    assert [name for name in set(rows) if rows.count(name) > 1] == []


def test_each_variable_has_a_row_and_each_row_a_variable() -> None:
    documented = set(ROW.findall(DOCUMENT.read_text("utf-8")))
    assert sorted(read_by_the_program() - documented) == [], "not documented"
    assert sorted(documented - read_by_the_program()) == [], "read by nobody"


def test_variables_are_found_as_this_file_says() -> None:
    source = "import os\nos.environ['A']\nos.environ.get('B', '')\nos.getenv('C')\n'D' in os.environ\nother.get('E')"
    assert environment_names(source) == {"A", "B", "C", "D"}


def test_the_administrators_sql_is_the_programs_own() -> None:
    written = " ".join(DOCUMENT.read_text("utf-8").split())
    for step in right_steps("hueandcry", roles_of("hueandcry")):
        statement = " ".join(step.as_string(None).split())
        assert statement + ";" in written, statement
