"""The academy as its users meet it: a course is accredited over a finding, a trainee fails, appeals and passes."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

from playwright.sync_api import Page, expect

from tests.journeys.visitor import PHONE, Visits, fits, main

DARK = {"color_scheme": "dark"}


def do(page: Page, title: str, **fields: str) -> None:
    """Take an act of the page: open it, fill its fields (a word of a select by its label), press its button."""
    form = page.locator("form", has=page.get_by_role("button", name=title, exact=True, include_hidden=True)).first
    if fields:
        page.locator("details", has=form).last.locator("summary").first.click()
    for name, value in fields.items():
        field = form.locator(f'[name="{name}"]').first
        if field.evaluate("each => each.tagName") == "SELECT":
            field.select_option(label=value)
        elif field.get_attribute("type") == "radio":
            form.get_by_label(value).check()
        else:
            field.fill(value)
    with page.expect_navigation():
        form.get_by_role("button", name=title, exact=True).click()


def test_a_course_is_accredited_over_a_finding_and_its_correction(
    visit: Visits, picture_of: Callable[[Page, str], None]
) -> None:
    visit.admit("Chiara Bassi", "Owen Prior")
    accounts = visit.alliance.accounts
    trainer = visit("trainer", "/accreditation/new/")
    trainer.get_by_label("What is to be accredited").select_option(label="course")
    trainer.locator('[name="scope"]').select_option(["FRE-4"])
    trainer.get_by_label(re.compile("^Which course")).select_option(label="First response to electronic evidence")
    trainer.get_by_role("button", name="Begin").click()
    address = re.sub(r"^https?://[^/]+", "", trainer.url)
    do(trainer, "Apply")
    expect(trainer.get_by_role("alert")).to_contain_text("Say how C1 is met.")
    do(trainer, "Say how requirements are met", **{f"C{n}": f"Annex {n} shows it." for n in range(1, 9)})
    do(trainer, "Apply")
    expect(main(trainer)).to_contain_text("draft → applied")

    office = visit("secretary", address)
    for role in ("assessor", "Chiara Bassi"):
        do(office, "Ask somebody to take part", email=accounts[role].email, part="assessor")
        page = visit(role, address)
        do(page, "Declare whether you have a conflict of interest", no_conflict="No, I have no conflict of interest")
        expect(main(page)).to_contain_text("no conflict of interest")
    office.reload()
    do(office, "Begin the review")

    today = datetime.now(UTC).date().isoformat()
    assessor = visit("assessor", address)
    do(assessor, "Record what you looked at", how="documents", day=today, notes="Read the syllabus and all annexes.")
    do(assessor, "Record what you looked at", how="observation of a lesson or examination", day=today,
       notes="Sat in the second day.")  # fmt: skip
    do(assessor, "Record a finding", requirement="C8", grade="major", text="No way in for somebody in a wheelchair.")
    do(assessor, "Hand the findings to the applicant")
    expect(main(assessor)).to_contain_text("No way in for somebody in a wheelchair.")
    picture_of(assessor, "academy-finding")
    trainer.reload()
    expect(main(trainer)).to_contain_text("No way in for somebody in a wheelchair.")
    do(trainer, "Answer the finding", answer="The course moved to the ground floor; the plan is annex 9.")
    do(trainer, "Hand the corrections in")
    page = visit("Chiara Bassi", address)
    do(page, "Close the finding")
    expect(main(page)).to_contain_text("closed")
    assessor.reload()
    do(assessor, "Put it before the panel")
    do(office, "Ask somebody to take part", email=accounts["Owen Prior"].email, part="panel")
    panel = visit("Owen Prior", address, PHONE, **DARK)
    do(panel, "Declare whether you have a conflict of interest", no_conflict="No, I have no conflict of interest")
    do(panel, "Accredit", reason="All requirements are met after the correction.")
    expect(main(panel)).to_contain_text("before the panel → accredited")
    fits(panel)
    learner = visit("learner", "/courses/")
    learner.get_by_role("link", name="First response to electronic evidence").first.click()
    expect(main(learner)).to_contain_text("accredited until")


def answer(page: Page, right: Callable[[str], str]) -> None:
    """Fill every answer of the open paper, and keep it."""
    for sheet in page.locator("fieldset.sheet").all():
        if sheet.get_by_role("radio").count():
            sheet.get_by_label(right(sheet.inner_text()), exact=True).check()
        else:
            sheet.locator("textarea").fill("Isolated, recorded with times, sealed and handed over against signature.")
    page.get_by_label(re.compile("^Tools of artificial intelligence")).fill("none")
    page.get_by_role("button", name="Keep my answers").click()


def mark_all(page: Page, points: str) -> None:
    """Give every answer that waits for one's marks these points."""
    while (forms := page.locator("form.line-form")).count():
        forms.first.get_by_label("Points").fill(points)
        forms.first.get_by_label("Why").fill("As the guide says.")
        with page.expect_navigation():
            forms.first.get_by_role("button", name="Mark", exact=True).click()


