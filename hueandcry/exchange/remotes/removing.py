"""Taking one report away that another node told of and its originator erased.

A submission of envelopes holds many reports, so the report's rows go alone; but the bytes of each submission that told
of it are destroyed whole, as an erasure has to. The other reports of these submissions stay.
"""

from __future__ import annotations

from django.db.models import Count

from hueandcry.audit import actions as audit
from hueandcry.exchange.models import Change, Object, Observation, Report, SubmissionChunk, SubmissionKey
from hueandcry.exchange.publication import changes
from hueandcry.exchange.staging import hash64
from hueandcry.members.viewer import Viewer, viewer


def remove_report(*, by: Viewer, report: int, reason: str) -> None:
    """Erase one report of the viewer's own organisation, with its objects, values, history and bytes."""
    with viewer(by):
        found = Report.objects.select_for_update().get(pk=report, organisation=by.organisation)
        changes.note(person=by.person, report=found, kind=Change.Kind.ERASED, rendered=True)
        _hand_over(found)
        brought = {found.submission_id, *Object.objects.filter(report=found).values_list("submission", flat=True)}
        SubmissionKey.objects.filter(submission__in=brought).delete()
        SubmissionChunk.objects.filter(submission__in=brought).delete()
        Object.objects.filter(report=found).delete()
        found.delete()
        audit.record(by=by, verb="erase", kind="report", thing=report, detail={"reason": audit.keyed(reason)})


def _hand_over(report: Report) -> None:
    """An object that another report tells of as well goes to that one: two members of the other node had sent it, and
    only one of them erased it."""
    held = Object.objects.filter(report=report, ours=False).values_list("pk", "key")
    tellers = {hash64(key): number for number, key in held}
    others = Observation.objects.filter(told_by__in=list(tellers), organisation=report.organisation_id)
    homes = dict(others.exclude(report=report).values_list("told_by", "report"))
    for told_by, home in homes.items():
        to = Report.objects.get(pk=home)
        Object.objects.filter(pk=tellers[told_by]).update(report=to, audience=to.audience)
    for home in set(homes.values()):
        size = Object.objects.filter(report=home, ours=False).aggregate(n=Count("pk"))["n"]
        Report.objects.filter(pk=home).update(objects_count=size)
