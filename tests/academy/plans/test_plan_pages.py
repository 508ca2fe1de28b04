"""Pages of profiles and plans, as their users: who sees whom, what closes what, what is said of what was asked."""

from __future__ import annotations

import ast
import csv
import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from django.http import HttpResponse
from django.test import Client
from icalendar import Calendar

from hueandcry.academy.courses import actions as teaching
from hueandcry.academy.frameworks import shipped
from hueandcry.academy.models import Recognition, Session
from hueandcry.academy.plans import views_plan
from hueandcry.exchange.merge import intern
from hueandcry.members.models import ALLIANCE
from hueandcry.members.viewer import viewer
from tests import factory
from tests.academy import scene

pytestmark = pytest.mark.usefixtures("database")
ROOT = "/courses/plans/"
PROFILE, UNIT = f"{ROOT}profile/", f"{ROOT}unit/"
ROLE = "hueandcry-le@1.0:FRE"
WANTS = shipped.law_enforcement().wants("FRE")


def asked(who: scene.Scene, name: str, url: str, **given: Any) -> HttpResponse:
    client = factory.signed_in(who.people[name])
    return client.get(url, {"role": ROLE} | given)  # type: ignore[return-value]


def said(who: scene.Scene, name: str, url: str, status: int = 200, **given: Any) -> str:
    answer = asked(who, name, url, **given)
    assert answer.status_code == status
    return answer.content.decode()


def rows(who: scene.Scene, name: str, url: str, **given: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(said(who, name, url, **given))))


