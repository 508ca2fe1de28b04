"""A provider whose accreditation is withdrawn takes the trust in its certificates with it. The last of the journeys, as
it cannot be undone."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.journeys.test_academy import do
from tests.journeys.visitor import Visits, main


def test_a_withdrawn_provider_takes_its_certificates_trust_with_it(visit: Visits) -> None:
    visit.admit("Owen Prior")
    page = visit("learner", "/certification/")
    main(page).locator('a[href*="/certificates/"]').first.click()
    badge = page.request.get(main(page).locator('a[href$="badge.png"]').get_attribute("href") or "").body()
    file = {"name": "badge.png", "mimeType": "image/png", "buffer": badge}
    guard = visit(None, "/verify/")
    guard.get_by_label("Choose the certificate").set_input_files(file)
    expect(guard.get_by_role("heading", name="Valid", exact=True)).to_be_visible()

    panel = visit("Owen Prior", "/accreditation/")
    panel.get_by_role("row", name=re.compile("provider: FRE-4")).get_by_role("link").first.click()
    do(panel, "Withdraw the accreditation", reason="Questions were sold.")
    expect(main(panel)).to_contain_text("accredited → withdrawn")

    after = visit(None, "/verify/")  # the bundle of today
    after.get_by_label("Choose the certificate").set_input_files(file)
    expect(after.get_by_role("heading", name="Not valid")).to_be_visible()
    expect(main(after)).to_contain_text("It was revoked. (of who issued it)")
