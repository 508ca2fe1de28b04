"""A data-protection officer: who read what, whether the record is whole, and a copy of it."""

from __future__ import annotations

import csv
import io
import re
import uuid
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.journeys.files import fresh_values, misp_event
from tests.journeys.visitor import PHONE, Visits, fits, main

Shot = Callable[[Page, str], None]


def a_report_read(visit: Visits) -> str:
    """A police analyst's report that the bank's analyst opens by the page; gives its title."""
    alliance, info = visit.alliance, f"Read by a bank {uuid.uuid4().hex[:8]}"
    sent = alliance.rest(alliance.accounts["police-analyst"].token, "/submissions", misp_event(info, fresh_values()))
    assert sent.json["reports"] == 1
    page = visit("analyst", f"/reports/?q={info.split()[-1]}")
    main(page).get_by_role("link", name=info).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(info)
    return info


def test_finds_who_read_what(visit: Visits, downloads: Path, picture_of: Shot) -> None:
    a_report_read(visit)
    page = visit("dpo", "/audit/")
    picture_of(page, "audit")
    panel = page.get_by_role("search", name="Filters")
    panel.get_by_label("Person").fill("Carvalho")
    panel.get_by_label("What was done").select_option("read")
    panel.get_by_label("To what").select_option("report")
    panel.get_by_role("button", name="Apply").click()
    rows = main(page).get_by_role("table", name="Acts").get_by_role("row")
    said = rows.all_inner_texts()[1:]
    assert said and all("Inês Carvalho" in text and "read" in text and "report" in text for text in said)
    thing = re.search(r"report (\d+)", said[0])
    assert thing, said[0]

    page.goto(f"/audit/?kind=report&thing={thing[1]}")
    by = "\n".join(rows.all_inner_texts())
    assert "Inês Carvalho" in by

    with page.expect_download() as coming:
        page.get_by_role("link", name="Export these").click()
    coming.value.save_as(downloads / "acts.csv")
    saved = list(csv.DictReader(io.StringIO((downloads / "acts.csv").read_text("utf-8-sig"))))
    assert {(row["kind"], row["thing"]) for row in saved} == {("report", thing[1])}
    assert "read" in {row["verb"] for row in saved}
    page.goto("/audit/?verb=export")
    expect(main(page).get_by_role("table", name="Acts")).to_contain_text("Pieter de Vries")  # the copy is recorded, too


def test_the_record_says_whether_it_is_whole(visit: Visits) -> None:
    a_report_read(visit)
    page = visit("dpo", "/audit/")
    expect(main(page)).to_contain_text(re.compile(r"[\d,]+ acts in the whole record"))
    expect(main(page).locator("code").filter(has_text=re.compile("^[0-9a-f]{64}$"))).to_be_visible()
    for _ in range(20):  # the sealer follows within seconds
        if "not yet" not in main(page).get_by_role("row").nth(-1).inner_text():
            break
        page.wait_for_timeout(500)
        page.reload()
    expect(main(page).get_by_role("row").last).to_contain_text("sealed")


def test_values_never_stand_in_the_record(visit: Visits) -> None:
    secret = fresh_values(2)[1][1]
    page = visit("analyst", f"/reports/?q={secret}")
    expect(main(page)).to_contain_text("No report fits")
    page = visit("dpo", "/audit/?verb=search")
    expect(main(page).get_by_role("table", name="Acts")).to_contain_text("Inês Carvalho")
    expect(main(page)).not_to_contain_text(secret)


def test_on_a_telephone(visit: Visits) -> None:
    page = visit("dpo", "/audit/", PHONE)
    expect(page.get_by_role("heading", level=1)).to_have_text("Audit record")
    fits(page)


def test_others_see_their_own_acts_only(visit: Visits) -> None:
    visit.expect_error("403")
    page = visit("analyst", "/audit/mine/")
    expect(page.get_by_role("heading", level=1)).to_have_text("What is recorded of you")
    expect(main(page)).not_to_contain_text("Pieter de Vries")
    response = page.goto("/audit/")
    assert response and response.status in (403, 404)
