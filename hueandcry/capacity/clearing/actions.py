"""Writes of the clearing house: a call and its places, offers, whom the asker chooses, what came of it.

Row-level security and two triggers decide once more (capacity/migrations/0005_clearing.sql): who is chosen has a
standing offer, no conflict of interest and time, whoever writes and however.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.db.models import Max
from django.urls import reverse
from django.utils.translation import gettext as _

from hueandcry.audit import actions as audit
from hueandcry.capacity.assessment.model import model
from hueandcry.capacity.clearing import life, queries
from hueandcry.capacity.clearing.matching import CONFLICT, stands_against
from hueandcry.capacity.clearing.words import said
from hueandcry.capacity.models import Assignment, Call, Invitation, Offer, Place, Resource
from hueandcry.capacity.register.drafts import LEVELS
from hueandcry.capacity.register.state import STANDING
from hueandcry.exchange.countries import is_code
from hueandcry.exchange.merge import intern
from hueandcry.exchange.text import clean, line
from hueandcry.members.actions import Refused
from hueandcry.members.models import ALLIANCE, LAW_ENFORCEMENT, Organisation
from hueandcry.members.viewer import Viewer, viewer
from hueandcry.notices.actions import tell

ROLES = ("officer", "analyst", "administrator")
SHORT, LONG = 300, 4_000  # characters
MOST_PLACES = 40
LONGEST = timedelta(days=3 * 366)  # from today to the end of a place


@dataclass(frozen=True, slots=True)
class Asked:
    """What a call says. ``parties``: names of others concerned, for conflicts of interest; ``closed``: for law
    enforcement and who asks alone."""

    country: str
    title: str
    about: str = ""
    aspects: Sequence[str] = ()
    parties: Sequence[str] = ()
    answer_by: date | None = None
    closed: bool = False


@dataclass(frozen=True, slots=True)
class PlaceAsked:
    """A place, ``times`` over. ``languages``: ISO 639-1 -> least CEFR level."""

    starts: date
    ends: date
    kind: str = "expert"
    skills: Sequence[str] = ()
    useful: Sequence[str] = ()
    languages: Mapping[str, str] = field(default_factory=dict)
    any_language: bool = False
    from_elsewhere: bool = True
    times: int = 1


def _require(by: Viewer) -> None:
    if not (by.vetted and by.person and by.organisation and by.may(*ROLES)):
        raise Refused(_("Officers, analysts and administrators of members in good standing ask and offer here."))


def _words(told: Sequence[str], *, most: int = 20) -> list[str]:
    found = dict.fromkeys(line(each, SHORT) for each in told)
    return [each for each in found if each][:most]


def _values(asked: Asked) -> dict[str, object]:
    title = line(asked.title, SHORT)
    if not is_code(asked.country):
        raise Refused(_("Choose a country."))
    if len(title) < 5:
        raise Refused(_("Say in a line what is asked for."))
    if unknown := set(asked.aspects) - set(model().aspects):
        raise Refused(_("There is no aspect “%(word)s”.") % {"word": sorted(unknown)[0][:40]})
    if asked.answer_by and asked.answer_by < datetime.now(UTC).date():
        raise Refused(_("The day until which offers are awaited lies in the past."))
    return {"country": asked.country, "title": title, "about": clean(asked.about, LONG).strip(),
            "aspects": sorted(set(asked.aspects)), "parties": _words(asked.parties), "answer_by": asked.answer_by,
            "closed": asked.closed}  # fmt: skip


def draft(*, by: Viewer, asked: Asked) -> UUID:
    """Begin a call that one's own organisation alone sees; gives its reference. Raises Refused."""
    _require(by)
    values = _values(asked)
    with viewer(by):
        made = Call.objects.create(**values, audience=intern([_principal(by.organisation or 0)]),
                                   organisation=by.organisation or 0, person=by.person or 0)  # fmt: skip
        audit.record(by=by, verb="draft", kind="call", thing=made.pk, detail={"country": made.country})
    return made.reference


def edit(*, by: Viewer, call: UUID, asked: Asked) -> None:
    """Change a draft. Raises Call.DoesNotExist, Refused."""
    _require(by)
    values = _values(asked)
    with viewer(by):
        found = _own(by, call, "draft")
        Call.objects.filter(pk=found.pk).update(**values)
        audit.record(by=by, verb="edit", kind="call", thing=found.pk)


