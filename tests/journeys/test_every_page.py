"""Every page that a role can reach: axe finds nothing, nothing scrolls sideways, the console stays silent.

Pages are collected from the desks, the menu and the pages themselves (one of each kind), not from a list, so that a
new page is looked at without anybody thinking of it; EXPECTED says which must be among them.
"""

from __future__ import annotations

import re
from collections import defaultdict
from html import unescape
from typing import Any
from urllib.parse import urljoin

import pytest
from django.urls import resolve
from playwright.sync_api import Page

from tests.journeys.files import BROKEN, fresh_values, misp_event
from tests.journeys.looking import turn, violations
from tests.journeys.visitor import PHONE, WIDE, Visits, fits

SHELL = {"/", "/reports/", "/picture/", "/organisations/", "/account/profile/"}
REPORTER = {"/submissions/", "/submissions/add/", "/report/", "/submissions/:id/", "/reports/:id/handling/"}
EXPECTED = {
    "analyst": SHELL | REPORTER | {"/reports/:id/", "/reports/:id/?part=links", "/tokens/", "/circles/", "/search/"},
    "reporter": SHELL | REPORTER | {"/reports/:id/correct/", "/reports/:id/withdraw/"},
    "policy-maker": SHELL,
    "secretary": SHELL | {"/audit/", "/organisations/add/", "/organisations/:slug/people/"},
    "dpo": SHELL | {"/audit/", "/audit/mine/"},
    "integrator": SHELL | {"/tokens/"},
}
OPENED_TOO = {  # no link leads there from a page that a machine would open
    "analyst": [
        "/search/?q=185.0.0.1",
        "/reports/?q=nothing-holds-this",
        "/account/2fa/",
        "/picture/?country=LI&class=fraud",
        "/courses/plans/?role=hueandcry-le@1.0:FRE",
        "/courses/plans/profile/?role=hueandcry-le@1.0:FRE",
    ],
    "secretary": ["/organisations/?state=applicant", "/account/password/change/"],
}
FOR_EACH_ROLE = {"/", "/organisations/:slug/", "/reports/:id/"}  # they say other things to each
NOT_PAGES = re.compile(
    r"export|format=|\.csv|/raw/|/static/|^mailto|/objects/\d+/|/logout/|/statement\.|\.pem|\.atom|\.ics"
    r"|\.json|\.pdf|\.parquet|\.stix|grouping|/forum/files/|/crosswalk\.|/releases/(\d+|drafts/[^/]+/files)/[^/]+\.\w+$"
)
# Of what a page repeats (rows, choices) axe is shown the first of each kind: it takes its time by the element.
SHORTENED = """
const most = 6;
for (const within of document.querySelectorAll("tbody, select, optgroup, datalist"))
  for (const each of [...within.children].slice(most)) if (!each.selected) each.remove();
"""
MOST = 3  # kinds of page behind one route and part; more means that one page is taken for several
Opened = dict[str, str]


def kind_of(path: str) -> str:
    """`/reports/<reference>/?part=links&x=1` -> `/reports/:id/?part=links`: pages of one kind are looked at once."""
    place, _, query = path.partition("?")
    place = re.sub(r"/[0-9a-f]{8}-[0-9a-f-]{27}(?=/)", "/:id", place)  # a pair has two, one beside the other
    place = re.sub(r"^/(organisations|circles)/(?!add/)[\w-]+/", r"/\1/:slug/", place)
    place = re.sub(r"/\d+/", "/:n/", place)
    place = re.sub(r"^/picture/countries/[A-Z]{2}/", "/picture/countries/:iso/", place)
    place = re.sub(r"^/(assessments|gaps|needs|countries)/[A-Z]{2}/", r"/\1/:iso/", place)
    place = re.sub(r"^/treaties/[\w-]+/[A-Z]{2}/", "/treaties/:key/:iso/", place)
    place = re.sub(r"^/needs/series/(?!new/)[^/]+/", "/needs/series/:code/", place)
    place = re.sub(r"^/competences/[^/]+/changes/", "/competences/:framework/changes/", place)
    place = re.sub(r"^/competences/(?!:)[^/]+/[^/]+/", "/competences/:framework/:version/", place)
    place = re.sub(r"(?<=/:version/)(roles|elements)/[^/]+/", r"\1/:code/", place)
    place = re.sub(r"^/certification/schemes/(?!new/)[^/]+/", "/certification/schemes/:code/", place)
    place = re.sub(r"/\d\.\d+\.[a-z](-\d+-\d+)?(?=/)", r"/:aspect", place)
    part = re.search(r"part=\w+", query)
    return f"{place}?{part[0]}" if part and part[0] != "part=values" else place


def links_in(page: Page) -> list[str]:
    """Addresses of our own that an open page links to."""
    found: list[str] = page.evaluate(
        "[...document.querySelectorAll('a[href]')].map(a => new URL(a.getAttribute('href'), location).href)"
        ".filter(h => h.startsWith(location.origin))"
    )
    return [re.sub(r"^https?://[^/]+", "", link.split("#")[0]) for link in found]


