"""A case room of the police and a bank: asked in, accepted, a report shared, a thread with a file; and closed."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from typing import Any, Literal

from playwright.sync_api import Page, expect

from tests.journeys.files import fresh_values, misp_event
from tests.journeys.installation import Alliance
from tests.journeys.looking import turn, violations
from tests.journeys.visitor import PHONE, WIDE, Visits, fits, main

TURNS: list[tuple[Any, Literal["light", "dark"]]] = [(WIDE, "dark"), (PHONE, "light"), (PHONE, "dark")]
Shot = Callable[[Page, str], None]
LOG = b"time,account,note\n2026-11-20T09:00Z,PT50 0002,opened with a false passport\n"


def keep(alliance: Alliance, info: str) -> str:
    """A report of the bank's that nobody else sees; gives its path."""
    values, token = fresh_values(2), alliance.accounts["analyst"].token
    sent = alliance.rest(token, "/submissions?filename=event.json&tlp=AMBER", misp_event(info, values))
    assert sent.status == 200, sent.body
    found = alliance.rest(token, f"/reports?q={values[0][1]}").json["reports"]
    return f"/reports/{found[0]['reference']}/"


def sound(page: Page, *, again: bool = False) -> None:
    """Nothing for axe, nothing that scrolls sideways."""
    assert violations(page, again=again) == []
    fits(page)


def everywhere(page: Page, name: str, picture_of: Shot) -> None:
    """The page at both sizes, light and dark."""
    sound(page)
    picture_of(page, name)
    for size, scheme in TURNS:
        turn(page, size, scheme)
        sound(page, again=True)
    turn(page, WIDE, "light")


def opened_by_police(visit: Visits, name: str) -> Page:
    police = visit("police-analyst", "/rooms/")
    police.get_by_role("link", name="Open a room").first.click()
    police.get_by_label("Name", exact=True).fill(name)
    police.get_by_label("Purpose").fill("Find who recruits the mules behind the false invoices, and stop the money.")
    police.get_by_label("Legal basis").fill(
        "Order of the regional prosecutor, 3 November 2026; agreement of the members."
    )
    police.get_by_role("button", name="Open the room").click()
    expect(police.get_by_role("heading", level=1)).to_have_text(name)
    return police


