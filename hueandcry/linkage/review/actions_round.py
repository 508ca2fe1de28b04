"""Writes of clerical review: drawing a sample of pairs, reading them, closing a round."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

import numpy as np
from django.db import connection
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from hueandcry.audit import actions as audit
from hueandcry.linkage.crimes import estimates
from hueandcry.linkage.linker import linker
from hueandcry.linkage.matching import lane
from hueandcry.linkage.matching.model import Model
from hueandcry.linkage.matching.settings import Settings
from hueandcry.linkage.models import Judgement, PairReading, ReviewRound, ReviewStratum, SampledPair
from hueandcry.linkage.review import actions, drawing, queries
from hueandcry.linkage.review.estimate import TooLittleError
from hueandcry.linkage.review.reading import Pair, Said
from hueandcry.members.actions import Refused
from hueandcry.members.viewer import Viewer, viewer

if TYPE_CHECKING:
    import pyarrow as pa

MOST_REPORTS = 30_000  # the latest; pairs of more would take minutes to score
SIZES = (200, 300, 500, 1_000)  # pairs in a round
SHARE = 0.2  # of pairs that two read whatever the first says
MEMORY_MIB = 1_024


@dataclass(frozen=True, slots=True)
class _Pool:
    """What a viewer's pairs are made of: its reports with the crime of each, pairs judged before, older reports."""

    reports: drawing.Ints
    crimes: drawing.Ints
    judged: tuple[drawing.Ints, drawing.Ints]
    older: int
    readers: int


def draw(*, by: Viewer, wanted: int = 300) -> UUID:
    """Draw a new round of about ``wanted`` pairs out of what ``by`` may see; gives its reference. Outside any viewer.

    Raises Refused: an open round is there, or no pair is. It takes seconds: all pairs are scored, over looser rules.
    """
    actions.may_judge(by)
    if wanted not in SIZES:
        raise Refused(_("Choose how many pairs to read."))
    pool = _pool(by)
    number, settings, model, facts = _facts(pool.reports)
    seed = secrets.randbits(31)
    rng = np.random.default_rng(seed)
    threshold = model.claims_from(settings)
    least = threshold - drawing.STEPS_DOWN[-1]
    candidates = lane.run(_scored, facts, settings, model, pool, least)
    drawn = drawing.draw(candidates.without(*pool.judged), threshold, wanted, rng)
    if not any(stratum.band.linked for stratum in drawn):
        raise Refused(_("No two reports that you see are linked to one crime, so there is nothing to read yet."))
    share = SHARE if pool.readers > 1 else 0.0
    with viewer(by):
        made = ReviewRound.objects.create(
            organisation=by.organisation or 0, person=by.person or 0, model=number, seed=seed,
            reports=len(pool.reports), share=share,
            left_out={"older": pool.older, "judged": len(pool.judged[0])},
        )  # fmt: skip
        count = _keep(made, drawn, share, rng)
        audit.record(by=by, verb="draw", kind="review round", thing=made.pk, count=count)
    return made.reference


def read(*, by: Viewer, round_: UUID, place: int, verdict: str, reason: str = "") -> None:
    """Say what a sampled pair is, as its next reader. Once its readings come to a verdict, this is judged and binds.

    Raises ReviewRound.DoesNotExist and SampledPair.DoesNotExist where it is not there or no longer to be seen; Refused.
    """
    actions.may_judge(by)
    if verdict not in Judgement.Verdict.values:
        raise Refused(_("Choose whether they tell of the same crime, of different ones, or whether you cannot say."))
    with viewer(by):
        round_of = queries.own_round(by, round_)
        if round_of.closed_at is not None:
            raise Refused(_("This review is closed."))
        with connection.cursor() as cursor:  # two who read one pair at the same moment are first and second
            cursor.execute("SELECT pg_advisory_xact_lock(7304, %s)", [round_of.pk % 2**31])
        pair = SampledPair.objects.select_related("stratum").get(round=round_of, place=place)
        before = queries.stand(round_of, pair, list(PairReading.objects.filter(pair=pair).order_by("number")))
        if not before.waits_for(by.person or 0, queries.readers(by)):
            raise Refused(_("This pair does not wait for you: you have read it, or it is settled."))
        words = reason.replace("\0", "").strip()[: actions.LONGEST]
        PairReading.objects.create(
            pair=pair, number=len(before.readings) + 1, person=by.person or 0, verdict=verdict, reason=words
        )
        detail = {"round": round_of.pk, "verdict": verdict}
        audit.record(by=by, verb="judge", kind="sampled pair", thing=pair.pk, detail=detail)
        after = Pair(before.linked, before.twice, before.several, (*before.readings, Said(by.person or 0, verdict)))
        if after.verdict:
            actions.put(by, [(pair.left, pair.right)], after.verdict, words, sample=pair.pk)
    if after.verdict:
        actions.take_effect(pair.left, pair.right)


