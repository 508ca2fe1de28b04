"""Rules about the code itself that no linter has."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "hueandcry"
# A file is called after a thing, not after being useful
NO_NAMES = {"utils", "util", "helpers", "helper", "common", "base", "manager", "managers", "misc", "core", "lib"}


def sources() -> Iterator[Path]:
    return (path for path in PACKAGE.rglob("*.py") if "migrations" not in path.parts)


def test_files_are_called_after_things() -> None:
    found = [p for top in ("hueandcry", "tests", "bench") for p in (ROOT / top).rglob("*.py")]
    assert [str(p.relative_to(ROOT)) for p in found if p.stem in NO_NAMES] == []


def test_every_dependency_says_why() -> None:
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    stated = tomllib.loads(text)
    wanted = [*stated["project"]["dependencies"], *stated["dependency-groups"]["dev"]]
    lines = {line.strip().split('"')[1]: line for line in text.splitlines() if re.match(r'\s*"[^"]+",', line)}
    silent = [name for name in wanted if not re.search(r'",\s*#\s*\w+', lines.get(name, ""))]
    assert silent == []


def test_every_sql_statement_is_named_and_used() -> None:
    python = "\n".join(path.read_text("utf-8") for path in sources())
    unused = []
    for path in PACKAGE.rglob("sql/*.sql"):
        text = path.read_text("utf-8")
        assert text.startswith("-- name: "), f"{path} begins without a name"
        names = re.findall(r"^-- name: (.*)$", text, re.MULTILINE)
        assert len(set(names)) == len(names), f"{path} has a name twice"
        unused += [f"{path.name}: {name}" for name in names if not re.search(rf"\b{name}\b", python)]
        statements = re.split(r"^-- name: .*$", text, flags=re.MULTILINE)[1:]
        assert all(statement.strip() for statement in statements), f"{path} has a name without a statement"
    assert unused == []


def test_nothing_prints() -> None:
    """The command line speaks through click; everything else logs."""
    found = []
    for path in sources():
        names = [n.func for n in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(n, ast.Call)]
        called = [n for n in names if isinstance(n, ast.Name) and n.id in ("print", "breakpoint")]
        found += [f"{path.relative_to(ROOT)}:{name.lineno}" for name in called]
    assert found == []


def test_pure_modules_stay_pure() -> None:
    """Readers and rules import no Django: whoever wants to try a format needs no database."""
    from hueandcry.exchange.formats import FORMATS

    exchange = PACKAGE / "exchange"
    pure = [
        "addresses", "archive", "classification", "dates", "drafts", "email_message", "formats", "handling",
        "identifiers", "json_text", "letter", "mapping", "misp", "observables", "patterns", "prose", "stix", "table",
        "text", "vault", "veris", "wallets", "xarf",
    ]  # fmt: skip
    readers = {one.read.__module__.removeprefix("hueandcry.exchange.").replace(".", "/") for one in FORMATS}
    found = []
    for name in sorted({*pure, *readers}):
        tree = ast.parse((exchange / f"{name}.py").read_text("utf-8"))
        for node in ast.walk(tree):
            modules = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            modules += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            found += [f"{name}: {module}" for module in modules if module.split(".")[0] == "django"]
    assert found == []


def test_writes_live_in_actions() -> None:
    """No view, query or API writes: a write has `by`, a transaction and an audit act, and those are in the actions."""
    writing = re.compile(
        r"\.objects(\.using\([^)]*\))?\.(create|bulk_create|update_or_create|get_or_create)\(|\.delete\(\)"
    )
    found = []
    for path in sources():
        if path.name.startswith(("views", "queries", "api")) or path.parent.name == "views":
            for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
                if writing.search(line):
                    found.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()}")
    assert found == []


def test_every_public_function_says_what_for() -> None:
    silent = []
    for path in sources():
        tree = ast.parse(path.read_text("utf-8"))
        if not ast.get_docstring(tree) and path.stat().st_size:
            silent.append(str(path.relative_to(ROOT)))
        for node in tree.body:
            named = isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")
            if path.name != "apps.py" and named and not ast.get_docstring(node):  # type: ignore[arg-type]
                silent.append(f"{path.relative_to(ROOT)}: {node.name}")  # type: ignore[attr-defined]
    assert silent == []
