"""Programmes as their users meet them: an officer turns a gap into a programme, two others find it sound, strangers
follow the money of one that runs."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from hueandcry.programmes.plan import outlines
from tests.journeys.test_academy import do
from tests.journeys.visitor import PHONE, Visits, fits, main

Shot = Callable[[Page, str], None]


def test_an_officer_turns_a_gap_into_a_programme_that_two_find_sound(visit: Visits, picture_of: Shot) -> None:
    visit.admit("Daan Visser", "Rui Pires")
    officer = visit("capacity-officer", "/gaps/?country=KE&class=gap")
    officer.locator("table.cards a[data-open]").first.click()
    officer.get_by_role("link", name="Draft a programme").click()
    expect(main(officer)).to_contain_text(re.compile(r"Kenya: stage \d of the \d aimed at"))
    officer.get_by_label("How many months").fill("12")
    officer.get_by_role("button", name="Begin the draft").click()
    address = re.sub(r"^https?://[^/]+", "", officer.url)
    officer.get_by_text("Add a component").first.click()
    form = officer.locator("details[open] form")
    form.get_by_label("Title").fill("A course for twenty, taught twice")
    form.get_by_label("Cost").fill("46,500.00")
    form.get_by_role("button", name="Add a component").click()
    expect(main(officer)).to_contain_text("46,500.00 EUR")
    for other in officer.get_by_text("Say how it stands to this").all():
        assert other.is_visible()
    while officer.get_by_text("nobody has said how it stands to this").count():
        each = officer.locator("li", has_text="nobody has said how it stands to this").first
        each.locator("summary").click()
        each.locator("select").select_option(label="complements it")
        each.locator("textarea").fill("It teaches judges; this one teaches the police.")
        with officer.expect_navigation():
            each.get_by_role("button", name="Say how it stands to this").click()
    picture_of(officer, "programme-draft")
    do(officer, "Put it up for appraisal")
    expect(main(officer)).to_contain_text("under appraisal")
    for name in ("Daan Visser", "Rui Pires"):
        page = visit(name, address)
        answers = dict.fromkeys(outlines.questions(), "Yes, by what the evidence shows.")
        page.locator("summary", has_text="Appraise it").click()
        page.get_by_label("I have no conflict of interest").check()
        page.locator("summary", has_text="Appraise it").click()
        do(page, "Appraise it", **answers, verdict="sound", words="Sound.")
    expect(main(page)).to_contain_text("under appraisal → appraised")
    officer.reload()
    expect(main(officer)).to_contain_text("appraised")


def test_strangers_follow_the_money_on_a_telephone(visit: Visits, picture_of: Shot) -> None:
    page = visit.stranger(PHONE)
    page.goto("/programmes/")
    fits(page)
    page.locator("a[data-open]").first.click()
    expect(page.get_by_role("heading", name="From gift to result")).to_be_visible()
    expect(main(page)).to_contain_text("Electronic evidence in East Africa")
    expect(main(page)).to_contain_text("USD")
    fits(page)
    picture_of(page, "programme-phone")