def held(who: scene.Scene, learner: str, codes: str, level: int = 4, days: int = 900) -> None:
    """A certificate, by direct write: how one comes by it is tried elsewhere."""
    person, body = who.people[learner], who.people["marker"].organisation_id
    with connections["owner"].cursor() as cursor:
        for table in ("academy_candidacy", "academy_certificate"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute("UPDATE academy_scheme SET blueprint = %s::jsonb", [
            "{" + ", ".join(f'"{code}": 1' for code in codes.split()) + "}"])  # fmt: skip
        cursor.execute(
            "INSERT INTO academy_candidacy (reference, scheme_id, state, person, organisation, body, reason, appeal,"
            " attempt, at) SELECT gen_random_uuid(), id, 'certified', %s, %s, %s, '', '', 1, now() FROM academy_scheme"
            " RETURNING id", [person.pk, person.organisation_id, body])  # fmt: skip
        candidacy = cursor.fetchone()[0]
        cursor.execute(
            "INSERT INTO academy_certificate (reference, candidacy_id, scheme_id, state, person, organisation, body,"
            " country, since, until, index, reason, named, public, key, issued_at) SELECT gen_random_uuid(), %s, id,"
            " 'valid', %s, %s, %s, 'PT', current_date - 30, current_date + %s::integer, %s, '', false, false, '', now()"
            " FROM academy_scheme", [candidacy, person.pk, person.organisation_id, body, days, candidacy])  # fmt: skip
        for table in ("academy_candidacy", "academy_certificate"):
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def offered(who: scene.Scene, title: str, codes: str, level: int = 4, after: int = 30, **more: Any) -> Session:
    """A course with one session that is open."""
    told = teaching.Described(
        title, "DE", 16, languages=["en"], mode=more.pop("mode", "classroom"), outcomes="x", assessment="x",
        teaches=dict.fromkeys(codes.split(), level), requires=more.pop("requires", {}),
    )  # fmt: skip
    course = teaching.draft(by=who.trainer, told=told)
    teaching.move(by=who.trainer, course=course, state="published")
    plan = teaching.Planned(scene.day(after), scene.day(after + 1), more.pop("country", "DE"),
                            more.pop("language", "en"), more.pop("places", 9), **more)  # fmt: skip
    session = teaching.plan(by=who.trainer, course=course, told=plan)
    teaching.move_session(by=who.trainer, session=session, state="open")
    with viewer(who.trainer):
        return Session.objects.get(reference=session)


@pytest.mark.parametrize("url", [ROOT, PROFILE, UNIT, f"{ROOT}plan.csv", f"{PROFILE}profile.json", f"{UNIT}unit.csv"])
def test_who_may(url: str) -> None:
    who = scene.scene()
    assert "/login/" in Client().get(url)["Location"]
    stranger = factory.person(factory.organisation("Applicant", state="applicant"), ("officer",))
    assert factory.signed_in(stranger).get(url).status_code == 302
    home = url.startswith(UNIT)
    assert asked(who, "officer", url).status_code == 200
    assert asked(who, "learner", url).status_code == (403 if home else 200)
    assert asked(who, "secretary", url).status_code == (403 if home else 200)


def test_a_profile_says_what_is_held_by_what_and_until_when() -> None:
    who = scene.scene()
    assert "Nothing that you have learnt" in said(who, "learner", PROFILE)
    scene.trained(who)  # the three competences of the blueprint, at EQF 4
    found = {row["code"]: row for row in rows(who, "learner", f"{PROFILE}profile.csv")}
    assert set(found) == set(WANTS)
    for code in scene.BLUEPRINT:
        assert tuple(found[code][name] for name in ("state", "held", "by", "last_day")) == ("held", "4", "course", "")
    with connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE academy_session DISABLE TRIGGER USER")
        cursor.execute("UPDATE academy_session SET starts = starts - 99, ends = ends - 99")
        cursor.execute("ALTER TABLE academy_session ENABLE TRIGGER USER")
    held(who, "learner", "EV-01 EV-02", days=30)
    page = said(who, "learner", PROFILE)
    found = {row["code"]: row for row in rows(who, "learner", f"{PROFILE}profile.csv")}
    assert found["EV-01"]["state"] == "expiring"
    assert found["EV-01"]["last_day"] == scene.day(29).isoformat()
    assert found["EV-05"]["by"] == "course"
    assert "First responder, EQF 4" in page
    assert "recognition not said" in page
    assert rows(who, "learner", f"{PROFILE}profile.csv", within=30)[0]["state"] == "expiring"
    alone = {row["code"]: row["state"] for row in rows(who, "learner", f"{PROFILE}profile.csv", counts="certificates")}
    assert alone["EV-05"] == "missing"


def test_what_a_profile_gives_away_is_what_its_page_says() -> None:
    who = scene.scene()
    scene.trained(who)
    page = said(who, "learner", PROFILE)
    told = asked(who, "learner", f"{PROFILE}profile.json").json()  # type: ignore[attr-defined]
    table = rows(who, "learner", f"{PROFILE}profile.csv")
    assert told["role"] == "FRE"
    assert [(each["code"], each["state"]) for each in told["competences"]] == [
        (each["code"], each["state"]) for each in table]  # fmt: skip
    states = [each["state"] for each in table]
    assert f"{states.count('held') + states.count('expiring')} of {len(WANTS)}" in page
    missing = said(who, "learner", PROFILE, state="missing")
    assert all((each["code"] in missing) == (each["state"] == "missing") for each in table)


def test_a_country_that_does_not_recognise_a_certificate_counts_it_not() -> None:
    who = scene.scene()
    held(who, "learner", "EV-01 EV-02")
    officer = who.officer
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT id FROM academy_scheme")
        scheme = cursor.fetchone()[0]
    with viewer(officer):
        made = Recognition.objects.create(
            scheme_id=scheme, country="PT", other="DE", how="part", missing=["EV-02"], why="x", until=scene.day(9),
            audience=intern([ALLIANCE]), organisation=officer.organisation or 0, person=officer.person or 0,
        )  # fmt: skip
    found = {row["code"]: row for row in rows(who, "learner", f"{PROFILE}profile.csv")}
    assert (found["EV-01"]["by"], found["EV-01"]["recognised"]) == ("certificate", "part")
    assert found["EV-02"]["state"] == "missing"
    Recognition.objects.using("owner").filter(pk=made.pk).update(how="not", missing=[])
    assert {row["by"] for row in rows(who, "learner", f"{PROFILE}profile.csv")} == {""}


def test_somebody_elses_profile_shows_to_their_officer_alone() -> None:
    who = scene.scene()
    scene.trained(who)
    key = who.people["learner"].pk
    assert "Anna Silva as" in said(who, "officer", PROFILE, whose=key)
    assert rows(who, "officer", f"{PROFILE}profile.csv", whose=key) == rows(who, "learner", f"{PROFILE}profile.csv")
    abroad = factory.person(factory.organisation("Other Police", kind="law-enforcement", country="FR"), ("officer",))
    who.people["abroad"] = abroad
    for name in ("other", "trainer", "secretary", "abroad"):
        for url in (PROFILE, ROOT):
            page = said(who, name, url, status=422, whose=key)
            assert "Anna Silva" not in page
            assert f"{key} is not one of the available choices" in page
        assert asked(who, name, f"{PROFILE}profile.json", whose=key).status_code == 302
    assert said(who, "learner", ROOT, status=422, whose="unit")


def test_a_unit_counts_its_people() -> None:
    who = scene.scene()
    scene.trained(who)
    page = said(who, "officer", UNIT)
    assert "Anna Silva" in page
    found = {row["code"]: row for row in rows(who, "officer", f"{UNIT}unit.csv")}
    assert found["EV-01"] == {
        "code": "EV-01", "competence": shipped.law_enforcement().by_code["EV-01"].title, "wanted": "4",
        "people": "3", "held": "1", "about_to_expire": "0", "at_a_lower_level": "0", "missing": "2",
    }  # fmt: skip
    assert {row["hold_it"] for row in rows(who, "officer", f"{UNIT}others.csv")} == {"hidden"}, "three people"
    for _n in range(4):
        factory.person(who.people["officer"].organisation, ("reader",))
    told = {row["code"]: (row["hold_it"], row["do_not"]) for row in rows(who, "officer", f"{UNIT}others.csv")}
    assert told["EV-01"] == ("hidden", "hidden")
    nobody = next(code for code in WANTS if code not in scene.BLUEPRINT)
    assert told[nobody] == ("0", "7")
    assert "Anna" not in said(who, "officer", f"{UNIT}others.csv")
    assert "Anna" not in said(who, "trainer", UNIT), "a unit is one's own: its administrator sees nobody else's"


def test_more_people_take_no_more_queries(django_assert_max_num_queries: Any) -> None:
    who = scene.scene()
    for _n in range(30):
        factory.person(who.people["officer"].organisation, ("reader",))
    client = factory.signed_in(who.people["officer"])
    with django_assert_max_num_queries(20):
        assert client.get(UNIT, {"role": ROLE}).status_code == 200


def test_a_plan_closes_gaps_within_its_limits_and_says_why_others_stay_open() -> None:
    who = scene.scene()
    codes = list(WANTS)
    high = max(WANTS.values())
    dear = offered(who, "All of it at once", " ".join(codes[:3]), high, 30, cost=900_00)
    cheap = offered(who, "The first alone", codes[0], high, 40, cost=100_00)
    offered(who, "In another tongue", codes[3], high, 50, language="fr")
    offered(who, "For beginners", codes[4], high - 1, 60)
    page = said(who, "learner", ROOT)
    assert "proven best" in page
    assert "All of it at once" in page
    assert "The first alone" not in page
    assert f"/courses/sessions/{dear.reference}/" in page
    assert "It is held in French, which you did not choose." in page
    assert "It is taught only at a lower level than the role wants: EQF 3." in page
    assert "No session to come teaches it." in page
    told = form()
    table = rows(who, "learner", f"{ROOT}plan.csv", **told)
    assert [row["session"] for row in table if row["what"] == "session"] == [str(dear.reference)]
    assert len([row for row in table if row["what"] == "gap"]) == len(WANTS) - 3
    for budget, chosen, cost in (("899.99", cheap, "100.00"), ("900", dear, "900.00")):
        table = rows(who, "learner", f"{ROOT}plan.csv", **told | {"budget": budget})
        assert [(row["session"], row["cost"]) for row in table if row["what"] == "session"] == [
            (str(chosen.reference), cost)]  # fmt: skip
    poor = rows(who, "learner", f"{ROOT}plan.csv", **told | {"budget": "100"})
    why = {row["competences"]: row["why"] for row in poor if row["what"] == "gap"}
    assert why[codes[1]] == "It alone costs more than the budget."
    [event] = Calendar.from_ical(asked(who, "learner", f"{ROOT}plan.ics", **told).content).walk("VEVENT")
    assert (event.decoded("dtstart"), event.decoded("dtend")) == (dear.starts, dear.ends + timedelta(days=1))
    assert str(event["summary"]) == "All of it at once"
    narrow = rows(who, "learner", f"{ROOT}plan.csv", **told | {"travel": "nowhere"})
    assert "It is in Germany, where you do not travel." in [row["why"] for row in narrow]


def form(**more: Any) -> dict[str, Any]:
    """All that the form sends."""
    return {
        "whose": "me", "within": 90, "counts": "both", "languages": ["en"], "earliest": scene.TODAY.isoformat(),
        "latest": scene.day(300).isoformat(), "budget": "", "currency": "EUR", "travel": "anywhere", "online": "on",
        "expiring": "on",
    } | more  # fmt: skip


def test_what_a_course_builds_on_and_full_sessions() -> None:
    who = scene.scene()
    one, other, third = list(WANTS)[:3]
    high = max(WANTS.values())
    first = offered(who, "First things", one, high, 20)
    later = offered(who, "Later things", other, high, 60, requires={one: high})
    offered(who, "No place left", third, high, 90, places=1)
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "INSERT INTO academy_enrolment (session_id, person, organisation, provider, state, reason, at) SELECT id,"
            " %s, %s, organisation, 'placed', '', now() FROM academy_session WHERE places = 1",
            [who.people["other"].pk, who.people["other"].organisation_id])  # fmt: skip
    table = rows(who, "learner", f"{ROOT}plan.csv", **form())
    assert [row["session"] for row in table if row["what"] == "session"] == [str(first.reference), str(later.reference)]
    why = {row["competences"]: row["why"] for row in table}
    assert why[third] == "All its places are taken."
    own = rows(who, "other", f"{ROOT}plan.csv", **form())
    assert len([row for row in own if row["what"] == "session"]) == 3, "who has a place in it keeps it"
    assert "has a place" in said(who, "other", ROOT)


