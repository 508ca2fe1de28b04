"""A border guard with a telephone: checks a certificate where there is no network, and takes a bundle from a stick."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Request, expect

from hueandcry.academy.credentials import baked, trust
from tests.academy.credentials.chains import AT, ROOT, Chain, certificate
from tests.journeys.visitor import PATIENCE, PHONE, WIDE, Visits, fits, main

Shot = Callable[[Page, str], None]
PNG = b"\x89PNG\r\n\x1a\n" + baked._chunk(b"IHDR", b"\x00" * 13) + baked._chunk(b"IEND", b"")  # of nothing
UNPLUGGED = "ERR_INTERNET_DISCONNECTED"


def choose(page: Page, name: str, content: bytes) -> None:
    """As somebody taps the field and picks a file."""
    kind = "image/png" if name.endswith("png") else "image/svg+xml" if name.endswith("svg") else "application/json"
    page.get_by_label("Choose the certificate").set_input_files({"name": name, "mimeType": kind, "buffer": content})


def offered(page: Page, content: bytes) -> None:
    """A bundle's file, as from a stick."""
    page.get_by_label("Bundle (JSON)").set_input_files(
        {"name": "trust-bundle.json", "mimeType": "application/json", "buffer": content}
    )


def kept(page: Page) -> None:
    """The page is on the device."""
    expect(main(page)).to_contain_text("This page opens without a network from now on.", timeout=PATIENCE)


def badge_of_learner(visit: Visits, ending: str) -> bytes:
    """What somebody of the demonstration who was certified shows."""
    page = visit("learner", "/certification/")
    main(page).locator('a[href*="/certificates/"]').first.click()
    address = main(page).locator(f'a[href$="badge.{ending}"]').get_attribute("href")
    return bytes(page.request.get(address or "").body())


def test_a_certificate_is_checked_with_the_network_cut(visit: Visits, picture_of: Shot) -> None:
    good, drawn = badge_of_learner(visit, "png"), badge_of_learner(visit, "svg")
    forged = baked.bake_png(good, baked.unbake(good).replace(b"First responder", b"Chief inspector"))
    page = visit(None, "/verify/", PHONE)
    posted: list[Request] = []
    page.on("request", lambda asked: posted.append(asked) if asked.method == "POST" else None)
    kept(page)
    expect(main(page)).to_contain_text(
        re.compile(r"Bundle of .+: \d+ trusted issuers?, \d+ accredited provider"), timeout=PATIENCE
    )
    visit.expect_error(UNPLUGGED)
    page.context.set_offline(True)
    page.reload()
    expect(page.get_by_text("The file is not uploaded.")).to_be_visible()

    choose(page, "badge.png", good)
    expect(page.get_by_role("heading", name="Valid", exact=True)).to_be_visible()
    expect(main(page)).to_contain_text("First responder, EQF 4")
    expect(page.get_by_role("heading", name="Who vouches").locator("xpath=..").get_by_role("listitem")).to_have_count(3)
    fits(page)
    picture_of(page, "verify-phone")
    choose(page, "badge.svg", drawn)
    expect(page.get_by_role("heading", name="Valid", exact=True)).to_be_visible()
    expect(main(page)).to_contain_text("badge.svg was checked on this device")
    choose(page, "forged.png", forged)
    expect(page.get_by_role("heading", name="Not valid")).to_be_visible()
    expect(main(page)).to_contain_text("it was changed after signing")
    expect(main(page)).to_contain_text("Chief inspector, EQF 4")
    fits(page)
    picture_of(page, "verify-phone-forged")
    choose(page, "holiday.png", PNG)
    expect(main(page)).to_contain_text("There is no credential in the PNG picture.")
    page.get_by_label(re.compile("^Whom it should be about")).fill("somebody@else.example")
    choose(page, "badge.png", good)
    expect(main(page)).to_contain_text("It is not about the person named.")
    assert posted == []


def test_words_of_a_certificate_are_words_alone(visit: Visits) -> None:
    page = visit(None, "/verify/")
    evil = {"name": "<img src=x onerror=alert(1)>", "issuer": {"id": "urn:x", "name": "<b>Alliance</b>"}}
    choose(page, "evil.json", json.dumps(evil).encode())
    expect(page.get_by_role("heading", name="Not valid")).to_be_visible()
    expect(main(page)).to_contain_text("<b>Alliance</b>")
    assert page.locator("main img").count() == 0


