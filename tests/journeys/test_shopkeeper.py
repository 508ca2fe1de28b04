"""A shopkeeper with a telephone: eight seconds to understand, a few answers, a receipt in plain words."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.visitor import PHONE, WIDE, Visits, fits, main

Shot = Callable[[Page, str], None]


def tell(page: Page, what: str) -> None:
    """Fill in the form and send it."""
    page.get_by_label("What happened?").fill(what)
    page.get_by_label("Somebody posed as a bank").check()
    page.get_by_label("What do you know of them?").fill("https://card-check.example.com/pay and +351 21 000 0000")
    page.get_by_label("Money lost").fill("1200")
    page.get_by_role("button", name="Send the report").click()
    page.wait_for_url(re.compile("/submissions/"))


def test_reports_from_the_first_page(visit: Visits, picture_of: Shot) -> None:
    what = f"A caller from 'our bank' took 1,200 euro. Order {uuid.uuid4().hex[:8]}"
    page = visit("reporter", "/", PHONE)
    picture_of(page, "home-reporter-phone")
    page.get_by_role("link", name="Report what happened").click()
    fits(page)
    picture_of(page, "form-phone")
    tell(page, what)
    expect(main(page)).to_contain_text("Thank you. Your report is in.")
    expect(main(page)).to_contain_text("It made 1 report.")
    fits(page)
    page.get_by_role("link", name=what).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(what)
    expect(main(page)).to_contain_text("https://card-check.example.com/pay")
    expect(main(page)).to_contain_text("+351210000000")
    fits(page)
    page.goto("/")
    expect(main(page).get_by_role("link", name=what)).to_be_visible()


def test_the_form_is_short_and_asks_two_things_only(visit: Visits, picture_of: Shot) -> None:
    page = visit("reporter", "/report/", PHONE)
    questions = page.locator("main form").first.locator("fieldset, .field:not(fieldset .field)")
    optional = questions.filter(has_text="(optional)")
    assert questions.count() - optional.count() == 2
    assert questions.count() <= 10
    picture_of(visit("reporter", "/report/", WIDE), "form")


def test_a_mistake_is_named_at_its_field_and_nothing_typed_is_lost(visit: Visits) -> None:
    page = visit("reporter", "/report/", PHONE)
    page.get_by_label("What happened?").fill("Two wrong answers follow")
    page.get_by_label("When did it begin?").fill("2026-10-20")
    page.get_by_label("When did it end?").fill("2026-10-02")
    page.get_by_role("button", name="Send the report").click()
    ended = page.get_by_label("When did it end?")
    expect(ended).to_have_attribute("aria-invalid", "true")
    beside = page.locator(".field").filter(has=ended)
    expect(beside).to_contain_text("It ended before it began")
    expect(page.get_by_label("What happened?")).to_have_value("Two wrong answers follow")
    expect(page).to_have_url(re.compile("/report/$"))


def test_a_session_that_ended_takes_nothing_of_what_was_typed(visit: Visits) -> None:
    what = f"They sold me a shop that never was {uuid.uuid4().hex[:8]}"
    page = visit("reporter", "/report/", PHONE)
    page.get_by_label("What happened?").fill(what)
    page.get_by_label("Paid for something").check()
    page.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Send the report").click()
    account = visit.alliance.accounts["reporter"]
    page.get_by_label(re.compile("^E-?mail$")).fill(account.email)
    page.get_by_label("Password", exact=True).fill(account.password)
    page.get_by_role("button", name="Sign in").click()
    expect(main(page)).to_contain_text("not sent yet")
    expect(page.get_by_label("What happened?")).to_have_value(what)
    expect(page.get_by_label("Paid for something")).to_be_checked()
    page.get_by_role("button", name="Send the report").click()
    expect(main(page)).to_contain_text("Thank you. Your report is in.")
    page.goto("/report/")
    expect(page.get_by_label("What happened?")).to_have_value("")


@pytest.mark.parametrize("role", ["integrator", "analyst"])
def test_who_it_is_kept_from_does_not_find_it(visit: Visits, role: str) -> None:
    what = f"Somebody emptied my till account, case {uuid.uuid4().hex[:10]}"
    page = visit("reporter", "/report/", PHONE)
    tell(page, what)
    page.get_by_role("link", name=what).click()
    path = page.url.removeprefix(visit.alliance.url).split("?")[0]
    main(page).get_by_text("Change", exact=True).click()
    page.get_by_role("link", name="Change its handling").click()
    page.get_by_role("radio", name=re.compile("^TLP:AMBER ")).check()
    expect(page.get_by_role("status").filter(has_text="Who will see it")).to_contain_text("Nobody else")
    page.get_by_label("Why?").fill("My customers are named")
    page.get_by_role("button", name="Change it").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(what)

    visit.expect_error("404")
    stranger = visit(role, path)
    expect(stranger.get_by_role("heading", level=1)).not_to_contain_text("till")
    stranger.goto(f"/reports/?q={what.split()[-1]}")
    expect(main(stranger)).to_contain_text("No report fits")
    expect(main(stranger)).not_to_contain_text("till account")
