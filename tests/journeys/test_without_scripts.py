"""Scripts switched off, as some offices have it: signing in, lists, reports, sending a file, the picture as tables."""

from __future__ import annotations

import re
import uuid

from playwright.sync_api import expect

from tests.journeys.files import fresh_values, misp_event
from tests.journeys.visitor import Visits, main, sign_in


def test_main_things_work_without_scripts(visit: Visits) -> None:
    info, values = f"Sent without scripts {uuid.uuid4().hex[:8]}", fresh_values(2)
    page = visit.stranger(java_script_enabled=False)
    account = visit.alliance.accounts["analyst"]
    sign_in(page, account.email, account.password)
    page.get_by_role("navigation", name="Desks").get_by_role("link", name="Submissions").click()
    page.get_by_role("link", name="Send files").click()
    page.get_by_label("Choose files").set_input_files(
        {"name": "plain.json", "mimeType": "application/json", "buffer": misp_event(info, values)}
    )
    page.get_by_role("radio", name=re.compile("^TLP:AMBER ")).check()
    page.get_by_role("button", name="Check who will see it").click()
    expect(page.get_by_role("status").filter(has_text="Who will see it")).to_contain_text("Nobody else")
    page.get_by_label("Choose files").set_input_files(
        {"name": "plain.json", "mimeType": "application/json", "buffer": misp_event(info, values)}
    )
    page.get_by_role("button", name="Send", exact=True).click()
    expect(main(page)).to_contain_text("3 objects read")
    page.get_by_role("link", name=info).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(info)
    expect(page.locator(".page-handling")).to_contain_text("TLP:AMBER")
    expect(main(page).get_by_role("row", name=values[0][1])).to_be_visible()
    page.get_by_role("link", name="History").click()
    expect(main(page)).to_contain_text("It stands as it arrived")


def test_lists_and_filters_work_without_scripts(visit: Visits) -> None:
    page = visit("analyst", "/reports/", java_script_enabled=False)
    panel = page.get_by_role("search", name="Filters")
    panel.get_by_label("Fraud").check()
    panel.get_by_role("button", name="Apply").click()
    chips = page.get_by_role("list", name="Filters that are set").get_by_role("link")
    expect(chips).to_have_count(1)
    main(page).get_by_role("link", name="Next").click()
    expect(main(page).get_by_role("link", name="Previous")).to_be_visible()
    chips.click()
    expect(page.get_by_role("list", name="Filters that are set")).to_have_count(0)


def test_picture_is_tables_without_scripts(visit: Visits) -> None:
    page = visit("policy-maker", "/picture/", java_script_enabled=False)
    for title in ("Over time", "By class"):
        found = page.get_by_role("figure", name=re.compile(f"^{title} "))
        found.get_by_text("As a table").click()
        expect(found.get_by_role("table")).to_be_visible()
        assert found.get_by_role("row").count() > 3
