"""A police analyst takes up an operation: from the list to what ties it, to a hypothesis, a task and a dossier."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.looking import violations
from tests.journeys.visitor import PHONE, WIDE, Visits, as_number, fits, main

Shot = Callable[[Page, str], None]
PARTS = ("Crimes", "Time line", "Evidence", "Map", "Who holds what", "Harm", "History")


def first_operation(page: Page) -> None:
    """From the list to the page of what ranks first."""
    page.goto("/operations/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Operations")
    assert as_number(main(page).locator(".count").inner_text()) > 0
    main(page).locator("[data-open]").first.click()
    page.wait_for_url(re.compile("/operations/[0-9a-f-]{36}/"))


def clean(page: Page) -> None:
    """Nothing that keeps somebody out, and nothing that scrolls sideways."""
    page.wait_for_load_state("networkidle")
    assert violations(page) == []
    fits(page)


@pytest.mark.parametrize("size", [pytest.param(WIDE, id="1440"), pytest.param(PHONE, id="390")])
def test_from_the_list_to_what_ties_an_operation(visit: Visits, size: dict[str, int], picture_of: Shot) -> None:
    page = visit("police-analyst", "/operations/", size)
    end = "-phone" if size == PHONE else ""
    clean(page)
    picture_of(page, f"operations{end}")
    first_operation(page)
    expect(page.get_by_role("heading", level=1)).to_contain_text(re.compile(r"\d+ crimes?$"))
    page.locator("figure#ties canvas").first.wait_for()
    clean(page)
    picture_of(page, f"operation{end}")
    page.get_by_text("As a table").first.click()
    expect(page.locator("figure#ties table").get_by_role("row").nth(1)).to_be_visible()
    for part in PARTS if size == WIDE else PARTS[:3]:  # the others hold what these hold, on a telephone
        page.get_by_role("navigation", name="Parts of this page").get_by_role("link", name=part).first.click()
        clean(page)


def test_a_hypothesis_a_note_and_a_task(visit: Visits, picture_of: Shot) -> None:
    page = visit("police-analyst", "/operations/")
    first_operation(page)
    operation = page.url.split("?")[0]
    page.get_by_role("link", name="State a hypothesis").first.click()
    page.get_by_label("What do you hold to be the case?").fill("One group rents the sites and sells the accounts.")
    page.get_by_label("How likely is it?").select_option("likely")
    page.get_by_label("On how good a ground?").select_option("moderate")
    page.get_by_role("button", name="State it").click()
    main(page).get_by_role("link", name="One group rents the sites").first.click()
    page.get_by_label("Which report or value?").select_option(index=0)
    page.get_by_label("Speaks for it").check()
    page.get_by_label(re.compile("^Why")).fill("the same site in most of them")
    page.get_by_role("button", name="Weigh it").click()
    expect(main(page).get_by_role("row").nth(1)).to_contain_text("the same site in most of them")
    expect(main(page)).to_contain_text("likely (55 to 80 %), moderate confidence")
    clean(page)
    picture_of(page, "hypothesis")
    page.goto(f"{operation}?part=notes")
    page.get_by_label("Note", exact=True).fill("Ask the registrar first.")
    page.get_by_role("button", name="Write it").click()
    expect(main(page)).to_contain_text("Ask the registrar first.")
    page.goto(f"{operation}?part=tasks")
    page.get_by_label("What is to be done?").fill("Ask the registrar")
    page.get_by_role("button", name="Give it").click()
    expect(main(page)).to_contain_text("Ask the registrar")
    page.goto("/operations/tasks/")
    page.get_by_role("button", name=re.compile("^Done ?: Ask the registrar")).click()
    expect(main(page)).not_to_contain_text("Ask the registrar")
    other = visit("analyst", operation)
    for part in ("hypotheses", "notes", "tasks"):
        other.goto(f"{operation}?part={part}")
        assert "registrar" not in other.content()
        assert "One group rents" not in other.content()


def test_it_is_taken_out_as_a_dossier_and_as_a_grouping(visit: Visits, downloads: Path) -> None:
    page = visit("police-analyst", "/operations/")
    first_operation(page)
    page.get_by_text("Take out", exact=True).click()
    with page.expect_download(timeout=60_000) as taken:
        page.get_by_role("link", name="Dossier (PDF), reports only").click(no_wait_after=True)
    taken.value.save_as(downloads / "dossier.pdf")
    assert (downloads / "dossier.pdf").read_bytes().startswith(b"%PDF")
    page.reload()
    page.get_by_text("Take out", exact=True).click()
    with page.expect_download(timeout=60_000) as taken:
        page.get_by_role("link", name="Grouping, STIX 2.1").click(no_wait_after=True)
    taken.value.save_as(downloads / "grouping.json")
    objects = json.loads((downloads / "grouping.json").read_bytes())["objects"]
    assert [each["type"] for each in objects].count("grouping") == 1
