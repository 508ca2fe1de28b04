"""Writes of certification. Triggers keep trainer, marker and decider apart; here is what belongs to each step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import connection
from django.urls import reverse
from django.utils.translation import gettext as _

from hueandcry.academy.certification.papers import Bank, composed
from hueandcry.academy.credentials import identity, keys
from hueandcry.academy.credentials.places import free_place
from hueandcry.academy.deciding import change, decided
from hueandcry.academy.frameworks import queries as frameworks
from hueandcry.academy.frameworks import shipped
from hueandcry.academy.models import (
    Candidacy,
    Certificate,
    Development,
    FrameworkVersion,
    Mark,
    PaperItem,
    Question,
    Recognition,
    Scheme,
)
from hueandcry.audit import actions as audit
from hueandcry.exchange.countries import is_code
from hueandcry.exchange.merge import intern
from hueandcry.exchange.text import clean, line
from hueandcry.members.actions import Refused
from hueandcry.members.models import ALLIANCE, Organisation, Person
from hueandcry.members.viewer import Viewer, viewer
from hueandcry.notices.actions import tell

if TYPE_CHECKING:
    from hueandcry.academy.credentials.issue import Achievement

SHORT, LONG = 300, 20_000  # characters
DECISIONS = ("certified", "refused", "upheld", "ineligible")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A scheme: a role of a framework at an EQF level. ``blueprint``: competence -> percent of the points, together
    100; ``pass_percent`` of all points and ``least_percent`` of those of each competence are needed."""

    code: str
    title: str
    role: str
    level: int
    blueprint: Mapping[str, int]
    framework: str = "hueandcry-le"
    pass_percent: int = 60
    least_percent: int = 40
    months: int = 36
    cpd_hours: int = 60