def _principal(organisation: int) -> int:
    return Organisation.objects.values_list("principal_id", flat=True).get(pk=organisation)


def _between(one: int, other: int) -> int:
    return intern(list(Organisation.objects.filter(pk__in=[one, other]).values_list("principal_id", flat=True)))


def _own(by: Viewer, call: UUID, *states: str) -> Call:
    found = Call.objects.get(reference=call)
    if found.organisation != by.organisation:
        raise Refused(_("Only who asks does this."))
    if found.state not in states:
        raise Refused(_("The call is %(state)s: this cannot be done any more, or not yet.")
                      % {"state": found.get_state_display()})  # fmt: skip
    return found


def add_places(*, by: Viewer, call: UUID, asked: PlaceAsked) -> None:
    """Add places to a draft. Raises Call.DoesNotExist, Refused."""
    _require(by)
    today = datetime.now(UTC).date()
    if asked.ends < asked.starts or asked.starts < today or asked.ends > today + LONGEST:
        raise Refused(_("The days do not fit: from today on, at most three years ahead, the first before the last."))
    if asked.kind not in Place.Kind.values or not 1 <= asked.times <= MOST_PLACES:
        raise Refused(_("Choose an expert or a course, and from 1 to %(most)s places.") % {"most": MOST_PLACES})
    if any(level not in LEVELS for level in asked.languages.values()):
        raise Refused(_("A language is asked for at a level: A1 to C2, or native."))
    with viewer(by):
        found = _own(by, call, "draft")
        held = Place.objects.filter(call=found)
        if held.count() + asked.times > MOST_PLACES:
            raise Refused(_("A call has at most %(most)s places.") % {"most": MOST_PLACES})
        last = held.aggregate(last=Max("number"))["last"] or 0
        Place.objects.bulk_create(
            Place(call=found, number=last + 1 + n, kind=asked.kind, skills=_words(asked.skills),
                  useful=_words(asked.useful), languages=dict(asked.languages), any_language=asked.any_language,
                  starts=asked.starts, ends=asked.ends, from_elsewhere=asked.from_elsewhere)
            for n in range(asked.times)
        )  # fmt: skip
        audit.record(by=by, verb="add places", kind="call", thing=found.pk, count=asked.times)


def drop_place(*, by: Viewer, call: UUID, number: int) -> None:
    """Take a place out of a draft. Raises Call.DoesNotExist, Refused."""
    _require(by)
    with viewer(by):
        found = _own(by, call, "draft")
        Place.objects.filter(call=found, number=number).delete()
        audit.record(by=by, verb="drop place", kind="call", thing=found.pk, detail={"number": number})


def open_call(*, by: Viewer, call: UUID) -> None:
    """Show a draft to those who may offer. What is asked does not change from here on. Raises Refused."""
    _require(by)
    with viewer(by):
        found = _own(by, call, "draft")
        if not Place.objects.filter(call=found).exists():
            raise Refused(_("Add at least one place first: who is wanted, when."))
        seen = [LAW_ENFORCEMENT, _principal(found.organisation)] if found.closed else [ALLIANCE]
        _move(by, found, "open", audience=intern(seen), opened_at=datetime.now(UTC))


def agree(*, by: Viewer, call: UUID) -> None:
    """Close a call to offers: those confirmed are agreed. Raises Refused."""
    _require(by)
    with viewer(by):
        found = _own(by, call, "open")
        states = set(Assignment.objects.filter(call=found).values_list("state", flat=True))
        if "chosen" in states:
            raise Refused(_("Somebody chosen has not been confirmed yet."))
        if "confirmed" not in states:
            raise Refused(_("Nobody is confirmed yet."))
        _move(by, found, "agreed")


def reopen(*, by: Viewer, call: UUID) -> None:
    """Await offers again, where somebody fell out. Raises Refused."""
    _require(by)
    with viewer(by):
        _move(by, _own(by, call, "agreed"), "open")


