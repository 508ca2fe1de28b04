"""Every kind of thing that any desk writes to the record is registered, and what has a page is led to."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.urls import get_resolver

import hueandcry
from hueandcry.audit import things

CODE = Path(hueandcry.__file__).parent
# Where the kind is no word of the call itself: what it may be there
PASSED = {
    "linkage/analysis/writing.py": {"hypothesis", "note", "task", "name"},
    "linkage/leaving.py": {"crime", "operation"},
    "picture/reference/actions.py": {"picture rates", "picture denominators"},
}
RECORDING = {"audit.record", "audit.values"}


def kinds() -> Iterator[tuple[str, str]]:
    """(file, kind) of each call that records an act."""
    for path in sorted(CODE.rglob("*.py")):
        file = str(path.relative_to(CODE))
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in RECORDING:
                given = {word.arg: word.value for word in node.keywords}
                if "kind" not in given:
                    raise AssertionError(f"{file}:{node.lineno} records without naming kind=")
                yield from ((file, kind) for kind in _words(given["kind"], file))


def _words(value: ast.expr, file: str) -> set[str]:
    if isinstance(value, ast.Constant):
        return {str(value.value)}
    if isinstance(value, ast.IfExp):
        return _words(value.body, file) | _words(value.orelse, file)
    return PASSED[file]


def test_every_kind_is_registered() -> None:
    written = list(kinds())
    assert len({file for file, _kind in written}) > 60
    assert {(file, kind) for file, kind in written if kind not in things.kinds()} == set()
    assert things.kinds() <= {kind for _file, kind in written}, "registered, and recorded by nobody"
    assert set(PASSED) <= {file for file, _kind in written}


@pytest.mark.usefixtures("database")
def test_every_page_is_one_of_ours() -> None:
    """Finders and addresses fit: each is asked for a thing that is not there, and its address takes what it gives."""
    assert things.find_all((kind, str(2**40)) for kind in things.kinds()).keys() == {
        (kind, str(2**40))
        for kind in ("e-mail", "mailbox", "sender", "signal")  # one page for all of them
    }
    assert things.numbered(uuid4()) == []
    for finder in things._finders.values():
        if isinstance(finder, things.Pages):
            _namespace, _colon, name = finder.address.partition(":")
            resolver: Any = get_resolver().namespace_dict[_namespace][1]
            (((_path, takes),),) = [found for found, *_more in resolver.reverse_dict.getlist(name)]
            assert len(takes) == len(finder.by), finder.address