def write_scheme(*, by: Viewer, told: Wanted) -> None:
    """Publish a scheme. It never changes; another code follows it. Raises Refused."""
    code = line(told.code, 40).upper()
    with viewer(by):
        try:
            known = frameworks.framework(by, told.framework)
        except FrameworkVersion.DoesNotExist:
            raise Refused(_("There is no framework %(code)s.") % {"code": told.framework[:40]}) from None
        wants = known.wants(told.role)
        if unknown := [each for each in told.blueprint if each not in wants]:
            raise Refused(_("The role does not ask for %(code)s.") % {"code": unknown[0][:40]})
        if sum(told.blueprint.values()) != 100 or min(told.blueprint.values(), default=0) < 1:
            raise Refused(_("The shares of the blueprint add up to 100, each 1 or more."))
        if not code or len(told.title.strip()) < 5:
            raise Refused(_("Give the scheme a code and a title."))
        with decided():
            made = Scheme.objects.create(
                code=code,
                title=line(told.title, SHORT),
                framework=told.framework,
                framework_version=known.version,
                role=told.role,
                level=told.level,
                blueprint=dict(told.blueprint),
                pass_percent=told.pass_percent,
                least_percent=told.least_percent,
                months=told.months,
                cpd_hours=told.cpd_hours,
                organisation=by.organisation or 0,
                person=by.person or 0,
            )
        audit.record(by=by, verb="publish", kind="scheme", thing=made.pk)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question: ``options`` and the place of the right one (from 0) of a choice; else what earns how many points."""

    scheme: str
    competence: str
    kind: str
    text: str
    points: int
    options: Sequence[str] = field(default_factory=tuple)
    key: int | None = None
    guide: str = ""


def write_question(*, by: Viewer, told: Asked) -> UUID:
    """Put a question into one's body's bank, as a draft; gives its reference. Raises Refused."""
    if told.kind not in Question.Kind.values or not told.text.strip() or not 1 <= told.points <= 100:
        raise Refused(_("A question has a kind, a text and from 1 to 100 points."))
    options = [text for each in told.options if (text := line(each, SHORT))]
    if told.kind == "choice" and (not 2 <= len(options) <= 8 or told.key is None or not 0 <= told.key < len(options)):
        raise Refused(_("A choice has from 2 to 8 options, and says which is right."))
    if told.kind != "choice" and not told.guide.strip():
        raise Refused(_("Say what earns how many points."))
    with viewer(by):
        scheme = Scheme.objects.filter(code=told.scheme, retired_at=None).first()
        if scheme is None or told.competence not in scheme.blueprint:
            raise Refused(_("The scheme's blueprint does not ask for this competence."))
        with decided():
            made = Question.objects.create(
                scheme=scheme,
                body=by.organisation or 0,
                kind=told.kind,
                competence=told.competence,
                text=clean(told.text, LONG).strip(),
                options=options if told.kind == "choice" else [],
                key=told.key if told.kind == "choice" else None,
                guide=clean(told.guide, LONG).strip(),
                points=told.points,
                author=by.person or 0,
            )
        audit.record(by=by, verb="write", kind="question", thing=made.pk)
    return made.reference


def move_question(*, by: Viewer, question: UUID, state: str) -> None:
    """Make a question of somebody else ready, or retire one. Raises Refused, Question.DoesNotExist."""
    with viewer(by):
        found = Question.objects.get(reference=question)
        values: dict[str, object] = {"state": state} | ({"reviewer": by.person} if state == "ready" else {})
        with decided():
            Question.objects.filter(pk=found.pk).update(**values)
        audit.record(by=by, verb=state, kind="question", thing=found.pk)


def apply(*, by: Viewer, scheme: str, body: int, renews: UUID | None = None) -> UUID:
    """Become a candidate with a body that is accredited for the scheme. ``renews``: one's own certificate that it is to
    follow, for which continuing development has been shown. Raises Refused."""
    with viewer(by):
        wanted = Scheme.objects.filter(code=scheme, retired_at=None).first()
        if wanted is None:
            raise Refused(_("There is no scheme %(code)s.") % {"code": scheme[:40]})
        held = (
            Certificate.objects.filter(reference=renews, person=by.person or 0, scheme=wanted).first()
            if renews
            else None
        )
        if held and (done := sum(held.development.values_list("hours", flat=True))) < wanted.cpd_hours:
            raise Refused(
                _("%(wanted)s hours of continuing development are needed; %(done)s are shown.")
                % {"wanted": wanted.cpd_hours, "done": done}
            )
        with decided():
            made = Candidacy.objects.create(
                scheme=wanted,
                person=by.person or 0,
                organisation=by.organisation or 0,
                body=body,
                renews=held.pk if held else None,
            )
        tell(
            kind="certification",
            title=_("Somebody applies for a certificate"),
            organisations=[body],
            roles=("examiner",),
            link=_link(made),
        )
        audit.record(by=by, verb="apply", kind="candidacy", thing=made.pk)
    return made.reference


def set_paper(*, by: Viewer, candidacy: UUID, seed: int | None = None) -> int:
    """Draw a paper that covers the blueprint out of the body's bank, without what the candidate had before; gives the
    number of questions. Raises Refused, Candidacy.DoesNotExist."""
    with viewer(by):
        found = Candidacy.objects.select_related("scheme").get(reference=candidacy)
        had = set(found.items.values_list("question_id", flat=True))
        rows = Question.objects.filter(scheme=found.scheme, body=found.body, state="ready").exclude(pk__in=had)
        bank = [Bank(row.pk, row.competence, row.kind, row.points) for row in rows.order_by("pk")]
        chosen, lacking = composed(bank, found.scheme.blueprint, seed=found.pk if seed is None else seed)
        if lacking:
            raise Refused(_("The bank has no question left on %(code)s.") % {"code": ", ".join(lacking)})
        with decided():
            PaperItem.objects.bulk_create(
                PaperItem(candidacy=found, question_id=key, attempt=found.attempt, number=number)
                for number, key in enumerate(chosen, 1)
            )
        audit.record(by=by, verb="set paper", kind="candidacy", thing=found.pk, count=len(chosen))
    return len(chosen)


def write_answer(*, by: Viewer, item: int, text: str = "", choice: int | None = None, ai_use: str = "") -> None:
    """Answer a question of one's own paper while it is sat. ``ai_use``: tools used, as declared. Raises Refused."""
    with viewer(by), decided():
        held = PaperItem.objects.filter(pk=item, candidacy__person=by.person or 0)
        values = {"text": clean(text, LONG).strip(), "choice": choice, "ai_use": clean(ai_use, 2_000).strip()}
        if not held.update(**values):
            raise Refused(_("The paper is not open to you now."))


