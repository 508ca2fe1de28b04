"""Pages of courses, accreditation and certification: who may, sees what there is to do; who may not, is refused."""

from __future__ import annotations

import io
from itertools import product
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from icalendar import Calendar

from hueandcry.academy import life
from hueandcry.academy.certification import actions as certifying
from hueandcry.academy.credentials import bundles
from hueandcry.academy.credentials.verify import Checker
from hueandcry.academy.models import Accreditation, Candidacy, Certificate, Course, Enrolment, Finding, Visit
from hueandcry.members.viewer import viewer
from tests import factory
from tests.academy import scene
from tests.academy.test_forbidden import put

pytestmark = pytest.mark.usefixtures("database")


def client(who: scene.Scene, name: str) -> Client:
    return factory.signed_in(who.people[name])


def posted(who: scene.Scene, name: str, url: str, **values: Any) -> int:
    return client(who, name).post(url, values).status_code


def test_a_course_goes_from_description_to_attendance() -> None:
    who = scene.scene()
    told = {
        "title": "Seizing devices",
        "country": "DE",
        "languages": ["en", "de"],
        "mode": "classroom",
        "hours": 40,
        "roles": ["FRE"],
        "teaches": "EV-01 4\nEV-02 4",
        "outcomes": "Seizes.",
        "assessment": "A task.",
    }
    assert posted(who, "learner", "/courses/new/", **told) == 403
    wrong = client(who, "trainer").post("/courses/new/", told | {"teaches": "EV-99 4"})
    assert wrong.status_code == 422
    assert "EV-99" in wrong.content.decode()
    made = client(who, "trainer").post("/courses/new/", told)
    course = made["Location"]
    assert client(who, "learner").get(course).status_code == 404
    assert posted(who, "trainer", f"{course}publish/") == 302
    assert "Seizing devices" in client(who, "learner").get("/courses/?role=FRE&competence=EV-01").content.decode()
    assert "Seizing devices" not in client(who, "learner").get("/courses/?role=JUD").content.decode()
    planned = {
        "starts": scene.day(0),
        "ends": scene.day(2),
        "country": "DE",
        "place": "Bonn",
        "language": "en",
        "places": 1,
        "cost": "120.50",
        "currency": "EUR",
        "trainers": who.people["trainer"].email,
    }
    session = client(who, "trainer").post(f"{course}sessions/", planned)["Location"]
    assert posted(who, "learner", f"{session}enrol/", reason="") == 302  # not open: said, nothing done
    posted(who, "trainer", f"{session}open/")
    posted(who, "learner", f"{session}enrol/", reason="I need it.")
    with viewer(who.learner):
        enrolment = Enrolment.objects.get()
    posted(who, "learner", f"{session}answer/", enrolment=enrolment.pk, state="approved")
    with viewer(who.learner):
        assert Enrolment.objects.get().state == "asked"
    assert "Approve" in client(who, "officer").get(session).content.decode()
    posted(who, "officer", f"{session}answer/", enrolment=enrolment.pk, state="approved")
    found = client(who, "learner").get(session).content.decode()
    assert "has a place" in found
    assert "120.50" in found
    ical = Calendar.from_ical(client(who, "learner").get("/courses/calendar.ics").content)
    [event] = ical.walk("VEVENT")
    assert (event.decoded("dtstart"), event.decoded("dtend")) == (scene.day(0), scene.day(3))
    for url in ("/courses/calendar/", "/courses/mine/", "/courses/compare/", "/courses/courses.csv", f"{course}edit/"):
        assert client(who, "trainer").get(url).status_code in (200, 404), url
    posted(who, "trainer", f"{course}renew/")
    with viewer(who.trainer):
        second = Course.objects.get(version=2)
    compared = client(who, "trainer").get(f"/courses/compare/?one={second.reference}&other={course.split('/')[-2]}")
    assert "covered" in compared.content.decode()


