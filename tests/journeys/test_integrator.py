"""A program of a member: a token made on the page, then REST over HTTP with that token and nothing else."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.journeys.files import fresh_values, misp_event
from tests.journeys.visitor import Visits, main

Shot = Callable[[Page, str], None]


def make_token(page: Page, name: str, *scopes: str) -> str:
    """Make a token on its page, and give what is shown once."""
    page.goto("/tokens/")
    page.get_by_label("Name", exact=True).fill(name)
    for scope in scopes:
        page.get_by_role("checkbox", name=f"{scope}: ").check()
    page.get_by_role("button", name="Make it").click()
    expect(main(page)).to_contain_text("shown this once")
    found = re.search(r"hc_[\w-]{30,}", main(page).inner_text())
    assert found
    return found[0]


def test_token_is_shown_once_and_opens_what_it_may(visit: Visits, picture_of: Shot) -> None:
    alliance, name = visit.alliance, f"SIEM in Bari {uuid.uuid4().hex[:6]}"
    page = visit("integrator", "/")
    token = make_token(page, name, "read", "submit", "export")
    page.goto("/tokens/")
    expect(main(page)).not_to_contain_text(token)
    row = main(page).get_by_role("row", name=name)
    expect(row).to_contain_text("never")
    picture_of(page, "tokens")

    values, info = fresh_values(3), f"Sent by a program {uuid.uuid4().hex[:8]}"
    raw = misp_event(info, values)
    sent = alliance.rest(token, "/submissions?filename=program.json", raw)
    assert sent.status == 200
    receipt = sent.json
    assert (receipt["read"], receipt["stored"], receipt["known"], receipt["refused"]) == (4, 4, 0, 0)
    assert (receipt["state"], receipt["format"], receipt["repeat"]) == ("done", "misp", False)
    again = alliance.rest(token, "/submissions?filename=program.json", raw).json
    assert (again["submission"], again["repeat"]) == (receipt["submission"], True)
    followed = alliance.rest(token, f"/submissions/{receipt['submission']}").json
    assert followed["stored"] == 4

    found = alliance.rest(token, f"/reports?q={values[2][1]}").json["reports"]
    assert [each["title"] for each in found] == [info]
    whole = alliance.rest(token, f"/reports/{found[0]['reference']}").json
    assert {each["value"] for each in whole["observations"]} == {value for _kind, value in values}
    bundle = json.loads(alliance.rest(token, "/export?format=stix").body)
    assert info in {each.get("name") for each in bundle["objects"]}

    page.reload()
    expect(row).not_to_contain_text("never")
    row.get_by_role("button", name="Revoke").click()
    expect(row).to_contain_text("revoked")
    assert alliance.rest(token, "/reports").status == 401


def test_token_opens_no_more_than_it_may(visit: Visits) -> None:
    token = make_token(visit("integrator", "/"), f"reader {uuid.uuid4().hex[:6]}", "read")
    assert visit.alliance.rest(token, "/reports").status == 200
    refused = visit.alliance.rest(token, "/submissions", misp_event("No", fresh_values()))
    assert refused.status == 403 and refused.json["error"]["message"]
    assert visit.alliance.rest("hc_" + "x" * 43, "/reports").status == 401


def test_what_the_page_says_to_try_works(visit: Visits) -> None:
    page = visit("integrator", "/")
    make_token(page, f"tried {uuid.uuid4().hex[:6]}", "read")
    tried = re.search(r'Bearer (hc_[\w-]+)" (\S+)', main(page).inner_text())
    assert tried and tried[2].startswith(visit.alliance.url + "/api/v1/")
    answer = visit.alliance.rest(tried[1], tried[2].removeprefix(visit.alliance.url + "/api/v1"))
    assert answer.status == 200, tried[2]