def test_a_trainee_is_refused_appeals_and_passes(visit: Visits, picture_of: Callable[[Page, str], None]) -> None:
    visit.expect_error("422")  # what the database refuses
    visit.admit("Sara Vale", "Tomas Ibarra", "Noor Haddad", "Birgit Aalto", "Hanne Solberg")
    trainee = visit("Sara Vale", "/certification/")
    main(trainee).get_by_role("link", name="First responder, EQF 4").first.click()
    address = re.sub(r"^https?://[^/]+", "", trainee.url)
    examiner = visit("examiner", address)
    picture_of(examiner, "academy-marking")
    mark_all(examiner, "1")
    do(examiner, "End the marking")
    expect(examiner.get_by_role("alert")).to_contain_text("Every answer wants two markers")
    mark_all(visit("Tomas Ibarra", address), "1")
    do(examiner, "End the marking")
    decider = visit("Birgit Aalto", address)
    do(decider, "Certify", reason="She is a good colleague.")
    expect(main(decider)).to_contain_text("Who did not pass is not certified.")
    do(decider, "Refuse", reason="Too few points for open answers.")
    trainee.reload()
    expect(main(trainee)).to_contain_text("Too few points for open answers.")
    do(trainee, "Appeal", reason="The scene was lit so badly that labels could not be read.")

    appeal = visit("Hanne Solberg", address)
    do(appeal, "Grant another attempt", reason="The record of the room agrees.")
    clerk = visit("Noor Haddad", address)
    do(clerk, "Draw a paper from the bank")
    do(clerk, "Open the paper")
    said = visit.alliance.command("manage", "shell", "--no-imports", "-c", RIGHT)
    right = dict(line.split("\t") for line in said.splitlines() if "\t" in line)
    phone = visit("Sara Vale", address, PHONE, **DARK)
    answer(phone, lambda text: next(option for question, option in right.items() if question in text))
    fits(phone)
    picture_of(phone, "academy-paper-phone")
    do(phone, "Hand the paper in")
    for name in ("examiner", "Tomas Ibarra"):
        mark_all(visit(name, address), "9")
    examiner.reload()
    do(examiner, "End the marking")
    decider.reload()
    do(decider, "Certify", reason="Passed at the second attempt.")
    main(decider).get_by_role("link", name="the certificate").click()
    do(decider, "Sign the credential")
    trainee.reload()
    expect(main(trainee)).to_contain_text("2")
    main(trainee).get_by_role("link", name="the certificate").click()
    expect(trainee.get_by_role("img", name="The badge")).to_be_visible()
    picture_of(trainee, "academy-certificate")
    badge = main(trainee).locator('a[href$="badge.png"]').get_attribute("href")
    content = trainee.request.get(badge or "").body()
    guard = visit(None, "/verify/")
    guard.get_by_label("Choose the certificate").set_input_files(
        {"name": "badge.png", "mimeType": "image/png", "buffer": content}
    )
    expect(guard.get_by_role("heading", name="Valid", exact=True)).to_be_visible()


RIGHT = """
from hueandcry.academy.models import Question
for each in Question.objects.using("owner").filter(kind="choice"):
    print(each.text + "\\t" + each.options[each.key])
"""


def test_who_is_trained_against_what_is_called_for(visit: Visits, picture_of: Callable[[Page, str], None]) -> None:
    officer = visit("capacity-officer", "/training/")
    expect(main(officer)).to_contain_text("How many will still be certified")
    expect(officer.locator("figure.chart :is(svg, canvas)").first).to_be_visible()
    picture_of(officer, "academy-training")
    officer.get_by_label("Training", exact=True).select_option(label="called for")
    officer.locator("form", has=officer.get_by_label("Training", exact=True)).get_by_role("button").click()
    expect(main(officer)).to_contain_text("Mozambique")
    officer.get_by_text(re.compile(r"^Kenya KE: \d indicator")).click()
    told = officer.locator("details[open]").first
    expect(told).to_contain_text("people certified for FRE-4")
    told.get_by_role("button", name="Tell it as evidence").click()
    expect(officer.get_by_text("It counts once two others have accepted it.").first).to_be_visible()
    officer.goto("/assessments/KE/3.3.b/")
    expect(main(officer)).to_contain_text("picture of training")
