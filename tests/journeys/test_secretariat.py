"""The secretariat takes a member in; the member's first day; and the day its membership is suspended."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.journeys.files import fresh_values, misp_event
from tests.journeys.one_time_code import code_to_type, one_time_code
from tests.journeys.test_integrator import make_token
from tests.journeys.visitor import PHONE, WIDE, Visits, fits, main, open_own_menu, sign_in, sign_out

Shot = Callable[[Page, str], None]
PASSWORD = "oyster ladder comet velvet"


def test_rfc_6238_test_vectors() -> None:
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # "12345678901234567890", appendix B; the last six of eight digits
    for at, code in ((59, "287082"), (1111111109, "081804"), (20000000000, "353130")):
        assert one_time_code(secret, at=at) == code


def enter_applicant(page: Page, name: str) -> None:
    """The secretary enters an applicant."""
    page.goto("/organisations/")
    page.get_by_role("link", name="Enter an applicant").click()
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Kind").select_option("business")
    page.get_by_label("Country").select_option("IE")
    page.get_by_role("button", name="Enter it").click()
    expect(main(page)).to_contain_text(f"{name} is entered as an applicant")


def invite(page: Page, email: str) -> str:
    """The secretary invites the first administrator from the page of people, and is shown the link once."""
    page.get_by_label("E-mail", exact=True).fill(email)
    form = page.locator("form").filter(has=page.get_by_role("button", name="Invite", exact=True))
    for role in ("administrator", "analyst", "integrator"):
        form.get_by_role("checkbox", name=f"{role}: ").check()
    page.get_by_role("button", name="Invite", exact=True).click()
    found = re.search(r"https?://\S+/invitations/\S+/", main(page).inner_text())
    assert found, main(page).inner_text()
    return found[0]


def join(page: Page, link: str, organisation: str) -> None:
    """The invited person takes up the invitation."""
    page.goto(link)
    expect(page.get_by_role("heading", level=1)).to_have_text(f"{organisation} invites you")
    fits(page)
    page.get_by_label("Your name").fill("Niamh Walsh")
    page.get_by_label("Password", exact=True).fill("short")
    page.get_by_label("Password, once more").fill("short")
    page.get_by_role("button", name="Take up the invitation").click()
    expect(main(page)).to_contain_text("12 characters")  # said at the field, nothing else lost
    expect(page.get_by_label("Your name")).to_have_value("Niamh Walsh")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Password, once more").fill(PASSWORD)
    page.get_by_role("button", name="Take up the invitation").click()
    expect(page.get_by_role("banner")).to_contain_text(re.compile(f"{organisation}|Niamh Walsh"))


def change_state(page: Page, slug: str, step: str, reason: str) -> None:
    """The secretary takes a membership a step on."""
    page.goto(f"/organisations/{slug}/")
    page.get_by_label("Reason").fill(reason)
    page.get_by_role("button", name=step, exact=True).click()


def switch_on_second_factor(page: Page) -> tuple[str, str]:
    """Set up the authenticator app; gives its secret and the code that was used."""
    open_own_menu(page)
    page.get_by_role("link", name="Second factor").click()
    page.get_by_role("link", name="Activate").click()
    if page.get_by_label("Password", exact=True).is_visible():
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Confirm").click()
    secret = page.get_by_label("Secret, where you cannot scan").input_value()
    code = code_to_type(secret)
    page.get_by_label("Authenticator code").fill(code)
    page.get_by_role("button", name="Switch on").click()
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Set up the authenticator app")
    return secret, code


def sign_in_with_second_factor(page: Page, email: str, secret: str, used: str) -> None:
    """Password first, then the app; a wrong code keeps out."""
    sign_in(page, email, PASSWORD)
    expect(page.get_by_role("heading", level=1)).to_have_text("Second factor")
    page.goto("/reports/")
    expect(page).to_have_url(re.compile("/account/"))  # the password alone opens nothing
    page.goto("/account/2fa/authenticate/")
    page.get_by_label("Code").fill("000000" if one_time_code(secret) != "000000" else "111111")
    page.get_by_role("button", name="Sign in").click()
    expect(main(page)).to_contain_text("Incorrect code")
    page.get_by_label("Code").fill(code_to_type(secret, used=used))
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("banner")).to_contain_text("Niamh Walsh")


def test_a_membership_from_application_to_suspension(visit: Visits, picture_of: Shot) -> None:
    alliance, name = visit.alliance, f"Wren Credit Union {uuid.uuid4().hex[:5]}"
    slug, email = name.lower().replace(" ", "-"), f"niamh.{uuid.uuid4().hex[:6]}@wren.example"
    office = visit("secretary", "/")
    office.goto(f"/organisations/{alliance.accounts['secretary'].organisation}/people/")
    expect(main(office).get_by_role("row", name="Lucía Romero")).to_contain_text("secretary")
    picture_of(office, "people")
    enter_applicant(office, name)
    expect(main(office)).to_contain_text("Nobody has taken up an invitation yet")
    link = invite(office, email)
    office.goto("/")
    expect(main(office)).to_contain_text(re.compile("organisations? ha(s|ve) applied"))

    page = visit.stranger(WIDE)
    join(page, link, name)
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Your organisation has applied")
    page.goto("/agreement/")
    page.get_by_role("button", name="Accept it for my organisation").click()
    expect(main(page)).to_contain_text("Your organisation accepted this version on")

    change_state(office, slug, "Admit", "Vetted by the Irish police and by letter")
    expect(main(office)).to_contain_text("vetted")
    page.goto("/reports/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Reports")
    token = make_token(page, "Our ticket system", "read", "submit")
    assert alliance.rest(token, "/reports").status == 200
    sent = alliance.rest(token, "/submissions", misp_event("First report of a new member", fresh_values()))
    assert sent.json["reports"] == 1

    secret, used = switch_on_second_factor(page)
    sign_out(page)
    page.goto("/reports/")
    expect(page).to_have_url(re.compile("/account/login/"))
    sign_in_with_second_factor(page, email, secret, used)

    change_state(office, slug, "Suspend", "Its agreement is under review")
    expect(main(office)).to_contain_text("suspended")
    for path in ("/reports/", "/picture/", "/submissions/add/"):
        visit.expect_error("403")
        page.goto(path)
        expect(page.get_by_role("heading", level=1)).to_contain_text("suspended")
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Your organisation's membership is suspended")
    refused = alliance.rest(token, "/reports")
    assert refused.status == 403 and "member" in refused.json["error"]["message"]
    assert alliance.rest(token, "/submissions", misp_event("Too late", fresh_values())).status == 403

    change_state(office, slug, "Reinstate", "All is in order again")
    page.goto("/reports/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Reports")
    assert alliance.rest(token, "/reports").status == 200

    stranger = visit.stranger()
    visit.expect_error("410")
    visit.expect_error("404")
    stranger.goto(link)  # works once
    expect(stranger.get_by_role("heading", level=1)).to_have_text("This invitation is not valid any more")


def test_directory_on_both_sizes(visit: Visits, picture_of: Shot) -> None:
    for size in (WIDE, PHONE):
        page = visit("secretary", "/organisations/", size)
        expect(main(page)).to_contain_text(re.compile(r"\d+ organisations"))
        fits(page)
        if size == WIDE:
            picture_of(page, "organisations")


def test_members_run_their_own_house_only(visit: Visits) -> None:
    page = visit("analyst", "/organisations/")
    expect(page.get_by_role("link", name="Enter an applicant")).to_have_count(0)
    for status in ("403", "404"):
        visit.expect_error(status)
    for path in ("/organisations/add/", f"/organisations/{visit.alliance.accounts['integrator'].organisation}/people/"):
        response = page.goto(path)
        assert response and response.status in (403, 404), path
