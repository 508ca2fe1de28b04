"""The page on which everybody checks a certificate, and the bundle it hands out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from hueandcry.academy.accreditation import actions as accrediting
from hueandcry.academy.certification import actions as certifying
from hueandcry.project.commands.academy import verify
from tests.academy import scene

pytestmark = pytest.mark.usefixtures("database")


def checked(credential: object, about: str = "") -> str:
    file = SimpleUploadedFile("c.json", json.dumps(credential).encode())
    page = Client().post("/verify/", {"file": file, "about": about}).content.decode()
    return page.partition("<template")[0]  # after that stand the words of the script


def test_anybody_checks_a_certificate_and_a_revoked_accreditor_takes_its_trust_along(tmp_path: Path) -> None:
    who = scene.scene()
    provider = scene.ready(who)
    credential = certifying.sign(by=who.learner, certificate=scene.certified(who))
    page = checked(credential, who.people["learner"].email)
    assert "Not valid" not in page
    assert "Police Academy" in page
    assert "It is not about the person named." in checked(credential, "somebody@else.example")
    changed = credential | {"name": "Head of unit"}
    assert "it was changed after signing" in checked(changed)
    assert "neither JSON nor" in checked("<svg") or "no object" in checked("<svg")
    before = Client().get("/verify/bundle.json").content
    told = json.loads(before)
    assert [each["name"] for each in told["roots"]] == ["Secretariat"]
    assert [each["name"] for each in told["accreditations"]] == ["Accredited provider: Police Academy"]
    many = checked(credential | {"evidence": [{"id": "urn:x"}] * 1_000})
    assert "It holds more than 2,000 values." in many

    accrediting.move(by=who.panel, accreditation=provider, state="withdrawn", reason="Marks were sold.")
    assert "It was revoked." in checked(credential)
    after = Client().get("/verify/bundle.json").content
    run, paths = CliRunner().invoke, {}
    for name, content in (("c", json.dumps(credential).encode()), ("old", before), ("new", after)):
        paths[name] = str(tmp_path / f"{name}.json")
        Path(paths[name]).write_bytes(content)
    assert run(verify, [paths["c"], "--bundle", paths["old"]]).exit_code == 0
    told = run(verify, [paths["c"], "--bundle", paths["new"], "--json"])
    found = json.loads(told.output)
    assert told.exit_code == 1
    assert (found["valid"], found["problems"][0]["code"]) == (False, "revoked")
    assert run(verify, [paths["c"]]).exit_code == 1  # nobody is trusted
    other = "did:key:z6MkjZRZv3aez3r18pB1RBFJR1kwUVJ5jHt92JmQwXbd5hwi"
    assert run(verify, [paths["c"], "--bundle", paths["old"], "--root", other]).exit_code == 1


def test_a_file_is_needed() -> None:
    assert Client().post("/verify/", {}).status_code == 422
    assert Client().get("/verify/").status_code == 200
