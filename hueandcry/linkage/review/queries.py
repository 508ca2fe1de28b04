"""Reads of review: judgements, disputes, rounds and what came of them. The caller has entered the viewer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext as _

from hueandcry.exchange.models import Report
from hueandcry.exchange.statements import named
from hueandcry.linkage.models import Judgement, Model, PairReading, ReviewRound, ReviewStratum, SampledPair
from hueandcry.linkage.review.estimate import Estimate, Readers, Stratum, TooLittleError, estimate, kappa
from hueandcry.linkage.review.reading import UNSURE, Pair, Said, agreement, differed
from hueandcry.members.models import Organisation, Person
from hueandcry.members.viewer import Viewer

SQL = named(Path(__file__).parent / "sql" / "review.sql")
SHOWN = 100  # judgements, disputes, rounds on a page


@dataclass(frozen=True, slots=True)
class Judged:
    """A judgement in force with who made it; ``disputed``: another organisation says the opposite, so none binds."""

    judgement: Judgement
    organisation: str
    own: bool
    disputed: bool


@dataclass(frozen=True, slots=True)
class Dispute:
    """Two reports that organisations judge differently, and what each of them says."""

    left: Report
    right: Report
    at: datetime
    said: list[Judged]


@dataclass(frozen=True, slots=True)
class Row:
    """A stratum with what reading it came to. ``missing``: drawn, and no longer seen by its organisation."""

    stratum: ReviewStratum
    read: int
    wrong: int
    unsure: int
    missing: int


@dataclass(frozen=True, slots=True)
class Result:
    """What a round came to."""

    estimate: Estimate
    rows: list[Row]
    kappa: float | None
    twice: int
    unsure: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a round is read: pairs seen, settled, and those that wait for a second reading or a third."""

    pairs: int
    settled: int
    again: int

    @property
    def left(self) -> int:
        """Pairs that are not settled."""
        return self.pairs - self.settled


def judgements(viewer: Viewer, reports: Sequence[int]) -> list[Judged]:
    """The judgements in force on pairs of these reports, the latest first."""
    held = Judgement.objects.filter(left__in=reports, right__in=reports, withdrawn_at=None)
    return _told(viewer, list(held.order_by("-pk")[:SHOWN]))


def judgements_between(viewer: Viewer, one: int, other: int) -> list[Judged]:
    """The judgements in force on this pair."""
    return judgements(viewer, [one, other])


def disputes(viewer: Viewer) -> list[Dispute]:
    """Pairs that organisations judge differently, as far as the viewer sees both reports."""
    with connection.cursor() as cursor:
        cursor.execute(SQL["disputed"], {"most": SHOWN})
        rows = cursor.fetchall()
    pairs = {(left, right) for left, right, _at in rows}
    ids = {report for pair in pairs for report in pair}
    reports = Report.objects.select_related("organisation").defer("account").in_bulk(ids)
    held = Judgement.objects.filter(left__in=[pair[0] for pair in pairs], withdrawn_at=None).order_by("pk")
    told = _told(viewer, [j for j in held if (j.left, j.right) in pairs])
    return [
        Dispute(reports[left], reports[right], at,
                [t for t in told if (t.judgement.left, t.judgement.right) == (left, right)])
        for left, right, at in rows
    ]  # fmt: skip


def _told(viewer: Viewer, held: list[Judgement]) -> list[Judged]:
    names = dict(Organisation.objects.filter(pk__in={j.organisation for j in held}).values_list("pk", "name"))
    verdicts: dict[tuple[int, int], set[str]] = {}
    for each in held:
        if each.verdict != Judgement.Verdict.UNSURE:
            verdicts.setdefault((each.left, each.right), set()).add(each.verdict)
    return [
        Judged(j, names.get(j.organisation, ""), j.organisation == viewer.organisation,
               len(verdicts.get((j.left, j.right), ())) > 1)
        for j in held
    ]  # fmt: skip


# Rounds


def rounds(viewer: Viewer) -> list[tuple[ReviewRound, str]]:
    """Rounds of the viewer's organisation, and those that others published, the latest first; with who held it."""
    found = list(ReviewRound.objects.order_by("-pk")[:SHOWN])
    names = dict(Organisation.objects.filter(pk__in={r.organisation for r in found}).values_list("pk", "name"))
    return [(each, names.get(each.organisation, "")) for each in found]


def round_of(viewer: Viewer, reference: UUID) -> ReviewRound:
    """A round of one's own organisation, or a published one. Raises ReviewRound.DoesNotExist."""
    return ReviewRound.objects.get(reference=reference)


def own_round(viewer: Viewer, reference: UUID) -> ReviewRound:
    """A round of the viewer's own organisation. Raises ReviewRound.DoesNotExist."""
    return ReviewRound.objects.get(reference=reference, organisation=viewer.organisation or 0)