def test_a_units_plan_says_for_how_many() -> None:
    who = scene.scene()
    code, high = next(iter(WANTS)), max(WANTS.values())
    held(who, "learner", code, level=high)
    with connections["owner"].cursor() as cursor:
        cursor.execute("UPDATE academy_scheme SET level = %s", [high])
    offered(who, "For the others", code, high, 30, cost=10_00, places=1)
    page = said(who, "officer", ROOT, whose="unit")
    assert "for 2 people" in page
    assert "20.00" in page
    assert "Anna Silva" in page  # among whose plans the officer may make
    enough = rows(who, "officer", f"{ROOT}plan.csv", **form(whose="unit", enough=1))
    assert code not in [row["competences"] for row in enough], "one person holds it, and one is enough"
    two = rows(who, "officer", f"{ROOT}plan.csv", **form(whose="unit", enough=2))
    assert [row["people"] for row in two if row["what"] == "session"] == ["1"]


def test_when_time_is_up_the_page_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    who = scene.scene()
    offered(who, "The first alone", next(iter(WANTS)), max(WANTS.values()))
    monkeypatch.setattr(views_plan, "SECONDS", 0.0)
    page = said(who, "learner", ROOT)
    assert "time was up" in page
    assert "The first alone" in page, "the best that was found is shown"


