"""A bank's fraud analyst: from a file to what others know of it, and what one does with a report afterwards."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.files import BROKEN, event_in, fresh_values, misp_event, real_events, values_of
from tests.journeys.installation import Alliance
from tests.journeys.visitor import PHONE, WIDE, Visits, as_number, fits, main, sign_in

Shot = Callable[[Page, str], None]
ALLIANCE = re.compile(r"The \d+ organisations of the alliance")
SIZES = [pytest.param(WIDE, id="1440"), pytest.param(PHONE, id="390")]


def send(page: Page, name: str, raw: bytes) -> None:
    """By the drop zone of the page, with the file chooser."""
    page.get_by_label("Drop files here").set_input_files({"name": name, "mimeType": "application/json", "buffer": raw})
    page.get_by_role("button", name="Send", exact=True).click()
    page.wait_for_url(re.compile("/submissions/[0-9a-f-]{36}/"))


def receipt(page: Page) -> tuple[int, int, int, int]:
    """What the receipt says: read, stored, known, refused."""
    said = main(page).inner_text()
    found = [re.search(rf"(\d+)\s+{words}", said) for words in ("objects? read", "stored", "known already", "refused")]
    assert all(found), said
    read, stored, known, refused = (as_number(each[1]) for each in found if each)
    return read, stored, known, refused


def report_of(
    visit: Visits, info: str, values: list[tuple[str, str]], *, role: str = "analyst", tlp: str = "GREEN"
) -> str:
    """Send an event by REST in the name of somebody, and give the path of the report that it makes."""
    alliance = visit.alliance
    token = alliance.accounts[role].token
    sent = alliance.rest(token, f"/submissions?filename=event.json&tlp={quote(tlp)}", misp_event(info, values))
    assert sent.status == 200 and sent.json["reports"] == 1, sent.body
    listed = alliance.rest(token, "/reports?limit=5").json["reports"]
    return f"/reports/{next(each['reference'] for each in listed if each['title'] == info)}/"


def test_the_first_look(visit: Visits, picture_of: Shot) -> None:
    """Home, list and a linked report as they are on the first day, before these tests have sent anything."""
    for size, end in ((PHONE, "-phone"), (WIDE, "")):
        page = visit("analyst", "/", size)
        expect(page.get_by_role("heading", level=1)).to_contain_text("Inês Carvalho")
        picture_of(page, f"home-analyst{end}")
        hits = [link.get_attribute("href") for link in page.get_by_role("link", name="Others reported this too").all()]
        page.goto("/reports/")
        assert count(page) > 100
        picture_of(page, f"reports{end}")
        linked = main(page).get_by_role("link", name=re.compile("reports of others$")).first.get_attribute("href")
        page.goto(str(hits[0] if hits else linked))  # a small alliance holds no hit of this organisation
        expect(main(page)).to_contain_text(re.compile(r"Shares \d+ telling values? with \d+ reports? of"))
        page.get_by_role("link", name="Observables").click()
        picture_of(page, f"report{end}")


@pytest.mark.parametrize("size", SIZES)
def test_signs_in_by_the_page(visit: Visits, alliance: Alliance, size: dict[str, int], picture_of: Shot) -> None:
    page = visit.stranger(size)
    page.goto("/")
    page.get_by_role("link", name="Sign in").first.click()
    if size == WIDE:
        picture_of(page, "sign-in")
    account = alliance.accounts["analyst"]
    sign_in(page, account.email, account.password)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Inês Carvalho")
    fits(page)


def test_wrong_password_says_so_and_keeps_out(visit: Visits, alliance: Alliance) -> None:
    page = visit.stranger()
    page.goto("/account/login/")
    page.get_by_label(re.compile("^E-?mail$")).fill(alliance.accounts["funder"].email)
    page.get_by_label("Password", exact=True).fill("not the password at all")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert").or_(main(page).get_by_role("listitem")).first).to_contain_text("not correct")
    page.goto("/reports/")
    expect(page).to_have_url(re.compile("/account/login/"))


@pytest.mark.parametrize("event", real_events())
def test_real_file_is_accounted_for(visit: Visits, event: Path) -> None:
    raw = event.read_bytes()
    title = event_in(raw)["info"]
    shared = [(kind, value) for kind, value in values_of(raw) if kind in ("sha1", "domain", "md5")][:3]
    report_of(visit, f"Seen in Bari: {title}", shared, role="integrator")
    page = visit("analyst", "/")
    send(page, event.name, raw)
    read, stored, known, refused = receipt(page)
    assert read == stored + known + refused and read > len(values_of(raw)) and stored + known > 0
    expect(main(page)).to_contain_text("telling value with what others reported")
    main(page).get_by_role("link", name=title).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    expect(main(page)).to_contain_text(re.compile("Shares [1-3] telling values? with 1 report of 1 organisation"))
    for _kind, value in shared:
        expect(main(page).get_by_role("row", name=value)).to_contain_text("1 organisation")


@pytest.mark.parametrize("size", SIZES)
def test_file_to_linked_report(visit: Visits, size: dict[str, int], picture_of: Shot) -> None:
    values = fresh_values(4)
    known_to_all, hidden = values[:2], values[2:3]
    report_of(visit, "The same loader, seen by a CERT", known_to_all, role="integrator")
    report_of(visit, "The same loader, seen by the police", hidden, role="police-analyst", tlp="AMBER+STRICT")
    raw = misp_event(f"Loader of October {size['width']}", values)
    page = visit("analyst", "/", size)
    send(page, "loader.json", raw)
    assert receipt(page) == (5, 5, 0, 0)
    receipt_url = page.url
    if size == WIDE:
        picture_of(page, "submission")
    main(page).get_by_role("link", name="Loader of October").click()

    expect(main(page)).to_contain_text("Shares 2 telling values with 1 report of 1 organisation")
    expect(main(page)).to_contain_text("1 more report by 1 other organisation you may not see")
    expect(main(page)).not_to_contain_text("seen by the police")
    shared = main(page).get_by_role("row", name=values[0][1])
    expect(shared).to_contain_text("1 report")
    expect(shared).to_contain_text("1 organisation")
    expect(main(page).get_by_role("row", name=values[3][1])).to_contain_text("none")
    fits(page)

    page.get_by_role("navigation", name="Parts of this page").get_by_role("link", name="Links").click()
    other = main(page).get_by_role("row", name="The same loader, seen by a CERT")
    expect(other).to_contain_text(known_to_all[0][1])
    expect(other).to_contain_text("strong")
    fits(page)

    page.goto("/submissions/add/")
    send(page, "loader-once-more.json", raw)
    assert page.url.split("?")[0] == receipt_url
    expect(main(page)).to_contain_text("You sent these very bytes before")
    assert receipt(page) == (5, 5, 0, 0)


def test_new_event_with_known_objects_counts_them_as_known(visit: Visits) -> None:
    first = misp_event("An event that grows", fresh_values(3))
    event = json.loads(first)
    event["Event"]["Attribute"].append(json.loads(misp_event("", fresh_values(2)))["Event"]["Attribute"][0])
    page = visit("analyst", "/submissions/add/")
    send(page, "first.json", first)
    assert receipt(page) == (4, 4, 0, 0)
    page.goto("/submissions/add/")
    send(page, "grown.json", json.dumps(event).encode())
    read, stored, known, refused = receipt(page)
    assert (read, refused) == (5, 0) and known >= 3 and stored + known == 5


def test_files_dropped_show_progress_and_receipts(visit: Visits) -> None:
    page = visit("analyst", "/")
    line = page.context.new_cdp_session(page)
    line.send("Network.enable")
    slow = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 60_000}
    line.send("Network.emulateNetworkConditions", slow)
    padding = [("comment", "x" * 900) for _ in range(60)]  # large enough for its way to be seen
    files = {f"drop-{n}.json": misp_event(f"Dropped {n}", [*fresh_values(2), *padding]).decode() for n in (1, 2)}
    carried = page.evaluate_handle(
        """files => {
            const carried = new DataTransfer();
            for (const [name, text] of Object.entries(files)) carried.items.add(new File([text], name));
            return carried;
        }""",
        files,
    )
    zone = page.locator("form", has=page.get_by_label("Drop files here")).locator(".drop")
    zone.dispatch_event("dragenter", {"dataTransfer": carried})
    zone.dispatch_event("drop", {"dataTransfer": carried})
    expect(page.get_by_role("progressbar", name="drop-1.json")).to_be_visible()
    expect(main(page)).to_contain_text(re.compile(r"[\d.]+ ?kB of [\d.]+ ?kB", re.IGNORECASE))
    for name in files:
        item = main(page).get_by_role("listitem").filter(has_text=name)
        expect(item.get_by_role("link")).to_be_visible(timeout=20_000)
    main(page).get_by_role("listitem").filter(has_text="drop-2.json").get_by_role("link").click()
    assert receipt(page)[0] == 63


def test_broken_file_names_the_place_and_what_was_kept(visit: Visits) -> None:
    page = visit("analyst", "/submissions/add/")
    send(page, "broken.json", BROKEN)
    trouble = page.get_by_role("alert")
    expect(trouble).to_contain_text(f"byte {len(BROKEN)}")
    expect(trouble).to_contain_text("kept as it came")
    expect(trouble).to_contain_text("Put the file right and send it again")
    page.goto("/")
    expect(main(page)).to_contain_text("Your file needs a look: broken.json")
    page.context.clear_cookies(name="sessionid")
    page.get_by_label("Drop files here").set_input_files({"name": "t.txt", "mimeType": "text/plain", "buffer": b"x"})
    page.get_by_role("button", name="Send", exact=True).click()
    expect(main(page)).to_contain_text("You are no longer signed in. Nothing of it was kept. Load this page again")


def test_home_tells_that_others_reported_it_too(visit: Visits) -> None:
    values = fresh_values(3)
    report_of(visit, "Card skimmer on a shop's page", values)
    for role in ("integrator", "police-analyst"):
        report_of(visit, f"Skimmer, as the {role} sees it", values[:2], role=role)
    page = visit("analyst", "/")
    waits = page.get_by_role("region", name="What waits").get_by_role("listitem").filter(has_text="Card skimmer")
    expect(waits).to_contain_text("Others reported this too")
    expect(waits).to_contain_text("2 reports of other organisations")
    expect(page.get_by_role("heading", level=1)).to_contain_text(re.compile(r"\d+ things? waits?"))
    waits.get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Card skimmer on a shop's page")


def test_correct_withdraw_restore_leave_a_history(visit: Visits) -> None:
    path = report_of(visit, "Phishing agianst our customers", fresh_values())
    page = visit("analyst", path)
    act(page, "Correct what it says")
    page.get_by_label("Title").fill("Phishing against our customers")
    page.get_by_role("button", name="Correct it").click()
    expect(page.get_by_label("Why?")).to_be_focused()  # no reason, no correction
    page.get_by_label("Why?").fill("A slip of the pen in the title")
    page.get_by_role("button", name="Correct it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Phishing against our customers")

    act(page, "Withdraw it")
    expect(main(page)).to_contain_text(ALLIANCE)  # who is affected
    page.get_by_label("Why?").fill("It was a drill")
    page.get_by_role("button", name="Withdraw it").click()
    expect(main(page)).to_contain_text("withdrawn")
    act(page, "Restore it")
    page.get_by_label("Why?").fill("It was no drill")
    page.get_by_role("button", name="Restore it").click()
    expect(page.locator(".page-head")).not_to_contain_text("withdrawn")

    page.get_by_role("navigation", name="Parts of this page").get_by_role("link", name="History").click()
    steps = main(page).get_by_role("listitem").filter(has=page.get_by_role("heading", level=2))
    said = steps.all_inner_texts()
    assert [re.split(r"\s", text)[0] for text in said] == ["Restored", "Withdrawn", "Corrected", "Arrived"], said
    assert "It was no drill" in said[0] and "It was a drill" in said[1] and "A slip of the pen" in said[2]
    corrected = steps.nth(2)
    corrected.get_by_text("What it said before").click()
    expect(corrected).to_contain_text("Phishing agianst our customers")

    other = visit("integrator", path + "?part=log")
    expect(main(other)).to_contain_text("A slip of the pen in the title")
    expect(other.get_by_text("Change", exact=True)).to_have_count(0)  # who does not own it changes nothing


def act(page: Page, name: str) -> None:
    """Choose something from the menu `Change`."""
    main(page).get_by_text("Change", exact=True).click()
    page.get_by_role("link", name=name).click()


def test_handling_says_who_will_see_it_before_and_after(visit: Visits) -> None:
    path = report_of(visit, "Mule accounts behind fake invoices", fresh_values())
    reader = visit("integrator", path)
    expect(reader.get_by_role("heading", level=1)).to_have_text("Mule accounts behind fake invoices")
    cert = reader.get_by_role("banner").locator("summary .name").inner_text()

    page = visit("analyst", path)
    act(page, "Change its handling")
    sight = page.get_by_role("status").filter(has_text="Who will see it")
    expect(sight).to_contain_text(ALLIANCE)
    page.get_by_role("radio", name=re.compile(r"^TLP:AMBER\+STRICT ")).check()
    expect(sight).to_contain_text("Nobody else")  # told without leaving the page
    expect(sight).to_contain_text("Cut by TLP:AMBER+STRICT: the alliance")
    page.get_by_text("Organisations", exact=True).last.click()
    page.get_by_role("checkbox", name=cert, exact=True).check()
    expect(sight).to_contain_text(cert)
    page.get_by_label("Why?").fill("Names people")
    page.get_by_role("button", name="Change it").click()
    expect(page.locator(".page-handling")).to_have_text(re.compile(r"^\s*TLP:AMBER\+STRICT\s*$"))

    reader.reload()
    expect(reader.get_by_role("heading", level=1)).to_have_text("Mule accounts behind fake invoices")
    visit.expect_error("404")
    shut_out = visit("police-analyst", path)
    expect(shut_out.get_by_role("heading", level=1)).not_to_contain_text("Mule accounts")


def test_slash_searches_for_a_value(visit: Visits) -> None:
    values = fresh_values(2)
    report_of(visit, "Found again by its value", values)
    page = visit("analyst", "/picture/")
    page.keyboard.press("/")
    page.keyboard.type(values[1][1].upper())
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Search:")
    expect(main(page)).to_contain_text("Held by 1 report that you may see")
    expect(main(page).get_by_role("link", name="Found again by its value")).to_be_visible()


@pytest.mark.parametrize("size", SIZES)
def test_filters_are_chips_in_the_address(visit: Visits, size: dict[str, int]) -> None:
    page = visit("analyst", "/reports/", size)
    every = count(page)
    if size == PHONE:
        page.get_by_text("Filters", exact=True).click()
    panel = page.get_by_role("search", name="Filters")
    panel.get_by_label("Fraud").check()
    panel.get_by_label("TLP:GREEN").check()
    panel.get_by_label("Country of the victim").select_option("DE")
    panel.get_by_role("button", name="Apply").click()
    chips = page.get_by_role("list", name="Filters that are set").get_by_role("listitem")
    expect(chips).to_have_count(3)
    narrow = count(page)
    assert 0 < narrow < every
    assert {"class=fraud", "tlp=GREEN"} <= set(page.url.split("?")[1].split("&"))
    rows = main(page).get_by_role("table").get_by_role("row")
    for text in rows.all_inner_texts()[1:]:
        assert "Germany" in text and "TLP:GREEN" in text, text
    fits(page)
    chips.filter(has_text="Germany").get_by_role("link").click()
    expect(chips).to_have_count(2)
    assert narrow < count(page) < every
    page.go_back()
    expect(chips).to_have_count(3)
    assert count(page) == narrow


def count(page: Page) -> int:
    """The number of reports a list says it has."""
    found = re.search(r"(\d[\d\s]*) reports?\b", page.locator(".count").inner_text())
    assert found, page.locator(".count").inner_text()
    return as_number(found[1])


def test_list_by_keyboard(visit: Visits) -> None:
    page = visit("analyst", "/reports/?tlp=GREEN")
    titles = main(page).get_by_role("rowheader").get_by_role("link")
    for key, at in (("j", 0), ("j", 1), ("j", 2), ("k", 1)):
        page.keyboard.press(key)
        expect(titles.nth(at)).to_be_focused()
    second = titles.nth(1).inner_text()
    page.keyboard.press("x")
    expect(main(page).get_by_role("checkbox", name=f"Tick {second[:60]}").first).to_be_checked()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(second)


def test_export_of_what_is_filtered(visit: Visits, downloads: Path) -> None:
    values = fresh_values(3)
    report_of(visit, "Taken out again", values)
    page = visit("analyst", f"/reports/?q={values[2][1]}")
    assert count(page) == 1
    table = list(csv.DictReader(io.StringIO(taken(page, "All of this list, CSV", downloads).decode("utf-8-sig"))))
    assert {row["title"] for row in table} == {"Taken out again"}
    assert [row["tlp"] for row in table] == ["TLP:GREEN"]
    bundle = json.loads(taken(page, "All of this list, STIX 2.1", downloads))
    assert bundle["type"] == "bundle"
    assert values[2][1] in json.dumps(bundle) and values[0][1] in json.dumps(bundle)
    names = {each.get("name") for each in bundle["objects"]}
    assert "Taken out again" in names


def taken(page: Page, name: str, folder: Path) -> bytes:
    """What an entry of the menu `Export` downloads."""
    if not page.get_by_role("link", name=name).is_visible():
        main(page).get_by_text("Export", exact=True).click()
    with page.expect_download() as coming:
        page.get_by_role("link", name=name).click()
    coming.value.save_as(folder / "taken")
    return (folder / "taken").read_bytes()
