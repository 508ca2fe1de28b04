"""Taking back what one submission brought: its objects and reports, and what it changed in reports that were there.

A later version of somebody's own report lies in a report that an earlier submission made. When the later one goes, its
words go from the report and from its history, its values from the observations, and the report says again what it said.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Count

from hueandcry.exchange import formats
from hueandcry.exchange.drafts import ObjectDraft, Options, Unreadable
from hueandcry.exchange.merge import FOREIGN_KINDS, hash64, now
from hueandcry.exchange.models import Object, Observation, Remark, Report, Revision

_DATES = ("occurred_from", "occurred_to", "version")


def remove_content(submission: int, *, person: int | None) -> None:
    """Delete what one submission brought. Called inside a viewer of its own organisation."""
    brought = Object.objects.filter(submission=submission).exclude(report__submission=submission)
    touched: dict[int, list[tuple[str, datetime | None]]] = {}
    for report, key, version in brought.values_list("report", "key", "version"):
        touched.setdefault(report, []).append((key, version))
    Object.objects.filter(submission=submission).delete()
    Report.objects.filter(submission_id=submission).delete()
    Remark.objects.filter(submission_id=submission).delete()
    for number, objects in touched.items():
        _take_back(Report.objects.get(pk=number), objects, person)


def _take_back(report: Report, objects: list[tuple[str, datetime | None]], person: int | None) -> None:
    """Undo in one report what objects that are gone had told it."""
    keys = {key for key, _version in objects}
    Observation.objects.filter(report=report, told_by__in=[hash64(key) for key in keys]).delete()
    _tell_again(report, keys)
    gone = {version for key, version in objects if key == report.key}
    remaining = Object.objects.filter(report=report, key=report.key, version__in=gone).values_list("version", flat=True)
    gone -= set(remaining)  # another content of that very version is still there
    if gone:
        _rewrite(report, gone, person)
    report.objects_count = Object.objects.filter(report=report).aggregate(n=Count("pk"))["n"]
    report.save(update_fields=["objects_count"])


def _rewrite(report: Report, gone: set[datetime | None], person: int | None) -> None:
    """Take the words of versions that are gone out of a report and its history."""
    revisions = list(Revision.objects.filter(report=report).order_by("-number"))
    said_by_gone, earlier = report.version in gone, None
    for revision in revisions:
        if "version" in revision.before:
            if said_by_gone and earlier is None and _value("version", revision.before["version"]) not in gone:
                earlier = revision if report.version in gone else earlier
            said_by_gone = _value("version", revision.before["version"]) in gone
        if said_by_gone or revision is earlier:
            revision.delete()
    if earlier is not None:
        _say_again(report, earlier.before)
    number = max((revision.number for revision in revisions), default=0) + 1
    Revision.objects.create(report=report, number=number, person=person, act="version erased", before={})


def _say_again(report: Report, before: dict[str, Any]) -> None:
    """Let a report say what it said; its marking stays as strict as it has become."""
    names = [name for name in before if name != "tlp"]
    for name in names:
        setattr(report, name, _value(name, before[name]))
    report.main_class = report.classes[0].split("/")[0] if report.classes else ""
    report.changed_at = now()
    report.save(update_fields=[*names, "main_class", "changed_at"])


def _value(name: str, value: Any) -> Any:
    return datetime.fromisoformat(value) if name in _DATES and isinstance(value, str) else value


def _tell_again(report: Report, keys: Iterable[str]) -> None:
    """Observations of the latest version that is left of each of these objects. Only a STIX object stands by itself and
    can be read alone; of the other formats an object has but one version in a report, or the values of an earlier one
    come back when its file is sent again."""
    left = Object.objects.filter(report=report, key__in=list(keys)).exclude(kind__in=FOREIGN_KINDS)
    latest = left.order_by("key", "-version", "-pk").distinct("key").values_list("text", flat=True)
    for text in latest:
        try:
            _found, drafts = formats.read(f'{{"type":"bundle","objects":[{text}]}}'.encode(), Options(), "stix")
            told = [draft for draft in drafts if isinstance(draft, ObjectDraft)]
        except Unreadable:
            continue
        Observation.objects.bulk_create(
            (_observation(report, draft, seen) for draft in told for seen in draft.observations), ignore_conflicts=True
        )


def _observation(report: Report, draft: ObjectDraft, seen: Any) -> Observation:
    return Observation(
        report=report, organisation=report.organisation_id, audience=report.audience,
        observable=hash64(seen.type, seen.value), role=seen.role, first_seen=seen.first_seen, last_seen=seen.last_seen,
        claimed=seen.claimed, told_by=hash64(draft.key),
    )  # fmt: skip