def mark(*, by: Viewer, item: int, points: float, note: str = "") -> None:
    """Give an answer its points. Markers do not see each other's before marking is over. Raises Refused."""
    with viewer(by):
        found = PaperItem.objects.get(pk=item)
        with decided():
            Mark.objects.create(
                item=found,
                candidacy=found.candidacy_id,
                marker=by.person or 0,
                points=points,
                note=clean(note, 4_000).strip(),
            )
        audit.record(by=by, verb="mark", kind="candidacy", thing=found.candidacy_id)


def move(*, by: Viewer, candidacy: UUID, state: str, reason: str = "") -> None:
    """Move a candidacy on. A decision gives its reason; who is certified has the certificate at once.

    Raises Refused, Candidacy.DoesNotExist."""
    with viewer(by):
        found = Candidacy.objects.select_related("scheme").get(reference=candidacy)
        words = clean(reason, LONG).strip()
        values: dict[str, Any] = {"state": state}
        again = found.state == "appealed" and state == "eligible"
        if state in DECISIONS or again:
            values |= {"reason": words, "decided_by": by.person, "decided_at": datetime.now(UTC)}
        if again:
            values["attempt"] = found.attempt + 1
        if state == "appealed":
            values["appeal"] = words
        with decided():
            change(Candidacy.objects.filter(pk=found.pk), **values)
            if state == "certified":
                _certify(by, found)
        names = dict(Candidacy.State.choices)
        tell(
            kind="certification",
            title=_("Your candidacy is now: %(state)s") % {"state": names[state]},
            link=_link(found),
            people=[found.person],
        )
        audit.record(by=by, verb=state, kind="candidacy", thing=found.pk)


def _certify(by: Viewer, found: Candidacy) -> None:
    home = Organisation.objects.values_list("country", flat=True).get(pk=found.organisation)
    with connection.cursor() as cursor:  # months as the trigger reckons them
        cursor.execute("SELECT current_date, (current_date + make_interval(months => %s))::date", [found.scheme.months])
        since, until = cursor.fetchone()
    Certificate.objects.create(
        candidacy=found,
        scheme=found.scheme,
        person=found.person,
        organisation=found.organisation,
        body=found.body,
        country=home,
        since=since,
        until=until,
        index=free_place("certificate"),
    )


def sign(*, by: Viewer, certificate: UUID) -> dict[str, Any]:
    """The signed credential of a certificate: made by an examiner of the body once, kept, and given ever after to its
    holder. Raises Refused, Certificate.DoesNotExist."""
    from hueandcry.academy.credentials.issue import Status, badge, begin  # what signs: loaded by who signs

    with viewer(by):
        found = Certificate.objects.select_related("scheme").get(reference=certificate)
        if found.credential is None:
            signer = keys.own_signer(by)
            if found.body != by.organisation:
                raise Refused(_("The body that decided signs."))
            made = badge(
                signer,
                reference=found.reference,
                achievement=achievement(found.scheme),
                subject={"identifier": [_whom(found)]},
                since=begin(found.since),
                until=begin(found.until),
                status=Status.of(signer.did, found.index),
            )
            with decided():
                Certificate.objects.filter(pk=found.pk).update(credential=made, key=signer.did)
            audit.record(by=by, verb="sign", kind="certificate", thing=found.pk)
            found.credential = made
    credential: dict[str, Any] = found.credential
    return credential


def _whom(found: Certificate) -> dict[str, Any]:
    who = Person.objects.get(pk=found.person)
    return identity.named(who.name) if found.named else identity.hashed(who.email)


def achievement(scheme: Scheme) -> Achievement:
    """What a scheme certifies, as credentials name it."""
    from hueandcry.academy.credentials.issue import Achievement, Aligned

    known = shipped.law_enforcement().by_code if scheme.framework == shipped.OWN else {}
    aligned = [
        Aligned(
            f"urn:hueandcry:framework:{scheme.framework}:{scheme.framework_version}:{code}",
            known[code].title if code in known else code,
            scheme.framework,
            code,
        )
        for code in scheme.blueprint
    ]
    return Achievement(
        scheme_id(scheme.code),
        scheme.title,
        f"Holds the competences of the role {scheme.role} of {scheme.framework} {scheme.framework_version} at EQF level {scheme.level}.",  # noqa: E501
        f"Examined over the blueprint by two markers; at least {scheme.pass_percent} of 100 points, and {scheme.least_percent} in each competence; decided by somebody who neither trained nor marked.",  # noqa: E501
        aligned=aligned,
    )