def test_police_and_a_bank_work_in_a_room(visit: Visits, picture_of: Shot) -> None:
    mark = uuid.uuid4().hex[:6]
    name, info = f"Invoice mules {mark}", f"Mule accounts {mark}"
    report, bank = keep(visit.alliance, info), visit("analyst", "/rooms/")
    bank_name = bank.get_by_role("banner").locator("details.menu > summary .name").last.inner_text()
    police = opened_by_police(visit, name)
    where = police.url.split("?")[0]
    police.get_by_role("link", name="People").click()
    police.get_by_label("Organisation", exact=True).select_option(label=bank_name)
    police.get_by_label("A word to them").fill("Your report of October may be the same people.")
    sound(police)
    police.get_by_role("button", name="Ask them in").click()
    expect(main(police)).to_contain_text("They are asked in")

    bank.reload()
    expect(main(bank)).to_contain_text("You are asked in")
    bank.get_by_role("link", name="Read and answer").first.click()
    expect(main(bank)).to_contain_text("the same people")
    everywhere(bank, "room-offer", picture_of)
    bank.get_by_role("button", name="Accept, and enter").click()
    expect(bank.get_by_role("heading", level=1)).to_have_text(name)
    bank.get_by_role("link", name="Reports", exact=True).last.click()
    bank.get_by_label("Address of its page", exact=True).fill(f"{visit.alliance.url}{report}")
    bank.get_by_role("button", name="Share it").click()
    expect(main(bank)).to_contain_text("Everybody in the room sees the report")
    bank.goto(f"{where}?part=shared")
    sound(bank)

    police.goto(f"{where}?part=shared")
    police.get_by_role("link", name=info).first.click()
    expect(police.get_by_role("heading", level=1)).to_contain_text(info)
    expect(police.locator(".page-chain")).to_contain_text("Shared in")
    police.get_by_role("link", name="Open a thread about it").click()
    police.get_by_label("With whom").select_option(label=name)
    police.get_by_label("Title").fill("Who opened the accounts?")
    police.get_by_label("Your post").fill(
        f"> opened with a false passport\n\n@{bank_name}: do you hold the **original** images? Seen at\n"
        "http://fake-portal.example/login\n\n- three accounts in two days\n- same telephone"
    )
    police.get_by_label(re.compile("^Files")).set_input_files(
        {"name": "accounts.csv", "mimeType": "text/csv", "buffer": LOG}
    )
    sound(police)
    police.get_by_role("button", name="Open the thread").click()
    expect(police.get_by_role("heading", level=1)).to_have_text("Who opened the accounts?")
    expect(main(police).locator("article code.value")).to_have_text("http://fake-portal.example/login")

    bank.goto("/notices/")
    bank.get_by_role("link", name=re.compile("calls you in a thread")).first.click()
    bank.get_by_label("Your post").fill("Only one of the three. It goes into the room.")
    bank.get_by_role("button", name="Send", exact=True).click()
    expect(main(bank)).to_contain_text("Only one of the three")
    with bank.expect_download() as taken:
        bank.get_by_role("link", name="accounts.csv").click()
    assert taken.value.path().read_bytes() == LOG
    everywhere(bank, "thread", picture_of)
    bank.goto(where)
    everywhere(bank, "room", picture_of)
    for part in ("files", "people", "activity"):
        bank.goto(f"{where}?part={part}")
        sound(bank)
    bank.goto("/forum/?q=telephone")
    expect(main(bank).get_by_role("link", name="Who opened the accounts?")).to_be_visible()
    bank.goto("/forum/")
    everywhere(bank, "forum", picture_of)

    police.goto(where)
    police.get_by_role("link", name="Close the room").click()
    sound(police)
    police.get_by_role("button", name="Close it for good").click()
    bank.goto(where)
    expect(main(bank)).to_contain_text("closed")
    expect(bank.get_by_role("link", name="Open a thread")).to_have_count(0)
    visit.expect_error("404")
    police.goto(report)
    expect(main(police)).not_to_contain_text(info)


def test_a_room_works_without_scripts(visit: Visits) -> None:
    name = f"Without scripts {uuid.uuid4().hex[:6]}"
    page = visit("police-analyst", "/rooms/new/", java_script_enabled=False)
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Purpose").fill("p")
    page.get_by_label("Legal basis").fill("l")
    page.get_by_role("button", name="Open the room").click()
    page.get_by_role("link", name="Open a thread").first.click()
    page.get_by_label("Title").fill("Plain")
    page.get_by_label("Your post").fill("It works.")
    page.get_by_role("button", name="Open the thread").click()
    expect(main(page)).to_contain_text("It works.")
    page.get_by_text("More", exact=True).click()
    page.get_by_role("button", name="Pin it on top").click()
    expect(main(page)).to_contain_text("pinned")


def test_law_enforcement_talks_among_itself(visit: Visits) -> None:
    title = f"Couriers {uuid.uuid4().hex[:6]}"
    police = visit("police-analyst", "/forum/new/?place=le")
    police.get_by_label("Title").fill(title)
    police.get_by_label("Your post").fill("Who has seen the couriers?")
    police.get_by_role("button", name="Open the thread").click()
    expect(police.get_by_role("heading", level=1)).to_have_text(title)
    address = police.url
    bank = visit("analyst", f"/forum/?q={title}")
    expect(main(bank)).to_contain_text("No thread fits")
    expect(main(bank).locator("[data-row]")).to_have_count(0)
    visit.expect_error("404")
    bank.goto(address)
    expect(main(bank)).not_to_contain_text(title)
