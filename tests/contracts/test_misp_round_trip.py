"""MISP -> ours -> MISP on real events: every difference by its path, and nothing else."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pymisp import MISPEvent

from hueandcry.exchange.handling import Handling
from hueandcry.exchange.misp_feed import queries
from hueandcry.exchange.models import Report
from hueandcry.members.models import ALLIANCE
from hueandcry.members.viewer import viewer
from tests import factory
from tests.exchange import send

FOLDER = Path(__file__).parents[3] / "shared" / "data" / "misp"
pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="the real events in ../shared/data are not on this machine")
FILES = sorted(FOLDER.glob("*.json")) if FOLDER.is_dir() else []

# All that may differ, and why it does not matter. docs/misp.md has the same list.
ALLOWED = {
    ("Tag", "added", "tlp:green"): "the events carry no TLP: the submission's handling goes with them, as a tag",
}


def given(path: Path) -> dict[str, Any]:
    whole = json.loads(path.read_bytes())
    found: dict[str, Any] = whole["Event"] if "Event" in whole else whole["response"][0]["Event"]
    return found


def differences(path: str, before: Any, after: Any) -> Iterator[tuple[str, str, Any]]:
    """Each place where two JSON values differ; members of an object have no order, those of a list do."""
    if isinstance(before, dict) and isinstance(after, dict):
        for name in before.keys() | after.keys():
            inner = f"{path}.{name}" if path else name
            if name not in after:
                yield inner, "lost", before[name]
            elif name not in before:
                yield inner, "added", after[name]
            else:
                yield from differences(inner, before[name], after[name])
    elif isinstance(before, list) and isinstance(after, list):
        if path == "Tag":
            for tag in after[len(before) :]:
                yield path, "added", tag["name"]
            after = after[: len(before)]
        if len(before) != len(after):
            yield path, "length", (len(before), len(after))
        for number, (one, other) in enumerate(zip(before, after, strict=False)):
            yield from differences(f"{path}[{number}]", one, other)
    elif before != after or type(before) is not type(after):
        yield path, "changed", (before, after)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_difference_is_one_that_is_allowed(path: Path, database: Path) -> None:
    person = factory.person(factory.organisation())
    send.file(person, path.read_bytes(), path.name, Handling(tlp="GREEN", recipients=(ALLIANCE,)))
    who = factory.as_viewer(person)
    with viewer(who):
        report = Report.objects.get()
        raw = b"".join(queries.events(who, [report.pk]))
        again = b"".join(queries.events(who, [report.pk]))
    assert raw == again
    (event,) = (one["Event"] for one in json.loads(raw)["response"])
    found = list(differences("", given(path), event))
    assert [one for one in found if one not in ALLOWED] == []
    assert found  # the handling of the submission is on it
    _pymisp_reads(event, path)


def _pymisp_reads(event: dict[str, Any], path: Path) -> None:
    """PyMISP takes it as it took the original: the same attributes, objects and tags, each of its own types."""
    theirs, ours = MISPEvent(), MISPEvent()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # PyMISP warns of naive dates of its own making
        theirs.from_dict(**given(path))
        ours.from_dict(**json.loads(json.dumps(event)))
    assert [one.to_dict() for one in ours.attributes] == [one.to_dict() for one in theirs.attributes]
    assert [one.to_dict() for one in ours.objects] == [one.to_dict() for one in theirs.objects]
    assert ours.timestamp == theirs.timestamp


def test_it_comes_back_to_us_as_what_it_was(database: Path) -> None:
    """Another organisation that takes what we wrote holds the same observations."""
    from hueandcry.exchange.out_report import observations_of

    first, second = factory.person(factory.organisation()), factory.person(factory.organisation())
    path = next(one for one in FILES if "mozi" in one.name)
    send.file(first, path.read_bytes(), path.name)
    who = factory.as_viewer(first)
    with viewer(who):
        report = Report.objects.get()
        raw = b"".join(queries.events(who, [report.pk]))
        before = observations_of([report.pk])[report.pk]
    send.file(second, raw, "again.json")
    with viewer(factory.as_viewer(second)):
        copy = Report.objects.get(organisation=second.organisation)
        assert (copy.key, copy.title, copy.tlp, copy.objects_count) == (
            report.key,
            report.title,
            report.tlp,
            report.objects_count,
        )
        assert sorted(map(str, observations_of([copy.pk])[copy.pk])) == sorted(map(str, before))