def finish(*, by: Viewer, call: UUID, outcome: str) -> None:
    """Say what came of the whole. Raises Refused."""
    _require(by)
    words = clean(outcome, LONG).strip()
    if not words:
        raise Refused(_("Say what came of it: others learn from it."))
    with viewer(by):
        found = _own(by, call, "agreed")
        if Assignment.objects.filter(call=found, state__in=life.UNDER_WAY).exists():
            raise Refused(_("First say of each who was confirmed whether it took place."))
        _move(by, found, "done", outcome=words, ended_at=datetime.now(UTC))


def withdraw(*, by: Viewer, call: UUID) -> None:
    """Take a call back; whoever offered is told. Raises Refused."""
    _require(by)
    with viewer(by):
        found = _own(by, call, "draft", "open", "agreed")
        offering = list(Offer.objects.filter(call=found, withdrawn_at=None).values_list("organisation", flat=True))
        _move(by, found, "withdrawn", ended_at=datetime.now(UTC))
        _tell(_("A call to which you offered is withdrawn"), found, offering)


def _move(by: Viewer, found: Call, state: str, **values: object) -> None:
    assert (found.state, state) in life.CALL  # noqa: S101 - each action names the states it starts from
    Call.objects.filter(pk=found.pk).update(state=state, **values)
    audit.record(by=by, verb=state, kind="call", thing=found.pk)


def _tell(title: str, call: Call, organisations: Sequence[int]) -> None:
    if organisations:
        link = reverse("capacity:call", args=[call.reference])
        tell(kind="call", title=title, link=link, organisations=organisations, roles=ROLES)


def invite(*, by: Viewer, call: UUID, resource: UUID) -> None:
    """Ask who keeps an expert or course of the register to offer it. Raises Refused, DoesNotExist."""
    _require(by)
    with viewer(by):
        found = _own(by, call, "open")
        wanted = Resource.objects.get(reference=resource, kind__in=Place.Kind.values)
        if wanted.organisation == by.organisation:
            raise Refused(_("It is your own organisation's: a call is for others'."))
        __, made = Invitation.objects.get_or_create(
            call=found, resource=wanted.pk,
            defaults={"audience": _between(found.organisation, wanted.organisation),
                      "organisation": by.organisation or 0, "person": by.person or 0},
        )  # fmt: skip
        if made:
            _tell(_("Somebody asks you to offer an expert or a course"), found, [wanted.organisation])
            audit.record(by=by, verb="invite", kind="call", thing=found.pk, detail={"resource": wanted.pk})


def offer(*, by: Viewer, call: UUID, resource: UUID, no_conflict: bool, note: str = "") -> None:
    """Offer one's own expert or course. Raises Refused, DoesNotExist."""
    _require(by)
    if not no_conflict:
        raise Refused(
            _("Whoever has a conflict of interest with who asks, the country or the others named is not sent.")
        )
    with viewer(by):
        found = Call.objects.get(reference=call)
        if found.state != "open" or found.organisation == by.organisation:
            raise Refused(_("Offers are made to open calls of others."))
        wanted = Resource.objects.get(reference=resource, organisation=by.organisation or 0)
        if wanted.kind not in Place.Kind.values or wanted.state not in STANDING:
            raise Refused(_("Experts and courses that are listed in the register are offered."))
        if not _asker_sees(found, wanted):
            raise Refused(
                _("This expert has not agreed to be shown to the organisation that asks. Widen the consent first.")
            )
        if Offer.objects.filter(call=found, resource=wanted.pk, withdrawn_at=None).exists():
            raise Refused(_("This is offered already."))
        made = Offer.objects.create(
            call=found, audience=_between(found.organisation, by.organisation or 0), resource=wanted.pk,
            organisation=by.organisation or 0, person=by.person or 0, no_conflict=True, note=clean(note, LONG).strip(),
        )  # fmt: skip
        _tell(_("An offer to your call"), found, [found.organisation])
        audit.record(by=by, verb="offer", kind="call", thing=found.pk, detail={"offer": made.pk, "resource": wanted.pk})


def _asker_sees(call: Call, resource: Resource) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT hueandcry_asker_sees(%s, %s)", [call.pk, resource.pk])
        return bool(cursor.fetchone()[0])


