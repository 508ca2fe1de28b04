"""Who is examined in the demonstration: a provider and its examiners accredited over a finding and its correction,
eighteen people certified, one refused who appeals, papers that wait for marks. Each by the action that its page calls;
certificates and the accreditations before them are then put back in time, as no page could."""

from __future__ import annotations

import random
import tomllib
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from importlib import resources
from typing import Final
from uuid import UUID

from django.db import connections

from hueandcry.academy.accreditation import actions as accrediting
from hueandcry.academy.accreditation.standards import standards
from hueandcry.academy.certification import actions as certifying
from hueandcry.academy.certification import queries as reading
from hueandcry.academy.courses import actions as teaching
from hueandcry.academy.credentials import keys
from hueandcry.academy.models import (
    Accreditation,
    Candidacy,
    Certificate,
    Enrolment,
    Finding,
    PaperItem,
    Question,
    SigningKey,
)
from hueandcry.members.models import Person
from hueandcry.members.viewer import Viewer, identify, viewer
from hueandcry.world.organisations import CAST

SCHEME: Final = "FRE-4"
MARKERS: Final = ("Elena Prieto", "Tomas Ibarra")
CLERK, DECIDER = "Noor Haddad", "Birgit Aalto"
# Of these the first two from another country than the provider assess, the third decides.
ASSESSORS: Final = {"Luc Marchand": "FR", "Chiara Bassi": "IT", "Owen Prior": "GB", "Niamh Daly": "IE"}
OFFICERS: Final = {"PL": "Zofia Maj", "PT": "Rui Pires", "DE": "Anke Thoma", "NL": "Daan Visser"}
REFUSED, WAITING = "Tiago Lobo", ("Sara Vale", "Iga Zaremba")
OFFERED: Final = "Saw the seal, wrote down who opened it and when, and kept the bag."
SEED: Final = 2026

Named = Callable[[str], Viewer]


def live(trainer: Viewer, secretary: Viewer, officer: Viewer) -> None:
    """Let all of it happen. ``trainer`` teaches and applies for the provider, ``officer`` sends the Kenyan learners."""
    held = dict(Person.objects.filter(name__in=[name for name, *_rest in CAST]).values_list("name", "pk"))

    def named(name: str) -> Viewer:
        return identify(held[name], channel="web")

    today = datetime.now(UTC).date()
    accredited = Accreditation.objects.using("owner").filter(state="accredited")
    if not accredited.filter(kind="provider").exists():
        _accredit(trainer, secretary, named, kind="provider", finding=True)
    for name in (*MARKERS, CLERK):
        if not accredited.filter(examiner=held[name]).exists():
            email = Person.objects.values_list("email", flat=True).get(pk=held[name])
            _accredit(trainer, secretary, named, kind="examiner", examiner=email)
    _bank(named)
    if not SigningKey.objects.using("owner").filter(root=True).exists():
        keys.make(by=secretary, root=True)
    if not SigningKey.objects.using("owner").filter(root=False).exists():
        keys.make(by=trainer)
    learners = [(name, country) for name, roles, _desk, country, _role in CAST if roles == ("reader",)]
    officers = {"KE": officer} | {country: named(name) for country, name in OFFICERS.items()}
    if not Enrolment.objects.using("owner").filter(state="attended").exists():
        _taught(trainer, named, officers, learners, today)
    for number, (name, _country) in enumerate(learners):
        if not Candidacy.objects.using("owner").filter(person=held[name]).exists():
            _examined(named, name, number)
    _long_ago()
    _signed(named)


def _examined(named: Named, name: str, number: int) -> None:
    """Sits the paper; is marked, but for who waits; and decided on."""
    candidacy = _sits(named, name, number)
    if name in WAITING:
        return
    _marked(named, candidacy, 35 if name == REFUSED else 70 + 5 * (number % 5))
    if name == REFUSED:
        certifying.move(by=named(DECIDER), candidacy=candidacy, state="refused",
                        reason="Under 60 of 100 points; the chain of custody was not shown.")  # fmt: skip
        certifying.move(by=named(name), candidacy=candidacy, state="appealed",
                        reason="The label of exhibit 3 was torn before I had it in my hands.")  # fmt: skip
    else:
        certifying.move(by=named(DECIDER), candidacy=candidacy, state="certified", reason="Passed with both markers.")


