"""Light, dark, as the system has it: chosen once, kept on every page, without a flash."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.visitor import Visits, open_own_menu


def ground(page: Page) -> float:
    """How light the page's ground is, from 0 (black) to 1 (white)."""
    red, green, blue = page.evaluate(
        "getComputedStyle(document.body).backgroundColor.match(/[\\d.]+/g).slice(0, 3).map(Number)"
    )
    return float((red + green + blue) / 765)


def choose(page: Page, theme: str) -> None:
    open_own_menu(page)
    page.get_by_role("group", name="Theme").get_by_role("button", name=theme).click()


@pytest.mark.parametrize(("system", "chosen", "light"), [("light", "Dark", False), ("dark", "Light", True)])
def test_choice_stays_whatever_the_system_says(visit: Visits, system: Any, chosen: str, light: bool) -> None:
    page = visit("trainer", "/", color_scheme=system)
    assert (ground(page) > 0.5) is (system == "light")
    choose(page, chosen)
    assert (ground(page) > 0.5) is light
    for path in ("/picture/", "/reports/"):
        page.goto(path)
        assert (ground(page) > 0.5) is light
    page.reload()
    assert (ground(page) > 0.5) is light
    choose(page, "System")
    expect(page.get_by_role("button", name="System")).to_have_attribute("aria-pressed", "true")
    assert (ground(page) > 0.5) is (system == "light")
