"""Writes about experts: what is told of a person, to whom, with whose consent; when they are free, what stands against.

Whoever is a person of the alliance consents themselves. Of anybody else it is recorded who agreed, when and how, and to
whom it may be shown; that set is the audience of the entry, by which row-level security goes. A consent that is taken
back empties the audience in the same transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from hueandcry.audit import actions as audit
from hueandcry.capacity.models import Availability, Conflict, Expert, Resource
from hueandcry.capacity.register.actions import note, require_writer, values
from hueandcry.capacity.register.drafts import LEVELS, ResourceDraft, Unfit, language
from hueandcry.capacity.register.drafts import fit as fit_resource
from hueandcry.capacity.register.words import CONSENTS
from hueandcry.exchange.countries import is_code
from hueandcry.exchange.merge import intern
from hueandcry.exchange.text import clean
from hueandcry.members.actions import Refused
from hueandcry.members.models import ALLIANCE, LAW_ENFORCEMENT, Organisation, Person
from hueandcry.members.viewer import Viewer, viewer

MOST = 50  # skills, languages


@dataclass(frozen=True, slots=True)
class ExpertDraft:
    """What is told of an expert. ``speaks``: language -> CEFR level; ``countries``: where they would go; ``shown_to``:
    a key of CONSENTS, with ``organisations`` where they are chosen; ``oneself``: the proposer is the expert."""

    name: str
    about: str = ""
    language: str = "en"
    home: str = ""
    skills: tuple[str, ...] = ()
    speaks: tuple[tuple[str, str], ...] = ()
    countries: tuple[str, ...] = ()
    everywhere: bool = False
    worked_in: tuple[str, ...] = ()
    nationalities: tuple[str, ...] = ()
    at_once: int = 1  # missions at one time
    aspects: tuple[str, ...] = ()
    cost: str = "unknown"
    url: str = ""
    oneself: bool = False
    shown_to: str = "secretariat"
    organisations: tuple[int, ...] = ()
    consent_by: str = ""
    consent_how: str = ""
    free: tuple[tuple[date, date], ...] = ()


def propose(*, by: Viewer, draft: ExpertDraft) -> UUID:
    """Put an expert into the register; gives the reference. Listed at once: the consent is what counts here, and a
    person is not put before the alliance for objections. Raises Refused, Unfit."""
    _require_member(by, draft.oneself)
    told = _fit(draft)
    with viewer(by):
        now = datetime.now(UTC)
        made = Resource(
            state=Resource.State.LISTED,
            audience=_audience(by, draft, by.person if draft.oneself else None),
            organisation=by.organisation or 0,
            person=by.person or 0,
            home=draft.home,
            created_at=now,
            changed_at=now,
            source="form",
            **values(told),
        )
        made.save(force_insert=True)
        Expert.objects.create(
            resource=made,
            skills=_skills(draft.skills),
            speaks=dict(draft.speaks),
            worked_in=list(draft.worked_in),
            nationalities=list(draft.nationalities),
            at_once=draft.at_once,
            person_named=by.person if draft.oneself else None,
            employer=by.organisation if draft.oneself else None,
            consent_to=draft.shown_to,
            consent_organisations=list(draft.organisations),
            consent_at=now,
            consent_by=_consenting(by, draft),
            consent_how=_how(draft),
        )
        Availability.objects.bulk_create(Availability(resource=made, starts=a, ends=b) for a, b in draft.free)
        note(by, made, "consent")
        audit.record(by=by, verb="propose", kind="resource", thing=made.pk, detail={"shown_to": draft.shown_to})
    return made.reference


def _require_member(by: Viewer, oneself: bool) -> None:
    if oneself and by.vetted and by.person and by.organisation:
        return
    require_writer(by)


def _fit(draft: ExpertDraft) -> ResourceDraft:
    if draft.shown_to not in CONSENTS:
        raise Unfit("shown_to", _("Say to whom the entry may be shown."))
    if draft.shown_to == "organisations" and not draft.organisations:
        raise Unfit("organisations", _("Choose the organisations to which it may be shown."))
    if not draft.oneself and not (draft.consent_by.strip() and draft.consent_how.strip()):
        raise Unfit("consent_how", _("Say who agreed to be listed, and how: without consent nobody is listed."))
    for code, level in draft.speaks:
        if language(code) != code or level not in LEVELS:
            raise Unfit("speaks", _("Languages are told with a level: A1 to C2, or native."))
    if any(not is_code(code) for code in draft.nationalities) or not 1 <= draft.at_once <= 20:
        raise Unfit("nationalities", _("Choose countries, and from 1 to 20 missions at one time."))
    if any(end < start for start, end in draft.free):
        raise Unfit("free", _("A time ends before it starts."))
    return fit_resource(
        ResourceDraft(
            "expert",
            draft.name,
            about=draft.about,
            language=draft.language,
            countries=draft.countries,
            everywhere=draft.everywhere,
            languages=tuple(code for code, _level in draft.speaks),
            aspects=draft.aspects,
            cost=draft.cost,
            url=draft.url,
        ),
        kinds=("expert",),
    )


def _skills(told: Sequence[str]) -> list[str]:
    found = dict.fromkeys(clean(" ".join(one.split()), 80).casefold() for one in told)
    return [one for one in found if one][:MOST]


def _consenting(by: Viewer, draft: ExpertDraft) -> str:
    if draft.oneself:
        return str(Person.objects.get(pk=by.person or 0))
    return clean(draft.consent_by.strip(), 300)


def _how(draft: ExpertDraft) -> str:
    return _("themselves, on this page") if draft.oneself else clean(draft.consent_how.strip(), 1_000)


def _audience(by: Viewer, draft: ExpertDraft, person: int | None) -> int:
    """Exactly those whom the expert agreed to, themselves, and who recorded it; inside a viewer."""
    own = [Organisation.objects.values_list("principal_id", flat=True).get(pk=by.organisation or 0)]
    if person is not None:
        own = [Person.objects.values_list("principal_id", flat=True).get(pk=person)]
    return intern(sorted({*own, *_consented(draft.shown_to, draft.organisations)}))


def _consented(shown_to: str, organisations: Sequence[int]) -> list[int]:
    if shown_to == "alliance":
        return [ALLIANCE]
    if shown_to == "law-enforcement":
        return [LAW_ENFORCEMENT]
    if shown_to == "secretariat":
        with connection.cursor() as cursor:
            cursor.execute("SELECT hueandcry_offices()")
            return [int(one) for one in cursor.fetchone()[0]]
    return list(
        Organisation.objects.filter(pk__in=organisations, state="vetted").values_list("principal_id", flat=True)
    )


def _mine(by: Viewer, reference: UUID) -> Resource:
    """The entry, of the expert themselves or of who recorded it. Raises Refused, Resource.DoesNotExist."""
    found = (
        Resource.objects.select_for_update(of=("self",)).filter(reference=reference, kind=Resource.Kind.EXPERT).first()
    )
    if found is None:
        Resource.objects.get(reference=reference, kind=Resource.Kind.EXPERT)
        raise Refused(_("The expert does that, or the organisation that recorded the entry."))
    return found


def withdraw_consent(*, by: Viewer, resource: UUID) -> None:
    """Take consent back, by the expert or by who recorded it at their word: out of everybody's view at once, and what
    was told of the person is erased; that there was an entry stays with who recorded it. Raises Refused,
    Resource.DoesNotExist."""
    with viewer(by):
        found = _mine(by, resource)
        keepers = _keepers(by, found)
        note(by, found, "consent withdrawn")
        Availability.objects.filter(resource=found).delete()
        Conflict.objects.filter(resource=found).delete()
        Expert.objects.filter(resource=found).update(
            consent_withdrawn_at=datetime.now(UTC),
            skills=[],
            speaks={},
            worked_in=[],
            nationalities=[],
            consent_by="",
            consent_how="",
            consent_organisations=[],
        )
        Resource.objects.filter(pk=found.pk).update(
            state=Resource.State.WITHDRAWN,
            title=_("An expert who took consent back"),
            about="",
            url="",
            contact="",
            home="",
            countries=[],
            languages=[],
            aspects=[],
            audience=intern(keepers),
        )
        audit.record(by=by, verb="withdraw consent", kind="resource", thing=found.pk)


def _keepers(by: Viewer, found: Resource) -> list[int]:
    """Who still sees that there was an entry: the expert, else who recorded it; and the office where it did this."""
    person = Expert.objects.values_list("person_named", flat=True).get(resource=found)
    if person is not None and person == by.person:
        return [Person.objects.values_list("principal_id", flat=True).get(pk=person)]
    bodies = {found.organisation, by.organisation or 0}
    return list(Organisation.objects.filter(pk__in=bodies).order_by("pk").values_list("principal_id", flat=True))


def set_free(*, by: Viewer, resource: UUID, free: Sequence[tuple[date, date]]) -> None:
    """Say when an expert is free, in place of what was said before. Raises Refused, Unfit, Resource.DoesNotExist."""
    if any(end < start for start, end in free):
        raise Unfit("free", _("A time ends before it starts."))
    with viewer(by):
        found = _mine(by, resource)
        Availability.objects.filter(resource=found).delete()
        Availability.objects.bulk_create(Availability(resource=found, starts=a, ends=b) for a, b in free)
        audit.record(by=by, verb="set times", kind="resource", thing=found.pk, count=len(free))


def declare(
    *, by: Viewer, resource: UUID, why: str, country: str = "", organisation: int | None = None, party: str = ""
) -> None:
    """Declare a conflict of interest of an expert, by whoever sees them. Raises Refused, Resource.DoesNotExist."""
    if not (by.vetted and by.person):
        require_writer(by)
    said = clean(why.strip(), 1_000)
    party = clean(" ".join(party.split()), 200)
    if not said or not (country or organisation or party):
        raise Refused(_("Say towards whom or where there is a conflict, and why."))
    with viewer(by):
        found = Resource.objects.get(reference=resource, kind=Resource.Kind.EXPERT)
        Conflict.objects.create(
            resource=found,
            country=country,
            organisation=organisation,
            party=party,
            why=said,
            declared_by=by.person or 0,
        )
        audit.record(by=by, verb="declare conflict", kind="resource", thing=found.pk)