def _accredit(
    trainer: Viewer, secretary: Viewer, named: Named, *, kind: str, examiner: str = "", finding: bool = False
) -> None:
    key = accrediting.draft(by=trainer, kind=kind, scope=[SCHEME], examiner=examiner)
    asked = standards()[kind].requirements
    answers = {code: f"Met; the evidence is annex {number}." for number, code in enumerate(asked, 1)}
    accrediting.answer(by=trainer, accreditation=key, answers=answers)
    accrediting.move(by=trainer, accreditation=key, state="applied")
    emails = dict(Person.objects.filter(name__in=ASSESSORS).values_list("name", "email"))
    one, other, panel = [name for name, country in ASSESSORS.items() if country != trainer.country][:3]
    for name in (one, other):
        accrediting.ask(by=secretary, accreditation=key, email=emails[name], part="assessor")
        accrediting.declare(by=named(name), accreditation=key, no_conflict=True)
    accrediting.move(by=secretary, accreditation=key, state="review")
    first, second = named(one), named(other)
    today = datetime.now(UTC).date()
    accrediting.look(
        by=first, accreditation=key, how="documents", day=today, notes="Read the answers with all annexes."
    )
    accrediting.look(
        by=second, accreditation=key, how="observation", day=today, notes="Sat in an examination for a day."
    )
    if finding:
        accrediting.find(by=first, accreditation=key, requirement=next(iter(asked)), grade="major",
                         text="Who pays for the examinations is not on record.")  # fmt: skip
        accrediting.move(by=first, accreditation=key, state="corrective")
        with viewer(trainer):
            found = Finding.objects.get(accreditation__reference=key).pk
        accrediting.correct(by=trainer, finding=found, answer="The budget line and two years' accounts are annex 14.")
        accrediting.move(by=trainer, accreditation=key, state="review")
        accrediting.close(by=second, finding=found)
    accrediting.move(by=first, accreditation=key, state="decision")
    accrediting.ask(by=secretary, accreditation=key, email=emails[panel], part="panel")
    accrediting.declare(by=named(panel), accreditation=key, no_conflict=True)
    accrediting.move(by=named(panel), accreditation=key, state="accredited", reason="All requirements are met.")


def _bank(named: Named) -> None:
    """The questions of questions.toml: one writes, another makes ready."""
    told = tomllib.loads(resources.files("hueandcry.world").joinpath("questions.toml").read_text(encoding="utf-8"))
    writer, other = named(CLERK), named(MARKERS[0])
    known = set(Question.objects.using("owner").values_list("text", flat=True))
    for each in told["question"]:
        if each["text"] in known:
            continue
        made = certifying.write_question(by=writer, told=certifying.Asked(
            SCHEME, each["competence"], each["kind"], each["text"], 10, options=tuple(each.get("options", ())),
            key=each.get("key"), guide=each.get("guide", ""),
        ))  # fmt: skip
        certifying.move_question(by=other, question=made, state="ready")


def _taught(
    trainer: Viewer, named: Named, officers: dict[str, Viewer], learners: Sequence[tuple[str, str]], today: date
) -> None:
    """All of them were at one session, which is over."""
    email = Person.objects.values_list("email", flat=True).get(pk=trainer.person or 0)
    told = teaching.Described(
        "First response, with examination", trainer.country or "ES", 40, languages=["en"], mode="classroom",
        roles=["FRE"], teaches=dict.fromkeys(("CO-03", "EV-01", "EV-02", "EV-03", "EV-05"), 4),
        about="A week at a furnished scene, before the examination for first responders.",
        outcomes="Finds, secures, keeps as it is and hands over electronic evidence; warns people in plain words.",
        assessment="The examination of the scheme follows it, held by others.",
    )  # fmt: skip
    course = teaching.draft(by=trainer, told=told)
    teaching.move(by=trainer, course=course, state="published")
    planned = teaching.Planned(today, today + timedelta(days=4), trainer.country or "ES", "en", 30, trainers=[email],
                               place="Training centre")  # fmt: skip
    session = teaching.plan(by=trainer, course=course, told=planned)
    teaching.move_session(by=trainer, session=session, state="open")
    numbers = []
    for name, country in learners:
        number = teaching.enrol(by=named(name), session=session, reason="First responder of my station.")
        teaching.answer(by=officers[country], enrolment=number, state="approved")
        numbers.append(number)
    teaching.move_session(by=trainer, session=session, state="held")
    for number in numbers:
        teaching.answer(by=trainer, enrolment=number, state="attended")
    assert Enrolment.objects.using("owner").filter(state="attended").count() == len(numbers)  # noqa: S101 - or broken


