"""From a hit to a report shown on request; a report recalled after others took it; programs that follow along."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable
from contextlib import closing
from urllib.parse import quote

import httpx
from playwright.sync_api import Page, expect
from taxii2client.v21 import Server  # type: ignore[import-untyped]

from tests.journeys.files import fresh_values, misp_event
from tests.journeys.installation import Alliance
from tests.journeys.visitor import PHONE, WIDE, Visits, main

Shot = Callable[[Page, str], None]


def keep(alliance: Alliance, role: str, info: str, values: list[tuple[str, str]], tlp: str) -> str:
    """Send an event by REST in the name of somebody; gives the path of its report."""
    token = alliance.accounts[role].token
    sent = alliance.rest(token, f"/submissions?filename=event.json&tlp={quote(tlp)}", misp_event(info, values))
    assert sent.status == 200 and sent.json["reports"] == 1, sent.body
    found = alliance.rest(token, f"/reports?q={values[0][1]}").json["reports"]
    return f"/reports/{next(each['reference'] for each in found if each['title'] == info)}/"


def test_the_police_asks_and_a_bank_shows(visit: Visits, picture_of: Shot) -> None:
    """Hit, request, answer, report: each on the page of who does it, and the condition comes with it."""
    values, info = fresh_values(2), f"Payments stopped {uuid.uuid4().hex[:6]}"
    path = keep(visit.alliance, "analyst", info, values, "AMBER")
    police = visit("police-analyst", path)
    expect(main(police)).not_to_contain_text(info)
    visit.expect_error("404")

    police.goto("/hits/")
    police.get_by_label("Values, one a line").fill("\n".join([*(value for _kind, value in values), "no.such.example"]))
    police.get_by_label("Investigate a crime").check()
    police.get_by_label("In your own words").fill("Found on a suspect's telephone.")
    picture_of(police, "hits-ask")
    police.get_by_role("button", name="Ask", exact=True).click()
    expect(police.get_by_role("heading", level=1)).to_have_text(re.compile("2 values held by others"))
    expect(main(police)).not_to_contain_text(info)
    picture_of(police, "hits")
    for box in police.get_by_role("checkbox", name=re.compile("^Tick ")).all():
        box.check()
    police.get_by_role("button", name="Ask to see those ticked").click()
    police.get_by_label("In your own words").fill("Found on a suspect's telephone.")
    police.get_by_label("Investigate a crime").check()
    police.get_by_role("button", name="Send the request").click()
    expect(police.get_by_role("heading", level=1)).to_have_text("Your request on 2 values")
    asked = police.url

    bank = visit("analyst", "/notices/", PHONE)
    bank.goto("/requests/")
    bank.get_by_role("link", name=re.compile("Wydział|asks|see", re.I)).first.click()
    picture_of(bank, "request-phone")
    bank.get_by_role("checkbox", name=re.compile(re.escape(info))).check()
    bank.get_by_label("On what condition, or why not").fill("For this case only.")
    bank.get_by_role("button", name="Let them see what is ticked").click()
    expect(main(bank)).to_contain_text("granted")

    police.goto(asked)
    expect(main(police)).to_contain_text("For this case only.")
    picture_of(police, "request")
    police.get_by_role("link", name=info).click()
    expect(police.get_by_role("heading", level=1)).to_contain_text(info)


def test_news_follows_a_report_that_others_took(visit: Visits, picture_of: Shot) -> None:
    """The bank withdraws; whoever read the report is told, says what was done, and the bank sees that."""
    values, info = fresh_values(2), f"Withdrawn later {uuid.uuid4().hex[:6]}"
    path = keep(visit.alliance, "analyst", info, values, "GREEN")
    police = visit("police-analyst", path)
    expect(police.get_by_role("heading", level=1)).to_contain_text(info)
    bank = visit("analyst", f"{path}withdraw/")
    bank.get_by_label("Why?").fill("A mistake of ours.")
    bank.get_by_role("button", name=re.compile("^Withdraw")).click()
    bank.wait_for_url(re.compile(path))

    link = police.get_by_role("link", name=re.compile(re.escape(info))).first
    for _try in range(30):  # the worker tells within some seconds
        police.goto("/recalls/")
        if link.count():
            break
        police.wait_for_timeout(1_000)
    link.click()
    expect(main(police)).to_contain_text("A mistake of ours.")
    expect(main(police)).to_contain_text("statement.sig")
    picture_of(police, "recall")
    police.get_by_role("button", name="We have acted on it").click()
    expect(main(police)).to_contain_text("Acted")
    bank.goto("/recalls/")
    bank.get_by_role("link", name=re.compile(re.escape(info))).first.click()
    expect(main(bank)).to_contain_text("Recipients do not see each other")


def test_a_saved_search_tells_and_is_followed(visit: Visits, picture_of: Shot) -> None:
    """A search is saved from the list, finds what comes, and a TAXII client that knows nothing of us follows it."""
    alliance, mark = visit.alliance, uuid.uuid4().hex[:8]
    page = visit("integrator", f"/reports/?q=Followed+{mark}")
    page.get_by_role("link", name="Save this search").click()
    page.get_by_label("Name").fill(f"Follow {mark}")
    page.get_by_label(re.compile("TAXII", re.I)).check()
    page.get_by_label("at once").check()
    page.get_by_role("button", name=re.compile("^Save")).click()
    values = fresh_values(2)
    keep(alliance, "analyst", f"Followed {mark}", values, "GREEN")
    found = main(page).get_by_text(f"Followed {mark}")
    for _try in range(30):
        page.goto("/alerts/")
        page.get_by_role("link", name=f"Follow {mark}").click()
        if found.count() > 1:
            break
        page.wait_for_timeout(1_000)
    expect(found.nth(1)).to_be_visible()
    page.goto("/alerts/")
    picture_of(page, "alerts")

    one = alliance.accounts["integrator"]
    with closing(Server(f"{alliance.url}/taxii2/", user=one.email, password=one.token)) as server:
        root = server.api_roots[0]
        followed = next(each for each in root.collections if f"Follow {mark}" in each.title)
        objects = followed.get_objects()["objects"]
        for each in (root, *root.collections):
            each.close()
    assert f"Followed {mark}" in {each.get("name") for each in objects}


def test_a_misp_server_reads_the_feed(visit: Visits) -> None:
    """Manifest and events over HTTP, with nothing but an address, an e-mail and a token."""
    values, info = fresh_values(2), f"For MISP {uuid.uuid4().hex[:6]}"
    keep(visit.alliance, "analyst", info, values, "GREEN")
    one = visit.alliance.accounts["integrator"]
    with httpx.Client(base_url=f"{visit.alliance.url}/misp/alliance/", auth=(one.email, one.token)) as client:
        manifest = client.get("manifest.json").json()
        uid = next(key for key, event in manifest.items() if event["info"] == info)
        event = json.loads(client.get(f"{uid}.json").content)["Event"]
    assert {value for _kind, value in values} <= {each["value"] for each in event["Attribute"]}


def test_pages_of_programs_and_telling(visit: Visits, picture_of: Shot) -> None:
    """Pictures of the pages that the guides show."""
    page = visit("integrator", "/connections/", WIDE)
    expect(page.get_by_role("heading", level=1)).to_have_text("Connections")
    picture_of(page, "connections")
    page.goto("/webhooks/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Webhooks")
    picture_of(page, "webhooks")
    page = visit("police-analyst", "/notices/", WIDE)
    expect(page.get_by_role("heading", level=1)).to_have_text("Notices")
    picture_of(page, "notices")