def scheme_id(code: str) -> str:
    """The name of what a scheme certifies, in credentials and accreditations."""
    return f"urn:hueandcry:scheme:{code}"


def show(*, by: Viewer, certificate: UUID, named: bool, public: bool) -> None:
    """The holder says whether the certificate names them, and whether the public register shows it. The credential is
    signed anew at the next occasion, as it says another thing. Raises Refused, DoesNotExist."""
    with viewer(by):
        found = Certificate.objects.get(reference=certificate, person=by.person or 0)
        values: dict[str, Any] = {"named": named, "public": public}
        if named != found.named:
            values |= {"credential": None, "key": ""}
        with decided():
            Certificate.objects.filter(pk=found.pk).update(**values)
        audit.record(by=by, verb="show", kind="certificate", thing=found.pk, detail={"named": named, "public": public})


def move_certificate(*, by: Viewer, certificate: UUID, state: str, reason: str = "") -> None:
    """Suspend, lift, withdraw, restore or end a certificate. Raises Refused, Certificate.DoesNotExist."""
    with viewer(by):
        found = Certificate.objects.get(reference=certificate)
        words = clean(reason, LONG).strip()
        change(Certificate.objects.filter(pk=found.pk), state=state, reason=words or found.reason)
        tell(
            kind="certification",
            title=_("News of your certificate"),
            people=[found.person],
            link=reverse("academy:certificate", args=[found.reference]),
        )
        audit.record(by=by, verb=state, kind="certificate", thing=found.pk)


def develop(*, by: Viewer, certificate: UUID, day: date, hours: int, what: str, evidence: str) -> None:
    """Note continuing development towards renewal. Raises Refused, DoesNotExist."""
    if not 1 <= hours <= 200 or not what.strip() or not evidence.strip():
        raise Refused(_("Say what you did, for how many hours (1 to 200), and what shows it."))
    with viewer(by):
        found = Certificate.objects.get(reference=certificate, person=by.person or 0)
        with decided():
            Development.objects.create(
                certificate=found,
                person=by.person or 0,
                day=day,
                hours=hours,
                what=line(what, SHORT),
                evidence=line(evidence, SHORT),
            )
        audit.record(by=by, verb="develop", kind="certificate", thing=found.pk)


def recognise(
    *, by: Viewer, scheme: str, other: str, how: str, why: str, until: date, missing: Sequence[str] = ()
) -> None:
    """Say for one's own country how far it recognises another's certificates. Raises Refused."""
    if how not in Recognition.How.values or not is_code(other) or not why.strip():
        raise Refused(_("Choose a country and how far, and say why."))
    if how == "part" and not missing:
        raise Refused(_("Say which competences are missing."))
    if until > datetime.now(UTC).date() + timedelta(days=3_653):
        raise Refused(_("A recognition holds ten years at most."))
    with viewer(by):
        wanted = Scheme.objects.filter(code=scheme).first()
        if wanted is None or any(each not in wanted.blueprint for each in missing):
            raise Refused(_("Choose a scheme, and competences of its blueprint."))
        own = Organisation.objects.values_list("country", flat=True).get(pk=by.organisation or 0)
        with decided():
            made = Recognition.objects.create(
                scheme=wanted,
                country=own,
                other=other,
                how=how,
                missing=sorted(missing) if how == "part" else [],
                why=clean(why, 4_000).strip(),
                until=until,
                audience=intern([ALLIANCE]),
                organisation=by.organisation or 0,
                person=by.person or 0,
            )
        audit.record(by=by, verb="recognise", kind="recognition", thing=made.pk, detail={"other": other, "how": how})


def withdraw_recognition(*, by: Viewer, recognition: int) -> None:
    """Take a recognition of one's own organisation back. Raises Refused, Recognition.DoesNotExist."""
    with viewer(by):
        found = Recognition.objects.get(pk=recognition, withdrawn_at=None)
        change(Recognition.objects.filter(pk=found.pk), withdrawn_at=datetime.now(UTC))
        audit.record(by=by, verb="withdraw", kind="recognition", thing=found.pk)


def _link(found: Candidacy) -> str:
    return reverse("academy:candidacy", args=[found.reference])