def test_a_bundle_from_a_stick_is_trusted_by_nobody_but_who_says_so(visit: Visits, picture_of: Shot) -> None:
    page = visit.stranger(PHONE)
    page.clock.set_fixed_time(AT + timedelta(hours=2))
    page.goto("/verify/")
    kept(page)
    visit.expect_error(UNPLUGGED)
    page.context.set_offline(True)
    theirs = json.dumps(certificate()).encode()
    choose(page, "theirs.json", theirs)
    expect(main(page)).to_contain_text("Nobody who is trusted here vouches for Police Academy.")

    page.get_by_text("Take a bundle from a file").click()
    offered(page, b'{"type": "Shopping"}')
    expect(main(page)).to_contain_text("the bundle's type is not TrustBundle")
    offered(page, trust.written(Chain().bundle()))
    asked = page.get_by_role("alertdialog", name="Before this bundle is used")
    expect(asked).to_contain_text(f"Alliance{ROOT.did}")
    fits(page)
    picture_of(page, "verify-phone-bundle")
    asked.get_by_role("button", name="Leave it").click()
    choose(page, "theirs.json", theirs)
    expect(page.get_by_role("heading", name="Not valid")).to_be_visible()

    offered(page, trust.written(Chain().bundle()))
    asked.get_by_role("button", name="Trust and use it").click()
    expect(main(page)).to_contain_text("Bundle from a file, of 31 Oct 2026")
    choose(page, "theirs.json", theirs)
    expect(page.get_by_role("heading", name="Valid", exact=True)).to_be_visible()
    older = json.loads(trust.written(Chain().bundle())) | {"made": "2026-10-01T00:00:00Z"}
    offered(page, json.dumps(older).encode())
    expect(asked).to_contain_text("It is older than the one in use")
    expect(asked.get_by_role("list")).to_have_count(0)
    asked.get_by_role("button", name="Leave it").click()
    page.reload()  # it is still there, and the network is not
    choose(page, "theirs.json", theirs)
    expect(page.get_by_role("heading", name="Valid", exact=True)).to_be_visible()

    page.clock.set_fixed_time(AT + timedelta(days=12))
    page.reload()
    expect(main(page)).to_contain_text("13 days old")
    expect(main(page)).to_contain_text("What was revoked since is not known here.")
    choose(page, "theirs.json", theirs)
    expect(page.get_by_role("heading", name="Valid", exact=True).locator("xpath=..")).to_contain_text("13 days old")
    page.get_by_role("button", name="Use this installation's bundle again").click()
    expect(main(page)).to_contain_text("Bundle of")
    choose(page, "theirs.json", theirs)
    expect(page.get_by_role("heading", name="Not valid")).to_be_visible()


def test_without_scripts_the_server_checks(visit: Visits) -> None:
    good = badge_of_learner(visit, "png")
    page = visit(None, "/verify/", java_script_enabled=False)
    expect(page.get_by_text("On this device", exact=True)).to_be_hidden()
    expect(page.get_by_text("The file is not uploaded.")).to_be_hidden()
    choose(page, "badge.png", good)
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_role("heading", name="Valid", exact=True)).to_be_visible()
    expect(main(page)).to_contain_text("Checked by the server")


def test_nothing_of_who_is_signed_in_stays_on_the_device(visit: Visits) -> None:
    account = visit.alliance.accounts["learner"]
    page = visit("learner", "/verify/")
    kept(page)
    expect(page.get_by_role("banner")).to_contain_text(re.compile(account.organisation.split("-")[0], re.IGNORECASE))
    held = page.evaluate("""async () => (await Promise.all((await caches.keys()).map(async (name) => {
        const found = await (await caches.open(name)).match("/verify/");
        return found ? found.text() : "";
    }))).join("")""")
    assert "Check a certificate" in held
    assert account.email not in held
    assert "Sign in" in held


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_a_verdict_is_readable_by_everybody(visit: Visits, theme: str, size: dict[str, int], tmp_path: Path) -> None:
    page = visit(None, "/verify/", size, color_scheme=theme)
    choose(page, "evil.json", json.dumps(certificate()).encode())
    expect(page.get_by_role("heading", name="Not valid")).to_be_visible()
    page.get_by_text("Take a bundle from a file").click()
    offered(page, trust.written(Chain().bundle()))
    expect(page.get_by_role("alertdialog")).to_be_visible()
    fits(page)
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
