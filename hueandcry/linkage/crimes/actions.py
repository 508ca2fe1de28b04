"""Writes to crimes by people: taking back a merger or a split, taking one report out. Both are judgements, so that they
bind every later run as well."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

from django.utils.translation import gettext as _

from hueandcry.audit import actions as audit
from hueandcry.linkage.crimes.queries import open_reports
from hueandcry.linkage.linker import linker
from hueandcry.linkage.models import CrimeEvent, CrimeReport, Judgement
from hueandcry.linkage.review import actions as review
from hueandcry.members.actions import Refused
from hueandcry.members.viewer import Viewer, viewer

Pair = tuple[int, int]


def undo(*, by: Viewer, event: int, reason: str = "") -> int:
    """Take back what a run, a judgement or a change did, as far as ``by`` sees the reports that moved; gives how many
    pairs of reports were judged for it. The crime that was merged away is itself again.

    Raises CrimeEvent.DoesNotExist, Refused: it was undone already, or nothing is left of it.
    """
    with viewer(by):
        moved = _rows_of(by, event)
        came = [one.report for one in moved]
        pairs, verdict = _apart(by, moved[0], came) if moved[0].kind != "split" else _together(by, moved[0], came)
        if not pairs:
            raise Refused(_("Nothing is left to undo: the reports have been moved since."))
        _judge(by, pairs, verdict, reason or _("What linkage did was undone."))
        audit.record(by=by, verb="undo", kind="crime event", thing=event, count=len(came))
    recalled = dict.fromkeys(came, moved[0].other) if verdict == Judgement.Verdict.DIFFERENT else None
    review.take_effect(*pairs[0], recalled=recalled)
    with linker() as cursor:
        cursor.execute(
            "UPDATE linkage_crimeevent SET undone_at = now(), undone_by = %s WHERE id = ANY (%s)",
            [by.person, [one.pk for one in moved]],
        )
    return len(pairs)


def separate(*, by: Viewer, report: int, reason: str) -> int:
    """Take one report out of its crime: it tells of another one than all others there that ``by`` sees; gives how many
    those are. Raises CrimeReport.DoesNotExist, Refused."""
    with viewer(by):
        crime = CrimeReport.objects.get(report=report).crime
        rest = [one for one in _members(by, crime) if one != report]
        if not rest:
            raise Refused(_("You see no other report of this crime."))
        pairs = [_pair(report, one) for one in rest]
        _judge(by, pairs, Judgement.Verdict.DIFFERENT, reason)
    review.take_effect(*pairs[0])
    return len(pairs)


def _rows_of(by: Viewer, event: int) -> list[CrimeEvent]:
    """All rows of the event that this one is of, as far as ``by`` sees the reports."""
    one = CrimeEvent.objects.get(pk=event)
    rows = list(
        CrimeEvent.objects.filter(at=one.at, kind=one.kind, crime=one.crime, other=one.other).order_by("report")
    )
    shown = set(open_reports(by, [row.report for row in rows]))
    rows = [row for row in rows if row.report in shown]
    if not rows:
        raise CrimeEvent.DoesNotExist
    if any(row.undone_at for row in rows):
        raise Refused(_("This was undone already."))
    return rows


def _apart(by: Viewer, event: CrimeEvent, came: Sequence[int]) -> tuple[list[Pair], Judgement.Verdict]:
    members = _members(by, event.crime)
    here = [one for one in came if one in members]
    rest = [one for one in members if one not in came]
    return [_pair(one, other) for one, other in product(here, rest)], Judgement.Verdict.DIFFERENT


def _together(by: Viewer, event: CrimeEvent, came: Sequence[int]) -> tuple[list[Pair], Judgement.Verdict]:
    rest = _members(by, event.other)
    return [_pair(one, rest[0]) for one in came] if rest else [], Judgement.Verdict.SAME


def _members(by: Viewer, crime: int) -> list[int]:
    """The reports of a crime that ``by`` sees and that are open to it, the oldest first."""
    return open_reports(by, list(CrimeReport.objects.filter(crime=crime).values_list("report", flat=True)))


def _judge(by: Viewer, pairs: Sequence[Pair], verdict: Judgement.Verdict, reason: str) -> None:
    if len(pairs) > review.MOST_PAIRS:
        said = _("That makes %(n)s pairs of reports; %(most)s can be judged at once.")
        raise Refused(said % {"n": len(pairs), "most": review.MOST_PAIRS})
    review.put(by, pairs, verdict, reason)


def _pair(one: int, other: int) -> Pair:
    return (one, other) if one < other else (other, one)
