"""Releases from a freeze to the files: made, published, corrected, made again; and what they never tell."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import sdmx
from django.db import connections
from django.db.utils import DatabaseError
from sdmx.reader.csv import Reader

from hueandcry.audit.models import Act
from hueandcry.members.actions import Refused
from hueandcry.members.viewer import Viewer, viewer
from hueandcry.notices.models import Notice
from hueandcry.picture.disclosure.rules import sensitive
from hueandcry.picture.freezes import actions as freezes
from hueandcry.picture.freezes import reader
from hueandcry.picture.models import ExchangeRate, Freeze, Release, ReleaseFile
from hueandcry.picture.releases import actions, queries
from hueandcry.picture.releases.contents import settings
from hueandcry.picture.releases.figures import count
from tests import factory
from tests.picture.releases import small
from tests.picture.rows import bodies, put

pytestmark = pytest.mark.usefixtures("database")


def content(release: Release, name: str) -> bytes:
    return bytes(ReleaseFile.objects.using("owner").get(release_id=release.pk, name=name).content)


def table(release: Release, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content(release, name).decode(), newline="")))


def test_published_says_the_same_for_ever() -> None:
    small.filled()
    by = small.office()
    reader_ = factory.person(factory.organisation(), ["reader"])
    release = small.published(by)
    assert (release.number, release.state) == (1, "published")
    _files_are_read_by_others(release)
    _nothing_small_is_told(release)
    assert Notice.objects.using("owner").filter(kind="release", person=reader_.pk).count() == 1
    assert {"draft", "make", "publish"} <= set(
        Act.objects.using("owner").filter(kind="release").values_list("verb", flat=True)
    )
    for alias in ("owner", "default"):
        with pytest.raises(DatabaseError, match=r"never changes|permission denied"):
            _write(by, alias, "UPDATE picture_release SET title = 'other' WHERE id = %s", release.pk)
        with pytest.raises(DatabaseError, match=r"never changes|permission denied"):
            _write(by, alias, "DELETE FROM picture_releasefile WHERE release_id = %s", release.pk)
    # What comes later changes nothing of it: new reports, another rate, a file kept otherwise than it was.
    put(bodies(3, kind="government"), 40, victim_countries=["ES"], reported_at=small.START, occurred_from=small.START)
    ExchangeRate.objects.using("owner").create(
        currency="EUR", day=small.START.date(), per_euro=2, source="Example bank"
    )
    freezes.take()
    reader.forget()
    again = actions.reproduce(1)
    assert again.same, again.differences
    assert again.files == len(release.manifest["files"]) == len(again.contents)
    assert (again.version, again.method) == (again.now, again.method_now)


def _write(by: Viewer, alias: str, statement: str, key: int) -> None:
    if alias == "default":
        with viewer(by), connections[alias].cursor() as cursor:
            cursor.execute(statement, [key])
    else:
        with connections[alias].cursor() as cursor:
            cursor.execute(statement, [key])


def _files_are_read_by_others(release: Release) -> None:
    said = json.loads(content(release, "release.json"))
    assert (said["number"], said["freeze"]["sha256"]) == (1, release.freeze.sha256)
    assert said["linkage"]["settings"]
    assert {each["source"] for each in said["denominators"]} == {"Example statistics office"}
    structure = sdmx.read_sdmx(io.BytesIO(content(release, "structure.sdmx.xml"))).structure["PICTURE"]
    message = Reader().convert(io.BytesIO(content(release, "release.sdmx.csv")), structure=structure)
    lists = {d.id: set(d.local_representation.enumerated) for d in structure.dimensions if d.id != "TIME_PERIOD"}
    observations = message.data[0].obs
    for each in observations:
        for name, codes in lists.items():
            assert each.dimension.values[name].value in {code.id for code in codes}, name
        status = each.attached_attribute["OBS_STATUS"].value
        assert (each.value == "") == (status in ("Q", "O"))
    parquet = pq.read_table(io.BytesIO(content(release, "release.parquet"))).to_pylist()
    rows = {each["name"]: each["rows"] for each in release.manifest["files"]}
    assert len(parquet) == sum(
        n for name, n in rows.items() if name.endswith(".csv") and name not in ("change-points.csv", "release.sdmx.csv")
    )
    assert len(observations) == len(
        {
            tuple(
                v
                for k, v in row.items()
                if k != "table" and k not in ("value", "low", "high", "status", "confidentiality", "withheld")
            )
            for row in parquet
        }
    )
    for file in release.manifest["files"]:
        if file["name"].endswith("-metadata.json"):
            described = json.loads(content(release, file["name"]))
            head = content(release, described["url"]).decode().splitlines()[0].split(",")
            assert [column["name"] for column in described["tableSchema"]["columns"]] == head
    rates = {row["country"]: row for row in table(release, "rate-inhabitants.csv") if row["number"] == "distinct"}
    shown = {
        row["country"]: row
        for row in table(release, "country-by-class.csv")
        if row["class"] == "all" and row["number"] == "distinct"
    }
    assert float(rates["PT"]["value"]) == pytest.approx(float(shown["PT"]["value"]) / 106, abs=1e-6)


def _nothing_small_is_told(release: Release) -> None:
    """Each cell that is too small in the freeze is without a value in every file, and none of these stands as 0."""
    held = settings(release.settings["figures"])
    exact = count(reader.of(release.freeze), held, held.cubes)
    small_cells = {
        (cube.number, cube.measure, tuple(sorted(zip(cube.dimensions, cell.key, strict=True))))
        for cube, cells in exact.items() for cell in cells if sensitive(cell, cube.measure)
    }  # fmt: skip
    assert len(small_cells) > 20, "the test needs something to hide"
    with viewer(factory.as_viewer(None)):
        observations = queries.observations(release)
    values = 0
    for told in observations.values():
        for each in told:
            assert each.value != 0
            values += each.value is not None
            if (each.number, each.measure, tuple(sorted(each.key.items()))) in small_cells:
                assert each.value is None and each.withheld, each
            if each.value is not None and each.measure == "count":
                assert each.value >= 10
    assert values > 40
    assert not any(row["country"] == "FR" for row in table(release, "country-by-class.csv")), "four reports: not named"
    for row in table(release, "country-by-class.csv"):
        assert (row["value"] == "") == (row["status"] in ("Q", "O"))
        assert row["withheld"] == "" or row["value"] == ""


def test_drafts_numbers_and_corrections() -> None:
    small.filled()
    by, freeze = small.office(), freezes.take()
    for who in (factory.as_viewer(None), factory.as_viewer(factory.person(factory.organisation(), ["administrator"]))):
        with pytest.raises(Refused):
            actions.draft(by=who, title="Mine", first=small.FIRST, last=small.LAST)
    for title, first, last in (("", "2025-01", "2025-02"), ("A", "2025-03", "2025-02"), ("A", "2025", "2026")):
        with pytest.raises(Refused):
            actions.draft(by=by, title=title, first=first, last=last, freeze=freeze.pk)
    unmade = actions.draft(by=by, title="Not made", first="2025-01", last="2025-02", freeze=freeze.pk)
    with pytest.raises(Refused, match="not made"):
        actions.publish(by=by, reference=unmade.reference)
    actions.drop(by=by, reference=unmade.reference)
    one, two = (small.drafted(by, freeze, last="2025-02") for _n in range(2))
    assert {f["name"]: f["sha256"] for f in one.manifest["files"]} == {
        f["name"]: f["sha256"] for f in two.manifest["files"]
    }
    first = actions.publish(by=by, reference=one.reference)
    with pytest.raises(Refused, match="Make it again"):  # its cells were not looked at together with the first's
        actions.publish(by=by, reference=two.reference)
    actions.drop(by=by, reference=two.reference)
    with pytest.raises(Refused, match="why"):
        actions.correct(by=by, number=1, why=" ")
    fixed = actions.correct(by=by, number=1, why="=SUM(1) A source was left out.", freeze=freeze.pk)
    assert (fixed.corrects_id, fixed.first, fixed.last) == (first.pk, "2025-01", "2025-02")
    actions.make(by=by, reference=fixed.reference)
    second = actions.publish(by=by, reference=fixed.reference)
    assert second.number == 2, "numbers have no gaps, though drafts were dropped"
    with viewer(factory.as_viewer(None)):
        assert [(each.release.number, each.corrected_by) for each in queries.published()] == [(2, ()), (1, (2,))]
        assert queries.drafts() == []
    assert json.loads(content(second, "release.json"))["settings"]["previous"] == [1]
    assert "Corrects release 1" in content(second, "README.txt").decode()
    assert actions.reproduce(2).same
    assert Freeze.objects.using("owner").filter(pk=freeze.pk).exists()
    assert Release.objects.using("owner").filter(state="dropped").count() == 2


def test_another_program_is_said(monkeypatch: pytest.MonkeyPatch, database: Path) -> None:
    from hueandcry.picture.releases import build, files

    small.filled()
    small.published(small.office(), last="2025-02")
    monkeypatch.setattr(build, "program", lambda: "9.9")
    monkeypatch.setattr(files, "TOLD", "unknown")
    again = actions.reproduce(1)
    assert not again.same
    assert {each.name for each in again.differences} >= {"sector-by-class.csv"}
    assert again.now == "9.9" != again.version
