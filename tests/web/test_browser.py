"""The bundle in real Chromium, under the real headers: drawn charts, keys, theme, drop zone, axe.

No server: Chromium asks for pages and files of https://hueandcry.test, and this test answers with what Django renders
and with the files of the bundle. Skipped where there is no browser or no bundle (`npm run build`).
"""

import json
import mimetypes
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.http import HttpRequest
from lxml.etree import fromstring
from PIL import Image
from playwright.sync_api import Browser, Page, Request, Route

from hueandcry import web
from hueandcry.web import errors, middleware, views
from tests.conftest import CHROMIUM

STATIC = Path(web.__file__).parent / "static"
SITE = "https://hueandcry.test"
WIDE, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}

pytestmark = [
    pytest.mark.journey,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium"),
    pytest.mark.skipif(not (STATIC / "dist/app.js").exists(), reason="no bundle: run `npm run build`"),
]
To = Callable[[str], HttpRequest]


class Site:
    """What the browser gets: pages by address, files of the bundle, and what was posted."""

    def __init__(self, request_to: To) -> None:
        self.request_to = request_to
        self.posted: list[Request] = []
        self.answers: list[tuple[int, dict[str, Any]]] = []

    def answer(self, route: Route, request: Request) -> None:
        path = request.url.removeprefix(SITE).split("?")[0]
        if request.method == "POST":
            self.posted.append(request)
            status, said = self.answers.pop(0)
            route.fulfill(status=status, content_type="application/json", body=json.dumps(said))
        elif path.startswith("/static/"):
            file = STATIC / path.removeprefix("/static/")
            route.fulfill(body=file.read_bytes(), content_type=mimetypes.guess_type(file.name)[0] or "text/plain")
        else:
            route.fulfill(body=self.page(path), content_type="text/html; charset=utf-8", headers=middleware.HEADERS)

    def page(self, path: str) -> bytes:
        pages = {
            "/style/": lambda: views.style_guide(self.request_to("/style/?class=fraud")).content,
            "/style/work/": lambda: views.sample_work(self.request_to("/style/work/")).content,
            "/receipt/": lambda: b"<title>Receipt</title>",
        }
        return pages.get(path, lambda: errors.absent(self.request_to(path)).content)()


@pytest.fixture
def site(request_to: To) -> Site:
    return Site(request_to)


@pytest.fixture
def open_page(browser: Browser, site: Site) -> Iterator[Callable[..., Page]]:
    """A page of its own; at the end, nothing may have been said on the console: no error, no policy broken."""
    said: list[str] = []
    contexts = []

    def opened(path: str, **options: Any) -> Page:
        context = browser.new_context(**{"viewport": WIDE, "reduced_motion": "reduce"} | options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: said.append(str(error)))
        page.route("**/*", site.answer)
        page.goto(SITE + path)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert said == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["1440", "390"])
@pytest.mark.parametrize("path", ["/style/", "/nowhere/"])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(
    open_page: Callable[..., Page], path: str, size: Any, scheme: str
) -> None:
    page = open_page(path, viewport=size, color_scheme=scheme)
    page.wait_for_load_state("networkidle")
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    found = Axe().run(page).response["violations"]
    assert [(each["id"], each["nodes"][0]["html"][:120]) for each in found] == []


def test_every_chart_is_drawn_and_says_what_it_is(open_page: Callable[..., Page]) -> None:
    page = open_page("/style/")
    plots = page.locator("[data-plot]")
    page.locator("[data-plot] canvas").nth(6).wait_for()
    page.wait_for_load_state("networkidle")
    assert [plot.get_attribute("role") for plot in plots.all()] == ["img"] * 7
    painted = """canvases => canvases.map(c => new Set(new Uint32Array(
        c.getContext('2d').getImageData(0, 0, c.width, c.height).data.buffer)).size)"""
    assert min(page.locator("[data-plot] canvas").evaluate_all(painted)) > 20, "an empty plot has one colour"


@pytest.mark.parametrize("name", ["over-time", "by-country", "class-by-sector", "overlap"])
def test_a_chart_is_taken_away_with_its_source_inside(
    open_page: Callable[..., Page], name: str, tmp_path: Path
) -> None:
    page = open_page("/style/", color_scheme="dark")
    figure = page.locator(f"figure#{name}")
    figure.locator("canvas").first.wait_for()
    with page.expect_download() as coming:
        figure.get_by_role("button", name="SVG").click()
    assert coming.value.suggested_filename == f"{name}.svg"
    drawn = fromstring(Path(coming.value.path()).read_bytes())
    words = " ".join("".join(text.itertext()) for text in drawn.iter("{http://www.w3.org/2000/svg}text"))
    assert "Source: Made-up reports, for the style guide" in words
    assert len(list(drawn.iter("{http://www.w3.org/2000/svg}path"))) > 10
    ground = drawn.find("{http://www.w3.org/2000/svg}rect")
    assert ground is not None
    assert ground.get("fill") == "rgb(255, 255, 255)", "light, also where the page is dark"
    with page.expect_download() as coming:
        figure.get_by_role("button", name="PNG").click()
    coming.value.save_as(tmp_path / "chart.png")
    with Image.open(tmp_path / "chart.png") as taken:
        assert taken.format == "PNG"
        assert taken.width == 1920
        assert len(taken.convert("RGB").getcolors(maxcolors=10**7) or []) > 20


