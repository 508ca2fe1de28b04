"""Writes of assessments: evidence, reviews of it, a country's answer, its standing with treaties; never a stage.

Row-level security decides once more who may (capacity/migrations/0003_assessment.sql): nobody reviews what they or
their own organisation entered, and only a country's own government or law enforcement answers for it.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from uuid import UUID

from django.utils.translation import gettext as _

from hueandcry.audit import actions as audit
from hueandcry.capacity.assessment import treaties
from hueandcry.capacity.assessment.model import OURS, Model, model
from hueandcry.capacity.models import CountryAnswer, EvidenceReview, IndicatorEvidence, TreatyStatus
from hueandcry.exchange.countries import is_code
from hueandcry.exchange.merge import intern
from hueandcry.exchange.text import clean, line
from hueandcry.members.actions import Refused
from hueandcry.members.models import ALLIANCE, LAW_ENFORCEMENT, Organisation
from hueandcry.members.queries import owner_principals
from hueandcry.members.viewer import Viewer, viewer

WRITERS = ("officer", "assessor", "analyst", "administrator")
REVIEWERS = ("assessor",)
ANSWERING = ("government", "law-enforcement")
SHORT, LONG = 300, 4_000  # characters
MOST_AT_ONCE = 2_000  # rows of a file
EARLIEST = date(1980, 1, 1)


@dataclass(frozen=True, slots=True)
class Told:
    """Evidence as somebody tells it. ``closed``: for law enforcement and who told it (TLP:AMBER), else for all."""

    country: str
    indicator: str
    holds: bool
    kind: str
    source: str
    dated: date
    url: str = ""
    quote: str = ""
    closed: bool = False


def months_after(day: date, months: int) -> date:
    """The same day so many months later; the last of the month where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _require(by: Viewer, *roles: str) -> None:
    if not (by.vetted and by.person and by.organisation and by.may(*roles)):
        raise Refused(_("Officers, assessors, analysts and administrators of members in good standing write here."))


def checked(told: Told, held: Model) -> Told:
    """The same with its words cleaned. Raises Refused with what is wrong."""
    indicator = held.indicators.get(told.indicator)
    if not is_code(told.country):
        raise Refused(_("Choose a country."))
    if indicator is None:
        raise Refused(_("There is no indicator “%(id)s” in this model.") % {"id": told.indicator[:40]})
    if told.kind not in indicator.evidence:
        kinds = ", ".join(indicator.evidence)
        raise Refused(_("This kind of evidence cannot show it. It can be: %(kinds)s.") % {"kinds": kinds})
    if not EARLIEST <= told.dated <= datetime.now(UTC).date():
        raise Refused(_("The day that the source speaks of lies in the future, or before 1980."))
    source = line(told.source, SHORT)
    if len(source) < 5:
        raise Refused(_("Name the source so that somebody else finds it."))
    if told.url and not told.url.startswith(("https://", "http://")):
        raise Refused(_("The address of the source begins with https:// or http://."))
    return replace(told, source=source, url=clean(told.url, SHORT).strip(), quote=clean(told.quote, LONG).strip())


def add(*, by: Viewer, told: Told, of: str = OURS) -> UUID:
    """Tell of evidence; gives its reference. It counts once two others have accepted it. Raises Refused."""
    return add_all(by=by, told=[told], of=of)[0]


def add_all(*, by: Viewer, told: Iterable[Told], of: str = OURS) -> list[UUID]:
    """Tell of many at once: all or none. Raises Refused."""
    _require(by, *WRITERS)
    held = model(of)
    rows = [checked(each, held) for each in told]
    if len(rows) > MOST_AT_ONCE:
        raise Refused(_("At most %(most)s at once.") % {"most": MOST_AT_ONCE})
    with viewer(by):
        seen = {closed: _audience(by, closed) for closed in {each.closed for each in rows}}
        made = IndicatorEvidence.objects.bulk_create(_row(by, each, held, seen[each.closed]) for each in rows)
        for country in sorted({each.country for each in rows}):
            count = sum(each.country == country for each in rows)
            audit.record(by=by, verb="add", kind="indicator evidence", count=count, detail={"country": country})
    return [each.reference for each in made]


def _audience(by: Viewer, closed: bool) -> int:
    return intern([LAW_ENFORCEMENT, owner_principals(by).organisation] if closed else [ALLIANCE])


def _row(by: Viewer, told: Told, held: Model, audience: int) -> IndicatorEvidence:
    return IndicatorEvidence(
        model=held.id, country=told.country, indicator=told.indicator, holds=told.holds, kind=told.kind,
        source=told.source, url=told.url, quote=told.quote, dated=told.dated, tlp="AMBER" if told.closed else "GREEN",
        expires=months_after(told.dated, held.indicators[told.indicator].valid),
        audience=audience, organisation=by.organisation or 0, person=by.person or 0,
    )  # fmt: skip


