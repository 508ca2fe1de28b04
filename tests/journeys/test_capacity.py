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


# Days pass: a round's days are moved past the rule that keeps voting from being begun anew.
PASS = """
from datetime import datetime, timedelta, UTC
from django.db import connections
from hueandcry.capacity.models import Round
with connections["owner"].cursor() as cursor:
    cursor.execute("ALTER TABLE capacity_round DISABLE TRIGGER round_guarded")
    day, far = datetime.now(UTC).date(), [timedelta(days=n) for n in ({0})]
    Round.objects.using("owner").filter(title="{1}").update(
        discuss_on=day + far[0], vote_on=day + far[1], close_on=day + far[2])
    cursor.execute("ALTER TABLE capacity_round ENABLE TRIGGER round_guarded")
"""


def test_two_chambers_agree_priorities(visit: Visits, picture_of: Callable[[Page, str], None]) -> None:
    """A round from its opening to what is adopted: proposed, discussed, voted in two chambers, counted, dissented."""
    title, day = f"What comes first {uuid.uuid4().hex[:6]}", datetime.now(UTC).date()
    office = visit("secretary", "/priorities/")
    expect(main(office)).to_contain_text("What comes first")
    picture_of(office, "capacity-priorities")
    office.get_by_role("link", name="Open a round").click()
    office.get_by_label("Title").fill(title)
    office.get_by_label("The question that is decided").fill("Which crimes should come first?")
    office.get_by_label("How many are adopted").fill("1")
    for label, days in (("Discussion begins", 2), ("Voting begins", 4), ("Last day of voting", 9)):
        office.get_by_label(label).fill((day + timedelta(days=days)).isoformat())
    office.get_by_role("button", name="Open it").click()
    expect(office.get_by_role("heading", level=1)).to_have_text(title)
    address = office.url

    bank, police = visit("analyst", address), visit("police-analyst", address)
    for number, words in enumerate(("Ransomware against hospitals", "Fraud by telephone", "Money mules")):
        page = (bank, police)[number % 2]
        page.goto(address)
        page.get_by_role("link", name="Propose a priority").click()
        page.get_by_label("What should come first").fill(words)
        page.get_by_label("Why: what it does").fill("It hurts many, everywhere.")
        page.get_by_role("button", name="Propose it").click()
    police.goto(address)
    police.get_by_role("link", name="Money mules").click()
    police.get_by_label("What you have to say").fill("Without mules nobody gets the money.")
    police.get_by_role("button", name="Say it").click()
    expect(main(police)).to_contain_text("Without mules nobody gets the money.")

    visit.alliance.command("manage", "shell", "-c", PASS.format("-2, -1, 0", title))
    for page, ranks in ((police, ("1", "2", "3")), (bank, ("3", "2", "1"))):
        page.goto(address)
        page.get_by_role("link", name="Vote", exact=True).click()
        for number, rank in enumerate(ranks, start=1):
            page.locator(f"select[name=rank-{number}]").select_option(rank)
        page.get_by_role("button", name="Cast the ballot").click()
        expect(main(page)).to_contain_text("Your organisation has voted.")
    office.goto(address)
    expect(office.get_by_role("button", name="Count the ballots")).to_have_count(0)
    visit.alliance.command("manage", "shell", "-c", PASS.format("-3, -2, -1", title))
    office.reload()
    office.get_by_role("button", name="Count the ballots").click()
    expect(main(office)).to_contain_text("Where each chamber puts each proposal")
    expect(main(office)).to_contain_text("fewer than 3 vote")
    bank.goto(address)
    row = bank.get_by_role("row").filter(has_text="Fraud by telephone")
    expect(row).to_contain_text("yes")  # neither's first, nobody's last: what both can live with
    bank.get_by_text("Publish your organisation's dissent").click()
    bank.get_by_label("What you hold against the result").fill("Mules should have come first.")
    bank.get_by_role("button", name="Publish it").click()
    police.goto(address)
    expect(main(police)).to_contain_text("Mules should have come first.")
    reader = visit("policy-maker", "/priorities/")
    reader.get_by_role("link", name=re.compile(r"^What comes first in \d{4}")).last.click()
    expect(main(reader)).to_contain_text("Where each chamber puts each proposal")
    reader.wait_for_timeout(1_000)  # the chart is drawn
    picture_of(reader, "capacity-round")
    fits(visit("policy-maker", "/priorities/", PHONE, **DARK))
    fits(visit("policy-maker", address.replace(visit.alliance.url, ""), PHONE, **DARK))


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
