"""Writes of accreditation. Who may do what, and when, is decided by triggers; here is what belongs to each step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from hueandcry.academy.accreditation.standards import standards
from hueandcry.academy.credentials.places import free_place
from hueandcry.academy.deciding import change, decided
from hueandcry.academy.models import Accreditation, Course, Finding, Part, Scheme, Visit
from hueandcry.audit import actions as audit
from hueandcry.exchange.text import clean
from hueandcry.members.actions import Refused
from hueandcry.members.models import Organisation, Person
from hueandcry.members.viewer import Viewer, viewer
from hueandcry.notices.actions import tell

LONG = 8_000  # characters
YEARS = 3  # that an accreditation holds where the panel says nothing else


def draft(*, by: Viewer, kind: str, scope: Sequence[str], course: UUID | None = None, examiner: str = "") -> UUID:
    """Begin an application of one's own organisation, for itself, a course of it or an examiner (by e-mail address).

    Raises Refused."""
    if kind not in Accreditation.Kind.values:
        raise Refused(_("Choose what is to be accredited."))
    with viewer(by):
        known = set(Scheme.objects.filter(code__in=scope, retired_at=None).values_list("code", flat=True))
        if missing := [each for each in scope if each not in known]:
            raise Refused(_("There is no scheme %(code)s.") % {"code": missing[0][:40]})
        wanted = Course.objects.filter(reference=course, organisation=by.organisation or 0).first() if course else None
        who = Person.objects.filter(email=examiner.strip().lower(), organisation_id=by.organisation or 0).first()
        if (kind == "course" and wanted is None) or (kind == "examiner" and who is None):
            raise Refused(_("Name a course, or an examiner, of your organisation."))
        country = Organisation.objects.values_list("country", flat=True).get(pk=by.organisation or 0)
        with decided():
            made = Accreditation.objects.create(
                kind=kind,
                scope=sorted(known),
                organisation=by.organisation or 0,
                person=by.person or 0,
                country=country,
                course=wanted.pk if wanted else None,
                examiner=who.pk if kind == "examiner" and who else None,
                standard=standards()[kind].code,
            )
        audit.record(by=by, verb="draft", kind="accreditation", thing=made.pk)
    return made.reference


def answer(*, by: Viewer, accreditation: UUID, answers: Mapping[str, str]) -> None:
    """Say how requirements are met, with evidence. Raises Refused, Accreditation.DoesNotExist."""
    with viewer(by):
        found = Accreditation.objects.get(reference=accreditation)
        known = standards()[found.kind].requirements
        told = {code: text for code in known if (text := clean(answers.get(code, ""), LONG).strip())}
        with decided():
            Accreditation.objects.filter(pk=found.pk).update(answers=told)
        audit.record(by=by, verb="answer requirements", kind="accreditation", thing=found.pk, count=len(told))


def move(*, by: Viewer, accreditation: UUID, state: str, reason: str = "", until: date | None = None) -> None:
    """Move an application on. ``reason``: of a decision or an appeal; ``until``: how long an accreditation holds.

    Raises Refused, Accreditation.DoesNotExist."""
    with viewer(by):
        found = Accreditation.objects.get(reference=accreditation)
        words = clean(reason, LONG).strip()
        values: dict[str, object] = {"state": state}
        if state == "appealed":
            values["appeal"] = words
        elif state in ("accredited", "refused", "upheld", "suspended", "withdrawn"):
            values["reason"] = words
        if state == "applied" and (missing := _missing(found)):
            raise Refused(_("Say how %(code)s is met.") % {"code": missing})
        if state == "accredited" and found.state != "suspended":
            today = datetime.now(UTC).date()
            values |= {
                "valid_from": today,
                "valid_until": until or today + timedelta(days=YEARS * 365),
                "index": free_place("accreditation"),
            }
        change(Accreditation.objects.filter(pk=found.pk), **values)
        parts = list(found.parts.values_list("person", flat=True))
        names = dict(Accreditation.State.choices)
        tell(
            kind="accreditation",
            title=_("An accreditation is now: %(state)s") % {"state": names[state]},
            link=reverse("academy:accreditation", args=[found.reference]),
            people=[*parts, found.person],
        )
        audit.record(by=by, verb=state, kind="accreditation", thing=found.pk)


def _missing(found: Accreditation) -> str:
    return next((code for code in standards()[found.kind].requirements if not found.answers.get(code)), "")


def ask(*, by: Viewer, accreditation: UUID, email: str, part: str) -> None:
    """The office asks somebody to assess or to decide; they declare themselves whether they may. Raises Refused."""
    if part not in Part.Kind.values:
        raise Refused(_("Choose a part."))
    with viewer(by):
        found = Accreditation.objects.get(reference=accreditation)
        who = Person.objects.filter(email=email.strip().lower(), is_active=True).select_related("organisation").first()
        if who is None or who.organisation is None:
            raise Refused(_("There is nobody here with the address %(email)s.") % {"email": email[:80]})
        with decided():
            made = Part.objects.create(
                accreditation=found,
                kind=part,
                person=who.pk,
                organisation=who.organisation.pk,
                country=who.organisation.country,
                asked_by=by.person or 0,
            )
        tell(
            kind="accreditation",
            title=_("You are asked to take part in an accreditation"),
            people=[who.pk],
            link=reverse("academy:accreditation", args=[found.reference]),
        )
        audit.record(by=by, verb="ask", kind="accreditation", thing=found.pk, detail={"part": made.pk})


def declare(*, by: Viewer, accreditation: UUID, no_conflict: bool, conflict: str = "") -> None:
    """Declare that one has no conflict of interest, or which. Once. Raises Refused, DoesNotExist."""
    if not no_conflict and not conflict.strip():
        raise Refused(_("Say in a sentence which conflict of interest you have."))
    with viewer(by):
        found = Part.objects.get(accreditation__reference=accreditation, person=by.person or 0)
        with decided():
            words = clean(conflict, LONG).strip()
            if not Part.objects.filter(pk=found.pk, no_conflict=None).update(no_conflict=no_conflict, conflict=words):
                raise Refused(_("You have declared already."))
        audit.record(by=by, verb="declare", kind="accreditation", thing=found.accreditation_id)


def look(*, by: Viewer, accreditation: UUID, how: str, day: date, notes: str) -> None:
    """An assessor records what was looked at. Raises Refused, DoesNotExist."""
    if how not in Visit.How.values or not notes.strip():
        raise Refused(_("Say how you looked, and what you saw."))
    with viewer(by):
        found = Accreditation.objects.get(reference=accreditation)
        with decided():
            Visit.objects.create(
                accreditation=found, how=how, day=day, notes=clean(notes, LONG).strip(), person=by.person or 0
            )
        audit.record(by=by, verb="look", kind="accreditation", thing=found.pk)


def find(*, by: Viewer, accreditation: UUID, requirement: str, grade: str, text: str) -> None:
    """An assessor finds that a requirement is not met. Raises Refused, DoesNotExist."""
    with viewer(by):
        found = Accreditation.objects.get(reference=accreditation)
        if requirement not in standards()[found.kind].requirements or grade not in Finding.Grade.values:
            raise Refused(_("Name the requirement, and how grave it is."))
        if not text.strip():
            raise Refused(_("Say what is not met."))
        with decided():
            Finding.objects.create(
                accreditation=found,
                requirement=requirement,
                grade=grade,
                person=by.person or 0,
                text=clean(text, LONG).strip(),
            )
        audit.record(by=by, verb="find", kind="accreditation", thing=found.pk, detail={"requirement": requirement})


def correct(*, by: Viewer, finding: int, answer: str) -> None:
    """The applicant says what was done about a finding. Raises Refused, Finding.DoesNotExist."""
    with viewer(by):
        found = Finding.objects.get(pk=finding)
        with decided():
            words = clean(answer, LONG).strip()
            if not Finding.objects.filter(pk=found.pk).update(answer=words, answered_at=datetime.now(UTC)):
                raise Refused(_("The finding is closed."))
        audit.record(by=by, verb="correct", kind="accreditation", thing=found.accreditation_id)


def close(*, by: Viewer, finding: int) -> None:
    """An assessor closes a finding that was corrected. Raises Refused, Finding.DoesNotExist."""
    with viewer(by):
        found = Finding.objects.get(pk=finding)
        with decided():
            if not Finding.objects.filter(pk=found.pk).update(closed_by=by.person, closed_at=datetime.now(UTC)):
                raise Refused(_("The finding is closed."))
        audit.record(by=by, verb="close", kind="accreditation", thing=found.accreditation_id)
