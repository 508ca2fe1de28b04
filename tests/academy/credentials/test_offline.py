"""What a browser is given to check without a network: vocabularies, and a service worker that keeps the page."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.test import Client
from openvc.proof.contexts import bundled_contexts

from hueandcry.academy.credentials import contexts, offline

pytestmark = pytest.mark.usefixtures("database")
DIST = Path(offline.__file__).parents[2] / "web/static/dist"
bundled = pytest.mark.skipif(not (DIST / "verify-worker.js").exists(), reason="no bundle: run `npm run build`")


def test_the_vocabularies_are_those_by_which_python_reads() -> None:
    answer = Client().get("/verify/contexts.json")
    assert answer.json() == contexts.served() | bundled_contexts()
    assert "max-age" in answer["Cache-Control"]


def kept(script: str) -> dict[str, object]:
    """What the worker is told to keep."""
    told: dict[str, object] = json.loads(script.split("\n", 1)[0].removeprefix("self.KEEP = ").removesuffix(";"))
    return told


@bundled
def test_the_worker_keeps_the_page_and_all_that_it_loads() -> None:
    answer = Client().get("/verify/worker.js")
    assert answer["Content-Type"] == "text/javascript"
    assert answer["Cache-Control"] == "no-cache"
    told = kept(answer.content.decode())
    assert told["page"] == "/verify/"
    page = Client().get("/verify/").content.decode()
    loaded = {part.split('"')[0] for part in page.split('="')[1:] if part.startswith("/static/")}
    files = told["files"]
    assert isinstance(files, list)
    assert loaded - {"/static/dist/LICENCES.txt"} <= set(files)
    assert set(json.loads((DIST / "verify-files.json").read_text())) <= {Path(each).name for each in files}
    for path in [*files, "/verify/bundle.json", "/verify/contexts.json"]:
        answer = Client().get(path)
        answer.close()
        assert answer.status_code == 200, path


@bundled
def test_another_file_makes_another_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    before, content = kept(offline.worker_now()), offline._content
    assert kept(offline.worker_now()) == before
    monkeypatch.setattr(offline, "_content", lambda name: content(name) + b"\n" * name.endswith("app.css"))
    assert kept(offline.worker_now())["version"] != before["version"]


def test_without_a_bundle_there_is_no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(offline, "WORKER", "dist/none.js")
    assert Client().get("/verify/worker.js").status_code == 404