def test_a_provider_is_accredited_over_a_finding_on_its_pages() -> None:
    who = scene.scene()
    made = client(who, "trainer").post("/accreditation/new/", {"kind": "provider", "scope": [scene.SCHEME]})
    page = made["Location"]
    posted(who, "trainer", f"{page}answer/", **scene.answered("provider"))
    posted(who, "trainer", f"{page}applied/")
    for name in ("assessor", "assessor2"):
        posted(who, "secretary", f"{page}ask/", email=who.people[name].email, part="assessor")
        posted(who, name, f"{page}declare/", no_conflict="yes")
    refused = client(who, "secretary").post(f"{page}ask/", {"email": who.people["national"].email, "part": "assessor"})
    assert refused.status_code == 422
    assert "another country" in refused.content.decode()
    posted(who, "secretary", f"{page}review/")
    for how in ("documents", "visit"):
        posted(who, "assessor", f"{page}look/", how=how, day=scene.TODAY, notes="Seen.")
    posted(who, "assessor", f"{page}find/", requirement="P2", grade="major", text="Teachers mark.")
    posted(who, "assessor", f"{page}corrective/")
    with viewer(who.trainer):
        finding = Finding.objects.get()
    posted(who, "trainer", f"{page}correct-{finding.pk}/", finding=finding.pk, answer="No more.")
    posted(who, "trainer", f"{page}review/")
    posted(who, "assessor2", f"{page}close-{finding.pk}/", finding=finding.pk)
    posted(who, "assessor2", f"{page}decision/")
    posted(who, "secretary", f"{page}ask/", email=who.people["panel"].email, part="panel")
    posted(who, "panel", f"{page}declare/", no_conflict="yes")
    assert client(who, "panel").post(f"{page}accredited/", {"reason": ""}).status_code == 422
    posted(who, "panel", f"{page}accredited/", reason="Met.")
    with viewer(who.trainer):
        assert Accreditation.objects.get().state == "accredited"
    assert "Police Academy" in client(who, "learner").get("/accreditation/").content.decode()
    assert client(who, "learner").get(page).status_code == 404
    assert "Teachers mark." in client(who, "panel").get(page).content.decode()


def test_somebody_is_examined_and_certified_on_the_pages() -> None:
    who = scene.scene()
    scene.ready(who)
    body = who.people["marker"].organisation_id
    made = client(who, "learner").post(f"/certification/schemes/{scene.SCHEME}/", {"body": body})
    page = made["Location"]
    posted(who, "third", f"{page}eligible/", reason="Fit.")
    assert "Draw a paper" in client(who, "third").get(page).content.decode()
    posted(who, "third", f"{page}paper/")
    posted(who, "third", f"{page}sitting/")
    with viewer(who.learner):
        candidacy = Candidacy.objects.get()
        items = list(candidacy.items.values_list("pk", flat=True))
    answers = {f"text-{item}": "I isolate it." for item in items} | {f"choice-{item}": "0" for item in items}
    sheet = client(who, "learner").get(page).content.decode()
    assert "half a point" not in sheet  # the guide is for markers
    posted(who, "learner", f"{page}answers/", ai_use="none", **answers)
    posted(who, "learner", f"{page}examined/")
    with viewer(who.marker):
        open_items = [
            (row.pk, row.question.points)
            for row in candidacy.items.select_related("question")
            if row.question.kind != "choice"
        ]
    for name in ("marker", "second"):
        for item, points in open_items:
            posted(who, name, f"{page}mark/", item=item, points=points - 1, note="Good.")
    posted(who, "marker", f"{page}marked/")
    refused = client(who, "marker").post(f"{page}certified/", {"reason": "Passed."})
    assert refused.status_code == 422
    assert "for others to decide" in refused.content.decode()
    seen = client(who, "decider").get(page).content.decode()
    assert "marked twice" in seen
    assert "half a point each" in seen
    posted(who, "decider", f"{page}certified/", reason="Passed.")
    with viewer(who.learner):
        certificate = Certificate.objects.get()
    own = f"/certification/certificates/{certificate.reference}/"
    posted(who, "decider", f"{own}sign/")
    posted(who, "learner", f"{own}show/", named="on", public="on")
    assert "Anna Silva" in Client().get("/certification/register/").content.decode()
    posted(who, "decider", f"{own}sign/")
    checker = Checker(bundles.current())
    for file in ("credential.json", "badge.png", "badge.svg"):
        content = client(who, "learner").get(own + file).content
        assert checker.file(content).valid, file
    face = client(who, "learner").get(f"{own}face.svg")
    assert (face.status_code, face["Content-Type"]) == (200, "image/svg+xml")
    assert b"proofValue" not in face.content
    paper = client(who, "learner").get(f"{own}certificate.pdf")
    assert paper.content.startswith(b"%PDF")
    assert client(who, "other").get(f"{own}credential.json").status_code == 404
    posted(who, "learner", f"{own}develop/", day=scene.TODAY, hours=12, what="A course.", evidence="Its list.")
    assert "12 of 60 hours" in client(who, "learner").get(own).content.decode()


