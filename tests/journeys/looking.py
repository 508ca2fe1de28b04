"""What axe finds on an open page, and the page at another size and theme without opening it again."""

from __future__ import annotations

from typing import Any, Literal

from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Page

# What a size or a theme can spoil; all else was seen by axe on the same page before.
AGAIN = {"runOnly": ["color-contrast", "target-size", "scrollable-region-focusable", "link-in-text-block"]}
TOLD = {"resultTypes": ["violations"], "selectors": False}  # all else of its answer costs time and is not read


def violations(page: Page, *, again: bool = False) -> list[str]:
    """What axe finds, in words; ``again`` is for a page that it has seen and that was turned since."""
    if not again:
        page.evaluate(Axe().axe_script)
    found = page.evaluate("options => axe.run(document, options)", TOLD | AGAIN if again else TOLD)["violations"]
    return [f"{each['id']}: {each['help']}: {[node['html'][:160] for node in each['nodes'][:3]]}" for each in found]


def turn(page: Page, size: Any, scheme: Literal["light", "dark"]) -> None:
    """The same page at another size and theme: both are the style sheet's doing, and opening costs as much as axe."""
    page.set_viewport_size(size)
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