def test_a_graph_grows_and_a_click_on_a_node_leads_to_it(open_page: Callable[..., Page]) -> None:
    page = open_page("/style/")
    plot = page.locator("figure#ties [data-plot]")
    plot.locator("canvas").wait_for()
    page.wait_for_load_state("networkidle")
    drawn = "plot => plot.querySelector('canvas').toDataURL()"
    first = plot.evaluate(drawn)
    page.get_by_role("button", name="Larger").click()
    page.wait_for_timeout(200)
    assert plot.evaluate(drawn) != first
    page.get_by_role("button", name="As it was").click()
    page.wait_for_timeout(200)
    size = plot.bounding_box()
    assert size
    for at in range(0, int(size["width"] * size["height"]), 400):  # a grid of 20 by 20 pixels
        across, down = at % int(size["width"]), 20 * (at // int(20 * size["width"]))
        plot.click(position={"x": across, "y": min(down, size["height"] - 1)})
        if "#" in page.url:
            break
    assert page.url.rpartition("#")[2] in ("c1", "c2", "c3", "b1")


def test_without_scripts_the_tables_and_the_form_remain(open_page: Callable[..., Page]) -> None:
    page = open_page("/style/", java_script_enabled=False)
    assert not page.locator("[data-plot]").first.is_visible()
    page.get_by_text("As a table").first.click()
    assert page.get_by_role("rowheader", name="2024-01").is_visible()
    assert page.locator("form[data-dropzone] input[type=file]").is_visible()
    page.locator(".bar details.menu summary").last.click()
    assert page.locator(".bar .menu-sheet").last.is_visible()


def test_the_theme_that_was_chosen_stays(open_page: Callable[..., Page]) -> None:
    page = open_page("/style/", color_scheme="light")
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)
    page.locator(".bar details.menu summary").last.click()
    page.get_by_role("button", name="Dark").click()
    dark = page.evaluate(ground)
    page.reload()
    assert page.evaluate(ground) == dark != light
    page.locator(".bar details.menu summary").last.click()
    page.get_by_role("button", name="System").click()
    assert page.evaluate(ground) == light


def test_keys_search_and_walk_the_list(open_page: Callable[..., Page]) -> None:
    page = open_page("/style/")
    page.wait_for_selector("form[data-watched]")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.name") == "q"
    page.keyboard.type("j")
    assert page.locator("[data-search]").input_value() == "j", "in a field a key is a letter"
    page.locator("[data-search]").blur()
    for key in ("j", "j", "j", "k"):
        page.keyboard.press(key)
    assert page.evaluate("document.activeElement.textContent") == "Phishing against Portuguese banks"
    page.keyboard.press("Enter")
    assert page.url.endswith("#report")


def test_long_work_asks_until_it_is_done(open_page: Callable[..., Page]) -> None:
    page = open_page("/style/")
    page.get_by_text("See what came of it").wait_for(timeout=6000)
    assert page.get_by_text("31\u202f000 objects").is_visible()
    assert page.locator("#job-7[hx-get]").count() == 0


def test_desks_open_over_the_page_on_a_phone(open_page: Callable[..., Page]) -> None:
    page = open_page("/style/", viewport=PHONE)
    assert not page.get_by_role("link", name="Linkage").is_visible()
    page.get_by_role("button", name="Desks").click()
    assert page.get_by_role("link", name="Linkage").is_visible()
    page.keyboard.press("Escape")
    assert not page.get_by_role("link", name="Linkage").is_visible()


def drop(page: Page, *names: str) -> None:
    """Files dropped on the zone, as a person would."""
    page.wait_for_selector("form[data-watched]")
    page.evaluate(
        """names => {
            const data = new DataTransfer();
            for (const name of names) data.items.add(new File(["{}"], name));
            const dropped = new DragEvent("drop", {dataTransfer: data, bubbles: true, cancelable: true});
            document.querySelector(".drop").dispatchEvent(dropped);
        }""",
        list(names),
    )


def test_one_dropped_file_leads_to_its_receipt(open_page: Callable[..., Page], site: Site) -> None:
    site.answers = [(200, {"url": "/receipt/", "state": "done"})]
    page = open_page("/style/")
    drop(page, "iocs.json")
    page.wait_for_url("**/receipt/")
    [sent] = site.posted
    assert sent.headers["accept"] == "application/json"
    assert b'name="files"; filename="iocs.json"' in (sent.post_data_buffer or b"")
    assert b"csrfmiddlewaretoken" in (sent.post_data_buffer or b"")


def test_several_dropped_files_each_tell_how_they_fared(open_page: Callable[..., Page], site: Site) -> None:
    refused = {
        "what": "Pictures are not kept.",
        "kept": "Only its hash.",
        "do": "Report it to your hotline.",
        "reference": "7f3a",
    }
    site.answers = [(201, {"url": "/receipt/", "state": "done"}), (200, {"error": refused})]
    page = open_page("/style/")
    drop(page, "a.json", "b.png")
    page.locator(".drop-file.failed").wait_for()
    assert page.locator(".drop-file.done a").get_attribute("href") == "/receipt/"
    told = page.locator(".drop-file.failed .said").inner_text()
    assert told == "Pictures are not kept. Only its hash. Report it to your hotline. Reference: 7f3a"
    assert page.url == f"{SITE}/style/"