def withdraw_offer(*, by: Viewer, offer: int) -> None:
    """Take an offer back that nobody was chosen of. Raises Refused, Offer.DoesNotExist."""
    _require(by)
    with viewer(by):
        found = Offer.objects.select_related("call").get(pk=offer, withdrawn_at=None)
        if found.organisation != by.organisation:
            raise Refused(_("Who offers takes an offer back."))
        if Assignment.objects.filter(offer=found, state__in=life.UNDER_WAY).exists():
            raise Refused(_("They are chosen: decline the choice first."))
        Offer.objects.filter(pk=found.pk).update(withdrawn_at=datetime.now(UTC))
        _tell(_("An offer to your call is taken back"), found.call, [found.call.organisation])
        audit.record(by=by, verb="withdraw offer", kind="call", thing=found.call_id, detail={"offer": found.pk})


def choose(*, by: Viewer, call: UUID, place: int, offer: int, differs: str = "") -> None:
    """Choose who fills a place, out of the standing offers. Where matching refuses them for anything but a conflict of
    interest, ``differs`` says why they are chosen nevertheless; with a conflict nobody is.

    Raises Refused, DoesNotExist."""
    _require(by)
    with viewer(by):
        found = _own(by, call, "open")
        wanted = Place.objects.get(call=found, number=place)
        offered = Offer.objects.get(pk=offer, call=found, withdrawn_at=None)
        held = queries.candidates(by, [offered.resource])
        if not held:
            raise Refused(_("The expert has taken consent back."))
        against = stands_against(queries.wanted(found, wanted), held[0])
        if any(each.word == CONFLICT for each in against):
            raise Refused(_("Who has a conflict of interest is not sent: %(why)s.") % {"why": said(against[0])})
        reason = clean(differs, LONG).strip()
        if against and not reason:
            why = "; ".join(said(each) for each in against)
            raise Refused(_("Say why you choose them though: %(why)s.") % {"why": why})
        try:
            with transaction.atomic():
                made = Assignment.objects.create(
                    call=found, place=wanted, offer=offered, audience=offered.audience, resource=offered.resource,
                    organisation=by.organisation or 0, provider=offered.organisation, person=by.person or 0,
                    reasons=[[each.word, each.about] for each in against], differs=reason,
                )  # fmt: skip
        except IntegrityError:
            raise Refused(_("The place is taken.")) from None
        except ProgrammingError as error:  # between reading and writing somebody else chose them, or they declared
            raise Refused(str(error).splitlines()[0]) from None
        _tell(_("Somebody whom you offered is chosen: confirm or decline"), found, [offered.organisation])
        audit.record(by=by, verb="choose", kind="call", thing=found.pk, detail={"place": place, "assignment": made.pk})


def move(*, by: Viewer, assignment: int, state: str, days: int | None = None, outcome: str = "",
         rating: int | None = None) -> None:  # fmt: skip
    """Confirm or decline, by who sends; take a choice back or say what came of it, by who asks.

    Raises Refused, Assignment.DoesNotExist."""
    _require(by)
    with viewer(by):
        found = Assignment.objects.select_related("call", "place").get(pk=assignment)
        side = "provider" if found.provider == by.organisation else "asker"
        if (side, found.state, state) not in life.ASSIGNMENT or found.call.state not in ("open", "agreed"):
            raise Refused(_("This cannot be done any more, or is the other side's to do."))
        values: dict[str, object] = {"state": state, "answered_at": datetime.now(UTC)}
        if state in ("done", "failed"):
            values = {"state": state} | _came(state, days, clean(outcome, LONG).strip(), rating)
        Assignment.objects.filter(pk=found.pk).update(**values)
        other = found.organisation if side == "provider" else found.provider
        _tell(_("News of a call that you take part in"), found.call, [other])
        audit.record(by=by, verb=state, kind="call", thing=found.call_id, detail={"assignment": found.pk})


def _came(state: str, days: int | None, outcome: str, rating: int | None) -> dict[str, object]:
    if not outcome:
        raise Refused(_("Say in a sentence what came of it."))
    if state == "done" and not (days and 1 <= days <= 1_000 and rating and 1 <= rating <= 5):
        raise Refused(_("Say how many days it took, and rate it from 1 to 5."))
    return {"days": days, "outcome": outcome, "rating": rating}
