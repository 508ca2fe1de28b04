"""A policy maker: the picture, what it withholds, and that nothing tells of reports one may not see."""

from __future__ import annotations

import csv
import io
import re
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from babel import Locale
from playwright.sync_api import Locator, Page, expect

from tests.journeys.files import fresh_values, misp_event
from tests.journeys.visitor import PHONE, WIDE, Visits, as_number, fits, main

Shot = Callable[[Page, str], None]
CHARTS = ("Over time", "By country of the victim", "By sector of the victim", "By class")
SIZES = [pytest.param(WIDE, id="1440"), pytest.param(PHONE, id="390")]


def chart(page: Page, title: str) -> Locator:
    """One chart by its title."""
    return page.get_by_role("figure", name=re.compile(f"^{title} "))


def table_of(found: Locator) -> list[list[str]]:
    """The chart as a table, opened as a reader does."""
    found.get_by_text("As a table").click()
    expect(found.get_by_role("table")).to_be_visible()
    return [[c.strip() for c in row.locator("th, td").all_inner_texts()] for row in found.get_by_role("row").all()]


@pytest.mark.parametrize("size", SIZES)
def test_filters_are_in_the_address_and_the_back_button_undoes_them(
    visit: Visits, size: dict[str, int], picture_of: Shot
) -> None:
    page = visit("policy-maker", "/picture/", size)
    heading = page.get_by_role("heading", level=1)
    whole = heading.inner_text()
    expect(chart(page, "Over time").get_by_role("img")).to_be_visible()
    picture_of(page, "picture" if size == WIDE else "picture-phone")
    fits(page)
    if size == PHONE:
        page.get_by_text("Filters", exact=True).click()
    panel = page.get_by_role("search", name="Filters")
    panel.get_by_role("checkbox", name=re.compile("^Fraud")).check()
    panel.get_by_role("button", name="Apply").click()
    expect(heading).to_contain_text("Fraud")
    assert "class=fraud" in page.url
    assert number(heading.inner_text()) < number(whole)
    chip = page.get_by_role("list", name="Filters that are set").get_by_role("link")
    expect(chip).to_have_count(1)
    fits(page)
    subject = whole.split(":")[0]  # the number moves while others report
    page.go_back()
    expect(heading).to_contain_text(subject)
    expect(chip).to_have_count(0)
    page.go_forward()
    chip.click()
    expect(heading).to_contain_text(subject)


def number(text: str) -> int:
    """The number of crimes in a title."""
    found = re.search(r"(\d[\d\s]*) distinct crimes", text)
    assert found, text
    return as_number(found[1])


def test_the_desk_leads_on_to_countries_signals_and_releases(visit: Visits, picture_of: Shot) -> None:
    page = visit("policy-maker", "/picture/")
    desks = page.get_by_role("navigation", name="Desks")
    for name in ("Countries", "Signals", "Releases"):
        desks.get_by_role("link", name=name, exact=True).click()
        here = desks.locator("[aria-current=page]")
        expect(here).to_have_count(1)
        expect(here).to_have_text(name)
        opened = main(page).get_by_role("table").locator("tbody th a")
        if name == "Signals":
            picture_of(page, "signals")
        elif opened.count():
            opened.first.click()
            expect(main(page).get_by_text("Distinct crimes", exact=True).first).to_be_visible()
            picture_of(page, "country" if name == "Countries" else "release")


def test_a_question_that_nobody_asked_is_estimated_at_a_click(visit: Visits) -> None:
    page = visit("policy-maker", "/picture/?size=person")
    button = page.get_by_role("button", name="Estimate this")
    if button.count():  # a run on the same data may have asked already
        button.click()
        expect(page).to_have_url(re.compile("number=estimated"))
    expect(button).to_have_count(0)
    for _again in range(30):
        if not main(page).get_by_text("This estimate is being made").count():
            break
        page.wait_for_timeout(1000)
        page.reload()
    figure = page.locator(".figure", has_text="Estimated, reported or not")
    expect(figure).not_to_contain_text("not estimated")


@pytest.mark.parametrize("title", CHARTS)
def test_table_and_download_say_the_same(visit: Visits, title: str, downloads: Path) -> None:
    found = chart(visit("policy-maker", "/picture/"), title)
    shown = table_of(found)
    with found.page.expect_download() as coming:
        found.get_by_role("link", name="Download CSV").click()
    coming.value.save_as(downloads / "chart.csv")
    lines = list(csv.reader(io.StringIO((downloads / "chart.csv").read_text("utf-8-sig"))))
    saved = [line for line in lines if not line[0].startswith("#")]
    assert any(line[0].startswith("# freeze sha256: ") for line in lines), "a file says which freeze it is of"
    assert len(saved) == len(shown) > 3
    for line, row in zip(saved[1:], shown[1:], strict=True):
        assert [plain(cell) for cell in line[: len(row)]] == [plain(cell) for cell in row]
    expect(found).to_contain_text("Source: Hue & Cry, reports to the alliance")
    found.get_by_text("How this was made").click()
    expect(found.locator("details", has_text="How this was made").locator("p").first).not_to_be_empty()


def plain(cell: str) -> str:
    """A cell without the marks of its page: thousands, and the ways to say that a number is withheld."""
    said = cell.strip()
    if said in ("suppressed", "withheld"):
        return "withheld"
    if not said:  # what nobody knows is an empty cell in a file
        return "not known"
    if re.fullmatch("[A-Z]{2}", said):  # for programs a country is its code
        return str(Locale("en", "GB").territories[said])
    return re.sub(r"(?<=\d)\s(?=\d)", "", said)


def test_what_is_too_small_says_so(visit: Visits) -> None:
    found = chart(visit("policy-maker", "/picture/"), "By sector of the victim")
    cells = [cell for row in table_of(found)[1:] for cell in row[1:]]
    assert "suppressed" in cells
    assert all(cell in ("suppressed", "not known") or as_number(cell) >= 10 for cell in cells), cells
    expect(found).to_contain_text("suppressed: too few to show without showing whose")


def test_a_question_too_narrow_is_answered_with_no_number(visit: Visits) -> None:
    page = visit("policy-maker", "/picture/?country=LI&class=fraud&sector=A")
    expect(main(page)).to_contain_text(
        re.compile("Too few to show without showing whose|Nothing of this kind has been told")
    )
    assert not re.search(r"\d+ distinct", page.get_by_role("heading", level=1).inner_text())


def test_a_report_one_may_not_see_is_as_one_that_is_not(visit: Visits) -> None:
    alliance, info = visit.alliance, f"Kept close {uuid.uuid4().hex[:8]}"
    token = alliance.accounts["police-analyst"].token
    sent = alliance.rest(token, "/submissions?filename=e.json&tlp=RED", misp_event(info, fresh_values()))
    assert sent.json["reports"] == 1
    listed = alliance.rest(token, "/reports?limit=5").json["reports"]
    hidden = next(each["reference"] for each in listed if each["title"] == info)
    visit.expect_error("404")
    page = visit("policy-maker", "/")
    answers = []
    for reference in (hidden, str(uuid.uuid4())):
        response = page.goto(f"/reports/{reference}/")
        assert response
        answers.append((response.status, main(page).inner_text()))
    assert answers[0] == answers[1]
    assert answers[0][0] == 404