@pytest.fixture(scope="module")
def looked_at() -> set[str]:
    """Kinds of pages that somebody has looked at already, closely and at both sizes."""
    return set()


def look(page: Page, path: str, trouble: list[str], *, closely: bool = True) -> list[str]:
    """Open a page, note what is wrong with it wide and light and, turned, narrow and dark, or the other way round, as
    the browser stands; give where it leads to.

    The page is turned, not opened again: size and theme are the style sheet's doing, and opening costs as much as
    looking. It is not turned back, which costs as much as turning. Not ``closely``: only as the browser stands."""
    response = page.goto(path)
    if response and response.status >= 400:
        trouble.append(f"{path}: {response.status}")
        return []
    within(page, path, trouble)
    links = links_in(page)
    page.evaluate(SHORTENED)
    trouble.extend(f"{path}: {found}" for found in violations(page))
    if closely:
        turn(page, *((PHONE, "dark") if page.viewport_size == WIDE else (WIDE, "light")))
        within(page, path, trouble)
        trouble.extend(f"{path}: {found}" for found in violations(page, again=True))
    return links


def within(page: Page, path: str, trouble: list[str]) -> None:
    """It does not scroll sideways."""
    try:
        fits(page)
    except AssertionError as wide:
        trouble.append(f"{path}: {wide}")


def ask(page: Page, path: str, trouble: list[str]) -> list[str]:
    """The same of a page that others have looked at: asked for without being drawn."""
    response = page.request.get(path)
    if response.status >= 400:
        trouble.append(f"{path}: {response.status}")
        return []
    found = re.findall(r"""<a\s[^>]*?href="([^"#]+)""", response.text())
    return [link for each in found if (link := urljoin(path, unescape(each))).startswith("/")]


def prepare(visit: Visits, role: str) -> None:
    """Something of one's own to look at: a report that others share, and a file that could not be read."""
    if role in ("analyst", "reporter"):
        values, token = fresh_values(3), visit.alliance.accounts[role].token
        other = visit.alliance.accounts["integrator"].token
        visit.alliance.rest(token, "/submissions?filename=own.json", misp_event("Looked at from all sides", values))
        visit.alliance.rest(other, "/submissions", misp_event("Seen elsewhere", values))
        visit.alliance.rest(token, "/submissions?filename=broken.json", BROKEN)
        table = b"date,domain,country\n2026-10-01,fake-shop.example.com,PT\n"
        visit.alliance.rest(token, "/submissions?filename=shops.csv", table)


def reachable(page: Page, role: str, looked_at: set[str], trouble: list[str]) -> Opened:
    """One address of each kind of page that this person comes to; kinds that nobody has looked at are looked at."""
    waiting, opened, alike = ["/", *OPENED_TOO.get(role, [])], Opened(), defaultdict[tuple[str, str], list[str]](list)
    while waiting:
        path = waiting.pop(0)
        kind = kind_of(path) if path not in OPENED_TOO.get(role, []) else path
        if kind in opened or NOT_PAGES.search(path):
            continue
        opened[kind] = path
        closely = kind in FOR_EACH_ROLE or kind not in looked_at
        waiting.extend(look(page, path, trouble) if closely else ask(page, path, trouble))
        (same := alike[route_of(kind, path)]).append(kind)
        assert len(same) <= MOST, same
    return opened


def route_of(kind: str, path: str) -> tuple[str, str]:
    """Which route of the program serves an address, and which part of its page."""
    return resolve(path.partition("?")[0]).route, kind.partition("?part=")[2]


@pytest.mark.parametrize("role", list(EXPECTED))
def test_every_page_of(visit: Visits, role: str, looked_at: set[str]) -> None:
    prepare(visit, role)
    trouble: list[str] = []
    opened = reachable(visit(role, "/", WIDE, color_scheme="light"), role, looked_at, trouble)
    missing = {each for each in EXPECTED[role] if not any(kind.split("?q=")[0] == each for kind in opened)}
    assert not missing, f"{role} comes not to {missing}, only to {sorted(opened)}: {trouble}"
    looked_at.update(opened)
    assert not trouble, "\n".join(trouble)


PUBLIC = ["/", "/account/login/", "/account/password/reset/", "/invitations/there-is-none/", "/no-such-page/"]


@pytest.mark.parametrize(("size", "scheme"), [(WIDE, "light"), (PHONE, "dark")], ids=["1440", "390"])
def test_every_page_before_signing_in(visit: Visits, size: Any, scheme: Any) -> None:
    for status in ("404", "410"):
        visit.expect_error(status)
    page = visit.stranger(size, color_scheme=scheme)
    trouble: list[str] = []
    for path in PUBLIC:
        look(page, path, trouble, closely=False)
    expected = {f"{PUBLIC[3]}: 404", f"{PUBLIC[3]}: 410", f"{PUBLIC[4]}: 404"}
    assert set(trouble) <= expected, "\n".join(trouble)
