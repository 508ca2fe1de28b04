"""The capacity desk as its users meet it: an officer finds trainers, an assessor proves a stage and a reviewer refuses
it, two chambers have agreed on priorities, somebody reads who is most in need."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from playwright.sync_api import Page, expect

from tests.journeys.visitor import PHONE, Visits, fits, main

DARK = {"color_scheme": "dark"}


def test_an_officer_finds_three_portuguese_speaking_trainers_without_a_conflict(
    visit: Visits, picture_of: Callable[[Page, str], None]
) -> None:
    """From the page of a country to a call, and to who fits, who does not, and why; offered, chosen, confirmed."""
    title = f"Trainers in digital forensics {uuid.uuid4().hex[:6]}"
    starts = datetime.now(UTC).date() + timedelta(days=120)
    officer = visit("capacity-officer", "/countries/MZ/")
    picture_of(officer, "capacity-country")
    officer.get_by_role("link", name="Ask for help").click()
    officer.get_by_label("What is asked for, in a line").fill(title)
    expect(officer.get_by_label("For which country")).to_have_value("MZ")
    officer.get_by_role("button", name="Begin").click()
    expect(main(officer)).to_contain_text("No place yet")
    officer.get_by_label("How many").fill("3")
    officer.get_by_label("Skills that they must have").fill("digital forensics")
    officer.locator("select[name=languages]").select_option(["pt"])
    officer.get_by_label("From", exact=True).fill(starts.isoformat())
    officer.get_by_label("Until", exact=True).fill((starts + timedelta(days=11)).isoformat())
    officer.get_by_role("button", name="Add").click()
    officer.get_by_role("button", name="Open it for offers").click()
    expect(main(officer)).to_contain_text("3 open places")
    said = main(officer).inner_text()
    picture_of(officer, "capacity-clearing")
    proposed = said.split("Proposed")[1].split("Would fit too")[0]
    assert sum(name in proposed for name in ("Ana Reis", "Bruno Matos", "Carla Nunes", "Davi Costa")) == 3
    assert not any(name in proposed for name in ("Gil Amado", "Elisa Mondlane", "Frida Holm"))
    officer.get_by_text("for a conflict of interest").click()
    expect(main(officer)).to_contain_text("conflict of interest with Mozambique")
    expect(main(officer)).to_contain_text("is of the country; somebody from elsewhere is wanted")
    expect(main(officer)).to_contain_text("does not speak Portuguese")
    address = officer.url

    police = visit("police-analyst", address)
    police.get_by_label("Whom or what do you offer?").select_option(label="Bruno Matos")
    police.get_by_label("There is no conflict of interest").check()
    police.get_by_role("button", name="Offer", exact=True).click()
    expect(main(police)).to_contain_text("Bruno Matos")
    officer.reload()
    officer.get_by_role("button", name="Choose", exact=True).first.click()
    expect(main(officer)).to_contain_text("2 open places")
    police.reload()
    police.get_by_role("button", name="Confirm").click()
    phone = visit("capacity-officer", address, PHONE, **DARK)
    expect(main(phone)).to_contain_text("confirmed")
    fits(phone)


def test_an_assessor_proves_a_stage_and_a_reviewer_refuses_it(visit: Visits) -> None:
    """Evidence told, accepted by one, refused by another with a reason that who told it reads."""
    source = f"Order {uuid.uuid4().hex[:6]} of the national police"
    officer = visit("capacity-officer", "/assessments/AO/4.3.a/")
    officer.get_by_role("link", name="Tell of evidence for 4.3.a-1-1").click()
    officer.get_by_label("Source", exact=True).fill(source)
    officer.get_by_label("The day that the source speaks of").fill((datetime.now(UTC).date()).isoformat())
    officer.get_by_role("button", name="Tell it").click()
    expect(main(officer)).to_contain_text("0 of 2 have accepted it")
    officer.get_by_role("link", name=source).click()
    expect(main(officer).get_by_role("button", name="Say so")).to_have_count(0)  # not one's own
    address = officer.url
    for role, verdict, reason in (("trainer", 0, ""), ("investigator", 1, "It was repealed in spring.")):
        reviewer = visit(role, address)
        reviewer.get_by_role("radio").nth(verdict).check()
        reviewer.locator("textarea[name=reason]").fill(reason)
        reviewer.get_by_role("button", name="Say so").click()
        expect(main(reviewer)).to_contain_text("Reviews")
    officer.reload()
    expect(main(officer)).to_contain_text("It was repealed in spring.")
    officer.goto("/assessments/AO/4.3.a/")
    expect(main(officer)).to_contain_text("refused")


def test_two_chambers_agree_priorities(visit: Visits, picture_of: Callable[[Page, str], None]) -> None:
    """What was agreed, where each chamber put it, and a proposal for the round that is open."""
    title = f"Deepfake calls to accountants {uuid.uuid4().hex[:6]}"
    bank = visit("analyst", "/priorities/")
    expect(main(bank)).to_contain_text("What comes first")
    picture_of(bank, "capacity-priorities")
    bank.get_by_role("link", name=re.compile(r"^What comes first in \d{4}")).last.click()
    expect(main(bank)).to_contain_text("Where each chamber puts each proposal")
    expect(main(bank)).to_contain_text("Turnout")
    picture_of(bank, "capacity-round")
    bank.get_by_text("Publish your organisation's dissent").click()
    bank.goto("/priorities/")
    bank.get_by_role("link", name=re.compile(r"^What comes first in \d{4}")).first.click()
    bank.get_by_role("link", name="Propose a priority").click()
    bank.get_by_label("What should come first").fill(title)
    bank.get_by_label("Why: what it does").fill("A voice that sounds like the director's costs firms their savings.")
    bank.get_by_role("button", name="Propose it").click()
    police = visit("police-analyst", bank.url)
    police.get_by_role("link", name=title).click()
    police.get_by_label("What you have to say").fill("We had four of these last month.")
    police.get_by_role("button", name="Say it").click()
    expect(main(police)).to_contain_text("We had four of these last month.")
    phone = visit("policy-maker", "/priorities/", PHONE, **DARK)
    fits(phone)


def test_who_is_most_in_need_and_what_moved_it(visit: Visits, picture_of: Callable[[Page, str], None]) -> None:
    """The table with its intervals, a country's numbers, what law enforcement says, the method."""
    reader = visit("policy-maker", "/needs/")
    expect(main(reader)).to_contain_text("How often among the 10 most in need")
    picture_of(reader, "capacity-needs")
    reader.locator("[data-row] a[data-open]").first.click()
    expect(main(reader)).to_contain_text("What moved it")
    expect(main(reader)).to_contain_text("our liaison officers see the same")
    reader.goto("/needs/method/")
    expect(main(reader)).to_contain_text("Digest of all that it was made of")
    for page in ("/needs/", "/countries/KE/", "/clearing/", "/needs/series/", "/needs/indexes/"):
        fits(visit("policy-maker", page, PHONE, **DARK))
