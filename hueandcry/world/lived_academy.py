"""What the academy of the demonstration has: schemes, courses with sessions and who wants to take part, people who were
examined (lived_certified.py), a provider that applies for more, a recognition."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db.models import Model, QuerySet

from hueandcry.academy.accreditation import actions as accrediting
from hueandcry.academy.accreditation.standards import standards
from hueandcry.academy.certification import actions as certifying
from hueandcry.academy.courses import actions as teaching
from hueandcry.academy.frameworks import shipped
from hueandcry.academy.models import Accreditation, Certificate, Course, Recognition, Scheme
from hueandcry.members.models import Person
from hueandcry.members.viewer import Viewer
from hueandcry.world import lived_certified

SCHEMES = (("FRE-4", "First responder", "FRE", 4), ("CCI-6", "Cybercrime investigator", "CCI", 6),
           ("DFE-6", "Digital forensics examiner", "DFE", 6), ("PRO-6", "Prosecutor", "PRO", 6))  # fmt: skip
# title, role, competences with level, hours, mode, in how many days it begins
COURSES = (
    ("First response to electronic evidence", "FRE", {"EV-01": 4, "EV-02": 4, "EV-05": 4}, 24, "classroom", 30),
    ("Investigating payment fraud and virtual assets", "CCI", {"IN-04": 5, "IN-05": 5, "LA-04": 5}, 60, "blended", 75),
    ("Mobile forensics, advanced", "DFE", {"FO-02": 6, "FO-05": 6, "FO-06": 6}, 80, "classroom", 120),
    ("Electronic evidence for prosecutors", "PRO", {"LA-03": 6, "LA-06": 6, "EV-05": 4}, 30, "online", 45),
)


def live(people: Mapping[str, Viewer]) -> None:
    """Let the office, a trainer, the police and a capacity officer act; each step once, where loading goes on."""
    today = datetime.now(UTC).date()
    steps: tuple[tuple[QuerySet[Any], Callable[[], None]], ...] = (
        (_rows(Scheme), lambda: _schemes(people["secretary"])),
        (_rows(Course), lambda: _courses(people, today)),
        (
            _rows(Certificate),
            lambda: lived_certified.live(people["trainer"], people["secretary"], people["capacity-officer"]),
        ),
        (_rows(Accreditation).filter(state="applied"), lambda: _applies(people["trainer"])),
        (_rows(Recognition), lambda: _recognises(people["capacity-officer"], today)),
    )
    for done, step in steps:
        if not done.exists():
            step()


def _rows(table: type[Model]) -> QuerySet[Any]:
    return table._default_manager.using("owner").all()


def _schemes(by: Viewer) -> None:
    known = shipped.law_enforcement()
    for code, title, role, level in SCHEMES:
        wanted = sorted(known.wants(role), key=lambda each: (-known.wants(role)[each], each))[:5]
        blueprint = dict.fromkeys(wanted, 20)
        told = certifying.Wanted(code, f"{title}, EQF {level}", role, level, blueprint)
        certifying.write_scheme(by=by, told=told)


def _courses(people: Mapping[str, Viewer], today: date) -> None:
    by = people["trainer"]
    email = Person.objects.values_list("email", flat=True).get(pk=by.person or 0)
    known = shipped.law_enforcement().by_code
    for title, role, teaches, hours, mode, begins in COURSES:
        told = teaching.Described(
            title, by.country or "DE", hours, languages=["en", "de"], mode=mode, roles=[role], teaches=teaches,
            about=f"For who works as: {known[role].title.lower()}.",
            outcomes="\n".join(known[code].shown[level] for code, level in teaches.items()),
            assessment="A practical task on data made for the purpose, and a written part.",
            marking="Two markers; a third where they are more than 30 of 100 points apart.",
            trainer_material="Slides with notes, a case with exhibits.", student_material="Reader, exercises.",
            pilot="Held once with 14 people of three agencies; the second day was rewritten after it.",
        )  # fmt: skip
        course = teaching.draft(by=by, told=told)
        teaching.move(by=by, course=course, state="published")
        first = today + timedelta(days=begins)
        planned = teaching.Planned(first, first + timedelta(days=3), by.country or "DE", "en", 20, trainers=[email],
                                   place="" if mode == "online" else "Training centre")  # fmt: skip
        session = teaching.plan(by=by, course=course, told=planned)
        teaching.move_session(by=by, session=session, state="open")
        if role in ("FRE", "CCI"):
            teaching.enrol(by=people["police-analyst"], session=session, reason="My unit meets it every week.")


def _applies(by: Viewer) -> None:
    made = accrediting.draft(by=by, kind="provider", scope=["FRE-4", "CCI-6"])
    answers = {code: f"Met; the evidence is annex {number}." for number, code in enumerate(
        standards()["provider"].requirements, 1)}  # fmt: skip
    accrediting.answer(by=by, accreditation=made, answers=answers)
    accrediting.move(by=by, accreditation=made, state="applied")


def _recognises(by: Viewer, today: date) -> None:
    certifying.recognise(
        by=by, scheme="FRE-4", other="DE", how="part", missing=["EV-05"], until=today + timedelta(days=730),
        why="Our rules on the chain of custody are to be shown beside it; the rest is the same.",
    )  # fmt: skip
