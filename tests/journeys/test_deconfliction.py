"""An agency registers what it works on and takes it back; a bank is told that this is not for it."""

from __future__ import annotations

import re
import uuid

from playwright.sync_api import expect

from tests.journeys.visitor import PHONE, Visits, main


def test_an_agency_registers_what_it_works_on(visit: Visits) -> None:
    """From the desk to the form, its refusal, the interest and its end; on a telephone as well."""
    title, domain = f"Parcel gang {uuid.uuid4().hex[:6]}", f"parcel-{uuid.uuid4().hex[:8]}.top"
    police = visit("police-analyst", "/")
    police.get_by_role("link", name="Deconfliction").click()
    police.get_by_role("link", name="Register what you work on").first.click()
    police.get_by_label("Title").fill(title)
    police.get_by_label("Values, one a line").fill("8.8.8.8")
    police.get_by_role("textbox", name=re.compile("^Contact")).fill("Duty desk")
    visit.expect_error("422")
    police.get_by_role("button", name="Register").click()
    expect(main(police)).to_contain_text("Everybody meets these")
    police.get_by_label("Values, one a line").fill(f"hxxps://{domain.replace('.', '[.]')}/login")
    police.get_by_role("button", name="Register").click()
    expect(police.get_by_role("heading", level=1)).to_have_text(title)
    expect(main(police)).to_contain_text(domain)
    expect(main(police)).to_contain_text("Nowhere so far")

    phone = visit("police-analyst", "/deconfliction/?show=interests", PHONE)
    phone.get_by_role("link", name=title).click()
    phone.get_by_role("button", name="Take it back").click()
    expect(main(phone)).to_contain_text("ended")
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_a_bank_is_told_that_it_is_not_for_it(visit: Visits) -> None:
    """No desk in the list, and words at the address."""
    bank = visit("analyst", "/")
    expect(bank.get_by_role("link", name="Deconfliction")).to_have_count(0)
    visit.expect_error("403")
    bank.goto("/deconfliction/")
    expect(main(bank)).to_contain_text("For law-enforcement agencies")