def close(*, by: Viewer, round_: UUID, publish: bool) -> None:
    """End a round and keep what came of it; with ``publish`` all members may read it. Raises Refused where it carries
    no estimate, or where pairs wait for a second reading: they are those that speak against linkage."""
    actions.may_judge(by)
    with viewer(by):
        found = queries.own_round(by, round_)
        if found.closed_at is not None:
            raise Refused(_("This review is closed."))
        try:
            result = queries.result(by, found)
        except TooLittleError as error:
            raise Refused(queries.why_not(error)) from error
        ReviewRound.objects.filter(pk=found.pk).update(
            closed_at=Now(), published_at=Now() if publish else None, figures=queries.as_figures(result)
        )
        audit.record(by=by, verb="close", kind="review round", thing=found.pk, detail={"published": publish})


def _pool(by: Viewer) -> _Pool:
    with viewer(by), connection.cursor() as cursor:
        if ReviewRound.objects.filter(organisation=by.organisation or 0, closed_at=None).exists():
            raise Refused(_("One review is open already. Read it to its end, or close it."))
        cursor.execute(queries.SQL["pool"], {"most": MOST_REPORTS})
        rows = cursor.fetchall()
        cursor.execute(queries.SQL["judged"])
        judged = cursor.fetchall()
        cursor.execute(queries.SQL["older"], {"most": MOST_REPORTS})
        older = int(cursor.fetchone()[0])
        readers = queries.readers(by)
        audit.record(by=by, verb="search", kind="report", count=len(rows), detail={"for": "review"})
    reports, crimes = _columns(rows)
    left, right = _columns(judged)
    inside = np.isin(left, reports) & np.isin(right, reports)
    return _Pool(reports, crimes, (left[inside], right[inside]), older, readers)


def _columns(rows: list[Any]) -> tuple[drawing.Ints, drawing.Ints]:
    table = np.array(rows, dtype=np.int64).reshape(-1, 2)
    return table[:, 0], table[:, 1]


def _facts(reports: drawing.Ints) -> tuple[int, Settings, Model, pa.Table]:
    """The model in use, its settings, and the facts of these reports."""
    from hueandcry.linkage.crimes import live  # here: it brings the engine, which most processes do without

    with linker() as cursor:
        return *estimates.in_use(cursor), live.rows(cursor, reports.tolist())


def _scored(facts: pa.Table, settings: Settings, model: Model, pool: _Pool, least: float) -> drawing.Candidates:
    """Every pair that looser rules propose, with its weight, and every linked one. How rare a value is, is counted
    among these facts."""
    from hueandcry.linkage.matching.engine import Duck
    from hueandcry.linkage.matching.prepared import prepare

    table = prepare(facts, memory_mib=MEMORY_MIB)
    wide = drawing.looser(settings)
    found = Duck(memory_mib=MEMORY_MIB).pairs(table, wide, model, least=-1_000.0) if table.num_rows > 1 else None
    proposed: Any = (np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0))
    if found is not None:
        proposed = tuple(found[name].to_numpy() for name in ("id_l", "id_r", "match_weight"))
    held = np.isin(pool.reports, table["report"].to_numpy())  # one without a fact came in just now
    return drawing.Candidates.of(proposed, pool.reports[held], pool.crimes[held], least)


def _keep(made: ReviewRound, drawn: list[drawing.Drawn], share: float, rng: np.random.Generator) -> int:
    strata = ReviewStratum.objects.bulk_create(
        ReviewStratum(
            round=made, number=number, linked=one.band.linked, low=one.band.low, high=one.band.high,
            through=one.band.through, pairs=one.pairs, drawn=len(one.left),
        )
        for number, one in enumerate(drawn)
    )  # fmt: skip
    order, twice = drawing.spread([len(one.left) for one in drawn], share, rng)
    pairs = [
        (stratum, left, right)
        for stratum, one in zip(strata, drawn, strict=True)
        for left, right in zip(one.left.tolist(), one.right.tolist(), strict=True)
    ]
    SampledPair.objects.bulk_create(
        SampledPair(round=made, stratum=stratum, place=int(at) + 1, left=left, right=right, twice=bool(two))
        for (stratum, left, right), at, two in zip(pairs, order, twice, strict=True)
    )
    return len(pairs)
