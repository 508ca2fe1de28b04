"""The real thing, in a real browser: an installation of its own, served by its own commands, opened in Chromium.

    alliance     `hueandcry demo` and `hueandcry up` as an operator starts them, in a scratch folder; ended by SIGTERM
    visit        opens a browser of its own for a person of that alliance, signed in or not, at any size
    picture_of   a screenshot for the guides (docs/images), written only where HUEANDCRY_SCREENSHOTS=1

Nothing is mocked: what these tests need, they make by the pages and by REST, as a member would. Each browser that
`visit` opens is watched: at the end it may have met no error on its console and asked nobody but our own host.
Where there is no Chromium the journeys are skipped; with HUEANDCRY_REQUIRE_JOURNEYS=1 or CI=true they fail instead.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.conftest import CHROMIUM
from tests.journeys.installation import Alliance, run_alliance
from tests.journeys.visitor import PHONE, WIDE, Visits

REQUIRED = os.environ.get("HUEANDCRY_REQUIRE_JOURNEYS") == "1" or os.environ.get("CI", "").lower() in ("1", "true")
SCREENSHOTS = os.environ.get("HUEANDCRY_SCREENSHOTS") == "1"
ROOT = Path(__file__).resolve().parents[2]
BUNDLE = ROOT / "hueandcry/web/static/dist/app.js"
__all__ = ["PHONE", "WIDE"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test of this folder is a journey; where no browser is, and none is required, it says so."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.journey)
            if CHROMIUM is None and not REQUIRED:
                item.add_marker(pytest.mark.skip(reason="no Chromium: neither `chromium` nor `chromium-browser` found"))


@pytest.fixture(scope="session")
def alliance(shared: Path) -> Iterator[Alliance]:
    """The demonstration alliance, served. Its size is `demo` for screenshots, for these have to show something."""
    if not BUNDLE.exists():
        pytest.fail("The pages' styles and scripts are not bundled: run `make setup`.")
    with run_alliance(shared, size="demo" if SCREENSHOTS else "small") as running:
        yield running


@pytest.fixture(scope="session")
def _sessions() -> dict[str, Any]:
    """Cookies of who has signed in once, so that not every test types a password."""
    return {}


@pytest.fixture
def visit(alliance: Alliance, browser: Browser, _sessions: dict[str, Any]) -> Iterator[Visits]:
    """`visit("analyst", "/reports/", PHONE)` gives a page of a browser of its own."""
    visits = Visits(alliance, browser, _sessions)
    yield visits
    visits.end()


@pytest.fixture(scope="session")
def picture_of() -> Callable[[Page, str], None]:
    """Takes a screenshot of what the window shows, for the guides."""

    def take(page: Page, name: str) -> None:
        if SCREENSHOTS:
            folder = ROOT / "docs/images"
            folder.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=folder / f"{name}.png", animations="disabled", caret="hide")

    return take


@pytest.fixture
def downloads() -> Iterator[Path]:
    """A folder for files that this test makes."""
    from tempfile import TemporaryDirectory

    with TemporaryDirectory(prefix="hc-journey-", dir="/tmp") as folder:
        yield Path(folder)