def _sits(named: Named, name: str, number: int) -> UUID:
    """Applies, is found eligible, sits the paper and hands it in."""
    body = named(CLERK).organisation or 0
    key = certifying.apply(by=named(name), scheme=SCHEME, body=body)
    clerk = named(CLERK)
    certifying.move(by=clerk, candidacy=key, state="eligible", reason="Was at the course; identity seen.")
    certifying.set_paper(by=clerk, candidacy=key, seed=SEED + number)
    certifying.move(by=clerk, candidacy=key, state="sitting")
    candidate, rng = named(name), random.Random(f"{SEED} {name}")
    with viewer(candidate):
        asked = reading.paper(Candidacy.objects.get(reference=key))
    right = dict(Question.objects.using("owner").filter(kind="choice").values_list("text", "key"))
    for each in asked:
        knows = name not in (REFUSED, *WAITING) or rng.random() < 0.3
        choice = (right[each.question] if knows else 1) if each.kind == "choice" else None
        certifying.write_answer(by=candidate, item=each.item, text="" if choice is not None else OFFERED, choice=choice,
                                ai_use="none")  # fmt: skip
    certifying.move(by=candidate, candidacy=key, state="examined")
    return key


def _marked(named: Named, candidacy: UUID, percent: int) -> None:
    """Two markers give every open answer its points, a few points apart."""
    rng = random.Random(f"{SEED} {percent} marks")
    for name in MARKERS:
        by = named(name)
        with viewer(by):
            rows = list(
                PaperItem.objects.filter(candidacy__reference=candidacy).exclude(question__kind="choice")
                .order_by("number").values_list("pk", "question__points")
            )  # fmt: skip
        for item, points in rows:
            share = min(1.0, max(0.0, percent / 100 + rng.uniform(-0.08, 0.08)))
            certifying.mark(by=by, item=item, points=round(share * points, 1))
    certifying.move(by=named(MARKERS[0]), candidacy=candidacy, state="marked")


def _long_ago() -> None:
    """Certificates were given over two years, the accreditations before them: days that no page could have written."""
    moved = "UPDATE academy_{table} SET {column} = {column} - %s, {end} = {end} - %s WHERE id = %s"
    with connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE academy_certificate DISABLE TRIGGER certificate_guarded")
        cursor.execute("ALTER TABLE academy_accreditation DISABLE TRIGGER accreditation_moves")
        rows = list(Certificate.objects.using("owner").order_by("pk").values_list("pk", flat=True))
        for number, row in enumerate(rows):
            days = 640 * (len(rows) - number) // len(rows)
            cursor.execute(moved.format(table="certificate", column="since", end="until"), [days, days, row])
        cursor.execute(
            "UPDATE academy_accreditation SET valid_from = valid_from - 700, valid_until = valid_until + 300"
            " WHERE state = 'accredited'"
        )
        cursor.execute("UPDATE academy_visit v SET day = day - 200 FROM academy_accreditation a"
                       " WHERE a.id = v.accreditation_id AND a.state = 'accredited'")  # fmt: skip
        cursor.execute("ALTER TABLE academy_certificate ENABLE TRIGGER certificate_guarded")
        cursor.execute("ALTER TABLE academy_accreditation ENABLE TRIGGER accreditation_moves")
        # keys are as old as what they are to sign
        cursor.execute("UPDATE academy_signingkey SET made_at = made_at - interval '720 days'")


def _signed(named: Named) -> None:
    """Each has their credential; two agree to be shown, one of them by name."""
    with viewer(named(DECIDER)):
        held = list(Certificate.objects.order_by("pk").values_list("reference", "person"))
    names = dict(Person.objects.filter(pk__in=[person for _key, person in held]).values_list("pk", "name"))
    for number, (certificate, person) in enumerate(held):
        if number < 2:
            certifying.show(by=named(names[person]), certificate=certificate, named=number == 0, public=True)
        certifying.sign(by=named(DECIDER), certificate=certificate)
