"""Real STIX files: every object comes out once, with its very content, and none is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from stix2patterns.v21.pattern import Pattern as Oracle

from hueandcry.exchange import patterns, stix
from hueandcry.exchange.drafts import Draft, Loss, ObjectDraft, Options, Refusal, ReportDraft

FOLDER = Path(__file__).parents[3] / "shared" / "data" / "stix"
pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="the real files in ../shared/data are not on this machine")
FILES = [
    "amnesty-cytrox.stix2.json",
    "amnesty-wintego-helios.stix2.json",
    "ics-attack-17.1.json",
    "ics-attack-18.1.json",
]


def drafts(name: str) -> list[Draft]:
    return list(stix.read((FOLDER / name).read_bytes(), Options(filename=name)))


@pytest.mark.parametrize("name", FILES)
def test_every_object_once_and_equal(name: str) -> None:
    raw = (FOLDER / name).read_text(encoding="utf-8")
    found = drafts(name)
    taken = [one for one in found if isinstance(one, ObjectDraft)]
    assert [one for one in found if isinstance(one, Refusal | Loss)] == []
    assert [json.loads(one.text) for one in taken] == json.loads(raw)["objects"]
    assert all(one.text in raw for one in taken)


@pytest.mark.parametrize(
    ("name", "title", "observed", "techniques"),
    [
        ("amnesty-cytrox.stix2.json", "Predator", 343, 0),
        ("amnesty-wintego-helios.stix2.json", "Wintego Helios", 175, 0),
        ("ics-attack-18.1.json", "ICS ATT&CK", 0, 90),
    ],
)
def test_one_report_with_what_its_objects_tell(name: str, title: str, observed: int, techniques: int) -> None:
    found = drafts(name)
    reports = [one for one in found if isinstance(one, ReportDraft)]
    assert [one.title for one in reports] == [title]
    assert len(reports[0].techniques) >= techniques
    telling = [one for one in found if isinstance(one, ObjectDraft) and one.observations]
    assert len(telling) >= observed - 1  # one indicator is of an iPhone's configuration profile: no observable of ours
    assert {one.role for draft in telling for one in draft.observations} <= {"attacker"}
    assert all(one.valid for draft in telling for one in draft.observations)


@pytest.mark.parametrize("name", FILES[:2])
def test_patterns_read_as_the_oracle_reads_them(name: str) -> None:
    objects = json.loads((FOLDER / name).read_bytes())["objects"]
    texts = [one["pattern"] for one in objects if one["type"] == "indicator"]
    for text in texts[:40]:  # the oracle is slow
        Oracle(text)
    for text in texts:
        (one,) = patterns.observations(patterns.read(text))
        assert text.replace(" ", "").endswith(f"='{one.value}']".replace(" ", ""))