def test_an_accredited_provider_is_looked_at_again_and_the_list_says_by_when() -> None:
    who = scene.scene()
    key = scene.accredited(who)
    with connections["owner"].cursor() as cursor:
        cursor.execute("UPDATE academy_visit SET day = day - 400")
        cursor.execute("ALTER TABLE academy_accreditation DISABLE TRIGGER accreditation_moves")
        cursor.execute("UPDATE academy_accreditation SET valid_from = valid_from - 400 WHERE reference = %s", [key])
        cursor.execute("ALTER TABLE academy_accreditation ENABLE TRIGGER accreditation_moves")
    assert "overdue" in client(who, "officer").get("/accreditation/").content.decode()
    page = f"/accreditation/{key}/"
    posted(who, "assessor", f"{page}look/", how="visit", day=scene.TODAY, notes="Saw the records of a year.")
    assert "overdue" not in client(who, "officer").get("/accreditation/").content.decode()
    offered = client(who, "secretary").get(page).content.decode()
    assert "Note that it has ended" not in offered  # not before it has
    refused = client(who, "secretary").post(f"{page}look/", {"how": "visit", "day": scene.TODAY, "notes": "So."})
    assert refused.status_code == 302  # no assessor: nothing is offered, nothing recorded
    assert Visit.objects.using("owner").filter(notes="So.").count() == 0


def test_every_page_opens_for_everybody_who_may() -> None:
    who = scene.scene()
    scene.ready(who)
    scene.trained(who)
    scene.certified(who)
    urls = [
        "/courses/",
        "/courses/calendar/",
        "/courses/mine/",
        "/accreditation/",
        "/accreditation/standards/",
        "/certification/",
        "/certification/register/",
        "/certification/register.csv",
        "/training/",
        "/certification/recognition/",
        f"/certification/schemes/{scene.SCHEME}/",
    ]
    for name, url in product(("learner", "officer", "trainer", "marker", "secretary", "assessor"), urls):
        assert client(who, name).get(url).status_code == 200, (name, url)
    for name, url in (
        ("marker", "/certification/questions/"),
        ("trainer", "/certification/keys/"),
        ("secretary", "/certification/schemes/new/"),
        ("trainer", "/accreditation/new/"),
    ):
        assert client(who, name).get(url).status_code == 200, (name, url)
        assert client(who, "learner").get(url).status_code == 403, url
    given = {
        "scheme": scene.SCHEME,
        "other": "DE",
        "how": "part",
        "missing": "EV-05",
        "why": "Other forms here.",
        "until": scene.day(400),
    }
    assert posted(who, "officer", "/certification/recognition/", **given) == 302
    assert "EV-05" in client(who, "learner").get("/certification/recognition/").content.decode()


def test_no_forbidden_move_gets_through_the_pages() -> None:
    """As the direct writes of test_forbidden, by posting to the page's address: whatever the page offers or not."""
    who = scene.scene()
    scene.ready(who)
    scene.trained(who)
    key = scene.sat(who)
    scene.marked(who, key)
    with viewer(who.decider):
        row = Candidacy.objects.get(reference=key)
    roles = {
        "candidate": {"learner"},
        "body": {"trainer", "marker", "second", "third", "decider"},
        "marker": {"marker", "second"},
        "decider": {"third", "decider"},
        "appeal": {"third", "decider", "office_examiner"},
    }
    clients = {name: client(who, name) for name in ("learner", "trainer", "marker", "decider", "officer", "secretary")}
    tries, let = 0, []
    for before, after in product(life.MOVES.states("candidacy"), repeat=2):
        put("candidacy", row.pk, before)
        for name, browser in clients.items():
            mine = {role for role, names in roles.items() if name in names}
            if any(life.MOVES.may("candidacy", before, after, role) for role in mine):
                continue
            tries += 1
            browser.post(f"/certification/candidacies/{key}/{after}/", {"reason": "because"})
            with viewer(who.learner):
                if Candidacy.objects.get().state != before:
                    let.append(f"{name}: {before} -> {after}")
                    put("candidacy", row.pk, before)
    assert let == []
    assert tries > 500


def test_an_appeal_is_heard_by_somebody_else() -> None:
    who = scene.scene()
    scene.ready(who)
    key = scene.sat(who, right=False)
    scene.marked(who, key, percent=20)
    certifying.move(by=who.decider, candidacy=key, state="refused", reason="Too few points.")
    page = f"/certification/candidacies/{key}/"
    posted(who, "learner", f"{page}appealed/", reason="Unfair.")
    assert client(who, "decider").post(f"{page}upheld/", {"reason": "No."}).status_code == 422
    assert posted(who, "office_examiner", f"{page}upheld/", reason="The marks stand.") == 302
    with viewer(who.learner):
        assert Candidacy.objects.get().state == "upheld"
    assert io.BytesIO(client(who, "learner").get(page).content).getvalue().count(b"The marks stand.") == 1
