"""An analyst goes from the list of crimes to one of them, to the evidence, judges, and takes it back."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.installation import Alliance
from tests.journeys.visitor import PHONE, WIDE, Visits, fits, main

Shot = Callable[[Page, str], None]
SIZES = [pytest.param(WIDE, id="1440"), pytest.param(PHONE, id="390")]


def told_by_several(page: Page, alliance: Alliance) -> None:
    """Open the first crime that more than one organisation tells of."""
    page.goto("/crimes/?several=1&sort=-reports")
    page.locator("[data-row] a[data-open]").first.click()
    page.wait_for_url(re.compile("/crimes/[0-9a-f-]{36}/"))


def pair_nobody_judged(page: Page, alliance: Alliance) -> None:
    """Open a pair of reports of one crime that no organisation judged: two judgements that differ bind nobody."""
    page.goto("/crimes/?several=1&sort=-reports")
    crimes = [str(link.get_attribute("href")) for link in page.locator("[data-row] a[data-open]").all()[:10]]
    for crime in crimes:
        page.goto(crime)
        beside = page.get_by_role("link", name=re.compile("beside the")).all()
        for pair in [str(link.get_attribute("href")) for link in beside]:
            page.goto(pair)
            if page.get_by_text("Nobody has judged these two yet.").count():
                return
    pytest.fail(f"each pair of {len(crimes)} crimes is judged already")


@pytest.mark.parametrize("size", SIZES)
def test_from_the_list_to_the_evidence(
    visit: Visits, alliance: Alliance, picture_of: Shot, size: dict[str, int]
) -> None:
    end = "" if size == WIDE else "-phone"
    page = visit("analyst", "/crimes/", size)
    expect(main(page).locator(".count")).to_contain_text(re.compile(r"\d+ crimes?"))
    fits(page)
    picture_of(page, f"crimes{end}")
    told_by_several(page, alliance)
    fits(page)
    picture_of(page, f"crime{end}")
    page.get_by_role("link", name=re.compile("beside the")).first.click()
    table = page.locator("table.waterfall")
    expect(table).to_contain_text("All together")
    bits = table.locator("tbody tr")
    assert bits.count() > 2
    fits(page)
    table.scroll_into_view_if_needed()
    picture_of(page, f"waterfall{end}")


def test_judging_and_taking_it_back(visit: Visits, alliance: Alliance, picture_of: Shot) -> None:
    page = visit("analyst", "/crimes/")
    pair_nobody_judged(page, alliance)
    address = page.url
    page.get_by_label("different crimes").check()
    page.get_by_label("Why").fill("Two victims")
    page.get_by_role("button", name="Judge").click()
    expect(page.get_by_text("Judged.")).to_be_visible()
    expect(page.get_by_text("Not linked: they are in different crimes.")).to_be_visible()
    picture_of(page, "judged")
    page.get_by_role("button", name=re.compile("Take it back")).click()
    expect(page.get_by_text("Taken back. It binds no longer.")).to_be_visible()
    page.goto(address)
    expect(page.get_by_text("Linked: they are in one crime.")).to_be_visible()


def test_the_model_is_one_readable_table(visit: Visits, picture_of: Shot) -> None:
    page = visit("analyst", "/review/model/")
    expect(page.locator("table.weights")).to_contain_text("Bits")
    picture_of(page, "model")


def test_a_review_is_read_by_keys(visit: Visits, picture_of: Shot) -> None:
    page = visit("analyst", "/review/")
    page.get_by_role("button", name="Draw the pairs").click(timeout=60_000)
    page.wait_for_url(re.compile("/review/[0-9a-f-]{36}/"), timeout=60_000)
    page.get_by_role("link", name="Read the next pair").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Do these tell of one crime?")
    expect(page.locator("body")).not_to_contain_text("bits")
    picture_of(page, "review-pair")
    first = page.url
    for key in ("s", "d", "n", "u"):
        before = page.url  # taken before the key: the answer may be there at once
        page.keyboard.press(key)
        page.wait_for_url(lambda url, before=before: url != before)
    assert page.url != first
    page.goto("/review/")
    page.get_by_role("link", name="Go on reading").click()
    expect(page.locator("progress")).to_be_visible()
    picture_of(page, "review-round")