def readers(viewer: Viewer) -> int:
    """How many analysts of the viewer's organisation can read pairs."""
    held = Q(organisation=viewer.organisation or 0, is_active=True, roles__contains=["analyst"])
    return Person.objects.filter(held).count()


def stand(round_: ReviewRound, pair: SampledPair, readings: Iterable[PairReading]) -> Pair:
    """How far a pair is read; its stratum is at hand."""
    said = tuple(Said(reading.person, reading.verdict) for reading in readings)
    return Pair(pair.stratum.linked, pair.twice, round_.share > 0, said)


def stands(round_: ReviewRound) -> list[tuple[SampledPair, Pair]]:
    """All pairs of a round that the viewer still sees, in the order of reading."""
    pairs = list(SampledPair.objects.filter(round=round_).select_related("stratum").order_by("place"))
    said: dict[int, list[PairReading]] = {}
    for reading in PairReading.objects.filter(pair__round=round_).order_by("number"):
        said.setdefault(reading.pair_id, []).append(reading)
    return [(pair, stand(round_, pair, said.get(pair.pk, ()))) for pair in pairs]


def next_pair(
    viewer: Viewer, held: Sequence[tuple[SampledPair, Pair]], readers: int, *, after: int = 0
) -> tuple[SampledPair, Pair] | None:
    """The next pair that waits for this person, from ``after`` on and then from the beginning."""
    waiting = [(pair, state) for pair, state in held if state.waits_for(viewer.person or 0, readers)]
    return next((each for each in waiting if each[0].place > after), waiting[0] if waiting else None)


def progress(held: Sequence[tuple[SampledPair, Pair]]) -> Progress:
    """How far these are read."""
    settled = sum(bool(state.verdict) for _pair, state in held)
    again = sum(bool(state.readings) and not state.verdict for _pair, state in held)
    return Progress(len(held), settled, again)


def rows(round_: ReviewRound, held: Sequence[tuple[SampledPair, Pair]]) -> list[Row]:
    """Each stratum of a round with what its readings came to."""
    made = []
    for stratum in ReviewStratum.objects.filter(round=round_).order_by("number"):
        states = [state for pair, state in held if pair.stratum_id == stratum.pk]
        told = [state.wrong for state in states if state.wrong is not None]
        unsure = sum(state.verdict == UNSURE for state in states)
        made.append(Row(stratum, len(told), sum(told), unsure, stratum.drawn - len(states)))
    return made


def result(viewer: Viewer, round_: ReviewRound) -> Result:
    """What a round of one's own came to. Raises TooLittleError where the readings do not carry an estimate."""
    return result_of(round_, stands(round_))


def result_of(round_: ReviewRound, held: Sequence[tuple[SampledPair, Pair]]) -> Result:
    """The estimate of these readings. What is open or unsure counts as not drawn; but while a pair waits for its second
    reading there is none, for those speak against linkage more often than others. Raises TooLittleError."""
    if progress(held).again:
        raise TooLittleError("again")
    table = agreement(state for _pair, state in held)
    told, opposite = differed(table)
    parts = rows(round_, held)
    strata = [Stratum(row.stratum.linked, row.stratum.pairs, row.read, row.wrong) for row in parts]
    found = estimate(strata, Readers(told, opposite, round_.share))
    return Result(found, parts, kappa(table), sum(map(sum, table)), sum(row.unsure for row in parts))


def why_not(error: TooLittleError) -> str:
    """Why there is no estimate, in words."""
    return {
        "few": _("Too few pairs are read: an estimate needs 100 of them at least."),
        "stratum": _("Of some kinds of pairs too few are read: it takes 10 of each at least."),
        "nothing-linked": _("No pair in it is linked."),
        "again": _("Pairs wait for a second reading, or a third."),
    }[error.why]


def as_figures(result: Result) -> dict[str, Any]:
    """A result as it is kept: numbers alone."""
    strata = [
        {"linked": r.stratum.linked, "low": r.stratum.low, "high": r.stratum.high, "through": r.stratum.through,
         "pairs": r.stratum.pairs, "read": r.read, "wrong": r.wrong, "unsure": r.unsure, "missing": r.missing}
        for r in result.rows
    ]  # fmt: skip
    return {
        **{name: list(value) if isinstance(value, tuple) else value for name, value in asdict(result.estimate).items()},
        "strata": strata, "kappa": result.kappa, "twice": result.twice, "unsure": result.unsure,
    }  # fmt: skip


# Models


def models(viewer: Viewer) -> list[Model]:
    """Models that reports were compared by, the latest first."""
    return list(Model.objects.order_by("-pk")[:20])