def withdraw(*, by: Viewer, evidence: UUID, why: str) -> None:
    """Take back what one's own organisation told. It stays on record, and in what was known on days before.

    Raises IndicatorEvidence.DoesNotExist, Refused.
    """
    _require(by, *WRITERS)
    reason = clean(why, LONG).strip()
    if not reason:
        raise Refused(_("Say why it is taken back."))
    with viewer(by):
        found = IndicatorEvidence.objects.get(reference=evidence, withdrawn_at=None)
        if found.organisation != by.organisation:
            raise Refused(_("Only the organisation that told it takes it back."))
        changed = IndicatorEvidence.objects.filter(pk=found.pk, withdrawn_at=None)
        changed.update(withdrawn_at=datetime.now(UTC), withdrawn_why=reason)
        audit.record(by=by, verb="withdraw", kind="indicator evidence", thing=found.pk)


def review(*, by: Viewer, evidence: UUID, accepted: bool, reason: str = "") -> None:
    """Say of somebody else's evidence whether it shows what it says; a refusal has a reason. One's newest word counts.

    Raises IndicatorEvidence.DoesNotExist, Refused.
    """
    _require(by, *REVIEWERS)
    words = clean(reason, LONG).strip()
    if not accepted and not words:
        raise Refused(_("Say why you refuse it: who told it can then mend it."))
    with viewer(by):
        found = IndicatorEvidence.objects.get(reference=evidence, withdrawn_at=None)
        if found.organisation == by.organisation or found.person == by.person:
            raise Refused(_("Nobody reviews what they or their own organisation told."))
        EvidenceReview.objects.create(
            evidence=found, audience=found.audience, organisation=by.organisation or 0, person=by.person or 0,
            verdict=EvidenceReview.Verdict.ACCEPTED if accepted else EvidenceReview.Verdict.REFUSED, reason=words,
        )  # fmt: skip
        audit.record(
            by=by, verb="review", kind="indicator evidence", thing=found.pk, detail={"accepted": accepted}
        )  # fmt: skip


def may_answer(by: Viewer, country: str) -> bool:
    """Whether the viewer answers for a country: its own government or law enforcement. Inside a viewer."""
    body = Organisation.objects.filter(pk=by.organisation or 0).first()
    return bool(body and by.vetted and body.country == country and body.kind in ANSWERING and by.may(*WRITERS))


def answer(*, by: Viewer, country: str, aspect: str, text: str, indicator: str = "", of: str = OURS) -> None:
    """A country's own word on what is held of it, shown beside it. Raises Refused."""
    _require(by, *WRITERS)
    held, words = model(of), clean(text, LONG).strip()
    if aspect not in held.aspects or (indicator and indicator not in held.indicators):
        raise Refused(_("There is no such aspect or indicator in this model."))
    if not words:
        raise Refused(_("Write something first."))
    with viewer(by):
        if not may_answer(by, country):
            raise Refused(_("A country is answered for by its own government or law enforcement."))
        made = CountryAnswer.objects.create(
            model=held.id, country=country, aspect=aspect, indicator=indicator, text=words, audience=intern([ALLIANCE]),
            organisation=by.organisation or 0, person=by.person or 0,
        )  # fmt: skip
        audit.record(by=by, verb="answer", kind="country answer", thing=made.pk, detail={"country": country})


def state(
    *, by: Viewer, country: str, treaty: str, status: str, day: date, source: str, provision: str = "", law: str = "",
    note: str = "",
) -> None:  # fmt: skip
    """Say what a country did with a treaty or a provision of it. Raises Refused."""
    _require(by, *WRITERS)
    allowed = treaties.OF_PROVISION if provision else treaties.OF_TREATY
    if not is_code(country) or treaty not in treaties.treaties() or status not in allowed:
        raise Refused(_("Choose a country, a treaty and what was done."))
    if provision and (provision not in treaties.provisions() or treaties.provisions()[provision].treaty != treaty):
        raise Refused(_("There is no such provision in this treaty."))
    if not treaties.treaties()[treaty].opened <= day <= datetime.now(UTC).date() and not provision:
        raise Refused(_("The day lies before the treaty was opened, or in the future."))
    if day > datetime.now(UTC).date() or day < date(1900, 1, 1):
        raise Refused(_("The day lies in the future, or long ago."))
    words = line(source, SHORT)
    if len(words) < 5:
        raise Refused(_("Name the source so that somebody else finds it."))
    if status == "in law" and not law.strip():
        raise Refused(_("Name the act and the article."))
    with viewer(by):
        made = TreatyStatus.objects.create(
            country=country, treaty=treaty, provision=provision, status=status, day=day, source=words,
            law=line(law, SHORT), note=clean(note, LONG).strip(), audience=intern([ALLIANCE]),
            organisation=by.organisation or 0, person=by.person or 0,
        )  # fmt: skip
        audit.record(by=by, verb="add", kind="treaty status", thing=made.pk, detail={"country": country, "of": treaty})


def unstate(*, by: Viewer, status: int) -> None:
    """Take a statement on a treaty back: its maker, or the secretariat. Raises TreatyStatus.DoesNotExist, Refused."""
    _require(by, *WRITERS)
    with viewer(by):
        found = TreatyStatus.objects.get(pk=status, withdrawn_at=None)
        if found.organisation != by.organisation and not by.secretariat:
            raise Refused(_("Whoever said it takes it back, or the secretariat."))
        TreatyStatus.objects.filter(pk=status).update(withdrawn_at=datetime.now(UTC))
        audit.record(by=by, verb="withdraw", kind="treaty status", thing=status)
