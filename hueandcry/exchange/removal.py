"""Taking back what one submission brought: its objects and reports, and what it changed in reports that were there.

A later version of somebody's own report lies in a report that an earlier submission made. When the later one goes, its
words go from the report and from its history, its values from the observations, and the report says again what it said.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import CASCADE, Count
from django.utils.timezone import now

from hueandcry.exchange import formats
from hueandcry.exchange.drafts import ObjectDraft, Options, Unreadable
from hueandcry.exchange.models import Change, Object, Observation, Remark, Report, Revision
from hueandcry.exchange.publication import changes as publication
from hueandcry.exchange.recall import deliveries
from hueandcry.exchange.staging import FOREIGN_KINDS, hash64

_DATES = ("occurred_from", "occurred_to", "version")


def remove_content(submission: int, *, person: int | None) -> None:
    """Delete what one submission brought. Called inside a viewer of its own organisation."""
    # Locked first: who is adding to these reports at this moment is waited for, and what they added goes as well.
    made = _run("SELECT r.id FROM exchange_report r WHERE r.submission_id = %s ORDER BY r.id FOR UPDATE", submission)
    brought = Object.objects.filter(submission=submission, ours=False).exclude(report__submission=submission)
    touched: dict[int, list[_Gone]] = {}
    for report, number, key, version in brought.values_list("report", "pk", "key", "version"):
        touched.setdefault(report, []).append(_Gone(number, key, version))
    deliveries.settle([*(report for (report,) in made), *touched])  # who got them, while that can still be told
    if made:
        publication.note_erased(person=person, submission=submission)
        _delete_reports(submission)
    Object.objects.filter(submission=submission).delete()
    Remark.objects.filter(submission_id=submission).delete()
    for report, objects in touched.items():
        _take_back(Report.objects.select_for_update().get(pk=report), objects, person)


_OF_IT = "SELECT r.id FROM exchange_report r WHERE r.submission_id = %s"


def _delete_reports(submission: int) -> None:
    """Delete the reports that a submission made and all they hold, in sets: Django would fetch every row."""
    audiences = _run("SELECT DISTINCT r.audience FROM exchange_report r WHERE r.submission_id = %s", submission)
    organisation = Report.objects.filter(submission_id=submission).values_list("organisation", flat=True)[0]
    for relation in Report._meta.related_objects:
        if relation.on_delete is CASCADE:
            table, column = relation.related_model._meta.db_table, relation.field.column
            _run(f"DELETE FROM {table} WHERE {column} IN ({_OF_IT})", submission)  # noqa: S608  names of our tables
    _run(f"UPDATE exchange_report SET superseded_by_id = NULL WHERE superseded_by_id IN ({_OF_IT})", submission)  # noqa: S608
    _run("DELETE FROM exchange_report WHERE submission_id = %s", submission)
    # What was written once for all reports of an audience goes with the last of them.
    _run(
        "DELETE FROM exchange_object o WHERE o.ours AND o.report_id = 0 AND o.organisation = %s"
        " AND o.audience = ANY (%s)"
        " AND NOT EXISTS (SELECT 1 FROM exchange_report r WHERE r.audience = o.audience"
        " AND r.organisation_id = o.organisation)",
        organisation,
        [audience for (audience,) in audiences],
    )


def _run(statement: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall()) if cursor.description else []


class _Gone(NamedTuple):
    """An object that was deleted."""

    id: int
    key: str
    version: datetime | None


def _take_back(report: Report, objects: list[_Gone], person: int | None) -> None:
    """Undo in one report what objects that are gone had told it."""
    keys = {one.key for one in objects}
    Observation.objects.filter(report=report, told_by__in=[hash64(key) for key in keys]).delete()
    Object.objects.filter(report=report, ours=True).delete()  # they hold the words too; they are written anew
    _tell_again(report, keys)
    for own in sorted((one for one in objects if one.key == report.key), reverse=True):
        _rewrite(report, own, person)
    report.objects_count = Object.objects.filter(report=report, ours=False).aggregate(n=Count("pk"))["n"]
    report.save(update_fields=["objects_count"])
    publication.note(person=person, report=report, kind=Change.Kind.CORRECTED)


def _rewrite(report: Report, own: _Gone, person: int | None) -> None:
    """Take the words of one version that is gone out of a report and its history.

    Each resend that changed the report left a revision with what was said before, so going back from now, what is said
    now and then each resend's ``before`` are the versions, the latest first; corrections in between belong to the one
    they corrected.
    """
    revisions = list(Revision.objects.filter(report=report).order_by("-number"))
    resent = [revision for revision in revisions if "version" in revision.before]
    place = _place(report, own, resent)
    if place is None or place == len(resent):  # it never was what the report said; or it was the first
        return
    newer = resent[place - 1].number if place else None
    for revision in revisions:
        if revision.number > resent[place].number and (newer is None or revision.number <= newer):
            revision.delete()
    if place == 0:
        _say_again(report, resent[0].before)
        resent[0].delete()
    number = max(revision.number for revision in revisions) + 1
    Revision.objects.create(report=report, number=number, person=person, act="version erased", before={})


def _place(report: Report, own: _Gone, resent: list[Revision]) -> int | None:
    """How many versions of what a report said are newer than this one; None where it said none of them."""
    if own.version is None:  # a format without versions: the order of arrival is theirs
        return Object.objects.filter(report=report, key=own.key, pk__gt=own.id, ours=False).count()
    if Object.objects.filter(report=report, key=own.key, version=own.version, ours=False).exists():
        return None  # another content of that very version is still there
    said = [report.version, *(_value("version", revision.before["version"]) for revision in resent)]
    return said.index(own.version) if own.version in said else None


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
    left = Object.objects.filter(report=report, key__in=list(keys), ours=False).exclude(kind__in=FOREIGN_KINDS)
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


def remove_objects(ids: Iterable[int], *, person: int | None) -> None:
    """Delete single objects of one's own organisation. Called inside a viewer of it.

    A report that holds nothing else goes with them; another says again what is left of it.
    """
    touched: dict[int, list[_Gone]] = {}
    found = Object.objects.filter(pk__in=list(ids)).order_by("pk")
    for report, number, key, version in found.values_list("report", "pk", "key", "version"):
        touched.setdefault(report, []).append(_Gone(number, key, version))
    held = Report.objects.filter(pk__in=list(touched)).order_by("pk").select_for_update()
    reports = {one.pk: one for one in held}
    deliveries.settle(list(touched))
    found.delete()
    for number, one in reports.items():
        if Object.objects.filter(report=one, ours=False).exists():
            _take_back(one, touched[number], person)
        else:
            publication.note(person=person, report=one, kind=Change.Kind.ERASED, rendered=True)
            one.delete()
