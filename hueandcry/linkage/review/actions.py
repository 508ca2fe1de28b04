"""Writes of review: judgements of pairs of reports, and what binds because of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from uuid import UUID

from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext as _

from hueandcry.audit import actions as audit
from hueandcry.exchange.models import Report
from hueandcry.exchange.recall import queries as recall
from hueandcry.linkage.models import Judgement
from hueandcry.members.actions import Refused
from hueandcry.members.viewer import Viewer, viewer
from hueandcry.notices.actions import tell

ROLES = ("analyst",)
LONGEST = 2_000  # characters of a reason
MOST_PAIRS = 400  # judged in one act
BINDING = (Judgement.Verdict.SAME, Judgement.Verdict.DIFFERENT)

Pair = tuple[int, int]


def judge(*, by: Viewer, left: UUID, right: UUID, verdict: str, reason: str = "") -> bool:
    """Say whether two reports that ``by`` sees tell of one crime; gives whether another organisation says otherwise.

    It takes the place of what one's organisation said of them before, binds at once and in every later run.
    Raises Report.DoesNotExist, Refused.
    """
    with viewer(by):
        found = _reports(by, (left, right))
        disputed = put(by, [_pair(*found)], verdict, reason)
    take_effect(*_pair(*found))
    return bool(disputed)


def judge_apart(*, by: Viewer, reports: Sequence[UUID], rest: Sequence[UUID], reason: str = "") -> int:
    """Say that each of ``reports`` tells of another crime than each of ``rest``; gives how many pairs that judged.

    Raises Report.DoesNotExist, Refused: where there is nothing on one side, or it makes too many pairs.
    """
    if not reports or not rest:
        raise Refused(_("Tick some of the reports, and leave at least one: those ticked tell of another crime."))
    if len(reports) * len(rest) > MOST_PAIRS:
        said = _("That makes %(n)s pairs; %(most)s can be judged at once. Tick fewer.")
        raise Refused(said % {"n": len(reports) * len(rest), "most": MOST_PAIRS})
    with viewer(by):
        found = {r.reference: r for r in _reports(by, [*reports, *rest])}
        pairs = [_pair(found[one], found[other]) for one, other in product(reports, rest) if one != other]
        put(by, pairs, Judgement.Verdict.DIFFERENT, reason)
    for one in reports:  # each brings its whole crime, so that one pair of it is enough
        take_effect(*_pair(found[one], found[rest[0]]))
    return len(pairs)


def withdraw(*, by: Viewer, judgement: int) -> Pair:
    """Take back what one's organisation judged; gives the reports' numbers. Raises Judgement.DoesNotExist, Refused."""
    may_judge(by)
    with viewer(by):
        own = Judgement.objects.filter(organisation=by.organisation or 0, withdrawn_at=None)
        found = own.get(pk=judgement)
        own.filter(pk=judgement).update(withdrawn_at=Now())
        detail = {"left": found.left, "right": found.right, "verdict": found.verdict}
        audit.record(by=by, verb="take back", kind="judgement", thing=found.pk, detail=detail)
    take_effect(found.left, found.right)
    return found.left, found.right


def put(by: Viewer, pairs: Sequence[Pair], verdict: str, reason: str, *, sample: int | None = None) -> list[Pair]:
    """Judge these pairs inside a viewer that is entered, and tell where organisations disagree; gives those pairs.

    The caller has made sure that ``by`` sees the reports, and calls ``take_effect`` after the commit.
    """
    may_judge(by)
    if verdict not in Judgement.Verdict.values:
        raise Refused(_("Choose whether they tell of the same crime, of different ones, or whether you cannot say."))
    reason = reason.replace("\0", "").strip()[:LONGEST]
    lefts = [left for left, _right in pairs]
    standing = [
        j for j in Judgement.objects.filter(left__in=lefts, withdrawn_at=None) if (j.left, j.right) in set(pairs)
    ]
    own = [j.pk for j in standing if j.organisation == by.organisation]
    Judgement.objects.filter(pk__in=own).update(withdrawn_at=Now())
    made = Judgement.objects.bulk_create(
        Judgement(left=left, right=right, verdict=verdict, organisation=by.organisation or 0, person=by.person or 0,
                  reason=reason, sample=sample)
        for left, right in pairs
    )  # fmt: skip
    detail = {"verdict": verdict, "replaced": len(own)}
    if len(made) == 1:
        detail |= {"left": made[0].left, "right": made[0].right}
    thing = made[0].pk if len(made) == 1 else ""
    audit.record(by=by, verb="judge", kind="judgement", thing=thing, count=len(made), detail=detail)
    return _tell_disputes(by, [j for j in standing if j.pk not in set(own)], verdict)


def take_effect(left: int, right: int, recalled: Mapping[int, int] | None = None) -> None:
    """Let what was judged of two reports, or taken back, change their crimes (``live.apply_judgement``), after the
    commit of the judgement."""
    from hueandcry.linkage.crimes import live  # here: it brings the engine, which most processes do without

    live.apply_judgement(left, right, recalled)


def may_judge(by: Viewer) -> None:
    """Refused unless ``by`` is an analyst of a member in good standing."""
    if not (by.vetted and by.may(*ROLES)):
        raise Refused(_("Analysts of members judge which reports tell of one crime."))


def _tell_disputes(by: Viewer, others: Iterable[Judgement], verdict: str) -> list[Pair]:
    """Where another organisation says the opposite, both are told; neither judgement binds until they agree."""
    against = [j for j in others if verdict in BINDING and j.verdict in BINDING and j.verdict != verdict]
    if against:
        tell(
            kind="judgement",
            title=_("Organisations judge two reports differently"),
            text=_(
                "One says that they tell of the same crime, another that they do not. Neither binds until they agree."
            ),
            link=reverse("linkage:disputes"),
            organisations={by.organisation or 0, *(j.organisation for j in against)},
            roles=ROLES,
        )
    return sorted({(j.left, j.right) for j in against})


def _reports(by: Viewer, references: Sequence[UUID]) -> list[Report]:
    """These reports, in this order; each current, of an incident, and open to ``by``."""
    wanted = list(dict.fromkeys(references))
    found = {r.reference: r for r in Report.objects.filter(reference__in=wanted).defer("account")}
    if len(found) < len(wanted):
        raise Report.DoesNotExist
    if len(wanted) < 2:
        raise Refused(_("It takes two reports to compare."))
    if any(r.state != Report.State.CURRENT or r.kind != Report.Kind.INCIDENT for r in found.values()):
        raise Refused(_("Only current reports of incidents are linked to crimes."))
    if recall.unread(by, [r.pk for r in found.values()]):
        raise Refused(_("One of them has a restriction that you have not read yet. Its page shows it."))
    return [found[reference] for reference in wanted]


def _pair(one: Report, other: Report) -> Pair:
    return (one.pk, other.pk) if one.pk < other.pk else (other.pk, one.pk)