@pytest.mark.parametrize(("wrong", "words"), [
    ({"role": "hueandcry-le@1.0:XXX"}, "hueandcry-le@1.0:XXX is not one of the available choices"),
    ({"languages": ["xx"]}, "xx is not one of the available choices"),
    ({"languages": []}, "Choose a language at least."),
    ({"latest": "2026-13-01"}, "Enter a valid date."), ({"latest": scene.day(-1).isoformat()}, "before the first one"),
    ({"budget": "-1"}, "greater than or equal to 0"), ({"budget": "much"}, "Enter a number."),
    ({"currency": "QQQ"}, "QQQ is not one of the available choices"), ({"travel": "some"}, "Choose the countries"),
    ({"travel": "nowhere", "online": ""}, "Without travel and without courses online none is left."),
    ({"within": "7"}, "7 is not one of the available choices"),
])  # fmt: skip
def test_what_is_wrong_is_named(wrong: dict[str, Any], words: str) -> None:
    who = scene.scene()
    given = form(**wrong)
    if not given["online"]:
        del given["online"]
    assert words in said(who, "learner", ROOT, status=422, **given)


def test_pages_begin_without_reproach() -> None:
    who = scene.scene()
    for url in (ROOT, PROFILE):
        page = factory.signed_in(who.people["learner"]).get(url)
        assert page.status_code == 200
        assert "errorlist" not in page.content.decode()
    assert PROFILE in said(who, "learner", "/courses/mine/")
    assert f"{ROOT}?role={ROLE}" in said(who, "learner", "/competences/hueandcry-le/1.0/roles/FRE/")


def test_the_solver_is_loaded_by_who_asks() -> None:
    for path in Path(views_plan.__file__).parent.glob("*.py"):
        for node in ast.parse(path.read_text("utf-8")).body:
            names = [each.name for each in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not {"highspy", "numpy"} & {name.split(".")[0] for name in names}, path
