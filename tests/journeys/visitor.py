"""Who opens pages: browsers of their own, each signed in as somebody, each watched for what must not happen."""

from __future__ import annotations

import json
import re
import secrets
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, expect

from tests.journeys.installation import Account, Alliance

WIDE, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
PATIENCE = 30_000  # milliseconds a page may take on a machine shared with others


ADMIT = """
import json
from hueandcry.members.models import Person
told = []
for name, password in {0!r}.items():
    person = Person.objects.using("owner").select_related("organisation").get(name=name)
    person.set_password(password)
    person.save(using="owner", update_fields=["password"])
    told.append((name, person.email, person.organisation.slug))
print(json.dumps(told))
"""


class Visits:
    """Opens pages; ``end`` closes them and fails where a console said an error or somebody else was asked."""

    def __init__(self, alliance: Alliance, browser: Browser, sessions: dict[str, Any]) -> None:
        self.alliance, self.browser, self.sessions = alliance, browser, sessions
        self.expected_errors: set[str] = set()
        self._contexts: list[BrowserContext] = []
        self._said: list[str] = []

    def __call__(self, role: str | None = None, path: str = "/", size: Any = None, **options: Any) -> Page:
        """A page of a new browser at ``path``; signed in as the demonstration's ``role`` where one is named."""
        if role and role not in self.sessions:
            self.sessions[role] = self._sign_in_once(self.alliance.accounts[role])
        page = self.stranger(size, storage_state=self.sessions[role] if role else None, **options)
        page.goto(path)
        return page

    def admit(self, *names: str) -> None:
        """Let people of the demonstration sign in who have no account; each is then a role by their name."""
        passwords = {name: secrets.token_urlsafe(12) for name in names if name not in self.alliance.accounts}
        if not passwords:
            return
        said = self.alliance.command("manage", "shell", "--no-imports", "-c", ADMIT.format(passwords))
        for name, email, body in json.loads(said.strip().splitlines()[-1]):
            self.alliance.accounts[name] = Account(name, email, passwords[name], "", body)

    def stranger(self, size: Any = None, **options: Any) -> Page:
        """An empty page of a new browser."""
        chosen: dict[str, Any] = {
            "viewport": size or WIDE,
            "reduced_motion": "reduce",
            "base_url": self.alliance.url,
            "locale": "en",
        }
        if size == PHONE:
            chosen |= {"has_touch": True, "is_mobile": True, "device_scale_factor": 1}
        context = self.browser.new_context(**(chosen | options))
        context.set_default_timeout(PATIENCE)
        self._contexts.append(context)
        context.on("request", self._asked)
        context.on("console", self._console)
        context.on("weberror", lambda error: self._said.append(f"script: {error.error}"))
        return context.new_page()

    def expect_error(self, words: str) -> None:
        """This test meets an error on purpose; the browser will say these words on its console."""
        self.expected_errors.add(words)

    def end(self) -> None:
        """Close everything, and tell what went wrong."""
        for context in self._contexts:
            context.close()
        said = [line for line in self._said if not any(words in line for words in self.expected_errors)]
        assert not said, "\n".join(said)

    def _sign_in_once(self, account: Account) -> Any:
        page = self.stranger()
        sign_in(page, account.email, account.password)
        return page.context.storage_state()

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((self.alliance.url + "/", "data:", "blob:")):
            self._said.append(f"asked {request.url}")

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self._said.append(f"console of {message.page.url if message.page else '?'}: {message.text}")


def sign_in(page: Page, email: str, password: str) -> None:
    """By the page, as anybody does."""
    page.goto("/account/login/")
    page.get_by_label(re.compile("^E-?mail$")).fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "/login/" not in url)


def open_own_menu(page: Page) -> None:
    """The menu at the top right, under one's own name or organisation."""
    page.get_by_role("banner").locator("details.menu > summary").last.click()


def sign_out(page: Page) -> None:
    """By that menu."""
    open_own_menu(page)
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("link", name="Sign in").first).to_be_visible()


def main(page: Page) -> Any:
    """The page without the shell around it."""
    return page.get_by_role("main")


def fits(page: Page) -> None:
    """Nothing makes the page itself scroll sideways, once its charts have followed the window."""
    for _again in range(50):
        wide, has = page.evaluate("[document.scrollingElement.scrollWidth, innerWidth]")
        if wide <= has:
            return
        page.wait_for_timeout(100)
    assert wide <= has, f"{page.url} is {wide} px wide in a window of {has} px"


def as_number(said: str) -> int:
    """A number as the pages write it, with its thousands apart."""
    return int(re.sub(r"\D", "", said))
