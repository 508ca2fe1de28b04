"""An alliance that trains: an office, a provider with examiners, a police force with learners, assessors elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from django.db import connections

from hueandcry.academy.accreditation import actions as accrediting
from hueandcry.academy.accreditation.standards import standards
from hueandcry.academy.certification import actions as certifying
from hueandcry.academy.courses import actions as teaching
from hueandcry.academy.credentials import keys
from hueandcry.academy.models import Candidacy, Certificate, Enrolment, Finding, PaperItem, Question, Session
from hueandcry.members.models import Person
from hueandcry.members.viewer import Viewer, viewer
from tests import factory

TODAY = datetime.now(UTC).date()
BLUEPRINT = {"EV-01": 30, "EV-02": 30, "EV-05": 40}
SCHEME = "FRE-4"


@dataclass
class Scene:
    """Who is who, as viewers; ``people`` by the same names."""

    people: dict[str, Person]

    def __getattr__(self, name: str) -> Viewer:
        return factory.as_viewer(self.people[name])


def scene() -> Scene:
    """Everybody, and a published scheme."""
    office = factory.office()
    provider = factory.organisation("Police Academy", kind="academia", country="DE")
    police = factory.organisation("City Police", kind="law-enforcement", country="PT")
    people = {
        "secretary": factory.person(office, ("secretary",)),
        "office_examiner": factory.person(office, ("examiner", "secretary")),
        "trainer": factory.person(provider, ("trainer", "examiner", "administrator")),
        "marker": factory.person(provider, ("examiner",)),
        "second": factory.person(provider, ("examiner",)),
        "third": factory.person(provider, ("examiner",)),
        "decider": factory.person(provider, ("examiner",)),
        "officer": factory.person(police, ("officer",)),
        "learner": factory.person(police, ("reader",), name="Anna Silva"),
        "other": factory.person(police, ("reader",)),
    }
    for name, country in (
        ("assessor", "FR"),
        ("assessor2", "NL"),
        ("panel", "IT"),
        ("appeal", "SE"),
        ("national", "DE"),
    ):
        body = factory.organisation(f"Institute {country}", kind="academia", country=country)
        people[name] = factory.person(body, ("assessor",))
    made = Scene(people)
    certifying.write_scheme(
        by=made.secretary, told=certifying.Wanted(SCHEME, "First responder, EQF 4", "FRE", 4, BLUEPRINT)
    )
    return made


def answered(kind: str) -> dict[str, str]:
    """An answer to each requirement."""
    return {code: f"See annex {code}." for code in standards()[kind].requirements}


def applied(who: Scene, kind: str = "provider", examiner: str = "") -> UUID:
    """The provider has applied; two assessors have declared."""
    key = accrediting.draft(
        by=who.trainer, kind=kind, scope=[SCHEME], examiner=who.people[examiner].email if examiner else ""
    )
    accrediting.answer(by=who.trainer, accreditation=key, answers=answered(kind))
    accrediting.move(by=who.trainer, accreditation=key, state="applied")
    for name in ("assessor", "assessor2"):
        accrediting.ask(by=who.secretary, accreditation=key, email=who.people[name].email, part="assessor")
        accrediting.declare(by=getattr(who, name), accreditation=key, no_conflict=True)
    return key


def assessed(who: Scene, kind: str = "provider", examiner: str = "") -> UUID:
    """Assessed over a finding that was corrected; before the panel, who has declared."""
    key = applied(who, kind, examiner)
    accrediting.move(by=who.secretary, accreditation=key, state="review")
    accrediting.look(by=who.assessor, accreditation=key, how="documents", day=TODAY, notes="Read all annexes.")
    accrediting.look(by=who.assessor2, accreditation=key, how="observation", day=TODAY, notes="Saw an examination.")
    first = next(iter(standards()[kind].requirements))
    accrediting.find(by=who.assessor, accreditation=key, requirement=first, grade="major", text="No record of funding.")
    accrediting.move(by=who.assessor, accreditation=key, state="corrective")
    with viewer(who.trainer):
        finding = Finding.objects.get(accreditation__reference=key).pk
    accrediting.correct(by=who.trainer, finding=finding, answer="The record is annex 14.")
    accrediting.move(by=who.trainer, accreditation=key, state="review")
    accrediting.close(by=who.assessor2, finding=finding)
    accrediting.move(by=who.assessor, accreditation=key, state="decision")
    accrediting.ask(by=who.secretary, accreditation=key, email=who.people["panel"].email, part="panel")
    accrediting.declare(by=who.panel, accreditation=key, no_conflict=True)
    return key


def accredited(who: Scene) -> UUID:
    """The provider and its markers are accredited; gives the provider's. Markers' by direct write, to be quick."""
    key = assessed(who)
    accrediting.move(by=who.panel, accreditation=key, state="accredited", reason="All requirements are met.")
    with connections["owner"].cursor() as cursor:
        for number, name in enumerate(("marker", "second", "third", "trainer")):
            cursor.execute(
                "INSERT INTO academy_accreditation (reference, kind, state, organisation, person, country, examiner,"
                " scope, standard, answers, reason, appeal, valid_from, valid_until, index) VALUES"
                " (gen_random_uuid(), 'examiner', 'accredited', %s, %s, 'DE', %s, %s, 'examiner 1.0', '{}', 'met', '',"
                " current_date, current_date + 900, %s)",
                [who.people[name].organisation_id, who.people[name].pk, who.people[name].pk, [SCHEME], 900 + number],
            )
    return key


def bank(who: Scene) -> None:
    """A bank that covers the blueprint: a choice and an open question on each competence, twice."""
    for turn in range(2):
        for competence, share in BLUEPRINT.items():
            half = share // 2
            for kind, more in (
                ("choice", {"options": ("right", "wrong"), "key": 0}),
                ("open", {"guide": "half a point each"}),
            ):
                told = certifying.Asked(SCHEME, competence, kind, f"{kind} {turn} on {competence}?", half, **more)  # type: ignore[arg-type]
                made = certifying.write_question(by=who.marker, told=told)
                certifying.move_question(by=who.second, question=made, state="ready")


def trained(who: Scene, learner: str = "learner") -> Session:
    """The learner attended a session that the trainer taught."""
    told = teaching.Described(
        "First response to digital evidence",
        "DE",
        40,
        languages=["en"],
        roles=["FRE"],
        teaches=dict.fromkeys(BLUEPRINT, 4),
        outcomes="Secures devices.",
        assessment="Practical task.",
    )
    course = teaching.draft(by=who.trainer, told=told)
    teaching.move(by=who.trainer, course=course, state="published")
    planned = teaching.Planned(TODAY, TODAY + timedelta(days=4), "DE", "en", 12, trainers=[who.people["trainer"].email])
    session = teaching.plan(by=who.trainer, course=course, told=planned)
    teaching.move_session(by=who.trainer, session=session, state="open")
    number = teaching.enrol(by=getattr(who, learner), session=session)
    teaching.answer(by=who.officer, enrolment=number, state="approved")
    teaching.move_session(by=who.trainer, session=session, state="held")
    teaching.answer(by=who.trainer, enrolment=number, state="attended")
    with viewer(who.trainer):
        assert Enrolment.objects.get(pk=number).state == "attended"
        return Session.objects.get(reference=session)


def sat(who: Scene, learner: str = "learner", *, right: bool = True) -> UUID:
    """Somebody applied, was eligible, and has sat the paper."""
    candidate: Viewer = getattr(who, learner)
    body = who.people["marker"].organisation_id
    assert body is not None
    key = certifying.apply(by=candidate, scheme=SCHEME, body=body)
    certifying.move(by=who.third, candidacy=key, state="eligible", reason="Attended the course.")
    certifying.set_paper(by=who.third, candidacy=key)
    certifying.move(by=who.third, candidacy=key, state="sitting")
    with viewer(candidate):
        items = [row.pk for row in PaperItem.objects.filter(candidacy__reference=key)]
    for item in items:
        certifying.write_answer(by=candidate, item=item, text="I isolate it.", choice=0 if right else 1, ai_use="none")
    certifying.move(by=candidate, candidacy=key, state="examined")
    return key


def marked(who: Scene, key: UUID, *, percent: int = 80) -> None:
    """Two markers have marked every open answer, and the marking is over."""
    for name in ("marker", "second"):
        by: Viewer = getattr(who, name)
        with viewer(by):
            rows = [
                (row.pk, row.question.points)
                for row in PaperItem.objects.select_related("question").filter(
                    candidacy__reference=key, attempt=Candidacy.objects.get(reference=key).attempt
                )
                if row.question.kind != "choice"
            ]
        for item, points in rows:
            certifying.mark(by=by, item=item, points=round(points * percent / 100, 1))
    certifying.move(by=who.marker, candidacy=key, state="marked")


def certified(who: Scene, learner: str = "learner") -> UUID:
    """Somebody has a certificate, signed; gives its reference. After ``ready``."""
    key = sat(who, learner)
    marked(who, key)
    certifying.move(by=who.decider, candidacy=key, state="certified", reason="Passed.")
    with viewer(who.decider):
        made = Certificate.objects.get(candidacy__reference=key).reference
    certifying.sign(by=who.decider, certificate=made)
    return made


def ready(who: Scene) -> UUID:
    """Everything that certifying needs; gives the provider's accreditation."""
    key = accredited(who)
    bank(who)
    keys.make(by=who.secretary, root=True)
    keys.make(by=who.trainer)
    return key


def questions(who: Scene) -> int:
    with viewer(who.marker):
        return Question.objects.count()


def day(after: int) -> date:
    return TODAY + timedelta(days=after)
