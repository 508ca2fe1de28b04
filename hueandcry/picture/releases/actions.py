"""Writes of releases: drafted, made, published, dropped, corrected; and made again to compare.

A draft is made by a job (tasks.py), which tells how far it is in ``settings``. Published, a release has a number and
never changes, by trigger; what is wrong in it, a later one corrects and says why.
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from django.conf import settings as site
from django.db import connection
from django.db.models import Max
from django.utils.translation import gettext as _

from hueandcry.audit import actions as audit
from hueandcry.members.actions import Refused, require_secretariat
from hueandcry.members.models import Organisation
from hueandcry.members.viewer import ANYONE, Viewer, viewer
from hueandcry.notices.actions import tell
from hueandcry.picture.freezes import actions as freezes
from hueandcry.picture.freezes import reader
from hueandcry.picture.models import Freeze, Release, ReleaseFile
from hueandcry.picture.question import MONTH
from hueandcry.picture.reference import crosswalk
from hueandcry.picture.releases import queries
from hueandcry.picture.releases.contents import METHOD, Settings

LOCK: Final = 8  # key of the advisory lock: one release is published at a time
LONGEST_TITLE: Final = 200  # characters
LONGEST_WHY: Final = 2_000
EARLIER: Final = 4  # releases before that protection looks at: each is counted again from its freeze
READERS: Final = ("analyst", "administrator", "reader", "secretary")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Difference:
    """A file that came out otherwise: "missing" here, "added" here, or "other" bytes."""

    name: str
    what: str


@dataclass(frozen=True, slots=True)
class Reproduced:
    """What making a release again came to."""

    number: int
    files: int
    differences: tuple[Difference, ...]
    version: str  # of the program that made it
    now: str  # of this program
    method: str
    method_now: str
    contents: dict[str, bytes]  # the files as they came out

    @property
    def same(self) -> bool:
        """Whether every file has the same bytes."""
        return not self.differences


def draft(
    *, by: Viewer, title: str, first: str, last: str, freeze: int | None = None, seed: int = 0,
    corrects: Release | None = None, correction: str = "",
) -> Release:  # fmt: skip
    """A new draft, empty until ``make`` has run. ``freeze`` None: one is taken for it when it is made.

    Outside a viewer. Raises Refused.
    """
    require_secretariat(by)
    title = _line(title, LONGEST_TITLE)
    if not title:
        raise Refused(_("Give the release a title, such as: Cybercrime in 2025."))
    if not (MONTH.fullmatch(first) and MONTH.fullmatch(last)) or first > last:
        raise Refused(_("Give the first and the last month, such as 2025-01 and 2025-12, the first before the last."))
    fresh = freeze is None
    held = reader.latest() if freeze is None else _numbered(freeze)
    if held is None:  # the row needs one to stand on; the job takes one of its own moment all the same
        held = reader.of(_taken(by))
        fresh = False
    with viewer(by):
        figures = Settings(first=first, last=last, crosswalk=crosswalk.versions()[-1].version)
        made = Release.objects.create(
            title=title, freeze_id=held.number, version="", method=METHOD, first=first, last=last,
            settings={"figures": figures.as_json(), "fresh": fresh, "done": 0},
            corrects=corrects, correction=correction, created_by=by.person,
        )  # fmt: skip
        audit.record(by=by, verb="draft", kind="release", thing=made.pk, detail={"first": first, "last": last})
    return made


def make(*, by: Viewer, reference: UUID) -> Release:
    """Make the figures of a draft: freeze where it wants one of its own, count, protect, write. Outside a viewer.

    What went wrong is kept with the draft and raised. Raises Release.DoesNotExist, Refused.
    """
    require_secretariat(by)
    with viewer(by):
        release = queries.draft(reference)
    try:
        return _make(by, release)
    except Exception as error:
        _note(by, release, failed=type(error).__name__)
        raise


def _make(by: Viewer, release: Release) -> Release:
    from hueandcry.picture.releases import build  # brings Arrow and DuckDB

    if release.settings.get("fresh"):
        release.freeze = _taken(by)
        _note(by, release, freeze=release.freeze, fresh=False)
    release.version = build.program()
    frozen = reader.of(release.freeze)
    with viewer(by):
        release.settings["figures"]["previous"] = _published(release)
        before = queries.earlier(release)
    facts = queries.facts(release, release.freeze, site.PUBLIC_URL)
    earlier = [build.again(reader.of(one.freeze), queries.settings_of(one), one.settings["withheld"]) for one in before]
    built = build.build(frozen, facts, earlier, lambda done: _note(by, release, done=done))
    with viewer(by):
        held = Release.objects.select_for_update().get(pk=release.pk, state=Release.State.DRAFT)
        ReleaseFile.objects.filter(release=held).delete()
        files = [*built.files, *built.documents(facts)]
        _keep(held, files)
        held.freeze, held.version = release.freeze, release.version
        held.settings = {
            "figures": facts.settings.as_json(),
            "said": built.said,
            "withheld": built.withheld,
            "done": build.STEPS,
        }
        held.manifest = build.manifest(files)
        held.sha256 = build.manifest_sha256(held.manifest)
        held.save()
        audit.record(
            by=by, verb="make", kind="release", thing=held.pk, count=len(files), detail={"sha256": held.sha256}
        )
    return held


def publish(*, by: Viewer, reference: UUID) -> Release:
    """Publish a draft: it gets the next number, everyone may read it, and it never changes. Outside a viewer.

    Raises Release.DoesNotExist, Refused.
    """
    from hueandcry.picture.releases import build

    require_secretariat(by)
    with viewer(by):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, 0)", [LOCK])
        release = Release.objects.select_for_update(of=("self",)).select_related("corrects", "freeze").get(
            reference=reference, state=Release.State.DRAFT
        )  # fmt: skip
        if not release.manifest:
            raise Refused(_("Its figures are not made yet."))
        if release.settings["figures"]["previous"] != _published(release):
            raise Refused(
                _("Another release was published since this draft was made. Make it again: its cells count too.")
            )
        release.number = (Release.objects.aggregate(most=Max("number"))["most"] or 0) + 1
        release.published_at, release.published_by = datetime.now(UTC), by.person
        files = _figures(release)
        facts = queries.facts(release, release.freeze, site.PUBLIC_URL)
        release.settings = {**release.settings, "address": site.PUBLIC_URL}
        documents = build.written(facts, files, release.settings["said"])
        ReleaseFile.objects.filter(release=release, name__in=[file.name for file in documents]).delete()
        _keep(release, documents)
        release.manifest = build.manifest([*files, *documents])
        release.sha256 = build.manifest_sha256(release.manifest)
        release.state = Release.State.PUBLISHED
        release.save()
        detail = {"number": release.number, "sha256": release.sha256}
        audit.record(by=by, verb="publish", kind="release", thing=release.pk, detail=detail)
        _tell(release)
    return release


def drop(*, by: Viewer, reference: UUID) -> None:
    """Give a draft up: its figures go. Outside a viewer. Raises Release.DoesNotExist, Refused."""
    require_secretariat(by)
    with viewer(by):
        release = queries.draft(reference)
        ReleaseFile.objects.filter(release=release).delete()
        release.state, release.manifest, release.sha256 = Release.State.DROPPED, {}, ""
        release.save()
        audit.record(by=by, verb="drop", kind="release", thing=release.pk)


def anew(*, by: Viewer, reference: UUID) -> Release:
    """Take the figures off a draft, for ``make`` to make them again. Outside a viewer. Raises Release.DoesNotExist."""
    require_secretariat(by)
    with viewer(by):
        release = queries.draft(reference)
        ReleaseFile.objects.filter(release=release).delete()
        release.manifest, release.sha256 = {}, ""
        release.settings = {"figures": release.settings["figures"], "fresh": False, "done": 0}
        release.save()
    return release


def correct(
    *,
    by: Viewer,
    number: int,
    why: str,
    title: str = "",
    first: str = "",
    last: str = "",
    freeze: int | None = None,
) -> Release:
    """A draft that corrects a published release, over the same months where none are given: it says why and what is
    other. Outside a viewer. Raises Release.DoesNotExist, Refused.
    """
    require_secretariat(by)
    why = why.replace("\0", "").strip()[:LONGEST_WHY]
    if not why:
        raise Refused(_("Say why it is corrected and what is other."))
    with viewer(by):
        wrong = queries.numbered(number)
    return draft(
        by=by,
        title=title or wrong.title,
        first=first or wrong.first,
        last=last or wrong.last,
        freeze=freeze,
        corrects=wrong,
        correction=why,
    )


def reproduce(number: int, by: Viewer = ANYONE) -> Reproduced:
    """Make a published release again from its freeze and settings with this program, and compare every file.

    Outside a viewer. Raises Release.DoesNotExist; LookupError where its freeze is not there.
    """
    from hueandcry.picture.releases import build

    with viewer(by):
        release = queries.numbered(number)
        before = queries.earlier(release)
        wanted = {file["name"]: file["sha256"] for file in release.manifest["files"]}
        stored = {file.name: file.sha256 for file in ReleaseFile.objects.filter(release=release).only("name", "sha256")}
    facts = queries.facts(release, release.freeze, release.settings["address"])
    earlier = [build.again(reader.of(one.freeze), queries.settings_of(one), one.settings["withheld"]) for one in before]
    built = build.build(reader.of(release.freeze), facts, earlier)
    made = {file.name: file for file in [*built.files, *built.documents(facts)]}
    differences = [Difference(name, "missing") for name in sorted(wanted.keys() - made.keys())]
    differences += [Difference(name, "added") for name in sorted(made.keys() - wanted.keys())]
    differences += [
        Difference(name, "other")
        for name in sorted(wanted.keys() & made.keys())
        if made[name].sha256 != wanted[name] or stored.get(name) != wanted[name]
    ]
    return Reproduced(
        number, len(wanted), tuple(differences), release.version, build.program(), release.method, METHOD,
        {name: file.content for name, file in made.items()},
    )  # fmt: skip


def _numbered(number: int) -> reader.Frozen:
    try:
        return reader.numbered(number)
    except LookupError as error:
        raise Refused(_("There is no freeze %(number)s.") % {"number": number}) from error


def _taken(by: Viewer) -> Freeze:
    try:
        return freezes.take(Freeze.Reason.RELEASE, by)
    except freezes.Busy as error:
        raise Refused(_("A freeze is being taken at this moment. Try again in a minute.")) from error


def _published(release: Release) -> list[int]:
    """The numbers of the latest releases that tell of some of the same months: protection looks at them."""
    held = Release.objects.filter(state=Release.State.PUBLISHED, first__lte=release.last, last__gte=release.first)
    latest = held.order_by("-number").values_list("number", flat=True)[:EARLIER]
    return sorted(n for n in latest if n is not None)


def _note(by: Viewer, release: Release, freeze: Freeze | None = None, **said: Any) -> None:
    """How far a draft is; a draft that was dropped meanwhile stays dropped."""
    release.settings = {**release.settings, **said}
    change: dict[str, Any] = {"settings": release.settings} | ({"freeze": freeze} if freeze else {})
    with viewer(by):
        Release.objects.filter(pk=release.pk, state=Release.State.DRAFT).update(**change)


def _figures(release: Release) -> list[Any]:
    """The files of figures as they are kept, in their order."""
    from hueandcry.picture.releases import documents
    from hueandcry.picture.releases.files import File

    held = {file.name: file for file in ReleaseFile.objects.filter(release=release)}
    said = [file for file in release.manifest["files"] if file["name"] not in (documents.DESCRIPTION, documents.README)]
    return [File(each["name"], each["media"], bytes(held[each["name"]].content), each["rows"]) for each in said]


def _keep(release: Release, files: list[Any]) -> None:
    ReleaseFile.objects.bulk_create(
        ReleaseFile(release=release, name=file.name, media=file.media, sha256=file.sha256, content=file.content)
        for file in files
    )


def _tell(release: Release) -> None:
    said = {"number": release.number, "title": release.title}
    title = _("Release %(number)s is published: %(title)s") % said
    text = ""
    if release.corrects:
        text = _("It corrects release %(number)s: %(why)s") % {
            "number": release.corrects.number,
            "why": release.correction,
        }
    members = Organisation.objects.filter(state="vetted").values_list("pk", flat=True)
    tell(
        kind="release", title=title, text=text, link=f"/picture/releases/{release.number}/", organisations=members,
        roles=READERS,
    )  # fmt: skip


def _line(text: str, longest: int) -> str:
    return _CONTROL.sub(" ", text).strip()[:longest]
