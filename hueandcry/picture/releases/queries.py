"""Reads of releases. What shows is decided by row-level security: what is published to all, drafts to the office."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from hueandcry.picture.models import Freeze, Release, ReleaseFile
from hueandcry.picture.releases import build
from hueandcry.picture.releases.contents import Settings, settings
from hueandcry.picture.releases.documents import Facts
from hueandcry.picture.releases.figures import Turn
from hueandcry.picture.releases.files import read_parquet
from hueandcry.picture.releases.observations import Observation

MOST = 200  # releases of a list


@dataclass(frozen=True, slots=True)
class Listed:
    """A release with the numbers of those that correct it."""

    release: Release
    corrected_by: tuple[int, ...]


def published() -> list[Listed]:
    """The published releases, the latest first. Inside a viewer."""
    rows = list(
        Release.objects.filter(state=Release.State.PUBLISHED).select_related("corrects").order_by("-number")[:MOST]
    )
    return [Listed(row, corrected_by(row)) for row in rows]


def drafts() -> list[Release]:
    """Drafts that are not dropped, the latest first; none for who is not of the office. Inside a viewer."""
    return list(Release.objects.filter(state=Release.State.DRAFT).select_related("corrects").order_by("-pk")[:MOST])


def numbered(number: int) -> Release:
    """The published release of this number. Raises Release.DoesNotExist."""
    return Release.objects.select_related("corrects", "freeze").get(number=number, state=Release.State.PUBLISHED)


def draft(reference: UUID) -> Release:
    """A draft. Raises Release.DoesNotExist, also for who may not see it."""
    return Release.objects.select_related("corrects", "freeze").get(reference=reference, state=Release.State.DRAFT)


def corrected_by(release: Release) -> tuple[int, ...]:
    """The numbers of the published releases that correct this one."""
    held = Release.objects.filter(corrects=release.pk, state=Release.State.PUBLISHED).order_by("number")
    return tuple(number for number in held.values_list("number", flat=True) if number is not None)


def content(release: Release, name: str) -> ReleaseFile:
    """One file with its bytes. Raises ReleaseFile.DoesNotExist."""
    return ReleaseFile.objects.get(release=release.pk, name=name)


def observations(release: Release) -> dict[str, list[Observation]]:
    """What a release shows, by table; {} where it has no figures yet."""
    held = ReleaseFile.objects.filter(release=release.pk, name=build.PARQUET_NAME).first()
    found: dict[str, list[Observation]] = {}
    for table, each in read_parquet(bytes(held.content)) if held else ():
        found.setdefault(table, []).append(each)
    return found


def turns(release: Release) -> list[Turn]:
    """The changes of level of the whole that a release tells of."""
    held = ReleaseFile.objects.filter(release=release.pk, name="change-points.csv").first()
    rows = csv.DictReader(io.StringIO(bytes(held.content).decode())) if held else ()
    return [
        Turn(
            "", row["since"], row["earliest"], row["latest"], row["direction"],
            *(float(row[name]) for name in ("ratio", "low", "high", "false_alarms")),
        )
        for row in rows if row["class"] == "all"
    ]  # fmt: skip


def settings_of(release: Release) -> Settings:
    """The settings of a release that is made: what its figures hang on."""
    return settings(release.settings["figures"])


def facts(release: Release, freeze: Freeze, address: str) -> Facts:
    """What is said of a release beside its figures. ``address``: where the site stands."""
    where = f"{address}/picture/releases/{release.number}/" if release.number is not None else ""
    return Facts(
        title=release.title,
        settings=settings_of(release),
        freeze_at=freeze.at.isoformat(),
        freeze_sha256=freeze.sha256,
        freeze_version=freeze.version,
        version=release.version,
        method=release.method,
        number=release.number,
        published=release.published_at.date() if release.published_at else None,
        corrects=release.corrects.number if release.corrects else None,
        correction=release.correction,
        address=where,
    )


def earlier(release: Release) -> Sequence[Release]:
    """The releases that this one's protection looks at, in the order of their numbers."""
    return list(
        Release.objects.filter(number__in=settings_of(release).previous).select_related("freeze").order_by("number")
    )
