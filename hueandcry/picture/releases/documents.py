"""What a release says of itself: release.json, README.txt, its citation. Pure; the same facts give the same bytes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, NamedTuple

from hueandcry.picture.releases.contents import FORMAT, METHOD, Settings
from hueandcry.picture.releases.files import File, written

PUBLISHER: Final = "Hue & Cry, the alliance against cybercrime"
DESCRIPTION: Final = "release.json"
README: Final = "README.txt"


class Denominator(NamedTuple):
    """How many inhabitants or enterprises a country had in a year, by whose count."""

    kind: str
    country: str
    size: str  # "" all
    year: int
    value: int
    source: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What is said of a release beside its figures."""

    title: str
    settings: Settings
    freeze_at: str  # ISO 8601
    freeze_sha256: str
    freeze_version: str  # of the program that froze
    version: str  # of the program that made the figures
    method: str = METHOD
    number: int | None = None  # None while it is a draft
    published: date | None = None
    corrects: int | None = None  # the number of the release that this one corrects
    correction: str = ""  # why, and what is other
    address: str = ""  # where it stands

    @property
    def period(self) -> str:
        """The months it tells of."""
        return f"{self.settings.first} to {self.settings.last}"

    @property
    def name(self) -> str:
        """Release 7, or a draft."""
        return f"Release {self.number}" if self.number is not None else "Draft"


def citation(facts: Facts) -> str:
    """How to cite it: who, when, what, which release, where, and the hash of what it stands on."""
    year = facts.published.year if facts.published else "not published"
    where = f" {facts.address}" if facts.address else ""
    return (
        f"{PUBLISHER} ({year}). {facts.title}, {facts.period}. {facts.name}, method {facts.method},"
        f" freeze {facts.freeze_sha256[:16]}.{where}"
    )


def description(
    facts: Facts,
    files: Sequence[File],
    *,
    denominators: Sequence[Denominator],
    protection: dict[str, Any],
    estimates: Sequence[dict[str, Any]],
    linkage: dict[str, Any] | None,
) -> File:
    """release.json: all that somebody needs to know what the figures are and to make them again."""
    content = {
        "title": facts.title,
        "number": facts.number,
        "published": facts.published.isoformat() if facts.published else None,
        "period": {"first": facts.settings.first, "last": facts.settings.last, "by": facts.settings.time},
        "publisher": PUBLISHER,
        "address": facts.address,
        "citation": citation(facts),
        "corrects": facts.corrects,
        "correction": facts.correction,
        "method": {"version": facts.method, "note": "docs/picture-method.md"},
        "program": {"name": "hueandcry", "version": facts.version, "format": FORMAT},
        "freeze": {"sha256": facts.freeze_sha256, "at": facts.freeze_at, "version": facts.freeze_version},
        "settings": facts.settings.as_json(),
        "crosswalk": facts.settings.crosswalk,
        "linkage": linkage,
        "denominators": [each._asdict() for each in denominators],
        "protection": protection,
        "estimates": list(estimates),
        "files": [entry(file) for file in files],
    }
    return File(DESCRIPTION, "application/json", written({name: _settled(value) for name, value in content.items()}))


def _settled(value: Any) -> Any:
    """With names in one order: what was kept as JSON comes back in another."""
    return json.loads(json.dumps(value, sort_keys=True))


def entry(file: File) -> dict[str, Any]:
    """A file as manifests name it."""
    return {
        "name": file.name, "media": file.media, "bytes": len(file.content), "rows": file.rows, "sha256": file.sha256,
    }  # fmt: skip


_README = """{name}: {title}
{line}
Period: {period}
{published}{correction}
Three numbers, never to be mixed up:
  reported   reports that members of the alliance sent
  distinct   crimes that these reports tell of, after linkage
  estimated  how many crimes there were, reported or not; refused where the data do not carry it

A value that is not shown is empty and has the status Q. It is not 0. The column "withheld" says why: few (fewer than 10
cases or 3 organisations, or none), dominance (one or two organisations make up most of it), secondary (it could be
worked out from others). Values of P are provisional: reports are still coming in.

A case with victims in two countries counts in both, so that countries may add up to more than the whole; likewise
regions, techniques, offences, and sources of crimes. What nobody told (the sector, say) stands as "not told".

Files
{files}
How it was made: method {method}, docs/picture-method.md. All that is needed to make it again is in release.json;
"hueandcry picture reproduce {reproduce}" does, and compares every byte.

Cite as: {citation}
"""


def readme(facts: Facts, files: Sequence[File]) -> File:
    """README.txt: what is in the files, for somebody who has nothing else."""
    title = f"{facts.name}: {facts.title}"
    text = _README.format(
        name=facts.name,
        title=facts.title,
        line="=" * len(title),
        period=facts.period,
        published=f"Published: {facts.published}\n" if facts.published else "",
        correction=f"Corrects release {facts.corrects}: {facts.correction}\n" if facts.corrects else "",
        files="".join(
            f"  {file.name:<42} {file.rows or '':>8} {'rows' if file.rows else ''}".rstrip() + "\n" for file in files
        ),
        method=facts.method,
        reproduce=facts.number if facts.number is not None else "NUMBER",
        citation=citation(facts),
    )
    return File(README, "text/plain; charset=utf-8", text.encode())
