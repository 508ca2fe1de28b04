"""What the demonstration's bank and police have said of pairs of reports: judgements of their own, one of them
disputed, and a clerical review that is read in part.

They know no truth: they judge by what two reports say of reference, amount, days and country, as a reader of the page
would, and cannot always tell.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from itertools import combinations, pairwise
from uuid import UUID

from hueandcry.exchange.models import Report
from hueandcry.linkage.crimes import queries as crimes
from hueandcry.linkage.crimes.shown import Wanted
from hueandcry.linkage.models import Judgement, PairReading, ReviewRound
from hueandcry.linkage.review import actions, actions_round, queries
from hueandcry.linkage.review.reading import DIFFERENT, SAME, UNSURE
from hueandcry.members.actions import Refused
from hueandcry.members.models import Person
from hueandcry.members.viewer import Viewer, identify, viewer

BANK = {SAME: 5, DIFFERENT: 2, UNSURE: 1}  # pairs of each verdict that it has judged
POLICE = {SAME: 3, DIFFERENT: 3, UNSURE: 1}
LOOKED_AT = 80  # crimes whose reports are compared for this
DRAWN = 200  # pairs of the review
READ = 40  # of them by the police's analyst
READ_AGAIN = 8  # by a colleague
CLOSE = 3  # days between two dates of one crime
STRICTER = 1  # as the colleague has it, who therefore cannot tell more often
FAR = 10  # days between two dates that are not of one crime
APART = 0.2  # by how much of the larger two amounts differ that are not of one payment

Pair = tuple[Report, Report]


def live(bank: Viewer, police: Viewer) -> None:
    """Let both judge, disagree about one pair, and the police read a part of its review."""
    for by, wanted in ((bank, BANK), (police, POLICE)):
        _judge(by, wanted)
    _dispute(bank, police)
    _review(police)


def verdict(left: Report, right: Report, *, close: int = CLOSE) -> tuple[str, str]:
    """What two reports look like to who reads them, and why: the verdict and its reason. ``close``: how many days this
    reader takes for one date told twice."""
    days = abs((_day(left) - _day(right)).days)
    here, there = set(left.victim_countries), set(right.victim_countries)
    areas = {area for area in (left.victim_area, right.victim_area) if area}
    one, other = sorted((left.loss_amount or 0, right.loss_amount or 0))
    known = bool(one) and left.loss_currency == right.loss_currency
    if left.victim_reference and left.victim_reference == right.victim_reference:
        return SAME, "Both give the same reference of the victim."
    if here and there and not here & there:
        return DIFFERENT, f"The victims are in different countries: {_listed(here)} and {_listed(there)}."
    if days > FAR:
        return DIFFERENT, f"What they tell of happened {days} days apart."
    if known and one == other and days <= close:
        return SAME, f"Both name {one:,} {left.loss_currency}, and the days are {days} apart."
    if len(areas) == 1 and left.victim_area == right.victim_area and here & there and days <= close:
        return SAME, f"Both victims are in the postal area {_listed(areas)}, and the days are {days} apart."
    if known and one < (1 - APART) * float(other) and days > close:
        return DIFFERENT, f"One names {one:,} {left.loss_currency}, the other {other:,}, and the days do not fit."
    if len(areas) == 2 and days > close:
        return DIFFERENT, f"The victims are in the postal areas {_listed(areas)}, and the days are {days} apart."
    return UNSURE, "Days and country would fit. Nothing that only one crime could have is in both."


def _day(report: Report) -> date:
    return (report.occurred_from or report.reported_at).date()


def _listed(codes: set[str]) -> str:
    return ", ".join(sorted(codes))


def _judge(by: Viewer, wanted: Mapping[str, int]) -> None:
    """Judge so many pairs of each verdict, once: judging changes which pairs stand next to each other."""
    with viewer(by):
        if Judgement.objects.filter(organisation=by.organisation or 0).exists():
            return
        have: Counter[str] = Counter()
        found = []
        for left, right in _pairs(by):
            said, why = verdict(left, right)
            if have[said] < wanted[said]:
                have[said] += 1
                found.append((left.reference, right.reference, said, why))
    for one, other, said, why in found:
        actions.judge(by=by, left=one, right=other, verdict=said, reason=why)


def _pairs(by: Viewer) -> Iterator[Pair]:
    """Pairs that somebody would look at: of one crime and two organisations, then of crimes next to each other."""
    page = crimes.crimes(by, Wanted(least=2, several=True), most=LOOKED_AT).crimes
    open_ = crimes.open_reports(by, [one.id for line in page for one in line.reports])
    held = {one.pk: one for one in Report.objects.filter(pk__in=open_, kind=Report.Kind.INCIDENT).defer("account")}
    groups = [[held[one.id] for one in line.reports if one.id in held] for line in page]
    groups = [group for group in groups if group]
    for group in groups:
        yield from (pair for pair in combinations(group, 2) if pair[0].organisation_id != pair[1].organisation_id)
    for group, following in pairwise(groups):
        yield group[0], following[0]


def _dispute(bank: Viewer, police: Viewer) -> None:
    """One pair of which the bank says that it is one crime, and the police that it is two."""
    with viewer(bank):
        if queries.disputes(bank):
            return
        pairs = [pair for pair in _pairs(bank) if verdict(*pair)[0] == UNSURE]
    with viewer(police):
        seen = set(crimes.open_reports(police, [one.pk for pair in pairs for one in pair]))
    both = next((pair for pair in pairs if {pair[0].pk, pair[1].pk} <= seen), None)
    if both is None:
        return
    left, right = both[0].reference, both[1].reference
    why = "We take both for the same customer: the days fit, and so does the way it was done."
    actions.judge(by=bank, left=left, right=right, verdict=SAME, reason=why)
    why = "Two victims, in our view: nothing here names the same person or the same payment. Please show us why not."
    actions.judge(by=police, left=left, right=right, verdict=DIFFERENT, reason=why)


def _review(by: Viewer) -> None:
    """A round of the police's own: its analyst has read a part of it, and a colleague some of what needs a second."""
    with viewer(by):
        held = ReviewRound.objects.filter(organisation=by.organisation or 0).order_by("pk").first()
        others = Person.objects.filter(
            organisation=by.organisation or 0, is_active=True, roles__contains=["analyst"]
        ).exclude(pk=by.person or 0)
        colleague = others.order_by("pk").values_list("pk", flat=True).first()
    try:
        round_ = held.reference if held else actions_round.draw(by=by, wanted=DRAWN)
    except Refused:  # nothing is linked that it sees: a world of a few reports
        return
    _read(by, round_, READ, again=False)
    if colleague is not None:
        _read(identify(colleague, channel="web"), round_, READ_AGAIN, again=True)


def _read(by: Viewer, round_: UUID, most: int, *, again: bool) -> None:
    """Read pairs in the order of the round, until this person has read so many; ``again``: those read once."""
    with viewer(by):
        found = queries.own_round(by, round_)
        if found.closed_at is not None:
            return
        readers = queries.readers(by)
        waiting = [
            pair for pair, state in queries.stands(found)
            if bool(state.readings) == again and state.waits_for(by.person or 0, readers)
        ]  # fmt: skip
        done = PairReading.objects.filter(pair__round=found, person=by.person or 0).count()
        waiting = waiting[: max(0, most - done)]
        reports = {
            one.pk: one
            for one in Report.objects.filter(pk__in=[n for p in waiting for n in (p.left, p.right)]).defer("account")
        }
    for pair in waiting:
        said, why = verdict(reports[pair.left], reports[pair.right], close=STRICTER if again else CLOSE)
        actions_round.read(by=by, round_=round_, place=pair.place, verdict=said, reason=why)
